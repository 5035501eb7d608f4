//! Words with a part in the sentence and none in the query, and words that name parts of a query.

use crate::plan::{Aggregate, Grain};

const GLUE: &[&str] = &[
    "a",
    "about",
    "actually",
    "all",
    "also",
    "an",
    "and",
    "any",
    "anyone",
    "are",
    "as",
    "at",
    "available",
    "be",
    "been",
    "but",
    "by",
    "called",
    "came",
    "can",
    "come",
    "comes",
    "could",
    "data",
    "database",
    "did",
    "display",
    "do",
    "does",
    "during",
    "entry",
    "entries",
    "exist",
    "exists",
    "file",
    "find",
    "for",
    "from",
    "get",
    "give",
    "given",
    "go",
    "goes",
    "got",
    "had",
    "has",
    "have",
    "having",
    "held",
    "here",
    "hi",
    "hello",
    "how",
    "i",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "know",
    "kind",
    "list",
    "located",
    "made",
    "make",
    "many",
    "me",
    "much",
    "my",
    "now",
    "of",
    "ok",
    "okay",
    "on",
    "one",
    "ones",
    "only",
    "or",
    "our",
    "out",
    "placed",
    "place",
    "please",
    "present",
    "provide",
    "record",
    "recorded",
    "records",
    "return",
    "see",
    "show",
    "so",
    "tell",
    "than",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "up",
    "us",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "will",
    "with",
    "would",
    "you",
    "your",
    "ever",
    "different",
    "distinct",
    "individual",
    "he",
    "she",
    "his",
    "her",
    "if",
    "some",
    "such",
    "being",
    "belong",
    "belongs",
    "still",
    "want",
    "need",
    "like",
    "let",
    "look",
    "looking",
    "take",
    "took",
    "taken",
    "put",
    "set",
    "happen",
    "happened",
    "details",
    "detail",
    "information",
    "info",
    "overview",
    "name",
    "names",
    "named",
    "table",
    "own",
    "system",
    "s",
    "year",
    "last",
    "first",
    "time",
    "value",
    "values",
    "number",
    "numbers",
    "amount",
    "result",
    "results",
    "yet",
    "run",
    "ran",
    "runs",
    "shown",
    "too",
    "ship",
    "shipped",
    "sold",
    "sell",
    "drew",
    "draw",
    "arrived",
    "arrive",
    "moment",
    "right",
    "once",
    "instead",
    "again",
    "same",
    "current",
    "currently",
    "worldwide",
    "added",
    "born",
    "rated",
    "released",
    "hired",
    "earned",
    "paid",
    "play",
    "plays",
    "played",
    "went",
    "gone",
    "cost",
    "costs",
    "bring",
    "brought",
    "received",
    "receive",
    "work",
    "works",
    "live",
    "lives",
    "both",
    "whole",
    "altogether",
    "overall",
    "together",
    "combined",
    "row",
    "rows",
];

/// Words that need no explanation: they carry the sentence, not the question.
pub(super) fn is_glue(word: &str) -> bool {
    GLUE.contains(&word)
}

const PIVOTAL: &[&str] = &[
    "not",
    "no",
    "never",
    "without",
    "none",
    "neither",
    "nor",
    "except",
    "excluding",
    "but",
    "per",
    "each",
    "every",
    "most",
    "least",
    "fewest",
    "highest",
    "lowest",
    "largest",
    "smallest",
    "biggest",
    "more",
    "less",
    "fewer",
    "above",
    "below",
    "over",
    "under",
    "between",
    "before",
    "after",
    "average",
    "total",
    "percentage",
    "percent",
    "share",
    "ratio",
    "difference",
    "top",
    "bottom",
    "than",
    "median",
    "growth",
    "increase",
    "decrease",
    "change",
    "cumulative",
    "running",
    "correlation",
    "versus",
    "vs",
    "compared",
    "previous",
];

/// Words that turn a question round: a reading that passes one over is wrong, not doubtful.
pub(super) fn is_pivotal(word: &str) -> bool {
    PIVOTAL.contains(&word)
}

/// The period that a word names.
pub(super) fn grain(word: &str) -> Option<Grain> {
    Some(match word {
        "day" | "days" | "date" | "daily" => Grain::Day,
        "week" | "weeks" | "weekly" => Grain::Week,
        "month" | "months" | "monthly" => Grain::Month,
        "quarter" | "quarters" | "quarterly" => Grain::Quarter,
        "year" | "years" | "yearly" | "annual" | "annually" => Grain::Year,
        _ => return None,
    })
}

/// Whether the word says "per that period" on its own.
pub(super) fn is_grain_adverb(word: &str) -> bool {
    matches!(word, "daily" | "weekly" | "monthly" | "quarterly" | "yearly" | "annual" | "annually")
}

/// The aggregate that a word asks for.
pub(super) fn aggregate(word: &str) -> Option<Aggregate> {
    Some(match word {
        "average" | "mean" | "avg" | "typical" => Aggregate::Avg,
        "total" | "sum" | "totals" => Aggregate::Sum,
        "highest" | "maximum" | "max" | "largest" | "biggest" | "greatest" | "longest" => Aggregate::Max,
        "lowest" | "minimum" | "min" | "smallest" | "least" | "shortest" => Aggregate::Min,
        _ => return None,
    })
}

/// Words for "pieces of whatever is counted in a quantity".
pub(super) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "unit" | "units" | "piece" | "pieces" | "item" | "items" | "goods" | "quantity" | "quantities" | "volume"
    )
}

/// Words for people who come to see something.
pub(super) fn is_audience(word: &str) -> bool {
    matches!(
        word,
        "visitor" | "visitors" | "viewer" | "viewers" | "spectator" | "spectators" | "audience" | "people" | "tickets"
    )
}

/// Words for money taken.
pub(super) fn is_revenue(word: &str) -> bool {
    matches!(word, "revenue" | "revenues" | "turnover" | "sales" | "income")
}

/// Measuring units that follow a number and say nothing about which column.
pub(super) fn is_measuring_unit(word: &str) -> bool {
    matches!(
        word,
        "minutes"
            | "minute"
            | "hours"
            | "hour"
            | "days"
            | "seconds"
            | "dollars"
            | "dollar"
            | "euros"
            | "euro"
            | "percent"
            | "%"
            | "$"
            | "€"
            | "kg"
            | "km"
            | "meters"
            | "metres"
            | "gb"
            | "points"
            | "years"
    )
}

/// Multiplier after a number.
pub(super) fn multiplier(word: &str) -> Option<f64> {
    Some(match word {
        "thousand" => 1e3,
        "million" | "millions" => 1e6,
        "billion" | "billions" => 1e9,
        _ => return None,
    })
}

/// Words that name people: what is asked by "who".
pub(super) const PERSON_STEMS: &[&str] = &[
    "employe", "employee", "person", "actor", "customer", "student", "teacher", "player", "staff", "user", "member",
    "people", "singer", "artist", "patient", "doctor", "driver", "author", "dolgozo",
];
