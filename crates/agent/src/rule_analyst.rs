//! The analyst that needs no language model: `nlq` for queries, the catalog for documentation, rules for charts.
//! It abstains when unsure, and never pretends.

use crate::{
    Analyst,
    analyst::{
        Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Opinion, QueryDraft, QueryNeed,
        QueryScope, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated, ResultView, Said, Screening,
        SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    workbench::Workbench,
};
use async_trait::async_trait;
use datafyme_domain::{Catalog, ChartSpec, Relation};

/// The rules. Holds no state.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuleAnalyst;

impl RuleAnalyst {
    /// The rules.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Analyst for RuleAnalyst {
    fn name(&self) -> &'static str {
        "rules"
    }

    async fn screen(&self, _asking: &Asking) -> Said<Screening> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn small_talk(&self, _asking: &Asking) -> Said<Reply> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn restate(&self, _asking: &Asking) -> Said<Restated> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn needs_query(&self, _asking: &Asking) -> Said<QueryNeed> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn needs_chart(&self, _asking: &Asking) -> Said<ChartNeed> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn select_tables(&self, _asking: &Asking, _found: &[FoundTable]) -> Said<SelectedTables> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn rephrase(&self, _asking: &Asking) -> Said<Rephrased> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn write_query(&self, _asking: &Asking, _scope: &QueryScope, _bench: &Workbench) -> Said<QueryDraft> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn repair_query(&self, _asking: &Asking, _failed: &FailedQuery, _bench: &Workbench) -> Said<QueryDraft> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn repair_empty(&self, _asking: &Asking, _empty: &QueryDraft, _bench: &Workbench) -> Said<QueryDraft> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn choose_representation(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<RepresentationChoice> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn choose_chart(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<ChartDraft> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn repair_chart(
        &self,
        _asking: &Asking,
        _result: &ResultView<'_>,
        _invalid: &ChartSpec,
        _reason: &str,
    ) -> Said<ChartDraft> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn answer_from_history(&self, _asking: &Asking) -> Said<Reply> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn describe_result(&self, _asking: &Asking, _result: &ResultView<'_>) -> Said<Description> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn title(&self, _question: &str) -> Said<Title> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn document_table(&self, _subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        Ok(Opinion::abstain("not in this build"))
    }
    async fn judge_relations(&self, _catalog: &Catalog, _inferred: &[Relation]) -> Said<RelationVerdicts> {
        Ok(Opinion::abstain("not in this build"))
    }
}
