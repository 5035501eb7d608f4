//! The one way in which a run reaches the customer's database: guarded, bounded, counted, cancellable.

use datafyme_connect::{AllowedTables, ConnectError, Connector, QueryId, QueryLimits, QueryPlan, ReadOnlySql, guard};
use datafyme_domain::{Budget, Dialect, ErrorKind, RowSet, TableRef};
use datafyme_nlq::TrialOutcome;
use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Wall-clock limit of one trial: candidates are many, and a slow one says nothing about its meaning.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Wall-clock limit of all trials of one step.
const TRIALS_TIMEOUT: Duration = Duration::from_secs(20);
const TRIAL_ROWS: u64 = 200;
/// Tables remembered of refused trials.
const FAILED_TABLES: usize = 12;
const TRIAL_BYTES: u64 = 256 * 1024;

/// A connector under the limits of one run. Cheap to clone; clones count and cancel together.
#[derive(Clone)]
pub struct Workbench {
    shared: Arc<Shared>,
}

struct Shared {
    connector: Arc<dyn Connector>,
    allowed: AllowedTables,
    /// What passed the guard last: a query is checked, then run.
    passed: Mutex<Option<(String, ReadOnlySql)>>,
    timeout: Duration,
    rows: u64,
    bytes: u64,
    live: Mutex<HashSet<QueryId>>,
    queries: AtomicU32,
    query_us: AtomicU64,
    trial_us: AtomicU64,
    closed: AtomicBool,
    /// What trials met that says nothing about their query.
    outage: Mutex<Option<ConnectError>>,
    /// Tables of trials that the database refused.
    failed_tables: Mutex<Vec<TableRef>>,
}

impl Workbench {
    /// A workbench over `allowed` tables within `budget`.
    #[must_use]
    pub fn new(connector: Arc<dyn Connector>, allowed: AllowedTables, budget: &Budget) -> Self {
        Self {
            shared: Arc::new(Shared {
                connector,
                allowed,
                passed: Mutex::default(),
                timeout: Duration::from_millis(budget.query_ms),
                rows: budget.rows,
                bytes: budget.bytes,
                live: Mutex::default(),
                queries: AtomicU32::new(0),
                query_us: AtomicU64::new(0),
                trial_us: AtomicU64::new(0),
                closed: AtomicBool::new(false),
                outage: Mutex::default(),
                failed_tables: Mutex::default(),
            }),
        }
    }

