//! From parts and bindings to drafts.

mod grouping;

use grouping::grouped;
mod conditioning;

use super::{
    bindings::{Binding, BindingRole},
    measures,
    roles::{Part, Parts, Role, descending},
};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named, TableId},
    draft::{Condition, Draft, Item},
    lexicon,
    plan::{Aggregate, Comparison, Grain, Literal, SetOperator},
    rank::{Features, feature},
    reading::Reading,
};
use conditioning::{conditioned, joined, tidy};

/// Tokens that a draft accounts for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Used(pub Vec<usize>);

impl Used {
    /// Tokens with a meaning of their own that nothing in the draft stands for.
    pub(crate) fn unexplained(&self, reading: &Reading) -> Vec<usize> {
        (0..reading.tokens.len())
            .filter(|at| {
                reading.tokens.get(*at).is_some_and(|t| {
                    let carried = t.is_punctuation() || (t.is_word() && lexicon::is_filler(&t.lower));
                    let small = t.number().is_some_and(|n| n <= 2.0);
                    !(carried || small || self.0.contains(at))
                })
            })
            .collect()
    }
}

/// A draft with what speaks for this form of it.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub draft: Draft,
    pub prior: f64,
    pub features: Features,
    pub used: Used,
    /// The conditions stand inside the select list already.
    pub consumed: bool,
    /// Nothing is to be added.
    pub closed: bool,
    /// What is shown was not named.
    pub default: bool,
}

/// What the parts say, sorted by role.
pub(super) struct Frame<'a> {
    pub index: &'a CatalogIndex,
    pub reading: &'a Reading,
    pub grain: Option<(Grain, ())>,
    /// "which month": the period itself is asked for.
    pub which_period: bool,
    pub revenue: Option<(ColumnId, ColumnId)>,
    pub shown: Vec<ColumnId>,
    pub aggregates: Vec<(Aggregate, ColumnId)>,
    pub distinct_counts: Vec<ColumnId>,
    pub counted: Option<TableId>,
    pub groups: Vec<Named>,
    pub orders: Vec<(Named, bool)>,
    pub most: Vec<(Named, bool)>,
    pub against: Vec<(ColumnId, Comparison)>,
    pub subjects: Vec<TableId>,
    pub missing: Vec<TableId>,
    pub conditions: Vec<Condition>,
    having: Option<(Comparison, f64)>,
    having_table: Option<TableId>,
    limit: Option<u64>,
    used: Used,
}

/// The drafts that the parts and bindings make, in a few variants.
pub(crate) fn drafts(index: &CatalogIndex, reading: &Reading, bound: &[&Binding], parts: &Parts) -> Vec<Variant> {
    let frame = frame(index, reading, bound, &parts.parts);
    let mut variants = selects(&frame);
    variants = variants.into_iter().flat_map(|v| measures::timed(&frame, v)).collect();
    variants = variants.into_iter().flat_map(|v| grouped(&frame, v)).collect();
    let shares: Vec<Variant> = variants.iter().take(3).flat_map(|v| measures::shares(&frame, v)).collect();
    variants.extend(shares);
    variants = variants
        .into_iter()
        .flat_map(|v| if v.closed || v.consumed { vec![v] } else { conditioned(&frame, v) })
        .collect();
    variants = variants.into_iter().flat_map(|v| if v.closed { vec![v] } else { joined(&frame, v) }).collect();
    for variant in &mut variants {
        variant.used = frame.used.clone();
        tidy(variant);
        measures::balanced(index, variant);
    }
    variants.retain(|v| !v.draft.select.is_empty());
    variants
}

fn frame<'a>(index: &'a CatalogIndex, reading: &'a Reading, bound: &[&Binding], parts: &[Part]) -> Frame<'a> {
    let revenue_at = reading.tokens.iter().position(|t| measures::is_revenue_word(index, &t.lower));
    let grain = measures::grain(reading);
    let mut frame = Frame {
        index,
        reading,
        grain: grain.as_ref().map(|(g, _)| (*g, ())),
        which_period: grain
            .as_ref()
            .and_then(|(_, at)| at.first().copied())
            .is_some_and(|at| matches!(reading.before(at, 1), "which" | "what")),
        revenue: revenue_at.and_then(|_| measures::revenue_columns(index)),
        shown: Vec::new(),
        aggregates: Vec::new(),
        distinct_counts: Vec::new(),
        counted: None,
        groups: Vec::new(),
        orders: Vec::new(),
        most: Vec::new(),
        against: Vec::new(),
        subjects: Vec::new(),
        missing: Vec::new(),
        conditions: Vec::new(),
        having: None,
        having_table: None,
        limit: None,
        used: Used::default(),
    };
    frame.used.0.extend(revenue_at);
    frame.used.0.extend(grain.into_iter().flat_map(|(_, at)| at));
    for binding in bound {
        match &binding.role {
            BindingRole::Where(condition) => frame.conditions.push(condition.clone()),
            BindingRole::Having(op, number) => frame.having = Some((*op, *number)),
            BindingRole::Limit(n) => frame.limit = Some(*n),
            BindingRole::Unused => continue,
        }
        if let Some(value) = reading.values.get(binding.value) {
            frame.used.0.extend(value.start..value.end);
        }
        // The upper bound of a range is a value of its own that this one took.
        if let BindingRole::Where(Condition::Between(..)) = binding.role
            && let Some(next) = reading.values.get(binding.value + 1)
        {
            frame.used.0.extend(next.start..next.end);
        }
        if matches!(binding.role, BindingRole::Having(..))
            && let Some(mention) = binding.mention
            && let Some(part) = parts.iter().find(|p| p.mention == mention)
            && let Named::Table(table) = part.named
        {
            frame.having_table = Some(table);
        }
    }
    for part in parts {
        place(&mut frame, part);
    }
    frame
}

