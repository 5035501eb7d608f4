//! Relation discovery: which columns join, proven on the data.
//!
//! Keys ([`facts`]) × child columns, pruned by type, names and sketches of values ([`candidates`]), are judged by a
//! small classifier ([`features`], [`model`]), counted on the database ([`containment`]) and settled as a whole
//! ([`assign`]). Declared keys are taken over and counted too: they are often violated by their own data. After Motl &
//! Kordík 2017, HoPF (Jiang & Naumann 2020) and Auto-BI (Lin et al. 2023).

pub mod assign;
pub mod candidates;
mod composite;
pub mod containment;
mod counting;
pub mod evidence;
pub mod facts;
pub mod features;
pub mod judging;
pub mod keeping;
pub mod model;
pub mod names;
mod polymorphic;
pub mod training;
pub mod wording;

use assign::{End, Least, Scored};
use containment::{Containment, Ends};
use counting::Counted;
use datafyme_connect::Connector;
use datafyme_domain::{
    Cardinality, Catalog, DataSourceId, ForeignKey, Relation, RelationEvidence, RelationId, RelationKind,
    RelationReason, RelationTier, Table, TableRef,
};
use facts::ColumnFacts;
use judging::Judged;
use model::Classifier;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// What discovery may use and spend.
#[derive(Debug, Clone)]
pub struct DiscoverOptions {
    /// Take declared foreign keys over as `declared`; off only to measure inference.
    pub use_declared_keys: bool,
    /// Containment checks in all. What is not checked keeps the estimate of its profiles.
    pub max_queries: usize,
    /// Child rows looked at per containment check.
    pub max_child_rows: u64,
    /// Wall-clock limit of one containment check.
    pub query_timeout: Duration,
    /// Wall-clock limit of all containment checks.
    pub time_limit: Duration,
    /// Least confidence of an inferred relation; another one where names tell nothing, or tables are joined already
    /// ([`model::Known::least`]).
    pub threshold: f64,
    /// Only relations with an end in one of these tables are looked for; all when absent.
    pub only: Option<Arc<HashSet<TableRef>>>,
    /// Relations that stand: their child columns are given.
    pub standing: Arc<[Relation]>,
    /// Judges the pairs; absent: the one that comes with this version.
    pub classifier: Option<Arc<Classifier>>,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            use_declared_keys: true,
            max_queries: 4_000,
            max_child_rows: 200_000,
            query_timeout: Duration::from_secs(10),
            time_limit: Duration::from_secs(120),
            threshold: 0.4,
            only: None,
            standing: Arc::default(),
            classifier: None,
        }
    }
}

impl DiscoverOptions {
    /// Whether relations between these tables are looked for.
    fn asks(&self, child: &TableRef, parent: &TableRef) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(child) || only.contains(parent))
    }

    fn classifier(&self) -> &Classifier {
        self.classifier.as_deref().unwrap_or_else(|| Classifier::shipped())
    }
}

