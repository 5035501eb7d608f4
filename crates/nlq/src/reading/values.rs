//! Cells, numbers and dates in a question.

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, Named},
    dates::DateSpan,
    lexicon,
    tokens::{Token, TokenKind, value_key},
};

/// A constant in a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueSpan {
    /// Tokens, from the first to before the last.
    pub start: usize,
    pub end: usize,
    pub kind: ValueKind,
    /// As written.
    pub text: String,
    /// Columns that hold it: column, the cell's spelling, how exactly it matches (0 to 1).
    pub hits: Vec<(ColumnId, String, f64)>,
    pub quoted: bool,
    pub capital: bool,
    /// All its words are names of tables or columns as well.
    pub schema_like: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ValueKind {
    Text,
    Number {
        value: f64,
        worded: bool,
    },
    /// Position in the reading's dates.
    Date(usize),
}

impl ValueSpan {
    /// Tokens that cannot be anything else than this value.
    pub(crate) fn is_certain(&self) -> bool {
        self.quoted || !matches!(self.kind, ValueKind::Text) || (self.capital && !self.schema_like)
    }
}

pub(super) fn find(index: &CatalogIndex, tokens: &[Token], dates: &[DateSpan]) -> Vec<ValueSpan> {
    let mut found: Vec<ValueSpan> = Vec::new();
    for (position, date) in dates.iter().enumerate() {
        found.push(ValueSpan {
            start: date.start,
            end: date.end,
            kind: ValueKind::Date(position),
            text: text_of(tokens, date.start, date.end),
            hits: month_cells(index, tokens, date),
            quoted: false,
            capital: false,
            schema_like: false,
        });
    }
    let dated = |at: usize| dates.iter().any(|d| !d.weak && d.start <= at && at < d.end);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Quoted => found.push(quoted(index, token, at)),
            TokenKind::Word if is_letter(tokens, at) => found.push(letter(token, at)),
            TokenKind::Number { value, worded }
                if !strongly_dated(dates, at) && !code_part(tokens, at) && !at_once(tokens, at) =>
            {
                found.push(number(index, token, at, value, worded));
            }
            _ => {}
        }
    }
    phrases(index, tokens, &dated, &mut found);
    capitals(index, tokens, &dated, &mut found);
    found.sort_by_key(|v| (v.start, v.end));
    found
}

/// Cells that are the name of the month that was named without a year.
fn month_cells(index: &CatalogIndex, tokens: &[Token], date: &DateSpan) -> Vec<(ColumnId, String, f64)> {
    let word = date.end.checked_sub(1).and_then(|last| tokens.get(last));
    word.filter(|t| date.guessed_year && t.is_word())
        .map_or_else(Vec::new, |t| exact_hits(index, &value_key(&t.text), None))
}

/// Months and days are only dates; a year may also be a plain number of a year column.
fn strongly_dated(dates: &[DateSpan], at: usize) -> bool {
    dates.iter().any(|d| {
        d.start <= at
            && at < d.end
            && (d.grain != crate::plan::Grain::Year || d.from.is_some() && d.to.is_some() && d.end - d.start > 3)
    })
}

/// "The letter m".
fn is_letter(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|p| tokens.get(p));
    tokens.get(at).is_some_and(|t| t.text.chars().count() == 1)
        && before.is_some_and(|t| t.is(&["letter", "letters", "character"]))
}

fn letter(token: &Token, at: usize) -> ValueSpan {
    ValueSpan {
        start: at,
        end: at + 1,
        kind: ValueKind::Text,
        text: token.text.clone(),
        hits: Vec::new(),
        quoted: true,
        capital: token.is_capital(),
        schema_like: false,
    }
}

/// "at once" counts nothing.
fn at_once(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|p| tokens.get(p));
    tokens.get(at).is_some_and(|t| t.lower == "once") && before.is_some_and(|t| t.lower == "at")
}

/// A number glued to a word by a dash, as in `CIS-220`.
fn code_part(tokens: &[Token], at: usize) -> bool {
    let Some(dash) = at.checked_sub(1).and_then(|p| tokens.get(p)) else {
        return false;
    };
    let Some(word) = at.checked_sub(2).and_then(|p| tokens.get(p)) else {
        return false;
    };
    dash.text == "-" && word.end == dash.start && word.is_word()
}

