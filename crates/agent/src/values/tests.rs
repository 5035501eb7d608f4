use super::*;
use datafyme_domain::{Column, ColumnType, Dialect, TableKind, TableProfile, TableRef};

fn catalog(columns: &[(&str, &str, &[&str])]) -> Catalog {
    let mut tables: Vec<Table> = Vec::new();
    for (table, column, values) in columns {
        let profile = ColumnProfile {
            column: (*column).to_owned(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            ..ColumnProfile::default()
        };
        let column = Column {
            name: (*column).to_owned(),
            column_type: ColumnType::Text,
            declared_type: "text".to_owned(),
            nullable: true,
            default: None,
            comment: None,
            enum_values: Vec::new(),
        };
        tables.push(Table {
            name: TableRef::bare(*table),
            kind: TableKind::Table,
            comment: None,
            columns: vec![column],
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            row_estimate: None,
            partitions: None,
            profile: Some(TableProfile { columns: vec![profile], ..TableProfile::default() }),
        });
    }
    Catalog { dialect: Dialect::Sqlite, tables }
}

fn world() -> Catalog {
    catalog(&[
        ("country", "name", &["Germany", "Hungary", "Côte d'Ivoire", "United States"]),
        ("city", "name", &["New York City", "Szeged", "Miskolc"]),
        ("person", "birthplace", &["Germany"]),
    ])
}

fn found(catalog: &Catalog, text: &str) -> Vec<String> {
    let index = ValueIndex::build(catalog);
    let name = |f: FoundValue<'_>| format!("{}: {}", catalog.tables[f.table].name, f.value);
    index.find(catalog, text, 10).into_iter().map(name).collect()
}

#[test]
fn a_value_is_found_whatever_its_case_accents_and_punctuation() {
    let world = world();
    assert_eq!(found(&world, "germany"), ["country: Germany", "person: Germany"]);
    assert_eq!(found(&world, "cote divoire"), ["country: Côte d'Ivoire"]);
    assert_eq!(found(&world, "UNITED-STATES"), ["country: United States"]);
    assert_eq!(found(&world, "atlantis"), [""; 0]);
    assert_eq!(found(&world, ""), [""; 0]);
}

#[test]
fn a_slip_of_the_pen_is_forgiven() {
    let world = world();
    for typed in ["Hungry", "Hungari", "ungary", "Huungary", "Uhngary"] {
        assert_eq!(found(&world, typed), ["country: Hungary"], "{typed}");
    }
    assert_eq!(found(&world, "Hngry"), [""; 0], "two slips");
    assert_eq!(found(&world, "miskolz"), ["city: Miskolc"]);
}

#[test]
fn a_value_is_found_by_some_of_its_words_in_order() {
    let world = world();
    assert_eq!(found(&world, "new york"), ["city: New York City"]);
    assert_eq!(found(&world, "york"), ["city: New York City"]);
    assert_eq!(found(&world, "city new"), [""; 0]);
}

#[test]
fn the_longest_value_of_a_question_is_meant_and_words_of_names_are_no_slips() {
    let world = world();
    let index = ValueIndex::build(&world);
    let mentions = |question: &str| {
        let found = index.mentions(&world, question, |words| words == ["in"], |word| word == "hungari");
        found.into_iter().map(|m| (m.text, m.is_exact, m.values.len())).collect::<Vec<_>>()
    };
    let text = |text: &str| text.to_owned();
    assert_eq!(mentions("Who was born in GERMANY?"), [(text("germany"), true, 2)]);
    assert_eq!(mentions("flats in New York City"), [(text("new york city"), true, 1)]);
    assert_eq!(mentions("flats in Seged"), [(text("seged"), false, 1)]);
    assert_eq!(mentions("flats in hungari"), []);
}

#[test]
fn the_bound_is_shared_by_the_columns() {
    let many: Vec<String> = (0..1_000).map(|n| format!("value {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let catalog = catalog(&[("a", "x", &many), ("b", "y", &many), ("c", "z", &many[..10])]);
    assert_eq!(fair_share(&columns(&catalog), 300_000), ColumnProfile::MAX_VALUES);
    assert_eq!(fair_share(&columns(&catalog), 210), 100);
}
