//! Relations of small schemas of ours, each with one of the difficulties that real ones have. No key is declared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_agent::{
    Language,
    relations::{DiscoverOptions, discover, keeping, wording::reasons},
};
use datafyme_connect::{ProfileBudget, Scope, SourceUrl};
use datafyme_domain::{
    Catalog, Column, ColumnType, DataSourceId, Dialect, EvidenceBasis, Relation, RelationReason, RelationTier, Table,
    TableKind, TableRef,
};
use std::fmt::Write;

fn unwatched(_done: usize, _total: usize) {}

/// What is found in a database that `sql` makes.
async fn found(sql: &str) -> Vec<Relation> {
    found_with(sql, &DiscoverOptions::default()).await
}

async fn found_with(sql: &str, options: &DiscoverOptions) -> Vec<Relation> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fixture.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let connector = datafyme_connect::open(&SourceUrl::parse(&path.display().to_string()).unwrap()).unwrap();
    let mut catalog = connector.introspect(&Scope::default()).await.unwrap();
    for table in &mut catalog.tables {
        assert!(table.foreign_keys.is_empty(), "the fixture declares nothing");
        table.profile = Some(connector.profile(table, &ProfileBudget::default()).await.unwrap());
    }
    discover(&catalog, DataSourceId::generate(), Some(connector.as_ref()), options, &unwatched).await
}

fn labels(relations: &[Relation]) -> Vec<String> {
    let mut labels: Vec<String> = relations.iter().map(Relation::label).collect();
    labels.sort();
    labels
}

fn get<'a>(relations: &'a [Relation], label: &str) -> &'a Relation {
    relations
        .iter()
        .find(|r| r.label() == label)
        .unwrap_or_else(|| panic!("{label} is not among {:#?}", labels(relations)))
}

/// `INSERT` of `count` rows, the values of row `i` (from 0) as `row` writes them.
fn rows(table: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    let mut sql = format!("INSERT INTO {table} VALUES ");
    for i in 0..count {
        write!(sql, "{}({})", if i == 0 { "" } else { ", " }, row(i)).unwrap();
    }
    sql + ";"
}

#[tokio::test]
async fn a_table_that_refers_to_itself_is_found_by_role() {
    let sql = "CREATE TABLE employees (employee_id INTEGER PRIMARY KEY, name TEXT, age INTEGER, manager_id INTEGER);"
        .to_owned()
        + &rows("employees", 40, |i| {
            let manager = if i == 0 { "NULL".to_owned() } else { (100 + i / 5).to_string() };
            format!("{}, 'name {i}', {}, {manager}", 100 + i, 25 + i % 30)
        });
    let relations = found(&sql).await;
    let manager = get(&relations, "employees.manager_id → employees.employee_id");
    assert_eq!(manager.role.as_deref(), Some("manager"));
    assert_eq!((manager.evidence.orphan_rows, manager.evidence.basis), (Some(0), EvidenceBasis::AllRows));
    assert!(manager.is_usable(), "{manager:?}");
}

/// A table whose rows refer to their own, by `parent` of row `i` (from 0).
async fn found_in_parts(first_key: usize, parent: impl Fn(usize) -> Option<usize>) -> Vec<Relation> {
    let sql = "CREATE TABLE parts (part_id INTEGER PRIMARY KEY, name TEXT, parent_part_id INTEGER);".to_owned()
        + &rows("parts", 30, |i| {
            let parent = parent(i).map_or("NULL".to_owned(), |p| (first_key + p).to_string());
            format!("{}, 'name {i}', {parent}", first_key + i)
        });
    found(&sql).await
}

#[tokio::test]
async fn a_reference_of_a_table_to_itself_that_chance_explains_is_offered_and_not_used() {
    let label = "parts.parent_part_id → parts.part_id";
    let in_circles = |i: usize| Some((7 * i + 3) % 10);
    let relations = found_in_parts(1, in_circles).await;
    let offered = get(&relations, label);
    assert_eq!((offered.tier, offered.is_only_offered(), offered.is_usable()), (RelationTier::Possible, true, false));
    assert!(offered.evidence.reasons.contains(&RelationReason::ToBeConfirmed), "{:?}", offered.evidence.reasons);
    // Rows without a parent are the roots of a hierarchy; no figure keeps to numbers from 501 on.
    let with_roots = found_in_parts(1, |i| (i > 2).then_some(i / 3)).await;
    assert!(get(&with_roots, label).is_usable());
    let far_from_one = found_in_parts(501, in_circles).await;
    assert!(get(&far_from_one, label).is_usable());
}

