//! `eval charts`: the kind and the axes of the chart that is chosen for a question.

use super::{
    EvalOptions, Progress, answers, answers::ratio, items::AnswerItem, items::ChartItem, learned::LearnedDatabase,
};
use datafyme_domain::{Answer, ChartKind, RowSet, RowSetColumn, Value};
use futures::{FutureExt, StreamExt, stream};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct ChartsReport {
    /// Items asked.
    pub total: usize,
    /// Items answered with a chart.
    pub charts: usize,
    /// Charts of the gold kind / `total`.
    pub kind_agreement: f64,
    /// Charts with the gold values on both axes / `total`.
    pub axes_agreement: f64,
    /// The same, among the items answered with a chart.
    pub kind_agreement_when_charted: f64,
    /// The same, among the items answered with a chart.
    pub axes_agreement_when_charted: f64,
    /// One entry per item.
    pub per_item: Vec<ChartReport>,
}

/// What became of one item.
#[derive(Debug, Clone, Serialize)]
pub struct ChartReport {
    /// As in the file.
    pub id: String,
    /// As in the file.
    pub db: String,
    /// As asked.
    pub question: String,
    /// As in the file.
    pub gold_chart: String,
    /// What was drawn; absent when no chart was.
    pub chart: Option<ChartKind>,
    /// Whether the kinds agree.
    pub kind_agrees: bool,
    /// Whether the axes agree.
    pub axes_agree: bool,
    /// What was run.
    pub sql: Option<String>,
    /// Why there is no chart.
    pub reason: Option<String>,
}

/// Measures `items`.
pub async fn evaluate(items: Vec<ChartItem>, options: &EvalOptions, progress: Progress<'_>) -> ChartsReport {
    let mut groups: BTreeMap<String, Vec<ChartItem>> = BTreeMap::new();
    for item in items {
        groups.entry(item.db.clone()).or_default().push(item);
    }
    let done = AtomicU64::new(0);
    let shared = Arc::new(options.clone());
    let per_database: Vec<Vec<ChartReport>> = stream::iter(groups)
        .map(|(db, items)| {
            let count = items.len() as u64;
            let task = tokio::spawn(of_database(db, items, Arc::clone(&shared)));
            let done = &done;
            async move {
                let reports = task.await.unwrap_or_default();
                progress(done.fetch_add(count, Ordering::Relaxed) + count);
                reports
            }
        })
        .buffer_unordered(options.jobs.max(1))
        .collect()
        .await;
    let per_item: Vec<ChartReport> = per_database.into_iter().flatten().collect();
    let count = |test: fn(&ChartReport) -> bool| per_item.iter().filter(|i| test(i)).count();
    let (kind, axes, charts) = (count(|i| i.kind_agrees), count(|i| i.axes_agree), count(|i| i.chart.is_some()));
    ChartsReport {
        total: per_item.len(),
        charts,
        kind_agreement: ratio(kind, per_item.len()),
        axes_agreement: ratio(axes, per_item.len()),
        kind_agreement_when_charted: ratio(kind, charts),
        axes_agreement_when_charted: ratio(axes, charts),
        per_item,
    }
}

async fn of_database(db: String, items: Vec<ChartItem>, options: Arc<EvalOptions>) -> Vec<ChartReport> {
    let learned = LearnedDatabase::learn(&db, &options.databases, &options).await;
    let mut reports = Vec::with_capacity(items.len());
    for item in items {
        reports.push(match &learned {
            Ok(learned) => one(learned, &item).await,
            Err(failure) => report(&item, Some(failure.to_string())),
        });
    }
    reports
}

async fn one(learned: &LearnedDatabase, item: &ChartItem) -> ChartReport {
    let question = AnswerItem {
        id: item.id.clone(),
        db: item.db.clone(),
        question: item.nl_queries.first().cloned().unwrap_or_default(),
        gold_sql: item.gold_sql.clone(),
        gold_sql_postgres: None,
        history: Vec::new(),
    };
    let mut ms = 0;
    let answered = AssertUnwindSafe(answers::answer(learned, &question, &mut ms)).catch_unwind().await;
    let answer = match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => return report(item, Some(failure.to_string())),
        Err(_) => return report(item, Some("hit a defect".to_owned())),
    };
    let Some(chart) = &answer.chart else {
        let reason = Some(answer.text.clone());
        return ChartReport { sql: answer.sql, ..report(item, reason) };
    };
    let gold = learned.rows(&item.gold_sql).await;
    ChartReport {
        chart: Some(chart.kind),
        kind_agrees: kind_of(&item.chart) == Some(chart.kind),
        axes_agree: gold.is_ok_and(|gold| axes_agree(&gold, &answer)),
        sql: answer.sql.clone(),
        ..report(item, None)
    }
}

fn report(item: &ChartItem, reason: Option<String>) -> ChartReport {
    ChartReport {
        id: item.id.clone(),
        db: item.db.clone(),
        question: item.nl_queries.first().cloned().unwrap_or_default(),
        gold_chart: item.chart.clone(),
        chart: None,
        kind_agrees: false,
        axes_agree: false,
        sql: None,
        reason,
    }
}

/// The kinds in the words of nvBench (Luo et al., SIGMOD 2021).
fn kind_of(words: &str) -> Option<ChartKind> {
    Some(match words.to_ascii_lowercase().as_str() {
        "bar" => ChartKind::Bar,
        "stacked bar" => ChartKind::StackedBar,
        "line" | "grouping line" => ChartKind::Line,
        "pie" => ChartKind::Pie,
        "scatter" | "grouping scatter" => ChartKind::Scatter,
        _ => return None,
    })
}

/// Whether both axes show the gold columns: the first one across, the second one up.
fn axes_agree(gold: &RowSet, answer: &Answer) -> bool {
    let Some(chart) = &answer.chart else { return false };
    let Some(y) = chart.y.first() else { return false };
    let pick = |rows: &[Vec<Value>], columns: [usize; 2]| RowSet {
        columns: columns
            .iter()
            .map(|c| RowSetColumn { name: c.to_string(), column_type: datafyme_domain::ColumnType::Other })
            .collect(),
        rows: rows
            .iter()
            .map(|row| columns.iter().map(|c| row.get(*c).cloned().unwrap_or_default()).collect())
            .collect(),
        truncated: false,
    };
    let shown = pick(&answer.rows, [chart.x, *y]);
    super::compare::same_result(&pick(&gold.rows, [0, 1]), &shown, false)
}
