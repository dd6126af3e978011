//! Taking over a case on which nobody works. The rule is in `zaken::overname`.

use super::blocking;
use super::input::Segment;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::{Soort, Zaak};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een zaak waaraan niemand werkt die kan inloggen.
#[derive(Serialize, ToSchema)]
#[schema(as = OverTeNemenZaak)]
pub struct LeftBody {
    /// Kenmerk.
    id: String,
    /// Zaaknummer van de organisatie.
    nummer: String,
    /// Wat voor zaak het is.
    soort: Soort,
    /// Waar het over gaat, in een regel.
    titel: String,
    /// De dag van ontvangst.
    #[schema(value_type = String, format = Date)]
    ontvangen: Date,
}

impl From<Zaak> for LeftBody {
    fn from(zaak: Zaak) -> Self {
        LeftBody {
            id: zaak.id,
            nummer: zaak.intake.nummer,
            soort: zaak.intake.soort,
            titel: zaak.intake.titel,
            ontvangen: zaak.intake.ontvangen,
        }
    }
}

/// Een zaak overnemen
///
/// Een regisseur neemt een zaak over waaraan niemand werkt die kan inloggen: uit de tijd voor het eerste account, of van
/// wie niet meer kan inloggen.
#[utoipa::path(post, path = "/zaken/{zaak}/overname", tag = "zaken", operation_id = "neemZaakOver",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 204, description = "U werkt nu aan de zaak."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn take_over(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.take_over(&actor, &zaak)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
