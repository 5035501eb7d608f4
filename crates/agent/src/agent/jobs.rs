//! Background jobs.

use crate::{Agent, AgentError, JobEvents, learning};
use datafyme_domain::{Job, JobStatus};

impl Agent {
    /// Works on a claimed job until it ends; renews its lease, persists and reports progress, obeys cancel requests.
    ///
    /// # Errors
    /// `Conflict` when another worker took it over; failures of the metadata store, after which it can be resumed.
    /// Every other failure ends the job as failed, with its cause.
    pub async fn execute_job(&self, job: Job, worker: &str, watch: &dyn JobEvents) -> Result<JobStatus, AgentError> {
        learning::execute(self, job, worker, watch).await
    }
}
