//! The whole way from words to SQL.

use crate::{
    Alternative, CatalogIndex, EmptyRepair, Interpretation, Link, LinkTarget, Plan, Question, TableHit, Trial,
    candidates,
    catalog_index::Named,
    decide::{self, State, Tried},
    draft::lift,
    followup,
    rank::Weights,
    reading::Reading,
};

/// Reads `question`, tries its readings through `trial` and gives the best one, or declines.
#[must_use]
pub fn answer(index: &CatalogIndex, question: &Question<'_>, trial: &dyn Trial) -> Interpretation {
    let weights = Weights::trained();
    let reading = Reading::new(index, question.text, question.today);
    let tried = readings(index, question, &reading, trial, weights);
    let Some(best) = tried.first().filter(|t| t.state != State::Failed) else {
        return declined("No table or column of this data source matches the question.".to_owned(), index, None);
    };
    Interpretation::Understood {
        plan: best.candidate.plan.clone(),
        sql: best.candidate.sql.clone(),
        confidence: best.mass,
        alternatives: alternatives(&tried, best),
        links: links(index, &reading, question.text),
        chart_hint: None,
        notes: best.candidate.draft.notes.clone(),
    }
}

/// Tried readings of the question, best first: as a change of the last one where it looks like that, else alone.
fn readings(index: &CatalogIndex, question: &Question<'_>, reading: &Reading, trial: &dyn Trial, weights: &Weights) -> Vec<Tried> {
    let likelihood = followup::likelihood(reading);
    if let Some(last) = question.context.filter(|_| likelihood >= 0.5).and_then(|c| lift(index, &c.plan)) {
        let tried = decide::settle(candidates::follow(index, reading, &last, weights), trial, weights);
        let usable = |t: &Tried| t.state != State::Failed && (likelihood > 0.8 || t.candidate.unexplained.is_empty());
        if tried.first().is_some_and(usable) {
            return tried;
        }
    }
    decide::settle(candidates::generate(index, reading, weights), trial, weights)
}

fn declined(reason: String, index: &CatalogIndex, guess: Option<Alternative>) -> Interpretation {
    Interpretation::Declined { reason, suggestions: suggestions(index), guess }
}

fn alternatives(tried: &[Tried], best: &Tried) -> Vec<Alternative> {
    let mut seen = vec![best.state];
    let mut found = Vec::new();
    for one in tried.iter().skip(1) {
        if found.len() >= 3 || one.state == State::Failed || seen.contains(&one.state) {
            continue;
        }
        seen.push(one.state);
        found.push(Alternative { plan: one.candidate.plan.clone(), sql: one.candidate.sql.clone(), confidence: one.mass });
    }
    found
}

fn links(index: &CatalogIndex, reading: &Reading, text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for mention in &reading.mentions {
        let Some(option) = mention.options.first() else { continue };
        let (Some(first), Some(last)) = (reading.tokens.get(mention.start), reading.tokens.get(mention.end - 1)) else { continue };
        let target = match option.named {
            Named::Table(t) => index.table(t).name.clone().map(LinkTarget::Table),
            Named::Column(c) => index.table(index.table_of(c)).name.clone().map(|t| LinkTarget::Column(t, index.column(c).name.clone())),
        };
        if let (Some(target), Some(words)) = (target, text.get(first.start..last.end)) {
            found.push(Link { start: first.start, end: last.end, text: words.to_owned(), target });
        }
    }
    found
}

/// Schema linking alone: the tables that `text` is about, best first.
#[must_use]
pub fn link(_index: &CatalogIndex, _text: &str) -> Vec<TableHit> {
    Vec::new()
}

/// Questions that can surely be answered.
#[must_use]
pub fn suggestions(_index: &CatalogIndex) -> Vec<String> {
    Vec::new()
}

/// For a plan whose result is empty: the nearest values that are in the data.
#[must_use]
pub fn repair_empty(_index: &CatalogIndex, _plan: &Plan, _trial: &dyn Trial) -> Option<EmptyRepair> {
    None
}
