//! All that could not be read as CSV, as long as it may be: streamed, so that it never stands in memory whole.

use super::Place;
use crate::problem::Problem;
use crate::state::App;
use crate::store::viewed::Viewed;
use crate::toegang::Vrager;
use crate::unreadable::{self, UNKNOWN};
use axum::body::Body;
use axum::extract::{Query as Params, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::io;
use std::sync::Arc;
use zv_indexer::account::{path_base64, plain_cell};
use zv_shared::Document;
use zv_shared::index::{IndexError, Snapshot};

/// Stretches of the export that may wait for a slow receiver.
const WAITING: usize = 4;

const COLUMNS: [&str; 14] = [
    "bron",
    "pad",
    "titel",
    "formaat",
    "leesbaarheid",
    "reden",
    "datum",
    "bytes",
    "sha256",
    "document",
    "bekeken",
    "bekeken_door",
    "bekeken_op",
    "notitie",
];

/// All of them as CSV, as long as it may be.
pub async fn export(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    let only_new = place.only_new();
    let open = Arc::clone(&app);
    let snapshot = crate::api::blocking(move || {
        let zicht = open.zicht(&actor, place.zaak.as_deref())?;
        let event = zicht.did("uitvoer.niet-leesbaar", "", serde_json::json!({}));
        open.store.log(&event)?;
        Ok(open.snapshot(&zicht)?)
    })
    .await?;
    let (sender, receiver) = tokio::sync::mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = rows(&app, &*snapshot, only_new, &sender) {
            // The receiver sees a broken answer instead of a list that looks whole.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let body = stream::unfold(receiver, |mut receiver| async move {
        let bytes = receiver.recv().await?;
        Some((bytes, receiver))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"niet-leesbaar.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

type Sender = tokio::sync::mpsc::Sender<io::Result<Vec<u8>>>;

/// What went wrong on the way to a file.
struct Broken(io::Error);

impl From<IndexError> for Broken {
    fn from(error: IndexError) -> Self {
        Broken(io::Error::other(error))
    }
}

fn rows(app: &App, snapshot: &dyn Snapshot, only_new: bool, sender: &Sender) -> io::Result<()> {
    let mut first = Vec::from("\u{feff}");
    first.extend(csv(vec![COLUMNS.map(str::to_owned)])?);
    if sender.blocking_send(Ok(first)).is_err() {
        return Ok(());
    }
    let all = unreadable::each(snapshot, |documents| {
        let mut rows = Vec::new();
        for document in &documents {
            let viewed = app.store.viewed(document);
            let viewed = viewed.map_err(|error| Broken(io::Error::other(error)))?;
            if !(only_new && viewed.is_some()) {
                rows.push(row(document, viewed));
            }
        }
        let bytes = csv(rows).map_err(Broken)?;
        Ok::<_, Broken>(sender.blocking_send(Ok(bytes)).is_ok())
    });
    all.map_err(|Broken(error)| error)
}

fn row(document: &Document, viewed: Option<Viewed>) -> [String; 14] {
    let dated = document.dates.effective();
    let (who, when, note) = match &viewed {
        Some(viewed) => (
            viewed.who.as_str(),
            viewed.when.to_string(),
            viewed.note.as_str(),
        ),
        None => ("", String::new(), ""),
    };
    let path = match path_base64(&document.place.path) {
        Some(bytes) => format!("{} (base64: {bytes})", document.place),
        None => document.place.to_string(),
    };
    [
        plain_cell(&document.bron),
        plain_cell(&path),
        plain_cell(&document.title),
        document.format.clone(),
        document.readability.name().to_owned(),
        plain_cell(document.reason.as_deref().unwrap_or(UNKNOWN)),
        dated.map_or_else(String::new, |dated| dated.date.to_string()),
        document.size.to_string(),
        document
            .content
            .map_or_else(String::new, |hash| hash.to_string()),
        document.id.to_string(),
        if viewed.is_some() { "ja" } else { "nee" }.to_owned(),
        plain_cell(who),
        when,
        plain_cell(note),
    ]
}

/// Lines for a Dutch spreadsheet.
fn csv(rows: Vec<[String; 14]>) -> io::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        csv.write_record(row)?;
    }
    csv.into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}
