//! Database → knowledge, as a durable job: introspect → profile → document → relate → index. One phase per file.
//!
//! What each phase found is kept before the next one begins (tables one by one where they take long), so that a
//! killed job goes on where it was. One table's failure never loses the others.

mod changes;
mod document;
mod index;
mod introspect;
mod profile;
mod progress;
mod relate;
mod sensitive;

pub(crate) use index::{rebuild, rebuild_tables};

use crate::{Agent, AgentError, JobEvents, analyst::Ledger, execution::cost::day_left};
use changes::Changes;
use chrono::{DateTime, Utc};
use datafyme_connect::Connector;
use datafyme_domain::{Caller, Catalog, DataSource, ErrorKind, Job, JobId, JobKind, JobStatus, SourceStatus, TableRef};
use futures::FutureExt;
use progress::{Interruption, Progress};
use std::{collections::HashSet, panic::AssertUnwindSafe, sync::Arc};

/// Phases in order, as a job's progress names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Introspect,
    Profile,
    Document,
    Relate,
    Index,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Introspect, Self::Profile, Self::Document, Self::Relate, Self::Index];

    const fn code(self) -> &'static str {
        match self {
            Self::Introspect => "introspect",
            Self::Profile => "profile",
            Self::Document => "document",
            Self::Relate => "relate",
            Self::Index => "index",
        }
    }

    /// The phase that a job of an earlier worker was in.
    fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|p| p.code() == code).unwrap_or(Self::Introspect)
    }
}

/// A learning under way.
struct Learning<'a> {
    agent: &'a Agent,
    caller: Caller,
    source: DataSource,
    connector: Arc<dyn Connector>,
    job: JobId,
    progress: &'a Progress,
    /// When the job was first taken: what is younger was made by it.
    since: DateTime<Utc>,
    /// What models cost is written down here.
    ledger: Ledger,
}

/// How learning goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LearnOptions {
    /// Tables that are documented at once: as many calls of a model are under way.
    pub concurrent_tables: usize,
}

impl Default for LearnOptions {
    fn default() -> Self {
        Self { concurrent_tables: 16 }
    }
}

/// Works on a claimed job until it ends. See [`Agent::execute_job`].
pub(crate) async fn execute(
    agent: &Agent,
    job: Job,
    worker: &str,
    watch: &dyn JobEvents,
) -> Result<JobStatus, AgentError> {
    let parts = &agent.inner.parts;
    let caller = Caller { user_id: job.owner_id };
    let progress = Progress::new(parts, &job, worker);
    let ledger = Ledger::default().within_day(day_left(parts, caller).await?);
    let mut work = Box::pin(AssertUnwindSafe(work(agent, caller, &job, &progress, &ledger)).catch_unwind());
    let ended = tokio::select! {
        biased;
        interruption = progress.keep(watch) => match interruption? {
            Interruption::Cancelled => Ended::Cancelled,
            Interruption::LeaseLost => {
                return Err(AgentError::refused(ErrorKind::Conflict, "another worker holds this job"));
            }
        },
        done = &mut work => match done {
            Ok(Ok(())) => Ended::Succeeded,
            Ok(Err(error @ AgentError::Store(_))) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(Err(error)) => Ended::Failed(error),
            Err(_) => Ended::Failed(AgentError::refused(
                ErrorKind::Internal,
                "a defect in Datafyme stopped the learning; the log has the details",
            )),
        },
    };
    // Stopped in the middle of a write, it would hold the store's write lock until it is gone.
    drop(work);
    // What was paid for is counted, whatever the work ended in.
    let calls = ledger.take();
    if !calls.is_empty() {
        parts.metadata.record_job_calls(job.id, &calls, parts.clock.now()).await?;
    }
    end(agent, caller, &job, &progress, watch, ended).await
}

enum Ended {
    Succeeded,
    Cancelled,
    Failed(AgentError),
}

async fn work(
    agent: &Agent,
    caller: Caller,
    job: &Job,
    progress: &Progress,
    ledger: &Ledger,
) -> Result<(), AgentError> {
    match job.kind {
        JobKind::Learn => learn(agent, caller, job, progress, ledger).await,
        JobKind::Reindex => {
            progress.enter(Phase::Index, 0, 0).await?;
            rebuild(agent, caller, job.source_id, &|done, total| progress.at(done, total)).await
        }
    }
}

async fn learn(
    agent: &Agent,
    caller: Caller,
    job: &Job,
    progress: &Progress,
    ledger: &Ledger,
) -> Result<(), AgentError> {
    let parts = &agent.inner.parts;
    let source = agent.source(caller, job.source_id).await?;
    // What was learned before can be asked until there is something newer.
    if source.learned_at.is_none() || source.status != SourceStatus::Ready {
        parts.metadata.set_source_status(caller, source.id, SourceStatus::Loading, None).await?;
    }
    let connector = agent.inner.connectors.get(&*parts.metadata, caller, &source).await?;
    let learning = Learning {
        agent,
        caller,
        source,
        connector,
        job: job.id,
        progress,
        ledger: ledger.clone(),
        since: job.started_at.unwrap_or(job.created_at),
    };
    let (known, catalog) = learning.learn(Phase::parse(&job.progress.phase)).await?;
    let (id, now) = (learning.source.id, parts.clock.now());
    parts.metadata.finish_learning(caller, id, &catalog, known.as_ref(), now).await?;
    Ok(())
}