/// Three tables whose names tell nothing, the last two with columns of `few` and of `spread` values from 1 on.
fn nameless(keys: usize, few: usize, spread: usize) -> String {
    "CREATE TABLE t1 (c1 INTEGER PRIMARY KEY, c2 TEXT);
        CREATE TABLE t2 (c3 INTEGER PRIMARY KEY, c4 INTEGER, c5 INTEGER, c6 REAL);
        CREATE TABLE t3 (c7 INTEGER PRIMARY KEY, c8 INTEGER, c9 INTEGER);"
        .to_owned()
        + &rows("t1", keys, |i| format!("{}, 'text {i}'", i + 1))
        + &rows("t2", 60, |i| format!("{}, {}, {}, {i}.5", i + 1, 1 + (i * 5) % few, 1 + (i * 11) % spread))
        + &rows("t3", 90, |i| format!("{}, {}, {}", i + 1, 1 + (i * 7) % spread, 1 + (i * 13) % few))
}

#[tokio::test]
async fn of_what_is_found_with_the_benefit_of_the_doubt_as_much_is_kept_as_would_be_found_without() {
    let standard = DiscoverOptions::default();
    let threshold = standard.threshold;
    let generous = DiscoverOptions { threshold: threshold - 0.15, ..standard.clone() };
    let (mut given_up, mut by_less) = (0, 0);
    for (keys, spread) in [8, 20, 50].into_iter().flat_map(|keys| (2..9).map(move |part| (keys, 1 + keys * part / 8))) {
        let sql = nameless(keys, keys.div_ceil(2), spread);
        let at_once = found_with(&sql, &standard).await;
        let doubtful = found_with(&sql, &generous).await;
        let kept = keeping::kept(doubtful.clone(), &[], threshold);
        assert_eq!(labels(&kept), labels(&at_once), "{keys} keys, {spread}");
        given_up += doubtful.len() - kept.len();
        by_less += kept.iter().filter(|r| r.confidence < threshold).count();
    }
    assert!(given_up > 0, "nothing was doubtful");
    assert!(by_less > 0, "less is asked where names tell nothing, and nothing was found by that");
}

#[tokio::test]
async fn several_keys_into_one_table_are_told_apart_by_their_roles() {
    let sql = "CREATE TABLE addresses (id INTEGER PRIMARY KEY, street TEXT);
        CREATE TABLE orders (order_id INTEGER PRIMARY KEY, billing_address_id INTEGER, shipping_address_id INTEGER, total REAL);"
        .to_owned()
        + &rows("addresses", 30, |i| format!("{}, 'street {i}'", 1_000 + 7 * i))
        + &rows("orders", 80, |i| {
            format!("{}, {}, {}, {}.5", i + 1, 1_000 + 7 * (i % 30), 1_000 + 7 * ((i * 7) % 30), i)
        });
    let relations = found(&sql).await;
    let billing = get(&relations, "orders.billing_address_id → addresses.id");
    let shipping = get(&relations, "orders.shipping_address_id → addresses.id");
    assert_eq!((billing.role.as_deref(), shipping.role.as_deref()), (Some("billing"), Some("shipping")));
}

#[tokio::test]
async fn the_key_of_a_subtype_refers_to_its_supertype() {
    let sql = "CREATE TABLE vehicles (vehicle_id INTEGER PRIMARY KEY, maker TEXT);
        CREATE TABLE trucks (vehicle_id INTEGER PRIMARY KEY, payload_kg INTEGER);"
        .to_owned()
        + &rows("vehicles", 60, |i| format!("{}, 'maker {}'", 5_000 + 3 * i, i % 4))
        + &rows("trucks", 20, |i| format!("{}, {}", 5_000 + 9 * i, 1_000 + i));
    let relations = found(&sql).await;
    let subtype = get(&relations, "trucks.vehicle_id → vehicles.vehicle_id");
    assert_eq!(subtype.cardinality, datafyme_domain::Cardinality::OneToOne);
}

#[tokio::test]
async fn a_key_of_several_columns_is_proven_on_its_tuples() {
    let sql = "CREATE TABLE sections (course_code TEXT, term INTEGER, section_no INTEGER, room TEXT, PRIMARY KEY (course_code, term, section_no));
        CREATE TABLE enrolments (student_number INTEGER, course_code TEXT, term INTEGER, section_no INTEGER, grade REAL,
            PRIMARY KEY (student_number, course_code, term, section_no));"
        .to_owned()
        + &rows("sections", 24, |i| format!("'C{}', {}, {}, 'room {i}'", i / 4, 2020 + (i % 4) + i / 8, i % 3))
        + &rows("enrolments", 120, |i| {
            let s = (i * 5) % 24;
            format!("{}, 'C{}', {}, {}, {}.0", i, s / 4, 2020 + (s % 4) + s / 8, s % 3, i % 5)
        });
    let relations = found(&sql).await;
    let composite = get(&relations, "enrolments.course_code+term+section_no → sections.course_code+term+section_no");
    assert_eq!((composite.evidence.orphan_rows, composite.tier), (Some(0), RelationTier::Likely));
}

