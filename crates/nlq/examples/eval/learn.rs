//! `eval learn`: trains the models of the rule analyst and measures them on databases that they have not seen.
//!
//! The databases fall into two halves. The clause models (and, by `eval search`, the weights of the search) come from the
//! first half; the ranker and the confidence from candidates on both. Five folds by database: what is printed, for the second
//! half, was learned on the four others of both halves. What is written was learned on all five.

use crate::{
    FOLDS, Item,
    fit::{
        boost::{self, Binned, Listwise, Logistic},
        loglinear, regress,
    },
    gather::{Case, Keep, Learned, gather},
    in_first_half, items, kept,
    report::{self, Verdict},
};
use datafyme_nlq::development::{self, CLAUSES, Model, Softmax, Trees, Weights};
use std::{borrow::Cow, collections::HashMap};

/// Which candidates are worth a trial.
const SHORTLIST: boost::Options = boost::Options {
    rounds: 130,
    leaves: 24,
    rate: 0.15,
    least: 1.0,
    lambda: 3.0,
    features: 0.4,
    share: 0.5,
    seed: 5,
    bags: 1,
};
/// Which of those tried is right.
const RANKER: boost::Options = boost::Options {
    rounds: 240,
    leaves: 20,
    rate: 0.08,
    least: 1.0,
    lambda: 3.0,
    features: 0.4,
    share: 0.6,
    seed: 7,
    bags: 4,
};
const CONFIDENCE: boost::Options = boost::Options {
    rounds: 90,
    leaves: 6,
    rate: 0.06,
    least: 12.0,
    lambda: 8.0,
    features: 0.6,
    share: 0.7,
    seed: 11,
    bags: 1,
};

/// Most questions of a database of the first half that the rankers are trained on.
const ENOUGH: usize = 50;

pub(crate) struct Settings {
    pub questions: String,
    pub folder: String,
    /// Folder that the models are written to.
    pub out: Option<String>,
    /// File that the questions with their candidates are read from, or else written to: gathering them takes most of a training.
    pub cases: Option<String>,
    /// Train the rankers on the second half alone.
    pub alone: bool,
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
    let (clauses, mut cases) = match settings.cases.as_deref().and_then(kept::read) {
        Some(kept) => kept,
        None => {
            let gathered = all_cases(settings, &tell);
            if let Some(file) = &settings.cases {
                kept::write(file, &gathered.0, &gathered.1);
            }
            gathered
        }
    };
    if settings.alone {
        cases.retain(|c| c.measured);
    }
    report::reach(&cases.iter().filter(|c| c.measured).collect::<Vec<_>>());
    tell("which are worth a trial");
    let first = out_of_fold(&cases.iter().map(untried).collect::<Vec<_>>(), SHORTLIST, &|_| true);
    let tried: Vec<Pool> = cases.iter().zip(&first).map(|(case, scores)| worth_trying(case, scores)).collect();
    tell("rankers");
    let scores = out_of_fold(&tried, RANKER, &|_| true);
    let verdicts = judged(&tried, &scores);
    report::print(&cases, &verdicts);
    report::shortlist(&cases, &first, &tried.iter().map(|t| t.places.as_slice()).collect::<Vec<_>>());
    if let Some(path) = &settings.diagram {
        std::fs::write(path, report::diagram(&cases, &verdicts)).unwrap();
    }
    if let Some(out) = &settings.out {
        // Made now: after a training of half an hour it would be too late to miss it.
        std::fs::create_dir_all(format!("{out}/learned")).unwrap();
        tell("models on all folds");
        let shortlist = fit(&cases.iter().map(untried).collect::<Vec<_>>(), FOLDS, SHORTLIST, &|_| true);
        let ranker = fit(&tried, FOLDS, RANKER, &|_| true);
        let confidence = fit_confidence(&tried, &scores, FOLDS);
        let model = Model { clauses, shortlist, ranker, confidence }.write();
        println!("models: {} kB", model.len() / 1000);
        std::fs::write(format!("{out}/learned/model.bin"), model).unwrap();
    }
    if settings.ablate {
        ablate(&cases, &tried);
    }
    tell("done");
}

