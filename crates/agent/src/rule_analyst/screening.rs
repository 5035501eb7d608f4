//! What is a question, what is small talk, and what is neither; replies to small talk.

use super::messages::{Message, classify};
use crate::analyst::{Asking, Opinion, Reply, Screening};
use datafyme_domain::names::text_words;
use datafyme_nlq::{Language, SmallTalkKind, detect_language, suggestions};

/// Suggestions given with a decline or a reply.
const SUGGESTIONS: usize = 3;

/// Verbs that change data or its structure, wherever they begin a request.
const DESTRUCTIVE: &[&str] = &["delete", "drop", "truncate", "insert", "alter", "erase", "wipe", "purge"];
/// Verbs that do so when what they are applied to is data.
const CHANGING: &[&str] = &["update", "remove", "create", "add", "rename", "change", "modify", "edit"];
/// What data is called as the object of such a verb.
const DATA_WORDS: &[&str] = &[
    "table", "tables", "row", "rows", "record", "records", "column", "columns", "database", "schema", "entry", "user",
    "index", "view",
];
/// Objects of such a verb that are parts of a question, not data: "remove the filter".
const QUESTION_WORDS: &[&str] =
    &["filter", "filters", "condition", "limit", "chart", "title", "order", "it", "this", "that", "up", "them"];

pub(super) fn screen(asking: &Asking) -> Opinion<Screening> {
    let text = asking.question.as_str();
    let declined = |reason: String| Opinion::Given(Screening::Declined { reason, suggestions: suggested(asking) });
    if looks_like_sql(text) {
        return declined(
            "I take questions in plain words and write the SQL myself. Say what you want to know, for example \
             \"how many rows does each category have\", and look at the SQL of the answer."
                .to_owned(),
        );
    }
    if asks_for_change(asking) {
        return declined(
            "I only read: nothing in your database can be changed through me. Ask a question about the data instead."
                .to_owned(),
        );
    }
    match detect_language(text) {
        Language::En | Language::Hu => {}
        Language::Other => {
            return declined(
                "Sorry, I only understand questions in English and in Hungarian so far. Please ask in one of them."
                    .to_owned(),
            );
        }
    }
    match classify(asking) {
        Message::SmallTalk(_) => Opinion::Given(Screening::SmallTalk),
        Message::Unsupported(reason) => declined(reason),
        _ => Opinion::Given(Screening::Relevant),
    }
}

/// SQL, or a request to change data.
pub(super) fn is_refused(asking: &Asking) -> bool {
    looks_like_sql(&asking.question) || asks_for_change(asking)
}

pub(super) fn small_talk(asking: &Asking) -> Opinion<Reply> {
    let Message::SmallTalk(kind) = classify(asking) else {
        return Opinion::abstain("I did not understand that. Ask a question about the data.");
    };
    let name = &asking.knowledge.source.name;
    let text = match kind {
        SmallTalkKind::Greeting => format!("Hello! Ask me anything about {name}."),
        SmallTalkKind::Thanks => "You are welcome.".to_owned(),
        SmallTalkKind::Farewell => "Goodbye. This conversation stays here if you want to come back to it.".to_owned(),
        SmallTalkKind::WellBeing => format!("I am well, thank you. What would you like to know about {name}?"),
        SmallTalkKind::Capabilities => format!(
            "I am Datafyme. I turn questions about {name} ({} tables) into SQL, check it, run it read-only, and show \
             the result as text, a table or a chart. I can count, list, filter, add up, rank, compare and follow \
             things over time, and you can ask on: \"and by month?\", \"only for 2024\", \"as a pie\".",
            asking.knowledge.catalog.tables.len()
        ),
    };
    let suggestions = match kind {
        SmallTalkKind::Thanks | SmallTalkKind::Farewell => Vec::new(),
        _ => suggested(asking),
    };
    Opinion::Given(Reply { text, suggestions })
}

