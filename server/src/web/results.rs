//! The result page. Owns how a stored search and a stretch of its hits are shown.

use super::body::{Shown, short};
use super::facets::Sidebar;
use super::text::marked;
use super::{Frame, Shortage, blocking, form, labels, page};
use crate::api::stored_search;
use crate::model;
use crate::problem::Problem;
use crate::search::{self, Question, ShownFragment, ShownHit, Wijze};
use crate::state::{App, Step};
use crate::store::Stored;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::acties::Done;
use crate::zaken::woordenlijst::gebruik::lijsten;
use askama::Template;
use axum::Form as FormBody;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query as Params, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use zv_shared::index::{Collapse, DateField, IndexError, Search, Sort, documents_with_word};
use zv_shared::plan::{Mode, Plan, did_you_mean};
use zv_shared::{ParseError, Readability, highlight};

/// Hits per page.
pub const PER_PAGE: usize = 20;

/// The search form with what is filled in.
pub struct Form {
    /// The question.
    pub vraag: String,
    /// Whether one word is enough.
    pub een: bool,
    /// What is wrong with the question.
    pub error: Option<QuestionError>,
    /// Orders: name, label, chosen.
    pub sorts: Vec<(&'static str, &'static str, bool)>,
    /// Date fields: name, label, chosen.
    pub date_fields: Vec<(&'static str, &'static str, bool)>,
    /// Whether a period finds undated documents.
    pub undated: bool,
    /// How widely words are taken: name, label, chosen.
    pub modes: Vec<(&'static str, &'static str, bool)>,
    /// The case that it searches in; none where there are no accounts.
    pub zaak: Option<String>,
    /// The search that it goes on with.
    pub verfijnt: Option<String>,
    /// What is shown once: name, label, chosen.
    pub collapses: Vec<(&'static str, &'static str, bool)>,
}

/// What is wrong with a question.
pub struct QuestionError {
    /// A Dutch sentence.
    pub message: String,
    /// Position from 1; 0 when it is about the whole question.
    pub position: usize,
    /// The question up to the position, the character there, and the rest.
    pub before: String,
    /// The character at the position; a space at the end of the question.
    pub at: String,
    /// What follows.
    pub after: String,
}

impl Form {
    /// The form of a question.
    pub fn new(question: &Question) -> Self {
        let sorts =
            Sort::ALL.map(|sort| (sort.name(), labels::sort(sort), sort == question.sorteer));
        let fields = DateField::ALL.map(|field| {
            (
                field.name(),
                labels::date_field(field),
                field == question.datumveld,
            )
        });
        Form {
            vraag: question.vraag.clone(),
            een: question.wijze == Wijze::Een,
            error: None,
            zaak: question.zaak.clone(),
            verfijnt: None,
            sorts: sorts.to_vec(),
            date_fields: fields.to_vec(),
            undated: question.ongedateerd,
            modes: Mode::ALL
                .map(|mode| (mode.name(), labels::mode(mode), mode == question.breedte))
                .to_vec(),
            collapses: Collapse::ALL
                .map(|collapse| {
                    let chosen = collapse == question.samenvoegen;
                    (collapse.name(), labels::collapse(collapse), chosen)
                })
                .to_vec(),
        }
    }
}

impl Form {
    /// Whether dates count in another way than usual.
    fn dates_chosen(&self) -> bool {
        let usual = self
            .date_fields
            .first()
            .is_some_and(|(_, _, chosen)| *chosen);
        !usual || !self.undated
    }
}

impl QuestionError {
    /// Not about one place in the question.
    fn whole(error: &IndexError) -> Self {
        QuestionError {
            message: crate::problem::sentence(&error.to_string()),
            position: 0,
            before: String::new(),
            at: String::new(),
            after: String::new(),
        }
    }

    fn new(question: &str, error: ParseError) -> Self {
        let mut letters = question.chars();
        let before: String = letters.by_ref().take(error.positie).collect();
        let at = letters.next().unwrap_or('\u{a0}').to_string();
        QuestionError {
            message: error.melding,
            position: error.positie + 1,
            before,
            at,
            after: letters.collect(),
        }
    }
}

/// A hit as the list shows it.
struct Line {
    address: String,
    title: Vec<(bool, String)>,
    path: Vec<String>,
    format: String,
    kind: String,
    dated: Option<(String, &'static str)>,
    unreadable: Option<String>,
    /// Since when its file is gone.
    gone: Option<String>,
    /// That it is public already.
    published: Option<&'static str>,
    inside: bool,
    /// What OCR made of it, in words.
    ocr: Option<String>,
    fragments: Vec<Excerpt>,
    /// Why it is a hit, in sentences.
    why: Vec<String>,
    other_places: String,
}

struct Excerpt {
    page: Option<u32>,
    /// Of a conversation: when, and by whom.
    said: Option<(String, Option<String>)>,
    /// Whether that is outside the period that was asked for.
    outside: bool,
    text: Vec<Shown>,
}

/// What was found.
struct Found {
    id: String,
    /// A question that may have been meant.
    meant: Option<String>,
    total: String,
    undated: Option<String>,
    hidden: Option<String>,
    canonical: String,
    sidebar: Sidebar,
    lines: Vec<Line>,
    range: String,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "resultaten.html")]
