//! Two analysts in tiers: the rules where they are sure, else the model; where the model fails, the rules again.
//!
//! The rules read English. A message in another language goes to the model first; so does what follows a query of the
//! model's, since the rules read a follow-up against a plan of their own. A failed call stands in the trace of its step.

use crate::{
    AgentError, Analyst, ModelAnalyst, RuleAnalyst,
    analyst::{
        Abstention, Asking, ChartDraft, ChartNeed, Description, FailedQuery, FoundTable, Ledger, Opinion, QueryDraft,
        QueryNeed, QueryScope, RelationSubject, RelationVerdicts, Rephrased, Reply, RepresentationChoice, Restated,
        ResultView, Said, Screening, SelectedTables, TableSubject, Title, WrittenDocumentation,
    },
    model_analyst::{Memo, language, unaided},
    rule_analyst,
    workbench::Workbench,
};
use async_trait::async_trait;
use datafyme_domain::ChartSpec;
use datafyme_nlq::Language;

/// The rules, with a model behind them.
#[derive(Debug, Clone)]
pub struct TieredAnalyst {
    rules: RuleAnalyst,
    model: ModelAnalyst,
    /// Confidence from which a query of the rules is taken without asking the model.
    threshold: f64,
}

impl TieredAnalyst {
    /// Confidence from which a query of the rules is right often enough to need no model. Of 698 questions over 136
    /// databases of Spider, those with at least this much were right 93 times in 100; those between 0.6 and this one 71.
    pub const THRESHOLD: f64 = 0.85;

    /// The rules for queries that they are at least `threshold` sure of; without an active model they are alone.
    #[must_use]
    pub const fn new(rules: RuleAnalyst, model: ModelAnalyst, threshold: f64) -> Self {
        Self { rules, model, threshold }
    }

    /// Whether the message is in a language that the rules do not read, and there is a model that may.
    fn is_foreign(&self, asking: &Asking) -> bool {
        self.model.is_active() && language(asking) != Language::En
    }
}

/// What the model says, where it says something.
fn given<T>(said: Said<T>) -> Option<Opinion<T>> {
    said.ok().filter(|opinion| matches!(opinion, Opinion::Given(_)))
}

/// Whether the query that a message may refer to is the model's.
fn follows_model(asking: &Asking) -> bool {
    asking.last_answered().is_some_and(|turn| Memo::of(turn).is_some())
}

