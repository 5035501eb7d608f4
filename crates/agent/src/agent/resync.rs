//! Learning again by itself: how often, when next, and how it went before.

use crate::{Agent, AgentError};
use chrono::{DateTime, TimeDelta, Utc};
use datafyme_domain::{Caller, DataSource, DataSourceId, ErrorKind, Job, JobKind, JobStatus, SourceStatus, TableEdits};
use serde::Serialize;

/// Learning again more often would do nothing else.
const SHORTEST_SECONDS: u32 = 60;
/// Jobs that are looked through for learnings.
const JOBS: u32 = 100;
/// Learnings that are told.
const RECENT: usize = 10;

/// How a data source is learned again by itself, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Resync {
    /// Seconds after which it is learned again by itself, 0 never; null: as configured.
    #[schema(required)]
    pub seconds: Option<u32>,
    /// Seconds that count where it has none of its own (`[learning] resync_every`), 0 never.
    pub configured_seconds: u32,
    /// When it is learned again by itself at the earliest; null while that is never: by its interval, while it is paused
    /// or being learned, or before it was learned for the first time.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// The learning that is queued or under way.
    #[schema(required)]
    pub current: Option<Job>,
    /// Learnings that ended, newest first; ten at most.
    pub recent: Vec<Job>,
    /// The newest of those that succeeded, where it is among the hundred latest jobs.
    #[schema(required)]
    pub last_succeeded: Option<Job>,
}

impl Resync {
    /// From the jobs of a data source, newest first.
    fn of(source: &DataSource, configured_seconds: u32, jobs: Vec<Job>) -> Self {
        let learnings: Vec<Job> = jobs.into_iter().filter(|job| job.kind == JobKind::Learn).collect();
        let next_at = next_at(source, source.resync_seconds.unwrap_or(configured_seconds), learnings.first());
        let (ended, unfinished): (Vec<Job>, Vec<Job>) = learnings.into_iter().partition(|job| job.status.is_final());
        Self {
            seconds: source.resync_seconds,
            configured_seconds,
            next_at,
            current: unfinished.into_iter().next(),
            last_succeeded: ended.iter().find(|job| job.status == JobStatus::Succeeded).cloned(),
            recent: ended.into_iter().take(RECENT).collect(),
        }
    }
}

/// When the schedule takes a data source, as the store decides it: an interval after it was learned and after it was
/// last tried. `newest` is its latest learning.
fn next_at(source: &DataSource, every: u32, newest: Option<&Job>) -> Option<DateTime<Utc>> {
    let learned = source.learned_at?;
    if every == 0 || source.status == SourceStatus::Paused || newest.is_some_and(|job| !job.status.is_final()) {
        return None;
    }
    let tried = newest.map_or(learned, |job| job.created_at);
    learned.max(tried).checked_add_signed(TimeDelta::seconds(every.into()))
}

