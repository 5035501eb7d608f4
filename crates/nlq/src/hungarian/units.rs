//! The words of a Hungarian text as units: numbers, dates, names, and words of the dictionary, each with its case.

use super::{
    endings::{Analysed, CASES, Case, analyse},
    words::{Class, PHRASES, WORDS},
};
use datafyme_domain::names::fold;

/// A word or a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// In English, or as it stands.
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) case: Case,
    pub(super) possessed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word(Class),
    /// A name or a value, as it stands.
    Name,
    Number,
    /// A day, a month, a period.
    Date,
    Comma,
}

impl Unit {
    pub(super) fn is_word(&self, class: Class) -> bool {
        self.kind == Kind::Word(class)
    }
}

struct Token {
    text: String,
    folded: String,
}

/// The units of each sentence.
pub(super) fn sentences(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Vec<Unit>> {
    let mut sentences: Vec<Vec<Token>> = vec![Vec::new()];
    let raw: Vec<&str> = text.split_whitespace().collect();
    for (at, piece) in raw.iter().enumerate() {
        let bare = piece.trim_matches(|c: char| ",;:!?()".contains(c));
        let numbered = bare.trim_end_matches('.').bytes().all(|b| b.is_ascii_digit()) && bare.len() > 1;
        let last = at + 1 == raw.len();
        // A stop behind a number belongs to a date, unless the text ends there.
        let word = if numbered && !last { bare } else { bare.trim_end_matches('.') };
        if let Some(open) = sentences.last_mut() {
            if !word.is_empty() {
                open.push(Token { folded: fold(word), text: word.to_owned() });
            }
            if piece.ends_with(',') {
                open.push(Token { folded: ",".to_owned(), text: ",".to_owned() });
            }
        }
        if piece.ends_with(['?', '!']) || (last || !numbered) && piece.ends_with('.') {
            sentences.push(Vec::new());
        }
    }
    sentences.retain(|s| !s.is_empty());
    sentences.iter().map(|tokens| units(tokens, known)).collect()
}

fn units(tokens: &[Token], known: &dyn Fn(&str) -> bool) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.text == "," {
            found.push(Unit { text: ",".to_owned(), kind: Kind::Comma, case: Case::None, possessed: false });
            at += 1;
        } else if let Some((unit, used)) = number(tokens, at) {
            found.push(unit);
            at += used;
        } else if let Some((unit, used)) = phrase(tokens, at) {
            found.push(unit);
            at += used;
        } else if let Some(unit) = cut_short(tokens, at) {
            found.push(unit);
            at += 1;
        } else if let Some(both) = hyphened(token, known) {
            found.extend(both);
            at += 1;
        } else {
            found.push(word(token, at == 0, known));
            at += 1;
        }
    }
    dates(names(found))
}

/// "2025-ben", "50 000-nél", "3-at", "30-án"; the stop of "2025." is kept for the date.
fn number(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    let read = |token: &Token| -> Option<(String, String)> {
        let digits: String =
            token.folded.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        let rest = token.folded.strip_prefix(digits.as_str())?;
        let ends_well = rest.is_empty() || rest.starts_with('-');
        (digits.starts_with(|c: char| c.is_ascii_digit()) && ends_well)
            .then(|| (digits, rest.trim_start_matches('-').to_owned()))
    };
    let (mut digits, mut rest) = read(tokens.get(at)?)?;
    let mut used = 1;
    while rest.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) {
        let Some((more, ending)) =
            tokens.get(at + used).and_then(read).filter(|(m, _)| m.len() == 3 && m.bytes().all(|b| b.is_ascii_digit()))
        else {
            break;
        };
        digits.push_str(&more);
        rest = ending;
        used += 1;
    }
    let case = match rest.as_str() {
        "os" | "as" | "es" | "osek" | "asok" | "esek" | "oseket" => Case::Adjective,
        "an" | "en" | "on" | "jen" | "jan" => Case::On,
        ending => CASES.iter().find(|(e, _)| *e == ending).map_or(Case::None, |(_, case)| *case),
    };
    Some((Unit { text: digits, kind: Kind::Number, case, possessed: false }, used))
}

