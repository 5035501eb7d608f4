//! Tables as prompts show them: compact, with keys, notes and, where the privacy setting lets them, values. Over the
//! budget, the last tables are shortened to their names, then left out.

use super::{Privacy, quoting, turns::type_name};
use crate::knowledge::SourceKnowledge;
use datafyme_domain::{Column, ColumnProfile, Dialect, Relation, Table, TableRef, Value};
use std::{borrow::Cow, collections::HashSet};

/// Characters of a comment or description.
const NOTE: usize = 120;
/// Characters of a sample value.
const VALUE: usize = 40;
/// Sample values of a column.
const VALUES: usize = 5;
/// Columns of a table that are shown at all.
const COLUMNS: usize = 120;

/// Tables as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shown {
    /// One block per table.
    pub(super) tables: String,
    /// Conditions along which they join.
    pub(super) joins: Vec<String>,
}

/// `tables`, best first, in at most about `budget` characters.
pub(super) fn show(knowledge: &SourceKnowledge, tables: &[TableRef], privacy: Privacy, budget: usize) -> Shown {
    let dialect = knowledge.catalog.dialect;
    let mut shown: Vec<(&Table, Cow<'_, str>)> = Vec::new();
    for (table, prepared) in tables.iter().filter_map(|t| knowledge.table(t)) {
        let block = prepared.block.get_or_make(privacy, || full(table, knowledge, privacy));
        shown.push((table, Cow::Borrowed(block)));
    }
    if shown.iter().map(|(_, block)| block.len()).sum::<usize>() > budget {
        shorten(&mut shown, dialect, budget);
    }
    let kept: HashSet<&TableRef> = shown.iter().map(|(table, _)| &table.name).collect();
    let joins = knowledge
        .relations
        .iter()
        .filter(|r| kept.contains(&r.from_table) && kept.contains(&r.to_table))
        .map(|r| join(r, dialect))
        .collect();
    let blocks: Vec<&str> = shown.iter().map(|(_, block)| &**block).collect();
    Shown { tables: blocks.join("\n"), joins }
}

/// Leaves out the last tables that do not even fit by their names, and shows whole only the first that fit.
fn shorten(shown: &mut Vec<(&Table, Cow<'_, str>)>, dialect: Dialect, budget: usize) {
    let mut names: Vec<String> = shown.iter().map(|(table, _)| short(table, dialect)).collect();
    let mut size: usize = names.iter().map(String::len).sum();
    while size > budget && names.len() > 1 {
        size -= names.pop().map_or(0, |name| name.len());
    }
    shown.truncate(names.len());
    let mut fits = true;
    for ((_, block), name) in shown.iter_mut().zip(names) {
        fits = fits && size - name.len() + block.len() <= budget;
        if fits {
            size = size - name.len() + block.len();
        } else {
            *block = Cow::Owned(name);
        }
    }
}

/// One table with all that may be shown of it.
pub(super) fn full(table: &Table, knowledge: &SourceKnowledge, privacy: Privacy) -> String {
    let documented = knowledge.documentation.iter().find(|d| d.table == table.name);
    let edits = knowledge.edits.iter().find(|e| e.table == table.name);
    let written = edits.and_then(|e| e.business_description.as_ref()).map(|e| e.edited.as_str());
    let described = match (&table.comment, documented, privacy) {
        // What a person wrote wins, and holds no value that they did not mean to say.
        _ if written.is_some() => written,
        (Some(comment), _, _) => Some(comment.as_str()),
        (None, Some(documented), Privacy::Samples) => Some(documented.business_description.as_str()),
        _ => None,
    };
    let mut notes = Vec::new();
    if let Some(rows) = table.rows().filter(|_| privacy >= Privacy::Statistics) {
        notes.push(format!("{rows} rows"));
    }
    notes.extend(described.filter(|d| !d.is_empty()).map(|d| format!("\"{}\"", quoting::line(d, NOTE))));
    notes.extend(documented.and_then(|d| also(&d.synonyms)));
    let notes = if notes.is_empty() { String::new() } else { format!(" -- {}", notes.join("; ")) };
    let mut lines = vec![format!("{}({notes}", table.name.to_sql(knowledge.catalog.dialect))];
    for column in table.columns.iter().take(COLUMNS) {
        lines.push(format!("  {},", column_line(table, column, knowledge, privacy)));
    }
    lines.push(")".to_owned());
    lines.join("\n")
}

/// One table by the names of its columns.
fn short(table: &Table, dialect: Dialect) -> String {
    let columns: Vec<String> = table.columns.iter().take(COLUMNS).map(|c| dialect.quote_if_needed(&c.name)).collect();
    format!("{}({})", table.name.to_sql(dialect), columns.join(", "))
}

/// `name type [PK] [→ other.column] -- note; values: …`
fn column_line(table: &Table, column: &Column, knowledge: &SourceKnowledge, privacy: Privacy) -> String {
    let dialect = knowledge.catalog.dialect;
    let declared = if column.declared_type.trim().is_empty() {
        type_name(column.column_type).to_owned()
    } else {
        quoting::line(&column.declared_type.to_lowercase(), VALUE)
    };
    let mut line = format!("{} {declared}", dialect.quote_if_needed(&column.name));
    if table.primary_key.contains(&column.name) {
        line.push_str(" [PK]");
    }
    for relation in knowledge.relations.iter().filter(|r| r.from_table == table.name) {
        if let ([from], [to]) = (relation.from_columns.as_slice(), relation.to_columns.as_slice())
            && *from == column.name
        {
            let to = dialect.quote_if_needed(to);
            line.push_str(&format!(" [→ {}.{to}]", relation.to_table.to_sql(dialect)));
        }
    }
    let mut notes = notes(table, column, privacy);
    said_of(&mut notes, table, column, knowledge);
    if !notes.is_empty() {
        line.push_str(" -- ");
        line.push_str(&notes.join("; "));
    }
    line
}

/// What people said of a column: before what was found out about it.
fn said_of(notes: &mut Vec<String>, table: &Table, column: &Column, knowledge: &SourceKnowledge) {
    let edits = knowledge.edits.iter().find(|e| e.table == table.name);
    if let Some(written) = edits.and_then(|e| e.column(&column.name)).and_then(|c| c.description.as_ref()) {
        notes.insert(0, format!("\"{}\"", quoting::line(&written.edited, NOTE)));
    }
    let documented = knowledge.documentation.iter().find(|d| d.table == table.name);
    let Some(documented) = documented.and_then(|d| d.column(&column.name)) else { return };
    notes.extend(documented.unit.as_deref().map(|unit| format!("in {}", quoting::line(unit, VALUE))));
    notes.extend(documented.format.as_deref().map(|format| format!("written as {}", quoting::line(format, NOTE))));
    notes.extend(also(&documented.synonyms));
}

fn also(synonyms: &[String]) -> Option<String> {
    let names: Vec<String> = synonyms.iter().take(VALUES).map(|s| quoting::line(s, VALUE)).collect();
    (!names.is_empty()).then(|| format!("also called {}", names.join(", ")))
}

fn notes(table: &Table, column: &Column, privacy: Privacy) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(comment) = column.comment.as_deref().filter(|c| !c.trim().is_empty()) {
        notes.push(format!("\"{}\"", quoting::line(comment, NOTE)));
    }
    if !column.enum_values.is_empty() {
        notes.push(format!("one of: {}", listed(column.enum_values.iter().map(String::as_str))));
    }
    let Some(profile) = table.profile.as_ref().and_then(|p| p.column(&column.name)) else {
        return notes;
    };
    if column.column_type.is_numeric() && table.primary_key.contains(&column.name) {
        // The range of a running number says nothing.
        return notes;
    }
    if privacy >= Privacy::Statistics {
        notes.extend(statistics(column, profile));
    }
    if privacy == Privacy::Samples && column.enum_values.is_empty() {
        notes.extend(samples(column, profile));
    }
    notes
}

fn statistics(column: &Column, profile: &ColumnProfile) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(format) = &profile.text_date_format {
        notes.push(format!("dates as text, {format}"));
    }
    if profile.text_is_numeric && column.column_type == datafyme_domain::ColumnType::Text {
        notes.push("numbers as text".to_owned());
    }
    if profile.null_share >= 0.01 {
        notes.push(format!("{:.0} % NULL", profile.null_share * 100.0));
    }
    if profile.distinct > 0 && profile.distinct <= 50 && !profile.distinct_capped {
        notes.push(format!("{} distinct", profile.distinct));
    }
    notes
}

