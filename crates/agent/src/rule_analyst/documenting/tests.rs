use super::{business, column, entity::Entity, technical, use_cases};
use datafyme_domain::{
    Column, ColumnProfile, ColumnType, ForeignKey, Table, TableKind, TableProfile, TableRef, Value, profile::ValueCount,
};

fn column_of(name: &str, column_type: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        column_type,
        declared_type: String::new(),
        nullable: true,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    }
}

fn profile() -> TableProfile {
    let text = |v: &str| Value::Text(v.to_owned());
    TableProfile {
        row_count: Some(1_000),
        columns: vec![
            ColumnProfile {
                column: "order_date".to_owned(),
                non_null: 1_000,
                distinct: 365,
                min: text("2023-10-10"),
                max: text("2024-10-09"),
                text_date_format: Some("%Y-%m-%d".to_owned()),
                ..ColumnProfile::default()
            },
            ColumnProfile {
                column: "quantity".to_owned(),
                non_null: 900,
                null_share: 0.1,
                distinct: 100,
                min: Value::Int(1),
                max: Value::Int(1_200),
                ..ColumnProfile::default()
            },
            ColumnProfile {
                column: "status".to_owned(),
                non_null: 1_000,
                distinct: 2,
                top_values: vec![
                    ValueCount { value: text("open"), count: 600 },
                    ValueCount { value: text("closed"), count: 400 },
                ],
                ..ColumnProfile::default()
            },
        ],
        ..TableProfile::default()
    }
}

fn orders() -> Table {
    Table {
        name: TableRef::bare("orders"),
        kind: TableKind::Table,
        comment: None,
        columns: vec![
            column_of("order_id", ColumnType::Text),
            column_of("order_date", ColumnType::Text),
            column_of("product_id", ColumnType::Text),
            column_of("quantity", ColumnType::Integer),
            column_of("status", ColumnType::Text),
        ],
        primary_key: vec!["order_id".to_owned()],
        unique_keys: Vec::new(),
        foreign_keys: vec![ForeignKey {
            columns: vec!["product_id".to_owned()],
            to_table: TableRef::bare("products"),
            to_columns: vec!["product_id".to_owned()],
        }],
        row_estimate: None,
        partitions: None,
        profile: Some(profile()),
    }
}

#[test]
fn a_table_is_described_by_what_is_known_of_it() {
    let (table, entity) = (orders(), Entity::of(&orders()));
    assert_eq!(
        business(&table, &entity),
        "One row per order: 1,000 rows from 2023-10-10 to 2024-10-09 (order date). It refers to products (by \
         product_id)."
    );
    assert_eq!(
        technical(&table),
        "Table with 5 columns. Primary key: order_id. Foreign key: product_id → products.product_id. Missing values \
         in quantity."
    );
    assert_eq!(
        use_cases(&table, &entity),
        [
            "Counting and listing orders",
            "Following orders over time by order date",
            "Comparing quantity by status",
            "Relating orders to products"
        ]
    );
}

#[test]
fn columns_are_described_by_keys_and_values() {
    let table = orders();
    let entity = Entity::of(&table);
    let said: Vec<String> = table.columns.iter().map(|c| column::document(&table, c, &entity).description).collect();
    assert_eq!(
        said,
        [
            "Order id: identifies the order.",
            "Order date of the order; dates from 2023-10-10 to 2024-10-09.",
            "Product id of the order; refers to products.product_id.",
            "Quantity of the order; from 1 to 1,200; missing in 10 %.",
            "Status of the order; one of open and closed.",
        ]
    );
}

#[test]
fn rows_are_called_by_the_tables_name() {
    let named = |name: &str| {
        let mut table = orders();
        table.name = TableRef::bare(name);
        let entity = Entity::of(&table);
        (entity.one, entity.many, entity.counted)
    };
    assert_eq!(named("companies"), ("company".to_owned(), "companies".to_owned(), true));
    assert_eq!(named("order_items"), ("order item".to_owned(), "order items".to_owned(), true));
    assert_eq!(named("stock"), ("stock".to_owned(), "stock entries".to_owned(), false));
    assert_eq!(named("dolgozó"), ("dolgozó".to_owned(), "dolgozó entries".to_owned(), false));
}
