use super::{Dataset, DemoError, DemoTable, DemoType, GENERATOR_VERSION, datasets};
use datafyme_domain::{Dialect, Value};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, raw_sql};
use std::fmt::Write;
use std::str::FromStr;

/// Bytes of one COPY message.
const CHUNK: usize = 256 * 1024;

/// A demo data source on a PostgreSQL server.
#[derive(Clone, PartialEq, Eq)]
pub struct DemoDatabase {
    /// `fulfillment` or `cinema`.
    pub name: &'static str,
    /// Where it is, credentials included.
    pub url: String,
}

/// Without the URL: it holds the password.
impl std::fmt::Debug for DemoDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoDatabase").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Makes the databases `fulfillment` and `cinema` on the server that `url` names and fills each in one transaction:
/// schemas, tables, keys, comments, rows, statistics, and a search path by which unqualified names work. A database
/// that this version of the generator filled already is left alone; with `force` the demo's schemas are made anew,
/// also in a database that holds other things.
///
/// # Errors
/// When the URL is none, the server cannot be reached, the user may not create databases, or a database of that name
/// has tables that are not ours and `force` is off.
pub async fn load_postgres(url: &str, force: bool) -> Result<Vec<DemoDatabase>, DemoError> {
    let parsed = url::Url::parse(url).map_err(|error| DemoError::Url(error.to_string()))?;
    if !matches!(parsed.scheme(), "postgres" | "postgresql") {
        return Err(DemoError::Url(format!("its scheme is {}", parsed.scheme())));
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| DemoError::Url(error.to_string()))?;
    let mut loaded = Vec::new();
    for dataset in datasets() {
        load(&dataset, &options, force).await?;
        let mut url = parsed.clone();
        url.set_path(dataset.name);
        loaded.push(DemoDatabase { name: dataset.name, url: url.to_string() });
    }
    Ok(loaded)
}