/// The clause models of the first half, and the questions of both halves with their candidates. What a question of the first
/// half is examined with comes from the other folds of that half, so that the half serves training as if it were unseen, and
/// nothing that is measured on the second half has ever met a database of the fold.
fn all_cases(settings: &Settings, tell: &dyn Fn(&str)) -> (Vec<Softmax>, Vec<Case>) {
    let kept =
        |item: &Item| (crate::hash(&item.db) / 8).is_multiple_of(settings.every as u64) && !item.question.is_empty();
    let both = || {
        let of = |(field, reworded)| items(&settings.questions, field).into_iter().map(move |item| (item, reworded));
        [("question", false), ("question_syn", true)].into_iter().flat_map(of).filter(|(item, _)| kept(item))
    };
    let of_half = |first: bool| both().filter(|(item, _)| in_first_half(&item.db) == first).collect::<Vec<_>>();
    let (theirs, ours) = (of_half(true), of_half(false));
    tell("clause models");
    let weights = Weights::trained().clone();
    let plain = [Learned { weights: weights.clone(), model: Model::default() }];
    let first = gather(&theirs, &settings.folder, &plain, Keep::Sparse, settings.jobs);
    let learned_without = |fold: usize| {
        let rest = || first.iter().filter(|c| c.fold != fold);
        let weights = if fold < FOLDS { fit_search(rest()) } else { weights.clone() };
        Learned { weights, model: Model { clauses: clause_models(&rest().collect::<Vec<_>>()), ..Model::default() } }
    };
    let by_fold: Vec<Learned> = (0..FOLDS).map(learned_without).collect();
    let whole = [learned_without(FOLDS)];
    drop(first);
    tell("candidates of the first half");
    // Not more of a database than tells something new of it, and of its reworded questions, which differ little, half.
    let mut counts: HashMap<(String, bool), usize> = HashMap::new();
    let mut is_kept = |(item, reworded): &(Item, bool)| {
        let count = counts.entry((item.db.clone(), *reworded)).or_default();
        *count += 1;
        *count <= if *reworded { ENOUGH / 2 } else { ENOUGH }
    };
    let theirs: Vec<(Item, bool)> = theirs.into_iter().filter(|i| is_kept(i)).collect();
    let mut cases = gather(&theirs, &settings.folder, &by_fold, Keep::Dense, settings.jobs);
    tell("candidates of the second half");
    cases.extend(gather(&ours, &settings.folder, &whole, Keep::Dense, settings.jobs));
    let [Learned { model, .. }] = whole;
    (model.clauses, cases)
}

