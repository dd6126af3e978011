//! Woorden aanvullen: words of the index that begin as the user types. Owns the request; which words are suggested is
//! in `plan`. The beginning is sent in the body: what people search for never stands in an address.

use super::blocking;
use super::input::Body;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::index::documents_with_word;
use zv_shared::plan::completions;

/// Words suggested.
const SHOWN: usize = 8;

/// Het begin van een woord.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WoordBegin)]
pub struct Beginning {
    /// Ten minste twee letters.
    #[schema(max_length = 200, example = "subsid")]
    begin: String,
    /// Kenmerk van de zaak waarin gezocht wordt. Zonder accounts mag het weg.
    #[schema(max_length = 32)]
    zaak: Option<String>,
}

/// Woorden die zo beginnen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggesties)]
pub struct Suggestions {
    /// Woorden uit de documenten; wat in de meeste documenten staat eerst.
    suggesties: Vec<String>,
}

/// Woorden aanvullen
///
/// Geeft woorden uit de documenten die beginnen met deze letters. Bewaart niets.
#[utoipa::path(post, path = "/suggesties", tag = "zoeken", operation_id = "vulWoordAan",
    request_body = Beginning,
    responses((status = 200, description = "De woorden.", body = Suggestions),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn suggest(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(beginning): Body<Beginning>,
) -> Result<Json<Suggestions>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, beginning.zaak.as_deref())?;
        let snapshot = app.snapshot(&zicht)?;
        let counts = |word: &str| documents_with_word(&*snapshot, word, None).unwrap_or(0);
        let suggesties = completions(&beginning.begin, &*snapshot, &counts, SHOWN)?;
        Ok(Json(Suggestions { suggesties }))
    })
    .await
}
