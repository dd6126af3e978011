//! Who judges what in a case: how far everybody is, sharing documents out, and the list of one person. Never decides who may
//! share out: the rules are in `zaken`.

use super::nav::{Blad, Mag, Nav};
use super::sent::{Fields, Sent, to, wrong};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::beoordeling::oordeel_named;
use crate::zaken::schifting::Waarde;
use crate::zaken::verdeling::{Stapel, Toegewezen, Verdeling, Voorraad};
use askama::Template;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Documents on a page.
const STRETCH: usize = 50;

/// How far somebody is.
struct Person {
    id: String,
    naam: String,
    /// Toegewezen, geschift, beoordeeld, definitief.
    cijfers: [String; 4],
    /// Whether something is left to hand over.
    open: bool,
}

#[derive(Template)]
#[template(path = "zaak-werkverdeling.html")]
struct SharePage {
    frame: Frame,
    nav: Nav,
    mensen: Vec<Person>,
    /// Who can get documents: name, id.
    leden: Vec<(String, String)>,
    acties: Vec<(u32, String)>,
    verdeelt: bool,
    /// Whether who looks has a list.
    mijn: bool,
}

/// How far everybody is, with the form to share out.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        page(&share_page(&app, &actor, &zicht)?)
    })
    .await
}

fn share_page(app: &App, actor: &Actor, zicht: &Zicht) -> Result<SharePage, Problem> {
    let zaak = &zicht.zaak;
    let names = app.store.names()?;
    let name = |id: &String| names.get(id).cloned().unwrap_or_default();
    let all = app.store.voorraden(zicht)?;
    let mag = Mag::of(app, actor, zaak)?;
    let leads = mag.open && actor.is_any(&[Rol::Regisseur]);
    let person = |(id, one): (&String, &Voorraad)| Person {
        naam: name(id),
        open: one.geschift < one.toegewezen,
        cijfers: [one.toegewezen, one.geschift, one.beoordeeld, one.definitief].map(labels::number),
        id: id.clone(),
    };
    // By name: an id is chance.
    let mut mensen: Vec<Person> = all.iter().map(person).collect();
    mensen.sort_by(|a, b| (&a.naam, &a.id).cmp(&(&b.naam, &b.id)));
    let members = app.store.members(&zaak.id)?.into_iter();
    let mut leden: Vec<(String, String)> = members.map(|id| (name(&id), id)).collect();
    leden.sort();
    Ok(SharePage {
        frame: Frame::new(app, actor, "Werkverdeling"),
        nav: Nav::below(app, actor, zaak, Blad::Schiften)?,
        mijn: all.contains_key(&actor.id),
        mensen,
        leden,
        acties: app
            .store
            .zoekacties(&zaak.id)?
            .into_iter()
            .map(|actie| (actie.nummer, actie.verslag.canoniek))
            .collect(),
        verdeelt: mag.werkt || leads,
    })
}

/// Shares out.
pub async fn share(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    let wanted = wanted(&fields)?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.verdeel(&zicht, &wanted)?;
        Ok(to(format!("/zaken/{}/werkverdeling#mensen", zicht.zaak.id)))
    })
    .await
}

/// `relevant`, the number of a zoekactie, or with `van` what somebody had.
fn wanted(fields: &Fields) -> Result<Verdeling, Problem> {
    let van = fields.text("van");
    let stapel = match (van.is_empty(), fields.text("stapel").as_str()) {
        (false, _) => Stapel::Van { van },
        (true, "relevant") => Stapel::Relevant,
        (true, number) => Stapel::Zoekactie {
            zoekactie: number.parse().map_err(|_| wrong("stapel"))?,
        },
    };
    let over = fields.all("over").filter(|one| !one.is_empty());
    Ok(Verdeling {
        stapel,
        over: over.map(str::to_owned).collect(),
    })
}

/// A document in the list of somebody.
struct Row {
    /// Where it is judged; nothing when it is not in the index any more.
    address: Option<String>,
    title: String,
    place: String,
    waarde: String,
    oordeel: String,
}

