//! Finds the keys near a column by words and by values, without looking at every pair.

use super::super::{facts::ColumnFacts, names};
use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher},
};

/// Keys that may share a word before it says nothing any more.
const COMMON_WORD: usize = 60;
/// Keys that may share a value before it says nothing any more.
const COMMON_VALUE: usize = 40;
/// Hashes of a key that are looked up.
const HASHES: usize = 64;
/// Letters by which an abbreviation and its word are brought together.
const PREFIX: usize = 3;

/// Keys by the words of their names and tables, and by a sample of their values.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    by_word: HashMap<&'a str, Vec<usize>>,
    by_prefix: HashMap<&'a str, Vec<usize>>,
    by_joined: HashMap<String, Vec<usize>>,
    by_value: HashMap<u32, Vec<usize>, BuildHasherDefault<Mixed>>,
}

/// Spreads what is a hash already; the standard hasher would take most of the time of looking values up.
#[derive(Debug, Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        // The smallest hashes are kept, so their upper bits are alike: multiplied by the golden ratio (Knuth).
        self.0 = (self.0 ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl<'a> Lookup<'a> {
    pub(super) fn new(facts: &'a [ColumnFacts<'a>], keys: &[usize]) -> Self {
        let mut lookup = Self {
            by_word: HashMap::new(),
            by_prefix: HashMap::new(),
            by_joined: HashMap::new(),
            by_value: HashMap::default(),
        };
        for &key in keys {
            if let Some(of_key) = facts.get(key) {
                lookup.add(key, of_key);
            }
        }
        lookup
    }

    fn add(&mut self, key: usize, of_key: &'a ColumnFacts<'a>) {
        let names = &of_key.names;
        for word in names.table.iter().chain(&names.core) {
            push(self.by_word.entry(word).or_default(), key);
            if let Some(prefix) = prefix(word) {
                push(self.by_prefix.entry(prefix).or_default(), key);
            }
        }
        for joined in [&names.full, &names.table_joined, &names.core_joined] {
            if !joined.is_empty() {
                push(self.by_joined.entry(joined.clone()).or_default(), key);
            }
        }
        if names.table.len() > 1 {
            push(self.by_joined.entry(names::initials(&names.table)).or_default(), key);
        }
        // A sequence shares its values with every column of small numbers.
        if !of_key.is_sequence()
            && let Some(sketch) = of_key.sketch()
        {
            for hash in sketch.hashes().iter().take(HASHES) {
                push(self.by_value.entry(*hash).or_default(), key);
            }
        }
    }

    /// The same for some of the keys: what says nothing among all says nothing here.
    pub(super) fn among(&self, some: &[usize]) -> Self {
        Self {
            by_word: restricted(&self.by_word, some, COMMON_WORD),
            by_prefix: restricted(&self.by_prefix, some, COMMON_WORD),
            by_joined: restricted(&self.by_joined, some, COMMON_WORD),
            by_value: restricted(&self.by_value, some, COMMON_VALUE),
        }
    }

    /// The keys near `child`, each once, in catalog order.
    pub(super) fn near(&self, child: &ColumnFacts<'_>, near: &mut Vec<usize>) {
        let names = &child.names;
        for word in &names.core {
            let known = self.by_word.get(word.as_str()).filter(|k| k.len() <= COMMON_WORD);
            near.extend(known.into_iter().flatten());
            let alike = prefix(word).and_then(|p| self.by_prefix.get(p)).filter(|k| k.len() <= COMMON_WORD);
            near.extend(alike.into_iter().flatten());
        }
        for joined in [&names.joined, &names.core_joined] {
            let known = self.by_joined.get(joined.as_str()).filter(|k| k.len() <= COMMON_WORD);
            near.extend(known.into_iter().flatten());
        }
        if let Some(sketch) = child.sketch() {
            for hash in sketch.hashes().iter().take(HASHES) {
                let known = self.by_value.get(hash).filter(|k| k.len() <= COMMON_VALUE);
                near.extend(known.into_iter().flatten());
            }
        }
        near.sort_unstable();
        near.dedup();
    }
}

fn restricted<K: Clone + Eq + Hash, S: BuildHasher + Default>(
    all: &HashMap<K, Vec<usize>, S>,
    some: &[usize],
    common: usize,
) -> HashMap<K, Vec<usize>, S> {
    let telling = all.iter().filter(|(_, keys)| keys.len() <= common);
    let restricted = telling.filter_map(|(word, keys)| {
        let keys: Vec<usize> = keys.iter().copied().filter(|key| some.binary_search(key).is_ok()).collect();
        (!keys.is_empty()).then(|| (word.clone(), keys))
    });
    restricted.collect()
}

fn push(keys: &mut Vec<usize>, key: usize) {
    if keys.last() != Some(&key) {
        keys.push(key);
    }
}

fn prefix(word: &str) -> Option<&str> {
    word.char_indices()
        .nth(PREFIX)
        .and_then(|(end, _)| word.get(..end))
        .or_else(|| (word.len() >= PREFIX).then_some(word))
}
