//! The mapping of the list of an export: its first rows, and keeping it. Never reads anything else of a source.

use super::blocking;
use super::bronnen::{change_rules, named};
use super::exportregels::KoppelingBody;
use super::input::{Body, Segment};
use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::problem::{Problem, ProblemBody, sentence};
use crate::state::App;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_indexer::dms::Koppeling;
use zv_indexer::run::ReadDocuments;
use zv_indexer::settings::Settings;
use zv_indexer::source::SourceRules;
use zv_indexer::voorbeeld::{Preview, PreviewError, Shown, preview};
use zv_indexer::worker::{Reader, ReaderSettings};

/// Wat een rij van een document zegt.
#[derive(Serialize, ToSchema)]
#[schema(as = Rijveld)]
pub struct FieldBody {
    /// Naam.
    naam: String,
    /// Waarde.
    waarde: String,
}

/// Een rij van de lijst.
#[derive(Serialize, ToSchema)]
#[schema(as = Voorbeeldrij)]
pub struct RowBody {
    /// De hoeveelste regel van de lijst.
    nr: u64,
    /// Het pad van het bestand, vanaf de map van de lijst; leeg als de rij er geen noemt.
    pad: String,
    /// Of daar een bestand ligt.
    gevonden: bool,
    /// De cellen, zoals ze er staan.
    cellen: Vec<String>,
    /// Wat het document ervan krijgt.
    velden: Vec<FieldBody>,
}

impl From<Shown> for RowBody {
    fn from(shown: Shown) -> Self {
        let fields = shown.row.velden.into_iter();
        RowBody {
            nr: shown.row.nr,
            pad: shown.row.pad,
            gevonden: shown.gevonden,
            cellen: shown.row.cellen,
            velden: fields
                .map(|(naam, waarde)| FieldBody { naam, waarde })
                .collect(),
        }
    }
}

/// De eerste vijftig rijen van een lijst.
#[derive(Serialize, ToSchema)]
#[schema(as = Koppelingvoorbeeld)]
pub struct PreviewBody {
    /// De namen van de kolommen.
    kolommen: Vec<String>,
    /// De rijen, zoals het voorstel ze begrijpt.
    rijen: Vec<RowBody>,
    /// De koppeling, met een voorstel voor wat nog niet gekozen was.
    voorstel: KoppelingBody,
}

/// De eerste rijen van de lijst van een export bekijken
///
/// Er wordt niets bewaard en er wordt geen document gelezen. Wie keek, staat in het auditspoor.
#[utoipa::path(post, path = "/bronnen/{bron}/koppeling/_voorbeeld", tag = "inlezen", operation_id = "bekijkKoppeling",
    params(("bron" = String, Path, description = "Naam van de bron.")), request_body = KoppelingBody,
    responses((status = 200, description = "De rijen.", body = PreviewBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn look(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
    Body(sent): Body<KoppelingBody>,
) -> Result<Json<PreviewBody>, Problem> {
    blocking(move || {
        let found = shown(&app, &actor, &bron, &sent.into())?;
        Ok(Json(PreviewBody {
            kolommen: found.kolommen,
            rijen: found.rijen.into_iter().map(RowBody::from).collect(),
            voorstel: found.voorstel.into(),
        }))
    })
    .await
}

/// The first rows of the list of a mapping.
pub fn shown(
    app: &App,
    actor: &Actor,
    bron: &str,
    koppeling: &Koppeling,
) -> Result<Preview, Problem> {
    app.must_be(actor, &[Rol::BeheerderBronnen])?;
    let source = named(app, bron)?;
    let settings = Settings::load(&app.folder).map_err(Problem::fault)?;
    let reader = ReaderSettings {
        memory: settings.limits().most_memory(),
        // Not the folder of index runs: that one is emptied when a run starts.
        ..ReaderSettings::new(app.folder.join("spool-server"))
    };
    let make = || Ok(Box::new(Reader::new(reader)?) as Box<dyn ReadDocuments>);
    let found = preview(&source, &settings, koppeling, make);
    let found = found.map_err(|error| match error {
        PreviewError::Wrong(why) => Problem::refused(sentence(&why)),
        PreviewError::Worker(error) => Problem::fault(error),
    })?;
    let gegevens = json!({"lijst": koppeling.lijst, "rijen": found.rijen.len()});
    app.store
        .log(&Event::done(actor, "bron.lijst-bekeken", bron, gegevens))?;
    Ok(found)
}

/// De koppeling van een bron wijzigen
///
/// De volgende run houdt zich eraan. De bestanden worden daarvoor niet opnieuw gelezen.
#[utoipa::path(post, path = "/bronnen/{bron}/koppeling", tag = "inlezen", operation_id = "wijzigKoppeling",
    params(("bron" = String, Path, description = "Naam van de bron.")), request_body = KoppelingBody,
    responses((status = 204, description = "Vastgelegd."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn change(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
    Body(sent): Body<KoppelingBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        keep(&app, &actor, &bron, Some(sent.into()))?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// De koppeling van een bron weghalen
#[utoipa::path(post, path = "/bronnen/{bron}/koppeling/verwijdering", tag = "inlezen", operation_id = "verwijderKoppeling",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 204, description = "De bron heeft geen lijst meer."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn remove(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        keep(&app, &actor, &bron, None)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Gives a source another mapping, or none.
pub fn keep(
    app: &App,
    actor: &Actor,
    bron: &str,
    koppeling: Option<Koppeling>,
) -> Result<(), Problem> {
    app.must_be(actor, &[Rol::BeheerderBronnen])?;
    let mut rules: SourceRules = named(app, bron)?.rules;
    rules.export.list = koppeling;
    change_rules(app, actor, bron, rules)
}
