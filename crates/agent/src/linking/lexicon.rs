//! Which words name what: the stems of all names of a catalog, and where they stand.

use datafyme_domain::{BusinessTerm, Catalog, TableDocumentation, TableRef, names::identifier_words, names::stem};
use std::collections::{HashMap, HashSet};

/// Words that stand in the documentation of more than that share of the tables are boilerplate.
const BOILERPLATE: f32 = 0.2;

/// Where a word stands: how much it says that the question is about the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    /// In the name of the table or in one that people gave it.
    Name,
    /// In the name of a column, or in one that people gave it.
    Column,
    /// In the name of the schema.
    Schema,
    /// In a description.
    Description,
}

impl Field {
    pub(super) const fn strength(self) -> f32 {
        match self {
            Self::Name => 1.0,
            Self::Column => 0.75,
            Self::Schema | Self::Description => 0.35,
        }
    }
}

/// A word stands in a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Use {
    table: u32,
    column: u16,
    pub(super) field: Field,
}

impl Use {
    const NO_COLUMN: u16 = u16::MAX;

    pub(super) fn table(self) -> usize {
        usize::try_from(self.table).unwrap_or(usize::MAX)
    }

    pub(super) fn column(self) -> Option<usize> {
        (self.column != Self::NO_COLUMN).then_some(usize::from(self.column))
    }
}

/// The words of all names.
#[derive(Debug)]
pub(super) struct Lexicon {
    positions: HashMap<TableRef, usize>,
    /// Sorted, so that words that begin alike stand together.
    words: Vec<Box<str>>,
    /// By position in `words`.
    uses: Vec<Box<[Use]>>,
    /// Tables that have the word in a name, by position in `words`.
    naming: Vec<u32>,
    /// Words of each table's name.
    names: Vec<Box<[u32]>>,
}

/// What is collected before it is packed.
#[derive(Default)]
struct Collected {
    uses: HashMap<String, Vec<Use>>,
}

impl Collected {
    fn add(&mut self, word: String, table: usize, column: Option<usize>, field: Field) {
        let (Ok(table), Ok(column)) = (u32::try_from(table), column.map_or(Ok(Use::NO_COLUMN), u16::try_from)) else {
            return;
        };
        let uses = self.uses.entry(word).or_default();
        // Of one table, the first use of a field is enough; columns are told apart.
        let one = Use { table, column, field };
        if !uses.iter().rev().take_while(|u| u.table == table).any(|u| *u == one) {
            uses.push(one);
        }
    }
}

impl Lexicon {
    pub(super) fn build(catalog: &Catalog, documentation: &[TableDocumentation], terms: &[BusinessTerm]) -> Self {
        let documented: HashMap<&TableRef, &TableDocumentation> = documentation.iter().map(|d| (&d.table, d)).collect();
        let mut collected = Collected::default();
        let mut names: Vec<Vec<String>> = Vec::with_capacity(catalog.tables.len());
        for (at, table) in catalog.tables.iter().enumerate() {
            let own = identifier_words(&table.name.table);
            names.push(own.iter().map(|w| stem(w)).collect());
            add_name(&mut collected, &table.name.table, at, None, Field::Name);
            for word in table.name.schema.iter().flat_map(|s| identifier_words(s)) {
                collected.add(stem(&word), at, None, Field::Schema);
            }
            for (position, column) in table.columns.iter().enumerate() {
                add_name(&mut collected, &column.name, at, Some(position), Field::Column);
            }
            if let Some(known) = documented.get(&table.name) {
                add_documentation(&mut collected, known, at, &table.columns);
            }
        }
        add_terms(&mut collected, catalog, terms);
        Self::pack(catalog, collected, &names)
    }

    #[allow(clippy::cast_precision_loss)] // counts of tables
    fn pack(catalog: &Catalog, collected: Collected, names: &[Vec<String>]) -> Self {
        let tables = catalog.tables.len();
        let mut packed: Vec<(String, Vec<Use>)> = collected.uses.into_iter().collect();
        for (_, uses) in &mut packed {
            let describing: HashSet<u32> =
                uses.iter().filter(|u| u.field == Field::Description).map(|u| u.table).collect();
            if describing.len() as f32 > (BOILERPLATE * tables as f32).max(3.0) {
                uses.retain(|u| u.field != Field::Description);
            }
        }
        packed.retain(|(_, uses)| !uses.is_empty());
        packed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let naming = packed.iter().map(|(_, uses)| {
            let named = uses.iter().filter(|u| matches!(u.field, Field::Name | Field::Column)).map(|u| u.table);
            u32::try_from(named.collect::<HashSet<u32>>().len()).unwrap_or(u32::MAX)
        });
        let naming = naming.collect();
        let (words, uses): (Vec<Box<str>>, Vec<Box<[Use]>>) =
            packed.into_iter().map(|(word, uses)| (word.into_boxed_str(), uses.into_boxed_slice())).unzip();
        let id = |word: &String| {
            let at = words.binary_search_by(|w| w.as_ref().cmp(word.as_str())).ok()?;
            u32::try_from(at).ok()
        };
        let names = names.iter().map(|words| words.iter().filter_map(id).collect()).collect();
        let positions = catalog.tables.iter().enumerate().map(|(at, t)| (t.name.clone(), at)).collect();
        Self { positions, words, uses, naming, names }
    }

