//! How well a whole draft goes with the whole question.

use super::assemble::Used;
use crate::{
    CatalogIndex,
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Plan},
    rank::{Features, feature},
    reading::{Reading, ValueKind},
};

/// Prior and features of a draft as a whole.
pub(super) fn features(
    index: &CatalogIndex,
    reading: &Reading,
    draft: &Draft,
    plan: &Plan,
    used: &Used,
) -> (f64, Features) {
    let mut prior = 0.0;
    let mut features: Features = Vec::new();
    let mut add = |parts: &[&str], value: f32| {
        let mut all = vec!["shape"];
        all.extend(parts);
        features.push((feature(&all), value));
    };
    let unexplained = used.unexplained(reading).len();
    prior -= 0.7 * unexplained as f64;
    add(&["unexplained"], unexplained as f32);
    let tables = plan.sources.len();
    let unnamed = plan
        .sources
        .iter()
        .filter(|s| index.find_table(&s.table).is_some_and(|t| reading.table_score(t) < 0.6 && !index.table(t).link))
        .count();
    prior -= 0.35 * (tables as f64 - 1.0) + 0.3 * unnamed as f64;
    let views = plan.sources.iter().filter(|s| index.find_table(&s.table).is_some_and(|t| index.table(t).view)).count();
    prior -= 1.6 * views as f64;
    add(&["tables", &tables.min(5).to_string()], 1.0);
    add(&["unnamed"], unnamed as f32);
    add(&["select", &draft.select.len().min(5).to_string()], 1.0);
    add(&["conditions", &draft.conditions.len().min(4).to_string()], 1.0);
    let signature = signature(draft);
    add(&["signature", &signature], 1.0);
    let first = format!("{} {}", reading.lower(0), reading.lower(1));
    add(&["signature", &signature, &first], 1.0);
    for word in CUES {
        if reading.has(&[word]) {
            add(&["cue", word, &signature], 1.0);
        }
    }
    let numbers = reading.values.iter().filter(|v| matches!(v.kind, ValueKind::Number { .. })).count();
    add(&["numbers", &numbers.min(3).to_string(), &signature], 1.0);
    (prior + checks(index, reading, draft, &mut features), features)
}

const CUES: &[&str] = &[
    "each",
    "every",
    "per",
    "average",
    "total",
    "sum",
    "maximum",
    "minimum",
    "most",
    "least",
    "fewest",
    "highest",
    "lowest",
    "many",
    "number",
    "count",
    "different",
    "distinct",
    "both",
    "or",
    "and",
    "not",
    "no",
    "without",
    "never",
    "any",
    "order",
    "sorted",
    "descending",
    "ascending",
    "alphabetical",
    "than",
    "at",
    "top",
    "all",
    "also",
    "except",
    "more",
    "common",
    "largest",
    "smallest",
    "who",
    "which",
    "whose",
    "that",
    "list",
];

/// Aggregates, grouping, order and nesting in a few letters.
fn signature(draft: &Draft) -> String {
    let mut text = String::new();
    for item in &draft.select {
        text.push(match item {
            Item::Column(_) | Item::Period(..) => 'c',
            Item::Everything => '*',
            Item::CountRows => '#',
            Item::Aggregate(Aggregate::Count, ..) => 'd',
            Item::Aggregate(Aggregate::Avg, ..) => 'a',
            Item::Aggregate(Aggregate::Sum, ..) => 's',
            Item::Aggregate(Aggregate::Min, ..) => 'n',
            Item::Aggregate(Aggregate::Max, ..) => 'x',
            _ => 'r',
        });
    }
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let mut text: String = letters.into_iter().collect();
    if !draft.group.is_empty() {
        text.push('G');
    }
    if !draft.having.is_empty() {
        text.push('H');
    }
    match (draft.order.first(), draft.limit) {
        (Some((item, _)), Some(1)) => text.push_str(if item.is_aggregate() { "M1" } else { "O1" }),
        (Some((item, _)), Some(_)) => text.push_str(if item.is_aggregate() { "Mn" } else { "On" }),
        (Some((item, _)), None) => text.push_str(if item.is_aggregate() { "M" } else { "O" }),
        (None, _) => {}
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Exists { .. })) {
        text.push('N');
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Against(..))) {
        text.push('A');
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Any(_))) {
        text.push('|');
    }
    if draft.compound.is_some() {
        text.push('S');
    }
    if draft.distinct {
        text.push('D');
    }
    text
}

