//! Relation discovery: which columns join, proven on the data.
//!
//! Keys ([`facts`]) × child columns, pruned by type, name ([`affinity`]) and values; the survivors are counted on the
//! database ([`containment`]), scored ([`score`]) and settled as a whole ([`assign`]). Declared keys are taken over and
//! counted too: they are often violated by their own data. After Motl & Kordík 2017 and HoPF (Jiang & Naumann 2020).

pub mod affinity;
pub mod assign;
pub mod containment;
pub mod facts;
pub mod score;

use assign::Scored;
use datafyme_connect::Connector;
use datafyme_domain::{
    Cardinality, Catalog, DataSourceId, Relation, RelationEvidence, RelationId, RelationKind, Table, TableRef,
};
use facts::{Class, ColumnFacts};
use futures::{FutureExt, StreamExt, stream};
use score::Candidate;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What discovery may use and spend.
#[derive(Debug, Clone)]
pub struct DiscoverOptions {
    /// Take declared foreign keys over as `declared`; off only to measure inference.
    pub use_declared_keys: bool,
    /// Containment checks in all.
    pub max_queries: usize,
    /// Child rows looked at per containment check.
    pub max_child_rows: u64,
    /// Wall-clock limit of one containment check.
    pub query_timeout: Duration,
    /// Least confidence of an inferred relation.
    pub threshold: f64,
    /// Only relations with an end in one of these tables are looked for; all when absent.
    pub only: Option<Arc<HashSet<TableRef>>>,
    /// Relations that stand: their child columns are given.
    pub standing: Arc<[Relation]>,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            use_declared_keys: true,
            max_queries: 4_000,
            max_child_rows: 200_000,
            query_timeout: Duration::from_secs(10),
            threshold: 0.5,
            only: None,
            standing: Arc::default(),
        }
    }
}

/// Containment checks under way at once.
const CONCURRENT_CHECKS: usize = 4;
/// Candidates per child column that are worth a containment check.
const CHECKS_PER_COLUMN: usize = 5;
/// Tables up to which every pair of columns is looked at; above it, names must have something in common.
const ALL_PAIRS_TABLES: usize = 50;

/// Declared and inferred relations of a profiled catalog, surest first. `progress(done, total)` is called as
/// containment checks go on. A check that fails or times out leaves its figures absent.
pub async fn discover(
    catalog: &Catalog,
    source: DataSourceId,
    connector: &dyn Connector,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Vec<Relation> {
    let facts = facts::of_catalog(catalog);
    let mut relations = Vec::new();
    let is_asked = |table: &TableRef| options.only.as_ref().is_none_or(|only| only.contains(table));
    let mut taken: HashSet<(TableRef, String)> = options
        .standing
        .iter()
        .flat_map(|r| r.from_columns.iter().map(|c| (r.from_table.clone(), c.clone())))
        .collect();
    if options.use_declared_keys {
        for table in &catalog.tables {
            for key in table.foreign_keys.iter().filter(|k| is_asked(&table.name) || is_asked(&k.to_table)) {
                relations.push(declared(source, table, key, &facts, connector, options).await);
                taken.extend(key.columns.iter().map(|c| (table.name.clone(), c.clone())));
            }
        }
    }

    let mut candidates = propose(catalog, &facts, &is_asked);
    candidates.retain(|c| !taken.contains(&end(c.child)));
    measure_all(&mut candidates, connector, options, progress).await;

    let scored: Vec<Scored> = candidates
        .iter()
        .map(|c| Scored { child: end(c.child), parent: end(c.parent), confidence: c.confidence() })
        .collect();
    for index in assign::assign(&scored, &taken, options.threshold) {
        if let (Some(candidate), Some(scored)) = (candidates.get(index), scored.get(index)) {
            relations.push(inferred(source, candidate, scored.confidence));
        }
    }
    relations.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    relations
}

fn end(facts: &ColumnFacts<'_>) -> (TableRef, String) {
    (facts.table.name.clone(), facts.column.name.clone())
}

/// Pairs worth a look at the data, with their names compared.
fn propose<'a>(
    catalog: &Catalog,
    facts: &'a [ColumnFacts<'a>],
    is_asked: &dyn Fn(&TableRef) -> bool,
) -> Vec<Candidate<'a>> {
    let every_pair = catalog.tables.len() <= ALL_PAIRS_TABLES;
    let keys: Vec<&ColumnFacts<'_>> = facts.iter().filter(|f| f.is_key()).collect();
    let by_word = keys_by_word(&keys);
    let mut candidates = Vec::new();
    for child in facts.iter().filter(|f| f.class != Class::Other) {
        let near: Vec<&ColumnFacts<'_>> = if every_pair {
            keys.clone()
        } else {
            let positions: HashSet<usize> =
                child.words.iter().filter_map(|w| by_word.get(w.as_str())).flatten().copied().collect();
            let mut positions: Vec<usize> = positions.into_iter().collect();
            positions.sort_unstable();
            positions.iter().filter_map(|p| keys.get(*p).copied()).collect()
        };
        let near: Vec<&ColumnFacts<'_>> = if is_asked(&child.table.name) {
            near
        } else {
            near.into_iter().filter(|key| is_asked(&key.table.name)).collect()
        };
        candidates.extend(of_child(child, &near));
    }
    candidates
}

fn keys_by_word<'a>(keys: &[&'a ColumnFacts<'a>]) -> HashMap<&'a str, Vec<usize>> {
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, key) in keys.iter().enumerate() {
        let words =
            key.table_words.iter().chain(key.words.iter().filter(|w| !affinity::is_id_like(std::slice::from_ref(w))));
        for word in words {
            by_word.entry(word).or_default().push(position);
        }
    }
    by_word
}

