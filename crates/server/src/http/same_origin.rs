//! Keeps other sites' pages in the user's browser from using the API: a `Host` that is not ours (DNS rebinding) and a
//! change asked for by another origin (CSRF) are refused.

use super::Problem;
use crate::App;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use datafyme_domain::ErrorKind;
use std::sync::Arc;

/// Names under which a browser reaches the loopback interface.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Lets a request through, or answers 403.
pub(super) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match refusal(request.method(), request.headers(), request.uri().host(), &app.config.server.allowed_hosts) {
        Some(words) => Problem::new(ErrorKind::Forbidden, words).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(method: &Method, headers: &HeaderMap, authority: Option<&str>, allowed: &[String]) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).or(authority).unwrap_or_default();
    let name = host_name(host);
    let known = LOOPBACK_HOSTS.iter().any(|h| h.eq_ignore_ascii_case(name))
        || allowed.iter().any(|h| h.eq_ignore_ascii_case(name));
    if !known {
        return Some("this host name is not served here; add it to server.allowed_hosts if it should be");
    }
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let same_site = text(header::HeaderName::from_static("sec-fetch-site"));
    let same_origin = match (same_site, text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host)),
        // Not a browser.
        (None, None) => true,
    };
    (!same_origin).then_some("changes may be asked for by this site's own pages only")
}

/// The host without its port; brackets of an IPv6 address stay.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn refused(method: Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let headers =
            pairs.iter().map(|(k, v)| (header::HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
        refusal(&method, &headers, None, &["data.example".to_owned()]).is_some()
    }

    #[test]
    fn only_our_hosts_and_our_pages_get_through() {
        let own = ("host", "localhost:7777");
        let table = [
            (Method::GET, vec![own], false),
            (Method::GET, vec![("host", "127.0.0.1")], false),
            (Method::GET, vec![("host", "[::1]:7777")], false),
            (Method::GET, vec![("host", "data.example")], false),
            (Method::GET, vec![("host", "evil.example:7777")], true),
            (Method::GET, vec![], true),
            (Method::POST, vec![own], false),
            (Method::POST, vec![own, ("origin", "http://localhost:7777")], false),
            (Method::POST, vec![own, ("origin", "http://localhost:8888")], true),
            (Method::POST, vec![own, ("origin", "https://evil.example")], true),
            (Method::POST, vec![own, ("origin", "null")], true),
            (Method::POST, vec![own, ("sec-fetch-site", "same-origin")], false),
            (Method::POST, vec![own, ("sec-fetch-site", "cross-site")], true),
            (Method::DELETE, vec![own, ("sec-fetch-site", "same-site")], true),
            (Method::GET, vec![own, ("sec-fetch-site", "cross-site")], false),
        ];
        for (method, headers, expected) in table {
            assert_eq!(refused(method.clone(), &headers), expected, "{method} {headers:?}");
        }
    }
}
