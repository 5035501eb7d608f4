//! Questions that can surely be answered, for empty pages and declines.

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
};

/// Most suggestions.
const MOST: usize = 6;

/// Questions that can surely be answered, the most telling first.
#[must_use]
pub fn suggestions(index: &CatalogIndex) -> Vec<String> {
    let mut tables: Vec<TableId> = (0..index.tables.len())
        .filter(|t| {
            let facts = index.table(*t);
            !facts.hidden && !facts.view && !facts.link && facts.rows > 0
        })
        .collect();
    // Tables with dates and measures tell most; of equals the larger.
    let weight = |t: TableId| {
        let facts = index.table(t);
        let temporal = facts.columns.iter().any(|c| index.column(*c).temporal);
        let measure = facts.columns.iter().any(|c| index.column(*c).is_measure());
        (usize::from(temporal) + usize::from(measure) + usize::from(facts.title.is_some()), facts.rows)
    };
    tables.sort_by_key(|t| std::cmp::Reverse(weight(*t)));
    let mut found: Vec<String> = Vec::new();
    let mut add = |text: Option<String>| {
        if let Some(text) = text.filter(|t| !found.contains(t) && found.len() < MOST) {
            found.push(text);
        }
    };
    for table in tables.iter().take(4) {
        add(over_time(index, *table));
        add(by_category(index, *table));
    }
    for table in tables.iter().take(5) {
        add(extreme(index, *table));
        add(Some(format!("How many {} are there?", index.table(*table).label)));
    }
    found
}

fn over_time(index: &CatalogIndex, table: TableId) -> Option<String> {
    let facts = index.table(table);
    let dated = facts.columns.iter().any(|c| index.column(*c).temporal);
    (dated && facts.snapshot_date.is_none() && facts.rows >= 20)
        .then(|| format!("How many {} were there each month?", facts.label))
}

fn by_category(index: &CatalogIndex, table: TableId) -> Option<String> {
    let facts = index.table(table);
    let category = facts.columns.iter().copied().find(|c| {
        let column = index.column(*c);
        !column.key
            && !column.foreign_key
            && !column.identifier
            && !column.temporal
            && !column.numeric
            && (2..=20).contains(&column.distinct)
            && !column.unique
            && column.distinct * 2 < facts.rows
    })?;
    Some(format!("How many {} are there for each {}?", facts.label, index.column(category).label))
}

fn extreme(index: &CatalogIndex, table: TableId) -> Option<String> {
    let facts = index.table(table);
    facts.title?;
    let measure: ColumnId = facts
        .columns
        .iter()
        .copied()
        .find(|c| index.column(*c).is_measure() && !index.column(*c).year && !index.column(*c).balance)?;
    let one = datafyme_domain::names::singular(&facts.label);
    Some(format!("Which {one} has the highest {}?", index.column(measure).label))
}
