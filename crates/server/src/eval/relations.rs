//! `eval relations`: what is inferred with the declared keys hidden, against the true ones.

use super::{EvalOptions, Progress, answers::ratio, items::RelationItem};
use datafyme_agent::{
    AgentError,
    relations::{DiscoverOptions, discover},
};
use datafyme_connect::{ProfileBudget, Scope};
use datafyme_domain::{DataSourceId, Relation};
use futures::{FutureExt, StreamExt, stream};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct RelationsReport {
    /// Databases looked at.
    pub databases: usize,
    /// True relations whose child table has rows.
    pub total: usize,
    /// Of these, found.
    pub found: usize,
    /// Inferred relations in all.
    pub inferred: usize,
    /// Inferred relations that are true.
    pub correct: usize,
    /// `correct / inferred`.
    pub precision: f64,
    /// `found / total`.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// True relations of child tables without rows, which no data can prove: how many, and how many found.
    pub without_rows: WithoutRows,
    /// Databases that could not be looked at.
    pub failed: Vec<String>,
    /// One entry per true relation, and one per wrong one.
    pub per_item: Vec<RelationReport>,
}

/// Relations of empty child tables.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct WithoutRows {
    /// How many there are.
    pub total: usize,
    /// How many were found all the same.
    pub found: usize,
}

/// What became of one relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelationReport {
    /// Database.
    pub db: String,
    /// `child.columns → parent.columns`.
    pub relation: String,
    /// `found`, `missed`, `wrong`; `found_without_rows` and `missed_without_rows` are counted apart.
    pub status: &'static str,
    /// Of an inferred one.
    pub confidence: Option<f64>,
}

/// Case does not matter: databases differ in it.
type Key = (String, Vec<String>, String, Vec<String>);

fn key(from: &str, from_columns: &[String], to: &str, to_columns: &[String]) -> Key {
    let mut pairs: Vec<(String, String)> =
        from_columns.iter().zip(to_columns).map(|(f, t)| (f.to_lowercase(), t.to_lowercase())).collect();
    pairs.sort();
    let (from_columns, to_columns) = pairs.into_iter().unzip();
    (from.to_lowercase(), from_columns, to.to_lowercase(), to_columns)
}

/// Measures the databases of `items`.
pub async fn evaluate(items: Vec<RelationItem>, options: &EvalOptions, progress: Progress<'_>) -> RelationsReport {
    let mut groups: BTreeMap<String, Vec<RelationItem>> = BTreeMap::new();
    for item in items {
        groups.entry(item.db.clone()).or_default().push(item);
    }
    let done = AtomicU64::new(0);
    let shared = Arc::new(options.clone());
    let databases = groups.len();
    let mut per_database: Vec<_> = stream::iter(groups)
        .map(|(db, items)| {
            let task = tokio::spawn(infer(db.clone(), Arc::clone(&shared)));
            let done = &done;
            async move {
                let inferred = task.await.unwrap_or_else(|_| Err("hit a defect".to_owned()));
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                (db, items, inferred)
            }
        })
        .buffer_unordered(options.jobs.max(1))
        .collect()
        .await;
    per_database.sort_by(|a, b| a.0.cmp(&b.0));
    let mut report = RelationsReport {
        databases,
        total: 0,
        found: 0,
        inferred: 0,
        correct: 0,
        precision: 0.0,
        recall: 0.0,
        f1: 0.0,
        without_rows: WithoutRows::default(),
        failed: Vec::new(),
        per_item: Vec::new(),
    };
    for (db, items, inferred) in per_database {
        let inferred = inferred.unwrap_or_else(|cause| {
            report.failed.push(format!("{db}: {cause}"));
            Vec::new()
        });
        count(&mut report, &db, &items, &inferred);
    }
    report.precision = ratio(report.correct, report.inferred);
    report.recall = ratio(report.found, report.total);
    let sum = report.precision + report.recall;
    report.f1 = if sum > 0.0 { 2.0 * report.precision * report.recall / sum } else { 0.0 };
    report
}

async fn infer(db: String, options: Arc<EvalOptions>) -> Result<Vec<Relation>, String> {
    let work = AssertUnwindSafe(infer_unguarded(&db, &options)).catch_unwind();
    match work.await {
        Ok(outcome) => outcome.map_err(|e| e.to_string()),
        Err(_) => Err("hit a defect".to_owned()),
    }
}

async fn infer_unguarded(db: &str, options: &EvalOptions) -> Result<Vec<Relation>, AgentError> {
    let connector = datafyme_connect::open(&options.databases.url(db)?)?;
    let mut catalog = connector.introspect(&Scope::default()).await?;
    let budget = ProfileBudget::default();
    for table in &mut catalog.tables {
        table.foreign_keys.clear();
        table.profile = connector.profile(table, &budget).await.ok();
    }
    let hidden = DiscoverOptions { use_declared_keys: false, ..DiscoverOptions::default() };
    Ok(discover(&catalog, DataSourceId::generate(), connector.as_ref(), &hidden, &(unwatched as fn(usize, usize)))
        .await)
}

fn unwatched(_done: usize, _total: usize) {}

fn count(report: &mut RelationsReport, db: &str, items: &[RelationItem], inferred: &[Relation]) {
    let of_item = |i: &RelationItem| key(&i.from_table, &i.from_cols, &i.to_table, &i.to_cols);
    let of_relation = |r: &Relation| key(&r.from_table.table, &r.from_columns, &r.to_table.table, &r.to_columns);
    let truth: BTreeSet<Key> = items.iter().map(of_item).collect();
    let without_rows: BTreeSet<Key> = items.iter().filter(|i| i.from_rows == Some(0)).map(of_item).collect();
    let confidence: BTreeMap<Key, f64> = inferred.iter().map(|r| (of_relation(r), r.confidence)).collect();
    for key in &truth {
        let found = confidence.get(key).copied();
        let status = match (without_rows.contains(key), found.is_some()) {
            (false, true) => "found",
            (false, false) => "missed",
            (true, true) => "found_without_rows",
            (true, false) => "missed_without_rows",
        };
        if without_rows.contains(key) {
            report.without_rows.total += 1;
            report.without_rows.found += usize::from(found.is_some());
        } else {
            report.total += 1;
            report.found += usize::from(found.is_some());
            report.inferred += usize::from(found.is_some());
            report.correct += usize::from(found.is_some());
        }
        report.per_item.push(entry(db, key, status, found));
    }
    for (key, confidence) in confidence.iter().filter(|(key, _)| !truth.contains(*key)) {
        report.inferred += 1;
        report.per_item.push(entry(db, key, "wrong", Some(*confidence)));
    }
}

fn entry(db: &str, key: &Key, status: &'static str, confidence: Option<f64>) -> RelationReport {
    let (from, from_columns, to, to_columns) = key;
    RelationReport {
        db: db.to_owned(),
        relation: format!("{from}.{} → {to}.{}", from_columns.join("+"), to_columns.join("+")),
        status,
        confidence,
    }
}
