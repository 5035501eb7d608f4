//! The metadata suite over a real PostgreSQL, and what only PostgreSQL has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod moving;
mod opening;
mod server;

use async_trait::async_trait;
use datafyme_store::conformance::Harness;
use datafyme_store::conformance::sample::{OTHER, at};
use datafyme_store::{MetadataStore, PostgresMetadata, Vault};
use server::Schema;
use std::sync::Arc;

/// A schema of its own, and the vault that all who open it share.
struct Postgres {
    schema: Schema,
    vault: Vault,
}

#[async_trait]
impl Harness<dyn MetadataStore> for Postgres {
    async fn fresh() -> Self {
        let fresh = Self { schema: Schema::fresh().await, vault: Vault::generate() };
        let store = PostgresMetadata::open(&fresh.schema.url(), None, fresh.vault.clone()).await.unwrap();
        store.create_user(OTHER.user_id, "other", at(0)).await.unwrap();
        store.close().await;
        fresh
    }

    async fn open(&self) -> Arc<dyn MetadataStore> {
        Arc::new(PostgresMetadata::open(&self.schema.url(), None, self.vault.clone()).await.unwrap())
    }
}

datafyme_store::metadata_conformance!(Postgres);
