//! What is sent from the pages for judging: from the fields of a form to one deed, and on to the next document. What
//! is refused comes back on the same page, with what was filled in. Never trusts a field.

use super::judgement::Given;
use super::queue::{Naam, Place, Queue, Review};
use super::{Filled, render, render_all};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::gronden::grond;
use crate::web::zaken::{Fields, Sent};
use crate::web::{blocking, body};
use crate::zaken::beoordeling::{Beoordeling, oordeel_named};
use crate::zaken::schifting::doel::{Doel, Opdracht, found};
use crate::zaken::schifting::{Reden, Schifting, Stuk, Waarde};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use zv_shared::DocId;

pub(super) fn to(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

fn wrong(name: &str) -> Problem {
    Problem::request(format!("Het formulierveld '{name}' klopt niet."))
}

pub(super) fn id(fields: &Fields, name: &str) -> Result<DocId, Problem> {
    fields.text(name).parse().map_err(|_| wrong(name))
}

pub(super) fn count(fields: &Fields, name: &str) -> Result<u64, Problem> {
    let digits: String = fields.text(name).chars().filter(|c| *c != '.').collect();
    digits.parse().map_err(|_| wrong(name))
}

impl Place {
    /// Where the form was.
    fn sent(fields: &Fields) -> Self {
        // A cursor is made of these only; nothing else may come into an address.
        let sound = |place: &String| {
            !place.is_empty()
                && place
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        };
        Place {
            document: Some(fields.text("document"))
                .filter(|document| document.parse::<DocId>().is_ok()),
            na: Some(fields.text("na")).filter(sound),
            volgende: Some(fields.text("volgende"))
                .filter(|document| document.parse::<DocId>().is_ok()),
            ..Place::default()
        }
    }
}

impl Filled {
    fn sent(fields: &Fields, error: Option<String>) -> Self {
        Filled {
            error,
            reden: fields.text("reden"),
            toelichting: fields.text("toelichting"),
            dubbel_van: fields.text("dubbel_van"),
            link: fields.text("link"),
            regeling: fields.text("regeling"),
            ..Filled::default()
        }
    }
}

/// The value that was chosen, with of all fields only those that go with it.
fn schifting(fields: &Fields) -> Result<Schifting, Problem> {
    let chosen = Waarde::named(&fields.text("waarde"));
    let waarde = chosen.ok_or_else(|| Problem::refused("Kies een waarde."))?;
    let when = |wanted: Waarde, name: &str| match waarde == wanted {
        true => fields.text(name),
        false => String::new(),
    };
    let original = when(Waarde::Dubbel, "dubbel_van");
    let unknown = |_| Problem::refused("Wijs het document aan met zijn kenmerk.");
    let reden = Reden::named(&fields.text("reden"));
    Ok(Schifting {
        waarde,
        reden: reden.filter(|_| !waarde.reasons().is_empty()),
        toelichting: fields.text("toelichting"),
        dubbel_van: match original.is_empty() {
            true => None,
            false => Some(original.parse().map_err(unknown)?),
        },
        link: when(Waarde::ReedsOpenbaar, "link"),
        regeling: when(Waarde::BijzondereRegeling, "regeling"),
    })
}

/// Whether a refusal belongs on the page that was filled in.
fn belongs_here(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        Kind::MagNiet | Kind::VerzoekOnjuist | Kind::IntussenGewijzigd
    )
}

