//! The analyst that asks a language model: one prompt file and one output contract per task, its replies checked
//! against what is known. It abstains when no model is active or the model's reply cannot be used; a model that
//! cannot be reached is an error.

mod agreement;
mod describing;
mod documenting;
mod drafting;
mod figures;
mod inquiry;
mod judging;
mod linking;
mod mending;
mod presenting;
mod querying;
mod quoting;
mod reading;
mod scene;
mod schema;
mod speech;
mod talking;
mod terms;
mod turns;
mod values;

pub(crate) use describing::unaided;
pub(crate) use drafting::Memo;
pub(crate) use drafting::read_draft;
pub(crate) use speech::language;

pub(crate) use documenting::by_rules_because;

use crate::{
    ActiveModels, Analyst,
    analyst::{
        Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Ledger, QueryDraft, QueryNeed, QueryScope,
        RelationSubject, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated, ResultView, Said,
        Screening, SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    workbench::Workbench,
};
use async_trait::async_trait;
use datafyme_domain::ChartSpec;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What of the customer's data may stand in a prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Names, types, keys and comments.
    NamesOnly,
    /// With counts, shares and distinct numbers, without any value.
    Statistics,
    /// With sample values and rows of results.
    #[default]
    Samples,
}

/// A language in which answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpokenLanguage {
    /// English.
    #[default]
    English,
    /// Hungarian.
    Hungarian,
}

/// How a model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelAnalystOptions {
    /// What of the customer's data may stand in a prompt.
    pub privacy: Privacy,
    /// Language of documentation; that of the data source's own comments when absent.
    pub documentation_language: Option<SpokenLanguage>,
    /// Time for one call, with its retries.
    pub call_timeout: Duration,
}

impl Default for ModelAnalystOptions {
    fn default() -> Self {
        Self { privacy: Privacy::default(), documentation_language: None, call_timeout: Duration::from_secs(45) }
    }
}

/// Whoever the active models are.
#[derive(Debug, Clone)]
pub struct ModelAnalyst {
    models: ActiveModels,
    options: ModelAnalystOptions,
}

impl ModelAnalyst {
    /// An analyst that asks the active models.
    #[must_use]
    pub const fn new(models: ActiveModels, options: ModelAnalystOptions) -> Self {
        Self { models, options }
    }

    /// Whether there is a model to ask.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.models.get().is_some()
    }
}

#[async_trait]
impl Analyst for ModelAnalyst {
    fn name(&self) -> &'static str {
        "model"
    }

    async fn screen(&self, asking: &Asking) -> Said<Screening> {
        talking::screen(self, asking).await
    }

    async fn small_talk(&self, asking: &Asking) -> Said<Reply> {
        talking::small_talk(self, asking).await
    }

    async fn restate(&self, asking: &Asking) -> Said<Restated> {
        talking::restate(self, asking).await
    }

    async fn needs_query(&self, asking: &Asking) -> Said<QueryNeed> {
        talking::needs_query(self, asking).await
    }

    async fn needs_chart(&self, asking: &Asking) -> Said<ChartNeed> {
        talking::needs_chart(self, asking).await
    }

    async fn select_tables(&self, asking: &Asking, found: &[FoundTable]) -> Said<SelectedTables> {
        linking::select_tables(self, asking, found).await
    }

    async fn rephrase(&self, asking: &Asking) -> Said<Rephrased> {
        linking::rephrase(self, asking).await
    }

    async fn write_query(&self, asking: &Asking, scope: &QueryScope, bench: &Workbench) -> Said<QueryDraft> {
        querying::write_query(self, asking, scope, bench).await
    }

    async fn repair_query(&self, asking: &Asking, failed: &FailedQuery, _bench: &Workbench) -> Said<QueryDraft> {
        querying::repair_query(self, asking, failed).await
    }

    async fn repair_empty(&self, asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft> {
        mending::repair_empty(self, asking, empty, bench).await
    }

    async fn choose_representation(&self, asking: &Asking, result: &ResultView<'_>) -> Said<RepresentationChoice> {
        presenting::choose_representation(self, asking, result).await
    }

    async fn choose_chart(&self, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft> {
        presenting::choose_chart(self, asking, result).await
    }

    async fn repair_chart(
        &self,
        asking: &Asking,
        result: &ResultView<'_>,
        invalid: &ChartSpec,
        reason: &str,
    ) -> Said<ChartDraft> {
        presenting::repair_chart(self, asking, result, invalid, reason).await
    }

    async fn answer_from_history(&self, asking: &Asking) -> Said<Reply> {
        talking::answer_from_history(self, asking).await
    }

    async fn describe_result(&self, asking: &Asking, result: &ResultView<'_>) -> Said<Description> {
        describing::describe(self, asking, result).await
    }

    async fn title(&self, question: &str, ledger: &Ledger) -> Said<Title> {
        talking::title(self, question, ledger).await
    }

    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        documenting::document(self, subject).await
    }

    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        judging::judge(self, subject).await
    }
}
