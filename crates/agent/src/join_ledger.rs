//! The join ledger: for each join of a query the rows that come in, that find a partner, that are dropped and that are
//! repeated, counted on the data; and whether a figure counts a row more than once. It reads the SQL itself, so it serves
//! queries of the rules and of a model alike.
//!
//! Two rows of different children of one parent have nothing to do with each other, yet a join pairs them (the "fan
//! trap" and "chasm trap" of entity-relationship modelling: Howe, "Data Analysis for Data Base Design", 1983).
//! [`untangle`] adds such children up apart before the query runs; [`count()`] counts what ran.

mod anatomy;
mod counting;
mod repeats;
mod untangling;

pub(crate) use counting::count;
pub(crate) use untangling::untangle;

/// Most joins that are counted for one answer.
const MOST_JOINS: usize = 8;
/// After this long no further count begins; each count is bounded by the trial limits of the workbench as well.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
