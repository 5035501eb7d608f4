//! Names of tables and columns in a question.

use super::ValueSpan;
use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named, WordUse},
    dates::DateSpan,
    lexicon::{self, Adjective},
    tokens::Token,
};
use std::collections::BTreeMap;

/// A place of the question that names something of the catalog.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    /// Tokens, from the first to before the last.
    pub start: usize,
    pub end: usize,
    /// The tokens that matched.
    pub tokens: Vec<usize>,
    /// What it may name, best first.
    pub options: Vec<MentionOption>,
    /// The mention is an adjective that speaks of a property ("oldest", "cheaper").
    pub adjective: Option<Adjective>,
}

/// Something that a mention may name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MentionOption {
    pub named: Named,
    /// 0 to about 1.3: coverage of the name, plus nearness of its table.
    pub score: f64,
    /// For an adjective: less of the column is more of the adjective.
    pub falling: bool,
}

const MOST_OPTIONS: usize = 9;

/// A match of one name at one place.
#[derive(Debug, Clone)]
struct Window {
    named: Named,
    tokens: Vec<usize>,
    score: f64,
}

pub(super) fn find(index: &CatalogIndex, tokens: &[Token], values: &[ValueSpan], dates: &[DateSpan]) -> Vec<Mention> {
    let masked: Vec<bool> = (0..tokens.len())
        .map(|i| {
            values
                .iter()
                .any(|v| v.is_certain() && v.start <= i && i < v.end && !matches!(v.kind, super::ValueKind::Date(_)))
                || dates.iter().any(|d| !d.weak && d.start <= i && i < d.end)
        })
        .collect();
    let windows = windows(index, tokens, &masked);
    let mut mentions = group(windows);
    add_adjectives(index, tokens, &masked, &mut mentions);
    for mention in &mut mentions {
        mention.tokens.sort_unstable();
        mention.start = mention.tokens.first().copied().unwrap_or(0);
        mention.end = mention.tokens.last().map_or(0, |t| t + 1);
    }
    mentions.sort_by_key(|m| m.start);
    near_tables(index, &mut mentions);
    for mention in &mut mentions {
        mention.options.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.named.cmp(&b.named)));
        mention.options.truncate(MOST_OPTIONS);
    }
    mentions
}

/// Every place where part of a name stands.
fn windows(index: &CatalogIndex, tokens: &[Token], masked: &[bool]) -> Vec<Window> {
    // Token, position in the name and strength of each match, per name.
    type Places = Vec<(usize, usize, f64)>;
    let mut hits: BTreeMap<(Named, usize), Places> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if crate::candidates::measures::is_revenue_word(index, &token.lower) {
            continue;
        }
        if masked.get(at).copied().unwrap_or(false)
            || token.is_punctuation()
            || token.kind == crate::tokens::TokenKind::Quoted
        {
            continue;
        }
        for (word, strength) in word_hits(index, token) {
            hits.entry((word.of, word.name())).or_default().push((at, word.position(), strength));
        }
    }
    let mut windows = Vec::new();
    for ((named, name), places) in hits {
        let words = match named {
            Named::Table(t) => index.table(t).names.get(name),
            Named::Column(c) => index.column(c).names.get(name),
        };
        // "Directed by": the small words of a name say little of it.
        let weights: Vec<f64> = words.map_or(vec![1.0], |of| {
            of.iter().map(|w| if of.len() > 1 && lexicon::is_stop_word(w) { SMALL } else { 1.0 }).collect()
        });
        for (start, (anchor, _, _)) in places.iter().enumerate() {
            windows.push(window(index, tokens, named, &weights, places.get(start..).unwrap_or(&[]), *anchor));
        }
    }
    windows.retain(|w| w.score >= 0.4);
    windows
}

/// What a small word of a name weighs against another.
const SMALL: f64 = 0.3;

