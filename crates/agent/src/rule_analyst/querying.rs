//! From a question to a query, by the parser; the next reading after a failure; the nearest value after nothing.

use super::{
    drafting::{draft, others, remembered},
    messages::{Message, classify},
    readings,
    routing::context,
    screening::suggested,
};
use crate::{
    AgentError,
    analyst::{
        Abstention, Asking, FailedQuery, FoundTable, Opinion, QueryDraft, Rephrased, Said, SelectedTable,
        SelectedTables,
    },
    workbench::Workbench,
};
use datafyme_domain::{ErrorKind, TableRef};
use datafyme_nlq::{Alternative, Context, Interpretation, Language, Question, Trial, TrialOutcome};
use tokio::runtime::Handle;

/// Ranks count as in reciprocal rank fusion; a small constant, since the list is short and good at the top.
const RANK_CONSTANT: f64 = 10.0;

pub(super) fn select_tables(asking: &Asking, found: &[FoundTable]) -> Opinion<SelectedTables> {
    let mut tables: Vec<SelectedTable> = Vec::new();
    if matches!(classify(asking), Message::FollowUp | Message::Redraw(_))
        && let Some(context) = context(asking)
    {
        for (rank, table) in context.plan.tables().into_iter().enumerate() {
            credit(&mut tables, &table, share(rank), "of the last question".to_owned());
        }
    }
    for (rank, hit) in found.iter().enumerate() {
        let reason = match (hit.words.as_slice(), hit.columns.as_slice()) {
            ([], []) => "beside tables that the question names".to_owned(),
            ([], columns) => format!("found by the search: {}", columns.join(", ")),
            (words, _) => words.join(", "),
        };
        credit(&mut tables, &hit.table, share(rank), reason);
    }
    tables.sort_by(|a, b| b.score.total_cmp(&a.score));
    Opinion::Given(SelectedTables { tables })
}

fn share(rank: usize) -> f64 {
    1.0 / (RANK_CONSTANT + rank as f64)
}

fn credit(tables: &mut Vec<SelectedTable>, table: &TableRef, score: f64, reason: String) {
    if let Some(known) = tables.iter_mut().find(|t| &t.table == table) {
        known.score += score;
        known.reasons.push(reason);
    } else {
        tables.push(SelectedTable { table: table.clone(), score, reasons: vec![reason] });
    }
}

/// The parser knows the synonyms of the catalog already: other words would only be other guesses.
pub(super) fn rephrase(asking: &Asking) -> Opinion<Rephrased> {
    Opinion::Abstained(Abstention {
        reason: format!(
            "I found nothing in {} that this question is about. Name a table or a column of it.",
            asking.knowledge.source.name
        ),
        suggestions: suggested(asking),
        ..Abstention::default()
    })
}

