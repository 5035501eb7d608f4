//! How likely inferred relations hold.

use crate::analyst::{JudgedRelation, Opinion, RelationVerdicts};
use datafyme_domain::Relation;

/// The evidence was weighed when the relations were discovered (see [`crate::relations::score`]): its word stands.
pub(super) fn judge(inferred: &[Relation]) -> Opinion<RelationVerdicts> {
    Opinion::Given(RelationVerdicts {
        verdicts: inferred
            .iter()
            .map(|r| JudgedRelation { probability: r.confidence, reasons: r.evidence.reasons.clone() })
            .collect(),
    })
}
