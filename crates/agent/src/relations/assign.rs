//! The global choice: which of the candidates become relations.

use datafyme_domain::TableRef;
use std::collections::{HashMap, HashSet};

/// A table and the columns, in order, that refer or are referred to.
pub type End = (TableRef, Vec<String>);

/// A scored pair of ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Child table and columns.
    pub child: End,
    /// Parent table and columns.
    pub parent: End,
    /// 0 to 1.
    pub confidence: f64,
    /// What is asked of it.
    pub least: Least,
}

/// Least confidence of a candidate, by how its tables are joined when its turn comes. Most schemas are one piece with
/// few circles (Auto-BI, Lin et al. 2023, looks for a tree of most weight): what joins two pieces is likelier true than
/// what joins tables that surer relations have joined already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Least {
    /// Not at all yet, or it is one table.
    pub apart: f64,
    /// By way of other tables.
    pub around: f64,
    /// By another relation of the two.
    pub again: f64,
}

impl Least {
    /// The same whatever is joined.
    #[must_use]
    pub const fn always(threshold: f64) -> Self {
        Self { apart: threshold, around: threshold, again: threshold }
    }
}

/// Which tables are joined, directly or not: tables by number, in sets that merge (union-find; Tarjan & van Leeuwen 1984,
/// by size and with path halving). Of thousands of tables each candidate asks.
#[derive(Debug, Default)]
struct Joins<'a> {
    numbers: HashMap<&'a TableRef, usize>,
    pairs: HashSet<(usize, usize)>,
    /// Of each table: one nearer to the table that stands for its set, or itself.
    towards: Vec<usize>,
    sizes: Vec<usize>,
}

impl<'a> Joins<'a> {
    fn number(&mut self, table: &'a TableRef) -> usize {
        let next = self.towards.len();
        let number = *self.numbers.entry(table).or_insert(next);
        if number == next {
            self.towards.push(next);
            self.sizes.push(1);
        }
        number
    }

    fn add(&mut self, a: &'a TableRef, b: &'a TableRef) {
        let (a, b) = (self.number(a), self.number(b));
        self.pairs.extend([(a, b), (b, a)]);
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let size = |of: usize| self.sizes.get(of).copied().unwrap_or(1);
        let (small, large, both) =
            if size(a) < size(b) { (a, b, size(a) + size(b)) } else { (b, a, size(a) + size(b)) };
        if let Some(towards) = self.towards.get_mut(small) {
            *towards = large;
        }
        if let Some(size) = self.sizes.get_mut(large) {
            *size = both;
        }
    }

    fn root(&mut self, mut table: usize) -> usize {
        let next = |of: usize, towards: &[usize]| towards.get(of).copied().unwrap_or(of);
        while next(table, &self.towards) != table {
            let after = next(next(table, &self.towards), &self.towards);
            if let Some(towards) = self.towards.get_mut(table) {
                *towards = after;
            }
            table = after;
        }
        table
    }

    fn least(&mut self, candidate: &'a Scored) -> f64 {
        let least = candidate.least;
        let (child, parent) = (self.number(&candidate.child.0), self.number(&candidate.parent.0));
        if child == parent {
            least.apart
        } else if self.pairs.contains(&(child, parent)) {
            least.again
        } else if self.root(child) == self.root(parent) {
            least.around
        } else {
            least.apart
        }
    }
}

