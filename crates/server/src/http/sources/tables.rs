//! The tables of a data source, and the ones that a question is about.

use crate::App;
use crate::http::{Identity, List, PathOf, Problem, QueryOf, Reader};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use datafyme_agent::{Language, ToldRelation};
use datafyme_domain::{
    BusinessTerm, Caller, Catalog, DataSourceId, ErrorKind, RelationKind, Table, TableDocumentation, TableKind,
    TableRef,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A table in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TableSummary {
    /// Its name.
    table: TableRef,
    /// Table, view …
    kind: TableKind,
    /// What it is for, in a sentence; null when not documented.
    #[schema(required)]
    description: Option<String>,
    /// Rows, as profiled or estimated; null when not known.
    #[schema(required)]
    rows: Option<u64>,
    /// Number of columns.
    column_count: usize,
    /// Number of relations that touch it, rejected ones left out.
    relation_count: usize,
    /// Whether a person set it aside.
    hidden: bool,
    /// Whether a person wrote about it.
    edited: bool,
    /// How well it fits the question, larger is better; only with `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    /// Why it fits the question; only with `q`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

/// Parameters of the list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TablesQuery {
    /// A question: only the tables that it is about, best first.
    q: Option<String>,
}

/// Names one table.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableDetailQuery {
    /// Schema, where the database has them.
    schema: Option<String>,
    /// Table or view name.
    table: String,
}

/// All that is known of one table.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TableDetail {
    /// Structure and profile.
    table: Table,
    /// What it means; null when not documented.
    #[schema(required)]
    documentation: Option<TableDocumentation>,
    /// Relations that touch it.
    relations: Vec<ToldRelation>,
    /// What was generated, without what people wrote over it; null when nothing was.
    #[schema(required)]
    generated: Option<TableDocumentation>,
    /// Fields that a person wrote: `business_description`, `columns.price.synonyms`.
    edited_fields: Vec<String>,
    /// The version that a change of the documentation rests on.
    version: u64,
    /// Who changed it last; empty when nobody did.
    editor: String,
    /// When somebody changed it last.
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    /// Words of the business that mean something in it.
    terms: Vec<BusinessTerm>,
}

impl TableDetailQuery {
    /// The table's name.
    pub(super) fn name(self) -> TableRef {
        TableRef { schema: self.schema.filter(|s| !s.is_empty()), table: self.table }
    }
}

/// Tables of a data source in the database's order; with `q`, those that the question is about, best first.
#[utoipa::path(get, path = "/sources/{id}/tables", tag = "sources", params(("id" = DataSourceId, Path), TablesQuery),
    responses((status = 200, body = List<TableSummary>)))]
pub(crate) async fn list_tables(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    PathOf(id): PathOf<DataSourceId>,
    QueryOf(query): QueryOf<TablesQuery>,
) -> Result<Json<List<TableSummary>>, Problem> {
    let Some(catalog) = catalog_of(&app, caller, id).await? else {
        return Ok(Json(List::whole(Vec::new())));
    };
    let documentation = app.metadata.documentation(caller, id).await?;
    let documented: HashMap<_, _> = documentation.into_iter().map(|d| (d.table.clone(), d)).collect();
    let edits = app.metadata.documentation_edits(caller, id).await?;
    let edited: HashSet<_> = edits.into_iter().filter(|e| !e.is_empty()).map(|e| e.table).collect();
    let relations = app.metadata.list_relations(caller, id).await?;
    let summary = |table: &Table| TableSummary {
        table: table.name.clone(),
        kind: table.kind,
        description: documented.get(&table.name).map(|d| d.business_description.clone()),
        rows: table.rows(),
        column_count: table.columns.len(),
        relation_count: relations.iter().filter(|r| r.kind != RelationKind::Rejected && r.touches(&table.name)).count(),
        hidden: documented.get(&table.name).is_some_and(|d| d.hidden),
        edited: edited.contains(&table.name),
        score: None,
        reasons: Vec::new(),
    };
    let items = match query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        None => catalog.tables.iter().map(summary).collect(),
        Some(question) => {
            let hits = app.agent.link_tables(caller, id, question).await?;
            hits.into_iter()
                .filter_map(|hit| {
                    Some(TableSummary {
                        score: Some(hit.score),
                        reasons: hit.reasons,
                        ..summary(catalog.get(&hit.table)?)
                    })
                })
                .collect()
        }
    };
    Ok(Json(List::whole(items)))
}

/// All that is known of one table.
#[utoipa::path(get, path = "/sources/{id}/tables/detail", tag = "sources",
    params(("id" = DataSourceId, Path), TableDetailQuery), responses((status = 200, body = TableDetail)))]
pub(crate) async fn get_table(
    State(app): State<Arc<App>>,
    Identity(caller): Identity,
    Reader(language): Reader,
    PathOf(id): PathOf<DataSourceId>,
    QueryOf(query): QueryOf<TableDetailQuery>,
) -> Result<Json<TableDetail>, Problem> {
    Ok(Json(detail(&app, caller, id, query.name(), language).await?))
}

pub(super) async fn detail(
    app: &App,
    caller: Caller,
    id: DataSourceId,
    name: TableRef,
    language: Language,
) -> Result<TableDetail, Problem> {
    let catalog = catalog_of(app, caller, id).await?;
    let table = catalog.and_then(|c| c.get(&name).cloned());
    let mut table =
        table.ok_or_else(|| Problem::new(ErrorKind::NotFound, format!("no table {name} in this data source")))?;
    // Hashes of values: guesses could be tried against them.
    table.profile.iter_mut().flat_map(|p| &mut p.columns).for_each(|column| column.sketch = None);
    let documentation = app.metadata.documentation(caller, id).await?;
    let relations = app.metadata.list_relations(caller, id).await?.into_iter().filter(|r| r.touches(&name));
    let relations = relations.map(|r| ToldRelation::new(r, language)).collect();
    let words = app.agent.table_words(caller, id, &name).await?;
    let mut terms = app.metadata.list_terms(caller, id).await?;
    terms.retain(|t| t.meaning.as_ref().is_some_and(|m| *m.table() == name));
    Ok(TableDetail {
        documentation: documentation.into_iter().find(|d| d.table == name),
        relations,
        table,
        generated: words.generated,
        edited_fields: words.edits.fields(),
        version: words.edits.version,
        editor: words.edits.editor,
        edited_at: words.edits.edited_at,
        terms,
    })
}

async fn catalog_of(app: &App, caller: Caller, id: DataSourceId) -> Result<Option<Catalog>, Problem> {
    if app.metadata.source(caller, id).await?.is_none() {
        return Err(Problem::not_found("data source"));
    }
    Ok(app.metadata.catalog(caller, id).await?)
}
