//! Measures that no single column holds: revenue, shares, ratios, balances; periods of time; "when".

use super::assemble::{Frame, Variant, note, subject};
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Grain},
    reading::Reading,
};

/// Words for money made by selling, where no column has them.
pub(crate) const REVENUE: &[&str] = &["revenue", "revenues", "turnover", "sales", "proceeds"];

/// A quantity and the price to multiply it with, in one table or along one join.
pub(crate) fn revenue_columns(index: &CatalogIndex) -> Option<(ColumnId, ColumnId)> {
    let has = |c: ColumnId, words: &[&str]| {
        index.column(c).names.first().is_some_and(|n| n.iter().any(|w| words.contains(&w.as_str())))
    };
    let selling = |t: TableId| {
        index
            .table(t)
            .names
            .iter()
            .flatten()
            .any(|w| matches!(w.as_str(), "order" | "sale" | "invoice" | "purchas" | "item" | "line"))
    };
    let real = |t: TableId| !index.table(t).view && !index.table(t).hidden && index.table(t).siblings.is_empty();
    let mut best: Option<(bool, ColumnId, ColumnId)> = None;
    for quantity in 0..index.columns.len() {
        let table = index.table_of(quantity);
        if !real(table) || !index.column(quantity).is_measure() || !has(quantity, &["quantity"]) {
            continue;
        }
        let near = index.graph.edges_of(table).filter(|(_, e)| e.child == table).map(|(_, e)| e.parent);
        let price = std::iter::once(table)
            .chain(near)
            .filter(|t| real(*t))
            .flat_map(|t| index.table(t).columns.clone())
            .find(|c| index.column(*c).is_measure() && has(*c, &["price", "pric"]));
        if let Some(price) = price
            && best.is_none_or(|(sells, ..)| selling(table) && !sells)
        {
            best = Some((selling(table), quantity, price));
        }
    }
    best.map(|(_, quantity, price)| (quantity, price))
}

/// Whether a word is about revenue and only a product of columns can say it.
pub(crate) fn is_revenue_word(index: &CatalogIndex, word: &str) -> bool {
    REVENUE.contains(&word)
        && revenue_columns(index).is_some()
        && !index.columns.iter().any(|c| {
            !index.table(c.table).view
                && c.names.first().is_some_and(|n| n.iter().any(|w| w == &datafyme_domain::names::stem(word)))
        })
}

/// The period that the question cuts time into, with the tokens that say so.
pub(crate) fn grain(reading: &Reading) -> Option<(Grain, Vec<usize>)> {
    for (at, token) in reading.tokens.iter().enumerate() {
        let adverb = match token.lower.as_str() {
            "daily" => Some(Grain::Day),
            "weekly" => Some(Grain::Week),
            "monthly" => Some(Grain::Month),
            "quarterly" => Some(Grain::Quarter),
            "yearly" | "annually" | "annual" => Some(Grain::Year),
            _ => None,
        };
        if let Some(grain) = adverb {
            return Some((grain, vec![at]));
        }
        let noun = match token.lower.as_str() {
            "day" | "days" => Grain::Day,
            "week" | "weeks" => Grain::Week,
            "month" | "months" => Grain::Month,
            "quarter" | "quarters" => Grain::Quarter,
            "year" | "years" => Grain::Year,
            _ => continue,
        };
        let dated = reading.dates.iter().any(|d| d.start <= at && at < d.end);
        let previous = reading.before(at, 1);
        let asked =
            matches!(previous, "each" | "every" | "per" | "by") || (matches!(previous, "which" | "what") && !dated);
        if asked && !dated {
            return Some((grain_of(noun), vec![at]));
        }
    }
    let trend = reading.has_phrase("over time") || reading.has(&["trend", "trends"]);
    trend.then_some((Grain::Month, Vec::new()))
}

const fn grain_of(noun: Grain) -> Grain {
    noun
}

