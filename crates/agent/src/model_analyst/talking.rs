//! Tasks around a question: screening, small talk, restating, routing, titles, earlier answers.

use super::{ModelAnalyst, Privacy, figures, inquiry::Inquiry, quoting, scene::Scene, turns};
use crate::{
    analyst::{Asking, ChartNeed, Ledger, Opinion, QueryNeed, Reply, Restated, Said, Screening, Title},
    prompts::{Prompt, prompt},
};
use datafyme_nlq::{Language, detect_language};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static SCREEN: LazyLock<Prompt> = prompt!("screen", Fast, 300);
static SMALL_TALK: LazyLock<Prompt> = prompt!("small_talk", Fast, 400);
static RESTATE: LazyLock<Prompt> = prompt!("restate", Fast, 400);
static NEEDS_QUERY: LazyLock<Prompt> = prompt!("needs_query", Fast, 200);
static NEEDS_CHART: LazyLock<Prompt> = prompt!("needs_chart", Fast, 200);
static ANSWER_FROM_HISTORY: LazyLock<Prompt> = prompt!("answer_from_history", Fast, 700);
static TITLE: LazyLock<Prompt> = prompt!("title", Fast, 100);

/// Tables named where a prompt only has to say what the data is about.
const NAMED_TABLES: usize = 40;
/// Questions suggested.
const SUGGESTIONS: usize = 3;
/// Longest title in characters.
const MAX_TITLE: usize = 60;
/// Longest reply in characters.
const MAX_TEXT: usize = 4_000;

/// A situation with the names of the tables.
#[derive(Debug, Serialize)]
struct Overview {
    #[serde(flatten)]
    scene: Scene,
    tables: Vec<String>,
    /// Tables that are not named.
    further: usize,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MessageKind {
    SmallTalk,
    Question,
    Declined,
}

/// What kind of message it is.
#[derive(Debug, Deserialize, JsonSchema)]
struct ScreeningReply {
    /// small_talk, question or declined.
    kind: MessageKind,
    /// Why it is declined, and what to ask instead, to the user; empty otherwise.
    #[serde(default)]
    reason: String,
    /// Up to three questions to ask instead; empty unless declined.
    #[serde(default)]
    suggestions: Vec<String>,
}

pub(super) async fn screen(analyst: &ModelAnalyst, asking: &Asking) -> Said<Screening> {
    let said = analyst.ask::<_, ScreeningReply>(&SCREEN, &overview(analyst, asking), &asking.ledger).await?;
    Ok(said.map(|reply| match reply.kind {
        MessageKind::SmallTalk => Screening::SmallTalk,
        MessageKind::Question => Screening::Relevant,
        MessageKind::Declined if reply.reason.trim().is_empty() => Screening::Relevant,
        MessageKind::Declined => Screening::Declined {
            reason: quoting::block(&reply.reason, MAX_TEXT),
            suggestions: suggestions(reply.suggestions),
        },
    }))
}

pub(super) async fn small_talk(analyst: &ModelAnalyst, asking: &Asking) -> Said<Reply> {
    let check = |reply: &Reply| spoken(&reply.text);
    let context = overview(analyst, asking);
    let inquiry = Inquiry { prompt: &SMALL_TALK, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let said = analyst.ask_checked::<_, Reply>(inquiry, check).await?;
    Ok(said.map(tidy))
}

pub(super) async fn restate(analyst: &ModelAnalyst, asking: &Asking) -> Said<Restated> {
    if asking.history.is_empty() {
        return Ok(Opinion::Given(Restated { question: asking.question.clone(), follow_up: false }));
    }
    let context = Scene::of(asking, analyst.options.privacy);
    let inquiry = Inquiry { prompt: &RESTATE, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let said = analyst.ask_checked::<_, Restated>(inquiry, |reply| spoken(&reply.question)).await?;
    Ok(said.map(|reply| Restated {
        question: if reply.follow_up { quoting::block(&reply.question, MAX_TEXT) } else { asking.question.clone() },
        follow_up: reply.follow_up,
    }))
}

pub(super) async fn needs_query(analyst: &ModelAnalyst, asking: &Asking) -> Said<QueryNeed> {
    if asking.history.is_empty() {
        return Ok(Opinion::Given(QueryNeed { needed: true, why: "it asks for data".to_owned() }));
    }
    analyst.ask(&NEEDS_QUERY, &Scene::of(asking, analyst.options.privacy), &asking.ledger).await
}

pub(super) async fn needs_chart(analyst: &ModelAnalyst, asking: &Asking) -> Said<ChartNeed> {
    if asking.last_answered().is_none() {
        return Ok(Opinion::Given(ChartNeed { needed: false, why: "nothing was queried before".to_owned() }));
    }
    analyst.ask(&NEEDS_CHART, &Scene::of(asking, analyst.options.privacy), &asking.ledger).await
}

/// A situation with the last result.
#[derive(Debug, Serialize)]
struct Remembered {
    #[serde(flatten)]
    scene: Scene,
    last: Option<turns::Rows>,
}

pub(super) async fn answer_from_history(analyst: &ModelAnalyst, asking: &Asking) -> Said<Reply> {
    if analyst.options.privacy < Privacy::Samples {
        return Ok(Opinion::abstain("The privacy setting keeps results from the language model."));
    }
    let last = asking.last_answered().map(|turn| &turn.answer);
    let context = Remembered {
        scene: Scene::of(asking, analyst.options.privacy),
        last: last.map(|a| turns::rows(&a.columns, &a.rows, a.truncated)),
    };
    let known = figures::Known::of_history(asking);
    let inquiry = Inquiry { prompt: &ANSWER_FROM_HISTORY, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let said = analyst
        .ask_checked::<_, Reply>(inquiry, |reply| {
            spoken(&reply.text)?;
            known.check(&reply.text)
        })
        .await?;
    Ok(said.map(tidy))
}

/// What a conversation is to be called.
#[derive(Debug, Serialize)]
struct Untitled {
    question: String,
    language: &'static str,
}

pub(super) async fn title(analyst: &ModelAnalyst, question: &str, ledger: &Ledger) -> Said<Title> {
    let language = match detect_language(question) {
        Language::En => "English",
        Language::Hu => "Hungarian",
        Language::Other => "the language of the question",
    };
    let context = Untitled { question: quoting::block(question, MAX_TEXT), language };
    let said = analyst.ask::<_, Title>(&TITLE, &context, ledger).await?;
    Ok(said.map(|reply| Title { title: quoting::line(reply.title.trim_matches(['"', '.', ' ']), MAX_TITLE) }))
}

fn overview(analyst: &ModelAnalyst, asking: &Asking) -> Overview {
    let tables = &asking.knowledge.catalog.tables;
    Overview {
        scene: Scene::of(asking, analyst.options.privacy),
        tables: tables.iter().take(NAMED_TABLES).map(|t| quoting::line(&t.name.to_string(), 80)).collect(),
        further: tables.len().saturating_sub(NAMED_TABLES),
    }
}

/// A reply has words.
fn spoken(text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err("its text is empty".to_owned()) } else { Ok(()) }
}

fn tidy(reply: Reply) -> Reply {
    Reply { text: quoting::block(&reply.text, MAX_TEXT), suggestions: suggestions(reply.suggestions) }
}

/// The first few that say something.
pub(super) fn suggestions(given: Vec<String>) -> Vec<String> {
    given.iter().map(|s| quoting::line(s, 200)).filter(|s| !s.is_empty()).take(SUGGESTIONS).collect()
}
