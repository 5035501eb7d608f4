//! Containment of child values in a parent key: the proof of a relation on the data.

use super::{
    DiscoverOptions,
    facts::{Class, ColumnFacts},
};
use datafyme_connect::{AllowedTables, Connector, QueryLimits, guard};
use datafyme_domain::{Dialect, EvidenceBasis, RelationCondition, Table, Value};

/// Counts over the child rows looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Containment {
    /// Distinct child values (of all columns together), none of them NULL.
    pub child_distinct: u64,
    /// Of these, found in the parent.
    pub matched: u64,
    /// Child rows with a value.
    pub child_rows: u64,
    /// Of these, without a parent.
    pub orphan_rows: u64,
    /// What was looked at.
    pub basis: EvidenceBasis,
}

impl Containment {
    /// Share of distinct child values found in the parent; absent without child values.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.child_distinct > 0).then(|| self.matched as f64 / self.child_distinct as f64)
    }
}

/// What is compared: columns of a child, in order, with those of a parent.
#[derive(Debug)]
pub struct Ends<'a> {
    /// Pairs of a child column and its parent column, at least one.
    pub columns: Vec<(&'a ColumnFacts<'a>, &'a ColumnFacts<'a>)>,
    /// Child rows that count.
    pub condition: Option<&'a RelationCondition>,
}

impl<'a> Ends<'a> {
    /// Of one column each.
    #[must_use]
    pub fn single(child: &'a ColumnFacts<'a>, parent: &'a ColumnFacts<'a>) -> Self {
        Self { columns: vec![(child, parent)], condition: None }
    }

    fn tables(&self) -> Option<(&'a Table, &'a Table)> {
        self.columns.first().map(|(child, parent)| (child.table, parent.table))
    }
}

/// Counts without a query, where the profiles leave no doubt: whole numbers, all rows read, every value found.
#[must_use]
pub fn from_profiles(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> Option<Containment> {
    let whole = |f: &ColumnFacts<'_>| {
        f.class == Class::Integer && f.table.profile.as_ref().is_some_and(|p| p.sampled_rows.is_none())
    };
    let all = child.overlap(parent).is_some_and(|o| o.exact && o.share >= 1.0);
    let profile = child.profile.filter(|_| all && whole(child) && whole(parent))?;
    Some(Containment {
        child_distinct: profile.distinct,
        matched: profile.distinct,
        child_rows: profile.non_null,
        orphan_rows: 0,
        basis: EvidenceBasis::AllRows,
    })
}

/// Counts on the database itself, over at most `options.max_child_rows` child rows. `None` when the query fails or
/// takes too long: not known is a state.
pub async fn measure(ends: &Ends<'_>, connector: &dyn Connector, options: &DiscoverOptions) -> Option<Containment> {
    let (child, parent) = ends.tables()?;
    let whole = child.rows().is_some_and(|rows| rows <= options.max_child_rows);
    let sql = query(ends, connector.dialect(), (!whole).then_some(options.max_child_rows))?;
    let allowed = AllowedTables::only(vec![child.name.clone(), parent.name.clone()]);
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
    let basis = if whole { EvidenceBasis::AllRows } else { EvidenceBasis::SampledRows };
    Some(Containment {
        child_distinct: count(0),
        matched: count(1),
        child_rows: count(2),
        orphan_rows: count(3),
        basis,
    })
}

/// One row: distinct child values, those found, child rows, those without a parent. The child is cut to `most` rows;
/// the parent is read whole, else values would seem to be missing.
fn query(ends: &Ends<'_>, dialect: Dialect, most: Option<u64>) -> Option<String> {
    let (child, parent) = ends.tables()?;
    let (mut picks, mut keys, mut present, mut joins, mut groups) = (vec![], vec![], vec![], vec![], vec![]);
    let mut keys_present = vec![];
    for (i, (from, to)) in ends.columns.iter().enumerate() {
        // Numbers compare as numbers whatever their declared types: as text, 1.0 is not 1.
        let declared = from.column.declared_type.eq_ignore_ascii_case(&to.column.declared_type);
        let comparable = from.class == to.class && (from.class == Class::Integer || declared);
        let cast = |name: &str| {
            let quoted = dialect.quote(name);
            if comparable { quoted } else { format!("CAST({quoted} AS TEXT)") }
        };
        picks.push(format!("{} AS v{i}", cast(&from.column.name)));
        keys.push(format!("{} AS v{i}", cast(&to.column.name)));
        present.push(format!("{} IS NOT NULL", dialect.quote(&from.column.name)));
        keys_present.push(format!("{} IS NOT NULL", dialect.quote(&to.column.name)));
        joins.push(format!("p.v{i} = c.v{i}"));
        groups.push(format!("v{i}"));
    }
    if let Some(condition) = ends.condition {
        let value = condition.value.replace('\'', "''");
        present.push(format!("{} = '{value}'", dialect.quote(&condition.column)));
    }
    let limit = most.map_or_else(String::new, |n| format!(" LIMIT {n}"));
    Some(format!(
        "SELECT COUNT(*), COUNT(p.v0), SUM(c.n), SUM(CASE WHEN p.v0 IS NULL THEN c.n ELSE 0 END) \
         FROM (SELECT {groups}, COUNT(*) AS n FROM (SELECT {picks} FROM {child} WHERE {present}{limit}) s GROUP BY {groups}) c \
         LEFT JOIN (SELECT DISTINCT {keys} FROM {parent} WHERE {keys_present}) p ON {joins}",
        groups = groups.join(", "),
        picks = picks.join(", "),
        child = child.name.to_sql(dialect),
        present = present.join(" AND "),
        keys = keys.join(", "),
        parent = parent.name.to_sql(dialect),
        keys_present = keys_present.join(" AND "),
        joins = joins.join(" AND "),
    ))
}
