//! What is kept of the relations that were found with the benefit of the doubt, once somebody had a say on them.

use super::{
    assign::{self, Least, Scored},
    model::Known,
};
use datafyme_domain::{EvidenceBasis, Relation, TableRef};
use std::collections::HashSet;

/// Those of `inferred` that are sure enough, by what is asked of each where `threshold` is asked of most, given the
/// others that `stand`: the choice that [`super::discover`] makes at that threshold, with the confidence they have now.
#[must_use]
pub fn kept(inferred: Vec<Relation>, stand: &[Relation], threshold: f64) -> Vec<Relation> {
    // Under conditions a column has several parents.
    let (conditional, plain): (Vec<_>, Vec<_>) = inferred.into_iter().partition(|r| r.condition.is_some());
    let scored: Vec<Scored> = plain
        .iter()
        .map(|r| Scored {
            child: (r.from_table.clone(), r.from_columns.clone()),
            parent: (r.to_table.clone(), r.to_columns.clone()),
            confidence: r.confidence,
            least: least(r, threshold),
        })
        .collect();
    let joined: Vec<(TableRef, TableRef)> =
        stand.iter().chain(&conditional).map(|r| (r.from_table.clone(), r.to_table.clone())).collect();
    let chosen: HashSet<usize> = assign::assign(&scored, &HashSet::new(), &joined).into_iter().collect();
    let plain = plain.into_iter().enumerate().filter(|(position, _)| chosen.contains(position)).map(|(_, r)| r);
    plain.chain(conditional.into_iter().filter(|r| r.confidence >= threshold)).collect()
}

fn least(relation: &Relation, threshold: f64) -> Least {
    let evidence = &relation.evidence;
    match (relation.from_columns.len(), evidence.name_score, evidence.basis) {
        (2.., ..) => Least::always(threshold),
        (_, None, _) => Known::Values.least(threshold),
        (_, Some(_), EvidenceBasis::Unknown) => Known::Names.least(threshold),
        (_, Some(_), _) => Known::NamesAndValues.least(threshold),
    }
}
