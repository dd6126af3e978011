//! Termenrapporten: what each line of a list of terms finds. Owns the request; the counting is in `zaken`.

use super::blocking;
use super::input::Body;
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::termenrapport::Termenrapport;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een lijst met termen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Termenlijst)]
pub struct TermList {
    /// Een term per regel, of een CSV met de termen in de eerste kolom. Elke term is een vraag in de zoektaal.
    #[schema(
        min_length = 1,
        max_length = 500_000,
        example = "subsidie*\n\"ruimtelijke ordening\""
    )]
    lijst: String,
    /// Wat verder van de zoekvraag geldt: filters, periode, breedte, zaak. De vraag zelf blijft leeg.
    #[serde(default)]
    zoekvraag: Question,
}

/// Een termenrapport maken
///
/// Telt per regel de treffers, en die welke geen andere regel vindt. Het rapport is een zoekactie.
#[utoipa::path(post, path = "/termenrapporten", tag = "zoeken", operation_id = "maakTermenrapport",
    request_body = TermList,
    responses((status = 200, description = "Het rapport.", body = Termenrapport),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<TermList>,
) -> Result<Json<Termenrapport>, Problem> {
    if sent.lijst.chars().nth(500_000).is_some() {
        return Err(Problem::request(
            "Een lijst heeft hoogstens 500.000 tekens.",
        ));
    }
    if !sent.zoekvraag.vraag.is_empty() {
        return Err(Problem::request(
            "Laat de vraag leeg: de termen staan in de lijst.",
        ));
    }
    blocking(move || {
        let zicht = app.zicht(&actor, sent.zoekvraag.zaak.as_deref())?;
        Ok(Json(app.term_report(
            &zicht,
            &sent.lijst,
            sent.zoekvraag,
        )?))
    })
    .await
}
