//! Words around a place that say what is wanted of it.

use crate::{
    plan::{Aggregate, Comparison},
    reading::Reading,
};

/// What the words before a name ask of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Context {
    /// The words between the previous name or value and this one, nearest last.
    pub words: Vec<String>,
    /// Only "and", commas and articles stand between.
    pub coordinated: bool,
    pub aggregates: Vec<Aggregate>,
    pub counted: bool,
    /// "how many different"
    pub distinct: bool,
    pub grouped: bool,
    pub ordered: bool,
    /// +1 most, −1 least.
    pub superlative: i8,
    pub negated: bool,
    /// "than the average"
    pub against_average: bool,
    /// After "whose", "with", "where" …: a condition is being said.
    pub conditional: bool,
}

const GLUE: &[&str] = &[
    "and",
    ",",
    "the",
    "their",
    "its",
    "a",
    "an",
    "as",
    "well",
    "also",
    "or",
    "both",
    "his",
    "her",
    "&",
    "corresponding",
    "then",
    "of",
];

/// The context of the tokens from `from` (end of the previous name or value) to before `to`.
pub(crate) fn context(reading: &Reading, from: usize, to: usize) -> Context {
    let from = from.max(to.saturating_sub(9));
    let words: Vec<String> = reading.words(from, to).map(str::to_owned).collect();
    let mut context = Context {
        coordinated: !words.is_empty()
            && words.iter().all(|w| GLUE.contains(&w.as_str()))
            && words.iter().any(|w| matches!(w.as_str(), "and" | "," | "or" | "&")),
        ..Context::default()
    };
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        let previous = at.checked_sub(1).and_then(|p| words.get(p)).map_or("", String::as_str);
        read_word(&mut context, word, previous, next);
    }
    context.words = words;
    context
}

fn read_word(context: &mut Context, word: &str, previous: &str, next: &str) {
    let mut aggregate = |a: Aggregate| {
        if !context.aggregates.contains(&a) {
            context.aggregates.push(a);
        }
    };
    match word {
        "average" | "mean" | "avg" | "averaged" => {
            aggregate(Aggregate::Avg);
            context.against_average |=
                previous == "than" || previous == "the" || previous == "above" || previous == "below";
        }
        "total" | "sum" | "combined" | "overall" | "altogether" => aggregate(Aggregate::Sum),
        "maximum" | "max" => {
            aggregate(Aggregate::Max);
            context.superlative = 1;
        }
        "minimum" | "min" => {
            aggregate(Aggregate::Min);
            context.superlative = -1;
        }
        "highest" | "largest" | "greatest" | "biggest" | "longest" | "most" | "best" | "latest" | "top" | "oldest" => {
            if word != "most" && word != "top" {
                aggregate(Aggregate::Max);
            }
            context.superlative = 1;
        }
        "lowest" | "smallest" | "least" | "fewest" | "shortest" | "worst" | "bottom" | "earliest" => {
            if previous == "at" {
                return;
            }
            if word != "least" && word != "fewest" && word != "bottom" {
                aggregate(Aggregate::Min);
            }
            context.superlative = -1;
        }
        "many" if previous == "how" => context.counted = true,
        "number" | "count" | "amount" if next == "of" || word == "count" || next.is_empty() => context.counted = true,
        "different" | "distinct" | "unique" => context.distinct = true,
        "each" | "every" | "per" => context.grouped = true,
        "by" if matches!(previous, "ordered" | "order") && matches!(next, "each" | "every" | "all" | "our") => {
            context.grouped = true
        }
        "by" if !matches!(previous, "sorted" | "ordered" | "ranked" | "order" | "sort" | "rank" | "arranged") => {
            context.grouped = true
        }
        "by" => context.ordered = true,
        "ordered" | "order" if next == "by" => context.ordered = true,
        "sorted" | "sort" | "ascending" | "descending" | "alphabetical" | "alphabetically" => context.ordered = true,
        "no" | "not" | "without" | "never" | "nor" | "neither" | "except" | "excluding" => context.negated = true,
        "with" if matches!(next, "their" | "its" | "the" | "his" | "her") => {}
        "whose" | "where" | "with" | "that" | "having" | "who" | "when" => context.conditional = true,
        _ => {}
    }
}

