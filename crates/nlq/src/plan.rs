//! A query as data: what is selected from which tables under which conditions, whatever the SQL dialect.

mod explain;
mod fan_trap;
pub(crate) use explain::grain_word;
mod output;

pub use output::{OutputColumn, OutputRole, PlanJoin};

use datafyme_domain::{ColumnType, Dialect, RelationId, TableRef};
use serde::{Deserialize, Serialize};

/// One SELECT, possibly compounded with another. Conditions are a conjunction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Tables read; expressions name them by position. Never empty in a plan that is rendered.
    pub sources: Vec<Source>,
    /// Join `k` attaches source `k + 1` to an earlier one.
    pub joins: Vec<Join>,
    /// What each row shows.
    pub select: Vec<SelectItem>,
    /// Whether equal rows collapse.
    #[serde(default)]
    pub distinct: bool,
    /// All must hold.
    #[serde(default)]
    pub filters: Vec<Predicate>,
    /// Groups are formed by these.
    #[serde(default)]
    pub group: Vec<Expr>,
    /// All must hold for a group.
    #[serde(default)]
    pub having: Vec<Predicate>,
    /// Order of the rows.
    #[serde(default)]
    pub order: Vec<OrderItem>,
    /// Most rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Rows left out before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// A second query that this one is compounded with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compound: Option<Box<Compound>>,
}

impl Plan {
    /// The plan as one SELECT statement of `dialect`.
    #[must_use]
    pub fn to_sql(&self, dialect: Dialect) -> String {
        crate::sql::render(self, dialect)
    }

    /// The plan in words, e.g. "Average price of products whose storage size is above 60, per category".
    #[must_use]
    pub fn explain(&self) -> String {
        explain::explain(self)
    }

    /// The plan in words, phrase by phrase, each with the table, column or value that it stands for. Hungarian for
    /// [`Language::Hu`], else English.
    #[must_use]
    pub fn phrases(&self, language: crate::Language) -> Vec<datafyme_domain::Phrase> {
        explain::phrases(self, language)
    }

    /// What each column of the result is.
    #[must_use]
    pub fn output(&self) -> Vec<OutputColumn> {
        output::output(self)
    }

    /// The joins, sub-queries and compounds included.
    #[must_use]
    pub fn all_joins(&self) -> Vec<PlanJoin> {
        output::joins(self)
    }

    /// Ids of the relations that are joined along, in order, each once.
    #[must_use]
    pub fn relation_ids(&self) -> Vec<RelationId> {
        let mut ids = Vec::new();
        for id in self.all_joins().into_iter().filter_map(|j| j.relation) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Tables that are read anywhere in the plan, each once.
    #[must_use]
    pub fn tables(&self) -> Vec<TableRef> {
        output::tables(self)
    }
}

/// A table in a plan, or tables of equal shape read as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The table; the first sibling where there are siblings.
    pub table: TableRef,
    /// What its rows are called, plural: `order items`.
    pub label: String,
    /// Tables of equal shape that are stacked (UNION ALL) under one name; empty for an ordinary table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub siblings: Vec<Sibling>,
    /// Name of the column that tells siblings apart; the other columns are those in `sibling_columns`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sibling_label: String,
    /// Columns that are read from each sibling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sibling_columns: Vec<String>,
}

/// One of several tables of equal shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// The table.
    pub table: TableRef,
    /// What tells it from the others, e.g. `us`.
    pub label: String,
}

/// How a source is attached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// Inner, or left where rows without a partner stay.
    pub kind: JoinKind,
    /// Equal columns: of an earlier source, of the attached one.
    pub on: Vec<(ColumnUse, ColumnUse)>,
    /// The relation it follows; absent for a join that was guessed from equal names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<RelationId>,
    /// Whether the attached side has many rows for one of the earlier side, so that rows multiply.
    #[serde(default)]
    pub multiplies: bool,
}

/// Kind of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinKind {
    /// Only rows with a partner.
    Inner,
    /// All rows of the earlier side.
    Left,
}

/// A column of a source, with what rendering and explaining need to know about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnUse {
    /// Position in [`Plan::sources`].
    pub source: usize,
    /// Name, as the database spells it.
    pub column: String,
    /// Name in words.
    pub label: String,
    /// Logical type.
    pub column_type: ColumnType,
    /// Whether NULL may occur.
    #[serde(default)]
    pub nullable: bool,
    /// `strftime` pattern of text that reads as a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// Whether it is a key or a code: a number that nobody adds up.
    #[serde(default)]
    pub identifier: bool,
    /// What stands for it, where it is a figure that people defined and no column of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Vec<ExpressionPart>>,
}

/// A part of an expression over the columns of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpressionPart {
    /// SQL.
    Text(String),
    /// A column of the table, as the database spells it.
    Column(String),
}

