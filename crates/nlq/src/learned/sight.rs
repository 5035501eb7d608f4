//! What a question says, in the form in which the features of its candidates need it.

use crate::{CatalogIndex, catalog_index::Named, lexicon, reading::Reading, reading::ValueKind};

use super::{places::CuePlaces, softmax::bucket};

/// Words that ask for something.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cues {
    pub each: bool,
    pub average: bool,
    pub sum: bool,
    pub most: bool,
    pub least: bool,
    pub maximum: bool,
    pub minimum: bool,
    pub count: bool,
    pub order: bool,
    pub descending: bool,
    pub ascending: bool,
    pub negation: bool,
    pub different: bool,
    pub or: bool,
    pub both: bool,
    pub more: bool,
    pub less: bool,
    pub between: bool,
    pub and: usize,
    pub id: bool,
    pub details: bool,
    pub like: bool,
    pub common: bool,
}

/// A mention: where it begins, in tokens, and the things that it may name.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub start: usize,
    pub names: Vec<Named>,
}

/// A question as seen by the ranker.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    /// Per column: best name match, where it stands (in tokens), how far behind the best reading of that place.
    pub columns: Vec<(f32, usize, f32)>,
    pub tables: Vec<(f32, usize)>,
    /// Mentions that name something surely.
    pub strong: Vec<Place>,
    pub cues: Cues,
    pub cue_places: CuePlaces,
    /// Hashed words and word pairs, links masked, for the clause models.
    pub words: Vec<u32>,
}

/// Where nothing is mentioned.
pub(crate) const NOWHERE: usize = 999;

impl Sight {
    pub(crate) fn new(index: &CatalogIndex, reading: &Reading) -> Self {
        let mut sight = Self {
            columns: vec![(0.0, NOWHERE, 1.0); index.columns.len()],
            tables: vec![(0.0, NOWHERE); index.tables.len()],
            strong: Vec::new(),
            cues: cues(reading),
            cue_places: CuePlaces::of(reading, &|at| masked(reading, at)),
            words: words(reading),
        };
        for mention in &reading.mentions {
            let best = mention.options.first().map_or(0.0, |o| o.score);
            for option in &mention.options {
                match option.named {
                    Named::Column(c) => {
                        if let Some(slot) = sight.columns.get_mut(c)
                            && option.score as f32 > slot.0
                        {
                            *slot = (option.score as f32, mention.start, (best - option.score) as f32);
                        }
                    }
                    Named::Table(t) => {
                        if let Some(slot) = sight.tables.get_mut(t)
                            && option.score as f32 > slot.0
                        {
                            *slot = (option.score as f32, mention.start);
                        }
                    }
                }
            }
            let sure: Vec<Named> =
                mention.options.iter().filter(|o| o.score >= 0.85 && o.score + 0.3 > best).map(|o| o.named).collect();
            if !sure.is_empty() {
                sight.strong.push(Place { start: mention.start, names: sure });
            }
        }
        sight
    }

    pub(crate) fn column(&self, column: usize) -> (f32, usize, f32) {
        self.columns.get(column).copied().unwrap_or((0.0, NOWHERE, 1.0))
    }

    pub(crate) fn table(&self, table: usize) -> (f32, usize) {
        self.tables.get(table).copied().unwrap_or((0.0, NOWHERE))
    }
}

/// Whether a token is part of a constant that cannot be anything else.
fn masked(reading: &Reading, at: usize) -> bool {
    reading.values.iter().any(|v| v.is_certain() && v.start <= at && at < v.end)
}

