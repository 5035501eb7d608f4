//! The whole way from words to SQL.

use crate::{
    Alternative, CatalogIndex, Intent, Interpretation, Link, LinkTarget, Question, TableHit, Trial, TrialOutcome,
    candidates,
    catalog_index::Named,
    classify,
    decide::{self, State, Tried},
    draft::{lift, realise},
    followup, grammar,
    intent::named_chart,
    rank::Weights,
    reading::Reading,
    suggest::suggestions,
};
use std::collections::BTreeMap;

/// Reads `question`, tries its readings through `trial` and gives the best one, or declines.
#[must_use]
pub fn answer(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Interpretation {
    if let Intent::Unsupported { reason } = classify(index, question) {
        return declined(reason, index, None);
    }
    if let Some(strict) = strictly(index, question, trial) {
        return strict;
    }
    let weights = Weights::trained();
    let reading = Reading::new(index, question.text, question.today);
    let tried = readings(index, question, &reading, trial, weights);
    let Some(best) = tried.first().filter(|t| t.state != State::Failed) else {
        return declined("No table or column of this data source matches the question.".to_owned(), index, None);
    };
    if let Some(reason) = doubt(&reading, best) {
        let guess = Alternative {
            plan: best.candidate.plan.clone(),
            sql: best.candidate.sql.clone(),
            confidence: best.confidence(&reading),
        };
        return declined(reason, index, Some(guess));
    }
    let words: Vec<&str> = reading.words(0, reading.tokens.len()).collect();
    Interpretation::Understood {
        plan: best.candidate.plan.clone(),
        sql: best.candidate.sql.clone(),
        confidence: best.confidence(&reading),
        alternatives: alternatives(&reading, &tried, best),
        links: links(index, &reading, question.text),
        chart_hint: named_chart(&words),
        notes: notes(&reading, best),
    }
}

/// Below this a reading is not shown as an answer: a wrong number told with confidence is worse than none.
const UNSURE: f64 = 0.45;

/// Why the best reading should not be shown as an answer.
fn doubt(reading: &Reading, best: &Tried) -> Option<String> {
    let meaningful = reading.mentions.iter().any(|m| m.options.first().is_some_and(|o| o.score >= 0.6))
        || reading.values.iter().any(|v| !v.hits.is_empty());
    if !meaningful && !best.candidate.edited {
        return Some("Nothing in the question names a table, a column or a value of this data source.".to_owned());
    }
    let unexplained = &best.candidate.unexplained;
    let words: Vec<&str> = unexplained.iter().map(|t| reading.lower(*t)).collect();
    let content = reading.tokens.iter().filter(|t| t.is_word() && !crate::lexicon::is_filler(&t.lower)).count();
    if words.len() >= 3 && words.len() * 2 > content {
        return Some(format!("I could not place \u{201c}{}\u{201d} in this data source.", words.join(" ")));
    }
    let confidence = best.confidence(reading);
    if confidence < UNSURE {
        return Some(format!(
            "I am not sure enough that I understand the question ({:.0} % sure). Name the table and the columns that it is about.",
            100.0 * confidence
        ));
    }
    None
}

/// What the reader should know.
fn notes(reading: &Reading, best: &Tried) -> Vec<String> {
    let mut notes = best.candidate.draft.notes.clone();
    if reading.dates.iter().any(|d| d.guessed_year) {
        notes.push("No year was given: the latest one that has begun is meant.".to_owned());
    }
    let unused: Vec<&str> = best.candidate.unexplained.iter().map(|t| reading.lower(*t)).collect();
    if !unused.is_empty() {
        notes.push(format!("Not used: {}.", unused.join(", ")));
    }
    notes
}

/// Tried readings of the question, best first: as a change of the last one where it looks like that, else alone.
fn readings(
    index: &CatalogIndex,
    question: &Question<'_>,
    reading: &Reading,
    trial: &dyn Trial,
    weights: &Weights,
) -> Vec<Tried> {
    let likelihood = followup::likelihood(reading);
    if let Some(last) = question.context.filter(|_| likelihood >= 0.5).and_then(|c| lift(index, &c.plan)) {
        let tried = decide::settle(candidates::follow(index, reading, &last, weights), trial, weights);
        let usable = |t: &Tried| t.state != State::Failed && (likelihood > 0.8 || t.candidate.unexplained.is_empty());
        if tried.first().is_some_and(usable) {
            return tried;
        }
    }
    decide::settle(candidates::generate(index, reading, weights, true), trial, weights)
}

/// Least certainty at which the strict reading is taken without a look at others.
const STRICT: f64 = 0.7;

/// The strict reading, where it accounts for the words and runs.
fn strictly(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Option<Interpretation> {
    let mut questions: Vec<&str> = question.context.map(|c| c.question.split('\n').collect()).unwrap_or_default();
    if !grammar::is_follow_up(question.text) {
        questions.clear();
    }
    questions.push(question.text);
    let strict = grammar::read(index, &questions, question.today)?;
    let plan = realise(index, &strict.draft, &|_| 0.0)?;
    let sql = plan.to_sql(index.dialect);
    if strict.certainty < STRICT || matches!(trial.run(&sql), TrialOutcome::Failed(_)) {
        return None;
    }
    Some(Interpretation::Understood {
        plan,
        sql,
        confidence: strict.certainty,
        alternatives: Vec::new(),
        links: Vec::new(),
        chart_hint: None,
        notes: strict.draft.notes.clone(),
    })
}

/// The questions that a message has to be read with, joined by line breaks: what a [`crate::Context`] remembers.
#[must_use]
pub fn trail(context: Option<&crate::Context>, text: &str) -> String {
    match context.filter(|_| grammar::is_follow_up(text)) {
        Some(context) => format!("{}\n{text}", context.question),
        None => text.to_owned(),
    }
}

fn declined(reason: String, index: &CatalogIndex, guess: Option<Alternative>) -> Interpretation {
    Interpretation::Declined { reason, suggestions: suggestions(index), guess }
}

fn alternatives(reading: &Reading, tried: &[Tried], best: &Tried) -> Vec<Alternative> {
    let mut seen = vec![best.state];
    let mut found = Vec::new();
    for one in tried.iter().skip(1) {
        if found.len() >= 3 || one.state == State::Failed || seen.contains(&one.state) {
            continue;
        }
        seen.push(one.state);
        found.push(Alternative {
            plan: one.candidate.plan.clone(),
            sql: one.candidate.sql.clone(),
            confidence: one.confidence(reading),
        });
    }
    found
}

fn links(index: &CatalogIndex, reading: &Reading, text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for mention in &reading.mentions {
        let Some(option) = mention.options.first() else {
            continue;
        };
        let (Some(first), Some(last)) = (reading.tokens.get(mention.start), reading.tokens.get(mention.end - 1)) else {
            continue;
        };
        let target = match option.named {
            Named::Table(t) => index.table(t).name.clone().map(LinkTarget::Table),
            Named::Column(c) => {
                index.table(index.table_of(c)).name.clone().map(|t| LinkTarget::Column(t, index.column(c).name.clone()))
            }
        };
        if let (Some(target), Some(words)) = (target, text.get(first.start..last.end)) {
            found.push(Link { start: first.start, end: last.end, text: words.to_owned(), target });
        }
    }
    found
}

/// Schema linking alone: the tables that `text` is about, best first.
#[must_use]
pub fn link(index: &CatalogIndex, text: &str) -> Vec<TableHit> {
    let today = chrono::NaiveDate::default();
    let reading = Reading::new(index, text, today);
    let weights = Weights::trained();
    let mut scores: BTreeMap<usize, (f64, Vec<String>)> = BTreeMap::new();
    let mut add = |table: usize, score: f64, words: Option<String>| {
        let entry = scores.entry(table).or_default();
        entry.0 += score;
        if let Some(words) = words.filter(|w| !entry.1.contains(w)) {
            entry.1.push(words);
        }
    };
    // Tables of the likeliest readings come first; names and values decide among the rest.
    let candidates = candidates::generate(index, &reading, weights, true);
    let best = candidates.first().map_or(0.0, |c| c.score);
    let total: f64 = candidates.iter().map(|c| (c.score - best).exp()).sum();
    for candidate in &candidates {
        let share = (candidate.score - best).exp() / total.max(1e-9);
        for name in candidate.plan.tables() {
            if let Some(table) = index.find_table(&name) {
                add(table, 3.0 * share, None);
            }
        }
    }
    for mention in &reading.mentions {
        let words: Vec<&str> = reading.words(mention.start, mention.end).collect();
        for (rank, option) in mention.options.iter().enumerate() {
            let (table, weight) = match option.named {
                Named::Table(t) => (t, 1.0),
                Named::Column(c) => (index.table_of(c), 0.5),
            };
            add(table, option.score * weight / (1.0 + rank as f64), Some(words.join(" ")));
        }
    }
    for value in &reading.values {
        for (column, _, quality) in value.hits.iter().take(6) {
            add(index.table_of(*column), quality * 0.6 / value.hits.len().min(6) as f64, Some(value.text.clone()));
        }
    }
    let mut hits: Vec<TableHit> = scores
        .into_iter()
        .flat_map(|(table, (score, words))| {
            let facts = index.table(table);
            let names = if facts.siblings.is_empty() {
                facts.name.clone().into_iter().collect::<Vec<_>>()
            } else {
                facts.siblings.iter().map(|s| s.table.clone()).collect()
            };
            names.into_iter().map(move |table| TableHit { table, score, words: words.clone() }).collect::<Vec<_>>()
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.table.cmp(&b.table)));
    let mut seen = Vec::new();
    hits.retain(|h| {
        !seen.contains(&h.table) && {
            seen.push(h.table.clone());
            true
        }
    });
    hits
}
