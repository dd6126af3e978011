//! Sharing out what is to be judged, and how far everybody is.

use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::verdeling::{Verdeling, Voorraad};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Hoeveel iemand kreeg.
#[derive(Serialize, ToSchema)]
#[schema(as = Aandeel)]
pub struct ShareBody {
    /// Kenmerk van het account.
    aan: String,
    /// Naam.
    naam: String,
    /// Aantal documenten.
    aantal: u64,
}

/// Wat er verdeeld is.
#[derive(Serialize, ToSchema)]
#[schema(as = Verdeeld)]
pub struct SharedBody {
    /// Per persoon.
    aandelen: Vec<ShareBody>,
}

/// Documenten verdelen
///
/// Geeft iedereen een even groot deel; families blijven bij elkaar. Wat een ander intussen verdeelde, blijft waar het is.
#[utoipa::path(post, path = "/zaken/{zaak}/verdelingen", tag = "zaken", operation_id = "verdeelDocumenten",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Verdeling,
    responses((status = 201, description = "Verdeeld.", body = SharedBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er is niets te verdelen, of iemand mag een bron niet zien.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(wanted): Body<Verdeling>,
) -> Result<(StatusCode, Json<SharedBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let names = app.store.names()?;
        let given = app.verdeel(&zicht, &wanted)?.into_iter();
        let aandelen = given
            .map(|(aan, aantal)| ShareBody {
                naam: names.get(&aan).cloned().unwrap_or_default(),
                aan,
                aantal,
            })
            .collect();
        Ok((StatusCode::CREATED, Json(SharedBody { aandelen })))
    })
    .await
}

/// Hoe ver iemand is.
#[derive(Serialize, ToSchema)]
#[schema(as = Werkvoorraad)]
pub struct StockBody {
    /// Kenmerk van het account.
    aan: String,
    /// Naam.
    naam: String,
    /// Documenten die aan deze persoon gegeven zijn.
    toegewezen: u64,
    /// Daarvan geschift.
    geschift: u64,
    /// Daarvan beoordeeld.
    beoordeeld: u64,
    /// Daarvan definitief.
    definitief: u64,
}

/// Hoe ver iedereen is.
#[derive(Serialize, ToSchema)]
#[schema(as = Werkvoorraden)]
pub struct StocksBody {
    /// Per persoon, op naam.
    werkvoorraden: Vec<StockBody>,
}

/// De werkvoorraden lezen
///
/// Geeft per persoon hoeveel documenten er toegewezen zijn, en hoe ver die zijn.
#[utoipa::path(get, path = "/zaken/{zaak}/werkvoorraden", tag = "zaken", operation_id = "leesWerkvoorraden",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De werkvoorraden.", body = StocksBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<StocksBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let names = app.store.names()?;
        let all = app.store.voorraden(&zicht)?.into_iter();
        let stock = |(aan, one): (String, Voorraad)| StockBody {
            naam: names.get(&aan).cloned().unwrap_or_default(),
            aan,
            toegewezen: one.toegewezen,
            geschift: one.geschift,
            beoordeeld: one.beoordeeld,
            definitief: one.definitief,
        };
        let mut werkvoorraden: Vec<StockBody> = all.map(stock).collect();
        werkvoorraden.sort_by(|a, b| (&a.naam, &a.aan).cmp(&(&b.naam, &b.aan)));
        Ok(Json(StocksBody { werkvoorraden }))
    })
    .await
}
