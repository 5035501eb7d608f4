//! How alike the names of a child column and a parent key are: the ways in which people name references, each as a
//! bounded signal, and the best of them as one figure.

mod vocabulary;
mod words;

pub use words::{NameFacts, initials, table_words, words};

use vocabulary::{AGENT_ENDINGS, ANYTHING, ID_WORDS, PEOPLE, ROLES};
use words::{abbreviates_at_end, abbreviation, jaccard, overlap};

/// Signals of the names of a pair, each 0 to 1 unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NameSignals {
    /// The child is named exactly like the key.
    pub same: f64,
    /// The key is named `id` or the like: of nothing in particular.
    pub key_is_generic: f64,
    /// The child is named table + key.
    pub full: f64,
    /// The child is named like the table.
    pub table: f64,
    /// Both are named alike but for id words.
    pub core: f64,
    /// The child ends with the key: a role before it.
    pub ends_with_key: f64,
    /// The child ends with table + key.
    pub ends_with_full: f64,
    /// The child ends with the table.
    pub ends_with_table: f64,
    /// The last word resembles the table's last word.
    pub last_word: f64,
    /// The first word resembles the table's first word.
    pub first_word: f64,
    /// The words abbreviate the table's last ones.
    pub abbreviates: f64,
    /// The child is the table's initials.
    pub initials: f64,
    /// Shared trigrams: child and key, child and table, child and table + key, without id words on both.
    pub grams: [f64; 4],
    /// Shared words: with the key, with the table.
    pub shared: [f64; 2],
    /// One of child and table is a part of the other.
    pub part: f64,
    /// The child, the key has an id word.
    pub id_words: [f64; 2],
    /// The child, the key is named after anything (`name`, `date`).
    pub anything: [f64; 2],
    /// The key, the child is named after its own table.
    pub at_home: [f64; 2],
    /// Shared words of both tables; the parent's are all among the child's; the other way round.
    pub tables: [f64; 3],
    /// Words of the child, up to 4, over 4.
    pub length: f64,
    /// The child ends with a number: `address_id2`.
    pub numbered: f64,
    /// The child names a role; the table is of people; both.
    pub role: [f64; 3],
    /// A role within the same table; the key or the table at the end within the same table.
    pub own_table: [f64; 2],
    /// How much more the child resembles the key of its own table than this one, -1 to 1.
    pub own_margin: f64,
    /// The child counts something; describes something.
    pub measure: [f64; 2],
    /// The parent is named child table + child.
    pub prefixed: f64,
    /// The table ends with the child.
    pub table_ends: f64,
    /// The child's text ends with the key's, without a word's border.
    pub glued: f64,
    /// The best of all as one figure.
    pub affinity: f64,
}

/// Compares the names of `child` with those of the key `parent`. `within` is whether both are of one table.
#[must_use]
pub fn compare(child: &NameFacts, parent: &NameFacts, within: bool) -> NameSignals {
    let mut s = NameSignals::default();
    let bare = child.undecorated();
    let (words, core) = (bare.words.as_slice(), bare.core.as_slice());
    let (table, key) = (parent.table.as_slice(), parent.words.as_slice());
    let yes = |holds: bool| f64::from(u8::from(holds));
    let has_core = !core.is_empty();
    s.numbered = yes(bare.numbered);
    s.same = yes(bare.joined == parent.joined);
    s.key_is_generic = yes(parent.core.is_empty());
    s.full = yes(bare.joined == parent.full);
    s.table = yes(has_core && bare.core_joined == parent.table_joined);
    s.core = yes(has_core && bare.core_joined == parent.core_joined);
    s.ends_with_key = yes(words.len() > key.len() && words.ends_with(key) && !parent.core.is_empty());
    s.ends_with_full = yes(bare.joined.len() > parent.full.len() && bare.joined.ends_with(&parent.full));
    s.ends_with_table = yes(core.len() > table.len() && !table.is_empty() && core.ends_with(table));
    if let (Some(a), Some(b)) = (core.last(), table.last()) {
        s.last_word = abbreviation(a, b).max(abbreviation(b, a));
    }
    if let (Some(a), Some(b)) = (core.first(), table.first()) {
        s.first_word = abbreviation(a, b).max(abbreviation(b, a));
    }
    s.abbreviates = abbreviates_at_end(core, table);
    s.initials = yes(has_core && table.len() > 1 && bare.core_joined == initials(table));
    s.grams = [
        jaccard(&bare.grams, &parent.grams),
        jaccard(&bare.core_grams, &parent.table_grams),
        jaccard(&bare.grams, &parent.full_grams),
        if parent.core.is_empty() { 0.0 } else { jaccard(&bare.core_grams, &parent.core_grams) },
    ];
    s.shared = [overlap(core, &parent.core), overlap(core, table)];
    s.part = yes(bare.core_joined.len() >= 3
        && (parent.table_joined.contains(&bare.core_joined)
            || parent.table_joined.len() >= 4 && bare.core_joined.contains(&parent.table_joined)));
    s.id_words = [yes(is_id_like(words)), yes(is_id_like(key))];
    s.anything = [yes(names_anything(core)), yes(names_anything(&parent.core))];
    s.at_home = [parent.at_home, child.at_home];
    s.tables = [
        overlap(&child.table, table),
        yes(table.len() < child.table.len() && table.iter().all(|w| child.table.contains(w))),
        yes(child.table.len() < table.len() && child.table.iter().all(|w| table.contains(w))),
    ];
    s.length = words.len().min(4) as f64 / 4.0;
    of_meaning(&mut s, child, &bare, parent, within);
    s.affinity = best(&s, parent.core.is_empty());
    if child.is_key_like {
        let other = [
            if parent.core.is_empty() { 0.0 } else { s.same },
            s.full,
            s.core,
            s.grams.get(1).copied().unwrap_or(0.0),
            s.grams.get(2).copied().unwrap_or(0.0),
            s.abbreviates,
        ];
        s.own_margin = child.own - other.into_iter().fold(0.0, f64::max);
    }
    s
}

