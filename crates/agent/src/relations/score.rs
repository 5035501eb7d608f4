//! From evidence to confidence, with the reasons in words.

use super::{
    affinity,
    containment::Containment,
    facts::{Class, ColumnFacts},
};
use datafyme_domain::{Cardinality, RelationEvidence, TableRef};

/// A child column and a possible parent key, with what is known of the pair.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The referencing column.
    pub child: &'a ColumnFacts<'a>,
    /// The referenced key.
    pub parent: &'a ColumnFacts<'a>,
    /// Name affinity, 0 to 1.
    pub affinity: f64,
    /// The best affinity of the same child with a key of any other table.
    pub rival_affinity: f64,
    /// Affinity of the child with its own table: how much it looks like that table's own key.
    pub own_affinity: f64,
    /// Counts, where measured.
    pub containment: Option<Containment>,
    /// Where the child stands among its rivals in containment is not known before measuring: share from profiles.
    pub profile_share: Option<f64>,
}

impl Candidate<'_> {
    fn share(&self) -> Option<f64> {
        self.containment.and_then(|c| c.share()).or(self.profile_share)
    }

    /// Confidence that the pair is a relation, 0 to 1: a logistic function of a few bounded signals. The weights follow
    /// the order of strength found by measurement on public schemas (name affinity and its rank first, then the place
    /// of both columns, then containment); see `datafyme eval relations` for what they reach.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        let share = self.share();
        if share.is_some_and(|s| s < 0.3 || (s < 0.75 && self.affinity < 0.75)) {
            return 0.0;
        }
        let mut z = -5.6 + 7.0 * self.affinity;
        z -= 4.0 * (self.rival_affinity - self.affinity).clamp(0.0, 0.5);
        z += match share {
            Some(s) => 1.2 - 8.0 * (1.0 - s).min(0.4),
            None => -0.4,
        };
        z += if self.parent.sole_primary_key { 0.9 } else { -0.4 };
        z += if self.parent.position == 0 { 0.6 } else { -0.5 };
        z -= 0.5 * self.parent.key_rank.unwrap_or(3).min(3) as f64;
        z += if self.child.position == 0 { -1.2 } else { 0.3 };
        if self.child.sole_primary_key {
            z -= 1.5;
        }
        z -= 2.5 * (self.own_affinity - self.affinity.min(0.9)).max(0.0);
        if self.child.column.declared_type.eq_ignore_ascii_case(&self.parent.column.declared_type) {
            z += 0.3;
        }
        if looks_like_a_measure(&self.child.words) {
            z -= 3.5;
        }
        if self.child.table.name == self.parent.table.name {
            z -= 1.0;
        }
        z += self.surprise();
        1.0 / (1.0 + (-z).exp())
    }

    /// How telling containment is: sparse or textual values cannot be contained by chance, small whole numbers can.
    fn surprise(&self) -> f64 {
        let Some(share) = self.share() else { return 0.0 };
        let distinct = self.child.distinct().unwrap_or(0).min(40) as f64;
        if share < 0.98 {
            return 0.0;
        }
        if self.parent.class == Class::Integer && self.parent.is_dense() {
            return 0.3 * (distinct / 40.0) - 0.3;
        }
        1.6 * (distinct / 40.0)
    }

    /// Rows on each side, as the child's profile shows.
    #[must_use]
    pub fn cardinality(&self) -> Cardinality {
        match self.child.profile {
            Some(p) if p.is_unique() => Cardinality::OneToOne,
            Some(p) if p.non_null > 0 => Cardinality::ManyToOne,
            _ => Cardinality::Unknown,
        }
    }

    /// The evidence with its reasons in words, strongest first.
    #[must_use]
    pub fn evidence(&self) -> RelationEvidence {
        evidence(self.child, self.parent, Some(self.affinity), self.containment)
    }
}

/// Evidence for a pair of columns; also for declared keys, whose name affinity does not matter.
#[must_use]
pub fn evidence(
    child: &ColumnFacts<'_>,
    parent: &ColumnFacts<'_>,
    affinity: Option<f64>,
    containment: Option<Containment>,
) -> RelationEvidence {
    let same_type = child.class == parent.class;
    let parent_unique =
        parent.sole_primary_key || parent.profile.is_some_and(datafyme_domain::ColumnProfile::is_unique);
    let (child_name, parent_name) = (&child.column.name, label(&parent.table.name, &parent.column.name));
    let mut reasons = Vec::new();
    if let Some(c) = containment.filter(|c| c.child_rows > 0) {
        let rows = c.child_rows - c.orphan_rows;
        let percent = 100.0 * rows as f64 / c.child_rows as f64;
        reasons.push(if c.orphan_rows == 0 {
            format!("all {rows} rows of {} with a {child_name} have a match in {parent_name}", child.table.name)
        } else {
            format!(
                "{percent:.1} % of the rows of {} with a {child_name} have a match in {parent_name}; {} have none",
                child.table.name, c.orphan_rows
            )
        });
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
    if same_type {
        reasons.push(format!("both are {}", child.column.declared_type.to_lowercase()));
    }
    RelationEvidence {
        name_score: affinity,
        containment: containment.and_then(|c| c.share()),
        orphan_rows: containment.map(|c| c.orphan_rows),
        child_rows: containment.map(|c| c.child_rows),
        parent_unique: Some(parent_unique),
        same_type: Some(same_type),
        reasons,
    }
}

fn label(table: &TableRef, column: &str) -> String {
    format!("{table}.{column}")
}

/// Columns that count or weigh something are not references, whatever their values.
fn looks_like_a_measure(words: &[String]) -> bool {
    const MEASURES: &[&str] = &[
        "count",
        "total",
        "amount",
        "quantity",
        "qty",
        "price",
        "cost",
        "age",
        "year",
        "rank",
        "ranking",
        "rating",
        "score",
        "size",
        "capacity",
        "percent",
        "percentage",
        "weight",
        "height",
        "length",
        "salary",
        "budget",
        "date",
        "time",
        "name",
        "description",
        "title",
    ];
    let counted =
        words.iter().any(|w| w == "of") && words.iter().any(|w| affinity::is_id_like(std::slice::from_ref(w)));
    counted || words.last().is_some_and(|w| MEASURES.contains(&w.as_str()))
}
