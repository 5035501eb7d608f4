//! What kind of message this is, before anything is looked up in depth.

use crate::{CatalogIndex, Question, answer::Spoken, followup, reading::Reading};
use datafyme_domain::{ChartKind, names::text_words};

/// Kind of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Courtesies and questions about Datafyme itself.
    SmallTalk(SmallTalkKind),
    /// About earlier questions and answers of the conversation.
    AboutHistory,
    /// The last result again, drawn differently: no new SQL.
    ChangeChart(ChartKind),
    /// A question that stands alone.
    NewQuery,
    /// A change of the last question.
    FollowUp,
    /// Nothing that can be answered with a query.
    Unsupported {
        /// Why, for people.
        reason: String,
    },
}

/// Kinds of small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalkKind {
    /// "hi"
    Greeting,
    /// "thanks"
    Thanks,
    /// "bye"
    Farewell,
    /// "how are you"
    WellBeing,
    /// "what can you do", "who are you"
    Capabilities,
}

/// Kind of the message: pure and cheap.
#[must_use]
pub fn classify(index: &CatalogIndex, question: &Question<'_>) -> Intent {
    let spoken = Spoken::of(index, question);
    match spoken.is_foreign() {
        true => in_english(index, &spoken.question(question)),
        false => in_english(index, question),
    }
}

fn in_english(index: &CatalogIndex, question: &Question<'_>) -> Intent {
    if question.context.is_some_and(|c| followup::edited(index, question.text, c).is_some()) {
        return Intent::FollowUp;
    }
    let head: String = question.text.chars().take(crate::tokens::MAX_CHARS).collect();
    let words = text_words(&head);
    let said = words.join(" ");
    if said.is_empty() {
        return Intent::Unsupported { reason: "The question is empty.".to_owned() };
    }
    if question.text.chars().count() > crate::tokens::MAX_CHARS {
        return Intent::Unsupported {
            reason: format!(
                "The question is longer than {} characters. Ask it in one or two sentences.",
                crate::tokens::MAX_CHARS
            ),
        };
    }
    if let Some(reason) = refused(&said, &words) {
        return Intent::Unsupported { reason };
    }
    let reading = Reading::new(index, &head, question.today);
    let names_data = reading.mentions.iter().any(|m| m.options.first().is_some_and(|o| o.score >= 0.7));
    if let Some(kind) = small_talk(&said, &words, names_data) {
        return Intent::SmallTalk(kind);
    }
    if question.context.is_some() {
        if let Some(kind) = chart_only(&words, &reading) {
            return Intent::ChangeChart(kind);
        }
        if about_history(&said) {
            return Intent::AboutHistory;
        }
        if followup::likelihood(&reading) >= 0.5 {
            return Intent::FollowUp;
        }
    } else if about_history(&said) {
        return Intent::AboutHistory;
    }
    Intent::NewQuery
}

/// SQL, and orders to change data.
fn refused(said: &str, words: &[String]) -> Option<String> {
    let first = words.first().map_or("", String::as_str);
    let has = |w: &str| words.iter().any(|x| x == w);
    let sql = match first {
        "select" => has("from"),
        "with" => has("as") && has("select"),
        "insert" => has("into"),
        "update" => has("set"),
        "delete" => has("from") && words.len() <= 3 || has("where"),
        "drop" | "alter" | "truncate" | "create" => has("table") || has("database") || has("index") || has("view"),
        _ => false,
    };
    let embedded = [" union select ", "; drop ", " drop table ", "or 1 1", " delete from ", " insert into "]
        .iter()
        .any(|p| format!(" {said} ").contains(p));
    if sql || embedded {
        return Some(
            "This looks like SQL. Ask in your own words; the SQL is written for you, and only ever reads.".to_owned(),
        );
    }
    let orders =
        ["delete", "drop", "remove", "insert", "update", "truncate", "erase", "wipe", "overwrite", "alter", "destroy"];
    let polite =
        words.iter().take(4).find(|w| !matches!(w.as_str(), "please" | "can" | "could" | "you" | "now" | "just"));
    let follow_up = words.len() <= 6 && has("filter");
    if polite.is_some_and(|w| orders.contains(&w.as_str())) && words.len() > 1 && !follow_up {
        return Some("I only read data: I cannot change or delete any of it.".to_owned());
    }
    None
}

/// What people ask about the assistant itself, in whole.
const CAPABILITIES: &[&str] = &[
    "help",
    "help me",
    "what can you do",
    "what can i ask",
    "what can i ask you",
    "what can you tell me",
    "who are you",
    "what are you",
    "how do you work",
    "how does this work",
    "what is this",
    "what do you do",
    "what can you help me with",
    "what is datafyme",
    "what do you know",
    "how can you help",
    "how can you help me",
];
/// Beginnings of thanks.
const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thx",
    "cheers",
    "great",
    "perfect",
    "awesome",
    "nice",
    "cool",
    "well done",
    "good job",
    "many thanks",
    "ok thanks",
    "okay thanks",
];
/// Beginnings of greetings.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "yo",
    "hiya",
    "szia",
    "ciao",
    "hallo",
];

fn small_talk(said: &str, words: &[String], names_data: bool) -> Option<SmallTalkKind> {
    let is = |phrases: &[&str]| phrases.contains(&said);
    let starts = |phrases: &[&str]| phrases.iter().any(|p| said == *p || said.starts_with(&format!("{p} ")));
    let short = words.len() <= 6;
    if is(CAPABILITIES)
        || (starts(&["what can you do", "what can i ask", "who are you", "what are you able"]) && !names_data)
    {
        return Some(SmallTalkKind::Capabilities);
    }
    if short && !names_data {
        if starts(&["how are you", "how is it going", "hows it going", "whats up", "how do you do"]) {
            return Some(SmallTalkKind::WellBeing);
        }
        if starts(THANKS) {
            return Some(SmallTalkKind::Thanks);
        }
        if starts(&["bye", "goodbye", "good bye", "see you", "good night"]) {
            return Some(SmallTalkKind::Farewell);
        }
        if starts(GREETINGS) {
            return Some(SmallTalkKind::Greeting);
        }
    }
    None
}

