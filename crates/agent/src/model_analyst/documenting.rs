//! Documentation of a table by a model: asked table by table (a wide one in parts), in the language of the data
//! source, and held to what it was shown. What the model leaves out, the rules fill in.

mod language;
mod reply;
mod settle;
mod sheet;
mod support;

use super::ModelAnalyst;
use crate::{
    AgentError, Analyst, RuleAnalyst,
    analyst::{Opinion, Said, TableSubject, WrittenDocumentation},
    prompts::{Prompt, prompt},
    rule_analyst::documenting,
};
use reply::{DocumentReply, ReplyColumn};
use settle::Settled;
use sheet::Sheet;
use std::sync::LazyLock;
use support::Shown;

/// Tokens that a column takes in a reply, about.
const COLUMN_TOKENS: u32 = 60;
/// Tokens of a reply besides its columns, about.
const TABLE_TOKENS: u32 = 1_100;
/// Least and most columns that are asked about in one call.
const COLUMNS: (u32, u32) = (8, 40);

/// Times the time that a call for a question has.
const PATIENCE: u32 = 4;

static PROMPT: LazyLock<Prompt> = prompt!("document_table", Reason, 4_000);

/// Abstains without an active model. A reply that cannot be used leaves the table to the rules, and says so.
///
/// # Errors
/// `ResourceExhausted` when a budget is spent; failures of the model itself.
pub(super) async fn document(analyst: &ModelAnalyst, subject: &TableSubject<'_>) -> Said<WrittenDocumentation> {
    let Some(models) = analyst.models.get() else {
        return super::inquiry::silent();
    };
    let analyst = &patient(analyst);
    let language = analyst.options.documentation_language.unwrap_or_else(|| language::of_catalog(subject.catalog));
    let columns = &subject.table.columns;
    let parts = columns.chunks(columns_per_call(models.reason.context_tokens)).collect::<Vec<_>>();
    let first = Sheet::of(subject, parts.first().copied().unwrap_or_default(), true, language, analyst.options.privacy);
    let mut said = match analyst.ask::<_, DocumentReply>(&PROMPT, &first, subject.ledger).await? {
        Opinion::Given(said) => said,
        Opinion::Abstained(why) => return by_rules(subject, &why.reason).await,
    };
    let mut shown = PROMPT.render(&first)?.user;
    for part in parts.iter().skip(1) {
        let sheet = Sheet::of(subject, part, false, language, analyst.options.privacy);
        // A part that fails loses its columns to the rules, not the others.
        match analyst.ask::<_, DocumentReply>(&PROMPT, &sheet, subject.ledger).await {
            Ok(Opinion::Given(more)) => said.columns.extend(more.columns),
            Ok(Opinion::Abstained(_)) => {}
            Err(error) => tracing::warn!(error.kind = %error.kind(), "document_table.part_failed"),
        }
        shown.push_str(&PROMPT.render(&sheet)?.user);
    }
    let mut settled = Settled::of(subject.table, said, &Shown::of(&shown));
    // Nothing is waited for from here on: what was paid for is kept at once.
    if settled.lacks_something() {
        settled.fill(documenting::plain(subject.table));
    }
    Ok(Opinion::Given(settled.into_documentation()))
}

/// The analyst with more time for a call than a question has: nobody waits for these, and a page of documentation takes
/// a small model on a desk a minute or two.
pub(super) fn patient(analyst: &ModelAnalyst) -> ModelAnalyst {
    let mut patient = analyst.clone();
    patient.options.call_timeout = patient.options.call_timeout.saturating_mul(PATIENCE);
    patient
}

/// As many as a reply has room for in the model's context, of which the prompt takes half.
fn columns_per_call(context_tokens: Option<u32>) -> usize {
    let (least, most) = COLUMNS;
    let room = context_tokens.map_or(most, |tokens| (tokens / 2).saturating_sub(TABLE_TOKENS) / COLUMN_TOKENS);
    usize::try_from(room.clamp(least, most)).unwrap_or(1)
}

async fn by_rules(subject: &TableSubject<'_>, why: &str) -> Said<WrittenDocumentation> {
    Ok(Opinion::Given(by_rules_because(subject, why).await?))
}

/// What the rules write where a model was to, with a word on why.
///
/// # Errors
/// None: the rules need nobody.
pub(crate) async fn by_rules_because(
    subject: &TableSubject<'_>,
    why: &str,
) -> Result<WrittenDocumentation, AgentError> {
    let mut written = match RuleAnalyst::new().document_table(subject).await? {
        Opinion::Given(written) => written,
        Opinion::Abstained(_) => WrittenDocumentation::default(),
    };
    let why = why.trim_end_matches('.');
    written.technical_description.push_str(&format!(" Written without a language model: {why}."));
    Ok(written)
}
