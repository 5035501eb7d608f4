//! From parts and bindings to drafts.

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

/// Group keys, superlatives over groups, conditions on groups.
fn grouped(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
    let index = frame.index;
    let mut out = Vec::new();
    let aggregated = variant.draft.select.iter().any(Item::is_aggregate);
    let plain: Vec<ColumnId> = variant
        .draft
        .select
        .iter()
        .filter_map(|i| match i {
            Item::Column(c) => Some(*c),
            _ => None,
        })
        .collect();
    let counts_most = frame
        .most
        .iter()
        .find_map(|(n, m)| match n {
            Named::Table(t) => Some((Some(*t), *m)),
            Named::Column(_) => None,
        })
        .or_else(|| common_cue(frame));
    let counts_order = frame.orders.iter().find_map(|(n, m)| match n {
        Named::Table(t) => Some((*t, *m)),
        Named::Column(_) => None,
    });
    let periodic = variant.draft.group.iter().any(|g| matches!(g, Item::Period(..)));
    if periodic && frame.groups.is_empty() {
        let mut v = variant;
        for column in &plain {
            if !v.draft.group.contains(&Item::Column(*column)) {
                v.draft.group.push(Item::Column(*column));
            }
        }
        out.push(v);
    } else if !frame.groups.is_empty() {
        out.extend(by_named_groups(frame, &variant, aggregated));
    } else if frame.having.is_some() || counts_most.is_some() || counts_order.is_some() {
        let anchor = plain.first().copied();
        for (key, name, prior) in entity_keys(index, anchor, subject(frame)) {
            let mut v = variant.clone();
            v.draft.group = vec![Item::Column(key)];
            // PostgreSQL wants all that is shown in the key, and so does sense.
            for column in &plain {
                if !v.draft.group.contains(&Item::Column(*column)) {
                    v.draft.group.push(Item::Column(*column));
                }
            }
            note(&mut v, &["groupkey", name], prior);
            out.push(v);
        }
    } else if aggregated && !plain.is_empty() {
        let mut v = variant.clone();
        v.draft.group = plain.iter().map(|c| Item::Column(*c)).collect();
        let each = frame.reading.has(&["each", "every", "per", "different", "by"]);
        note(&mut v, &["group", "shown", if each { "each" } else { "" }], if each { 0.5 } else { 0.0 });
        out.push(v);
    } else {
        out.push(variant);
    }
    for v in &mut out {
        finish_groups(frame, v, counts_most, counts_order);
    }
    let summed: Vec<Variant> = out.iter().flat_map(|v| summed_per_entity(frame, v)).collect();
    out.extend(summed);
    let with_measure: Vec<Variant> = out.iter().filter_map(|v| showing_measure(frame, v)).collect();
    out.extend(with_measure);
    out
}

/// "Which product sold the most units": the units of a child table are added up per product.
fn summed_per_entity(frame: &Frame<'_>, variant: &Variant) -> Vec<Variant> {
    let index = frame.index;
    let Some((Item::Column(measure), most)) = variant.draft.order.first().cloned() else {
        return Vec::new();
    };
    let plain: Vec<ColumnId> =
        variant.draft.select.iter().filter_map(|i| if let Item::Column(c) = i { Some(*c) } else { None }).collect();
    let Some(anchor) = plain.iter().copied().find(|c| *c != measure) else {
        return Vec::new();
    };
    let (entity, child) = (index.table_of(anchor), index.table_of(measure));
    let multiplied =
        entity != child && index.graph.between(entity, child).iter().any(|(_, e)| e.parent == entity && !e.one_to_one);
    if !variant.draft.group.is_empty() || !index.column(measure).is_measure() || !multiplied {
        return Vec::new();
    }
    let said = frame.reading.has(&[
        "total",
        "most",
        "fewest",
        "units",
        "altogether",
        "overall",
        "combined",
        "sum",
        "added",
        "worldwide",
    ]);
    entity_keys(index, Some(anchor), Some(entity))
        .into_iter()
        .map(|(key, name, prior)| {
            let mut v = variant.clone();
            let sum = Item::Aggregate(Aggregate::Sum, false, measure);
            v.draft.group = vec![Item::Column(key)];
            for item in &mut v.draft.select {
                match item {
                    Item::Column(c) if *c == measure => *item = sum.clone(),
                    Item::Column(c) if !v.draft.group.contains(&Item::Column(*c)) => v.draft.group.push(item.clone()),
                    _ => {}
                }
            }
            v.draft.order = vec![(sum, most)];
            note(&mut v, &["summed", name, if said { "said" } else { "" }], prior + if said { 0.8 } else { -0.6 });
            v
        })
        .collect()
}

