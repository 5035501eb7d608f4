//! What every connector must do: a suite that each connector's tests run over the real engine, one named test a case.
//!
//! Test code in a library, so that a connector in another crate can be held to it too: it panics where a claim does
//! not hold. [`connector_conformance!`](crate::connector_conformance) emits the tests; a [`Fixture`] makes the
//! databases; [`postgres_server`] gives the PostgreSQL server that all tests of a process share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

mod postgres_server;
pub mod profiles;
pub mod queries;
pub mod structure;

pub use postgres_server::{PostgresFixture, postgres_server};

use crate::{AllowedTables, ConnectError, Connector, QueryLimits, RowStream, Scope, SourceUrl, guard, open};
use async_trait::async_trait;
use datafyme_domain::{Catalog, RowSet, Table};
use std::{sync::Arc, time::Duration};

/// Makes and changes databases of one kind, by a way of its own that may write.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// A fresh database after these statements.
    async fn database(&self, setup: &str) -> SourceUrl;
    /// Runs statements in a database that was made here.
    async fn execute(&self, url: &SourceUrl, sql: &str);
}

/// Emits one test for each case; `$fixture` makes a fixture from the case's name, or `None` to skip it.
#[macro_export]
macro_rules! connector_conformance {
    ($fixture:expr) => {
        $crate::connector_conformance! { $fixture =>
            structure::awkward_names_are_read_as_they_are
            structure::composite_keys_come_in_key_order
            structure::views_are_listed_with_their_columns
            structure::unique_keys_and_nullability_are_known
            structure::an_empty_database_has_an_empty_catalog
            structure::many_tables_are_introspected_in_a_blink
            structure::a_ping_tells_the_version
            queries::awkward_names_can_be_queried
            queries::duplicate_column_names_are_preserved
            queries::a_row_cap_truncates_and_says_so
            queries::a_byte_cap_truncates_and_says_so
            queries::the_caps_leave_the_limits_of_the_query_alone
            queries::an_empty_result_has_its_columns
            queries::nulls_and_texts_come_as_they_are
            queries::comments_and_semicolons_at_the_end_do_no_harm
            queries::a_query_over_its_timeout_ends_in_time
            queries::a_running_query_can_be_cancelled
            queries::cancelling_what_does_not_run_does_nothing
            queries::dropping_the_stream_ends_the_query
            queries::more_queries_than_connections_all_get_their_turn
            queries::a_dropped_table_fails_with_the_databases_words
            queries::an_unknown_column_fails_with_the_databases_words
            queries::an_error_among_the_rows_ends_the_stream_with_it
            queries::a_plan_proves_that_a_query_compiles
            profiles::statistics_are_exact_on_small_tables
            profiles::an_empty_table_has_an_empty_profile
            profiles::a_large_table_is_sampled
            profiles::the_state_of_the_rows_changes_with_every_write_and_only_then
            profiles::awkward_names_are_profiled
            profiles::a_view_is_profiled_like_a_table
            profiles::a_dropped_table_cannot_be_profiled
            profiles::a_profile_keeps_to_its_time
        }
    };
    ($fixture:expr => $($module:ident :: $case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let Some(fixture) = $fixture(stringify!($case)) else {
                return;
            };
            $crate::conformance::$module::$case(&fixture).await;
        }
    )+};
}

/// A connector on a fresh database, with its catalog.
pub async fn opened(fixture: &dyn Fixture, setup: &str) -> (SourceUrl, Arc<dyn Connector>, Catalog) {
    let url = fixture.database(setup).await;
    let connector = open(&url).expect("the fixture's URL opens");
    let catalog = connector.introspect(&Scope::default()).await.expect("the database is introspected");
    (url, connector, catalog)
}

pub fn limits() -> QueryLimits {
    QueryLimits::new(Duration::from_secs(20), 10_000, 64 << 20)
}

/// Checks `sql` against the catalog and runs it.
pub async fn start(
    connector: &dyn Connector,
    catalog: &Catalog,
    sql: &str,
    limits: &QueryLimits,
) -> Result<RowStream, ConnectError> {
    let checked = guard::check(sql, connector.dialect(), &AllowedTables::of_catalog(catalog))?;
    connector.query(&checked, limits).await
}

/// All rows of `sql`.
pub async fn rows(
    connector: &dyn Connector,
    catalog: &Catalog,
    sql: &str,
    limits: &QueryLimits,
) -> Result<RowSet, ConnectError> {
    start(connector, catalog, sql, limits).await?.collect().await
}

/// The table of that bare name.
pub fn table<'c>(catalog: &'c Catalog, name: &str) -> &'c Table {
    let found = catalog.tables.iter().find(|t| t.name.table == name);
    found.unwrap_or_else(|| {
        panic!("{name} is not among {:?}", catalog.tables.iter().map(|t| &t.name).collect::<Vec<_>>())
    })
}

/// A query that runs for hours.
pub const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 1000 + 1 FROM n) SELECT count(*) FROM n";
