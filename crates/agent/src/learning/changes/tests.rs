use super::*;
use datafyme_domain::{Column, ColumnType, Dialect, ForeignKey, TableKind, Value, profile::ValueCount};
use proptest::prelude::*;

fn table(name: &str, columns: &[&str]) -> Table {
    let column = |name: &&str| Column {
        name: (*name).to_owned(),
        column_type: ColumnType::Text,
        declared_type: "text".to_owned(),
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
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: None,
        partitions: None,
        profile: None,
    }
}

fn with_rows(table: Table, rows: u64, version: &str) -> Table {
    let columns = table.columns.iter().map(|c| ColumnProfile {
        column: c.name.clone(),
        non_null: rows,
        distinct: rows,
        ..ColumnProfile::default()
    });
    let profile = TableProfile {
        row_count: Some(rows),
        columns: columns.collect(),
        data_version: Some(version.to_owned()),
        ..TableProfile::default()
    };
    Table { profile: Some(profile), ..table }
}

fn catalog(tables: &[Table]) -> Catalog {
    Catalog { dialect: Dialect::Sqlite, tables: tables.to_vec() }
}

fn between(old: &[Table], new: &[Table]) -> Changes {
    Changes::between(&by_name(Some(&catalog(old))), &catalog(new))
}

#[test]
fn a_database_that_is_as_it_was_has_no_changes() {
    let tables = [with_rows(table("a", &["x", "y"]), 9, "1/7"), table("b", &["x"])];
    let changes = between(&tables, &tables);
    assert!(changes.is_empty() && changes.telling.is_empty(), "{changes:?}");
    assert_eq!(changes.counts, LearnedChanges { unchanged: 2, ..LearnedChanges::default() });
}

#[test]
fn a_new_mark_over_the_same_figures_changes_nothing() {
    let changes = between(&[with_rows(table("a", &["x"]), 9, "1/7")], &[with_rows(table("a", &["x"]), 9, "1/8")]);
    assert!(changes.is_empty(), "{changes:?}");
}

#[test]
fn columns_keys_comments_and_kinds_of_rows_tell_and_a_row_more_only_touches() {
    let old = with_rows(table("a", &["x", "y"]), 40, "1/7");
    let kinds = |kinds: &[&str]| {
        let mut table = old.clone();
        let profile = table.profile.as_mut().unwrap();
        profile.columns[0].distinct = kinds.len() as u64;
        let counted = |kind: &&str| ValueCount { value: Value::Text((*kind).to_owned()), count: 3 };
        profile.columns[0].top_values = kinds.iter().map(counted).collect();
        table
    };
    let more = with_rows(table("a", &["x", "y", "z"]), 40, "1/7");
    let comment = Table { comment: Some("new".to_owned()), ..old.clone() };
    let key = ForeignKey { columns: vec!["x".into()], to_table: TableRef::bare("b"), to_columns: vec!["x".into()] };
    let key = Table { foreign_keys: vec![key], ..old.clone() };
    let twice = with_rows(table("a", &["x", "y"]), 80, "1/8");
    let empty = with_rows(table("a", &["x", "y"]), 0, "1/8");
    for new in [&more, &comment, &key, &twice, &empty] {
        let changes = between(std::slice::from_ref(&old), std::slice::from_ref(new));
        assert_eq!((changes.telling.len(), changes.touched.len()), (1, 1), "{new:?}");
    }
    let changes = between(std::slice::from_ref(&old), &[with_rows(table("a", &["x", "y"]), 41, "1/8")]);
    assert_eq!((changes.telling.len(), changes.touched.len()), (0, 1));
    let changes = between(&[kinds(&["new", "old"])], &[kinds(&["old", "new"])]);
    assert_eq!((changes.telling.len(), changes.touched.len()), (0, 1));
    let changes = between(&[kinds(&["new", "old"])], &[kinds(&["new", "lost"])]);
    assert_eq!((changes.telling.len(), changes.touched.len()), (1, 1));
}

#[test]
fn a_table_is_known_by_the_databases_mark_whatever_it_is_called() {
    let old =
        [with_rows(table("orders", &["x", "y"]), 9, "17/7"), with_rows(table("orders_2", &["x", "y"]), 9, "18/7")];
    let renamed = with_rows(table("sales", &["x", "y", "z"]), 12, "17/9");
    let changes = between(&old, &[renamed, old[1].clone()]);
    assert_eq!(changes.renamed[&TableRef::bare("sales")], TableRef::bare("orders"));
    let counts = LearnedChanges { renamed: 1, unchanged: 1, ..LearnedChanges::default() };
    assert_eq!(changes.counts, counts);
    // Dropped and made anew with the same columns: another table.
    let changes = between(&old, &[with_rows(table("sales", &["x", "y"]), 9, "19/1"), old[1].clone()]);
    assert!(changes.renamed.is_empty());
    assert_eq!((changes.counts.added, changes.counts.removed), (1, 1));
}

#[test]
fn without_a_mark_only_a_table_with_the_same_rows_that_has_no_double_is_the_same() {
    let rows = |name: &str, rows| with_rows(table(name, &["x", "y"]), rows, "/7");
    let renamed = |old: &[Table], new: &[Table]| between(old, new).renamed.len();
    assert_eq!(renamed(&[rows("a", 9)], &[rows("b", 9)]), 1);
    assert_eq!(renamed(&[rows("a", 9)], &[rows("b", 8)]), 0);
    assert_eq!(renamed(&[rows("a", 0)], &[rows("b", 0)]), 0);
    assert_eq!(renamed(&[rows("a", 9), rows("b", 9)], &[rows("c", 9)]), 0);
    assert_eq!(renamed(&[rows("a", 9)], &[rows("b", 9), rows("c", 9)]), 0);
}

proptest! {
    #[test]
    fn every_table_is_counted_once_and_renames_are_one_to_one(
        old in prop::collection::btree_map("[a-h]", (0_u64..4, 0_u8..3), 0..8),
        new in prop::collection::btree_map("[a-h]", (0_u64..4, 0_u8..3), 0..8),
        marked in any::<bool>(),
    ) {
        let tables = |all: &std::collections::BTreeMap<String, (u64, u8)>| -> Vec<Table> {
            let one = |(name, (rows, mark)): (&String, &(u64, u8))| {
                let mark = if marked { mark.to_string() } else { String::new() };
                with_rows(table(name, &["x", "y"]), *rows, &format!("{mark}/1"))
            };
            all.iter().map(one).collect()
        };
        let (old, new) = (tables(&old), tables(&new));
        let changes = between(&old, &new);
        let counts = changes.counts;
        prop_assert_eq!(counts.added + counts.changed + counts.renamed + counts.unchanged, new.len() as u64);
        prop_assert_eq!(counts.removed + counts.renamed + counts.changed + counts.unchanged, old.len() as u64);
        let sources: HashSet<&TableRef> = changes.renamed.values().collect();
        prop_assert_eq!(sources.len(), changes.renamed.len());
        prop_assert!(changes.renamed.values().all(|t| changes.gone.contains(t)));
        prop_assert!(changes.telling.is_subset(&changes.touched));
    }
}
