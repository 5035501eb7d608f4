//! Learning again by itself: the schedule, what the last learning found, and what people wrote that it kept.

use crate::site::{Reply, Site};
use axum::http::Method;
use datafyme_domain::Caller;
use serde_json::{Value, json};

const NOWHERE: &str = "/sources/01900000-0000-7000-8000-000000000000/resync";

async fn put(site: &Site, path: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
    site.send(Method::PUT, path, Some(body.to_owned()), headers).await
}

async fn learned_again(site: &Site, id: &str) -> Value {
    let job = site.post(&format!("/sources/{id}/learn"), json!({})).await.json();
    site.ended_job(job["id"].as_str().unwrap()).await
}

fn seconds_after(later: &Value, earlier: &Value) -> i64 {
    let moment = |v: &Value| chrono::DateTime::parse_from_rfc3339(v.as_str().unwrap()).unwrap();
    (moment(later) - moment(earlier)).num_seconds()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_is_told_changed_and_left_to_the_configuration() {
    let (site, id) = Site::with_shop().await;
    let path = format!("/sources/{id}/resync");
    let learned_at = site.get(&format!("/sources/{id}")).await.json()["learned_at"].clone();
    let told = site.get(&path).await.json();
    assert_eq!((&told["seconds"], &told["configured_seconds"]), (&Value::Null, &json!(86_400)));
    assert_eq!(seconds_after(&told["next_at"], &learned_at), 86_400);
    assert_eq!(told["current"], Value::Null);
    assert_eq!(told["recent"], json!([told["last_succeeded"]]));

    assert_eq!(put(&site, &path, r#"{"seconds": 1800}"#, &[]).await.json()["resync_seconds"], 1800);
    let told = site.get(&path).await.json();
    assert_eq!((told["seconds"].as_i64(), seconds_after(&told["next_at"], &learned_at)), (Some(1_800), 1_800));

    put(&site, &path, r#"{"seconds": 0}"#, &[]).await;
    let told = site.get(&path).await.json();
    assert_eq!((&told["seconds"], &told["next_at"]), (&json!(0), &Value::Null), "never");

    assert_eq!(put(&site, &path, "{}", &[]).await.json().get("resync_seconds"), None);
    site.post(&format!("/sources/{id}/pause"), json!({})).await;
    let told = site.get(&path).await.json();
    assert_eq!((&told["seconds"], &told["next_at"]), (&Value::Null, &Value::Null), "it is paused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_cannot_be_or_is_none_of_ones_business_changes_nothing() {
    let (site, id) = Site::with_shop().await;
    let path = format!("/sources/{id}/resync");
    let table = [
        (r#"{"seconds": 59}"#, "60 seconds"),
        (r#"{"seconds": -1}"#, "invalid value"),
        (r#"{"seconds": 1.5}"#, "invalid type"),
        (r#"{"seconds": "1d"}"#, "invalid type"),
        (r#"{"seconds": 99999999999}"#, "invalid value"),
        (r#"{"every": 60}"#, "unknown field"),
        ("", "EOF"),
    ];
    for (body, words) in table {
        let detail = put(&site, &path, body, &[]).await.problem(400, "invalid_input");
        assert!(detail.contains(words), "{body}: {detail}");
    }
    put(&site, NOWHERE, r#"{"seconds": 60}"#, &[]).await.problem(404, "not_found");
    site.get(NOWHERE).await.problem(404, "not_found");
    site.get("/sources/x/resync").await.problem(404, "not_found");
    let foreign = [("origin", "https://evil.example")];
    put(&site, &path, r#"{"seconds": 60}"#, &foreign).await.problem(403, "forbidden");
    assert_eq!(site.get(&path).await.json()["seconds"], Value::Null);

    // Another person's data source is as if there were none.
    let source = id.parse().unwrap();
    let other = Caller { user_id: datafyme_domain::UserId::generate() };
    assert!(site.app.agent.resync(other, source, 0).await.is_err());
    assert!(site.app.agent.set_resync(other, source, Some(60)).await.is_err());
    assert!(site.app.agent.edits(other, source).await.is_err());
    assert_eq!(site.get(&path).await.json()["seconds"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_last_learning_found_is_told_by_name_and_a_failed_one_with_its_cause() {
    let (site, id) = Site::with_shop().await;
    let file = site.shop_file();
    let change = "CREATE TABLE stores (store_id INTEGER PRIMARY KEY); ALTER TABLE orders ADD COLUMN note TEXT;";
    rusqlite::Connection::open(&file).unwrap().execute_batch(change).unwrap();
    learned_again(&site, &id).await;
    let path = format!("/sources/{id}/resync");
    let last = site.get(&path).await.json()["recent"][0]["progress"].clone();
    assert_eq!(last["changes"], json!({ "added": 1, "changed": 1, "renamed": 0, "removed": 0, "unchanged": 1 }));
    assert_eq!(last["changed_tables"], json!({ "added": [{ "table": "stores" }], "changed": [{ "table": "orders" }] }));

    std::fs::write(&file, "no database any more").unwrap();
    learned_again(&site, &id).await;
    let told = site.get(&path).await.json();
    assert_eq!((&told["recent"][0]["status"], &told["recent"][1]["status"]), (&json!("failed"), &json!("succeeded")));
    assert!(told["recent"][0]["error"].as_str().unwrap().contains("database"), "{told}");
    assert_eq!(told["last_succeeded"], told["recent"][1]);
    // It is tried again an interval after it was tried last, not after it last worked.
    assert_eq!(seconds_after(&told["next_at"], &told["recent"][0]["created_at"]), 86_400);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_are_listed_with_the_texts_that_were_generated_anew_under_them() {
    let (site, id) = Site::with_shop().await;
    let edits = format!("/sources/{id}/tables/edits");
    assert_eq!(site.get(&edits).await.json()["items"], json!([]));
    let documentation = format!("/sources/{id}/tables/documentation?table=orders");
    let change =
        json!({ "version": 0, "change": { "business_description": "What was shipped.", "synonyms": ["parcels"] } });
    site.send(Method::PATCH, &documentation, Some(change.to_string()), &[]).await;
    let listed = site.get(&edits).await.json()["items"].clone();
    assert_eq!(listed[0]["table"], json!({ "table": "orders" }));
    assert_eq!(listed[0]["edited_fields"], json!(["business_description", "synonyms"]));
    assert_eq!((&listed[0]["outdated_fields"], &listed[0]["editor"]), (&json!([]), &json!("local")));

    // Ten times as many rows: the generated description says so.
    let rows =
        "INSERT INTO orders SELECT 1000 + a.order_id * 100 + b.order_id, 1, '2025-01-01', 1 FROM orders a, orders b";
    rusqlite::Connection::open(site.shop_file()).unwrap().execute_batch(rows).unwrap();
    learned_again(&site, &id).await;
    let listed = site.get(&edits).await.json()["items"].clone();
    assert_eq!(listed[0]["outdated_fields"], json!(["business_description"]));
    let detail = site.get(&format!("/sources/{id}/tables/detail?table=orders")).await.json();
    assert_eq!(detail["documentation"]["business_description"], "What was shipped.", "the person's counts");
    site.get("/sources/01900000-0000-7000-8000-000000000000/tables/edits").await.problem(404, "not_found");
}
