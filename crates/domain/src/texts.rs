//! Many short texts in two pieces of memory: of thousands of tables, the values kept of their columns are a million.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, iter};

/// A list of texts. It is made once, and read by position or in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    joined: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Texts {
    /// Number of texts.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a position.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&str> {
        let end = *self.ends.get(position)? as usize;
        let start = match position.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.joined.get(start..end)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.len()).filter_map(|position| self.get(position))
    }

    /// Leaves none.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds one at the end; one that would make four gigabytes of them is left out.
    pub fn push(&mut self, text: &str) {
        if let Ok(end) = u32::try_from(self.joined.len() + text.len()) {
            self.joined.push_str(text);
            self.ends.push(end);
        }
    }

    /// Gives back what was reserved for more.
    pub fn shrink_to_fit(&mut self) {
        self.joined.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Texts {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut made = Self::default();
        made.extend(texts);
        made.shrink_to_fit();
        made
    }
}

impl<S: AsRef<str>> Extend<S> for Texts {
    fn extend<I: IntoIterator<Item = S>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push(text.as_ref()));
    }
}

impl<S: AsRef<str>> PartialEq<[S]> for Texts {
    fn eq(&self, other: &[S]) -> bool {
        self.iter().eq(other.iter().map(AsRef::as_ref))
    }
}

impl<S: AsRef<str>, const N: usize> PartialEq<[S; N]> for Texts {
    fn eq(&self, other: &[S; N]) -> bool {
        *self == other[..]
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> de::Visitor<'de> for List {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let texts = iter::from_fn(|| list.next_element::<std::borrow::Cow<'de, str>>().transpose());
                texts.collect()
            }
        }

        deserializer.deserialize_seq(List)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_those_of_a_list(list in prop::collection::vec(".{0,6}", 0..12)) {
            let texts: Texts = list.iter().collect();
            prop_assert_eq!(texts.iter().collect::<Vec<_>>(), list.clone());
            prop_assert_eq!(texts.len(), list.len());
            for (position, text) in list.iter().enumerate() {
                prop_assert_eq!(texts.get(position), Some(text.as_str()));
            }
            prop_assert_eq!(texts.get(list.len()), None);
            let written = serde_json::to_string(&texts).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&list).unwrap());
            prop_assert_eq!(serde_json::from_str::<Texts>(&written).unwrap(), texts);
        }
    }

    #[test]
    fn what_is_no_list_of_texts_is_refused() {
        assert!(serde_json::from_str::<Texts>("[1]").is_err());
        assert!(serde_json::from_str::<Texts>("{}").is_err());
    }
}