/// The best cover of a name, whose words weigh `weights`, from `anchor` on.
fn window(
    index: &CatalogIndex,
    tokens: &[Token],
    named: Named,
    weights: &[f64],
    places: &[(usize, usize, f64)],
    anchor: usize,
) -> Window {
    let length = weights.len();
    let mut best: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    let mut last = anchor;
    for (at, position, strength) in places {
        let reach = if length == 1 { 0 } else { 3 };
        let between = (last + 1..*at).filter_map(|i| tokens.get(i));
        let joined = between
            .into_iter()
            .all(|t| t.is(&["of", "the", "in", "for", "s", "'", "a", "an", "their", "its", "/", "-", "at"]));
        if *at > last + reach || *at > anchor + length + 2 || !joined {
            break;
        }
        if best.values().any(|(t, _)| t == at) {
            continue;
        }
        let better = best.get(position).is_none_or(|(_, s)| s < strength);
        if better {
            best.insert(*position, (*at, *strength));
            last = *at;
        }
    }
    let mut used: Vec<usize> = best.values().map(|(t, _)| *t).collect();
    let weight = |position: &usize| weights.get(*position).copied().unwrap_or(1.0);
    let mut score =
        best.iter().map(|(position, (_, s))| weight(position) * s).sum::<f64>() / weights.iter().sum::<f64>();
    if let Named::Column(column) = named {
        let facts = index.column(column);
        let neighbours = [anchor.checked_sub(1), anchor.checked_sub(2), Some(last + 1), Some(last + 2), Some(last + 3)];
        for near in neighbours.into_iter().flatten() {
            if tokens.get(near).is_some_and(|t| facts.table_words.contains(&t.stem)) && !used.contains(&near) {
                score += 0.12;
                if near + 1 == anchor {
                    used.push(near);
                }
                break;
            }
        }
    }
    Window { named, tokens: used, score }
}

/// Words of the vocabulary that `token` may stand for.
fn word_hits(index: &CatalogIndex, token: &Token) -> Vec<(WordUse, f64)> {
    let mut found: Vec<(WordUse, f64)> = Vec::new();
    let mut add = |word: &str, strength: f64| {
        for place in index.vocabulary.get(word).into_iter().flatten() {
            let strength = if place.name() == 0 { strength } else { strength * 0.95 };
            if !found.iter().any(|(known, s)| known == place && *s >= strength) {
                found.push((*place, strength));
            }
        }
    };
    add(&token.stem, 1.0);
    let stop = lexicon::is_stop_word(&token.lower) || token.number().is_some() || token.is(&["number", "count"]);
    if stop {
        return found;
    }
    if token.lower != token.stem {
        add(&token.lower, 1.0);
    }
    if let Some(long) = lexicon::expand(&token.lower) {
        for part in long.split(' ') {
            add(&datafyme_domain::names::stem(part), 0.8);
        }
    }
    let exact = !found.is_empty();
    let mut weak = Vec::new();
    if lexicon::is_light_verb(&token.lower) {
        return found;
    }
    for synonym in lexicon::synonyms(&token.stem) {
        weak.push((synonym.as_str(), if exact { 0.6 } else { 0.72 }));
    }
    for (word, strength) in weak {
        for place in index.vocabulary.get(word).into_iter().flatten() {
            if !found.iter().any(|(known, _)| known == place) {
                found.push((*place, strength));
            }
        }
    }
    if !exact {
        for (word, places) in &index.vocabulary {
            let strength = likeness(&token.stem, word);
            if strength > 0.0 {
                for place in places {
                    if !found.iter().any(|(known, s)| known == place && *s >= strength) {
                        found.push((*place, strength));
                    }
                }
            }
        }
    }
    found
}

