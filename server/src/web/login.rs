//! Logging in and out. Never says whether a name exists.

use super::{Frame, blocking, page};
use crate::audit::Event;
use crate::http::koekje::{self, Mee};
use crate::http::{Port, Vanaf};
use crate::mensen::rem::Poging;
use crate::mensen::tweede::Stand;
use crate::mensen::{Account, Actor, COOKIE, Via};
use crate::problem::{Kind, Problem};
use crate::settings::Wachtwoorden;
use crate::state::App;
use crate::toegang::{Ingelogd, session_key};
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "inloggen.html")]
struct LoginPage {
    frame: Frame,
    /// What was typed as name.
    inlognaam: String,
    /// Whether it was refused.
    wrong: bool,
    /// As the organisation is called, when people log in there.
    organisatie: Option<String>,
    /// Whether passwords are for emergencies only.
    nood: bool,
}

fn form(app: &App, inlognaam: String, wrong: bool) -> Result<Response, Problem> {
    page(&LoginPage {
        frame: Frame::new(app, &nobody(Via::Web), "Inloggen"),
        inlognaam,
        wrong,
        organisatie: app
            .organisatie
            .as_ref()
            .map(|known| known.settings().naam.clone()),
        nood: app.settings.inloggen.wachtwoorden == Wachtwoorden::AlleenNood,
    })
}

/// The form.
pub async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    blocking(
        move || match app.eerste.is_some() && !app.store.has_accounts()? {
            true => Ok((
                StatusCode::SEE_OTHER,
                [(header::LOCATION, "/eerste-beheerder")],
            )
                .into_response()),
            false => form(&app, String::new(), false),
        },
    )
    .await
}

/// A name and a password.
#[derive(Deserialize)]
pub struct Sent {
    inlognaam: String,
    wachtwoord: String,
    #[serde(default)]
    code: String,
}

/// Opens a session.
pub async fn log_in(
    State(app): State<Arc<App>>,
    Extension(Vanaf(from)): Extension<Vanaf>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let login = Inlog {
            naam: &sent.inlognaam,
            wachtwoord: &sent.wachtwoord,
            code: &sent.code,
        };
        match open(&app, &login, Via::Web, from) {
            Ok(cookie) => Ok((
                StatusCode::SEE_OTHER,
                [
                    (header::LOCATION, "/zaken".to_owned()),
                    (header::SET_COOKIE, cookie),
                ],
            )
                .into_response()),
            Err(problem) if problem.kind == Kind::OnjuisteInlog => form(&app, sent.inlognaam, true),
            Err(problem) => Err(problem),
        }
    })
    .await
}

/// With what somebody logs in.
pub struct Inlog<'a> {
    /// Name.
    pub naam: &'a str,
    /// Password.
    pub wachtwoord: &'a str,
    /// Code of an app, or a recovery code; empty when there is none.
    pub code: &'a str,
}

/// Checks all of it and gives the cookie of a new session. Whatever is wrong, the answer is the same.
pub fn open(
    app: &App,
    login: &Inlog<'_>,
    via: Via,
    from: Option<IpAddr>,
) -> Result<String, Problem> {
    let refused = |reason: &str| {
        let data = json!({"wijze": "wachtwoord", "reden": reason});
        let event = Event::done(&nobody(via), "sessie.geopend", "", data).refused();
        app.store.log(&event)
    };
    let attempt = Poging::new(login.naam, from);
    if let Err(wait) = app.rem.begin(&attempt) {
        refused("te-vaak")?;
        return Err(Problem::too_often(wait));
    }
    let found = app.store.check_password(login.naam, login.wachtwoord)?;
    // Who may not come in with a password waits as long, and learns as little.
    let takes = app.settings.inloggen.takes_password(login.naam);
    let account = match found.filter(|_| takes) {
        Some(account) => passes_second_step(app, account, login.code, via)?,
        None => None,
    };
    let Some(account) = account else {
        refused("onjuist")?;
        let detail = "De naam en het wachtwoord horen niet bij elkaar, of de code klopt niet.";
        return Err(Problem::new(Kind::OnjuisteInlog, detail));
    };
    app.rem.succeeded(&attempt);
    let session = app.store.open_session(&account, via)?;
    Ok(cookie(app, &session.key))
}

/// The account, when its second step was passed or there is none.
fn passes_second_step(
    app: &App,
    account: Account,
    code: &str,
    via: Via,
) -> Result<Option<Account>, Problem> {
    let passes = match app.store.second_step(&account.id)? {
        Stand::Aan(_) => {
            let actor = Actor::of(account.clone(), via);
            app.store.take_code(&account, code, &actor)?
        }
        Stand::Uit | Stand::Begonnen => true,
    };
    Ok(passes.then_some(account))
}

/// Somebody who is not known yet.
pub(super) fn nobody(via: Via) -> Actor {
    Actor {
        id: "onbekend".to_owned(),
        rollen: Default::default(),
        ..Actor::local(via)
    }
}

/// The cookie of a session.
pub(super) fn cookie(app: &App, key: &str) -> String {
    koekje::keep(&app.settings, (COOKIE, key), Mee::Nooit, None)
}

#[derive(Template)]
#[template(path = "uitgelogd.html")]
struct LoggedOutPage {
    frame: Frame,
    /// As the organisation is called.
    naam: String,
    /// Where somebody logs out there too.
    adres: String,
}

/// Ends the session; who logged in at the organisation is led to logging out there.
pub async fn log_out(
    State(app): State<Arc<App>>,
    Extension(port): Extension<Port>,
    Ingelogd(actor, _): Ingelogd,
    request: Request,
) -> Result<Response, Problem> {
    let key = session_key(request.headers(), &app.settings);
    let known = Arc::clone(&app);
    let there = crate::api::blocking(move || {
        let Some(key) = key else {
            return Ok(false);
        };
        let session = known.store.session(&key)?;
        known.store.close_session(&actor, &key)?;
        let session = session.filter(|session| session.at_provider.is_some());
        if let (Some(provider), Some(session)) = (&known.organisatie, &session) {
            provider.forget(&session.hash);
        }
        Ok(session.is_some())
    })
    .await?;
    let gone = koekje::keep(&app.settings, (COOKIE, ""), Mee::Nooit, Some(0));
    let after = format!("{}/inloggen", port.origin(&app.settings));
    let address = match (&app.organisatie, there) {
        (Some(provider), true) => provider.logout(&after).await,
        _ => None,
    };
    let cookie = [(header::SET_COOKIE, gone)];
    let (Some(provider), Some(adres)) = (&app.organisatie, address) else {
        return Ok((
            StatusCode::SEE_OTHER,
            cookie,
            [(header::LOCATION, "/inloggen")],
        )
            .into_response());
    };
    // Not a redirect: the policy of the page with the button keeps its form from leading elsewhere.
    let shown = page(&LoggedOutPage {
        frame: Frame::new(&app, &nobody(Via::Web), "Uitgelogd"),
        naam: provider.settings().naam.clone(),
        adres,
    })?;
    Ok((cookie, shown).into_response())
}