/// Positions of the chosen candidates: greedily from the surest, one parent per child column set, never both directions
/// of a pair, and no cycle through keys of one-to-one chains. `taken` are child column sets that declared keys settle,
/// `joined` the tables that these join.
#[must_use]
pub fn assign(candidates: &[Scored], taken: &HashSet<End>, joined: &[(TableRef, TableRef)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let confidence = |i: usize| candidates.get(i).map_or(0.0, |c| c.confidence);
    order.sort_by(|a, b| confidence(*b).total_cmp(&confidence(*a)).then(a.cmp(b)));

    let taken: HashSet<End> = taken.iter().map(as_set).collect();
    let mut parent_of: HashMap<End, End> = HashMap::new();
    let mut chosen = Vec::new();
    let mut joins = Joins::default();
    joined.iter().for_each(|(a, b)| joins.add(a, b));
    for index in order {
        let Some(candidate) = candidates.get(index).filter(|c| c.confidence >= joins.least(c)) else {
            continue;
        };
        let (child, parent) = (as_set(&candidate.child), as_set(&candidate.parent));
        if taken.contains(&child) || parent_of.contains_key(&child) || reaches(&parent_of, &parent, &child) {
            continue;
        }
        parent_of.insert(child, parent);
        joins.add(&candidate.child.0, &candidate.parent.0);
        chosen.push(index);
    }
    chosen
}

/// Columns in one order, whatever the order of the key that they refer to.
fn as_set(end: &End) -> End {
    let mut columns = end.1.clone();
    columns.sort_unstable();
    (end.0.clone(), columns)
}

/// Whether following parents from `from` comes to `to`.
fn reaches(parent_of: &HashMap<End, End>, from: &End, to: &End) -> bool {
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
            (TableRef::bare(table), vec![column.to_owned()])
        };
        Scored { child: end(child), parent: end(parent), confidence, least: Least::always(0.5) }
    }

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_the_scores_each_column_set_has_one_parent_and_no_path_leads_back(
            raw in prop::collection::vec((0..6_u8, 0..3_u8, 0..6_u8, 0..3_u8, 0.0..1.0_f64), 0..80),
            settled in prop::collection::vec((0..6_u8, 0..3_u8), 0..4),
        ) {
            let end = |t: u8, c: u8| {
                let columns = if c == 2 { vec!["a".to_owned(), "b".to_owned()] } else { vec![format!("c{c}")] };
                (TableRef::bare(format!("t{t}")), columns)
            };
            let candidates: Vec<Scored> = raw
                .iter()
                .map(|(t, c, u, d, confidence)| Scored {
                    child: end(*t, *c),
                    parent: end(*u, *d),
                    confidence: *confidence,
                    least: Least { apart: 0.4, around: 0.6, again: 0.5 },
                })
                .collect();
            let taken: HashSet<End> = settled.iter().map(|(t, c)| end(*t, *c)).collect();
            let chosen = assign(&candidates, &taken, &[]);
            let mut parents: HashMap<&End, &End> = HashMap::new();
            for index in chosen {
                let chosen = &candidates[index];
                prop_assert!(chosen.confidence >= 0.4 && !taken.contains(&chosen.child));
                prop_assert!(parents.insert(&chosen.child, &chosen.parent).is_none(), "two parents: {:?}", chosen.child);
            }
            for start in parents.keys().copied() {
                let mut at = start;
                for _ in 0..=parents.len() {
                    let Some(next) = parents.get(at).copied() else { break };
                    prop_assert!(next != start, "a way back to {:?}", start);
                    at = next;
                }
            }
        }
    }

    #[test]
    fn each_column_points_to_its_surest_parent() {
        let candidates = [pair("o.c", "c.id", 0.7), pair("o.c", "d.id", 0.9), pair("o.d", "d.id", 0.4)];
        assert_eq!(assign(&candidates, &HashSet::new(), &[]), [1]);
    }

    #[test]
    fn the_reverse_and_cycles_are_refused() {
        let candidates = [
            pair("a.id", "b.id", 0.9),
            pair("b.id", "c.id", 0.8),
            pair("c.id", "a.id", 0.7),
            pair("b.id", "a.id", 0.85),
        ];
        assert_eq!(assign(&candidates, &HashSet::new(), &[]), [0, 1]);
    }

    #[test]
    fn columns_in_another_order_are_the_same_columns() {
        let end = |table: &str, columns: [&str; 2]| (TableRef::bare(table), columns.map(str::to_owned).to_vec());
        let onto = |parent: &str, columns, confidence| Scored {
            child: end("fees", columns),
            parent: end(parent, columns),
            confidence,
            least: Least::always(0.5),
        };
        let candidates = [onto("degrees", ["year", "campus"], 0.6), onto("enrolments", ["campus", "year"], 0.9)];
        assert_eq!(assign(&candidates, &HashSet::new(), &[]), [1]);
        let taken = HashSet::from([end("fees", ["year", "campus"])]);
        assert!(assign(&candidates, &taken, &[]).is_empty());
    }

    #[test]
    fn columns_that_declared_keys_settle_are_left_alone() {
        let candidates = [pair("o.c", "c.id", 0.9)];
        assert!(assign(&candidates, &HashSet::from([(TableRef::bare("o"), vec!["c".to_owned()])]), &[]).is_empty());
    }

    #[test]
    fn more_is_asked_of_what_joins_tables_that_are_joined_already() {
        let least = Least { apart: 0.3, around: 0.6, again: 0.8 };
        let asked = |child, parent, confidence| Scored { least, ..pair(child, parent, confidence) };
        let candidates = [
            asked("items.order", "orders.id", 0.9),
            asked("orders.customer", "customers.id", 0.85),
            asked("items.customer", "customers.id", 0.5),
            asked("items.count", "orders.id", 0.7),
            asked("notes.order", "orders.id", 0.35),
            asked("orders.previous", "orders.id", 0.35),
        ];
        assert_eq!(assign(&candidates, &HashSet::new(), &[]), [0, 1, 4, 5]);
        let surer = [asked("items.customer", "customers.id", 0.65), asked("items.count", "orders.id", 0.85)];
        let joined =
            [("items", "orders"), ("orders", "customers")].map(|(a, b)| (TableRef::bare(a), TableRef::bare(b)));
        assert_eq!(assign(&surer, &HashSet::new(), &joined), [1, 0]);
        assert_eq!(assign(&candidates[2..4], &HashSet::new(), &joined), [0_usize; 0]);
    }
}
