//! What part each named table or column plays, chosen jointly by beam search.

mod of_columns;

use super::{
    bindings::Binding,
    cues::{self, Context},
};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named, TableId},
    plan::Aggregate,
    rank::{Features, Weights, feature},
    reading::{Mention, Reading},
};
use of_columns::column_roles;
pub(crate) use of_columns::{aggregate_bit, descending};

/// The part that a mention plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// Shown.
    Select,
    /// Shown, aggregated.
    Aggregate(Aggregate),
    /// Shown with several aggregates: "the highest and the lowest price".
    Aggregates(u8),
    /// Its different values are counted.
    CountDistinct,
    /// The rows of this table are counted.
    CountRows,
    Group,
    /// Sort key; largest first or not.
    Order(bool),
    /// Only the row with the most (true) or least.
    Superlative(bool),
    /// Compared with the average over all rows.
    AgainstAverage,
    /// The column of a condition; the value says the rest.
    Condition,
    /// A table that the question is about.
    Subject,
    /// A table of which there are none.
    Missing,
    Ignore,
}

/// A mention with the part it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub mention: usize,
    pub named: Named,
    pub role: Role,
    /// Strength of the name match.
    pub score: f64,
}

/// Parts of all mentions with their joint score.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub parts: Vec<Part>,
    pub score: f64,
    pub features: Features,
}

struct Choice {
    part: Part,
    prior: f64,
    features: Features,
}

/// The best joint choices, given what the values are bound to.
pub(crate) fn assign(
    index: &CatalogIndex,
    reading: &Reading,
    bound: &[&Binding],
    weights: &Weights,
    beam: usize,
) -> Vec<Parts> {
    let contexts = contexts(reading);
    let mut states = vec![Parts { parts: Vec::new(), score: 0.0, features: Vec::new() }];
    for (position, mention) in reading.mentions.iter().enumerate() {
        let Some(context) = contexts.get(position) else {
            continue;
        };
        let mut next: Vec<Parts> = Vec::new();
        let choices = choices(index, reading, position, mention, context, bound);
        for state in &states {
            for choice in &choices {
                let mut features = choice.features.clone();
                let joint = joint_score(index, state, choice, context, &mut features);
                let score = state.score + choice.prior + joint + weights.dot(&features);
                let mut parts = state.parts.clone();
                parts.push(choice.part);
                let mut all = state.features.clone();
                all.append(&mut features);
                next.push(Parts { parts, score, features: all });
            }
        }
        next.sort_by(|a, b| b.score.total_cmp(&a.score));
        next.truncate(beam);
        states = next;
    }
    states
}

/// The words before each mention, up to the mention or value before it.
fn contexts(reading: &Reading) -> Vec<Context> {
    reading
        .mentions
        .iter()
        .enumerate()
        .map(|(position, mention)| {
            let before = position.checked_sub(1).and_then(|p| reading.mentions.get(p)).map_or(0, |m| m.end);
            // "total US box office": a value right before the name does not cut off what stands before it.
            let value = reading.values.iter().filter(|v| v.is_certain() && v.end < mention.start).map(|v| v.end).max();
            let from = before.max(value.unwrap_or(0)).min(mention.start);
            let mut context = cues::context(reading, from, mention.start);
            // "number of employees" as the name of a column: the cue is inside the mention.
            let inner = cues::context(reading, mention.start, mention.end);
            if !inner.aggregates.is_empty() && context.aggregates.is_empty() {
                context.superlative = if context.superlative == 0 { inner.superlative } else { context.superlative };
            }
            context
        })
        .collect()
}

