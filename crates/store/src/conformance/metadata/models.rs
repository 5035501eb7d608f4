//! Cases of `LanguageModels` and `ModelCalls`.

use super::{Seam, Store, conversation, source};
use crate::conformance::Harness;
use crate::conformance::sample::{self, ME, OTHER, WORKER, at, call, model};
use crate::metadata::KeyChange;
use datafyme_domain::{
    Caller, Effort, ErrorKind, JobId, JobKind, ModelAbilities, ModelCallOutcome, ModelId, ModelRole, ModelSpend,
    Provider, Step, StepId, StructuredMode, TableRef,
};

async fn add(store: &Store, owner: Caller, name: &str) -> ModelId {
    let model = model(owner, name);
    store.create_model(&model, Some("sk-first")).await.unwrap();
    model.id
}

async fn roles(store: &Store, id: ModelId) -> Vec<ModelRole> {
    store.model(ME, id).await.unwrap().unwrap().roles
}

pub async fn a_model_reads_back_as_configured(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut full = model(ME, "big");
    full.base_url = Some("https://models.example/v1".to_owned());
    full.headers.insert("X-Team".to_owned(), "Ügyfél \"1\"".to_owned());
    (full.input_price, full.output_price) = (Some(2.5), Some(0.1));
    full.abilities = Some(ModelAbilities { structured: StructuredMode::Schema, streaming: true, tools: false });
    store.create_model(&full, None).await.unwrap();
    assert_eq!(store.model(ME, full.id).await.unwrap(), Some(full.clone()));
    assert_eq!(store.find_model(ME, "big").await.unwrap(), Some(full.clone()));
    assert_eq!(store.find_model(ME, "bi").await.unwrap(), None);
    assert_eq!(store.model(ME, ModelId::generate()).await.unwrap(), None);
    for (name, provider) in [("a", Provider::Azure), ("g", Provider::Gemini), ("c", Provider::Anthropic)] {
        store.create_model(&datafyme_domain::LanguageModel { provider, ..model(ME, name) }, None).await.unwrap();
        assert_eq!(store.find_model(ME, name).await.unwrap().unwrap().provider, provider);
    }
    let names: Vec<String> = store.list_models(ME).await.unwrap().into_iter().map(|m| m.name).collect();
    assert_eq!(names, ["a", "big", "c", "g"]);
}

pub async fn a_models_name_is_taken_once_per_owner(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    add(&store, ME, "big").await;
    let small = add(&store, ME, "small").await;
    let error = store.create_model(&model(ME, "big"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("big"), "{error}");
    let mut renamed = store.model(ME, small).await.unwrap().unwrap();
    renamed.name = "big".to_owned();
    let error = store.update_model(ME, &renamed, KeyChange::Keep).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    add(&store, OTHER, "big").await;
}

pub async fn a_key_is_kept_replaced_and_removed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = add(&store, ME, "big").await;
    let mut model = store.model(ME, id).await.unwrap().unwrap();
    assert!(model.has_key);
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-first"));
    model.model = "m-2".to_owned();
    assert!(store.update_model(ME, &model, KeyChange::Keep).await.unwrap());
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-first"));
    assert_eq!(store.model(ME, id).await.unwrap(), Some(model.clone()));
    assert!(store.update_model(ME, &model, KeyChange::Set("sk-secönd")).await.unwrap());
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-secönd"));
    assert!(store.update_model(ME, &model, KeyChange::Remove).await.unwrap());
    assert_eq!(store.model_key(ME, id).await.unwrap(), None);
    assert!(!store.model(ME, id).await.unwrap().unwrap().has_key);
    let gone = sample::model(ME, "gone");
    assert!(!store.update_model(ME, &gone, KeyChange::Set("sk-x")).await.unwrap());
    assert_eq!(store.model_key(ME, gone.id).await.unwrap(), None);
}

pub async fn what_was_configured_survives_reopening(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = add(&store, ME, "big").await;
    store.assign_model(ME, ModelRole::Reason, Some(id)).await.unwrap();
    drop(store);
    let store = harness.open().await;
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-first"));
    assert_eq!(roles(&store, id).await, [ModelRole::Reason]);
}

