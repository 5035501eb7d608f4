//! When two results are the same: their rows as a multiset (as a list where order was asked for), columns in any order,
//! numbers within a relative 1e-6, dates and their texts alike, NULL like NULL.

use datafyme_domain::{RowSet, Value};
use std::cmp::Ordering;

const TOLERANCE: f64 = 1e-6;
/// Orders of columns that are tried; columns that fit together by their values alone are few.
const MAX_TRIES: usize = 20_000;

/// A value, made comparable.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Number(f64),
    Text(String),
}

impl Cell {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text.clone()),
            Value::Timestamp(_) | Value::TimestampTz(_) => Self::Text(without_midnight(&value.to_string())),
            other => other.as_f64().map_or_else(|| Self::Text(other.to_string()), Self::Number),
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Number(a), Self::Number(b)) => {
                a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
            }
            (Self::Text(a), Self::Text(b)) => a == b || without_midnight(a) == without_midnight(b),
            _ => false,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => rounded(*a).total_cmp(&rounded(*b)),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

/// To nine digits, so that noise in the last ones does not change an order.
fn rounded(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// `2024-01-02T00:00:00` and `2024-01-02 00:00:00` are the day that they begin.
fn without_midnight(text: &str) -> String {
    let text = text.trim_end_matches('Z').replacen(
        'T',
        " ",
        usize::from(text.len() >= 19 && text.starts_with(|c: char| c.is_ascii_digit())),
    );
    text.strip_suffix(" 00:00:00").map_or_else(|| text.clone(), str::to_owned)
}

/// Whether `found` is the same result as `gold`.
#[must_use]
pub fn same_result(gold: &RowSet, found: &RowSet, ordered: bool) -> bool {
    let width = gold.columns.len();
    if found.columns.len() != width || found.rows.len() != gold.rows.len() {
        return false;
    }
    let gold_columns = columns(gold);
    let found_columns = columns(found);
    let candidates: Vec<Vec<usize>> = gold_columns
        .iter()
        .map(|g| {
            let fits = found_columns.iter().enumerate().filter(|(_, f)| same_column(g, f, ordered));
            fits.map(|(index, _)| index).collect()
        })
        .collect();
    let mut search = Search {
        gold: &gold_columns,
        found: &found_columns,
        candidates: &candidates,
        ordered,
        chosen: Vec::with_capacity(width),
        tries: 0,
    };
    search.any()
}

fn columns(set: &RowSet) -> Vec<Vec<Cell>> {
    (0..set.columns.len()).map(|i| set.column_values(i).map(Cell::of).collect()).collect()
}

fn same_column(a: &[Cell], b: &[Cell], ordered: bool) -> bool {
    let same = |a: &[Cell], b: &[Cell]| a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same(y));
    if ordered {
        return same(a, b);
    }
    let sorted = |cells: &[Cell]| {
        let mut cells = cells.to_vec();
        cells.sort_by(Cell::order);
        cells
    };
    same(&sorted(a), &sorted(b))
}

/// Looks for an order of the found columns under which the rows are the same.
struct Search<'a> {
    gold: &'a [Vec<Cell>],
    found: &'a [Vec<Cell>],
    candidates: &'a [Vec<usize>],
    ordered: bool,
    chosen: Vec<usize>,
    tries: usize,
}

impl Search<'_> {
    fn any(&mut self) -> bool {
        let Some(options) = self.candidates.get(self.chosen.len()) else {
            return self.rows_match();
        };
        for option in options {
            if self.tries >= MAX_TRIES {
                return false;
            }
            if self.chosen.contains(option) {
                continue;
            }
            self.chosen.push(*option);
            if self.any() {
                return true;
            }
            self.chosen.pop();
        }
        false
    }

    fn rows_match(&mut self) -> bool {
        self.tries += 1;
        if self.ordered {
            // Column by column in order was the condition already.
            return true;
        }
        let chosen: Vec<&Vec<Cell>> = self.chosen.iter().filter_map(|i| self.found.get(*i)).collect();
        let gold: Vec<&Vec<Cell>> = self.gold.iter().collect();
        let (a, b) = (sorted_rows(&gold), sorted_rows(&chosen));
        a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x.iter().zip(y).all(|(x, y)| x.same(y)))
    }
}

