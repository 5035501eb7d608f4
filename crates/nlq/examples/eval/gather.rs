//! Questions with their candidates and which of these are right, gathered by several threads.

use crate::{
    Database, Item,
    compare::{self, Rows},
    fold_of, in_first_half, kind, load, today,
};
use datafyme_nlq::{
    Question,
    development::{self, ExaminedCandidate, Groups, Model, Weights},
};
use std::{collections::BTreeMap, path::PathBuf};

/// A question with its candidates.
pub(crate) struct Case {
    pub id: String,
    pub kind: &'static str,
    pub fold: usize,
    /// The reworded form of a question.
    pub reworded: bool,
    /// Its database is of the half that figures are told of; the other half is for training only.
    pub measured: bool,
    pub words: Vec<u32>,
    pub groups: Groups,
    pub candidates: Vec<Seen>,
    pub micros: u128,
    /// Number of trials, and the microseconds among `micros` that they took.
    pub trials: (usize, u128),
}

/// A candidate and whether its rows are the gold rows.
pub(crate) struct Seen {
    pub right: bool,
    pub candidate: ExaminedCandidate,
}

impl Case {
    /// Position of the first right candidate.
    pub(crate) fn reached(&self) -> Option<usize> {
        self.candidates.iter().position(|c| c.right)
    }
}

/// What a fold's questions are examined with: weights and models that have not seen its databases.
pub(crate) struct Learned {
    pub weights: Weights,
    pub model: Model,
}

/// Of so many of the best candidates the models of the first half are learned.
const JUDGED: usize = 80;

/// What is kept of the candidates.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Keep {
    Sparse,
    Dense,
}

/// Examines `items` (with whether each is reworded), each with the models of its fold.
pub(crate) fn gather(items: &[(Item, bool)], folder: &str, learned: &[Learned], keep: Keep, jobs: usize) -> Vec<Case> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (item, _)) in items.iter().enumerate() {
        groups.entry(&item.db).or_default().push(at);
    }
    let file = |name: &str| PathBuf::from(folder).join(name).join(format!("{name}.sqlite"));
    let mut names: Vec<&str> = groups.keys().copied().collect();
    // The largest first, so that no thread is left alone with one of them.
    names.sort_by_key(|name| std::cmp::Reverse(std::fs::metadata(file(name)).map_or(0, |m| m.len())));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut found: Vec<(usize, Case)> = std::thread::scope(|scope| {
        let work = || {
            let mut mine = Vec::new();
            loop {
                let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(name) = names.get(at) else { return mine };
                if at.is_multiple_of(20) {
                    eprintln!("  database {at} of {}", names.len());
                }
                let database = load::open(&file(name));
                for position in &groups[name] {
                    let (item, reworded) = &items[*position];
                    let fold = fold_of(&item.db);
                    let models = &learned[fold.min(learned.len() - 1)];
                    if let Some(case) = examine(item, *reworded, &database, models, keep) {
                        mine.push((*position, case));
                    }
                }
            }
        };
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    found.sort_by_key(|f| f.0);
    found.into_iter().map(|f| f.1).collect()
}

fn examine(item: &Item, reworded: bool, database: &Database, learned: &Learned, keep: Keep) -> Option<Case> {
    let (gold, steps) = Rows::counted(&database.connection, &item.gold)?;
    if gold.0.is_empty() {
        return None;
    }
    let ordered = item.gold.to_lowercase().contains("order by");
    let question = Question { text: &item.question, today: today(), context: None };
    let trial = load::Try::new(&database.connection);
    let began = std::time::Instant::now();
    if keep == Keep::Sparse && reworded {
        // Only its words are needed: its right shape is that of the original.
        let words = development::words(&database.index, &question);
        let (id, kind, fold) = (item.id.clone(), kind(&item.gold), fold_of(&item.db));
        return Some(Case {
            id,
            kind,
            fold,
            reworded,
            measured: !in_first_half(&item.db),
            words,
            groups: Vec::new(),
            candidates: Vec::new(),
            micros: 0,
            trials: (0, 0),
        });
    }
    let examined = development::examine(&database.index, &question, &trial, &learned.weights, &learned.model);
    let micros = began.elapsed().as_micros();
    let mut verdicts: BTreeMap<u64, bool> = BTreeMap::new();
    let mut candidates = Vec::new();
    let most = if keep == Keep::Sparse { JUDGED } else { usize::MAX };
    for mut candidate in examined.candidates.into_iter().take(most) {
        let judge = |ordered| {
            gold.like(&database.connection, &candidate.sql, steps).is_some_and(|p| compare::same(&gold, &p, ordered))
        };
        let right = if candidate.result == 1 || candidate.result == 2 || candidate.rows > gold.0.len() {
            false
        } else if !candidate.whole {
            judge(ordered)
        } else {
            // Equal results are equal but for their order.
            *verdicts.entry(candidate.result).or_insert_with(|| judge(false)) && (!ordered || judge(true))
        };
        match keep {
            Keep::Sparse => candidate.dense = Vec::new(),
            Keep::Dense => candidate.sparse = Vec::new(),
        }
        candidates.push(Seen { right, candidate });
    }
    Some(Case {
        id: item.id.clone(),
        kind: kind(&item.gold),
        fold: fold_of(&item.db),
        reworded,
        measured: !in_first_half(&item.db),
        words: examined.words,
        groups: examined.groups,
        candidates,
        micros,
        trials: trial.spent.get(),
    })
}