/// "…, and how many?": the measure that ranks is shown as well.
fn showing_measure(frame: &Frame<'_>, variant: &Variant) -> Option<Variant> {
    let r = frame.reading;
    let (item, _) = variant.draft.order.first()?;
    if variant.draft.select.contains(item) {
        return None;
    }
    let asked = [
        "and how many",
        "and how much",
        "and how long",
        "how many did",
        "how many does",
        "the number of",
        "show the number",
        "and the number",
        "with the",
        "with their",
        "along with",
        "and how",
    ]
    .iter()
    .any(|p| r.has_phrase(p));
    if !asked {
        return None;
    }
    let mut v = variant.clone();
    v.draft.select.push(item.clone());
    let said = r.has_phrase("and how many") || r.has_phrase("and how much") || r.has_phrase("and how long");
    note(&mut v, &["show", "measure", if said { "said" } else { "" }], if said { 1.5 } else { -0.3 });
    Some(v)
}

/// "the most common colour", "most frequently used".
fn common_cue(frame: &Frame<'_>) -> Option<(Option<TableId>, bool)> {
    let r = frame.reading;
    for (phrase, most) in [
        ("most common", true),
        ("most popular", true),
        ("most frequent", true),
        ("most frequently", true),
        ("most often", true),
        ("least common", false),
        ("least popular", false),
        ("least frequent", false),
        ("most prominent", true),
        ("most times", true),
        ("most number", true),
        ("most commonly", true),
    ] {
        if r.has_phrase(phrase) && !frame.most.iter().any(|(n, _)| matches!(n, Named::Column(_))) {
            return Some((None, most));
        }
    }
    None
}

fn by_named_groups(frame: &Frame<'_>, variant: &Variant, aggregated: bool) -> Vec<Variant> {
    let index = frame.index;
    let mut states = vec![variant.clone()];
    if !aggregated && frame.having.is_none() && frame.most.is_empty() {
        if frame.shown.is_empty() {
            // "orders by month": counted.
            for state in &mut states {
                state.draft.select.insert(0, Item::CountRows);
                if let Some(table) = frame.subjects.first() {
                    state.draft.tables.insert(0, *table);
                }
                note(state, &["group", "counted"], 0.3);
            }
        } else {
            // "show the name of each student": no group is meant.
            let mut each = variant.clone();
            for named in &frame.groups {
                match named {
                    Named::Table(t) => each.draft.tables.push(*t),
                    Named::Column(c) => each.draft.select.push(Item::Column(*c)),
                }
            }
            note(&mut each, &["group", "listed"], 0.6);
            return vec![each];
        }
    }
    for named in &frame.groups {
        let mut next = Vec::new();
        for state in states {
            let keys: Vec<(Vec<Item>, &str, f64)> = match named {
                Named::Column(c) => vec![(vec![Item::Column(*c)], "column", 0.3)],
                Named::Table(t) => table_keys(index, *t, &frame.shown),
            };
            for (items, name, prior) in keys {
                let mut v = state.clone();
                for item in items {
                    let hidden = name == "keyonly";
                    if !v.draft.group.contains(&item) {
                        v.draft.group.push(item.clone());
                    }
                    if !hidden && !v.draft.select.contains(&item) {
                        v.draft.select.push(item);
                    }
                }
                note(&mut v, &["groupby", name], prior);
                next.push(v);
            }
        }
        states = next;
    }
    for state in &mut states {
        for column in &frame.shown {
            let item = Item::Column(*column);
            if !state.draft.group.contains(&item) {
                state.draft.group.push(item);
            }
        }
    }
    states
}

