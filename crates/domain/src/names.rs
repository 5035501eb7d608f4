//! Words inside identifiers and questions: splitting, folding, stemming. Shared by search, relation inference and
//! the question parser, so that all three see the same words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `text` in lower case without diacritics: `Ügyfél` → `ugyfel`.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The folded words of an identifier: `CustomerID` → `customer id`, `order_items2` → `order items 2`,
/// `HTTPStatus` → `http status`.
#[must_use]
pub fn identifier_words(identifier: &str) -> Vec<String> {
    let chars: Vec<char> = identifier.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let previous = i.checked_sub(1).and_then(|p| chars.get(p)).copied();
        let next = chars.get(i + 1).copied();
        let boundary = previous.is_some_and(|p| {
            (p.is_lowercase() && c.is_uppercase())
                || (p.is_uppercase() && c.is_uppercase() && next.is_some_and(char::is_lowercase))
                || (p.is_alphabetic() && c.is_ascii_digit())
                || (p.is_ascii_digit() && c.is_alphabetic())
        });
        if boundary || !c.is_alphanumeric() {
            push_folded(&mut words, &mut word);
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
    }
    push_folded(&mut words, &mut word);
    words
}

fn push_folded(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(fold(word));
        word.clear();
    }
}

/// The folded words of running text: runs of letters and digits, inner apostrophes dropped.
#[must_use]
pub fn text_words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .map(|w| w.replace(['\'', '’'], ""))
        .filter(|w| !w.is_empty())
        .collect()
}

/// A light English stem of a folded word: plural, `-ing`, `-ed` off. Stable, not pretty: for comparing only.
/// After the S-stemmer of Harman (1991), widened by the two verb endings.
#[must_use]
pub fn stem(word: &str) -> String {
    let n = word.chars().count();
    if n <= 3 || !word.is_ascii() {
        return word.to_owned();
    }
    let singular = singular(word);
    for ending in ["ing", "ed"] {
        if let Some(root) = singular.strip_suffix(ending)
            && root.len() >= 3
            && root.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        {
            return undouble(root).trim_end_matches('e').to_owned();
        }
    }
    if singular.len() > 4 { singular.trim_end_matches('e').to_owned() } else { singular }
}

/// The English singular of a folded word, as far as spelling tells: `companies` → `company`, `boxes` → `box`,
/// `people` → `person`, `status` → `status`.
#[must_use]
pub fn singular(word: &str) -> String {
    const IRREGULAR: &[(&str, &str)] = &[
        ("people", "person"),
        ("children", "child"),
        ("men", "man"),
        ("women", "woman"),
        ("feet", "foot"),
        ("teeth", "tooth"),
        ("mice", "mouse"),
        ("geese", "goose"),
        ("data", "datum"),
        ("criteria", "criterion"),
        ("indices", "index"),
        ("matrices", "matrix"),
        ("movies", "movie"),
        ("cookies", "cookie"),
        ("series", "series"),
        ("species", "species"),
        ("news", "news"),
        ("analyses", "analysis"),
        ("lives", "life"),
        ("wives", "wife"),
        ("knives", "knife"),
        ("shelves", "shelf"),
        ("leaves", "leaf"),
        ("halves", "half"),
        ("heroes", "hero"),
        ("potatoes", "potato"),
        ("buses", "bus"),
        ("statuses", "status"),
    ];
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    if word.len() <= 3 || !word.is_ascii() {
        return word.to_owned();
    }
    if let Some(root) = word.strip_suffix("ies") {
        return format!("{root}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

fn undouble(root: &str) -> &str {
    let mut tail = root.chars().rev();
    match (tail.next(), tail.next()) {
        (Some(a), Some(b)) if a == b && !matches!(a, 'l' | 's' | 'z') => root.get(..root.len() - 1).unwrap_or(root),
        _ => root,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_split_at_case_digits_and_punctuation() {
        let cases = [
            ("CustomerID", vec!["customer", "id"]),
            ("order_items2", vec!["order", "items", "2"]),
            ("HTTPStatus", vec!["http", "status"]),
            ("Ügyfél név", vec!["ugyfel", "nev"]),
            ("a.b-c", vec!["a", "b", "c"]),
            ("", vec![]),
        ];
        for (identifier, words) in cases {
            assert_eq!(identifier_words(identifier), words, "{identifier}");
        }
    }

    #[test]
    fn plurals_become_singular() {
        let cases = [
            ("companies", "company"),
            ("boxes", "box"),
            ("classes", "class"),
            ("status", "status"),
            ("houses", "house"),
            ("people", "person"),
            ("gas", "gas"),
            ("addresses", "address"),
        ];
        for (many, one) in cases {
            assert_eq!(singular(many), one, "{many}");
        }
    }

    #[test]
    fn inflections_share_a_stem() {
        for pair in [["orders", "ordered"], ["delivery", "deliveries"], ["price", "priced"], ["shipping", "shipped"]] {
            assert_eq!(stem(pair[0]), stem(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn words_of_text_drop_apostrophes() {
        assert_eq!(text_words("What's the Cañon's price?"), ["whats", "the", "canons", "price"]);
    }
}
