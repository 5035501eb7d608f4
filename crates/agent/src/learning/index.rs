//! Phase five: search index and relation graph, from metadata alone.

use crate::{Agent, AgentError};
use datafyme_domain::{
    Caller, Catalog, DataSourceId, ErrorKind, RelationKind, Table, TableDocumentation, TableRef,
    names::identifier_words,
};
use datafyme_store::SearchDocument;

/// Texts embedded and written at once.
const BATCH: usize = 256;

/// A text to index, before it has a vector.
struct Text {
    id: String,
    table: TableRef,
    column: Option<String>,
    text: String,
}

/// Builds both derived stores of a data source anew. `report(done, total)` counts documents.
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
    let documentation = parts.metadata.documentation(caller, source).await?;
    let relations = parts.metadata.list_relations(caller, source).await?;
    let relations: Vec<_> = relations.into_iter().filter(|r| r.kind != RelationKind::Rejected).collect();
    parts.graph.replace(source, &relations).await?;

    let texts = texts(&catalog, &documentation);
    let total = texts.len() as u64;
    parts.search.delete(source, None).await?;
    let mut done = 0_u64;
    for batch in texts.chunks(BATCH) {
        let words: Vec<String> = batch.iter().map(|t| t.text.clone()).collect();
        let vectors = parts.embedder.embed(&words).await?;
        let documents: Vec<SearchDocument> = batch
            .iter()
            .zip(vectors)
            .map(|(text, vector)| SearchDocument {
                id: text.id.clone(),
                source_id: source,
                table: text.table.clone(),
                column: text.column.clone(),
                text: text.text.clone(),
                vector,
            })
            .collect();
        parts.search.upsert(&documents).await?;
        done += batch.len() as u64;
        report(done, total);
    }
    agent.inner.knowledge.forget(source);
    Ok(())
}

fn texts(catalog: &Catalog, documentation: &[TableDocumentation]) -> Vec<Text> {
    let mut texts = Vec::new();
    for table in &catalog.tables {
        let known = documentation.iter().find(|d| d.table == table.name);
        of_table(table, known, &mut texts);
    }
    texts
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