/// How a choice goes with the ones before it.
fn joint_score(
    index: &CatalogIndex,
    state: &Parts,
    choice: &Choice,
    context: &Context,
    features: &mut Features,
) -> f64 {
    let Some(previous) = state.parts.last() else {
        return 0.0;
    };
    let mut score = 0.0;
    let same = role_name(previous.role) == role_name(choice.part.role);
    if context.coordinated {
        score += if same { 0.8 } else { -0.4 };
        features.push((feature(&["coordinated", role_name(previous.role), role_name(choice.part.role)]), 1.0));
    } else {
        features.push((feature(&["follows", role_name(previous.role), role_name(choice.part.role)]), 1.0));
    }
    if state
        .parts
        .iter()
        .any(|p| p.named == choice.part.named && p.role == choice.part.role && choice.part.role != Role::Ignore)
    {
        score -= 1.0;
    }
    // Names that stand together tend to be of one table.
    if let (Named::Column(a), Named::Column(b)) = (previous.named, choice.part.named)
        && choice.part.role != Role::Ignore
        && previous.role != Role::Ignore
    {
        let one_table = index.table_of(a) == index.table_of(b);
        if one_table {
            score += 0.35;
        }
        features.push((
            feature(&["onetable", if one_table { "1" } else { "0" }, if context.coordinated { "c" } else { "" }]),
            1.0,
        ));
    }
    score
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Select => "select",
        Role::Aggregate(Aggregate::Avg) => "avg",
        Role::Aggregate(Aggregate::Sum) => "sum",
        Role::Aggregate(Aggregate::Min) => "min",
        Role::Aggregate(Aggregate::Max) => "max",
        Role::Aggregate(Aggregate::Count) | Role::CountDistinct => "countdistinct",
        Role::CountRows => "count",
        Role::Aggregates(_) => "aggregates",
        Role::Group => "group",
        Role::Order(true) => "desc",
        Role::Order(false) => "asc",
        Role::Superlative(true) => "most",
        Role::Superlative(false) => "least",
        Role::AgainstAverage => "average",
        Role::Condition => "condition",
        Role::Subject => "subject",
        Role::Missing => "missing",
        Role::Ignore => "ignore",
    }
}

/// Whether the mention is part of a cell or number that is used as one.
fn swallows(reading: &Reading, b: &Binding, mention: &Mention) -> bool {
    b.role != super::bindings::BindingRole::Unused
        && reading.values.get(b.value).is_some_and(|v| {
            v.start <= mention.start && mention.end <= v.end && !matches!(v.kind, crate::reading::ValueKind::Date(_))
        })
}

fn choices(
    index: &CatalogIndex,
    reading: &Reading,
    position: usize,
    mention: &Mention,
    context: &Context,
    bound: &[&Binding],
) -> Vec<Choice> {
    let mut found = Vec::new();
    let best = mention.options.first().map_or(0.0, |o| o.score);
    let taken: Vec<ColumnId> =
        bound.iter().filter(|b| b.mention == Some(position)).filter_map(|b| b.column()).collect();
    let counts_group = bound.iter().any(|b| b.mention == Some(position) && b.column().is_none());
    let swallowed = bound.iter().any(|b| swallows(reading, b, mention));
    for option in &mention.options {
        let link = (option.score - best) * 2.2 + (option.score.min(1.0) - 1.0) * 1.0;
        let roles: Vec<(Role, f64)> = match option.named {
            Named::Column(column) => {
                let mut roles = column_roles(index, reading, mention, column, context, option.falling);
                if taken.contains(&column) {
                    roles.push((Role::Condition, 1.2));
                }
                roles
            }
            Named::Table(table) => {
                let mut roles = table_roles(index, reading, mention, table, context);
                if counts_group {
                    roles.push((Role::Subject, 1.0));
                }
                roles
            }
        };
        for (role, prior) in roles {
            let features = choice_features(index, reading, mention, option.named, role, context, option.score);
            found.push(Choice {
                part: Part { mention: position, named: option.named, role, score: option.score },
                prior: prior + link,
                features,
            });
        }
    }
    let named = mention.options.first().map_or(Named::Table(0), |o| o.named);
    let cost = if swallowed || counts_group || !taken.is_empty() {
        0.0
    } else {
        -2.0 * (best.min(1.0) - 0.35).max(0.0) - if mention.adjective.is_some() { 0.5 } else { 0.0 }
    };
    let mut features = choice_features(index, reading, mention, named, Role::Ignore, context, best);
    if swallowed {
        features.clear();
    }
    found.push(Choice {
        part: Part { mention: position, named, role: Role::Ignore, score: best },
        prior: cost,
        features,
    });
    found
}

