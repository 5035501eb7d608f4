//! Measures answers, schema linking, relations and charts against known ones.
//!
//! A file of items (JSONL) beside the databases that they are about. Every database is learned by the code that learns
//! a customer's, in a data directory of its own that is gone afterwards; questions go through the whole answer graph.
//! Start at [`answers`]; [`compare`] says when two results are the same.

pub mod answers;
pub mod charts;
pub mod compare;
pub mod databases;
pub mod items;
pub mod learned;
pub mod relations;
pub mod sample;
pub mod tables;

pub use databases::Databases;

use crate::config::EmbedderConfig;
use datafyme_agent::Analyst;
use datafyme_domain::Budget;
use std::{sync::Arc, time::Duration};

/// What an evaluation works with.
#[derive(Debug, Clone)]
pub struct EvalOptions {
    /// Where the databases are.
    pub databases: Databases,
    /// Databases worked on at once.
    pub jobs: usize,
    /// What one question may spend.
    pub budget: Budget,
    /// Who reasons.
    pub analyst: Arc<dyn Analyst>,
    /// What turns texts into vectors.
    pub embedder: EmbedderConfig,
}

impl EvalOptions {
    /// Limit of one query, gold ones too.
    #[must_use]
    pub const fn query_timeout(&self) -> Duration {
        Duration::from_millis(self.budget.query_ms)
    }
}

/// Why an evaluation cannot go on. What goes wrong with one item is part of the report instead.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The file of items cannot be read.
    #[error("cannot read {path}: {cause}")]
    Unreadable {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A line is no item.
    #[error("{path}, line {line}: {cause}")]
    BadItem {
        /// The file.
        path: std::path::PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
    },
}

/// Told after every finished item: how many are done.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);
