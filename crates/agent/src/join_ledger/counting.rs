//! Counts the joins of a query on the data, one bounded query per join.

use super::{
    MOST_JOINS, PATIENCE,
    anatomy::{Anatomy, selects},
    repeats, untangling,
};
use crate::{checks, knowledge::SourceKnowledge, sql_tree, workbench::Workbench};
use datafyme_domain::{Check, JoinCount, names::fold};
use datafyme_nlq::TrialOutcome;
use sqlparser::ast::{Query, TableFactor};
use std::time::Instant;

/// What was counted of a query.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) checks: Vec<Check>,
    /// Whether every join was counted: what is known from learning adds nothing then.
    pub(crate) complete: bool,
}

/// A join, counted, with what the tree of joins needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) figures: JoinCount,
    /// Most rows of the attached source for one row of those before it.
    pub(super) most: u64,
    /// Most rows of those before it for one row of the attached source.
    pub(super) most_back: u64,
}

/// Counts the joins of `sql`, and whether its figures count a row more than once. Never fails: what cannot be counted
/// within the limits is left out, and said so.
pub(crate) async fn count(bench: &Workbench, sql: &str, knowledge: &SourceKnowledge) -> Ledger {
    let Ok(query) = sql_tree::parse(sql, bench.dialect()) else { return Ledger::default() };
    let mut scribe =
        Scribe { bench, started: Instant::now(), ledger: Ledger { complete: true, ..Ledger::default() }, joins: 0 };
    for scope in scopes(&query) {
        for select in scope.selects() {
            let Some(anatomy) = Anatomy::of(select, &knowledge.catalog, &scope.ctes) else {
                scribe.ledger.complete &= select.from.len() == 1 && select.from.iter().all(|f| f.joins.is_empty());
                continue;
            };
            let counted = scribe.joins(&anatomy, &scope.with).await;
            if let Some(counted) = counted {
                let probes = repeats::probes(select, &anatomy, &counted, (&scope.with, bench.dialect()));
                scribe.repeats(probes).await;
                scribe.pairs(select, &anatomy);
            }
        }
    }
    scribe.ledger
}

/// A query whose selects are counted, with what its FROM may name.
struct Scope<'q> {
    query: &'q Query,
    /// `WITH …`, as written, with a blank behind; empty where there is none.
    with: String,
    /// Folded names.
    ctes: Vec<String>,
}

impl<'q> Scope<'q> {
    fn selects(&self) -> Vec<&'q sqlparser::ast::Select> {
        let mut found = Vec::new();
        selects(&self.query.body, &mut found);
        found
    }
}

/// The query itself, its CTEs and the sub-queries of FROM. Sub-queries of conditions ask whether, not how many.
fn scopes(query: &Query) -> Vec<Scope<'_>> {
    let (with, ctes) = match &query.with {
        Some(with) if with.recursive => return Vec::new(),
        Some(with) => {
            (format!("{with} "), with.cte_tables.iter().map(|c| fold(&c.alias.name.value)).collect::<Vec<String>>())
        }
        None => (String::new(), Vec::new()),
    };
    let mut found = vec![Scope { query, with: with.clone(), ctes: ctes.clone() }];
    let mut at = 0;
    let inner: Vec<&Query> = query.with.iter().flat_map(|w| &w.cte_tables).map(|c| &*c.query).collect();
    // A WITH inside of a WITH is rare, and its names would have to be told apart.
    found.extend(inner.into_iter().filter(|q| q.with.is_none()).map(|query| Scope {
        query,
        with: with.clone(),
        ctes: ctes.clone(),
    }));
    while let Some(scope) = found.get(at) {
        let derived: Vec<&Query> = scope
            .selects()
            .into_iter()
            .flat_map(|s| &s.from)
            .flat_map(|f| std::iter::once(&f.relation).chain(f.joins.iter().map(|j| &j.relation)))
            .filter_map(|factor| match factor {
                TableFactor::Derived { subquery, .. } if subquery.with.is_none() => Some(&**subquery),
                _ => None,
            })
            .collect();
        found.extend(derived.into_iter().map(|query| Scope { query, with: with.clone(), ctes: ctes.clone() }));
        at += 1;
    }
    found
}

struct Scribe<'a> {
    bench: &'a Workbench,
    started: Instant,
    ledger: Ledger,
    joins: usize,
}

