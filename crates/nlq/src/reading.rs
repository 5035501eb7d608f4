//! A question with everything that was recognised in it: dates, values, names of tables and columns.

mod mentions;
mod values;

pub(crate) use mentions::{Mention, MentionOption};
pub(crate) use values::{ValueKind, ValueSpan};

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named, TableId},
    dates::{self, DateSpan},
    tokens::{self, Token},
};
use chrono::NaiveDate;

/// A question, read against a catalog.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub tokens: Vec<Token>,
    pub dates: Vec<DateSpan>,
    /// Left to right; spans of numbers inside dates are not listed again unless the date is weak.
    pub values: Vec<ValueSpan>,
    /// Left to right, not overlapping.
    pub mentions: Vec<Mention>,
}

/// "first and last names" and "full names" as the two columns that they mean, by the words that the columns go by.
fn spell_out_names(index: &CatalogIndex, tokens: Vec<Token>) -> Vec<Token> {
    let known = |word: &str| index.vocabulary.contains_key(&datafyme_domain::names::stem(word));
    let named = |plain: &'static str, other: &'static str| -> &'static [&'static str] {
        match (plain, known(plain), known(other)) {
            ("first", true, _) => &["first", "name"],
            ("last", true, _) => &["last", "name"],
            ("first", false, true) => &["forename"],
            ("last", false, true) => &["surname"],
            _ => &[],
        }
    };
    let (first, last) = (named("first", "forename"), named("last", "surname"));
    if first.is_empty() || last.is_empty() || tokens.len() >= tokens::MAX_TOKENS {
        return tokens;
    }
    let one_column = known("full");
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len() + 4);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = |ahead: usize| tokens.get(at + ahead).map_or("", |t| t.lower.as_str());
        let word = |text: &&str| Token {
            text: (*text).to_owned(),
            lower: (*text).to_owned(),
            stem: datafyme_domain::names::stem(text),
            kind: tokens::TokenKind::Word,
            ..token.clone()
        };
        let is_name = |ahead: usize| matches!(next(ahead), "name" | "names");
        let linked = matches!(next(1), "and" | "," | "or");
        let read = match token.lower.as_str() {
            "first" if linked && next(2) == "last" && is_name(3) => {
                out.extend(first.iter().map(word));
                1
            }
            "full" if !one_column && is_name(1) => {
                out.extend(first.iter().map(word));
                out.push(word(&"and"));
                out.extend(last.iter().map(word));
                2
            }
            "first" if first.len() == 1 && is_name(1) => {
                out.extend(first.iter().map(word));
                2
            }
            "last" if last.len() == 1 && is_name(1) => {
                out.extend(last.iter().map(word));
                2
            }
            _ => {
                out.push(token.clone());
                1
            }
        };
        at += read;
    }
    out
}

impl Reading {
    pub(crate) fn new(index: &CatalogIndex, text: &str, today: NaiveDate) -> Self {
        let tokens = spell_out_names(index, tokens::tokenize(text));
        let dates = dates::find(&tokens, today);
        let values = values::find(index, &tokens, &dates);
        let mentions = mentions::find(index, &tokens, &values, &dates);
        Self { tokens, dates, values, mentions }
    }

    pub(crate) fn lower(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.lower.as_str())
    }

    /// The word `back` places before `at`.
    pub(crate) fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |p| self.lower(p))
    }

    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.tokens.iter().any(|t| t.is(words))
    }

    /// Where `phrase` starts, words separated by blanks.
    pub(crate) fn find_phrase(&self, phrase: &str) -> Option<usize> {
        (0..self.tokens.len()).find(|at| phrase.split(' ').enumerate().all(|(i, w)| self.lower(at + i) == w))
    }

    pub(crate) fn has_phrase(&self, phrase: &str) -> bool {
        self.find_phrase(phrase).is_some()
    }

    /// Whether an order of the rows is asked for. "The quantity ordered by each company" is none.
    pub(crate) fn asks_order(&self) -> bool {
        if self.has(&[
            "sorted",
            "ascending",
            "descending",
            "alphabetical",
            "alphabetically",
            "sort",
            "sorting",
            "ordering",
            "arranged",
            "lexicographic",
            "lexicographical",
            "ranked",
        ]) {
            return true;
        }
        (0..self.tokens.len()).any(|at| {
            let (next, after) = (self.lower(at + 1), self.lower(at + 2));
            match self.lower(at) {
                "order" => {
                    matches!(next, "by" | "of") && (next == "by" || matches!(self.before(at, 1), "in" | "the"))
                        || self.before(at, 1) == "in"
                        || (matches!(self.before(at, 2), "in" | "increasing" | "decreasing") && at > 1)
                        || at == 0
                        || matches!(next, "them" | "it" | "the" | "results")
                }
                "ordered" => {
                    matches!(next, "by" | "in" | "from")
                        && !matches!(after, "each" | "every" | "all" | "our" | "a" | "customers" | "clients")
                }
                _ => false,
            }
        })
    }

    /// How well the question names a table, 0 to 1.
    pub(crate) fn table_score(&self, table: TableId) -> f64 {
        self.score_of(Named::Table(table))
    }

    /// How well the question names a column, 0 to 1.
    pub(crate) fn column_score(&self, column: ColumnId) -> f64 {
        self.score_of(Named::Column(column))
    }

    fn score_of(&self, named: Named) -> f64 {
        self.mentions.iter().flat_map(|m| &m.options).filter(|o| o.named == named).map(|o| o.score).fold(0.0, f64::max)
    }

    /// Tokens from `start` to before `end`, as words.
    pub(crate) fn words(&self, start: usize, end: usize) -> impl Iterator<Item = &str> {
        self.tokens.iter().skip(start).take(end.saturating_sub(start)).map(|t| t.lower.as_str())
    }
}
