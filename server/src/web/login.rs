//! Logging in and out. Never says whether a name exists.

use super::{Frame, blocking, page};
use crate::audit::Event;
use crate::mensen::{Actor, COOKIE, Via};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::{Vrager, session_key};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "inloggen.html")]
struct LoginPage {
    frame: Frame,
    /// What was typed as name.
    inlognaam: String,
    /// Whether it was refused.
    wrong: bool,
}

fn form(app: &App, inlognaam: String, wrong: bool) -> Result<Response, Problem> {
    let nobody = Actor {
        rollen: Default::default(),
        ..Actor::local(Via::Web)
    };
    page(&LoginPage {
        frame: Frame::new(app, &nobody, "Inloggen"),
        inlognaam,
        wrong,
    })
}

/// The form.
pub async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    blocking(move || form(&app, String::new(), false)).await
}

/// A name and a password.
#[derive(Deserialize)]
pub struct Sent {
    inlognaam: String,
    wachtwoord: String,
}

/// Opens a session.
pub async fn log_in(
    State(app): State<Arc<App>>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(
        move || match open(&app, &sent.inlognaam, &sent.wachtwoord, Via::Web) {
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
        },
    )
    .await
}

/// Checks name and password and gives the cookie of a new session.
pub fn open(app: &App, login: &str, password: &str, via: Via) -> Result<String, Problem> {
    let Some(account) = app.store.check_password(login, password)? else {
        let nobody = Actor {
            id: "onbekend".to_owned(),
            ..Actor::local(via)
        };
        app.store
            .log(&Event::done(&nobody, "sessie.geopend", "", json!({})).refused())?;
        let detail = "De naam en het wachtwoord horen niet bij elkaar.";
        return Err(Problem::new(Kind::OnjuisteInlog, detail));
    };
    let session = app.store.open_session(&account, via)?;
    Ok(format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict",
        session.key
    ))
}

/// Ends the session.
pub async fn log_out(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    request: Request,
) -> Result<Response, Problem> {
    let key = session_key(&request.into_parts().0);
    blocking(move || {
        if let Some(key) = key {
            app.store.close_session(&actor, &key)?;
        }
        let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        Ok((
            StatusCode::SEE_OTHER,
            [
                (header::LOCATION, "/inloggen".to_owned()),
                (header::SET_COOKIE, gone),
            ],
        )
            .into_response())
    })
    .await
}