fn sorted_rows<'a>(columns: &[&'a Vec<Cell>]) -> Vec<Vec<&'a Cell>> {
    let count = columns.first().map_or(0, |c| c.len());
    let mut rows: Vec<Vec<&Cell>> = (0..count).map(|i| columns.iter().filter_map(|c| c.get(i)).collect()).collect();
    rows.sort_by(|a, b| {
        let pairs = a.iter().zip(b).map(|(x, y)| x.order(y));
        pairs.fold(Ordering::Equal, Ordering::then)
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{ColumnType, RowSetColumn};
    use std::slice;

    fn set(rows: &[&[Value]]) -> RowSet {
        let width = rows.first().map_or(0, |r| r.len());
        let column = |i: usize| RowSetColumn { name: format!("c{i}"), column_type: ColumnType::Other };
        RowSet {
            columns: (0..width).map(column).collect(),
            rows: rows.iter().map(|r| r.to_vec()).collect(),
            truncated: false,
        }
    }

    fn int(v: i64) -> Value {
        Value::Int(v)
    }

    fn text(v: &str) -> Value {
        Value::Text(v.to_owned())
    }

    #[test]
    fn rows_are_a_multiset_unless_order_was_asked_for() {
        let a = set(&[&[int(1)], &[int(2)], &[int(2)]]);
        let b = set(&[&[int(2)], &[int(1)], &[int(2)]]);
        let c = set(&[&[int(1)], &[int(1)], &[int(2)]]);
        assert!(same_result(&a, &b, false));
        assert!(!same_result(&a, &b, true));
        assert!(!same_result(&a, &c, false));
    }

    #[test]
    fn columns_may_come_in_any_order_but_rows_stay_whole() {
        let a = set(&[&[int(1), text("x")], &[int(2), text("y")]]);
        let swapped = set(&[&[text("y"), int(2)], &[text("x"), int(1)]]);
        let crossed = set(&[&[text("x"), int(2)], &[text("y"), int(1)]]);
        assert!(same_result(&a, &swapped, false));
        assert!(!same_result(&a, &crossed, false));
        let twins = set(&[&[int(1), int(2)], &[int(2), int(1)]]);
        let equal = set(&[&[int(1), int(1)], &[int(2), int(2)]]);
        assert!(!same_result(&twins, &equal, false));
    }

    #[test]
    fn numbers_are_numbers_and_dates_are_dates() {
        let table = [
            (int(2), Value::Float(2.0), true),
            (Value::Float(1.0 / 3.0), Value::Float(0.333_333_34), true),
            (Value::Float(0.33), Value::Float(0.34), false),
            (Value::Decimal("1.50".into()), Value::Float(1.5), true),
            (Value::Bool(true), int(1), true),
            (Value::Null, Value::Null, true),
            (Value::Null, int(0), false),
            (text("2"), int(2), false),
            (Value::Date("2024-01-02".parse().unwrap()), text("2024-01-02"), true),
            (Value::Timestamp("2024-01-02T00:00:00".parse().unwrap()), text("2024-01-02"), true),
            (Value::Timestamp("2024-01-02T10:00:00".parse().unwrap()), text("2024-01-02 10:00:00"), true),
            (text("Toronto"), text(" oronto"), false),
        ];
        for (a, b, expected) in table {
            assert_eq!(
                same_result(&set(&[slice::from_ref(&a)]), &set(&[slice::from_ref(&b)]), false),
                expected,
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn another_number_of_columns_is_another_result() {
        assert!(!same_result(&set(&[&[int(1)]]), &set(&[&[int(1), int(1)]]), false));
    }
}
