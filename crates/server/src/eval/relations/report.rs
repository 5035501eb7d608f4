//! What `eval relations` reports.

use super::{
    DatabaseTime,
    truth::{Key, Truth, Verdict, item_key, relation_key},
};
use crate::eval::{answers::ratio, items::RelationItem};
use datafyme_domain::{Relation, RelationTier};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The whole report.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RelationsReport {
    /// Databases looked at.
    pub databases: usize,
    /// True relations whose child table has rows.
    pub total: usize,
    /// Of these, found.
    pub found: usize,
    /// Inferred relations, those of child tables without rows that are declared left out.
    pub inferred: usize,
    /// Inferred relations that are declared.
    pub correct: usize,
    /// `correct / inferred`.
    pub precision: f64,
    /// `found / total`.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Precision where joins of gold queries count as true as well.
    pub precision_joined: f64,
    /// Precision where what follows from both counts as true as well.
    pub precision_transitive: f64,
    /// The same with relations that are only offered for a person to confirm; nothing else counts these.
    pub precision_offered: f64,
    /// The same of relations shown as certain.
    pub certain: Score,
    /// Relations that are only offered.
    pub offered: Offered,
    /// True relations of child tables without rows, which no data can prove: how many, and how many found.
    pub without_rows: WithoutRows,
    /// Databases that could not be looked at.
    pub failed: Vec<String>,
    /// How long each database took, slowest first.
    pub times: Vec<DatabaseTime>,
    /// One entry per true relation, and one per wrong one.
    pub per_item: Vec<RelationReport>,
    #[serde(skip)]
    joined: usize,
    #[serde(skip)]
    transitive: usize,
}

/// A part of the inferred relations.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Score {
    /// How many.
    pub inferred: usize,
    /// Of these, declared.
    pub correct: usize,
    /// Of these, declared, joined by gold queries, or following from both.
    pub true_by_any: usize,
    /// `true_by_any / inferred`.
    pub precision: f64,
    /// `correct` among all declared ones.
    pub recall: f64,
}

/// Relations that are not used until a person confirms them.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Offered {
    /// How many.
    pub inferred: usize,
    /// Of these, declared, joined by gold queries, or following from both.
    pub true_by_any: usize,
}

/// Relations of empty child tables.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct WithoutRows {
    /// How many there are.
    pub total: usize,
    /// How many were found all the same.
    pub found: usize,
}

/// What became of one relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelationReport {
    /// Database.
    pub db: String,
    /// `child.columns → parent.columns`.
    pub relation: String,
    /// `found`, `missed`, `joined` (by a gold query), `transitive`, `wrong`; `offered`, `found_without_rows` and
    /// `missed_without_rows` are counted apart.
    pub status: &'static str,
    /// Of an inferred one.
    pub confidence: Option<f64>,
}

impl RelationsReport {
    pub(super) fn new(databases: usize, failed: Vec<String>) -> Self {
        Self { databases, failed, ..Self::default() }
    }

    pub(super) fn took(&mut self, db: &str, time: Duration, tables: usize) {
        self.times.push(DatabaseTime::new(db, tables, time));
    }

    pub(super) fn count(&mut self, db: &str, items: &[RelationItem], inferred: &[Relation], truth: &Truth) {
        let declared: BTreeSet<Key> = items.iter().map(item_key).collect();
        let empty: BTreeSet<Key> = items.iter().filter(|i| i.from_rows == Some(0)).map(item_key).collect();
        let found: BTreeMap<Key, &Relation> =
            inferred.iter().filter(|r| r.is_usable()).map(|r| (relation_key(r), r)).collect();
        for relation in inferred.iter().filter(|r| r.is_only_offered()) {
            let key = relation_key(relation);
            self.offered.inferred += 1;
            self.offered.true_by_any += usize::from(truth.verdict(db, &key) != Verdict::Wrong);
            self.per_item.push(entry(db, &key, "offered", Some(relation.confidence)));
        }
        for key in &declared {
            let found = found.get(key);
            let status = match (empty.contains(key), found.is_some()) {
                (false, true) => "found",
                (false, false) => "missed",
                (true, true) => "found_without_rows",
                (true, false) => "missed_without_rows",
            };
            if empty.contains(key) {
                self.without_rows.total += 1;
                self.without_rows.found += usize::from(found.is_some());
            } else {
                self.total += 1;
                self.found += usize::from(found.is_some());
            }
            self.per_item.push(entry(db, key, status, found.map(|r| r.confidence)));
        }
        for (key, relation) in found.iter().filter(|(key, _)| !empty.contains(*key)) {
            let verdict = truth.verdict(db, key);
            self.inferred += 1;
            self.correct += usize::from(verdict == Verdict::Declared);
            self.joined += usize::from(matches!(verdict, Verdict::Declared | Verdict::Joined));
            self.transitive += usize::from(verdict != Verdict::Wrong);
            if relation.tier == RelationTier::Certain {
                self.certain.inferred += 1;
                self.certain.correct += usize::from(verdict == Verdict::Declared);
                self.certain.true_by_any += usize::from(verdict != Verdict::Wrong);
            }
            let status = match verdict {
                Verdict::Declared => continue,
                Verdict::Joined => "joined",
                Verdict::Transitive => "transitive",
                Verdict::Wrong => "wrong",
            };
            self.per_item.push(entry(db, key, status, Some(relation.confidence)));
        }
    }

    pub(super) fn finish(&mut self) {
        self.precision = ratio(self.correct, self.inferred);
        self.precision_joined = ratio(self.joined, self.inferred);
        self.precision_transitive = ratio(self.transitive, self.inferred);
        self.precision_offered =
            ratio(self.transitive + self.offered.true_by_any, self.inferred + self.offered.inferred);
        self.recall = ratio(self.found, self.total);
        let sum = self.precision + self.recall;
        self.f1 = if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 };
        self.certain.precision = ratio(self.certain.true_by_any, self.certain.inferred);
        self.certain.recall = ratio(self.certain.correct, self.total);
        self.times.sort_by_key(|t| std::cmp::Reverse(t.ms));
    }
}

fn entry(db: &str, key: &Key, status: &'static str, confidence: Option<f64>) -> RelationReport {
    let (from, from_columns, to, to_columns) = key;
    RelationReport {
        db: db.to_owned(),
        relation: format!("{from}.{} → {to}.{}", from_columns.join("+"), to_columns.join("+")),
        status,
        confidence,
    }
}
