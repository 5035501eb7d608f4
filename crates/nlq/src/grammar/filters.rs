//! Conditions on cells, dates and absence; and the columns to show.

use super::{
    parser::Parser,
    slots::{CellOptions, Filter, Head},
    vocabulary::is_glue,
};
use crate::{
    catalog_index::{ColumnFacts, ColumnId, TableId},
    reading::{ValueKind, ValueSpan},
};

impl Parser<'_> {
    pub(super) fn read_dates(&mut self) {
        for date in self.reading.dates.clone() {
            if (date.start..date.end).all(|at| self.is_claimed(at)) {
                continue;
            }
            let count = date.weak && (date.start..date.end).any(|at| self.is_claimed(at));
            if count {
                continue;
            }
            self.claim_range(date.start, date.end);
            if matches!(
                self.word(date.start.wrapping_sub(1)),
                "in" | "on" | "since" | "before" | "after" | "until" | "from" | "during" | "between" | "of"
            ) {
                self.claim(date.start - 1);
            }
            // "born after 1990", "hired in 2025": the word before names the column.
            let column = (1..=2).find_map(|back| {
                let at = date.start.checked_sub(back)?;
                let mention = self.mention_at(at)?;
                self.column_of(mention, &|c| c.temporal).filter(|c| c.1 >= 0.9).map(|c| c.0)
            });
            self.slots.filters.push(Filter::Date { span: date, column });
        }
    }

    /// Spans that are cells, left to right; neighbours joined by "or" / "and" are alternatives.
    pub(super) fn read_cells(&mut self) {
        let spans: Vec<ValueSpan> = self.reading.values.iter().filter(|v| self.is_cell(v)).cloned().collect();
        let mut group: Option<(usize, bool, Vec<CellOptions>)> = None;
        let mut each = false;
        for span in spans {
            if (span.start..span.end).any(|at| self.is_claimed(at)) && !span.quoted {
                continue;
            }
            let options =
                CellOptions { text: span.text.clone(), hits: self.usable_hits(&span), near: self.column_beside(&span) };
            if options.hits.is_empty() {
                continue;
            }
            let negated = self.negated_before(span.start);
            self.claim_range(span.start, span.end);
            let adjoining = group.as_ref().is_some_and(|(end, was_negated, cells)| {
                let between: Vec<&str> = (*end..span.start).map(|p| self.word(p)).filter(|w| !w.is_empty()).collect();
                let linked = between.iter().any(|w| matches!(*w, "or" | "and" | ","))
                    && between.iter().all(|w| is_glue(w) || *w == ",");
                let shared =
                    cells.first().is_some_and(|c| c.hits.iter().any(|h| options.hits.iter().any(|o| o.0 == h.0)));
                linked && shared && *was_negated == negated
            });
            if adjoining {
                if let Some((end, _, cells)) = &mut group {
                    each = (*end..span.start).any(|p| self.word(p) == "and");
                    *end = span.end;
                    cells.push(options);
                }
            } else {
                self.close(group.take(), each);
                each = false;
                group = Some((span.end, negated, vec![options]));
            }
        }
        self.close(group, each);
    }

    fn close(&mut self, group: Option<(usize, bool, Vec<CellOptions>)>, each: bool) {
        if let Some((_, negated, cells)) = group {
            self.slots.filters.push(Filter::Cells { cells, negated, each });
        }
    }

    pub(super) fn is_cell(&self, span: &ValueSpan) -> bool {
        if span.kind != ValueKind::Text || span.hits.is_empty() || span.start >= self.end {
            return false;
        }
        // A word that names a table or column is a cell only when written as one.
        let named = (span.start..span.end)
            .all(|at| self.mention_at(at).is_some_and(|m| m.options.iter().any(|o| o.score >= 0.9)));
        !named
            || span.quoted
            || (span.capital && span.end - span.start >= 2)
            || !span.schema_like && span.hits.iter().any(|h| h.2 >= 0.95) && !self.is_claimed(span.start)
    }

    pub(super) fn usable_hits(&self, span: &ValueSpan) -> Vec<(ColumnId, String, f64)> {
        span.hits
            .iter()
            .filter(|(c, ..)| {
                let table = self.index.table(self.index.table_of(*c));
                !table.hidden && !table.view
            })
            .cloned()
            .collect()
    }

    /// A column named right before or after the span: "age limit PG", "from country Germany".
    fn column_beside(&self, span: &ValueSpan) -> Option<ColumnId> {
        let before = (1..=3).find_map(|back| {
            let at = span.start.checked_sub(back)?;
            let mention = self.mention_at(at)?;
            let fitting = self.column_of(mention, &|c: &ColumnFacts| !c.numeric);
            fitting.filter(|(c, score)| *score >= 0.6 && span.hits.iter().any(|h| h.0 == *c)).map(|c| c.0)
        });
        before
            .or_else(|| {
                let mention = self.mention_at(span.end)?;
                let fitting = self.column_of(mention, &|c: &ColumnFacts| !c.numeric);
                fitting.filter(|(c, _)| span.hits.iter().any(|h| h.0 == *c)).map(|c| c.0)
            })
            .or_else(|| self.rated(span))
    }

    /// "born in Hungary" is about a place of birth, "rated R" about a limit or a rating.
    fn rated(&self, span: &ValueSpan) -> Option<ColumnId> {
        let cue =
            (1..=3).find_map(|back| span.start.checked_sub(back).map(|p| self.word(p)).filter(|w| !is_glue(w)))?;
        let stems: &[&str] = match cue {
            "born" => &["birth", "birthplac", "birthplace", "born"],
            "rated" => &["rating", "rat", "limit"],
            _ => return None,
        };
        span.hits
            .iter()
            .map(|h| h.0)
            .find(|c| self.index.column(*c).names.iter().flatten().any(|w| stems.contains(&w.as_str())))
    }

    fn negated_before(&mut self, start: usize) -> bool {
        for back in 1..=3 {
            let Some(at) = start.checked_sub(back) else {
                return false;
            };
            if matches!(self.word(at), "not" | "except" | "exclude" | "excluding" | "non" | "without") {
                if self.is_claimed(at) {
                    return false;
                }
                self.claim(at);
                if self.word(at.wrapping_sub(1)) == "but" {
                    self.claim(at - 1);
                }
                return true;
            }
            if !is_glue(self.word(at)) && !matches!(self.word(at), "shown" | "from" | "in") {
                return false;
            }
        }
        false
    }

    /// "have no contact email", "never been ordered", "have not placed any orders", "no role in any movie"
    pub(super) fn read_negations(&mut self) {
        let Some(at) = self.find(0, &["no", "never", "not", "without", "missing"]) else {
            return;
        };
        let root = self.slots.root.or_else(|| self.before.and_then(|b| b.root));
        let mut place = at + 1;
        while place < self.end.min(at + 5) {
            let mention = self.mention_at(place).cloned();
            if let Some(mention) = mention {
                let table = self.table_of(&mention).filter(|(t, _)| Some(*t) != root);
                let column = self
                    .column_of(&mention, &|c| c.nullable && !c.key)
                    .filter(|(c, _)| Some(self.index.table_of(*c)) == root);
                if let Some((column, score)) = column
                    && table.is_none_or(|t| t.1 <= score)
                {
                    mention.tokens.iter().for_each(|t| self.claim(*t));
                    self.claim_range(at, place);
                    self.claim_trailing(mention.end);
                    self.slots.filters.push(Filter::Null { column });
                    return;
                }
                if let (Some((table, _)), Some(root)) = (table, root) {
                    self.without(at, &mention, root, table);
                    return;
                }
                return;
            }
            if self.in_value(place) {
                return;
            }
            place += 1;
        }
    }

    fn without(&mut self, at: usize, mention: &crate::reading::Mention, root: TableId, table: TableId) {
        self.claim_range(at, mention.end);
        self.claim_trailing(mention.end);
        // "no employee assigned": the key to the employee is missing.
        let reference = self.index.graph.edges_of(root).find_map(|(_, e)| {
            (e.child == root && e.parent == table).then(|| e.child_columns.first().copied()).flatten()
        });
        match reference {
            Some(column) if self.index.column(column).nullable => self.slots.filters.push(Filter::Null { column }),
            _ => self.slots.filters.push(Filter::Without { table, cells: Vec::new() }),
        }
    }

    /// "assigned", "in any movie": words after a negation that add nothing to it.
    fn claim_trailing(&mut self, from: usize) {
        let mut at = from;
        while at < self.end.min(from + 5) {
            let word = self.word(at);
            let about_root = self
                .mention_at(at)
                .and_then(|m| self.table_of(m))
                .is_some_and(|t| Some(t.0) == self.slots.root || self.slots.named.contains(&t.0));
            let trailing = matches!(
                word,
                "assigned"
                    | "yet"
                    | "any"
                    | "in"
                    | "at"
                    | "all"
                    | "recorded"
                    | "set"
                    | "given"
                    | "known"
                    | "goods"
                    | "anything"
                    | "on"
            );
            if !trailing && !about_root {
                return;
            }
            self.claim(at);
            at += 1;
        }
    }

    /// The part that only says what to show: "Show title and total.", ", and how many did each place?"
    pub(super) fn split_off_projection(&mut self) {
        let count = self.end;
        let sentence = (1..count).find(|at| {
            self.token(*at).is_some_and(|t| t.is(&[".", "?", "!"]))
                && at + 1 < count
                && (at + 1..count).any(|p| self.token(p).is_some_and(|t| !t.is_punctuation()))
        });
        let clause = (1..count).find(|at| {
            self.word(*at) == "and"
                && self.word(at + 1) == "how"
                && matches!(self.word(at + 2), "many" | "much" | "long" | "old" | "high" | "large")
        });
        let with = (2..count).find(|at| {
            self.word(*at) == "with"
                && matches!(self.word(at + 1), "the" | "its" | "their")
                && self.word(at.wrapping_sub(1)) != "movies"
        });
        let Some(at) = [sentence, clause, with].into_iter().flatten().min() else {
            return;
        };
        if Some(at) == with && !self.only_columns(at + 1, count) {
            return;
        }
        self.end = at;
        let asks_measure = (at..count).any(|p| self.word_any(p) == "how")
            || (at..count).any(|p| matches!(self.word_any(p), "number" | "total" | "count" | "amount"));
        self.slots.show_measure = asks_measure;
        self.show_between(at, count);
        if asks_measure {
            self.claim_range(at, count);
        }
        for place in at..count {
            if matches!(self.word_any(place), "too" | "show" | "give" | "and" | "with" | "also" | "list" | "include") {
                self.claim(place);
            }
        }
    }

    fn word_any(&self, at: usize) -> &str {
        self.reading.lower(at)
    }

    fn only_columns(&self, from: usize, to: usize) -> bool {
        (from..to).all(|p| {
            is_glue(self.word_any(p))
                || self.mention_at(p).is_some()
                || self.token(p).is_some_and(crate::tokens::Token::is_punctuation)
        }) && (from..to).any(|p| self.mention_at(p).is_some_and(|m| self.column_of(m, &|_| true).is_some()))
    }

    fn show_between(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            if self.first_and_last_name(at) {
                at += 4;
                continue;
            }
            let mention = self.mention_at(at).filter(|m| m.start >= from).cloned();
            let Some(mention) = mention else {
                at += 1;
                continue;
            };
            if let Some((table, _)) = self.table_of(&mention)
                && self.main_measure(table).is_some()
            {
                self.slots.show_measure = true;
                mention.tokens.iter().for_each(|t| self.claim(*t));
            } else if let Some((column, score)) = self.column_of(&mention, &|_| true) {
                let table = self.table_of(&mention).map_or(0.0, |t| t.1);
                if score >= 0.7 && score + 0.1 >= table {
                    self.show(column);
                    mention.tokens.iter().for_each(|t| self.claim(*t));
                }
            }
            at = mention.end.max(at + 1);
        }
    }

    fn show(&mut self, column: ColumnId) {
        if !self.slots.show.contains(&column) {
            self.slots.show.push(column);
        }
    }

    fn first_and_last_name(&mut self, at: usize) -> bool {
        let words: Vec<&str> = (at..at + 4).map(|p| self.word_any(p)).collect();
        if !matches!(words.as_slice(), ["first", "and", "last", "name" | "names"]) {
            return false;
        }
        let mut tables = self.context_tables();
        tables.extend(0..self.index.tables.len());
        let named = |stems: [&str; 2]| {
            tables.iter().find_map(|t| {
                self.index.table(*t).columns.iter().copied().find(|c| {
                    self.index.column(*c).names.first().is_some_and(|n| n.iter().map(String::as_str).eq(stems))
                })
            })
        };
        let (Some(first), Some(last)) = (named(["first", "name"]), named(["last", "name"])) else {
            return false;
        };
        self.show(first);
        self.show(last);
        if self.slots.root.is_none() || !self.slots.named.contains(&self.index.table_of(first)) {
            self.slots.root = Some(self.index.table_of(first));
        }
        self.claim_range(at, at + 4);
        true
    }

    /// "all information about", "every column of": whole rows.
    pub(super) fn read_everything(&mut self) {
        const ALL: &[&str] = &["information", "info", "details", "everything", "columns", "fields", "attributes"];
        let found = (0..self.end).find(|at| {
            let column = self.mention_at(*at).and_then(|m| self.column_of(m, &|_| true));
            ALL.contains(&self.word(*at)) && !self.in_value(*at) && column.is_none_or(|c| c.1 < 0.7)
        });
        if let Some(at) = found {
            self.claim(at);
            if let Some(every) = at.checked_sub(1).filter(|p| matches!(self.word(*p), "every" | "each")) {
                self.claim(every);
            }
            self.slots.everything = true;
        }
    }

    /// Columns named in the main clause that no other rule took.
    pub(super) fn read_shown_columns(&mut self) {
        if !matches!(self.slots.head, Some(Head::List) | None) || self.slots.counts_previous {
            return;
        }
        let mut at = 0;
        while at < self.end {
            if self.first_and_last_name(at) {
                at += 4;
                continue;
            }
            let mention = self.mention_at(at).cloned();
            let Some(mention) = mention else {
                at += 1;
                continue;
            };
            let verb = mention.tokens.iter().all(|t| crate::lexicon::asks_no_column(self.word(*t)));
            let taken = verb
                || mention.tokens.iter().any(|t| self.is_claimed(*t) || self.in_value(*t) && !self.is_glue_value(*t));
            let compared = matches!(self.word(mention.start.wrapping_sub(1)), "whose" | "where");
            // "were released in 2023": the verb of a condition, not a column to show.
            let passive = self.token(mention.start).is_some_and(|t| t.lower.ends_with("ed"))
                && matches!(self.word(mention.start.wrapping_sub(1)), "was" | "were" | "been" | "is" | "are");
            if !taken && (compared || passive) {
                mention.tokens.iter().for_each(|t| self.claim(*t));
            } else if !taken && let Some((column, score)) = self.column_of(&mention, &|_| true) {
                let table = self.table_of(&mention);
                let own_title = table.is_some_and(|t| Some(t.0) == self.slots.root && t.1 + 0.3 >= score);
                if score >= 0.7 && !own_title {
                    self.show(column);
                    mention.tokens.iter().for_each(|t| self.claim(*t));
                }
            }
            at = mention.end.max(at + 1);
        }
    }

    fn is_glue_value(&self, at: usize) -> bool {
        is_glue(self.word(at))
    }
}