struct ResultsPage {
    frame: Frame,
    /// Number of the case.
    zaaknummer: String,
    form: Form,
    /// Why nothing can be shown, apart from errors in the question.
    notice: Option<String>,
    found: Option<Found>,
}

/// Stores a sent question and goes to its page.
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    fields: Result<FormBody<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let FormBody(fields) = fields.map_err(|rejection| Problem::from_status(rejection.status()))?;
    let question = form::question(fields)?;
    blocking(move || {
        app.zicht(&actor, question.zaak.as_deref())?;
        let id = app.store_question(&question, &actor.id)?;
        Ok((
            StatusCode::SEE_OTHER,
            [(header::LOCATION, format!("/zoek/{id}"))],
        )
            .into_response())
    })
    .await
}

/// Where in the list.
#[derive(Deserialize)]
pub struct Stretch {
    /// The cursor.
    pub na: Option<String>,
}

/// The result page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    Params(stretch): Params<Stretch>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (stored, zicht) = stored_search(&app, &actor, &id)?;
        let mut form = Form::new(&stored.question);
        form.verfijnt = Some(stored.id.clone());
        let (mut notice, mut found) = (None, None);
        match stored.question.search(&app.lists_of(&stored)?) {
            Err(error) => form.error = Some(QuestionError::new(&stored.question.vraag, error)),
            Ok(search) => match find(&app, &zicht, &stored, &search, stretch.na.as_deref()) {
                Ok(shown) => found = Some(shown),
                Err(Shortage::Index(error @ IndexError::TooWide(_))) => {
                    form.error = Some(QuestionError::whole(&error));
                }
                Err(Shortage::Index(
                    error @ (IndexError::SnapshotGone | IndexError::BadCursor),
                )) => {
                    notice = Some(crate::problem::sentence(&error.to_string()));
                    found = Some(find(&app, &zicht, &stored, &search, None)?);
                }
                Err(error) => return Err(error.into()),
            },
        }
        let now = lijsten(&*app.lists_now(stored.zaak())?);
        if notice.is_none() && stored.lijsten.as_ref().is_some_and(|then| *then != now) {
            notice = Some(
                "De woordenlijsten zijn gewijzigd sinds deze vraag gesteld is. U ziet wat er met de lijsten van toen \
                 gevonden wordt. Zoek opnieuw om met die van nu te zoeken."
                    .to_owned(),
            );
        }
        let title = match form.error {
            Some(_) => "Fout in de vraag",
            None => "Zoekresultaten",
        };
        let frame = Frame::new(&app, &actor, title);
        page(&ResultsPage {
            frame,
            zaaknummer: zicht.zaak.intake.nummer,
            form,
            notice,
            found,
        })
    })
    .await
}

fn find(
    app: &App,
    zicht: &Zicht,
    stored: &Stored,
    search: &Search,
    place: Option<&str>,
) -> Result<Found, Shortage> {
    let begun = Timestamp::now();
    let (snapshot, after) = app.at(zicht, place)?;
    let question = &stored.question;
    let (facets, shown) = search::facets_and_page(
        &*snapshot,
        search,
        question.fields(),
        question.sorteer,
        after.as_ref(),
        PER_PAGE,
    )?;
    let plan = snapshot.plan(search)?;
    let done = Done {
        stored,
        search,
        plan: &plan,
        counts: facets.counts,
        begun,
    };
    app.record_search(zicht, &snapshot, &done)?;
    let count = shown.hits.len() as u64;
    let next = shown.next.map(|next| next.0);
    if let Some(next) = &next {
        let key = |place: &str| format!("{} {place}", stored.id);
        app.trail.note(place.map(key).as_deref(), count, &key(next));
    }
    let step = app.trail.step(
        place
            .map(|place| format!("{} {place}", stored.id))
            .as_deref(),
    );
    let address = |place: Option<&str>| match place {
        Some(place) => format!("/zoek/{}?na={place}", stored.id),
        None => format!("/zoek/{}", stored.id),
    };
    let lines = shown
        .hits
        .into_iter()
        .map(|hit| line(&stored.id, place, &plan, hit))
        .collect();
    let counts = |word: &str| documents_with_word(&*snapshot, word, None).unwrap_or(0);
    let meant = did_you_mean(&search.query, &*snapshot, &counts)?;
    let undated = (facets.counts.undated > 0).then(|| labels::number(facets.counts.undated));
    Ok(Found {
        id: stored.id.clone(),
        meant: meant.map(|query| query.to_string()),
        total: labels::count(facets.counts.total, "document", "documenten"),
        undated,
        hidden: (facets.counts.hidden > 0).then(|| labels::number(facets.counts.hidden)),
        canonical: search.query.to_string(),
        sidebar: Sidebar::new(&facets, &search.filters),
        lines,
        range: range(step.as_ref(), count),
        first: place.map(|_| address(None)),
        previous: step
            .filter(|_| place.is_some())
            .map(|step| address(step.previous.as_deref().and_then(cursor_of))),
        next: next.map(|next| address(Some(&next))),
    })
}

