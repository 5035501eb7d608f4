//! Groups of a draft under way.

use super::*;

/// Group keys, superlatives over groups, conditions on groups.
pub(super) fn grouped(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
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
        variant.draft.having.push((
            Item::CountRows,
            op,
            Literal::Number(crate::candidates::bindings::number_text(number)),
        ));
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
    let context = near.map(|m| crate::candidates::cues::context(r, m.start.saturating_sub(4), m.start));
    let function = context
        .and_then(|c| c.aggregates.iter().copied().find(|a| matches!(a, Aggregate::Avg | Aggregate::Sum)))
        .unwrap_or(Aggregate::Sum);
    Item::Aggregate(function, false, column)
}
