//! The global choice: which of the candidates become relations.

use datafyme_domain::TableRef;
use std::collections::{HashMap, HashSet};

/// A scored pair of (table, column) ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Child table and column.
    pub child: (TableRef, String),
    /// Parent table and column.
    pub parent: (TableRef, String),
    /// 0 to 1.
    pub confidence: f64,
}

/// Positions of the chosen candidates: greedily from the surest, one parent per child column, never both directions
/// of a pair, and no cycle through keys of one-to-one chains. `taken` are child columns that declared keys settle.
#[must_use]
pub fn assign(candidates: &[Scored], taken: &HashSet<(TableRef, String)>, threshold: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let confidence = |i: usize| candidates.get(i).map_or(0.0, |c| c.confidence);
    order.sort_by(|a, b| confidence(*b).total_cmp(&confidence(*a)).then(a.cmp(b)));

    let mut parent_of: HashMap<&(TableRef, String), &(TableRef, String)> = HashMap::new();
    let mut chosen = Vec::new();
    for index in order {
        let Some(candidate) = candidates.get(index) else {
            continue;
        };
        if candidate.confidence < threshold
            || taken.contains(&candidate.child)
            || parent_of.contains_key(&candidate.child)
        {
            continue;
        }
        if reaches(&parent_of, &candidate.parent, &candidate.child) {
            continue;
        }
        parent_of.insert(&candidate.child, &candidate.parent);
        chosen.push(index);
    }
    chosen
}

/// Whether following parents from `from` comes to `to`.
fn reaches(
    parent_of: &HashMap<&(TableRef, String), &(TableRef, String)>,
    from: &(TableRef, String),
    to: &(TableRef, String),
) -> bool {
    let mut at = from;
    let mut steps = 0;
    while at != to {
        match parent_of.get(at) {
            Some(next) if steps <= parent_of.len() => at = next,
            _ => return false,
        }
        steps += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(child: &str, parent: &str, confidence: f64) -> Scored {
        let end = |text: &str| {
            let (table, column) = text.split_once('.').unwrap();
            (TableRef::bare(table), column.to_owned())
        };
        Scored { child: end(child), parent: end(parent), confidence }
    }

    #[test]
    fn each_column_points_to_its_surest_parent() {
        let candidates = [pair("o.c", "c.id", 0.7), pair("o.c", "d.id", 0.9), pair("o.d", "d.id", 0.4)];
        assert_eq!(assign(&candidates, &HashSet::new(), 0.5), [1]);
    }

    #[test]
    fn the_reverse_and_cycles_are_refused() {
        let candidates = [
            pair("a.id", "b.id", 0.9),
            pair("b.id", "c.id", 0.8),
            pair("c.id", "a.id", 0.7),
            pair("b.id", "a.id", 0.85),
        ];
        assert_eq!(assign(&candidates, &HashSet::new(), 0.5), [0, 1]);
    }

    #[test]
    fn columns_that_declared_keys_settle_are_left_alone() {
        let candidates = [pair("o.c", "c.id", 0.9)];
        assert!(assign(&candidates, &HashSet::from([(TableRef::bare("o"), "c".to_owned())]), 0.5).is_empty());
    }
}
