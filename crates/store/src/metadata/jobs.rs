//! Background jobs.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafyme_domain::{Caller, DataSourceId, Job, JobId, JobProgress, JobStatus};

/// The job queue. A job is worked on by whoever holds its lease; a lease that ended may be taken over.
#[async_trait]
pub trait Jobs {
    /// Puts one in, unless the same kind is queued or running for the same source: returns the job that stands then.
    ///
    /// # Errors
    /// `NotFound` when the source does not exist.
    async fn enqueue_job(&self, job: &Job) -> Result<Job, StoreError>;

    /// By id.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn job(&self, caller: Caller, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The caller's, newest first; of one data source where given.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn list_jobs(&self, caller: Caller, source: Option<DataSourceId>, limit: u32)
    -> Result<Vec<Job>, StoreError>;

    /// Takes the oldest job that is queued or whose lease ended.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn claim_job(&self, claim: &JobClaim) -> Result<Option<Job>, StoreError>;

    /// Takes that very job, if nobody else holds it.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn claim_job_by_id(&self, id: JobId, claim: &JobClaim) -> Result<Option<Job>, StoreError>;

    /// Writes progress and holds the lease longer. Returns `None` when it was lost, else whether a cancel was asked for.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn renew_job(
        &self,
        id: JobId,
        worker: &str,
        progress: &JobProgress,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError>;

    /// Ends a job.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn finish_job(
        &self,
        id: JobId,
        status: JobStatus,
        error: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Asks a job to stop; a queued one ends at once. Returns whether it was unfinished.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn request_job_cancel(&self, caller: Caller, id: JobId, at: DateTime<Utc>) -> Result<bool, StoreError>;
}

/// Who takes a job, and until when.
#[derive(Debug, Clone)]
pub struct JobClaim {
    /// The worker's name, unique per process.
    pub worker: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// End of the lease.
    pub lease_until: DateTime<Utc>,
}
