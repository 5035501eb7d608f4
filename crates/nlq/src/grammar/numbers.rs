//! Comparisons with numbers: "above 50,000", "more than 90 units", "longer than 150 minutes", "more than 300 orders".

use super::{
    parser::Parser,
    slots::{Filter, Measure},
    vocabulary::{is_measuring_unit, is_unit, multiplier},
};
use crate::{
    catalog_index::{ColumnFacts, ColumnId, Named},
    plan::Comparison,
};

/// A comparison found at a place.
struct Found {
    /// First word of the comparison.
    start: usize,
    /// After the number and its unit.
    end: usize,
    op: Comparison,
    value: f64,
    high: Option<f64>,
    /// An adjective that names the column: "longer".
    adjective: Option<usize>,
}

impl Parser<'_> {
    pub(super) fn read_numbers(&mut self) {
        let mut at = 0;
        while at < self.end {
            match self.comparison_at(at) {
                Some(found) => {
                    let end = found.end;
                    self.apply(found);
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    fn number_at(&self, at: usize) -> Option<(f64, usize)> {
        let value = self.token(at)?.number()?;
        if self.reading.dates.iter().any(|d| !d.weak && d.start <= at && at < d.end) {
            return None;
        }
        match multiplier(self.word(at + 1)) {
            Some(factor) => Some((value * factor, at + 2)),
            None => Some((value, at + 1)),
        }
    }

    fn comparison_at(&self, at: usize) -> Option<Found> {
        if self.is_claimed(at) {
            return None;
        }
        let word = self.word(at);
        let found = |start, end, op, value, high, adjective| Some(Found { start, end, op, value, high, adjective });
        if word == "between" {
            let (low, next) = self.number_at(at + 1)?;
            if self.word(next) != "and" {
                return None;
            }
            let (high, end) = self.number_at(next + 1)?;
            return found(at, end, Comparison::AtLeast, low, Some(high), None);
        }
        if word == "at" && matches!(self.word(at + 1), "least" | "most") {
            let (value, end) = self.number_at(at + 2)?;
            let op = if self.word(at + 1) == "least" { Comparison::AtLeast } else { Comparison::AtMost };
            return found(at, end, op, value, None, None);
        }
        let simple = match word {
            "above" | "over" | "exceeding" | "exceeds" | "exceed" => Some(Comparison::Greater),
            "below" | "under" => Some(Comparison::Less),
            "exactly" => Some(Comparison::Equal),
            _ => None,
        };
        if let Some(op) = simple {
            let (value, end) = self.number_at(at + 1)?;
            return found(at, end, op, value, None, None);
        }
        if self.word(at + 1) != "than" {
            return None;
        }
        let (value, end) = self.number_at(at + 2)?;
        let plain = match word {
            "more" | "greater" | "higher" | "larger" | "bigger" => Some(Comparison::Greater),
            "less" | "fewer" | "lower" | "smaller" => Some(Comparison::Less),
            _ => None,
        };
        if let Some(op) = plain {
            return found(at, end, op, value, None, None);
        }
        let mention = self.reading.mentions.iter().position(|m| m.adjective.is_some() && m.tokens.contains(&at))?;
        let direction = self.reading.mentions.get(mention)?.adjective?.direction;
        let op = if direction > 0 { Comparison::Greater } else { Comparison::Less };
        found(at, end, op, value, None, Some(mention))
    }

    fn apply(&mut self, found: Found) {
        let mut end = found.end;
        let unit = self.word(end).to_owned();
        let mut column: Option<ColumnId> = None;
        if let Some(adjective) = found.adjective {
            column = self.adjective_column(adjective);
        }
        if is_measuring_unit(&unit) {
            end += 1;
        } else if column.is_none() {
            // What follows the number says what is compared.
            let mention = self.next_mention(end).filter(|m| m.start <= end + 1).cloned();
            if let Some(mention) = mention {
                let own = self.table_of(&mention);
                let measured = self.column_of(&mention, &|c| c.is_measure() && !c.year);
                match (own, measured) {
                    (Some((table, score)), measured)
                        if Some(table) != self.slots.root && measured.is_none_or(|m| m.1 < score + 0.2) =>
                    {
                        self.slots.having = Some((Measure::Rows(table), found.op, found.value));
                        self.claim_range(found.start, mention.end);
                        return;
                    }
                    (Some((table, _)), None) if Some(table) == self.slots.root && !self.slots.groups.is_empty() => {
                        self.slots.having = Some((Measure::Rows(table), found.op, found.value));
                        self.claim_range(found.start, mention.end);
                        return;
                    }
                    (_, Some((c, _))) => {
                        column = Some(c);
                        end = mention.end;
                    }
                    _ => {}
                }
            }
            if column.is_none() && (is_unit(&unit) || unit == "people") {
                if let Some(Measure::Column(c)) = self.measure_at(end) {
                    column = Some(c);
                    end += 1;
                } else if unit == "people" {
                    self.having_of_members(&found, end);
                    return;
                }
            }
        }
        let column = column.or_else(|| self.column_before(found.start)).or_else(|| self.column_of_before());
        if column.is_none()
            && self.before.is_some_and(|b| b.having.is_some())
            && let Some((measure, ..)) = self.before.and_then(|b| b.having.clone())
        {
            self.slots.having = Some((measure, found.op, found.value));
            self.claim_range(found.start, end);
            return;
        }
        let Some(column) = column else { return };
        self.claim_range(found.start, end);
        self.slots.filters.push(Filter::Number { column, op: found.op, value: found.value, high: found.high });
    }

    /// "roles with more than 3 people": rows of what the groups count.
    fn having_of_members(&mut self, found: &Found, end: usize) {
        let table = self.before.and_then(|b| b.root).or(self.slots.root);
        if let Some(table) = table {
            self.slots.having = Some((Measure::Rows(table), found.op, found.value));
            self.claim_range(found.start, end + 1);
        }
    }

    fn adjective_column(&self, mention: usize) -> Option<ColumnId> {
        let mention = self.reading.mentions.get(mention)?;
        let root = self.slots.root.or_else(|| self.before.and_then(|b| b.root));
        mention
            .options
            .iter()
            .filter_map(|o| match o.named {
                Named::Column(c) if !o.falling && self.index.column(c).is_measure() => Some((c, o.score)),
                _ => None,
            })
            .filter(|(c, _)| root.is_none_or(|r| r == self.index.table_of(*c)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|c| c.0)
    }

    /// "capacity above", "with a budget over", "have a rating above"
    fn column_before(&mut self, start: usize) -> Option<ColumnId> {
        for back in 1..=4 {
            let at = start.checked_sub(back)?;
            if let Some(mention) = self.mention_at(at).cloned() {
                if let Some((column, _)) = self.column_of(&mention, &ColumnFacts::is_measure) {
                    mention.tokens.iter().for_each(|t| self.claim(*t));
                    return Some(column);
                }
                return None;
            }
            if !super::vocabulary::is_glue(self.word(at)) {
                return None;
            }
        }
        None
    }

    /// "And below 30,000?": the column of the comparison before.
    fn column_of_before(&self) -> Option<ColumnId> {
        self.before?.filters.iter().find_map(|f| match f {
            Filter::Number { column, .. } | Filter::Average { column, .. } => Some(*column),
            _ => None,
        })
    }

    /// "cost more than the average", "rated above average", "longer than the average"
    pub(super) fn read_no_longer_than_average(&mut self) {
        let Some(at) = (0..self.end).find(|at| {
            let cue = match self.word(*at) {
                "more" | "less" | "higher" | "lower" | "greater" | "longer" | "shorter" | "older" | "younger"
                | "larger" | "smaller" | "fewer" => self.word(at + 1) == "than",
                "above" | "below" | "over" | "under" => true,
                _ => false,
            };
            let after = if self.word(at + 1) == "than" { at + 2 } else { at + 1 };
            let place = if matches!(self.word(after), "the" | "an" | "its") { after + 1 } else { after };
            cue && matches!(self.word(place), "average" | "mean")
        }) else {
            return;
        };
        let op = match self.word(at) {
            "less" | "lower" | "shorter" | "younger" | "smaller" | "fewer" | "below" | "under" => Comparison::Less,
            _ => Comparison::Greater,
        };
        let average = (at..at + 4).find(|p| matches!(self.word(*p), "average" | "mean")).unwrap_or(at);
        let after = self
            .mention_at(average + 1)
            .and_then(|m| self.column_of(m, &ColumnFacts::is_measure).map(|c| (c.0, m.end)));
        let adjective = self.reading.mentions.iter().position(|m| m.adjective.is_some() && m.tokens.contains(&at));
        let column = match after {
            Some((column, _)) => Some(column),
            None => adjective
                .and_then(|a| self.adjective_column(a))
                .or_else(|| self.column_before(at))
                .or_else(|| self.verb_column(at)),
        };
        let Some(column) = column else { return };
        let end = after.map_or(average + 1, |a| a.1);
        self.claim_range(at, end);
        self.slots.filters.push(Filter::Average { column, op });
    }

    /// "cost more than": a verb that names a column of the entity.
    fn verb_column(&mut self, at: usize) -> Option<ColumnId> {
        let place = at.checked_sub(1)?;
        let stems: &[&str] = match self.word(place) {
            "cost" | "costs" => &["price", "pric", "cost"],
            "earn" | "earns" | "make" => &["salary", "wage", "wag", "income"],
            "weigh" | "weighs" => &["weight"],
            "rated" => &["rating", "rat", "score"],
            _ => return None,
        };
        let column = self.column_by_stems(&self.context_tables(), stems, &ColumnFacts::is_measure)?;
        self.claim(place);
        Some(column)
    }
}
