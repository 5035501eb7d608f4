use crate::site::{Event, Site, events_of};
use axum::http::{Method, header};
use serde_json::{Value, json};

async fn asked(question: &str) -> (Site, Value) {
    let (site, source) = Site::with_shop().await;
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, question).await;
    (site, run)
}

fn id_of(run: &Value) -> &str {
    run["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_with_an_answer_and_its_steps() {
    let (site, run) = asked("How many orders are there?").await;
    assert_eq!(run["status"], "answered");
    assert_eq!(run["answer"]["rows"], json!([[48]]));
    assert!(run["answer"]["sql"].as_str().unwrap().contains("orders"));
    let steps = site.get(&format!("/runs/{}/steps", id_of(&run))).await.json();
    let steps = steps["items"].as_array().unwrap().clone();
    assert!(steps.len() > 3);
    assert!(steps.iter().enumerate().all(|(i, s)| s["seq"] == i && s["status"] == "completed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_numbered_and_can_be_resumed_after_any_of_them() {
    let (site, run) = asked("How many orders are there?").await;
    let path = format!("/runs/{}/events", id_of(&run));
    let all = events_of(&site.get(&path).await.text);
    let steps = site.get(&format!("/runs/{}/steps", id_of(&run))).await.json()["items"].as_array().unwrap().len();
    let ids: Vec<u64> = all.iter().map(|e| e.id.unwrap()).collect();
    assert_eq!(ids, (1..=2 * steps as u64 + 1).collect::<Vec<_>>());
    assert_eq!(all.last().unwrap().name, "run.completed");
    assert!(all[0].name == "step.started" && all[1].name == "step.completed");

    for after in [1, 4, ids.len() as u64 - 1] {
        let header = after.to_string();
        let resumed = site.send(Method::GET, &path, None, &[("last-event-id", &header)]).await;
        assert_eq!(events_of(&resumed.text), all[after as usize..]);
        let by_query = site.get(&format!("{path}?last_event_id={after}")).await;
        assert_eq!(events_of(&by_query.text), all[after as usize..]);
    }
    // A listener that saw everything still learns that it is over.
    let nothing_new = site.get(&format!("{path}?last_event_id=999")).await;
    assert_eq!(events_of(&nothing_new.text).last().unwrap().name, "run.completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_leaves_and_comes_back_misses_nothing() {
    let (site, source) = Site::with_shop().await;
    let conversation = site.conversation(&source).await;
    let body = json!({ "question": "What is the total amount of orders per city?" });
    let run = site.post(&format!("/conversations/{conversation}/runs"), body).await.json();
    let path = format!("/runs/{}/events", id_of(&run));
    let seen = site.first_events(&path, 3).await;
    let last = seen.iter().filter_map(|e| e.id).max().unwrap();
    let rest = events_of(&site.get(&format!("{path}?last_event_id={last}")).await.text);
    let ids: Vec<u64> = seen.iter().chain(&rest).filter_map(|e: &Event| e.id).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    assert_eq!(rest.last().unwrap().name, "run.completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_is_served_ready_to_draw_and_in_other_kinds() {
    let (site, run) = asked("What is the total amount of orders per city?").await;
    let path = format!("/runs/{}/chart", id_of(&run));
    let chart = site.get(&path).await;
    assert_eq!(chart.status, 200, "{}", chart.text);
    let chart = chart.json();
    assert!(chart["option"]["series"].is_array());
    assert_eq!(chart["spec"], run["answer"]["chart"]);
    let pie = site.get(&format!("{path}?kind=pie")).await.json();
    assert_eq!(pie["spec"]["kind"], "pie");
    assert_eq!(pie["spec"]["title"], chart["spec"]["title"]);
    let detail = site.get(&format!("{path}?kind=bubble")).await.problem(400, "invalid_input");
    assert!(detail.contains("bubble"), "{detail}");
    site.get(&format!("{path}?kind=radar")).await.problem(400, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kinds_that_rows_can_be_drawn_as_are_those_that_are_drawn() {
    let (site, run) = asked("What is the total amount of orders per city?").await;
    let kinds = site.get(&format!("/runs/{}/chart_kinds", id_of(&run))).await.json();
    let chart = site.get(&format!("/runs/{}/chart", id_of(&run))).await.json();
    assert_eq!(chart["kinds"], kinds["items"]);
    let kinds: Vec<&str> = kinds["items"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
    assert!(kinds.contains(&"bar") && kinds.contains(&"pie") && !kinds.contains(&"bubble"), "{kinds:?}");
    for kind in kinds {
        assert_eq!(site.get(&format!("/runs/{}/chart?kind={kind}", id_of(&run))).await.status, 200, "{kind}");
    }
    let (site, run) = asked("How many orders are there?").await;
    assert_eq!(site.get(&format!("/runs/{}/chart_kinds", id_of(&run))).await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_chart_says_so() {
    let (site, run) = asked("How many orders are there?").await;
    site.get(&format!("/runs/{}/chart", id_of(&run))).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_as_a_csv_file() {
    let (site, run) = asked("List the name and city of all customers").await;
    let csv = site.get(&format!("/runs/{}/rows.csv", id_of(&run))).await;
    assert_eq!(csv.status, 200, "{}", csv.text);
    assert!(csv.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert_eq!(csv.text.lines().count(), 4, "{}", csv.text);
    assert!(csv.text.contains("Edsger"));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_an_ended_run_leaves_it_as_it_is() {
    let (site, run) = asked("How many orders are there?").await;
    let after = site.post(&format!("/runs/{}/cancel", id_of(&run)), json!({})).await.json();
    assert_eq!(after["status"], "answered");
    let unknown = "/runs/01900000-0000-7000-8000-000000000000";
    for path in ["", "/steps", "/events", "/chart", "/chart_kinds", "/rows.csv"] {
        site.get(&format!("{unknown}{path}")).await.problem(404, "not_found");
    }
}