/// Questions that can surely be answered, about what the question names where it names something.
pub(super) fn suggested(asking: &Asking) -> Vec<String> {
    let knowledge = &asking.knowledge;
    let mut found: Vec<String> = Vec::new();
    for hit in datafyme_nlq::link(&knowledge.index, &asking.question).iter().take(SUGGESTIONS) {
        let documentation = knowledge.documentation.iter().find(|d| d.table == hit.table);
        found.extend(documentation.and_then(|d| d.common_questions.first().cloned()));
    }
    found.extend(suggestions(&knowledge.index));
    if found.is_empty() {
        found.extend(knowledge.documentation.iter().filter_map(|d| d.common_questions.first().cloned()));
    }
    let mut unique: Vec<String> = Vec::new();
    for question in found {
        if unique.len() < SUGGESTIONS && !unique.contains(&question) {
            unique.push(question);
        }
    }
    unique
}

/// Whether the text is SQL rather than words: a statement's skeleton without the small words of English in it.
fn looks_like_sql(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let pair = |a: &str, b: &str| words.windows(2).any(|w| matches!(w, [x, y] if *x == a && y.trim_matches(';') == b));
    if pair("insert", "into") || pair("delete", "from") || pair("drop", "table") || pair("truncate", "table") {
        return true;
    }
    if lower.contains("select *") || lower.contains("select count(") || pair("union", "select") {
        return true;
    }
    let select = words.iter().position(|w| *w == "select");
    let from = words.iter().position(|w| *w == "from");
    let (Some(select), Some(from)) = (select, from) else {
        return false;
    };
    if from <= select + 1 {
        return false;
    }
    const ENGLISH: &[&str] = &["the", "a", "an", "all", "of", "every", "each", "me", "and", "which", "that", "only"];
    let english = |w: &&str| ENGLISH.contains(w);
    let listed = words.get(select + 1..from).unwrap_or_default();
    let after = words.get(from + 1).copied().unwrap_or_default();
    !listed.iter().any(english) && !english(&after)
}

/// Whether the message asks to change data.
fn asks_for_change(asking: &Asking) -> bool {
    let words = text_words(&asking.question);
    let polite = ["please", "can", "could", "would", "you", "now", "just", "then", "i", "want", "to", "us", "lets"];
    let mut rest = words.iter().map(String::as_str).skip_while(|w| polite.contains(w));
    let Some(verb) = rest.next() else { return false };
    let object: Vec<&str> = rest.collect();
    if object.is_empty() || object.iter().take(2).any(|w| QUESTION_WORDS.contains(w)) {
        return false;
    }
    if DESTRUCTIVE.contains(&verb) {
        return true;
    }
    if !CHANGING.contains(&verb) {
        return false;
    }
    let names_data = object.iter().take(4).any(|w| DATA_WORDS.contains(w));
    let sets = verb != "add" && object.iter().any(|w| *w == "to" || *w == "set");
    let table = || {
        let object = object.iter().take(4).copied().collect::<Vec<_>>().join(" ");
        !datafyme_nlq::link(&asking.knowledge.index, &object).is_empty()
    };
    names_data || ((sets || matches!(object.first(), Some(&("a" | "an" | "new" | "all" | "every")))) && table())
}

#[cfg(test)]
mod tests {
    use super::looks_like_sql;

    #[test]
    fn sql_is_told_from_words_that_begin_alike() {
        for sql in [
            "SELECT * FROM orders",
            "select name, price from products where price > 10",
            "Run this: select id from t;",
            "DROP TABLE orders",
            "how many orders; delete from orders",
        ] {
            assert!(looks_like_sql(sql), "{sql}");
        }
        for words in [
            "Select the names of all products from Hungary",
            "select products from the warehouse",
            "How many orders came from company-1?",
            "Which products were selected?",
        ] {
            assert!(!looks_like_sql(words), "{words}");
        }
    }
}