/// What stands for a row of a table as a group: its name, its key.
fn table_keys(index: &CatalogIndex, table: TableId, shown: &[ColumnId]) -> Vec<(Vec<Item>, &'static str, f64)> {
    let facts = index.table(table);
    let key = facts.primary_key.first().copied().filter(|_| facts.primary_key.len() == 1);
    let mut keys = Vec::new();
    let own_shown = shown.iter().any(|c| index.table_of(*c) == table);
    if own_shown {
        if let Some(key) = key {
            keys.push((vec![Item::Column(key)], "keyonly", 0.3));
        }
        keys.push((Vec::new(), "shown", 0.0));
        return keys;
    }
    if let Some(title) = facts.title {
        keys.push((vec![Item::Column(title)], "title", 0.4));
    }
    if let Some(key) = key {
        keys.push((vec![Item::Column(key)], "key", if facts.title.is_some() { -0.3 } else { 0.3 }));
    } else if facts.title.is_none()
        && let Some(first) = facts.columns.first()
    {
        keys.push((vec![Item::Column(*first)], "first", -0.5));
    }
    keys
}

/// The keys by which rows of the thing asked for are told apart.
fn entity_keys(
    index: &CatalogIndex,
    anchor: Option<ColumnId>,
    subject: Option<TableId>,
) -> Vec<(ColumnId, &'static str, f64)> {
    let Some(table) = anchor.map(|c| index.table_of(c)).or(subject) else {
        return Vec::new();
    };
    let facts = index.table(table);
    let key = facts.primary_key.first().copied().filter(|_| facts.primary_key.len() == 1);
    let mut keys = Vec::new();
    if let Some(column) = anchor {
        let column_facts = index.column(column);
        let names_row = column_facts.title || column_facts.unique || column_facts.key;
        keys.push((column, "shown", if names_row { -0.2 } else { 0.4 }));
        if let Some(key) = key.filter(|k| *k != column) {
            keys.push((key, "key", if names_row { 0.3 } else { -0.8 }));
        }
    } else if let Some(key) = key {
        keys.push((key, "key", 0.0));
    }
    keys
}

fn finish_groups(
    frame: &Frame<'_>,
    variant: &mut Variant,
    counts_most: Option<(Option<TableId>, bool)>,
    counts_order: Option<(TableId, bool)>,
) {
    let r = frame.reading;
    if let Some((table, most)) = counts_most.filter(|_| !variant.draft.group.is_empty()) {
        variant.draft.order.push((Item::CountRows, most));
        variant.draft.limit = Some(frame.limit.unwrap_or(1));
        variant.draft.tables.extend(table);
        note(variant, &["order", "count", if most { "most" } else { "least" }], 0.4);
    }
    if let Some((table, most)) = counts_order.filter(|_| !variant.draft.group.is_empty()) {
        variant.draft.order.push((Item::CountRows, most));
        variant.draft.tables.push(table);
    }
    if let Some((op, number)) = frame.having.filter(|_| !variant.draft.group.is_empty()) {
        variant.draft.having.push((Item::CountRows, op, Literal::Number(super::bindings::number_text(number))));
        variant.draft.tables.extend(frame.having_table);
        note(variant, &["having", "count"], 0.0);
    }
    let aggregated_item = variant.draft.select.iter().find(|i| i.is_aggregate()).cloned();
    for (named, most) in &frame.most {
        let Named::Column(column) = named else { continue };
        if matches!(variant.draft.select.as_slice(), [Item::Aggregate(Aggregate::Max | Aggregate::Min, _, c)] if c == column)
        {
            continue;
        }
        let item = if variant.draft.group.is_empty() { Item::Column(*column) } else { group_measure(frame, *column) };
        variant.draft.order.push((item, *most));
        let listed = r.has_phrase("from the most") || r.has_phrase("to the least");
        variant.draft.limit = if listed { frame.limit } else { Some(frame.limit.unwrap_or(1)) };
        note(variant, &["order", "extreme", if *most { "most" } else { "least" }], 0.3);
    }
    for (named, down) in &frame.orders {
        let Named::Column(column) = named else { continue };
        let in_group = variant.draft.group.contains(&Item::Column(*column)) || variant.draft.group.is_empty();
        let item = if in_group { Item::Column(*column) } else { group_measure(frame, *column) };
        variant.draft.order.push((item, *down));
        variant.draft.limit = variant.draft.limit.or(frame.limit);
    }
    if variant.draft.order.is_empty() && frame.limit.is_some() {
        // "top 5 products by revenue": the aggregate decides.
        if let Some(item) = aggregated_item {
            let most = !r.has(&["bottom", "least", "lowest", "fewest", "smallest", "worst"]);
            variant.draft.order.push((item, most));
        }
        variant.draft.limit = frame.limit;
    } else if variant.draft.order.is_empty()
        && !variant.draft.group.is_empty()
        && r.asks_order()
        && let Some(item) = aggregated_item
    {
        variant.draft.order.push((item, descending(r)));
        note(variant, &["order", "aggregate"], 0.1);
    }
}