    /// The position of a table in the catalog.
    pub(super) fn table(&self, name: &TableRef) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The position of a word.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        self.words.binary_search_by(|w| w.as_ref().cmp(word)).ok()
    }

    /// All words, sorted.
    pub(super) fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// Where the word at that position stands.
    pub(super) fn uses(&self, word: usize) -> &[Use] {
        self.uses.get(word).map_or(&[], AsRef::as_ref)
    }

    /// How much a word tells, by the number of tables with it in a name; one that stands in descriptions alone by these.
    #[allow(clippy::cast_precision_loss)] // counts of tables
    pub(super) fn weight(&self, word: usize) -> f32 {
        let named = self.naming.get(word).copied().unwrap_or(0);
        let with = if named > 0 { named as f32 } else { self.uses(word).len() as f32 };
        rarity(with, self.names.len() as f32)
    }

    /// Whether it stands in the name of a table or column.
    pub(super) fn is_name(&self, word: usize) -> bool {
        self.naming.get(word).is_some_and(|tables| *tables > 0)
    }

    /// Tables with words of their name in the question, and the share of these words.
    #[allow(clippy::cast_precision_loss)] // a few words
    pub(super) fn named_share(&self, question: &str) -> Vec<(usize, f32)> {
        let asked: HashSet<u32> = question
            .split_whitespace()
            .flat_map(identifier_words)
            .filter_map(|word| u32::try_from(self.find(&stem(&word))?).ok())
            .collect();
        let shares = self.names.iter().enumerate().map(|(table, words)| {
            let there = words.iter().filter(|w| asked.contains(w)).count();
            (table, there as f32 / words.len().max(1) as f32)
        });
        shares.filter(|(_, share)| *share > 0.0).collect()
    }
}

/// How much it tells that something holds for `with` of `all`.
pub(super) fn rarity(with: f32, all: f32) -> f32 {
    (1.0 + ((all - with).max(0.0) + 0.5) / (with + 0.5)).ln()
}

/// The words of a name, its abbreviations in full as well, and the name as one word.
fn add_name(collected: &mut Collected, name: &str, table: usize, column: Option<usize>, field: Field) {
    let words = identifier_words(name);
    if words.len() > 1 && field == Field::Name {
        collected.add(stem(&words.concat()), table, column, field);
    }
    for word in words {
        if let Some(long) = datafyme_nlq::expand_abbreviation(&word) {
            long.split(' ').for_each(|w| collected.add(stem(w), table, column, field));
        }
        collected.add(stem(&word), table, column, field);
    }
}

fn add_documentation(
    collected: &mut Collected,
    known: &TableDocumentation,
    table: usize,
    columns: &[datafyme_domain::Column],
) {
    let text = |collected: &mut Collected, text: &str, column: Option<usize>, field: Field| {
        for word in text.split_whitespace().flat_map(identifier_words) {
            collected.add(stem(&word), table, column, field);
        }
    };
    for synonym in &known.synonyms {
        text(collected, synonym, None, Field::Name);
    }
    text(collected, &known.business_description, None, Field::Description);
    for described in &known.columns {
        let position = columns.iter().position(|c| c.name == described.column);
        for synonym in &described.synonyms {
            text(collected, synonym, position, Field::Column);
        }
        text(collected, &described.description, None, Field::Description);
    }
}

/// Words of the business name what they mean.
fn add_terms(collected: &mut Collected, catalog: &Catalog, terms: &[BusinessTerm]) {
    let positions: HashMap<&TableRef, usize> = catalog.tables.iter().enumerate().map(|(at, t)| (&t.name, at)).collect();
    for term in terms {
        let Some(meaning) = &term.meaning else { continue };
        let Some((at, table)) = positions.get(meaning.table()).and_then(|at| Some((*at, catalog.tables.get(*at)?)))
        else {
            continue;
        };
        let column = meaning.column().and_then(|name| table.columns.iter().position(|c| c.name == name));
        let field = if column.is_some() { Field::Column } else { Field::Name };
        for word in term.names().flat_map(str::split_whitespace).flat_map(identifier_words) {
            collected.add(stem(&word), at, column, field);
        }
    }
}
