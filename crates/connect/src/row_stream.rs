//! A query's rows as they arrive.

use crate::ConnectError;
use datafyme_domain::{ColumnType, RowSet, RowSetColumn, Value};
use futures::{Stream, StreamExt, stream::BoxStream};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// Typed rows, bounded by the limits of their query. Dropping it ends the query.
pub struct RowStream {
    columns: Vec<RowSetColumn>,
    items: BoxStream<'static, Result<RowItem, ConnectError>>,
}

/// What a row stream yields.
#[derive(Debug, Clone, PartialEq)]
pub enum RowItem {
    /// A row, as long as the columns.
    Row(Vec<Value>),
    /// A limit was met: there are more rows. Always the last item.
    Truncated,
}

impl RowStream {
    /// A stream of `items` under `columns`. A column of type `Other` takes its type from the values when collected.
    #[must_use]
    pub fn new(columns: Vec<RowSetColumn>, items: BoxStream<'static, Result<RowItem, ConnectError>>) -> Self {
        Self { columns, items }
    }

    /// The columns, known before the first row.
    #[must_use]
    pub fn columns(&self) -> &[RowSetColumn] {
        &self.columns
    }

    /// All rows.
    ///
    /// # Errors
    /// The first failure of the stream.
    pub async fn collect(mut self) -> Result<RowSet, ConnectError> {
        let mut set = RowSet { columns: std::mem::take(&mut self.columns), ..RowSet::default() };
        while let Some(item) = self.items.next().await {
            match item? {
                RowItem::Row(row) => set.rows.push(row),
                RowItem::Truncated => set.truncated = true,
            }
        }
        for index in 0..set.columns.len() {
            let seen = type_of_values(set.column_values(index));
            if let (Some(column), Some(seen)) = (set.columns.get_mut(index), seen)
                && column.column_type == ColumnType::Other
            {
                column.column_type = seen;
            }
        }
        Ok(set)
    }
}

/// The logical type that all non-null values share; whole and broken numbers together are floats.
fn type_of_values<'a>(values: impl Iterator<Item = &'a Value>) -> Option<ColumnType> {
    values
        .filter_map(type_of)
        .try_fold(None, |seen, next| match (seen, next) {
            (None, next) => Ok(Some(next)),
            (Some(seen), next) if seen == next => Ok(Some(seen)),
            (Some(ColumnType::Integer | ColumnType::Float), ColumnType::Integer | ColumnType::Float) => {
                Ok(Some(ColumnType::Float))
            }
            _ => Err(()),
        })
        .unwrap_or(Some(ColumnType::Text))
}

const fn type_of(value: &Value) -> Option<ColumnType> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => ColumnType::Boolean,
        Value::Int(_) => ColumnType::Integer,
        Value::Float(_) => ColumnType::Float,
        Value::Decimal(_) => ColumnType::Decimal,
        Value::Text(_) => ColumnType::Text,
        Value::Date(_) => ColumnType::Date,
        Value::Time(_) => ColumnType::Time,
        Value::Timestamp(_) | Value::TimestampTz(_) => ColumnType::Timestamp,
        Value::Bytes(_) => ColumnType::Binary,
        Value::Json(_) => ColumnType::Json,
    })
}

impl Stream for RowStream {
    type Item = Result<RowItem, ConnectError>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.poll_next_unpin(cx)
    }
}

impl fmt::Debug for RowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("columns", &self.columns).finish_non_exhaustive()
    }
}