pub(super) async fn write_query(asking: &Asking, bench: &Workbench) -> Said<QueryDraft> {
    let context = context(asking);
    if let Message::Redraw(kind) = classify(asking)
        && let Some(Context { question, plan }) = &context
    {
        let confidence = asking.last_answered().and_then(|t| t.answer.confidence).unwrap_or(1.0);
        let mut same = draft(question, plan, bench.dialect(), confidence);
        same.chart_wish = kind;
        return Ok(Opinion::Given(same));
    }
    let dialect = bench.dialect();
    // What a later follow-up refers to: this question with those that it refers to itself.
    let words = datafyme_nlq::trail(context.as_ref(), &asking.question);
    let read = {
        let (asking, bench) = (asking.clone(), bench.clone());
        blocking(move |handle| {
            let question = Question { text: &asking.question, today: asking.today, context: context.as_ref() };
            datafyme_nlq::answer(&asking.knowledge.index, &question, &BenchTrial { bench, handle })
        })
        .await?
    };
    match read {
        Interpretation::Understood { plan, sql, confidence, alternatives, chart_hint, notes, .. } => {
            let mut all = vec![Alternative { plan, sql, confidence }];
            all.extend(alternatives);
            let chosen = readings::prefer(asking, &mut all);
            if !chosen && let Some(why) = readings::ask(asking, &all, bench).await {
                return Ok(Opinion::Abstained(why));
            }
            let mut left = all.into_iter();
            let Some(first) = left.next() else { return Ok(Opinion::abstain("there is no reading of the question")) };
            let mut written = draft(&words, &first.plan, dialect, first.confidence);
            written.others = others(&words, left.as_slice());
            written.chart_wish = chart_hint;
            if crate::model_analyst::language(asking) == Language::Hu {
                written.explanation = first.plan.phrases(Language::Hu).into_iter().map(|p| p.text).collect();
            }
            written.notes = if chosen { vec![readings::CHOSEN.to_owned()] } else { notes };
            Ok(Opinion::Given(written))
        }
        Interpretation::Declined { reason, suggestions, guess } => {
            let mut guesses: Vec<Alternative> = guess.into_iter().collect();
            if readings::prefer(asking, &mut guesses)
                && let Some(first) = guesses.first()
            {
                let mut written = draft(&words, &first.plan, dialect, first.confidence);
                written.notes = vec![readings::CHOSEN.to_owned()];
                return Ok(Opinion::Given(written));
            }
            Ok(Opinion::Abstained(Abstention {
                suggestions: if suggestions.is_empty() { suggested(asking) } else { suggestions },
                readings: readings::offered(asking, &guesses, bench).await,
                reason,
            }))
        }
    }
}

/// The next reading of the question, if there is one.
pub(super) fn repair_query(asking: &Asking, failed: &FailedQuery) -> Opinion<QueryDraft> {
    let mut left = failed.draft.others.iter();
    let Some((next, plan)) = left.find_map(|o| Some((o, remembered(o.memo.as_ref())?))) else {
        return Opinion::abstain("there is no other reading of the question");
    };
    let mut mended = draft(&asking.question, &plan.plan, asking.knowledge.catalog.dialect, next.confidence);
    mended.chart_wish = failed.draft.chart_wish;
    mended.others = left.cloned().collect();
    mended.notes = vec!["Read differently after a first reading could not be run.".to_owned()];
    Opinion::Given(mended)
}

/// The nearest values that are in the data, if a value of the query is not.
pub(super) async fn repair_empty(asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Said<QueryDraft> {
    let Some(context) = remembered(empty.memo.as_ref()) else {
        return Ok(Opinion::abstain("there is no plan to mend"));
    };
    let question = context.question.clone();
    let dialect = bench.dialect();
    let (knowledge, bench) = (asking.knowledge.clone(), bench.clone());
    let mended = blocking(move |handle| {
        datafyme_nlq::repair_empty(&knowledge.index, &context.plan, &BenchTrial { bench, handle })
    })
    .await?;
    Ok(match mended {
        Some(repair) => {
            let mut mended = draft(&question, &repair.plan, dialect, empty.confidence.unwrap_or(0.5));
            mended.chart_wish = empty.chart_wish;
            mended.notes.clone_from(&empty.notes);
            mended.notes.push(repair.note);
            Opinion::Given(mended)
        }
        None => Opinion::abstain("the values of the query are in the data"),
    })
}

/// Tries candidates on the run's workbench, from a thread that may block.
struct BenchTrial {
    bench: Workbench,
    handle: Handle,
}

impl Trial for BenchTrial {
    fn run(&self, sql: &str) -> TrialOutcome {
        self.handle.block_on(self.bench.attempt(sql))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce(Handle) -> T + Send + 'static) -> Result<T, AgentError> {
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || work(handle)).await.map_err(|_| {
        AgentError::refused(
            ErrorKind::Internal,
            "A defect in Datafyme stopped the reading of this question. Ask it in other words; the log has the details.",
        )
    })
}