fn place(frame: &mut Frame<'_>, part: &Part) {
    let columns = |named: Named| match named {
        Named::Column(c) => Some(c),
        Named::Table(_) => None,
    };
    if part.role != Role::Ignore
        && let Some(mention) = frame.reading.mentions.get(part.mention)
    {
        frame.used.0.extend(mention.tokens.iter().copied());
    }
    match (part.role, part.named) {
        (Role::Select, Named::Column(c)) => frame.shown.push(c),
        (Role::Aggregate(a), Named::Column(c)) => frame.aggregates.push((a, c)),
        (Role::Aggregates(mask), Named::Column(c)) => {
            let all = [Aggregate::Sum, Aggregate::Avg, Aggregate::Min, Aggregate::Max];
            frame
                .aggregates
                .extend(all.into_iter().filter(|a| mask & super::roles::aggregate_bit(*a) != 0).map(|a| (a, c)));
        }
        (Role::CountDistinct, Named::Column(c)) => frame.distinct_counts.push(c),
        (Role::CountDistinct | Role::CountRows, Named::Table(t)) => frame.counted = frame.counted.or(Some(t)),
        (Role::Group, named) => frame.groups.push(named),
        (Role::Order(down), named) => frame.orders.push((named, down)),
        (Role::Superlative(most), named) => frame.most.push((named, most)),
        (Role::AgainstAverage, named) => {
            let below = frame
                .reading
                .has(&["below", "less", "lower", "under", "smaller", "younger", "fewer", "cheaper", "shorter"]);
            let op = if below { Comparison::Less } else { Comparison::Greater };
            frame.against.extend(columns(named).map(|c| (c, op)));
        }
        (Role::Missing, Named::Table(t)) => frame.missing.push(t),
        (Role::Missing, Named::Column(c)) => frame.conditions.push(Condition::Null(c, false)),
        (Role::Subject | Role::Select, Named::Table(t)) => frame.subjects.push(t),
        _ => {}
    }
}

pub(super) fn note(variant: &mut Variant, name: &[&str], prior: f64) {
    variant.prior += prior;
    let mut parts = vec!["form"];
    parts.extend(name);
    variant.features.push((feature(&parts), 1.0));
}

fn start(draft: Draft) -> Variant {
    Variant {
        draft,
        prior: 0.0,
        features: Features::new(),
        used: Used::default(),
        consumed: false,
        closed: false,
        default: false,
    }
}

/// The table that the rows are about.
pub(super) fn subject(frame: &Frame<'_>) -> Option<TableId> {
    let index = frame.index;
    let free = frame.subjects.iter().copied().find(|t| Some(*t) != frame.having_table);
    frame
        .counted
        .or(free)
        .or_else(|| frame.shown.first().map(|c| index.table_of(*c)))
        .or_else(|| frame.aggregates.first().map(|(_, c)| index.table_of(*c)))
        .or_else(|| frame.most.iter().find_map(|(n, _)| table_of(index, *n)))
        .or_else(|| frame.orders.iter().find_map(|(n, _)| table_of(index, *n)))
        .or_else(|| frame.against.first().map(|(c, _)| index.table_of(*c)))
        .or_else(|| frame.conditions.first().and_then(|c| c.columns().first().copied()).map(|c| index.table_of(c)))
}

fn table_of(index: &CatalogIndex, named: Named) -> Option<TableId> {
    match named {
        Named::Column(c) => Some(index.table_of(c)),
        Named::Table(t) => Some(t),
    }
}

