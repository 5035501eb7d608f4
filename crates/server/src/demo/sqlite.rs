use super::{Dataset, DemoError, DemoTable, DemoType, GENERATOR_VERSION, datasets};
use datafyme_domain::{Dialect, Value};
use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value as SqlValue};
use std::path::{Path, PathBuf};

/// Marks a file as ours in SQLite's header (`PRAGMA application_id`): "dfym".
const APPLICATION_ID: i32 = 0x6466_796d;

/// A demo data source in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSource {
    /// `fulfillment` or `cinema`.
    pub name: &'static str,
    /// The SQLite file.
    pub path: PathBuf,
}

/// Writes both demo data sources into `dir` as `<name>.sqlite`, making the directory. A file that this version of the
/// generator wrote already is left alone; a half-written one is never seen, since files appear by rename.
///
/// # Errors
/// When the directory or a file cannot be written.
pub fn write_sqlite(dir: &Path) -> Result<Vec<DemoSource>, DemoError> {
    std::fs::create_dir_all(dir).map_err(|source| DemoError::File { path: dir.to_owned(), source })?;
    let names = ["fulfillment", "cinema"];
    let sources = names.map(|name| DemoSource { name, path: dir.join(format!("{name}.sqlite")) });
    if !sources.iter().all(|s| is_current(&s.path)) {
        for dataset in datasets() {
            write_file(&dataset, &dir.join(format!("{}.sqlite", dataset.name)))?;
        }
    }
    Ok(sources.to_vec())
}

/// Whether this version of the generator wrote the file to its end.
fn is_current(path: &Path) -> bool {
    let pragma = |name: &str| -> rusqlite::Result<i32> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(path, flags)?.pragma_query_value(None, name, |row| row.get(0))
    };
    path.is_file()
        && pragma("application_id").is_ok_and(|id| id == APPLICATION_ID)
        && pragma("user_version").is_ok_and(|version| version == GENERATOR_VERSION)
}

fn write_file(dataset: &Dataset, path: &Path) -> Result<(), DemoError> {
    let temporary = path.with_extension(format!("sqlite.{}.tmp", std::process::id()));
    let file_error = |source| DemoError::File { path: path.to_owned(), source };
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file_error(error)),
        _ => {}
    }
    let written = fill(dataset, &temporary).map_err(|source| DemoError::Sqlite { path: path.to_owned(), source });
    let renamed = written.and_then(|()| {
        std::fs::File::open(&temporary)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&temporary, path))
            .map_err(file_error)
    });
    if renamed.is_err() {
        // The first failure is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    renamed
}

fn fill(dataset: &Dataset, path: &Path) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    // Nobody sees the file before it is complete: no journal, no waiting for the disk on the way.
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let transaction = connection.transaction()?;
    for table in &dataset.tables {
        transaction.execute_batch(&create_table(table))?;
        insert_rows(&transaction, table)?;
    }
    for view in &dataset.views {
        let name = Dialect::Sqlite.quote_if_needed(view.name);
        transaction.execute_batch(&format!("CREATE VIEW {name} AS {}", view.query))?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", GENERATOR_VERSION)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

fn create_table(table: &DemoTable) -> String {
    let quote = |name| Dialect::Sqlite.quote_if_needed(name);
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let sql_type = match column.demo_type {
                DemoType::Text => "TEXT",
                DemoType::Integer => "INTEGER",
                DemoType::Decimal => "REAL",
                DemoType::Date => "DATE",
            };
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {sql_type}{null}", quote(column.name))
        })
        .collect();
    if !table.primary_key.is_empty() {
        let columns: Vec<_> = table.primary_key.iter().map(|c| quote(c)).collect();
        parts.push(format!("PRIMARY KEY ({})", columns.join(", ")));
    }
    parts.extend(table.foreign_keys.iter().map(|key| {
        format!("FOREIGN KEY ({}) REFERENCES {} ({})", quote(key.column), quote(key.to_table), quote(key.to_column))
    }));
    format!("CREATE TABLE {} (\n  {}\n)", quote(table.name), parts.join(",\n  "))
}

fn insert_rows(connection: &Connection, table: &DemoTable) -> rusqlite::Result<()> {
    let marks = vec!["?"; table.columns.len()].join(", ");
    let name = Dialect::Sqlite.quote_if_needed(table.name);
    let mut statement = connection.prepare(&format!("INSERT INTO {name} VALUES ({marks})"))?;
    for row in &table.rows {
        statement.execute(params_from_iter(row.iter().map(to_sql)))?;
    }
    Ok(())
}

fn to_sql(value: &Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Int(number) => SqlValue::Integer(*number),
        Value::Decimal(_) => value.as_f64().map_or(SqlValue::Null, SqlValue::Real),
        other => SqlValue::Text(other.to_string()),
    }
}
