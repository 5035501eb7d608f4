//! What was learned about a data source, prepared for answering and shared between runs.

pub(crate) mod prepared;

use crate::AgentError;
use datafyme_connect::AllowedTables;
use datafyme_domain::{
    Caller, Catalog, DataSource, DataSourceId, ErrorKind, Relation, Table, TableDocumentation, TableRef,
};
use datafyme_nlq::{CatalogIndex, Knowledge};
use datafyme_store::MetadataStore;
use prepared::{Prepared, PreparedTable};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Everything known about one data source, as of when it was last learned. Immutable.
#[derive(Debug)]
pub struct SourceKnowledge {
    /// The data source.
    pub source: DataSource,
    /// Structure and profiles.
    pub catalog: Catalog,
    /// What the tables mean.
    pub documentation: Vec<TableDocumentation>,
    /// How they join; rejected relations left out.
    pub relations: Vec<Relation>,
    /// The tables that a query may read.
    pub allowed: AllowedTables,
    /// All of it, prepared for matching words with it.
    pub index: CatalogIndex,
    /// What was made of single tables so far.
    pub(crate) prepared: Prepared,
}

impl SourceKnowledge {
    /// Prepares what is known; costs milliseconds per hundred columns.
    #[must_use]
    pub fn prepare(
        source: DataSource,
        catalog: Catalog,
        documentation: Vec<TableDocumentation>,
        relations: Vec<Relation>,
    ) -> Self {
        let index =
            CatalogIndex::build(Knowledge { catalog: &catalog, relations: &relations, documentation: &documentation });
        let allowed = AllowedTables::of_catalog(&catalog);
        let prepared = Prepared::of(&catalog);
        Self { source, catalog, documentation, relations, allowed, index, prepared }
    }
}

impl SourceKnowledge {
    /// A table of the catalog, with what was made of it so far.
    pub(crate) fn table(&self, name: &TableRef) -> Option<(&Table, &PreparedTable)> {
        let (position, prepared) = self.prepared.get(name)?;
        Some((self.catalog.tables.get(position)?, prepared))
    }
}

/// Prepared knowledge per data source; an entry serves until the source is learned again.
#[derive(Debug, Default)]
pub(crate) struct KnowledgeCache {
    prepared: Mutex<HashMap<DataSourceId, Arc<SourceKnowledge>>>,
}

impl KnowledgeCache {
    /// What is known about `source`, from the cache when that is still as learned.
    pub(crate) async fn get(
        &self,
        metadata: &dyn MetadataStore,
        caller: Caller,
        source: DataSource,
    ) -> Result<Arc<SourceKnowledge>, AgentError> {
        let cached = self.lock().get(&source.id).cloned();
        if let Some(found) = cached.filter(|k| k.source.learned_at == source.learned_at && source.learned_at.is_some())
        {
            return Ok(found);
        }
        let id = source.id;
        let catalog = metadata.catalog(caller, id).await?.ok_or_else(|| {
            AgentError::refused(
                ErrorKind::Conflict,
                format!("{} has not been learned yet: learn it first", source.name),
            )
        })?;
        let documentation = metadata.documentation(caller, id).await?;
        let relations = metadata.list_relations(caller, id).await?;
        let relations = relations.into_iter().filter(|r| r.kind != datafyme_domain::RelationKind::Rejected).collect();
        let prepared =
            tokio::task::spawn_blocking(move || SourceKnowledge::prepare(source, catalog, documentation, relations))
                .await
                .map_err(|e| {
                    AgentError::refused(ErrorKind::Internal, format!("cannot prepare what was learned: {e}"))
                })?;
        let prepared = Arc::new(prepared);
        self.lock().insert(id, prepared.clone());
        Ok(prepared)
    }

    /// Drops what is known about `source`: it changed.
    pub(crate) fn forget(&self, source: DataSourceId) {
        self.lock().remove(&source);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<DataSourceId, Arc<SourceKnowledge>>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
