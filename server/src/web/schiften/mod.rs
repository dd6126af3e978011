//! The pages for judging what a zoekactie found: one document after another with the keyboard, or all of it at once.
//! What is sent from them stands in `sent`. Everything works without a script. Never decides what may be judged: the
//! rules are in `zaken`.

mod indeling;
mod judgement;
mod queue;
mod sent;

pub use indeling::arrange;
pub use sent::{all as judge_all, beoordeel, finish, judge, remark, take_back};

use self::indeling::{Indeling, indeling};
use self::judgement::{Given, Judgement, judgement};
use self::queue::{Naam, Place, Queue, Reeks, Review};
use super::body::{Hits, Part, Shown, Source};
use super::conversation::Conversation;
use super::document::{marks, properties, text_of, unreadable};
use super::elders::{Elsewhere, elsewhere};
use super::results::breadcrumb;
use super::zaken::nav::Blad;
use super::{Frame, blocking, labels, page};
use crate::model;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::rijen::Rij;
use crate::zaken::schifting::doel::Doel;
use crate::zaken::schifting::lezen::Deed;
use crate::zaken::schifting::{Geschift, JUDGES, Waarde};
use askama::Template;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document};

/// A value with its key.
struct Choice {
    key: usize,
    name: &'static str,
    label: &'static str,
    /// Its reasons: name, label.
    reasons: Vec<(&'static str, &'static str)>,
    /// The field that it cannot do without.
    needs: &'static str,
    current: bool,
}

/// How many documents are judged together.
struct Scope {
    name: &'static str,
    label: String,
    count: u64,
}

/// A record in words.
struct Line {
    what: String,
    who: String,
}

/// What was filled in before it was refused.
#[derive(Default)]
struct Filled {
    error: Option<String>,
    reden: String,
    toelichting: String,
    dubbel_van: String,
    link: String,
    regeling: String,
    /// The beoordeling, when that was refused.
    beoordeling: Option<Given>,
    /// The remark, when that was refused.
    opmerking: String,
}

/// What can be taken back.
struct Back {
    /// The deed, or the record of this document.
    deed: Option<u32>,
    count: u64,
}

#[derive(Template)]
#[template(path = "schiften.html")]
struct ReviewPage {
    frame: Frame,
    base: String,
    zaak: String,
    zaaknummer: String,
    /// What is judged: the question, or the name of the row.
    canonical: Option<String>,
    rij: Option<&'static str>,
    title: String,
    document: String,
    place: Option<String>,
    /// In a row: the document that comes after this one.
    after: Option<String>,
    path: Vec<String>,
    position: String,
    hidden: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    page: String,
    notice: Option<String>,
    /// What was just saved.
    saved: Option<String>,
    back: Option<Back>,
    filled: Filled,
    choices: Vec<Choice>,
    scopes: Vec<Scope>,
    /// Copies that this may be one of: id, title.
    copies: Vec<(String, String)>,
    counts: Vec<(&'static str, String)>,
    now: Option<Line>,
    history: Vec<Line>,
    elsewhere: Vec<Elsewhere>,
    /// Who judges it.
    assigned: Option<String>,
    remarks: Vec<Line>,
    remarking: bool,
    seen: u64,
    seen_in_case: u64,
    judges: bool,
    judgement: Judgement,
    indeling: Indeling,
    unreadable: Option<String>,
    properties: Vec<(&'static str, String)>,
    chat: bool,
    parts: Vec<Part>,
    hits: Option<Hits>,
    text: Vec<Shown>,
    lost: Option<String>,
    /// Whether a copy of the original was kept: in words, and whether it was.
    kept: Option<(String, bool)>,
}

/// One document of the queue.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        if let Some(rij) = review.rij()
            && place.document.is_none()
            && app.rij(&review.zicht, rij)?.is_empty()
        {
            let address = Blad::Schiften.address(&review.zicht.zaak.id);
            return Ok(sent::to(format!("{address}?leeg={}", rij.name())));
        }
        render(&app, &review, &place, Filled::default())
    })
    .await
}

