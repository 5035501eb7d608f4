//! What was learned about a data source, prepared for answering and shared between runs.

pub(crate) mod prepared;

use crate::{
    AgentError,
    hidden::{self, Hidden},
    linking::SchemaLinker,
    sql_names,
    values::ValueIndex,
};
use datafyme_connect::AllowedTables;
use datafyme_domain::{
    BusinessTerm, Caller, Catalog, DataSource, DataSourceId, ErrorKind, Relation, Table, TableDocumentation,
    TableEdits, TableRef, TermMeaning,
};
use datafyme_nlq::{CatalogIndex, Knowledge};
use datafyme_store::MetadataStore;
use prepared::{Prepared, PreparedTable};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
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
    /// Words of the business whose meaning the catalog has.
    pub terms: Vec<BusinessTerm>,
    /// What people wrote over documentation.
    pub edits: Vec<TableEdits>,
    /// What is in none of these, since people set it aside.
    pub hidden: Hidden,
    /// The tables that a query may read.
    pub allowed: AllowedTables,
    /// All of it, prepared for matching words with it.
    pub index: CatalogIndex,
    /// What was made of single tables so far.
    pub(crate) prepared: Prepared,
    /// The same, prepared for finding tables.
    pub(crate) linker: SchemaLinker,
    /// Cell values, prepared for finding their columns.
    pub(crate) values: ValueIndex,
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
        Self::prepare_with(source, catalog, documentation, relations, Spoken::default())
    }

    /// As [`Self::prepare`], with what people said.
    #[must_use]
    pub fn prepare_with(
        source: DataSource,
        catalog: Catalog,
        mut documentation: Vec<TableDocumentation>,
        relations: Vec<Relation>,
        spoken: Spoken,
    ) -> Self {
        let names = spoken.terms.iter().flat_map(BusinessTerm::names);
        let (mut catalog, hidden) = hidden::split(catalog, &documentation, names);
        // Only the search for relations reads them, and of thousands of tables they are the most of it.
        let profiles = catalog.tables.iter_mut().flat_map(|t| &mut t.profile).flat_map(|p| &mut p.columns);
        profiles.for_each(|column| column.sketch = None);
        let known: HashSet<&TableRef> = catalog.tables.iter().map(|t| &t.name).collect();
        documentation.retain(|d| !d.hidden && known.contains(&d.table));
        for documented in &mut documentation {
            documented.columns.retain(|c| !c.hidden);
            documented.columns.shrink_to_fit();
            // Answering reads neither; of thousands of tables they are megabytes.
            documented.technical_description = String::new();
            documented.use_cases = Vec::new();
        }
        let relations = if hidden.is_empty() { relations } else { hidden::visible_relations(&catalog, relations) };
        let mut terms = spoken.terms;
        terms.retain(|t| t.meaning.as_ref().is_none_or(|meaning| is_known(meaning, &catalog)));
        let known = Knowledge { catalog: &catalog, relations: &relations, documentation: &documentation };
        let index = CatalogIndex::build_with_terms(known, &terms);
        let allowed = AllowedTables::of_catalog(&catalog).hiding(hidden.columns().to_vec());
        let prepared = Prepared::of(&catalog);
        let edits = spoken.edits;
        let linker = SchemaLinker::build(&catalog, &relations, &documentation, &terms);
        let values = ValueIndex::build(&catalog);
        Self {
            source,
            catalog,
            documentation,
            relations,
            terms,
            edits,
            hidden,
            allowed,
            index,
            prepared,
            linker,
            values,
        }
    }

    /// A table of the catalog, with what was made of it so far.
    pub(crate) fn table(&self, name: &TableRef) -> Option<(&Table, &PreparedTable)> {
        let (position, prepared) = self.prepared.get(name)?;
        Some((self.catalog.tables.get(position)?, prepared))
    }
}

/// What people said about a data source, besides the documentation that it is merged into.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    /// Words of the business.
    pub terms: Vec<BusinessTerm>,
    /// What they wrote over documentation.
    pub edits: Vec<TableEdits>,
}

