//! Why a relation is believed: figures, and the reasons in words.

use super::{containment::Containment, facts::ColumnFacts};
use datafyme_domain::{Cardinality, ColumnProfile, EvidenceBasis, RelationEvidence, sketch::Overlap};

/// Of a reference of a table to itself that is no more than possible.
pub const OFFERED: &str =
    "within one table such values may be there by chance: it is used once a person has confirmed it";

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
    let (child_name, parent_name) = (&child.column.name, format!("{}.{}", parent.table.name, parent.column.name));
    let mut reasons: Vec<String> = Vec::new();
    if let Some(c) = counted.filter(|c| c.child_rows > 0) {
        reasons.push(rows_matched(&child.table.name.to_string(), child_name, &parent_name, c));
    } else if let Some(o) = estimated {
        let percent = 100.0 * o.share;
        reasons.push(format!(
            "about {percent:.0} % of the values of {child_name} are in {parent_name}, by samples of both"
        ));
    } else {
        reasons.push(format!("no values of {child_name} and {parent_name} could be compared"));
    }
    if let Some(affinity) = affinity.filter(|a| *a >= 0.5) {
        let how = if affinity >= 0.9 { "names" } else { "resembles the name of" };
        reasons.push(format!("the name {child_name} {how} {parent_name}"));
    }
    if parent.sole_primary_key {
        reasons.push(format!("{parent_name} is a primary key"));
    } else if parent_unique {
        reasons.push(format!("{parent_name} is unique in the data"));
    }
    if same_type && child.column.declared_type.eq_ignore_ascii_case(&parent.column.declared_type) {
        reasons.push(format!("both are {}", child.column.declared_type.to_lowercase()));
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

/// How many rows found their parent, in words.
#[must_use]
pub fn rows_matched(table: &str, child: &str, parent: &str, c: Containment) -> String {
    let looked_at = if c.basis == EvidenceBasis::SampledRows { " looked at" } else { "" };
    if c.orphan_rows == 0 {
        return format!("all {} rows of {table}{looked_at} with a {child} have a match in {parent}", c.child_rows);
    }
    let percent = 100.0 * (c.child_rows - c.orphan_rows.min(c.child_rows)) as f64 / c.child_rows as f64;
    format!(
        "{percent:.1} % of the rows of {table}{looked_at} with a {child} have a match in {parent}; {} have none",
        c.orphan_rows
    )
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