/// What the words mean, not how they are spelled.
fn of_meaning(s: &mut NameSignals, child: &NameFacts, bare: &NameFacts, parent: &NameFacts, within: bool) {
    let yes = |holds: bool| f64::from(u8::from(holds));
    let (words, core, table) = (bare.words.as_slice(), bare.core.as_slice(), parent.table.as_slice());
    let has = |list: &[&str], words: &[String]| words.iter().any(|w| list.contains(&w.as_str()));
    let role = has(ROLES, core) || core.last().is_some_and(|w| names_an_agent(w));
    let people = has(PEOPLE, table);
    s.role = [yes(role), yes(people), yes(role && people)];
    let at_end = words.ends_with(&parent.words) && words.len() > parent.words.len()
        || !core.is_empty() && !table.is_empty() && core.ends_with(table);
    s.own_table = [yes(role && within), yes(within && at_end)];
    s.measure = [yes(counts(words)), yes(describes(words))];
    let prefixed = [child.table.as_slice(), core].concat();
    s.prefixed = yes(!core.is_empty() && table == prefixed);
    s.table_ends = yes(!core.is_empty() && table.len() > core.len() && table.ends_with(core));
    s.glued = yes(parent.joined.len() >= 5
        && !parent.core.is_empty()
        && bare.joined.len() > parent.joined.len()
        && bare.joined.ends_with(&parent.joined));
}

/// The most telling of the signals.
fn best(s: &NameSignals, generic: bool) -> f64 {
    let [grams, table_grams, full_grams, _] = s.grams;
    let [role_within, _] = s.own_table;
    [
        0.9 * s.prefixed,
        0.75 * s.glued,
        0.55 * s.table_ends,
        0.5 * role_within,
        if generic { 0.1 } else { 0.9 } * s.same,
        s.full,
        0.95 * s.table,
        0.85 * s.core,
        0.8 * s.ends_with_key,
        0.9 * s.ends_with_full,
        0.8 * s.ends_with_table,
        0.75 * s.abbreviates,
        0.6 * s.last_word,
        if generic { 0.0 } else { 0.7 * grams },
        0.7 * full_grams,
        0.7 * table_grams,
        0.6 * s.initials,
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

/// Whether an identifier looks like one of something: it has an id word.
#[must_use]
pub fn is_id_like(words: &[String]) -> bool {
    words.iter().any(|w| ID_WORDS.contains(&w.as_str()))
}

/// Whether an identifier names a stretch of time and nothing else: `year`, `fiscal_year`.
#[must_use]
pub fn is_period(words: &[String]) -> bool {
    const PERIODS: &[&str] = &["year", "quarter", "month", "week", "day", "date", "period", "fiscal", "calendar"];
    !words.is_empty() && words.iter().all(|w| PERIODS.contains(&w.as_str()))
}

/// Whether the name says nothing of what it names.
fn names_anything(core: &[String]) -> bool {
    !core.is_empty() && core.iter().all(|w| ANYTHING.contains(&w.as_str()))
}

/// Words for somebody who does something: `supervisor`, `assignee`.
fn names_an_agent(word: &str) -> bool {
    word.len() > 4 && AGENT_ENDINGS.iter().any(|e| word.ends_with(e))
}

/// Whether an identifier says that it counts or sums.
#[must_use]
pub fn counts(words: &[String]) -> bool {
    let is = |word: Option<&String>, list: &[&str]| word.is_some_and(|w| list.contains(&w.as_str()));
    let number_of =
        words.iter().any(|w| w == "of") && words.iter().any(|w| ["number", "no", "num", "count"].contains(&w.as_str()));
    number_of
        || is(words.last(), &["count", "total", "amount", "qty", "quantity"])
        || is(words.first(), &["count", "total"])
}

fn describes(words: &[String]) -> bool {
    const DESCRIBING: &[&str] =
        &["description", "desc", "name", "title", "date", "detail", "comment", "note", "time", "address"];
    words.iter().any(|w| DESCRIBING.contains(&w.as_str()))
}

/// Whether a name says what a row is to another of the same table, and nothing else: `parent_id`, `reports_to` and
/// `manager` of people, `previous_order_id` of orders.
#[must_use]
pub fn is_self_reference(child: &NameFacts, key: &NameFacts) -> bool {
    let is_role = |w: &String| vocabulary::SELF_ROLES.contains(&w.as_str());
    if !child.core.iter().any(is_role) || counts(&child.words) {
        return false;
    }
    let of_people = key.table.iter().any(|w| PEOPLE.contains(&w.as_str()));
    let rest = || child.core.iter().filter(|w| !is_role(w) && *w != "to" && *w != "by");
    rest().all(|w| key.table.contains(w) || key.core.contains(w))
        && (of_people || is_id_like(&child.words) || rest().next().is_some())
}

/// Whether the names of a whole schema say anything: at least a fifth of the tables and columns have a word of three
/// letters or more. Where they do not, only data counts.
#[must_use]
pub fn are_telling<'a>(identifiers: impl Iterator<Item = &'a str>) -> bool {
    let (mut telling, mut all) = (0_usize, 0_usize);
    for identifier in identifiers {
        all += 1;
        telling += usize::from(
            datafyme_domain::names::identifier_words(identifier)
                .iter()
                .any(|w| w.chars().count() >= 3 && w.chars().all(char::is_alphabetic)),
        );
    }
    all == 0 || telling * 5 >= all
}

#[cfg(test)]
mod tests;
