//! The three-way merge: what was generated when a person edited, what is generated now, what the person wrote.
//!
//! A person's word is never lost: an edited text stands until it is reset; of a list, what the person added stays, what
//! the person took out stays out, and only what nobody touched follows what is generated now.

use super::{ColumnDocumentation, Edit, TableDocumentation, TableEdits};
use chrono::DateTime;

/// The documentation that counts: what is generated now, under what people wrote. `None` where there is neither.
#[must_use]
pub fn merge(generated: Option<&TableDocumentation>, edits: Option<&TableEdits>) -> Option<TableDocumentation> {
    let Some(edits) = edits else {
        return generated.cloned();
    };
    let mut merged = match generated {
        Some(generated) => generated.clone(),
        None if edits.is_empty() => return None,
        None => blank(edits),
    };
    text(&mut merged.business_description, edits.business_description.as_ref());
    text(&mut merged.technical_description, edits.technical_description.as_ref());
    items(&mut merged.use_cases, edits.use_cases.as_ref());
    items(&mut merged.common_questions, edits.common_questions.as_ref());
    items(&mut merged.synonyms, edits.synonyms.as_ref());
    merged.hidden |= edits.hidden;
    for edited in &edits.columns {
        let place = merged.columns.iter().position(|c| c.column == edited.column).unwrap_or_else(|| {
            merged.columns.push(ColumnDocumentation { column: edited.column.clone(), ..Default::default() });
            merged.columns.len() - 1
        });
        if let Some(column) = merged.columns.get_mut(place) {
            text(&mut column.description, edited.description.as_ref());
            items(&mut column.synonyms, edited.synonyms.as_ref());
            column.unit = edited.unit.clone().or(column.unit.take());
            column.format = edited.format.clone().or(column.format.take());
            column.hidden |= edited.hidden;
        }
    }
    Some(merged)
}

fn blank(edits: &TableEdits) -> TableDocumentation {
    TableDocumentation {
        source_id: edits.source_id,
        table: edits.table.clone(),
        business_description: String::new(),
        technical_description: String::new(),
        columns: Vec::new(),
        use_cases: Vec::new(),
        common_questions: Vec::new(),
        synonyms: Vec::new(),
        hidden: false,
        generated_at: DateTime::UNIX_EPOCH,
    }
}

fn text(generated: &mut String, edit: Option<&Edit<String>>) {
    if let Some(edit) = edit.filter(|e| e.edited != e.base) {
        generated.clone_from(&edit.edited);
    }
}

fn items(generated: &mut Vec<String>, edit: Option<&Edit<Vec<String>>>) {
    if let Some(edit) = edit {
        *generated = merge_items(&edit.base, generated, &edit.edited);
    }
}

/// A list of short texts, each once: what the person kept or added, in the person's order, without what was generated
/// then and is no longer; then what is newly generated. What the person took out does not come back.
#[must_use]
pub fn merge_items(base: &[String], generated: &[String], edited: &[String]) -> Vec<String> {
    if base == edited {
        return generated.to_vec();
    }
    let mut merged: Vec<String> = Vec::with_capacity(edited.len());
    let mut add = |item: &String| {
        if !merged.contains(item) {
            merged.push(item.clone());
        }
    };
    edited.iter().filter(|item| !base.contains(item) || generated.contains(item)).for_each(&mut add);
    generated.iter().filter(|item| !base.contains(item)).for_each(&mut add);
    merged
}

#[cfg(test)]
mod tests;
