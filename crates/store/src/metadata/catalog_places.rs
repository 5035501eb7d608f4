//! Where the tables of a catalog stand, so that saving it again writes only what changed.
//!
//! Tables are kept in the order of the catalog by a number each, with gaps between them: a table that comes between two
//! others takes a number between theirs, and nothing else is written.

use datafyme_domain::{Catalog, Table, TableRef};
use std::collections::HashMap;

/// Between the numbers of two tables that are written one after the other.
const GAP: i64 = 1_024;

/// What to write for a catalog.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Writing<'a> {
    /// Numbers that no table has any more, to be removed first.
    pub(crate) cut: Vec<i64>,
    /// Tables that are new or have changed, or that stand elsewhere now.
    pub(crate) put: Vec<(i64, &'a Table)>,
}

/// All of a catalog, where nothing is kept.
pub(crate) fn whole(catalog: &Catalog) -> Writing<'_> {
    let numbers = (0_i64..).map(|position| position * GAP);
    Writing { cut: Vec::new(), put: numbers.zip(&catalog.tables).collect() }
}

/// What is left to write of `catalog` where `kept` is stored under `numbers` (ascending, one each). None when there is
/// no room between two numbers, or `kept` is not what is stored: then all of it is to be written anew.
pub(crate) fn differing<'a>(catalog: &'a Catalog, kept: &Catalog, numbers: &[i64]) -> Option<Writing<'a>> {
    if numbers.len() != kept.tables.len() {
        return None;
    }
    let stored: HashMap<&TableRef, (i64, &Table)> =
        kept.tables.iter().zip(numbers).map(|(table, number)| (&table.name, (*number, table))).collect();
    let mut writing = Writing::default();
    let mut stay: Vec<i64> = Vec::with_capacity(numbers.len());
    let mut waiting: Vec<&Table> = Vec::new();
    for table in &catalog.tables {
        let last = stay.last().copied();
        match stored.get(&table.name) {
            Some(&(number, old)) if last.is_none_or(|last| number > last) => {
                between(last, Some(number), &mut waiting, &mut writing.put)?;
                stay.push(number);
                if old != table {
                    writing.put.push((number, table));
                }
            }
            _ => waiting.push(table),
        }
    }
    between(stay.last().copied(), None, &mut waiting, &mut writing.put)?;
    writing.cut = numbers.iter().copied().filter(|number| stay.binary_search(number).is_err()).collect();
    Some(writing)
}

/// Gives the waiting tables numbers between two others. None when there are too few.
fn between<'a>(
    after: Option<i64>,
    before: Option<i64>,
    waiting: &mut Vec<&'a Table>,
    put: &mut Vec<(i64, &'a Table)>,
) -> Option<()> {
    if waiting.is_empty() {
        return Some(());
    }
    let count = i64::try_from(waiting.len()).ok()?;
    let step = match (after, before) {
        (Some(after), Some(before)) => before.checked_sub(after)? / (count + 1),
        _ => GAP,
    };
    let first = match (after, before) {
        (Some(after), _) => after.checked_add(step)?,
        (None, Some(before)) => before.checked_sub(step.checked_mul(count)?)?,
        (None, None) => 0,
    };
    first.checked_add(step.checked_mul(count)?)?;
    if step == 0 {
        return None;
    }
    put.extend((0_i64..).map(|i| first + i * step).zip(waiting.drain(..)));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::sample;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Spelled = Vec<(u8, u8)>;

    fn catalog(tables: &Spelled) -> Catalog {
        let spelled: Vec<(String, String)> = tables.iter().map(|(n, c)| (format!("t{n}"), c.to_string())).collect();
        sample::catalog(&spelled.iter().map(|(n, c)| (n.as_str(), c.as_str())).collect::<Vec<_>>())
    }

    /// What a store holds by number.
    fn apply(stored: &mut BTreeMap<i64, Table>, writing: Writing<'_>) {
        for number in writing.cut {
            assert!(stored.remove(&number).is_some(), "{number} was not there");
        }
        stored.extend(writing.put.into_iter().map(|(number, table)| (number, table.clone())));
    }

    fn tables() -> impl Strategy<Value = Spelled> {
        prop::collection::btree_map(0_u8..12, 0_u8..3, 0..10)
            .prop_map(|map| map.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
    }

    proptest! {
        #[test]
        fn what_is_stored_is_the_last_catalog_in_its_order(history in prop::collection::vec(tables(), 1..8)) {
            let mut stored: BTreeMap<i64, Table> = BTreeMap::new();
            let mut kept: Option<Catalog> = None;
            for spelled in &history {
                let next = catalog(spelled);
                let numbers: Vec<i64> = stored.keys().copied().collect();
                match kept.as_ref().and_then(|kept| differing(&next, kept, &numbers)) {
                    Some(writing) => apply(&mut stored, writing),
                    None => {
                        stored.clear();
                        apply(&mut stored, whole(&next));
                    }
                }
                prop_assert_eq!(stored.values().cloned().collect::<Vec<_>>(), next.tables.clone());
                kept = Some(next);
            }
        }
    }

    #[test]
    fn a_table_that_comes_and_one_that_goes_leave_the_others_unwritten() {
        let before = catalog(&vec![(1, 0), (2, 0), (3, 0), (4, 0)]);
        let after = catalog(&vec![(1, 0), (9, 0), (3, 0), (4, 1)]);
        let writing = differing(&after, &before, &[0, 1_024, 2_048, 3_072]).unwrap();
        assert_eq!(writing.cut, [1_024]);
        let put: Vec<(i64, &str)> = writing.put.iter().map(|(n, t)| (*n, t.name.table.as_str())).collect();
        assert_eq!(put, [(1_024, "t9"), (3_072, "t4")]);
    }

    #[test]
    fn without_room_all_is_written_anew() {
        let before = catalog(&vec![(1, 0), (2, 0)]);
        let after = catalog(&vec![(1, 0), (9, 0), (2, 0)]);
        assert_eq!(differing(&after, &before, &[0, 1]), None);
        assert_eq!(differing(&after, &before, &[0]), None, "something else is stored");
    }
}
