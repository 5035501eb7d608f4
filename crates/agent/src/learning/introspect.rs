//! Phase one: the structure, and what is known of the rows already.

use super::{Learning, changes};
use crate::AgentError;
use datafyme_connect::Scope;
use datafyme_domain::{Catalog, ErrorKind, Table, TableRef};
use std::{collections::HashMap, sync::Arc};
use tokio_util::task::AbortOnDropHandle;

/// The structure as it is now, with the profiles that still hold, and what marks the state of each table's rows.
pub(super) struct Introspected {
    pub(super) catalog: Catalog,
    /// One for each table of the catalog.
    pub(super) versions: Vec<Option<String>>,
}

impl Learning<'_> {
    /// What the last learning that ended found, and what there is now. Tables that have not changed keep their profile;
    /// those that an earlier worker of this job profiled, the one that it made.
    pub(super) async fn introspected(&self) -> Result<(Option<Catalog>, Introspected), AgentError> {
        let (metadata, caller, id) = (Arc::clone(&self.agent.inner.parts.metadata), self.caller, self.source.id);
        // Reading thousands of tables from metadata keeps a processor busy, and the database another.
        let known = AbortOnDropHandle::new(tokio::spawn(async move { metadata.catalog(caller, id).await }));
        let found = self.found().await?;
        let known = known.await.map_err(|e| {
            AgentError::refused(ErrorKind::Internal, format!("reading what was learned before ended early: {e}"))
        })??;
        // A catalog of a learning that never ended is none.
        let known = known.filter(|_| self.source.learned_at.is_some());
        let found = self.with_profiles(found, known.as_ref()).await?;
        Ok((known, found))
    }

    /// The structure without profiles.
    async fn found(&self) -> Result<Introspected, AgentError> {
        let catalog = self.connector.introspect(&Scope::default()).await?;
        if catalog.tables.is_empty() {
            let name = &self.source.name;
            let message = format!(
                "{name} has no table or view that this connection may read: grant it some, or connect elsewhere"
            );
            return Err(AgentError::refused(ErrorKind::InvalidInput, message));
        }
        let versions = match self.connector.data_versions(&catalog).await {
            Ok(versions) => versions,
            Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error.into()),
            // Then every table is looked at.
            Err(error) => {
                tracing::warn!(source.id = %self.source.id, error.kind = %error.kind(), "data_versions.failed");
                vec![None; catalog.tables.len()]
            }
        };
        Ok(Introspected { catalog, versions })
    }

    async fn with_profiles(
        &self,
        mut found: Introspected,
        known: Option<&Catalog>,
    ) -> Result<Introspected, AgentError> {
        let drafts = self.agent.inner.parts.metadata.drafts(self.caller, self.source.id, self.job).await?;
        let drafts: HashMap<&TableRef, &Table> = drafts.iter().map(|t| (&t.name, t)).collect();
        let known = changes::by_name(known);
        for table in &mut found.catalog.tables {
            let earlier = [drafts.get(&table.name), known.get(&table.name)];
            let old = earlier.into_iter().flatten().find(|old| changes::same_columns(old, table));
            table.profile = old.and_then(|old| old.profile.clone());
        }
        Ok(found)
    }
}