async fn load(dataset: &Dataset, options: &PgConnectOptions, force: bool) -> Result<(), DemoError> {
    create_database(dataset.name, options).await?;
    let mut connection = connect(&options.clone().database(dataset.name)).await?;
    let failed = |error: sqlx::Error| DemoError::Load { database: dataset.name.to_owned(), cause: error.to_string() };
    if !force {
        let (tables, comment) = look(&mut connection).await.map_err(failed)?;
        if tables > 0 && comment.as_deref() == Some(marker().as_str()) {
            return Ok(());
        }
        if tables > 0 {
            return Err(DemoError::Occupied { database: dataset.name.to_owned(), tables });
        }
    }
    fill(dataset, &mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// What a finished database says of itself.
fn marker() -> String {
    format!("Datafyme demo data, generator version {GENERATOR_VERSION}")
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, DemoError> {
    PgConnection::connect_with(options).await.map_err(|error| DemoError::Connect {
        server: format!("{}:{}", options.get_host(), options.get_port()),
        // Class 28: invalid authorisation.
        refused: code(&error).is_some_and(|code| code.starts_with("28")),
        cause: error.to_string(),
    })
}

/// The SQLSTATE, where the server gave one.
fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

async fn create_database(name: &'static str, options: &PgConnectOptions) -> Result<(), DemoError> {
    let mut connection = connect(options).await?;
    let failed = |error: sqlx::Error| match code(&error).as_deref() {
        Some("42501") => DemoError::NotPermitted { user: options.get_username().to_owned(), database: name.to_owned() },
        _ => DemoError::Load { database: name.to_owned(), cause: error.to_string() },
    };
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .map_err(failed)?;
    if !exists {
        let create = format!("CREATE DATABASE {}", Dialect::Postgres.quote(name));
        run(&mut connection, &create).await.map_err(failed)?;
    }
    connection.close().await.map_err(failed)
}

/// Tables outside the system's schemas, and the comment of the database.
async fn look(connection: &mut PgConnection) -> Result<(i64, Option<String>), sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')), \
         (SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database())",
    )
    .fetch_one(connection)
    .await
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    // Names and comments are the generator's own, quoted.
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(|_| ())
}

async fn fill(dataset: &Dataset, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    run(&mut transaction, &definitions(dataset)).await?;
    for table in &dataset.tables {
        let name = qualified(table.schema, table.name);
        let mut copy = transaction.copy_in_raw(&format!("COPY {name} FROM STDIN")).await?;
        let mut lines = String::with_capacity(CHUNK + 1024);
        for row in &table.rows {
            write_line(&mut lines, row);
            if lines.len() >= CHUNK {
                copy.send(lines.as_bytes()).await?;
                lines.clear();
            }
        }
        copy.send(lines.as_bytes()).await?;
        copy.finish().await?;
    }
    run(&mut transaction, &finish(dataset)).await?;
    transaction.commit().await
}

/// Schemas, tables and views, with their comments.
fn definitions(dataset: &Dataset) -> String {
    let quote = |name: &str| Dialect::Postgres.quote(name);
    let mut sql = String::new();
    for schema in &dataset.schemas {
        let schema = quote(schema);
        // Writing to a string cannot fail.
        let _ = writeln!(sql, "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};");
    }
    for table in &dataset.tables {
        let _ = writeln!(sql, "{};", create_table(table));
        let name = qualified(table.schema, table.name);
        if let Some(comment) = table.comment {
            let _ = writeln!(sql, "COMMENT ON TABLE {name} IS {};", literal(comment));
        }
        for column in &table.columns {
            if let Some(comment) = column.comment {
                let column = quote(column.name);
                let _ = writeln!(sql, "COMMENT ON COLUMN {name}.{column} IS {};", literal(comment));
            }
        }
    }
    for view in &dataset.views {
        let name = qualified(view.schema, view.name);
        let _ = writeln!(sql, "SET LOCAL search_path TO {};", quote(view.schema));
        let _ = writeln!(sql, "CREATE VIEW {name} AS {};", view.query);
        let _ = writeln!(sql, "COMMENT ON VIEW {name} IS {};", literal(view.comment));
    }
    sql
}

fn create_table(table: &DemoTable) -> String {
    let quote = |name: &str| Dialect::Postgres.quote(name);
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let sql_type = match column.demo_type {
                DemoType::Text => "text",
                DemoType::Integer => "bigint",
                DemoType::Decimal => "numeric(12, 2)",
                DemoType::Date => "date",
            };
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {sql_type}{null}", quote(column.name))
        })
        .collect();
    if !table.primary_key.is_empty() {
        let columns: Vec<String> = table.primary_key.iter().map(|c| quote(c)).collect();
        parts.push(format!("PRIMARY KEY ({})", columns.join(", ")));
    }
    parts.extend(table.foreign_keys.iter().map(|key| {
        let to = qualified(key.to_schema, key.to_table);
        format!("FOREIGN KEY ({}) REFERENCES {to} ({})", quote(key.column), quote(key.to_column))
    }));
    format!("CREATE TABLE {} ({})", qualified(table.schema, table.name), parts.join(", "))
}

/// Statistics, the search path, and the mark of completeness.
fn finish(dataset: &Dataset) -> String {
    let database = Dialect::Postgres.quote(dataset.name);
    let schemas: Vec<String> = dataset.schemas.iter().map(|s| Dialect::Postgres.quote(s)).collect();
    let tables: Vec<String> = dataset.tables.iter().map(|t| qualified(t.schema, t.name)).collect();
    format!(
        "ANALYZE {}; ALTER DATABASE {database} SET search_path TO {}, public; COMMENT ON DATABASE {database} IS {};",
        tables.join(", "),
        schemas.join(", "),
        literal(&marker()),
    )
}

fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", Dialect::Postgres.quote(schema), Dialect::Postgres.quote(name))
}

fn literal(text: &str) -> String {
    Dialect::Postgres.literal(text)
}

/// One row in COPY's text format.
fn write_line(lines: &mut String, row: &[Value]) {
    for (i, value) in row.iter().enumerate() {
        if i > 0 {
            lines.push('\t');
        }
        if value.is_null() {
            lines.push_str("\\N");
            continue;
        }
        for c in value.to_string().chars() {
            match c {
                '\\' => lines.push_str("\\\\"),
                '\t' => lines.push_str("\\t"),
                '\n' => lines.push_str("\\n"),
                '\r' => lines.push_str("\\r"),
                c => lines.push(c),
            }
        }
    }
    lines.push('\n');
}
