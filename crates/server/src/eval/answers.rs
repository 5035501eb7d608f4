//! `eval answers`: questions through the whole answer graph, their rows against the gold rows.

use super::{EvalOptions, Progress, compare::same_result, items::AnswerItem, learned::LearnedDatabase};
use crate::events::Unwatched;
use datafyme_agent::AgentError;
use datafyme_domain::{Answer, Caller, RowSet, RunStatus};
use futures::{FutureExt, StreamExt, stream};
use serde::Serialize;
use sqlparser::{ast::Statement, dialect::GenericDialect, parser::Parser};
use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::sync::mpsc;

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct AnswersReport {
    /// Items measured: those left out are not in it.
    pub total: usize,
    /// Runs that ended with an answer.
    pub answered: usize,
    /// Runs that ended with a reason why not.
    pub declined: usize,
    /// Runs that failed, and items that could not be asked.
    pub failed: usize,
    /// Of these, by a defect of ours.
    pub panicked: usize,
    /// Answers whose rows are the gold rows.
    pub correct: usize,
    /// `correct / total`.
    pub execution_accuracy: f64,
    /// `correct / answered`.
    pub precision_when_answered: f64,
    /// Items whose gold query returns no rows.
    pub left_out_empty_gold: usize,
    /// Items whose gold query does not run here.
    pub left_out_failed_gold: usize,
    /// Milliseconds of a run.
    pub latency_ms: Latency,
    /// One entry per item, in the file's order.
    pub per_item: Vec<ItemReport>,
}

/// Percentiles over the runs.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// Half of the runs took no longer.
    pub p50: u64,
    /// 95 of 100 runs took no longer.
    pub p95: u64,
    /// The longest.
    pub max: u64,
}

/// What became of one item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemReport {
    /// As in the file.
    pub id: String,
    /// As in the file.
    pub db: String,
    /// `answered`, `declined`, `failed`, `cancelled`, `panicked`; `empty_gold` and `failed_gold` are left out.
    pub status: String,
    /// Whether the rows are the gold rows.
    pub correct: bool,
    /// As asked.
    pub question: String,
    /// What was run.
    pub sql: Option<String>,
    /// As in the file.
    pub gold_sql: String,
    /// Why there is no answer, or why it is wrong.
    pub reason: Option<String>,
    /// Milliseconds of the run.
    pub ms: u64,
}

const LEFT_OUT: [&str; 2] = ["empty_gold", "failed_gold"];

