//! The page of the generations of the index. What is sent goes the same way as over the API. Never shows what is in them.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::generaties::{self, Cluster, IndexStand};
use crate::mensen::Rol;
use crate::problem::{Problem, sentence};
use crate::rooster::{INDEX, Opdracht, Stand};
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// Jobs on the page.
const SHOWN: u32 = 10;

/// The routes of the page.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/generaties", get(show).post(create))
        .route("/generaties/terug", post(back))
        .route("/generaties/bevestig", post(confirm))
        .route("/generaties/breek-af", post(cancel))
}

/// A generation in the list.
struct Line {
    naam: String,
    rol: &'static str,
    documenten: String,
    grootte: String,
    programma: String,
    doorzoekbaar: bool,
}

/// A job in the list.
struct Job {
    id: u32,
    gevraagd: String,
    stand: &'static str,
    melding: String,
    busy: bool,
}

impl From<Opdracht> for Job {
    fn from(job: Opdracht) -> Self {
        Job {
            id: job.id,
            gevraagd: labels::moment(job.gevraagd),
            stand: job.stand.name(),
            busy: matches!(job.stand, Stand::Wacht | Stand::Loopt),
            melding: match job.melding.is_empty() {
                true => String::new(),
                false => sentence(&job.melding),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "generaties.html")]
struct GenerationsPage {
    frame: Frame,
    lines: Vec<Line>,
    geen_index: bool,
    /// Since when the current one is; only while one from before is kept.
    gewisseld: Option<String>,
    ingelezen_sinds: bool,
    in_aanbouw: Option<String>,
    achter: Option<String>,
    cluster: Option<Cluster>,
    jobs: Vec<Job>,
    bezig: bool,
    beheert: bool,
}

fn lines(stand: &IndexStand) -> Vec<Line> {
    let generations = stand.generaties.iter();
    generations
        .map(|one| Line {
            naam: one.naam.clone(),
            rol: match one.rol {
                "huidig" => "wordt doorzocht",
                "vorige" => "bewaard om naar terug te gaan",
                _ => "in aanbouw, of niet afgemaakt",
            },
            documenten: labels::number(one.documenten),
            grootte: labels::bytes(one.bytes),
            programma: one.programma.clone(),
            doorzoekbaar: one.doorzoekbaar,
        })
        .collect()
}

async fn show(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let stand = generaties::stand(&app.folder)?;
        let jobs = app.store.opdrachten(Some(INDEX), SHOWN)?;
        let jobs: Vec<Job> = jobs.into_iter().map(Job::from).collect();
        page(&GenerationsPage {
            geen_index: stand.generaties.is_empty()
                && stand
                    .cluster
                    .as_ref()
                    .is_none_or(|cluster| cluster.bereikbaar),
            lines: lines(&stand),
            cluster: stand.cluster,
            gewisseld: stand.gewisseld.map(labels::moment),
            ingelezen_sinds: stand.ingelezen_sinds,
            in_aanbouw: stand.in_aanbouw.map(|building| {
                let (done, all) = (building.documenten, building.totaal);
                format!(
                    "Er wordt een nieuwe index gemaakt: {} van {} documenten. Zoeken gaat door.",
                    labels::number(done),
                    labels::number(all)
                )
            }),
            achter: app.index_behind().as_deref().map(sentence),
            bezig: jobs.iter().any(|job| job.busy),
            jobs,
            beheert: actor.is_any(&[Rol::BeheerderBronnen]),
            frame: Frame::new(&app, &actor, "De index"),
        })
    })
    .await
}

/// Does something and goes back to the page.
async fn change(
    (app, sent): (Arc<App>, Sent),
    work: impl FnOnce(&App, &Fields) -> Result<(), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        work(&app, &fields)?;
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/generaties")]).into_response())
    })
    .await
}

async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, sent), move |app, _| {
        generaties::ask(&app.folder, &app.store, &actor)?;
        Ok(())
    })
    .await
}

async fn back(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, sent), move |app, fields| {
        let anyway = !fields.text("toch").is_empty();
        generaties::terug(&app.folder, &app.store, &actor, anyway)?;
        Ok(())
    })
    .await
}

async fn confirm(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, sent), move |app, _| {
        Ok(generaties::bevestig(&app.folder, &app.store, &actor)?)
    })
    .await
}

async fn cancel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, sent), move |app, fields| {
        Ok(app.store.cancel_run(&actor, fields.number("opdracht")?)?)
    })
    .await
}
