//! What a day may cost.

use crate::study::{ME, Setting, Study, many_tables, obliging};
use datafyme_domain::{Budget, JobStatus};
use datafyme_llm::double::ScriptedModel;
use std::sync::Arc;

#[tokio::test]
async fn when_the_days_budget_is_spent_the_rules_go_on_and_the_job_says_so() {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let budget = Budget { day_tokens: Some(20_000), ..Budget::default() };
    let study = Study::new(&many_tables(60), &model, Setting { budget, concurrent: 4, ..Setting::default() }).await;
    let (source, job) = study.learned().await;
    let documentation = study.documentation(source.id).await;
    assert_eq!(documentation.len(), 60);
    let by_model = documentation.iter().filter(|d| d.business_description.starts_with("What the model says")).count();
    assert!((5..55).contains(&by_model), "{by_model} by the model");
    let calls = study.calls(&job).await;
    assert_eq!(calls.len(), by_model);
    let spent: u64 = calls.iter().map(|c| c.prompt_tokens + c.completion_tokens).sum();
    let dearest = calls.iter().map(|c| c.prompt_tokens + c.completion_tokens).max().unwrap();
    assert!((20_000..20_000 + 4 * dearest).contains(&spent), "{spent} tokens spent");
    let notes = job.progress.notes.join("\n");
    assert!(notes.contains(&format!("{} tables are documented from names", 60 - by_model)), "{notes}");
    assert!(notes.contains("day_tokens"), "{notes}");

    // The day is not over: nothing more is asked, not even by another job.
    let job = study.agent.relearn(ME, source.id).await.unwrap();
    assert_eq!(study.work(&job).await, JobStatus::Succeeded);
    assert_eq!(study.calls(&job).await, []);
    assert_eq!(model.requests().len(), by_model);
}

#[tokio::test]
async fn each_call_is_recorded_with_what_it_cost() {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let study = Study::new(&many_tables(3), &model, Setting::default()).await;
    let (_, job) = study.learned().await;
    let calls = study.calls(&job).await;
    let tasks: Vec<&str> = calls.iter().map(|c| c.task.as_str()).collect();
    // Their keys have one name: the data leaves open which of them refers to which.
    assert_eq!(tasks, ["document_table", "document_table", "document_table", "judge_relations"]);
    for call in &calls {
        assert_eq!((call.model.as_str(), call.attempts), ("scripted", 1));
        assert_eq!(call.prompt_hash.len(), 16);
        assert_eq!(call.cost_micros, Some(call.prompt_tokens + 2 * call.completion_tokens));
    }
    let today = study.parts.metadata.model_spend(ME, "2024-11-22T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((today.calls, today.cost_micros), (4, calls.iter().filter_map(|c| c.cost_micros).sum()));
}