fn text_of(tokens: &[Token], start: usize, end: usize) -> String {
    let words: Vec<&str> = tokens.iter().skip(start).take(end - start).map(|t| t.text.as_str()).collect();
    words.join(" ")
}

fn quoted(index: &CatalogIndex, token: &Token, at: usize) -> ValueSpan {
    let key = value_key(&token.text);
    let mut hits = exact_hits(index, &key, Some(&token.text));
    if hits.is_empty() {
        hits = index.values.containing(&key).into_iter().map(|h| (h.column, h.cell.to_owned(), 0.5)).collect();
    }
    let number = token.text.parse::<f64>().ok().filter(|n| n.is_finite());
    ValueSpan {
        start: at,
        end: at + 1,
        kind: number.map_or(ValueKind::Text, |value| ValueKind::Number { value, worded: false }),
        text: token.text.clone(),
        hits,
        quoted: true,
        capital: token.is_capital(),
        schema_like: false,
    }
}

fn number(index: &CatalogIndex, token: &Token, at: usize, value: f64, worded: bool) -> ValueSpan {
    let hits = if worded { Vec::new() } else { exact_hits(index, &value_key(&token.text), None) };
    ValueSpan {
        start: at,
        end: at + 1,
        kind: ValueKind::Number { value, worded },
        text: token.text.clone(),
        hits,
        quoted: false,
        capital: false,
        schema_like: false,
    }
}

fn exact_hits(index: &CatalogIndex, key: &str, spelling: Option<&str>) -> Vec<(ColumnId, String, f64)> {
    let mut hits: Vec<(ColumnId, String, f64)> = index
        .values
        .exact(key)
        .map(|h| (h.column, h.cell.to_owned(), if spelling == Some(h.cell) { 1.0 } else { 0.97 }))
        .collect();
    hits.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
    hits.dedup_by_key(|h| h.0);
    hits
}

/// Runs of words that are a cell, longest first.
fn phrases(index: &CatalogIndex, tokens: &[Token], dated: &dyn Fn(usize) -> bool, found: &mut Vec<ValueSpan>) {
    let places: Vec<usize> =
        tokens.iter().enumerate().filter(|(_, t)| !t.is_punctuation() || t.text == "&").map(|(i, _)| i).collect();
    let mut taken = vec![false; tokens.len()];
    for length in (1..=6usize).rev() {
        for run in places.windows(length) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let blocked = run.iter().any(|i| {
                taken.get(*i).copied().unwrap_or(true)
                    || dated(*i)
                    || tokens.get(*i).is_none_or(|t| t.kind == TokenKind::Quoted)
            });
            if blocked || last - first > length + 2 {
                continue;
            }
            if let Some(span) = phrase(index, tokens, run, *first, *last) {
                for place in run {
                    if let Some(flag) = taken.get_mut(*place) {
                        *flag = true;
                    }
                }
                found.push(span);
            }
        }
    }
}

fn phrase(index: &CatalogIndex, tokens: &[Token], run: &[usize], first: usize, last: usize) -> Option<ValueSpan> {
    let words: Vec<&Token> = run.iter().filter_map(|i| tokens.get(*i)).collect();
    let key = value_key(&words.iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" "));
    let capitals = words.iter().filter(|t| t.is_capital()).count();
    let capital = capitals * 2 >= words.len() && (first > 0 || words.len() > 1);
    let single = words.len() == 1;
    if single {
        let token = words.first()?;
        let shout = token.text.len() >= 2 && token.text.chars().all(|c| c.is_uppercase());
        if !token.is_word() || (lexicon::is_stop_word(&token.lower) && !shout) {
            return None;
        }
        // A lone letter or a very common word is a value only when written as one.
        let common = lexicon::is_filler(&token.lower) || lexicon::number_word(&token.lower).is_some();
        if (common || token.lower.len() == 1) && !(capital && first > 0) && !shout {
            return None;
        }
    } else if words.iter().all(|t| lexicon::is_stop_word(&t.lower)) {
        return None;
    }
    let mut hits = exact_hits(index, &key, None);
    if hits.is_empty() {
        hits = inflected(index, &key, single, words.first().map_or("", |t| t.lower.as_str()));
    }
    let inexact = hits.iter().all(|h| h.2 < 0.9);
    if hits.is_empty() {
        return None;
    }
    let schema_like = words.iter().all(|t| {
        index.vocabulary.get(&t.stem).is_some_and(|uses| {
            uses.iter().any(|u| u.name() == 0 && (matches!(u.of, Named::Table(_)) || single || u.position() == 0))
        })
    });
    if schema_like && inexact && !capital && lexicon::country_codes(&key).is_empty() {
        return None;
    }
    Some(ValueSpan {
        start: first,
        end: last + 1,
        kind: ValueKind::Text,
        text: text_of(tokens, first, last + 1),
        hits,
        quoted: false,
        capital,
        schema_like,
    })
}