/// Said but not done, done but not said.
fn checks(index: &CatalogIndex, reading: &Reading, draft: &Draft, features: &mut Features) -> f64 {
    let mut prior = 0.0;
    let mut add = |name: &str, cost: f64| {
        features.push((feature(&["check", name]), 1.0));
        prior += cost;
    };
    let has_aggregate = |a: Aggregate| {
        let items = draft.select.iter().chain(draft.order.iter().map(|o| &o.0));
        items.into_iter().any(|i| matches!(i, Item::Aggregate(f, ..) if *f == a))
    };
    let against = draft.conditions.iter().any(|c| matches!(c, Condition::Against(..)));
    if reading.has(&["average", "mean", "avg"]) && !has_aggregate(Aggregate::Avg) && !against {
        let column = draft.select.iter().flat_map(Item::columns).any(|c| index.column(c).label.contains("average"));
        if !column {
            add("average unused", -1.5);
        }
    }
    if has_aggregate(Aggregate::Avg) && !reading.has(&["average", "mean", "avg", "averaged", "averages", "typical"]) {
        add("average unsaid", -1.5);
    }
    let counts = draft.select.iter().any(|i| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..)));
    let numeric_count = draft.select.iter().flat_map(Item::columns).any(|c| index.column(c).numeric);
    if reading.has_phrase("how many")
        && !counts
        && !has_aggregate(Aggregate::Sum)
        && draft.having.is_empty()
        && !numeric_count
    {
        add("how many unused", -1.5);
    }
    if counts
        && !reading.has(&[
            "many",
            "number",
            "count",
            "total",
            "times",
            "amount",
            "frequency",
            "often",
            "numbers",
            "by",
            "per",
            "each",
            "counts",
            "trend",
        ])
    {
        add("count unsaid", -1.2);
    }
    let each = reading.has(&["each", "every", "per"]);
    let grouped = !draft.group.is_empty();
    if each && !grouped {
        add("each unused", if draft.select.iter().any(Item::is_aggregate) { -1.2 } else { -0.2 });
    }
    let extreme = draft.select.iter().any(|i| matches!(i, Item::Aggregate(Aggregate::Min | Aggregate::Max, ..)));
    if grouped && extreme && !each && !reading.has(&["by", "different", "different", "for", "of"]) {
        add("extreme per row", -1.5);
    }
    // An average of one row per thing is no average per thing.
    let averaged = draft.select.iter().find_map(|i| match i {
        Item::Aggregate(Aggregate::Avg, _, c) => Some(index.table_of(*c)),
        _ => None,
    });
    if let Some(measured) = averaged {
        let pinned = index
            .table(measured)
            .sibling_label
            .is_none_or(|label| draft.conditions.iter().any(|c| c.columns().contains(&label)));
        let single = |i: &Item| {
            matches!(i, Item::Column(c) if index.column(*c).title || index.column(*c).foreign_key || index.column(*c).key)
                && i.columns().iter().any(|c| {
                    let unique = |e: &crate::catalog_index::Edge| {
                        e.child == measured && e.child_columns.iter().all(|c| index.column(*c).unique)
                    };
                    let own = index.table_of(*c) == measured && index.column(*c).unique;
                    own || index.graph.between(measured, index.table_of(*c)).iter().any(|(_, e)| unique(e))
                })
        };
        if pinned && draft.group.iter().any(single) {
            add("average per row", -4.0);
        } else if !grouped && each {
            add("average ungrouped", 0.3);
        }
    }
    let family = draft.required_tables(index).iter().any(|t| index.table(*t).sibling_label.is_some());
    let own_key = |i: &Item| !family && matches!(i, Item::Column(c) if index.column(*c).unique);
    if grouped
        && draft.required_tables(index).len() == 1
        && draft.group.iter().any(own_key)
        && draft.select.iter().any(|i| matches!(i, Item::CountRows | Item::Aggregate(..)))
    {
        add("group per row", -2.5);
    }
    let periods: Vec<_> =
        draft.group.iter().filter_map(|i| if let Item::Period(_, c) = i { Some(*c) } else { None }).collect();
    if draft.select.iter().any(|i| matches!(i, Item::Column(c) if periods.contains(c))) {
        add("date beside its period", -3.0);
    }
    let superlative = reading.has(&[
        "most", "highest", "lowest", "largest", "smallest", "least", "fewest", "oldest", "youngest", "longest",
        "shortest", "cheapest", "biggest", "earliest", "latest", "best", "worst",
    ]) && !reading.has_phrase("at least")
        && !reading.has_phrase("at most");
    let ranked = draft.limit.is_some()
        || has_aggregate(Aggregate::Max)
        || has_aggregate(Aggregate::Min)
        || !draft.order.is_empty();
    if superlative && !ranked {
        add("superlative unused", -1.2);
    }
    let sorted = reading.asks_order();
    if sorted && draft.order.is_empty() {
        add("order unused", -1.2);
    }
    if !sorted && !superlative && !draft.order.is_empty() && draft.limit.is_none() {
        add("order unsaid", -0.6);
    }
    for (item, _) in &draft.order {
        if item.columns().iter().any(|c| !index.column(*c).is_ordered())
            && draft.limit.is_some()
            && !item.is_aggregate()
        {
            add("superlative of text", -1.5);
        }
    }
    if draft.select.is_empty() {
        add("nothing shown", -3.0);
    }
    let conditioned: Vec<_> = draft.conditions.iter().flat_map(Condition::columns).collect();
    let shown: Vec<_> =
        draft.select.iter().filter_map(|i| if let Item::Column(c) = i { Some(*c) } else { None }).collect();
    if draft.conditions.len() == 1
        && shown.iter().any(|c| conditioned.contains(c))
        && draft.conditions.iter().all(|c| matches!(c, Condition::Compare(_, crate::plan::Comparison::Equal, _)))
    {
        add("shows its condition", -0.7);
    }
    prior
}
