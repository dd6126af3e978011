//! The generations of the index: which there are, making a new one, going back, confirming. What that takes stands in
//! `generaties`.

use super::blocking;
use super::bronnen::{JobBody, JobNumberBody};
use super::input::Body;
use crate::generaties::{self, IndexStand};
use crate::problem::{Problem, ProblemBody};
use crate::rooster::INDEX;
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Jobs in one answer.
const MOST_JOBS: u32 = 20;

/// De generaties van de index.
#[derive(Serialize, ToSchema)]
#[schema(as = Generaties)]
pub struct GenerationsBody {
    /// Wat er op schijf staat.
    stand: IndexStand,
    /// Waarom de server niet in de nieuwste index zoekt; leeg als hij dat wel doet.
    achter: Option<String>,
    /// De opdrachten om de index opnieuw te maken, de nieuwste eerst; hoogstens twintig.
    opdrachten: Vec<JobBody>,
}

fn found(app: &App) -> Result<GenerationsBody, Problem> {
    let jobs = app.store.opdrachten(Some(INDEX), MOST_JOBS)?;
    Ok(GenerationsBody {
        stand: generaties::stand(&app.folder)?,
        achter: app.index_behind(),
        opdrachten: jobs.into_iter().map(JobBody::from).collect(),
    })
}

/// De generaties van de index lezen
#[utoipa::path(get, path = "/generaties", tag = "inlezen", operation_id = "leesGeneraties",
    responses((status = 200, description = "De generaties.", body = GenerationsBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<GenerationsBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        Ok(Json(found(&app)?))
    })
    .await
}

/// De index opnieuw laten maken
///
/// Naast de index van nu, uit de bewaarde teksten. Zoeken gaat door.
#[utoipa::path(post, path = "/generaties", tag = "inlezen", operation_id = "maakGeneratie",
    responses((status = 201, description = "De opdracht.", body = JobNumberBody),
        (status = 409, description = "Dat gebeurt al.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<(StatusCode, Json<JobNumberBody>), Problem> {
    blocking(move || {
        let id = generaties::ask(&app.folder, &app.store, &actor)?;
        Ok((StatusCode::CREATED, Json(JobNumberBody { id })))
    })
    .await
}

/// Hoe er wordt teruggegaan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Teruggaan)]
pub struct BackBody {
    /// Ook als er sinds de wisseling is ingelezen; die bronnen worden dan opnieuw ingelezen.
    #[serde(default)]
    toch: bool,
}

/// Teruggaan naar de vorige index
#[utoipa::path(post, path = "/generaties/_terug", tag = "inlezen", operation_id = "gaTerugNaarVorigeIndex",
    request_body = BackBody,
    responses((status = 200, description = "De generaties.", body = GenerationsBody),
        (status = 409, description = "Er wordt nu ingelezen.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn back(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<BackBody>,
) -> Result<Json<GenerationsBody>, Problem> {
    blocking(move || {
        generaties::terug(&app.folder, &app.store, &actor, sent.toch)?;
        Ok(Json(found(&app)?))
    })
    .await
}

/// Bevestigen dat de index goed is
///
/// De vorige index wordt verwijderd.
#[utoipa::path(post, path = "/generaties/_bevestig", tag = "inlezen", operation_id = "bevestigIndex",
    responses((status = 200, description = "De generaties.", body = GenerationsBody),
        (status = 409, description = "Er wordt nu ingelezen.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn confirm(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<GenerationsBody>, Problem> {
    blocking(move || {
        generaties::bevestig(&app.folder, &app.store, &actor)?;
        Ok(Json(found(&app)?))
    })
    .await
}
