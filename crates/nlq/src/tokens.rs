//! The words of a question, with where they stand in it.

use datafyme_domain::names::{fold, stem};

/// Longest part of a question that is read, in characters: nobody asks longer ones, and time stays bounded.
pub(crate) const MAX_CHARS: usize = 1_200;
/// Most tokens that are read.
pub(crate) const MAX_TOKENS: usize = 160;

/// A token of a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// Byte range in the question.
    pub start: usize,
    pub end: usize,
    /// As written; without the quotes where quoted.
    pub text: String,
    /// Folded: lower case, no diacritics.
    pub lower: String,
    /// Stem of `lower`.
    pub stem: String,
    pub kind: TokenKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum TokenKind {
    Word,
    /// A number; `worded` when spelled out ("two").
    Number {
        value: f64,
        worded: bool,
    },
    /// `2024-03-09`
    IsoDate,
    /// Text in quotes.
    Quoted,
    Punctuation,
}

impl Token {
    pub(crate) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    pub(crate) fn is_punctuation(&self) -> bool {
        self.kind == TokenKind::Punctuation
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self.kind {
            TokenKind::Number { value, .. } => Some(value),
            _ => None,
        }
    }

    pub(crate) fn is(&self, words: &[&str]) -> bool {
        self.kind != TokenKind::Quoted && words.contains(&self.lower.as_str())
    }

