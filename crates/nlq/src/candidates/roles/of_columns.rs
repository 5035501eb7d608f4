//! Which part a named column plays in a query.

use super::*;
use crate::{catalog_index::ColumnFacts, lexicon::Adjective};

pub(super) fn column_roles(
    index: &CatalogIndex,
    reading: &Reading,
    mention: &Mention,
    column: ColumnId,
    context: &Context,
    falling: bool,
) -> Vec<(Role, f64)> {
    let facts = index.column(column);
    let mut roles = Vec::new();
    if let Some(adjective) = mention.adjective {
        return adjective_roles(reading, mention, adjective, falling);
    }
    let asks_condition = context.conditional && !context.coordinated;
    let measure = facts.is_measure();
    let cued = !context.aggregates.is_empty() || context.superlative != 0 || context.ordered || context.grouped;
    roles.push((
        Role::Select,
        if asks_condition {
            -0.8
        } else if cued {
            -0.6
        } else {
            0.6
        },
    ));
    aggregated(&mut roles, reading, mention, facts, context);
    if context.counted {
        roles.push((
            Role::CountDistinct,
            if context.distinct {
                1.6
            } else if measure {
                -4.0
            } else {
                0.2
            },
        ));
        if measure {
            roles.push((Role::Aggregate(Aggregate::Sum), 1.4));
        }
    }
    let ranked = reading.has(&["top", "bottom", "best", "worst"])
        && matches!(reading.before(mention.start, 1), "by")
            | matches!((reading.before(mention.start, 2), reading.before(mention.start, 1)), ("by", _));
    if ranked && facts.is_ordered() {
        roles.push((Role::Superlative(!reading.has(&["bottom", "worst"])), 2.5));
    }
    let together = reading.has(&["together", "altogether", "combined"])
        || reading.has_phrase("in total")
        || reading.has_phrase("added up")
        || reading.has_phrase("in all");
    if together && measure && !context.aggregates.contains(&Aggregate::Sum) {
        roles.push((Role::Aggregate(Aggregate::Sum), 0.8));
    }
    arranged(&mut roles, reading, mention, facts, context);
    roles
}

/// "oldest", "older than": the column that an adjective means.
fn adjective_roles(reading: &Reading, mention: &Mention, adjective: Adjective, falling: bool) -> Vec<(Role, f64)> {
    let mut roles = Vec::new();
    let most = (adjective.direction > 0) != falling;
    if adjective.superlative {
        roles.push((Role::Superlative(most), 1.2));
    } else if reading.lower(mention.end) == "than" {
        roles.push((
            Role::AgainstAverage,
            if cues::context(reading, mention.end, mention.end + 4).aggregates.is_empty() { -2.0 } else { 1.0 },
        ));
    }
    if let Some(aggregate) = adjective.superlative.then_some(if most { Aggregate::Max } else { Aggregate::Min }) {
        roles.push((Role::Aggregate(aggregate), -1.0));
    }
    roles
}

/// What is worked out of the column.
fn aggregated(
    roles: &mut Vec<(Role, f64)>,
    reading: &Reading,
    mention: &Mention,
    facts: &ColumnFacts,
    context: &Context,
) {
    let asks_condition = context.conditional && !context.coordinated;
    let measure = facts.is_measure();
    for aggregate in &context.aggregates {
        let fits = match aggregate {
            Aggregate::Avg | Aggregate::Sum => measure || facts.numeric && !facts.key,
            _ => facts.is_ordered(),
        };
        let by_rank = matches!(aggregate, Aggregate::Max | Aggregate::Min);
        roles.push((
            Role::Aggregate(*aggregate),
            if !fits {
                -2.5
            } else if by_rank {
                0.3
            } else if asks_condition {
                0.2
            } else {
                1.8
            },
        ));
    }
    if context.aggregates.len() > 1 && measure {
        let mask = context.aggregates.iter().fold(0u8, |m, a| m | aggregate_bit(*a));
        let joined = context.words.iter().any(|w| matches!(w.as_str(), "and" | ","));
        roles.push((Role::Aggregates(mask), if joined { 3.2 } else { 0.5 }));
    }
    if context.coordinated || context.words.is_empty() || context.aggregates.is_empty() {
        for aggregate in reach_back(reading, mention) {
            let fits = measure;
            if fits && !context.aggregates.contains(&aggregate) {
                roles.push((Role::Aggregate(aggregate), 0.2));
            }
        }
    }
}

