//! Values as they were before they were written as JSON: dates and moments come back as text, and are restored by the
//! type of their column.

use datafyme_domain::{Answer, ColumnType, RowSet, Value};

/// Gives the values of `rows` the type of their column, where their text reads as that.
pub(crate) fn restore(rows: &mut RowSet) {
    let types: Vec<ColumnType> = rows.columns.iter().map(|c| c.column_type).collect();
    restore_rows(&types, &mut rows.rows);
}

/// The same for the rows of an answer.
pub(crate) fn restore_answer(answer: &mut Answer) {
    let types: Vec<ColumnType> = answer.columns.iter().map(|c| c.column_type).collect();
    restore_rows(&types, &mut answer.rows);
}

fn restore_rows(types: &[ColumnType], rows: &mut [Vec<Value>]) {
    for row in rows {
        for (value, column_type) in row.iter_mut().zip(types) {
            if let Some(restored) = value.typed(*column_type) {
                *value = restored;
            }
        }
    }
}
