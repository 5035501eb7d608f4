//! How far what a table knows reaches along relations.

use datafyme_domain::{Catalog, Relation, TableRef};
use std::collections::HashMap;

/// What is left after one step.
const STEP: f32 = 0.85;
/// Steps that are taken.
const STEPS: usize = 3;
/// Relations of a table beyond which it connects everything with everything: less passes through it.
const HUB: f32 = 12.0;

/// The tables beside each table, with what is left of a strength that goes there.
#[derive(Debug)]
pub(super) struct Reach {
    beside: Vec<Box<[(u32, f32)]>>,
}

impl Reach {
    pub(super) fn build(catalog: &Catalog, relations: &[Relation]) -> Self {
        let positions: HashMap<&TableRef, usize> =
            catalog.tables.iter().enumerate().map(|(at, t)| (&t.name, at)).collect();
        let mut beside: Vec<HashMap<usize, f32>> = vec![HashMap::new(); catalog.tables.len()];
        for relation in relations {
            let ends = (positions.get(&relation.from_table), positions.get(&relation.to_table));
            let (Some(from), Some(to)) = ends else { continue };
            if from == to {
                continue;
            }
            for (a, b) in [(*from, *to), (*to, *from)] {
                if let Some(list) = beside.get_mut(a) {
                    let left = list.entry(b).or_default();
                    *left = left.max(passed(relation.confidence));
                }
            }
        }
        Self { beside: beside.into_iter().map(packed).collect() }
    }

    /// Number of tables.
    pub(super) fn len(&self) -> usize {
        self.beside.len()
    }

    /// Room for spreading, used again for every piece of evidence.
    pub(super) fn spreading(&self) -> Spreading<'_> {
        Spreading { reach: self, best: vec![0.0; self.beside.len()], touched: Vec::new() }
    }
}

/// What a doubtful relation lets through: from half to all.
#[allow(clippy::cast_possible_truncation)] // a share
fn passed(confidence: f64) -> f32 {
    let sure = if confidence.is_nan() { 0.0 } else { confidence.clamp(0.0, 1.0) as f32 };
    STEP * 0.5_f32.mul_add(sure, 0.5)
}

#[allow(clippy::cast_precision_loss)] // a few thousand tables
fn packed(beside: HashMap<usize, f32>) -> Box<[(u32, f32)]> {
    let damped = (HUB / (beside.len() as f32).max(HUB)).sqrt();
    let mut list: Vec<(u32, f32)> =
        beside.into_iter().filter_map(|(to, left)| Some((u32::try_from(to).ok()?, left * damped))).collect();
    list.sort_by_key(|(to, _)| *to);
    list.into_boxed_slice()
}

/// The strengths of one piece of evidence on their way.
pub(super) struct Spreading<'a> {
    reach: &'a Reach,
    best: Vec<f32>,
    touched: Vec<usize>,
}

impl Spreading<'_> {
    /// Calls `take` with every table that is reached from `own`, and the best strength there.
    pub(super) fn each(&mut self, own: &HashMap<usize, f32>, mut take: impl FnMut(usize, f32)) {
        let mut front: Vec<usize> = Vec::with_capacity(own.len());
        for (table, strength) in own {
            if self.raise(*table, *strength) {
                front.push(*table);
            }
        }
        for _ in 0..STEPS {
            let mut next = Vec::new();
            // What was reached in this step goes on in the next one.
            let sent: Vec<(usize, f32)> =
                front.iter().map(|t| (*t, self.best.get(*t).copied().unwrap_or(0.0))).collect();
            for (table, strength) in sent {
                for (to, left) in self.reach.beside.get(table).map_or(&[][..], AsRef::as_ref) {
                    let to = usize::try_from(*to).unwrap_or(usize::MAX);
                    if self.raise(to, strength * left) {
                        next.push(to);
                    }
                }
            }
            front = next;
        }
        for table in self.touched.drain(..) {
            if let Some(best) = self.best.get_mut(table) {
                take(table, std::mem::take(best));
            }
        }
    }

    fn raise(&mut self, table: usize, strength: f32) -> bool {
        let Some(best) = self.best.get_mut(table).filter(|best| strength > **best) else {
            return false;
        };
        if *best == 0.0 {
            self.touched.push(table);
        }
        *best = strength;
        true
    }
}
