//! The databases, and the disguises in which they are measured.

use super::{
    RelationOptions,
    truth::{self, Truth, Verdict},
};
use crate::eval::{EvalOptions, Progress};
use datafyme_agent::AgentError;
use datafyme_connect::{Connector, ProfileBudget, Scope};
use datafyme_domain::{Catalog, Relation, TableRef};
use futures::{FutureExt, StreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A schema to look for relations in.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    /// Database, or the databases joined by `+`.
    pub(super) name: String,
    /// Without declared foreign keys.
    pub(super) catalog: Catalog,
    /// Absent where the catalog is disguised: it is not what the database holds.
    pub(super) connector: Option<Arc<dyn Connector>>,
    /// Introspection and profiling.
    pub(super) loading: Duration,
    /// Where disguised tables come from.
    origins: HashMap<TableRef, Origin>,
}

#[derive(Debug, Clone)]
struct Origin {
    db: String,
    table: TableRef,
    /// Disguised column → column.
    columns: HashMap<String, String>,
}

impl Schema {
    /// The database of a relation, and the relation in its own words; `None` across databases, which no truth knows.
    pub(super) fn original(&self, relation: &Relation) -> Option<(String, Relation)> {
        let (from, to) = (self.origins.get(&relation.from_table)?, self.origins.get(&relation.to_table)?);
        let named = |origin: &Origin, columns: &[String]| -> Vec<String> {
            columns.iter().map(|c| origin.columns.get(c).unwrap_or(c).clone()).collect()
        };
        let mut original = relation.clone();
        original.from_columns = named(from, &relation.from_columns);
        original.to_columns = named(to, &relation.to_columns);
        original.from_table = from.table.clone();
        original.to_table = to.table.clone();
        if from.db != to.db {
            // Counts as wrong where it was found.
            original.to_table.table = format!("{}.{}", to.db, to.table.table);
        }
        Some((from.db.clone(), original))
    }

    /// How true a relation of this schema is.
    pub(super) fn verdict(&self, truth: &Truth, from: (&TableRef, &[String]), to: (&TableRef, &[String])) -> Verdict {
        let (Some(child), Some(parent)) = (self.origins.get(from.0), self.origins.get(to.0)) else {
            return Verdict::Wrong;
        };
        if child.db != parent.db {
            return Verdict::Wrong;
        }
        let named = |origin: &Origin, columns: &[String]| -> Vec<String> {
            columns.iter().map(|c| origin.columns.get(c).unwrap_or(c).clone()).collect()
        };
        let key = truth::key(&child.table.table, &named(child, from.1), &parent.table.table, &named(parent, to.1));
        truth.verdict(&child.db, &key)
    }

    /// Database, table and columns behind a disguise.
    pub(super) fn names(&self, table: &TableRef, columns: &[String]) -> Vec<String> {
        let Some(origin) = self.origins.get(table) else { return Vec::new() };
        let columns = columns.iter().map(|c| origin.columns.get(c).unwrap_or(c).clone());
        [origin.db.clone(), origin.table.table.clone()].into_iter().chain(columns).collect()
    }

    /// Without rows.
    pub(super) fn without_rows(&self) -> Self {
        let mut schema = self.clone();
        schema.connector = None;
        for table in &mut schema.catalog.tables {
            table.profile = None;
            table.row_estimate = None;
        }
        schema
    }

    /// Without declared primary and unique keys.
    pub(super) fn without_keys(&self) -> Self {
        let mut schema = self.clone();
        schema.connector = None;
        for table in &mut schema.catalog.tables {
            table.primary_key.clear();
            table.unique_keys.clear();
        }
        schema
    }

    /// Primary keys of one column renamed to `id`, as many frameworks name them.
    pub(super) fn with_keys_named_id(&self) -> Self {
        const ID: &str = "id";
        let mut schema = self.clone();
        schema.connector = None;
        for table in &mut schema.catalog.tables {
            let [key] = table.primary_key.as_slice() else { continue };
            let (old, taken) = (key.clone(), table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(ID)));
            if taken {
                continue;
            }
            let renamed = |column: &mut String| {
                if *column == old {
                    ID.clone_into(column);
                }
            };
            table.columns.iter_mut().for_each(|c| renamed(&mut c.name));
            table.primary_key.iter_mut().chain(table.unique_keys.iter_mut().flatten()).for_each(renamed);
            if let Some(profile) = &mut table.profile {
                profile.columns.iter_mut().for_each(|c| renamed(&mut c.column));
            }
            if let Some(origin) = schema.origins.get_mut(&table.name) {
                origin.columns.insert(ID.to_owned(), old);
            }
        }
        schema
    }

    /// Tables renamed to `t1`, `t2`, columns to `c1`, `c2`.
    pub(super) fn anonymous(&self) -> Self {
        let mut schema = self.clone();
        schema.connector = None;
        schema.origins.clear();
        for (number, table) in schema.catalog.tables.iter_mut().enumerate() {
            let name = TableRef { schema: None, table: format!("t{}", number + 1) };
            let names: HashMap<String, String> =
                table.columns.iter().enumerate().map(|(i, c)| (c.name.clone(), format!("c{}", i + 1))).collect();
            let renamed = |column: &mut String| {
                if let Some(new) = names.get(column) {
                    column.clone_from(new);
                }
            };
            table.columns.iter_mut().for_each(|c| {
                renamed(&mut c.name);
                c.comment = None;
            });
            table.primary_key.iter_mut().chain(table.unique_keys.iter_mut().flatten()).for_each(renamed);
            if let Some(profile) = &mut table.profile {
                profile.columns.iter_mut().for_each(|c| renamed(&mut c.column));
            }
            table.comment = None;
            if let Some(mut origin) = self.origins.get(&table.name).cloned() {
                origin.columns = names.into_iter().map(|(old, new)| (new, old)).collect();
                schema.origins.insert(name.clone(), origin);
            }
            table.name = name;
        }
        schema
    }

    /// One schema of several; the caller sees to it that no table name comes twice.
    fn merged(schemas: Vec<Self>) -> Option<Self> {
        let mut schemas = schemas.into_iter();
        let mut merged = schemas.next()?;
        merged.connector = None;
        for schema in schemas {
            merged.name = format!("{}+{}", merged.name, schema.name);
            merged.catalog.tables.extend(schema.catalog.tables);
            merged.loading += schema.loading;
            merged.origins.extend(schema.origins);
        }
        Some(merged)
    }

    fn table_names(&self) -> BTreeSet<String> {
        self.catalog.tables.iter().map(|t| t.name.table.to_lowercase()).collect()
    }
}

