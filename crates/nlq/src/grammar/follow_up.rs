//! A follow-up laid over the questions before it.

use super::slots::{CellOptions, Filter, Group, Head, Measure, RankBy, Slots};
use crate::{CatalogIndex, plan::Aggregate, tokens};

/// Whether a message only makes sense after another one.
pub(crate) fn is_follow_up(text: &str) -> bool {
    let tokens = tokens::tokenize(text);
    let words: Vec<&str> = tokens.iter().filter(|t| !t.is_punctuation()).map(|t| t.lower.as_str()).collect();
    let Some(first) = words.first() else { return false };
    let opens = matches!(
        *first,
        "and"
            | "only"
            | "just"
            | "now"
            | "also"
            | "but"
            | "what"
            | "how"
            | "who"
            | "make"
            | "sort"
            | "sorted"
            | "order"
            | "by"
            | "per"
            | "top"
            | "instead"
            | "more"
            | "less"
            | "show"
            | "same"
            | "for"
            | "in"
            | "without"
            | "then"
            | "or"
            | "exclude"
            | "except"
            | "above"
            | "below"
            | "over"
            | "under"
            | "as"
    );
    let refers =
        words.iter().any(|w| matches!(*w, "them" | "those" | "these" | "it" | "instead" | "ones" | "again" | "same"));
    let bare_count = words.starts_with(&["how", "many", "are", "there"]) && words.len() == 4;
    let about = bare_count || words.starts_with(&["what", "about"]) || words.starts_with(&["how", "about"]);
    let short = words.len() <= 6;
    let question = matches!(*first, "what" | "how" | "who" | "show" | "top");
    match (opens, question) {
        (true, false) => words.len() <= 9,
        (true, true) => about || refers && words.len() <= 12 || *first == "top" && words.len() <= 4,
        _ => refers && words.len() <= 9 && short,
    }
}

impl Slots {
    /// `next` over `self`: what it says replaces what was said of the same thing, the rest stays.
    pub(super) fn overlaid(mut self, index: &CatalogIndex, next: Slots) -> Slots {
        let asks_anew =
            matches!(next.head, Some(Head::Count(_) | Head::CountDistinct(_) | Head::Share | Head::Day(..)));
        if next.counts_previous {
            self.head = self.root.map(Head::Count);
            self.show.clear();
            self.rank = None;
            self.limit = None;
            self.groups.clear();
        } else if asks_anew {
            self.replace_count(index, &next);
        } else if let Some(Head::Measure(functions, measure)) = &next.head {
            self.head = Some(Head::Measure(functions.clone(), measure.clone()));
        }
        if let (Some(function), Some(Head::Measure(_, measure))) = (next.function, self.head.clone()) {
            self.head = Some(Head::Measure(vec![function], measure));
        }
        if !next.groups.is_empty() {
            self.regroup(&next.groups);
        }
        for filter in next.filters.clone() {
            self.refine(filter);
        }
        if let Some(rank) = next.rank.clone() {
            match (&rank.by, &mut self.rank) {
                (RankBy::Head, Some(known)) => known.descending = rank.descending,
                _ => self.rank = Some(rank),
            }
        }
        self.limit = next.limit.or(self.limit);
        self.sort = next.sort.or(self.sort);
        self.having = next.having.clone().or(self.having);
        self.keeps_titles |= self.show.is_empty() && self.head == Some(Head::List);
        for column in &next.show {
            if !self.show.contains(column) && !next.counts_previous {
                self.show.push(*column);
            }
        }
        self.show_measure |= next.show_measure;
        self.current |= next.current;
        for table in &next.named {
            if !self.named.contains(table) {
                self.named.push(*table);
            }
        }
        self.stems.extend(next.stems);
        self.unexplained.extend(next.unexplained);
        self.doubt += next.doubt + 0.02;
        self
    }

    /// "the number of orders instead": another measure of the same groups.
    fn replace_count(&mut self, index: &CatalogIndex, next: &Slots) {
        let keeps_root = !self.groups.is_empty()
            && self
                .head
                .as_ref()
                .is_some_and(|h| matches!(h, Head::Measure(_, m) if Some(m.table(index)) == next.root));
        self.head.clone_from(&next.head);
        if !keeps_root && next.root.is_some() {
            self.root = next.root;
        }
    }

    fn regroup(&mut self, groups: &[Group]) {
        let time = |g: &Group| matches!(g, Group::Time(_));
        let replaces = groups.iter().any(time) && self.groups.iter().any(time) || !groups.iter().any(time);
        if replaces {
            if groups.iter().any(time) {
                self.groups.retain(|g| !time(g));
            } else {
                self.groups.clear();
            }
        } else if groups.iter().any(time) && !self.groups.is_empty() {
            self.groups.clear();
        }
        self.groups.extend(groups.iter().cloned());
        self.show.clear();
        if self.head == Some(Head::List) {
            self.head = self.root.map(Head::Count);
        }
    }

    fn refine(&mut self, filter: Filter) {
        let same = |known: &Filter| match (known, &filter) {
            (Filter::Date { .. }, Filter::Date { .. }) => true,
            (
                Filter::Number { column: a, .. } | Filter::Average { column: a, .. },
                Filter::Number { column: b, .. } | Filter::Average { column: b, .. },
            ) => a == b,
            (Filter::Cells { cells: a, .. }, Filter::Cells { cells: b, .. }) => shares_column(a, b),
            (Filter::Without { cells: a, .. }, Filter::Cells { cells: b, .. }) => shares_column(a, b),
            _ => false,
        };
        match self.filters.iter().position(same) {
            Some(at) => {
                if let Some(slot) = self.filters.get_mut(at) {
                    *slot = match filter {
                        Filter::Cells { cells, each, .. } if matches!(slot, Filter::Without { .. }) => {
                            Filter::Cells { cells, negated: true, each }
                        }
                        other => other,
                    };
                }
            }
            None => self.filters.push(filter),
        }
    }
}

fn shares_column(a: &[CellOptions], b: &[CellOptions]) -> bool {
    let best = |cells: &[CellOptions]| cells.first().and_then(|c| c.near.or_else(|| c.hits.first().map(|h| h.0)));
    match (a.first(), b.first()) {
        (Some(first), Some(second)) => {
            first.hits.iter().any(|h| second.hits.iter().any(|o| o.0 == h.0)) || best(a).is_some() && best(a) == best(b)
        }
        _ => false,
    }
}

impl Slots {
    /// The measure that the head speaks of.
    pub(super) fn head_measure(&self) -> Option<(Aggregate, Measure)> {
        match self.head.as_ref()? {
            Head::Measure(functions, measure) => {
                Some((functions.first().copied().unwrap_or(Aggregate::Sum), measure.clone()))
            }
            Head::Count(table) => Some((Aggregate::Count, Measure::Rows(*table))),
            _ => None,
        }
    }
}
