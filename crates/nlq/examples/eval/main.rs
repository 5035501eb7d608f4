//! Measures and trains the question parser on a folder of SQLite databases and a file of questions.
//! `eval run|dialogue|choices QUESTIONS DATABASES [--limit N] [--half dev|held|held-a|held-b] [--db NAME] [--field F] [--show N]`
//! `eval train QUESTIONS DATABASES OUT [--rounds N]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod compare;
mod dialogue;
mod load;
mod train;

use chrono::NaiveDate;
use compare::Rows;
use datafyme_nlq::{
    CatalogIndex, Question,
    development::{self, Weights},
};
use std::{collections::BTreeMap, path::PathBuf, time::Instant};

pub(crate) struct Item {
    pub id: String,
    pub db: String,
    pub question: String,
    /// The questions before it, first to last.
    pub history: Vec<String>,
    pub gold: String,
}

pub(crate) struct Database {
    pub index: CatalogIndex,
    pub connection: rusqlite::Connection,
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

pub(crate) fn in_development_half(db: &str) -> bool {
    hash(db) >> 7 & 1 == 0
}

pub(crate) fn items(path: &str, field: &str) -> Vec<Item> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|l| {
            let v: serde_json::Value = serde_json::from_str(l).unwrap();
            let text = |k: &str| v[k].as_str().unwrap_or_default().to_owned();
            let before = v["history"].as_array().into_iter().flatten();
            let history = before.filter_map(|h| h.as_str().map(str::to_owned)).collect();
            Item { id: text("id"), db: text("db"), question: text(field), gold: text("gold_sql"), history }
        })
        .collect()
}

pub(crate) fn databases(folder: &str, items: &[Item]) -> BTreeMap<String, Database> {
    let mut names: Vec<String> = items.iter().map(|i| i.db.clone()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|n| (n.clone(), load::open(&PathBuf::from(folder).join(&n).join(format!("{n}.sqlite")))))
        .collect()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1)).cloned();
    if args[0] == "train" {
        train::train(&args[1], &args[2], &args[3], &option);
        return;
    }
    let field = option("--field").unwrap_or_else(|| "question".to_owned());
    let mut items = items(&args[1], &field);
    items.sort_by_key(|i| hash(&i.id).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31));
    if let Some(db) = option("--db") {
        items.retain(|i| i.db == db);
    }
    match option("--half").as_deref() {
        Some("dev") => items.retain(|i| in_development_half(&i.db)),
        Some("held") => items.retain(|i| !in_development_half(&i.db)),
        // The ranker has seen neither: rules that choose between its readings are set on one and measured on the other.
        Some("held-a") => items.retain(|i| !in_development_half(&i.db) && hash(&i.db) >> 9 & 1 == 0),
        Some("held-b") => items.retain(|i| !in_development_half(&i.db) && hash(&i.db) >> 9 & 1 == 1),
        _ => {}
    }
    items.truncate(option("--limit").and_then(|l| l.parse().ok()).unwrap_or(usize::MAX));
    let show: usize = option("--show").and_then(|l| l.parse().ok()).unwrap_or(0);
    match args[0].as_str() {
        "dialogue" => return dialogue::run(&items, &args[2], show),
        "choices" => return dialogue::choices(&items, &args[2]),
        _ => {}
    }
    let databases = databases(&args[2], &items);
    let weights = match option("--weights") {
        Some(path) => Weights::from_bytes(&std::fs::read(path).unwrap()),
        None if args.contains(&"--untrained".to_owned()) => Weights::zero(),
        None => Weights::trained().clone(),
    };
    let mut tally = Tally { style: args.contains(&"--style".to_owned()), ..Tally::default() };
    for item in &items {
        run(item, &databases[&item.db], &weights, show, &mut tally);
    }
    tally.print(items.len());
}

#[derive(Default)]
struct Tally {
    correct: usize,
    answered: usize,
    top3: usize,
    reachable: usize,
    shown: usize,
    style: bool,
    micros: Vec<u128>,
    points: Vec<(f64, bool)>,
    kinds: BTreeMap<&'static str, (usize, usize, usize)>,
}

