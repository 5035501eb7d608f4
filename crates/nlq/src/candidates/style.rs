//! What people who ask expect of an answer, where a benchmark teaches otherwise: names rather than keys, no order that
//! was not asked for, what was asked for by name shown. Applied to answers only, never while weights are fitted.

use super::measures;
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named},
    draft::{Condition, Draft, Item},
    plan::Aggregate,
    reading::{Mention, Reading},
};

/// What is taken from a candidate's score for what nobody asked for.
pub(super) fn penalty(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let mut cost = 0.0;
    let asks_key = reading.has(&[
        "id",
        "ids",
        "code",
        "codes",
        "key",
        "keys",
        "identifier",
        "identifiers",
        "number",
        "numbers",
        "uuid",
    ]);
    let has_title = |c: usize| {
        let own = index.table_of(c);
        let parents = index
            .graph
            .edges_of(own)
            .filter(|(_, e)| e.child == own && e.child_columns.contains(&c))
            .map(|(_, e)| e.parent);
        std::iter::once(own).chain(parents).any(|t| index.table(t).title.is_some())
    };
    for item in &draft.select {
        if let Item::Column(c) = item {
            let facts = index.column(*c);
            if (facts.key || facts.foreign_key) && !asks_key && has_title(*c) {
                // The figures of each company are told apart by its name.
                cost += if draft.group.contains(item) && facts.foreign_key { 2.5 } else { 1.3 };
            }
        }
    }
    let details = reading.has(&["details", "detail", "everything", "information", "info", "rows", "records", "all"])
        && !reading.has_phrase("of all");
    if draft.select.contains(&Item::Everything) && !details {
        cost += 1.2;
    }
    cost + narrowed(index, reading, draft)
        + unnamed(index, reading, draft)
        + things(reading, draft)
        + ranked(index, reading, draft)
        + unused(reading, draft)
        + periods(reading, draft)
        + orders(reading, draft)
        + measured(index, reading, draft)
}

/// "The US box office": of tables of equal shape, those that are named.
fn narrowed(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let labels = draft.required_tables(index).into_iter().filter_map(|t| index.table(t).sibling_label);
    let said = |label: ColumnId| reading.values.iter().any(|v| v.hits.iter().any(|h| h.0 == label));
    let items = || draft.select.iter().chain(&draft.group);
    let told = |label: ColumnId| {
        let equal = |c: &Condition| !matches!(c, Condition::Like(..)) && c.columns().contains(&label);
        draft.conditions.iter().any(equal) || items().any(|i| i.columns().contains(&label))
    };
    if labels.into_iter().any(|label| said(label) && !told(label)) { 4.5 } else { 0.0 }
}

/// "The three largest locations with their capacity": what is named before the columns is shown by its name.
fn unnamed(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let ranked = !draft.order.is_empty() && draft.limit.is_some();
    let with = ["with their", "with its", "and their", "and its", "along with", "together with"];
    if !draft.group.is_empty() || !(ranked || with.iter().any(|w| reading.has_phrase(w))) {
        return 0.0;
    }
    let plain = |i: &Item| if let Item::Column(c) = i { Some(*c) } else { None };
    let Some(shown) = draft.select.iter().map(plain).collect::<Option<Vec<_>>>() else { return 0.0 };
    let place = |named: Named| {
        let mut sure =
            reading.mentions.iter().filter(|m| m.options.iter().any(|o| o.named == named && o.score >= 0.85));
        sure.next().map(|m| m.start)
    };
    let Some(table) = shown.first().map(|c| index.table_of(*c)) else { return 0.0 };
    let first = shown.iter().filter_map(|c| place(Named::Column(*c))).min();
    let tells = |c: &ColumnId| {
        let facts = index.column(*c);
        facts.title || facts.key || facts.unique || index.table(index.table_of(*c)).title == Some(*c)
    };
    let told = shown.iter().any(tells);
    match (index.table(table).title, place(Named::Table(table)), first) {
        (Some(_), Some(things), Some(columns)) if things < columns && !told => 2.5,
        _ => 0.0,
    }
}

