//! All of the metadata as tables of cells, whichever back end they lie in: what a move, a backup and a restore share.

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgConnection, Row, SqliteConnection};
use std::fmt::Write;

/// In an order in which each finds what it refers to.
pub(super) const TABLES: [&str; 19] = [
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

/// A table that was moved, backed up or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedTable {
    /// Its name.
    pub name: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Sum over the rows of a hash of each: the same in every back end, in whatever order they are read.
    pub checksum: u64,
}

/// A value of a column of ours.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Fraction(Option<f64>),
}

impl Cell {
    /// Its kind, whether there is a value, its length and its bytes.
    fn hash(&self, hasher: &mut Sha256) {
        let mut put = |kind: u8, bytes: Option<&[u8]>| {
            hasher.update([kind, u8::from(bytes.is_some())]);
            if let Some(bytes) = bytes {
                hasher.update((bytes.len() as u64).to_be_bytes());
                hasher.update(bytes);
            }
        };
        match self {
            Self::Text(text) => put(1, text.as_deref().map(str::as_bytes)),
            Self::Number(number) => put(2, number.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice)),
            Self::Fraction(fraction) => {
                put(3, fraction.map(|f| f.to_bits().to_be_bytes()).as_ref().map(<[u8; 8]>::as_slice));
            }
        }
    }
}

/// A column, and how its values are read.
#[derive(Debug)]
pub(super) struct Column {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Fraction,
}

impl Column {
    /// By the name of its type, as either back end has it.
    pub(super) fn new(name: String, of_type: &str) -> Self {
        let kind = match of_type.to_ascii_uppercase().as_str() {
            "BIGINT" | "INTEGER" => Kind::Number,
            "DOUBLE PRECISION" | "REAL" => Kind::Fraction,
            _ => Kind::Text,
        };
        Self { name, kind }
    }
}

/// In an order of their own: later migrations add columns at the end of one back end's tables and amid another's.
pub(super) fn in_order(mut columns: Vec<Column>) -> Vec<Column> {
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    columns
}

/// Rows counted and summed up.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    pub(super) checksum: u64,
}

impl Sum {
    pub(super) fn add(&mut self, cells: &[Cell]) {
        let mut hasher = Sha256::new();
        cells.iter().for_each(|cell| cell.hash(&mut hasher));
        let digest = hasher.finalize();
        let first = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        self.rows += 1;
        self.checksum = self.checksum.wrapping_add(first);
    }

    pub(super) const fn of(&self, name: &'static str) -> MovedTable {
        MovedTable { name, rows: self.rows, checksum: self.checksum }
    }
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

macro_rules! cells_of {
    ($name:ident, $row:ty) => {
        fn $name(row: &$row, columns: &[Column]) -> Result<Vec<Cell>, sqlx::Error> {
            let read = |column: &Column| {
                let name = column.name.as_str();
                Ok(match column.kind {
                    Kind::Number => Cell::Number(row.try_get(name)?),
                    Kind::Fraction => Cell::Fraction(row.try_get(name)?),
                    Kind::Text => Cell::Text(row.try_get(name)?),
                })
            };
            columns.iter().map(read).collect()
        }
    };
}

cells_of!(cells_of_sqlite, SqliteRow);
cells_of!(cells_of_postgres, PgRow);

macro_rules! move_table {
    ($name:ident, $from:ty, $to:ty, $cells_of:ident) => {
        /// Copies the rows of a table; their sum as they left.
        pub(super) async fn $name(
            from: &mut $from,
            to: &mut $to,
            table: &str,
            columns: &[Column],
        ) -> Result<Sum, sqlx::Error> {
            let (select, insert) = (select(table, columns), insert(table, columns));
            let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(from);
            let mut sum = Sum::default();
            while let Some(row) = rows.try_next().await? {
                let cells = $cells_of(&row, columns)?;
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
    };
}

move_table!(move_to_postgres, SqliteConnection, PgConnection, cells_of_sqlite);
move_table!(move_to_sqlite, PgConnection, SqliteConnection, cells_of_postgres);

macro_rules! sum_of {
    ($name:ident, $connection:ty, $cells_of:ident) => {
        /// The sum of a table's rows.
        pub(super) async fn $name(
            connection: &mut $connection,
            table: &str,
            columns: &[Column],
        ) -> Result<Sum, sqlx::Error> {
            let mut rows = sqlx::query(AssertSqlSafe(select(table, columns))).fetch(connection);
            let mut sum = Sum::default();
            while let Some(row) = rows.try_next().await? {
                sum.add(&$cells_of(&row, columns)?);
            }
            Ok(sum)
        }
    };
}

sum_of!(sum_in_postgres, PgConnection, cells_of_postgres);
sum_of!(sum_in_sqlite, SqliteConnection, cells_of_sqlite);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_moved() {
        let migration = include_str!("../../migrations/postgres/0004_first.sql");
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
