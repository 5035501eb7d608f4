//! Contracts of the tasks of learning.

use super::Ledger;
use chrono::NaiveDate;
use datafyme_domain::{Catalog, Relation, RelationReason, Table, TableDocumentation};
use datafyme_nlq::{CatalogIndex, Knowledge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// A table to document.
#[derive(Debug, Clone, Copy)]
pub struct TableSubject<'a> {
    /// The catalog prepared for matching words with it: for trying whether a question would be understood.
    pub index: &'a IndexOnDemand<'a>,
    /// Today: what "last month" refers to.
    pub today: NaiveDate,
    /// The table, with its profile where there is one.
    pub table: &'a Table,
    /// The database that it stands in.
    pub catalog: &'a Catalog,
    /// Relations known so far.
    pub relations: &'a [Relation],
    /// Where the calls of language models are written down.
    pub ledger: &'a Ledger,
}

/// A catalog prepared for matching words with it once somebody wants it: for thousands of tables that takes seconds.
#[derive(Debug)]
pub struct IndexOnDemand<'a> {
    catalog: &'a Catalog,
    built: OnceLock<Arc<CatalogIndex>>,
}

impl<'a> IndexOnDemand<'a> {
    /// Of that catalog; nothing is done yet.
    #[must_use]
    pub const fn of(catalog: &'a Catalog) -> Self {
        Self { catalog, built: OnceLock::new() }
    }

    /// The index.
    pub fn get(&self) -> Arc<CatalogIndex> {
        let build = || {
            let knowledge = Knowledge { catalog: self.catalog, relations: &[], documentation: &[] };
            Arc::new(CatalogIndex::build(knowledge))
        };
        self.built.get_or_init(build).clone()
    }
}

/// Documentation as written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WrittenDocumentation {
    /// What it is for, in the words of the business.
    pub business_description: String,
    /// What it is made of: rows, keys, periods.
    pub technical_description: String,
    /// One per column, in column order.
    pub columns: Vec<WrittenColumn>,
    /// What it can be used for.
    pub use_cases: Vec<String>,
    /// Questions that it can answer.
    pub common_questions: Vec<String>,
    /// Other names that people use for it.
    pub synonyms: Vec<String>,
}

/// A column as documented.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WrittenColumn {
    /// Column name.
    pub column: String,
    /// What it holds.
    pub description: String,
    /// Other names that people use for it.
    pub synonyms: Vec<String>,
}

/// Candidates of relations to judge.
#[derive(Debug, Clone, Copy)]
pub struct RelationSubject<'a> {
    /// The database, with profiles where there are any.
    pub catalog: &'a Catalog,
    /// What its tables mean.
    pub documentation: &'a [TableDocumentation],
    /// The candidates, with their evidence.
    pub inferred: &'a [Relation],
    /// Where the calls of language models are written down.
    pub ledger: &'a Ledger,
}

/// What was thought of the candidates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RelationVerdicts {
    /// One per candidate, in their order.
    pub verdicts: Vec<JudgedRelation>,
}

/// What was thought of one candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedRelation {
    /// How likely it is a relation, 0 to 1.
    pub probability: f64,
    /// Why, strongest first.
    pub reasons: Vec<RelationReason>,
}
