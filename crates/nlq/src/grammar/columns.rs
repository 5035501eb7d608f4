//! Finding columns and tables at a place of the question.

use super::parser::Parser;
use crate::{
    catalog_index::{ColumnFacts, ColumnId, Named, TableId},
    reading::Mention,
};

/// Least score of a mention that the strict reader believes.
const LEAST: f64 = 0.55;

impl Parser<'_> {
    /// The mention that covers token `at`.
    pub(super) fn mention_at(&self, at: usize) -> Option<&Mention> {
        self.reading.mentions.iter().find(|m| m.adjective.is_none() && m.tokens.contains(&at))
    }

    /// The first mention from `at` on, skipping glue and claimed words only.
    pub(super) fn next_mention(&self, at: usize) -> Option<&Mention> {
        let mut place = at;
        while place < self.end {
            if let Some(mention) = self.mention_at(place) {
                return Some(mention);
            }
            if !self.is_skippable(place) {
                return None;
            }
            place += 1;
        }
        None
    }

    /// The table that a mention most likely names.
    pub(super) fn table_of(&self, mention: &Mention) -> Option<(TableId, f64)> {
        mention
            .options
            .iter()
            .filter_map(|o| match o.named {
                Named::Table(t) if o.score >= LEAST && !self.index.table(t).hidden => {
                    Some((t, o.score - if self.index.table(t).view { 0.2 } else { 0.0 }))
                }
                _ => None,
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The column that a mention most likely names, among those that fit.
    pub(super) fn column_of(&self, mention: &Mention, fits: &dyn Fn(&ColumnFacts) -> bool) -> Option<(ColumnId, f64)> {
        mention
            .options
            .iter()
            .filter_map(|o| match o.named {
                Named::Column(c) if o.score >= LEAST => Some((c, o.score)),
                _ => None,
            })
            .filter(|(c, _)| !self.index.table(self.index.table_of(*c)).hidden && fits(self.index.column(*c)))
            .map(|(c, score)| (c, score + self.closeness(c)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    /// Columns of named tables, of the entity above all, are likelier; those of views, less.
    fn closeness(&self, column: ColumnId) -> f64 {
        let table = self.index.table_of(column);
        let mut score = 0.0;
        if self.slots.root == Some(table) {
            score += 0.35;
        } else if self.slots.named.contains(&table) {
            score += 0.2;
        }
        if let Some(before) = self.before
            && (before.root == Some(table) || before.named.contains(&table))
        {
            score += 0.25;
        }
        let facts = self.index.column(column);
        if self.index.table(table).view {
            score -= 0.4;
        }
        if facts.foreign_key && !facts.key {
            score -= 0.15;
        }
        score
    }

    /// A column by the stems of its name, in the given tables.
    pub(super) fn column_by_stems(
        &self,
        tables: &[TableId],
        stems: &[&str],
        fits: &dyn Fn(&ColumnFacts) -> bool,
    ) -> Option<ColumnId> {
        stems.iter().find_map(|stem| {
            tables.iter().find_map(|t| {
                self.index.table(*t).columns.iter().copied().find(|c| {
                    let facts = self.index.column(*c);
                    fits(facts) && facts.names.iter().any(|n| n.iter().any(|w| w == stem))
                })
            })
        })
    }

    /// Tables named so far, the entity first.
    pub(super) fn context_tables(&self) -> Vec<TableId> {
        let mut tables: Vec<TableId> = self.slots.root.into_iter().collect();
        tables.extend(self.slots.named.iter().copied());
        if let Some(before) = self.before {
            tables.extend(before.root);
            tables.extend(before.named.iter().copied());
        }
        let mut seen = Vec::new();
        tables.retain(|t| {
            !seen.contains(t) && {
                seen.push(*t);
                true
            }
        });
        tables
    }
}
