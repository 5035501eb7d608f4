use crate::{collector::Collector, openai::OpenAi, site::Site};
use datafyme_server::config::Config;
use serde_json::{Value, json};
use std::time::Duration;

const KEY: &str = "sk-planted-0123456789";

fn config(collector: &Collector) -> Config {
    let mut config = Config::default();
    config.telemetry.endpoint = Some(collector.endpoint.clone());
    config
}

/// The value of an attribute.
fn attribute<'a>(span: &'a Value, key: &str) -> Option<&'a str> {
    let found = span["attributes"].as_array().unwrap().iter().find(|a| a["key"] == key)?;
    found["value"].as_object().unwrap().values().next().unwrap().as_str()
}

/// The spans of what ended, once they are there: a job is told to the store before it is told to the collector.
async fn exported(site: &Site, collector: &Collector) -> Vec<Value> {
    for _ in 0..200 {
        site.app.telemetry.flush().await;
        let spans = collector.spans();
        if !spans.is_empty() {
            return spans;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was exported");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_exported_as_a_trace_with_its_steps_and_model_calls() {
    let (collector, provider) = (Collector::start(&[]).await, OpenAi::start(KEY, "no idea").await);
    let mut config = config(&collector);
    config.telemetry.headers.insert("x-collector-key".to_owned(), serde_json::from_value(json!("c-planted")).unwrap());
    let site = Site::with_config(config).await;
    let model = json!({ "name": "big", "provider": "open_ai", "model": "m-1", "base_url": provider.base_url,
        "api_key": KEY, "input_price": 2, "output_price": 10 });
    let model = site.post("/models", model).await.json();
    let roles = json!({ "reason": model["id"], "fast": model["id"] }).to_string();
    site.send(axum::http::Method::PUT, "/models/roles", Some(roles), &[]).await;
    let source = site.add_shop("shop").await;
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, "Hány rendelés volt tavaly Londonban?").await;
    let id = run["id"].as_str().unwrap();
    let steps = site.get(&format!("/runs/{id}/steps")).await.json()["items"].as_array().unwrap().clone();
    let calls: Vec<&Value> = steps.iter().flat_map(|s| s["calls"].as_array().unwrap()).collect();
    assert!(!calls.is_empty(), "the model was asked");
    site.app.telemetry.flush().await;

    let trace = id.replace('-', "");
    let spans: Vec<Value> = collector.spans().into_iter().filter(|s| s["traceId"] == trace.as_str()).collect();
    assert_eq!(spans.len(), 1 + steps.len() + calls.len());
    let root = &spans[0];
    assert_eq!((root.get("parentSpanId"), &root["kind"]), (None, &json!(1)));
    assert_eq!(attribute(root, "datafyme.run.id"), Some(id));
    assert_eq!(attribute(root, "gen_ai.operation.name"), Some("invoke_agent"));
    let chats: Vec<&Value> = spans.iter().filter(|s| s["kind"] == 3).collect();
    assert_eq!(chats.len(), calls.len());
    for (chat, call) in chats.iter().zip(&calls) {
        assert_eq!(chat["name"], "chat m-1");
        assert_eq!(attribute(chat, "gen_ai.system"), Some("openai"));
        assert_eq!(attribute(chat, "gen_ai.provider.name"), Some("openai"));
        assert_eq!(attribute(chat, "gen_ai.request.model"), Some("m-1"));
        assert_eq!(attribute(chat, "gen_ai.usage.input_tokens").unwrap(), call["prompt_tokens"].to_string());
        assert_eq!(attribute(chat, "gen_ai.usage.output_tokens").unwrap(), call["completion_tokens"].to_string());
        assert_eq!(attribute(chat, "datafyme.task"), call["task"].as_str());
        let parent = spans.iter().find(|s| s["spanId"] == chat["parentSpanId"]).unwrap();
        assert_eq!(parent["parentSpanId"], root["spanId"], "a call hangs on a step, a step on the run");
        let at = |span: &Value, key: &str| span[key].as_str().unwrap().parse::<i64>().unwrap();
        assert!(at(parent, "startTimeUnixNano") <= at(chat, "startTimeUnixNano"));
        assert!(at(chat, "startTimeUnixNano") <= at(chat, "endTimeUnixNano"));
        assert!(at(chat, "endTimeUnixNano") <= at(parent, "endTimeUnixNano").max(at(chat, "startTimeUnixNano")));
    }
    let (headers, body) = &collector.requests()[0];
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-collector-key"], "c-planted");
    let resource = &body["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name"), Some("datafyme"));
    let ids: std::collections::HashSet<&str> = spans.iter().map(|s| s["spanId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), spans.len());
    assert!(ids.iter().all(|id| id.len() == 16));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_exported_when_it_ends() {
    let collector = Collector::start(&[]).await;
    let site = Site::with_config(config(&collector)).await;
    site.add_shop("shop").await;
    let spans = exported(&site, &collector).await;
    assert_eq!((spans.len(), &spans[0]["name"]), (1, &json!("learn")));
    assert_eq!(attribute(&spans[0], "datafyme.job.status"), Some("succeeded"));
    assert_eq!(spans[0]["status"], json!({ "code": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_busy_is_asked_again() {
    let collector = Collector::start(&[503]).await;
    let site = Site::with_config(config(&collector)).await;
    site.add_shop("shop").await;
    assert_eq!(exported(&site, &collector).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_refuses_costs_nobody_an_answer() {
    let collector = Collector::start(&[400; 99]).await;
    let site = Site::with_config(config(&collector)).await;
    let source = site.add_shop("shop").await;
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, "How many orders are there?").await;
    assert_eq!(run["status"], "answered");
    site.app.telemetry.flush().await;
    assert_eq!(collector.spans(), Vec::<Value>::new());
}