/// Shared beginnings: `deliver` ~ `delivery`, `nation` ~ `nationality`; spelling slips of one letter in long words.
fn likeness(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 3 || short.parse::<f64>().is_ok() {
        return 0.0;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    if common == short.len() {
        return if short.len() >= 4 && long.len() <= short.len() + 5 {
            0.72
        } else if long.len() <= short.len() + 3 {
            0.5
        } else {
            0.0
        };
    }
    if short.len() >= 5 && common >= 5 && common * 10 >= short.len() * 7 {
        return 0.62;
    }
    if short.len() >= 5 && long.len() - short.len() <= 1 && (one_slip(short, long) || swapped(short, long)) {
        return 0.6;
    }
    // "Humity", "decriptin": two letters are missing or wrong, in a word that stays like no other.
    if short.len() >= 6 && long.len() - short.len() <= 2 && common >= 3 && two_slips(short.as_bytes(), long.as_bytes())
    {
        return 0.5;
    }
    0.0
}

/// Two neighbouring letters have changed places.
fn swapped(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = |of: &[u8]| of.get(front..).map(<[u8]>::to_vec).unwrap_or_default();
    match (rest(a).as_slice(), rest(b).as_slice()) {
        ([x, y, tail @ ..], [v, w, other @ ..]) => x == w && y == v && tail == other,
        _ => false,
    }
}

/// At most two letters were left out, added or exchanged (Levenshtein, bounded by the first and last difference).
fn two_slips(short: &[u8], long: &[u8]) -> bool {
    let mut row: Vec<usize> = (0..=long.len()).collect();
    for (i, x) in short.iter().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (y, cell) in long.iter().zip(row.iter_mut().skip(1)) {
            let own = (before + usize::from(x != y)).min(left + 1).min(*cell + 1);
            before = std::mem::replace(cell, own);
            left = own;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().is_some_and(|d| *d <= 2)
}

fn one_slip(short: &str, long: &str) -> bool {
    let (s, l) = (short.as_bytes(), long.as_bytes());
    let front = s.iter().zip(l).take_while(|(x, y)| x == y).count();
    let back = s.iter().rev().zip(l.iter().rev()).take_while(|(x, y)| x == y).count();
    front >= 1 && front + back + 1 >= l.len()
}

/// Overlapping windows become one mention with several readings; the widest and surest decides the place.
fn group(mut windows: Vec<Window>) -> Vec<Mention> {
    let weight = |w: &Window| w.score.min(1.12) * (1.0 + 0.3 * (w.tokens.len() as f64 - 1.0));
    windows.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.named.cmp(&b.named)).then(a.tokens.cmp(&b.tokens)));
    let mut mentions: Vec<Mention> = Vec::new();
    for window in windows {
        let home = mentions.iter_mut().find(|m| window.tokens.iter().any(|t| m.tokens.contains(t)));
        match home {
            None => mentions.push(Mention {
                start: 0,
                end: 0,
                options: vec![MentionOption { named: window.named, score: window.score, falling: false }],
                tokens: window.tokens,
                adjective: None,
            }),
            Some(mention) => {
                let covered = mention.tokens.iter().filter(|t| window.tokens.contains(t)).count();
                let share = covered as f64 / mention.tokens.len().max(1) as f64;
                let score = window.score * (0.55 + 0.45 * share);
                match mention.options.iter_mut().find(|o| o.named == window.named) {
                    Some(option) => option.score = option.score.max(score),
                    None => mention.options.push(MentionOption { named: window.named, score, falling: false }),
                }
            }
        }
    }
    mentions
}

/// Adjectives that any column may carry: one that is named beside them is meant.
const OF_ANYTHING: &[&str] = &[
    "largest", "biggest", "smallest", "larger", "smaller", "bigger", "longest", "shortest", "best", "worst", "better",
    "higher", "high", "latest", "earliest", "longer", "shorter", "newer", "later", "earlier",
];

/// "oldest" and "cheaper than" name a column without its name.
fn add_adjectives(index: &CatalogIndex, tokens: &[Token], masked: &[bool], mentions: &mut Vec<Mention>) {
    for (at, token) in tokens.iter().enumerate() {
        if masked.get(at).copied().unwrap_or(false) || mentions.iter().any(|m| m.tokens.contains(&at)) {
            continue;
        }
        let before = at.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| t.lower.as_str());
        let Some(adjective) = lexicon::adjective(&token.lower, before) else {
            continue;
        };
        let mut options: Vec<MentionOption> = Vec::new();
        let named = mentions.iter().any(|m| {
            m.start > at
                && m.start <= at + 2
                && m.adjective.is_none()
                && m.options
                    .iter()
                    .any(|o| matches!(o.named, Named::Column(c) if index.column(c).is_ordered() && o.score > 0.8))
        });
        if named && OF_ANYTHING.contains(&token.lower.as_str()) {
            continue;
        }
        for (words, falling) in [(adjective.rising, false), (adjective.falling, true)] {
            for (rank, word) in words.iter().enumerate() {
                let stem = datafyme_domain::names::stem(word);
                for place in index.vocabulary.get(&stem).into_iter().flatten() {
                    let Named::Column(column) = place.of else { continue };
                    let facts = index.column(column);
                    let whole = facts.names.get(place.name()).map_or(1, Vec::len) as f64;
                    let fits = facts.is_ordered() && (facts.temporal || facts.year || !facts.foreign_key && !facts.key);
                    if fits && !options.iter().any(|o| o.named == place.of) {
                        let score = (0.95 - 0.04 * rank as f64) * (0.8 + 0.2 / whole);
                        options.push(MentionOption { named: place.of, score, falling });
                    }
                }
            }
        }
        if !options.is_empty() {
            mentions.push(Mention { start: at, end: at + 1, tokens: vec![at], options, adjective: Some(adjective) });
        }
    }
}

