use crate::site::Site;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_problem_that_says_why() {
    let site = Site::empty().await;
    let json_type = ("content-type", "application/json");
    let table = [
        ("/sources", "{", json_type, 400, "EOF"),
        ("/sources", r#"{"name": "x"}"#, json_type, 400, "missing field `url`"),
        ("/sources", r#"{"name": "x", "url": "y", "color": 1}"#, json_type, 400, "unknown field `color`"),
        ("/sources", r#"{"name": 1, "url": "y"}"#, json_type, 400, "invalid type"),
        ("/conversations", r#"{"source_id": "7"}"#, json_type, 400, "source_id"),
        ("/sources", "name=x", ("content-type", "application/x-www-form-urlencoded"), 415, "application/json"),
    ];
    for (path, body, kind, status, words) in table {
        let reply = site.send(Method::POST, path, Some(body.to_owned()), &[kind]).await;
        let detail = reply.problem(status, "invalid_input");
        assert!(detail.contains(words), "{body}: {detail}");
    }
    let huge = json!({ "name": "x", "url": "y".repeat(300_000) }).to_string();
    site.send(Method::POST, "/sources", Some(huge), &[]).await.problem(413, "invalid_input");
    site.get("/jobs?colour=red").await.problem(400, "invalid_input");
    site.get("/sources/not-an-id").await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_of_the_api_are_problems() {
    let site = Site::empty().await;
    site.get("/nothing").await.problem(404, "not_found");
    site.send(Method::PUT, "/sources", None, &[]).await.problem(405, "invalid_input");
    let bare = Request::builder().uri("/api").header(header::HOST, "localhost").body(Body::empty()).unwrap();
    site.raw(bare).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_says_that_it_lives_and_who_asks() {
    let site = Site::empty().await;
    assert_eq!(site.get("/health").await.json()["status"], "ok");
    assert_eq!(site.get("/ready").await.json()["status"], "ok");
    let me = site.get("/me").await.json();
    assert_eq!(me["name"], "local");
    assert_eq!(me["loopback"], true);
    assert_eq!(site.get("/openapi.json").await.json()["openapi"].as_str().unwrap().get(..3), Some("3.1"));
}
