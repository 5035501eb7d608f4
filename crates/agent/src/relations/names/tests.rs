use super::*;

fn of(child: &str, table: &str, key: &str) -> f64 {
    compare(&NameFacts::new(child, &[]), &NameFacts::new(key, &table_words(table)), false).affinity
}

#[test]
fn the_usual_ways_to_name_a_reference_are_strong() {
    for (child, table, key) in [
        ("product_id", "products", "product_id"),
        ("customer_id", "customers", "id"),
        ("CustID", "customer", "cust_id"),
        ("dep", "departments", "code"),
        ("billing_address_id", "addresses", "id"),
        ("address_id2", "addresses", "address_id"),
        ("fk_customer", "tbl_customer", "id"),
    ] {
        assert!(of(child, table, key) >= 0.65, "{child} → {table}.{key}: {}", of(child, table, key));
    }
}

#[test]
fn unrelated_and_generic_names_are_weak() {
    for (child, table, key) in
        [("id", "products", "id"), ("quantity", "products", "id"), ("price", "stores", "store_id")]
    {
        assert!(of(child, table, key) <= 0.35, "{child} → {table}.{key}: {}", of(child, table, key));
    }
}

#[test]
fn a_schema_of_numbered_names_tells_nothing() {
    assert!(!are_telling(["t1", "c1", "c2", "t2", "c17"].into_iter()));
    assert!(are_telling(["customers", "id", "name", "c1", "c2"].into_iter()));
}

#[test]
fn every_signal_is_bounded() {
    for (child, table, key) in [("a", "b", "c"), ("employee_manager_id_12", "employees", "id"), ("", "", "")] {
        let facts = NameFacts::new(child, &table_words(table));
        let s = compare(&facts, &NameFacts::new(key, &table_words(table)), true);
        for value in s.grams.iter().chain(&s.shared).chain(&s.tables).chain([&s.affinity, &s.at_home[0]]) {
            assert!((0.0..=1.0).contains(value), "{child} → {table}.{key}: {s:?}");
        }
        assert!((-1.0..=1.0).contains(&s.own_margin));
    }
}
