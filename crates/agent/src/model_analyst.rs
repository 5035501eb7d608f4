//! The analyst that asks a language model: one prompt file and one output contract per task, its replies checked
//! against what is known. It abstains when no model is active or the model's reply cannot be used; a model that
//! cannot be reached is an error.

mod documenting;
mod inquiry;
mod judging;

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

    async fn screen(&self, _asking: &Asking) -> Said<Screening> {
        inquiry::silent()
    }

    async fn small_talk(&self, _asking: &Asking) -> Said<Reply> {
        inquiry::silent()
    }

    async fn restate(&self, _asking: &Asking) -> Said<Restated> {
        inquiry::silent()
    }

    async fn needs_query(&self, _asking: &Asking) -> Said<QueryNeed> {
        inquiry::silent()
    }

    async fn needs_chart(&self, _asking: &Asking) -> Said<ChartNeed> {
        inquiry::silent()
    }

    async fn select_tables(&self, _asking: &Asking, _found: &[FoundTable]) -> Said<SelectedTables> {
        inquiry::silent()
    }

    async fn rephrase(&self, _asking: &Asking) -> Said<Rephrased> {
        inquiry::silent()
    }

    async fn write_query(&self, _asking: &Asking, _scope: &QueryScope, _bench: &Workbench) -> Said<QueryDraft> {
        inquiry::silent()
    }

    async fn repair_query(&self, _asking: &Asking, _failed: &FailedQuery, _bench: &Workbench) -> Said<QueryDraft> {
        inquiry::silent()
    }

    async fn repair_empty(&self, _asking: &Asking, _empty: &QueryDraft, _bench: &Workbench) -> Said<QueryDraft> {
        inquiry::silent()
    }

    async fn choose_representation(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<RepresentationChoice> {
        inquiry::silent()
    }

    async fn choose_chart(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<ChartDraft> {
        inquiry::silent()
    }

    async fn repair_chart(
        &self,
        _asking: &Asking,
        _result: &ResultView<'_>,
        _invalid: &ChartSpec,
        _reason: &str,
    ) -> Said<ChartDraft> {
        inquiry::silent()
    }

    async fn answer_from_history(&self, _asking: &Asking) -> Said<Reply> {
        inquiry::silent()
    }

    async fn describe_result(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<Description> {
        inquiry::silent()
    }

    async fn title(&self, _question: &str, _ledger: &Ledger) -> Said<Title> {
        inquiry::silent()
    }

    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        documenting::document(self, subject).await
    }

    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        judging::judge(self, subject).await
    }
}