/// A column of the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectItem {
    /// What it shows.
    pub expr: Expr,
    /// Its heading.
    pub label: String,
}

/// A scalar expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Expr {
    /// A column.
    Column(ColumnUse),
    /// All columns of all sources.
    Everything,
    /// Number of rows.
    CountRows,
    /// An aggregate of a column.
    Aggregate {
        /// Which.
        function: Aggregate,
        /// Over distinct values only.
        #[serde(default)]
        distinct: bool,
        /// Of what.
        of: ColumnUse,
    },
    /// A date cut to a period: `2024-03`.
    Period {
        /// Which period.
        grain: Grain,
        /// Of what.
        of: ColumnUse,
    },
    /// Number of rows for which all conditions hold.
    CountWhere {
        /// The conditions.
        conditions: Vec<Predicate>,
    },
    /// Sum of a column over the rows for which all conditions hold.
    SumWhere {
        /// Of what.
        of: ColumnUse,
        /// The conditions.
        conditions: Vec<Predicate>,
    },
    /// One number divided by another, never as whole numbers, NULL where the divisor is 0.
    Ratio {
        /// Divided.
        numerator: Box<Expr>,
        /// Divisor.
        denominator: Box<Expr>,
        /// Times 100.
        #[serde(default)]
        percent: bool,
    },
    /// The product of two columns, summed: `sum(price * quantity)`.
    SumProduct {
        /// One factor.
        left: ColumnUse,
        /// The other.
        right: ColumnUse,
    },
    /// One column less another.
    Difference {
        /// From this.
        left: Box<Expr>,
        /// this is taken away.
        right: Box<Expr>,
    },
    /// A query that gives one number.
    Scalar {
        /// The query.
        plan: Box<Plan>,
    },
}

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Number of values.
    Count,
    /// Total.
    Sum,
    /// Mean.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
}

/// A calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// `2024-03-09`
    Day,
    /// ISO week: `2024-W09`
    Week,
    /// `2024-03`
    Month,
    /// `2024-Q1`
    Quarter,
    /// `2024`
    Year,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Predicate {
    /// Two scalars compared.
    Compare {
        /// Left side.
        left: Expr,
        /// How.
        op: Comparison,
        /// Right side.
        right: Operand,
    },
    /// Within two bounds, both included.
    Between {
        /// What.
        left: Expr,
        /// Lower bound.
        low: Literal,
        /// Upper bound.
        high: Literal,
    },
    /// Text that contains something, case ignored.
    Like {
        /// What.
        left: Expr,
        /// Pattern with `%`.
        pattern: String,
        /// Not.
        #[serde(default)]
        negated: bool,
    },
    /// Absent.
    IsNull {
        /// What.
        left: Expr,
        /// Present.
        #[serde(default)]
        negated: bool,
    },
    /// There is (no) row in `inner` whose columns equal those outside, pairwise.
    Exists {
        /// There is none.
        #[serde(default)]
        negated: bool,
        /// Outer column and column of `inner`.
        on: Vec<(ColumnUse, ColumnUse)>,
        /// The query; its select list is not used.
        inner: Box<Plan>,
        /// The relation it follows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relation: Option<RelationId>,
    },
    /// The value is the largest (smallest) of its group.
    Extreme {
        /// The value.
        left: ColumnUse,
        /// What the group has in common.
        within: Vec<ColumnUse>,
        /// Largest.
        largest: bool,
        /// The columns of `within` and the extreme value of each group.
        plan: Box<Plan>,
    },
    /// The column is among the single column of `plan`.
    Within {
        /// What.
        left: ColumnUse,
        /// Where.
        plan: Box<Plan>,
        /// Not.
        #[serde(default)]
        negated: bool,
    },
    /// At least one holds.
    Any {
        /// The conditions.
        of: Vec<Predicate>,
    },
    /// All hold.
    All {
        /// The conditions.
        of: Vec<Predicate>,
    },
}

/// How two scalars are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// As SQL.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// The opposite.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::Greater,
            Self::Greater => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }
}

/// Right side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operand {
    /// A constant.
    Literal {
        /// It.
        value: Literal,
    },
    /// A query that gives one value.
    Plan {
        /// The query.
        plan: Box<Plan>,
    },
    /// Another expression of the same query.
    Expr {
        /// It.
        expr: Expr,
    },
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Literal {
    /// Text, in the spelling of the cell it was matched with.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A calendar day.
    Date(chrono::NaiveDate),
    /// A boolean.
    Bool(bool),
}

/// A sort key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// By what.
    pub expr: Expr,
    /// Largest first.
    pub descending: bool,
}

/// A query compounded with another of as many columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compound {
    /// How.
    pub operator: SetOperator,
    /// The other query.
    pub plan: Plan,
}

/// Set operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetOperator {
    /// Rows of either.
    Union,
    /// Rows of both.
    Intersect,
    /// Rows of the first only.
    Except,
}
