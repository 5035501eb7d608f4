//! Another query after one that found nothing: its texts are looked up in the data, and the model is given the values
//! that are there. Where every text is in the data, the empty result is the honest answer and nobody is asked.

use super::{
    ModelAnalyst, Privacy,
    agreement::Candidate,
    drafting::WrittenQuery,
    inquiry::Inquiry,
    querying::{self, Material},
    quoting,
    reading::{self, Literal},
    values::{self, Known},
};
use crate::{
    analyst::{Asking, Opinion, QueryDraft, Said},
    prompts::{Prompt, prompt},
    workbench::Workbench,
};
use datafyme_domain::Dialect;
use datafyme_nlq::TrialOutcome;
use serde::Serialize;
use std::sync::LazyLock;

static REPAIR_EMPTY: LazyLock<Prompt> = prompt!("repair_empty", Reason, 1_500);

/// Texts looked up.
const LOOKED_UP: usize = 6;
/// Values offered for a text.
const OFFERED: usize = 12;
/// Characters of a value.
const VALUE: usize = 80;

/// A query that found nothing.
#[derive(Debug, Serialize)]
struct Empty<'a> {
    #[serde(flatten)]
    material: &'a Material,
    sql: String,
    /// Texts of it that are not in the data.
    missing: Vec<Missing>,
}

#[derive(Debug, Serialize)]
struct Missing {
    column: String,
    text: String,
    /// Values that are there.
    values: Vec<String>,
}

pub(super) async fn repair_empty(
    analyst: &ModelAnalyst,
    asking: &Asking,
    empty: &QueryDraft,
    bench: &Workbench,
) -> Said<QueryDraft> {
    if analyst.options.privacy < Privacy::Samples {
        return Ok(Opinion::abstain("The privacy setting keeps values from the language model."));
    }
    let missing = missing(asking, empty, bench).await;
    if missing.is_empty() {
        return Ok(Opinion::abstain("the values of the query are in the data"));
    }
    let material = analyst.material(asking, &querying::tables_of(asking, empty));
    let context = Empty { material: &material, sql: quoting::block(&empty.sql, 4_000), missing };
    let inquiry = Inquiry { prompt: &REPAIR_EMPTY, context: &context, ledger: &asking.ledger, temperature: 0.0 };
    let written = match analyst.ask_checked(inquiry, WrittenQuery::check).await? {
        Opinion::Given(written) => written,
        Opinion::Abstained(why) => return Ok(Opinion::Abstained(why)),
    };
    Ok(match querying::checked(analyst, asking, &material, written).await? {
        Opinion::Given(Candidate::Query(mut mended)) => {
            mended.chart_wish = mended.chart_wish.or(empty.chart_wish);
            Opinion::Given(*mended)
        }
        // No value fits: nothing there is the answer.
        Opinion::Given(Candidate::Unanswerable(_)) | Opinion::Abstained(_) => {
            Opinion::abstain("no value of the data fits better")
        }
    })
}

/// The texts of a query that are not in the data, with what is there instead.
async fn missing(asking: &Asking, empty: &QueryDraft, bench: &Workbench) -> Vec<Missing> {
    let mut found = Vec::new();
    for literal in reading::read(&empty.sql, &asking.knowledge).literals.into_iter().take(LOOKED_UP) {
        let values = match values::look_up(&asking.knowledge, &literal.table, &literal.column, &literal.text) {
            Known::Present => continue,
            Known::Absent(near) => near,
            Known::Open(mut near) => match looked_up(asking.knowledge.catalog.dialect, &literal, bench).await {
                Some(there) if there.contains(&literal.text) => continue,
                Some(there) => {
                    near.extend(there.into_iter().filter(|v| !near.contains(v)).collect::<Vec<_>>());
                    near
                }
                None => near,
            },
        };
        if !values.is_empty() {
            let values = values.iter().take(OFFERED).map(|v| quoting::line(v, VALUE)).collect();
            let column = format!("{}.{}", literal.table, literal.column);
            found.push(Missing { column, text: quoting::line(&literal.text, VALUE), values });
        }
    }
    found
}

/// Values of the column that hold the text or its beginning, from the database; `None` where it cannot be asked.
async fn looked_up(dialect: Dialect, literal: &Literal, bench: &Workbench) -> Option<Vec<String>> {
    let column = dialect.quote(&literal.column);
    let stem: String = literal.text.chars().filter(|c| !matches!(c, '%' | '_')).take(4).collect();
    let sql = format!(
        "SELECT DISTINCT {column} FROM {} WHERE lower({column}) LIKE {} LIMIT {OFFERED}",
        literal.table.to_sql(dialect),
        dialect.literal(&format!("%{}%", stem.to_lowercase()))
    );
    match bench.attempt(&sql).await {
        TrialOutcome::Rows(rows) => Some(rows.column_values(0).map(ToString::to_string).collect()),
        TrialOutcome::Failed(_) | TrialOutcome::TimedOut => None,
    }
}
