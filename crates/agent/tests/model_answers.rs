//! Answers by a language model, whole: real SQLite data source, real stores, and a provider's protocol over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "model_answers/budgets.rs"]
mod budgets;
#[path = "model_answers/conversation.rs"]
mod conversation;
#[path = "model_answers/faults.rs"]
mod faults;
#[path = "agent/house.rs"]
#[allow(dead_code)]
mod house;
#[path = "model_answers/injection.rs"]
mod injection;
#[path = "model_answers/prompts.rs"]
mod prompts;
#[path = "model_answers/queries.rs"]
mod queries;
#[path = "model_answers/stage.rs"]
mod stage;
#[path = "model_answers/tiers.rs"]
mod tiers;
