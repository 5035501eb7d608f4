//! `eval tables`: schema linking alone, against the tables that the gold query reads.

use super::{
    EvalOptions, Progress,
    answers::ratio,
    items::AnswerItem,
    learned::{LearnedDatabase, Workplace, source_name},
};
use datafyme_agent::AgentError;
use datafyme_connect::{AllowedTables, guard};
use datafyme_domain::{
    Caller, Catalog, DataSource, DataSourceId, Relation, RelationId, SourceStatus, Table, TableDocumentation, TableRef,
};
use datafyme_store::metadata::NewDataSource;
use futures::{StreamExt, stream};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct TablesReport {
    /// Items measured.
    pub total: usize,
    /// Share of items with all gold tables among the first 1, 5, 10.
    pub recall_at_1: f64,
    /// See above.
    pub recall_at_5: f64,
    /// See above.
    pub recall_at_10: f64,
    /// Items whose gold query does not parse here, or whose database could not be learned.
    pub left_out: usize,
    /// Tables of the one source, where all databases were made one.
    pub merged_tables: Option<usize>,
    /// One entry per item.
    pub per_item: Vec<TablesItemReport>,
}

/// What became of one item.
#[derive(Debug, Clone, Serialize)]
pub struct TablesItemReport {
    /// As in the file.
    pub id: String,
    /// As in the file.
    pub db: String,
    /// As asked.
    pub question: String,
    /// What the gold query reads.
    pub gold: Vec<String>,
    /// What was found, best first, at most ten.
    pub found: Vec<String>,
    /// Position of the last gold table, from 1; absent when one is missing.
    pub complete_at: Option<usize>,
    /// Why it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// Measures `items`, each against its own database.
pub async fn evaluate(items: Vec<AnswerItem>, options: &EvalOptions, progress: Progress<'_>) -> TablesReport {
    let mut groups: BTreeMap<String, Vec<AnswerItem>> = BTreeMap::new();
    for item in items {
        groups.entry(item.db.clone()).or_default().push(item);
    }
    let done = AtomicU64::new(0);
    let shared = Arc::new(options.clone());
    let per_database: Vec<Vec<TablesItemReport>> = stream::iter(groups)
        .map(|(db, items)| {
            let task = tokio::spawn(of_database(db, items.clone(), Arc::clone(&shared)));
            let done = &done;
            async move {
                let reports = task.await.unwrap_or_default();
                progress(done.fetch_add(items.len() as u64, Ordering::Relaxed) + items.len() as u64);
                reports
            }
        })
        .buffer_unordered(options.jobs.max(1))
        .collect()
        .await;
    summarise(per_database.into_iter().flatten().collect(), None)
}

async fn of_database(db: String, items: Vec<AnswerItem>, options: Arc<EvalOptions>) -> Vec<TablesItemReport> {
    let learned = LearnedDatabase::learn(&db, &options.databases, &options).await;
    let mut reports = Vec::with_capacity(items.len());
    for item in items {
        let report = match &learned {
            Ok(learned) => {
                let gold = learned.check(&item.gold_sql).map(|sql| sql.tables().to_vec());
                one(&learned.workplace, learned.source.id, &item, gold).await
            }
            Err(failure) => left_out(&item, failure.to_string()),
        };
        reports.push(report);
    }
    reports
}

async fn one(
    workplace: &Workplace,
    source: DataSourceId,
    item: &AnswerItem,
    gold: Result<Vec<TableRef>, AgentError>,
) -> TablesItemReport {
    let gold = match gold {
        Ok(gold) => gold,
        Err(failure) => return left_out(item, failure.to_string()),
    };
    let hits = workplace.app.agent.link_tables(Caller::local(), source, &item.question).await;
    let found: Vec<TableRef> = match hits {
        Ok(hits) => hits.into_iter().map(|hit| hit.table).collect(),
        Err(failure) => return left_out(item, failure.to_string()),
    };
    let positions: Option<Vec<usize>> = gold.iter().map(|g| found.iter().position(|f| f == g)).collect();
    TablesItemReport {
        gold: gold.iter().map(ToString::to_string).collect(),
        found: found.iter().take(10).map(ToString::to_string).collect(),
        complete_at: positions.and_then(|p| p.into_iter().max()).map(|p| p + 1),
        left_out: None,
        ..left_out(item, String::new())
    }
}

fn left_out(item: &AnswerItem, why: String) -> TablesItemReport {
    TablesItemReport {
        id: item.id.clone(),
        db: item.db.clone(),
        question: item.question.clone(),
        gold: Vec::new(),
        found: Vec::new(),
        complete_at: None,
        left_out: Some(why),
    }
}

/// Measures `items` against one source of all databases, each database a schema of it.
///
/// # Errors
/// What stops the merged source from being made.
pub async fn evaluate_merged(
    items: Vec<AnswerItem>,
    options: &EvalOptions,
    progress: Progress<'_>,
) -> Result<TablesReport, AgentError> {
    let workplace = Workplace::open_with(&options.budget, Arc::clone(&options.analyst), &options.embedder).await?;
    let mut names: Vec<&str> = items.iter().map(|i| i.db.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut parts = HashMap::new();
    for db in names {
        let url = options.databases.url(db)?;
        let learned = workplace.learn(&source_name(db), &url).await?;
        parts.insert(db.to_owned(), Part::take(&workplace, db, &learned).await?);
    }
    let (merged, tables) = merge(&workplace, &parts).await?;
    let mut reports = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let gold = match parts.get(&item.db) {
            Some(part) => part.gold(&item.gold_sql),
            None => Err(AgentError::not_found("database")),
        };
        reports.push(one(&workplace, merged, item, gold).await);
        progress(index as u64 + 1);
    }
    Ok(summarise(reports, Some(tables)))
}

/// What was learned of one database, its tables in a schema of its name.
struct Part {
    db: String,
    original: Catalog,
    catalog: Catalog,
    documentation: Vec<TableDocumentation>,
    relations: Vec<Relation>,
}

impl Part {
    async fn take(workplace: &Workplace, db: &str, source: &DataSource) -> Result<Self, AgentError> {
        let (metadata, caller) = (&workplace.app.metadata, Caller::local());
        let original = metadata.catalog(caller, source.id).await?;
        let original = original.ok_or_else(|| AgentError::not_found("catalog"))?;
        let mut catalog = original.clone();
        for table in &mut catalog.tables {
            move_table(db, table);
        }
        let mut documentation = metadata.documentation(caller, source.id).await?;
        for one in &mut documentation {
            one.table = moved(db, &one.table);
        }
        let mut relations = metadata.list_relations(caller, source.id).await?;
        for one in &mut relations {
            one.id = RelationId::generate();
            one.from_table = moved(db, &one.from_table);
            one.to_table = moved(db, &one.to_table);
        }
        Ok(Self { db: db.to_owned(), original, catalog, documentation, relations })
    }

