//! What is prepared once per data source.

use datafyme_domain::{Catalog, Relation, TableDocumentation};

/// What is known about a data source.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'a> {
    /// Structure and profiles.
    pub catalog: &'a Catalog,
    /// How tables join.
    pub relations: &'a [Relation],
    /// What tables mean.
    pub documentation: &'a [TableDocumentation],
}

/// A data source, prepared for matching questions with it. Immutable and shared between threads.
#[derive(Debug)]
pub struct CatalogIndex {
    #[allow(dead_code)]
    dialect: datafyme_domain::Dialect,
}

impl CatalogIndex {
    /// Prepares a data source: a few milliseconds per hundred columns.
    #[must_use]
    pub fn build(knowledge: Knowledge<'_>) -> Self {
        Self {
            dialect: knowledge.catalog.dialect,
        }
    }
}
