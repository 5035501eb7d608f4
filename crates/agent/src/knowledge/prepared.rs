//! What is made of single tables when a question first needs it, and kept as long as what was learned is.

use crate::Privacy;
use datafyme_domain::{Catalog, TableRef, names::text_words};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

/// The tables of a catalog with what was made of them.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    positions: HashMap<TableRef, usize>,
    tables: Vec<PreparedTable>,
}

/// What was made of one table so far.
#[derive(Debug, Default)]
pub(crate) struct PreparedTable {
    /// All that a prompt says of it.
    pub(crate) block: ByPrivacy,
    /// The line that it is chosen by.
    pub(crate) line: ByPrivacy,
    values: OnceLock<TableValues>,
}

/// A text for each level of the privacy setting.
#[derive(Debug, Default)]
pub(crate) struct ByPrivacy {
    names_only: OnceLock<String>,
    statistics: OnceLock<String>,
    samples: OnceLock<String>,
}

impl ByPrivacy {
    /// The text of that level, made now if it was not yet.
    pub(crate) fn get_or_make(&self, privacy: Privacy, make: impl FnOnce() -> String) -> &str {
        let text = match privacy {
            Privacy::NamesOnly => &self.names_only,
            Privacy::Statistics => &self.statistics,
            Privacy::Samples => &self.samples,
        };
        text.get_or_init(make)
    }
}

/// Where the values of a table are, by the hash of their words.
#[derive(Debug, Default)]
pub(crate) struct TableValues {
    /// Sorted. Hashes of different words may be equal: the value itself decides.
    places: Vec<(u64, Place)>,
}

/// A value of a table's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Position of the column's profile.
    pub(crate) column: u32,
    /// Position among its values.
    pub(crate) value: u32,
}

impl Prepared {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let positions = catalog.tables.iter().enumerate().map(|(position, t)| (t.name.clone(), position)).collect();
        Self { positions, tables: catalog.tables.iter().map(|_| PreparedTable::default()).collect() }
    }

    /// The table's position in the catalog, and what was made of it.
    pub(crate) fn get(&self, table: &TableRef) -> Option<(usize, &PreparedTable)> {
        let position = *self.positions.get(table)?;
        Some((position, self.tables.get(position)?))
    }
}

impl PreparedTable {
    /// Where the values of this table are, which is the one at `position` of `catalog`.
    pub(crate) fn values(&self, catalog: &Catalog, position: usize) -> &TableValues {
        self.values.get_or_init(|| TableValues::of(catalog, position))
    }
}

impl TableValues {
    fn of(catalog: &Catalog, position: usize) -> Self {
        let profile = catalog.tables.get(position).and_then(|t| t.profile.as_ref());
        let columns = (0_u32..).zip(profile.iter().flat_map(|p| &p.columns));
        let mut places: Vec<(u64, Place)> = columns
            .flat_map(|(column, profile)| {
                (0_u32..)
                    .zip(profile.values.iter())
                    .map(move |(value, text)| (hash(&text_words(text).join(" ")), Place { column, value }))
            })
            .collect();
        places.sort_unstable();
        places.shrink_to_fit();
        Self { places }
    }

    /// The values that may have these words.
    pub(crate) fn find(&self, words: u64) -> impl Iterator<Item = Place> {
        let from = self.places.partition_point(|(hash, _)| *hash < words);
        let places = self.places.get(from..).unwrap_or_default();
        places.iter().take_while(move |(hash, _)| *hash == words).map(|(_, place)| *place)
    }
}

/// Words as [`TableValues`] knows them.
pub(crate) fn hash(words: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}