    fn gold(&self, sql: &str) -> Result<Vec<TableRef>, AgentError> {
        let checked = guard::check(sql, self.original.dialect, &AllowedTables::of_catalog(&self.original))?;
        Ok(checked.tables().iter().map(|t| moved(&self.db, t)).collect())
    }
}

fn moved(db: &str, table: &TableRef) -> TableRef {
    match &table.schema {
        Some(schema) => TableRef::new(format!("{db}_{schema}"), &table.table),
        None => TableRef::new(db, &table.table),
    }
}

fn move_table(db: &str, table: &mut Table) {
    table.name = moved(db, &table.name);
    for key in &mut table.foreign_keys {
        key.to_table = moved(db, &key.to_table);
    }
}

/// Writes all parts as one learned source, and indexes it like any other.
async fn merge(workplace: &Workplace, parts: &HashMap<String, Part>) -> Result<(DataSourceId, usize), AgentError> {
    let (app, caller) = (&workplace.app, Caller::local());
    let mut parts: Vec<&Part> = parts.values().collect();
    parts.sort_by(|a, b| a.db.cmp(&b.db));
    let tables: Vec<Table> = parts.iter().flat_map(|p| p.catalog.tables.clone()).collect();
    let source = DataSource {
        id: DataSourceId::generate(),
        owner_id: caller.user_id,
        name: "merged".to_owned(),
        dialect: parts.first().map_or(datafyme_domain::Dialect::Sqlite, |p| p.catalog.dialect),
        location: "merged".to_owned(),
        status: SourceStatus::Loading,
        status_detail: None,
        table_count: 0,
        created_at: app.clock.now(),
        learned_at: None,
        resync_seconds: None,
        knowledge_version: 0,
    };
    let new = NewDataSource { source: source.clone(), password: None };
    app.metadata.create_source(&new).await?;
    let mut relations = Vec::new();
    for part in parts {
        for one in &part.documentation {
            let one = TableDocumentation { source_id: source.id, ..one.clone() };
            app.metadata.put_documentation(caller, &one).await?;
        }
        relations.extend(part.relations.iter().map(|one| Relation { source_id: source.id, ..one.clone() }));
    }
    app.metadata.replace_relations(caller, source.id, &relations).await?;
    let count = tables.len();
    let catalog = Catalog { dialect: source.dialect, tables };
    app.metadata.finish_learning(caller, source.id, &catalog, None, app.clock.now()).await?;
    app.agent.reindex(caller, source.id).await?;
    Ok((source.id, count))
}

fn summarise(per_item: Vec<TablesItemReport>, merged_tables: Option<usize>) -> TablesReport {
    let measured = per_item.iter().filter(|i| i.left_out.is_none()).count();
    let within = |k: usize| {
        let complete = per_item.iter().filter(|i| i.complete_at.is_some_and(|at| at <= k)).count();
        ratio(complete, measured)
    };
    TablesReport {
        total: measured,
        recall_at_1: within(1),
        recall_at_5: within(5),
        recall_at_10: within(10),
        left_out: per_item.len() - measured,
        merged_tables,
        per_item,
    }
}