/// The cursor in the key of a step on the way back.
fn cursor_of(key: &str) -> Option<&str> {
    key.split_once(' ').map(|(_, cursor)| cursor)
}

/// Which hits are shown: `21 tot en met 40`, when that is known.
fn range(step: Option<&Step>, count: u64) -> String {
    match step {
        Some(step) if count > 0 => {
            format!(
                "{} tot en met {}",
                labels::number(step.skipped + 1),
                labels::number(step.skipped + count)
            )
        }
        _ => String::new(),
    }
}

/// The address of a document within a search.
pub fn document_address(search: &str, document: &str, place: Option<&str>) -> String {
    match place {
        Some(place) => format!("/zoek/{search}/document/{document}?na={place}"),
        None => format!("/zoek/{search}/document/{document}"),
    }
}

fn line(search: &str, place: Option<&str>, plan: &Plan, shown: ShownHit) -> Line {
    let document = shown.hit.document;
    let owned = |stretches: Vec<(bool, &str)>| -> Vec<(bool, String)> {
        stretches
            .into_iter()
            .map(|(hit, text)| (hit, text.to_owned()))
            .collect()
    };
    let fragments = shown
        .fragments
        .into_iter()
        .map(|shown| excerpt(shown, document.pages > 1))
        .collect();
    let unreadable = (document.readability != Readability::Leesbaar).then(|| {
        let reason = document
            .reason
            .as_deref()
            .unwrap_or("de reden is niet bekend");
        format!("{}: {reason}", labels::readability(document.readability))
    });
    let ocr = model::ocr(&document).map(|ocr| labels::ocr(&ocr));
    let gone = labels::gone(&document);
    Line {
        address: document_address(search, &document.id.to_string(), place),
        title: owned(marked(
            &document.title,
            &highlight::title_matches(&document.title, plan),
        )),
        path: breadcrumb(&document),
        format: labels::format_name(&document.format),
        kind: document.kind,
        dated: document
            .dates
            .effective()
            .map(|dated| (labels::date(dated.date), labels::origin(dated.origin))),
        unreadable,
        gone,
        published: document.relations.published.as_ref().map(labels::published),
        inside: !document.place.inner.is_empty(),
        ocr,
        fragments,
        why: shown
            .why
            .iter()
            .map(|why| why.sentence(shown.all_counted))
            .collect(),
        other_places: match shown.other_places {
            0 => String::new(),
            count => labels::count(count, "andere plaats", "andere plaatsen"),
        },
    }
}

fn excerpt(shown: ShownFragment, paged: bool) -> Excerpt {
    let ShownFragment { fragment, said } = shown;
    Excerpt {
        page: (paged && said.is_none()).then_some(fragment.page),
        outside: said.as_ref().is_some_and(|said| said.outside),
        said: said.map(|said| (labels::message_moment(&said.moment), said.sender)),
        text: short(&fragment.text, fragment.marks),
    }
}

/// The way to a document: source, folders, file, and the names inside it.
pub fn breadcrumb(document: &zv_shared::Document) -> Vec<String> {
    let path = String::from_utf8_lossy(&document.place.path).into_owned();
    std::iter::once(document.bron.clone())
        .chain(path.split('/').map(str::to_owned))
        .chain(document.place.inner.iter().cloned())
        .collect()
}

/// The documents before and after `document` on its result page.
pub fn neighbours(
    app: &App,
    zicht: &Zicht,
    stored: &Stored,
    search: &Search,
    document: &zv_shared::Document,
    place: Option<&str>,
) -> Result<[Option<String>; 2], IndexError> {
    let (snapshot, after) = match app.at(zicht, place) {
        Err(IndexError::SnapshotGone | IndexError::BadCursor) => return Ok([None, None]),
        found => found?,
    };
    let page = snapshot.hits(search, stored.question.sorteer, after.as_ref(), PER_PAGE)?;
    let Some(at) = page
        .hits
        .iter()
        .position(|hit| hit.document.id == document.id)
    else {
        return Ok([None, None]);
    };
    let address = |at: usize| {
        let hit = page.hits.get(at)?;
        Some(document_address(
            &stored.id,
            &hit.document.id.to_string(),
            place,
        ))
    };
    Ok([at.checked_sub(1).and_then(address), address(at + 1)])
}
