//! Cues in the question, and the words on the chart.

use super::columns::{Column, Part};
use datafyme_domain::{Period, chart::NumberFormat, names};

fn has_any(question: &str, cues: &[&str]) -> bool {
    let words = format!(" {} ", names::text_words(question).join(" "));
    cues.iter().any(|cue| words.contains(&format!(" {cue} ")))
}

/// "List …", "show all …": rows, not a drawing.
pub(super) fn asks_for_list(question: &str) -> bool {
    let words = names::text_words(question);
    words.first().is_some_and(|w| w == "list" || w == "enumerate")
        || has_any(question, &["list of", "list all", "list the", "as a table", "in a table", "details of"])
}

pub(super) fn asks_for_relation(question: &str) -> bool {
    const CUES: [&str; 14] = [
        "versus",
        "vs",
        "against",
        "correlate",
        "correlation",
        "correlated",
        "relationship",
        "relation between",
        "related to",
        "depend on",
        "depends on",
        "relate to",
        "compared with",
        "go together",
    ];
    has_any(question, &CUES)
}

pub(super) fn asks_for_distribution(question: &str) -> bool {
    has_any(question, &["distribution", "distributed", "histogram", "spread"])
}

pub(super) fn asks_for_share(question: &str) -> bool {
    const CUES: [&str; 9] =
        ["share", "shares", "percentage", "percent", "proportion", "proportions", "breakdown", "split", "fraction"];
    has_any(question, &CUES)
}

/// `order_count` → "Order count"; `COUNT(*)` → "Count"; `SUM(o.quantity)` → "Sum of quantity".
pub(super) fn readable(label: &str) -> String {
    let label = label.trim();
    if let Some((function, argument)) = label.strip_suffix(')').and_then(|l| l.split_once('(')) {
        let named = match function.trim().to_ascii_lowercase().as_str() {
            "count" => "Count",
            "sum" => "Sum",
            "avg" => "Average",
            "min" => "Lowest",
            "max" => "Highest",
            _ => return label.to_owned(),
        };
        let argument = argument.rsplit('.').next().unwrap_or_default().replace(['"', '*', '`'], "");
        let argument = argument.trim().trim_start_matches("distinct ").trim_start_matches("DISTINCT ");
        return match (named, argument) {
            (_, "") | ("Count", _) => named.to_owned(),
            ("Sum", argument) => format!("Sum of {}", plain(argument)),
            (_, argument) => format!("{named} {}", plain(argument)),
        };
    }
    let snake = !label.contains(' ');
    capitalised(&if snake { plain(label) } else { label.to_owned() })
}

/// Words of an identifier with their own letters kept: `Fő_utca` → `fő utca`.
fn plain(identifier: &str) -> String {
    let spaced = identifier.replace(['_', '.'], " ");
    if spaced.chars().any(char::is_lowercase) && !identifier.contains('_') && identifier.is_ascii() {
        names::identifier_words(identifier).join(" ")
    } else {
        spaced.trim().to_lowercase()
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Heading: the question without its politeness where it says enough, else what is drawn.
pub(super) fn title(question: &str, drawn: &str) -> String {
    const OPENERS: [&str; 20] = [
        "please ",
        "can you ",
        "could you ",
        "show me ",
        "show ",
        "give me ",
        "tell me ",
        "plot ",
        "draw ",
        "chart ",
        "i want to see ",
        "i would like to see ",
        "i need ",
        "display ",
        "what is ",
        "what are ",
        "what was ",
        "what were ",
        "what's ",
        "the ",
    ];
    let mut text = question.trim().trim_end_matches(['?', '.', '!', ' ']);
    while let Some(rest) = OPENERS.iter().find_map(|opener| {
        let head = text.get(..opener.len())?;
        head.eq_ignore_ascii_case(opener).then(|| text.get(opener.len()..)).flatten()
    }) {
        text = rest;
    }
    let words = names::text_words(text);
    let follow_up = ["and", "only", "now", "same", "instead", "but", "also", "as"];
    let enough = (3..=14).contains(&words.len()) && text.chars().count() <= 90;
    let whole = words.first().is_some_and(|w| !follow_up.contains(&w.as_str())) && !text.contains(['\n', '\t']);
    if enough && whole { capitalised(text) } else { drawn.to_owned() }
}

pub(super) fn number_format(measure: &Column) -> NumberFormat {
    let top = measure.greatest.abs().max(measure.least.abs());
    if measure.part == Part::Share && top <= 1.0 + 1e-9 {
        NumberFormat::Percent
    } else if top >= 1_000_000.0 {
        NumberFormat::Compact
    } else {
        NumberFormat::Plain
    }
}

/// `strftime` pattern for the axis; quarters and weeks have none that reads well, their labels stay as they are.
pub(super) fn date_format(time: &Column) -> Option<String> {
    let pattern = match time.period? {
        Period::Day => "%Y-%m-%d",
        Period::Month => "%b %Y",
        Period::Year => "%Y",
        Period::Week | Period::Quarter => return None,
    };
    Some(pattern.to_owned())
}
