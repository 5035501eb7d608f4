//! What a demo database consists of, before it becomes SQLite or PostgreSQL.

use chrono::NaiveDate;
use datafyme_domain::Value;

/// A database.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Its name, and that of the data source.
    pub name: &'static str,
    /// Schemas in search order; SQLite has none and puts all tables side by side.
    pub schemas: Vec<&'static str>,
    /// Tables, referenced ones first.
    pub tables: Vec<DemoTable>,
    /// Views over them.
    pub views: Vec<DemoView>,
}

impl Dataset {
    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&DemoTable> {
        self.tables.iter().find(|t| t.name == name)
    }
}

/// A table with its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoTable {
    /// Schema in PostgreSQL.
    pub schema: &'static str,
    /// Name, unique in the dataset.
    pub name: &'static str,
    /// Comment, where the database has comments.
    pub comment: Option<&'static str>,
    /// Columns in order.
    pub columns: Vec<DemoColumn>,
    /// Columns of the declared primary key; empty when none is declared.
    pub primary_key: Vec<&'static str>,
    /// Declared foreign keys.
    pub foreign_keys: Vec<DemoForeignKey>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

impl DemoTable {
    pub(super) fn new(schema: &'static str, name: &'static str, columns: Vec<DemoColumn>) -> Self {
        Self {
            schema,
            name,
            comment: None,
            columns,
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub(super) fn commented(mut self, comment: &'static str) -> Self {
        self.comment = Some(comment);
        self
    }

    pub(super) fn keyed(mut self, column: &'static str) -> Self {
        self.primary_key = vec![column];
        self
    }

    pub(super) fn referencing(mut self, column: &'static str, to_schema: &'static str, to_table: &'static str) -> Self {
        self.foreign_keys.push(DemoForeignKey { column, to_schema, to_table, to_column: column });
        self
    }

    pub(super) fn filled(mut self, rows: Vec<Vec<Value>>) -> Self {
        self.rows = rows;
        self
    }

    /// Position of a column.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoColumn {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub demo_type: DemoType,
    /// Whether NULLs occur.
    pub nullable: bool,
    /// Comment, where the database has comments.
    pub comment: Option<&'static str>,
}

impl DemoColumn {
    const fn of(name: &'static str, demo_type: DemoType) -> Self {
        Self { name, demo_type, nullable: false, comment: None }
    }

    pub(super) const fn text(name: &'static str) -> Self {
        Self::of(name, DemoType::Text)
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        Self::of(name, DemoType::Integer)
    }

    pub(super) const fn decimal(name: &'static str) -> Self {
        Self::of(name, DemoType::Decimal)
    }

    pub(super) const fn date(name: &'static str) -> Self {
        Self::of(name, DemoType::Date)
    }

    pub(super) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub(super) const fn about(mut self, comment: &'static str) -> Self {
        self.comment = Some(comment);
        self
    }
}

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoType {
    /// Characters.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers with two decimals.
    Decimal,
    /// Calendar days: `DATE` in PostgreSQL, ISO text in SQLite.
    Date,
}

/// A declared foreign key of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoForeignKey {
    /// Referencing column.
    pub column: &'static str,
    /// Schema of the referenced table.
    pub to_schema: &'static str,
    /// Referenced table.
    pub to_table: &'static str,
    /// Referenced column.
    pub to_column: &'static str,
}

/// A view: one SELECT that both databases understand, its tables unqualified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoView {
    /// Schema in PostgreSQL.
    pub schema: &'static str,
    /// Name.
    pub name: &'static str,
    /// Its query.
    pub query: &'static str,
    /// Comment, where the database has comments.
    pub comment: &'static str,
}

pub(super) fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// NULL when absent.
pub(super) fn optional_text(value: Option<String>) -> Value {
    value.map_or(Value::Null, Value::Text)
}

/// Hundredths as a decimal with two places.
pub(super) fn hundredths(value: i64) -> Value {
    Value::Decimal(format!("{}.{:02}", value / 100, value % 100))
}

/// `days` after `start`.
pub(super) fn day(start: NaiveDate, days: usize) -> NaiveDate {
    start.checked_add_days(chrono::Days::new(days as u64)).unwrap_or(start)
}

/// A date of this century's demo; the epoch for a date that does not exist.
pub(super) fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
