//! `eval learn`: trains the models of the rule analyst and measures them on databases that they have not seen.
//!
//! The databases fall into two halves. The clause models (and, by `eval search`, the weights of the search) come from the
//! first half; the ranker and the confidence from candidates on the second, which the search has never seen. There, five
//! folds by database: what is printed for a fold was learned on the four others. What is written was learned on all five.

use crate::{
    FOLDS, Item,
    fit::{
        boost::{self, Binned, Listwise, Logistic},
        loglinear, regress,
    },
    gather::{Case, Keep, Learned, gather},
    in_first_half, items,
    report::{self, Verdict},
};
use datafyme_nlq::development::{self, CLAUSES, Model, Softmax, Trees, Weights};
use std::collections::HashMap;

const RANKER: boost::Options =
    boost::Options { rounds: 220, leaves: 24, rate: 0.1, least: 1.0, lambda: 3.0, features: 0.4, share: 0.6, seed: 7 };
const CONFIDENCE: boost::Options =
    boost::Options { rounds: 90, leaves: 6, rate: 0.06, least: 12.0, lambda: 8.0, features: 0.6, share: 0.7, seed: 11 };

pub(crate) struct Settings {
    pub questions: String,
    pub folder: String,
    /// Folder that the models are written to.
    pub out: Option<String>,
    /// Only every n-th database.
    pub every: usize,
    pub jobs: usize,
    /// Print the cost of leaving out each group of features.
    pub ablate: bool,
    pub diagram: Option<String>,
}

pub(crate) fn learn(settings: &Settings) {
    let began = std::time::Instant::now();
    let tell = |what: &str| eprintln!("[{:>5.0} s] {what}", began.elapsed().as_secs_f64());
    let kept =
        |item: &Item| (crate::hash(&item.db) / 8).is_multiple_of(settings.every as u64) && !item.question.is_empty();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (field, reworded) in [("question", false), ("question_syn", true)] {
        for item in items(&settings.questions, field).into_iter().filter(kept) {
            if in_first_half(&item.db) { theirs.push((item, reworded)) } else { ours.push((item, reworded)) }
        }
    }
    tell("clause models");
    let weights = Weights::trained().clone();
    let plain = [Learned { weights: weights.clone(), model: Model::default() }];
    let first = gather(&theirs, &settings.folder, &plain, Keep::Sparse, settings.jobs);
    let clauses = clause_models(&first);
    drop(first);
    tell("candidates");
    let learned = [Learned { weights, model: Model { clauses, ..Model::default() } }];
    let cases = gather(&ours, &settings.folder, &learned, Keep::Dense, settings.jobs);
    report::reach(&cases);
    tell("rankers");
    let data = Data::new(&cases);
    let scores = data.out_of_fold(&cases, &|_| true);
    let verdicts = judged(&cases, &scores);
    report::print(&cases, &verdicts);
    if let Some(path) = &settings.diagram {
        std::fs::write(path, report::diagram(&cases, &verdicts)).unwrap();
    }
    if let Some(out) = &settings.out {
        tell("models on all folds");
        let [Learned { model, .. }] = learned;
        let ranker = data.fit(&cases, FOLDS, &|_| true);
        let confidence = fit_confidence(&cases, &scores, FOLDS);
        let model = Model { clauses: model.clauses, ranker, confidence }.write();
        println!("models: {} kB", model.len() / 1000);
        std::fs::write(format!("{out}/learned/model.bin"), model).unwrap();
    }
    if settings.ablate {
        ablate(&cases);
    }
    tell("done");
}

