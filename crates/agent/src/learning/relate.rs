//! Phase four: how tables join.

use super::Learning;
use crate::{
    AgentError,
    analyst::{Opinion, RelationSubject},
    relations::{DiscoverOptions, discover},
};
use datafyme_domain::{Catalog, ErrorKind, Relation, RelationKind};
use std::{panic::resume_unwind, sync::Arc};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// How far below the threshold a candidate may be and still be put to the analyst, who may know what names mean.
const BENEFIT_OF_DOUBT: f64 = 0.15;

/// Relations being looked for. It needs the profiles but not the documentation: the database is asked while the
/// analyst writes.
pub(super) struct Discovery {
    found: AbortOnDropHandle<Vec<Relation>>,
    /// Pairs of columns that are compared, and how many there are.
    compared: watch::Receiver<(usize, usize)>,
}

impl Learning<'_> {
    /// Begins to look for relations of a profiled catalog.
    pub(super) fn discovery(&self, catalog: &Arc<Catalog>) -> Discovery {
        let (catalog, source, connector) = (catalog.clone(), self.source.id, self.connector.clone());
        let standard = DiscoverOptions::default();
        let options = DiscoverOptions { threshold: standard.threshold - BENEFIT_OF_DOUBT, ..standard };
        let (say, compared) = watch::channel((0, 0));
        let found = tokio::spawn(async move {
            let say = move |done: usize, total: usize| {
                say.send_replace((done, total));
            };
            discover(&catalog, source, &*connector, &options, &say).await
        });
        Discovery { found: AbortOnDropHandle::new(found), compared }
    }

    pub(super) async fn relate(&self, catalog: &Catalog, discovery: Discovery) -> Result<(), AgentError> {
        let parts = &self.agent.inner.parts;
        let mut found = self.discovered(discovery).await?;
        let settled = self.settled_by_people().await?;
        found.retain(|r| !settled.iter().any(|s| same_columns(r, s)));
        let found = self.judged(catalog, found, DiscoverOptions::default().threshold).await?;
        parts.metadata.replace_relations(self.caller, self.source.id, &found).await?;
        let calls = self.ledger.take();
        if !calls.is_empty() {
            parts.metadata.record_job_calls(self.job, &calls, parts.clock.now()).await?;
        }
        self.progress.step();
        Ok(())
    }

    async fn discovered(&self, discovery: Discovery) -> Result<Vec<Relation>, AgentError> {
        let Discovery { mut found, mut compared } = discovery;
        let ended = loop {
            tokio::select! {
                ended = &mut found => break ended,
                Ok(()) = compared.changed() => {
                    let (done, total) = *compared.borrow_and_update();
                    self.progress.say(format!("{done} of {total} pairs of columns"));
                }
            }
        };
        ended.map_err(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => AgentError::refused(ErrorKind::Cancelled, "the search for relations was stopped: learn again"),
        })
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