/// How a number or date is compared, from the words around it. `None` for "between".
pub(crate) fn comparison(reading: &Reading, start: usize, end: usize) -> (Comparison, usize) {
    // "above $180": the sign is part of the number.
    let start = if reading.before(start, 1) == "$" { start.saturating_sub(1) } else { start };
    let window: Vec<&str> = (1..=5).map(|b| reading.before(start, b)).collect();
    if let Some(op) = or_equal(&window) {
        return (op, 2);
    }
    let (w1, w2, w3) = (at(&window, 0), at(&window, 1), at(&window, 2));
    let (n1, n2) = (reading.lower(end), reading.lower(end + 1));
    // "200 or lower than 190" begins another bound.
    let another = reading.lower(end + 2) == "than";
    if n1 == "or" && !another || (n1 == "and" && matches!(n2, "above" | "over" | "below" | "under")) {
        match n2 {
            "more" | "above" | "higher" | "greater" | "over" | "later" | "longer" | "older" | "larger" | "after" => {
                return (Comparison::AtLeast, 2);
            }
            "less" | "fewer" | "below" | "lower" | "under" | "earlier" | "younger" | "smaller" | "before" => {
                return (Comparison::AtMost, 2);
            }
            _ => {}
        }
    }
    let negated = matches!(w2, "no" | "not") || matches!(w3, "no" | "not");
    let found = match (w2, w1) {
        ("at", "least") | (_, "minimum") => Some(Comparison::AtLeast),
        ("at", "most") | ("up", "to") | (_, "maximum") => Some(Comparison::AtMost),
        (word, "than") => than(word, w3),
        (_, "over" | "above" | "exceeding" | "exceeds" | "exceed" | "beyond" | "after" | ">" | "past" | "exceeded") => {
            Some(Comparison::Greater)
        }
        (_, "below" | "under" | "before" | "<" | "beneath") => Some(Comparison::Less),
        (_, "since" | "from") => Some(Comparison::AtLeast),
        (_, "until" | "till") => Some(Comparison::AtMost),
        (word, "to" | "of" | "the" | "a" | "year" | "$") if !matches!(word, "equal") => match (w3, word) {
            (_, "over" | "above" | "exceeding" | "after") => Some(Comparison::Greater),
            (_, "below" | "under" | "before") => Some(Comparison::Less),
            (comparative, "than") => than(comparative, at(&window, 3)),
            ("at", "least") | (_, "minimum") => Some(Comparison::AtLeast),
            ("at", "most") | (_, "maximum") => Some(Comparison::AtMost),
            _ => None,
        },
        _ => None,
    };
    // "At least participated in two"
    let apart = || {
        window.windows(2).find_map(|pair| match pair {
            ["least", "at"] => Some(Comparison::AtLeast),
            ["most", "at"] => Some(Comparison::AtMost),
            _ => None,
        })
    };
    match found.or_else(apart) {
        Some(op) if negated && w1 == "than" => (op.negated(), 3),
        Some(op) => (op, 2),
        None if matches!(w1, "not" | "except" | "excluding")
            || (matches!(w1, "equal" | "in" | "is") && w2 == "not") =>
        {
            (Comparison::NotEqual, 1)
        }
        None => (Comparison::Equal, 0),
    }
}

/// "Larger than or equal to", read backwards.
fn or_equal(window: &[&str]) -> Option<Comparison> {
    let equal = match window {
        ["to", "equal", rest @ ..] | ["equals", rest @ ..] => rest,
        _ => return None,
    };
    let comparative = match equal {
        ["or", "than", comparative, ..] | ["or", comparative, ..] => *comparative,
        _ => return None,
    };
    match than(comparative, "")? {
        Comparison::Less => Some(Comparison::AtMost),
        Comparison::Greater => Some(Comparison::AtLeast),
        _ => None,
    }
}

fn at<'a>(words: &[&'a str], position: usize) -> &'a str {
    words.get(position).copied().unwrap_or("")
}

fn than(comparative: &str, before: &str) -> Option<Comparison> {
    match comparative {
        "less" | "fewer" | "lower" | "smaller" | "younger" | "shorter" | "earlier" | "cheaper" | "lighter"
        | "slower" | "worse" | "lesser" | "below" => {
            Some(if before == "no" { Comparison::AtLeast } else { Comparison::Less })
        }
        "other" | "rather" => Some(Comparison::NotEqual),
        "" => None,
        _ if before == "no" => Some(Comparison::AtMost),
        _ => Some(Comparison::Greater),
    }
}

/// How text is matched: `Some` pattern builder for "contains", "starts with", "ends with".
pub(crate) fn pattern(reading: &Reading, start: usize, text: &str) -> Option<String> {
    let near: Vec<&str> = (1..=7).map(|b| reading.before(start, b)).collect();
    let has = |words: &[&str]| near.iter().any(|w| words.contains(w));
    let first_letter = near.windows(2).any(|w| matches!(w, ["letter" | "letters" | "character", "first"]));
    if first_letter || has(&["start", "starts", "starting", "begin", "begins", "beginning", "prefix", "initial"]) {
        return Some(format!("{text}%"));
    }
    if has(&["end", "ends", "ending", "suffix"]) && has(&["with", "in", "letter", "suffix"]) {
        return Some(format!("%{text}"));
    }
    let contains = has(&[
        "contain",
        "contains",
        "containing",
        "contained",
        "substring",
        "includes",
        "include",
        "including",
        "string",
        "word",
        "phrase",
        "letter",
        "letters",
        "like",
        "keyword",
        "part",
        "text",
    ]);
    contains.then(|| format!("%{text}%"))
}

/// Whether a value is negated: "not", "other than", "except", "n't" close before it.
pub(crate) fn value_negated(reading: &Reading, start: usize) -> bool {
    (1..=4).any(|b| {
        let word = reading.before(start, b);
        matches!(
            word,
            "not" | "except" | "excluding" | "never" | "outside" | "exclude" | "without" | "neither" | "nor" | "non"
        ) || (word == "than" && reading.before(start, b + 1) == "other")
    })
}
