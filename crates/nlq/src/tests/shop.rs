//! A small shop: what the tests of the parser ask questions of. Known by its catalog only, no rows stand behind it.

use crate::{CatalogIndex, Knowledge};
use datafyme_domain::{
    Cardinality, Catalog, Column, ColumnProfile, ColumnType, DataSourceId, Dialect, Relation, RelationEvidence,
    RelationId, RelationKind, Table, TableKind, TableProfile, TableRef, Value,
};

/// Name, type, distinct values; a name that ends in `?` may be null.
type Spec<'a> = (&'a str, ColumnType, &'a [&'a str]);

const ROWS: u64 = 200;

/// Customers, products and their orders; airports and flights between them; bands and singers.
pub(crate) fn index() -> CatalogIndex {
    use ColumnType::{Date, Float, Integer, Text};
    let tables = [
        table(
            "customers",
            &[
                ("customer_id", Integer, &[]),
                ("customer_name", Text, &["Ada Holt", "Ben Cruz"]),
                ("country", Text, &["Germany", "Hungary", "France"]),
                ("email?", Text, &[]),
                ("birth_date", Date, &[]),
            ],
        ),
        table(
            "products",
            &[
                ("product_id", Integer, &[]),
                ("product_name", Text, &["Novaro 5", "Novaro 5 Pro", "Kelt"]),
                ("category", Text, &["phone", "tablet", "watch"]),
                ("price", Float, &[]),
            ],
        ),
        table(
            "orders",
            &[
                ("order_id", Integer, &[]),
                ("customer_id", Integer, &[]),
                ("product_id", Integer, &[]),
                ("order_date", Date, &[]),
                ("quantity", Integer, &[]),
                ("status", Text, &["open", "closed"]),
            ],
        ),
        table(
            "airports",
            &[
                ("airport_id", Integer, &[]),
                ("airport_name", Text, &["Ostvik", "Calder Bay"]),
                ("city", Text, &["Lund"]),
            ],
        ),
        table(
            "flights",
            &[
                ("flight_id", Integer, &[]),
                ("origin_id", Integer, &[]),
                ("destination_id", Integer, &[]),
                ("distance", Integer, &[]),
            ],
        ),
        table("readings", &[("reading_id", Integer, &[]), ("voltage", Float, &[]), ("current_level", Float, &[])]),
    ];
    let catalog = Catalog { dialect: Dialect::Sqlite, tables: tables.into() };
    let relations = [
        relation("orders", "customer_id", "customers", "customer_id"),
        relation("orders", "product_id", "products", "product_id"),
        relation("flights", "origin_id", "airports", "airport_id"),
        relation("flights", "destination_id", "airports", "airport_id"),
    ];
    CatalogIndex::build(Knowledge { catalog: &catalog, relations: &relations, documentation: &[] })
}

/// Stations and the trips between them, crews and their rotas: no relation is known.
pub(crate) fn trips() -> CatalogIndex {
    use ColumnType::{Integer, Text};
    let tables = [
        table("station", &[("id", Integer, &[]), ("station_name", Text, &["Ferry Building", "Mint"])]),
        table(
            "trips",
            &[
                ("id", Integer, &[]),
                ("start_station_id", Integer, &[]),
                ("end_station_id", Integer, &[]),
                ("duration", Integer, &[]),
                ("rota", Integer, &[]),
            ],
        ),
        Table {
            unique_keys: vec![vec!["rota".to_owned()]],
            ..table("crews", &[("crew_no", Integer, &[]), ("rota", Integer, &[]), ("leader", Text, &["Ada", "Ben"])])
        },
    ];
    let catalog = Catalog { dialect: Dialect::Sqlite, tables: tables.into() };
    CatalogIndex::build(Knowledge { catalog: &catalog, relations: &[], documentation: &[] })
}

/// A table whose first column is its key.
fn table(name: &str, specs: &[Spec<'_>]) -> Table {
    let columns: Vec<Column> = specs.iter().map(column).collect();
    let key = columns.first().map(|c| c.name.clone()).unwrap_or_default();
    let profiles = specs.iter().map(|spec| profile(spec, &key)).collect();
    Table {
        name: TableRef::bare(name),
        kind: TableKind::Table,
        comment: None,
        columns,
        primary_key: vec![key],
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: Some(ROWS),
        partitions: None,
        profile: Some(TableProfile { row_count: Some(ROWS), columns: profiles, ..TableProfile::default() }),
    }
}

fn column((name, column_type, _): &Spec<'_>) -> Column {
    Column {
        name: name.trim_end_matches('?').to_owned(),
        column_type: *column_type,
        declared_type: String::new(),
        nullable: name.ends_with('?'),
        default: None,
        comment: None,
        enum_values: Vec::new(),
    }
}

fn profile((name, column_type, values): &Spec<'_>, key: &str) -> ColumnProfile {
    let column = name.trim_end_matches('?');
    let nulls = if name.ends_with('?') { 0.2 } else { 0.0 };
    let (min, max) = match column_type {
        ColumnType::Integer | ColumnType::Float => (Value::Int(1), Value::Int(900)),
        ColumnType::Date => (Value::Text("2023-01-02".into()), Value::Text("2026-11-20".into())),
        _ => (Value::Null, Value::Null),
    };
    let distinct = match values.len() as u64 {
        _ if column == key => ROWS,
        0 => ROWS / 2,
        some => some,
    };
    ColumnProfile {
        column: column.to_owned(),
        non_null: ROWS,
        null_share: nulls,
        distinct,
        distinct_capped: false,
        min,
        max,
        top_values: Vec::new(),
        text_date_format: (*column_type == ColumnType::Date).then(|| "%Y-%m-%d".to_owned()),
        text_is_numeric: false,
        max_length: None,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        sketch: None,
    }
}

fn relation(child: &str, from: &str, parent: &str, to: &str) -> Relation {
    Relation {
        id: RelationId::generate(),
        source_id: DataSourceId::generate(),
        from_table: TableRef::bare(child),
        from_columns: vec![from.to_owned()],
        to_table: TableRef::bare(parent),
        to_columns: vec![to.to_owned()],
        kind: RelationKind::Declared,
        cardinality: Cardinality::ManyToOne,
        confidence: 1.0,
        tier: datafyme_domain::RelationTier::default(),
        role: None,
        condition: None,
        evidence: RelationEvidence::default(),
    }
}