fn group_measure(frame: &Frame<'_>, column: ColumnId) -> Item {
    let r = frame.reading;
    let near = r.mentions.iter().find(|m| m.options.iter().any(|o| o.named == Named::Column(column)));
    let context = near.map(|m| super::cues::context(r, m.start.saturating_sub(4), m.start));
    let function = context
        .and_then(|c| c.aggregates.iter().copied().find(|a| matches!(a, Aggregate::Avg | Aggregate::Sum)))
        .unwrap_or(Aggregate::Sum);
    Item::Aggregate(function, false, column)
}

/// Conditions: values, averages, absences, both-and.
fn conditioned(frame: &Frame<'_>, mut variant: Variant) -> Vec<Variant> {
    let index = frame.index;
    for (column, op) in &frame.against {
        let inner = Draft { select: vec![Item::Aggregate(Aggregate::Avg, false, *column)], ..Draft::default() };
        variant.draft.conditions.push(Condition::Against(*column, *op, Box::new(inner)));
        note(&mut variant, &["against", "average"], 0.2);
    }
    let mut out = Vec::new();
    if let Some(missing) = frame.missing.first() {
        let own = subject(frame).filter(|t| t != missing);
        for table in own.into_iter().chain(variant.draft.required_tables(index)) {
            for (edge, _) in index.graph.between(table, *missing).into_iter().take(2) {
                out.extend(without(frame, &variant, table, *missing, edge));
            }
            if !out.is_empty() {
                break;
            }
        }
        if !out.is_empty() {
            return out;
        }
    }
    out.extend(with_values(frame, variant));
    out
}

fn without(frame: &Frame<'_>, variant: &Variant, table: TableId, missing: TableId, edge: usize) -> Option<Variant> {
    let index = frame.index;
    let mut v = variant.clone();
    let (inner, outer): (Vec<Condition>, Vec<Condition>) = frame.conditions.iter().cloned().partition(|c| {
        c.columns().iter().all(|c| {
            let t = index.table_of(*c);
            t == missing
                || (t != table && !v.draft.select.iter().flat_map(Item::columns).any(|s| index.table_of(s) == t))
        })
    });
    let inner: Vec<Condition> = inner.into_iter().map(positive).collect();
    if v.draft.required_tables(index).contains(&missing) {
        return None;
    }
    if v.draft.tables.is_empty() {
        v.draft.tables.push(table);
    }
    v.draft.conditions.extend(outer);
    let inner = Draft { select: Vec::new(), conditions: inner, tables: vec![missing], ..Draft::default() };
    v.draft.conditions.push(Condition::Exists { negated: true, outer: table, edge, inner: Box::new(inner) });
    note(&mut v, &["missing"], 0.6);
    Some(v)
}

fn positive(condition: Condition) -> Condition {
    match condition {
        Condition::Compare(c, Comparison::NotEqual, v) => Condition::Compare(c, Comparison::Equal, v),
        Condition::Like(c, p, _) => Condition::Like(c, p, false),
        other => other,
    }
}

