//! What the constants of a question are compared with.

mod numeric;
mod unheld;

use super::cues;
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named},
    dates::DateSpan,
    draft::Condition,
    plan::{Comparison, Grain, Literal},
    rank::{Features, Weights, feature},
    reading::{Reading, ValueKind, ValueSpan},
};
use datafyme_domain::ColumnType;
use numeric::numbers;
use unheld::{moments, unknown};

/// What one constant may be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Binding {
    /// Position in the reading's values.
    pub value: usize,
    pub role: BindingRole,
    /// The mention that named the column.
    pub mention: Option<usize>,
    pub prior: f64,
    pub features: Features,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BindingRole {
    Where(Condition),
    /// Number of rows of a group.
    Having(Comparison, f64),
    Limit(u64),
    Unused,
}

impl Binding {
    pub(crate) fn score(&self, weights: &Weights) -> f64 {
        self.prior + weights.dot(&self.features)
    }

    /// The column of a condition.
    pub(crate) fn column(&self) -> Option<ColumnId> {
        match &self.role {
            BindingRole::Where(condition) => condition.columns().first().copied(),
            _ => None,
        }
    }
}

/// For each value of the reading, what it may be, best first.
pub(crate) fn options(index: &CatalogIndex, reading: &Reading, weights: &Weights) -> Vec<Vec<Binding>> {
    (0..reading.values.len())
        .map(|position| {
            let mut found = of_value(index, reading, position);
            found.sort_by(|a, b| b.score(weights).total_cmp(&a.score(weights)));
            found.truncate(6);
            if !found.iter().any(|b| b.role == BindingRole::Unused)
                && let Some(value) = reading.values.get(position)
            {
                found.push(unused(reading, position, value));
            }
            found
        })
        .collect()
}

/// Best joint choices of one option per value, conflicting ones left out.
pub(crate) fn joint<'a>(
    reading: &Reading,
    options: &'a [Vec<Binding>],
    weights: &Weights,
    most: usize,
) -> Vec<(f64, Vec<&'a Binding>)> {
    let mut states: Vec<(f64, Vec<&Binding>)> = vec![(0.0, Vec::new())];
    for (position, choices) in options.iter().enumerate().take(10) {
        let mut next: Vec<(f64, Vec<&Binding>)> = Vec::new();
        for (score, chosen) in &states {
            for binding in choices {
                let overlaps = binding.role != BindingRole::Unused
                    && chosen.iter().any(|b| b.role != BindingRole::Unused && overlap(reading, b.value, position));
                let swallowed = binding.role == BindingRole::Unused
                    && chosen.iter().any(|b| b.role != BindingRole::Unused && overlap(reading, b.value, position));
                if overlaps {
                    continue;
                }
                let mut all = chosen.clone();
                all.push(binding);
                let cost = if swallowed { 0.0 } else { binding.score(weights) };
                next.push((score + cost, all));
            }
        }
        next.sort_by(|a, b| b.0.total_cmp(&a.0));
        next.truncate(most);
        states = next;
    }
    states
}

fn overlap(reading: &Reading, a: usize, b: usize) -> bool {
    match (reading.values.get(a), reading.values.get(b)) {
        (Some(a), Some(b)) => a.start < b.end && b.start < a.end,
        _ => false,
    }
}

fn of_value(index: &CatalogIndex, reading: &Reading, position: usize) -> Vec<Binding> {
    let Some(value) = reading.values.get(position) else {
        return Vec::new();
    };
    let mut found = match value.kind {
        ValueKind::Text => texts(index, reading, position, value),
        ValueKind::Number { value: number, worded } => {
            let mut found = numbers(index, reading, position, value, number, worded);
            let begins = reading.before(value.start, 2).starts_with("start")
                || reading.before(value.start, 2).starts_with("begin");
            if (value.quoted || begins) && cues::pattern(reading, value.start, &value.text).is_some() {
                found.extend(unknown(index, reading, position, value, cues::value_negated(reading, value.start)));
            }
            found
        }
        ValueKind::Date(date) => {
            reading.dates.get(date).map_or_else(Vec::new, |d| dates(index, reading, position, value, d))
        }
    };
    found.push(unused(reading, position, value));
    found
}

