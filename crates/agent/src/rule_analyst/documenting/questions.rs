//! Questions that a table can answer: asked of the parser first, and kept only when it understands them as being
//! about that table.

use super::{
    column,
    entity::{Entity, words},
};
use crate::analyst::TableSubject;
use datafyme_domain::{Table, TableRef};
use datafyme_nlq::{CatalogIndex, Interpretation, Question, Trial, TrialOutcome};

/// Questions kept per table.
const QUESTIONS: usize = 6;
/// Catalogs above this many tables get the plainest questions only: trying each one would take minutes.
const TRIED_TABLES: usize = 200;

/// Questions about the table that would be answered.
pub(super) async fn understood(subject: &TableSubject<'_>, entity: &Entity) -> Vec<String> {
    let mut asked = candidates(subject.table, entity);
    if subject.catalog.tables.len() > TRIED_TABLES {
        asked.truncate(1);
        return asked;
    }
    let (index, today, table) = (subject.index.get(), subject.today, subject.table.name.clone());
    let tried = tokio::task::spawn_blocking(move || {
        asked.retain(|text| is_about(&index, text, today, &table));
        asked.truncate(QUESTIONS);
        asked
    });
    tried.await.unwrap_or_default()
}

/// The question that any table answers.
pub(super) fn plainest(entity: &Entity) -> String {
    format!("{}?", counting(entity))
}

fn counting(entity: &Entity) -> String {
    // A name that is no plural is named as a table: what its plural would be is a guess.
    if entity.counted {
        format!("How many {} are there", entity.many)
    } else {
        format!("How many rows are there in {}", entity.one)
    }
}

fn candidates(table: &Table, entity: &Entity) -> Vec<String> {
    let many = if entity.counted { &entity.many } else { &entity.one };
    let counted = counting(entity);
    let measures = column::measures(table);
    let categories = column::categories(table);
    let date = column::date(table);
    let mut asked = vec![plainest(entity)];
    if let Some(date) = date {
        asked.push(format!("{counted} per {}?", column::grain(table, date)));
    }
    if let Some(category) = categories.first() {
        asked.push(format!("{counted} per {}?", words(&category.name)));
    }
    for measure in measures.iter().take(2) {
        let name = words(&measure.name);
        let of = if entity.counted { "of" } else { "in" };
        let whole = if column::is_additive(measure) { "total" } else { "average" };
        asked.push(format!("What is the {whole} {name} {of} {many}?"));
        if let Some(category) = categories.first() {
            asked.push(format!("What is the {whole} {name} {of} {many} per {}?", words(&category.name)));
        }
        asked.push(if entity.counted {
            format!("Which {many} have the highest {name}?")
        } else {
            format!("What is the highest {name} in {many}?")
        });
        if let Some(date) = date {
            asked.push(format!("What is the {whole} {name} {of} {many} by {}?", column::grain(table, date)));
        }
    }
    asked
}

fn is_about(index: &CatalogIndex, text: &str, today: chrono::NaiveDate, table: &TableRef) -> bool {
    let question = Question { text, today, context: None };
    match datafyme_nlq::answer(index, &question, &Untried) {
        Interpretation::Understood { plan, .. } => plan.tables().first() == Some(table),
        Interpretation::Declined { .. } => false,
    }
}

/// Tries nothing: no candidate is held to account for its rows.
struct Untried;

impl Trial for Untried {
    fn run(&self, _sql: &str) -> TrialOutcome {
        TrialOutcome::TimedOut
    }
}
