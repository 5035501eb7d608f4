//! What a word is without its endings. Hungarian glues plural, possessor and case to a noun, in that order; they are
//! taken off from behind until a known word is left.

use super::words::{Class, WORDS};

/// What an ending says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    None,
    /// "-ban", "-ben"
    In,
    /// "-ból", "-ről", "-tól"
    From,
    /// "-ba", "-ra", "-hoz"
    To,
    /// "-nál": beside, and than.
    At,
    /// "-nak"
    Of,
    /// "-on", "-n"
    On,
    /// "-val"
    With,
    /// "-ért"
    For,
    /// "-nként"
    Per,
    /// "-ú": having such a one.
    Having,
    /// "-i", "-s": belonging to.
    Adjective,
}

/// A word, freed of its endings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Analysed {
    pub(super) english: String,
    pub(super) class: Class,
    pub(super) case: Case,
    /// Has a possessor: "ára", its price.
    pub(super) possessed: bool,
    /// "Kapacitásuk": theirs.
    pub(super) theirs: bool,
}

/// Endings of cases, folded.
pub(super) const CASES: &[(&str, Case)] = &[
    ("onkenti", Case::Per),
    ("enkenti", Case::Per),
    ("ankenti", Case::Per),
    ("onkent", Case::Per),
    ("enkent", Case::Per),
    ("ankent", Case::Per),
    ("nkenti", Case::Per),
    ("nkent", Case::Per),
    ("ert", Case::For),
    ("ban", Case::In),
    ("ben", Case::In),
    ("bol", Case::From),
    ("rol", Case::From),
    ("tol", Case::From),
    ("nak", Case::Of),
    ("nek", Case::Of),
    ("nal", Case::At),
    ("nel", Case::At),
    ("hoz", Case::To),
    ("hez", Case::To),
    ("kal", Case::With),
    ("kel", Case::With),
    ("sel", Case::With),
    ("sal", Case::With),
    ("val", Case::With),
    ("vel", Case::With),
    ("ba", Case::To),
    ("be", Case::To),
    ("ra", Case::To),
    ("re", Case::To),
    ("on", Case::On),
    ("en", Case::On),
    ("at", Case::None),
    ("et", Case::None),
    ("ot", Case::None),
    ("t", Case::None),
    ("n", Case::On),
];
/// Endings of one's own or one another's: no possessor stands in the sentence.
const OWN: &[&str] = &["jaink", "jeink", "aink", "eink", "unk", "ink", "nk", "juk", "uk", "jaik", "jeik", "aik", "eik"];
/// Those of a third person among them.
const THEIRS: &[&str] = &["juk", "uk", "jaik", "jeik", "aik", "eik"];
/// Endings of somebody's.
const POSSESSED: &[&str] = &["jai", "jei", "ai", "ei", "ja", "je", "a", "e"];
const PLURAL: &[&str] = &["ok", "ek", "ak", "k"];
const HAVING: &[&str] = &["ju", "u"];
const ADJECTIVE: &[&str] = &["i", "os", "es", "as", "s"];

fn entry(stem: &str) -> Option<(&'static str, Class)> {
    WORDS.iter().find(|(key, ..)| *key == stem).map(|(_, english, class)| (*english, *class))
}

/// A folded word, freed of its endings, by the fewest letters taken off; compounds part by part.
pub(super) fn analyse(word: &str) -> Option<Analysed> {
    simple(word).or_else(|| compound(word))
}

/// Whether it is a word of ours that carries an ending of Hungarian alone.
pub(super) fn is_inflected(word: &str) -> bool {
    const TELLING: [&str; 14] =
        ["kent", "kenti", "ban", "ben", "bol", "nak", "nek", "nal", "nel", "ente", "onta", "unk", "ink", "juk"];
    TELLING.iter().any(|e| word.ends_with(e)) && analyse(word).is_some()
}

fn simple(word: &str) -> Option<Analysed> {
    let mut open = vec![(word, Case::None, false, false, 0)];
    let mut best: Option<((usize, usize), Analysed)> = None;
    while let Some((stem, case, possessed, theirs, depth)) = open.pop() {
        if let Some((english, class)) = entry(stem) {
            let off = (word.len() - stem.len(), depth);
            if best.as_ref().is_none_or(|(least, _)| off < *least) {
                best = Some((off, Analysed { english: english.to_owned(), class, case, possessed, theirs }));
            }
        }
        if depth >= 3 || stem.len() < 3 {
            continue;
        }
        let mut cut = |endings: &[&str], case: Case, possessed: bool| {
            for ending in endings {
                if let Some(rest) = stem.strip_suffix(ending).filter(|r| r.len() >= 2) {
                    let theirs = theirs || THEIRS.contains(ending);
                    open.push((rest, case, possessed, theirs, depth + 1));
                }
            }
        };
        if depth == 0 {
            for (ending, of) in CASES {
                cut(&[ending], *of, false);
            }
            cut(HAVING, Case::Having, false);
        }
        if case == Case::None && !possessed {
            cut(ADJECTIVE, Case::Adjective, false);
        }
        if !possessed {
            cut(OWN, case, false);
            cut(POSSESSED, case, true);
        }
        cut(PLURAL, case, possessed);
    }
    best.map(|(_, analysed)| analysed)
}

/// "átlagár", "horrorfilm": the first part qualifies the second.
fn compound(word: &str) -> Option<Analysed> {
    let cuts: Vec<usize> =
        word.char_indices().map(|(at, _)| at).filter(|at| *at >= 4 && at + 2 <= word.len()).collect();
    for at in cuts {
        let (Some(first), Some(rest)) = (word.get(..at), word.get(at..)) else { continue };
        let before = match first {
            "ossz" => Some("total"),
            _ => {
                entry(first).filter(|(_, c)| matches!(c, Class::Noun | Class::Measure | Class::Adjective)).map(|e| e.0)
            }
        };
        let Some(before) = before.filter(|b| !b.is_empty()) else { continue };
        if let Some(mut found) = simple(rest).filter(|a| matches!(a.class, Class::Noun | Class::Measure)) {
            found.english = format!("{} {}", singular(before), found.english);
            return Some(found);
        }
    }
    None
}

/// What qualifies is in the singular: "product category".
fn singular(english: &str) -> String {
    match english {
        "companies" => "company".to_owned(),
        "deliveries" => "delivery".to_owned(),
        word if word.ends_with('s') && !word.ends_with("ss") && word.len() > 4 => word.trim_end_matches('s').to_owned(),
        word => word.to_owned(),
    }
}
