//! What was learned, for those who ask for it directly.

use crate::{
    Agent, AgentError,
    analyst::{Asking, Ledger, Opinion},
    knowledge::SourceKnowledge,
    learning, stages,
};
use datafyme_domain::{Caller, DataSourceId, Effort, TableRef};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Suggestions given for a data source.
const SUGGESTIONS: usize = 6;

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

/// A value of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueHit {
    /// The table.
    pub table: TableRef,
    /// The column that holds it.
    pub column: String,
    /// As it stands in the database.
    pub value: String,
}

impl Agent {
    /// Values of the data that are like `text`: the same ones first, then those with one slip of the pen, then those
    /// that have its words among others. Values of columns that look secret or personal are never found.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the source was never learned.
    pub async fn find_values(
        &self,
        caller: Caller,
        source: DataSourceId,
        text: &str,
        limit: usize,
    ) -> Result<Vec<ValueHit>, AgentError> {
        let knowledge = self.knowledge(caller, source).await?;
        let found = knowledge.values.find(&knowledge.catalog, text, limit).into_iter().filter_map(|hit| {
            let table = knowledge.catalog.tables.get(hit.table)?;
            let column = table.columns.get(hit.column)?.name.clone();
            Some(ValueHit { table: table.name.clone(), column, value: hit.value.to_owned() })
        });
        Ok(found.collect())
    }

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
        let knowledge = self.knowledge(caller, source).await?;
        let parts = &self.inner.parts;
        let found = stages::retrieve(parts, &knowledge, question).await;
        let asking = Asking {
            question: question.to_owned(),
            today: parts.clock.now().date_naive(),
            knowledge,
            history: Arc::default(),
            verified: Arc::default(),
            effort: Effort::default(),
            ledger: Ledger::default(),
        };
        let selected = match parts.analyst.select_tables(&asking, &found).await? {
            Opinion::Given(selected) => selected.tables,
            Opinion::Abstained(_) => Vec::new(),
        };
        Ok(selected.into_iter().map(|t| TableHit { table: t.table, score: t.score, reasons: t.reasons }).collect())
    }

    /// Questions that can be asked of a data source; none before it was learned.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn suggestions(&self, caller: Caller, source: DataSourceId) -> Result<Vec<String>, AgentError> {
        let found = self.source(caller, source).await?;
        if found.learned_at.is_none() {
            return Ok(Vec::new());
        }
        let knowledge = self.knowledge(caller, source).await?;
        let mut found = datafyme_nlq::suggestions(&knowledge.index);
        if found.is_empty() {
            let documented = knowledge.documentation.iter();
            found.extend(documented.filter_map(|d| d.common_questions.first().cloned()));
        }
        found.truncate(SUGGESTIONS);
        Ok(found)
    }

    /// Rebuilds search index and relation graph of a data source from metadata alone.
    ///
    /// # Errors
    /// `NotFound`; failures of the stores.
    pub async fn reindex(&self, caller: Caller, source: DataSourceId) -> Result<(), AgentError> {
        let found = self.source(caller, source).await?;
        learning::rebuild(self, caller, found.id, &|_, _| {}).await
    }

    /// What was learned about a data source, prepared and cached.
    pub(crate) async fn knowledge(
        &self,
        caller: Caller,
        source: DataSourceId,
    ) -> Result<Arc<SourceKnowledge>, AgentError> {
        let found = self.source(caller, source).await?;
        self.inner.knowledge.get(&*self.inner.parts.metadata, caller, found).await
    }
}