    pub(crate) fn is_capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// The tokens of `text`, bounded by [`MAX_CHARS`] and [`MAX_TOKENS`].
pub(crate) fn tokenize(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().take(MAX_CHARS).collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&(start, c)) = chars.get(at) {
        if tokens.len() >= MAX_TOKENS {
            break;
        }
        if c.is_whitespace() {
            at += 1;
        } else if let Some(end) = quoted(&chars, at) {
            push_quoted(&mut tokens, &chars, at, end);
            at = end + 1;
        } else if c.is_ascii_digit() {
            at = push_number(&mut tokens, &chars, at);
        } else if c.is_alphanumeric() || c == '_' {
            at = push_word(&mut tokens, &chars, at);
        } else {
            push(&mut tokens, start, start + c.len_utf8(), c.to_string(), TokenKind::Punctuation);
            at += 1;
        }
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, start: usize, end: usize, text: String, kind: TokenKind) {
    let lower = fold(&text);
    let stem = if kind == TokenKind::Word { stem(&lower) } else { lower.clone() };
    tokens.push(Token { start, end, text, lower, stem, kind });
}

/// Position of the closing quote, when a quotation starts at `at`.
fn quoted(chars: &[(usize, char)], at: usize) -> Option<usize> {
    let (_, open) = *chars.get(at)?;
    let close: &[char] = match open {
        '"' | '„' => &['"', '”', '“'],
        '“' => &['”', '"'],
        '‘' | '’' => &['’'],
        '\'' | '`' => &['\'', '`'],
        '«' => &['»'],
        _ => return None,
    };
    let single = matches!(open, '\'' | '`' | '‘' | '’');
    let before = at.checked_sub(1).and_then(|p| chars.get(p)).map(|p| p.1);
    if single && before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    for (offset, (_, c)) in chars.iter().enumerate().skip(at + 1).take(200) {
        let next = chars.get(offset + 1).map(|p| p.1);
        if close.contains(c) && offset > at + 1 && (!single || !next.is_some_and(char::is_alphanumeric)) {
            return Some(offset);
        }
    }
    None
}

fn push_quoted(tokens: &mut Vec<Token>, chars: &[(usize, char)], at: usize, end: usize) {
    let inner: String = chars.iter().skip(at + 1).take(end - at - 1).map(|p| p.1).collect();
    let inner = inner.trim().trim_end_matches([',', '.', '?']).to_owned();
    let start = chars.get(at).map_or(0, |p| p.0);
    let stop = chars.get(end).map_or(start, |p| p.0 + p.1.len_utf8());
    if inner.is_empty() {
        return;
    }
    push(tokens, start, stop, inner, TokenKind::Quoted);
}

fn push_number(tokens: &mut Vec<Token>, chars: &[(usize, char)], at: usize) -> usize {
    let start = chars.get(at).map_or(0, |p| p.0);
    let get = |i: usize| chars.get(i).map(|p| p.1);
    let digits = |from: usize| (from..).take_while(|i| get(*i).is_some_and(|c| c.is_ascii_digit())).count();
    let year = digits(at);
    let (month, day) = (digits(at + year + 1), digits(at + year + 1 + digits(at + year + 1) + 1));
    let dash = get(at + year) == Some('-');
    let end;
    let text_of = |to: usize| -> String { chars.iter().skip(at).take(to - at).map(|p| p.1).collect() };
    let byte_end = |to: usize| chars.get(to - 1).map_or(start, |p| p.0 + p.1.len_utf8());
    let clock = |from: usize| -> usize {
        let pair = |i: usize| get(i) == Some(':') && digits(i + 1) == 2;
        let hours = digits(from);
        if !(1..=2).contains(&hours) || !pair(from + hours) {
            return 0;
        }
        hours + if pair(from + hours + 3) { 6 } else { 3 }
    };
    if year == 4 && dash && month == 2 && get(at + 7) == Some('-') && day == 2 {
        // A day with its time is one constant, as if in quotes.
        if matches!(get(at + 10), Some(' ' | 'T')) && clock(at + 11) > 0 {
            end = at + 11 + clock(at + 11);
            push(tokens, start, byte_end(end), text_of(end), TokenKind::Quoted);
            return end;
        }
        end = at + 10;
        push(tokens, start, byte_end(end), text_of(end), TokenKind::IsoDate);
        return end;
    }
    if clock(at) == 8 {
        end = at + 8;
        push(tokens, start, byte_end(end), text_of(end), TokenKind::Quoted);
        return end;
    }
    let mut to = at + year;
    // 1,000,000
    while get(to) == Some(',') && digits(to + 1) == 3 {
        to += 4;
    }
    if get(to) == Some('.') && digits(to + 1) > 0 {
        to += 1 + digits(to + 1);
    }
    // 3rd, 5k, 21st, 2a: digits glued to letters are a word, except for multipliers.
    if get(to).is_some_and(char::is_alphabetic) {
        let letters: String = (to..).map_while(get).take_while(|c| c.is_alphanumeric()).collect();
        let factor = match letters.to_lowercase().as_str() {
            "k" => Some(1e3),
            "m" | "mn" => Some(1e6),
            "bn" => Some(1e9),
            _ => None,
        };
        let stop = to + letters.chars().count();
        let value = text_of(to).replace(',', "").parse::<f64>().ok();
        match (factor, value) {
            (Some(factor), Some(value)) => {
                let kind = TokenKind::Number { value: value * factor, worded: false };
                push(tokens, start, byte_end(stop), text_of(stop), kind);
            }
            _ => push(tokens, start, byte_end(stop), text_of(stop), TokenKind::Word),
        }
        return stop;
    }
    let text = text_of(to);
    let value = text.replace(',', "").parse::<f64>().unwrap_or(0.0);
    // "40 million" is one number.
    if get(to) == Some(' ') {
        let letters: String = (to + 1..).map_while(get).take_while(|c| c.is_alphabetic()).take(10).collect();
        let factor = match letters.to_lowercase().as_str() {
            "thousand" => 1e3,
            "million" | "millions" => 1e6,
            "billion" | "billions" => 1e9,
            _ => 1.0,
        };
        if factor > 1.0 {
            let stop = to + 1 + letters.chars().count();
            let kind = TokenKind::Number { value: value * factor, worded: false };
            push(tokens, start, byte_end(stop), text_of(stop), kind);
            return stop;
        }
    }
    push(tokens, start, byte_end(to), text, TokenKind::Number { value, worded: false });
    to
}

fn push_word(tokens: &mut Vec<Token>, chars: &[(usize, char)], at: usize) -> usize {
    let start = chars.get(at).map_or(0, |p| p.0);
    let mut to = at;
    let mut text = String::new();
    let mut cut = None;
    while let Some(&(_, c)) = chars.get(to) {
        let next_is_letter = chars.get(to + 1).is_some_and(|p| p.1.is_alphanumeric());
        if c.is_alphanumeric() || c == '_' {
            text.push(c);
        } else if (c == '\'' || c == '’') && next_is_letter {
            cut = Some(text.len());
            text.push('\'');
        } else {
            break;
        }
        to += 1;
    }
    let end = chars.get(to - 1).map_or(start, |p| p.0 + p.1.len_utf8());
    let lower = text.to_lowercase();
    if let (Some(cut), Some(bare)) = (cut, lower.strip_suffix("n't")) {
        let word = text.get(..bare.len()).unwrap_or(&text).to_owned();
        push(tokens, start, start + cut.min(end - start), word, TokenKind::Word);
        push(tokens, start, end, "not".to_owned(), TokenKind::Word);
        return to;
    }
    if let Some(cut) = cut
        && matches!(lower.get(cut..), Some("'s" | "'re" | "'ve" | "'d" | "'ll" | "'m"))
    {
        text.truncate(cut);
    }
    let kind = match crate::lexicon::number_word(&text.to_lowercase()) {
        Some(value) => TokenKind::Number { value, worded: true },
        None => TokenKind::Word,
    };
    push(tokens, start, end, text, kind);
    to
}

/// Words of a cell or a phrase, as keys of the value index: folded, without punctuation.
pub(crate) fn value_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in fold(text).chars() {
        if c.is_alphanumeric() {
            key.push(c);
        } else if c == '\'' || c == '’' {
        } else if !key.ends_with(' ') && !key.is_empty() {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|t| t.lower).collect()
    }

    #[test]
    fn quotes_numbers_and_contractions_are_read() {
        assert_eq!(words("Don't list O'Hara's orders"), ["do", "not", "list", "o'hara", "orders"]);
        assert_eq!(words("the \"Tennis Club\", please"), ["the", "tennis club", ",", "please"]);
        assert_eq!(words("by 2018-03-17 07:13:53 or 09:00:00"), ["by", "2018-03-17 07:13:53", "or", "09:00:00"]);
        assert_eq!(words("whose name has a ’T’"), ["whose", "name", "has", "a", "t"]);
        assert_eq!(words("over 1,000.5 in 2024-03-09"), ["over", "1,000.5", "in", "2024-03-09"]);
        assert_eq!(tokenize("5k").first().and_then(Token::number), Some(5000.0));
        assert_eq!(tokenize("two").first().and_then(Token::number), Some(2.0));
    }

    #[test]
    fn value_keys_ignore_case_and_punctuation() {
        assert_eq!(value_key("  Ph.D. – São Paulo "), "ph d sao paulo");
    }
}
