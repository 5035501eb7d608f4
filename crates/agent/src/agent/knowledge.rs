//! What was learned, for those who ask for it directly.

use crate::{Agent, AgentError};
use datafyme_domain::{Caller, DataSourceId, ErrorKind, TableRef};
use serde::{Deserialize, Serialize};

/// A table that a question is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableHit {
    /// The table.
    pub table: TableRef,
    /// Larger is better; comparable within one question.
    pub score: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
}

impl Agent {
    /// Schema linking alone: the tables that a question is about, best first.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the source was never learned.
    pub async fn link_tables(
        &self,
        caller: Caller,
        source: DataSourceId,
        question: &str,
    ) -> Result<Vec<TableHit>, AgentError> {
        let _ = (caller, source, question);
        Err(AgentError::refused(ErrorKind::Unsupported, "not in this build"))
    }

    /// Questions that can be asked of a data source.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn suggestions(&self, caller: Caller, source: DataSourceId) -> Result<Vec<String>, AgentError> {
        let _ = (caller, source);
        Err(AgentError::refused(ErrorKind::Unsupported, "not in this build"))
    }

    /// Rebuilds search index and relation graph of a data source from metadata alone.
    ///
    /// # Errors
    /// `NotFound`; failures of the stores.
    pub async fn reindex(&self, caller: Caller, source: DataSourceId) -> Result<(), AgentError> {
        let _ = (caller, source);
        Err(AgentError::refused(ErrorKind::Unsupported, "not in this build"))
    }
}
