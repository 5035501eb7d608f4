//! Conditions, negation and joins of a draft under way.

use super::*;

/// Conditions: values, averages, absences, both-and.
pub(super) fn conditioned(frame: &Frame<'_>, mut variant: Variant) -> Vec<Variant> {
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
pub(super) fn joined(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
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
pub(super) fn tidy(variant: &mut Variant) {
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
    let mut conditions: Vec<Condition> = Vec::new();
    for condition in draft.conditions.drain(..) {
        if !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    draft.conditions = conditions;
    let mut tables: Vec<TableId> = Vec::new();
    for table in draft.tables.drain(..) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    draft.tables = tables;
}
