//! What kind of message it is: what the parser says, and, where it takes a message for a question about the data,
//! the turns of speech that are about what the agent showed: its SQL, its tables, its figures, its chart. Patterns cover the whole message, so that a question
//! that merely contains such words stays a question.

use super::routing::context;
use crate::analyst::Asking;
use datafyme_domain::{ChartKind, names::text_words};
use datafyme_nlq::{Intent, Question, SmallTalkKind};

/// Kind of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// Courtesies and questions about Datafyme itself.
    SmallTalk(SmallTalkKind),
    /// About earlier questions and answers.
    History,
    /// The last result again: as that chart, or as a table.
    Redraw(Option<ChartKind>),
    /// A change of the last question.
    FollowUp,
    /// A question that stands alone.
    Question,
    /// Nothing that a query can answer.
    Unsupported(String),
}

pub(super) fn classify(asking: &Asking) -> Message {
    let context = context(asking);
    let question = Question { text: &asking.question, today: asking.today, context: context.as_ref() };
    match datafyme_nlq::classify(&asking.knowledge.index, &question) {
        Intent::SmallTalk(kind) => Message::SmallTalk(kind),
        Intent::AboutHistory => Message::History,
        Intent::ChangeChart(kind) => Message::Redraw(Some(kind)),
        Intent::Unsupported { reason } => Message::Unsupported(reason),
        other => recognise(&asking.question).unwrap_or(if other == Intent::FollowUp {
            Message::FollowUp
        } else {
            Message::Question
        }),
    }
}

/// Longest message about the conversation, in words.
const LONGEST: usize = 12;

fn recognise(text: &str) -> Option<Message> {
    let words = text_words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.is_empty() || words.len() > LONGEST {
        return None;
    }
    redraw(&words).map(Message::Redraw).or_else(|| is_history(&words).then_some(Message::History))
}

/// "as a pie", "show that as a stacked bar chart instead", "as a table".
fn redraw(words: &[&str]) -> Option<Option<ChartKind>> {
    const AROUND: &[&str] = &[
        "show", "draw", "make", "display", "plot", "change", "turn", "convert", "switch", "give", "use", "me", "it",
        "that", "this", "them", "the", "result", "results", "data", "same", "to", "into", "as", "a", "an", "in",
        "with", "instead", "now", "please", "can", "could", "you", "chart", "charts", "graph", "plot", "diagram",
        "view", "and", "but", "i", "want", "would", "like", "rather", "of", "form", "format",
    ];
    let kind = |word: &&str| {
        Some(match *word {
            "bar" | "bars" | "column" | "columns" => Some(ChartKind::Bar),
            "stacked" => Some(ChartKind::StackedBar),
            "line" | "lines" => Some(ChartKind::Line),
            "pie" | "donut" | "doughnut" => Some(ChartKind::Pie),
            "scatter" | "scatterplot" => Some(ChartKind::Scatter),
            "bubble" | "bubbles" => Some(ChartKind::Bubble),
            "histogram" => Some(ChartKind::Histogram),
            "mixed" | "combo" | "combined" => Some(ChartKind::Mixed),
            "table" => None,
            _ => return None,
        })
    };
    if !words.iter().all(|w| AROUND.contains(w) || kind(w).is_some()) {
        return None;
    }
    let kinds: Vec<Option<ChartKind>> = words.iter().filter_map(kind).collect();
    match kinds.as_slice() {
        [one] => Some(*one),
        // "stacked bar" and "stacked columns" name one kind in two words.
        [Some(ChartKind::StackedBar), Some(ChartKind::Bar)] => Some(Some(ChartKind::StackedBar)),
        _ => None,
    }
}

