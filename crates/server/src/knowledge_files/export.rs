//! From our state to files.

use super::{
    FileError, Place, checksum,
    form::{ColumnForm, EndForm, QueryForm, RelationForm, TableForm, TermForm, WholeForm},
};
use crate::App;
use datafyme_agent::AgentError;
use datafyme_domain::{
    Caller, DataSourceId, ErrorKind, RelationKind, Table, TableDocumentation, TableRef, VerifiedQuery,
    documentation::merge,
};
use std::collections::BTreeMap;

/// Writes all that is known of a data source. Returns how many files there are.
///
/// # Errors
/// `Io`; failures of our state.
pub async fn export(app: &App, caller: Caller, source: DataSourceId, place: &Place) -> Result<usize, FileError> {
    place.write(&whole(app, caller, source).await?)
}

/// All that is known of a data source, in a stable order.
pub(super) async fn whole(app: &App, caller: Caller, source: DataSourceId) -> Result<WholeForm, AgentError> {
    let metadata = &app.metadata;
    let catalog = metadata.catalog(caller, source).await?.ok_or_else(|| {
        AgentError::refused(ErrorKind::Conflict, "this data source has not been learned yet: learn it first")
    })?;
    let edits = metadata.documentation_edits(caller, source).await?;
    let mut tables: Vec<&Table> = catalog.tables.iter().collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    let mut forms = Vec::new();
    for table in tables {
        let generated = metadata.generated_documentation(caller, source, &table.name).await?;
        let edits = edits.iter().find(|e| e.table == table.name);
        let shown = merge(generated.as_ref(), edits);
        forms.push(of_table(table, shown.as_ref(), generated.as_ref()));
    }
    let terms = metadata.list_terms(caller, source).await?.into_iter().map(|t| TermForm {
        term: t.term,
        synonyms: t.synonyms,
        definition: t.definition,
        meaning: t.meaning,
    });
    let mut relations: Vec<RelationForm> = metadata
        .list_relations(caller, source)
        .await?
        .into_iter()
        .filter(|r| matches!(r.kind, RelationKind::Confirmed | RelationKind::Rejected))
        .map(|r| RelationForm {
            from: end(r.from_table, r.from_columns),
            to: end(r.to_table, r.to_columns),
            kind: r.kind,
        })
        .collect();
    let key = |r: &RelationForm| format!("{:?} {:?}", r.from, r.to);
    relations.sort_by_key(key);
    let mut queries: Vec<QueryForm> = metadata
        .list_verified_queries(caller, source)
        .await?
        .into_iter()
        .filter(VerifiedQuery::is_approved)
        .map(|q| QueryForm { question: q.question, sql: q.sql })
        .collect();
    queries.sort_by(|a, b| a.question.cmp(&b.question));
    Ok(WholeForm { tables: forms, terms: terms.collect(), relations, verified_queries: queries })
}

fn end(table: TableRef, columns: Vec<String>) -> EndForm {
    EndForm { schema: table.schema, table: table.table, columns }
}

fn of_table(table: &Table, shown: Option<&TableDocumentation>, generated: Option<&TableDocumentation>) -> TableForm {
    let columns = table.columns.iter().map(|column| {
        let said = shown.and_then(|d| d.column(&column.name));
        ColumnForm {
            column: column.name.clone(),
            hidden: said.filter(|c| c.hidden).map(|_| true),
            description: said.map(|c| c.description.clone()),
            synonyms: said.map(|c| c.synonyms.clone()),
            unit: said.and_then(|c| c.unit.clone()),
            format: said.and_then(|c| c.format.clone()),
        }
    });
    TableForm {
        schema: table.name.schema.clone(),
        table: table.name.table.clone(),
        hidden: shown.filter(|d| d.hidden).map(|_| true),
        description: shown.map(|d| d.business_description.clone()),
        technical_description: shown.map(|d| d.technical_description.clone()),
        synonyms: shown.map(|d| d.synonyms.clone()),
        use_cases: shown.map(|d| d.use_cases.clone()),
        common_questions: shown.map(|d| d.common_questions.clone()),
        columns: columns.collect(),
        generated: generated.map(|g| checksums(table, g)).unwrap_or_default(),
    }
}

fn checksums(table: &Table, generated: &TableDocumentation) -> BTreeMap<String, String> {
    let mut sums = BTreeMap::from([
        ("description".to_owned(), checksum::of_text(&generated.business_description)),
        ("technical_description".to_owned(), checksum::of_text(&generated.technical_description)),
        ("synonyms".to_owned(), checksum::of_items(&generated.synonyms)),
        ("use_cases".to_owned(), checksum::of_items(&generated.use_cases)),
        ("common_questions".to_owned(), checksum::of_items(&generated.common_questions)),
    ]);
    for column in table.columns.iter().filter_map(|c| generated.column(&c.name)) {
        let name = |field: &str| format!("columns.{}.{field}", column.column);
        sums.insert(name("description"), checksum::of_text(&column.description));
        sums.insert(name("synonyms"), checksum::of_items(&column.synonyms));
    }
    sums
}
