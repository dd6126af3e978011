//! The page "Niet (geheel) leesbaar": why documents could not be read, which ones, who looked at them instead, and
//! all of it as CSV. Never leaves one out: what a person ticked stays on the list.

use super::results::breadcrumb;
use super::{Frame, blocking, labels, page};
use crate::problem::Problem;
use crate::state::App;
use crate::unreadable::{self, Reason, UNKNOWN};
use crate::viewed::{Viewed, state};
use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query as Params, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use zv_indexer::account::{path_base64, plain_cell};
use zv_shared::index::{FacetField, Facets, IndexError, Snapshot};
use zv_shared::{DocId, Document};

/// Documents on one page, at least.
const PER_PAGE: usize = 50;
/// Characters of a name and of a note.
const NAME: usize = 100;
const NOTE: usize = 1_000;
/// Stretches of the export that may wait for a slow receiver.
const WAITING: usize = 4;

/// Where in the list, and of what.
#[derive(Deserialize)]
pub struct Place {
    /// The cursor.
    na: Option<String>,
    /// Only what nobody looked at yet, when `nieuw`.
    toon: Option<String>,
    /// Just saved.
    opgeslagen: Option<String>,
}

impl Place {
    fn only_new(&self) -> bool {
        self.toon.as_deref() == Some("nieuw")
    }
}