/// `eval search`: the weights of the search, from the first half of the databases, written to `out`.
pub(crate) fn search(settings: &Settings) {
    let items = items(&settings.questions, "question").into_iter().filter(|i| in_first_half(&i.db));
    let items: Vec<(Item, bool)> = items.map(|i| (i, false)).collect();
    let mut weights = Weights::zero();
    for round in 0..2 {
        // The search follows the weights, so the second round sees other candidates.
        let learned = [Learned { weights: weights.clone(), model: Model::default() }];
        let cases = gather(&items, &settings.folder, &learned, Keep::Sparse, settings.jobs);
        let judged: Vec<Vec<loglinear::Judged>> = cases
            .iter()
            .map(|case| {
                let of = |s: &crate::gather::Seen| (s.candidate.prior, s.candidate.sparse.clone(), s.right);
                case.candidates.iter().take(60).map(of).collect::<Vec<_>>()
            })
            .filter(|c: &Vec<loglinear::Judged>| c.iter().any(|j| j.2) && c.iter().any(|j| !j.2))
            .collect();
        println!("round {round}: {} usable of {}", judged.len(), items.len());
        weights = loglinear::fit(&judged.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
    if let Some(out) = &settings.out {
        std::fs::write(format!("{out}/rank_weights.bin"), weights.to_bytes()).unwrap();
    }
}

/// Prints the questions that no candidate answers rightly, by the shipped weights.
pub(crate) fn reach(items: Vec<Item>, folder: &str, jobs: usize) {
    let shipped = [Learned { weights: Weights::trained().clone(), model: Model::trained().clone() }];
    let items: Vec<(Item, bool)> = items.into_iter().map(|i| (i, false)).collect();
    let cases = gather(&items, folder, &shipped, Keep::Dense, jobs);
    for case in cases.iter().filter(|c| c.reached().is_none()) {
        if let Some((item, _)) = items.iter().find(|i| i.0.id == case.id) {
            let best = case.candidates.first().map_or("none", |c| c.candidate.sql.as_str());
            println!(
                "{} [{}] {}\n  gold {}\n  ours {}",
                item.db,
                case.kind,
                item.question,
                item.gold,
                best.replace('\n', " ")
            );
        }
    }
    report::reach(&cases);
}

/// Words of a question → shape of each clause; the likeliest right candidate shows the shape that was wanted.
fn clause_models(cases: &[Case]) -> Vec<Softmax> {
    let options = regress::Options { epochs: 8, rate: 0.15, least: 3 };
    let of_clause = |clause: usize| {
        let shapes: HashMap<&str, &str> = cases
            .iter()
            .filter_map(|case| {
                let right = case.candidates.iter().find(|c| c.right)?;
                Some((case.id.as_str(), right.candidate.shapes[clause].as_str()))
            })
            .collect();
        let rows: Vec<(&[u32], &str)> =
            cases.iter().filter_map(|c| Some((c.words.as_slice(), *shapes.get(c.id.as_str())?))).collect();
        regress::fit(&rows, options)
    };
    std::thread::scope(|scope| {
        let of_clause = &of_clause;
        let fits: Vec<_> = (0..CLAUSES).map(|clause| scope.spawn(move || of_clause(clause))).collect();
        fits.into_iter().map(|f| f.join().unwrap()).collect()
    })
}

/// The dense features of all candidates, cut into bins.
struct Data {
    right: Vec<bool>,
    /// Where the rows of each case begin.
    starts: Vec<usize>,
}

impl Data {
    fn new(cases: &[Case]) -> Self {
        let mut data = Self { right: Vec::new(), starts: vec![0] };
        for case in cases {
            data.right.extend(case.candidates.iter().map(|c| c.right));
            data.starts.push(data.right.len());
        }
        data
    }

    /// The ranker without the cases of `fold`, from the features that `keeps` keeps.
    fn fit(&self, cases: &[Case], fold: usize, keeps: &dyn Fn(usize) -> bool) -> Trees {
        let (mut rows, mut right, mut starts, mut groups) = (Vec::new(), Vec::new(), vec![0], Vec::new());
        let blanked: Vec<Vec<f32>>;
        for case in cases.iter().filter(|c| c.fold != fold) {
            let rights = case.candidates.iter().filter(|c| c.right).count();
            if rights == 0 || rights == case.candidates.len() {
                continue;
            }
            let group = starts.len() as u32 - 1;
            for one in &case.candidates {
                rows.push(one.candidate.dense.as_slice());
                right.push(one.right);
                groups.push(group);
            }
            starts.push(rows.len());
        }
        let width = rows.first().map_or(0, |r| r.len());
        if (0..width).any(|f| !keeps(f)) {
            let blank = |r: &&[f32]| r.iter().enumerate().map(|(f, v)| if keeps(f) { *v } else { 0.0 }).collect();
            blanked = rows.iter().map(blank).collect();
            rows = blanked.iter().map(Vec::as_slice).collect();
        }
        let binned = Binned::new(&rows);
        drop(rows);
        boost::fit(&binned, &Listwise { right: &right, starts: &starts, groups: &groups }, RANKER)
    }

    /// Scores of all candidates by rankers that have not seen their databases.
    fn out_of_fold(&self, cases: &[Case], keeps: &(dyn Fn(usize) -> bool + Sync)) -> Vec<Vec<f32>> {
        let rankers: Vec<Trees> = std::thread::scope(|scope| {
            let fits: Vec<_> = (0..FOLDS).map(|fold| scope.spawn(move || self.fit(cases, fold, keeps))).collect();
            fits.into_iter().map(|f| f.join().unwrap()).collect()
        });
        cases
            .iter()
            .map(|case| {
                let blank = |r: &[f32]| -> Vec<f32> {
                    r.iter().enumerate().map(|(f, v)| if keeps(f) { *v } else { 0.0 }).collect()
                };
                case.candidates.iter().map(|c| rankers[case.fold].score(&blank(&c.candidate.dense))).collect()
            })
            .collect()
    }
}

fn best_of(scores: &[f32]) -> Option<usize> {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
}

/// What the confidence is read off, and whether the best candidate is right.
fn doubts(case: &Case, scores: &[f32]) -> Option<(Vec<f32>, bool)> {
    let best = best_of(scores)?;
    let results: Vec<u64> = case.candidates.iter().map(|c| c.candidate.result).collect();
    let one = &case.candidates[best];
    Some((development::doubts(scores, &results, &one.candidate.dense, best), one.right))
}

fn fit_confidence(cases: &[Case], scores: &[Vec<f32>], fold: usize) -> Trees {
    let rows: Vec<(Vec<f32>, bool)> = cases
        .iter()
        .zip(scores)
        .filter(|(c, _)| c.fold != fold)
        .filter_map(|(case, scores)| doubts(case, scores))
        .collect();
    let features: Vec<&[f32]> = rows.iter().map(|r| r.0.as_slice()).collect();
    let right: Vec<bool> = rows.iter().map(|r| r.1).collect();
    boost::fit(&Binned::new(&features), &Logistic(&right), CONFIDENCE)
}

/// What comes out for each case: whether the best is right, and how sure we are.
fn judged(cases: &[Case], scores: &[Vec<f32>]) -> Vec<Verdict> {
    let confidences: Vec<Trees> = (0..FOLDS).map(|fold| fit_confidence(cases, scores, fold)).collect();
    cases
        .iter()
        .zip(scores)
        .map(|(case, scores)| match doubts(case, scores) {
            Some((row, right)) => Verdict { right, sure: confidences[case.fold].probability(&row) },
            None => Verdict { right: false, sure: 0.0 },
        })
        .collect()
}

/// Accuracy without each group of features.
fn ablate(cases: &[Case]) {
    let groups = cases.iter().find(|c| !c.groups.is_empty()).map(|c| c.groups.clone()).unwrap_or_default();
    let data = Data::new(cases);
    let mut from = 0;
    for (name, to) in groups {
        let range = from..to;
        let scores = data.out_of_fold(cases, &|f| !range.contains(&f));
        let share = |reworded: bool| {
            let of: Vec<_> = cases.iter().zip(&scores).filter(|(c, _)| c.reworded == reworded).collect();
            let right = of.iter().filter(|(c, s)| best_of(s).is_some_and(|b| c.candidates[b].right)).count();
            100.0 * right as f64 / of.len().max(1) as f64
        };
        println!(
            "without {name:10} ({:3} features): originals {:.1} %, reworded {:.1} %",
            to - from,
            share(false),
            share(true)
        );
        from = to;
    }
}