fn render(app: &App, review: &Review, place: &Place, filled: Filled) -> Result<Response, Problem> {
    let zicht = &review.zicht;
    let (queue, notice) = Queue::found(app, review, place)?;
    let document = &queue.document;
    let snapshot = app.snapshot(zicht)?;
    app.note_document(zicht, "document.bekeken", document)?;
    let zaak = &zicht.zaak;
    let id = document.id.to_string();
    let own = review.address(place.na.as_deref(), Some(&id));
    let (text, lost) = text_of(&*snapshot, document)?;
    let found = marks(app, &*snapshot, document, &text, review.search())?;
    let talk =
        (!document.days.is_empty()).then(|| Conversation::new(&text, &found, review.search()));
    let ocr = model::ocr(document);
    let source = Source {
        text: &text,
        marks: &found,
        paged: document.pages > 1,
        ocr: ocr.as_ref().map_or(&[], |ocr| ocr.paginas.as_slice()),
        talk: talk.as_ref(),
        own: &own,
    };
    let body = source.body(place.deel)?;
    let names = app.store.names()?;
    let records = app.store.schifting_of(&zaak.id, document.id)?;
    let now = records.first().and_then(|last| last.schifting.as_ref());
    let (saved, back) = just_done(app, zicht, place, &records)?;
    page(&ReviewPage {
        frame: Frame::new(app, &zicht.actor, format!("Schiften: {}", document.title)),
        base: review.base(),
        zaak: zaak.id.clone(),
        zaaknummer: zaak.intake.nummer.clone(),
        canonical: match &review.reeks {
            Reeks::Actie(actie, _) => Some(actie.verslag.canoniek.clone()),
            Reeks::Rij(..) => None,
        },
        rij: review.rij().map(Rij::label),
        path: breadcrumb(document),
        place: place.na.clone(),
        after: queue.after.map(|id| id.to_string()),
        position: queue.position(),
        hidden: (queue.hidden > 0).then(|| labels::number(queue.hidden)),
        page: match zicht.zaak_id() {
            Some(zaak) => format!("/document/{id}?zaak={zaak}"),
            None => format!("/document/{id}"),
        },
        notice,
        saved,
        back,
        choices: choices(now.map(|now| now.waarde)),
        scopes: scopes(app, zicht, &*snapshot, document.id)?,
        copies: copies(&*snapshot, document)?,
        counts: app
            .store
            .schifting_counts(zicht)?
            .into_iter()
            .map(|(waarde, count)| (waarde.label(), labels::number(count)))
            .collect(),
        now: records
            .first()
            .filter(|_| now.is_some())
            .map(|last| line(last, &names)),
        history: records
            .iter()
            .skip(1)
            .map(|one| line(one, &names))
            .collect(),
        elsewhere: elsewhere(app, zicht, document)?,
        seen: records.first().map_or(0, |last| last.record),
        seen_in_case: app.store.last_schifting(&zaak.id)?,
        judges: zicht.actor.is_any(&JUDGES),
        judgement: judgement(
            app,
            zicht,
            document.id,
            (&names, filled.beoordeling.as_ref()),
        )?,
        indeling: indeling(app, zicht, &*snapshot, document.id)?,
        filled,
        assigned: app
            .store
            .assigned_to(&zaak.id, document.id)?
            .map(|id| names.get(&id).cloned().unwrap_or(id)),
        remarks: app
            .store
            .remarks(&zaak.id, document.id)?
            .into_iter()
            .map(|one| Line {
                who: who(&names, &one.door, one.wanneer),
                what: one.tekst,
            })
            .collect(),
        remarking: zaak.gesloten.is_none(),
        unreadable: unreadable(document),
        properties: properties(document),
        chat: talk.is_some(),
        parts: body.parts,
        hits: body.hits,
        text: body.text,
        lost,
        kept: kept(app, zicht, document.id)?,
        title: document.title.clone(),
        previous: queue.previous,
        next: queue.next,
        document: id,
    })
}

/// What was just saved, and what can be taken back: that, or else the last record of this document.
fn just_done(
    app: &App,
    zicht: &Zicht,
    place: &Place,
    records: &[Geschift],
) -> Result<(Option<String>, Option<Back>), Problem> {
    let last = || {
        let last = records.first()?;
        last.schifting.is_some().then_some(Back {
            deed: None,
            count: 1,
        })
    };
    let deed = match place.gedaan {
        Some(deed) => app.store.schift_deed(&zicht.zaak.id, deed)?,
        None => None,
    };
    let Some(deed) = deed else {
        let saved = place.klaar.as_deref().and_then(|done| match done {
            "beoordeeld" => Some("De beoordeling is opgeslagen."),
            "beoordeeld-verder" => Some("De beoordeling van het vorige document is opgeslagen."),
            "definitief" => Some("De beoordeling is definitief."),
            "ingedeeld" => Some("De indeling is opgeslagen."),
            "definitief-verder" => Some("De beoordeling van het vorige document is definitief."),
            "opgemerkt" => Some("De opmerking is geplaatst."),
            _ => None,
        });
        return Ok((saved.map(str::to_owned), last()));
    };
    let said = said(&deed);
    let back = Back {
        deed: Some(deed.nummer),
        count: deed.aantal,
    };
    Ok((Some(said), Some(back)))
}

/// What became of the copy of the original, and whether there is one.
fn kept(app: &App, zicht: &Zicht, document: DocId) -> Result<Option<(String, bool)>, Problem> {
    let last = app.store.veiligstelling(&zicht.zaak.id, document)?;
    Ok(last.map(|last| match last.uitkomst {
        Ok((_, bytes)) => (
            format!("Het origineel is bewaard ({}).", labels::bytes(bytes)),
            true,
        ),
        Err(reden) => (format!("Het origineel is niet bewaard: {reden}."), false),
    }))
}

fn said(deed: &Deed) -> String {
    let many = match deed.aantal {
        1 => String::new(),
        count => format!(" ({})", labels::count(count, "document", "documenten")),
    };
    match &deed.schifting {
        Some(schifting) => format!("Opgeslagen: {}{many}.", schifting.waarde.label()),
        None => format!("Teruggedraaid{many}."),
    }
}

