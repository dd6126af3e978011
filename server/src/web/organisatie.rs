//! Logging in at the organisation: to its provider and back. Who is refused sees a reference and nothing else: why stands
//! in the audit trail under that reference. Works without script.

use super::login::{cookie, nobody};
use super::{Frame, page};
use crate::audit::Event;
use crate::http::Port;
use crate::http::koekje::{self, Mee};
use crate::mensen::Session;
use crate::mensen::Via;
use crate::mensen::organisatie::{Fout, Persoon, Terug};
use crate::problem::{Kind, Problem};
use crate::state::App;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// The cookie that ties the way back to the browser that was sent.
const ATTEMPT: &str = "zv_inlog";
/// Seconds that it is kept.
const KEPT: u32 = 600;

#[derive(Template)]
#[template(path = "ingelogd.html")]
struct LoggedInPage {
    frame: Frame,
}

/// Where nothing is set up people log in with a password.
fn elsewhere() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/inloggen")]).into_response()
}

/// The one address to which the provider sends people back.
fn redirect(app: &App, port: Port) -> String {
    format!("{}/inloggen/terug", port.origin(&app.settings))
}

/// To the provider.
pub async fn begin(
    State(app): State<Arc<App>>,
    Extension(port): Extension<Port>,
) -> Result<Response, Problem> {
    let Some(provider) = &app.organisatie else {
        return Ok(elsewhere());
    };
    match provider.begin(&redirect(&app, port)).await {
        Ok(there) => {
            let value = (ATTEMPT, there.browser.as_str());
            let cookie = koekje::keep(&app.settings, value, Mee::BijLink, Some(KEPT));
            Ok((
                StatusCode::SEE_OTHER,
                [
                    (header::LOCATION, there.address),
                    (header::SET_COOKIE, cookie),
                ],
            )
                .into_response())
        }
        Err(fault) => Err(refused(&app, fault).await),
    }
}

/// Back from the provider.
pub async fn back(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    told: Result<Query<Terug>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Some(provider) = &app.organisatie else {
        return Ok(elsewhere());
    };
    let told = told.map_or_else(|_| Terug::default(), |Query(told)| told);
    let browser = koekje::kept(&headers, &app.settings, ATTEMPT);
    let opened = match provider.finish(&told, browser).await {
        Err(fault) => Err(fault),
        Ok(person) => opened(&app, person).await?,
    };
    let session = match opened {
        Ok(session) => session,
        Err(fault) => return Err(refused(&app, fault).await),
    };
    // A page, not a redirect: on the way from another website the browser holds back the cookie of the session.
    let shown = page(&LoggedInPage {
        frame: Frame::new(&app, &nobody(Via::Web), "Ingelogd"),
    })?;
    let gone = koekje::keep(&app.settings, (ATTEMPT, ""), Mee::BijLink, Some(0));
    let cookies = [cookie(&app, &session.key), gone].map(|one| (header::SET_COOKIE, one));
    Ok((AppendHeaders(cookies), shown).into_response())
}

/// The session of somebody whom the provider vouches for.
async fn opened(app: &Arc<App>, person: Persoon) -> Result<Result<Session, Fout>, Problem> {
    let app = Arc::clone(app);
    crate::api::blocking(move || {
        let Some(provider) = &app.organisatie else {
            return Ok(Err(Fout::Instelling));
        };
        let opened = app
            .store
            .log_in_from_provider(provider.settings(), &person)?;
        if let (Ok((_, session)), Some(token)) = (&opened, person.refresh) {
            provider.remember(&session.hash(), token);
        }
        Ok(opened.map(|(_, session)| session))
    })
    .await
}

/// Records why somebody does not come in, and tells them under which reference.
async fn refused(app: &Arc<App>, fault: Fout) -> Problem {
    let app = Arc::clone(app);
    let told = crate::api::blocking(move || {
        let reference: String = app
            .store
            .connection()
            .query_row("SELECT hex(randomblob(4))", [], |row| row.get(0))
            .map_err(crate::store::StoreError::from)?;
        let data = json!({"wijze": "organisatie", "reden": fault.name(), "kenmerk": reference});
        app.store
            .log(&Event::done(&nobody(Via::Web), "sessie.geopend", "", data).refused())?;
        Ok(reference)
    });
    let reference = match told.await {
        Ok(reference) => reference,
        Err(problem) => return problem,
    };
    match fault {
        Fout::Onbereikbaar | Fout::Instelling => Problem::new(
            Kind::AanbiederStil,
            format!(
                "Probeer het later nog eens. Blijft dit zo? Noem dan bij de beheerder kenmerk {reference}."
            ),
        ),
        _ => Problem::new(
            Kind::InlogGeweigerd,
            format!(
                "U bent niet ingelogd. Probeer het nog eens. Lukt het niet? Noem dan bij de beheerder kenmerk {reference}."
            ),
        ),
    }
}
