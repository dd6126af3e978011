//! The page of one document: properties, what belongs with it, text with numbered hits. Never loads more of a long
//! text into the browser than one part.

use super::body::{Hits, Part, Shown, Source};
use super::conversation::{Conversation, Wanted, Windows};
use super::elders::{Elsewhere, elsewhere};
use super::relatives::{Relatives, Stretches};
use super::results::{self, breadcrumb};
use super::text::tidy;
use super::{Frame, blocking, labels, page};
use crate::api::stored_search;
use crate::model;
use crate::problem::Problem;
use crate::state::App;
use crate::store::Stored;
use crate::toegang::{Vrager, Zicht};
use crate::why;
use askama::Template;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use std::ops::Range;
use std::sync::Arc;
use zv_indexer::dms::key;
use zv_shared::index::{IndexError, Search, Snapshot};
use zv_shared::{DocId, Document, PartialDate, Public, Published, Readability, highlight};

/// Where in the document, and where in the list it came from.
#[derive(Deserialize)]
pub struct Place {
    /// The case, of a document on its own.
    zaak: Option<String>,
    /// The cursor of the result page.
    na: Option<String>,
    /// Part of a long text, from 1.
    deel: Option<usize>,
    /// Only the window around this message, from 1.
    rond: Option<usize>,
    /// Messages before it.
    ervoor: Option<usize>,
    /// Messages after it.
    erna: Option<usize>,
    /// Stretch of the list of windows, from 1.
    venster: Option<usize>,
    /// Stretches of the lists beside the text, from 1.
    familie: Option<usize>,
    gesprek: Option<usize>,
    dubbel: Option<usize>,
}

/// That a document is public already, and where.
struct PublicPlace {
    told: &'static str,
    place: String,
    /// Whether that is an address of the web.
    link: bool,
    /// The page of the public document, for who searches its source, too.
    page: Option<String>,
}

impl PublicPlace {
    fn of(
        published: &Published,
        document: &Document,
        snapshot: &dyn Snapshot,
        address: &Address<'_>,
    ) -> Result<Self, IndexError> {
        let other = published.id != document.id && snapshot.has(published.id)?;
        Ok(PublicPlace {
            told: match published.how {
                Public::Gelijk => "Dit document is al openbaar.",
                Public::Bijna => "Een document dat bijna gelijk is aan dit, is al openbaar.",
            },
            link: ["https://", "http://"]
                .iter()
                .any(|scheme| published.place.starts_with(scheme)),
            page: other.then(|| address.of(published.id)),
            place: published.place.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    title: String,
    path: Vec<String>,
    /// Back to the list, the document before and the one after.
    list: Option<String>,
    neighbours: [Option<String>; 2],
    unreadable: Option<String>,
    gone: Option<String>,
    published: Option<PublicPlace>,
    properties: Vec<(&'static str, String)>,
    metadata: Vec<(String, String)>,
    /// Why it is a hit, in sentences.
    why: Vec<String>,
    relatives: Relatives,
    /// What it came to in other cases.
    elders: Vec<Elsewhere>,
    incomplete: bool,
    original: String,
    /// What OCR made of it, in words.
    ocr: Option<String>,
    /// Whether it is a conversation.
    chat: bool,
    windows: Option<Windows>,
    parts: Vec<Part>,
    hits: Option<Hits>,
    text: Vec<Shown>,
    notice: Option<String>,
}

/// A document as it was found by a search.
pub async fn in_search(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((search, document)): Path<(String, String)>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (stored, zicht) = stored_search(&app, &actor, &search)?;
        show(&app, &zicht, &document, Some(&stored), &place)
    })
    .await
}

/// A document on its own.
pub async fn alone(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(document): Path<String>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, place.zaak.as_deref())?;
        show(&app, &zicht, &document, None, &place)
    })
    .await
}

