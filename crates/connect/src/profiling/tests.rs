use super::*;

fn profile(column_type: ColumnType, values: Vec<Value>) -> ColumnProfile {
    let mut statistics = ColumnStatistics::new("c", column_type);
    values.into_iter().for_each(|v| statistics.add(v));
    statistics.finish(&ProfileBudget::default())
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|v| Value::Text((*v).to_owned())).collect()
}

#[test]
fn counts_and_extremes_are_exact() {
    let values = vec![Value::Int(3), Value::Null, Value::Int(-1), Value::Int(3), Value::Float(7.5)];
    let profile = profile(ColumnType::Integer, values);
    assert_eq!((profile.non_null, profile.distinct), (4, 3));
    assert!((profile.null_share - 0.2).abs() < 1e-12);
    assert_eq!((profile.min, profile.max), (Value::Int(-1), Value::Float(7.5)));
    assert_eq!(profile.top_values[0], ValueCount { value: Value::Int(3), count: 2 });
    assert_eq!((profile.max_length, profile.values.len()), (None, 0));
}

#[test]
fn nan_is_counted_but_is_no_extreme() {
    let profile =
        profile(ColumnType::Float, vec![Value::Float(f64::NAN), Value::Float(1.0), Value::Float(f64::INFINITY)]);
    assert_eq!(profile.non_null, 3);
    assert_eq!((profile.min, profile.max), (Value::Float(1.0), Value::Float(f64::INFINITY)));
}

#[test]
fn values_come_most_frequent_first_and_without_blanks() {
    let profile = profile(ColumnType::Text, texts(&["b", "a", "", "a", " ", "ö"]));
    assert_eq!(profile.values, ["a", "b", "ö"]);
    assert_eq!(profile.max_length, Some(1));
    assert!(!profile.text_is_numeric);
}

#[test]
fn long_texts_are_counted_but_not_kept() {
    let long = "x".repeat(ColumnProfile::MAX_VALUE_CHARS + 1);
    let profile = profile(ColumnType::Text, texts(&[&long, &format!("{long}y"), "short"]));
    assert_eq!((profile.distinct, profile.max_length), (3, Some(82)));
    assert_eq!(profile.values, ["short"]);
    assert_eq!(profile.top_values, []);
}

#[test]
fn texts_read_as_numbers_unless_they_are_codes() {
    for (values, expected) in [
        (&["1", "-2.50", ""][..], true),
        (&["00123", "1"], false),
        (&["0", "0.5"], true),
        (&["1e5"], false),
        (&["NaN"], false),
        (&[""], false),
    ] {
        assert_eq!(profile(ColumnType::Text, texts(values)).text_is_numeric, expected, "{values:?}");
    }
}

#[test]
fn a_column_of_numbers_and_texts_is_neither_date_nor_number() {
    let mut values = texts(&["2024-01-01"]);
    values.push(Value::Int(5));
    let profile = profile(ColumnType::Other, values);
    assert_eq!((profile.text_date_format, profile.text_is_numeric), (None, false));
}

#[test]
fn uniqueness_shows_in_the_distinct_count_of_many_values() {
    let profile = profile(ColumnType::Integer, (0..100_000).map(Value::Int).collect());
    assert!(profile.is_unique());
    assert_eq!(profile.top_values.len(), 10);
}
