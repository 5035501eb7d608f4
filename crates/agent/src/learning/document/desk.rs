//! Where one table after another is written: by the analyst, or by the rules where it cannot be.

use super::Learning;
use crate::{
    AgentError,
    analyst::{Opinion, TableSubject, WrittenDocumentation},
    model_analyst::by_rules_because,
};
use chrono::NaiveDate;
use datafyme_domain::{Catalog, ColumnDocumentation, ErrorKind, Table, TableDocumentation};
use datafyme_nlq::{CatalogIndex, Knowledge};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Failures in a row, beyond what is under way at once, after which the analyst counts as away.
const AWAY_AFTER: usize = 8;

/// Whether a table may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// It may.
    First,
    /// What is written now stays.
    Last,
}

/// What all tables of a learning share.
pub(super) struct Desk<'a, 'l> {
    learning: &'a Learning<'l>,
    catalog: &'a Catalog,
    index: Arc<CatalogIndex>,
    today: NaiveDate,
    /// Failures since the analyst last said something.
    failures: AtomicUsize,
    /// Why tables were left to the rules, and how many.
    left_to_rules: Mutex<BTreeMap<String, usize>>,
}

impl<'a, 'l> Desk<'a, 'l> {
    pub(super) fn new(learning: &'a Learning<'l>, catalog: &'a Catalog) -> Self {
        Self {
            learning,
            catalog,
            index: Arc::new(CatalogIndex::build(Knowledge { catalog, relations: &[], documentation: &[] })),
            today: learning.agent.inner.parts.clock.now().date_naive(),
            failures: AtomicUsize::new(0),
            left_to_rules: Mutex::default(),
        }
    }

    /// Writes and keeps the documentation of a table. Returns whether it did: if not, it is to be tried again.
    pub(super) async fn write(&self, table: &Table, round: Round) -> Result<bool, AgentError> {
        let _current = self.learning.progress.begin(&table.name.to_string());
        let subject = TableSubject {
            table,
            catalog: self.catalog,
            relations: &[],
            index: &self.index,
            today: self.today,
            ledger: &self.learning.ledger,
        };
        if self.is_away() {
            let why = "the language model cannot be reached or refuses to answer".to_owned();
            return self.leave_to_rules(&subject, why).await;
        }
        match self.learning.agent.inner.parts.analyst.document_table(&subject).await {
            Ok(Opinion::Given(written)) => {
                self.failures.store(0, Ordering::Relaxed);
                self.keep(table, written).await
            }
            Ok(Opinion::Abstained(why)) => self.leave_to_rules(&subject, why.reason).await,
            Err(error) => {
                if let Err(spent) = self.learning.ledger.admit() {
                    return self.leave_to_rules(&subject, spent.to_string()).await;
                }
                self.failures.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(source.id = %self.learning.source.id, error.kind = %error.kind(), "document.failed");
                if error.is_retryable() && round == Round::First {
                    return Ok(false);
                }
                self.leave_to_rules(&subject, error.to_string()).await
            }
        }
    }

    fn is_away(&self) -> bool {
        let concurrent = self.learning.agent.inner.learning.concurrent_tables;
        self.failures.load(Ordering::Relaxed) >= concurrent + AWAY_AFTER
    }

    async fn leave_to_rules(&self, subject: &TableSubject<'_>, why: String) -> Result<bool, AgentError> {
        let written = by_rules_because(subject, &why).await?;
        *self.left_to_rules.lock().unwrap_or_else(PoisonError::into_inner).entry(why).or_default() += 1;
        self.keep(subject.table, written).await
    }

    /// Keeps the documentation with the calls that were made meanwhile. The write is a task of its own: a learning that
    /// is stopped in the middle of it loses nothing that was paid for.
    async fn keep(&self, table: &Table, written: WrittenDocumentation) -> Result<bool, AgentError> {
        let documentation = self.documentation(table, written);
        let metadata = self.learning.agent.inner.parts.metadata.clone();
        let (caller, job, calls) = (self.learning.caller, self.learning.job, self.learning.ledger.take());
        let write =
            tokio::spawn(async move { metadata.put_job_documentation(caller, job, &documentation, &calls).await });
        match write.await {
            Ok(kept) => kept?,
            Err(_) => return Err(AgentError::refused(ErrorKind::Internal, "a documentation could not be kept")),
        }
        Ok(true)
    }

    fn documentation(&self, table: &Table, mut written: WrittenDocumentation) -> TableDocumentation {
        if let Some(error) = self.learning.unprofiled.get(&table.name) {
            let note = format!(" Its values could not be looked at: {error}.");
            written.technical_description.push_str(&note);
        }
        TableDocumentation {
            source_id: self.learning.source.id,
            table: table.name.clone(),
            business_description: written.business_description,
            technical_description: written.technical_description,
            columns: written
                .columns
                .into_iter()
                .map(|c| ColumnDocumentation { column: c.column, description: c.description, synonyms: c.synonyms })
                .collect(),
            use_cases: written.use_cases,
            common_questions: written.common_questions,
            synonyms: written.synonyms,
            generated_at: self.learning.agent.inner.parts.clock.now(),
        }
    }

    /// Lets the job say what was left to the rules.
    pub(super) fn leave_notes(&self) {
        let left = self.left_to_rules.lock().unwrap_or_else(PoisonError::into_inner);
        for (why, tables) in left.iter() {
            let what = if *tables == 1 { "1 table is".to_owned() } else { format!("{tables} tables are") };
            let why = why.trim_end_matches('.');
            self.learning.progress.note(format!(
                "{what} documented from names, keys and statistics alone: {why}. Learn again to have a model write it."
            ));
        }
    }
}