fn about_history(said: &str) -> bool {
    [
        "what did i ask",
        "what was my last question",
        "what was my first question",
        "what have i asked",
        "what did you say",
        "what did you answer",
        "previous question",
        "what was your last answer",
        "repeat your answer",
        "summarize our conversation",
        "summarise our conversation",
        "what have we talked",
        "what did we talk",
        "my earlier questions",
        "what was the last answer",
        "what questions have i asked",
        "summarize this conversation",
        "summarise this conversation",
    ]
    .iter()
    .any(|p| said.contains(p))
}

/// The chart that the words name.
pub(crate) fn named_chart(words: &[&str]) -> Option<ChartKind> {
    let has = |w: &[&str]| words.iter().any(|x| w.contains(x));
    let drawn = has(&["chart", "graph", "plot", "diagram", "as", "draw", "visualize", "visualise", "visualization"]);
    if has(&["pie", "donut", "doughnut"]) && drawn {
        return Some(ChartKind::Pie);
    }
    if has(&["scatter", "scatterplot"]) {
        return Some(ChartKind::Scatter);
    }
    if has(&["histogram"]) {
        return Some(ChartKind::Histogram);
    }
    if has(&["bubble"]) && drawn {
        return Some(ChartKind::Bubble);
    }
    if has(&["stacked"]) && drawn {
        return Some(ChartKind::StackedBar);
    }
    if has(&["mixed", "combo"]) && drawn {
        return Some(ChartKind::Mixed);
    }
    if has(&["line", "lines"]) && drawn {
        return Some(ChartKind::Line);
    }
    if has(&["bar", "bars", "column"]) && has(&["chart", "graph", "plot", "diagram", "as", "bars"]) {
        return Some(ChartKind::Bar);
    }
    None
}

/// Words around the name of a chart.
const AROUND_CHARTS: &[&str] = &[
    "as",
    "a",
    "an",
    "the",
    "chart",
    "graph",
    "plot",
    "diagram",
    "please",
    "show",
    "me",
    "it",
    "that",
    "this",
    "draw",
    "make",
    "in",
    "to",
    "into",
    "turn",
    "with",
    "now",
    "and",
    "instead",
    "of",
    "can",
    "you",
    "them",
    "those",
    "these",
    "same",
    "use",
    "visualize",
    "visualise",
    "display",
    "i",
    "want",
    "would",
    "like",
    "bars",
    "lines",
    "form",
    "change",
    "switch",
    "redraw",
    "on",
    "result",
    "results",
    "data",
    "rather",
    "than",
    "table",
];
/// Words that name a chart.
const CHARTS: &[&str] = &[
    "pie",
    "donut",
    "doughnut",
    "scatter",
    "scatterplot",
    "histogram",
    "bubble",
    "stacked",
    "mixed",
    "combo",
    "line",
    "bar",
    "column",
];

/// "As a pie chart, please": nothing but a chart is asked for.
fn chart_only(words: &[String], reading: &Reading) -> Option<ChartKind> {
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let only = plain.iter().all(|w| AROUND_CHARTS.contains(w) || CHARTS.contains(w));
    let bare = plain.iter().filter(|w| CHARTS.contains(w)).count() >= 1 && plain.len() <= 4;
    let kind = named_chart(&plain)
        .or_else(|| if bare && only { named_chart(&[plain.as_slice(), &["chart"]].concat()) } else { None })?;
    (only && reading.values.iter().all(|v| v.schema_like || v.hits.is_empty() || !v.is_certain())).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Knowledge, Plan};
    use datafyme_domain::{Catalog, Dialect};

    fn classified(text: &str, follows: bool) -> Intent {
        let catalog = Catalog { dialect: Dialect::Sqlite, tables: Vec::new() };
        let index = CatalogIndex::build(Knowledge { catalog: &catalog, relations: &[], documentation: &[] });
        let context = Context { question: "orders per month".to_owned(), plan: Plan::default() };
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        classify(&index, &Question { text, today, context: follows.then_some(&context) })
    }

    #[test]
    fn messages_are_told_apart() {
        assert_eq!(classified("Hi!", false), Intent::SmallTalk(SmallTalkKind::Greeting));
        assert_eq!(classified("thanks a lot", true), Intent::SmallTalk(SmallTalkKind::Thanks));
        assert_eq!(classified("What can you do?", false), Intent::SmallTalk(SmallTalkKind::Capabilities));
        assert_eq!(classified("What did I ask first?", true), Intent::AboutHistory);
        assert_eq!(classified("as a pie chart", true), Intent::ChangeChart(ChartKind::Pie));
        assert_eq!(classified("Show it as bars", true), Intent::ChangeChart(ChartKind::Bar));
        assert_eq!(classified("only for 2024", true), Intent::FollowUp);
        assert_eq!(classified("and by month?", true), Intent::FollowUp);
        assert_eq!(classified("How many orders are there?", true), Intent::NewQuery);
        assert!(matches!(classified("DROP TABLE orders", false), Intent::Unsupported { .. }));
        assert!(matches!(classified("please delete all orders", false), Intent::Unsupported { .. }));
        assert!(matches!(classified("SELECT * FROM orders", false), Intent::Unsupported { .. }));
        assert!(matches!(classified("  ", false), Intent::Unsupported { .. }));
        assert!(matches!(classified(&"why ".repeat(5_000), false), Intent::Unsupported { .. }));
    }
}