pub async fn a_role_has_one_model(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let (big, small) = (add(&store, ME, "big").await, add(&store, ME, "small").await);
    for role in ModelRole::ALL {
        store.assign_model(ME, role, Some(big)).await.unwrap();
    }
    assert_eq!(roles(&store, big).await, ModelRole::ALL);
    store.assign_model(ME, ModelRole::Fast, Some(small)).await.unwrap();
    assert_eq!(roles(&store, big).await, [ModelRole::Reason, ModelRole::Embed]);
    assert_eq!(roles(&store, small).await, [ModelRole::Fast]);
    assert_eq!(store.list_models(ME).await.unwrap().len(), 2);
    store.assign_model(ME, ModelRole::Fast, None).await.unwrap();
    store.assign_model(ME, ModelRole::Fast, None).await.unwrap();
    assert_eq!(roles(&store, small).await, []);
    for (caller, id) in [(ME, ModelId::generate()), (OTHER, big)] {
        let error = store.assign_model(caller, ModelRole::Fast, Some(id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    assert_eq!(roles(&store, big).await, [ModelRole::Reason, ModelRole::Embed]);
}

pub async fn a_removed_model_leaves_its_roles_to_nobody(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let (big, small) = (add(&store, ME, "big").await, add(&store, ME, "small").await);
    store.assign_model(ME, ModelRole::Reason, Some(big)).await.unwrap();
    store.assign_model(ME, ModelRole::Fast, Some(small)).await.unwrap();
    assert!(store.delete_model(ME, big).await.unwrap());
    assert!(!store.delete_model(ME, big).await.unwrap());
    let left = store.list_models(ME).await.unwrap();
    assert_eq!(left.iter().map(|m| (m.id, m.roles.clone())).collect::<Vec<_>>(), [(small, vec![ModelRole::Fast])]);
    assert_eq!(store.model_key(ME, big).await.unwrap(), None);
}

pub async fn what_probing_found_is_remembered(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = add(&store, ME, "big").await;
    for structured in [StructuredMode::Tool, StructuredMode::Text] {
        let abilities = ModelAbilities { structured, streaming: false, tools: true };
        assert!(store.put_model_abilities(id, &abilities).await.unwrap());
        assert_eq!(store.model(ME, id).await.unwrap().unwrap().abilities, Some(abilities.clone()));
        assert!(!store.put_model_abilities(ModelId::generate(), &abilities).await.unwrap());
    }
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-first"));
}

pub async fn models_of_another_user_are_invisible(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = add(&store, ME, "big").await;
    let mine = store.model(ME, id).await.unwrap().unwrap();
    assert_eq!(store.model(OTHER, id).await.unwrap(), None);
    assert_eq!(store.find_model(OTHER, "big").await.unwrap(), None);
    assert_eq!(store.list_models(OTHER).await.unwrap(), []);
    assert_eq!(store.model_key(OTHER, id).await.unwrap(), None);
    assert!(!store.update_model(OTHER, &mine, KeyChange::Set("sk-theirs")).await.unwrap());
    assert!(!store.delete_model(OTHER, id).await.unwrap());
    store.assign_model(ME, ModelRole::Reason, Some(id)).await.unwrap();
    store.assign_model(OTHER, ModelRole::Reason, None).await.unwrap();
    assert_eq!(roles(&store, id).await, [ModelRole::Reason]);
    assert_eq!(store.model_key(ME, id).await.unwrap().as_deref(), Some("sk-first"));
}

/// A step of a new run with calls of these tasks.
async fn step_with(store: &Store, owner: Caller, source: &str, tasks: &[&str]) -> Step {
    let talk = conversation(store, owner, source).await;
    let start = sample::run_start(&talk, "?", 0);
    store.start_run(owner, &start).await.unwrap();
    assert!(store.claim_run(owner, start.run.id, sample::lease(WORKER, 0, 10)).await.unwrap().is_some());
    let mut step = sample::step(start.run.id, 0, "write_query");
    step.calls = tasks.iter().map(|task| call(task)).collect();
    assert!(store.put_steps(step.run_id, WORKER, std::slice::from_ref(&step)).await.unwrap());
    step
}

pub async fn a_runs_effort_is_kept(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    for effort in [Effort::Low, Effort::Medium, Effort::High] {
        let talk = conversation(&store, ME, effort.code()).await;
        let mut start = sample::run_start(&talk, "?", 0);
        start.run.effort = effort;
        store.start_run(ME, &start).await.unwrap();
        assert_eq!(store.run(ME, start.run.id).await.unwrap().unwrap().effort, effort);
    }
}

pub async fn a_steps_calls_are_kept_in_order_and_replaced(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let mut step = step_with(&store, ME, "sales", &["write_query", "repair_query", "title"]).await;
    let mut failed = call("title");
    (failed.outcome, failed.cost_micros) = (ModelCallOutcome::Failed, None);
    failed.error = Some("the model is overloaded: try again".to_owned());
    step.calls[2] = failed;
    assert!(store.put_steps(step.run_id, WORKER, std::slice::from_ref(&step)).await.unwrap());
    let next = Step { calls: vec![call("describe_result")], ..sample::step(step.run_id, 1, "describe") };
    assert!(store.put_steps(next.run_id, WORKER, std::slice::from_ref(&next)).await.unwrap());
    assert_eq!(store.steps(ME, step.run_id).await.unwrap(), [step.clone(), next.clone()]);
    assert_eq!(store.steps(OTHER, step.run_id).await.unwrap(), []);
    drop(store);
    let store = harness.open().await;
    assert_eq!(store.steps(ME, step.run_id).await.unwrap(), [step.clone(), next.clone()]);
    step.calls.truncate(1);
    assert!(store.put_steps(step.run_id, WORKER, std::slice::from_ref(&step)).await.unwrap());
    assert_eq!(store.steps(ME, step.run_id).await.unwrap(), [step, next]);
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap().calls, 2);
}

pub async fn calls_of_a_step_made_anew_stay_counted(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let first = step_with(&store, ME, "sales", &["write_query"]).await;
    let again = Step { id: StepId::generate(), calls: vec![call("write_query"); 2], ..first.clone() };
    assert!(store.put_steps(again.run_id, WORKER, std::slice::from_ref(&again)).await.unwrap());
    assert_eq!(store.steps(ME, first.run_id).await.unwrap(), [again]);
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap().calls, 3);
}

pub async fn a_jobs_calls_are_added_in_order(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let calls: Vec<_> = ["document_table", "document_table", "judge_relations"].iter().map(|t| call(t)).collect();
    store.record_job_calls(job.id, &calls[..2], at(1)).await.unwrap();
    store.record_job_calls(job.id, &[], at(2)).await.unwrap();
    store.record_job_calls(job.id, &calls[2..], at(3)).await.unwrap();
    assert_eq!(store.job_calls(ME, job.id).await.unwrap(), calls);
    assert_eq!(store.job_calls(OTHER, job.id).await.unwrap(), []);
    let error = store.record_job_calls(JobId::generate(), &calls, at(4)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub async fn documentation_is_written_with_the_calls_that_it_cost_or_not_at_all(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let id = source(&store, ME, "sales").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let (one, two) = (TableRef::bare("one"), TableRef::bare("two"));
    let (one, two) = (sample::documentation(id, one, "text"), sample::documentation(id, two, "text"));
    let calls = [call("document_table"), call("document_table")];
    store.record_job_calls(job.id, &calls[..1], at(1)).await.unwrap();
    store.put_job_documentation(ME, job.id, std::slice::from_ref(&one), &calls[1..]).await.unwrap();
    let error =
        store.put_job_documentation(ME, JobId::generate(), std::slice::from_ref(&two), &calls).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = store.put_job_documentation(OTHER, job.id, std::slice::from_ref(&two), &calls).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(store.documentation(ME, id).await.unwrap(), [one]);
    assert_eq!(store.job_calls(ME, job.id).await.unwrap(), calls);
}

pub async fn calls_recorded_at_once_are_all_kept(harness: &impl Harness<Seam>) {
    let (one, two) = (harness.open().await, harness.open().await);
    let id = source(&one, ME, "sales").await;
    let job = one.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        writers.spawn(async move { store.record_job_calls(job.id, &[call("document_table")], at(1)).await });
    }
    for written in writers.join_all().await {
        written.unwrap();
    }
    assert_eq!(one.job_calls(ME, job.id).await.unwrap().len(), 20);
}

pub async fn a_days_spend_is_summed(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap(), ModelSpend::default());
    step_with(&store, ME, "sales", &["write_query", "title"]).await;
    let id = source(&store, ME, "shop").await;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    let mut unpriced = call("document_table");
    unpriced.cost_micros = None;
    store.record_job_calls(job.id, &[unpriced], at(60)).await.unwrap();
    step_with(&store, OTHER, "theirs", &["write_query"]).await;
    let one = call("x");
    let tokens = one.prompt_tokens + one.completion_tokens;
    let cost = one.cost_micros.unwrap();
    let all = ModelSpend { calls: 3, tokens: 3 * tokens, cost_micros: 2 * cost };
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap(), all);
    let late = ModelSpend { calls: 1, tokens, cost_micros: 0 };
    assert_eq!(store.model_spend(ME, at(60)).await.unwrap(), late);
    assert_eq!(store.model_spend(ME, at(61)).await.unwrap(), ModelSpend::default());
}

pub async fn spend_outlives_what_it_was_for(harness: &impl Harness<Seam>) {
    let store = harness.open().await;
    let step = step_with(&store, ME, "sales", &["write_query"]).await;
    let id = store.find_source(ME, "sales").await.unwrap().unwrap().id;
    let job = store.enqueue_job(&sample::job(ME, id, JobKind::Learn, 0)).await.unwrap();
    store.record_job_calls(job.id, &[call("document_table")], at(1)).await.unwrap();
    assert!(store.delete_source(ME, id).await.unwrap());
    assert_eq!(store.steps(ME, step.run_id).await.unwrap(), []);
    assert_eq!(store.model_spend(ME, at(0)).await.unwrap().calls, 2);
}
