//! Why a relation is believed: figures, and the reasons.

use super::{containment::Containment, facts::ColumnFacts};
use datafyme_domain::{Cardinality, ColumnProfile, EvidenceBasis, RelationEvidence, RelationReason, sketch::Overlap};

/// Evidence for a pair of columns, reasons strongest first. `affinity` is absent for declared keys, whose names do not
/// matter.
#[must_use]
pub fn of(
    child: &ColumnFacts<'_>,
    parent: &ColumnFacts<'_>,
    affinity: Option<f64>,
    counted: Option<Containment>,
    estimated: Option<Overlap>,
) -> RelationEvidence {
    let same_type = child.class == parent.class;
    let parent_unique = parent.sole_primary_key || parent.profile.is_some_and(ColumnProfile::is_unique);
    let mut reasons = vec![match (counted, estimated) {
        (Some(c), _) if c.child_rows > 0 => RelationReason::RowsMatched,
        (_, Some(_)) => RelationReason::ValuesEstimated,
        _ => RelationReason::NotCompared,
    }];
    match affinity {
        Some(affinity) if affinity >= 0.9 => reasons.push(RelationReason::NameFits),
        Some(affinity) if affinity >= 0.5 => reasons.push(RelationReason::NameAlike),
        _ => {}
    }
    if parent.sole_primary_key {
        reasons.push(RelationReason::PrimaryKey);
    } else if parent_unique {
        reasons.push(RelationReason::UniqueInData);
    }
    if same_type && child.column.declared_type.eq_ignore_ascii_case(&parent.column.declared_type) {
        reasons.push(RelationReason::SameType { declared_type: child.column.declared_type.to_lowercase() });
    }
    let mut evidence = counted_evidence(counted, estimated);
    evidence.name_score = affinity;
    evidence.parent_unique = Some(parent_unique);
    evidence.same_type = Some(same_type);
    evidence.reasons = reasons;
    evidence
}

/// The figures alone.
#[must_use]
pub fn counted_evidence(counted: Option<Containment>, estimated: Option<Overlap>) -> RelationEvidence {
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    RelationEvidence {
        containment: counted.and_then(|c| c.share()).or(estimated.map(|o| o.share)),
        orphan_rows: counted.map(|c| c.orphan_rows),
        child_rows: counted.map(|c| c.child_rows),
        orphan_share: counted.and_then(|c| share(c.orphan_rows, c.child_rows)),
        basis: match (counted, estimated) {
            (Some(c), _) => c.basis,
            (None, Some(_)) => EvidenceBasis::Estimate,
            (None, None) => EvidenceBasis::Unknown,
        },
        ..RelationEvidence::default()
    }
}

/// Rows on each side, as the child's profile shows.
#[must_use]
pub fn cardinality(child: &ColumnFacts<'_>) -> Cardinality {
    match child.profile {
        Some(p) if p.is_unique() => Cardinality::OneToOne,
        Some(p) if p.non_null > 0 => Cardinality::ManyToOne,
        _ if child.sole_primary_key => Cardinality::OneToOne,
        _ => Cardinality::Unknown,
    }
}

/// What the parent is to the child by name: `billing` for `billing_address_id` → `addresses`, none for `address_id`.
#[must_use]
pub fn role(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> Option<String> {
    let known = |word: &&String| !parent.names.table.contains(word) && !parent.names.words.contains(word);
    let words: Vec<&str> = child.names.core.iter().filter(known).map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