fn with_values(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
    let r = frame.reading;
    let index = frame.index;
    let mut by_column: Vec<(ColumnId, Vec<Condition>)> = Vec::new();
    let mut rest: Vec<Condition> = Vec::new();
    for condition in &frame.conditions {
        match (condition, condition.columns().first()) {
            (Condition::Compare(_, Comparison::Equal, _) | Condition::Like(_, _, false), Some(column)) => {
                match by_column.iter_mut().find(|(c, _)| c == column) {
                    Some((_, list)) => list.push(condition.clone()),
                    None => by_column.push((*column, vec![condition.clone()])),
                }
            }
            _ => rest.push(condition.clone()),
        }
    }
    let mut plain = variant.clone();
    plain.draft.conditions.extend(rest.clone());
    let double = by_column.iter().position(|(_, list)| list.len() > 1);
    let mut out = Vec::new();
    for (_, list) in &by_column {
        match list.as_slice() {
            [one] => plain.draft.conditions.push(one.clone()),
            many => plain.draft.conditions.push(Condition::Any(many.to_vec())),
        }
    }
    let both = r.has(&["both"]);
    if let Some((column, list)) = double.and_then(|d| by_column.get(d)) {
        let or = r.has(&["or", "either"]);
        note(
            &mut plain,
            &["values", "either", if or { "or" } else { "and" }, if both { "both" } else { "" }],
            if both {
                -1.2
            } else if or {
                0.6
            } else {
                0.0
            },
        );
        if list.len() == 2 && !or {
            out.extend(intersected(&variant, &rest, &by_column, *column, both));
        }
    } else if r.has(&["or"]) && frame.conditions.len() == 2 && frame.conditions.iter().all(|c| c.columns().len() == 1) {
        let mut either = variant.clone();
        either.draft.conditions.push(Condition::Any(frame.conditions.clone()));
        let between = r.tokens.iter().any(|t| t.lower == "or");
        note(&mut either, &["conditions", "or"], if between { 0.2 } else { -1.0 });
        out.push(either);
    }
    out.extend(negated_elsewhere(frame, &variant));
    let _ = index;
    out.push(plain);
    out
}

/// "students who took both A and B": rows of one query that are rows of the other.
fn intersected(
    variant: &Variant,
    rest: &[Condition],
    by_column: &[(ColumnId, Vec<Condition>)],
    column: ColumnId,
    both: bool,
) -> Option<Variant> {
    if variant.draft.select.iter().any(Item::is_aggregate)
        || !variant.draft.group.is_empty()
        || !variant.draft.order.is_empty()
    {
        return None;
    }
    let side = |pick: usize| -> Option<Draft> {
        let mut draft = variant.draft.clone();
        draft.conditions.extend(rest.iter().cloned());
        for (c, list) in by_column {
            if *c == column {
                draft.conditions.push(list.get(pick)?.clone());
            } else {
                draft.conditions.extend(list.iter().cloned());
            }
        }
        Some(draft)
    };
    let mut v = variant.clone();
    v.draft = side(0)?;
    v.draft.compound = Some((SetOperator::Intersect, Box::new(side(1)?)));
    note(&mut v, &["values", "both", if both { "said" } else { "" }], if both { 1.0 } else { -0.2 });
    Some(v)
}

/// A negated value of another table: the rows without any such partner, rather than those with another one.
fn negated_elsewhere(frame: &Frame<'_>, variant: &Variant) -> Option<Variant> {
    let index = frame.index;
    let table = subject(frame)?;
    let at = frame.conditions.iter().position(|c| {
        matches!(c, Condition::Compare(_, Comparison::NotEqual, _) | Condition::Like(_, _, true))
            && c.columns().first().is_some_and(|c| index.table_of(*c) != table)
    })?;
    let condition = frame.conditions.get(at)?.clone();
    let other = index.table_of(*condition.columns().first()?);
    let own = variant.draft.select.iter().flat_map(Item::columns).next().map_or(table, |c| index.table_of(c));
    let tree = index.graph.tree(&[own, other], &|_| 0.0)?;
    let (_, edge) = tree.steps.first().copied()?;
    let next = tree.tables.get(1).copied()?;
    let mut v = variant.clone();
    for (position, condition) in frame.conditions.iter().enumerate() {
        if position != at {
            v.draft.conditions.push(condition.clone());
        }
    }
    if v.draft.required_tables(index).contains(&other) {
        return None;
    }
    if v.draft.tables.is_empty() {
        v.draft.tables.push(own);
    }
    let inner = Draft { conditions: vec![positive(condition)], tables: vec![next], ..Draft::default() };
    v.draft.conditions.push(Condition::Exists { negated: true, outer: own, edge, inner: Box::new(inner) });
    note(&mut v, &["values", "none"], 0.4);
    Some(v)
}