/// Weights of the search from cases with sparse features.
fn fit_search<'a>(cases: impl Iterator<Item = &'a Case>) -> Weights {
    let judged: Vec<Vec<loglinear::Judged>> = cases
        .map(|case| {
            let of = |s: &crate::gather::Seen| (s.candidate.prior, s.candidate.sparse.clone(), s.right);
            case.candidates.iter().take(60).map(of).collect::<Vec<_>>()
        })
        .filter(|c: &Vec<loglinear::Judged>| c.iter().any(|j| j.2) && c.iter().any(|j| !j.2))
        .collect();
    loglinear::fit(&judged.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// `eval search`: the weights of the search, from the first half of the databases, written to `out`.
pub(crate) fn search(settings: &Settings) {
    let items = items(&settings.questions, "question").into_iter().filter(|i| in_first_half(&i.db));
    let items: Vec<(Item, bool)> = items.map(|i| (i, false)).collect();
    let mut weights = Weights::zero();
    for _ in 0..2 {
        // The search follows the weights, so the second round sees other candidates.
        let learned = [Learned { weights: weights.clone(), model: Model::default() }];
        let cases = gather(&items, &settings.folder, &learned, Keep::Sparse, settings.jobs);
        weights = fit_search(cases.iter());
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
    report::reach(&cases.iter().collect::<Vec<_>>());
}

/// Words of a question → shape of each clause; the likeliest right candidate shows the shape that was wanted.
fn clause_models(cases: &[&Case]) -> Vec<Softmax> {
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

/// Candidates of a question as one step of the ranking sees them.
struct Pool<'a> {
    fold: usize,
    reworded: bool,
    /// Positions among the candidates of the question.
    places: Vec<usize>,
    rows: Vec<Cow<'a, [f32]>>,
    right: Vec<bool>,
    results: Vec<u64>,
}

/// All candidates, before any is tried.
fn untried(case: &Case) -> Pool<'_> {
    Pool {
        fold: case.fold,
        reworded: case.reworded,
        places: (0..case.candidates.len()).collect(),
        rows: case.candidates.iter().map(|c| Cow::Borrowed(c.candidate.dense.as_slice())).collect(),
        right: case.candidates.iter().map(|c| c.right).collect(),
        results: case.candidates.iter().map(|c| c.candidate.result).collect(),
    }
}

/// Those that `scores` of the first step find worth a trial, with what it showed.
fn worth_trying<'a>(case: &Case, scores: &[f32]) -> Pool<'a> {
    let places = development::shortlist(scores);
    let kept: Vec<&crate::gather::Seen> = places.iter().map(|p| &case.candidates[*p]).collect();
    let own: Vec<f32> = places.iter().map(|p| scores[*p]).collect();
    let results: Vec<u64> = kept.iter().map(|c| c.candidate.result).collect();
    let support = development::support(&own, &results);
    let row = |(one, support): (&&crate::gather::Seen, Vec<f32>)| {
        Cow::Owned([one.candidate.dense.as_slice(), &one.candidate.shown, &support].concat())
    };
    Pool {
        fold: case.fold,
        reworded: case.reworded,
        rows: kept.iter().zip(support).map(row).collect(),
        right: kept.iter().map(|c| c.right).collect(),
        results,
        places,
    }
}

/// Without the features that are not kept.
fn blanked<'a>(row: &'a [f32], keeps: &dyn Fn(usize) -> bool) -> Cow<'a, [f32]> {
    match (0..row.len()).all(keeps) {
        true => Cow::Borrowed(row),
        false => row.iter().enumerate().map(|(f, v)| if keeps(f) { *v } else { 0.0 }).collect(),
    }
}

