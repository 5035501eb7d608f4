use crate::site::{Reply, Site};
use axum::{
    body::Body,
    http::{Request, header},
};

async fn page(site: &Site, path: &str) -> Reply {
    let request = Request::builder().uri(path).header(header::HOST, "localhost").body(Body::empty()).unwrap();
    site.raw(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_of_the_ui_is_its_index_page() {
    let site = Site::empty().await;
    let index = page(&site, "/").await;
    assert_eq!(index.status, 200);
    assert!(index.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert_eq!(index.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(page(&site, "/conversations/42").await.text, index.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_is_not_the_index_page() {
    let site = Site::empty().await;
    page(&site, "/assets/gone-1234.js").await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_the_browser_knows_is_not_sent_again() {
    let site = Site::empty().await;
    let etag = page(&site, "/").await.headers[header::ETAG].clone();
    let request = Request::builder().uri("/").header(header::HOST, "localhost").header(header::IF_NONE_MATCH, etag);
    let again = site.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}
