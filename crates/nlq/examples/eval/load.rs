//! A SQLite file as a catalog with profiles, declared keys as relations; and the callback that tries candidates.

use crate::Database;
use datafyme_domain::{
    Cardinality, Catalog, Column, ColumnProfile, ColumnType, DataSourceId, Dialect, Relation, RelationEvidence,
    RelationId, RelationKind, RowSet, RowSetColumn, Table, TableKind, TableProfile, TableRef, Value,
};
use datafyme_nlq::{CatalogIndex, Knowledge, Trial, TrialOutcome};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::path::Path;

pub(crate) fn open(path: &Path) -> Database {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    connection.set_prepared_statement_cache_capacity(0);
    // One transaction for all trials: no lock on the file for each of them.
    connection.execute_batch("BEGIN").unwrap();
    let catalog = catalog(&connection);
    let mut relations = relations(&connection, &catalog);
    if std::env::var("INFER").is_ok() {
        infer(&connection, &catalog, &mut relations);
    }
    let index = CatalogIndex::build(Knowledge { catalog: &catalog, relations: &relations, documentation: &[] });
    Database { index, connection }
}

fn quote(name: &str) -> String {
    Dialect::Sqlite.quote(name)
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let Ok(mut statement) = connection.prepare(sql) else {
        return Vec::new();
    };
    let rows = statement.query_map([], |r| {
        Ok(match r.get_ref(0)? {
            ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
            ValueRef::Integer(n) => n.to_string(),
            ValueRef::Real(n) => n.to_string(),
            _ => String::new(),
        })
    });
    rows.map(|r| r.filter_map(Result::ok).collect()).unwrap_or_default()
}

fn catalog(connection: &Connection) -> Catalog {
    let names =
        texts(connection, "SELECT name FROM sqlite_master WHERE type IN ('table','view') AND name NOT LIKE 'sqlite%'");
    let views = texts(connection, "SELECT name FROM sqlite_master WHERE type = 'view'");
    let mut tables: Vec<Table> = names.iter().map(|n| table(connection, n)).collect();
    for table in tables.iter_mut().filter(|t| views.contains(&t.name.table)) {
        table.kind = TableKind::View;
    }
    Catalog { dialect: Dialect::Sqlite, tables }
}

