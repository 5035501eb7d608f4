#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{DataSourceId, TableRef};
use proptest::{collection::vec, prelude::*};

const WORDS: [&str; 6] = ["orders", "sales", "Üzlet", "turnover", "", "x y"];

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn list() -> impl Strategy<Value = Vec<String>> {
    vec(word(), 0..5)
}

fn source() -> DataSourceId {
    DataSourceId(uuid::Uuid::from_u128(7))
}

fn documentation(text: String, synonyms: Vec<String>, columns: &[(String, String, Vec<String>)]) -> TableDocumentation {
    let columns = columns.iter().map(|(column, description, synonyms)| ColumnDocumentation {
        column: column.clone(),
        description: description.clone(),
        synonyms: synonyms.clone(),
        ..ColumnDocumentation::default()
    });
    TableDocumentation {
        business_description: text.clone(),
        technical_description: text,
        use_cases: synonyms.clone(),
        common_questions: synonyms.clone(),
        synonyms,
        columns: columns.collect(),
        ..blank(&TableEdits::none(source(), TableRef::bare("t")))
    }
}

/// What learning wrote: some of the columns `a`, `b`, `c`.
fn generated() -> impl Strategy<Value = TableDocumentation> {
    let column = |name: &'static str| (Just(name.to_owned()), word(), list());
    let columns = (column("a"), column("b"), column("c"), any::<[bool; 3]>());
    (word(), list(), columns).prop_map(|(text, items, (a, b, c, kept))| {
        let columns: Vec<_> = [a, b, c].into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(c, _)| c).collect();
        documentation(text, items, &columns)
    })
}

