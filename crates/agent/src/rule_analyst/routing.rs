//! Whether a message stands alone, takes a query or another chart; the title of a conversation.

use super::messages::{Message, classify};
use crate::analyst::{Asking, ChartNeed, Opinion, QueryNeed, Restated, Title};
use datafyme_nlq::Context;

/// Longest title in characters.
const MAX_TITLE: usize = 60;

/// The turn that a follow-up refers to, as the parser knows it.
pub(super) fn context(asking: &Asking) -> Option<Context> {
    let memo = asking.last_answered()?.memo.clone()?;
    serde_json::from_value(memo).ok()
}

pub(super) fn restate(asking: &Asking) -> Opinion<Restated> {
    // The parser reads a follow-up against the plan before it: the words stay as they are.
    let follow_up = match classify(asking) {
        Message::FollowUp | Message::Redraw(_) => asking.last_answered().is_some(),
        _ => false,
    };
    Opinion::Given(Restated { question: asking.question.clone(), follow_up })
}

pub(super) fn needs_query(asking: &Asking) -> Opinion<QueryNeed> {
    let (needed, why) = match classify(asking) {
        Message::History => (false, "it is about what was said before"),
        Message::Redraw(_) => (false, "the rows are those of the last answer"),
        Message::FollowUp => (true, "it changes the last question"),
        _ => (true, "it asks for data"),
    };
    Opinion::Given(QueryNeed { needed, why: why.to_owned() })
}

pub(super) fn needs_chart(asking: &Asking) -> Opinion<ChartNeed> {
    let needed = matches!(classify(asking), Message::Redraw(_)) && asking.last_answered().is_some();
    Opinion::Given(ChartNeed {
        needed,
        why: if needed { "the same rows, drawn differently" } else { "the earlier answers hold it" }.to_owned(),
    })
}

/// The question without its closing mark, cut at a word.
pub(super) fn title(question: &str) -> Opinion<Title> {
    let clean: String = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_end_matches(['?', '.', '!', ' ']);
    let mut title = String::new();
    for word in clean.split(' ') {
        if !title.is_empty() && title.chars().count() + 1 + word.chars().count() > MAX_TITLE {
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.extend(word.chars().take(MAX_TITLE));
    }
    let mut chars = title.chars();
    let title =
        chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str());
    if title.is_empty() {
        return Opinion::abstain("there are no words in it");
    }
    Opinion::Given(Title { title })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_short_and_whole_words() {
        let Opinion::Given(short) = title("how many  orders are there?") else { panic!("no title") };
        assert_eq!(short.title, "How many orders are there");
        let Opinion::Given(long) = title(&"word ".repeat(40)) else { panic!("no title") };
        assert!(long.title.ends_with("word…") && long.title.chars().count() <= 61, "{}", long.title);
    }
}
