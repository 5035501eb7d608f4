//! What stands in the files.

use datafyme_domain::{RelationKind, TermMeaning};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    pub(super) table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hidden: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) technical_description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) synonyms: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) use_cases: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) common_questions: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<ColumnForm>,
    /// Field → checksum of what was generated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) generated: BTreeMap<String, String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnForm {
    pub(super) column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hidden: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) synonyms: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<String>,
}

/// A word of the business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermForm {
    pub(super) term: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) synonyms: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) definition: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) meaning: Option<TermMeaning>,
}

/// A relation that a person had a say on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationForm {
    pub(super) from: EndForm,
    pub(super) to: EndForm,
    pub(super) kind: RelationKind,
}

/// One side of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) columns: Vec<String>,
}

/// An approved query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryForm {
    pub(super) question: String,
    pub(super) sql: String,
}

/// All of a data source, as one file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WholeForm {
    #[serde(default)]
    pub(super) tables: Vec<TableForm>,
    #[serde(default)]
    pub(super) terms: Vec<TermForm>,
    #[serde(default)]
    pub(super) relations: Vec<RelationForm>,
    #[serde(default)]
    pub(super) verified_queries: Vec<QueryForm>,
}