/// Plural and singular, countries by other names, codes such as M and F.
fn inflected(index: &CatalogIndex, key: &str, single: bool, word: &str) -> Vec<(ColumnId, String, f64)> {
    if key.len() > 3 {
        let one = datafyme_domain::names::singular(key);
        let other = if one == key { format!("{key}s") } else { one };
        let hits: Vec<_> = exact_hits(index, &other, None).into_iter().map(|(c, v, _)| (c, v, 0.85)).collect();
        if !hits.is_empty() {
            return hits;
        }
    }
    let codes = lexicon::country_codes(key);
    for name in codes.iter().skip(usize::from(key.len() > 3)).filter(|n| n.len() > 3 || codes.first() == Some(n)) {
        let hits: Vec<_> = exact_hits(index, name, None).into_iter().map(|(c, v, _)| (c, v, 0.8)).collect();
        if !hits.is_empty() {
            return hits;
        }
    }
    if single { coded(index, word) } else { Vec::new() }
}

fn coded(index: &CatalogIndex, word: &str) -> Vec<(ColumnId, String, f64)> {
    let codes: &[&str] = match word {
        "male" | "males" | "man" | "men" | "boy" | "boys" => &["m", "male"],
        "female" | "females" | "woman" | "women" | "girl" | "girls" => &["f", "female"],
        "yes" | "true" => &["y", "yes", "t", "true", "1"],
        _ => return Vec::new(),
    };
    let mut hits = Vec::new();
    for (id, column) in index.columns.iter().enumerate() {
        for cell in &column.codes {
            if codes.contains(&cell.to_lowercase().as_str()) {
                hits.push((id, cell.clone(), 0.9));
            }
        }
    }
    if hits.is_empty() {
        for code in codes {
            hits.extend(
                exact_hits(index, code, None)
                    .into_iter()
                    .filter(|h| index.column(h.0).distinct <= 6)
                    .map(|(c, v, _)| (c, v, 0.85)),
            );
        }
    }
    hits
}

/// Capitalised words inside a sentence that are no cell as they stand: part of one, or a name that is not in the data.
fn capitals(index: &CatalogIndex, tokens: &[Token], dated: &dyn Fn(usize) -> bool, found: &mut Vec<ValueSpan>) {
    let covered = |at: usize, found: &[ValueSpan]| found.iter().any(|v| v.start <= at && at < v.end);
    let mut at = 1;
    while at < tokens.len() {
        let starts = tokens.get(at).is_some_and(|t| t.is_word() && t.is_capital() && t.text != "I");
        let sentence_start = at.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|t| t.is(&[".", "?", "!", ":"]));
        if !starts || sentence_start || dated(at) || covered(at, found) {
            at += 1;
            continue;
        }
        let mut end = at;
        while tokens.get(end).is_some_and(|t| t.is_word() && t.is_capital()) && !dated(end) && !covered(end, found) {
            end += 1;
        }
        // `CIS-220`
        if tokens.get(end).is_some_and(|t| t.text == "-") && tokens.get(end + 1).is_some_and(|t| t.number().is_some()) {
            end += 2;
        }
        let text = text_of(tokens, at, end).replace(" - ", "-");
        let key = value_key(&text);
        let schema_like = tokens
            .iter()
            .skip(at)
            .take(end - at)
            .all(|t| index.vocabulary.contains_key(&t.stem) || lexicon::is_filler(&t.lower));
        let mut hits = exact_hits(index, &key, None);
        if hits.is_empty() && key.len() >= 3 && !schema_like {
            hits = index.values.containing(&key).into_iter().map(|h| (h.column, h.cell.to_owned(), 0.5)).collect();
        }
        if !schema_like || !hits.is_empty() {
            found.push(ValueSpan {
                start: at,
                end,
                kind: ValueKind::Text,
                text,
                hits,
                quoted: false,
                capital: true,
                schema_like,
            });
        }
        at = end.max(at + 1);
    }
}
