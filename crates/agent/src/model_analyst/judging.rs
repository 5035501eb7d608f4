//! Judgement of relations by a model: only of those that the data left open, in batches, by number. A model moves a
//! confidence within bounds that grow narrower the more was measured, so that evidence wins over what it believes.

mod bounds;
mod dossier;

use super::{ModelAnalyst, documenting::patient, inquiry};
use crate::{
    analyst::{JudgedRelation, Opinion, RelationSubject, RelationVerdicts, Said},
    prompts::{Prompt, prompt},
};
use datafyme_domain::{Relation, RelationReason};
use dossier::Dossier;
use futures::{FutureExt, StreamExt, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::LazyLock;

/// Candidates per call.
const BATCH: usize = 20;
/// Calls under way at once.
const CONCURRENT: usize = 16;
/// Longest reason, in characters.
const REASON_CHARS: usize = 200;

static PROMPT: LazyLock<Prompt> = prompt!("judge_relations", Reason, 3_000);

/// What a model is asked to fill in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("required" = ["verdicts"]))]
struct JudgeReply {
    /// One for each candidate.
    #[serde(default)]
    verdicts: Vec<Verdict>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("required" = ["candidate", "probability", "reason"]))]
struct Verdict {
    /// The candidate's number.
    candidate: usize,
    /// How likely it is a relation, from 0 to 1.
    probability: f64,
    /// Why, in one sentence.
    #[serde(default)]
    reason: String,
}

/// Abstains without an active model. A batch whose reply cannot be used leaves its candidates to their evidence.
///
/// # Errors
/// None beyond what the prompt file itself gets wrong.
pub(super) async fn judge(analyst: &ModelAnalyst, subject: &RelationSubject<'_>) -> Said<RelationVerdicts> {
    if !analyst.is_active() {
        return inquiry::silent();
    }
    let analyst = &patient(analyst);
    let mut verdicts: Vec<JudgedRelation> = subject.inferred.iter().map(by_evidence).collect();
    let open: Vec<(usize, &Relation)> =
        subject.inferred.iter().enumerate().filter(|(_, r)| bounds::is_open(r)).collect();
    // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
    let asked: Vec<_> = open.chunks(BATCH).map(|batch| ask(analyst, subject, batch).boxed()).collect();
    let said: Vec<Vec<(usize, Verdict)>> = stream::iter(asked).buffer_unordered(CONCURRENT).collect().await;
    for (position, said) in said.into_iter().flatten() {
        if let (Some(verdict), Some(relation)) = (verdicts.get_mut(position), subject.inferred.get(position)) {
            *verdict = weighed(relation, &said);
        }
    }
    Ok(Opinion::Given(RelationVerdicts { verdicts }))
}

fn by_evidence(relation: &Relation) -> JudgedRelation {
    JudgedRelation { probability: relation.confidence, reasons: relation.evidence.reasons.clone() }
}

/// The verdicts on a batch, with the positions of what they are about. Numbers that stand for no candidate, and second
/// words on the same, are not heard.
async fn ask(
    analyst: &ModelAnalyst,
    subject: &RelationSubject<'_>,
    batch: &[(usize, &Relation)],
) -> Vec<(usize, Verdict)> {
    let relations: Vec<&Relation> = batch.iter().map(|(_, r)| *r).collect();
    let dossier = Dossier::of(subject, &relations, analyst.options.privacy);
    let said = match analyst.ask::<_, JudgeReply>(&PROMPT, &dossier, subject.ledger).await {
        Ok(Opinion::Given(said)) => said.verdicts,
        Ok(Opinion::Abstained(_)) => Vec::new(),
        Err(error) => {
            tracing::warn!(error.kind = %error.kind(), "judge_relations.batch_failed");
            Vec::new()
        }
    };
    let first = |number: usize| said.iter().find(|v| v.candidate == number && v.probability.is_finite());
    batch.iter().zip(1..).filter_map(|((position, _), number)| Some((*position, first(number)?.clone()))).collect()
}

/// The evidence, moved by what the model says of it.
fn weighed(relation: &Relation, said: &Verdict) -> JudgedRelation {
    let probability = bounds::moved(relation, said.probability);
    let mut reasons = relation.evidence.reasons.clone();
    let reason: String =
        said.reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON_CHARS).collect();
    if !reason.is_empty() {
        reasons.push(RelationReason::ModelOpinion { likely: said.probability >= 0.5, reason });
    }
    JudgedRelation { probability, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_asks_for_every_field() {
        let schema = serde_json::to_value(schemars::schema_for!(JudgeReply)).unwrap();
        assert_eq!(schema["required"], serde_json::json!(["verdicts"]));
        assert_eq!(schema["$defs"]["Verdict"]["required"].as_array().unwrap().len(), 3);
    }
}