#[derive(Template)]
#[template(path = "zaak-stukken.html")]
struct ListPage {
    frame: Frame,
    nav: Nav,
    title: String,
    /// Whether it is the list of who looks.
    mijn: bool,
    totaal: String,
    /// Where they go on: the first document without a value.
    verder: Option<String>,
    rows: Vec<Row>,
    neighbours: [Option<String>; 2],
}

/// Which stretch of the list.
#[derive(Deserialize)]
pub struct Stretch {
    blad: Option<usize>,
}

/// The list of one person; of who asks as `mijn`.
pub async fn stukken(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, wie)): Path<(String, String)>,
    Params(stretch): Params<Stretch>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        page(&list_page(&app, &zicht, &wie, stretch.blad.unwrap_or(1))?)
    })
    .await
}

fn list_page(app: &App, zicht: &Zicht, wie: &str, blad: usize) -> Result<ListPage, Problem> {
    let (actor, zaak) = (&zicht.actor, &zicht.zaak);
    let mijn = wie == "mijn" || wie == actor.id;
    let id = if mijn { &actor.id } else { wie };
    let names = app.store.names()?;
    let missing = || Problem::not_found("Deze persoon werkt niet aan deze zaak.");
    if !mijn && !app.store.members(&zaak.id)?.iter().any(|one| one == id) {
        return Err(missing());
    }
    let naam = names.get(id).ok_or_else(missing)?;
    let all = app.store.worklist(zicht, id)?;
    let last = all.len().div_ceil(STRETCH).max(1);
    let blad = blad.clamp(1, last);
    let stretch = all.iter().skip((blad - 1) * STRETCH).take(STRETCH);
    let open = all.iter().find(|one| one.waarde.is_none());
    let review =
        |one: &Toegewezen| format!("/zaken/{}/schiften/mijn?document={}", zaak.id, one.document);
    let at = |blad: usize| format!("/zaken/{}/stukken/{wie}?blad={blad}", zaak.id);
    let rows = stretch.map(|one| row(app, zicht, one, mijn));
    let title = match mijn {
        true => "Mijn stukken".to_owned(),
        false => format!("Stukken van {naam}"),
    };
    Ok(ListPage {
        frame: Frame::new(app, actor, title.clone()),
        nav: Nav::below(app, actor, zaak, Blad::Schiften)?,
        title,
        mijn,
        totaal: labels::count(all.len() as u64, "document", "documenten"),
        verder: open.filter(|_| mijn).map(review),
        rows: rows.collect::<Result<_, _>>()?,
        neighbours: [
            (blad > 1).then(|| at(blad - 1)),
            (blad < last).then(|| at(blad + 1)),
        ],
    })
}

fn row(app: &App, zicht: &Zicht, one: &Toegewezen, mijn: bool) -> Result<Row, Problem> {
    let id = one.document;
    let found = app.snapshot(zicht)?.doc(id)?;
    let label = |name: &Option<String>, none: &str| match name {
        None => none.to_owned(),
        Some(name) => {
            Waarde::named(name).map_or_else(|| name.clone(), |one| one.label().to_owned())
        }
    };
    let judged = one.oordeel.as_deref().and_then(oordeel_named);
    Ok(Row {
        address: found.as_ref().map(|_| match mijn {
            true => format!("/zaken/{}/schiften/mijn?document={id}", zicht.zaak.id),
            false => crate::web::document::address_alone(zicht.zaak_id(), id),
        }),
        title: match &found {
            Some(document) => document.title.clone(),
            None => format!("Document {id} staat niet meer in de index"),
        },
        place: found.map_or_else(String::new, |document| {
            format!("{}/{}", document.bron, document.place)
        }),
        waarde: label(&one.waarde, "nog niet geschift"),
        oordeel: judged.map_or_else(
            || "nog niet beoordeeld".to_owned(),
            |one| one.naam().to_owned(),
        ),
    })
}
