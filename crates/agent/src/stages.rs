//! What each stage does: one file per stage. A stage reads the state, asks the analyst, the stores or the customer's
//! database, and returns an outcome; it changes nothing itself.

mod answer_from_history;
mod check;
mod choose;
mod choose_chart;
mod describe;
mod execute;
mod expand;
mod generate;
mod map_columns;
mod needs_chart;
mod needs_query;
mod repair_empty;
mod repair_query;
mod rephrase;
mod reply;
mod rerank;
mod restate;
mod retrieve;
mod screen;
mod validate;

use crate::{
    AgentError, AgentParts,
    analyst::{Asking, Ledger, PastTurn, QueryDraft, ResultView},
    graph::{AnswerStage, Outcome, RepresentStage, Stage, State, WriteQueryStage},
    join_ledger,
    knowledge::SourceKnowledge,
    workbench::Workbench,
};
use chrono::NaiveDate;
use datafyme_domain::{Effort, VerifiedQuery};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use retrieve::retrieve;

/// What stages work with.
#[derive(Debug, Clone)]
pub(crate) struct StageContext {
    pub(crate) parts: AgentParts,
    pub(crate) knowledge: Arc<SourceKnowledge>,
    pub(crate) history: Arc<Vec<PastTurn>>,
    pub(crate) bench: Workbench,
    pub(crate) verified: Arc<Vec<VerifiedQuery>>,
    pub(crate) effort: Effort,
    pub(crate) ledger: Ledger,
    pub(crate) today: NaiveDate,
    /// What is said on the way.
    pub(crate) saying: UnboundedSender<String>,
}

impl StageContext {
    fn asking(&self, state: &State) -> Asking {
        Asking {
            question: state.question.clone(),
            today: self.today,
            knowledge: self.knowledge.clone(),
            history: self.history.clone(),
            verified: self.verified.clone(),
            effort: self.effort,
            ledger: self.ledger.clone(),
        }
    }

    /// Says something to whoever watches the run; nobody may be there.
    fn say(&self, text: impl Into<String>) {
        let _ = self.saying.send(text.into());
    }

    fn name(&self) -> &str {
        &self.knowledge.source.name
    }
}

/// Runs one stage.
///
/// # Errors
/// Failures of the analyst itself and of our own stores; everything else is an outcome.
pub(crate) async fn run(stage: Stage, context: &StageContext, state: &State) -> Result<Outcome, AgentError> {
    match stage {
        Stage::Answer(stage) => match stage {
            AnswerStage::Screen => screen::run(context, state).await,
            AnswerStage::Reply => reply::run(context, state).await,
            AnswerStage::Restate => restate::run(context, state).await,
            AnswerStage::NeedsQuery => needs_query::run(context, state).await,
            AnswerStage::NeedsChart => needs_chart::run(context, state).await,
            AnswerStage::AnswerFromHistory => answer_from_history::run(context, state).await,
            AnswerStage::Check => check::run(context, state).await,
            AnswerStage::Execute => execute::run(context, state).await,
            AnswerStage::RepairQuery => repair_query::run(context, state).await,
            AnswerStage::RepairEmpty => repair_empty::run(context, state).await,
            AnswerStage::Describe => describe::run(context, state).await,
            AnswerStage::WriteQuery | AnswerStage::Represent => Ok(misplaced("an inner graph is no stage of its own")),
        },
        Stage::WriteQuery(stage) => match stage {
            WriteQueryStage::Retrieve => retrieve::run(context, state).await,
            WriteQueryStage::Rerank => rerank::run(context, state).await,
            WriteQueryStage::Rephrase => rephrase::run(context, state).await,
            WriteQueryStage::Expand => expand::run(context, state).await,
            WriteQueryStage::Generate => generate::run(context, state).await,
        },
        Stage::Represent(stage) => match stage {
            RepresentStage::Choose => choose::run(context, state).await,
            RepresentStage::ChooseChart => choose_chart::run(context, state).await,
            RepresentStage::MapColumns => map_columns::run(context, state).await,
            RepresentStage::Validate => Ok(validate::run(state)),
        },
    }
}

/// A query as it goes on to be checked: what a join would pair is added up apart.
fn drafted(context: &StageContext, mut draft: QueryDraft) -> Outcome {
    if let Some((sql, note)) = join_ledger::untangle(&draft.sql, &context.knowledge) {
        draft.sql = sql;
        draft.notes.push(note);
        // It is made of the query as it was.
        draft.tie_probe = None;
        draft.joins.iter_mut().for_each(|j| j.inflates = false);
    }
    Outcome::Drafted { draft: Box::new(draft) }
}

/// The result that the represent graph works on.
fn view(state: &State) -> Option<ResultView<'_>> {
    state.result().map(|r| ResultView { draft: r.draft, rows: r.rows })
}

/// A stage was reached without what it needs: a defect of ours, or steps that another release wrote.
fn misplaced(what: &str) -> Outcome {
    Outcome::Failed { reason: format!("this run cannot go on ({what}): ask again") }
}
