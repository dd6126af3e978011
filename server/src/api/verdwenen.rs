//! Documents that a case holds and whose files are gone from the source. The rule is in `zaken::vasthouden`.

use super::blocking;
use super::input::Segment;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een document waarvan het bestand verdwenen is.
#[derive(Serialize, ToSchema)]
#[schema(as = VerdwenenDocument)]
pub struct GoneBody {
    /// Kenmerk van het document.
    document: String,
    /// Naam van de bron.
    bron: String,
    /// Wanneer een run het voor het eerst miste (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

/// Verdwenen documenten van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = VerdwenenDocumenten)]
pub struct AllGoneBody {
    /// De laatst gemiste eerst.
    documenten: Vec<GoneBody>,
}

/// De verdwenen documenten van een zaak lezen
///
/// Hun bestand staat niet meer in de bron. Ze blijven in de index zolang de zaak open is.
#[utoipa::path(get, path = "/zaken/{zaak}/verdwenen-documenten", tag = "zaken",
    operation_id = "leesVerdwenenDocumenten",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De documenten.", body = AllGoneBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<AllGoneBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let gone = app.verdwenen(&zaak)?.into_iter();
        Ok(Json(AllGoneBody {
            documenten: gone
                .map(|one| GoneBody {
                    document: one.document.to_string(),
                    bron: one.bron,
                    wanneer: one.wanneer,
                })
                .collect(),
        }))
    })
    .await
}