/// Cuts the variant by the period asked for, along the likeliest date columns.
pub(super) fn timed(frame: &Frame<'_>, variant: Variant) -> Vec<Variant> {
    let Some((grain, _)) = frame.grain else {
        return vec![variant];
    };
    let index = frame.index;
    let mut draft_tables = variant.draft.required_tables(index);
    draft_tables.extend(frame.subjects.iter().copied());
    draft_tables.extend(frame.counted);
    let mut tables: Vec<TableId> = Vec::new();
    for table in draft_tables {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    let mut out = Vec::new();
    for (rank, table) in tables.iter().enumerate().take(3) {
        for (place, column) in
            index.table(*table).columns.iter().copied().filter(|c| index.column(*c).temporal).enumerate().take(2)
        {
            let mut v = variant.clone();
            let item = Item::Period(grain, column);
            v.draft.select.retain(|i| {
                !matches!(i, Item::Everything)
                    && !matches!(i, Item::Column(c) if v.default && index.table_of(*c) == *table)
            });
            if !v.draft.select.iter().any(Item::is_aggregate) {
                v.draft.select.push(Item::CountRows);
                if v.draft.tables.first() != Some(table) {
                    v.draft.tables.insert(0, *table);
                }
            }
            if frame.which_period && frame.most.is_empty() {
                v.draft.select.retain(Item::is_aggregate);
            }
            v.draft.select.insert(0, item.clone());
            v.draft.group.insert(0, item);
            let named = index
                .column(column)
                .names
                .first()
                .is_some_and(|n| n.iter().any(|w| frame.reading.tokens.iter().any(|t| &t.stem == w)));
            let prior = 1.5 - 0.5 * place as f64 - 0.6 * rank as f64 + if named { 0.5 } else { 0.0 };
            note(&mut v, &["period"], prior);
            out.push(v);
        }
    }
    out.push(variant);
    out
}

/// "percentage of …", "share of …", "ratio of A to B", "average number of A per B".
pub(super) fn shares(frame: &Frame<'_>, variant: &Variant) -> Vec<Variant> {
    let r = frame.reading;
    let index = frame.index;
    let percent = r.has(&["percentage", "percent", "%", "percentages"]);
    let share = r.has(&["share", "proportion", "fraction", "ratio"]);
    if !percent && !share {
        return average_number(frame, variant).into_iter().collect();
    }
    let stated =
        variant.draft.select.iter().flat_map(Item::columns).any(|c| {
            index.column(c).names.iter().flatten().any(|w| {
                w.contains("percent") || w.contains("share") || w.contains("ratio") || w.contains("proportion")
            })
        });
    if stated {
        return Vec::new();
    }
    let Some(table) = subject(frame) else { return Vec::new() };
    let mut out = Vec::new();
    if r.has(&["ratio"])
        && let Some(v) = ratio(frame, variant)
    {
        out.push(v);
    }
    let mut v = variant.clone();
    v.draft.tables.insert(0, table);
    if frame.groups.is_empty() && !frame.conditions.is_empty() && variant.draft.group.is_empty() {
        let (of, within) = split_conditions(frame);
        v.draft.select = vec![Item::Ratio(Box::new(Item::CountWhere(of)), Box::new(Item::CountRows), percent)];
        v.draft.conditions = within;
        v.consumed = true;
        note(&mut v, &["share", "where"], 3.0);
        out.push(v);
    } else if !variant.draft.group.is_empty() {
        let measure = variant.draft.select.iter().find(|i| i.is_aggregate()).cloned().unwrap_or(Item::CountRows);
        let whole = Draft {
            select: vec![measure.clone()],
            tables: vec![table],
            conditions: frame.conditions.clone(),
            ..Draft::default()
        };
        v.draft.select.retain(|i| !i.is_aggregate());
        v.draft.select.push(Item::Ratio(Box::new(measure), Box::new(Item::Scalar(Box::new(whole))), percent));
        note(&mut v, &["share", "group"], 2.5);
        out.push(v);
    } else if let [column] = frame.shown.as_slice() {
        // "What percentage of the movies has each age limit?" without a group said.
        let whole = Draft { select: vec![Item::CountRows], tables: vec![table], ..Draft::default() };
        v.draft.select = vec![
            Item::Column(*column),
            Item::Ratio(Box::new(Item::CountRows), Box::new(Item::Scalar(Box::new(whole))), percent),
        ];
        v.draft.group = vec![Item::Column(*column)];
        note(&mut v, &["share", "shown"], 2.0);
        out.push(v);
    }
    out
}

/// The condition that makes the share is the one said last or after "is"; dates narrow the whole.
fn split_conditions(frame: &Frame<'_>) -> (Vec<Condition>, Vec<Condition>) {
    let temporal =
        |c: &Condition| c.columns().iter().any(|c| frame.index.column(*c).temporal || frame.index.column(*c).year);
    let (within, of): (Vec<Condition>, Vec<Condition>) =
        frame.conditions.iter().cloned().partition(|c| temporal(c) && frame.conditions.len() > 1);
    (of, within)
}

fn ratio(frame: &Frame<'_>, variant: &Variant) -> Option<Variant> {
    let mut named: Vec<TableId> = Vec::new();
    for table in frame.counted.iter().chain(&frame.subjects) {
        if !named.contains(table) {
            named.push(*table);
        }
    }
    let [first, second] = named.as_slice() else { return None };
    let other = Draft { select: vec![Item::CountRows], tables: vec![*second], ..Draft::default() };
    let mut v = variant.clone();
    v.draft = Draft {
        select: vec![Item::Ratio(Box::new(Item::CountRows), Box::new(Item::Scalar(Box::new(other))), false)],
        tables: vec![*first],
        ..Draft::default()
    };
    v.closed = true;
    note(&mut v, &["ratio"], 4.0);
    Some(v)
}

/// "average number of orders per company".
fn average_number(frame: &Frame<'_>, variant: &Variant) -> Option<Variant> {
    let r = frame.reading;
    if !(r.has_phrase("average number of") || r.has_phrase("mean number of")) {
        return None;
    }
    let counted = frame.counted?;
    let index = frame.index;
    let per = frame.groups.iter().find_map(|n| match n {
        crate::catalog_index::Named::Table(t) => Some(*t),
        crate::catalog_index::Named::Column(_) => None,
    })?;
    let (_, edge) = index.graph.between(counted, per).into_iter().find(|(_, e)| e.child == counted)?;
    let key = *edge.child_columns.first()?;
    let mut v = variant.clone();
    v.draft.select =
        vec![Item::Ratio(Box::new(Item::CountRows), Box::new(Item::Aggregate(Aggregate::Count, true, key)), false)];
    v.draft.group.clear();
    v.draft.tables = vec![counted];
    note(&mut v, &["average number"], 2.5);
    Some(v)
}

/// A balance is not added up over dates: without a date, the latest one is meant.
pub(super) fn balanced(index: &CatalogIndex, variant: &mut Variant) {
    balance_draft(index, &mut variant.draft);
}

/// See [`balanced`].
pub(crate) fn balance_draft(index: &CatalogIndex, draft: &mut Draft) {
    for table in draft.required_tables(index) {
        let Some(date) = index.table(table).snapshot_date else {
            continue;
        };
        let dated = draft.conditions.iter().flat_map(Condition::columns).any(|c| c == date)
            || draft.group.iter().chain(&draft.select).flat_map(Item::columns).any(|c| c == date);
        for item in &mut draft.select {
            if let Item::Column(c) = item
                && index.column(*c).balance
            {
                *item = Item::Aggregate(Aggregate::Sum, false, *c);
            }
        }
        let keys: Vec<Item> =
            draft.select.iter().filter(|i| matches!(i, Item::Column(_) | Item::Period(..))).cloned().collect();
        if draft.select.iter().any(Item::is_aggregate) && draft.group.is_empty() {
            draft.group = keys;
        }
        for (item, _) in &mut draft.order {
            if let Item::Column(c) = item
                && index.column(*c).balance
                && !draft.group.is_empty()
            {
                *item = Item::Aggregate(Aggregate::Sum, false, *c);
            }
        }
        if !dated
            && draft
                .select
                .iter()
                .chain(draft.order.iter().map(|o| &o.0))
                .flat_map(Item::columns)
                .any(|c| index.column(c).balance)
        {
            let latest = Draft {
                select: vec![Item::Aggregate(Aggregate::Max, false, date)],
                tables: vec![table],
                ..Draft::default()
            };
            draft.conditions.push(Condition::Against(date, Comparison::Equal, Box::new(latest)));
            draft.notes.push(format!("{} is taken at its latest date.", capital(&index.table(table).label)));
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// "When was …": a date, the first or the last one where that is said.
pub(super) fn when(frame: &Frame<'_>) -> Vec<(Item, f64)> {
    let r = frame.reading;
    if !matches!((r.lower(0), r.lower(1)), ("when", _) | ("what" | "which", "date" | "day"))
        && !matches!((r.before(2, 1), r.lower(2)), ("was", "when"))
    {
        return Vec::new();
    }
    let Some(table) = subject(frame) else { return Vec::new() };
    let first = r.has(&["first", "earliest", "oldest"]);
    let last = r.has(&["last", "latest", "newest"]) || r.has(&["recent", "recently"]);
    let columns = frame
        .index
        .table(table)
        .columns
        .iter()
        .copied()
        .filter(|c| frame.index.column(*c).temporal || frame.index.column(*c).year);
    columns
        .enumerate()
        .take(2)
        .map(|(rank, c)| {
            let item = if first {
                Item::Aggregate(Aggregate::Min, false, c)
            } else if last {
                Item::Aggregate(Aggregate::Max, false, c)
            } else {
                Item::Column(c)
            };
            (item, 1.6 - 0.5 * rank as f64)
        })
        .collect()
}