/// Judges a document, or what belongs with it, and goes on to the next.
pub async fn judge(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        let place = Place::sent(&fields);
        // Before it is judged: in a row the document leaves its place by that.
        let (queue, _) = Queue::found(&app, &review, &place)?;
        match deed(&fields).and_then(|deed| app.schift(&review.zicht, &deed)) {
            Ok(done) => {
                let here = review.address(place.na.as_deref(), place.document.as_deref());
                let next = queue.next.unwrap_or(here);
                Ok(to(body::with(&next, &format!("gedaan={}", done.handeling))))
            }
            Err(problem) if belongs_here(&problem) => {
                let filled = Filled::sent(&fields, Some(problem.detail.clone()));
                Ok(problem.beside(render(&app, &review, &place, filled)?))
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}

fn deed(fields: &Fields) -> Result<Opdracht, Problem> {
    let document = id(fields, "document")?;
    let scope = fields.text("omvang");
    let doel = match scope.as_str() {
        "" | "document" => Doel::Document { document },
        "familie" => Doel::Familie { document },
        "gesprek" => Doel::Gesprek { document },
        "dubbelen" => Doel::Dubbelen { document },
        _ => return Err(wrong("omvang")),
    };
    let one = matches!(doel, Doel::Document { .. });
    let schifting = schifting(fields)?;
    let aantal = match one {
        true => None,
        // What was shown, without the document that copies point to.
        false => {
            let shown = count(fields, &format!("aantal_{scope}"))?;
            Some(shown.saturating_sub(u64::from(schifting.dubbel_van.is_some())))
        }
    };
    Ok(Opdracht {
        doel,
        schifting: Some(schifting),
        gezien: count(fields, if one { "gezien" } else { "gezien_zaak" })?,
        aantal,
        overschrijven: fields.text("overschrijven") == "ja",
    })
}

/// Takes back what was just done, or the last record of the document, and shows that document.
pub async fn take_back(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        let mut place = Place::sent(&fields);
        let opdracht = back(&fields)?;
        let done = app.schift(&review.zicht, &opdracht);
        if let Doel::Handeling { handeling } = opdracht.doel
            && let Some(deed) = app.store.schift_deed(&review.zicht.zaak.id, handeling)?
            && deed.van.parse::<DocId>().is_ok()
        {
            place.document = Some(deed.van);
        }
        match done {
            Ok(done) => {
                let here = review.address(place.na.as_deref(), place.document.as_deref());
                Ok(to(body::with(&here, &format!("gedaan={}", done.handeling))))
            }
            Err(problem) if belongs_here(&problem) => {
                let filled = Filled::sent(&fields, Some(problem.detail.clone()));
                Ok(problem.beside(render(&app, &review, &place, filled)?))
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}

fn back(fields: &Fields) -> Result<Opdracht, Problem> {
    let deed = fields.text("handeling");
    let (doel, gezien, aantal) = match deed.is_empty() {
        true => {
            let document = id(fields, "document")?;
            (Doel::Document { document }, count(fields, "gezien")?, None)
        }
        false => {
            let handeling = fields.number("handeling")?;
            (
                Doel::Handeling { handeling },
                0,
                Some(count(fields, "aantal")?),
            )
        }
    };
    Ok(Opdracht {
        doel,
        schifting: None,
        gezien,
        aantal,
        overschrijven: false,
    })
}

/// Judges everything that the zoekactie found.
pub async fn all(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        match whole(&fields, review.actie()?.nummer)
            .and_then(|deed| app.schift(&review.zicht, &deed))
        {
            Ok(done) => {
                let address = review.address(None, None);
                Ok(to(body::with(
                    &address,
                    &format!("gedaan={}", done.handeling),
                )))
            }
            Err(problem) if belongs_here(&problem) => {
                let filled = Filled::sent(&fields, Some(problem.detail.clone()));
                Ok(problem.beside(render_all(&app, &review, filled)?))
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}

fn whole(fields: &Fields, zoekactie: u32) -> Result<Opdracht, Problem> {
    let confirm = |_| Problem::refused("Typ het aantal documenten om te bevestigen.");
    Ok(Opdracht {
        doel: Doel::Zoekactie { zoekactie },
        schifting: Some(schifting(fields)?),
        gezien: count(fields, "gezien_zaak")?,
        aantal: Some(count(fields, "aantal").map_err(confirm)?),
        overschrijven: fields.text("overschrijven") == "ja",
    })
}

/// What was done with the document of the page.
pub(super) struct Done {
    pub(super) what: &'static str,
    /// Whether the next document comes.
    pub(super) on: bool,
}

/// Saves a beoordeling. The document stays when that was asked, or when the beoordeling is not complete yet.
pub async fn beoordeel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let document = id(fields, "document")?;
        let (zicht, given) = (&review.zicht, beoordeling(fields)?);
        app.beoordeel(zicht, &[(document, count(fields, "gezien")?)], &given)?;
        let last = app.store.last_beoordeling(&zicht.zaak.id, document)?;
        let day = app.store.decision_day(&zicht.zaak, document)?;
        let complete =
            last.is_some_and(|last| last.beoordeling.missing(last.datum, day).is_empty());
        Ok(Done {
            what: "beoordeeld",
            on: complete && fields.text("verder") == "ja",
        })
    };
    on_document((app, actor, zaak, naam), sent, work).await
}

fn given(fields: &Fields) -> Given {
    Given {
        oordeel: fields.text("oordeel"),
        gronden: fields.all("grond").map(str::to_owned).collect(),
        getypt: fields.text("gronden"),
        toelichting: fields.text("toelichting"),
        motivering: fields.text("motivering"),
        link: fields.text("link"),
        dubbel_van: fields.text("dubbel_van"),
    }
}

fn beoordeling(fields: &Fields) -> Result<Beoordeling, Problem> {
    let given = given(fields);
    let chosen = oordeel_named(&given.oordeel);
    let oordeel = chosen.ok_or_else(|| Problem::refused("Kies een oordeel."))?;
    let unknown = |_| Problem::refused("Wijs het document aan met zijn kenmerk.");
    let mut gronden = given.gronden;
    gronden.extend(typed_grounds(&given.getypt));
    Ok(Beoordeling {
        oordeel,
        gronden,
        toelichting: given.toelichting,
        motivering: given.motivering,
        dubbel_van: match given.dubbel_van.is_empty() {
            true => None,
            false => Some(given.dubbel_van.parse().map_err(unknown)?),
        },
        link: given.link,
    })
}

/// The grounds in a line: behind each other with `;` or `,`, or when each is a code, with spaces.
fn typed_grounds(line: &str) -> Vec<String> {
    let parts = line.split([';', ',']).map(str::trim);
    let mut found = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        match grond(part) {
            Some(_) => found.push(part.to_owned()),
            None => found.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    found
}

/// Makes the beoordeling final; in a row the next document comes.
pub async fn finish(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let document = id(fields, "document")?;
        app.maak_definitief(&review.zicht, document, count(fields, "gezien")?)?;
        Ok(Done {
            what: "definitief",
            on: review.rij().is_some(),
        })
    };
    on_document((app, actor, zaak, naam), sent, work).await
}

/// Places a remark about the document; it stays.
pub async fn remark(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let zicht = &review.zicht;
        let document = found(&*app.snapshot(zicht)?, id(fields, "document")?)?;
        let text = fields.text("opmerking");
        app.store
            .remark(&zicht.actor, &zicht.zaak, &Stuk::from(&document), &text)?;
        Ok(Done {
            what: "opgemerkt",
            on: false,
        })
    };
    on_document((app, actor, zaak, naam), sent, work).await
}

/// Does something with the document of the page; shows it again, or the next.
pub(super) async fn on_document(
    (app, actor, zaak, naam): (Arc<App>, crate::mensen::Actor, String, Naam),
    sent: Sent,
    work: impl FnOnce(&App, &Review, &Fields) -> Result<Done, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, naam)?;
        let place = Place::sent(&fields);
        // Before it is done: in a row the document leaves its place by that.
        let (queue, _) = Queue::found(&app, &review, &place)?;
        match work(&app, &review, &fields) {
            Ok(done) => Ok(to(after(&review, &place, &queue, &done))),
            Err(problem) if belongs_here(&problem) => {
                let filled = Filled {
                    error: Some(problem.detail.clone()),
                    beoordeling: (!fields.text("beoordeelt").is_empty()).then(|| given(&fields)),
                    opmerking: fields.text("opmerking"),
                    ..Filled::default()
                };
                Ok(problem.beside(render(&app, &review, &place, filled)?))
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}

/// Where it goes on.
fn after(review: &Review, place: &Place, queue: &Queue, done: &Done) -> String {
    let what = done.what;
    if let Some(next) = queue.next.as_deref().filter(|_| done.on) {
        return body::with(next, &format!("klaar={what}-verder"));
    }
    let here = review.address(place.na.as_deref(), place.document.as_deref());
    let here = body::with(&here, &format!("klaar={what}"));
    match queue.after {
        Some(next) => body::with(&here, &format!("volgende={next}")),
        None => here,
    }
}
