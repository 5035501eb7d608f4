//! What a reply must be, and what becomes of one that is not.

use crate::study::{ME, SHOP, Setting, Study, asked_table, documented, obliging, whole};
use datafyme_agent::{ModelAnalystOptions, SpokenLanguage};
use datafyme_domain::{JobStatus, ModelCallOutcome, TableDocumentation};
use datafyme_llm::{ChatReply, FinishReason, double::ScriptedModel};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The documentation of `orders` after the model said that of it, and something else of every other table.
async fn after(said: Value) -> TableDocumentation {
    let model = ScriptedModel::responding(move |request| match asked_table(request).as_deref() {
        Some("orders") => Ok(ChatReply::of_text(said.to_string())),
        _ => obliging(request),
    });
    let study = Study::new(SHOP, &Arc::new(model), Setting::default()).await;
    let (source, _) = study.learned().await;
    study.documentation(source.id).await.into_iter().find(|d| d.table.table == "orders").unwrap()
}

#[tokio::test]
async fn a_malformed_reply_for_one_table_leaves_the_others() {
    let model = Arc::new(ScriptedModel::responding(|request| match asked_table(request).as_deref() {
        Some("orders") => Ok(ChatReply::of_text("Orders are what customers order, mostly.")),
        _ => obliging(request),
    }));
    let study = Study::new(SHOP, &model, Setting::default()).await;
    let (source, job) = study.learned().await;
    let documentation = study.documentation(source.id).await;
    let of = |table: &str| documentation.iter().find(|d| d.table.table == table).unwrap();
    assert_eq!(of("customers").business_description, "What the model says of customers.");
    assert!(of("orders").business_description.starts_with("One row per order"), "{:?}", of("orders"));
    assert!(of("orders").technical_description.contains("Written without a language model"), "{:?}", of("orders"));
    let calls = study.calls(&job).await;
    let outcomes: Vec<ModelCallOutcome> = calls.iter().map(|c| c.outcome).collect();
    assert_eq!(outcomes.iter().filter(|o| **o == ModelCallOutcome::Malformed).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|o| **o == ModelCallOutcome::Answered).count(), 1, "{outcomes:?}");
    assert!(calls.iter().filter_map(|c| c.error.as_deref()).all(|e| !e.contains("mostly")), "{calls:?}");
}

#[tokio::test]
async fn a_refusal_for_one_table_leaves_it_to_the_rules() {
    let model = Arc::new(ScriptedModel::responding(|request| match asked_table(request).as_deref() {
        Some("orders") => Ok(ChatReply { finish: FinishReason::Refused, ..ChatReply::of_text("I cannot help.") }),
        _ => obliging(request),
    }));
    let study = Study::new(SHOP, &model, Setting::default()).await;
    let (source, _) = study.learned().await;
    let documentation = study.documentation(source.id).await;
    let orders = documentation.iter().find(|d| d.table.table == "orders").unwrap();
    assert!(orders.business_description.starts_with("One row per order"), "{orders:?}");
    assert!(orders.technical_description.contains("declined to reply"), "{orders:?}");
}

#[tokio::test]
async fn columns_are_never_invented_and_missing_ones_are_filled_by_the_rules() {
    let orders = after(json!({
        "business_description": "Orders of the shop.",
        "technical_description": "One row is one order.",
        "columns": [
            {"column": "total", "description": "What the customer pays.", "synonyms": ["amount", "total", "Amount"]},
            {"column": "discount", "description": "What the customer does not pay.", "synonyms": []},
            {"column": "`orders`.`Order_ID`", "description": "Number of the order.", "synonyms": []},
        ],
        "use_cases": ["Following sales"], "common_questions": ["What was sold?"], "synonyms": [],
    }))
    .await;
    let columns: Vec<&str> = orders.columns.iter().map(|c| c.column.as_str()).collect();
    assert_eq!(columns, ["order_id", "customer_id", "ordered_on", "total"]);
    let of = |name: &str| orders.columns.iter().find(|c| c.column == name).unwrap();
    assert_eq!(of("total").description, "What the customer pays.");
    assert_eq!(of("total").synonyms, ["amount"]);
    assert_eq!(of("order_id").description, "Number of the order.");
    assert!(of("customer_id").description.contains("refers to customers.customer_id"), "{:?}", of("customer_id"));
}

#[tokio::test]
async fn claims_that_nothing_supports_are_left_out() {
    let orders = after(json!({
        "business_description": "Orders of the shop. There are 654 of them. They come from 9000 customers.",
        "technical_description": "It joins `warehouses` by warehouse_id.",
        "columns": [{"column": "total", "description": "Between 3 and 4000 euros.", "synonyms": []}],
        "use_cases": ["Comparing with warehouse_stock", "Following sales"],
        "common_questions": (0..40).map(|i| format!("Question {}?", "x".repeat(i))).collect::<Vec<_>>(),
        "synonyms": ["a".repeat(500)],
    }))
    .await;
    assert_eq!(orders.business_description, "Orders of the shop. There are 654 of them.");
    assert!(orders.technical_description.starts_with("Table with 4 columns."), "{orders:?}");
    assert!(!orders.columns[3].description.contains("4000"), "{orders:?}");
    assert_eq!(orders.use_cases, ["Following sales"]);
    assert_eq!(orders.common_questions.len(), 10);
    assert_eq!(orders.synonyms[0].chars().count(), 61);
}