impl Scribe<'_> {
    /// The joins of one select, counted; `None` where one of them could not be.
    async fn joins(&mut self, anatomy: &Anatomy<'_>, with: &str) -> Option<Vec<Counted>> {
        let mut all = Vec::new();
        for at in 0..anatomy.attachments.len() {
            match self.join(anatomy, at, with).await {
                Some(counted) => {
                    let check = checks::join_counted(&counted.figures, counted.most);
                    if !self.ledger.checks.contains(&check) {
                        self.ledger.checks.push(check);
                    }
                    all.push(counted);
                }
                None => self.ledger.complete = false,
            }
        }
        (all.len() == anatomy.attachments.len()).then_some(all)
    }

    async fn join(&mut self, anatomy: &Anatomy<'_>, at: usize, with: &str) -> Option<Counted> {
        self.joins += 1;
        if self.joins > MOST_JOINS || self.started.elapsed() > PATIENCE {
            return None;
        }
        let sql = join_sql(anatomy, at, with)?;
        let TrialOutcome::Rows(rows) = self.bench.attempt(&sql).await else { return None };
        let row = rows.rows.first()?;
        let figure = |i: usize| row.get(i).and_then(datafyme_domain::Value::as_f64).map(|v| v.max(0.0) as u64);
        let (rows_in, matched, paired) = (figure(0)?, figure(1)?, figure(2)?);
        let attached = anatomy.attachments.get(at)?;
        let from = anatomy.hangs_on(at).and_then(|s| anatomy.sources.get(s)).map_or_else(
            || anatomy.sources.iter().take(at + 1).map(super::anatomy::Source::label).collect::<Vec<_>>().join(" + "),
            super::anatomy::Source::label,
        );
        let figures = JoinCount {
            from,
            to: anatomy.sources.get(at + 1)?.label(),
            rows_in,
            matched,
            dropped: if attached.keeps { 0 } else { rows_in.saturating_sub(matched) },
            kept_unmatched: if attached.keeps { rows_in.saturating_sub(matched) } else { 0 },
            repeated: paired.saturating_sub(matched),
        };
        Some(Counted { figures, most: figure(3)?, most_back: figure(4)? })
    }

    /// Rows that are counted as such, where each is a pair of rows that have nothing to do with each other.
    fn pairs(&mut self, select: &sqlparser::ast::Select, anatomy: &Anatomy<'_>) {
        let counts_rows = repeats::aggregates(select)
            .into_iter()
            .filter(repeats::adds)
            .any(|f| anatomy.touches(&sqlparser::ast::Expr::Function(f)).is_none_or(|t| t.is_empty()));
        let paired = untangling::paired(anatomy);
        if counts_rows && paired.len() > 1 {
            self.ledger.checks.push(checks::pairs_counted(&paired));
        }
    }

    async fn repeats(&mut self, probes: Vec<repeats::Probe>) {
        for probe in probes {
            if self.started.elapsed() > PATIENCE {
                self.ledger.checks.push(checks::repeats_unknown(&probe.what));
                continue;
            }
            let check = match self.bench.attempt(&probe.sql).await {
                TrialOutcome::Rows(rows) => {
                    let row = rows.rows.first().map(Vec::as_slice).unwrap_or_default();
                    let figure = |i: usize| row.get(i).and_then(datafyme_domain::Value::as_f64).unwrap_or(0.0);
                    checks::repeats(&probe.what, figure(0), figure(1))
                }
                _ => checks::repeats_unknown(&probe.what),
            };
            if !self.ledger.checks.contains(&check) {
                self.ledger.checks.push(check);
            }
        }
    }
}

/// Rows in, matched, paired, most partners of one row, most rows with one partner. Both sides are counted per key
/// first, so that the count costs two passes and no more, however much the join itself multiplies.
fn join_sql(anatomy: &Anatomy<'_>, at: usize, with: &str) -> Option<String> {
    let attached = anatomy.attachments.get(at).filter(|a| a.clear)?;
    let own = anatomy.sources.get(at + 1)?;
    let side = |keys: Vec<String>, from: &str, conditions: &str| {
        let named: Vec<String> = keys.iter().enumerate().map(|(i, k)| format!("{k} AS k{i}")).collect();
        format!("(SELECT {}, count(*) AS n FROM {from}{conditions} GROUP BY {})", named.join(", "), keys.join(", "))
    };
    let lefts = attached.on.iter().map(|(l, _)| l.to_string()).collect();
    let rights: Vec<String> = attached.on.iter().map(|(_, r)| r.to_string()).collect();
    let own_conditions: Vec<String> = attached.own.iter().map(|c| format!("({c})")).collect();
    let own_where =
        if own_conditions.is_empty() { String::new() } else { format!(" WHERE {}", own_conditions.join(" AND ")) };
    let on: Vec<String> = (0..rights.len()).map(|i| format!("l.k{i} = r.k{i}")).collect();
    Some(format!(
        "{with}SELECT coalesce(sum(l.n), 0) AS rows_in, coalesce(sum(CASE WHEN r.n IS NULL THEN 0 ELSE l.n END), 0) AS \
         matched, coalesce(sum(l.n * r.n), 0) AS paired, coalesce(max(r.n), 0) AS most, coalesce(max(CASE WHEN r.n IS \
         NULL THEN 0 ELSE l.n END), 0) AS most_back FROM {} AS l LEFT JOIN {} AS r ON {}",
        side(lefts, &anatomy.sources_text(at), &anatomy.where_text(at)),
        side(rights, &own.text, &own_where),
        on.join(" AND ")
    ))
}
