//! Our own state: metadata (the truth), and the search index and relation graph derived from it.
//!
//! Owns: the [`MetadataStore`] seam (one small trait per aggregate) with its SQLite and PostgreSQL back ends and migrations,
//! [`SearchIndex`] and [`RelationGraph`] with their embedded back ends and those of Milvus and Neo4j (features), what
//! happens while an engine is away ([`remote`]), the [`vault`] that seals secrets, and the conformance suite of each trait.
//! Refuses: customers' databases, deciding anything about their content, reading time or making ids: both come
//! from the caller.
//! Start at [`metadata`] for what is stored, at [`search`] and [`graph`] for what is derived.

// Files of metadata/sql are compiled for each back end (ADR 0016).
#![allow(clippy::duplicate_mod)]

#[doc(hidden)]
pub mod conformance;
mod derived_file;
pub mod error;
pub mod graph;
pub mod metadata;
pub mod remote;
pub mod search;
mod sqlite_file;
pub mod vault;

pub use error::StoreError;
pub use graph::RelationGraph;
pub use graph::embedded::EmbeddedRelationGraph;
#[cfg(feature = "neo4j")]
pub use graph::neo4j::Neo4jRelationGraph;
pub use graph::with_fallback::GraphWithFallback;
pub use metadata::MetadataStore;
pub use metadata::postgres::PostgresMetadata;
pub use metadata::sqlite::SqliteMetadata;
pub use remote::{Engine, Remote, RemoteStatus};
pub use search::embedded::EmbeddedSearchIndex;
#[cfg(feature = "milvus")]
pub use search::milvus::{Consistency, MilvusOptions, MilvusSearchIndex};
pub use search::with_fallback::SearchWithFallback;
pub use search::{HybridQuery, SearchDocument, SearchHit, SearchIndex};
pub use vault::Vault;
