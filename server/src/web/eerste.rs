//! The page of the first beheerder, on a server that others can reach and that has no accounts yet. Never says what of
//! the code was wrong.

use super::login::nobody;
use super::zaken::{Fields, Sent};
use super::{Frame, blocking, page};
use crate::api::first_account;
use crate::http::Vanaf;
use crate::mensen::Via;
use crate::mensen::eerste::Nieuw;
use crate::problem::Problem;
use crate::state::App;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "eerste.html")]
struct FirstPage {
    frame: Frame,
}

fn to_login() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/inloggen")]).into_response()
}

/// The form, as long as it is of use.
pub async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    blocking(
        move || match app.eerste.is_some() && !app.store.has_accounts()? {
            true => page(&FirstPage {
                frame: Frame::new(&app, &nobody(Via::Web), "Eerste beheerder"),
            }),
            false => Ok(to_login()),
        },
    )
    .await
}

/// Makes the account.
pub async fn make(
    State(app): State<Arc<App>>,
    Extension(Vanaf(from)): Extension<Vanaf>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let (code, inlognaam, naam) = (
            fields.text("code"),
            fields.text("inlognaam"),
            fields.text("naam"),
        );
        let new = Nieuw {
            code: &code,
            inlognaam: &inlognaam,
            naam: &naam,
            wachtwoord: fields.untouched("wachtwoord"),
        };
        first_account(&app, &new, Via::Web, from)?;
        Ok(to_login())
    })
    .await
}
