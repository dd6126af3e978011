//! What leaves the program of a case: its account, its bundle, and the list of what left before. Who takes part in the
//! case and works on it gets them; nobody else. Never gives a right to the archive.

use super::input::{Body, Segment};
use super::{blocking, body, disposition};
use crate::mensen::{Actor, Rol};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::bundel::{self, Bundel};
use crate::uitvoer::register::{Uitvoer, VOERT_UIT};
use crate::uitvoer::verantwoording::{self, Versie, Vorm};
use crate::zaken::Zaak;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Welke verantwoording.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweVerantwoording)]
pub struct Keuze {
    /// Voor wie ze is.
    pub versie: Versie,
    /// De vorm van het bestand.
    pub vorm: Vorm,
}

/// Een term die in de publieke verantwoording niet voorkomt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GemaskeerdeTerm)]
pub struct Term {
    /// De term.
    #[schema(min_length = 1, max_length = 200)]
    pub term: String,
}

/// Een term maskeren, of dat ongedaan maken.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Maskering)]
pub struct MaskBody {
    /// De term.
    #[schema(min_length = 1, max_length = 200)]
    term: String,
    /// Onwaar om een gemaskeerde term weer te tonen.
    #[serde(default = "yes")]
    #[schema(default = true)]
    gemaskeerd: bool,
}

fn yes() -> bool {
    true
}

/// The case, for who may take its account out.
pub fn zaak(app: &App, actor: &Actor, id: &str) -> Result<Zaak, Problem> {
    app.must_be(actor, &VOERT_UIT)?;
    app.zaak_inside(actor, id)
}

/// An account as a download.
pub fn account_file(zaak: &Zaak, keuze: Keuze, bytes: Vec<u8>) -> Response {
    let nummer = &zaak.intake.nummer;
    let (versie, vorm) = (keuze.versie.name(), keuze.vorm.name());
    let name = format!("zoekverantwoording-{nummer}-{versie}.{vorm}");
    let headers = [
        (header::CONTENT_TYPE, keuze.vorm.mediatype().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'".to_owned(),
        ),
    ];
    (headers, bytes).into_response()
}

/// A bundle as a download.
pub fn bundle_file(zaak: &Zaak, bundel: Bundel) -> Response {
    let name = format!("zoekverantwoording-{}.zip", zaak.intake.nummer);
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (header::CONTENT_LENGTH, bundel.grootte.to_string()),
    ];
    (headers, body(bundel.bestand, bundel.grootte)).into_response()
}

/// Een zoekverantwoording maken
///
/// Geeft het bestand en legt vast dat het gemaakt is, met zijn SHA-256.
#[utoipa::path(post, path = "/zaken/{zaak}/verantwoordingen", tag = "zaken", operation_id = "maakVerantwoording",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = Keuze,
    responses((status = 200, description = "Het bestand.", content_type = "*/*",
        headers(("Content-Disposition" = String, description = "Altijd een bijlage, met een naam."))),
        (status = 501, description = "Dit programma is gebouwd zonder PDF.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn verantwoording(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(keuze): Body<Keuze>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = zaak(&app, &actor, &id)?;
        let bytes = verantwoording::bestand(&app, &actor, &zaak, (keuze.versie, keuze.vorm))?;
        Ok(account_file(&zaak, keuze, bytes))
    })
    .await
}

/// Een bundel maken
///
/// Geeft een ZIP-bestand met beide verantwoordingen, de tabellen erbij, en van elk deel de SHA-256.
#[utoipa::path(post, path = "/zaken/{zaak}/bundels", tag = "zaken", operation_id = "maakBundel",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "Het bestand.", content_type = "application/zip",
        headers(("Content-Disposition" = String, description = "Altijd een bijlage, met een naam.")))))]
pub async fn bundel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = zaak(&app, &actor, &id)?;
        let bundel = bundel::maak(&app, &actor, &zaak)?;
        Ok(bundle_file(&zaak, bundel))
    })
    .await
}

/// Wat het programma verlaten heeft
///
/// Geeft alles wat van deze zaak is opgehaald, het nieuwste eerst.
#[utoipa::path(get, path = "/zaken/{zaak}/uitvoer", tag = "zaken", operation_id = "leesUitvoer",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De lijst.", body = Vec<Uitvoer>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<Vec<Uitvoer>>, Problem> {
    blocking(move || {
        let [a, b, c] = VOERT_UIT;
        app.must_be(&actor, &[a, b, c, Rol::Auditor])?;
        let zaak = app.zaak_inside(&actor, &id)?;
        Ok(Json(app.store.uitvoeren(&zaak.id)?))
    })
    .await
}

/// Gemaskeerde termen lezen
///
/// Geeft de termen die in de publieke verantwoording niet voorkomen.
#[utoipa::path(get, path = "/zaken/{zaak}/gemaskeerde-termen", tag = "zaken", operation_id = "leesGemaskeerdeTermen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De termen.", body = Vec<Term>)))]
pub async fn masked(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<Vec<Term>>, Problem> {
    blocking(move || {
        let zaak = zaak(&app, &actor, &id)?;
        let terms = app.store.masked_terms(&zaak.id)?.into_iter();
        Ok(Json(terms.map(|term| Term { term }).collect()))
    })
    .await
}

/// Een term maskeren
///
/// De publieke verantwoording toont de term overal als `[naam, 5.1.2e]`. Een term die per ongeluk gemaskeerd is, is weer te
/// tonen met `gemaskeerd: false`; ook dat wordt vastgelegd.
#[utoipa::path(post, path = "/zaken/{zaak}/gemaskeerde-termen", tag = "zaken", operation_id = "maskeerTerm",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = MaskBody,
    responses((status = 204, description = "De term is gemaskeerd, of weer te zien."),
        (status = 422, description = "Deze term is niet gemaskeerd.", body = crate::problem::ProblemBody,
            content_type = "application/problem+json")))]
pub async fn mask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(sent): Body<MaskBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zaak = zaak(&app, &actor, &id)?;
        match sent.gemaskeerd {
            true => app.store.mask_term(&actor, &zaak, &sent.term)?,
            false => app.store.unmask_term(&actor, &zaak, &sent.term)?,
        }
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
