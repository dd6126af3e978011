//! Who may ask: requests for our own host name, and writes from our own pages (or no browser at all). Keeps
//! other websites, and names that were made to point at this machine, from reaching the archive.

use crate::problem::{Kind, Problem};
use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The port that the server listens on.
#[derive(Clone, Copy)]
pub struct Port(pub u16);

/// Lets a request through or refuses it.
pub async fn check(
    Extension(Port(port)): Extension<Port>,
    request: Request,
    next: Next,
) -> Response {
    // Two names could mean one thing here and another thing elsewhere.
    let names = request.headers().get_all(header::HOST).iter().count();
    let Some(host) = host(request.uri(), request.headers()).filter(|_| names <= 1) else {
        return Problem::request("Het verzoek noemt geen of meer dan één hostnaam.")
            .into_response();
    };
    if !is_ours(host, port) {
        let detail = "Dit programma antwoordt alleen op 127.0.0.1, [::1] en localhost.";
        return Problem::new(Kind::AndereHost, detail).into_response();
    }
    if !request.method().is_safe() && !from_here(request.headers(), host) {
        let detail = "Alleen de pagina's van dit programma zelf mogen dit verzoek doen.";
        return Problem::new(Kind::AndereHerkomst, detail).into_response();
    }
    next.run(request).await
}

fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => text(headers, header::HOST.as_str()),
    }
}

fn is_ours(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        host.strip_prefix(name)
            .is_some_and(|rest| match rest.strip_prefix(':') {
                Some(given) => given == port.to_string(),
                None => rest.is_empty() && port == 80,
            })
    })
}

/// Browsers say where a write comes from; programs say nothing, and no other website can make them ask.
fn from_here(headers: &HeaderMap, host: &str) -> bool {
    match (text(headers, "sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin
            .to_str()
            .is_ok_and(|origin| origin == format!("http://{host}")),
        (None, None) => !headers.contains_key("sec-fetch-site"),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
