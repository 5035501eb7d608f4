//! Phase two: bounded statistics of each table whose rows are not known to be as they were, several tables at once.

use super::{Learning, introspect::Introspected, sensitive};
use crate::AgentError;
use datafyme_connect::{ConnectError, ProfileBudget};
use datafyme_domain::{ErrorKind, Table, TableProfile};
use futures::{FutureExt, StreamExt, stream};
use std::time::{Duration, Instant};

/// Tables profiled at once.
const CONCURRENT: usize = 4;
/// What was found is kept when it is of so many tables, or when the first of it was found so long ago.
const KEPT_TOGETHER: usize = 500;
const KEEP: Duration = Duration::from_secs(3);
/// Looking again at a table that took too long before gets this part of the time.
const SECOND_LOOK: u32 = 4;

impl Learning<'_> {
    pub(super) async fn profile(&self, found: &mut Introspected) -> Result<(), AgentError> {
        let budget = ProfileBudget::for_each_of(found.catalog.tables.len());
        let mut profiles = Vec::new();
        for (position, (table, version)) in found.catalog.tables.iter().zip(&found.versions).enumerate() {
            if self.is_profiled(table, version.as_deref()) {
                self.progress.skip();
                continue;
            }
            let mut budget = budget.clone();
            if table.profile.as_ref().is_some_and(|p| p.unknown.is_some()) {
                budget.timeout /= SECOND_LOOK;
            }
            let (connector, progress, table) = (self.connector.clone(), self.progress, bare(table));
            // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
            profiles.push(
                async move {
                    let _current = progress.begin(&table.name.to_string());
                    (position, connector.profile(&table, &budget).await)
                }
                .boxed(),
            );
        }
        let mut profiles = stream::iter(profiles).buffer_unordered(CONCURRENT);
        let (mut fresh, mut kept) = (Vec::new(), Instant::now());
        while let Some((position, profile)) = profiles.next().await {
            let profile = self.settled(profile).await?;
            if let (Some(table), Some(version)) = (found.catalog.tables.get_mut(position), found.versions.get(position))
            {
                table.profile = Some(TableProfile { data_version: version.clone(), ..profile });
                table.type_profile();
                fresh.push(position);
            }
            self.progress.step();
            if fresh.len() >= KEPT_TOGETHER || kept.elapsed() > KEEP {
                self.keep(found, &std::mem::take(&mut fresh)).await?;
                kept = Instant::now();
            }
        }
        self.keep(found, &fresh).await
    }

    /// By an earlier worker of this job; or before, when the database says that nothing was written since.
    fn is_profiled(&self, table: &Table, version: Option<&str>) -> bool {
        let Some(profile) = &table.profile else {
            return false;
        };
        let by_this_job = profile.profiled_at.is_some_and(|at| at >= self.since);
        let holds = profile.unknown.is_none() && version.is_some() && profile.data_version.as_deref() == version;
        by_this_job || holds
    }

    /// One table may fail: then nothing is known of its rows, and why. A database that is gone fails all of them, and the
    /// learning with it.
    async fn settled(&self, profile: Result<TableProfile, ConnectError>) -> Result<TableProfile, AgentError> {
        let mut profile = match profile {
            Ok(profile) => profile,
            Err(error) => {
                if error.kind() == ErrorKind::Unavailable {
                    self.connector.ping().await?;
                }
                tracing::warn!(source.id = %self.source.id, error.kind = %error.kind(), "profile.failed");
                TableProfile::unknown(error.to_string())
            }
        };
        sensitive::take_out(&mut profile);
        Ok(TableProfile { profiled_at: Some(self.agent.inner.parts.clock.now()), ..profile })
    }

    async fn keep(&self, found: &Introspected, positions: &[usize]) -> Result<(), AgentError> {
        if positions.is_empty() {
            return Ok(());
        }
        let tables: Vec<&Table> = positions.iter().filter_map(|at| found.catalog.tables.get(*at)).collect();
        let metadata = &self.agent.inner.parts.metadata;
        Ok(metadata.put_drafts(self.caller, self.source.id, self.job, &tables).await?)
    }
}

/// A table without its old profile, which nobody needs for making a new one.
fn bare(table: &Table) -> Table {
    Table {
        profile: None,
        name: table.name.clone(),
        comment: table.comment.clone(),
        columns: table.columns.clone(),
        primary_key: table.primary_key.clone(),
        unique_keys: table.unique_keys.clone(),
        foreign_keys: table.foreign_keys.clone(),
        ..*table
    }
}
