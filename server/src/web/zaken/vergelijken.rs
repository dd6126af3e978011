//! The page that holds two rounds or two zoekacties against each other: how much is new, lost, changed and the same, why,
//! and which documents. What was counted is for who works on the case or checks it; documents only for who may see them.

use super::nav::{Blad, Mag, Nav};
use crate::api::{made, verschillen as api};
use crate::mensen::Actor;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::lijst::Vorm;
use crate::web::document::address_alone;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::Zaak;
use crate::zaken::vergelijking::{Deel, Verschillen, Wat};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use zv_shared::DocId;
use zv_shared::index::Search;

/// Documents on a page.
const STRETCH: usize = 50;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    wat: Wat,
    een: Option<u32>,
    ander: Option<u32>,
    #[serde(default)]
    deel: Deel,
    blad: Option<usize>,
}

/// A part of the difference.
struct Part {
    label: &'static str,
    count: String,
    address: String,
    current: bool,
}

/// A document in it.
struct Row {
    address: String,
    title: String,
    place: String,
}

/// The outcome.
struct Outcome {
    parts: Vec<Part>,
    redenen: Vec<String>,
    /// The part that is shown.
    deel: &'static str,
    rows: Vec<Row>,
    /// Documents of the part that can be shown.
    zichtbaar: String,
    neighbours: [Option<String>; 2],
}

#[derive(Template)]
#[template(path = "zaak-vergelijken.html")]
struct ComparePage {
    frame: Frame,
    nav: Nav,
    mag: Mag,
    wat: &'static str,
    een: u32,
    ander: u32,
    /// Numbers with what each is: rounds, zoekacties.
    rondes: Vec<(u32, String)>,
    acties: Vec<(u32, String)>,
    /// Why it cannot be compared.
    fout: Option<String>,
    geen_zicht: Option<String>,
    uitkomst: Option<Outcome>,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        page(&compare_page(&app, &actor, &zaak, &wanted)?)
    })
    .await
}

fn compare_page(
    app: &App,
    actor: &Actor,
    zaak: &Zaak,
    wanted: &Wanted,
) -> Result<ComparePage, Problem> {
    let all = app.store.zoekacties(&zaak.id)?;
    let searched = |ronde: u32| all.iter().any(|actie| actie.ronde == Some(ronde));
    let rondes = app.store.rondes(&zaak.id)?.into_iter();
    let rondes: Vec<(u32, String)> = rondes
        .filter(|ronde| searched(ronde.nummer))
        .map(|ronde| (ronde.nummer, ronde.doel))
        .collect();
    let acties: Vec<(u32, String)> = all
        .iter()
        .map(|actie| (actie.nummer, actie.verslag.canoniek.clone()))
        .collect();
    // Without rounds there are zoekacties to compare; the last against the one before it.
    let wat = match wanted.een {
        None if rondes.len() < 2 => Wat::Zoekacties,
        _ => wanted.wat,
    };
    let known = if wat == Wat::Rondes { &rondes } else { &acties };
    let from_last = |back: usize| {
        let at = known.len().checked_sub(back)?;
        Some(known.get(at)?.0)
    };
    let een = wanted.een.or(from_last(1)).unwrap_or(0);
    let ander = wanted.ander.or(from_last(2)).unwrap_or(0);
    let (mut fout, mut uitkomst) = (None, None);
    if known.len() > 1 {
        match app.vergelijk(zaak, wat, een, ander) {
            Ok(found) => {
                uitkomst = Some(outcome(
                    app,
                    actor,
                    zaak,
                    (wanted, wat, een, ander),
                    &found,
                )?)
            }
            Err(problem) if matches!(problem.kind, Kind::MagNiet | Kind::NietGevonden) => {
                fout = Some(problem.detail);
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(ComparePage {
        frame: Frame::new(app, actor, "Vergelijken"),
        nav: Nav::below(app, actor, zaak, Blad::Zoeken)?,
        mag: Mag::of(app, actor, zaak)?,
        wat: wat.name(),
        een,
        ander,
        geen_zicht: app
            .why_no_zicht(actor, zaak)?
            .map(|why| crate::problem::sentence(&why)),
        rondes,
        acties,
        fout,
        uitkomst,
    })
}

fn outcome(
    app: &App,
    actor: &Actor,
    zaak: &Zaak,
    (wanted, wat, een, ander): (&Wanted, Wat, u32, u32),
    found: &Verschillen,
) -> Result<Outcome, Problem> {
    let at = |deel: Deel, blad: usize| {
        let (wat, deel) = (wat.name(), deel.name());
        let more = if blad > 1 {
            format!("&blad={blad}")
        } else {
            String::new()
        };
        format!(
            "/zaken/{}/vergelijken?wat={wat}&een={een}&ander={ander}&deel={deel}{more}#documenten",
            zaak.id
        )
    };
    let part = |deel: Deel| Part {
        label: label(deel),
        count: labels::number(found.deel(deel).len() as u64),
        address: at(deel, 1),
        current: deel == wanted.deel,
    };
    let ids = visible(app, actor, zaak, found, wanted.deel)?;
    let last = ids.len().div_ceil(STRETCH).max(1);
    let blad = wanted.blad.unwrap_or(1).clamp(1, last);
    let stretch = ids.iter().skip((blad - 1) * STRETCH).take(STRETCH);
    let mut rows = Vec::new();
    if let Some(zicht) = app.sight(actor, zaak)? {
        let snapshot = app.snapshot(&zicht)?;
        for id in stretch {
            let Some(document) = snapshot.doc(*id)? else {
                continue;
            };
            rows.push(Row {
                address: address_alone(zicht.zaak_id(), *id),
                place: format!("{}/{}", document.bron, document.place),
                title: document.title,
            });
        }
    }
    Ok(Outcome {
        parts: Deel::ALL.map(part).into(),
        redenen: found.telling.redenen.clone(),
        deel: label(wanted.deel),
        rows,
        zichtbaar: labels::count(ids.len() as u64, "document", "documenten"),
        neighbours: [
            (blad > 1).then(|| at(wanted.deel, blad - 1)),
            (blad < last).then(|| at(wanted.deel, blad + 1)),
        ],
    })
}

fn label(deel: Deel) -> &'static str {
    match deel {
        Deel::Nieuw => "Nieuw",
        Deel::Verdwenen => "Verdwenen",
        Deel::Gewijzigd => "Gewijzigd",
        Deel::Gelijk => "Gelijk",
    }
}

/// The documents of a part that are in the index and that who looks may see.
fn visible(
    app: &App,
    actor: &Actor,
    zaak: &Zaak,
    found: &Verschillen,
    deel: Deel,
) -> Result<Vec<DocId>, Problem> {
    let Some(zicht) = app.sight(actor, zaak)? else {
        return Ok(Vec::new());
    };
    let seen = app
        .snapshot(&zicht)?
        .ids(&Search::of(zv_shared::Query::All))?;
    let pairs = found.deel(deel).iter();
    let ids = pairs.filter_map(|(was, is)| Some(DocId(is.or(*was)?.0)));
    Ok(ids.filter(|id| seen.binary_search(id).is_ok()).collect())
}

/// A list that is asked for.
#[derive(Deserialize)]
pub struct ListForm {
    wat: Wat,
    een: u32,
    ander: u32,
    vorm: Vorm,
}

/// The difference as a file.
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Result<Form<ListForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    let wanted = api::Wanted {
        wat: form.wat,
        een: form.een,
        ander: form.ander,
        vorm: form.vorm,
    };
    made(move |weg| api::make(&app, &actor, &zaak, &wanted, &weg)).await
}