fn samples(column: &Column, profile: &ColumnProfile) -> Option<String> {
    let dates = column.column_type.is_temporal() || profile.text_date_format.is_some();
    if (dates || column.column_type.is_numeric()) && !profile.min.is_null() {
        return Some(format!("{} to {}", value(&profile.min), value(&profile.max)));
    }
    let frequent: Vec<String> =
        profile.top_values.iter().filter(|v| !v.value.is_null()).take(VALUES).map(|v| value(&v.value)).collect();
    (!frequent.is_empty()).then(|| format!("values: {}", listed(frequent.iter().map(String::as_str))))
}

fn value(value: &Value) -> String {
    quoting::line(&value.to_string(), VALUE)
}

fn listed<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> =
        values.take(20).map(|v| format!("'{}'", quoting::line(v, VALUE).replace('\'', "''"))).collect();
    quoted.join(", ")
}

/// `a.x = b.y AND a.z = b.w (inferred)`
fn join(relation: &Relation, dialect: Dialect) -> String {
    let side =
        |table: &TableRef, column: &str| format!("{}.{}", table.to_sql(dialect), dialect.quote_if_needed(column));
    let conditions: Vec<String> = relation
        .from_columns
        .iter()
        .zip(&relation.to_columns)
        .map(|(from, to)| format!("{} = {}", side(&relation.from_table, from), side(&relation.to_table, to)))
        .collect();
    conditions.join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use datafyme_domain::{Catalog, ColumnType, DataSource, DataSourceId, SourceStatus, TableKind, UserId};

    fn table(name: &str, columns: usize) -> Table {
        let column = |n: usize| Column {
            name: format!("column_{n}"),
            column_type: ColumnType::Text,
            declared_type: "TEXT".to_owned(),
            nullable: true,
            default: None,
            comment: Some(format!("note {n}")),
            enum_values: Vec::new(),
        };
        Table {
            name: TableRef::bare(name),
            kind: TableKind::Table,
            comment: None,
            columns: (0..columns).map(column).collect(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            row_estimate: Some(7),
            partitions: None,
            profile: None,
        }
    }

    fn knowledge() -> SourceKnowledge {
        let source = DataSource {
            id: DataSourceId::generate(),
            owner_id: UserId::generate(),
            name: "wide".to_owned(),
            dialect: Dialect::Sqlite,
            location: String::new(),
            status: SourceStatus::Ready,
            status_detail: None,
            table_count: 0,
            created_at: DateTime::UNIX_EPOCH,
            learned_at: None,
            resync_seconds: None,
            knowledge_version: 0,
        };
        let tables = (0..20).map(|n| table(&format!("table_{n}"), 30)).collect();
        SourceKnowledge::prepare(source, Catalog { dialect: Dialect::Sqlite, tables }, Vec::new(), Vec::new())
    }

    #[test]
    fn the_last_tables_are_shortened_then_left_out() {
        let knowledge = knowledge();
        let all: Vec<TableRef> = knowledge.catalog.tables.iter().map(|t| t.name.clone()).collect();
        let whole = |text: &str| text.matches("column_0 text -- ").count();
        let named = |text: &str| text.matches("table_").count();
        let ample = show(&knowledge, &all, Privacy::Samples, 1_000_000).tables;
        assert_eq!((named(&ample), whole(&ample)), (20, 20));
        let middling = show(&knowledge, &all, Privacy::Samples, 10_000).tables;
        assert!(named(&middling) == 20 && (1..20).contains(&whole(&middling)), "{middling}");
        assert!(middling.starts_with("table_0( -- 7 rows\n  column_0 text -- \"note 0\","), "{middling}");
        let scarce = show(&knowledge, &all, Privacy::Samples, 2_000).tables;
        assert!(scarce.len() <= 2_000 && (2..20).contains(&named(&scarce)), "{}", scarce.len());
        assert!(scarce.starts_with("table_0(") && !scarce.contains("table_19("));
    }

    #[test]
    fn nothing_but_names_is_shown_where_the_setting_says_so() {
        let knowledge = knowledge();
        let names = show(&knowledge, &[TableRef::bare("table_1")], Privacy::NamesOnly, 100_000).tables;
        assert!(names.starts_with("table_1(\n  column_0 text -- \"note 0\","), "{names}");
        assert!(!names.contains("7 rows"));
    }
}
