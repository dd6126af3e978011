//! Erasing the name of somebody. Owns the request; what is erased and what stays is in `mensen`.

use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Waarom een naam gewist wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Wissing)]
pub struct Reason {
    /// De reden. Staat de naam erin, dan wordt hij ook daar gewist.
    #[schema(min_length = 1, max_length = 1000)]
    reden: String,
}

/// Hoe iemand voortaan heet.
#[derive(Serialize, ToSchema)]
#[schema(as = Pseudoniem)]
pub struct PseudonymBody {
    /// De nieuwe naam.
    #[schema(example = "persoon 12")]
    pseudoniem: String,
}

/// Een naam wissen
///
/// De naam wordt een pseudoniem, en met het account kan niemand meer inloggen. Wat diegene deed, blijft staan.
#[utoipa::path(post, path = "/accounts/{id}/_vergeet", tag = "mensen", operation_id = "wisNaam",
    params(("id" = String, Path, description = "Kenmerk van het account.")), request_body = Reason,
    responses((status = 200, description = "De naam is gewist.", body = PseudonymBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn forget(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(account): Segment<String>,
    Body(reason): Body<Reason>,
) -> Result<Json<PseudonymBody>, Problem> {
    blocking(move || {
        let pseudoniem = app.store.forget(&actor, &account, &reason.reden)?;
        Ok(Json(PseudonymBody { pseudoniem }))
    })
    .await
}
