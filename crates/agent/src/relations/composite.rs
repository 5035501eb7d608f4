//! Keys of several columns: onto declared keys, by the names of all their columns, proven on the tuples.

use super::{
    DiscoverOptions,
    containment::{Containment, Ends, measure},
    evidence,
    facts::ColumnFacts,
    names,
};
use datafyme_connect::Connector;
use datafyme_domain::{Cardinality, DataSourceId, Relation, RelationId, RelationKind, RelationReason, RelationTier};
use std::collections::{HashMap, HashSet};

/// Child tables looked at per key.
const CHILDREN: usize = 50;
/// Keys of more columns are not looked for.
const WIDEST: usize = 5;
/// Least share of tuples with a parent.
const CONTAINED: f64 = 0.9;
/// From here on a column is named after its own table.
const AT_HOME: f64 = 0.6;
/// Confidence where all tuples have a parent and chance is no explanation.
const PROVEN: f64 = 0.92;
/// Confidence by names and keys alone.
const NAMED: f64 = 0.6;

/// Child and parent columns, in the order of the parent's key.
struct Composite<'a> {
    columns: Vec<(&'a ColumnFacts<'a>, &'a ColumnFacts<'a>)>,
}

/// Relations of several columns onto declared composite keys.
pub(super) async fn discover(
    facts: &[ColumnFacts<'_>],
    source: DataSourceId,
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
) -> Vec<Relation> {
    let mut found = Vec::new();
    for composite in propose(facts) {
        let asked = composite.columns.first().is_some_and(|(c, p)| options.asks(&c.table.name, &p.table.name));
        if !asked {
            continue;
        }
        let ends = Ends { columns: composite.columns, condition: None };
        let counted = match connector {
            Some(connector) if ends.columns.iter().all(|(c, p)| c.has_values() && p.has_values()) => {
                measure(&ends, connector, options).await
            }
            _ => None,
        };
        let confidence = match counted {
            Some(c) if c.share().is_some_and(|s| s < CONTAINED) => continue,
            Some(c) if c.child_distinct >= 2 && !by_chance(&ends) => PROVEN,
            _ => NAMED,
        };
        found.extend(relation(source, &ends, counted, confidence));
    }
    found
}

/// Whether so many combinations exist in the parent that any would be found.
fn by_chance(ends: &Ends<'_>) -> bool {
    let combinations: f64 = ends.columns.iter().map(|(_, parent)| parent.distinct().max(1) as f64).product();
    let rows = ends.columns.first().and_then(|(_, p)| p.table.rows()).unwrap_or(0) as f64;
    rows >= 0.8 * combinations
}

fn propose<'a>(facts: &'a [ColumnFacts<'a>]) -> Vec<Composite<'a>> {
    let mut by_name: HashMap<&str, Vec<&ColumnFacts<'_>>> = HashMap::new();
    let mut by_table: HashMap<usize, Vec<&ColumnFacts<'_>>> = HashMap::new();
    for one in facts {
        by_table.entry(one.table_position).or_default().push(one);
        if !one.names.joined.is_empty() {
            by_name.entry(&one.names.joined).or_default().push(one);
        }
    }
    let tables: HashSet<&str> = facts.iter().map(|f| f.names.table_joined.as_str()).collect();
    let mut proposed = Vec::new();
    for columns in by_table.values().filter(|c| c.first().is_some_and(|f| f.table.primary_key.len() >= 2)) {
        let Some(key) = key_columns(columns).filter(|key| key.iter().any(|k| is_own(k, &tables))) else { continue };
        let rarest = key.iter().min_by_key(|k| by_name.get(k.names.joined.as_str()).map_or(0, Vec::len));
        let children = rarest.and_then(|k| by_name.get(k.names.joined.as_str())).map_or(&[][..], Vec::as_slice);
        for child in
            children.iter().take(CHILDREN).filter(|c| c.table_position != key.first().map_or(0, |k| k.table_position))
        {
            let of_child = by_table.get(&child.table_position).map_or(&[][..], Vec::as_slice);
            proposed.extend(matched(&key, of_child));
        }
    }
    proposed.sort_by_key(|c| c.columns.first().map(|(child, parent)| (child.table_position, parent.table_position)));
    proposed
}

fn key_columns<'a>(columns: &[&'a ColumnFacts<'a>]) -> Option<Vec<&'a ColumnFacts<'a>>> {
    let table = columns.first()?.table;
    if table.primary_key.len() > WIDEST {
        return None;
    }
    table.primary_key.iter().map(|name| columns.iter().find(|c| &c.column.name == name).copied()).collect()
}

/// Whether a part of a key is of the table itself. A key of nothing but references and periods (a figure per campus
/// and year) belongs to a sibling of the child, which has its own figures of the same, not to a parent.
fn is_own(part: &ColumnFacts<'_>, tables: &HashSet<&str>) -> bool {
    let n = &part.names;
    if names::is_period(&n.words) {
        return false;
    }
    if names::is_id_like(&n.words) {
        return n.at_home >= AT_HOME;
    }
    // Plurals in -es may have kept their e: `campuses` is known as `campuse`.
    n.joined == n.table_joined
        || !(tables.contains(n.joined.as_str()) || tables.contains(format!("{}e", n.joined).as_str()))
}

/// The child's columns of the same names, where they may refer to the key.
fn matched<'a>(key: &[&'a ColumnFacts<'a>], child: &[&'a ColumnFacts<'a>]) -> Option<Composite<'a>> {
    let columns: Vec<_> = key
        .iter()
        .map(|k| child.iter().find(|c| c.names.joined == k.names.joined && c.class == k.class).map(|c| (*c, *k)))
        .collect::<Option<_>>()?;
    let (of_child, of_parent) = columns.first().map(|(c, p)| (c.table, p.table))?;
    let names: HashSet<&str> = columns.iter().map(|(c, _)| c.column.name.as_str()).collect();
    // Two tables of one key: the narrower one is the parent only when the other's key is wider or is no such key.
    let same_key =
        of_child.primary_key.len() == names.len() && of_child.primary_key.iter().all(|c| names.contains(c.as_str()));
    let contained = columns.iter().all(|(c, k)| c.overlap(k).is_none_or(|o| o.share >= CONTAINED));
    (contained && !same_key && of_child.name != of_parent.name).then_some(Composite { columns })
}

fn relation(source: DataSourceId, ends: &Ends<'_>, counted: Option<Containment>, confidence: f64) -> Option<Relation> {
    let (child, parent) = ends.columns.first().map(|(c, p)| (c.table, p.table))?;
    let from: Vec<String> = ends.columns.iter().map(|(c, _)| c.column.name.clone()).collect();
    let to: Vec<String> = ends.columns.iter().map(|(_, p)| p.column.name.clone()).collect();
    let mut evidence = evidence::counted_evidence(counted, None);
    if counted.is_some_and(|c| c.child_rows > 0) {
        evidence.reasons.push(RelationReason::RowsMatched);
    }
    evidence.reasons.push(RelationReason::NamedLikeKey);
    evidence.name_score = Some(1.0);
    evidence.parent_unique = Some(true);
    evidence.same_type = Some(true);
    Some(Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table: child.name.clone(),
        from_columns: from,
        to_table: parent.name.clone(),
        to_columns: to,
        kind: RelationKind::Inferred,
        cardinality: counted.map_or(Cardinality::Unknown, |c| {
            if c.child_rows == c.child_distinct { Cardinality::OneToOne } else { Cardinality::ManyToOne }
        }),
        confidence,
        tier: RelationTier::of(RelationKind::Inferred, confidence),
        role: None,
        condition: None,
        evidence,
    })
}
