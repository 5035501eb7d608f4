//! One column that refers to several tables, which one a type column says: `commentable_type`, `commentable_id`.

use super::{
    DiscoverOptions,
    assign::End,
    containment::{Ends, measure},
    evidence,
    facts::{Class, ColumnFacts},
    names,
};
use datafyme_connect::Connector;
use datafyme_domain::{
    Cardinality, DataSourceId, Relation, RelationCondition, RelationId, RelationKind, RelationReason, RelationTier,
};
use std::collections::{HashMap, HashSet};

/// Types that one column may tell apart.
const TYPES: u64 = 50;
/// Words at the end of a type column's name.
const TYPE_WORDS: &[&str] = &["type", "kind", "class", "model", "entity", "table"];
/// Least share of values with a parent.
const CONTAINED: f64 = 0.9;
/// Confidence where the values of a type were found.
const PROVEN: f64 = 0.92;
/// Confidence by names alone.
const NAMED: f64 = 0.6;

/// Conditional relations, and the columns that they settle: a plain relation of these would be wrong.
pub(super) async fn discover(
    facts: &[ColumnFacts<'_>],
    source: DataSourceId,
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
) -> (Vec<Relation>, HashSet<End>) {
    let mut by_table: HashMap<String, Vec<&ColumnFacts<'_>>> = HashMap::new();
    for key in facts.iter().filter(|f| f.sole_primary_key && !f.names.table.is_empty()) {
        by_table.entry(key.names.table.concat()).or_default().push(key);
    }
    let (mut found, mut settled) = (Vec::new(), HashSet::new());
    for (of_type, of_id) in type_and_id(facts) {
        let Some(values) = of_type.profile.map(|p| &p.values) else { continue };
        let parents: Vec<_> = values.iter().filter_map(|v| Some((v, parent_of(v, of_id, &by_table)?))).collect();
        // One table alone would be a plain reference beside a category.
        if parents.len() < 2 || parents.len() * 2 < values.len() {
            continue;
        }
        settled.insert((of_id.table.name.clone(), vec![of_id.column.name.clone()]));
        for (value, parent) in parents.into_iter().filter(|(_, p)| options.asks(&of_id.table.name, &p.table.name)) {
            let condition = RelationCondition { column: of_type.column.name.clone(), value: value.to_owned() };
            found.extend(relation(source, of_id, parent, condition, connector, options).await);
        }
    }
    (found, settled)
}

/// Pairs of a type column and the id column of the same stem.
fn type_and_id<'a>(facts: &'a [ColumnFacts<'a>]) -> Vec<(&'a ColumnFacts<'a>, &'a ColumnFacts<'a>)> {
    let mut pairs = Vec::new();
    for of_type in facts.iter().filter(|f| f.class == Class::Text && (1..=TYPES).contains(&f.distinct())) {
        let Some((last, stem)) = of_type.names.words.split_last() else { continue };
        if stem.is_empty() || !TYPE_WORDS.contains(&last.as_str()) {
            continue;
        }
        let of_id = facts.iter().find(|f| {
            f.table_position == of_type.table_position
                && f.class != Class::Other
                && f.names
                    .words
                    .split_last()
                    .is_some_and(|(last, s)| s == stem && names::is_id_like(std::slice::from_ref(last)))
        });
        pairs.extend(of_id.map(|of_id| (of_type, of_id)));
    }
    pairs
}

/// The key of the table that a type names: `Post`, `App\Models\Post`, `blog.posts`.
fn parent_of<'a>(
    value: &str,
    of_id: &ColumnFacts<'_>,
    by_table: &HashMap<String, Vec<&'a ColumnFacts<'a>>>,
) -> Option<&'a ColumnFacts<'a>> {
    let last = value.rsplit(['\\', '.', ':', '/']).next()?;
    let keys = by_table.get(&names::table_words(last).concat())?;
    let fits = |k: &&&'a ColumnFacts<'a>| k.class == of_id.class && k.table_position != of_id.table_position;
    let mut same_schema = keys.iter().filter(fits).filter(|k| k.table.name.schema == of_id.table.name.schema);
    same_schema.next().or_else(|| keys.iter().find(fits)).copied()
}

async fn relation(
    source: DataSourceId,
    child: &ColumnFacts<'_>,
    parent: &ColumnFacts<'_>,
    condition: RelationCondition,
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
) -> Option<Relation> {
    let ends = Ends { columns: vec![(child, parent)], condition: Some(&condition) };
    let counted = match connector {
        Some(connector) => measure(&ends, connector, options).await,
        None => None,
    };
    let confidence = match counted.and_then(|c| c.share()) {
        Some(share) if share < CONTAINED => return None,
        Some(_) => PROVEN,
        None => NAMED,
    };
    let mut evidence = evidence::counted_evidence(counted, None);
    if counted.is_some_and(|c| c.child_rows > 0) {
        evidence.reasons.push(RelationReason::RowsMatched);
    }
    evidence.reasons.push(RelationReason::TypeNamesParent);
    evidence.parent_unique = Some(true);
    evidence.same_type = Some(true);
    Some(Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table: child.table.name.clone(),
        from_columns: vec![child.column.name.clone()],
        to_table: parent.table.name.clone(),
        to_columns: vec![parent.column.name.clone()],
        kind: RelationKind::Inferred,
        cardinality: counted.map_or(Cardinality::Unknown, |_| Cardinality::ManyToOne),
        confidence,
        tier: RelationTier::of(RelationKind::Inferred, confidence),
        role: None,
        condition: Some(condition),
        evidence,
    })
}
