//! From a question to a query by a model: written with the schema before it, read against the catalog, mended once
//! where it names what there is not; of several candidates the one whose rows most of them agree on.

use super::{
    ModelAnalyst,
    agreement::{self, Candidate},
    drafting::{self, WrittenQuery},
    inquiry::Inquiry,
    quoting,
    reading::{self, Reading},
    scene::Scene,
    schema, terms, values,
};
use crate::{
    analyst::{Abstention, Asking, FailedQuery, Opinion, QueryDraft, QueryScope, Said},
    prompts::{Prompt, prompt},
    workbench::Workbench,
};
use datafyme_domain::{Dialect, ModelRole, TableRef, names::text_words};
use futures::future::join_all;
use serde::Serialize;
use std::{collections::HashSet, sync::LazyLock};

static WRITE_QUERY: LazyLock<Prompt> = prompt!("write_query", Reason, 1_500);
static REPAIR_QUERY: LazyLock<Prompt> = prompt!("repair_query", Reason, 1_500);

/// Examples shown.
const EXAMPLES: usize = 3;
/// Characters of an error.
const ERROR: usize = 800;
/// Tokens that fit into a model of which that is not known.
const CONTEXT_TOKENS: u32 = 8_192;
/// Tokens of everything in a prompt but the schema.
const FRAME_TOKENS: u32 = 2_000;
/// Characters of SQL and names per token, on the safe side.
const CHARS_PER_TOKEN: usize = 3;

/// What a query is written from.
#[derive(Debug, Serialize)]
pub(super) struct Material {
    #[serde(flatten)]
    scene: Scene,
    /// What this SQL needs to be told of.
    dialect_rules: &'static [&'static str],
    schema: String,
    joins: Vec<String>,
    /// Values of the data that stand in the question.
    matches: Vec<String>,
    /// Words of the business, with what they mean.
    terms: Vec<String>,
    /// Approved questions with their SQL.
    examples: Vec<Example>,
}

#[derive(Debug, Serialize)]
struct Example {
    question: String,
    sql: String,
}

/// A query to mend.
#[derive(Debug, Serialize)]
struct Broken<'a> {
    #[serde(flatten)]
    material: &'a Material,
    sql: String,
    error: String,
}

impl ModelAnalyst {
    /// The name of the model that writes queries.
    pub(super) fn writer(&self) -> String {
        self.models.get().map(|m| m.of(ModelRole::Reason).model.name().to_owned()).unwrap_or_default()
    }

    /// What a query over these tables is written from.
    pub(super) fn material(&self, asking: &Asking, tables: &[TableRef]) -> Material {
        let knowledge = &asking.knowledge;
        let privacy = self.options.privacy;
        let shown = schema::show(knowledge, tables, privacy, self.schema_budget());
        let matches = if privacy == super::Privacy::Samples {
            values::matches(knowledge, tables, &asking.question)
        } else {
            Vec::new()
        };
        Material {
            scene: Scene::of(asking, privacy),
            dialect_rules: rules(knowledge.catalog.dialect),
            schema: shown.tables,
            joins: shown.joins,
            matches,
            terms: terms::matching(knowledge, tables, &asking.question, privacy),
            examples: examples(asking),
        }
    }

    /// Characters of schema that fit into a prompt.
    fn schema_budget(&self) -> usize {
        let models = self.models.get();
        let context = models.and_then(|m| m.of(ModelRole::Reason).context_tokens).unwrap_or(CONTEXT_TOKENS);
        let free = context.saturating_sub(FRAME_TOKENS + WRITE_QUERY.max_tokens);
        (free as usize).max(500) * CHARS_PER_TOKEN
    }
}

