//! Where one table after another is written: by the analyst, or by the rules where it cannot be.

use crate::{
    AgentError,
    analyst::{IndexOnDemand, Opinion, TableSubject, WrittenDocumentation},
    learning::{
        Learning,
        changes::{self, ByName, Changes},
    },
    model_analyst::by_rules_because,
    rule_analyst::documenting,
};
use chrono::NaiveDate;
use datafyme_domain::{Catalog, ColumnDocumentation, ErrorKind, ModelCall, Table, TableDocumentation, TableRef};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Failures in a row, beyond what is under way at once, after which the analyst counts as away.
const AWAY_AFTER: usize = 8;

/// Documentation that cost nothing is kept so many tables at a time.
const KEPT_TOGETHER: usize = 256;

/// What there is about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing that holds.
    Wanting,
    /// What the rules said of it, and would say again.
    ByRules,
    /// What this job wrote; or what was written before and still holds.
    Stands,
}

/// How writing about a table ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// It says something new.
    New,
    /// It says what was there already.
    Same,
    /// It is to be tried again.
    Not,
}

impl Done {
    pub(super) const fn is_done(self) -> bool {
        !matches!(self, Self::Not)
    }

    pub(super) const fn is_new(self) -> bool {
        matches!(self, Self::New)
    }
}

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
    index: IndexOnDemand<'a>,
    changes: &'a Changes,
    /// The tables as they were when they were last learned.
    known: ByName<'a>,
    /// What was written before.
    written: HashMap<TableRef, TableDocumentation>,
    /// The tables that this job wrote about, an earlier worker of it included.
    kept: Mutex<HashSet<TableRef>>,
    /// Written, and not kept yet.
    pending: Mutex<Vec<TableDocumentation>>,
    today: NaiveDate,
    /// Failures since the analyst last said something.
    failures: AtomicUsize,
    /// Why tables were left to the rules, and how many.
    left_to_rules: Mutex<BTreeMap<String, usize>>,
}

impl<'a, 'l> Desk<'a, 'l> {
    pub(super) fn new(
        learning: &'a Learning<'l>,
        known: Option<&'a Catalog>,
        catalog: &'a Catalog,
        changes: &'a Changes,
        written: Vec<TableDocumentation>,
    ) -> Self {
        let mut written: HashMap<TableRef, TableDocumentation> =
            written.into_iter().map(|d| (d.table.clone(), d)).collect();
        for (new, old) in &changes.renamed {
            if let Some(of_old) = written.get(old).map(|d| changes::under_new_name(d, new)) {
                written.entry(new.clone()).or_insert(of_old);
            }
        }
        let kept = written.values().filter(|d| d.generated_at >= learning.since).map(|d| d.table.clone()).collect();
        Self {
            learning,
            catalog,
            index: IndexOnDemand::of(catalog),
            kept: Mutex::new(kept),
            changes,
            known: changes::by_name(known),
            written,
            pending: Mutex::default(),
            today: learning.agent.inner.parts.clock.now().date_naive(),
            failures: AtomicUsize::new(0),
            left_to_rules: Mutex::default(),
        }
    }

    /// What there is about a table of the catalog.
    pub(super) fn standing(&self, table: &Table) -> Standing {
        let Some(written) = self.written.get(&table.name) else {
            return Standing::Wanting;
        };
        if written.generated_at >= self.learning.since {
            return Standing::Stands;
        }
        // Text that the rules made tells figures: these are to be right, and cost nothing.
        let by_rules = self.known.get(&table.name).is_some_and(|old| is_by_rules(written, old));
        match (self.changes.telling.contains(&table.name), by_rules) {
            (true, _) => Standing::Wanting,
            (false, true) if self.changes.touched.contains(&table.name) => Standing::Wanting,
            (false, true) => Standing::ByRules,
            (false, false) => Standing::Stands,
        }
    }

