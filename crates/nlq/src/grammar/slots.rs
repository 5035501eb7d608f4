//! What a question asks, slot by slot, before columns and joins are settled.

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    dates::DateSpan,
    plan::{Aggregate, Comparison, Grain},
};

/// The slots of a question, or of several laid over each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    pub head: Option<Head>,
    /// The entity that the rows are about.
    pub root: Option<TableId>,
    /// Columns to show.
    pub show: Vec<ColumnId>,
    /// All columns of the entity are asked for.
    pub everything: bool,
    /// Columns to show are added to what names the rows: "show the category too".
    pub keeps_titles: bool,
    /// Whether the measure behind the order is to be shown.
    pub show_measure: bool,
    pub groups: Vec<Group>,
    pub filters: Vec<Filter>,
    pub rank: Option<Rank>,
    pub limit: Option<u64>,
    pub sort: Option<Sort>,
    pub having: Option<(Measure, Comparison, f64)>,
    /// Tables named anywhere.
    pub named: Vec<TableId>,
    /// Stems of all words, for choosing between columns.
    pub stems: Vec<String>,
    /// "now", "current"
    pub current: bool,
    pub unexplained: Vec<String>,
    /// Doubt that the rules themselves add, 0 and up.
    pub doubt: f64,
    /// An aggregate word without anything to apply it to: "and the average?"
    pub function: Option<Aggregate>,
    /// "how many are there" of what was listed before.
    pub counts_previous: bool,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Head {
    Count(TableId),
    CountDistinct(ColumnId),
    Measure(Vec<Aggregate>, Measure),
    List,
    /// Percentage of the entity's rows that meet the conditions, or per group.
    Share,
    /// Rows of one table for one of another.
    RatioOfCounts(TableId, TableId),
    /// First or last day of a date column.
    Day(Aggregate, ColumnId),
}

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    Column(ColumnId),
    Product(ColumnId, ColumnId),
    Rows(TableId),
}

impl Measure {
    /// The table whose rows are measured.
    pub(super) fn table(&self, index: &CatalogIndex) -> TableId {
        match self {
            Self::Column(c) | Self::Product(c, _) => index.table_of(*c),
            Self::Rows(t) => *t,
        }
    }
}

/// What is grouped by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Group {
    Time(Grain),
    Column(ColumnId),
    Entity(TableId),
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    /// A column, or what the result measures.
    pub by: Option<ColumnId>,
    pub descending: bool,
}

/// What is ranked by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rank {
    pub by: RankBy,
    pub descending: bool,
}

/// A measure, aggregated over the rows of each entity, or a property of the entity itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RankBy {
    Property(ColumnId),
    Measure(Aggregate, Measure),
    /// The measure of the head.
    Head,
}

/// A condition, its column perhaps still open.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// Any of these cells.
    Cells {
        cells: Vec<CellOptions>,
        negated: bool,
        /// Joined by "and": in a figure, each is asked for by itself.
        each: bool,
    },
    Date {
        span: DateSpan,
        column: Option<ColumnId>,
    },
    Number {
        column: ColumnId,
        op: Comparison,
        value: f64,
        high: Option<f64>,
    },
    /// Compared with the average of the column.
    Average {
        column: ColumnId,
        op: Comparison,
    },
    /// No value.
    Null {
        column: ColumnId,
    },
    /// The row that the entity refers to along that edge holds these cells: "from A", "to B".
    Endpoint {
        edge: usize,
        cells: Vec<CellOptions>,
    },
    /// No row of that table belongs to the entity.
    Without {
        table: TableId,
        cells: Vec<CellOptions>,
    },
}

/// A cell with the columns that hold it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellOptions {
    pub text: String,
    /// Column, spelling, how exactly.
    pub hits: Vec<(ColumnId, String, f64)>,
    /// A column named right beside it.
    pub near: Option<ColumnId>,
}

impl CellOptions {
    /// The spelling in that column.
    pub(super) fn in_column(&self, column: ColumnId) -> Option<&str> {
        self.hits.iter().find(|h| h.0 == column).map(|h| h.1.as_str())
    }
}
