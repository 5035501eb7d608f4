use crate::site::Site;
use axum::http::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_registered_learned_listed_and_removed() {
    let (site, id) = Site::with_shop().await;
    let list = site.get("/sources").await.json();
    assert_eq!(list["items"][0]["name"], "shop");
    assert_eq!(list["items"][0]["status"], "ready");
    assert_eq!(list["items"][0]["table_count"], 2);
    assert_eq!(list["next_cursor"], serde_json::Value::Null);
    assert_eq!(site.get(&format!("/sources/{id}")).await.json()["dialect"], "sqlite");
    let removed = site.send(Method::DELETE, &format!("/sources/{id}"), None, &[]).await;
    assert_eq!(removed.status, 204);
    site.get(&format!("/sources/{id}")).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_tested_before_and_after_registering() {
    let (site, id) = Site::with_shop().await;
    let url = site.shop_file().display().to_string();
    let tested = site.post("/sources/test", json!({ "url": url })).await.json();
    assert!(tested["version"].as_str().unwrap().contains("SQLite"));
    assert!(tested["latency_ms"].is_number());
    let tested = site.post(&format!("/sources/{id}/test"), json!({})).await;
    assert_eq!(tested.status, 200);
    let missing = site.dir.path().join("missing.sqlite").display().to_string();
    site.post("/sources/test", json!({ "url": missing })).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_source_cannot_be_asked_until_it_is_resumed() {
    let (site, id) = Site::with_shop().await;
    let conversation = site.conversation(&id).await;
    let paused = site.post(&format!("/sources/{id}/pause"), json!({})).await.json();
    assert_eq!(paused["status"], "paused");
    let path = format!("/conversations/{conversation}/runs");
    let detail = site.post(&path, json!({ "question": "How many orders are there?" })).await.problem(409, "conflict");
    assert!(detail.contains("paused"), "{detail}");
    let resumed = site.post(&format!("/sources/{id}/resume"), json!({})).await.json();
    assert_eq!(resumed["status"], "ready");
    assert_eq!(site.ask(&conversation, "How many orders are there?").await["status"], "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_come_with_meaning_relations_and_figures() {
    let (site, id) = Site::with_shop().await;
    let tables = site.get(&format!("/sources/{id}/tables")).await.json();
    let orders = tables["items"].as_array().unwrap().iter().find(|t| t["table"]["table"] == "orders").unwrap();
    assert_eq!(orders["rows"], 48);
    assert_eq!(orders["column_count"], 4);
    assert_eq!(orders["relation_count"], 1);
    assert!(orders["description"].as_str().is_some_and(|d| !d.is_empty()));
    assert!(orders.get("score").is_none());

    let detail = site.get(&format!("/sources/{id}/tables/detail?table=orders")).await.json();
    assert_eq!(detail["table"]["columns"].as_array().unwrap().len(), 4);
    let profiled = detail["table"]["profile"]["columns"].as_array().unwrap();
    assert_eq!(profiled.len(), 4);
    // Guesses at values could be tried against hashes of them.
    assert!(profiled.iter().all(|column| column.get("sketch").is_none()), "{profiled:?}");
    assert_eq!(detail["relations"][0]["to_table"]["table"], "customers");
    assert!(detail["documentation"]["business_description"].is_string());
    site.get(&format!("/sources/{id}/tables/detail?table=nope")).await.problem(404, "not_found");

    let relations = site.get(&format!("/sources/{id}/relations")).await.json();
    assert_eq!(relations["items"][0]["kind"], "declared");
    let suggestions = site.get(&format!("/sources/{id}/suggestions")).await.json();
    assert!(!suggestions["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_finds_its_tables_best_first() {
    let (site, id) = Site::with_shop().await;
    let found = site.get(&format!("/sources/{id}/tables?q=amount%20of%20orders")).await.json();
    assert_eq!(found["items"][0]["table"]["table"], "orders");
    assert!(found["items"][0]["score"].is_number());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_unique() {
    let (site, _) = Site::with_shop().await;
    let url = site.shop_file().display().to_string();
    let detail = site.post("/sources", json!({ "name": "shop", "url": url })).await.problem(409, "conflict");
    assert!(detail.contains("shop"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_never_comes_back() {
    let site = Site::empty().await;
    let url = "postgres://reader:s3cr3t-w0rd@127.0.0.1:1/none";
    for path in ["/sources", "/sources/test"] {
        let body = if path == "/sources" { json!({ "name": "pg", "url": url }) } else { json!({ "url": url }) };
        let reply = site.post(path, body).await;
        reply.problem(503, "unavailable");
        assert!(!reply.text.contains("s3cr3t-w0rd"), "{}", reply.text);
    }
}
