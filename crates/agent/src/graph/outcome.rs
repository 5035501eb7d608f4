//! The typed results of stages: what is persisted with each step, and what decides the next stage.

use crate::analyst::{Abstention, FoundTable, QueryDraft, QueryScope, SelectedTable};
use datafyme_domain::{AnswerReading, ChartSpec, Check, RowSet, TableRef};
use serde::{Deserialize, Serialize};

/// What came out of a stage. Its JSON form is a step's `outcome`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The message is small talk.
    SmallTalk,
    /// The message is a question about the data or about earlier answers.
    Relevant,
    /// Not answered: the analyst is not sure enough, or it is nothing that is answered.
    Declined {
        /// Why.
        reason: String,
        /// What to ask instead.
        suggestions: Vec<String>,
        /// Readings to choose from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        readings: Vec<AnswerReading>,
    },
    /// Answered in words.
    Replied {
        /// The words.
        text: String,
        /// What to ask next.
        suggestions: Vec<String>,
    },
    /// The question stands alone now.
    Restated {
        /// The question.
        question: String,
        /// Whether it refers to an earlier turn.
        follow_up: bool,
    },
    /// A query, or a chart, is needed.
    Needed {
        /// Why.
        why: String,
    },
    /// No query, or no chart, is needed.
    NotNeeded {
        /// Why.
        why: String,
    },
    /// Tables were looked for; there may be none.
    Found {
        /// Best first.
        tables: Vec<FoundTable>,
    },
    /// These tables are what the question is about.
    TablesSelected {
        /// Best first.
        tables: Vec<SelectedTable>,
    },
    /// The question in other words.
    Rephrased {
        /// The words.
        question: String,
    },
    /// The scope of the query is known.
    Expanded {
        /// The scope.
        scope: QueryScope,
    },
    /// There is a query to check.
    Drafted {
        /// The query.
        draft: Box<QueryDraft>,
    },
    /// The query is safe and compiles.
    Checked {
        /// Tables that it reads.
        tables: Vec<TableRef>,
        /// What was checked.
        checks: Vec<Check>,
    },
    /// The guard or the database refused the query.
    QueryFailed {
        /// In their words.
        error: String,
    },
    /// The query gave rows.
    Rows {
        /// The rows, bounded.
        rows: RowSet,
        /// What was checked of them.
        checks: Vec<Check>,
    },
    /// The query found nothing.
    Empty {
        /// The columns, and the row of nothing that an aggregate gives.
        rows: RowSet,
    },
    /// No other query: the empty result stands.
    Settled,
    /// No other query: the error stands.
    NotRepaired {
        /// The error, in words for the user.
        reason: String,
    },
    /// Shown as text.
    AsText {
        /// Why.
        why: String,
    },
    /// Shown as a table.
    AsTable {
        /// Why.
        why: String,
    },
    /// Shown as a chart.
    AsChart {
        /// Why.
        why: String,
    },
    /// That chart.
    ChartChosen {
        /// As chosen.
        spec: ChartSpec,
        /// Why.
        why: String,
    },
    /// There is no chart for these rows after all.
    NoChart {
        /// Why.
        why: String,
    },
    /// The chart over the columns of the result.
    Mapped {
        /// As mapped.
        spec: ChartSpec,
    },
    /// The chart can be drawn.
    Valid,
    /// The chart cannot be drawn.
    Invalid {
        /// Why.
        reason: String,
    },
    /// What the result says.
    Described {
        /// In words.
        text: String,
        /// What to ask next.
        suggestions: Vec<String>,
    },
    /// The run cannot go on.
    Failed {
        /// The cause, and what to do.
        reason: String,
    },
    /// Somebody stopped the run.
    Cancelled,
}