fn show(
    app: &App,
    zicht: &Zicht,
    id: &str,
    stored: Option<&Stored>,
    place: &Place,
) -> Result<Response, Problem> {
    let snapshot = app.snapshot(zicht)?;
    let document = crate::api::find_document(&*snapshot, id)?;
    app.note_document(zicht, "document.bekeken", &document)?;
    // A question that cannot be understood marks nothing; its own page says what is wrong.
    let search = match stored {
        Some(stored) => stored.question.search(&app.lists_of(stored)?).ok(),
        None => None,
    };
    let address = Address {
        zaak: zicht.zaak_id(),
        search: stored.map(|stored| stored.id.as_str()),
        place: place.na.as_deref(),
    };
    let neighbours = match (stored, &search) {
        (Some(stored), Some(search)) => {
            results::neighbours(app, zicht, stored, search, &document, place.na.as_deref())?
        }
        _ => [None, None],
    };
    let (text, notice) = text_of(&*snapshot, &document)?;
    let marks = marks(app, &*snapshot, &document, &text, search.as_ref())?;
    let own = address.of(document.id);
    let ocr = model::ocr(&document);
    let talk =
        (!document.days.is_empty()).then(|| Conversation::new(&text, &marks, search.as_ref()));
    let source = Source {
        text: &text,
        marks: &marks,
        paged: document.pages > 1,
        ocr: ocr.as_ref().map_or(&[], |ocr| ocr.paginas.as_slice()),
        talk: talk.as_ref(),
        own: &own,
    };
    let body = source.body(place.deel)?;
    let template = DocumentPage {
        frame: Frame::new(app, &zicht.actor, document.title.clone()),
        title: document.title.clone(),
        path: breadcrumb(&document),
        list: address.list(),
        neighbours,
        unreadable: unreadable(&document),
        gone: labels::gone(&document),
        published: match &document.relations.published {
            Some(published) => Some(PublicPlace::of(published, &document, &*snapshot, &address)?),
            None => None,
        },
        properties: properties(&document),
        metadata: others(&document),
        why: reasons(&*snapshot, &document, &text, search.as_ref())?,
        relatives: Relatives::of(&*snapshot, &document, &address, place.stretches())?,
        elders: elsewhere(app, zicht, &document)?,
        incomplete: !document.complete,
        original: match zicht.zaak_id() {
            Some(zaak) => format!("/v1/documenten/{}/origineel?zaak={zaak}", document.id),
            None => format!("/v1/documenten/{}/origineel", document.id),
        },
        ocr: ocr.as_ref().map(labels::ocr),
        chat: talk.is_some(),
        windows: talk
            .as_ref()
            .and_then(|talk| talk.windows(&source, &place.windows())),
        parts: body.parts,
        hits: body.hits,
        text: body.text,
        notice,
    };
    page(&template)
}

/// The text, or why it is lost.
pub fn text_of(
    snapshot: &dyn Snapshot,
    document: &Document,
) -> Result<(String, Option<String>), Problem> {
    match snapshot.text(document) {
        Ok(text) => Ok((text, None)),
        Err(error @ IndexError::TextLost) => {
            let lost = crate::problem::sentence(&error.to_string());
            Ok((String::new(), Some(lost)))
        }
        Err(error) => Err(error.into()),
    }
}

impl Place {
    fn stretches(&self) -> Stretches {
        Stretches {
            family: self.familie,
            thread: self.gesprek,
            copies: self.dubbel,
        }
    }

    fn windows(&self) -> Wanted {
        Wanted {
            around: self.rond,
            before: self.ervoor,
            after: self.erna,
            stretch: self.venster,
        }
    }
}

/// The page of a document on its own.
pub fn address_alone(zaak: Option<&str>, document: DocId) -> String {
    match zaak {
        Some(zaak) => format!("/document/{document}?zaak={zaak}"),
        None => format!("/document/{document}"),
    }
}

/// How addresses of documents are made on this page.
pub struct Address<'a> {
    zaak: Option<&'a str>,
    search: Option<&'a str>,
    place: Option<&'a str>,
}

impl Address<'_> {
    /// The page of a document, within the same search.
    pub fn of(&self, document: DocId) -> String {
        match self.search {
            Some(search) => results::document_address(search, &document.to_string(), self.place),
            None => address_alone(self.zaak, document),
        }
    }

    fn list(&self) -> Option<String> {
        let search = self.search?;
        Some(match self.place {
            Some(place) => format!("/zoek/{search}?na={place}"),
            None => format!("/zoek/{search}"),
        })
    }
}

