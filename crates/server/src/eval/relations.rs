//! `eval relations`: what is inferred with the declared keys hidden, against three truths.
//!
//! [`schemas`] loads databases and disguises them, [`truth`] says what is true, [`training`] fits the classifier, out of
//! fold where asked, so that no database is judged by weights that have seen it.

mod dump;
mod report;
mod schemas;
mod training;
mod truth;

pub use report::{Offered, RelationReport, RelationsReport, Score, WithoutRows};

use super::{EvalOptions, Progress, items::RelationItem};
use datafyme_agent::relations::{DiscoverOptions, discover, model::Classifier};
use datafyme_domain::{DataSourceId, Relation};
use schemas::Schema;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use truth::Truth;

/// How relations are measured.
#[derive(Debug, Clone, Default)]
pub struct RelationOptions {
    /// Renames every table and column to `t1`, `c1`.
    pub anonymise: bool,
    /// Makes one schema of that many databases.
    pub merge: Option<usize>,
    /// Hides the rows.
    pub no_rows: bool,
    /// Trains on the other databases, in so many folds; absent: judges with the weights that come with this version.
    pub folds: Option<usize>,
    /// Questions with gold queries, whose joins are true as well.
    pub questions: Option<PathBuf>,
    /// Trains on all databases and writes the weights there.
    pub write_weights: Option<PathBuf>,
    /// Writes every candidate with its features and its truth there.
    pub write_candidates: Option<PathBuf>,
}

/// Why relations cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum RelationsError {
    /// A file cannot be read.
    #[error(transparent)]
    Items(#[from] super::EvalError),
    /// The weights or the candidates cannot be written.
    #[error("cannot write {path}: {cause}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// Measures the databases of `items`.
///
/// # Errors
/// [`RelationsError`]. A database that cannot be read is part of the report.
pub async fn evaluate(
    items: Vec<RelationItem>,
    options: &EvalOptions,
    how: &RelationOptions,
    progress: Progress<'_>,
) -> Result<RelationsReport, RelationsError> {
    let mut declared: BTreeMap<String, Vec<RelationItem>> = BTreeMap::new();
    for item in items {
        declared.entry(item.db.clone()).or_default().push(item);
    }
    let loaded = schemas::load(declared.keys(), options, progress).await;
    let truth = Truth::new(&declared, &loaded.schemas, how.questions.as_deref())?;
    let folds = how.folds.unwrap_or(1).max(1);
    let classifiers = classifiers(&loaded.schemas, &truth, how, folds)?;
    if let Some(path) = &how.write_candidates {
        dump::of_views(&loaded.schemas, &truth, path).map_err(unwritable(path))?;
    }

    let mut report = RelationsReport::new(loaded.schemas.len(), loaded.failed);
    let mut found: BTreeMap<String, Vec<Relation>> = BTreeMap::new();
    for (fold, schemas) in schemas::disguised(loaded.schemas, how, folds) {
        if let Some(path) = &how.write_candidates {
            dump::of_measured(&schemas, fold, &truth, path).map_err(unwritable(path))?;
        }
        let classifier = classifiers.get(fold).cloned().flatten();
        let discovery = DiscoverOptions { use_declared_keys: false, classifier, ..DiscoverOptions::default() };
        for schema in schemas {
            let started = Instant::now();
            let relations = infer(&schema, &discovery).await;
            report.took(&schema.name, schema.loading + started.elapsed(), schema.catalog.tables.len());
            for relation in relations {
                if let Some((db, original)) = schema.original(&relation) {
                    found.entry(db).or_default().push(original);
                }
            }
        }
    }
    for (db, items) in &declared {
        report.count(db, items, found.get(db).map_or(&[][..], Vec::as_slice), &truth);
    }
    report.finish();
    Ok(report)
}

fn unwritable(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> RelationsError {
    let path = path.to_owned();
    move |cause| RelationsError::Unwritable { path, cause }
}

async fn infer(schema: &Schema, options: &DiscoverOptions) -> Vec<Relation> {
    let connector = schema.connector.as_deref();
    discover(&schema.catalog, DataSourceId::generate(), connector, options, &(unwatched as fn(usize, usize))).await
}

fn unwatched(_done: usize, _total: usize) {}

/// One classifier a fold, trained on the others; `None` stands for the one that comes with this version.
fn classifiers(
    schemas: &[Schema],
    truth: &Truth,
    how: &RelationOptions,
    folds: usize,
) -> Result<Vec<Option<Arc<Classifier>>>, RelationsError> {
    if how.folds.is_none() && how.write_weights.is_none() {
        return Ok(vec![None]);
    }
    let examples = training::examples(schemas, truth);
    if let Some(path) = &how.write_weights {
        training::write(&training::fit(&examples, None), path).map_err(unwritable(path))?;
    }
    Ok(match how.folds {
        None => vec![None],
        Some(_) => {
            let of = schemas::folds(schemas.iter().map(|s| s.name.as_str()), folds);
            (0..folds).map(|fold| Some(Arc::new(training::fit(&examples, Some((&of, fold)))))).collect()
        }
    })
}

/// The time of one database, for the report.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DatabaseTime {
    /// Database, or the databases that were merged.
    pub db: String,
    /// Tables.
    pub tables: usize,
    /// Introspection, profiling and discovery, in milliseconds.
    pub ms: u64,
}

impl DatabaseTime {
    fn new(db: &str, tables: usize, took: Duration) -> Self {
        Self { db: db.to_owned(), tables, ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX) }
    }
}
