//! Text as the terms that the lexical ranking compares.

use datafyme_domain::names::{identifier_words, stem};

/// Words that stand in every question and tell nothing about what it is about; sorted.
const STOP_WORDS: &[&str] = &[
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "did", "do", "does",
    "each", "every", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "many",
    "me", "most", "much", "my", "no", "not", "of", "on", "or", "our", "per", "please", "so", "some", "than", "that",
    "the", "their", "them", "there", "these", "they", "this", "those", "to", "us", "was", "we", "were", "what",
    "which", "who", "whose", "will", "with", "you", "your",
];

/// The stems of the words of `text`, those inside identifiers too; an identifier of several words is there as a whole
/// as well, so that `orderitems` finds `order_items`. Stop words are left out.
pub(super) fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for token in text.split_whitespace() {
        let token = token.replace(['\'', '’'], "");
        let words = identifier_words(&token);
        if words.len() > 1 && token.chars().all(|c| c.is_alphanumeric() || c == '_') {
            terms.push(stem(&words.concat()));
        }
        let telling = words.iter().filter(|word| STOP_WORDS.binary_search(&word.as_str()).is_err());
        terms.extend(telling.map(|word| stem(word)));
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted_for_the_search_in_them() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn text_becomes_stems_without_stop_words() {
        let cases = [
            ("How many orders were shipped?", vec!["order", "ship"]),
            ("order_items", vec!["orderitem", "order", "item"]),
            ("CustomerID of sales.orders", vec!["customerid", "customer", "id", "sale", "order"]),
            ("Ügyfelek’", vec!["ugyfelek"]),
            ("the of", vec![]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(terms(text), expected, "{text}");
        }
    }
}