/// "The cheapest tablet" is a thing; only "how much" or "what price" asks for the figure alone.
fn things(reading: &Reading, draft: &Draft) -> f64 {
    let figure = match draft.select.as_slice() {
        [Item::Aggregate(Aggregate::Min | Aggregate::Max, _, column)] => *column,
        _ => return 0.0,
    };
    let asks_figure =
        reading.has_phrase("how") || reading.has(&["price", "cost", "age", "date", "when", "value", "amount"]);
    let adjective = reading.mentions.iter().any(|m| {
        m.adjective.is_some_and(|a| a.superlative) && m.options.iter().any(|o| o.named == Named::Column(figure))
    });
    if adjective && !asks_figure { 2.0 } else { 0.0 }
}

/// "Show the attendance and the box office …": a listing shows, or does something with, each column that is named.
fn unused(reading: &Reading, draft: &Draft) -> f64 {
    let flat = |c: &Condition| !c.columns().is_empty() && !matches!(c, Condition::Against(..) | Condition::Within(..));
    let figures = draft.select.iter().any(|i| !matches!(i, Item::Column(_)));
    if figures || !draft.group.is_empty() || draft.compound.is_some() || !draft.conditions.iter().all(flat) {
        return 0.0;
    }
    let items = draft.select.iter().chain(draft.order.iter().map(|o| &o.0));
    let used: Vec<ColumnId> =
        items.flat_map(Item::columns).chain(draft.conditions.iter().flat_map(Condition::columns)).collect();
    let missing = |m: &&Mention| {
        let Some(best) = m.options.first().filter(|_| m.adjective.is_none()) else { return false };
        let near = m.options.iter().filter(|o| o.score >= best.score - 0.15);
        best.score >= 0.9 && near.map(|o| o.named).all(|n| matches!(n, Named::Column(c) if !used.contains(&c)))
    };
    0.9 * reading.mentions.iter().filter(missing).count().min(2) as f64
}

/// "The best paid employee": who is first is told by what the superlative speaks of.
fn ranked(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let Some(first) = draft.order.first().filter(|_| draft.limit.is_some()).map(|o| o.0.columns()) else { return 0.0 };
    // "The most visitors": the figure of that name, not the number of rows.
    let most = |m: &Mention| {
        let figure =
            m.options.first().is_some_and(|o| matches!(o.named, Named::Column(c) if index.column(c).is_measure()));
        figure && matches!(reading.before(m.start, 1), "most" | "least" | "fewest" | "highest" | "lowest")
    };
    let superlatives = reading.mentions.iter().filter(|m| m.adjective.is_some_and(|a| a.superlative) || most(m));
    let named: Vec<ColumnId> = superlatives
        .flat_map(|m| m.options.iter().enumerate().filter(|(place, o)| *place == 0 || o.score >= 0.7))
        .filter_map(|(_, o)| if let Named::Column(c) = o.named { Some(c) } else { None })
        .collect();
    if named.is_empty() || named.iter().any(|c| first.contains(c)) { 0.0 } else { 1.5 }
}

fn periods(reading: &Reading, draft: &Draft) -> f64 {
    let cut = draft.group.iter().any(|g| matches!(g, Item::Period(..)));
    match (measures::grain(reading).is_some(), cut) {
        (true, false) => 2.5,
        (false, true) => 2.0,
        _ => 0.0,
    }
}

fn orders(reading: &Reading, draft: &Draft) -> f64 {
    let unasked = !draft.order.is_empty() && draft.limit.is_none() && !reading.asks_order();
    let mut cost = if unasked { 1.5 } else { 0.0 };
    let asks_measure = reading.has_phrase("and how many")
        || reading.has_phrase("and how much")
        || reading.has_phrase("and how long")
        || reading.has_phrase("with the");
    if let (true, Some((item, _)), Some(_)) = (asks_measure, draft.order.first(), draft.limit)
        && !draft.select.contains(item)
    {
        cost += 1.5;
    }
    cost
}

