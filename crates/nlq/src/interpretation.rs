//! What goes into [`crate::answer()`] and what comes out of it.

use crate::Plan;
use chrono::NaiveDate;
use datafyme_domain::{ChartKind, RowSet, TableRef};
use serde::{Deserialize, Serialize};

/// A question with what it depends on besides the data source.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The words of the user.
    pub text: &'a str,
    /// What "this month" and "yesterday" refer to.
    pub today: NaiveDate,
    /// The answer that a follow-up would refer to.
    pub context: Option<&'a Context>,
}

/// The last answered question of a conversation, as far as a follow-up can refer to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Its words.
    pub question: String,
    /// How it was understood.
    pub plan: Plan,
}

/// Tries a candidate. The caller guards the SQL, bounds time and rows, and may refuse.
pub trait Trial {
    /// Runs `sql` on a small limit.
    fn run(&self, sql: &str) -> TrialOutcome;
}

/// What came of trying a candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum TrialOutcome {
    /// It ran; at most the caller's row limit of rows.
    Rows(RowSet),
    /// The guard or the database refused it, with the message.
    Failed(String),
    /// It took too long. Not held against the candidate.
    TimedOut,
}

/// How a question was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Interpretation {
    /// Sure enough to answer.
    Understood {
        /// The query as data.
        plan: Plan,
        /// The plan in the dialect of the catalog.
        sql: String,
        /// 0 to 1.
        confidence: f64,
        /// Other readings, best first, whose results differ.
        alternatives: Vec<Alternative>,
        /// What each part of the question was taken for.
        links: Vec<Link>,
        /// The chart that the question names.
        chart_hint: Option<ChartKind>,
        /// What the reader should know: assumptions made, words not used.
        notes: Vec<String>,
    },
    /// Not sure enough, or not a question about this data.
    Declined {
        /// Why, for people.
        reason: String,
        /// Questions that can be answered instead.
        suggestions: Vec<String>,
        /// The best reading, when there was one.
        guess: Option<Alternative>,
    },
}

/// A reading of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The query as data.
    pub plan: Plan,
    /// Its SQL.
    pub sql: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A part of the question and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Byte range in the question's text.
    pub start: usize,
    /// End of the range, exclusive.
    pub end: usize,
    /// The words.
    pub text: String,
    /// What they mean.
    pub target: LinkTarget,
}

/// What a part of a question means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A table.
    Table(TableRef),
    /// A column.
    Column(TableRef, String),
    /// A cell of a column.
    Value(TableRef, String, String),
}

/// A table that a question is about.
#[derive(Debug, Clone, PartialEq)]
pub struct TableHit {
    /// The table.
    pub table: TableRef,
    /// Higher is better; comparable within one question.
    pub score: f64,
    /// The words of the question that point to it.
    pub words: Vec<String>,
}

/// A query whose empty result comes from a value that is not in the data, mended.
#[derive(Debug, Clone, PartialEq)]
pub struct EmptyRepair {
    /// The mended plan.
    pub plan: Plan,
    /// Its SQL.
    pub sql: String,
    /// What was changed, for people: `no "Iphone 14" in product name; took "iPhone 14"`.
    pub note: String,
}