fn unused(reading: &Reading, position: usize, value: &ValueSpan) -> Binding {
    let (name, prior) = match value.kind {
        _ if value.quoted => ("quoted", -4.0),
        ValueKind::Date(d) => {
            if reading.dates.get(d).is_some_and(|d| d.weak) {
                ("weakdate", -0.2)
            } else {
                ("date", -3.0)
            }
        }
        ValueKind::Number { worded: true, value } if value <= 1.0 => ("one", -0.3),
        ValueKind::Number { worded: true, .. } => ("worded", -1.2),
        ValueKind::Number { .. } => ("number", -2.5),
        ValueKind::Text
            if value.end - value.start > 1 && !value.schema_like && value.hits.iter().any(|h| h.2 >= 0.85) =>
        {
            ("phrase", -3.0)
        }
        ValueKind::Text if value.schema_like => ("schema", -0.1),
        ValueKind::Text if value.capital && value.hits.is_empty() => ("unknown", -0.8),
        ValueKind::Text if value.capital => ("capital", -2.0),
        ValueKind::Text => ("plain", -0.9),
    };
    let next = reading.lower(value.end);
    let features = vec![(feature(&["unused", name]), 1.0), (feature(&["unused", name, next]), 1.0)];
    Binding { value: position, role: BindingRole::Unused, mention: None, prior, features }
}

/// How near the mention that names `column` stands: its position, its score, the distance in tokens.
fn named_near(reading: &Reading, column: ColumnId, value: &ValueSpan) -> Option<(usize, f64, usize, bool)> {
    let mut best: Option<(usize, f64, usize, bool)> = None;
    for (position, mention) in reading.mentions.iter().enumerate() {
        let Some(option) = mention.options.iter().find(|o| o.named == Named::Column(column)) else {
            continue;
        };
        let inside = mention.start < value.end && value.start < mention.end;
        if inside && !value.is_certain() {
            continue;
        }
        let left = mention.end <= value.start;
        let distance = if left { value.start - mention.end } else { mention.start.saturating_sub(value.end) };
        let crossed = reading.values.iter().filter(|v| {
            let (low, high) = if left { (mention.end, value.start) } else { (value.end, mention.start) };
            v.start >= low && v.end <= high && v.is_certain()
        });
        let cost = distance + 3 * crossed.count() + usize::from(!left);
        let strength = option.score - 0.12 * cost as f64;
        if best.is_none_or(|(_, s, d, _)| strength > s - 0.12 * d as f64) {
            best = Some((position, option.score, cost, left));
        }
    }
    best
}

fn table_support(index: &CatalogIndex, reading: &Reading, column: ColumnId) -> f64 {
    reading.table_score(index.table_of(column)).min(1.0)
}

