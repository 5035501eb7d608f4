//! Phase four: how tables join.

use super::{
    Learning,
    changes::{self, Changes},
};
use crate::{
    AgentError,
    analyst::{Opinion, RelationSubject},
    hidden,
    relations::{DiscoverOptions, discover, keeping::kept},
};
use datafyme_domain::{
    Catalog, ErrorKind, Relation, RelationKind, RelationReason, RelationTier, TableDocumentation, TableRef,
};
use std::{
    collections::{HashMap, HashSet},
    panic::resume_unwind,
    sync::Arc,
};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// How far below the threshold a candidate may be and still be put to the analyst, who may know what names mean.
const BENEFIT_OF_DOUBT: f64 = 0.15;

/// A containment that fell by as much, 0 to 1, is told.
const DRIFT: f64 = 0.01;

/// Relations being looked for. It needs the profiles but not the documentation: the database is asked while the
/// analyst writes.
pub(super) struct Discovery {
    found: AbortOnDropHandle<Vec<Relation>>,
    /// Pairs of columns that are compared, and how many there are.
    compared: watch::Receiver<(usize, usize)>,
    /// Relations that stand as they are.
    standing: Vec<Relation>,
}

impl Learning<'_> {
    /// Begins to look for relations of a profiled catalog: all of them the first time, later those that may have
    /// changed, so that a relation between tables that are as they were stands as it is.
    pub(super) async fn discovery(
        &self,
        catalog: &Arc<Catalog>,
        changes: &Changes,
        is_first: bool,
    ) -> Result<Discovery, AgentError> {
        let metadata = &self.agent.inner.parts.metadata;
        if !changes.renamed.is_empty() {
            metadata.move_relations(self.caller, self.source.id, &changes.renamed).await?;
        }
        let known = metadata.list_relations(self.caller, self.source.id).await?;
        let tables = changes::by_name(Some(catalog));
        // What a person confirmed stands whatever changed: its columns have their parent.
        let confirmed: Vec<Relation> = known
            .iter()
            .filter(|r| r.kind == RelationKind::Confirmed && r.condition.is_none() && changes::holds(r, &tables))
            .cloned()
            .collect();
        let mut options = DiscoverOptions::default();
        let mut standing = Vec::new();
        if !is_first {
            let given: HashSet<_> = confirmed.iter().map(child).collect();
            standing = known;
            standing.retain(|r| {
                let is_old = !changes.touched.contains(&r.from_table) && !changes.touched.contains(&r.to_table);
                let is_free = r.kind == RelationKind::Declared || !given.contains(&child(r));
                matches!(r.kind, RelationKind::Declared | RelationKind::Inferred)
                    && is_old
                    && is_free
                    && changes::holds(r, &tables)
            });
            let asked: HashSet<TableRef> = changes.touched.clone();
            options.only = Some(Arc::new(asked));
        }
        options.standing = standing.iter().cloned().chain(confirmed).collect();
        Ok(Discovery { standing, ..self.searching(catalog, options) })
    }

    fn searching(&self, catalog: &Arc<Catalog>, standard: DiscoverOptions) -> Discovery {
        let (catalog, source, connector) = (catalog.clone(), self.source.id, self.connector.clone());
        let options = DiscoverOptions { threshold: standard.threshold - BENEFIT_OF_DOUBT, ..standard };
        let (say, compared) = watch::channel((0, 0));
        let found = tokio::spawn(async move {
            let say = move |done: usize, total: usize| {
                say.send_replace((done, total));
            };
            discover(&catalog, source, Some(&*connector), &options, &say).await
        });
        Discovery { found: AbortOnDropHandle::new(found), compared, standing: Vec::new() }
    }

    pub(super) async fn relate(&self, catalog: &Catalog, discovery: Discovery) -> Result<(), AgentError> {
        let parts = &self.agent.inner.parts;
        // Read while the search goes on.
        let read = async {
            let known = parts.metadata.list_relations(self.caller, self.source.id).await?;
            Ok((known, parts.metadata.documentation(self.caller, self.source.id).await?))
        };
        let ((standing, mut found), (known, documentation)) = tokio::try_join!(self.discovered(discovery), read)?;
        let settled = |r: &Relation| matches!(r.kind, RelationKind::Confirmed | RelationKind::Rejected);
        let ended: HashSet<_> = known.iter().filter(|r| settled(r)).map(columns).collect();
        // The best there was: a loss shows until it is made good.
        let best = |r: &Relation| r.evidence.containment_before.or(r.evidence.containment);
        let before: HashMap<_, _> = known.iter().map(|r| (columns(r), best(r))).collect();
        note_drift(&mut found, &before);
        // Nobody is asked about these again.
        found.retain(|r| !ended.contains(&columns(r)));
        // Found again, it is the same one.
        let ids: HashMap<_, _> = known.iter().map(|r| (columns(r), r.id)).collect();
        for relation in &mut found {
            relation.id = ids.get(&columns(relation)).copied().unwrap_or(relation.id);
        }
        let found = self.judged(catalog, documentation, found, standing).await?;
        parts.metadata.replace_relations(self.caller, self.source.id, &found).await?;
        let calls = self.ledger.take();
        if !calls.is_empty() {
            parts.metadata.record_job_calls(self.job, &calls, parts.clock.now()).await?;
        }
        self.progress.step();
        Ok(())
    }

    /// Those that stand, and those that were found.
    async fn discovered(&self, discovery: Discovery) -> Result<(Vec<Relation>, Vec<Relation>), AgentError> {
        let Discovery { mut found, mut compared, standing } = discovery;
        let ended = loop {
            tokio::select! {
                ended = &mut found => break ended,
                Ok(()) = compared.changed() => {
                    let (done, total) = *compared.borrow_and_update();
                    self.progress.say(format!("{done} of {total} pairs of columns"));
                }
            }
        };
        let found = ended.map_err(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => AgentError::refused(ErrorKind::Cancelled, "the search for relations was stopped: learn again"),
        })?;
        Ok((standing, found))
    }

    /// The relations that stand and those that the analyst stands by. It has no say over declared ones; where it fails,
    /// the evidence counts.
    async fn judged(
        &self,
        catalog: &Catalog,
        mut documentation: Vec<TableDocumentation>,
        found: Vec<Relation>,
        mut standing: Vec<Relation>,
    ) -> Result<Vec<Relation>, AgentError> {
        let parts = &self.agent.inner.parts;
        let (mut inferred, declared): (Vec<Relation>, Vec<Relation>) =
            found.into_iter().partition(|r| r.kind == RelationKind::Inferred);
        standing.extend(declared);
        let mut unseen = Vec::new();
        // What is hidden is shown to nobody: the evidence counts.
        let shown = hidden::is_any(&documentation)
            .then(|| hidden::split(catalog.clone(), &documentation, std::iter::empty()).0);
        if let Some(shown) = &shown {
            let visible = hidden::visible_relations(shown, inferred.clone());
            inferred.retain(|r| {
                visible.contains(r) || {
                    unseen.push(r.clone());
                    false
                }
            });
            documentation.retain(|d| !d.hidden);
        }
        let subject = RelationSubject {
            catalog: shown.as_ref().unwrap_or(catalog),
            documentation: &documentation,
            inferred: &inferred,
            ledger: &self.ledger,
        };
        match parts.analyst.judge_relations(&subject).await {
            Ok(Opinion::Given(said)) if said.verdicts.len() == inferred.len() => {
                for (relation, verdict) in inferred.iter_mut().zip(said.verdicts) {
                    relation.confidence = verdict.probability.clamp(0.0, 1.0);
                    relation.tier = RelationTier::of(relation.kind, relation.confidence);
                    relation.evidence.reasons = verdict.reasons;
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error.kind = %error.kind(), "judge_relations.failed"),
        }
        inferred.append(&mut unseen);
        standing.extend(kept(inferred, &standing, DiscoverOptions::default().threshold));
        Ok(standing)
    }
}

/// What names the columns of a relation, in its direction.
type Columns<'a> = (&'a TableRef, &'a [String], &'a TableRef, &'a [String]);

/// The columns that refer.
fn child(relation: &Relation) -> (&TableRef, &[String]) {
    (&relation.from_table, &relation.from_columns)
}

fn columns(relation: &Relation) -> Columns<'_> {
    (&relation.from_table, &relation.from_columns, &relation.to_table, &relation.to_columns)
}

/// Says where fewer child values have a parent than when it was learned before.
fn note_drift(found: &mut [Relation], before: &HashMap<Columns<'_>, Option<f64>>) {
    for relation in found {
        let earlier = before.get(&columns(relation)).copied().flatten();
        if let (Some(earlier), Some(now)) = (earlier, relation.evidence.containment)
            && earlier - now >= DRIFT
        {
            relation.evidence.containment_before = Some(earlier);
            relation.evidence.reasons.insert(0, RelationReason::FewerMatches);
        }
    }
}