/// What a person does to what is shown.
#[derive(Debug, Clone)]
enum Act {
    Learn(TableDocumentation),
    Describe(String),
    Name(Vec<String>),
    DescribeColumn(String),
    NameColumn(Vec<String>),
    HideColumn(bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => generated().prop_map(Act::Learn),
        1 => word().prop_map(Act::Describe),
        1 => list().prop_map(Act::Name),
        1 => word().prop_map(Act::DescribeColumn),
        1 => list().prop_map(Act::NameColumn),
        1 => any::<bool>().prop_map(Act::HideColumn),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn of_a_list_nothing_added_is_lost_and_nothing_taken_out_returns(base in list(), now in list(), edited in list()) {
        let merged = merge_items(&base, &now, &edited);
        for item in &edited {
            prop_assert!(base.contains(item) || merged.contains(item), "added {item:?} is lost: {merged:?}");
        }
        for item in base.iter().filter(|i| !edited.contains(i)) {
            prop_assert!(!merged.contains(item), "removed {item:?} is back: {merged:?}");
        }
        for item in &merged {
            prop_assert!(edited.contains(item) || now.contains(item), "{item:?} comes from nowhere");
        }
        for item in now.iter().filter(|i| !base.contains(i)) {
            prop_assert!(merged.contains(item), "newly generated {item:?} is missing: {merged:?}");
        }
    }

    #[test]
    fn what_nobody_edited_is_as_generated(now in generated()) {
        let untouched = TableEdits::none(source(), TableRef::bare("t"));
        prop_assert_eq!(merge(Some(&now), Some(&untouched)), Some(now.clone()));
        prop_assert_eq!(merge(Some(&now), None), Some(now));
    }

    /// Any history of learnings and edits: the last edit of each field shows, whatever was learned since, even where
    /// the column or the whole documentation was gone meanwhile.
    #[test]
    fn no_edit_is_ever_lost(first in generated(), acts in vec(act(), 0..12)) {
        let mut now = first;
        let mut edits = TableEdits::none(source(), TableRef::bare("t"));
        let (mut described, mut named, mut column_described, mut column_named, mut hidden) = (None, None, None, None, false);
        for act in acts {
            match act {
                Act::Learn(learned) => now = learned,
                Act::Describe(text) => {
                    edits.business_description = Some(Edit { base: now.business_description.clone(), edited: text.clone() });
                    described = (text != now.business_description).then_some(text);
                }
                Act::Name(names) => {
                    let added: Vec<String> = names.iter().filter(|n| !now.synonyms.contains(n)).cloned().collect();
                    let removed: Vec<String> = now.synonyms.iter().filter(|n| !names.contains(n)).cloned().collect();
                    edits.synonyms = Some(Edit { base: now.synonyms.clone(), edited: names });
                    named = Some((added, removed));
                }
                Act::DescribeColumn(text) => {
                    let base = now.column("b").map(|c| c.description.clone()).unwrap_or_default();
                    column_described = (text != base).then(|| text.clone());
                    edits.column_mut("b").description = Some(Edit { base, edited: text });
                }
                Act::NameColumn(names) => {
                    let base = now.column("b").map(|c| c.synonyms.clone()).unwrap_or_default();
                    column_named = Some(names.iter().filter(|n| !base.contains(n)).cloned().collect::<Vec<_>>());
                    edits.column_mut("b").synonyms = Some(Edit { base, edited: names });
                }
                Act::HideColumn(hide) => {
                    edits.column_mut("b").hidden = hide;
                    hidden = hide;
                }
            }
            let shown = merge(Some(&now), Some(&edits)).unwrap();
            if let Some(text) = &described {
                prop_assert_eq!(&shown.business_description, text);
            }
            if let Some((added, removed)) = &named {
                prop_assert!(added.iter().all(|n| shown.synonyms.contains(n)));
                prop_assert!(removed.iter().all(|n| !shown.synonyms.contains(n)));
            }
            let column = shown.column("b").cloned().unwrap_or_default();
            if let Some(text) = &column_described {
                prop_assert_eq!(&column.description, text);
            }
            if let Some(added) = &column_named {
                prop_assert!(added.iter().all(|n| column.synonyms.contains(n)));
            }
            prop_assert_eq!(column.hidden, hidden);
        }
    }

    #[test]
    fn edits_read_back_as_they_were_written(now in generated(), text in word(), names in list()) {
        let mut edits = TableEdits::none(source(), TableRef::bare("t"));
        edits.use_cases = Some(Edit { base: now.use_cases, edited: names });
        edits.column_mut("b").description = Some(Edit { base: String::new(), edited: text });
        let read: TableEdits = serde_json::from_str(&serde_json::to_string(&edits).unwrap()).unwrap();
        prop_assert_eq!(read, edits);
    }
}

#[test]
fn an_edit_without_documentation_shows() {
    let mut edits = TableEdits::none(source(), TableRef::bare("t"));
    assert_eq!(merge(None, Some(&edits)), None);
    edits.column_mut("b").unit = Some("EUR".to_owned());
    edits.column_mut("a").hidden = true;
    assert_eq!(edits.fields(), ["columns.a.hidden", "columns.b.unit"]);
    let shown = merge(None, Some(&edits)).unwrap();
    assert_eq!(shown.column("b").unwrap().unit.as_deref(), Some("EUR"));
    assert!(shown.column("a").unwrap().hidden);
}

#[test]
fn a_reset_field_follows_what_is_generated_again() {
    let mut edits = TableEdits::none(source(), TableRef::bare("t"));
    edits.column_mut("b").unit = Some("EUR".to_owned());
    edits.column_mut("b").unit = None;
    edits.tidy();
    assert!(edits.is_empty() && edits.columns.is_empty());
}

#[test]
fn a_text_is_outdated_once_something_else_is_generated_and_a_list_never_is() {
    let column = |text: &str| vec![("a".to_owned(), text.to_owned(), vec![text.to_owned()])];
    let then = documentation("then".to_owned(), vec!["then".to_owned()], &column("then"));
    let now = documentation("now".to_owned(), vec!["now".to_owned()], &column("now"));
    let mine = |base: &str| Some(Edit { base: base.to_owned(), edited: "mine".to_owned() });
    let mut edits = TableEdits::none(source(), TableRef::bare("t"));
    edits.business_description = mine("then");
    edits.synonyms = Some(Edit { base: vec!["then".to_owned()], edited: vec!["mine".to_owned()] });
    edits.column_mut("a").description = mine("then");
    edits.column_mut("gone").description = mine("then");
    assert_eq!(edits.outdated(&then), Vec::<String>::new());
    assert_eq!(edits.outdated(&now), ["business_description", "columns.a.description"]);
    // What was written is what is generated by now.
    edits.business_description = Some(Edit { base: "then".to_owned(), edited: "now".to_owned() });
    assert_eq!(edits.outdated(&now), ["columns.a.description"]);
}
