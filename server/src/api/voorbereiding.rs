//! What comes before searching in a case: afbakening, zoekplan, and questions to persons. All are kept version by
//! version; a write names the last version that its writer saw.

use super::blocking;
use super::input::{Body, Segment};
use super::zaken::changed;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::Versie;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::navraag::Navraag;
use crate::zaken::plan::Zoekplan;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Een versie van iets waarvan elke wijziging bewaard blijft.
#[derive(Serialize, ToSchema)]
#[schema(as = Versie)]
pub struct VersieBody<T> {
    /// Nummer, vanaf 1.
    versie: u32,
    /// Wat er staat.
    inhoud: T,
    /// Kenmerk van wie het schreef.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

impl<T> From<Versie<T>> for VersieBody<T> {
    fn from(versie: Versie<T>) -> Self {
        VersieBody {
            versie: versie.nummer,
            inhoud: versie.inhoud,
            door: versie.door,
            wanneer: versie.wanneer,
        }
    }
}

/// Een nieuwe versie.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweVersie)]
pub struct NewVersion<T> {
    /// De laatste versie die u zag; 0 als er nog geen was.
    pub gezien: u32,
    /// Wat er komt te staan.
    pub inhoud: T,
}

/// Het nummer van wat vastgelegd is.
#[derive(Serialize, ToSchema)]
#[schema(as = Nummer)]
pub struct NumberBody {
    /// Versie of nummer binnen de zaak.
    pub nummer: u32,
}

/// Versies van de afbakening.
#[derive(Serialize, ToSchema)]
#[schema(as = Afbakeningen)]
pub struct AfbakeningenBody {
    /// De oudste eerst.
    afbakeningen: Vec<VersieBody<Afbakening>>,
}

/// De afbakening lezen
#[utoipa::path(get, path = "/zaken/{zaak}/afbakeningen", tag = "zaken", operation_id = "leesAfbakeningen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "Alle versies.", body = AfbakeningenBody)))]
pub async fn afbakeningen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<AfbakeningenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.afbakeningen(&zaak.id)?.into_iter();
        Ok(Json(AfbakeningenBody {
            afbakeningen: all.map(VersieBody::from).collect(),
        }))
    })
    .await
}

/// De afbakening wijzigen
#[utoipa::path(post, path = "/zaken/{zaak}/afbakeningen", tag = "zaken", operation_id = "wijzigAfbakening",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = NewVersion<Afbakening>,
    responses((status = 201, description = "De nieuwe versie.", body = NumberBody),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn set_afbakening(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<NewVersion<Afbakening>>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app
            .store
            .set_afbakening(&actor, &zaak, sent.gezien, &sent.inhoud)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Versies van het zoekplan.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekplannen)]
pub struct ZoekplannenBody {
    /// De oudste eerst.
    zoekplannen: Vec<VersieBody<Zoekplan>>,
    /// De goedgekeurde versies.
    goedgekeurd: Vec<ApprovalBody>,
}

/// Dat iemand een zoekplan goedkeurde.
#[derive(Serialize, ToSchema)]
#[schema(as = Goedkeuring)]
pub struct ApprovalBody {
    /// Welke versie.
    versie: u32,
    /// Kenmerk van wie.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

/// Het zoekplan lezen
#[utoipa::path(get, path = "/zaken/{zaak}/zoekplannen", tag = "zaken", operation_id = "leesZoekplannen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "Alle versies.", body = ZoekplannenBody)))]
pub async fn zoekplannen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<ZoekplannenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.zoekplannen(&zaak.id)?.into_iter();
        let approved = app.store.goedkeuringen(&zaak.id)?.into_iter();
        Ok(Json(ZoekplannenBody {
            zoekplannen: all.map(VersieBody::from).collect(),
            goedgekeurd: approved
                .map(|one| ApprovalBody {
                    versie: one.versie,
                    door: one.door,
                    wanneer: one.wanneer,
                })
                .collect(),
        }))
    })
    .await
}

/// Het zoekplan wijzigen
#[utoipa::path(post, path = "/zaken/{zaak}/zoekplannen", tag = "zaken", operation_id = "wijzigZoekplan",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = NewVersion<Zoekplan>,
    responses((status = 201, description = "De nieuwe versie.", body = NumberBody),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn set_zoekplan(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<NewVersion<Zoekplan>>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app
            .store
            .set_zoekplan(&actor, &zaak, sent.gezien, &sent.inhoud)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een zoekplan goedkeuren
#[utoipa::path(post, path = "/zaken/{zaak}/zoekplannen/{versie}/goedkeuring", tag = "zaken",
    operation_id = "keurZoekplanGoed",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("versie" = u32, Path, description = "De versie.")),
    responses((status = 204, description = "Goedgekeurd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn approve_zoekplan(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, versie)): Segment<(String, u32)>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        Ok(app.store.approve_zoekplan(actor, zaak, versie)?)
    })
    .await
}

/// Een vraag aan iemand, met al haar versies.
#[derive(Serialize, ToSchema)]
#[schema(as = GesteldeVraag)]
pub struct AskedBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// De oudste eerst.
    versies: Vec<VersieBody<Navraag>>,
}

/// Wat aan personen gevraagd is.
#[derive(Serialize, ToSchema)]
#[schema(as = Navragen)]
pub struct NavragenBody {
    /// Op volgorde.
    navragen: Vec<AskedBody>,
}

/// Vragen aan personen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/navragen", tag = "zaken", operation_id = "leesNavragen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De vragen.", body = NavragenBody)))]
pub async fn navragen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<NavragenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.navragen(&zaak.id)?.into_iter();
        let navragen = all.map(|asked| AskedBody {
            nummer: asked.nummer,
            versies: asked.versies.into_iter().map(VersieBody::from).collect(),
        });
        Ok(Json(NavragenBody {
            navragen: navragen.collect(),
        }))
    })
    .await
}

/// Een vraag aan iemand vastleggen
#[utoipa::path(post, path = "/zaken/{zaak}/navragen", tag = "zaken", operation_id = "legNavraagVast",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Navraag,
    responses((status = 201, description = "Het nummer van de vraag.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(navraag): Body<Navraag>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app.store.ask(&actor, &zaak, None, &navraag)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een vraag aan iemand bijwerken
///
/// Voor het antwoord, en wat er binnenkwam.
#[utoipa::path(post, path = "/zaken/{zaak}/navragen/{nummer}", tag = "zaken", operation_id = "werkNavraagBij",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de vraag.")), request_body = NewVersion<Navraag>,
    responses((status = 204, description = "Bijgewerkt."),
        (status = 409, description = "Iemand anders was u voor.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn answer(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<NewVersion<Navraag>>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        app.store
            .ask(actor, zaak, Some((nummer, sent.gezien)), &sent.inhoud)?;
        Ok(())
    })
    .await
}