/// Why the document is a hit, in sentences.
fn reasons(
    snapshot: &dyn Snapshot,
    document: &Document,
    text: &str,
    search: Option<&Search>,
) -> Result<Vec<String>, IndexError> {
    let Some(search) = search else {
        return Ok(Vec::new());
    };
    let plan = snapshot.plan(search)?;
    let matches = highlight::scan(text, &plan, false, None);
    let why = why::why(document, text, &plan, &matches);
    Ok(why.iter().map(|why| why.sentence(true)).collect())
}

/// Where the words of a search stand in a text.
pub fn marks(
    app: &App,
    snapshot: &dyn Snapshot,
    document: &Document,
    text: &str,
    search: Option<&Search>,
) -> Result<Arc<Vec<Range<usize>>>, IndexError> {
    let (Some(search), Some(text_key)) = (search, &document.text) else {
        return Ok(Arc::default());
    };
    let plan = snapshot.plan(search)?;
    // What a wildcard stands for depends on the snapshot.
    let mode = search.widening.mode.name();
    let key = format!("{text_key}\n{}\n{mode}\n{}", snapshot.id(), search.query);
    Ok(app
        .marks
        .get_or(key, || tidy(text, highlight::matches(text, &plan))))
}

/// Why not all of it was read, in a sentence.
pub fn unreadable(document: &Document) -> Option<String> {
    let reason = document
        .reason
        .as_deref()
        .unwrap_or("de reden is niet bekend");
    match document.readability {
        Readability::Leesbaar => None,
        Readability::Gedeeltelijk => {
            Some(format!("Dit document is niet helemaal gelezen: {reason}."))
        }
        Readability::Onleesbaar => Some(format!(
            "De inhoud van dit document is niet te lezen: {reason}."
        )),
    }
}

/// What is known of it: name and value.
pub fn properties(document: &Document) -> Vec<(&'static str, String)> {
    let dates = &document.dates;
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join("; "));
    let dated = |dated: zv_shared::Dated| {
        format!(
            "{} ({})",
            labels::date(dated.date),
            labels::origin(dated.origin)
        )
    };
    let sent = match dates.sent_at {
        Some(moment) => Some(labels::moment(moment)),
        None => dates.sent.map(labels::date),
    };
    let rows = [
        ("Datum", dates.effective().map(dated)),
        ("Documentsoort", Some(document.kind.clone())),
        (
            "Bestandsformaat",
            Some(labels::format_name(&document.format)),
        ),
        ("Auteur", list(&document.authors)),
        ("Van", list(&document.from)),
        ("Aan", list(&document.to)),
        ("Postvak of map van", document.custodian.clone()),
        ("Dossier", document.archief.dossier.clone()),
        ("Waardering", appraised(document)),
        ("Verzonden", sent),
        ("Datum van het document", dates.document.map(dated)),
        ("Bestand gewijzigd", dates.changed.map(labels::date)),
        ("Taal", document.language.as_deref().map(labels::language)),
        (
            "Leesbaarheid",
            Some(labels::readability(document.readability).to_owned()),
        ),
        (
            "Bladzijden",
            (document.pages > 1).then(|| labels::number(u64::from(document.pages))),
        ),
        ("Grootte", Some(labels::bytes(document.size))),
        ("Bron", Some(document.bron.clone())),
        ("Pad", Some(document.place.to_string())),
        ("SHA-256", document.content.map(|hash| hash.to_string())),
    ];
    rows.into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
}

/// What else is known of it: what stands among the properties is not said twice.
fn others(document: &Document) -> Vec<(String, String)> {
    let own = [key::DOSSIER, key::APPRAISAL, key::KEPT_UNTIL];
    let shown = |name: &str| own.contains(&name) && !document.archief.is_empty();
    let all = document.metadata.iter();
    all.filter(|(name, _)| !shown(name)).cloned().collect()
}

/// What the archive does with it, and whether that should have been done by now.
fn appraised(document: &Document) -> Option<String> {
    let archief = &document.archief;
    let code = archief.waardering.as_deref()?;
    let mut told = labels::waardering(code).to_owned();
    if let Some(end) = archief.bewaren_tot {
        told = format!("{told}, tot {}", labels::date(end));
    }
    let today = PartialDate::from_timestamp(Timestamp::now());
    Some(match archief.is_past(today) {
        true => format!("{told}. Let op: de bewaartermijn is voorbij"),
        false => told,
    })
}
