//! The seam between Datafyme and whoever reasons: one method per reasoning task, typed in and out.
//!
//! Inputs are what the agent knows, outputs are contracts: plain serialisable structs whose JSON schema is what a
//! language model is asked to fill. Nothing above this trait knows whether a model or the rules reasoned.

mod knowing;
mod ledger;
mod presenting;
mod querying;
mod situation;
mod talking;

pub use knowing::{
    IndexOnDemand, JudgedRelation, RelationSubject, RelationVerdicts, TableSubject, WrittenColumn, WrittenDocumentation,
};
pub use ledger::{Ledger, SpendLimits};
pub use presenting::{ChartDraft, Description, RepresentationChoice, RepresentationKind, ResultView};
pub use querying::{
    DraftColumn, DraftColumnRole, DraftJoin, FailedQuery, FoundTable, OtherReading, QueryDraft, QueryScope, Rephrased,
    SelectedTable, SelectedTables, TieProbe,
};
pub use situation::{Asking, PastTurn};
pub use talking::{ChartNeed, QueryNeed, Reply, Restated, Screening, Title};

use crate::{AgentError, workbench::Workbench};
use async_trait::async_trait;
use datafyme_domain::{AnswerReading, ChartSpec};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// What an analyst says to a task: an answer, or that it is not sure enough to give one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Opinion<T> {
    /// Sure enough.
    Given(T),
    /// Not sure enough: a better analyst may be asked, or the user told why.
    Abstained(Abstention),
}

impl<T> Opinion<T> {
    /// Not sure enough, for that reason.
    pub fn abstain(reason: impl Into<String>) -> Self {
        Self::Abstained(Abstention { reason: reason.into(), ..Abstention::default() })
    }

    /// The same about something made of what was given.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Opinion<U> {
        match self {
            Self::Given(given) => Opinion::Given(change(given)),
            Self::Abstained(why) => Opinion::Abstained(why),
        }
    }
}

/// Why an analyst gives no answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Abstention {
    /// Why, in words for the user.
    pub reason: String,
    /// Questions that it could answer instead.
    pub suggestions: Vec<String>,
    /// Readings of the question to choose from, best first, each with the beginning of its result.
    #[serde(default)]
    pub readings: Vec<AnswerReading>,
}

/// What every task returns.
pub type Said<T> = Result<Opinion<T>, AgentError>;

/// Who reasons. Errors are failures of the analyst itself (a model that cannot be reached), never of its task.
#[async_trait]
pub trait Analyst: Send + Sync + Debug {
    /// Who it is, as an answer's usage names it: `rules`, or the name of a model.
    fn name(&self) -> &str;

    /// Is this a question about the data, small talk, or nothing that is answered?
    async fn screen(&self, asking: &Asking) -> Said<Screening>;

    /// A reply to small talk.
    async fn small_talk(&self, asking: &Asking) -> Said<Reply>;

    /// The question so that it stands alone.
    async fn restate(&self, asking: &Asking) -> Said<Restated>;

    /// Does it take a new query?
    async fn needs_query(&self, asking: &Asking) -> Said<QueryNeed>;

    /// Does it take another chart of what was queried before?
    async fn needs_chart(&self, asking: &Asking) -> Said<ChartNeed>;

    /// Which of the found tables the question is about.
    async fn select_tables(&self, asking: &Asking, found: &[FoundTable]) -> Said<SelectedTables>;

    /// The question in other words, when no table was found with these.
    async fn rephrase(&self, asking: &Asking) -> Said<Rephrased>;

    /// The query that answers the question.
    async fn write_query(&self, asking: &Asking, scope: &QueryScope, bench: &Workbench) -> Said<QueryDraft>;

    /// Another query after one that failed.
    async fn repair_query(&self, asking: &Asking, failed: &FailedQuery, bench: &Workbench) -> Said<QueryDraft>;

    /// Another query after one that found nothing, when a value in it is not in the data.
    async fn repair_empty(&self, asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft>;

    /// Text, table or chart?
    async fn choose_representation(&self, asking: &Asking, result: &ResultView<'_>) -> Said<RepresentationChoice>;

    /// Which chart, over which columns.
    async fn choose_chart(&self, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft>;

    /// Another chart after an invalid one.
    async fn repair_chart(
        &self,
        asking: &Asking,
        result: &ResultView<'_>,
        invalid: &ChartSpec,
        reason: &str,
    ) -> Said<ChartDraft>;

    /// The answer to a question about earlier questions and answers.
    async fn answer_from_history(&self, asking: &Asking) -> Said<Reply>;

    /// What the result says, in a few sentences whose figures are all in the rows.
    async fn describe_result(&self, asking: &Asking, result: &ResultView<'_>) -> Said<Description>;

    /// Title of a conversation that begins with this question.
    async fn title(&self, question: &str, ledger: &Ledger) -> Said<Title>;

    /// Documentation of a table: only what names, comments, keys and profiles support.
    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation>;

    /// How likely each inferred relation holds, given its evidence.
    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts>;
}