fn table_roles(
    index: &CatalogIndex,
    reading: &Reading,
    mention: &Mention,
    table: TableId,
    context: &Context,
) -> Vec<(Role, f64)> {
    let mut roles = vec![(Role::Subject, 0.5)];
    let _ = table;
    if context.counted && !context.coordinated {
        roles.push((Role::CountRows, if context.conditional { 0.4 } else { 1.8 }));
    } else if context.superlative != 0 || reading.has(&["most", "fewest", "least"]) {
        roles.push((Role::CountRows, -1.5));
    }
    if context.counted && context.distinct {
        roles.push((Role::CountDistinct, 0.2));
    }
    if context.grouped || context.words.iter().any(|w| w == "each") {
        roles.push((Role::Group, 1.5));
    } else if reading.has(&["each", "every", "per", "by"]) {
        roles.push((Role::Group, -1.5));
    }
    if context.superlative != 0 {
        let most = context.words.iter().any(|w| matches!(w.as_str(), "most" | "least" | "fewest"));
        let counted = context.counted || most;
        roles.push((Role::Superlative(context.superlative > 0), if counted { 1.4 } else { -0.8 }));
    }
    if context.ordered && context.counted {
        roles.push((Role::Order(descending(reading)), 1.0));
    }
    if context.negated || reading.before(mention.start, 1) == "any" && reading.has(&["not", "without", "never"]) {
        roles.push((Role::Missing, 2.0));
    } else if reading.has(&["not", "without", "no", "never"]) {
        roles.push((Role::Missing, -0.6));
    }
    let _ = index;
    roles
}

/// What is named, as far as its role depends on that.
fn kind_of(index: &CatalogIndex, named: Named) -> &'static str {
    match named {
        Named::Table(t) if index.table(t).link => "link",
        Named::Table(_) => "table",
        Named::Column(c) => {
            let facts = index.column(c);
            if facts.title {
                "title"
            } else if facts.key || facts.identifier {
                "key"
            } else if facts.foreign_key {
                "fk"
            } else if facts.temporal || facts.year {
                "time"
            } else if facts.numeric || facts.numeric_text {
                "number"
            } else {
                "text"
            }
        }
    }
}

/// The cues around a mention, by name.
fn cues_of(mention: &Mention, context: &Context) -> impl Iterator<Item = &'static str> {
    [
        ("coordinated", context.coordinated),
        ("counted", context.counted),
        ("grouped", context.grouped),
        ("ordered", context.ordered),
        ("most", context.superlative > 0),
        ("least", context.superlative < 0),
        ("negated", context.negated),
        ("conditional", context.conditional),
        ("aggregated", !context.aggregates.is_empty()),
        ("adjective", mention.adjective.is_some()),
        ("distinct", context.distinct),
    ]
    .into_iter()
    .filter_map(|(name, yes)| yes.then_some(name))
}

fn choice_features(
    index: &CatalogIndex,
    reading: &Reading,
    mention: &Mention,
    named: Named,
    role: Role,
    context: &Context,
    score: f64,
) -> Features {
    let mut features: Features = Vec::with_capacity(24);
    let kind = kind_of(index, named);
    let role = role_name(role);
    let mut add = |parts: &[&str]| {
        let mut all = vec!["role", role];
        all.extend(parts);
        features.push((feature(&all), 1.0));
    };
    let strength = match score {
        s if s >= 1.1 => "a",
        s if s >= 0.95 => "b",
        s if s >= 0.7 => "c",
        s if s >= 0.5 => "d",
        _ => "e",
    };
    add(&["kind", kind]);
    add(&["strength", strength]);
    add(&["kind", kind, "strength", strength]);
    let last = context.words.len();
    for back in 1..=3usize {
        let word = last.checked_sub(back).and_then(|i| context.words.get(i)).map_or("^", String::as_str);
        add(&["w", &back.to_string(), word]);
        if back <= 2 {
            add(&["wk", &back.to_string(), word, kind]);
        }
    }
    for word in &context.words {
        add(&["in", word]);
    }
    let (next, next2) = (reading.lower(mention.end), reading.lower(mention.end + 1));
    let valued = reading.values.iter().any(|v| v.is_certain() && v.start == mention.end);
    add(&["n1", if valued { "<value>" } else { next }]);
    add(&["n2", next2]);
    add(&["n12", if valued { "<value>" } else { next }, next2]);
    add(&["start", reading.lower(0), reading.lower(1)]);
    let place = match mention.start * 4 / reading.tokens.len().max(1) {
        0 => "q1",
        1 => "q2",
        2 => "q3",
        _ => "q4",
    };
    add(&["place", place]);
    for cue in cues_of(mention, context) {
        add(&["cue", cue, kind]);
    }
    if let Named::Column(c) = named
        && let Some(word) = index.column(c).names.first().and_then(|n| n.last())
    {
        add(&["word", word]);
    }
    features
}