/// Groups, orders and conditions by the column.
fn arranged(
    roles: &mut Vec<(Role, f64)>,
    reading: &Reading,
    mention: &Mention,
    facts: &ColumnFacts,
    context: &Context,
) {
    let measure = facts.is_measure();
    if context.grouped || reading.has(&["each", "every", "per", "by"]) || !reading_aggregates(reading).is_empty() {
        roles.push((Role::Group, if context.grouped { 1.6 } else { -1.2 }));
    }
    let descending = descending(reading);
    if context.ordered || reading.asks_order() {
        roles.push((Role::Order(descending), if context.ordered { 1.8 } else { -1.0 }));
    }
    if context.superlative != 0 {
        roles.push((Role::Superlative(context.superlative > 0), if facts.is_ordered() { 1.2 } else { 0.2 }));
    }
    if context.negated && facts.nullable && !facts.key {
        roles.push((Role::Missing, 1.8));
    }
    if context.against_average || (!reading_aggregates(reading).is_empty() && reading.has(&["than", "above", "below"]))
    {
        let after = cues::context(reading, mention.end, mention.end + 5);
        let than = after.words.iter().any(|w| matches!(w.as_str(), "than" | "above" | "below"))
            && after.aggregates.contains(&Aggregate::Avg);
        let strong = context.against_average
            && context.words.iter().any(|w| matches!(w.as_str(), "than" | "above" | "below"))
            || than;
        if measure && strong {
            roles.push((Role::AgainstAverage, 2.4));
        }
    }
}

pub(crate) const fn aggregate_bit(aggregate: Aggregate) -> u8 {
    match aggregate {
        Aggregate::Count => 1,
        Aggregate::Sum => 2,
        Aggregate::Avg => 4,
        Aggregate::Min => 8,
        Aggregate::Max => 16,
    }
}

/// Aggregates said before an earlier coordinated name: "average age and height".
fn reach_back(reading: &Reading, mention: &Mention) -> Vec<Aggregate> {
    let from = mention.start.saturating_sub(8);
    let context = cues::context(reading, from, mention.start);
    let joined = matches!(reading.before(mention.start, 1), "and" | "," | "the" | "of");
    if joined { context.aggregates } else { Vec::new() }
}

fn reading_aggregates(reading: &Reading) -> Vec<Aggregate> {
    let context = cues::context(reading, 0, 9.min(reading.tokens.len()));
    let mut all = context.aggregates;
    if reading.has(&["average", "total", "number", "many", "count", "sum", "mean", "maximum", "minimum"]) {
        all.push(Aggregate::Count);
    }
    all
}

pub(crate) fn descending(reading: &Reading) -> bool {
    reading.has(&["descending", "desc", "decreasing", "reverse", "reversed"])
        || reading.has_phrase("highest to lowest")
        || reading.has_phrase("most to least")
        || reading.has_phrase("largest to smallest")
        || reading.has_phrase("from the most")
        || reading.has_phrase("high to low")
        || reading.has_phrase("biggest first")
        || reading.has_phrase("most first")
        || reading.has_phrase("best first")
        || reading.has_phrase("from largest")
        || reading.has_phrase("from highest")
        || reading.has_phrase("most recent first")
        || reading.has_phrase("latest first")
        || reading.has_phrase("newest first")
        || reading.has_phrase("largest first")
        || reading.has_phrase("highest first")
        || reading.has_phrase("oldest to youngest")
}
