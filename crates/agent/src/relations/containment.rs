//! Containment of child values in a parent key: the proof of a relation on the data.

use super::{
    DiscoverOptions,
    facts::{Class, ColumnFacts},
};
use datafyme_connect::{AllowedTables, Connector, QueryLimits, guard};
use datafyme_domain::{Dialect, Value};
use std::collections::HashSet;

/// Counts over the child rows looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Containment {
    /// Distinct non-null child values.
    pub child_distinct: u64,
    /// Of these, found in the parent.
    pub matched: u64,
    /// Child rows with a value.
    pub child_rows: u64,
    /// Of these, without a parent.
    pub orphan_rows: u64,
}

impl Containment {
    /// Share of distinct child values found in the parent; absent without child values.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.child_distinct > 0).then(|| self.matched as f64 / self.child_distinct as f64)
    }
}

/// Share of distinct child values in the parent, from the profiles alone; absent when they do not hold all values.
/// Cheap enough to prune with.
#[must_use]
pub fn from_profiles(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> Option<f64> {
    let (child, parent) = (child.complete_values()?, parent.complete_values()?);
    let parent: HashSet<&str> = parent.iter().map(String::as_str).collect();
    Some(child.iter().filter(|v| parent.contains(v.as_str())).count() as f64 / child.len() as f64)
}

/// Counts on the database itself, over at most `options.max_child_rows` child rows. `None` when the query fails or
/// takes too long: not known is a state.
pub async fn measure(
    child: &ColumnFacts<'_>,
    parent: &ColumnFacts<'_>,
    connector: &dyn Connector,
    options: &DiscoverOptions,
) -> Option<Containment> {
    let sql = query(child, parent, connector.dialect(), options.max_child_rows);
    let allowed = AllowedTables::only(vec![child.table.name.clone(), parent.table.name.clone()]);
    let checked = guard::check(&sql, connector.dialect(), &allowed).ok()?;
    let limits = QueryLimits::new(options.query_timeout, 1, 4_096);
    let rows = connector.query(&checked, &limits).await.ok()?.collect().await.ok()?;
    let row = rows.rows.first()?;
    let count = |index: usize| -> u64 {
        match row.get(index) {
            Some(Value::Int(n)) => u64::try_from(*n).unwrap_or(0),
            Some(other) => other.as_f64().map_or(0, |n| n.max(0.0) as u64),
            None => 0,
        }
    };
    Some(Containment { child_distinct: count(0), matched: count(1), child_rows: count(2), orphan_rows: count(3) })
}

fn query(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>, dialect: Dialect, max_rows: u64) -> String {
    // Numbers compare as numbers whatever their declared types: as text, 1.0 is not 1.
    let comparable =
        child.class == parent.class && (child.class == Class::Integer || same_declared_type(child, parent));
    let cast = |name: &str| {
        let quoted = dialect.quote(name);
        if comparable { quoted } else { format!("CAST({quoted} AS TEXT)") }
    };
    let table = |facts: &ColumnFacts<'_>| facts.table.name.to_sql(dialect);
    let (child_column, parent_column) = (cast(&child.column.name), cast(&parent.column.name));
    let raw = dialect.quote(&child.column.name);
    // A bounded look at big children; the parent is read whole, else values would seem to be missing.
    let bounded = match child.table.rows() {
        Some(rows) if rows <= max_rows => String::new(),
        _ => format!(" LIMIT {max_rows}"),
    };
    format!(
        "SELECT COUNT(*), COUNT(p.v), SUM(c.n), SUM(CASE WHEN p.v IS NULL THEN c.n ELSE 0 END) \
         FROM (SELECT v, COUNT(*) AS n FROM (SELECT {child_column} AS v FROM {} WHERE {raw} IS NOT NULL{bounded}) s GROUP BY v) c \
         LEFT JOIN (SELECT DISTINCT {parent_column} AS v FROM {} WHERE {} IS NOT NULL) p ON p.v = c.v",
        table(child),
        table(parent),
        dialect.quote(&parent.column.name),
    )
}

fn same_declared_type(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> bool {
    child.column.declared_type.eq_ignore_ascii_case(&parent.column.declared_type)
}
