//! The two demo data sources, generated from a fixed seed: the same bytes on every machine.
//!
//! `fulfillment` is a warehouse with orders, deliveries, movements and a daily stock ledger; `cinema` is a film
//! catalogue with equal-shaped tables per country. Both hold what real databases hold: undeclared keys, orphans,
//! dates kept as text, a reserved word as a column, a table named in Hungarian. [`write_sqlite`] makes files,
//! [`load_postgres`] fills a server; both write what [`fulfillment::dataset`] and [`cinema::dataset`] return.

pub mod cinema;
mod dice;
mod error;
pub mod fulfillment;
pub mod model;
mod postgres;
mod sqlite;

pub use error::DemoError;
pub use model::{Dataset, DemoColumn, DemoForeignKey, DemoTable, DemoType, DemoView};
pub use postgres::{DemoDatabase, load_postgres};
pub use sqlite::{DemoSource, write_sqlite};

/// Raised with every change of the generated data; a file of another version is written anew.
pub const GENERATOR_VERSION: i32 = 1;

/// What the demo asks when nobody asks: (data source, question). One chart over time, one ranking over a join that
/// no foreign key declares, one share of a whole.
pub const QUESTIONS: [(&str, &str); 3] = [
    ("fulfillment", "How many orders were placed each month?"),
    ("fulfillment", "Which 5 companies placed the most orders, and how many did each place?"),
    ("cinema", "What percentage of the movies has each age limit?"),
];

/// Both datasets.
#[must_use]
pub fn datasets() -> Vec<Dataset> {
    vec![fulfillment::dataset(), cinema::dataset()]
}
