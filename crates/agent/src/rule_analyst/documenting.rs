//! Documentation of a table out of names, comments, keys and profiles: what these support, and nothing else.

mod column;
mod entity;
mod questions;

use crate::{
    analyst::{Opinion, Said, TableSubject, WrittenDocumentation},
    wording::{count, list},
};
use datafyme_domain::{Table, TableKind, TableProfile};
use entity::Entity;

pub(super) async fn document(subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
    let mut written = plain(subject.table);
    written.common_questions = questions::understood(subject, &Entity::of(subject.table)).await;
    Ok(Opinion::Given(written))
}

/// All but the questions that are tried: with the plainest one alone. Takes no time.
pub(crate) fn plain(table: &Table) -> WrittenDocumentation {
    let entity = Entity::of(table);
    WrittenDocumentation {
        business_description: business(table, &entity),
        technical_description: technical(table),
        columns: table.columns.iter().map(|c| column::document(table, c, &entity)).collect(),
        use_cases: use_cases(table, &entity),
        common_questions: vec![questions::plainest(&entity)],
        synonyms: Vec::new(),
    }
}

/// The business description alone.
pub(crate) fn business_description(table: &Table) -> String {
    business(table, &Entity::of(table))
}

/// "One row per order: 1,000 rows from 2023-10-10 to 2024-10-09 (order date)."
fn business(table: &Table, entity: &Entity) -> String {
    let mut text = String::new();
    if let Some(comment) = table.comment.as_deref().map(str::trim).filter(|c| !c.is_empty()) {
        text.push_str(comment.trim_end_matches('.'));
        text.push_str(". ");
    }
    let what = match table.primary_key.as_slice() {
        [] if entity.counted && column::has_key(table) => format!("One row per {}", entity.one),
        [] if entity.counted => format!("Rows about {}", entity.many),
        [] => format!("Rows of {}", entity.one),
        [_] if entity.counted => format!("One row per {}", entity.one),
        [_] => format!("One row per entry of {}", entity.one),
        key => {
            let words: Vec<String> = key.iter().map(|k| entity::words(k)).collect();
            format!("One row per combination of {}", list(&words))
        }
    };
    text.push_str(&what);
    if let Some(rows) = table.rows() {
        text.push_str(&match rows {
            0 => ": no rows yet".to_owned(),
            1 => ": 1 row".to_owned(),
            n => format!(": {} rows", count(n as f64)),
        });
        if let Some(period) = column::period(table) {
            text.push_str(&period);
        }
    }
    text.push('.');
    if !table.foreign_keys.is_empty() {
        let others: Vec<String> =
            table.foreign_keys.iter().map(|k| format!("{} (by {})", k.to_table, list(&k.columns))).collect();
        text.push_str(&format!(" It refers to {}.", list(&others)));
    }
    text
}

/// "Table with 8 columns. Primary key: order_id. …"
fn technical(table: &Table) -> String {
    let kind = match table.kind {
        TableKind::Table => "Table",
        TableKind::PartitionedTable => "Partitioned table",
        TableKind::View => "View",
        TableKind::MaterializedView => "Materialised view",
        TableKind::ForeignTable => "Foreign table",
    };
    let n = table.columns.len();
    let mut text = format!("{kind} with {n} column{}.", if n == 1 { "" } else { "s" });
    if let Some(partitions) = table.partitions {
        text.push_str(&format!(" {partitions} partitions."));
    }
    if table.primary_key.is_empty() {
        text.push_str(" No primary key is declared.");
    } else {
        text.push_str(&format!(" Primary key: {}.", table.primary_key.join(", ")));
    }
    for key in &table.unique_keys {
        text.push_str(&format!(" Unique: {}.", key.join(", ")));
    }
    for key in &table.foreign_keys {
        text.push_str(&format!(
            " Foreign key: {} → {}.{}.",
            key.columns.join(", "),
            key.to_table,
            key.to_columns.join(", ")
        ));
    }
    match &table.profile {
        None => text.push_str(" Not profiled: nothing is known of its values."),
        Some(TableProfile { unknown: Some(why), .. }) => {
            text.push_str(&format!(" Its values could not be looked at: {}.", why.trim_end_matches('.')));
        }
        Some(profile) => {
            if let Some(sampled) = profile.sampled_rows {
                text.push_str(&format!(" Statistics are of {} sampled rows.", count(sampled as f64)));
            }
            let sparse: Vec<&str> = profile
                .columns
                .iter()
                .filter(|c| c.null_share > 0.0 && c.null_share < 1.0)
                .map(|c| c.column.as_str())
                .collect();
            if !sparse.is_empty() {
                text.push_str(&format!(" Missing values in {}.", list(&sparse)));
            }
        }
    }
    text
}

fn use_cases(table: &Table, entity: &Entity) -> Vec<String> {
    let mut cases = vec![format!("Counting and listing {}", entity.many)];
    let measures = column::measures(table);
    let categories = column::categories(table);
    if let Some(date) = column::date(table) {
        cases.push(format!("Following {} over time by {}", entity.many, entity::words(&date.name)));
    }
    if let (Some(measure), Some(category)) = (measures.first(), categories.first()) {
        cases.push(format!("Comparing {} by {}", entity::words(&measure.name), entity::words(&category.name)));
    } else if let Some(measure) = measures.first() {
        cases.push(format!("Totals and averages of {}", entity::words(&measure.name)));
    }
    for key in &table.foreign_keys {
        cases.push(format!("Relating {} to {}", entity.many, key.to_table.table.replace('_', " ")));
    }
    cases.dedup();
    cases
}

#[cfg(test)]
mod tests;
