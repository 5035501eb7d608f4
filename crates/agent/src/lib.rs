//! Question → answer, and database → knowledge.
//!
//! Owns: the [`Analyst`] seam (who reasons) with the [`RuleAnalyst`], the [`ModelAnalyst`] with its prompts and the two
//! in tiers ([`TieredAnalyst`]), the three [`graphs`] and their stages, the execution of runs, learning as a durable job, the inference of relations, the rules for charts.
//! Refuses: SQL dialects and drivers (`connect`), how things are stored (`store`), words of a question (`nlq`), HTTP.
//! Start at [`Agent`]; then `graph` (where a run goes next, and why) and `stages` (what each stage does), or
//! `learning` (one phase per file).

pub mod active_models;
pub mod agent;
pub mod analyst;
mod cancels;
pub mod chart_rules;
mod checks;
mod connectors;
pub mod editing;
pub mod error;
pub mod events;
mod execution;
pub mod graph;
pub mod graphs;
pub mod hidden;
mod join_ledger;
pub mod knowledge;
mod learning;
mod linking;
pub mod model_analyst;
mod prompts;
pub mod relations;
pub mod rule_analyst;
mod sql_names;
mod sql_tree;
mod stages;
pub mod tiered_analyst;
mod typed_rows;
mod values;
pub mod verified;
mod wording;
pub mod workbench;

pub use active_models::{ActiveModels, ConfiguredModel, RoleModels};
pub use agent::{Agent, AgentParts, JudgedQuery, Resync, TableHit, TableWords, ValueHit};
pub use analyst::{Analyst, Ledger, SpendLimits};
pub use datafyme_nlq::{Language, detect_language};
pub use editing::{ColumnChange, DocumentationChange};
pub use error::AgentError;
pub use events::{JobEvents, RunEvents};
pub use learning::LearnOptions;
pub use model_analyst::{ModelAnalyst, ModelAnalystOptions, Privacy, SpokenLanguage};
pub use relations::wording::ToldRelation;
pub use rule_analyst::RuleAnalyst;
pub use tiered_analyst::TieredAnalyst;
