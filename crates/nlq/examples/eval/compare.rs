//! Results as multisets (or lists) of rows, columns in any order.

use rusqlite::{Connection, types::ValueRef};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Cell {
    Null,
    Number(i64),
    Text(String),
}

#[derive(Clone)]
pub(crate) struct Rows(pub Vec<Vec<Cell>>);

/// Most thousands of steps, and most rows, of any query.
const MOST_STEPS: u32 = 20_000;
const MOST_ROWS: usize = 20_000;
/// A query that takes this many times the steps of the right one, and as many thousands more, is taken for wrong.
const SLACK: (u32, u32) = (3, 300);

impl Rows {
    pub(crate) fn fetch(connection: &Connection, sql: &str) -> Option<Self> {
        Self::counted(connection, sql).map(|f| f.0)
    }

    /// The rows, and the thousands of steps that they took.
    pub(crate) fn counted(connection: &Connection, sql: &str) -> Option<(Self, u32)> {
        Self::bounded(connection, sql, None, MOST_STEPS, MOST_ROWS)
    }

    /// The rows of a query that may be as good as the right one, which took `steps` thousand steps.
    pub(crate) fn like(&self, connection: &Connection, sql: &str, steps: u32) -> Option<Self> {
        let steps = steps.saturating_mul(SLACK.0).saturating_add(SLACK.1).min(MOST_STEPS);
        let width = self.0.first().map(Vec::len);
        Self::bounded(connection, sql, width, steps, self.0.len().min(MOST_ROWS)).map(|f| f.0)
    }

    /// None where the query fails, takes too long, or has another number of columns than `width`.
    fn bounded(
        connection: &Connection,
        sql: &str,
        wanted: Option<usize>,
        most_steps: u32,
        most_rows: usize,
    ) -> Option<(Self, u32)> {
        let steps = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&steps);
        connection.progress_handler(1000, Some(move || counter.fetch_add(1, Ordering::Relaxed) >= most_steps));
        let mut statement = connection.prepare_cached(sql).ok()?;
        let width = statement.column_count();
        if wanted.is_some_and(|w| w != width) {
            return None;
        }
        let mut rows = statement.query([]).ok()?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().ok()? {
            if found.len() > most_rows {
                break;
            }
            found.push((0..width).map(|i| cell(row.get_ref(i).unwrap_or(ValueRef::Null))).collect());
        }
        Some((Self(found), steps.load(Ordering::Relaxed)))
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Number(n.saturating_mul(10_000)),
        ValueRef::Real(n) => Cell::Number((n * 10_000.0).round() as i64),
        ValueRef::Text(t) => Cell::Text(String::from_utf8_lossy(t).into_owned()),
        ValueRef::Blob(b) => Cell::Text(format!("{b:?}")),
    }
}

pub(crate) fn same(gold: &Rows, predicted: &Rows, ordered: bool) -> bool {
    let (gold, predicted) = (&gold.0, &predicted.0);
    if gold.len() != predicted.len() {
        return false;
    }
    let Some(width) = gold.first().map(Vec::len) else {
        return true;
    };
    if predicted[0].len() != width {
        return false;
    }
    let counts = |rows: &Vec<Vec<Cell>>, i: usize| {
        let mut map: HashMap<Cell, usize> = HashMap::new();
        for row in rows {
            *map.entry(row[i].clone()).or_default() += 1;
        }
        map
    };
    let of_gold: Vec<_> = (0..width).map(|i| counts(gold, i)).collect();
    let of_predicted: Vec<_> = (0..width).map(|i| counts(predicted, i)).collect();
    let options: Vec<Vec<usize>> =
        of_gold.iter().map(|g| (0..width).filter(|j| of_predicted[*j] == *g).collect()).collect();
    let mut tries = 0;
    permute(&options, &mut Vec::new(), &mut tries, &mut |order| {
        let moved: Vec<Vec<Cell>> = predicted.iter().map(|r| order.iter().map(|j| r[*j].clone()).collect()).collect();
        if ordered {
            &moved == gold
        } else {
            let (mut a, mut b) = (moved, gold.clone());
            a.sort();
            b.sort();
            a == b
        }
    })
}

fn permute(
    options: &[Vec<usize>],
    chosen: &mut Vec<usize>,
    tries: &mut usize,
    good: &mut dyn FnMut(&[usize]) -> bool,
) -> bool {
    if chosen.len() == options.len() {
        *tries += 1;
        return good(chosen);
    }
    for j in options[chosen.len()].clone() {
        if !chosen.contains(&j) && *tries < 60 {
            chosen.push(j);
            if permute(options, chosen, tries, good) {
                return true;
            }
            chosen.pop();
        }
    }
    false
}