/// A ranker without the questions of `fold`, from the features that `keeps` keeps.
fn fit(pools: &[Pool<'_>], fold: usize, options: boost::Options, keeps: &dyn Fn(usize) -> bool) -> Trees {
    let (mut rows, mut right, mut starts, mut groups) = (Vec::new(), Vec::new(), vec![0], Vec::new());
    for pool in pools.iter().filter(|p| p.fold != fold) {
        let rights = pool.right.iter().filter(|r| **r).count();
        if rights == 0 || rights == pool.right.len() {
            continue;
        }
        let group = starts.len() as u32 - 1;
        rows.extend(pool.rows.iter().map(|row| blanked(row, keeps)));
        right.extend(&pool.right);
        groups.extend(pool.rows.iter().map(|_| group));
        starts.push(rows.len());
    }
    let binned = Binned::new(&rows.iter().map(|r| r.as_ref()).collect::<Vec<_>>());
    drop(rows);
    let objective = Listwise { right: &right, starts: &starts, groups: &groups };
    let seeded =
        |bag: u64| boost::fit(&binned, &objective, boost::Options { seed: options.seed + 100 * bag, ..options });
    Trees::mean(&(0..options.bags).map(seeded).collect::<Vec<_>>())
}

/// Scores of all candidates by rankers that have not seen their databases.
fn out_of_fold(pools: &[Pool<'_>], options: boost::Options, keeps: &(dyn Fn(usize) -> bool + Sync)) -> Vec<Vec<f32>> {
    // Two at a time: the bins of one are some hundred megabytes.
    let mut rankers: Vec<Trees> = Vec::new();
    for pair in (0..FOLDS).collect::<Vec<_>>().chunks(2) {
        rankers.extend(std::thread::scope(|scope| {
            let fits: Vec<_> = pair.iter().map(|f| scope.spawn(move || fit(pools, *f, options, keeps))).collect();
            fits.into_iter().map(|f| f.join().unwrap()).collect::<Vec<_>>()
        }));
    }
    let score = |pool: &Pool<'_>| -> Vec<f32> {
        pool.rows.iter().map(|row| rankers[pool.fold].score(&blanked(row, keeps))).collect()
    };
    pools.iter().map(score).collect()
}

fn best_of(scores: &[f32]) -> Option<usize> {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
}

/// What the confidence is read off, and whether the best candidate is right.
fn doubts(pool: &Pool<'_>, scores: &[f32]) -> Option<(Vec<f32>, bool)> {
    let best = best_of(scores)?;
    Some((development::doubts(scores, &pool.results, &pool.rows[best], best), pool.right[best]))
}

fn fit_confidence(pools: &[Pool<'_>], scores: &[Vec<f32>], fold: usize) -> Trees {
    let rows: Vec<(Vec<f32>, bool)> = pools
        .iter()
        .zip(scores)
        .filter(|(p, _)| p.fold != fold)
        .filter_map(|(pool, scores)| doubts(pool, scores))
        .collect();
    let features: Vec<&[f32]> = rows.iter().map(|r| r.0.as_slice()).collect();
    let right: Vec<bool> = rows.iter().map(|r| r.1).collect();
    boost::fit(&Binned::new(&features), &Logistic(&right), CONFIDENCE)
}

/// What comes out for each question: whether the best is right, and how sure we are.
fn judged(pools: &[Pool<'_>], scores: &[Vec<f32>]) -> Vec<Verdict> {
    let confidences: Vec<Trees> = (0..FOLDS).map(|fold| fit_confidence(pools, scores, fold)).collect();
    pools
        .iter()
        .zip(scores)
        .map(|(pool, scores)| match doubts(pool, scores) {
            Some((row, right)) => Verdict { right, sure: confidences[pool.fold].probability(&row) },
            None => Verdict { right: false, sure: 0.0 },
        })
        .collect()
}

/// Accuracy without each group of features in the second step, which one sum of trees instead of four makes faster; what is
/// tried is the same.
fn ablate(cases: &[Case], tried: &[Pool<'_>]) {
    let Some(case) = cases.iter().find(|c| !c.candidates.is_empty()) else { return };
    let options = boost::Options { bags: 1, ..RANKER };
    let mut groups = case.groups.clone();
    let shown = case.candidates[0].candidate.dense.len() + case.candidates[0].candidate.shown.len();
    groups.push(("trial", shown));
    groups.push(("support", usize::MAX));
    let mut from = 0;
    for (name, to) in std::iter::once(("nothing", 0)).chain(groups) {
        let range = from..to;
        let scores = out_of_fold(tried, options, &|f: usize| !range.contains(&f));
        let share = |reworded: bool| {
            let measured =
                cases.iter().zip(tried).zip(&scores).filter(|((c, p), _)| c.measured && p.reworded == reworded);
            let verdicts: Vec<bool> = measured.map(|((_, p), s)| best_of(s).is_some_and(|b| p.right[b])).collect();
            100.0 * verdicts.iter().filter(|right| **right).count() as f64 / verdicts.len().max(1) as f64
        };
        println!("without {name:10}: originals {:.1} %, reworded {:.1} %", share(false), share(true));
        from = to;
    }
}