#[tokio::test]
async fn a_wide_table_is_asked_in_parts_and_a_part_that_fails_loses_only_its_columns() {
    let columns: Vec<String> = (0..100).map(|i| format!("field_{i:03} TEXT")).collect();
    let sql = format!("CREATE TABLE wide ({})", columns.join(", "));
    let model = Arc::new(ScriptedModel::responding(|request| {
        let text = whole(request);
        if text.contains("- field_045 ") {
            return Ok(ChatReply::of_text("no"));
        }
        let asked = (0..100).filter(|i| text.contains(&format!("- field_{i:03} ")));
        let columns: Vec<Value> = asked
            .map(|i| json!({"column": format!("field_{i:03}"), "description": "As the model says.", "synonyms": []}))
            .collect();
        let mut said = documented("wide");
        said["columns"] = json!(columns);
        Ok(ChatReply::of_text(said.to_string()))
    }));
    let study = Study::new(&sql, &model, Setting::default()).await;
    let (source, job) = study.learned().await;
    let wide = study.documentation(source.id).await.remove(0);
    assert_eq!(wide.business_description, "What the model says of wide.");
    let by_model: Vec<bool> = wide.columns.iter().map(|c| c.description == "As the model says.").collect();
    assert_eq!(by_model.len(), 100);
    assert!(by_model[..40].iter().all(|m| *m) && by_model[80..].iter().all(|m| *m));
    assert!(by_model[40..80].iter().all(|m| !*m));
    assert!(wide.columns.iter().all(|c| !c.description.is_empty()));
    assert_eq!(study.calls(&job).await.len(), 3);
}

#[tokio::test]
async fn a_small_context_takes_fewer_columns_at_once() {
    let columns: Vec<String> = (0..30).map(|i| format!("field_{i:03} TEXT")).collect();
    let sql = format!("CREATE TABLE wide ({})", columns.join(", "));
    let model = Arc::new(ScriptedModel::responding(obliging));
    let setting = Setting { context_tokens: Some(4_096), ..Setting::default() };
    let study = Study::new(&sql, &model, setting).await;
    let (_, job) = study.learned().await;
    assert_eq!(study.calls(&job).await.len(), 2);
}

#[tokio::test]
async fn the_language_is_that_of_the_source_or_the_one_that_was_set() {
    const HUNGARIAN: &str = "CREATE TABLE rendelesek (rendeles_id INTEGER PRIMARY KEY, datum TEXT, vegosszeg REAL)";
    let cases = [
        (SHOP, None, "Write in English."),
        (HUNGARIAN, None, "Write in Hungarian."),
        (HUNGARIAN, Some(SpokenLanguage::English), "Write in English."),
        (SHOP, Some(SpokenLanguage::Hungarian), "Write in Hungarian."),
    ];
    for (sql, documentation_language, expected) in cases {
        let model = Arc::new(ScriptedModel::responding(obliging));
        let options = ModelAnalystOptions { documentation_language, ..ModelAnalystOptions::default() };
        let study = Study::new(sql, &model, Setting { options, ..Setting::default() }).await;
        study.learned().await;
        let requests = model.requests();
        let documenting: Vec<_> = requests.iter().filter(|r| asked_table(r).is_some()).collect();
        assert!(!documenting.is_empty() && documenting.iter().all(|r| whole(r).contains(expected)), "{expected}");
    }
}

#[tokio::test]
async fn learning_again_pays_nothing_for_what_did_not_change() {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let study = Study::new(SHOP, &model, Setting::default()).await;
    let (source, _) = study.learned().await;
    study.let_leases_end();
    let job = study.agent.relearn(ME, source.id).await.unwrap();
    assert_eq!(study.work(&job).await, JobStatus::Succeeded);
    let calls = study.calls(&job).await;
    assert_eq!(calls.iter().filter(|c| c.task == "document_table").count(), 0);
}

#[tokio::test]
async fn a_small_model_has_more_time_for_documentation_than_for_an_answer() {
    let model = Arc::new(ScriptedModel::responding(obliging));
    let options = ModelAnalystOptions { call_timeout: Duration::from_secs(30), ..ModelAnalystOptions::default() };
    let study = Study::new(SHOP, &model, Setting { options, ..Setting::default() }).await;
    study.learned().await;
    let requests = model.requests();
    assert!(requests.iter().all(|r| r.deadline > Duration::from_secs(100)), "{:?}", requests[0].deadline);
}
