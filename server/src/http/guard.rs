//! Who may ask: requests for our own host name, and writes from our own pages (or no browser at all). Keeps
//! other websites, and names that were made to point at this machine, from reaching the archive.

use crate::problem::{Kind, Problem};
use crate::settings::{Herkomst, ServerSettings};
use crate::state::App;
use crate::toegang::bearer;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The port that the server listens on.
#[derive(Clone, Copy)]
pub struct Port(pub u16);

impl Port {
    /// Where people reach the server, as a browser tells where it comes from.
    pub fn origin(self, settings: &ServerSettings) -> String {
        match &settings.openbaar_adres {
            Some(origin) => origin.as_str().to_owned(),
            None if settings.is_https() => format!("https://127.0.0.1:{}", self.0),
            None => format!("http://127.0.0.1:{}", self.0),
        }
    }
}

/// Lets a request through or refuses it.
pub async fn check(
    State(app): State<Arc<App>>,
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
    let public = app.settings.openbaar_adres.as_ref();
    if !is_ours(host, port) && !public.is_some_and(|public| is_public(host, public)) {
        let detail = "Dit programma antwoordt alleen op zijn eigen adres.";
        return Problem::new(Kind::AndereHost, detail).into_response();
    }
    let ours = |origin: &str| {
        let scheme = if app.settings.is_https() {
            "https"
        } else {
            "http"
        };
        origin == format!("{scheme}://{host}")
    };
    // A token is sent by a program that was given it, never by a browser on behalf of another website.
    let by_token = bearer(request.headers()).is_some();
    if !request.method().is_safe() && !by_token && !from_here(request.headers(), ours) {
        let detail = "Alleen de pagina's van dit programma zelf mogen dit verzoek doen.";
        return Problem::new(Kind::AndereHerkomst, detail).into_response();
    }
    next.run(request).await
}

/// Whether a request is for the address of the settings. Browsers leave out the usual port.
fn is_public(host: &str, public: &Herkomst) -> bool {
    let host = host.to_ascii_lowercase();
    let usual = |name: &str| name.strip_suffix(":443").unwrap_or(name).to_owned();
    usual(&host) == usual(public.host())
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
fn from_here(headers: &HeaderMap, ours: impl Fn(&str) -> bool) -> bool {
    match (text(headers, "sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.to_str().is_ok_and(ours),
        (None, None) => !headers.contains_key("sec-fetch-site"),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