fn is_history(words: &[&str]) -> bool {
    let has = |any: &[&str]| words.iter().any(|w| any.contains(w));
    let all_of = |allowed: &[&str]| words.iter().all(|w| allowed.contains(w));
    let back = ["that", "this", "it", "those", "these", "them", "last", "previous", "answer", "result", "before"];
    // What did I ask (before)? My last question?
    if (has(&["i", "we"]) && has(&["ask", "asked"]) && has(&["what", "which", "list", "show"]))
        || (has(&["my", "our"]) && has(&["question", "questions"]) && words.len() <= 7)
    {
        return true;
    }
    // Which SQL did you use? Show me the query of that.
    if has(&["sql"]) && has(&["which", "what", "show", "see", "the"]) && words.len() <= 8 {
        return true;
    }
    if has(&["query"]) && has(&["you", "that", "last", "previous"]) && has(&["which", "what", "show", "see"]) {
        return true;
    }
    // Explain that. How did you get that? What does it mean?
    if words.first() == Some(&"explain") && (words.len() == 1 || has(&back)) && words.len() <= 6 {
        return true;
    }
    if has(&["how"])
        && has(&["you"])
        && has(&["get", "calculate", "compute", "know", "find", "arrive", "come"])
        && has(&back)
    {
        return true;
    }
    if all_of(&["what", "does", "that", "this", "it", "mean", "do", "you", "by", "did"]) && has(&["mean"]) {
        return true;
    }
    if has(&["tables", "table"]) && has(&["you"]) && has(&["use", "used", "read", "join"]) {
        return true;
    }
    if all_of(&["are", "you", "sure", "about", "that", "is", "it", "correct", "right", "this", "really"])
        && has(&["sure", "correct"])
    {
        return true;
    }
    if all_of(&[
        "repeat", "say", "that", "again", "it", "please", "the", "last", "previous", "answer", "what", "was", "your",
    ]) && (has(&["repeat", "again"]) || has(&["answer"]))
    {
        return true;
    }
    extreme_of_last(words)
}

/// "What was the highest value?", "and the lowest one?", "what is the average of those?": an extreme of nothing named.
fn extreme_of_last(words: &[&str]) -> bool {
    const EXTREMES: &[&str] = &[
        "highest", "maximum", "max", "largest", "biggest", "lowest", "minimum", "min", "smallest", "average", "mean",
        "total", "sum", "peak",
    ];
    const REFERENCES: &[&str] =
        &["value", "values", "one", "figure", "number", "that", "those", "these", "them", "result"];
    const AROUND: &[&str] = &[
        "what", "was", "is", "were", "whats", "the", "which", "and", "of", "in", "there", "it", "all", "please",
        "again", "last", "answer", "tell", "me",
    ];
    let has = |any: &[&str]| words.iter().any(|w| any.contains(w));
    has(EXTREMES)
        && has(REFERENCES)
        && words.iter().all(|w| EXTREMES.contains(w) || REFERENCES.contains(w) || AROUND.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_the_conversation_are_recognised() {
        use Message::{History, Redraw};
        let cases = [
            ("as a pie", Redraw(Some(ChartKind::Pie))),
            ("show that as a stacked bar chart instead", Redraw(Some(ChartKind::StackedBar))),
            ("Can you change it to a line chart?", Redraw(Some(ChartKind::Line))),
            ("as a table please", Redraw(None)),
            ("what did I ask before?", History),
            ("list my previous questions", History),
            ("Which SQL did you use?", History),
            ("show me the sql", History),
            ("explain that", History),
            ("How did you calculate that?", History),
            ("what was the highest value?", History),
            ("and the lowest one?", History),
            ("are you sure?", History),
            ("which tables did you use?", History),
        ];
        for (text, message) in cases {
            assert_eq!(recognise(text), Some(message), "{text}");
        }
    }

    #[test]
    fn questions_about_the_data_stay_questions() {
        for text in [
            "What is the highest price?",
            "how many orders are there per month as a bar chart",
            "which customers asked for a refund",
            "total quantity of orders",
            "what is the average order value",
            "show the orders of table 5",
            "help desk tickets per week",
            "which number is the largest invoice number",
            "explain plan usage by customer",
            "what was the most common reason?",
            "pie sales by month",
            "",
        ] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }
}