fn phrase(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    PHRASES.iter().find_map(|(words, english, class)| {
        let fits = words.iter().enumerate().all(|(i, w)| {
            let folded = tokens.get(at + i).map_or("", |t| t.folded.as_str());
            // Function words must be whole; the last word of a name may carry an ending.
            if w.len() > 4 && i + 1 == words.len() {
                folded.starts_with(w)
            } else {
                folded == *w || (w.len() == 3 && i > 0 && folded.starts_with(w))
            }
        });
        if !fits {
            return None;
        }
        let last = &tokens.get(at + words.len() - 1)?.folded;
        let ending = last.strip_prefix(words.last()?.to_owned()).unwrap_or("");
        let case = CASES.iter().find(|(e, _)| ending.ends_with(e) && !e.is_empty()).map_or(Case::None, |(_, c)| *c);
        let unit = Unit { text: (*english).to_owned(), kind: Kind::Word(*class), case, possessed: false };
        Some((unit, words.len()))
    })
}

/// "vezeték- és keresztnév": the first part goes without what the second ends in.
fn cut_short(tokens: &[Token], at: usize) -> Option<Unit> {
    let prefix = tokens.get(at)?.folded.strip_suffix('-')?.to_owned();
    let whole = tokens.iter().skip(at + 1).take(3).find_map(|later| {
        WORDS.iter().find(|(key, ..)| {
            key.starts_with(&prefix)
                && key.strip_prefix(&prefix).is_some_and(|tail| !tail.is_empty() && later.folded.contains(tail))
        })
    })?;
    Some(Unit { text: whole.1.to_owned(), kind: Kind::Word(whole.2), case: Case::None, possessed: true })
}

/// "IMDb-értékelés": a name, then a word of ours.
fn hyphened(token: &Token, known: &dyn Fn(&str) -> bool) -> Option<[Unit; 2]> {
    let (_, right) = token.folded.split_once('-').filter(|(l, r)| l.len() > 1 && r.len() > 3)?;
    let (name, rest) = token.text.split_once('-')?;
    if known(&token.folded) || !name.starts_with(char::is_uppercase) {
        return None;
    }
    analyse(right)?;
    let left = Unit { text: name.to_owned(), kind: Kind::Word(Class::Adjective), case: Case::None, possessed: false };
    Some([left, word(&Token { folded: right.to_owned(), text: rest.to_owned() }, false, known)])
}

fn word(token: &Token, first: bool, known: &dyn Fn(&str) -> bool) -> Unit {
    let capital = token.text.starts_with(char::is_uppercase);
    let analysed = analyse(&token.folded);
    let is_name = capital
        && (analysed.is_none()
            || !first && known(&token.folded) && analysed.as_ref().is_some_and(|a| a.class == Class::Silent));
    match analysed.filter(|_| !is_name) {
        Some(Analysed { english, class, case, possessed, theirs }) => {
            // "-át" is "-a" and "-t": accents tell what folding hides.
            let lower = token.text.to_lowercase();
            let bare = token.folded.strip_suffix('t').unwrap_or("");
            let accusative =
                ["át", "ét"].iter().any(|e| lower.ends_with(e)) && WORDS.iter().all(|(key, ..)| *key != bare);
            let possessed = possessed || accusative && case == Case::None;
            let case = if token.folded == "fos" { Case::Having } else { case };
            let text = if theirs { format!("their {english}") } else { english };
            Unit { text, kind: Kind::Word(class), case, possessed }
        }
        None => name(token, known),
    }
}

