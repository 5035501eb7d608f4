//! A sample of the distinct values of a column that can be compared with that of any other column.
//!
//! Bottom-k (KMV): of the hashes of all distinct values the `k` smallest are kept. Every column hashes alike, so that
//! two sketches are samples by the same rule, and the share of one column's values in another's can be estimated
//! without asking the database (Beyer et al. 2007, "On synopses for distinct-value estimation under multiset
//! operations").

use crate::Value;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The smallest hashes of a column's distinct values, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValueSketch {
    hashes: Vec<u32>,
    complete: bool,
}

/// An estimated share of the child's distinct values among the parent's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The share, 0 to 1.
    pub share: f64,
    /// Values that it rests on.
    pub decided: usize,
    /// Whether it is exact, give or take a collision of hashes.
    pub exact: bool,
}

impl ValueSketch {
    /// Hashes kept of a column whose values repeat.
    pub const SIZE: usize = 64;
    /// Hashes kept of a column that can be a key: small children are found in large parents only by more of them.
    pub const KEY_SIZE: usize = 256;

    /// Of hashes in any order, repeated ones too, the `most` smallest.
    #[must_use]
    pub fn smallest(hashes: impl IntoIterator<Item = u32>, most: usize) -> Self {
        let mut hashes: Vec<u32> = hashes.into_iter().collect();
        hashes.sort_unstable();
        hashes.dedup();
        let complete = hashes.len() <= most;
        hashes.truncate(most);
        Self { hashes, complete }
    }

    /// The hash of a value; `None` for NULL, empty text, bytes and documents, which no key holds. Numbers hash alike
    /// whether they are stored as numbers or as text, and texts whatever their case.
    #[must_use]
    pub fn hash(value: &Value) -> Option<u32> {
        match value {
            Value::Null | Value::Bytes(_) | Value::Json(_) => None,
            Value::Text(text) | Value::Decimal(text) => Self::hash_text(text),
            Value::Float(v) if v.fract() == 0.0 && v.abs() < 9e15 => Self::hash_text(&(*v as i64).to_string()),
            other => Self::hash_text(&other.to_string()),
        }
    }

    /// [`ValueSketch::hash`] of a text.
    #[must_use]
    pub fn hash_text(text: &str) -> Option<u32> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        // FNV-1a, mixed at the end: its own high bits are poor for short texts.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        if text.is_ascii() {
            text.bytes().for_each(|b| take(b.to_ascii_lowercase()));
        } else {
            text.to_lowercase().bytes().for_each(&mut take);
        }
        Some(mixed(hash))
    }

    /// Whether it holds every distinct value.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Hashes kept.
    #[must_use]
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// How many of this column's distinct values are among the parent's. `None` when no value of the two can be
    /// compared.
    #[must_use]
    pub fn overlap(&self, parent: &Self) -> Option<Overlap> {
        let reach = if parent.complete { u32::MAX } else { *parent.hashes.last()? };
        let (mut decided, mut found) = (0_usize, 0_usize);
        for hash in self.hashes.iter().take_while(|h| **h <= reach) {
            decided += 1;
            found += usize::from(parent.hashes.binary_search(hash).is_ok());
        }
        (decided > 0).then(|| Overlap {
            share: found as f64 / decided as f64,
            decided,
            exact: self.complete && parent.complete,
        })
    }
}

/// The end of MurmurHash3's 64-bit mixing, cut to its upper half.
const fn mixed(mut hash: u64) -> u32 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    (hash >> 32) as u32
}

/// Hexadecimal, eight digits a hash; a `+` at the end of one that is complete.
impl Serialize for ValueSketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.hashes.len() * 8 + 1);
        for hash in &self.hashes {
            text.push_str(&format!("{hash:08x}"));
        }
        if self.complete {
            text.push('+');
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for ValueSketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (digits, complete) = text.strip_suffix('+').map_or((text.as_str(), false), |d| (d, true));
        let bad = || serde::de::Error::custom("a sketch of values must be hexadecimal, eight digits a hash");
        if !digits.is_ascii() || digits.len() % 8 != 0 {
            return Err(bad());
        }
        let hashes = (0..digits.len() / 8)
            .map(|i| digits.get(i * 8..i * 8 + 8).and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(bad))
            .collect::<Result<Vec<u32>, _>>()?;
        Ok(Self { hashes, complete })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: std::ops::Range<i64>, most: usize) -> ValueSketch {
        ValueSketch::smallest(values.filter_map(|v| ValueSketch::hash(&Value::Int(v))), most)
    }

    #[test]
    fn small_columns_are_compared_exactly() {
        let overlap = of(5..25, 64).overlap(&of(0..20, 64)).unwrap();
        assert_eq!((overlap.share, overlap.decided, overlap.exact), (0.75, 20, true));
    }

    #[test]
    fn the_share_of_large_columns_is_estimated() {
        let overlap = of(50_000..150_000, 256).overlap(&of(0..100_000, 256)).unwrap();
        assert!((overlap.share - 0.5).abs() < 0.12, "{overlap:?}");
        assert!(!overlap.exact && overlap.decided > 100, "{overlap:?}");
    }

    #[test]
    fn what_no_sample_reaches_is_not_decided() {
        assert_eq!(of(0..1, 64).overlap(&of(1_000..900_000, 64)), None);
        assert_eq!(of(0..0, 64).overlap(&of(0..10, 64)), None);
    }

    #[test]
    fn numbers_hash_alike_as_numbers_and_as_text_and_text_whatever_its_case() {
        let hash = |v: Value| ValueSketch::hash(&v);
        assert_eq!(hash(Value::Int(42)), hash(Value::Text(" 42".to_owned())));
        assert_eq!(hash(Value::Int(42)), hash(Value::Float(42.0)));
        assert_eq!(hash(Value::Text("Köln".to_owned())), hash(Value::Text("KÖLN".to_owned())));
        assert_ne!(hash(Value::Int(42)), hash(Value::Int(43)));
        assert_eq!(hash(Value::Text("  ".to_owned())), None);
    }

    #[test]
    fn it_survives_being_written_down() {
        for sketch in [of(0..10, 64), of(0..1_000, 64), ValueSketch::default()] {
            let text = serde_json::to_string(&sketch).unwrap();
            assert_eq!(serde_json::from_str::<ValueSketch>(&text).unwrap(), sketch);
        }
        assert!(serde_json::from_str::<ValueSketch>("\"12345\"").is_err());
    }
}
