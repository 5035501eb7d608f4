//! Statements over the subset that SQLite and PostgreSQL share, and how their rows read: for aggregates whose access each
//! back end writes by itself. Those that are the same to the last letter stand in [`super::sqlite`]'s `sql/` files.

pub(super) mod conversations;
pub(super) mod runs;
