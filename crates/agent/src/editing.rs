//! A person's change of documentation, applied: what is checked, and what becomes of it.

use crate::AgentError;
use datafyme_domain::{Edit, ErrorKind, Table, TableDocumentation, TableEdits};
use serde::{Deserialize, Serialize};

/// Longest description in characters.
const MAX_TEXT: usize = 4_000;
/// Longest item of a list in characters.
const MAX_ITEM: usize = 300;
/// Most items of a list.
const MAX_ITEMS: usize = 60;
/// Longest unit or format in characters.
const MAX_NOTE: usize = 120;

/// What a person changes about one table. An absent field stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentationChange {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_description: Option<String>,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technical_description: Option<String>,
    /// What it can be used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_cases: Option<Vec<String>>,
    /// Questions that it can answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_questions: Option<Vec<String>>,
    /// Other names of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Vec<String>>,
    /// Set aside, or taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// What changes about its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnChange>,
    /// Fields that go back to what was generated, as `edited_fields` names them (`columns.price.synonyms`); `*` is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<String>,
}

/// What a person changes about one column. An absent field stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnChange {
    /// Its name.
    pub column: String,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Other names of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Vec<String>>,
    /// What its numbers count; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How its values are written; empty for as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Set aside, or taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
}

fn invalid(message: String) -> AgentError {
    AgentError::refused(ErrorKind::InvalidInput, message)
}

/// The edits after the change. What is set to what was generated is no edit.
pub(crate) fn apply(
    mut edits: TableEdits,
    table: &Table,
    generated: Option<&TableDocumentation>,
    change: &DocumentationChange,
) -> Result<TableEdits, AgentError> {
    for field in &change.reset {
        reset(&mut edits, field)?;
    }
    let text_of = |field: fn(&TableDocumentation) -> &String| generated.map(field).cloned().unwrap_or_default();
    let items_of = |field: fn(&TableDocumentation) -> &Vec<String>| generated.map(field).cloned().unwrap_or_default();
    set_text(&mut edits.business_description, text_of(|d| &d.business_description), &change.business_description)?;
    set_text(&mut edits.technical_description, text_of(|d| &d.technical_description), &change.technical_description)?;
    set_items(&mut edits.use_cases, items_of(|d| &d.use_cases), &change.use_cases)?;
    set_items(&mut edits.common_questions, items_of(|d| &d.common_questions), &change.common_questions)?;
    set_items(&mut edits.synonyms, items_of(|d| &d.synonyms), &change.synonyms)?;
    edits.hidden = change.hidden.unwrap_or(edits.hidden);
    for column in &change.columns {
        if table.column(&column.column).is_none() {
            return Err(invalid(format!("table {} has no column {}: look at its name", table.name, column.column)));
        }
        let known = generated.and_then(|d| d.column(&column.column));
        let edited = edits.column_mut(&column.column);
        let description = known.map(|c| c.description.clone()).unwrap_or_default();
        let synonyms = known.map(|c| c.synonyms.clone()).unwrap_or_default();
        set_text(&mut edited.description, description, &column.description)?;
        set_items(&mut edited.synonyms, synonyms, &column.synonyms)?;
        set_note(&mut edited.unit, &column.unit)?;
        set_note(&mut edited.format, &column.format)?;
        edited.hidden = column.hidden.unwrap_or(edited.hidden);
    }
    edits.tidy();
    Ok(edits)
}

fn set_text(edit: &mut Option<Edit<String>>, base: String, change: &Option<String>) -> Result<(), AgentError> {
    let Some(text) = change.as_deref().map(str::trim) else { return Ok(()) };
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(invalid(format!("a description has {length} characters; the most is {MAX_TEXT}: shorten it")));
    }
    *edit = (text != base).then(|| Edit { base, edited: text.to_owned() });
    Ok(())
}

fn set_items(
    edit: &mut Option<Edit<Vec<String>>>,
    base: Vec<String>,
    change: &Option<Vec<String>>,
) -> Result<(), AgentError> {
    let Some(change) = change else { return Ok(()) };
    let mut items: Vec<String> = Vec::new();
    for item in change.iter().map(|i| i.trim()).filter(|i| !i.is_empty()) {
        if item.chars().count() > MAX_ITEM {
            return Err(invalid(format!("an item of a list has more than {MAX_ITEM} characters: shorten it")));
        }
        if !items.iter().any(|known| known == item) {
            items.push(item.to_owned());
        }
    }
    if items.len() > MAX_ITEMS {
        return Err(invalid(format!("a list has {} items; the most is {MAX_ITEMS}: leave some out", items.len())));
    }
    *edit = (items != base).then_some(Edit { base, edited: items });
    Ok(())
}

fn set_note(note: &mut Option<String>, change: &Option<String>) -> Result<(), AgentError> {
    let Some(text) = change.as_deref().map(str::trim) else { return Ok(()) };
    if text.chars().count() > MAX_NOTE || text.contains('\n') {
        return Err(invalid(format!("a unit or format is one line of at most {MAX_NOTE} characters: shorten it")));
    }
    *note = (!text.is_empty()).then(|| text.to_owned());
    Ok(())
}

fn reset(edits: &mut TableEdits, field: &str) -> Result<(), AgentError> {
    match field {
        "*" => {
            let bare = TableEdits::none(edits.source_id, edits.table.clone());
            *edits = TableEdits { version: edits.version, ..bare };
        }
        "business_description" => edits.business_description = None,
        "technical_description" => edits.technical_description = None,
        "use_cases" => edits.use_cases = None,
        "common_questions" => edits.common_questions = None,
        "synonyms" => edits.synonyms = None,
        "hidden" => edits.hidden = false,
        _ => {
            let unknown = || invalid(format!("there is no field `{field}` to reset: see `edited_fields`"));
            let (column, part) = field.strip_prefix("columns.").and_then(|f| f.rsplit_once('.')).ok_or_else(unknown)?;
            let edited = edits.column_mut(column);
            match part {
                "description" => edited.description = None,
                "synonyms" => edited.synonyms = None,
                "unit" => edited.unit = None,
                "format" => edited.format = None,
                "hidden" => edited.hidden = false,
                _ => return Err(unknown()),
            }
        }
    }
    Ok(())
}