/// A name, freed of the ending of its case.
fn name(token: &Token, known: &dyn Fn(&str) -> bool) -> Unit {
    let letters = token.text.chars().count();
    let cut = |ending: &str| -> Option<(String, String)> {
        let folded = token.folded.strip_suffix(ending)?.trim_end_matches('-').to_owned();
        let text: String = token.text.chars().take(letters - ending.chars().count()).collect();
        (!folded.is_empty()).then(|| (text.trim_end_matches('-').to_owned(), folded))
    };
    let unit = |text: String, case: Case| Unit { text, kind: Kind::Name, case, possessed: false };
    if known(&token.folded) || token.folded.len() < 2 {
        return unit(token.text.clone(), Case::None);
    }
    for (ending, case) in CASES.iter().chain(&[
        ("as", Case::Adjective),
        ("es", Case::Adjective),
        ("os", Case::Adjective),
        ("e", Case::Of),
        ("i", Case::Adjective),
    ]) {
        if let Some((text, folded)) = cut(ending)
            && (known(&folded) || token.text.contains('-'))
        {
            return unit(text, *case);
        }
    }
    let sure = CASES.iter().filter(|(e, _)| e.len() >= 3);
    for (ending, case) in sure {
        if let Some((text, _)) = cut(ending).filter(|(_, f)| f.len() >= 4) {
            return unit(text, *case);
        }
    }
    unit(token.text.clone(), Case::None)
}

/// Names side by side are one, and a number behind a name belongs to it.
fn names(units: Vec<Unit>) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    for unit in units {
        // "40 millió" is one number.
        if unit.is_word(Class::Number)
            && ["thousand", "million", "billion"].contains(&unit.text.as_str())
            && let Some(last) = found.last_mut().filter(|u| u.kind == Kind::Number && u.case == Case::None)
        {
            last.text = format!("{} {}", last.text, unit.text);
            last.case = unit.case;
            continue;
        }
        let joins = matches!(unit.kind, Kind::Name) || unit.kind == Kind::Number && unit.text.len() <= 2;
        match found.last_mut() {
            Some(last) if joins && last.kind == Kind::Name && last.case == Case::None => {
                last.text = format!("{} {}", last.text, unit.text);
                last.case = unit.case;
            }
            _ => found.push(unit),
        }
    }
    found
}

/// "2025. március 1." is "1 March 2025", "2025 decemberében" "in December 2025"; a second day or month shares the year.
fn dates(units: Vec<Unit>) -> Vec<Unit> {
    let is_year = |u: &Unit| {
        let digits = u.text.trim_end_matches('.');
        u.kind == Kind::Number && digits.len() == 4 && digits.parse::<u32>().is_ok_and(|y| (1500..2200).contains(&y))
    };
    let is_day = |u: &Unit| {
        u.kind == Kind::Number && u.text.trim_end_matches('.').parse::<u32>().is_ok_and(|d| (1..32).contains(&d))
    };
    let mut found: Vec<Unit> = Vec::new();
    let (mut year, mut month): (Option<String>, Option<String>) = (None, None);
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let next = units.get(at + 1);
        let date = |text: String, last: &Unit| Unit { text, kind: Kind::Date, case: last.case, possessed: false };
        let named = if is_year(unit) {
            next.filter(|n| n.is_word(Class::Month))
        } else {
            Some(unit).filter(|u| u.is_word(Class::Month))
        };
        if let Some(named) = named {
            if is_year(unit) {
                year = Some(unit.text.trim_end_matches('.').to_owned());
                at += 1;
            }
            at += 1;
            month = Some(named.text.clone());
            let of_year = year.as_ref().map_or_else(String::new, |y| format!(" {y}"));
            match units.get(at).filter(|d| is_day(d)) {
                Some(day) => {
                    found.push(date(format!("{} {}{of_year}", day.text.trim_end_matches('.'), named.text), day));
                    at += 1;
                }
                None => found.push(date(format!("{}{of_year}", named.text), named)),
            }
            continue;
        }
        let follows = found.last().is_some_and(|u| u.text == "and")
            && found.iter().rev().nth(1).is_some_and(|u| u.kind == Kind::Date);
        if is_day(unit)
            && unit.text.ends_with('.')
            && follows
            && let Some(month) = &month
        {
            let of_year = year.as_ref().map_or_else(String::new, |y| format!(" {y}"));
            found.push(date(format!("{} {month}{of_year}", unit.text.trim_end_matches('.')), unit));
        } else if is_year(unit) {
            found.push(date(unit.text.trim_end_matches('.').to_owned(), unit));
        } else {
            found.push(Unit { text: unit.text.trim_end_matches('.').to_owned(), ..unit.clone() });
        }
        at += 1;
    }
    found
}
