//! What a monitor may ask without logging in: whether the program lives, whether it can answer, and its figures for
//! Prometheus. Owns these figures. Never tells what was searched, by whom, or where a document lies: routes are counted by
//! their pattern, sources by their name.

use crate::runs;
use crate::state::App;
use crate::uitvoer::bestand::{unnamed, work_folder};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use zv_shared::index::IndexError;

/// With less room the next commit may fail.
const LEAST_FREE: u64 = 256 << 20;
/// Bounds of the time of an answer, in seconds.
const BOUNDS: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/gezond", get(|| async { "gezond\n" }))
        .route("/gereed", get(ready))
        .route("/metingen", get(figures))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// What is counted while requests are answered.
#[derive(Clone)]
pub struct Tally {
    answers: Family<Answer, Counter>,
    times: Family<Route, Histogram, fn() -> Histogram>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            answers: Family::default(),
            times: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
        }
    }
}

/// Counts an answer and how long it took to begin.
pub async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("anders", MatchedPath::as_str).to_owned();
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let spent = start.elapsed().as_secs_f64();
    let answer = Answer {
        route: route.clone(),
        status,
    };
    app.tally.answers.get_or_create(&answer).inc();
    let route = Route { route };
    app.tally.times.get_or_create(&route).observe(spent);
    response
}

/// Whether a search could be answered and recorded now. What is wrong stands in the log, not in the answer.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let found = tokio::task::spawn_blocking(move || what_is_wrong(&app)).await;
    match found {
        Ok(None) => "gereed\n".into_response(),
        Ok(Some(why)) => {
            tracing::warn!(why, "not ready");
            not_ready()
        }
        Err(error) => {
            tracing::error!(%error, "not ready");
            not_ready()
        }
    }
}

fn not_ready() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "niet gereed\n").into_response()
}

fn what_is_wrong(app: &App) -> Option<String> {
    if let Err(error) = app.store.audit_head() {
        return Some(error.to_string());
    }
    match app.index_answers() {
        // Nothing was read yet: that can be searched, and says so.
        Ok(()) | Err(IndexError::Missing) => {}
        Err(error) => return Some(error.to_string()),
    }
    // It can answer, and from the last state that it understood: that is no reason to take it away.
    if let Some(why) = app.index_behind() {
        tracing::warn!(why, "an older state of the index is searched");
    }
    if let Err(error) = can_write(&app.folder) {
        return Some(error.to_string());
    }
    match free(&app.folder) {
        Ok(free) if free >= LEAST_FREE => None,
        Ok(free) => Some(format!("only {free} bytes free")),
        Err(error) => Some(error.to_string()),
    }
}

/// Whether something can be kept: a disk that the system does not trust any more still tells how much room it has.
fn can_write(folder: &Path) -> std::io::Result<()> {
    unnamed(&work_folder(folder))?.write_all(b"kan het")
}

fn free(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The figures, when the settings allow them.
async fn figures(State(app): State<Arc<App>>) -> Response {
    if !app.settings.metingen {
        return StatusCode::NOT_FOUND.into_response();
    }
    let text = tokio::task::spawn_blocking(move || written(&app)).await;
    match text {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Ok(Err(why)) => {
            tracing::error!(why, "figures could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn written(app: &App) -> Result<String, String> {
    let mut all = Registry::with_prefix("zoekenvind");
    let tally = &app.tally;
    all.register("antwoorden", "Antwoorden", tally.answers.clone());
    let help = "Tijd tot een antwoord begint";
    all.register_with_unit("antwoordtijd", help, Unit::Seconds, tally.times.clone());
    add_state(&mut all, app).map_err(|error| error.to_string())?;
    add_cluster(&mut all, app).map_err(|error| error.to_string())?;
    add_sources(&mut all, app).map_err(|error| error.to_string())?;
    let mut text = String::new();
    encode(&mut text, &all).map_err(|error| error.to_string())?;
    Ok(text)
}

fn add_one(all: &mut Registry, name: &str, help: &str, value: u64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    all.register(name, help, gauge);
}

/// How it goes with the cluster that holds the index, where one does.
fn add_cluster(all: &mut Registry, app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let Some(cluster) = crate::generaties::cluster(&app.folder)? else {
        return Ok(());
    };
    let reached = u64::from(cluster.bereikbaar);
    let figures = [
        ("bereikbaar", "Of het cluster antwoordt", reached),
        (
            "knooppunten",
            "Knooppunten die meedoen",
            cluster.knooppunten,
        ),
        ("delen", "Delen van de index, met kopieën", cluster.delen),
        (
            "delen_kwijt",
            "Delen en kopieën die ontbreken",
            cluster.delen_kwijt,
        ),
        (
            "vrij_bytes",
            "Vrije ruimte van alle knooppunten",
            cluster.vrij,
        ),
        (
            "geheugen_procent",
            "Geheugen in gebruik op het volste knooppunt",
            cluster.geheugen_procent,
        ),
    ];
    for (name, help, value) in figures {
        add_one(all, &format!("cluster_{name}"), help, value);
    }
    Ok(())
}

fn add_state(all: &mut Registry, app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let mut one = |name: &str, help: &str, value: u64| add_one(all, name, help, value);
    one(
        "schijf_vrij_bytes",
        "Vrije ruimte voor de staat",
        free(&app.folder)?,
    );
    let head = app.store.audit_head()?.nummer;
    one("auditspoor_regels", "Regels in het auditspoor", head);
    let ready = u64::from(what_is_wrong(app).is_none());
    one("gereed", "Of het programma kan antwoorden", ready);
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    bron: String,
}

fn add_sources(all: &mut Registry, app: &App) -> std::io::Result<()> {
    let documents = Family::<OfSource, Gauge>::default();
    let unreadable = Family::<OfSource, Gauge>::default();
    let begun = Family::<OfSource, Gauge>::default();
    let good = Family::<OfSource, Gauge>::default();
    for source in runs::coverage(&app.folder)? {
        let label = OfSource { bron: source.naam };
        let set = |family: &Family<OfSource, Gauge>, value: i64| {
            family.get_or_create(&label).set(value);
        };
        set(
            &documents,
            i64::try_from(source.documenten).unwrap_or(i64::MAX),
        );
        set(
            &unreadable,
            i64::try_from(source.onleesbaar).unwrap_or(i64::MAX),
        );
        if let Some(moment) = source.begonnen {
            set(&begun, moment.as_second());
            set(
                &good,
                i64::from(source.status.as_deref() == Some("voltooid")),
            );
        }
    }
    all.register("bron_documenten", "Documenten na de laatste run", documents);
    all.register(
        "bron_onleesbaar",
        "Onleesbare bestanden in de laatste run",
        unreadable,
    );
    all.register(
        "bron_laatste_run_begonnen_seconds",
        "Begin van de laatste run",
        begun,
    );
    all.register(
        "bron_laatste_run_voltooid",
        "Of de laatste run voltooid is",
        good,
    );
    Ok(())
}