macro_rules! kinds {
    ($($name:ident $pattern:tt => $label:literal),+ $(,)?) => {
        /// An outcome without its data: what the edges of the graphs depend on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OutcomeKind {
            $(#[doc = concat!("See [`Outcome::", stringify!($name), "`].")] $name),+
        }

        impl OutcomeKind {
            /// All kinds.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            /// As the edges of the printed graphs are labelled.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }

        impl Outcome {
            /// Without its data.
            #[must_use]
            pub const fn kind(&self) -> OutcomeKind {
                match self { $(kinds!(@pattern $name $pattern) => OutcomeKind::$name),+ }
            }
        }
    };
    (@pattern $name:ident unit) => { Self::$name };
    (@pattern $name:ident data) => { Self::$name { .. } };
}

kinds! {
    SmallTalk unit => "small talk",
    Relevant unit => "relevant",
    Declined data => "declined",
    Replied data => "replied",
    Restated data => "restated",
    Needed data => "yes",
    NotNeeded data => "no",
    Found data => "found",
    TablesSelected data => "some",
    Rephrased data => "rephrased",
    Expanded data => "expanded",
    Drafted data => "query",
    Checked data => "passed",
    QueryFailed data => "error",
    Rows data => "rows",
    Empty data => "empty",
    Settled unit => "nothing better",
    NotRepaired data => "not repaired",
    AsText data => "text",
    AsTable data => "table",
    AsChart data => "chart",
    ChartChosen data => "chosen",
    NoChart data => "no chart",
    Mapped data => "mapped",
    Valid unit => "valid",
    Invalid data => "invalid",
    Described data => "described",
    Failed data => "failed",
    Cancelled unit => "cancelled",
}

impl From<Abstention> for Outcome {
    fn from(why: Abstention) -> Self {
        Self::Declined { reason: why.reason, suggestions: why.suggestions, readings: why.readings }
    }
}

impl Outcome {
    /// One line for people: what happened.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::SmallTalk => "small talk".to_owned(),
            Self::Relevant => "a question about the data".to_owned(),
            Self::Declined { reason, .. } => reason.clone(),
            Self::Replied { .. } => "answered in words".to_owned(),
            Self::Restated { question, follow_up } if *follow_up => format!("a follow-up: {question}"),
            Self::Restated { .. } => "stands alone".to_owned(),
            Self::Needed { why } | Self::NotNeeded { why } => why.clone(),
            Self::Found { tables } => counted(tables.len(), "table", "found"),
            Self::TablesSelected { tables } => names(tables.iter().map(|t| &t.table)),
            Self::Rephrased { question } => format!("in other words: {question}"),
            Self::Expanded { scope } => format!(
                "{} over {}",
                counted(scope.tables.len(), "table", ""),
                counted(scope.paths.len(), "join path", "")
            ),
            Self::Drafted { draft } => draft.explanation.clone(),
            Self::Checked { tables, .. } => format!("safe, and compiles; reads {}", names(tables.iter())),
            Self::QueryFailed { error } => format!("the query failed: {error}"),
            Self::Rows { rows, .. } if rows.truncated => format!("the first {} rows", rows.rows.len()),
            Self::Rows { rows, .. } => counted(rows.rows.len(), "row", ""),
            Self::Empty { .. } => "no rows".to_owned(),
            Self::Settled => "no better value: nothing there is the answer".to_owned(),
            Self::NotRepaired { reason } | Self::Invalid { reason } | Self::Failed { reason } => reason.clone(),
            Self::AsText { why } | Self::AsTable { why } | Self::AsChart { why } | Self::NoChart { why } => why.clone(),
            Self::ChartChosen { spec, why } => format!("{}: {why}", spec.kind.code().replace('_', " ")),
            Self::Mapped { spec } if spec.y_title.is_empty() => format!("over {}", spec.x_title),
            Self::Mapped { spec } => format!("{} over {}", spec.y_title, spec.x_title),
            Self::Valid => "can be drawn".to_owned(),
            Self::Described { .. } => "described".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
        }
    }
}

fn counted(n: usize, noun: &str, verb: &str) -> String {
    format!("{n} {noun}{} {verb}", if n == 1 { "" } else { "s" }).trim_end().to_owned()
}

fn names<'a>(tables: impl Iterator<Item = &'a TableRef>) -> String {
    tables.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
