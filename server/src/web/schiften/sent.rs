//! What is sent from the pages for judging: from the fields of a form to one deed, and on to the next document. What
//! is refused comes back on the same page, with what was filled in. Never trusts a field.

use super::queue::{Place, Queue, Review};
use super::{Filled, render, render_all};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::zaken::{Fields, Sent};
use crate::web::{blocking, body};
use crate::zaken::beoordeling::{Beoordeling, oordeel_named};
use crate::zaken::schifting::doel::{Doel, Opdracht};
use crate::zaken::schifting::{Reden, Schifting, Waarde};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use zv_shared::DocId;

fn to(address: String) -> Response {
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
        }
    }
}

/// The value that was chosen, with of all fields only those that go with it.
fn schifting(fields: &Fields) -> Result<Schifting, Problem> {
    let chosen = Waarde::named(&fields.text("waarde"));
    let waarde = chosen.ok_or_else(|| Problem::new(Kind::MagNiet, "Kies een waarde."))?;
    let when = |wanted: Waarde, name: &str| match waarde == wanted {
        true => fields.text(name),
        false => String::new(),
    };
    let original = when(Waarde::Dubbel, "dubbel_van");
    let unknown = |_| Problem::new(Kind::MagNiet, "Wijs het document aan met zijn kenmerk.");
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
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, nummer)?;
        let place = Place::sent(&fields);
        match deed(&fields).and_then(|deed| app.schift(&review.zicht, &deed)) {
            Ok(done) => {
                let (queue, _) = Queue::found(&app, &review, &place)?;
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
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, nummer)?;
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
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, nummer)?;
        match whole(&fields, nummer).and_then(|deed| app.schift(&review.zicht, &deed)) {
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
    let confirm = |_| Problem::new(Kind::MagNiet, "Typ het aantal documenten om te bevestigen.");
    Ok(Opdracht {
        doel: Doel::Zoekactie { zoekactie },
        schifting: Some(schifting(fields)?),
        gezien: count(fields, "gezien_zaak")?,
        aantal: Some(count(fields, "aantal").map_err(confirm)?),
        overschrijven: fields.text("overschrijven") == "ja",
    })
}

/// Saves a beoordeling; the document stays.
pub async fn beoordeel(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let document = id(fields, "document")?;
        let given = given(fields)?;
        app.beoordeel(&review.zicht, document, &given, count(fields, "gezien")?)?;
        Ok("beoordeeld")
    };
    on_document((app, actor, zaak, nummer), sent, work).await
}

fn given(fields: &Fields) -> Result<Beoordeling, Problem> {
    let chosen = oordeel_named(&fields.text("oordeel"));
    let oordeel = chosen.ok_or_else(|| Problem::new(Kind::MagNiet, "Kies een oordeel."))?;
    let original = fields.text("dubbel_van");
    let unknown = |_| Problem::new(Kind::MagNiet, "Wijs het document aan met zijn kenmerk.");
    Ok(Beoordeling {
        oordeel,
        gronden: fields.all("grond").map(str::to_owned).collect(),
        toelichting: fields.text("toelichting"),
        motivering: fields.text("motivering"),
        dubbel_van: match original.is_empty() {
            true => None,
            false => Some(original.parse().map_err(unknown)?),
        },
        link: fields.text("link"),
    })
}

/// Makes the beoordeling final; the document stays.
pub async fn finish(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let document = id(fields, "document")?;
        app.maak_definitief(&review.zicht, document, count(fields, "gezien")?)?;
        Ok("definitief")
    };
    on_document((app, actor, zaak, nummer), sent, work).await
}

/// Does something with the document of the page and shows it again.
pub(super) async fn on_document(
    (app, actor, zaak, nummer): (Arc<App>, crate::mensen::Actor, String, u32),
    sent: Sent,
    work: impl FnOnce(&App, &Review, &Fields) -> Result<&'static str, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let review = Review::open(&app, &actor, &zaak, nummer)?;
        let place = Place::sent(&fields);
        match work(&app, &review, &fields) {
            Ok(done) => {
                let here = review.address(place.na.as_deref(), place.document.as_deref());
                Ok(to(body::with(&here, &format!("klaar={done}"))))
            }
            Err(problem) if belongs_here(&problem) => {
                let filled = Filled {
                    error: Some(problem.detail.clone()),
                    ..Filled::default()
                };
                Ok(problem.beside(render(&app, &review, &place, filled)?))
            }
            Err(problem) => Err(problem),
        }
    })
    .await
}
