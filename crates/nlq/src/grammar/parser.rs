//! The order in which the rules look at a question, and the words that they have claimed.

use super::{
    slots::{Head, Rank, RankBy, Slots},
    vocabulary::{is_glue, is_pivotal},
};
use crate::{CatalogIndex, catalog_index::Named, reading::Reading, tokens::Token};

/// A question being taken apart.
pub(super) struct Parser<'a> {
    pub(super) index: &'a CatalogIndex,
    pub(super) reading: &'a Reading,
    /// Slots of the questions before, when this one is a follow-up.
    pub(super) before: Option<&'a Slots>,
    pub(super) slots: Slots,
    claimed: Vec<bool>,
    /// End of the main clause; what comes after says what to show.
    pub(super) end: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(index: &'a CatalogIndex, reading: &'a Reading, before: Option<&'a Slots>) -> Self {
        let count = reading.tokens.len();
        let mut parser =
            Self { index, reading, before, slots: Slots::default(), claimed: vec![false; count], end: count };
        parser.slots.stems = reading.tokens.iter().map(|t| t.stem.clone()).collect();
        parser.note_tables();
        parser
    }

    /// Runs all rules; each claims the words that it explains.
    pub(super) fn parse(mut self) -> Slots {
        self.claim_all_of_them();
        self.find_entity();
        self.split_off_projection();
        self.read_sort();
        self.read_no_longer_than_average();
        self.read_limit_and_rank();
        self.read_groups();
        self.read_head();
        self.read_numbers();
        self.read_negations();
        self.read_dates();
        self.read_endpoints();
        self.read_cells();
        self.read_everything();
        self.read_shown_columns();
        self.finish();
        self.slots
    }

    fn note_tables(&mut self) {
        for mention in &self.reading.mentions {
            if mention.adjective.is_some() {
                continue;
            }
            let top = mention.options.first().map_or(0.0, |o| o.score);
            for option in &mention.options {
                if let Named::Table(t) = option.named
                    && option.score >= 0.6
                    && option.score + 0.35 >= top
                    && !self.index.table(t).hidden
                    && !self.index.table(t).view
                    && !self.slots.named.contains(&t)
                {
                    self.slots.named.push(t);
                }
            }
        }
    }

    /// Tables are first looked for where a question names what it asks about.
    fn find_entity(&mut self) {
        let places: Vec<usize> = (0..self.end).collect();
        for at in places {
            let after = match self.word(at) {
                "many" if self.word(at.wrapping_sub(1)) == "how" => at + 1,
                "which" | "what" | "list" | "top" => at + 1,
                "number" | "count" | "percentage" | "percent" | "share" | "proportion" if self.word(at + 1) == "of" => {
                    at + 2
                }
                _ => continue,
            };
            if let Some(table) = self.entity_from(after) {
                self.slots.root = Some(table);
                return;
            }
        }
        let first = self
            .reading
            .mentions
            .iter()
            .filter(|m| m.adjective.is_none())
            .find_map(|m| self.table_of(m).filter(|(_, score)| *score >= 0.85))
            .map(|(t, _)| t);
        self.slots.root = first;
        if self.reading.has(&["who"]) {
            self.slots.root = self.person_table().or(first);
        }
    }

    fn person_table(&self) -> Option<usize> {
        let is_person = |t: &usize| {
            self.index.table(*t).names.iter().flatten().any(|w| super::vocabulary::PERSON_STEMS.contains(&w.as_str()))
        };
        let named = self.slots.named.iter().copied().find(is_person);
        let before = self.before.and_then(|b| b.root).filter(is_person);
        named.or(before).or_else(|| {
            let mut people = (0..self.index.tables.len()).filter(|t| is_person(t) && !self.index.table(*t).link);
            match (people.next(), people.next()) {
                (Some(one), None) => Some(one),
                _ => None,
            }
        })
    }

    /// A table named within a few words from `at`, past numbers, adjectives and the like.
    fn entity_from(&self, at: usize) -> Option<usize> {
        (at..self.end.min(at + 5)).find_map(|place| {
            let mention = self.mention_at(place)?;
            let (table, score) = self.table_of(mention)?;
            let best_column = self.column_of(mention, &|_| true).map_or(0.0, |c| c.1);
            (score >= 0.7 && score + 0.3 >= best_column).then_some(table)
        })
    }

    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.reading.tokens.get(at)
    }

    pub(super) fn word(&self, at: usize) -> &str {
        if self.is_protected(at) {
            return "";
        }
        self.token(at).filter(|t| t.kind != crate::tokens::TokenKind::Quoted).map_or("", |t| t.lower.as_str())
    }

    /// Whether the token is part of a cell that is written as one: no cue is read into it.
    fn is_protected(&self, at: usize) -> bool {
        self.reading.values.iter().any(|v| {
            let sure = v.hits.iter().any(|h| h.2 >= 0.8) && v.kind == crate::reading::ValueKind::Text;
            v.start <= at && at < v.end && sure && v.capital && !v.schema_like
        })
    }

    /// "all five countries": a number that restricts nothing.
    fn claim_all_of_them(&mut self) {
        for at in 0..self.reading.tokens.len() {
            if self.word(at) == "all" && self.token(at + 1).is_some_and(|t| t.number().is_some()) {
                self.claim_range(at, at + 3);
            }
            let labels = self.mention_at(at + 1).is_some_and(|m| {
                m.options.iter().any(|o| matches!(o.named, Named::Column(c) if o.score >= 0.8 && self.index.table(self.index.table_of(c)).sibling_label == Some(c)))
            });
            if self.word(at) == "all" && labels {
                self.claim_range(at, at + 2);
            }
        }
    }

    pub(super) fn claim(&mut self, at: usize) {
        if let Some(flag) = self.claimed.get_mut(at) {
            *flag = true;
        }
    }

    pub(super) fn claim_range(&mut self, from: usize, to: usize) {
        (from..to).for_each(|at| self.claim(at));
    }

    pub(super) fn is_claimed(&self, at: usize) -> bool {
        self.claimed.get(at).copied().unwrap_or(true)
    }

    /// Whether a rule may step over the word on its way to what it looks for.
    pub(super) fn is_skippable(&self, at: usize) -> bool {
        is_glue(self.word(at)) || self.is_claimed(at) || self.token(at).is_some_and(|t| t.number().is_some())
    }

    /// The place of the first of `words`, from `from` on, not claimed.
    pub(super) fn find(&self, from: usize, words: &[&str]) -> Option<usize> {
        (from..self.end).find(|at| !self.is_claimed(*at) && words.contains(&self.word(*at)))
    }

    fn finish(&mut self) {
        // What names the entity explains itself.
        for mention in &self.reading.mentions {
            let about_root = mention.options.iter().any(|o| {
                o.score >= 0.6
                    && match o.named {
                        Named::Table(t) => Some(t) == self.slots.root || self.uses_table(t),
                        Named::Column(_) => false,
                    }
            });
            if about_root {
                for at in &mention.tokens {
                    if let Some(flag) = self.claimed.get_mut(*at) {
                        *flag = true;
                    }
                }
            }
        }
        if self.slots.root.is_none() && self.before.is_none() {
            // "the cheapest tablet": the cell says which table is meant.
            let hit = self.slots.filters.iter().find_map(|f| match f {
                super::slots::Filter::Cells { cells, .. } => {
                    cells.first().and_then(|c| c.hits.first()).map(|h| self.index.table_of(h.0))
                }
                _ => None,
            });
            self.slots.root = hit;
            self.slots.doubt += 0.05;
        }
        let left: Vec<String> = self
            .reading
            .tokens
            .iter()
            .enumerate()
            .filter(|(at, t)| {
                !self.is_claimed(*at) && !t.is_punctuation() && (!is_glue(&t.lower) || is_pivotal(&t.lower))
            })
            .map(|(_, t)| t.lower.clone())
            .collect();
        self.slots.unexplained = left;
        // Words inside cells do not speak of columns.
        let cells: Vec<usize> = self
            .reading
            .values
            .iter()
            .filter(|v| v.kind == crate::reading::ValueKind::Text)
            .flat_map(|v| v.start..v.end)
            .collect();
        let spoken = |at: usize| {
            !cells.contains(&at)
                || self
                    .mention_at(at)
                    .is_some_and(|m| m.options.iter().any(|o| o.score >= 0.95 && matches!(o.named, Named::Table(_))))
        };
        self.slots.stems =
            self.reading.tokens.iter().enumerate().filter(|(at, _)| spoken(*at)).map(|(_, t)| t.stem.clone()).collect();
    }

    /// Whether a slot reads from the table, so that its name is explained.
    fn uses_table(&self, table: usize) -> bool {
        let measured = match &self.slots.head {
            Some(Head::Measure(_, m)) => Some(m.table(self.index)),
            Some(Head::Count(t)) => Some(*t),
            Some(Head::Day(_, c) | Head::CountDistinct(c)) => Some(self.index.table_of(*c)),
            _ => None,
        };
        // "customers from Germany": the cell is one of theirs.
        let held = self.slots.filters.iter().any(|f| match f {
            super::slots::Filter::Cells { cells, .. } => {
                cells.iter().any(|c| c.hits.iter().any(|h| self.index.table_of(h.0) == table))
            }
            _ => false,
        });
        // "ordered the largest quantity": what is ranked by is of its rows.
        let ranked = match &self.slots.rank {
            Some(Rank { by: RankBy::Measure(_, measure), .. }) => Some(measure.table(self.index)),
            _ => None,
        };
        let of_table = Some(table);
        held || measured == of_table
            || ranked == of_table
            || self.slots.groups.contains(&super::slots::Group::Entity(table))
    }
}
