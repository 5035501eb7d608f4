//! The web UI, embedded in the binary.

use super::Problem;
use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use datafyme_domain::ErrorKind;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `npm run build` left; a page that says so when it never ran.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "../../web/dist"]
struct Assets;

const INDEX: &str = "index.html";
const PLACEHOLDER_MARK: &str = "datafyme: placeholder";

/// Whether the real UI is in this binary.
#[must_use]
pub fn is_embedded() -> bool {
    Assets::get(INDEX).is_some_and(|page| !String::from_utf8_lossy(&page.data).contains(PLACEHOLDER_MARK))
}

/// A file of the UI; its index page for every path of its router; a problem for unknown API paths.
pub(super) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::new(ErrorKind::NotFound, "no such API path; see /api/v1/openapi.json").into_response();
    }
    let known = headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let asked_for_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match Assets::get(path).filter(|_| !path.is_empty()) {
        Some(file) => response(path, &file, known),
        None if asked_for_file => Problem::new(ErrorKind::NotFound, "no such file").into_response(),
        None => match Assets::get(INDEX) {
            Some(page) => response(INDEX, &page, known),
            None => Problem::new(ErrorKind::NotFound, "this binary has no web UI").into_response(),
        },
    }
}

/// The file, or that it is still the one that the browser knows.
fn response(path: &str, file: &EmbeddedFile, known: &str) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|b| format!("{b:02x}")).collect();
    let mut response = if known.contains(&hash) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.clone().into_owned().into_response()
    };
    // Vite puts a content hash into the names under assets/.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    let values = [(CONTENT_TYPE, content_type(path)), (ETAG, format!("\"{hash}\""))];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = mime.type_() == mime_guess::mime::TEXT || mime.subtype() == mime_guess::mime::JAVASCRIPT;
    let charset = if is_text { "; charset=utf-8" } else { "" };
    format!("{}{charset}", mime.essence_str())
}
