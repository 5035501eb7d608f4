//! What a newcomer sees first is right: the demo's questions, answered by the rules, against rows that plain SQL gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{datafyme, run, stdout};
use datafyme_server::demo;
use serde_json::Value;
use std::path::Path;

/// A query of ours for each of the demo's questions.
const GOLDS: [&str; 3] = [
    "SELECT substr(order_date, 1, 7), count(*) FROM orders GROUP BY 1 ORDER BY 1",
    "SELECT c.company_name, count(*) FROM orders o JOIN companies c USING (company_id)
     GROUP BY c.company_id ORDER BY 2 DESC LIMIT 5",
    "SELECT age_limit, 100.0 * count(*) / (SELECT count(*) FROM movies_metadata) FROM movies_metadata GROUP BY 1",
];

/// Rows with numbers rounded, cells and rows sorted: columns and rows may stand in any order.
fn comparable(rows: Vec<Vec<Value>>) -> Vec<Vec<String>> {
    let cell = |value: &Value| match value.as_f64() {
        Some(number) => format!("{number:.6}"),
        None => value.as_str().unwrap().to_owned(),
    };
    let mut rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    rows.iter_mut().for_each(|row| row.sort());
    rows.sort();
    rows
}

fn by_plain_sql(file: &Path, sql: &str) -> Vec<Vec<Value>> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let cell = |row: &rusqlite::Row<'_>, at: usize| match row.get::<_, rusqlite::types::Value>(at).unwrap() {
        rusqlite::types::Value::Integer(number) => Value::from(number),
        rusqlite::types::Value::Real(number) => Value::from(number),
        rusqlite::types::Value::Text(text) => Value::from(text),
        other => panic!("{other:?}"),
    };
    let rows = statement.query_map([], |row| Ok((0..width).map(|at| cell(row, at)).collect())).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn each_question_of_the_demo_gets_the_right_rows_and_a_chart() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["demo", "--once"]).status.success());
    for ((source, question), gold) in demo::QUESTIONS.into_iter().zip(GOLDS) {
        let asked = run(dir.path(), &["ask", "--source", source, "--format", "json", question]);
        let answer: Value = serde_json::from_str(&stdout(&asked)).unwrap();
        assert_eq!(answer["status"], "answered", "{question}");
        assert_eq!(answer["kind"], "chart", "{question}: {}", answer["sql"]);
        let rows: Vec<Vec<Value>> = serde_json::from_value(answer["rows"].clone()).unwrap();
        let expected = by_plain_sql(&dir.path().join("demo").join(format!("{source}.sqlite")), gold);
        assert_eq!(comparable(rows), comparable(expected), "{question}: {}", answer["sql"]);
    }
}

#[test]
fn the_demo_prints_sql_a_table_and_a_chart_for_each_question() {
    let dir = tempfile::tempdir().unwrap();
    let shown = datafyme(dir.path()).args(["demo", "--once"]).output().unwrap();
    let text = stdout(&shown);
    let parts: Vec<&str> = text.split("> ").filter(|part| part.contains("understood as")).collect();
    assert_eq!(parts.len(), demo::QUESTIONS.len(), "{text}");
    for part in parts {
        assert!(part.contains("SELECT "), "{part}");
        assert!(part.contains('╭') && part.contains('╰'), "{part}");
        assert!(part.contains('┤') || part.contains('█'), "no chart in: {part}");
    }
}