/// What could be read.
pub(super) struct Loaded {
    pub(super) schemas: Vec<Schema>,
    pub(super) failed: Vec<String>,
}

/// Introspects and profiles the databases; their declared foreign keys are gone.
pub(super) async fn load(
    names: impl Iterator<Item = &String>,
    options: &EvalOptions,
    progress: Progress<'_>,
) -> Loaded {
    let done = AtomicU64::new(0);
    let shared = Arc::new(options.clone());
    let mut read: Vec<(String, Result<Schema, String>)> = stream::iter(names.cloned().collect::<Vec<_>>())
        .map(|db| {
            let task = tokio::spawn(read(db.clone(), Arc::clone(&shared)));
            let done = &done;
            async move {
                let schema = task.await.unwrap_or_else(|_| Err("hit a defect".to_owned()));
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                (db, schema)
            }
        })
        .buffer_unordered(options.jobs.max(1))
        .collect()
        .await;
    read.sort_by(|a, b| a.0.cmp(&b.0));
    let mut loaded = Loaded { schemas: Vec::new(), failed: Vec::new() };
    for (db, schema) in read {
        match schema {
            Ok(schema) => loaded.schemas.push(schema),
            Err(cause) => loaded.failed.push(format!("{db}: {cause}")),
        }
    }
    loaded
}

async fn read(db: String, options: Arc<EvalOptions>) -> Result<Schema, String> {
    match AssertUnwindSafe(read_unguarded(&db, &options)).catch_unwind().await {
        Ok(outcome) => outcome.map_err(|e| e.to_string()),
        Err(_) => Err("hit a defect".to_owned()),
    }
}

async fn read_unguarded(db: &str, options: &EvalOptions) -> Result<Schema, AgentError> {
    let started = Instant::now();
    let connector: Arc<dyn Connector> = datafyme_connect::open(&options.databases.url(db)?)?;
    let mut catalog = connector.introspect(&Scope::default()).await?;
    let budget = ProfileBudget::default();
    let mut origins = HashMap::new();
    for table in &mut catalog.tables {
        table.foreign_keys.clear();
        table.profile = connector.profile(table, &budget).await.ok();
        let origin = Origin { db: db.to_owned(), table: table.name.clone(), columns: HashMap::new() };
        origins.insert(table.name.clone(), origin);
    }
    Ok(Schema { name: db.to_owned(), catalog, connector: Some(connector), loading: started.elapsed(), origins })
}

/// The schemas as they are measured, by fold.
pub(super) fn disguised(schemas: Vec<Schema>, how: &RelationOptions, folds: usize) -> Vec<(usize, Vec<Schema>)> {
    let of = self::folds(schemas.iter().map(|s| s.name.as_str()), folds);
    let mut by_fold: BTreeMap<usize, Vec<Schema>> = BTreeMap::new();
    for schema in schemas {
        by_fold.entry(of.get(&schema.name).copied().unwrap_or(0)).or_default().push(schema);
    }
    by_fold
        .into_iter()
        .map(|(fold, mut schemas)| {
            if let Some(size) = how.merge {
                schemas = merged(schemas, size);
            }
            if how.no_rows {
                schemas = schemas.iter().map(Schema::without_rows).collect();
            }
            if how.anonymise {
                schemas = schemas.iter().map(Schema::anonymous).collect();
            }
            (fold, schemas)
        })
        .collect()
}

/// Groups of `size` databases without a table name in common, as far as there are such.
fn merged(schemas: Vec<Schema>, size: usize) -> Vec<Schema> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Schema>)> = Vec::new();
    for schema in schemas {
        let names = schema.table_names();
        match groups.iter_mut().find(|(used, group)| group.len() < size && used.is_disjoint(&names)) {
            Some((used, group)) => {
                used.extend(names);
                group.push(schema);
            }
            None => groups.push((names, vec![schema])),
        }
    }
    groups.into_iter().filter_map(|(_, group)| Schema::merged(group)).collect()
}

/// The fold of each database: dealt out in the order of a hash of their names.
pub(super) fn folds<'a>(names: impl Iterator<Item = &'a str>, folds: usize) -> HashMap<String, usize> {
    let hash = |name: &str| {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        hasher.finish()
    };
    let mut names: Vec<&str> = names.collect();
    names.sort_by_key(|n| (hash(n), *n));
    names.into_iter().enumerate().map(|(i, n)| (n.to_owned(), i % folds.max(1))).collect()
}
