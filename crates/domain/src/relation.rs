//! How tables join, and how we know.

use crate::{DataSourceId, RelationId, TableRef};
use serde::{Deserialize, Serialize};

/// A joinable column list between two tables, from the many (child) side to the one (parent) side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// The data source it belongs to.
    pub source_id: DataSourceId,
    /// Child table.
    pub from_table: TableRef,
    /// Child columns.
    pub from_columns: Vec<String>,
    /// Parent table.
    pub to_table: TableRef,
    /// Parent columns, same length as `from_columns`.
    pub to_columns: Vec<String>,
    /// Declared, inferred or confirmed by a person.
    pub kind: RelationKind,
    /// How many rows stand on each side.
    pub cardinality: Cardinality,
    /// 0 to 1; 1 for declared and confirmed ones.
    pub confidence: f64,
    /// What it rests on.
    pub evidence: RelationEvidence,
}

impl Relation {
    /// Whether it touches `table`.
    #[must_use]
    pub fn touches(&self, table: &TableRef) -> bool {
        &self.from_table == table || &self.to_table == table
    }

    /// The other end of it, seen from `table`.
    #[must_use]
    pub fn other_end(&self, table: &TableRef) -> Option<&TableRef> {
        if &self.from_table == table {
            Some(&self.to_table)
        } else if &self.to_table == table {
            Some(&self.from_table)
        } else {
            None
        }
    }

    /// For people: `orders.product_id → products.product_id`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}.{} → {}.{}", self.from_table, self.from_columns.join("+"), self.to_table, self.to_columns.join("+"))
    }
}

/// Where a relation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// A foreign key of the database.
    Declared,
    /// Found in names and data.
    Inferred,
    /// Said to be right by a person.
    Confirmed,
    /// Said to be wrong by a person: never used, never found again.
    Rejected,
}

/// Rows on each side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Many children per parent.
    ManyToOne,
    /// At most one child per parent.
    OneToOne,
    /// Not known: no data was looked at.
    Unknown,
}

/// Figures behind a relation; absent where not measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RelationEvidence {
    /// How alike the names are, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_score: Option<f64>,
    /// Share of distinct child values found in the parent, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// Child rows whose value has no parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphan_rows: Option<u64>,
    /// Child rows looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_rows: Option<u64>,
    /// Whether the parent columns are unique in the data or by declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_unique: Option<bool>,
    /// Whether both sides have the same logical type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_type: Option<bool>,
    /// The reasons in words, strongest first, e.g. `99.1 % of product_id values are in products`.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// Ordered relations that connect two tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JoinPath {
    /// Where it starts.
    pub from: TableRef,
    /// Where it ends.
    pub to: TableRef,
    /// The relations in walking order, each in its own (child → parent) direction.
    pub relations: Vec<Relation>,
    /// Sum over the relations of their cost (1 plus the doubt in each); smaller is better.
    pub cost: f64,
}
