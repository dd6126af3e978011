//! The page "Niet (geheel) leesbaar": why documents could not be read, which ones, and who looked at them instead;
//! all of it as CSV is in `export`. Never leaves one out: what a person ticked stays on the list.

mod export;

pub use export::export;

use super::results::breadcrumb;
use super::{Frame, Shortage, blocking, labels, page};
use crate::problem::Problem;
use crate::state::App;
use crate::store::viewed::{Viewed, state};
use crate::toegang::{Vrager, Zicht};
use crate::unreadable::{self, Reason, UNKNOWN};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query as Params, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::Arc;
use zv_shared::index::{Cursor, FacetField, Facets, IndexError, Snapshot};
use zv_shared::{DocId, Document};

/// Documents on one page, at least.
const PER_PAGE: usize = 50;
/// Characters of a name and of a note.
const NAME: usize = 100;
const NOTE: usize = 1_000;

/// Where in the list, and of what.
#[derive(Deserialize)]
pub struct Place {
    /// The case.
    zaak: Option<String>,
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

fn address(zaak: Option<&str>, only_new: bool, place: Option<&str>, saved: bool) -> String {
    let parts = [
        zaak.map(|zaak| format!("zaak={zaak}")),
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
    fn new(zaak: Option<&str>, document: &Document, viewed: Option<Viewed>) -> Self {
        let dated = document.dates.effective();
        Line {
            id: document.id.to_string(),
            state: state(document),
            address: super::document::address_alone(zaak, document.id),
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
    /// The case that this is about.
    zaak: Option<String>,
    place: Option<String>,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

/// The page.
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, place.zaak.as_deref())?;
        match show(&app, &zicht, &place, place.na.as_deref(), None) {
            Err(Shortage::Index(error @ (IndexError::SnapshotGone | IndexError::BadCursor))) => {
                let notice = crate::problem::sentence(&error.to_string());
                Ok(show(&app, &zicht, &place, None, Some(notice))?)
            }
            shown => Ok(shown?),
        }
    })
    .await
}

fn show(
    app: &App,
    zicht: &Zicht,
    place: &Place,
    at: Option<&str>,
    notice: Option<String>,
) -> Result<Response, Shortage> {
    let (snapshot, after) = app.at(zicht, at)?;
    let fields = [FacetField::Bron, FacetField::Formaat];
    let facets = snapshot.facets(&unreadable::search(), &fields)?;
    let (only_new, zaak) = (place.only_new(), zicht.zaak_id());
    let (lines, next) = lines(app, &*snapshot, after, (zaak, only_new))?;
    if let Some(next) = &next {
        let here = at.map(|at| step_key(zaak, only_new, at));
        let count = lines.len() as u64;
        app.trail
            .note(here.as_deref(), count, &step_key(zaak, only_new, &next.0));
    }
    let viewed = viewed_now(app, &*snapshot)?;
    let template = UnreadablePage {
        frame: Frame::new(app, &zicht.actor, "Niet (geheel) leesbaar"),
        notice,
        saved: place.opgeslagen.is_some(),
        any: facets.counts.total > 0,
        total: labels::count(facets.counts.total, "document", "documenten"),
        viewed: labels::number(viewed),
        reasons: app
            .reasons
            .of(&*snapshot, zicht)?
            .iter()
            .map(Counted::from)
            .collect(),
        tables: tables(&facets),
        only_new,
        lines,
        who: match zicht.actor.is_local() {
            true => app
                .store
                .last_viewer()
                .map_err(Problem::fault)?
                .unwrap_or_default(),
            false => zicht.actor.naam.clone(),
        },
        zaak: zaak.map(str::to_owned),
        place: at.map(str::to_owned),
        first: at.map(|_| address(zaak, only_new, None, false)),
        previous: previous(app, zaak, only_new, at),
        next: next.map(|next| address(zaak, only_new, Some(&next.0), false)),
    };
    Ok(page(&template)?)
}

/// The name of a page of this list on the way back: a cursor alone may also belong to a search.
fn step_key(zaak: Option<&str>, only_new: bool, place: &str) -> String {
    let list = if only_new { "nieuw" } else { "onleesbaar" };
    format!("{list} {}:{place}", zaak.unwrap_or_default())
}

/// The page before the one at `place`, when that is still known.
fn previous(app: &App, zaak: Option<&str>, only_new: bool, place: Option<&str>) -> Option<String> {
    let step = app.trail.step(Some(&step_key(zaak, only_new, place?)))?;
    let before = step.previous.as_deref();
    let before = before.and_then(|key| key.split_once(':').map(|(_, place)| place));
    Some(address(zaak, only_new, before, false))
}

/// The next lines, and where the page after it begins: whole stretches, because only those end at a cursor.
fn lines(
    app: &App,
    snapshot: &dyn Snapshot,
    mut after: Option<Cursor>,
    (zaak, only_new): (Option<&str>, bool),
) -> Result<(Vec<Line>, Option<Cursor>), Shortage> {
    let mut lines = Vec::new();
    loop {
        let page = unreadable::stretch(snapshot, after.as_ref(), PER_PAGE)?;
        for hit in page.hits {
            let viewed = app.store.viewed(&hit.document).map_err(Problem::fault)?;
            if !(only_new && viewed.is_some()) {
                lines.push(Line::new(zaak, &hit.document, viewed));
            }
        }
        after = page.next;
        if lines.len() >= PER_PAGE || after.is_none() {
            return Ok((lines, after));
        }
    }
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
    zaak: Option<String>,
}

impl Sent {
    fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut sent = Sent::default();
        let cut = |value: &str, most| value.trim().chars().take(most).collect::<String>();
        for (name, value) in fields {
            let wrong = || Problem::request(format!("Het formulierveld '{name}' klopt niet."));
            match name.as_str() {
                "zaak" => sent.zaak = Some(value),
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

    fn save(&self, app: &App, zicht: &Zicht) -> Result<(), Problem> {
        let snapshot = app.snapshot(zicht)?;
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
    Vrager(actor): Vrager,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let mut sent = Sent::read(fields)?;
        let zicht = app.zicht(&actor, sent.zaak.as_deref())?;
        if !actor.is_local() {
            sent.who.clone_from(&actor.naam);
        }
        sent.save(&app, &zicht)?;
        let address = address(
            sent.zaak.as_deref(),
            sent.only_new,
            sent.place.as_deref(),
            true,
        );
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}
