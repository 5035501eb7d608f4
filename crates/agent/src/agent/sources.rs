//! Registered data sources.

use crate::{Agent, AgentError};
use datafyme_connect::{ServerInfo, SourceUrl};
use datafyme_domain::{
    Caller, DataSource, DataSourceId, ErrorKind, Job, JobId, JobKind, JobProgress, JobStatus, SourceStatus,
};
use datafyme_store::metadata::NewDataSource;

/// Longest name in characters.
const MAX_NAME: usize = 60;

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
        let name = accept(name)?;
        let parts = &self.inner.parts;
        if parts.metadata.find_source(caller, name).await?.is_some() {
            let message = format!("there is a data source named {name} already: choose another name");
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        datafyme_connect::open(url)?.ping().await?;
        let source = DataSource {
            id: DataSourceId::generate(),
            owner_id: caller.user_id,
            name: name.to_owned(),
            dialect: url.dialect,
            location: url.location.clone(),
            status: SourceStatus::Loading,
            status_detail: None,
            table_count: 0,
            created_at: parts.clock.now(),
            learned_at: None,
            resync_seconds: None,
            knowledge_version: 0,
        };
        let new = NewDataSource { source: source.clone(), password: url.password.clone() };
        parts.metadata.create_source(&new).await?;
        let job = self.enqueue(caller, source.id, JobKind::Learn).await?;
        Ok((source, job))
    }

    /// Puts in the job that learns a data source again; the job that is under way when there is one.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the source is paused.
    pub async fn relearn(&self, caller: Caller, source: DataSourceId) -> Result<Job, AgentError> {
        let source = self.source(caller, source).await?;
        if source.status == SourceStatus::Paused {
            let message = format!("{} is paused: resume it first", source.name);
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        let metadata = &self.inner.parts.metadata;
        // What was learned before can be asked meanwhile.
        if source.learned_at.is_some() && source.status == SourceStatus::Ready {
            return self.enqueue(caller, source.id, JobKind::Learn).await;
        }
        // The status first: a worker may have finished the job before this call goes on.
        metadata.set_source_status(caller, source.id, SourceStatus::Loading, None).await?;
        match self.enqueue(caller, source.id, JobKind::Learn).await {
            Ok(job) => Ok(job),
            Err(error) => {
                let detail = source.status_detail.as_deref();
                metadata.set_source_status(caller, source.id, source.status, detail).await?;
                Err(error)
            }
        }
    }

    /// Puts in the job that rebuilds the derived data of a data source.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn enqueue_reindex(&self, caller: Caller, source: DataSourceId) -> Result<Job, AgentError> {
        let source = self.source(caller, source).await?;
        self.enqueue(caller, source.id, JobKind::Reindex).await
    }

    pub(super) async fn enqueue(&self, caller: Caller, source: DataSourceId, kind: JobKind) -> Result<Job, AgentError> {
        let job = Job {
            id: JobId::generate(),
            owner_id: caller.user_id,
            kind,
            source_id: source,
            status: JobStatus::Queued,
            progress: JobProgress::default(),
            error: None,
            attempts: 0,
            cancel_requested: false,
            created_at: self.inner.parts.clock.now(),
            started_at: None,
            finished_at: None,
        };
        Ok(self.inner.parts.metadata.enqueue_job(&job).await?)
    }

    /// Sets a ready data source aside.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not ready.
    pub async fn pause_source(&self, caller: Caller, source: DataSourceId) -> Result<DataSource, AgentError> {
        self.switch(caller, source, SourceStatus::Ready, SourceStatus::Paused).await
    }

    /// Takes a paused data source back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not paused.
    pub async fn resume_source(&self, caller: Caller, source: DataSourceId) -> Result<DataSource, AgentError> {
        self.switch(caller, source, SourceStatus::Paused, SourceStatus::Ready).await
    }

    async fn switch(
        &self,
        caller: Caller,
        source: DataSourceId,
        from: SourceStatus,
        to: SourceStatus,
    ) -> Result<DataSource, AgentError> {
        let mut source = self.source(caller, source).await?;
        if source.status != from {
            let message =
                format!("{} is {}, not {}: nothing was changed", source.name, source.status.code(), from.code());
            return Err(AgentError::refused(ErrorKind::Conflict, message));
        }
        let metadata = &self.inner.parts.metadata;
        metadata.set_source_status(caller, source.id, to, None).await?;
        source.status = to;
        source.status_detail = None;
        Ok(source)
    }

    /// Removes a data source with all that hangs on it, derived data included.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_source(&self, caller: Caller, source: DataSourceId) -> Result<(), AgentError> {
        let source = self.source(caller, source).await?;
        let parts = &self.inner.parts;
        // The truth goes first: what is derived from nothing can only be left over, and is rebuilt away by reindex.
        parts.metadata.delete_source(caller, source.id).await?;
        self.forget(source.id);
        parts.search.delete(source.id, None).await?;
        parts.graph.replace(source.id, &[]).await?;
        Ok(())
    }

    /// Tests the connection of a registered data source.
    ///
    /// # Errors
    /// `NotFound`, and whatever the connection test says.
    pub async fn ping_source(&self, caller: Caller, source: DataSourceId) -> Result<ServerInfo, AgentError> {
        let source = self.source(caller, source).await?;
        let metadata = &*self.inner.parts.metadata;
        let connector = self.inner.connectors.get(metadata, caller, &source).await?;
        Ok(connector.ping().await?)
    }
}

/// Names are typed on the command line: no spaces at the ends, nothing unprintable, not empty, not endless.
fn accept(name: &str) -> Result<&str, AgentError> {
    let name = name.trim();
    let usable = !name.is_empty()
        && name.chars().count() <= MAX_NAME
        && !name.starts_with('-')
        && !name.chars().any(|c| c.is_control() || c == '/');
    if usable {
        return Ok(name);
    }
    let message =
        format!("a data source's name has 1 to {MAX_NAME} characters, no slash, and does not begin with a dash");
    Err(AgentError::refused(ErrorKind::InvalidInput, message))
}
