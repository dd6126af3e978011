//! The headers of every answer: what a browser may do with a page, and the version of the API.

use crate::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The version of the API, in `API-Version` and `openapi.json`.
pub const API_VERSION: &str = "1.0.0";

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                   connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers that a handler may have set itself.
const DEFAULTS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// That this host is to be reached over TLS alone. Said without TLS it means nothing, or binds what else runs on this
/// computer.
const TLS_ALONE: &str = "max-age=31536000";

/// Adds them.
pub async fn add(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_api = is_api(request.uri().path());
    let mut response = next.run(request).await;
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in DEFAULTS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.settings.is_https() {
        let name = header::STRICT_TRANSPORT_SECURITY;
        headers.insert(name, HeaderValue::from_static(TLS_ALONE));
    }
    if for_api {
        headers.insert("api-version", HeaderValue::from_static(API_VERSION));
    }
    response
}

/// Whether `path` belongs to the API.
pub fn is_api(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}