impl Tally {
    fn print(&mut self, total: usize) {
        let share = |n: usize| 100.0 * n as f64 / total as f64;
        println!(
            "total {total} answered {} correct {} ({:.1} %) top3 {:.1} % reachable {:.1} %",
            self.answered,
            self.correct,
            share(self.correct),
            share(self.top3),
            share(self.reachable)
        );
        for (kind, (n, ok, reach)) in &self.kinds {
            println!(
                "  {kind:12} n={n:5} correct {:.1} % reachable {:.1} %",
                100.0 * *ok as f64 / *n as f64,
                100.0 * *reach as f64 / *n as f64
            );
        }
        self.micros.sort_unstable();
        let at =
            |q: f64| self.micros.get(((self.micros.len() as f64) * q) as usize).copied().unwrap_or(0) as f64 / 1000.0;
        println!("latency ms p50 {:.1} p95 {:.1} max {:.1}", at(0.5), at(0.95), at(0.9999));
        self.points.sort_by(|a, b| b.0.total_cmp(&a.0));
        for coverage in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
            let n = (total as f64 * coverage) as usize;
            if n <= self.points.len() && n > 0 {
                let ok = self.points[..n].iter().filter(|p| p.1).count();
                print!(
                    "cov {:.0}% prec {:.1} (conf {:.2}); ",
                    coverage * 100.0,
                    100.0 * ok as f64 / n as f64,
                    self.points[n - 1].0
                );
            }
        }
        println!();
    }
}

fn run(item: &Item, database: &Database, weights: &Weights, show: usize, tally: &mut Tally) {
    let Some(gold) = Rows::fetch(&database.connection, &item.gold) else {
        return;
    };
    let ordered = item.gold.to_lowercase().contains("order by");
    let question = Question { text: &item.question, today: today(), context: None };
    let trial = load::Try(&database.connection);
    let started = Instant::now();
    let found = development::candidates(&database.index, &question, &trial, weights, tally.style);
    tally.micros.push(started.elapsed().as_micros());
    let good = |sql: &str| Rows::fetch(&database.connection, sql).is_some_and(|p| compare::same(&gold, &p, ordered));
    let position = found.iter().position(|c| good(&c.sql));
    let kind = kind(&item.gold);
    let entry = tally.kinds.entry(kind).or_default();
    entry.0 += 1;
    tally.answered += usize::from(!found.is_empty());
    if let Some(position) = position {
        tally.reachable += 1;
        entry.2 += 1;
        tally.top3 += usize::from(position < 3);
        if position == 0 {
            tally.correct += 1;
            entry.1 += 1;
        }
    }
    if let Some(best) = found.first() {
        tally.points.push((best.mass, position == Some(0)));
    }
    if position != Some(0) && tally.shown < show {
        tally.shown += 1;
        println!(
            "--- {} {} [{kind}] right one at {position:?}\n{}\ngold: {}",
            item.id, item.db, item.question, item.gold
        );
        for c in found.iter().take(2) {
            println!("  {:.2} mass {:.2} un {} | {}", c.score, c.mass, c.unexplained, c.sql.replace('\n', " "));
        }
        if let Some(p) = position {
            println!("  right: {:.2} | {}", found[p].score, found[p].sql.replace('\n', " "));
        } else {
            print!("{}", development::describe(&database.index, &question));
        }
    }
}

fn kind(gold: &str) -> &'static str {
    let sql = gold.to_lowercase();
    let joined = sql.contains(" join ");
    if sql.contains("intersect") || sql.contains("except") || sql.contains("union") {
        "set"
    } else if sql.matches("select").count() > 1 {
        "nested"
    } else if sql.contains("group by") {
        if joined { "group join" } else { "group" }
    } else if sql.contains("order by") {
        if joined { "order join" } else { "order" }
    } else if joined {
        "plain join"
    } else {
        "plain"
    }
}