fn table(connection: &Connection, name: &str) -> Table {
    let mut statement = connection.prepare(&format!("PRAGMA table_info({})", quote(name))).unwrap();
    let described: Vec<(String, String, bool, i64)> = statement
        .query_map([], |r| Ok((r.get(1)?, r.get::<_, Option<String>>(2)?.unwrap_or_default(), r.get(3)?, r.get(5)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let rows: u64 =
        connection.query_row(&format!("SELECT count(*) FROM {}", quote(name)), [], |r| r.get(0)).unwrap_or(0);
    let mut key: Vec<(i64, String)> = described.iter().filter(|d| d.3 > 0).map(|d| (d.3, d.0.clone())).collect();
    key.sort();
    let mut columns = Vec::new();
    let mut profiles = Vec::new();
    for (column, declared, not_null, _) in &described {
        let column_type = column_type(declared);
        profiles.push(profile(connection, name, column, column_type, rows));
        columns.push(Column {
            name: column.clone(),
            column_type,
            declared_type: declared.clone(),
            nullable: !not_null,
            default: None,
            comment: None,
            enum_values: Vec::new(),
        });
    }
    Table {
        name: TableRef::bare(name),
        kind: TableKind::Table,
        comment: None,
        columns,
        primary_key: key.into_iter().map(|k| k.1).collect(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: Some(rows),
        partitions: None,
        profile: Some(TableProfile { row_count: Some(rows), columns: profiles, ..TableProfile::default() }),
    }
}

fn column_type(declared: &str) -> ColumnType {
    let t = declared.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|w| t.contains(w));
    if has(&["BOOL"]) {
        ColumnType::Boolean
    } else if has(&["INT"]) {
        ColumnType::Integer
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        ColumnType::Float
    } else if has(&["DEC", "NUM"]) {
        ColumnType::Decimal
    } else if has(&["TIMESTAMP", "DATETIME"]) {
        ColumnType::Timestamp
    } else if has(&["DATE"]) {
        ColumnType::Date
    } else {
        ColumnType::Text
    }
}

fn profile(connection: &Connection, table: &str, column: &str, column_type: ColumnType, rows: u64) -> ColumnProfile {
    let (t, c) = (quote(table), quote(column));
    let (distinct, non_null): (u64, u64) = connection
        .query_row(&format!("SELECT count(DISTINCT {c}), count({c}) FROM {t}"), [], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap_or((0, 0));
    let numeric = column_type.is_numeric();
    let values = if numeric
        && texts(connection, &format!("SELECT {c} FROM {t} WHERE typeof({c}) = 'text' LIMIT 1")).is_empty()
    {
        Vec::new()
    } else {
        texts(
            connection,
            &format!("SELECT DISTINCT {c} FROM {t} WHERE {c} IS NOT NULL AND length({c}) <= 80 LIMIT 2000"),
        )
    };
    let edge = |f: &str| -> Value {
        connection.query_row(&format!("SELECT {f}({c}) FROM {t}"), [], |r| Ok(value(r.get_ref(0)?))).unwrap_or_default()
    };
    let all =
        |test: &dyn Fn(&str) -> bool| !values.is_empty() && values.iter().filter(|v| !v.is_empty()).all(|v| test(v));
    let digits = |v: &str, n: usize| {
        v.len() >= n
            && v.bytes().take(n).enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
    };
    let format = if all(&|v| digits(v, 10) && v.len() == 10) {
        Some("%Y-%m-%d")
    } else if all(&|v| digits(v, 10) && v.len() == 19) {
        Some("%Y-%m-%d %H:%M:%S")
    } else {
        None
    };
    ColumnProfile {
        column: column.to_owned(),
        non_null,
        null_share: if rows == 0 { 0.0 } else { 1.0 - non_null as f64 / rows as f64 },
        distinct,
        distinct_capped: false,
        min: edge("min"),
        max: edge("max"),
        top_values: Vec::new(),
        text_date_format: format
            .filter(|_| column_type == ColumnType::Text || column_type.is_temporal())
            .map(str::to_owned),
        text_is_numeric: all(&|v| v.trim().parse::<f64>().is_ok()),
        max_length: None,
        values: values.into_iter().collect(),
        sketch: None,
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Real(n) => Value::Float(n),
        ValueRef::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
        ValueRef::Blob(b) => Value::Bytes(b.to_vec()),
    }
}

fn relations(connection: &Connection, catalog: &Catalog) -> Vec<Relation> {
    let mut found = Vec::new();
    for table in &catalog.tables {
        let mut statement =
            connection.prepare(&format!("PRAGMA foreign_key_list({})", quote(&table.name.table))).unwrap();
        let rows: Vec<(i64, String, String, Option<String>)> = statement
            .query_map([], |r| Ok((r.get(0)?, r.get(2)?, r.get(3)?, r.get(4)?)))
            .unwrap()
            .filter_map(Result::ok)
            .collect();
        let mut ids: Vec<i64> = rows.iter().map(|r| r.0).collect();
        ids.dedup();
        for id in ids {
            let own: Vec<_> = rows.iter().filter(|r| r.0 == id).collect();
            let Some(parent) = catalog.tables.iter().find(|t| t.name.table.eq_ignore_ascii_case(&own[0].1)) else {
                continue;
            };
            let spelled =
                |t: &Table, n: &str| t.columns.iter().find(|c| c.name.eq_ignore_ascii_case(n)).map(|c| c.name.clone());
            let from: Option<Vec<String>> = own.iter().map(|r| spelled(table, &r.2)).collect();
            let to: Option<Vec<String>> = own
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    r.3.clone().or_else(|| parent.primary_key.get(i).cloned()).and_then(|n| spelled(parent, &n))
                })
                .collect();
            let (Some(from_columns), Some(to_columns)) = (from, to) else {
                continue;
            };
            let one = from_columns == table.primary_key;
            found.push(Relation {
                id: RelationId::generate(),
                source_id: DataSourceId::generate(),
                from_table: table.name.clone(),
                from_columns,
                to_table: parent.name.clone(),
                to_columns,
                kind: RelationKind::Declared,
                cardinality: if one { Cardinality::OneToOne } else { Cardinality::ManyToOne },
                confidence: 1.0,
                tier: datafyme_domain::RelationTier::default(),
                role: None,
                condition: None,
                evidence: RelationEvidence::default(),
            });
        }
    }
    found
}

/// Tries candidates on a connection, with a step cap.
pub(crate) struct Try<'a> {
    connection: &'a Connection,
    /// Number of trials so far, and the time that they took in microseconds.
    pub spent: std::cell::Cell<(usize, u128)>,
}

impl<'a> Try<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self { connection, spent: std::cell::Cell::default() }
    }
}

