//! Relation discovery: which columns join, proven on the data. (Being filled in by the lead at this moment: call
//! [`discover`]; leave this file and its folder alone.)

pub mod affinity;
pub mod assign;
pub mod containment;
pub mod facts;
pub mod score;

use datafyme_connect::Connector;
use datafyme_domain::{Catalog, DataSourceId, Relation};

/// What discovery may use and spend.
#[derive(Debug, Clone)]
pub struct DiscoverOptions {
    /// Take declared foreign keys over as `declared`; off only to measure inference.
    pub use_declared_keys: bool,
    /// Queries that containment checks may send in all.
    pub max_queries: usize,
    /// Child rows looked at per containment check.
    pub max_child_rows: u64,
    /// Wall-clock limit of one containment check.
    pub query_timeout: std::time::Duration,
    /// Least confidence of an inferred relation.
    pub threshold: f64,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            use_declared_keys: true,
            max_queries: 4_000,
            max_child_rows: 200_000,
            query_timeout: std::time::Duration::from_secs(10),
            threshold: 0.5,
        }
    }
}

/// Declared and inferred relations of a profiled catalog, surest first. `progress(done, total)` is called as
/// containment checks go on. A check that fails or times out leaves its figures absent.
pub async fn discover(
    catalog: &Catalog,
    source: DataSourceId,
    connector: &dyn Connector,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Vec<Relation> {
    let _ = (catalog, source, connector, options, progress);
    Vec::new()
}
