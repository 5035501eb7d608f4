//! What the demo's data promise to whoever asks them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::Value;
use datafyme_server::demo::{self, Dataset, DemoTable};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

fn text(table: &DemoTable, column: &str, row: &[Value]) -> String {
    row[table.position(column).unwrap()].to_string()
}

fn int(table: &DemoTable, column: &str, row: &[Value]) -> i64 {
    match &row[table.position(column).unwrap()] {
        Value::Int(number) => *number,
        other => panic!("{column} of {} is {other:?}", table.name),
    }
}

fn distinct(dataset: &Dataset, table: &str, column: &str) -> HashSet<String> {
    let table = dataset.table(table).unwrap();
    table.rows.iter().map(|row| text(table, column, row)).collect()
}

/// FNV-1a over every name and value, in order.
fn fingerprint(datasets: &[Dataset]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |part: &str| {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for table in datasets.iter().flat_map(|d| &d.tables) {
        add(table.name);
        table.columns.iter().for_each(|c| add(c.name));
        table.rows.iter().flatten().for_each(|value| add(&value.to_string()));
    }
    hash
}

const FINGERPRINT: u64 = 7_142_503_180_390_015_860;

#[test]
fn the_data_are_the_same_on_every_machine() {
    // A change here is a change of what every demo shows: raise GENERATOR_VERSION with it, and check evals/demo.jsonl.
    assert_eq!(demo::GENERATOR_VERSION, 1);
    assert_eq!(fingerprint(&demo::datasets()), FINGERPRINT);
}

#[test]
fn fulfillment_has_ten_tables_and_about_sixty_thousand_rows() {
    let dataset = demo::fulfillment::dataset();
    assert_eq!(dataset.tables.len(), 10);
    let rows: usize = dataset.tables.iter().map(|t| t.rows.len()).sum();
    assert!((58_000..64_000).contains(&rows), "{rows}");
    for table in &dataset.tables {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
    }
}

#[test]
fn every_stock_transition_follows_from_orders_deliveries_and_movements() {
    let dataset = demo::fulfillment::dataset();
    let mut changes: HashMap<(String, String, String), i64> = HashMap::new();
    let mut add = |table: &str, place: &str, date: &str, sign: i64| {
        let table = dataset.table(table).unwrap();
        for row in &table.rows {
            let key = (text(table, "product_id", row), text(table, place, row), text(table, date, row));
            *changes.entry(key).or_default() += sign * int(table, "quantity", row);
        }
    };
    add("orders", "location_id", "order_date", -1);
    add("deliveries", "location_id", "delivery_date", 1);
    add("movements", "location_from", "movement_date", -1);
    add("movements", "location_to", "movement_date", 1);

    let stock = dataset.table("stock").unwrap();
    let mut before: Option<(String, String, i64)> = None;
    let (mut transitions, mut series) = (0, 0);
    for row in &stock.rows {
        let (product, location) = (text(stock, "product_id", row), text(stock, "location_id", row));
        let units = int(stock, "cumulative_sum", row);
        assert!(units >= 0, "negative stock: {row:?}");
        let change = changes.remove(&(product.clone(), location.clone(), text(stock, "date", row))).unwrap_or(0);
        match &before {
            Some((p, l, previous)) if *p == product && *l == location => {
                assert_eq!(units, previous + change, "{row:?}");
                transitions += 1;
            }
            _ => {
                assert_eq!((units, change), (2_000, 0), "{row:?}");
                series += 1;
            }
        }
        before = Some((product, location, units));
    }
    assert_eq!((series, transitions), (77, 77 * 730));
    assert!(changes.is_empty(), "flows that never reached the ledger: {changes:?}");
}

#[test]
fn fulfillment_has_the_traps_of_real_databases() {
    let dataset = demo::fulfillment::dataset();
    let companies = distinct(&dataset, "companies", "company_id");
    let ordering = distinct(&dataset, "orders", "company_id");
    assert!(ordering.contains("company-0") && !companies.contains("company-0"));
    assert!(companies.contains("company-10") && !ordering.contains("company-10"));
    assert!(distinct(&dataset, "deliveries", "location_id").contains("location-0"));
    assert!(!distinct(&dataset, "locations", "location_id").contains("location-0"));
    assert!(!distinct(&dataset, "orders", "product_id").contains("product-10"));
    assert!(dataset.table("stock").unwrap().position("date").is_some());
    let declared: Vec<_> =
        dataset.tables.iter().flat_map(|t| t.foreign_keys.iter().map(move |k| (t.name, k.column))).collect();
    assert_eq!(declared, [("orders", "product_id"), ("deliveries", "product_id"), ("movements", "product_id")]);
}

#[test]
fn orders_peak_in_december_grow_over_the_years_and_one_product_fades() {
    let dataset = demo::fulfillment::dataset();
    let orders = dataset.table("orders").unwrap();
    let count = |period: &str, product: Option<&str>| {
        let hits = orders.rows.iter().filter(|row| {
            text(orders, "order_date", row).starts_with(period)
                && product.is_none_or(|p| text(orders, "product_id", row) == p)
        });
        hits.count()
    };
    for year in ["2024", "2025"] {
        let december = count(&format!("{year}-12"), None);
        for month in 1..12 {
            assert!(count(&format!("{year}-{month:02}"), None) < december);
        }
    }
    assert!(count("2025", None) * 100 > count("2024", None) * 115);
    assert!(count("2025", Some("product-2")) * 3 < count("2024", Some("product-2")) * 2);
    assert!(count("2025", Some("product-3")) > count("2024", Some("product-3")) * 4);
}

#[test]
fn cinema_has_six_schemas_and_thirteen_tables_with_one_declared_key_between_them() {
    let dataset = demo::cinema::dataset();
    assert_eq!((dataset.schemas.len(), dataset.tables.len()), (6, 13));
    let names: HashSet<_> = dataset.tables.iter().map(|t| t.name).collect();
    assert_eq!(names.len(), 13, "names are unique, so that they can stand in one schema");
    let declared: Vec<_> = dataset.tables.iter().filter(|t| !t.foreign_keys.is_empty()).map(|t| t.name).collect();
    assert_eq!(declared, ["attendance_hu"]);
    let attendance: Vec<_> = dataset.tables.iter().filter(|t| t.name.starts_with("attendance_")).collect();
    assert_eq!(attendance.len(), 5);
    assert!(attendance.windows(2).all(|pair| pair[0].columns == pair[1].columns), "equal-shaped tables");
}

#[test]
fn audience_shares_add_up_and_attendance_goes_with_box_office() {
    let dataset = demo::cinema::dataset();
    for code in ["hu", "us", "uk", "aus", "chi"] {
        let attendance = dataset.table(&format!("attendance_{code}")).unwrap();
        let box_office = dataset.table(&format!("box_office_{code}")).unwrap();
        let mut pairs = Vec::new();
        for (visitors, takings) in attendance.rows.iter().zip(&box_office.rows) {
            assert_eq!(visitors[0], takings[0]);
            let shares = ["g_attendance", "pg_attendance", "pg_13_attendance", "r_attendance", "nc_17_attendance"];
            assert_eq!(shares.iter().map(|c| int(attendance, c, visitors)).sum::<i64>(), 100);
            pairs.push((
                int(attendance, "attendance", visitors) as f64,
                int(box_office, "box_office_hit", takings) as f64,
            ));
        }
        assert!(correlation(&pairs) > 0.9, "{code}");
    }
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean_x = pairs.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = pairs.iter().map(|p| p.1).sum::<f64>() / n;
    let covariance: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance_x: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let variance_y: f64 = pairs.iter().map(|(_, y)| (y - mean_y).powi(2)).sum();
    covariance / (variance_x * variance_y).sqrt()
}

#[test]
fn sqlite_files_hold_every_row_and_are_not_written_twice() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("new");
    let sources = demo::write_sqlite(&dir).unwrap();
    assert_eq!(sources.iter().map(|s| s.name).collect::<Vec<_>>(), ["fulfillment", "cinema"]);
    for (source, dataset) in sources.iter().zip(demo::datasets()) {
        let connection = rusqlite::Connection::open(&source.path).unwrap();
        let ok: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
        assert_eq!(ok, "ok");
        for table in &dataset.tables {
            let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
            let count: i64 = connection.query_row(&sql, [], |r| r.get(0)).unwrap();
            assert_eq!(count, table.rows.len() as i64, "{}", table.name);
        }
        for view in &dataset.views {
            let sql = format!("SELECT COUNT(*) FROM \"{}\"", view.name);
            assert!(connection.query_row::<i64, _, _>(&sql, [], |r| r.get(0)).unwrap() > 0);
        }
    }
    let modified = |i: usize| std::fs::metadata(&sources[i].path).unwrap().modified().unwrap();
    let before = (modified(0), modified(1));
    let started = Instant::now();
    assert_eq!(demo::write_sqlite(&dir).unwrap(), sources);
    assert!(started.elapsed().as_millis() < 500, "generated again although complete");
    assert_eq!(before, (modified(0), modified(1)));
    let left: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_file_that_is_not_a_finished_demo_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fulfillment.sqlite");
    std::fs::write(&path, b"half a file").unwrap();
    demo::write_sqlite(dir.path()).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let orders: i64 = connection.query_row("SELECT COUNT(*) FROM orders", [], |r| r.get(0)).unwrap();
    assert_eq!(orders, 2_400);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("taken");
    std::fs::write(&file, b"").unwrap();
    let error = demo::write_sqlite(&file.join("demo")).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}
