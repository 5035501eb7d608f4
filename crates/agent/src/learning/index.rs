//! Phase five: search index and relation graph, from metadata alone.

use super::changes;
use crate::{Agent, AgentError, AgentParts, hidden};
use datafyme_domain::{
    BusinessTerm, Caller, Catalog, DataSourceId, ErrorKind, Table, TableDocumentation, TableRef,
    names::identifier_words,
};
use datafyme_store::SearchDocument;
use std::collections::{HashMap, HashSet};

/// Texts embedded and written at once.
const BATCH: usize = 256;
/// Tables replaced at once.
const TABLES: usize = 64;

/// A text to index, before it has a vector.
struct Text {
    id: String,
    table: TableRef,
    column: Option<String>,
    text: String,
}

/// Builds both derived stores of a data source anew from what was last learned. `report(done, total)` counts documents.
pub(crate) async fn rebuild(
    agent: &Agent,
    caller: Caller,
    source: DataSourceId,
    report: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let catalog = parts.metadata.catalog(caller, source).await?.ok_or_else(|| {
        AgentError::refused(ErrorKind::Conflict, "this data source has not been learned yet: learn it first")
    })?;
    rebuild_of(agent, caller, source, &catalog, report).await
}

/// Builds both derived stores anew from a catalog, with the documentation and the relations that are kept.
pub(super) async fn rebuild_of(
    agent: &Agent,
    caller: Caller,
    source: DataSourceId,
    catalog: &Catalog,
    report: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let documentation = parts.metadata.documentation(caller, source).await?;
    let terms = parts.metadata.list_terms(caller, source).await?;
    let visible = visible(catalog, &documentation);
    let catalog = visible.as_ref().unwrap_or(catalog);
    relate(agent, caller, source, catalog).await?;
    parts.search.delete(source, None).await?;
    write(agent, source, &texts(catalog, &documentation, &terms, None), report).await
}

/// Without what is hidden, where something is.
fn visible(catalog: &Catalog, documentation: &[TableDocumentation]) -> Option<Catalog> {
    hidden::is_any(documentation).then(|| hidden::split(catalog.clone(), documentation, std::iter::empty()).0)
}

/// Brings both derived stores up to date where people changed what is known of some tables.
pub(crate) async fn rebuild_tables(
    agent: &Agent,
    caller: Caller,
    source: DataSourceId,
    tables: &[TableRef],
) -> Result<(), AgentError> {
    let catalog = agent.catalog_of(caller, source).await?;
    let changed: HashSet<TableRef> = tables.iter().cloned().collect();
    update(agent, caller, source, &catalog, &changed, &HashSet::new()).await
}

/// Brings both derived stores up to date where only some tables have changed.
pub(super) async fn update(
    agent: &Agent,
    caller: Caller,
    source: DataSourceId,
    catalog: &Catalog,
    changed: &HashSet<TableRef>,
    gone: &HashSet<TableRef>,
) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let documentation = parts.metadata.documentation(caller, source).await?;
    let terms = parts.metadata.list_terms(caller, source).await?;
    let visible = visible(catalog, &documentation);
    let catalog = visible.as_ref().unwrap_or(catalog);
    relate(agent, caller, source, catalog).await?;
    // Each table is replaced whole: whoever searches meanwhile finds it as it was or as it is.
    let tables: Vec<TableRef> = changed.iter().chain(gone).cloned().collect();
    for some in tables.chunks(TABLES) {
        let there: HashSet<TableRef> = some.iter().filter(|t| !gone.contains(*t)).cloned().collect();
        let texts = texts(catalog, &documentation, &terms, Some(&there));
        let mut documents = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            documents.extend(embedded(parts, source, batch).await?);
        }
        parts.search.replace(source, some, &documents).await?;
    }
    agent.inner.knowledge.forget(source);
    Ok(())
}

/// Puts the relations in the graph that people did not reject, and whose tables are there.
async fn relate(agent: &Agent, caller: Caller, source: DataSourceId, catalog: &Catalog) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let tables = changes::by_name(Some(catalog));
    let mut relations = parts.metadata.list_relations(caller, source).await?;
    relations.retain(|r| r.is_usable() && changes::holds(r, &tables));
    Ok(parts.graph.replace(source, &relations).await?)
}

