//! Puts in the audit trail what a rule of the domain refused (422), or what was refused because somebody else was first
//! (409), or what was too much at once (429): who tried what, and why not. It looks at every answer, so that no address can forget it. What was refused for
//! want of a right is recorded where that is decided (`toegang`). Never looks at what was sent.

use crate::audit::Event;
use crate::mensen::Actor;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::zaken::LOCAL;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};

/// Who sends a request, once that is known.
#[derive(Clone, Default)]
pub struct Wie(Arc<OnceLock<Actor>>);

impl Wie {
    /// Notes who it is.
    pub fn is(&self, actor: &Actor) {
        // Asked twice, it is still the same.
        let _ = self.0.set(actor.clone());
    }
}

/// What somebody tries to do.
struct Tried {
    /// Method and address, with the names of its parts for their values.
    operation: String,
    zaak: String,
    /// The values that are ids or numbers.
    parts: Map<String, Value>,
}

impl Tried {
    fn of(method: &str, path: &str, params: &RawPathParams) -> Self {
        let mut tried = Tried {
            operation: format!("{method} {path}"),
            zaak: String::new(),
            parts: Map::new(),
        };
        // Nobody but this program made these; what somebody typed there instead does not come into the trail.
        let known = |value: &str| {
            let hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
            value == LOCAL || (value.len() <= 64 && value.bytes().all(hex))
        };
        for (name, value) in params.iter().filter(|(_, value)| known(value)) {
            match name {
                "zaak" => tried.zaak = value.to_owned(),
                _ => drop(tried.parts.insert(name.to_owned(), value.into())),
            }
        }
        tried
    }

    fn event(self, actor: &Actor, kind: Kind) -> Event {
        let gegevens = json!({"reden": kind.name(), "bij": self.parts});
        let event = Event::done(actor, "verzoek.geweigerd", self.operation, gegevens);
        Event {
            zaak: self.zaak,
            ..event.refused()
        }
    }
}

/// Passes a request on, and records it when it is refused.
pub async fn record(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let who = Wie::default();
    let (mut parts, body) = request.into_parts();
    let params = RawPathParams::from_request_parts(&mut parts, &()).await;
    let path = parts.extensions.get::<MatchedPath>();
    let tried = match (path, params) {
        (Some(path), Ok(params)) => Some(Tried::of(parts.method.as_str(), path.as_str(), &params)),
        _ => None,
    };
    parts.extensions.insert(who.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let kind = match response.extensions().get::<Problem>() {
        Some(problem) => problem.kind,
        None => return response,
    };
    let (Kind::MagNiet | Kind::IntussenGewijzigd | Kind::TeVaak, Some(actor), Some(tried)) =
        (kind, who.0.get().cloned(), tried)
    else {
        return response;
    };
    let recorded = crate::api::blocking(move || Ok(app.store.log(&tried.event(&actor, kind))?));
    match recorded.await {
        Ok(()) => response,
        Err(problem) => problem.into_response(),
    }
}
