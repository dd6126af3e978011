//! Sessies: logging in and out over the API. Never says whether a name exists.

use super::blocking;
use super::input::Body;
use crate::http::Vanaf;
use crate::mensen::Via;
use crate::problem::Problem;
use crate::state::App;
use crate::web::{Inlog, open_session};
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een naam en een wachtwoord.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Inlog)]
pub struct Login {
    /// Inlognaam.
    #[schema(max_length = 200)]
    inlognaam: String,
    /// Wachtwoord.
    #[schema(max_length = 1000)]
    wachtwoord: String,
    /// Code van uw app, of een herstelcode; alleen als u een tweede stap hebt ingesteld.
    #[serde(default)]
    #[schema(max_length = 100)]
    code: String,
}

/// Inloggen
///
/// Opent een sessie. Het cookie in het antwoord hoort bij elk volgend verzoek.
#[utoipa::path(post, path = "/sessies", tag = "mensen", operation_id = "opentSessie",
    request_body = Login,
    responses((status = 204, description = "U bent ingelogd.",
            headers(("Set-Cookie" = String, description = "De sessie."))),
        (status = 401, description = "Naam, wachtwoord of code klopt niet.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(Vanaf(from)): Extension<Vanaf>,
    Body(login): Body<Login>,
) -> Result<impl IntoResponse, Problem> {
    let cookie = blocking(move || {
        let login = Inlog {
            naam: &login.inlognaam,
            wachtwoord: &login.wachtwoord,
            code: &login.code,
        };
        open_session(&app, &login, Via::Api, from)
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}