/// Declared and inferred relations of a profiled catalog, surest first. `progress(done, total)` is called as
/// containment checks go on. Without a connector, and where a check fails or the budget ran out, the figures are those
/// of the profiles' samples, or unknown.
pub async fn discover(
    catalog: &Catalog,
    source: DataSourceId,
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Vec<Relation> {
    let facts = facts::of_catalog(catalog);
    let mut relations = Vec::new();
    let mut taken: HashSet<End> =
        options.standing.iter().map(|r| (r.from_table.clone(), r.from_columns.clone())).collect();
    if options.use_declared_keys {
        let at: HashMap<(&TableRef, &str), &ColumnFacts<'_>> =
            facts.iter().map(|f| ((&f.table.name, f.column.name.as_str()), f)).collect();
        for table in &catalog.tables {
            for key in table.foreign_keys.iter().filter(|k| options.asks(&table.name, &k.to_table)) {
                relations.push(declared(source, table, key, &at, connector, options).await);
                taken.insert((table.name.clone(), key.columns.clone()));
                if let [column] = key.columns.as_slice() {
                    taken.insert((table.name.clone(), vec![column.clone()]));
                }
            }
        }
    }
    let (conditional, settled) = polymorphic::discover(&facts, source, connector, options).await;
    relations.extend(conditional);
    taken.extend(settled);
    let composites = composite::discover(&facts, source, connector, options).await;

    let judged = judging::judge(candidates::propose(&facts, options.only.as_deref()), &facts, options.classifier());
    let judged: Vec<Judged> = judged
        .into_iter()
        .filter(|j| facts.get(j.pair.child).is_some_and(|child| !taken.contains(&end(child))))
        .collect();
    let (judged, counted) = counting::count(judged, &facts, connector, options, progress).await;
    let joined: Vec<(TableRef, TableRef)> =
        options.standing.iter().chain(&relations).map(|r| (r.from_table.clone(), r.to_table.clone())).collect();
    let settled = Settled { taken, joined };
    relations.extend(settle(source, &facts, &judged, &counted, composites, &settled, options.threshold));
    relations.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    relations
}

fn end(facts: &ColumnFacts<'_>) -> End {
    (facts.table.name.clone(), vec![facts.column.name.clone()])
}

/// What stands before anything is inferred.
struct Settled {
    /// Child columns that have their parent.
    taken: HashSet<End>,
    /// Tables that are joined.
    joined: Vec<(TableRef, TableRef)>,
}

/// The chosen ones among single and composite candidates.
fn settle(
    source: DataSourceId,
    facts: &[ColumnFacts<'_>],
    judged: &[Judged],
    counted: &Counted,
    composites: Vec<Relation>,
    settled: &Settled,
    threshold: f64,
) -> Vec<Relation> {
    let mut scored: Vec<Scored> = Vec::with_capacity(judged.len() + composites.len());
    for one in judged {
        if let (Some(child), Some(parent)) = (facts.get(one.pair.child), facts.get(one.pair.parent)) {
            let least = judging::known(&one.pair, parent).least(threshold);
            scored.push(Scored { child: end(child), parent: end(parent), confidence: one.confidence, least });
        }
    }
    let singles = scored.len();
    scored.extend(composites.iter().map(|r| Scored {
        child: (r.from_table.clone(), r.from_columns.clone()),
        parent: (r.to_table.clone(), r.to_columns.clone()),
        confidence: r.confidence,
        least: Least::always(threshold),
    }));
    let chosen = assign::assign(&scored, &settled.taken, &settled.joined);
    let several = in_roles(&chosen, judged, facts);
    let mut composites: Vec<Option<Relation>> = composites.into_iter().map(Some).collect();
    chosen
        .into_iter()
        .filter_map(|index| match index.checked_sub(singles) {
            Some(composite) => composites.get_mut(composite)?.take(),
            None => inferred(source, facts, judged.get(index)?, counted.get(&index).copied(), &several),
        })
        .collect()
}

/// Pairs of tables that are joined in more than one way: only there do roles tell relations apart.
fn in_roles(chosen: &[usize], judged: &[Judged], facts: &[ColumnFacts<'_>]) -> HashSet<(usize, usize)> {
    let mut seen = HashSet::new();
    let tables = |index: &usize| {
        let pair = judged.get(*index)?.pair;
        Some((facts.get(pair.child)?.table_position, facts.get(pair.parent)?.table_position))
    };
    chosen.iter().filter_map(tables).filter(|tables| !seen.insert(*tables)).collect()
}

fn inferred(
    source: DataSourceId,
    facts: &[ColumnFacts<'_>],
    judged: &Judged,
    counted: Option<Containment>,
    several: &HashSet<(usize, usize)>,
) -> Option<Relation> {
    let (child, parent) = (facts.get(judged.pair.child)?, facts.get(judged.pair.parent)?);
    let within = child.table_position == parent.table_position;
    let distinguished = within || several.contains(&(child.table_position, parent.table_position));
    let affinity = (!parent.names.words.is_empty()).then_some(judged.pair.affinity);
    let mut relation = Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table: child.table.name.clone(),
        from_columns: vec![child.column.name.clone()],
        to_table: parent.table.name.clone(),
        to_columns: vec![parent.column.name.clone()],
        kind: RelationKind::Inferred,
        cardinality: evidence::cardinality(child),
        confidence: judged.confidence,
        tier: RelationTier::of(RelationKind::Inferred, judged.confidence),
        role: evidence::role(child, parent).filter(|_| distinguished || judged.pair.affinity < 0.5),
        condition: None,
        evidence: evidence::of(child, parent, affinity, counted, judged.pair.overlap),
    };
    if relation.is_only_offered() {
        relation.evidence.reasons.push(RelationReason::ToBeConfirmed);
    }
    Some(relation)
}

async fn declared(
    source: DataSourceId,
    table: &Table,
    key: &ForeignKey,
    at: &HashMap<(&TableRef, &str), &ColumnFacts<'_>>,
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
) -> Relation {
    let columns: Option<Vec<_>> = key
        .columns
        .iter()
        .zip(&key.to_columns)
        .map(|(from, to)| {
            at.get(&(&table.name, from.as_str())).copied().zip(at.get(&(&key.to_table, to.as_str())).copied())
        })
        .collect();
    let ends = Ends { columns: columns.unwrap_or_default(), condition: None };
    let single = match ends.columns.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let counted = match (single.and_then(|(child, parent)| containment::from_profiles(child, parent)), connector) {
        (Some(counted), _) => Some(counted),
        (None, Some(connector)) => containment::measure(&ends, connector, options).await,
        (None, None) => None,
    };
    let mut evidence = match single {
        Some((child, parent)) => evidence::of(child, parent, None, counted, None),
        None => RelationEvidence { ..evidence::counted_evidence(counted, None) },
    };
    evidence.reasons.insert(0, RelationReason::Declared);
    let unique = table.primary_key == key.columns
        || table.unique_keys.contains(&key.columns)
        || single.is_some_and(|(child, _)| child.is_unique());
    Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table: table.name.clone(),
        from_columns: key.columns.clone(),
        to_table: key.to_table.clone(),
        to_columns: key.to_columns.clone(),
        kind: RelationKind::Declared,
        cardinality: if unique { Cardinality::OneToOne } else { Cardinality::ManyToOne },
        confidence: 1.0,
        tier: RelationTier::Certain,
        role: single.and_then(|(child, parent)| evidence::role(child, parent)),
        condition: None,
        evidence,
    }
}