/// The select list: what is shown, aggregated and counted; or what a row is called where nothing is named.
fn selects(frame: &Frame<'_>) -> Vec<Variant> {
    let mut base: Vec<Item> = Vec::new();
    let push = |item: Item, base: &mut Vec<Item>| {
        if !base.contains(&item) {
            base.push(item);
        }
    };
    for (aggregate, column) in &frame.aggregates {
        push(Item::Aggregate(*aggregate, false, *column), &mut base);
    }
    for column in &frame.distinct_counts {
        push(Item::Aggregate(Aggregate::Count, true, *column), &mut base);
    }
    if let Some((quantity, price)) = frame.revenue {
        push(Item::SumProduct(quantity, price), &mut base);
    }
    if frame.counted.is_some() {
        push(Item::CountRows, &mut base);
    }
    for column in &frame.shown {
        push(Item::Column(*column), &mut base);
    }
    let mut draft = Draft { tables: frame.counted.into_iter().collect(), limit: None, ..Draft::default() };
    if !base.is_empty() || !frame.groups.is_empty() {
        draft.select = base.clone();
        let mut variants = vec![start(draft.clone())];
        let asks_count = frame.reading.has_phrase("how many")
            || frame.reading.has_phrase("number of")
            || frame.reading.has_phrase("count");
        if asks_count
            && frame.counted.is_none()
            && frame.distinct_counts.is_empty()
            && !base.iter().any(Item::is_aggregate)
        {
            // "how many", of what was not said by name.
            let mut counted = start(Draft {
                select: std::iter::once(Item::CountRows).chain(base.clone()).collect(),
                ..draft.clone()
            });
            note(&mut counted, &["count", "implicit"], 0.3);
            variants.push(counted);
        }
        if let [column] = frame.distinct_counts.as_slice()
            && !frame.index.column(*column).unique
        {
            let mut rows = start(Draft {
                select: base
                    .iter()
                    .map(|i| {
                        if matches!(i, Item::Aggregate(Aggregate::Count, true, _)) {
                            Item::CountRows
                        } else {
                            i.clone()
                        }
                    })
                    .collect(),
                tables: vec![frame.index.table_of(*column)],
                ..draft.clone()
            });
            note(&mut rows, &["count", "rows"], -0.3);
            variants.push(rows);
        }
        return variants;
    }
    defaults(frame, draft)
}

fn defaults(frame: &Frame<'_>, mut draft: Draft) -> Vec<Variant> {
    let index = frame.index;
    let Some(table) = subject(frame) else { return Vec::new() };
    let facts = index.table(table);
    draft.tables = vec![table];
    let mut variants = Vec::new();
    let mut add = |items: Vec<Item>, name: &str, prior: f64| {
        let mut variant = start(Draft { select: items, ..draft.clone() });
        variant.default = true;
        note(&mut variant, &["default", name], prior);
        note(&mut variant, &["default", name, frame.reading.lower(0)], 0.0);
        variants.push(variant);
    };
    let asks_count = frame.reading.has_phrase("how many") || frame.reading.has_phrase("number of");
    if asks_count {
        add(vec![Item::CountRows], "count", 0.8);
    }
    let one_measure = frame.most.first().and_then(|(n, _)| match n {
        Named::Column(c) if frame.subjects.is_empty() => Some(*c),
        _ => None,
    });
    if let (Some(column), Some((_, most))) = (one_measure, frame.most.first()) {
        let aggregate = if *most { Aggregate::Max } else { Aggregate::Min };
        let adjective = frame
            .reading
            .mentions
            .iter()
            .any(|m| m.adjective.is_some() && m.options.iter().any(|o| o.named == Named::Column(column)));
        let name = if adjective { "extreme thing" } else { "extreme" };
        add(vec![Item::Aggregate(aggregate, false, column)], name, if adjective { -0.8 } else { 0.6 });
    }
    for (item, prior) in measures::when(frame) {
        add(vec![item], "when", prior);
    }
    if facts.snapshot_date.is_some()
        && let Some(level) = facts.columns.iter().copied().find(|c| index.column(*c).balance)
    {
        add(vec![Item::Aggregate(Aggregate::Sum, false, level)], "balance", 1.8);
    }
    let key = facts.primary_key.first().copied().filter(|_| facts.primary_key.len() == 1);
    let ids = frame.reading.has(&["id", "ids"]);
    if let Some(title) = facts.title {
        add(vec![Item::Column(title)], "title", 0.4);
        if let Some(last) = facts.columns.iter().copied().find(|c| index.column(*c).title && *c != title) {
            add(
                vec![Item::Column(title), Item::Column(last)],
                "titles",
                if index.column(title).label.contains("first") { 0.3 } else { -0.8 },
            );
        }
        if let Some(key) = key {
            add(vec![Item::Column(key), Item::Column(title)], "keytitle", -0.9);
        }
    } else if let Some(text) = facts.columns.iter().copied().find(|c| {
        let column = index.column(*c);
        !column.numeric && !column.temporal && !column.key && !column.foreign_key && !column.identifier
    }) {
        add(vec![Item::Column(text)], "text", -0.4);
    }
    if let Some(key) = key {
        add(vec![Item::Column(key)], "key", if ids { 0.8 } else { -0.4 });
    }
    add(
        vec![Item::Everything],
        "all",
        if frame.reading.has(&["details", "detail", "information", "everything", "rows", "records"]) {
            1.0
        } else {
            -0.3
        },
    );
    variants
}
