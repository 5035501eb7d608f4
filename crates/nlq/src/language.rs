//! Which language a question is in: stop words and letters, no model.

use datafyme_domain::names::text_words;

/// Language of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, or too little to tell.
    En,
    /// Hungarian.
    Hu,
    /// Something else.
    Other,
}

/// Frequent Hungarian words, folded (no diacritics), that are not English words.
const HUNGARIAN: &[&str] = &[
    "hany",
    "mennyi",
    "melyik",
    "mely",
    "melyek",
    "milyen",
    "mutasd",
    "mutass",
    "listazd",
    "kerem",
    "szerint",
    "osszes",
    "osszesen",
    "atlag",
    "atlagos",
    "legtobb",
    "legnagyobb",
    "legkisebb",
    "legkevesebb",
    "legdragabb",
    "legolcsobb",
    "havonta",
    "evente",
    "naponta",
    "hogyan",
    "miert",
    "hol",
    "mikor",
    "volt",
    "vannak",
    "nincs",
    "szia",
    "koszonom",
    "termek",
    "termekek",
    "rendeles",
    "rendelesek",
    "rendelest",
    "dolgozo",
    "dolgozok",
    "filmek",
    "vallalat",
    "cegek",
    "raktar",
    "keszlet",
    "szallitas",
    "es",
    "egy",
    "az",
    "nev",
    "neve",
    "nevei",
    "ara",
    "arak",
    "kinek",
    "minek",
    "amely",
    "akik",
    "ami",
    "aki",
    "amik",
    "hogy",
    "tobb",
    "mint",
    "kevesebb",
    "honap",
    "honapban",
    "evben",
    "utan",
    "elott",
    "kozott",
    "csak",
    "abrazold",
];

const ENGLISH: &[&str] = &[
    "the", "of", "how", "many", "what", "which", "show", "list", "is", "are", "in", "for", "by", "and", "with", "per",
    "each", "all", "give", "me", "average", "total", "number", "who", "where", "when", "only", "about", "to", "from",
];

/// Whether it is one of the frequent English words.
pub(crate) fn is_english(word: &str) -> bool {
    ENGLISH.contains(&word)
}

/// The language of `text`, by its frequent words; diacritics that only Hungarian has decide a tie.
#[must_use]
pub fn detect_language(text: &str) -> Language {
    let head: String = text.chars().take(2_000).collect();
    let words = text_words(&head);
    let count = |list: &[&str]| words.iter().filter(|w| list.contains(&w.as_str())).count();
    let (hungarian, english) = (count(HUNGARIAN), count(ENGLISH));
    let accents = head.chars().filter(|c| "áéíóöőúüűÁÉÍÓÖŐÚÜŰ".contains(*c)).count();
    // "The" may belong to a title: letters and words of Hungarian outweigh it.
    let telling = accents >= 3 && hungarian > 0 && hungarian >= english;
    if hungarian > english && (hungarian >= 2 || accents > 0 || words.len() <= 3)
        || (accents >= 2 && english == 0)
        || telling
    {
        return if head.contains(['ß', 'ä', 'ñ', 'ç', 'ê', 'è', 'à']) { Language::Other } else { Language::Hu };
    }
    let letters = head.chars().filter(|c| c.is_alphabetic()).count();
    let latin = head.chars().filter(|c| c.is_alphabetic() && (*c as u32) < 0x250).count();
    if letters > 0 && latin * 2 < letters {
        return Language::Other;
    }
    Language::En
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hungarian_and_english_are_told_apart() {
        let cases = [
            ("Hány rendelés volt 2024-ben?", Language::Hu),
            ("Melyik termék a legdrágább?", Language::Hu),
            ("hany termek van", Language::Hu),
            ("How many orders are there?", Language::En),
            ("orders by month", Language::En),
            ("What is the wage of Béla?", Language::En),
            ("film ratings", Language::En),
            ("売上はいくらですか", Language::Other),
            ("", Language::En),
        ];
        for (text, language) in cases {
            assert_eq!(detect_language(text), language, "{text}");
        }
    }
}
