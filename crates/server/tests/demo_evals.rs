//! The demo's questions (`evals/demo.jsonl`) are sound: every gold runs, and has one answer. That PostgreSQL
//! gives the same ones is checked in `demo_postgres.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_server::demo;
use rusqlite::types::ValueRef;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    db: String,
    question: String,
    gold_sql: String,
    /// Where one text cannot serve both databases.
    #[serde(rename = "gold_sql_postgres")]
    _gold_sql_postgres: Option<String>,
    #[serde(default)]
    history: Vec<String>,
}

fn items() -> Vec<Item> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals/demo.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// A cell as text: numbers to nine digits, so that two databases may sum up in another order.
fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => rounded(number as f64),
        ValueRef::Real(number) => rounded(number),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(_) => panic!("no blobs in the demo"),
    }
}

fn rounded(number: f64) -> String {
    format!("{number:.8e}")
}

type Rows = Vec<Vec<String>>;

fn on_sqlite(connection: &rusqlite::Connection, sql: &str) -> Rows {
    let mut statement = connection.prepare(sql).unwrap_or_else(|e| panic!("{e}: {sql}"));
    let width = statement.column_count();
    let rows = statement.query_map([], |row| (0..width).map(|i| row.get_ref(i).map(cell)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

fn sqlite_demo(dir: &Path) -> HashMap<&'static str, rusqlite::Connection> {
    let sources = demo::write_sqlite(dir).unwrap();
    sources.into_iter().map(|s| (s.name, rusqlite::Connection::open(s.path).unwrap())).collect()
}

#[test]
fn there_are_enough_questions_and_a_quarter_are_follow_ups() {
    let items = items();
    let follow_ups = items.iter().filter(|i| !i.history.is_empty()).count();
    assert!(items.len() >= 90, "{}", items.len());
    assert!(follow_ups * 4 >= items.len(), "{follow_ups} of {}", items.len());
    let ids: HashSet<_> = items.iter().map(|i| &i.id).collect();
    assert_eq!(ids.len(), items.len(), "ids are unique");
    let asked: HashSet<_> = items.iter().map(|i| (&i.db, &i.history, &i.question)).collect();
    assert_eq!(asked.len(), items.len(), "no question is asked twice");
    assert!(items.iter().all(|i| i.id.starts_with(&i.db)));
}

#[test]
fn every_follow_up_continues_a_question_of_the_set() {
    let items = items();
    for item in items.iter().filter(|i| !i.history.is_empty()) {
        let (earlier, last) = item.history.split_at(item.history.len() - 1);
        let found = items.iter().any(|i| i.db == item.db && i.question == last[0] && i.history == earlier);
        assert!(found, "{}: {:?}", item.id, item.history);
    }
}

#[test]
fn every_gold_has_an_answer_without_gaps_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let demo = sqlite_demo(dir.path());
    for item in items() {
        let rows = on_sqlite(&demo[item.db.as_str()], &item.gold_sql);
        assert!(!rows.is_empty(), "{} has no rows", item.id);
        assert!(rows.iter().flatten().all(|cell| cell != "NULL"), "{} has NULLs: {rows:?}", item.id);
        let distinct: HashSet<_> = rows.iter().collect();
        assert_eq!(distinct.len(), rows.len(), "{} repeats rows", item.id);
    }
}

#[test]
fn no_ranking_has_equals_in_it_or_at_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let demo = sqlite_demo(dir.path());
    for item in items() {
        let Some((select, order)) = item.gold_sql.rsplit_once(" ORDER BY ") else {
            assert!(!item.gold_sql.contains(" LIMIT "), "{}: a limit without an order", item.id);
            continue;
        };
        let (order, limit) = order.split_once(" LIMIT ").map_or((order, None), |(o, l)| (o, Some(l)));
        let key = order.trim_end_matches(" DESC");
        // Either the key is the alias of a column, or the rows themselves have it.
        let (_, from) = select.split_once(" FROM ").unwrap();
        let keys = if select.contains(&format!(" AS {key}")) {
            format!("SELECT {key} FROM ({select}) ORDER BY {order}")
        } else {
            format!("SELECT {key} FROM {from} ORDER BY {order}")
        };
        let limit = limit.map_or(String::new(), |l| format!(" LIMIT {}", l.parse::<usize>().unwrap() + 1));
        let keys = on_sqlite(&demo[item.db.as_str()], &(keys + &limit));
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{} ties: {keys:?}", item.id);
    }
}