#[tokio::test]
async fn figures_of_the_same_thing_and_year_are_siblings() {
    let of_campus_and_year = |i: usize| format!("{}, {}", 1 + i % 12, 2000 + i / 12);
    let sql = "CREATE TABLE campuses (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE enrolments (campus INTEGER, year INTEGER, students INTEGER, PRIMARY KEY (campus, year));
        CREATE TABLE fees (campus INTEGER, year INTEGER, fee REAL);"
        .to_owned()
        + &rows("campuses", 12, |i| format!("{}, 'campus {i}'", i + 1))
        + &rows("enrolments", 60, |i| format!("{}, {}", of_campus_and_year(i), 3_000 + 17 * i))
        + &rows("fees", 48, |i| format!("{}, {}.5", of_campus_and_year(i), 400 + i));
    let relations = found(&sql).await;
    get(&relations, "enrolments.campus → campuses.id");
    get(&relations, "fees.campus → campuses.id");
    assert!(relations.iter().all(|r| r.from_columns.len() == 1), "{relations:#?}");
}

#[tokio::test]
async fn orphans_are_tolerated_and_counted() {
    let sql = "CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE invoices (invoice_id INTEGER PRIMARY KEY, customer_id INTEGER, amount REAL);"
        .to_owned()
        + &rows("customers", 50, |i| format!("{}, 'customer {i}'", 10_000 + 11 * i))
        + &rows("invoices", 200, |i| {
            let customer = if i % 40 == 3 { 99_000 + i } else { 10_000 + 11 * (i % 50) };
            format!("{}, {customer}, {}.25", i + 1, i)
        });
    let relations = found(&sql).await;
    let relation = get(&relations, "invoices.customer_id → customers.customer_id");
    assert_eq!((relation.evidence.orphan_rows, relation.evidence.child_rows), (Some(5), Some(200)));
    assert_eq!(relation.evidence.orphan_share, Some(0.025));
    assert_eq!(relation.evidence.reasons[0], RelationReason::RowsMatched);
    let said = reasons(relation, Language::En);
    assert!(said[0].contains("5 have none"), "{said:?}");
}

#[tokio::test]
async fn one_of_several_parents_is_chosen_by_a_type_column() {
    let sql = "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
        CREATE TABLE photos (id INTEGER PRIMARY KEY, file TEXT);
        CREATE TABLE comments (id INTEGER PRIMARY KEY, body TEXT, commentable_type TEXT, commentable_id INTEGER);"
        .to_owned()
        + &rows("posts", 30, |i| format!("{}, 'title {i}'", i + 1))
        + &rows("photos", 12, |i| format!("{}, 'file {i}'", i + 1))
        + &rows("comments", 60, |i| {
            let (kind, id) = if i % 3 == 0 { ("App\\Models\\Photo", i % 12) } else { ("Post", i % 30) };
            format!("{}, 'body {i}', '{kind}', {}", i + 1, id + 1)
        });
    let relations = found(&sql).await;
    let conditions: Vec<(String, String)> = relations
        .iter()
        .filter(|r| r.from_columns == ["commentable_id"])
        .map(|r| (r.to_table.table.clone(), r.condition.as_ref().map_or_else(String::new, |c| c.value.clone())))
        .collect();
    assert!(conditions.contains(&("posts".to_owned(), "Post".to_owned())), "{conditions:?}");
    assert!(conditions.contains(&("photos".to_owned(), "App\\Models\\Photo".to_owned())), "{conditions:?}");
    assert_eq!(conditions.len(), 2, "{conditions:?}");
    assert!(relations.iter().filter(|r| r.condition.is_some()).all(|r| !r.is_usable()), "a query would lose rows");
}

#[tokio::test]
async fn without_any_rows_names_and_keys_across_schemas_are_enough() {
    let column = |name: &str| Column {
        name: name.to_owned(),
        column_type: ColumnType::Integer,
        declared_type: "integer".to_owned(),
        nullable: true,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    };
    let table = |schema: &str, name: &str, columns: &[&str]| Table {
        name: TableRef::new(schema, name),
        kind: TableKind::Table,
        comment: None,
        columns: columns.iter().map(|c| column(c)).collect(),
        primary_key: vec![columns[0].to_owned()],
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: None,
        partitions: None,
        profile: None,
    };
    let catalog = Catalog {
        dialect: Dialect::Postgres,
        tables: vec![
            table("crm", "customers", &["customer_id", "age"]),
            table("sales", "orders", &["order_id", "customer_id", "quantity"]),
        ],
    };
    let relations = discover(&catalog, DataSourceId::generate(), None, &DiscoverOptions::default(), &unwatched).await;
    assert_eq!(labels(&relations), ["sales.orders.customer_id → crm.customers.customer_id"]);
    assert_eq!(relations[0].evidence.basis, EvidenceBasis::Unknown);
}