/// With or without the tables that are named but of which no column is used; with DISTINCT or not.
fn joined(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
    let index = frame.index;
    let required = variant.draft.required_tables(index);
    let named: Vec<TableId> =
        frame.subjects.iter().copied().filter(|t| !required.contains(t) && !frame.missing.contains(t)).collect();
    let mut out = Vec::new();
    let mut lean = variant.clone();
    if required.is_empty() {
        match named.first().copied() {
            Some(table) => lean.draft.tables.push(table),
            None => return out,
        }
    }
    let rest: Vec<TableId> = named.iter().copied().filter(|t| !lean.draft.tables.contains(t)).collect();
    if !rest.is_empty() {
        let mut wide = lean.clone();
        wide.draft.tables.extend(rest.iter().copied().take(2));
        note(&mut wide, &["tables", "named"], 0.0);
        out.push(wide);
        note(&mut lean, &["tables", "lean"], -0.1);
    }
    out.push(lean);
    let counted: Vec<Variant> = out.iter().filter_map(|v| counted_once(index, v)).collect();
    out.extend(counted);
    let distinct_said = frame.reading.has(&["different", "distinct", "unique"]);
    let multi = |v: &Variant| v.draft.required_tables(index).len() > 1;
    let plain = |v: &Variant| {
        v.draft.group.is_empty()
            && !v.draft.select.iter().any(Item::is_aggregate)
            && v.draft.limit.is_none()
            && v.draft.compound.is_none()
    };
    let mut all = Vec::new();
    for v in out {
        if plain(&v) && (distinct_said || multi(&v) || !v.draft.conditions.is_empty()) && v.draft.order.len() <= 1 {
            let mut distinct = v.clone();
            distinct.draft.distinct = true;
            note(
                &mut distinct,
                &["distinct", if distinct_said { "said" } else { "unsaid" }, if multi(&v) { "joined" } else { "" }],
                if distinct_said { 1.0 } else { -1.0 },
            );
            all.push(distinct);
            let mut v = v;
            note(
                &mut v,
                &["plain", if distinct_said { "distinct said" } else { "" }],
                if distinct_said { -0.5 } else { 0.0 },
            );
            all.push(v);
        } else {
            all.push(v);
        }
    }
    all
}

/// "How many customers have orders": each customer counts once, however many orders there are.
fn counted_once(index: &CatalogIndex, variant: &Variant) -> Option<Variant> {
    let tables = variant.draft.required_tables(index);
    let root = *variant.draft.tables.first()?;
    let key = index.table(root).primary_key.first().copied().filter(|_| index.table(root).primary_key.len() == 1)?;
    let position = variant.draft.select.iter().position(|i| *i == Item::CountRows)?;
    let multiplied =
        tables.iter().any(|t| index.graph.between(root, *t).iter().any(|(_, e)| e.parent == root && !e.one_to_one));
    if !multiplied || variant.draft.group.iter().any(|g| matches!(g, Item::Column(c) if index.column(*c).unique)) {
        return None;
    }
    let mut v = variant.clone();
    *v.draft.select.get_mut(position)? = Item::Aggregate(Aggregate::Count, true, key);
    note(&mut v, &["count", "once"], 0.4);
    Some(v)
}

/// Drops what repeats or cannot run.
fn tidy(variant: &mut Variant) {
    let draft = &mut variant.draft;
    let mut kept: Vec<Item> = Vec::new();
    for item in draft.select.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    draft.select = kept;
    if draft.group.is_empty() && draft.select.iter().any(Item::is_aggregate) {
        draft.order.clear();
        draft.limit = None;
        draft.distinct = false;
    }
    if draft.distinct && draft.order.iter().any(|(item, _)| !draft.select.contains(item)) {
        draft.distinct = false;
    }
    let mut tables: Vec<TableId> = Vec::new();
    for table in draft.tables.drain(..) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    draft.tables = tables;
}