/// Score and features of comparing `value` with `column`, from what stands around.
fn support(
    index: &CatalogIndex,
    reading: &Reading,
    column: ColumnId,
    value: &ValueSpan,
    kind: &str,
) -> (f64, Option<usize>, Features) {
    let facts = index.column(column);
    let mut features = Vec::new();
    let mut add = |parts: &[&str], v: f32| features.push((feature(parts), v));
    let mut prior = 0.5 * table_support(index, reading, column);
    add(&["bind", kind, "table"], table_support(index, reading, column) as f32);
    let mut named = None;
    if let Some((mention, score, distance, left)) = named_near(reading, column, value) {
        let near = (1.0 - distance as f64 / 8.0).max(-0.5);
        if near > 0.0 || kind != "text" {
            prior += score * near * 1.6;
        }
        let side = if left { "left" } else { "right" };
        add(&["bind", kind, "near", side], near.max(0.0) as f32);
        add(&["bind", kind, "named"], score as f32);
        add(&["bind", kind, "distance", side, &distance.min(6).to_string()], 1.0);
        if distance <= 5 && score > 0.45 {
            named = Some(mention);
        }
    } else {
        add(&["bind", kind, "unnamed"], 1.0);
    }
    for (name, yes) in [
        ("fk", facts.foreign_key),
        ("key", facts.key),
        ("id", facts.identifier),
        ("title", facts.title),
        ("time", facts.temporal),
        ("year", facts.year),
        ("unique", facts.unique),
        ("measure", facts.is_measure()),
    ] {
        if yes {
            add(&["bind", kind, name], 1.0);
        }
    }
    let before = reading.before(value.start, 1);
    let role = if facts.title {
        "title"
    } else if facts.is_ordered() {
        "ordered"
    } else {
        "other"
    };
    add(&["bind", kind, "before", before, role], 1.0);
    (prior, named, features)
}

fn texts(index: &CatalogIndex, reading: &Reading, position: usize, value: &ValueSpan) -> Vec<Binding> {
    let mut found = Vec::new();
    let negated = cues::value_negated(reading, value.start);
    for (column, cell, quality) in &value.hits {
        if index.table(index.table_of(*column)).hidden {
            continue;
        }
        let (support, mention, mut features) = support(index, reading, *column, value, "text");
        let facts = index.column(*column);
        let mut prior = support + (quality - 0.9) * 3.0 + 1.0;
        if value.schema_like && !value.capital {
            prior -= 1.5;
        } else if !value.quoted && !value.capital {
            prior -= 0.5;
        }
        if facts.foreign_key {
            prior -= 0.15;
        }
        features.push((feature(&["bind", "text", "quality"]), (*quality - 0.9) as f32 * 10.0));
        features.push((feature(&["bind", "text", "spread", &value.hits.len().min(5).to_string()]), 1.0));
        features.push((
            feature(&[
                "bind",
                "text",
                "look",
                if value.quoted {
                    "quoted"
                } else if value.capital {
                    "capital"
                } else {
                    "plain"
                },
                if value.schema_like { "schema" } else { "" },
            ]),
            1.0,
        ));
        let literal = literal_of(index, *column, cell);
        let pattern = cues::pattern(reading, value.start, &value.text);
        let partial = *quality <= 0.5;
        if let Some(pattern) = pattern.filter(|_| facts.column_type == ColumnType::Text) {
            let mut features = features.clone();
            features.push((feature(&["bind", "like"]), 1.0));
            found.push(Binding {
                value: position,
                role: BindingRole::Where(Condition::Like(*column, pattern, negated)),
                mention,
                prior: prior + 0.8,
                features,
            });
        }
        let condition = if partial {
            Condition::Like(*column, format!("%{}%", value.text), negated)
        } else {
            let op = if negated { Comparison::NotEqual } else { Comparison::Equal };
            Condition::Compare(*column, op, literal)
        };
        if negated {
            features.push((feature(&["bind", "text", "negated"]), 1.0));
        }
        found.push(Binding { value: position, role: BindingRole::Where(condition), mention, prior, features });
    }
    found.extend(moments(index, reading, position, value));
    if value.hits.iter().all(|h| h.2 <= 0.5) || cues::pattern(reading, value.start, &value.text).is_some() {
        found.extend(unknown(index, reading, position, value, negated));
    }
    // Many columns hold it: keep the likeliest of each kind only, the sort does the rest.
    found
}

/// A cell's text as a literal of the column's type.
pub(crate) fn literal_of(index: &CatalogIndex, column: ColumnId, cell: &str) -> Literal {
    let facts = index.column(column);
    if facts.column_type == ColumnType::Boolean {
        return Literal::Bool(matches!(cell.to_lowercase().as_str(), "1" | "t" | "true" | "y" | "yes"));
    }
    if facts.numeric && cell.parse::<f64>().is_ok() {
        return Literal::Number(cell.to_owned());
    }
    Literal::Text(cell.to_owned())
}