async fn write(
    agent: &Agent,
    source: DataSourceId,
    texts: &[Text],
    report: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let total = texts.len() as u64;
    let mut done = 0_u64;
    for batch in texts.chunks(BATCH) {
        parts.search.upsert(&embedded(parts, source, batch).await?).await?;
        done += batch.len() as u64;
        report(done, total);
    }
    agent.inner.knowledge.forget(source);
    Ok(())
}

async fn embedded(parts: &AgentParts, source: DataSourceId, texts: &[Text]) -> Result<Vec<SearchDocument>, AgentError> {
    let words: Vec<String> = texts.iter().map(|t| t.text.clone()).collect();
    let vectors = parts.embedder.embed(&words).await?;
    let document = |(text, vector): (&Text, Vec<f32>)| SearchDocument {
        id: text.id.clone(),
        source_id: source,
        table: text.table.clone(),
        column: text.column.clone(),
        text: text.text.clone(),
        vector,
    };
    Ok(texts.iter().zip(vectors).map(document).collect())
}

/// Of all tables, or of some.
fn texts(
    catalog: &Catalog,
    documentation: &[TableDocumentation],
    terms: &[BusinessTerm],
    some: Option<&HashSet<TableRef>>,
) -> Vec<Text> {
    let known: HashMap<&TableRef, &TableDocumentation> = documentation.iter().map(|d| (&d.table, d)).collect();
    let mut texts = Vec::new();
    for table in catalog.tables.iter().filter(|t| some.is_none_or(|some| some.contains(&t.name))) {
        of_table(table, known.get(&table.name).copied(), &mut texts);
        of_terms(table, terms, &mut texts);
    }
    texts
}

/// Words of the business that mean something in the table.
fn of_terms(table: &Table, terms: &[BusinessTerm], texts: &mut Vec<Text>) {
    for term in terms {
        let Some(meaning) = term.meaning.as_ref().filter(|m| *m.table() == table.name) else { continue };
        if meaning.column().is_some_and(|column| table.column(column).is_none()) {
            continue;
        }
        texts.push(Text {
            id: format!("{}#term-{}", table.name, term.id),
            table: table.name.clone(),
            column: meaning.column().map(ToOwned::to_owned),
            text: format!("{}: {}", term.names().collect::<Vec<_>>().join(" "), term.definition),
        });
    }
}

/// Per table: its description, its columns, each question and each use case; per column, its description.
fn of_table(table: &Table, documentation: Option<&TableDocumentation>, texts: &mut Vec<Text>) {
    let name = &table.name;
    let words = identifier_words(&name.table).join(" ");
    let mut add = |part: String, column: Option<&str>, text: String| {
        texts.push(Text {
            id: format!("{name}#{part}"),
            table: name.clone(),
            column: column.map(ToOwned::to_owned),
            text,
        });
    };
    let about = documentation.map_or("", |d| d.business_description.as_str());
    let synonyms = documentation.map(|d| d.synonyms.join(" ")).unwrap_or_default();
    add("description".to_owned(), None, format!("{name} {words} {synonyms} {about}"));
    let columns: Vec<String> = table.columns.iter().map(|c| identifier_words(&c.name).join(" ")).collect();
    add("columns".to_owned(), None, format!("{words}: {}", columns.join(", ")));
    if let Some(documentation) = documentation {
        for (i, question) in documentation.common_questions.iter().enumerate() {
            add(format!("question-{i}"), None, question.clone());
        }
        for (i, case) in documentation.use_cases.iter().enumerate() {
            add(format!("use-{i}"), None, case.clone());
        }
    }
    for (column, column_words) in table.columns.iter().zip(&columns) {
        let described = documentation.and_then(|d| d.columns.iter().find(|c| c.column == column.name));
        let about = described.map_or_else(String::new, |d| format!("{} {}", d.synonyms.join(" "), d.description));
        add(format!("column-{}", column.name), Some(&column.name), format!("{column_words} of {words} {about}"));
    }
}
