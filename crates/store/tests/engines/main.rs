//! The suites over a real Milvus and a real Neo4j, and what only they have.
#![cfg(any(feature = "milvus", feature = "neo4j"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "milvus")]
mod milvus;
#[cfg(feature = "neo4j")]
mod neo4j;
mod server;
