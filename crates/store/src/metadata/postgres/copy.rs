//! Moves metadata from a SQLite file into an empty database, whole or not at all, and compares what arrived.

use super::PostgresMetadata;
use crate::SqliteMetadata;
use crate::StoreError;
use datafyme_domain::{ErrorKind, UserId};
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

/// In an order in which each finds what it refers to.
const TABLES: [&str; 19] = [
    "users",
    "data_sources",
    "catalogs",
    "catalog_tables",
    "draft_tables",
    "documentation",
    "documentation_edits",
    "business_terms",
    "relations",
    "conversations",
    "messages",
    "runs",
    "steps",
    "jobs",
    "verified_queries",
    "language_models",
    "model_roles",
    "model_calls",
    "probes",
];

const COLUMNS: &str = "
    SELECT column_name::text, data_type::text FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";

/// Keeps others from beginning to use it meanwhile.
const LOCK: &str = "LOCK TABLE users, data_sources, language_models IN EXCLUSIVE MODE";

const IS_USED: &str = "
    SELECT EXISTS (SELECT 1 FROM data_sources) OR EXISTS (SELECT 1 FROM language_models)
        OR EXISTS (SELECT 1 FROM model_calls) OR EXISTS (SELECT 1 FROM users WHERE id <> $1)";

/// A table that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedTable {
    /// Its name.
    pub name: &'static str,
    /// Rows on both sides.
    pub rows: u64,
    /// Sum over the rows of a hash of each: the same on both sides, in whatever order they are read.
    pub checksum: u64,
}

/// A value of a column of ours.
#[derive(Debug, Clone)]
enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Fraction(Option<f64>),
}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Text(text) => text.hash(state),
            Self::Number(number) => number.hash(state),
            Self::Fraction(fraction) => fraction.map(f64::to_bits).hash(state),
        }
    }
}

/// A column, and how its values are read.
#[derive(Debug)]
struct Column {
    name: String,
    kind: String,
}

macro_rules! cells_of {
    ($name:ident, $row:ty) => {
        fn $name(row: &$row, columns: &[Column]) -> Result<Vec<Cell>, sqlx::Error> {
            let read = |column: &Column| {
                let name = column.name.as_str();
                Ok(match column.kind.as_str() {
                    "bigint" => Cell::Number(row.try_get(name)?),
                    "double precision" => Cell::Fraction(row.try_get(name)?),
                    _ => Cell::Text(row.try_get(name)?),
                })
            };
            columns.iter().map(read).collect()
        }
    };
}

cells_of!(cells_of_sqlite, SqliteRow);
cells_of!(cells_of_postgres, PgRow);

/// Rows counted and summed up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    checksum: u64,
}

impl Sum {
    fn add(&mut self, cells: &[Cell]) {
        let mut hasher = DefaultHasher::new();
        cells.hash(&mut hasher);
        self.rows += 1;
        self.checksum = self.checksum.wrapping_add(hasher.finish());
    }
}

impl PostgresMetadata {
    /// Moves all of `source` here, in one transaction, and compares rows and checksums table by table before it ends.
    /// Secrets move as they are sealed: open this database with the source's vault. Stop what works on the source first.
    ///
    /// # Errors
    /// `Conflict` when this database is in use; `Corrupt` when something arrived otherwise than it left.
    pub async fn move_from(&self, source: &SqliteMetadata) -> Result<Vec<MovedTable>, StoreError> {
        let failed = |error| self.failed("move metadata to", error);
        let mut moment = source.readers().begin().await.map_err(failed)?;
        let mut tx = self.write().await?;
        sqlx::query(LOCK).execute(&mut *tx).await.map_err(failed)?;
        let local = UserId::LOCAL.to_string();
        let is_used: bool = sqlx::query_scalar(IS_USED).bind(local).fetch_one(&mut *tx).await.map_err(failed)?;
        if is_used {
            let text = format!("{} has metadata already: move into an empty database", self.place);
            return Err(StoreError::new(ErrorKind::Conflict, text));
        }
        let mut moved = Vec::new();
        for table in TABLES {
            let columns = columns_of(&mut tx, table).await.map_err(failed)?;
            let left = move_table(&mut moment, &mut tx, table, &columns).await.map_err(failed)?;
            let arrived = sum_of(&mut tx, table, &columns).await.map_err(failed)?;
            if left != arrived {
                let text = format!(
                    "{table} arrived otherwise than it left ({} rows, then {}): nothing was moved",
                    left.rows, arrived.rows
                );
                return Err(StoreError::new(ErrorKind::Corrupt, text));
            }
            moved.push(MovedTable { name: table, rows: arrived.rows, checksum: arrived.checksum });
        }
        self.commit(tx).await?;
        Ok(moved)
    }
}

async fn columns_of(connection: &mut PgConnection, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    let rows = sqlx::query(COLUMNS).bind(table).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(Column { name: row.try_get(0)?, kind: row.try_get(1)? })).collect()
}

fn select(table: &str, columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    format!("SELECT {} FROM {table}", names.join(", "))
}

/// The local user stands on both sides already.
fn insert(table: &str, columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut values = String::new();
    for position in 1..=columns.len() {
        let _ = write!(values, "{}${position}", if position == 1 { "" } else { ", " });
    }
    format!("INSERT INTO {table} ({}) VALUES ({values}) ON CONFLICT DO NOTHING", names.join(", "))
}

async fn move_table(
    from: &mut sqlx::SqliteConnection,
    to: &mut PgConnection,
    table: &str,
    columns: &[Column],
) -> Result<Sum, sqlx::Error> {
    let (select, insert) = (select(table, columns), insert(table, columns));
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(from);
    let mut sum = Sum::default();
    while let Some(row) = rows.try_next().await? {
        let cells = cells_of_sqlite(&row, columns)?;
        sum.add(&cells);
        let mut query = sqlx::query(AssertSqlSafe(insert.clone()));
        for cell in cells {
            query = match cell {
                Cell::Text(text) => query.bind(text),
                Cell::Number(number) => query.bind(number),
                Cell::Fraction(fraction) => query.bind(fraction),
            };
        }
        query.execute(&mut *to).await?;
    }
    Ok(sum)
}

async fn sum_of(connection: &mut PgConnection, table: &str, columns: &[Column]) -> Result<Sum, sqlx::Error> {
    let mut rows = sqlx::query(AssertSqlSafe(select(table, columns))).fetch(connection);
    let mut sum = Sum::default();
    while let Some(row) = rows.try_next().await? {
        sum.add(&cells_of_postgres(&row, columns)?);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_moved() {
        let migration = include_str!("../../../migrations/postgres/0004_first.sql");
        let made = migration.lines().filter_map(|line| line.strip_prefix("CREATE TABLE ")?.strip_suffix(" ("));
        let mut made: Vec<&str> = made.filter(|table| *table != "vaults").collect();
        let mut moved = TABLES.to_vec();
        made.sort_unstable();
        moved.sort_unstable();
        assert_eq!(moved, made);
    }

    #[test]
    fn a_checksum_sees_every_value_and_no_order() {
        let row = |text: &str, number| vec![Cell::Text(Some(text.to_owned())), Cell::Number(number)];
        let sum = |rows: &[Vec<Cell>]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum
        };
        let (a, b) = (row("a", Some(1)), row("b", None));
        assert_eq!(sum(&[a.clone(), b.clone()]), sum(&[b.clone(), a.clone()]));
        assert_ne!(sum(&[a.clone(), b]), sum(&[a, row("b", Some(0))]));
    }
}
