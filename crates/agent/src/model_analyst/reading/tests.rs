use super::*;
use crate::analyst::DraftColumnRole as Role;
use chrono::DateTime;
use datafyme_domain::{
    Cardinality, Catalog, Column, ColumnType, DataSource, DataSourceId, Dialect, Relation, RelationEvidence,
    RelationId, RelationKind, SourceStatus, Table, TableKind, TableRef, UserId,
};

fn table(name: &str, columns: &[(&str, ColumnType)]) -> Table {
    let column = |(name, column_type): &(&str, ColumnType)| Column {
        name: (*name).to_owned(),
        column_type: *column_type,
        declared_type: String::new(),
        nullable: true,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    };
    Table {
        name: TableRef::bare(name),
        kind: TableKind::Table,
        comment: None,
        columns: columns.iter().map(column).collect(),
        primary_key: columns.first().map(|c| c.0.to_owned()).into_iter().collect(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: None,
        partitions: None,
        profile: None,
    }
}

fn knowledge(dialect: Dialect) -> SourceKnowledge {
    use ColumnType::{Date, Float, Integer, Text};
    let source_id = DataSourceId::generate();
    let source = DataSource {
        id: source_id,
        owner_id: UserId::generate(),
        name: "shop".to_owned(),
        dialect,
        location: String::new(),
        status: SourceStatus::Ready,
        status_detail: None,
        table_count: 0,
        created_at: DateTime::UNIX_EPOCH,
        learned_at: None,
        resync_seconds: None,
        knowledge_version: 0,
    };
    let tables = vec![
        table(
            "orders",
            &[("order_id", Integer), ("customer_id", Integer), ("ordered_on", Date), ("quantity", Integer)],
        ),
        table("customers", &[("customer_id", Integer), ("Name", Text), ("city", Text), ("credit", Float)]),
    ];
    let relation = Relation {
        id: RelationId::generate(),
        source_id,
        from_table: TableRef::bare("orders"),
        from_columns: vec!["customer_id".to_owned()],
        to_table: TableRef::bare("customers"),
        to_columns: vec!["customer_id".to_owned()],
        kind: RelationKind::Declared,
        cardinality: Cardinality::ManyToOne,
        confidence: 1.0,
        tier: datafyme_domain::RelationTier::default(),
        role: None,
        condition: None,
        evidence: RelationEvidence::default(),
    };
    SourceKnowledge::prepare(source, Catalog { dialect, tables }, Vec::new(), vec![relation])
}

fn complaints(sql: &str) -> Vec<String> {
    read(sql, &knowledge(Dialect::Sqlite)).complaints
}

#[test]
fn what_the_catalog_knows_is_not_complained_of() {
    for sql in [
        "SELECT count(*) FROM orders",
        "SELECT c.city, sum(o.quantity) AS total FROM orders AS o JOIN customers c ON c.customer_id = o.customer_id \
         GROUP BY c.city HAVING total > 3 ORDER BY total DESC, 1 LIMIT 3",
        "WITH monthly AS (SELECT strftime('%Y-%m', ordered_on) AS month, count(*) AS n FROM orders GROUP BY month) \
         SELECT month, n FROM monthly WHERE n > (SELECT avg(n) FROM monthly)",
        "SELECT city FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id)",
        "SELECT x.city FROM (SELECT city FROM customers) x UNION SELECT city FROM customers ORDER BY city",
        "SELECT * FROM orders WHERE rowid = 1",
        "SELECT value FROM json_each('[1]')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n",
    ] {
        assert_eq!(complaints(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn unknown_names_come_back_with_the_nearest_ones() {
    let cases = [
        ("SELECT count(*) FROM order_list", "there is no table order_list (nearest: orders)"),
        (
            "SELECT orderd_on FROM orders",
            "there is no column orderd_on in the tables of the query (nearest: orders.ordered_on",
        ),
        ("SELECT o.city FROM orders o", "orders has no column city; customers has one"),
        ("SELECT x.city FROM customers c", "x in x.city names nothing in FROM, which has: c"),
        ("SELECT city FROM customers WHERE city = \"Vienna\"", "a text stands in single quotes"),
        ("SELECT FROM WHERE", "the query does not parse"),
    ];
    for (sql, complaint) in cases {
        let found = complaints(sql);
        assert!(found.len() == 1 && found.iter().all(|c| c.contains(complaint)), "{sql}: {found:?}");
    }
}

#[test]
fn a_name_that_postgres_would_fold_is_complained_of() {
    let knowledge = knowledge(Dialect::Postgres);
    assert!(read("SELECT Name FROM customers", &knowledge).complaints.iter().any(|c| c.contains("\"Name\"")));
    assert!(read("SELECT \"Name\" FROM customers", &knowledge).complaints.is_empty());
}

#[test]
fn joins_are_found_with_their_relation_and_what_they_repeat() {
    let knowledge = knowledge(Dialect::Sqlite);
    let read = |sql: &str| read(sql, &knowledge).joins;
    let plain = read("SELECT count(*) FROM orders o LEFT JOIN customers c ON o.customer_id = c.customer_id");
    let join = plain.first().unwrap();
    assert_eq!((join.from_table.table.as_str(), join.to_table.table.as_str()), ("orders", "customers"));
    assert!(join.relation.is_some() && join.keeps_unmatched && !join.inflates);
    let inflated = read("SELECT sum(c.credit) FROM customers c JOIN orders USING (customer_id)");
    assert!(inflated.first().unwrap().inflates);
    let comma = read("SELECT sum(quantity) FROM customers c, orders o WHERE o.customer_id = c.customer_id");
    assert!(comma.len() == 1 && !comma.first().unwrap().inflates);
    let unknown = read("SELECT 1 FROM customers c JOIN orders o ON o.order_id = c.customer_id");
    assert_eq!(unknown.first().unwrap().relation, None);
}

#[test]
fn columns_have_the_part_that_they_play() {
    let knowledge = knowledge(Dialect::Sqlite);
    let sql = "SELECT strftime('%Y-%m', ordered_on) AS month, order_id, city, round(avg(quantity), 2) AS average, \
               100.0 * count(*) / 7 AS share, max(ordered_on) FROM orders JOIN customers USING (customer_id)";
    let columns = read(sql, &knowledge).columns;
    let roles: Vec<Role> = columns.iter().map(|c| c.role).collect();
    assert_eq!(roles, [Role::Time, Role::Identifier, Role::Dimension, Role::Measure, Role::Share, Role::Time]);
    assert_eq!(columns.first().unwrap().period.as_deref(), Some("month"));
    assert_eq!(read("SELECT * FROM customers", &knowledge).columns.len(), 4);
}

#[test]
fn texts_that_columns_are_compared_with_are_found() {
    let knowledge = knowledge(Dialect::Sqlite);
    let sql = "SELECT 1 FROM customers c WHERE lower(c.city) = 'wien' OR c.city IN ('Graz') OR Name LIKE '%smith%'";
    let found: Vec<(String, String)> = read(sql, &knowledge).literals.into_iter().map(|l| (l.column, l.text)).collect();
    let expected = [("city", "wien"), ("city", "Graz"), ("Name", "smith")];
    assert_eq!(found, expected.map(|(c, t)| (c.to_owned(), t.to_owned())));
}

#[test]
fn a_cut_through_an_order_is_probed_by_its_leading_key() {
    let knowledge = knowledge(Dialect::Sqlite);
    let probe = |sql: &str| read(sql, &knowledge).tie_probe;
    let found =
        probe("SELECT customer_id, sum(quantity) AS q FROM orders GROUP BY customer_id ORDER BY q DESC LIMIT 3");
    let found = found.unwrap();
    assert_eq!(found.kept, 3);
    assert_eq!(
        found.sql,
        "SELECT sum(quantity) AS sort_key FROM orders GROUP BY customer_id ORDER BY sum(quantity) DESC LIMIT 23"
    );
    assert_eq!(probe("SELECT city AS c, count(*) FROM customers GROUP BY c ORDER BY 2 DESC LIMIT 3"), None);
    assert_eq!(probe("SELECT city FROM customers ORDER BY city"), None);
}
