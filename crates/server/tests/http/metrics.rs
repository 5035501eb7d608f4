use crate::site::Site;
use axum::{body::Body, http::Request};
use tower::ServiceExt;

/// What Prometheus would read.
async fn scrape(site: &Site) -> String {
    let router = datafyme_server::metrics::listener::router(&site.app);
    let response = router.oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The value of the sample that begins so.
fn value(text: &str, sample: &str) -> f64 {
    let line =
        text.lines().find(|line| line.starts_with(sample)).unwrap_or_else(|| panic!("{sample} is not in {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_and_nothing_that_was_asked_is_told() {
    let (site, source) = Site::with_shop().await;
    let conversation = site.conversation(&source).await;
    let run = site.ask(&conversation, "How many orders are there per city?").await;
    assert_eq!(run["status"], "answered", "{run}");
    let text = scrape(&site).await;
    assert!((value(&text, "datafyme_runs_total{status=\"answered\",analyst=\"rules\"}") - 1.0).abs() < 1e-9);
    assert!((value(&text, "datafyme_jobs_total{kind=\"learn\",status=\"succeeded\"}") - 1.0).abs() < 1e-9);
    for sample in [
        "datafyme_stage_duration_seconds_count{stage=\"execute\"}",
        "datafyme_run_duration_seconds_count{status=\"answered\"}",
        "datafyme_http_requests_total{method=\"GET\",route=\"/api/v1/runs/{id}\",status=\"200\"}",
        "datafyme_metadata_connections{state=\"most\"}",
        "datafyme_knowledge_lookups{result=\"miss\"}",
        "process_resident_memory_bytes",
        "process_cpu_seconds",
    ] {
        assert!(value(&text, sample) > 0.0, "{sample}");
    }
    assert!(value(&text, "datafyme_runs_active").abs() < 1e-9, "it ended");
    assert!(text.ends_with("# EOF\n"));
    let id = run["id"].as_str().unwrap();
    for told in ["orders", "city", "London", id, source.as_str()] {
        assert!(!text.contains(told), "{told} is in {text}");
    }
}