    /// SQL flavour of the data source.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.shared.connector.dialect()
    }

    /// Proves that `sql` is one read of allowed tables.
    ///
    /// # Errors
    /// `UnsafeSql` with the reason.
    pub fn guard(&self, sql: &str) -> Result<ReadOnlySql, ConnectError> {
        let passed = || self.shared.passed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, checked)) = passed().as_ref().filter(|(of, _)| of == sql) {
            return Ok(checked.clone());
        }
        let checked = guard::check(sql, self.dialect(), &self.shared.allowed)?;
        *passed() = Some((sql.to_owned(), checked.clone()));
        Ok(checked)
    }

    /// The database's plan for a query: the proof that it compiles.
    ///
    /// # Errors
    /// As [`Connector::explain`].
    pub async fn explain(&self, sql: &ReadOnlySql) -> Result<QueryPlan, ConnectError> {
        let started = Instant::now();
        let plan = tokio::time::timeout(self.shared.timeout, self.shared.connector.explain(sql)).await;
        self.count(started);
        plan.unwrap_or_else(|_| Err(timed_out(self.shared.timeout)))
    }

    /// Runs a query within the run's limits.
    ///
    /// # Errors
    /// As [`Connector::query`].
    pub async fn query(&self, sql: &ReadOnlySql) -> Result<RowSet, ConnectError> {
        let shared = &self.shared;
        self.fetch(sql, QueryLimits::new(shared.timeout, shared.rows, shared.bytes)).await
    }

    /// Guards a candidate and runs it on a small limit.
    pub async fn attempt(&self, sql: &str) -> TrialOutcome {
        let spent = Duration::from_micros(self.shared.trial_us.load(Ordering::Relaxed));
        if spent > TRIALS_TIMEOUT || self.shared.closed.load(Ordering::Relaxed) {
            return TrialOutcome::TimedOut;
        }
        let checked = match self.guard(sql) {
            Ok(checked) => checked,
            Err(refusal) => return TrialOutcome::Failed(refusal.to_string()),
        };
        let started = Instant::now();
        let timeout = TRIAL_TIMEOUT.min(self.shared.timeout);
        let outcome = self.fetch(&checked, QueryLimits::new(timeout, TRIAL_ROWS, TRIAL_BYTES)).await;
        self.shared.trial_us.fetch_add(micros(started), Ordering::Relaxed);
        match outcome {
            Ok(rows) => TrialOutcome::Rows(rows),
            Err(e) if e.kind() == ErrorKind::Timeout => TrialOutcome::TimedOut,
            Err(e) => {
                self.remember(&e, checked.tables());
                TrialOutcome::Failed(e.to_string())
            }
        }
    }

    /// The failure of the data source itself that trials met, if any.
    #[must_use]
    pub fn outage(&self) -> Option<ConnectError> {
        self.shared.outage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tables of trials that the database refused, each once.
    #[must_use]
    pub fn failed_tables(&self) -> Vec<TableRef> {
        self.shared.failed_tables.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first of `tables` that the database does not know, or no longer lets us read.
    pub async fn missing_table(&self, tables: &[TableRef]) -> Option<TableRef> {
        for table in tables {
            let sql = format!("SELECT 1 FROM {}", table.to_sql(self.dialect()));
            let Ok(probe) = self.guard(&sql) else { continue };
            if let Err(error) = self.explain(&probe).await
                && error.kind() == ErrorKind::QueryFailed
            {
                return Some(table.clone());
            }
        }
        None
    }

    fn remember(&self, error: &ConnectError, tables: &[TableRef]) {
        if error.kind() == ErrorKind::QueryFailed {
            let mut failed = self.shared.failed_tables.lock().unwrap_or_else(PoisonError::into_inner);
            for table in tables {
                if failed.len() < FAILED_TABLES && !failed.contains(table) {
                    failed.push(table.clone());
                }
            }
        } else if !matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::UnsafeSql | ErrorKind::ResourceExhausted) {
            *self.shared.outage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        }
    }

    /// Stops every query that is under way, on the server too, and lets no further trial begin.
    pub async fn cancel(&self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        let live: Vec<QueryId> = self.live().iter().copied().collect();
        for id in live {
            if let Err(error) = self.shared.connector.cancel(id).await {
                tracing::warn!(error.kind = %error.kind(), "query.cancel_failed");
            }
        }
    }

    /// Queries sent so far, and the milliseconds they took.
    #[must_use]
    pub fn spent(&self) -> (u32, u64) {
        (self.shared.queries.load(Ordering::Relaxed), self.shared.query_us.load(Ordering::Relaxed) / 1_000)
    }

    async fn fetch(&self, sql: &ReadOnlySql, limits: QueryLimits) -> Result<RowSet, ConnectError> {
        let started = Instant::now();
        let live = Live::enter(&self.shared, limits.id);
        let fetched = async { self.shared.connector.query(sql, &limits).await?.collect().await };
        // The server stops a query at its timeout where it can; a source that hangs does not even answer that.
        let patience = limits.timeout + Duration::from_secs(1).min(limits.timeout);
        let rows = match tokio::time::timeout(patience, fetched).await {
            Ok(rows) => rows,
            Err(_) => {
                let _ = tokio::time::timeout(Duration::from_secs(1), self.shared.connector.cancel(limits.id)).await;
                Err(timed_out(limits.timeout))
            }
        };
        drop(live);
        self.count(started);
        rows
    }

    fn count(&self, started: Instant) {
        self.shared.queries.fetch_add(1, Ordering::Relaxed);
        self.shared.query_us.fetch_add(micros(started), Ordering::Relaxed);
    }

    fn live(&self) -> std::sync::MutexGuard<'_, HashSet<QueryId>> {
        self.shared.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Workbench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbench").field("spent", &self.spent()).finish_non_exhaustive()
    }
}

/// Registers a running query for as long as it lives, however its future ends.
struct Live<'a> {
    shared: &'a Shared,
    id: QueryId,
}

impl<'a> Live<'a> {
    fn enter(shared: &'a Shared, id: QueryId) -> Self {
        shared.live.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Self { shared, id }
    }
}

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.shared.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

fn timed_out(limit: Duration) -> ConnectError {
    ConnectError::new(
        ErrorKind::Timeout,
        format!("the data source gave no answer within {} seconds", limit.as_secs().max(1)),
    )
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
