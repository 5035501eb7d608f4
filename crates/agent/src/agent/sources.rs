//! Registered data sources.

use crate::{Agent, AgentError};
use datafyme_connect::{ServerInfo, SourceUrl};
use datafyme_domain::{Caller, DataSource, DataSourceId, ErrorKind, Job};

impl Agent {
    /// Registers a data source after a connection test, and puts in the job that learns it.
    ///
    /// # Errors
    /// `InvalidInput` for an unusable name, `Conflict` when it is taken, and whatever the connection test says.
    pub async fn add_source(
        &self,
        caller: Caller,
        name: &str,
        url: &SourceUrl,
    ) -> Result<(DataSource, Job), AgentError> {
        let _ = (caller, name, url);
        Err(unsupported())
    }

    /// Puts in the job that learns a data source again; the job that is under way when there is one.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn relearn(&self, caller: Caller, source: DataSourceId) -> Result<Job, AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }

    /// Sets a ready data source aside.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not ready.
    pub async fn pause_source(&self, caller: Caller, source: DataSourceId) -> Result<DataSource, AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }

    /// Takes a paused data source back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not paused.
    pub async fn resume_source(&self, caller: Caller, source: DataSourceId) -> Result<DataSource, AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }

    /// Removes a data source with all that hangs on it, derived data included.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_source(&self, caller: Caller, source: DataSourceId) -> Result<(), AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }

    /// Tests the connection of a registered data source.
    ///
    /// # Errors
    /// `NotFound`, and whatever the connection test says.
    pub async fn ping_source(&self, caller: Caller, source: DataSourceId) -> Result<ServerInfo, AgentError> {
        let _ = (caller, source);
        Err(unsupported())
    }
}

fn unsupported() -> AgentError {
    AgentError::refused(ErrorKind::Unsupported, "not in this build")
}