pub(crate) fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{}", value as i64) } else { format!("{value}") }
}

fn dates(index: &CatalogIndex, reading: &Reading, position: usize, value: &ValueSpan, date: &DateSpan) -> Vec<Binding> {
    let mut found = Vec::new();
    for (column, facts) in index.columns.iter().enumerate() {
        if index.table(facts.table).hidden || !(facts.temporal || facts.year && date.grain == Grain::Year) {
            continue;
        }
        let (support, mention, mut features) = support(index, reading, column, value, "date");
        let mut prior = support - 0.4;
        let first = index.table(facts.table).columns.iter().find(|c| index.column(**c).temporal) == Some(&column);
        if first {
            prior += 0.2;
        }
        if reading.table_score(facts.table) < 0.5 && mention.is_none() {
            prior -= 1.0;
        }
        features.push((
            feature(&["bind", "date", if facts.year { "year" } else { "day" }, if first { "first" } else { "" }]),
            1.0,
        ));
        if let Some(condition) = date_condition(index, column, date) {
            found.push(Binding { value: position, role: BindingRole::Where(condition), mention, prior, features });
        }
    }
    // A column of months by name.
    for (column, cell, _) in value.hits.iter().filter(|h| !index.table(index.table_of(h.0)).hidden) {
        let (support, mention, mut features) = support(index, reading, *column, value, "text");
        features.push((feature(&["bind", "date", "cell"]), 1.0));
        let condition = Condition::Compare(*column, Comparison::Equal, literal_of(index, *column, cell));
        let role = BindingRole::Where(condition);
        found.push(Binding { value: position, role, mention, prior: support + 0.4, features });
    }
    found
}

/// The condition that `column` lies within the dates meant.
pub(crate) fn date_condition(index: &CatalogIndex, column: ColumnId, date: &DateSpan) -> Option<Condition> {
    use chrono::Datelike;
    let facts = index.column(column);
    if facts.year {
        let year = |d: chrono::NaiveDate| {
            if facts.numeric { Literal::Number(d.year().to_string()) } else { Literal::Text(d.year().to_string()) }
        };
        return Some(match (date.from, date.to) {
            (Some(from), Some(to)) if from.year() == to.year() => {
                Condition::Compare(column, Comparison::Equal, year(from))
            }
            (Some(from), Some(to)) => Condition::Between(column, year(from), year(to)),
            (Some(from), None) => Condition::Compare(column, Comparison::AtLeast, year(from)),
            (None, Some(to)) => Condition::Compare(column, Comparison::AtMost, year(to)),
            (None, None) => return None,
        });
    }
    let with_time =
        facts.column_type == ColumnType::Timestamp || facts.date_format.as_deref().is_some_and(|f| f.contains("%H"));
    let upper = |to: chrono::NaiveDate| {
        if with_time || date.grain != Grain::Day {
            to.succ_opt().map(|next| Condition::Compare(column, Comparison::Less, Literal::Date(next)))
        } else {
            Some(Condition::Compare(column, Comparison::AtMost, Literal::Date(to)))
        }
    };
    Some(match (date.from, date.to) {
        (Some(from), Some(to)) if from == to && !with_time => {
            Condition::Compare(column, Comparison::Equal, Literal::Date(from))
        }
        (Some(from), Some(to)) => {
            Condition::All(vec![Condition::Compare(column, Comparison::AtLeast, Literal::Date(from)), upper(to)?])
        }
        (Some(from), None) => Condition::Compare(column, Comparison::AtLeast, Literal::Date(from)),
        (None, Some(to)) => upper(to)?,
        (None, None) => return None,
    })
}