/// The most promising parents of one child column.
fn of_child<'a>(child: &'a ColumnFacts<'a>, keys: &[&'a ColumnFacts<'a>]) -> Vec<Candidate<'a>> {
    let own_affinity = own_affinity(child);
    let mut found: Vec<Candidate<'_>> = keys
        .iter()
        .filter(|parent| is_possible(child, parent))
        .filter_map(|parent| {
            let affinity = affinity::affinity(&child.words, &parent.words, &parent.table_words);
            let profile_share = containment::from_profiles(child, parent);
            let telling = affinity >= 0.45 || profile_share.is_some_and(|s| s >= 0.98) && affinity >= 0.2;
            telling.then_some(Candidate {
                child,
                parent,
                affinity,
                rival_affinity: 0.0,
                own_affinity,
                containment: None,
                profile_share,
            })
        })
        .collect();
    found.sort_by(|a, b| b.confidence().total_cmp(&a.confidence()));
    found.truncate(CHECKS_PER_COLUMN);
    let affinities: Vec<(TableRef, f64)> = found.iter().map(|c| (c.parent.table.name.clone(), c.affinity)).collect();
    for candidate in &mut found {
        candidate.rival_affinity = affinities
            .iter()
            .filter(|(table, _)| table != &candidate.parent.table.name)
            .map(|(_, affinity)| *affinity)
            .fold(0.0, f64::max);
    }
    found
}

/// How much the child looks like the key of its own table, if it can be one.
fn own_affinity(child: &ColumnFacts<'_>) -> f64 {
    if !child.is_key() {
        return 0.0;
    }
    if affinity::is_generic(&child.words) {
        return 1.0;
    }
    affinity::affinity(&child.words, &["id".to_owned()], &child.table_words)
}

fn is_possible(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> bool {
    if std::ptr::eq(child, parent) || (child.table.name == parent.table.name && child.column.name == parent.column.name)
    {
        return false;
    }
    let classes_fit = matches!(
        (child.class, parent.class),
        (Class::Integer | Class::NumericText, Class::Integer | Class::NumericText)
            | (Class::Text | Class::NumericText, Class::Text)
            | (Class::Text, Class::NumericText)
    ) || (!child.has_rows || !parent.has_rows) && child.class == parent.class;
    if !classes_fit {
        return false;
    }
    match (child.range(), parent.range()) {
        (Some((child_min, child_max)), Some((min, max))) => {
            let slack = 0.35 * (max - min).max(1.0) + 1.0;
            child_min >= min - slack && child_max <= max + slack
        }
        _ => true,
    }
}

async fn measure_all(
    candidates: &mut [Candidate<'_>],
    connector: &dyn Connector,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) {
    let mut worth: Vec<usize> = (0..candidates.len()).collect();
    worth.sort_by(|a, b| {
        let confidence = |i: &usize| candidates.get(*i).map_or(0.0, Candidate::confidence);
        confidence(b).total_cmp(&confidence(a))
    });
    worth.truncate(options.max_queries);
    let (done, total) = (AtomicUsize::new(0), worth.len());
    let pairs: Vec<_> = worth.iter().filter_map(|i| candidates.get(*i).map(|c| (*i, c.child, c.parent))).collect();
    // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
    let mut checks = Vec::with_capacity(pairs.len());
    for (index, child, parent) in pairs {
        let done = &done;
        let check = async move {
            let containment = if child.has_rows && parent.has_rows {
                containment::measure(child, parent, connector, options).await
            } else {
                None
            };
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            (index, containment)
        };
        checks.push(check.boxed());
    }
    let counted: Vec<_> = stream::iter(checks).buffer_unordered(CONCURRENT_CHECKS).collect().await;
    for (index, containment) in counted {
        if let Some(candidate) = candidates.get_mut(index) {
            candidate.containment = containment;
        }
    }
}

fn inferred(source: DataSourceId, candidate: &Candidate<'_>, confidence: f64) -> Relation {
    Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table: candidate.child.table.name.clone(),
        from_columns: vec![candidate.child.column.name.clone()],
        to_table: candidate.parent.table.name.clone(),
        to_columns: vec![candidate.parent.column.name.clone()],
        kind: RelationKind::Inferred,
        cardinality: candidate.cardinality(),
        confidence,
        evidence: candidate.evidence(),
    }
}

async fn declared(
    source: DataSourceId,
    table: &Table,
    key: &datafyme_domain::ForeignKey,
    facts: &[ColumnFacts<'_>],
    connector: &dyn Connector,
    options: &DiscoverOptions,
) -> Relation {
    let find = |table: &TableRef, column: Option<&String>| {
        facts.iter().find(|f| &f.table.name == table && Some(&f.column.name) == column)
    };
    let ends = (key.columns.len() == 1)
        .then(|| find(&table.name, key.columns.first()).zip(find(&key.to_table, key.to_columns.first())))
        .flatten();
    let mut evidence = match ends {
        Some((child, parent)) => {
            let counted = containment::measure(child, parent, connector, options).await;
            score::evidence(child, parent, None, counted)
        }
        None => RelationEvidence::default(),
    };
    evidence.reasons.insert(0, "declared as a foreign key in the database".to_owned());
    let unique = table.primary_key == key.columns
        || table.unique_keys.contains(&key.columns)
        || ends.is_some_and(|(child, _)| child.profile.is_some_and(datafyme_domain::ColumnProfile::is_unique));
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
        evidence,
    }
}
