//! Phase four: how tables join.

use super::Learning;
use crate::{
    AgentError,
    analyst::{Ledger, Opinion, RelationSubject},
    relations::{DiscoverOptions, discover},
};
use datafyme_domain::{Catalog, Relation, RelationKind};

impl Learning<'_> {
    pub(super) async fn relate(&self, catalog: &Catalog) -> Result<(), AgentError> {
        let parts = &self.agent.inner.parts;
        let options = DiscoverOptions::default();
        let progress = self.progress;
        let say = move |done: usize, total: usize| progress.begin(&format!("{done} of {total} pairs of columns"));
        let found = discover(catalog, self.source.id, &*self.connector, &options, &say).await;
        let found = self.judged(catalog, found, options.threshold).await;
        parts.metadata.replace_relations(self.caller, self.source.id, &found).await?;
        self.progress.step();
        Ok(())
    }

    /// The relations that the analyst stands by. It has no say over declared ones; where it fails, the evidence counts.
    async fn judged(&self, catalog: &Catalog, found: Vec<Relation>, threshold: f64) -> Vec<Relation> {
        let (mut inferred, mut kept): (Vec<Relation>, Vec<Relation>) =
            found.into_iter().partition(|r| r.kind == RelationKind::Inferred);
        let ledger = Ledger::default();
        let subject = RelationSubject { catalog, documentation: &[], inferred: &inferred, ledger: &ledger };
        match self.agent.inner.parts.analyst.judge_relations(&subject).await {
            Ok(Opinion::Given(said)) if said.verdicts.len() == inferred.len() => {
                for (relation, verdict) in inferred.iter_mut().zip(said.verdicts) {
                    relation.confidence = verdict.probability.clamp(0.0, 1.0);
                    relation.evidence.reasons = verdict.reasons;
                }
                inferred.retain(|r| r.confidence >= threshold);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error.kind = %error.kind(), "judge_relations.failed"),
        }
        kept.append(&mut inferred);
        kept
    }
}
