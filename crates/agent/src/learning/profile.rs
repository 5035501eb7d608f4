//! Phase two: bounded statistics of each table, several tables at once.

use super::Learning;
use crate::AgentError;
use datafyme_connect::{ConnectError, ProfileBudget};
use datafyme_domain::{Catalog, ErrorKind, Table, TableProfile};
use futures::{FutureExt, StreamExt, stream};
use std::time::{Duration, Instant};

/// Tables profiled at once.
const CONCURRENT: usize = 4;
/// How often the catalog is kept on the way.
const KEEP: Duration = Duration::from_secs(3);

impl Learning<'_> {
    pub(super) async fn profile(&mut self, catalog: &mut Catalog) -> Result<(), AgentError> {
        let budget = ProfileBudget::default();
        let mut todo = Vec::new();
        for (position, table) in catalog.tables.iter().enumerate() {
            if self.is_profiled(table) {
                self.progress.skip();
            } else {
                todo.push((position, table.clone()));
            }
        }
        let (connector, progress) = (self.connector.clone(), self.progress);
        // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
        let mut profiles = Vec::with_capacity(todo.len());
        for (position, table) in todo {
            let (connector, budget) = (connector.clone(), budget.clone());
            let profile = async move {
                let _current = progress.begin(&table.name.to_string());
                let profile = connector.profile(&table, &budget).await;
                (position, profile)
            };
            profiles.push(profile.boxed());
        }
        let mut found = stream::iter(profiles).buffer_unordered(CONCURRENT);
        let mut kept = Instant::now();
        while let Some((position, profile)) = found.next().await {
            self.take(catalog, position, profile).await?;
            self.progress.step();
            if kept.elapsed() > KEEP {
                self.keep(catalog).await?;
                kept = Instant::now();
            }
        }
        drop(found);
        self.keep(catalog).await
    }

    fn is_profiled(&self, table: &Table) -> bool {
        let at = table.profile.as_ref().and_then(|p| p.profiled_at);
        at.is_some_and(|at| at >= self.since)
    }

    async fn take(
        &mut self,
        catalog: &mut Catalog,
        position: usize,
        profile: Result<TableProfile, ConnectError>,
    ) -> Result<(), AgentError> {
        let Some(table) = catalog.tables.get_mut(position) else {
            return Ok(());
        };
        match profile {
            Ok(mut profile) => {
                profile.profiled_at = Some(self.agent.inner.parts.clock.now());
                table.profile = Some(profile);
            }
            Err(error) => {
                // One table may fail; a database that is gone fails all of them, and the learning with it.
                if error.kind() == ErrorKind::Unavailable {
                    self.connector.ping().await?;
                }
                tracing::warn!(source.id = %self.source.id, error.kind = %error.kind(), "profile.failed");
                table.profile = None;
                self.unprofiled.insert(table.name.clone(), error.to_string());
            }
        }
        Ok(())
    }

    async fn keep(&self, catalog: &Catalog) -> Result<(), AgentError> {
        let metadata = &self.agent.inner.parts.metadata;
        Ok(metadata.put_catalog(self.caller, self.source.id, catalog).await?)
    }
}
