//! How tables join, and how we know.

use crate::{DataSourceId, RelationId, RelationReason, TableRef};
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
    /// How far it can be trusted, from its kind and confidence.
    #[serde(default)]
    pub tier: RelationTier,
    /// What the parent is to the child, where the child refers to it more than once or under another name:
    /// `billing` for `billing_address_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Child rows that it holds for, where that is not all of them: one of several parents by a type column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<RelationCondition>,
    /// What it rests on.
    pub evidence: RelationEvidence,
}

impl Relation {
    /// Whether queries may join along it: not rejected, not only offered, and for all child rows. A join along a
    /// conditional one would silently lose rows or find wrong ones.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.kind != RelationKind::Rejected && self.condition.is_none() && !self.is_only_offered()
    }

    /// Whether it waits for a person's word: a reference of a table to itself that is no more than possible. Few
    /// questions need one, and a wrong one counts rows twice.
    #[must_use]
    pub fn is_only_offered(&self) -> bool {
        self.kind == RelationKind::Inferred
            && self.from_table == self.to_table
            && RelationTier::of(self.kind, self.confidence) == RelationTier::Possible
    }

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

/// How far a relation can be trusted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RelationTier {
    /// A guess: look before you rely on it.
    #[default]
    Possible,
    /// More likely right than wrong.
    Likely,
    /// Declared, confirmed, or inferred on evidence of which at least 97 of 100 are right by `datafyme eval relations`.
    Certain,
}

impl RelationTier {
    /// Least confidence of an inferred relation that is certain.
    pub const CERTAIN: f64 = 0.95;
    /// Least confidence of an inferred relation that is likely.
    pub const LIKELY: f64 = 0.6;

    /// The tier of a relation of that kind and confidence.
    #[must_use]
    pub fn of(kind: RelationKind, confidence: f64) -> Self {
        match kind {
            RelationKind::Declared | RelationKind::Confirmed => Self::Certain,
            RelationKind::Rejected => Self::Possible,
            RelationKind::Inferred if confidence >= Self::CERTAIN => Self::Certain,
            RelationKind::Inferred if confidence >= Self::LIKELY => Self::Likely,
            RelationKind::Inferred => Self::Possible,
        }
    }
}

/// Restricts a relation to child rows with a value: `commentable_type = 'Post'`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RelationCondition {
    /// Column of the child table.
    pub column: String,
    /// Its value.
    pub value: String,
}

/// What the figures of a relation were counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceBasis {
    /// All rows of the child.
    AllRows,
    /// A part of the child's rows, all of the parent's.
    SampledRows,
    /// Samples of the values of both, kept when they were profiled.
    Estimate,
    /// Nothing: no rows, no access, or no time left.
    #[default]
    Unknown,
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
    /// Share of child rows without a parent, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphan_share: Option<f64>,
    /// What the figures were counted on.
    #[serde(default)]
    pub basis: EvidenceBasis,
    /// Containment when it was learned before, where it has fallen since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containment_before: Option<f64>,
    /// Whether the parent columns are unique in the data or by declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_unique: Option<bool>,
    /// Whether both sides have the same logical type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_type: Option<bool>,
    /// The reasons, strongest first.
    #[serde(default)]
    pub reasons: Vec<RelationReason>,
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