impl Learning<'_> {
    /// All phases; what they found is kept, but for the catalog. Gives what the last learning that ended had found, and
    /// the catalog as it is now. `reached` is the phase that an earlier worker of this job was in.
    async fn learn(&self, reached: Phase) -> Result<(Option<Catalog>, Arc<Catalog>), AgentError> {
        self.progress.enter(Phase::Introspect, 0, 1).await?;
        let (known, mut found) = self.introspected().await?;
        let tables = found.catalog.tables.len() as u64;
        self.progress.plan(2 + 3 * tables);
        self.progress.enter(Phase::Profile, 1, tables).await?;
        self.profile(&mut found).await?;
        let catalog = Arc::new(found.catalog);
        let changes = self.changes(known.as_ref(), &catalog);
        // Relations that were judged stand written once the next phase is reached.
        let discovery = if reached < Phase::Index && !(known.is_some() && changes.is_empty()) {
            Some(self.discovery(&catalog, &changes, known.is_none()).await?)
        } else {
            None
        };
        self.progress.enter(Phase::Document, 1 + tables, tables).await?;
        let rewritten = self.document(known.as_ref(), &catalog, &changes).await?;
        if let Some(discovery) = discovery {
            self.progress.enter(Phase::Relate, 1 + 2 * tables, 1).await?;
            self.relate(&catalog, discovery).await?;
        }
        self.progress.enter(Phase::Index, 2 + 2 * tables, tables).await?;
        self.index(known.is_none(), &catalog, &changes, rewritten).await?;
        Ok((known, catalog))
    }

    /// What is other than it was known to be; told, unless nothing was known.
    fn changes(&self, known: Option<&Catalog>, now: &Catalog) -> Changes {
        let before = changes::by_name(known);
        let changes = Changes::between(&before, now);
        if known.is_some() {
            self.progress.found(changes.counts, changes.named(&before));
        }
        changes
    }

    /// The search index and the relation graph: all of them the first time, and when there are none; else what changed,
    /// and what was written anew.
    async fn index(
        &self,
        is_first: bool,
        catalog: &Catalog,
        changes: &Changes,
        rewritten: HashSet<TableRef>,
    ) -> Result<(), AgentError> {
        let (agent, caller, source) = (self.agent, self.caller, self.source.id);
        let parts = &agent.inner.parts;
        if !is_first && parts.search.count(source).await? > 0 {
            let mut changed = rewritten;
            changed.extend(changes.telling.iter().cloned());
            if changed.is_empty() && changes.is_empty() {
                return Ok(());
            }
            match index::update(agent, caller, source, catalog, &changed, &changes.gone).await {
                // Vectors of another embedder than those that are held.
                Err(error) if error.kind() == ErrorKind::InvalidInput => {}
                other => return other,
            }
        }
        let tables = catalog.tables.len() as u64;
        let base = 2 + 2 * tables;
        index::rebuild_of(agent, caller, source, catalog, &|done, total| {
            // Documents are counted per table; the phase has one unit each.
            self.progress.at(base + done * tables / total.max(1), base + tables);
        })
        .await
    }
}

/// Persists the end: of the source first, so that a job that ended never leaves its source loading.
async fn end(
    agent: &Agent,
    caller: Caller,
    job: &Job,
    progress: &Progress,
    watch: &dyn JobEvents,
    ended: Ended,
) -> Result<JobStatus, AgentError> {
    let metadata = &agent.inner.parts.metadata;
    agent.inner.knowledge.forget(job.source_id);
    let (status, error) = match &ended {
        Ended::Succeeded => (JobStatus::Succeeded, None),
        Ended::Cancelled => (JobStatus::Cancelled, None),
        Ended::Failed(error) => (JobStatus::Failed, Some(error.to_string())),
    };
    if job.kind == JobKind::Learn
        && let Some(source) = metadata.source(caller, job.source_id).await?
        && let Some((status, detail)) = source_after(&source, &ended)
    {
        metadata.set_source_status(caller, source.id, status, detail.as_deref()).await?;
    }
    if status == JobStatus::Succeeded {
        progress.complete();
    }
    progress.persist().await?;
    let now = agent.inner.parts.clock.now();
    metadata.finish_job(job.id, status, error.as_deref(), now).await?;
    let mut last = job.clone();
    last.status = status;
    last.error = error;
    last.progress = progress.snapshot();
    last.finished_at = Some(now);
    watch.progress(&last);
    Ok(status)
}

/// Where an unsuccessful learning leaves its source. What was learned before still holds when the learning was
/// stopped by a person or by an outage.
fn source_after(source: &DataSource, ended: &Ended) -> Option<(SourceStatus, Option<String>)> {
    let learned = source.learned_at.is_some();
    match ended {
        Ended::Succeeded => None,
        _ if source.status == SourceStatus::Paused => None,
        Ended::Cancelled if learned => Some((SourceStatus::Ready, None)),
        Ended::Cancelled => Some((SourceStatus::Error, Some("learning was cancelled: learn it again".to_owned()))),
        Ended::Failed(error) if learned && error.is_retryable() => {
            let detail = format!("the last learning failed ({error}); answers rest on the one before it");
            Some((SourceStatus::Ready, Some(detail)))
        }
        Ended::Failed(error) => Some((SourceStatus::Error, Some(error.to_string()))),
    }
}
