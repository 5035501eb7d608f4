//! Two analysts in tiers: the rules where they are sure, else the model; where the model fails, the rules again.

use crate::{
    Analyst, ModelAnalyst, RuleAnalyst,
    analyst::{
        Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Ledger, Opinion, QueryDraft, QueryNeed,
        QueryScope, RelationSubject, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated, ResultView,
        Said, Screening, SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    workbench::Workbench,
};
use async_trait::async_trait;
use datafyme_domain::ChartSpec;

/// The rules, with a model behind them.
#[derive(Debug, Clone)]
pub struct TieredAnalyst {
    rules: RuleAnalyst,
    model: ModelAnalyst,
    /// Confidence from which a query of the rules is taken without asking the model.
    threshold: f64,
}

impl TieredAnalyst {
    /// Confidence from which a query of the rules is right often enough to need no model.
    pub const THRESHOLD: f64 = 0.85;

    /// The rules for queries that they are at least `threshold` sure of; without an active model they are alone.
    #[must_use]
    pub const fn new(rules: RuleAnalyst, model: ModelAnalyst, threshold: f64) -> Self {
        Self { rules, model, threshold }
    }
}

#[async_trait]
impl Analyst for TieredAnalyst {
    fn name(&self) -> &'static str {
        "rules"
    }

    async fn screen(&self, asking: &Asking) -> Said<Screening> {
        self.rules.screen(asking).await
    }

    async fn small_talk(&self, asking: &Asking) -> Said<Reply> {
        self.rules.small_talk(asking).await
    }

    async fn restate(&self, asking: &Asking) -> Said<Restated> {
        self.rules.restate(asking).await
    }

    async fn needs_query(&self, asking: &Asking) -> Said<QueryNeed> {
        self.rules.needs_query(asking).await
    }

    async fn needs_chart(&self, asking: &Asking) -> Said<ChartNeed> {
        self.rules.needs_chart(asking).await
    }

    async fn select_tables(&self, asking: &Asking, found: &[FoundTable]) -> Said<SelectedTables> {
        self.rules.select_tables(asking, found).await
    }

    async fn rephrase(&self, asking: &Asking) -> Said<Rephrased> {
        self.rules.rephrase(asking).await
    }

    async fn write_query(&self, asking: &Asking, scope: &QueryScope, bench: &Workbench) -> Said<QueryDraft> {
        let said = self.rules.write_query(asking, scope, bench).await?;
        match &said {
            Opinion::Given(draft) if draft.confidence.is_none_or(|c| c >= self.threshold) => Ok(said),
            _ if !self.model.is_active() => Ok(said),
            _ => match self.model.write_query(asking, scope, bench).await? {
                Opinion::Given(better) => Ok(Opinion::Given(better)),
                Opinion::Abstained(_) => Ok(said),
            },
        }
    }

    async fn repair_query(&self, asking: &Asking, failed: &FailedQuery, bench: &Workbench) -> Said<QueryDraft> {
        self.rules.repair_query(asking, failed, bench).await
    }

    async fn repair_empty(&self, asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft> {
        self.rules.repair_empty(asking, empty, bench).await
    }

    async fn choose_representation(&self, asking: &Asking, result: &ResultView<'_>) -> Said<RepresentationChoice> {
        self.rules.choose_representation(asking, result).await
    }

    async fn choose_chart(&self, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft> {
        self.rules.choose_chart(asking, result).await
    }

    async fn repair_chart(
        &self,
        asking: &Asking,
        result: &ResultView<'_>,
        invalid: &ChartSpec,
        reason: &str,
    ) -> Said<ChartDraft> {
        self.rules.repair_chart(asking, result, invalid, reason).await
    }

    async fn answer_from_history(&self, asking: &Asking) -> Said<Reply> {
        self.rules.answer_from_history(asking).await
    }

    async fn describe_result(&self, asking: &Asking, result: &ResultView<'_>) -> Said<Description> {
        self.rules.describe_result(asking, result).await
    }

    async fn title(&self, question: &str, ledger: &Ledger) -> Said<Title> {
        self.rules.title(question, ledger).await
    }

    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        if let Ok(Opinion::Given(written)) = self.model.document_table(subject).await {
            return Ok(Opinion::Given(written));
        }
        self.rules.document_table(subject).await
    }

    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        if let Ok(Opinion::Given(verdicts)) = self.model.judge_relations(subject).await {
            return Ok(Opinion::Given(verdicts));
        }
        self.rules.judge_relations(subject).await
    }
}
