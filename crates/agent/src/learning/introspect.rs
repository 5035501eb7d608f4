//! Phase one: the structure, and what is known of the rows already.

use super::{Learning, changes};
use crate::AgentError;
use datafyme_connect::Scope;
use datafyme_domain::{Catalog, ErrorKind, Table, TableRef};
use std::collections::HashMap;

/// The structure as it is now, with the profiles that still hold, and what marks the state of each table's rows.
pub(super) struct Introspected {
    pub(super) catalog: Catalog,
    /// One for each table of the catalog.
    pub(super) versions: Vec<Option<String>>,
}

impl Learning<'_> {
    /// Tables that have not changed keep their profile; those that an earlier worker of this job profiled, the one that
    /// it made.
    pub(super) async fn introspected(&self, known: Option<&Catalog>) -> Result<Introspected, AgentError> {
        let mut catalog = self.connector.introspect(&Scope::default()).await?;
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
        let drafts = self.agent.inner.parts.metadata.drafts(self.caller, self.source.id, self.job).await?;
        let drafts: HashMap<&TableRef, &Table> = drafts.iter().map(|t| (&t.name, t)).collect();
        let known = changes::by_name(known);
        for table in &mut catalog.tables {
            let found = [drafts.get(&table.name), known.get(&table.name)];
            let old = found.into_iter().flatten().find(|old| changes::same_columns(old, table));
            table.profile = old.and_then(|old| old.profile.clone());
        }
        Ok(Introspected { catalog, versions })
    }
}