fn choices(now: Option<Waarde>) -> Vec<Choice> {
    let choice = |(at, waarde): (usize, Waarde)| Choice {
        key: at + 1,
        name: waarde.name(),
        label: waarde.label(),
        reasons: waarde
            .reasons()
            .iter()
            .map(|reden| (reden.name(), reden.label()))
            .collect(),
        needs: match waarde {
            Waarde::Dubbel => "dubbel_van",
            Waarde::ReedsOpenbaar => "link",
            Waarde::BijzondereRegeling => "regeling",
            _ => "",
        },
        current: now == Some(waarde),
    };
    Waarde::ALL.into_iter().enumerate().map(choice).collect()
}

/// What can be judged together with a document, with how much that is.
fn scopes(
    app: &App,
    zicht: &Zicht,
    snapshot: &dyn Snapshot,
    document: DocId,
) -> Result<Vec<Scope>, Problem> {
    let wanted = [
        ("familie", "hele familie", Doel::Familie { document }),
        ("gesprek", "hele gesprek", Doel::Gesprek { document }),
        (
            "dubbelen",
            "alles met dezelfde inhoud",
            Doel::Dubbelen { document },
        ),
    ];
    let mut scopes = Vec::new();
    for (name, label, doel) in wanted {
        let count = app.stukken(zicht, snapshot, &doel)?.len() as u64;
        if count > 1 {
            let many = labels::count(count, "document", "documenten");
            scopes.push(Scope {
                name,
                label: format!("{label} ({many})"),
                count,
            });
        }
    }
    Ok(scopes)
}

fn copies(snapshot: &dyn Snapshot, document: &Document) -> Result<Vec<(String, String)>, Problem> {
    const MOST: usize = 50;
    let (same, near) = super::alike(snapshot, document)?;
    let all = same.into_iter().chain(near).take(MOST);
    Ok(all
        .map(|one| (one.id.to_string(), format!("{} ({})", one.title, one.place)))
        .collect())
}

fn line(record: &Geschift, names: &BTreeMap<String, String>) -> Line {
    let what = match &record.schifting {
        None => "geen waarde meer".to_owned(),
        Some(schifting) => {
            let more = [
                schifting.reden.map(|reden| reden.label().to_owned()),
                schifting.dubbel_van.map(|other| format!("van {other}")),
                Some(schifting.link.clone()),
                Some(schifting.regeling.clone()),
                Some(schifting.toelichting.clone()),
            ];
            let more: Vec<String> = more
                .into_iter()
                .flatten()
                .filter(|part| !part.is_empty())
                .collect();
            match more.is_empty() {
                true => schifting.waarde.label().to_owned(),
                false => format!("{}: {}", schifting.waarde.label(), more.join("; ")),
            }
        }
    };
    let back = if record.teruggedraaid {
        ", teruggedraaid"
    } else {
        ""
    };
    let who = who(names, &record.door, record.wanneer);
    Line {
        what,
        who: format!("{who}{back}"),
    }
}

fn who(names: &BTreeMap<String, String>, door: &str, when: jiff::Timestamp) -> String {
    let name = names.get(door).map_or("", String::as_str);
    format!("{name}, {}", labels::moment(when))
}

#[derive(Template)]
#[template(path = "schiften-alles.html")]
struct AllPage {
    frame: Frame,
    base: String,
    zaak: String,
    zaaknummer: String,
    canonical: String,
    count: u64,
    total: String,
    /// How many of them have a value already.
    judged: Option<String>,
    seen_in_case: u64,
    filled: Filled,
    choices: Vec<Choice>,
}

/// Everything that the zoekactie found.
pub async fn all(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
) -> Result<Response, Problem> {
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        render_all(&app, &review, Filled::default())
    })
    .await
}

fn render_all(app: &App, review: &Review, filled: Filled) -> Result<Response, Problem> {
    let zicht = &review.zicht;
    app.must_be(&zicht.actor, &JUDGES)?;
    let actie = review.actie()?;
    // Before the documents are counted: what is judged in between was not seen.
    let seen_in_case = app.store.last_schifting(&zicht.zaak.id)?;
    let snapshot = app.snapshot(zicht)?;
    let doel = Doel::Zoekactie {
        zoekactie: actie.nummer,
    };
    let stukken = app.stukken(zicht, &*snapshot, &doel)?;
    let mut judged = 0;
    app.store.each_geschift(&zicht.zaak.id, None, |one| {
        let known = stukken
            .binary_search_by(|stuk| stuk.id.cmp(&one.document))
            .is_ok();
        judged += u64::from(known && one.schifting.is_some());
        Ok(true)
    })?;
    let count = stukken.len() as u64;
    page(&AllPage {
        frame: Frame::new(app, &zicht.actor, "Alle treffers schiften"),
        base: review.base(),
        zaak: zicht.zaak.id.clone(),
        zaaknummer: zicht.zaak.intake.nummer.clone(),
        canonical: actie.verslag.canoniek.clone(),
        count,
        total: labels::count(count, "document", "documenten"),
        judged: (judged > 0).then(|| labels::number(judged)),
        seen_in_case,
        filled,
        choices: choices(None),
    })
}
