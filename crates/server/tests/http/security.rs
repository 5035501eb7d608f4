use crate::site::Site;
use axum::http::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn another_host_name_is_refused_even_for_reading() {
    let site = Site::empty().await;
    let rebound = site.send(Method::GET, "/sources", None, &[("host", "evil.example:7777")]).await;
    rebound.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_pages_change_nothing() {
    let (site, id) = Site::with_shop().await;
    let body = json!({ "name": "x", "url": "y" }).to_string();
    for header in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let post = site.send(Method::POST, "/sources", Some(body.clone()), &[header]).await;
        post.problem(403, "forbidden");
        let delete = site.send(Method::DELETE, &format!("/sources/{id}"), None, &[header]).await;
        delete.problem(403, "forbidden");
    }
    assert_eq!(site.get(&format!("/sources/{id}")).await.status, 200);
    let own = [("origin", "http://localhost:7777")];
    let paused = site.send(Method::POST, &format!("/sources/{id}/pause"), None, &own).await;
    assert_eq!(paused.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_carries_the_security_headers() {
    let site = Site::empty().await;
    for path in ["/health", "/nothing"] {
        let reply = site.get(path).await;
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers["x-frame-options"], "DENY");
        assert_eq!(reply.headers["referrer-policy"], "no-referrer");
    }
}