fn cues(reading: &Reading) -> Cues {
    let has = |words: &[&str]| reading.tokens.iter().enumerate().any(|(at, t)| t.is(words) && !masked(reading, at));
    let phrase = |p: &str| reading.has_phrase(p);
    let least_of = phrase("at least") || phrase("at most");
    Cues {
        each: has(&["each", "every", "per"]),
        average: has(&["average", "mean", "avg", "averaged", "averages"]),
        sum: has(&["total", "sum", "altogether", "overall", "combined", "totals"]),
        most: has(&[
            "most", "highest", "largest", "biggest", "greatest", "longest", "oldest", "latest", "top", "best",
            "newest", "tallest", "heaviest", "fastest", "richest",
        ]) && !phrase("at most"),
        least: has(&[
            "least", "fewest", "lowest", "smallest", "shortest", "youngest", "earliest", "cheapest", "bottom", "worst",
            "lightest", "slowest",
        ]) && !least_of,
        maximum: has(&["maximum", "max", "maximal"]),
        minimum: has(&["minimum", "min", "minimal"]),
        count: phrase("how many") || has(&["number", "count", "numbers", "counts"]),
        order: reading.asks_order(),
        descending: crate::candidates::descending(reading),
        ascending: has(&["ascending", "alphabetical", "alphabetically", "lexicographic", "increasing", "asc"]),
        negation: has(&[
            "not",
            "no",
            "without",
            "never",
            "except",
            "excluding",
            "neither",
            "nor",
            "cannot",
            "none",
            "nobody",
            "nothing",
            "lack",
            "lacks",
            "lacking",
        ]),
        different: has(&["different", "distinct", "unique"]),
        or: has(&["or", "either"]),
        both: has(&["both"]),
        more: has(&["more", "above", "over", "greater", "larger", "higher", "after", "exceeds", "older", "longer"])
            || phrase("at least"),
        less: has(&["less", "below", "under", "fewer", "smaller", "lower", "before", "younger", "shorter"])
            || phrase("at most"),
        between: has(&["between"]),
        and: reading.tokens.iter().filter(|t| t.is(&["and", ","])).count(),
        id: has(&["id", "ids", "code", "codes", "key", "keys", "identifier", "identifiers"]),
        details: has(&["details", "detail", "information", "info", "everything", "records", "rows", "all"]),
        like: has(&[
            "contain",
            "contains",
            "containing",
            "include",
            "includes",
            "substring",
            "starts",
            "ends",
            "letter",
        ]),
        common: has(&["common", "popular", "frequent", "frequently", "commonly", "often", "majority"]),
    }
}

/// Words, pairs and triples of them, with names and constants replaced by what they are.
fn words(reading: &Reading) -> Vec<u32> {
    let mut masked_words: Vec<String> = vec!["^".to_owned()];
    let mut at = 0;
    while let Some(token) = reading.tokens.get(at) {
        let value = reading.values.iter().find(|v| v.is_certain() && v.start <= at && at < v.end);
        let mention = reading.mentions.iter().find(|m| m.tokens.contains(&at) && m.adjective.is_none());
        let word = match (value, mention.and_then(|m| m.options.first())) {
            (Some(v), _) => match v.kind {
                ValueKind::Text => "VAL".to_owned(),
                ValueKind::Number { .. } => "NUM".to_owned(),
                ValueKind::Date(_) => "DATE".to_owned(),
            },
            (None, Some(option)) if option.score >= 0.7 => match option.named {
                Named::Table(_) => "TAB".to_owned(),
                Named::Column(_) => "COL".to_owned(),
            },
            _ => token.stem.clone(),
        };
        if masked_words.last() != Some(&word) || word.chars().all(char::is_lowercase) {
            masked_words.push(word);
        }
        at += 1;
    }
    masked_words.push("$".to_owned());
    let mut features = Vec::new();
    for length in 1..=3 {
        for window in masked_words.windows(length) {
            features.push(bucket(&window.join(" ")));
        }
    }
    let told: Vec<&str> = masked_words
        .iter()
        .map(String::as_str)
        .filter(|w| !matches!(*w, "COL" | "TAB" | "the" | "a" | "an" | "of" | "is" | "are" | "^" | "$"))
        .collect();
    for window in told.windows(2).chain(told.windows(3)) {
        features.push(bucket(&format!("skip {}", window.join(" "))));
    }
    for token in reading.tokens.iter().filter(|t| t.is_word() && !lexicon::is_stop_word(&t.lower)) {
        features.push(bucket(&format!("raw {}", token.stem)));
    }
    let count = |what: &str| masked_words.iter().filter(|w| *w == what).count().min(4);
    for what in ["VAL", "NUM", "COL", "TAB", "and", ","] {
        features.push(bucket(&format!("n {what} {}", count(what))));
    }
    features.push(bucket(&format!("length {}", reading.tokens.len() / 5)));
    features.sort_unstable();
    features.dedup();
    features
}
