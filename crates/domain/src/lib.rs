//! The nouns of Datafyme: data sources, catalogs, relations, row sets, charts, conversations, runs, jobs.
//!
//! Owns: plain typed values with their serialised form (what the HTTP API, the stored rows and `--format json`
//! all share), ids, the error kinds, the clock, and the words inside identifiers.
//! Refuses: I/O of any kind, SQL text (beyond quoting a name), HTTP, prompts.
//! Start at [`catalog::Catalog`] (what a database looks like), [`run::Answer`] (what a question ends in) and
//! [`chart::ChartSpec`] (how it is drawn).

pub mod caller;
pub mod catalog;
pub mod chart;
pub mod clock;
pub mod conversation;
pub mod dialect;
pub mod documentation;
pub mod error;
pub mod glossary;
pub mod id;
pub mod job;
pub mod model;
pub mod names;
pub mod period;
pub mod profile;
pub mod reason;
pub mod relation;
pub mod row_set;
pub mod run;
pub mod sketch;
pub mod source;
pub mod texts;
pub mod value;
pub mod verified;

pub use caller::Caller;
pub use catalog::{Catalog, Column, ForeignKey, Table, TableKind, TableRef};
pub use chart::{ChartKind, ChartSpec};
pub use clock::{Clock, FixedClock, SystemClock};
pub use conversation::{Conversation, Message, Role};
pub use dialect::Dialect;
pub use documentation::{ColumnDocumentation, ColumnEdits, Edit, TableDocumentation, TableEdits};
pub use error::ErrorKind;
pub use glossary::{BusinessTerm, TermMeaning};
pub use id::*;
pub use job::{ChangedTables, Job, JobKind, JobProgress, JobStatus, LearnedChanges, RenamedTable};
pub use model::{
    Effort, LanguageModel, ModelAbilities, ModelCall, ModelCallOutcome, ModelRole, ModelSpend, Provider, StructuredMode,
};
pub use period::{Period, Periods};
pub use profile::{ColumnProfile, TableProfile, ValueCount};
pub use reason::{RelationReason, ToldReasons};
pub use relation::{
    Cardinality, EvidenceBasis, JoinPath, Relation, RelationCondition, RelationEvidence, RelationKind, RelationTier,
};
pub use row_set::{RowSet, RowSetColumn};
pub use run::{
    Answer, AnswerKind, AnswerReading, Budget, Check, Explanation, JoinCount, Phrase, PhraseTarget, Run, RunEvent,
    RunStatus, Step, StepStatus, Usage,
};
pub use sketch::ValueSketch;
pub use source::{DataSource, SourceStatus};
pub use texts::Texts;
pub use value::{ColumnType, Value};
pub use verified::{UsedColumn, VerifiedQuery};
