//! Queries of a model: read against the catalog, mended, agreed on.

use crate::stage::{Lines, Setting, Stage, written};
use datafyme_agent::{ModelAnalystOptions, Privacy};
use datafyme_domain::{Effort, RunEvent, RunStatus, Value, run::CheckResult};
use datafyme_llm::double::{DoubleReply, DoubleRequest, Script};
use serde_json::json;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

#[tokio::test]
async fn a_name_that_is_not_in_the_catalog_goes_back_to_the_model_with_the_nearest_ones() {
    let lines = Lines::new()
        .query("SELECT sum(quantitty) AS q FROM orders")
        .says("repair_query", written("SELECT sum(quantity) AS q FROM orders"));
    let stage = Stage::alone(lines).await;
    let (answer, steps) = stage.ask("How much was ordered?").await;
    assert_eq!((answer.status, answer.rows), (RunStatus::Answered, vec![vec![Value::Int(300)]]));
    let repair = stage.double.requests().into_iter().find(|r| r.output_name() == Some("repair_query")).unwrap();
    assert!(repair.prompt().contains("there is no column quantitty"), "{}", repair.prompt());
    assert!(repair.prompt().contains("nearest: orders.quantity"), "{}", repair.prompt());
    let generate = steps.iter().find(|s| s.stage == "generate").unwrap();
    assert_eq!(generate.calls.len(), 2);
    assert!(!steps.iter().any(|s| s.stage == "repair_query"), "it was mended before it ran");
}

#[tokio::test]
async fn a_query_that_names_what_there_is_not_for_good_fails_with_a_cause() {
    let wrong = written("SELECT colour FROM orders");
    let stage = Stage::alone(Lines::new().says("write_query", wrong.clone()).says("repair_query", wrong)).await;
    let (answer, _) = stage.ask("Which colours were ordered?").await;
    assert_eq!(answer.status, RunStatus::Failed);
    assert!(answer.text.contains("colour"), "{}", answer.text);
}

#[tokio::test]
async fn an_unanswerable_question_is_declined_in_the_models_words() {
    let none = json!({"answerable": false, "reason": "There are no salaries here.", "sql": "", "explanation": "",
        "assumptions": [], "chart": "none"});
    let stage = Stage::alone(Lines::new().says("write_query", none)).await;
    let (answer, _) = stage.ask("What is the average salary?").await;
    assert_eq!((answer.status, answer.text.as_str()), (RunStatus::Declined, "There are no salaries here."));
}

