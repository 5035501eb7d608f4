//! How far a model's word moves the confidence in a relation.

use datafyme_domain::{Relation, RelationEvidence};

/// Confidence between which the data left a candidate open. Below, a relation would rest on belief alone; above, names
/// and values agree.
const OPEN: (f64, f64) = (0.1, 0.95);
/// Child rows from which a share is no accident.
const TELLING_ROWS: u64 = 20;

/// Whether a model may be asked about it.
pub(super) fn is_open(relation: &Relation) -> bool {
    (OPEN.0..OPEN.1).contains(&relation.confidence)
}

/// The confidence after a model gave it that probability.
pub(super) fn moved(relation: &Relation, probability: f64) -> f64 {
    let (down, up) = bounds(&relation.evidence);
    let change = (probability.clamp(0.0, 1.0) - relation.confidence).clamp(-down, up);
    (relation.confidence + change).clamp(0.0, 1.0)
}

/// How far down and how far up.
fn bounds(evidence: &RelationEvidence) -> (f64, f64) {
    let telling = evidence.child_rows.is_some_and(|n| n >= TELLING_ROWS);
    match evidence.containment {
        // Nothing was measured: names are all there is, and a model reads names well.
        None => (0.6, 0.35),
        // Values without a partner: no word makes these a relation.
        Some(share) if share < 0.9 => (0.35, 0.0),
        // Every value has its partner in many rows.
        Some(share) if share >= 0.98 && telling => (0.1, 0.25),
        Some(_) => (0.2, 0.2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{Cardinality, DataSourceId, RelationId, RelationKind, TableRef};

    fn relation(confidence: f64, containment: Option<f64>, child_rows: u64) -> Relation {
        Relation {
            id: RelationId::generate(),
            source_id: DataSourceId::generate(),
            from_table: TableRef::bare("a"),
            from_columns: vec!["b_id".to_owned()],
            to_table: TableRef::bare("b"),
            to_columns: vec!["id".to_owned()],
            kind: RelationKind::Inferred,
            cardinality: Cardinality::ManyToOne,
            confidence,
            tier: datafyme_domain::RelationTier::default(),
            role: None,
            condition: None,
            evidence: RelationEvidence {
                containment,
                child_rows: containment.map(|_| child_rows),
                ..RelationEvidence::default()
            },
        }
    }

    #[test]
    fn what_was_measured_bounds_what_a_model_may_say() {
        let cases = [
            (relation(0.6, None, 0), 1.0, 0.95),
            (relation(0.7, None, 0), 0.0, 0.1),
            (relation(0.6, None, 0), 0.7, 0.7),
            (relation(0.6, Some(1.0), 500), 0.0, 0.5),
            (relation(0.6, Some(1.0), 500), 1.0, 0.85),
            (relation(0.6, Some(1.0), 3), 0.0, 0.4),
            (relation(0.6, Some(0.7), 500), 1.0, 0.6),
            (relation(0.6, Some(0.7), 500), 0.0, 0.25),
            (relation(0.7, None, 0), -7.0, 0.1),
            (relation(0.84, None, 0), 9.0, 1.0),
        ];
        for (relation, said, confidence) in cases {
            let moved = moved(&relation, said);
            assert!((moved - confidence).abs() < 1e-9, "{said}: {moved} instead of {confidence}");
        }
    }

    #[test]
    fn only_what_the_data_left_open_is_asked() {
        for (confidence, open) in [(0.05, false), (0.1, true), (0.6, true), (0.94, true), (0.96, false), (1.0, false)] {
            assert_eq!(is_open(&relation(confidence, None, 0)), open, "{confidence}");
        }
    }
}