impl Trial for Try<'_> {
    fn run(&self, sql: &str) -> TrialOutcome {
        let began = std::time::Instant::now();
        let outcome = self.execute(sql);
        let (trials, micros) = self.spent.get();
        self.spent.set((trials + 1, micros + began.elapsed().as_micros()));
        outcome
    }
}

impl Try<'_> {
    fn execute(&self, sql: &str) -> TrialOutcome {
        let steps = std::cell::Cell::new(0u32);
        self.connection.progress_handler(
            1000,
            Some(move || {
                steps.set(steps.get() + 1);
                steps.get() > 300
            }),
        );
        let mut statement = match self.connection.prepare(sql) {
            Ok(s) => s,
            Err(e) => return TrialOutcome::Failed(e.to_string()),
        };
        let columns: Vec<RowSetColumn> = statement
            .column_names()
            .iter()
            .map(|n| RowSetColumn { name: (*n).to_owned(), column_type: ColumnType::Other })
            .collect();
        let width = columns.len();
        let mut set = RowSet { columns, rows: Vec::new(), truncated: false };
        let Ok(mut rows) = statement.query([]) else {
            return TrialOutcome::Failed("query".to_owned());
        };
        loop {
            match rows.next() {
                Ok(Some(row)) if set.rows.len() < 200 => {
                    set.rows.push((0..width).map(|i| row.get_ref(i).map(value).unwrap_or_default()).collect());
                }
                Ok(Some(_)) => {
                    set.truncated = true;
                    break;
                }
                Ok(None) => break,
                Err(_) => return TrialOutcome::TimedOut,
            }
        }
        TrialOutcome::Rows(set)
    }
}

/// Undeclared references, crudely: the same key name or a name that begins alike, most values contained.
fn infer(connection: &Connection, catalog: &Catalog, relations: &mut Vec<Relation>) {
    for child in catalog.tables.iter().filter(|t| t.kind == TableKind::Table) {
        for column in &child.columns {
            for parent in catalog.tables.iter().filter(|t| t.name != child.name && t.kind == TableKind::Table) {
                for key in &parent.columns {
                    let profile = parent.profile.as_ref().and_then(|p| p.column(&key.name)).unwrap();
                    let stem = parent.name.table.trim_end_matches('s');
                    let alike = column.name == key.name && key.name != "id" && key.name.ends_with("_id")
                        || key.name == "id" && column.name == format!("{stem}_id")
                        || key.name.ends_with("_id")
                            && column.name.starts_with(key.name.trim_end_matches("id"))
                            && !key.name.starts_with(child.name.table.trim_end_matches('s'));
                    if !alike
                        || !profile.is_unique()
                        || profile.non_null < 2
                        || relations
                            .iter()
                            .any(|r| r.from_table == child.name && r.from_columns == [column.name.clone()])
                    {
                        continue;
                    }
                    let (c, k, p, t) =
                        (quote(&column.name), quote(&key.name), quote(&parent.name.table), quote(&child.name.table));
                    let share: f64 = connection
                        .query_row(
                            &format!("SELECT avg({c} IN (SELECT {k} FROM {p})) FROM {t} WHERE {c} IS NOT NULL"),
                            [],
                            |r| r.get(0),
                        )
                        .unwrap_or(0.0);
                    if share > 0.8 {
                        relations.push(Relation {
                            id: RelationId::generate(),
                            source_id: DataSourceId::generate(),
                            from_table: child.name.clone(),
                            from_columns: vec![column.name.clone()],
                            to_table: parent.name.clone(),
                            to_columns: vec![key.name.clone()],
                            kind: RelationKind::Inferred,
                            cardinality: Cardinality::ManyToOne,
                            confidence: 0.9,
                            tier: datafyme_domain::RelationTier::default(),
                            role: None,
                            condition: None,
                            evidence: RelationEvidence::default(),
                        });
                    }
                }
            }
        }
    }
}