fn address(only_new: bool, place: Option<&str>, saved: bool) -> String {
    let parts = [
        only_new.then(|| "toon=nieuw".to_owned()),
        place.map(|place| format!("na={place}")),
        saved.then(|| "opgeslagen=1".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "/onleesbaar".to_owned(),
        false => format!("/onleesbaar?{}", parts.join("&")),
    }
}

/// A document of the list.
struct Line {
    id: String,
    /// Names its bytes.
    state: String,
    address: String,
    title: String,
    path: Vec<String>,
    format: String,
    dated: Option<(String, &'static str)>,
    inside: bool,
    /// How much was read, and why not more.
    readability: &'static str,
    reason: String,
    /// By whom it was looked at, in words.
    viewed: Option<String>,
    note: String,
}

impl Line {
    fn new(document: &Document, viewed: Option<Viewed>) -> Self {
        let dated = document.dates.effective();
        Line {
            id: document.id.to_string(),
            state: state(document),
            address: format!("/document/{}", document.id),
            title: document.title.clone(),
            path: breadcrumb(document),
            format: labels::format_name(&document.format),
            dated: dated.map(|dated| (labels::date(dated.date), labels::origin(dated.origin))),
            inside: !document.place.inner.is_empty(),
            readability: labels::readability(document.readability),
            reason: document
                .reason
                .clone()
                .unwrap_or_else(|| UNKNOWN.to_owned()),
            viewed: viewed
                .as_ref()
                .map(|viewed| format!("{}, {}", viewed.who, labels::moment(viewed.when))),
            note: viewed.map_or_else(String::new, |viewed| viewed.note),
        }
    }
}

/// A reason in the table.
struct Counted {
    name: String,
    example: String,
    count: String,
}

impl From<&Reason> for Counted {
    fn from(reason: &Reason) -> Self {
        Counted {
            name: reason.name.clone(),
            example: reason.example.clone().unwrap_or_default(),
            count: labels::number(reason.count),
        }
    }
}

#[derive(Template)]
#[template(path = "onleesbaar.html")]
struct UnreadablePage {
    frame: Frame,
    /// Why the first page is shown instead.
    notice: Option<String>,
    saved: bool,
    any: bool,
    total: String,
    /// How many were looked at.
    viewed: String,
    reasons: Vec<Counted>,
    /// Tables: title, column, values with counts.
    tables: Vec<(&'static str, Vec<(String, String)>)>,
    only_new: bool,
    lines: Vec<Line>,
    who: String,
    place: Option<String>,
    first: Option<String>,
    next: Option<String>,
}

/// The page.
pub async fn list(
    State(app): State<Arc<App>>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(
        move || match show(&app, &place, place.na.as_deref(), None) {
            Err(Shortage::Index(error @ (IndexError::SnapshotGone | IndexError::BadCursor))) => {
                let notice = crate::problem::sentence(&error.to_string());
                Ok(show(&app, &place, None, Some(notice))?)
            }
            shown => Ok(shown?),
        },
    )
    .await
}

/// Why nothing can be shown.
enum Shortage {
    Index(IndexError),
    Other(Problem),
}

impl From<IndexError> for Shortage {
    fn from(error: IndexError) -> Self {
        Shortage::Index(error)
    }
}

impl From<Problem> for Shortage {
    fn from(problem: Problem) -> Self {
        Shortage::Other(problem)
    }
}

impl From<Shortage> for Problem {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::Index(error) => error.into(),
            Shortage::Other(problem) => problem,
        }
    }
}

fn show(
    app: &App,
    place: &Place,
    at: Option<&str>,
    notice: Option<String>,
) -> Result<Response, Shortage> {
    let (snapshot, after) = app.at(at)?;
    let fields = [FacetField::Bron, FacetField::Formaat];
    let facets = snapshot.facets(&unreadable::search(), &fields)?;
    let only_new = place.only_new();
    let mut lines = Vec::new();
    let mut after = after;
    // Whole stretches, so that the next page has a cursor to begin at.
    while lines.len() < PER_PAGE {
        let page = unreadable::stretch(&*snapshot, after.as_ref(), PER_PAGE)?;
        for hit in page.hits {
            let viewed = app.store.viewed(&hit.document).map_err(Problem::fault)?;
            if !(only_new && viewed.is_some()) {
                lines.push(Line::new(&hit.document, viewed));
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let viewed = viewed_now(app, &*snapshot)?;
    let template = UnreadablePage {
        frame: Frame::new(app, "Niet (geheel) leesbaar"),
        notice,
        saved: place.opgeslagen.is_some(),
        any: facets.counts.total > 0,
        total: labels::count(facets.counts.total, "document", "documenten"),
        viewed: labels::number(viewed),
        reasons: app
            .reasons
            .of(&*snapshot)?
            .iter()
            .map(Counted::from)
            .collect(),
        tables: tables(&facets),
        only_new,
        lines,
        who: app
            .store
            .last_viewer()
            .map_err(Problem::fault)?
            .unwrap_or_default(),
        place: at.map(str::to_owned),
        first: at.map(|_| address(only_new, None, false)),
        next: after.map(|next| address(only_new, Some(&next.0), false)),
    };
    Ok(page(&template)?)
}

/// How many of the documents that could not be read somebody looked at.
fn viewed_now(app: &App, snapshot: &dyn Snapshot) -> Result<u64, Shortage> {
    let mut count = 0;
    for id in app.store.ever_viewed().map_err(Problem::fault)? {
        let Some(document) = snapshot.doc(id)? else {
            continue;
        };
        let unreadable = document.readability != zv_shared::Readability::Leesbaar;
        let viewed = app.store.viewed(&document).map_err(Problem::fault)?;
        count += u64::from(unreadable && viewed.is_some());
    }
    Ok(count)
}

fn tables(facets: &Facets) -> Vec<(&'static str, Vec<(String, String)>)> {
    let table = |facet: &zv_shared::index::Facet| {
        let value = |value: &zv_shared::index::FacetValue| {
            let name = labels::value(facet.field, &value.value);
            (name, labels::number(value.count))
        };
        let values = facet.values.iter().map(value).collect();
        (labels::field(facet.field), values)
    };
    facets.facets.iter().map(table).collect()
}

/// What a form says of who looked at what.
#[derive(Default)]
struct Sent {
    who: String,
    note: String,
    /// Documents on the page with the bytes that were on offer.
    shown: Vec<(DocId, String)>,
    ticked: HashSet<DocId>,
    only_new: bool,
    place: Option<String>,
}

impl Sent {
    fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut sent = Sent::default();
        let cut = |value: &str, most| value.trim().chars().take(most).collect::<String>();
        for (name, value) in fields {
            let wrong = || Problem::request(format!("Het formulierveld '{name}' klopt niet."));
            match name.as_str() {
                "wie" => sent.who = cut(&value, NAME),
                "notitie" => sent.note = cut(&value, NOTE),
                "getoond" => {
                    let (id, state) = value.split_once(' ').ok_or_else(wrong)?;
                    let id = id.parse().map_err(|_| wrong())?;
                    sent.shown.push((id, state.to_owned()));
                }
                "bekeken" => {
                    sent.ticked.insert(value.parse().map_err(|_| wrong())?);
                }
                "toon" => sent.only_new = value == "nieuw",
                // A cursor is made of these only; nothing else may come into an address.
                "na" if value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)) =>
                {
                    sent.place = Some(value).filter(|place| !place.is_empty());
                }
                _ => return Err(wrong()),
            }
        }
        Ok(sent)
    }

    fn save(&self, app: &App) -> Result<(), Problem> {
        let snapshot = app.index.snapshot()?;
        for (id, seen) in &self.shown {
            let Some(document) = snapshot.doc(*id)? else {
                continue;
            };
            let viewed = app
                .store
                .viewed(&document)
                .map_err(Problem::fault)?
                .is_some();
            match (self.ticked.contains(id), viewed) {
                // Of a file that changed in the meantime nobody saw what it is now.
                (true, false) if *seen == state(&document) => {
                    if self.who.is_empty() {
                        return Err(Problem::request(
                            "Vul uw naam in: bij elk vinkje staat wie het document bekeken heeft.",
                        ));
                    }
                    app.store.view(&document, &self.who, &self.note)
                }
                (false, true) => app.store.unview(*id),
                _ => Ok(()),
            }
            .map_err(Problem::fault)?;
        }
        Ok(())
    }
}

/// Saves who looked at what.
pub async fn mark(
    State(app): State<Arc<App>>,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let sent = Sent::read(fields)?;
        sent.save(&app)?;
        let address = address(sent.only_new, sent.place.as_deref(), true);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}

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
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    let only_new = place.only_new();
    let snapshot = blocking_snapshot(&app).await?;
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

async fn blocking_snapshot(app: &Arc<App>) -> Result<Arc<dyn Snapshot>, Problem> {
    let app = Arc::clone(app);
    crate::api::blocking(move || Ok(app.index.snapshot()?)).await
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
