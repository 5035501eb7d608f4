//! A question and what is known about a database → checked SQL, with no language model.
//!
//! Owns: words and dates of a question, schema and value linking, candidate query plans, their ranking, the plan as
//! data ([`Plan`]), its SQL per dialect, its explanation in words, follow-ups, small talk, the language detector.
//! Refuses: I/O of any kind. Candidates are tried through [`Trial`], a callback that the caller guards and bounds.
//! Nothing in here knows a particular database.
//! Start at [`answer()`]; then [`CatalogIndex`] (what is prepared once per data source), `candidates` (how readings of
//! a question come about), `ranking` (which of them are tried, and which is best) and `choose` (which reader is believed).

mod answer;
mod candidates;
mod catalog_index;
mod choose;
mod dates;
mod decide;
#[doc(hidden)]
pub mod development;
mod draft;
mod followup;
mod grammar;
mod hungarian;
mod intent;
mod interpretation;
mod language;
mod learned;
mod lexicon;
mod linking;
mod obligations;
mod plan;
mod rank;
mod ranking;
mod reading;
mod remembering;
mod repair;
mod sql;
mod suggest;
#[cfg(test)]
mod tests;
mod tokens;

pub use answer::{answer, trail};
pub use catalog_index::{CatalogIndex, Knowledge};
pub use intent::{Intent, SmallTalkKind, classify};
pub use interpretation::{
    Alternative, Context, EmptyRepair, Interpretation, Link, LinkTarget, Question, TableHit, Trial, TrialOutcome,
};
pub use language::{Language, detect_language};
pub use lexicon::{expand as expand_abbreviation, synonyms as related_stems};
pub use linking::link;
pub use plan::{
    Aggregate, ColumnUse, Comparison, Compound, Expr, ExpressionPart, Grain, Join, JoinKind, Literal, Operand,
    OrderItem, OutputColumn, OutputRole, Plan, PlanJoin, Predicate, SelectItem, SetOperator, Sibling, Source,
};
pub use repair::repair_empty;
pub use suggest::suggestions;
