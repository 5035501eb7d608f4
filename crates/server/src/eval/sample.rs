//! A smaller set of items that stands for the whole: proportional over the databases, the same for the same seed.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// At most `limit` of `items`: each database keeps its share (largest remainders), drawn by `seed`; order is kept.
#[must_use]
pub fn sample<T>(items: Vec<T>, limit: usize, seed: u64, database: impl Fn(&T) -> &str) -> Vec<T> {
    if items.len() <= limit {
        return items;
    }
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        groups.entry(database(item).to_owned()).or_default().push(index);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut names: Vec<String> = groups.keys().cloned().collect();
    // Ties between equal remainders fall by lot, not by alphabet.
    names.shuffle(&mut rng);
    let share = |count: usize| count * limit / items.len();
    let remainder = |count: usize| count * limit % items.len();
    let size = |name: &String| groups.get(name).map_or(0, Vec::len);
    names.sort_by_key(|name| std::cmp::Reverse(remainder(size(name))));
    let given: usize = names.iter().map(|name| share(size(name))).sum();
    let mut kept = vec![false; items.len()];
    for (rank, name) in names.iter().enumerate() {
        let take = share(size(name)) + usize::from(rank < limit - given);
        let mut indexes = groups.get(name).cloned().unwrap_or_default();
        indexes.shuffle(&mut rng);
        for index in indexes.into_iter().take(take) {
            if let Some(slot) = kept.get_mut(index) {
                *slot = true;
            }
        }
    }
    items.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(item, _)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<(String, usize)> {
        (0..100).map(|n| (format!("db{}", if n < 50 { 0 } else { n % 7 }), n)).collect()
    }

    #[test]
    fn every_database_keeps_its_share_and_a_seed_its_draw() {
        let draw = |seed| sample(items(), 20, seed, |i| &i.0);
        assert_eq!(draw(1).len(), 20);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let large = draw(1).iter().filter(|i| i.0 == "db0").count();
        assert!((10..=13).contains(&large), "{large} of db0");
        assert!(draw(1).is_sorted_by_key(|i| i.1));
        assert_eq!(sample(items(), 500, 1, |i| &i.0).len(), 100);
    }
}
