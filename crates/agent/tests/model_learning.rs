//! Learning with a language model, whole: real SQLite data source, real stores, a model in process that says what it is
//! told to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "model_learning/budget.rs"]
mod budget;
#[path = "model_learning/contract.rs"]
mod contract;
#[path = "model_learning/durability.rs"]
mod durability;
#[path = "model_learning/privacy.rs"]
mod privacy;
#[path = "model_learning/relations.rs"]
mod relations;
#[path = "model_learning/study.rs"]
mod study;
