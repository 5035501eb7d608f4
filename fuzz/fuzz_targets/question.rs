//! Any text as a question, and any two as a question and a change of it: the parser comes back, and in time.
#![no_main]

use chrono::NaiveDate;
use datafyme_domain::{Catalog, RowSet};
use datafyme_nlq::{CatalogIndex, Context, Interpretation, Knowledge, Question, Trial, TrialOutcome, answer};
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

/// The longest that one question may take, optimised, with the fuzzer's instruments in it.
const BOUND: Duration = Duration::from_secs(2);

struct Nothing;

impl Trial for Nothing {
    fn run(&self, _: &str) -> TrialOutcome {
        TrialOutcome::Rows(RowSet { columns: Vec::new(), rows: Vec::new(), truncated: false })
    }
}

const CATALOG: &str = r#"{"dialect": "sqlite", "tables": [
    {"name": {"table": "customers"}, "kind": "table", "columns": [
        {"name": "customer_id", "column_type": "integer", "declared_type": "INTEGER", "nullable": false},
        {"name": "name", "column_type": "text", "declared_type": "TEXT", "nullable": false},
        {"name": "country", "column_type": "text", "declared_type": "TEXT", "nullable": true}]},
    {"name": {"table": "orders"}, "kind": "table", "columns": [
        {"name": "order_id", "column_type": "integer", "declared_type": "INTEGER", "nullable": false},
        {"name": "customer_id", "column_type": "integer", "declared_type": "INTEGER", "nullable": true},
        {"name": "order_date", "column_type": "date", "declared_type": "DATE", "nullable": true},
        {"name": "quantity", "column_type": "integer", "declared_type": "INTEGER", "nullable": true}]}]}"#;

static INDEX: LazyLock<CatalogIndex> = LazyLock::new(|| {
    let catalog: Catalog = serde_json::from_str(CATALOG).expect("the catalog is whole");
    CatalogIndex::build(Knowledge { catalog: &catalog, relations: &[], documentation: &[] })
});

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
    let started = Instant::now();
    let first = answer(&INDEX, &Question { text: texts.0, today, context: None }, &Nothing);
    if let Interpretation::Understood { plan, .. } = first {
        let context = Context { question: texts.0.to_owned(), plan };
        let _ = answer(&INDEX, &Question { text: texts.1, today, context: Some(&context) }, &Nothing);
    }
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
});
