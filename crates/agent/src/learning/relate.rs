//! Phase four: how tables join.

use super::Learning;
use crate::{
    AgentError,
    analyst::{Opinion, RelationSubject},
    relations::{DiscoverOptions, discover},
};
use datafyme_domain::{Catalog, Relation, RelationKind};

/// How far below the threshold a candidate may be and still be put to the analyst, who may know what names mean.
const BENEFIT_OF_DOUBT: f64 = 0.15;

impl Learning<'_> {
    pub(super) async fn relate(&self, catalog: &Catalog) -> Result<(), AgentError> {
        let parts = &self.agent.inner.parts;
        let standard = DiscoverOptions::default();
        let options = DiscoverOptions { threshold: standard.threshold - BENEFIT_OF_DOUBT, ..standard.clone() };
        let progress = self.progress;
        let say = move |done: usize, total: usize| progress.say(format!("{done} of {total} pairs of columns"));
        let mut found = discover(catalog, self.source.id, &*self.connector, &options, &say).await;
        let settled = self.settled_by_people().await?;
        found.retain(|r| !settled.iter().any(|s| same_columns(r, s)));
        let found = self.judged(catalog, found, standard.threshold).await?;
        parts.metadata.replace_relations(self.caller, self.source.id, &found).await?;
        let calls = self.ledger.take();
        parts.metadata.record_job_calls(self.job, &calls, parts.clock.now()).await?;
        self.progress.step();
        Ok(())
    }

    /// Nobody is asked about these again.
    async fn settled_by_people(&self) -> Result<Vec<Relation>, AgentError> {
        let mut known = self.agent.inner.parts.metadata.list_relations(self.caller, self.source.id).await?;
        known.retain(|r| matches!(r.kind, RelationKind::Confirmed | RelationKind::Rejected));
        Ok(known)
    }

    /// The relations that the analyst stands by. It has no say over declared ones; where it fails, the evidence counts.
    async fn judged(
        &self,
        catalog: &Catalog,
        found: Vec<Relation>,
        threshold: f64,
    ) -> Result<Vec<Relation>, AgentError> {
        let parts = &self.agent.inner.parts;
        let (mut inferred, mut kept): (Vec<Relation>, Vec<Relation>) =
            found.into_iter().partition(|r| r.kind == RelationKind::Inferred);
        let documentation = parts.metadata.documentation(self.caller, self.source.id).await?;
        let subject =
            RelationSubject { catalog, documentation: &documentation, inferred: &inferred, ledger: &self.ledger };
        match parts.analyst.judge_relations(&subject).await {
            Ok(Opinion::Given(said)) if said.verdicts.len() == inferred.len() => {
                for (relation, verdict) in inferred.iter_mut().zip(said.verdicts) {
                    relation.confidence = verdict.probability.clamp(0.0, 1.0);
                    relation.evidence.reasons = verdict.reasons;
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error.kind = %error.kind(), "judge_relations.failed"),
        }
        inferred.retain(|r| r.confidence >= threshold);
        kept.append(&mut inferred);
        Ok(kept)
    }
}

fn same_columns(one: &Relation, other: &Relation) -> bool {
    let ends = |r: &Relation| (r.from_table.clone(), r.from_columns.clone(), r.to_table.clone(), r.to_columns.clone());
    ends(one) == ends(other)
}