/// Whether the catalog has what a term stands for.
fn is_known(meaning: &TermMeaning, catalog: &Catalog) -> bool {
    let Some(table) = catalog.get(meaning.table()) else { return false };
    match meaning {
        TermMeaning::Expression { sql, .. } => sql_names::names_of_expression(sql, catalog.dialect)
            .is_ok_and(|names| names.iter().all(|n| table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(n)))),
        other => other.column().is_none_or(|column| table.column(column).is_some()),
    }
}

/// Prepared knowledge per data source; an entry serves until the source is learned again or people change what is
/// known of it.
#[derive(Debug, Default)]
pub(crate) struct KnowledgeCache {
    prepared: Mutex<HashMap<DataSourceId, Arc<SourceKnowledge>>>,
    /// Held by who prepares one.
    preparing: Mutex<HashMap<DataSourceId, Arc<tokio::sync::Mutex<()>>>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How the cache of prepared knowledge fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnowledgeCacheState {
    /// Data sources in it.
    pub sources: u64,
    /// Look-ups that found what they need, since the start.
    pub hits: u64,
    /// Look-ups that had to prepare it.
    pub misses: u64,
}

impl KnowledgeCache {
    /// What is known about `source`, from the cache when that is still as learned.
    pub(crate) async fn get(
        &self,
        metadata: &dyn MetadataStore,
        caller: Caller,
        source: DataSource,
    ) -> Result<Arc<SourceKnowledge>, AgentError> {
        let id = source.id;
        if let Some(found) = self.found(&source) {
            return Ok(found);
        }
        // Who asks meanwhile waits for what is under way: two of a large data source at once would be twice the memory.
        let turn = Arc::clone(self.preparing.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default());
        let _turn = turn.lock().await;
        if let Some(found) = self.found(&source) {
            return Ok(found);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let catalog = metadata.catalog(caller, id).await?.ok_or_else(|| {
            AgentError::refused(
                ErrorKind::Conflict,
                format!("{} has not been learned yet: learn it first", source.name),
            )
        })?;
        let documentation = metadata.documentation(caller, id).await?;
        let relations = metadata.list_relations(caller, id).await?;
        let relations = relations.into_iter().filter(datafyme_domain::Relation::is_usable).collect();
        let spoken = Spoken {
            terms: metadata.list_terms(caller, id).await?,
            edits: metadata.documentation_edits(caller, id).await?,
        };
        let prepare = move || SourceKnowledge::prepare_with(source, catalog, documentation, relations, spoken);
        let prepared = tokio::task::spawn_blocking(prepare)
            .await
            .map_err(|e| AgentError::refused(ErrorKind::Internal, format!("cannot prepare what was learned: {e}")))?;
        let prepared = Arc::new(prepared);
        self.lock().insert(id, prepared.clone());
        Ok(prepared)
    }

    /// What there is, when it is still as learned.
    fn found(&self, source: &DataSource) -> Option<Arc<SourceKnowledge>> {
        let cached = self.lock().get(&source.id).cloned()?;
        let known = (cached.source.learned_at, cached.source.knowledge_version);
        let is_current = source.learned_at.is_some() && known == (source.learned_at, source.knowledge_version);
        is_current.then(|| {
            self.hits.fetch_add(1, Ordering::Relaxed);
            cached
        })
    }

    pub(crate) fn state(&self) -> KnowledgeCacheState {
        KnowledgeCacheState {
            sources: self.lock().len() as u64,
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// Drops what is known about `source`: it changed.
    pub(crate) fn forget(&self, source: DataSourceId) {
        self.lock().remove(&source);
        // Whoever waits holds it still.
        let mut preparing = self.preparing.lock().unwrap_or_else(PoisonError::into_inner);
        preparing.retain(|id, turn| *id != source || Arc::strong_count(turn) > 1);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<DataSourceId, Arc<SourceKnowledge>>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
