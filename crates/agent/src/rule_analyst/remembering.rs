//! Answers to questions about earlier questions and answers, from the persisted runs alone.

use super::{
    messages::{Message, classify},
    screening::suggested,
};
use crate::{
    analyst::{Abstention, Asking, Opinion, PastTurn, Reply},
    wording::{count, list, number},
};
use datafyme_domain::{RunStatus, Value, names::text_words};

/// Earlier questions listed.
const LISTED: usize = 10;

pub(super) fn answer_from_history(asking: &Asking) -> Opinion<Reply> {
    let words = text_words(&asking.question);
    let has = |any: &[&str]| words.iter().any(|w| any.contains(&w.as_str()));
    if asking.history.is_empty() {
        return Opinion::Abstained(Abstention {
            reason: "This is the start of our conversation: there is nothing before it yet. Ask a question about the \
                     data first."
                .to_owned(),
            suggestions: suggested(asking),
            ..Abstention::default()
        });
    }
    if let Message::Redraw(_) = classify(asking) {
        return Opinion::Abstained(Abstention {
            reason: "There is no result before this that could be drawn. Ask a question about the data first."
                .to_owned(),
            suggestions: suggested(asking),
            ..Abstention::default()
        });
    }
    let text = if has(&["ask", "asked", "question", "questions"]) {
        Some(questions(asking))
    } else {
        asking.last_answered().and_then(|turn| about(turn, &has))
    };
    let text = text.or_else(|| {
        let last = asking.history.last()?;
        has(&["answer", "say", "said", "repeat", "again", "tell"]).then(|| last.answer.text.clone())
    });
    match text {
        Some(text) => Opinion::Given(Reply { text, suggestions: Vec::new() }),
        None => Opinion::Abstained(Abstention {
            reason: "I cannot tell that from the earlier answers. I can say what you asked, show the SQL of the last \
                     answer, explain it, or name its highest, lowest, total or average value."
                .to_owned(),
            suggestions: vec![
                "What did I ask before?".to_owned(),
                "Which SQL did you use?".to_owned(),
                "What was the highest value?".to_owned(),
            ],
            ..Abstention::default()
        }),
    }
}

fn questions(asking: &Asking) -> String {
    let skip = asking.history.len().saturating_sub(LISTED);
    let turns: Vec<&PastTurn> = asking.history.iter().skip(skip).collect();
    if let [only] = turns.as_slice() {
        return format!("You asked: \"{}\"", only.question);
    }
    let mut text = "You asked:".to_owned();
    for (turn, n) in turns.iter().zip(skip + 1..) {
        let end = match turn.answer.status {
            RunStatus::Answered => "",
            RunStatus::Declined => " (not answered)",
            RunStatus::Failed => " (failed)",
            RunStatus::Cancelled => " (cancelled)",
            RunStatus::Running => " (under way)",
        };
        text.push_str(&format!("\n{n}. {}{end}", turn.question));
    }
    text
}

/// What is asked of the last result.
fn about(turn: &PastTurn, has: &dyn Fn(&[&str]) -> bool) -> Option<String> {
    let answer = &turn.answer;
    if has(&["sql", "query", "statement"]) {
        return answer.sql.as_ref().map(|sql| format!("\"{}\" was answered with:\n{sql}", turn.question));
    }
    if (has(&["mean"]) && has(&["does", "do", "did"]))
        || has(&["explain", "explanation", "understand", "understood", "interpret", "why"])
        || (has(&["how"]) && has(&["get", "got", "calculate", "calculated", "compute", "computed", "come", "know"]))
    {
        return Some(explanation(turn));
    }
    if has(&["table", "tables", "source", "sources", "joined", "joins"]) {
        let tables: Vec<String> = answer.tables.iter().map(ToString::to_string).collect();
        let relations: Vec<String> = answer.relations.iter().map(datafyme_domain::Relation::label).collect();
        let mut text = format!("It read {}.", list(&tables));
        if !relations.is_empty() {
            text.push_str(&format!(" It joined along {}.", list(&relations)));
        }
        return Some(text);
    }
    if has(&["sure", "confident", "trust", "checks", "checked", "correct"]) {
        let checks: Vec<&str> = answer.checks.iter().map(|c| c.detail.as_str()).collect();
        return Some(checks.join("\n"));
    }
    if has(&["rows", "many"]) {
        let more = if answer.truncated { ", and there are more" } else { "" };
        return Some(format!("The last answer has {} rows{more}.", count(answer.rows.len() as f64)));
    }
    figure(turn, has)
}

fn explanation(turn: &PastTurn) -> String {
    let answer = &turn.answer;
    let mut text = format!(
        "I understood \"{}\" as: {}.",
        turn.question,
        answer.interpretation.as_deref().unwrap_or("it stands").trim_end_matches('.')
    );
    if !answer.tables.is_empty() {
        let tables: Vec<String> = answer.tables.iter().map(ToString::to_string).collect();
        text.push_str(&format!(" It reads {}", list(&tables)));
        let relations: Vec<String> = answer.relations.iter().map(datafyme_domain::Relation::label).collect();
        if !relations.is_empty() {
            text.push_str(&format!(", joined along {}", list(&relations)));
        }
        text.push('.');
    }
    for check in answer.checks.iter().filter(|c| c.result != datafyme_domain::run::CheckResult::Passed) {
        text.push_str("\n- ");
        text.push_str(&check.detail);
    }
    text
}

/// A figure of the last result: its highest, lowest, total or average.
fn figure(turn: &PastTurn, has: &dyn Fn(&[&str]) -> bool) -> Option<String> {
    let answer = &turn.answer;
    let position = answer.columns.iter().rposition(|c| {
        c.column_type.is_numeric() && !datafyme_domain::names::identifier_words(&c.name).iter().any(|w| w == "id")
    })?;
    let label = &answer.columns.get(position)?.name;
    let of = |row: &[Value]| row.get(position).and_then(Value::as_f64).filter(|v| v.is_finite());
    let figures: Vec<f64> = answer.rows.iter().filter_map(|r| of(r)).collect();
    if figures.is_empty() {
        return None;
    }
    let named = |wanted: f64| {
        let row = answer.rows.iter().find(|r| of(r) == Some(wanted))?;
        let names: Vec<String> = row
            .iter()
            .enumerate()
            .filter(|(i, v)| *i != position && !v.is_null())
            .map(|(_, v)| v.to_string())
            .take(2)
            .collect();
        (!names.is_empty()).then(|| format!(" ({})", names.join(", ")))
    };
    let shown = if answer.truncated { "Of the rows shown, the" } else { "The" };
    let at = |what: &str, value: f64| {
        Some(format!("{shown} {what} {label} was {}{}.", number(value), named(value).unwrap_or_default()))
    };
    let sum: f64 = figures.iter().sum();
    if has(&["highest", "maximum", "max", "largest", "biggest", "most", "top", "best", "peak"]) {
        at("highest", figures.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    } else if has(&["lowest", "minimum", "min", "smallest", "least", "fewest", "worst", "bottom"]) {
        at("lowest", figures.iter().copied().fold(f64::INFINITY, f64::min))
    } else if has(&["average", "mean", "avg"]) {
        Some(format!("{shown} average {label} was {}.", number(sum / figures.len() as f64)))
    } else if has(&["total", "sum", "altogether", "together"]) {
        Some(format!("{shown} {label} values add up to {}.", number(sum)))
    } else if has(&["value", "figure", "number", "result"]) && figures.len() == 1 {
        at("value of", sum)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