impl Agent {
    /// How a data source is learned again by itself, and how it went; `configured` seconds count where it has none of
    /// its own, 0 for never.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn resync(&self, caller: Caller, source: DataSourceId, configured: u32) -> Result<Resync, AgentError> {
        let source = self.source(caller, source).await?;
        let jobs = self.inner.parts.metadata.list_jobs(caller, Some(source.id), JOBS).await?;
        Ok(Resync::of(&source, configured, jobs))
    }

    /// Sets how often a data source is learned again by itself: seconds, 0 for never, `None` for as configured.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for less than a minute.
    pub async fn set_resync(
        &self,
        caller: Caller,
        source: DataSourceId,
        seconds: Option<u32>,
    ) -> Result<DataSource, AgentError> {
        if seconds.is_some_and(|s| (1..SHORTEST_SECONDS).contains(&s)) {
            let message = format!(
                "a data source is learned again every {SHORTEST_SECONDS} seconds at most: give more, or 0 for never"
            );
            return Err(AgentError::refused(ErrorKind::InvalidInput, message));
        }
        self.inner.parts.metadata.set_resync(caller, source, seconds).await?;
        self.source(caller, source).await
    }

    /// Puts in the learning of every data source, whoever owns it, that is due to be learned again; `seconds` is the
    /// interval of those without one of their own, 0 for never.
    ///
    /// # Errors
    /// Failures of the metadata store.
    pub async fn relearn_due(&self, seconds: u32) -> Result<Vec<Job>, AgentError> {
        let parts = &self.inner.parts;
        let mut jobs = Vec::new();
        for source in parts.metadata.sources_due(parts.clock.now(), seconds).await? {
            jobs.push(self.enqueue(Caller { user_id: source.owner_id }, source.id, JobKind::Learn).await?);
        }
        Ok(jobs)
    }

    /// What people wrote about the tables of a data source, by table name, each with the names of the texts under which
    /// something else is generated by now.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn edits(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Vec<(TableEdits, Vec<String>)>, AgentError> {
        let source = self.source(caller, source).await?;
        let metadata = &self.inner.parts.metadata;
        let mut listed = Vec::new();
        for edits in metadata.documentation_edits(caller, source.id).await? {
            if edits.is_empty() {
                continue;
            }
            let generated = metadata.generated_documentation(caller, source.id, &edits.table).await?;
            let outdated = generated.map(|generated| edits.outdated(&generated)).unwrap_or_default();
            listed.push((edits, outdated));
        }
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{Dialect, JobId, JobProgress, UserId};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
    }

    fn source(status: SourceStatus, learned: Option<i64>) -> DataSource {
        DataSource {
            id: DataSourceId::generate(),
            owner_id: UserId::generate(),
            name: "sales".to_owned(),
            dialect: Dialect::Sqlite,
            location: String::new(),
            status,
            status_detail: None,
            table_count: 1,
            created_at: at(0),
            learned_at: learned.map(at),
            resync_seconds: None,
            knowledge_version: 0,
        }
    }

    fn job(source: &DataSource, kind: JobKind, status: JobStatus, created: i64) -> Job {
        Job {
            id: JobId::generate(),
            owner_id: source.owner_id,
            kind,
            source_id: source.id,
            status,
            progress: JobProgress::default(),
            error: None,
            attempts: 1,
            cancel_requested: false,
            created_at: at(created),
            started_at: None,
            finished_at: None,
        }
    }

    #[test]
    fn the_next_time_is_an_interval_after_it_was_learned_and_after_it_was_tried() {
        let ready = source(SourceStatus::Ready, Some(100));
        let tried = job(&ready, JobKind::Learn, JobStatus::Failed, 500);
        let running = job(&ready, JobKind::Learn, JobStatus::Running, 600);
        assert_eq!(next_at(&ready, 3_600, None), Some(at(3_700)));
        assert_eq!(next_at(&ready, 3_600, Some(&tried)), Some(at(4_100)));
        assert_eq!(next_at(&ready, 3_600, Some(&running)), None, "it is under way");
        assert_eq!(next_at(&ready, 0, None), None, "never");
        assert_eq!(next_at(&source(SourceStatus::Paused, Some(100)), 3_600, None), None, "it is paused");
        assert_eq!(next_at(&source(SourceStatus::Error, None), 3_600, None), None, "a person learns it first");
    }

    #[test]
    fn what_ended_is_told_newest_first_and_indexing_is_no_learning() {
        let source = source(SourceStatus::Ready, Some(100));
        let mut jobs = vec![
            job(&source, JobKind::Learn, JobStatus::Queued, 90),
            job(&source, JobKind::Reindex, JobStatus::Succeeded, 80),
            job(&source, JobKind::Learn, JobStatus::Failed, 70),
        ];
        jobs.extend((0..20).map(|n| job(&source, JobKind::Learn, JobStatus::Succeeded, 60 - n)));
        let told = Resync::of(&source, 60, jobs.clone());
        assert_eq!(told.current.as_ref(), jobs.first());
        assert_eq!((told.recent.first(), told.recent.len()), (jobs.get(2), RECENT));
        assert_eq!(told.last_succeeded.as_ref(), jobs.get(3));
    }
}