fn measured(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let mut cost = 0.0;
    for item in &draft.select {
        match item {
            Item::Aggregate(Aggregate::Count, true, c)
                if index.column(*c).is_measure() && !reading.has(&["different", "distinct", "unique"]) =>
            {
                cost += 3.0
            }
            // "How many closed orders": orders, and not on how many days they were closed.
            Item::Aggregate(Aggregate::Count, true, c)
                if index.column(*c).temporal
                    && !reading.has(&["different", "distinct", "unique", "day", "days", "date", "dates"]) =>
            {
                cost += 3.0
            }
            _ => {}
        }
    }
    let counted = |i: &Item| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..));
    let grouped_measure = draft
        .group
        .iter()
        .any(|g| matches!(g, Item::Column(c) if index.column(*c).is_measure() && !index.column(*c).year));
    if grouped_measure && draft.select.iter().any(Item::is_aggregate) {
        cost += 1.5;
    }
    // "How many units …": the column is added up.
    let after = reading.find_phrase("how many").map(|at| at + 2).or_else(|| (reading.lower(0) == "units").then_some(0));
    let best = after
        .and_then(|at| reading.mentions.iter().find(|m| m.start <= at && at < m.end))
        .and_then(|m| m.options.first());
    if let Some(Named::Column(c)) = best.map(|o| o.named)
        && index.column(c).is_measure()
        && (draft.select.iter().any(counted) || reading.lower(0) == "units")
        && !draft.select.iter().any(|i| matches!(i, Item::Aggregate(Aggregate::Sum, ..)))
    {
        cost += 2.0;
    }
    let each = reading.has(&["each", "every", "per"]);
    let by = reading.has(&["by"]) && !reading.asks_order();
    // "How many films per age limit": the age limit stands beside its figure.
    let told_apart = draft.group.is_empty() || draft.group.iter().any(|key| draft.select.contains(key));
    if (each || by) && !told_apart && draft.select.iter().any(Item::is_aggregate) {
        cost += 2.0;
    }
    let average = reading.has(&["average", "mean", "avg"]);
    if draft.group.is_empty() && draft.select.iter().any(Item::is_aggregate) {
        cost += match () {
            // "The average attendance per film" may be that of all films: each has one row.
            () if !average && reading.has(&["per"]) || by && named_after(reading, "by") => 2.0,
            () if each && draft.select.len() == 1 => 0.6,
            () => 0.0,
        };
    }
    cost + uncounted(index, reading, draft)
}

/// Whether a word stands right before something that the data source has.
fn named_after(reading: &Reading, word: &str) -> bool {
    let known = |at: usize| reading.mentions.iter().any(|m| m.start <= at && at < m.end && m.adjective.is_none());
    (1..reading.tokens.len()).any(|at| reading.lower(at - 1) == word && known(at))
}

/// "How many orders …": the orders are counted, whatever else is told of them.
fn uncounted(index: &CatalogIndex, reading: &Reading, draft: &Draft) -> f64 {
    let Some(at) = reading.find_phrase("how many").map(|at| at + 2) else { return 0.0 };
    let Some(mention) = reading.mentions.iter().find(|m| m.start <= at && at < m.end) else { return 0.0 };
    let read = draft.required_tables(index);
    let sure: Vec<Named> = mention.options.iter().filter(|o| o.score >= 0.85).map(|o| o.named).collect();
    let tables = sure.iter().all(|n| matches!(n, Named::Table(_)));
    let counted = sure.iter().any(|n| matches!(n, Named::Table(t) if read.contains(t)));
    if sure.is_empty() || !tables || counted { 0.0 } else { 2.5 }
}
