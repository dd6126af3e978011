//! Who sends a request: by a session, by a token of a program, or on a computer without accounts whoever sits there. Holds
//! back who asks too much. Never decides what somebody may see.

use crate::audit::Event;
use crate::http::{Wie, koekje};
use crate::mensen::{Actor, Bereik, COOKIE, Open, Via};
use crate::problem::{Kind, Problem};
use crate::settings::ServerSettings;
use crate::state::App;
use axum::extract::{FromRequestParts, MatchedPath, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::json;
use std::sync::Arc;

/// Who sends a request. Taking this as a parameter is what makes an address ask for a login.
pub struct Vrager(pub Actor);

impl FromRequestParts<Arc<App>> for Vrager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let via = via(parts);
        let actor = match bearer(&parts.headers) {
            Some(token) if via == Via::Api => with_token(app, parts, token).await?,
            // A token is for programs; a page never takes one.
            Some(_) => return Err(unknown()),
            None => {
                let Ingelogd(actor, open) = Ingelogd::from_request_parts(parts, app).await?;
                if open.is_some_and(|open| app.settings.asks_second_step(&open)) {
                    return Err(Problem::new(
                        Kind::TweedeStapNodig,
                        "Stel eerst de tweede stap van het inloggen in, bij uw account.",
                    ));
                }
                actor
            }
        };
        recognised(parts, app, &actor)?;
        Ok(Vrager(actor))
    }
}

/// Who is logged in, even if they still have to set up their second step; without accounts whoever sits here. Never by a
/// token: for what somebody does with his own account.
pub struct Ingelogd(pub Actor, pub Option<Open>);

impl FromRequestParts<Arc<App>> for Ingelogd {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if bearer(&parts.headers).is_some() {
            return Err(unknown());
        }
        let via = via(parts);
        let key = session_key(&parts.headers, &app.settings);
        let known = Arc::clone(app);
        let session = crate::api::blocking(move || {
            // A server that others reach is for nobody until somebody has an account.
            if !known.settings.is_public() && !known.store.has_accounts()? {
                return Ok(None);
            }
            let key = key.ok_or_else(unknown)?;
            Ok(Some(known.store.session(&key)?.ok_or_else(unknown)?))
        })
        .await?;
        let Some(mut session) = session else {
            return Ok(Ingelogd(Actor::local(via), None));
        };
        if session.at_provider.is_some() {
            if !app.lasts(&session).await? {
                return Err(unknown());
            }
            // The provider may just have said that somebody has other roles.
            let (known, id) = (Arc::clone(app), session.account.id.clone());
            let account = crate::api::blocking(move || Ok(known.store.account(&id)?)).await?;
            session.account = account.filter(|account| !account.uit).ok_or_else(unknown)?;
        }
        let actor = Actor::of(session.account.clone(), via);
        recognised(parts, app, &actor)?;
        Ok(Ingelogd(actor, Some(session)))
    }
}

fn unknown() -> Problem {
    Problem::new(Kind::NietIngelogd, "Log eerst in.")
}

/// The way by which a request comes.
fn via(parts: &Parts) -> Via {
    // Below `/v1` the routes see an address without it.
    let whole = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |uri| &uri.0);
    match whole.path().starts_with("/v1/") {
        true => Via::Api,
        false => Via::Web,
    }
}

/// The token that a request brings along instead of a session.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    // Another kind is meant for a proxy in front.
    let (kind, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who comes with a token; refused when it is not for this operation.
async fn with_token(app: &Arc<App>, parts: &Parts, token: &str) -> Result<Actor, Problem> {
    let (known, opens) = (Arc::clone(app), token.to_owned());
    let found = crate::api::blocking(move || Ok(known.store.token_opens(&opens)?)).await?;
    let wrong = || Problem::new(Kind::NietIngelogd, "Dit token werkt niet (meer).");
    let (account, token) = found.ok_or_else(wrong)?;
    let actor = Actor::of(account, Via::Token(token.nummer));
    let path = parts.extensions.get::<MatchedPath>();
    let needed = path.and_then(|path| Bereik::of(&parts.method, path.as_str()));
    if needed.is_some_and(|needed| token.bereik.contains(&needed)) {
        return Ok(actor);
    }
    let needed = needed.map_or("geen token", Bereik::name);
    let data = json!({"bereik": needed, "token": token.nummer});
    let (known, event) = (
        Arc::clone(app),
        Event::done(&actor, "token.bereik", "", data).refused(),
    );
    crate::api::blocking(move || Ok(known.store.log(&event)?)).await?;
    Err(Problem::new(
        Kind::GeenMachtiging,
        format!("Dit token mag dit niet; nodig is: {needed}."),
    ))
}

/// Notes who sends a request, once that is known, and takes one of the requests that they may send now.
fn recognised(parts: &mut Parts, app: &App, actor: &Actor) -> Result<(), Problem> {
    if let Some(who) = parts.extensions.get::<Wie>() {
        who.is(actor);
    }
    // Twice for one request it is still one.
    if actor.is_local() || parts.extensions.insert(Geteld).is_some() {
        return Ok(());
    }
    let each = app.settings.verzoeken_per_seconde.into();
    app.rem.take(&actor.id, each).map_err(Problem::too_often)
}

/// This request was counted.
#[derive(Clone)]
struct Geteld;

/// What the cookie of a session holds.
pub fn session_key(headers: &HeaderMap, settings: &ServerSettings) -> Option<String> {
    let key = koekje::kept(headers, settings, COOKIE)?;
    let sound = key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit());
    sound.then(|| key.to_owned())
}