#[async_trait]
impl Analyst for TieredAnalyst {
    fn name(&self) -> &'static str {
        "rules"
    }

    async fn screen(&self, asking: &Asking) -> Said<Screening> {
        let ruled = self.rules.screen(asking).await?;
        let declined = matches!(ruled, Opinion::Given(Screening::Declined { .. }));
        // What is refused for safety's sake stays refused.
        if !self.model.is_active() || rule_analyst::is_refused(asking) || !(declined || self.is_foreign(asking)) {
            return Ok(ruled);
        }
        Ok(given(self.model.screen(asking).await).unwrap_or(ruled))
    }

    async fn small_talk(&self, asking: &Asking) -> Said<Reply> {
        let ruled = self.rules.small_talk(asking).await?;
        if matches!(ruled, Opinion::Given(_)) && !self.is_foreign(asking) {
            return Ok(ruled);
        }
        Ok(given(self.model.small_talk(asking).await).unwrap_or(ruled))
    }

    async fn restate(&self, asking: &Asking) -> Said<Restated> {
        let ruled = self.rules.restate(asking).await?;
        let known = rule_analyst::redrawing(asking).is_some() || rule_analyst::is_about_history(asking);
        if known || !(self.is_foreign(asking) || follows_model(asking)) {
            return Ok(ruled);
        }
        Ok(given(self.model.restate(asking).await).unwrap_or(ruled))
    }

    async fn needs_query(&self, asking: &Asking) -> Said<QueryNeed> {
        if self.is_foreign(asking)
            && let Some(said) = given(self.model.needs_query(asking).await)
        {
            return Ok(said);
        }
        self.rules.needs_query(asking).await
    }

    async fn needs_chart(&self, asking: &Asking) -> Said<ChartNeed> {
        if self.is_foreign(asking)
            && let Some(said) = given(self.model.needs_chart(asking).await)
        {
            return Ok(said);
        }
        self.rules.needs_chart(asking).await
    }

    async fn select_tables(&self, asking: &Asking, found: &[FoundTable]) -> Said<SelectedTables> {
        let ruled = self.rules.select_tables(asking, found).await?;
        let none = matches!(&ruled, Opinion::Given(selected) if selected.tables.is_empty());
        if !none && !self.is_foreign(asking) {
            return Ok(ruled);
        }
        Ok(given(self.model.select_tables(asking, found).await).unwrap_or(ruled))
    }

    async fn rephrase(&self, asking: &Asking) -> Said<Rephrased> {
        let ruled = self.rules.rephrase(asking).await?;
        Ok(given(self.model.rephrase(asking).await).unwrap_or(ruled))
    }

    async fn write_query(&self, asking: &Asking, scope: &QueryScope, bench: &Workbench) -> Said<QueryDraft> {
        if let Some(chart) = rule_analyst::redrawing(asking)
            && let Some(memo) = asking.last_answered().and_then(Memo::of)
        {
            return Ok(Opinion::Given(memo.draft(chart)));
        }
        let ruled =
            if self.is_foreign(asking) { None } else { Some(self.rules.write_query(asking, scope, bench).await?) };
        let sure =
            matches!(&ruled, Some(Opinion::Given(draft)) if draft.confidence.is_none_or(|c| c >= self.threshold));
        match ruled {
            Some(ruled) if sure || !self.model.is_active() => Ok(ruled),
            ruled => match self.model.write_query(asking, scope, bench).await {
                Ok(Opinion::Given(written)) => Ok(Opinion::Given(written)),
                Ok(Opinion::Abstained(why)) => Ok(without_model(ruled, why)),
                Err(error) => Ok(without_model(ruled, unreached(asking, &error))),
            },
        }
    }

    async fn repair_query(&self, asking: &Asking, failed: &FailedQuery, bench: &Workbench) -> Said<QueryDraft> {
        let ruled = self.rules.repair_query(asking, failed, bench).await?;
        if failed.draft.analyst.is_none() && matches!(ruled, Opinion::Given(_)) {
            return Ok(ruled);
        }
        Ok(given(self.model.repair_query(asking, failed, bench).await).unwrap_or(ruled))
    }

    async fn repair_empty(&self, asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft> {
        if empty.analyst.is_none() {
            return self.rules.repair_empty(asking, empty, bench).await;
        }
        let mended = given(self.model.repair_empty(asking, empty, bench).await);
        Ok(mended.unwrap_or_else(|| Opinion::abstain("no better value is known")))
    }

    async fn choose_representation(&self, asking: &Asking, result: &ResultView<'_>) -> Said<RepresentationChoice> {
        if self.is_foreign(asking)
            && let Some(said) = given(self.model.choose_representation(asking, result).await)
        {
            return Ok(said);
        }
        self.rules.choose_representation(asking, result).await
    }

    async fn choose_chart(&self, asking: &Asking, result: &ResultView<'_>) -> Said<ChartDraft> {
        if self.is_foreign(asking)
            && let Some(said) = given(self.model.choose_chart(asking, result).await)
        {
            return Ok(said);
        }
        self.rules.choose_chart(asking, result).await
    }

    async fn repair_chart(
        &self,
        asking: &Asking,
        result: &ResultView<'_>,
        invalid: &ChartSpec,
        reason: &str,
    ) -> Said<ChartDraft> {
        let ruled = self.rules.repair_chart(asking, result, invalid, reason).await?;
        if matches!(ruled, Opinion::Given(_)) && !self.is_foreign(asking) {
            return Ok(ruled);
        }
        Ok(given(self.model.repair_chart(asking, result, invalid, reason).await).unwrap_or(ruled))
    }

    async fn answer_from_history(&self, asking: &Asking) -> Said<Reply> {
        let ruled = self.rules.answer_from_history(asking).await?;
        if matches!(ruled, Opinion::Given(_)) && !self.is_foreign(asking) {
            return Ok(ruled);
        }
        Ok(given(self.model.answer_from_history(asking).await).unwrap_or(ruled))
    }

    async fn describe_result(&self, asking: &Asking, result: &ResultView<'_>) -> Said<Description> {
        let models = result.draft.analyst.is_some() || self.is_foreign(asking);
        if models && let Some(said) = given(self.model.describe_result(asking, result).await) {
            return Ok(said);
        }
        Ok(unaided(asking, result))
    }

    async fn title(&self, question: &str, ledger: &Ledger) -> Said<Title> {
        let ruled = self.rules.title(question, ledger).await?;
        if matches!(ruled, Opinion::Given(_)) {
            return Ok(ruled);
        }
        Ok(given(self.model.title(question, ledger).await).unwrap_or(ruled))
    }

    async fn document_table(&self, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
        // A failure is learning's to handle: it tries a table again before it leaves it to the rules, and says why.
        match self.model.document_table(subject).await? {
            Opinion::Given(written) => Ok(Opinion::Given(written)),
            Opinion::Abstained(_) => self.rules.document_table(subject).await,
        }
    }

    async fn judge_relations(&self, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
        if let Ok(Opinion::Given(verdicts)) = self.model.judge_relations(subject).await {
            return Ok(Opinion::Given(verdicts));
        }
        self.rules.judge_relations(subject).await
    }
}

/// What is left without the model: the reading that the rules were not sure of, with a note; else both reasons.
fn without_model(ruled: Option<Opinion<QueryDraft>>, why: Abstention) -> Opinion<QueryDraft> {
    match ruled {
        Some(Opinion::Given(mut draft)) => {
            draft.notes.push(format!("The rules read this question, and are not quite sure. {}", why.reason));
            Opinion::Given(draft)
        }
        Some(Opinion::Abstained(ruled)) => Opinion::Abstained(Abstention {
            reason: format!("{} {}", ruled.reason, why.reason),
            suggestions: if why.suggestions.is_empty() { ruled.suggestions } else { why.suggestions },
            readings: ruled.readings,
        }),
        None => Opinion::Abstained(why),
    }
}

/// Why the model was not asked, or could not reply, in the language of the question.
fn unreached(asking: &Asking, error: &AgentError) -> Abstention {
    let english = format!("The language model could not be asked: {error}.");
    let reason = match language(asking) {
        Language::Hu => format!("Elnézést, a nyelvi modell most nem tud válaszolni. ({english})"),
        Language::En | Language::Other => english,
    };
    Abstention { reason, ..Abstention::default() }
}
