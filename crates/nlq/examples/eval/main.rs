//! Measures and trains the question parser on a folder of SQLite databases and a file of questions.
//! `eval dialogue QUESTIONS DATABASES [--limit N] [--db NAME] [--field F] [--show N]`: through the public interface
//! `eval reach … [--half first|second] [--about WORDS]`: what is right among the candidates; where nothing is, the best of
//! the wrong
//! `eval choices …`: what stands behind the choice between the two readers, one JSON object a line
//! `eval search QUESTIONS DATABASES [--out CRATE/src]`: fits the weights of the search
//! `eval learn QUESTIONS DATABASES [--out CRATE/src] [--cases FILE] [--alone] [--every N] [--jobs N] [--ablate]
//! [--diagram FILE]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod compare;
mod dialogue;
mod fit;
mod gather;
mod kept;
mod learn;
mod load;
mod report;

use chrono::NaiveDate;
use datafyme_nlq::CatalogIndex;
use std::{collections::BTreeMap, path::PathBuf};

/// Parts that the databases are cut into: what is measured on one was learned on the others.
pub(crate) const FOLDS: usize = 5;

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

pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// The search is fitted on the databases of the first half, what ranks its candidates on the others.
pub(crate) fn in_first_half(db: &str) -> bool {
    hash(db) >> 7 & 1 == 0
}

/// The fold that a database is measured in.
pub(crate) fn fold_of(db: &str) -> usize {
    (hash(db) >> 13) as usize % FOLDS
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
    let number = |name: &str, otherwise: usize| option(name).and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    if args[0] == "learn" || args[0] == "search" {
        let run = if args[0] == "learn" { learn::learn } else { learn::search };
        return run(&learn::Settings {
            questions: args[1].clone(),
            folder: args[2].clone(),
            out: option("--out"),
            cases: option("--cases"),
            alone: args.contains(&"--alone".to_owned()),
            every: number("--every", 1),
            jobs: number("--jobs", 2),
            ablate: args.contains(&"--ablate".to_owned()),
            diagram: option("--diagram"),
        });
    }
    let mut items = items(&args[1], &option("--field").unwrap_or_else(|| "question".to_owned()));
    items.sort_by_key(|i| hash(&i.id).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31));
    if let Some(db) = option("--db") {
        items.retain(|i| i.db == db);
    }
    match option("--half").as_deref() {
        Some("first") => items.retain(|i| in_first_half(&i.db)),
        Some("second") => items.retain(|i| !in_first_half(&i.db)),
        _ => {}
    }
    if let Some(words) = option("--about") {
        items.retain(|i| i.question.contains(&words));
    }
    let every = number("--every", 1) as u64;
    items.retain(|i| (hash(&i.db) / 8).is_multiple_of(every));
    items.truncate(number("--limit", usize::MAX));
    match args[0].as_str() {
        "dialogue" => dialogue::run(&items, &args[2], number("--show", 0)),
        "choices" => dialogue::choices(&items, &args[2]),
        "reach" => learn::reach(items, &args[2], number("--jobs", 2)),
        other => panic!("no command {other}: dialogue, choices, reach or learn"),
    }
}

/// What a query does, for the report.
pub(crate) fn kind(gold: &str) -> &'static str {
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
