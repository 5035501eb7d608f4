//! A query in the index's own terms: what a candidate looks like before its joins are found.

mod lift;
mod realise;

pub(crate) use lift::lift;
pub(crate) use realise::{column_use, realise};

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    plan::{Aggregate, Comparison, Grain, Literal, SetOperator},
};

/// A query without its joins.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Draft {
    pub select: Vec<Item>,
    pub distinct: bool,
    pub conditions: Vec<Condition>,
    pub group: Vec<Item>,
    pub having: Vec<(Item, Comparison, Literal)>,
    pub order: Vec<(Item, bool)>,
    pub limit: Option<u64>,
    /// Tables that must be read though no column of theirs may be used; the first is the root.
    pub tables: Vec<TableId>,
    pub compound: Option<(SetOperator, Box<Draft>)>,
    /// Keep rows of the root without partners.
    pub outer: bool,
    /// Compare only with the same rows as the outer query: filters are copied into sub-queries.
    pub notes: Vec<String>,
}

/// A select item, group key or sort key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Column(ColumnId),
    Everything,
    CountRows,
    Aggregate(Aggregate, bool, ColumnId),
    Period(Grain, ColumnId),
    CountWhere(Vec<Condition>),
    SumWhere(ColumnId, Vec<Condition>),
    Ratio(Box<Item>, Box<Item>, bool),
    SumProduct(ColumnId, ColumnId),
    Difference(Box<Item>, Box<Item>),
    Scalar(Box<Draft>),
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare(ColumnId, Comparison, Literal),
    Between(ColumnId, Literal, Literal),
    Like(ColumnId, String, bool),
    Null(ColumnId, bool),
    /// Compared with the single value of a query.
    Against(ColumnId, Comparison, Box<Draft>),
    /// Compared with another column.
    Columns(ColumnId, Comparison, ColumnId),
    /// There are (no) rows of the inner draft's root that join with the row along the edge.
    Exists {
        negated: bool,
        outer: TableId,
        edge: usize,
        inner: Box<Draft>,
    },
    /// The largest (smallest) value of those that have the columns in common, among the rows of the query.
    Extreme {
        column: ColumnId,
        largest: bool,
        within: Vec<ColumnId>,
        among: Box<Draft>,
    },
    /// Among the single column of a query.
    Within(ColumnId, Box<Draft>, bool),
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

impl Condition {
    /// The columns of the query itself that the condition reads.
    pub(crate) fn columns(&self) -> Vec<ColumnId> {
        match self {
            Self::Compare(c, ..)
            | Self::Between(c, ..)
            | Self::Like(c, ..)
            | Self::Null(c, _)
            | Self::Against(c, ..)
            | Self::Within(c, ..) => vec![*c],
            Self::Columns(a, _, b) => vec![*a, *b],
            Self::Exists { .. } => Vec::new(),
            Self::Extreme { column, within, .. } => within.iter().chain([column]).copied().collect(),
            Self::Any(of) | Self::All(of) => of.iter().flat_map(Self::columns).collect(),
        }
    }

    /// Tables that the query must read for it.
    fn tables(&self, index: &CatalogIndex) -> Vec<TableId> {
        match self {
            Self::Exists { outer, .. } => vec![*outer],
            Self::Any(of) | Self::All(of) => of.iter().flat_map(|c| c.tables(index)).collect(),
            other => other.columns().into_iter().map(|c| index.table_of(c)).collect(),
        }
    }
}

impl Item {
    /// The columns that it reads.
    pub(crate) fn columns(&self) -> Vec<ColumnId> {
        match self {
            Self::Column(c) | Self::Aggregate(_, _, c) | Self::Period(_, c) => vec![*c],
            Self::Everything | Self::CountRows | Self::Scalar(_) => Vec::new(),
            Self::CountWhere(of) => of.iter().flat_map(Condition::columns).collect(),
            Self::SumWhere(c, of) => {
                let mut all = vec![*c];
                all.extend(of.iter().flat_map(Condition::columns));
                all
            }
            Self::Ratio(a, b, _) | Self::Difference(a, b) => {
                let mut all = a.columns();
                all.extend(b.columns());
                all
            }
            Self::SumProduct(a, b) => vec![*a, *b],
        }
    }

    pub(crate) fn is_aggregate(&self) -> bool {
        matches!(
            self,
            Self::CountRows | Self::Aggregate(..) | Self::CountWhere(_) | Self::SumWhere(..) | Self::SumProduct(..)
        ) || matches!(self, Self::Ratio(a, ..) | Self::Difference(a, _) if a.is_aggregate())
    }
}

impl Draft {
    /// Tables that the draft must read, its root first.
    pub(crate) fn required_tables(&self, index: &CatalogIndex) -> Vec<TableId> {
        let mut found: Vec<TableId> = Vec::new();
        let mut add = |table: TableId| {
            if !found.contains(&table) {
                found.push(table);
            }
        };
        self.tables.iter().copied().for_each(&mut add);
        let items = self
            .select
            .iter()
            .chain(&self.group)
            .chain(self.order.iter().map(|o| &o.0))
            .chain(self.having.iter().map(|h| &h.0));
        for column in items.flat_map(Item::columns) {
            add(index.table_of(column));
        }
        for condition in &self.conditions {
            condition.tables(index).into_iter().for_each(&mut add);
        }
        found
    }
}
