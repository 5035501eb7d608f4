use crate::site::Site;
use axum::http::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_titled_continued_renamed_and_deleted() {
    let (site, source) = Site::with_shop().await;
    let id = site.conversation(&source).await;
    site.ask(&id, "How many orders are there?").await;
    site.ask(&id, "How many customers are there?").await;
    let titled = site.get(&format!("/conversations/{id}")).await.json();
    assert!(!titled["title"].as_str().unwrap().is_empty());

    let messages = site.get(&format!("/conversations/{id}/messages")).await.json();
    let roles: Vec<_> = messages["items"].as_array().unwrap().iter().map(|m| m["message"]["role"].clone()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert_eq!(messages["items"][1]["run"]["answer"]["rows"], json!([[48]]));

    let path = format!("/conversations/{id}");
    let renamed = site.send(Method::PATCH, &path, Some(json!({ "title": "  Counts " }).to_string()), &[]).await;
    assert_eq!(renamed.json()["title"], "Counts");
    let blank = site.send(Method::PATCH, &path, Some(json!({ "title": "  " }).to_string()), &[]).await;
    blank.problem(400, "invalid_input");
    assert_eq!(site.send(Method::DELETE, &path, None, &[]).await.status, 204);
    site.get(&path).await.problem(404, "not_found");
    site.send(Method::DELETE, &path, None, &[]).await.problem(404, "not_found");
    site.get(&format!("{path}/messages")).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_paged_by_cursor_and_leave_empty_conversations_out() {
    let (site, source) = Site::with_shop().await;
    site.conversation(&source).await;
    for _ in 0..3 {
        let id = site.conversation(&source).await;
        site.ask(&id, "How many orders are there?").await;
    }
    let first = site.get("/conversations?limit=2").await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = site.get(&format!("/conversations?limit=2&cursor={cursor}&source_id={source}")).await.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next_cursor"], serde_json::Value::Null);
    site.get("/conversations?cursor=nonsense").await.problem(400, "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_needs_a_source_that_exists() {
    let site = Site::empty().await;
    let nowhere = "01900000-0000-7000-8000-000000000000";
    site.post("/conversations", json!({ "source_id": nowhere })).await.problem(404, "not_found");
}
