//! Question → answer, and database → knowledge.
//!
//! Owns: the [`Analyst`] seam (who reasons) with the [`RuleAnalyst`], the three [`graphs`] and their stages, the
//! execution of runs, learning as a durable job, the inference of relations, the rules for charts.
//! Refuses: SQL dialects and drivers (`connect`), how things are stored (`store`), words of a question (`nlq`), HTTP.
//! Start at [`Agent`]; then `graph` (where a run goes next, and why) and `stages` (what each stage does), or
//! `learning` (one phase per file).

pub mod agent;
pub mod analyst;
pub mod chart_rules;
pub mod error;
pub mod events;
pub mod graphs;
pub mod knowledge;
pub mod relations;
pub mod rule_analyst;
pub mod workbench;

pub use agent::{Agent, AgentParts, TableHit};
pub use analyst::Analyst;
pub use error::AgentError;
pub use events::{JobEvents, RunEvents};
pub use rule_analyst::RuleAnalyst;