/// A table of figures, not of things: its name speaks of its one measure.
fn measures_of_tables(index: &CatalogIndex, mention: &Mention) -> Vec<MentionOption> {
    let mut measures: Vec<MentionOption> = Vec::new();
    for option in &mention.options {
        let Named::Table(table) = option.named else { continue };
        let Some(own) = index.table(table).names.first().filter(|_| option.score >= 0.9) else {
            continue;
        };
        if index.table(table).title.is_some() {
            continue;
        }
        let named_so = |c: &&ColumnId| {
            let facts = index.column(**c);
            facts.is_measure() && own.iter().all(|w| facts.table_words.contains(w))
        };
        let columns = &index.table(table).columns;
        let plain = columns.iter().any(|c| index.column(*c).names.first() == Some(own));
        if let (false, [one]) = (plain, columns.iter().filter(named_so).copied().collect::<Vec<_>>().as_slice()) {
            measures.push(MentionOption { named: Named::Column(*one), score: option.score * 0.97, falling: false });
        }
    }
    measures
}

/// Columns of tables that the question names, or names near by, are likelier.
fn near_tables(index: &CatalogIndex, mentions: &mut [Mention]) {
    let tables: Vec<(usize, usize, f64)> = mentions
        .iter()
        .flat_map(|m| {
            m.options.iter().filter_map(|o| match o.named {
                Named::Table(t) if o.score >= 0.6 => Some((t, m.start, o.score)),
                _ => None,
            })
        })
        .collect();
    for mention in mentions.iter_mut() {
        let start = mention.start;
        let measures = measures_of_tables(index, mention);
        for measure in measures {
            match mention.options.iter_mut().find(|o| o.named == measure.named) {
                Some(option) => option.score = option.score.max(measure.score),
                None => mention.options.push(measure),
            }
        }
        for option in &mut mention.options {
            let Named::Column(column) = option.named else { continue };
            let owner = index.table_of(column);
            let bonus = tables
                .iter()
                .filter(|(t, _, _)| *t == owner)
                .map(|(_, at, score)| {
                    let distance = at.abs_diff(start);
                    score
                        * if distance == 0 {
                            0.05
                        } else if distance <= 4 {
                            0.25
                        } else {
                            0.15
                        }
                })
                .fold(0.0, f64::max);
            option.score += bonus;
            if foreign_copy(index, column) {
                option.score -= 0.05;
            }
        }
    }
}

/// A foreign key repeats its parent's key: the parent's is meant where both are named alike.
fn foreign_copy(index: &CatalogIndex, column: ColumnId) -> bool {
    let facts = index.column(column);
    facts.foreign_key && facts.same_name > 1
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn slips_of_the_pen_are_like_what_was_meant_and_other_words_are_not() {
        for (slip, word) in
            [("humity", "humidity"), ("categroy", "category"), ("salaray", "salary"), ("quantiy", "quantity")]
        {
            assert!(likeness(slip, word) > 0.0, "{slip} {word}");
        }
        for (one, other) in [("weather", "leather"), ("station", "statue"), ("live", "like")] {
            assert_eq!(likeness(one, other), 0.0, "{one} {other}");
        }
    }
}