#[tokio::test]
async fn the_models_query_passes_the_checks_that_a_query_of_the_rules_does() {
    let sql = "SELECT c.city, sum(o.quantity) AS pieces FROM orders o JOIN customers c ON c.customer_id = o.customer_id \
               GROUP BY c.city ORDER BY pieces DESC LIMIT 1";
    let stage = Stage::alone(Lines::new().query(sql)).await;
    let (answer, _) = stage.ask("Which city ordered most?").await;
    let codes: Vec<&str> = answer.checks.iter().map(|c| c.code.as_str()).collect();
    for code in ["read_only", "tables_exist", "query_compiled", "relations_known", "join", "complete", "ties"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert_eq!(answer.relations.len(), 1);
    let join = answer.checks.iter().find(|c| c.code == "join").unwrap();
    let dropped = join.join.as_ref().map(|j| j.dropped);
    assert_eq!((join.result, dropped), (CheckResult::Warning, Some(1)), "{}", join.detail);
}

/// Queries by the order in which they are asked for.
async fn effort(queries: [&'static str; 3], effort: Effort) -> (datafyme_domain::Answer, usize) {
    let asked = AtomicUsize::new(0);
    let script = Script::responding(move |request: &DoubleRequest| {
        DoubleReply::json(&match request.output_name().unwrap_or_default() {
            "write_query" => written(queries[asked.fetch_add(1, Ordering::SeqCst) % 3]),
            "screen" => json!({"kind": "question", "reason": "", "suggestions": []}),
            "choose_representation" => json!({"kind": "table", "why": "rows"}),
            _ => json!({"text": "That is it.", "suggestions": []}),
        })
    });
    let stage = Stage::with(script, Setting::default()).await;
    let conversation = stage.house.conversation(&stage.source).await;
    let me = crate::house::ME;
    let run = stage.house.agent.start_run_with(me, conversation.id, "How much was ordered?", effort).await.unwrap();
    let answer = stage.house.agent.execute_run(me, run.id, "worker", &|_: RunEvent| {}).await.unwrap();
    let asked = stage.tasks().iter().filter(|t| *t == "write_query").count();
    (answer, asked)
}

#[tokio::test]
async fn with_more_effort_the_result_that_most_queries_agree_on_is_taken() {
    // Two ways to the same figure, and another figure.
    let queries = [
        "SELECT count(*) AS n FROM orders",
        "SELECT sum(quantity) AS n FROM orders",
        "SELECT total(quantity) AS n FROM orders",
    ];
    for (amount, asked) in [(Effort::Medium, 3), (Effort::High, 5)] {
        let (answer, written) = effort(queries, amount).await;
        assert_eq!(written, asked);
        assert_eq!(answer.rows[0][0].as_f64(), Some(300.0), "{:?}", answer.sql);
        assert!(answer.confidence.is_some_and(|c| c > 0.5 && c < 1.0), "{:?}", answer.confidence);
    }
    let (answer, written) = effort(queries, Effort::Low).await;
    assert_eq!((written, answer.confidence), (1, None));
}

#[tokio::test]
async fn queries_that_fail_have_no_vote() {
    let broken = "SELECT sum(quantity) FROM orders WHERE order_id = json('{')";
    let (answer, _) = effort([broken, broken, "SELECT sum(quantity) AS n FROM orders"], Effort::Medium).await;
    assert_eq!((answer.status, answer.rows), (RunStatus::Answered, vec![vec![Value::Int(300)]]));
}

#[tokio::test]
async fn a_description_with_a_figure_from_nowhere_gives_way_to_the_rules() {
    let invented = json!({"text": "17 million pieces were ordered.", "suggestions": []});
    let lines = Lines::new().query("SELECT sum(quantity) AS pieces FROM orders").says("describe_result", invented);
    let stage = Stage::alone(lines).await;
    let (answer, steps) = stage.ask("How much was ordered?").await;
    assert!(answer.text.contains("300") && !answer.text.contains("17"), "{}", answer.text);
    let describe = steps.iter().find(|s| s.stage == "describe").unwrap();
    assert_eq!(describe.calls[0].outcome, datafyme_domain::ModelCallOutcome::Malformed);
}

#[tokio::test]
async fn a_wrong_figure_is_mended_once() {
    let lines = Lines::new()
        .query("SELECT sum(quantity) AS pieces FROM orders")
        .says("describe_result", json!({"text": "310 pieces were ordered.", "suggestions": []}))
        .says("describe_result", json!({"text": "300 pieces were ordered.", "suggestions": []}));
    let stage = Stage::alone(lines).await;
    let (answer, _) = stage.ask("How much was ordered?").await;
    assert_eq!(answer.text, "300 pieces were ordered.");
}

#[tokio::test]
async fn a_setting_keeps_values_and_rows_out_of_every_prompt() {
    for (privacy, seen) in [(Privacy::NamesOnly, false), (Privacy::Statistics, false), (Privacy::Samples, true)] {
        let options =
            ModelAnalystOptions { privacy, call_timeout: Duration::from_secs(8), ..ModelAnalystOptions::default() };
        let lines =
            Lines::new().query("SELECT city, count(*) AS n FROM customers WHERE city IS NOT NULL GROUP BY city");
        let stage = Stage::with(lines.into_script(), Setting { options, ..Setting::default() }).await;
        let conversation = stage.house.conversation(&stage.source).await;
        stage.house.ask(&conversation, "How many customers are there per city?").await;
        stage.house.ask(&conversation, "And how many per city again?").await;
        let prompts: String = stage.double.requests().iter().map(DoubleRequest::prompt).collect();
        assert_eq!(prompts.contains("Budapest"), seen, "{privacy:?}");
        assert_eq!(prompts.contains("24 rows"), privacy >= Privacy::Statistics, "{privacy:?}");
    }
}

#[tokio::test]
async fn a_schema_that_does_not_fit_is_shortened_from_its_tail() {
    let stage = Stage::alone(Lines::new()).await;
    let small = stage.models.get().unwrap();
    let reason = small.reason.clone().with_context(Some(3_700));
    stage.models.set(Some(datafyme_agent::RoleModels { fast: small.fast.clone(), reason }));
    stage.ask("How many orders are there?").await;
    let prompt = stage.double.requests().into_iter().find(|r| r.output_name() == Some("write_query")).unwrap().prompt();
    assert!(prompt.contains("orders(") && prompt.len() < 6_500, "{} {prompt}", prompt.len());
    assert!(prompt.contains("\nnumbers(n)\n"), "{prompt}");
}

/// More tables than fit into every scope.
const MANY: &str = "
    CREATE TABLE suppliers (supplier_id INTEGER PRIMARY KEY, supplier_name TEXT);
    CREATE TABLE shipments (shipment_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), shipped_on TEXT);
    CREATE TABLE invoices (invoice_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (order_id), amount REAL);
    CREATE TABLE employees (employee_id INTEGER PRIMARY KEY, last_name TEXT);
    CREATE TABLE branches (branch_id INTEGER PRIMARY KEY, branch_name TEXT);
    INSERT INTO suppliers VALUES (1, 'Acme');
";

#[tokio::test]
async fn of_many_tables_the_model_chooses_and_what_it_makes_up_is_dropped() {
    let lines = Lines::new()
        .says("select_tables", json!({"tables": ["suppliers", "warehouses", "Suppliers", "branches"]}))
        .query("SELECT count(*) AS n FROM suppliers");
    let stage = Stage::with(lines.into_script(), Setting { sql: MANY, ..Setting::default() }).await;
    let (answer, steps) = stage.ask("Hány beszállító van?").await;
    assert_eq!(answer.rows, [[Value::Int(1)]]);
    let rerank = steps.iter().find(|s| s.stage == "rerank").unwrap();
    assert_eq!(rerank.summary, "suppliers, branches");
    let asked = stage.double.requests();
    let of = |task: &str| asked.iter().find(|r| r.output_name() == Some(task)).unwrap().prompt();
    insta::with_settings!({snapshot_suffix => "select_tables"}, { insta::assert_snapshot!("prompt", of("select_tables")) });
    let tables = of("write_query");
    assert!(tables.contains("suppliers(") && !tables.contains("employees("), "{tables}");
}
