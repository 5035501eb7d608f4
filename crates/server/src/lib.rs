//! The binary `datafyme`: command line, HTTP, background work, configuration, the embedded web UI.
//!
//! Owns: the edge. Command line ([`cli`]), HTTP API and web UI ([`http`]), the in-process worker ([`jobs`]),
//! configuration ([`config`], the only reader of the environment), which language models are active ([`models`]), export of traces ([`telemetry`]), counters for Prometheus ([`metrics`]), evaluation ([`eval`]), the demo data ([`demo`]).
//! Refuses: reasoning (`agent`), SQL (`connect`, `nlq`), storage (`store`), drawing (`render`): it only wires them.
//! Start at [`app::App`], the wiring; then `cli/<command>.rs` or `http/<resource>.rs`.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod derived;
pub mod eval;
pub mod events;
pub mod http;
pub mod jobs;
pub mod knowledge_files;
pub mod metadata;
pub mod metrics;
pub mod models;
pub mod telemetry;

pub use app::App;
