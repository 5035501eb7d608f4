//! The analyst that needs no language model: `nlq` for queries, the catalog for documentation, rules for charts and
//! words. It abstains when unsure, and never pretends. One file per group of tasks.

mod describing;
pub(crate) mod documenting;
mod drafting;
mod judging;
mod messages;
mod presenting;
mod querying;
pub(crate) mod readings;
mod remembering;
mod routing;
mod screening;

use crate::{
    Analyst,
    analyst::{
        Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Ledger, Opinion, QueryDraft, QueryNeed,
        QueryScope, RelationSubject, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated, ResultView,
        Said, Screening, SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    workbench::Workbench,
};
use async_trait::async_trait;
use datafyme_domain::{ChartKind, ChartSpec};

/// What a result says, computed from its rows alone.
///
/// A model's explanation is a sentence of its own, where the rules build theirs around a name of the result.
pub(crate) fn describe(result: &ResultView<'_>) -> Opinion<Description> {
    if result.draft.analyst.is_none() {
        return describing::describe(result);
    }
    let draft = QueryDraft { explanation: String::new(), ..result.draft.clone() };
    describing::describe(&ResultView { draft: &draft, rows: result.rows })
}

/// Whether the message asks for the last result in another form: the kind of chart, or a table.
pub(crate) fn redrawing(asking: &Asking) -> Option<Option<ChartKind>> {
    match messages::classify(asking) {
        messages::Message::Redraw(kind) => Some(kind),
        _ => None,
    }
}

/// Whether the message is about what was said before.
pub(crate) fn is_about_history(asking: &Asking) -> bool {
    messages::classify(asking) == messages::Message::History
}

/// Whether the message is refused whoever reasons: SQL, or a request to change data.
pub(crate) fn is_refused(asking: &Asking) -> bool {
    screening::is_refused(asking)
}

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

    async fn screen(&self, asking: &Asking) -> Said<Screening> {
        Ok(screening::screen(asking))
    }

    async fn small_talk(&self, asking: &Asking) -> Said<Reply> {
        Ok(screening::small_talk(asking))
    }

    async fn restate(&self, asking: &Asking) -> Said<Restated> {
        Ok(routing::restate(asking))
    }

    async fn needs_query(&self, asking: &Asking) -> Said<QueryNeed> {
        Ok(routing::needs_query(asking))
    }

    async fn needs_chart(&self, asking: &Asking) -> Said<ChartNeed> {
        Ok(routing::needs_chart(asking))
    }

    async fn select_tables(&self, asking: &Asking, found: &[FoundTable]) -> Said<SelectedTables> {
        Ok(querying::select_tables(asking, found))
    }

    async fn rephrase(&self, asking: &Asking) -> Said<Rephrased> {
        Ok(querying::rephrase(asking))
    }

    async fn write_query(&self, asking: &Asking, _scope: &QueryScope, bench: &Workbench) -> Said<QueryDraft> {
        querying::write_query(asking, bench).await
    }

    async fn repair_query(&self, asking: &Asking, failed: &FailedQuery, _bench: &Workbench) -> Said<QueryDraft> {
        Ok(querying::repair_query(asking, failed))
    }

    async fn repair_empty(&self, asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft> {
        querying::repair_empty(asking, empty, bench).await
    }

    async fn choose_representation(&self, asking: &Asking, result: &ResultView<'_>) -> Said<RepresentationChoice> {
        Ok(presenting::choose_representation(asking, result))
    }

    async fn choose_chart(&self, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft> {
        Ok(presenting::choose_chart(asking, result))
    }

    async fn repair_chart(
        &self,
        asking: &Asking,
        result: &ResultView<'_>,
        invalid: &ChartSpec,
        reason: &str,
    ) -> Said<ChartDraft> {
        Ok(presenting::repair_chart(asking, result, invalid, reason))
    }

    async fn answer_from_history(&self, asking: &Asking) -> Said<Reply> {
        Ok(remembering::answer_from_history(asking))
    }

    async fn describe_result(&self, _asking: &Asking, result: &ResultView<'_>) -> Said<Description> {
        Ok(describe(result))
    }

    async fn title(&self, question: &str, _ledger: &Ledger) -> Said<Title> {
        Ok(routing::title(question))
    }

    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        documenting::document(subject).await
    }

    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        Ok(judging::judge(subject.inferred))
    }
}
