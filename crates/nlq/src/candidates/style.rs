//! What people who ask expect of an answer, where a benchmark teaches otherwise: names rather than keys, no order that
//! was not asked for, what was asked for by name shown. Applied to answers only, never while weights are fitted.

use super::measures;
use crate::{
    CatalogIndex,
    catalog_index::Named,
    draft::{Draft, Item},
    plan::Aggregate,
    reading::Reading,
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
                cost += 1.3;
            }
        }
    }
    let details = reading.has(&["details", "detail", "everything", "information", "info", "rows", "records", "all"])
        && !reading.has_phrase("of all");
    if draft.select.contains(&Item::Everything) && !details {
        cost += 1.2;
    }
    cost + things(reading, draft) + periods(reading, draft) + orders(reading, draft) + measured(index, reading, draft)
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
        && draft.select.iter().any(counted)
        && !draft.select.iter().any(|i| matches!(i, Item::Aggregate(Aggregate::Sum, ..)))
    {
        cost += 2.0;
    }
    let each = reading.has(&["each", "every", "per"]);
    // "How many films per age limit": the age limit stands beside its figure.
    let told_apart = draft.group.is_empty() || draft.group.iter().any(|key| draft.select.contains(key));
    if (each || reading.has(&["by"])) && !told_apart && draft.select.iter().any(Item::is_aggregate) {
        cost += 2.0;
    }
    if each && draft.group.is_empty() && draft.select.iter().any(Item::is_aggregate) && draft.select.len() == 1 {
        cost += 0.6;
    }
    cost
}