    /// Writes and keeps the documentation of a table.
    pub(super) async fn write(&self, table: &Table, round: Round) -> Result<Done, AgentError> {
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
                    return Ok(Done::Not);
                }
                self.leave_to_rules(&subject, error.to_string()).await
            }
        }
    }

    fn is_away(&self) -> bool {
        let concurrent = self.learning.agent.inner.learning.concurrent_tables;
        self.failures.load(Ordering::Relaxed) >= concurrent + AWAY_AFTER
    }

    async fn leave_to_rules(&self, subject: &TableSubject<'_>, why: String) -> Result<Done, AgentError> {
        let written = by_rules_because(subject, &why).await?;
        *self.left_to_rules.lock().unwrap_or_else(PoisonError::into_inner).entry(why).or_default() += 1;
        self.keep(subject.table, written).await
    }

    /// Keeps the documentation with the calls that were made meanwhile. What cost nothing waits for more of its kind.
    async fn keep(&self, table: &Table, written: WrittenDocumentation) -> Result<Done, AgentError> {
        let documentation = self.documentation(table, written);
        let calls = self.learning.ledger.take();
        let old = self.written.get(&table.name).filter(|old| says_the_same(old, &documentation));
        if calls.is_empty() && old.is_some_and(|old| old.table == table.name) && !self.is_copy(table) {
            return Ok(Done::Same);
        }
        let done = if old.is_some() { Done::Same } else { Done::New };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(table.name.clone());
        let batch = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            pending.push(documentation);
            if calls.is_empty() && pending.len() < KEPT_TOGETHER {
                return Ok(done);
            }
            std::mem::take(&mut *pending)
        };
        self.put(batch, calls).await?;
        Ok(done)
    }

    /// Whether what is known of the table stands under another name.
    fn is_copy(&self, table: &Table) -> bool {
        self.changes.renamed.contains_key(&table.name)
    }

    /// The tables that this job wrote about.
    pub(super) fn into_kept(self) -> HashSet<TableRef> {
        self.kept.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was written and not kept yet.
    pub(super) async fn flush(&self) -> Result<(), AgentError> {
        let batch = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if batch.is_empty() { Ok(()) } else { self.put(batch, Vec::new()).await }
    }

    /// The write is a task of its own: a learning that is stopped in the middle of it loses nothing that was paid for.
    async fn put(&self, batch: Vec<TableDocumentation>, calls: Vec<ModelCall>) -> Result<(), AgentError> {
        let metadata = self.learning.agent.inner.parts.metadata.clone();
        let (caller, job) = (self.learning.caller, self.learning.job);
        let write = tokio::spawn(async move { metadata.put_job_documentation(caller, job, &batch, &calls).await });
        match write.await {
            Ok(kept) => Ok(kept?),
            Err(_) => Err(AgentError::refused(ErrorKind::Internal, "a documentation could not be kept")),
        }
    }

    fn documentation(&self, table: &Table, written: WrittenDocumentation) -> TableDocumentation {
        TableDocumentation {
            source_id: self.learning.source.id,
            table: table.name.clone(),
            business_description: written.business_description,
            technical_description: written.technical_description,
            columns: written
                .columns
                .into_iter()
                .map(|c| ColumnDocumentation {
                    column: c.column,
                    description: c.description,
                    synonyms: c.synonyms,
                    ..ColumnDocumentation::default()
                })
                .collect(),
            use_cases: written.use_cases,
            common_questions: written.common_questions,
            synonyms: written.synonyms,
            hidden: false,
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

/// Whether the rules said this of a table as it was.
fn is_by_rules(written: &TableDocumentation, table: &Table) -> bool {
    written.business_description == documenting::business_description(table)
}

/// Whether both say the same, whenever they were written.
fn says_the_same(one: &TableDocumentation, other: &TableDocumentation) -> bool {
    TableDocumentation { generated_at: other.generated_at, ..one.clone() } == *other
}