pub(super) async fn write_query(
    analyst: &ModelAnalyst,
    asking: &Asking,
    scope: &QueryScope,
    bench: &Workbench,
) -> Said<QueryDraft> {
    if !analyst.is_active() {
        return super::inquiry::silent();
    }
    let material = analyst.material(asking, &scope.tables);
    let wanted = asking.effort.candidates();
    let written = join_all((0..wanted).map(|n| candidate(analyst, asking, &material, n))).await;
    let mut candidates = Vec::new();
    let mut failure = None;
    let mut unusable = None;
    for said in written {
        match said {
            Ok(Opinion::Given(candidate)) => candidates.push(candidate),
            Ok(Opinion::Abstained(why)) => unusable = unusable.or(Some(why)),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match (agreement::choose(candidates, wanted, bench).await, failure, unusable) {
        (Some(Candidate::Query(draft)), _, _) => Ok(Opinion::Given(*draft)),
        (Some(Candidate::Unanswerable(reason)), _, _) => {
            Ok(Opinion::Abstained(Abstention { reason, ..Abstention::default() }))
        }
        (None, Some(error), _) => Err(error),
        (None, None, why) => Ok(Opinion::Abstained(why.unwrap_or_else(|| Abstention {
            reason: "The language model wrote no query.".to_owned(),
            ..Abstention::default()
        }))),
    }
}

/// The `n`-th query for the question; the first is the likeliest one.
async fn candidate(analyst: &ModelAnalyst, asking: &Asking, material: &Material, n: usize) -> Said<Candidate> {
    let temperature = if n == 0 { 0.0 } else { 0.7 };
    let inquiry = Inquiry { prompt: &WRITE_QUERY, context: material, ledger: &asking.ledger, temperature };
    let written = match analyst.ask_checked(inquiry, WrittenQuery::check).await? {
        Opinion::Given(written) => written,
        Opinion::Abstained(why) => return Ok(Opinion::Abstained(why)),
    };
    checked(analyst, asking, material, written).await
}

/// The reply as a draft, mended once by the model where it names what the catalog does not know. What still does not
/// fit is left to the database to refuse.
pub(super) async fn checked(
    analyst: &ModelAnalyst,
    asking: &Asking,
    material: &Material,
    written: WrittenQuery,
) -> Said<Candidate> {
    let Some((sql, reading)) = read(asking, &written) else {
        return Ok(Opinion::Given(Candidate::Unanswerable(quoting::block(&written.reason, ERROR))));
    };
    if reading.complaints.is_empty() {
        return Ok(candidate_of(analyst, asking, &written, sql, reading));
    }
    let broken = Broken { material, sql: quoting::block(&sql, 4_000), error: reading.complaints.join("\n") };
    let inquiry = Inquiry { prompt: &REPAIR_QUERY, context: &broken, ledger: &asking.ledger, temperature: 0.0 };
    let mended = match analyst.ask_checked(inquiry, WrittenQuery::check).await {
        Ok(Opinion::Given(mended)) => mended,
        // The first one stands: the database says what it thinks of it.
        Ok(Opinion::Abstained(_)) | Err(_) => return Ok(candidate_of(analyst, asking, &written, sql, reading)),
    };
    Ok(match read(asking, &mended) {
        Some((sql, reading)) => candidate_of(analyst, asking, &mended, sql, reading),
        None => Opinion::Given(Candidate::Unanswerable(quoting::block(&mended.reason, ERROR))),
    })
}

fn candidate_of(
    analyst: &ModelAnalyst,
    asking: &Asking,
    written: &WrittenQuery,
    sql: String,
    reading: Reading,
) -> Opinion<Candidate> {
    let draft = drafting::draft(asking, written, sql, reading, &analyst.writer());
    Opinion::Given(Candidate::Query(Box::new(draft)))
}

/// The query of a reply, read against the catalog; `None` when the model says that there is none.
fn read(asking: &Asking, written: &WrittenQuery) -> Option<(String, Reading)> {
    if !written.answerable {
        return None;
    }
    let sql = written.bare_sql();
    let reading = reading::read(&sql, &asking.knowledge);
    Some((sql, reading))
}

/// Another query after the database, or the guard, refused one.
pub(super) async fn repair_query(analyst: &ModelAnalyst, asking: &Asking, failed: &FailedQuery) -> Said<QueryDraft> {
    let material = analyst.material(asking, &tables_of(asking, &failed.draft));
    let complaints = reading::read(&failed.draft.sql, &asking.knowledge).complaints;
    let mut error = quoting::block(&failed.error, ERROR);
    if analyst.options.privacy < super::Privacy::Samples {
        // A database quotes the cell that it could not read.
        error = quoting::without_values(&error, &failed.draft.sql);
    }
    for complaint in complaints {
        error.push('\n');
        error.push_str(&complaint);
    }
    let broken = Broken { material: &material, sql: quoting::block(&failed.draft.sql, 4_000), error };
    let inquiry = Inquiry { prompt: &REPAIR_QUERY, context: &broken, ledger: &asking.ledger, temperature: 0.0 };
    let written = match analyst.ask_checked(inquiry, WrittenQuery::check).await? {
        Opinion::Given(written) => written,
        Opinion::Abstained(why) => return Ok(Opinion::Abstained(why)),
    };
    Ok(match read(asking, &written) {
        Some((sql, _)) if sql == failed.draft.sql => Opinion::abstain("The language model repeated the query."),
        Some((sql, reading)) => {
            let mut mended = drafting::draft(asking, &written, sql, reading, &analyst.writer());
            mended.chart_wish = mended.chart_wish.or(failed.draft.chart_wish);
            Opinion::Given(mended)
        }
        None => Opinion::abstain(quoting::block(&written.reason, ERROR)),
    })
}

/// The tables that a query is about, with those beside them: by its joins, by what its words name.
pub(super) fn tables_of(asking: &Asking, draft: &QueryDraft) -> Vec<TableRef> {
    let catalog = &asking.knowledge.catalog;
    let words: HashSet<String> = text_words(&draft.sql.replace(['"', '.', '(', ')', ','], " ")).into_iter().collect();
    let named = catalog.tables.iter().filter(|t| text_words(&t.name.table).iter().all(|w| words.contains(w)));
    let linked = datafyme_nlq::link(&asking.knowledge.index, &asking.question);
    let mut tables: Vec<TableRef> = Vec::new();
    for table in
        named.map(|t| &t.name).chain(linked.iter().map(|h| &h.table)).chain(catalog.tables.iter().map(|t| &t.name))
    {
        if tables.len() < 24 && !tables.contains(table) {
            tables.push(table.clone());
        }
    }
    tables
}

/// The approved questions that share most words with this one.
fn examples(asking: &Asking) -> Vec<Example> {
    let words: HashSet<String> = text_words(&asking.question).into_iter().collect();
    let mut scored: Vec<(usize, &datafyme_domain::VerifiedQuery)> = asking
        .verified
        .iter()
        .map(|v| (text_words(&v.question).iter().filter(|w| words.contains(*w)).count(), v))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    scored.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    scored
        .into_iter()
        .take(EXAMPLES)
        .map(|(_, v)| Example { question: quoting::line(&v.question, 300), sql: quoting::block(&v.sql, 1_500) })
        .collect()
}

/// What a model gets wrong of a dialect unless it is told.
const fn rules(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => &[
            "Dates and times are text: compare them as text in their own format, cut them with strftime('%Y-%m', column), \
             move them with date(column, '+1 month'). There is no DATE_TRUNC, EXTRACT, INTERVAL or ILIKE.",
            "Dividing integers gives an integer: multiply by 1.0 first.",
            "LIKE ignores the case of ASCII letters.",
        ],
        _ => &[
            "Names with capital letters stand in double quotes.",
            "Cut dates with date_trunc('month', column), move them with interval '1 month'; use ILIKE to ignore case.",
            "Dividing integers gives an integer: cast one of them to numeric first.",
            "Every selected column that is not aggregated stands in GROUP BY.",
        ],
    }
}