/// Measures `items`; never fails because of one of them.
pub async fn evaluate(items: Vec<AnswerItem>, options: &EvalOptions, progress: Progress<'_>) -> AnswersReport {
    let order: Vec<String> = items.iter().map(|i| i.id.clone()).collect();
    let mut groups: BTreeMap<String, Vec<AnswerItem>> = BTreeMap::new();
    for item in items {
        groups.entry(item.db.clone()).or_default().push(item);
    }
    let done = AtomicU64::new(0);
    let (reports, mut received) = mpsc::unbounded_channel::<ItemReport>();
    let shared = Arc::new(options.clone());
    let mut work = stream::iter(groups)
        .map(|(db, items)| {
            // A task of its own, so that databases are worked on in parallel.
            let task = tokio::spawn(evaluate_database(db, items, Arc::clone(&shared), reports.clone()));
            async move { drop(task.await) }
        })
        .buffer_unordered(options.jobs.max(1));
    let mut per_item = Vec::with_capacity(order.len());
    loop {
        tokio::select! {
            Some(report) = received.recv() => {
                per_item.push(report);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
            ended = work.next() => if ended.is_none() { break },
        }
    }
    while let Ok(report) = received.try_recv() {
        per_item.push(report);
    }
    let position: BTreeMap<&String, usize> = order.iter().enumerate().map(|(i, id)| (id, i)).collect();
    per_item.sort_by_key(|report| position.get(&report.id).copied());
    summarise(per_item)
}

async fn evaluate_database(
    db: String,
    items: Vec<AnswerItem>,
    options: Arc<EvalOptions>,
    reports: mpsc::UnboundedSender<ItemReport>,
) {
    let learning = AssertUnwindSafe(LearnedDatabase::learn(&db, &options.databases, &options)).catch_unwind();
    let learned = match learning.await {
        Ok(Ok(learned)) => Ok(learned),
        Ok(Err(failure)) => Err(("failed", format!("the database could not be learned: {failure}"))),
        Err(_) => Err(("panicked", "learning the database hit a defect".to_owned())),
    };
    for item in items {
        let report = match &learned {
            Ok(learned) => evaluate_item(learned, &item.in_dialect(learned.source.dialect)).boxed().await,
            Err((status, reason)) => item_report(&item, status, Some(reason.clone())),
        };
        let _ = reports.send(report);
    }
}

async fn evaluate_item(learned: &LearnedDatabase, item: &AnswerItem) -> ItemReport {
    let gold = match learned.rows(&item.gold_sql).await {
        Ok(gold) if gold.is_empty() => return item_report(item, "empty_gold", None),
        Ok(gold) => gold,
        Err(failure) => return item_report(item, "failed_gold", Some(failure.to_string())),
    };
    let mut ms = 0;
    let asked = match AssertUnwindSafe(answer(learned, item, &mut ms)).catch_unwind().await {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => {
            return ItemReport { ms, ..item_report(item, "failed", Some(failure.to_string())) };
        }
        Err(_) => {
            return ItemReport { ms, ..item_report(item, "panicked", None) };
        }
    };
    let (correct, reason) = match asked.status {
        RunStatus::Answered => judge(learned, &item.gold_sql, &gold, &asked).await,
        _ => (false, Some(asked.text.clone())),
    };
    ItemReport { correct, sql: asked.sql, ms, ..item_report(item, asked.status.code(), reason) }
}

fn item_report(item: &AnswerItem, status: &str, reason: Option<String>) -> ItemReport {
    ItemReport {
        id: item.id.clone(),
        db: item.db.clone(),
        status: status.to_owned(),
        correct: false,
        question: item.question.clone(),
        sql: None,
        gold_sql: item.gold_sql.clone(),
        reason,
        ms: 0,
    }
}

/// Asks the earlier questions, then the item's own, in one conversation. `ms` is what the last one took.
pub(super) async fn answer(learned: &LearnedDatabase, item: &AnswerItem, ms: &mut u64) -> Result<Answer, AgentError> {
    let app = &learned.workplace.app;
    let caller = Caller::local();
    let conversation = app.agent.new_conversation(caller, learned.source.id).await?.id;
    for question in &item.history {
        let run = app.agent.start_run(caller, conversation, question).await?;
        app.agent.execute_run(caller, run.id, &app.worker_name, &Unwatched).await?;
    }
    let began = Instant::now();
    let run = app.agent.start_run(caller, conversation, &item.question).await?;
    let answer = app.agent.execute_run(caller, run.id, &app.worker_name, &Unwatched).await;
    *ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    answer
}

async fn judge(learned: &LearnedDatabase, gold_sql: &str, gold: &RowSet, answer: &Answer) -> (bool, Option<String>) {
    if answer.columns.is_empty() {
        return (false, Some("the answer has no rows of its own".to_owned()));
    }
    let found = match &answer.sql {
        // The answer keeps the first rows only; the comparison needs all.
        Some(sql) if answer.truncated => learned.rows(sql).await,
        _ => Ok(RowSet { columns: answer.columns.clone(), rows: answer.rows.clone(), truncated: answer.truncated }),
    };
    match found {
        Ok(found) if same_result(gold, &found, is_ordered(gold_sql)) => (true, None),
        Ok(found) => {
            let shape = |set: &RowSet| format!("{} × {}", set.rows.len(), set.columns.len());
            (false, Some(format!("other rows: {} where the gold has {}", shape(&found), shape(gold))))
        }
        Err(failure) => (false, Some(failure.to_string())),
    }
}

/// Whether the query says in which order its rows come.
fn is_ordered(sql: &str) -> bool {
    match Parser::parse_sql(&GenericDialect {}, sql) {
        Ok(statements) => statements.first().is_some_and(|s| match s {
            Statement::Query(query) => query.order_by.is_some(),
            _ => false,
        }),
        Err(_) => sql.to_ascii_lowercase().contains("order by"),
    }
}

fn summarise(per_item: Vec<ItemReport>) -> AnswersReport {
    let count = |status: &str| per_item.iter().filter(|i| i.status == status).count();
    let total = per_item.iter().filter(|i| !LEFT_OUT.contains(&i.status.as_str())).count();
    let answered = count(RunStatus::Answered.code());
    let correct = per_item.iter().filter(|i| i.correct).count();
    let ms = per_item.iter().filter(|i| i.ms > 0).map(|i| i.ms).collect();
    AnswersReport {
        total,
        answered,
        declined: count(RunStatus::Declined.code()),
        failed: count(RunStatus::Failed.code()) + count(RunStatus::Cancelled.code()) + count("panicked"),
        panicked: count("panicked"),
        correct,
        execution_accuracy: ratio(correct, total),
        precision_when_answered: ratio(correct, answered),
        left_out_empty_gold: count("empty_gold"),
        left_out_failed_gold: count("failed_gold"),
        latency_ms: latency(ms),
        per_item,
    }
}

/// `part / whole`; 0 of nothing.
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn latency(mut ms: Vec<u64>) -> Latency {
    ms.sort_unstable();
    let at = |percent: usize| {
        let rank = (ms.len() * percent).div_ceil(100).saturating_sub(1);
        ms.get(rank).copied().unwrap_or(0)
    };
    Latency { p50: at(50), p95: at(95), max: ms.last().copied().unwrap_or(0) }
}
