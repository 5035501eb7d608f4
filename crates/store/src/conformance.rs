//! What every back end of our stores must do: one suite per seam, run over each back end against the real engine.
//!
//! A back end's test file has a harness (how to make a fresh state and open it) and one macro call, which emits each
//! case as a test of its own:
//! ```text
//! datafyme_store::metadata_conformance!(MyHarness);
//! ```

// These are tests; they live in the library so that every back end's test file can call them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(missing_docs)]

pub mod graph;
pub mod metadata;
pub mod sample;
pub mod search;

use async_trait::async_trait;
use std::sync::Arc;

/// How a suite gets at a back end: `S` is the seam, e.g. `dyn MetadataStore`.
#[async_trait]
pub trait Harness<S: ?Sized>: Send + Sync + Sized {
    /// A fresh, empty state. Metadata has the users [`sample::ME`] and [`sample::OTHER`].
    async fn fresh() -> Self;

    /// A handle on it, as another process would open it.
    async fn open(&self) -> Arc<S>;
}

/// Emits one test per case of one module of suites.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    ($harness:ty, $seam:ty, $suite:path, $name:ident: $($case:ident),+ $(,)?) => {
        mod $name {
            use super::*;
            use $suite as suite;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let harness = <$harness as $crate::conformance::Harness<$seam>>::fresh().await;
                    suite::$case(&harness).await;
                }
            )+
        }
    };
}
