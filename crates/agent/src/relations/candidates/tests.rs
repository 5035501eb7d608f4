use super::{super::facts, *};
use datafyme_domain::{Catalog, Dialect, Table};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const THINGS: [&str; 8] = ["order", "invoice", "customer", "product", "site", "meter", "claim", "contract"];

/// Three hundred tables: more pairs than are looked at one by one, so that keys are looked up.
fn catalog() -> Catalog {
    let tables = (0..300_i64).map(|n| {
        let thing = |n: i64| THINGS[n.rem_euclid(8) as usize];
        let name = format!("{}_{}", thing(n), thing(n / 8));
        let texts: Vec<String> = (0..12).map(|i| format!("{}-{}", thing(n), i * (1 + n % 7))).collect();
        let numbers = |from: i64, distinct: i64| {
            json!({"non_null": 40, "null_share": 0.0, "distinct": distinct, "min": from, "max": from + 3 * distinct,
                "top_values": [{"value": from, "count": 1}]})
        };
        let columns: [(String, &str, Value); 5] = [
            (format!("{name}_id"), "integer", numbers(1_000 * (n % 9), 40)),
            (format!("{}_id", thing(n + 3)), "integer", numbers(1_000 * (n % 5), 20)),
            ("code".to_owned(), "text", json!({"non_null": 12, "null_share": 0.0, "distinct": 12, "values": texts})),
            (
                "kind".to_owned(),
                "text",
                json!({"non_null": 40, "null_share": 0.0, "distinct": 3, "values": texts[..3]}),
            ),
            ("amount".to_owned(), "float", numbers(7, 30)),
        ];
        let profiles: Vec<Value> = columns
            .iter()
            .map(|(name, _, profile)| {
                let mut profile = profile.clone();
                profile["column"] = json!(name);
                profile
            })
            .collect();
        let declared: Vec<Value> = columns
            .iter()
            .map(|(name, kind, _)| json!({"name": name, "column_type": kind, "declared_type": kind, "nullable": true}))
            .collect();
        let table: Table = serde_json::from_value(json!({
            "name": {"schema": format!("s{}", n / 64), "table": name}, "kind": "table", "columns": declared,
            "primary_key": [columns[0].0], "unique_keys": [], "foreign_keys": [],
            "profile": {"row_count": 40, "columns": profiles},
        }))
        .unwrap();
        table
    });
    Catalog { dialect: Dialect::Postgres, tables: tables.collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn what_is_asked_of_some_tables_is_what_all_tables_say_of_them(some in prop::collection::btree_set(0..300_usize, 0..12)) {
        let catalog = catalog();
        let facts = facts::of_catalog(&catalog);
        prop_assert!(facts.len() * 300 > EVERY_PAIR);
        let only: HashSet<TableRef> = some.iter().map(|i| catalog.tables[*i].name.clone()).collect();
        let ends = |pairs: &[Pair]| -> BTreeSet<(usize, usize)> { pairs.iter().map(|p| (p.child, p.parent)).collect() };
        let all = propose(&facts, None);
        prop_assert!(all.len() > 300, "the fixture proposes too little: {}", all.len());
        let touched = |position: usize| some.contains(&facts[position].table_position);
        let expected: Vec<Pair> = all.into_iter().filter(|p| touched(p.child) || touched(p.parent)).collect();
        prop_assert_eq!(ends(&propose(&facts, Some(&only))), ends(&expected));
    }
}
