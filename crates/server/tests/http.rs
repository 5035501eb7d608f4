//! The HTTP API through its router, in process, over a tiny SQLite data source. One file per resource.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/collector.rs"]
mod collector;
#[path = "http/conversations.rs"]
mod conversations;
#[path = "http/jobs.rs"]
mod jobs;
#[path = "http/knowledge.rs"]
mod knowledge;
#[path = "http/metrics.rs"]
mod metrics;
#[path = "http/models.rs"]
mod models;
#[path = "harness/openai.rs"]
mod openai;
#[path = "http/problems.rs"]
mod problems;
#[path = "http/resync.rs"]
mod resync;
#[path = "http/runs.rs"]
mod runs;
#[path = "http/security.rs"]
mod security;
#[path = "http/site.rs"]
mod site;
#[path = "http/sources.rs"]
mod sources;
#[path = "http/telemetry.rs"]
mod telemetry;
#[path = "http/web_ui.rs"]
mod web_ui;
