//! The agent, whole: real SQLite data source, real stores in a temporary directory, rules or a script as its analyst.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "agent/cancelling.rs"]
mod cancelling;
#[path = "agent/edges.rs"]
mod edges;
#[path = "agent/house.rs"]
mod house;
#[path = "agent/joins.rs"]
mod joins;
#[path = "agent/learning.rs"]
mod learning;
#[path = "agent/readings.rs"]
mod readings;
#[path = "agent/resuming.rs"]
mod resuming;
#[path = "agent/resync.rs"]
mod resync;
#[path = "agent/rules.rs"]
mod rules;
#[path = "agent/script.rs"]
mod script;
#[path = "agent/sources.rs"]
mod sources;
