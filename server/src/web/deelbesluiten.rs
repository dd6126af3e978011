//! The page of deelbesluiten and belanghebbenden of a case: what there is, forms to change it, and the lists and packages of
//! each. What is sent from it stands in `sent`. Never decides who may do what: a form that is not for somebody is not
//! shown to them, and the rules are in `zaken`.

mod sent;

pub use sent::{arrange, deel, set_belanghebbende, set_deelbesluit, zienswijze};

use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::register::VOERT_UIT;
use crate::zaken::Zaak;
use crate::zaken::belanghebbende::{Belanghebbende, DERDE};
use crate::zaken::deelbesluit::{Deelbesluit, Klok};
use crate::zaken::indeling::lezen::Aantallen;
use crate::zaken::indeling::{DEELT_IN, Deel};
use crate::zaken::machtiging::today;
use crate::zaken::reeks::Reeks;
use crate::zaken::termijn::Stand;
use crate::zaken::zienswijze::{Gevraagde, Strekking, Zienswijze};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Deeds that can be taken back from the page.
const MOST_DEEDS: usize = 10;

/// A deelbesluit.
struct Part {
    nummer: u32,
    versie: u32,
    inhoud: Deelbesluit,
    klok: String,
    documenten: Option<String>,
    niet_relevant: Option<String>,
}

/// A request for a zienswijze.
struct Asked {
    nummer: u32,
    versie: u32,
    inhoud: Zienswijze,
    stil: String,
    /// Whether the last day passed without one.
    verlopen: bool,
}

/// A belanghebbende.
struct Third {
    nummer: u32,
    versie: u32,
    inhoud: Belanghebbende,
    documenten: Option<String>,
    niet_relevant: Option<String>,
    zienswijzen: Vec<Asked>,
}

/// A deed that can be taken back.
struct Deed {
    nummer: u32,
    /// `deelbesluit-1`.
    deel: String,
    aantal: u64,
    what: String,
}

#[derive(Template)]
#[template(path = "deelbesluiten.html")]
struct PartsPage {
    frame: Frame,
    nav: Nav,
    zaak: String,
    /// Whether who looks may change something.
    beheert: bool,
    /// Whether they may see documents now.
    zicht: bool,
    /// Whether they may take something out.
    voert_uit: bool,
    delen: Vec<Part>,
    derden: Vec<Third>,
    nieuw: Deelbesluit,
    nieuwe_derde: Belanghebbende,
    acties: Vec<u32>,
    laatste: u64,
    daden: Vec<Deed>,
    strekkingen: Vec<(&'static str, &'static str)>,
    vandaag: String,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        page(&parts_page(&app, &actor, &zaak)?)
    })
    .await
}

/// How many are relevant, and when there are any, how many are not any more; in words.
fn counted(counts: &Option<Aantallen>, deel: Deel) -> (Option<String>, Option<String>) {
    let Some(counts) = counts else {
        return (None, None);
    };
    let (relevant, other) = counts.get(&deel).copied().unwrap_or_default();
    let documents = |count| labels::count(count, "document", "documenten");
    (
        Some(documents(relevant)),
        (other > 0).then(|| documents(other)),
    )
}

fn parts_page(app: &App, actor: &Actor, zaak: &Zaak) -> Result<PartsPage, Problem> {
    let store = &app.store;
    let counts = app.counts_for(actor, zaak)?;
    let klokken: BTreeMap<u32, Klok> = store.klokken(zaak, today())?.into_iter().collect();
    let delen = store.deelbesluiten(&zaak.id)?.into_iter();
    let delen = delen.filter_map(|one| {
        let (documenten, niet_relevant) = counted(&counts, Deel::Deelbesluit(one.nummer));
        let klok = klokken.get(&one.nummer)?;
        let last = one.versies.into_iter().next_back()?;
        Some(Part {
            nummer: one.nummer,
            versie: last.nummer,
            inhoud: last.inhoud,
            klok: in_words(klok),
            documenten,
            niet_relevant,
        })
    });
    let asked = store.zienswijzen(&zaak.id)?;
    let derden = store.belanghebbenden(&zaak.id)?.into_iter();
    let derden = derden.filter_map(|one| third(one, &counts, &asked));
    let (daden, acties, laatste) = match counts.is_some() {
        true => arranging(app, actor, zaak)?,
        false => Default::default(),
    };
    Ok(PartsPage {
        frame: Frame::new(app, actor, "Deelbesluiten en belanghebbenden"),
        nav: Nav::on(app, actor, zaak, Blad::Deelbesluiten)?,
        delen: delen.collect(),
        derden: derden.collect(),
        beheert: zaak.gesloten.is_none() && actor.is_any(&DEELT_IN),
        zicht: counts.is_some(),
        voert_uit: counts.is_some() && actor.is_any(&VOERT_UIT),
        nieuw: Deelbesluit::default(),
        nieuwe_derde: Belanghebbende {
            naam: String::new(),
            categorie: DERDE.to_owned(),
            opmerking: String::new(),
        },
        acties,
        laatste,
        daden,
        strekkingen: Strekking::ALL.map(|one| (one.name(), one.label())).into(),
        vandaag: today().to_string(),
        zaak: zaak.id.clone(),
    })
}

/// What is needed to arrange documents: the last deeds, the zoekacties, and the last record.
fn arranging(app: &App, actor: &Actor, zaak: &Zaak) -> Result<(Vec<Deed>, Vec<u32>, u64), Problem> {
    let laatste = app.store.last_indeling(&zaak.id)?;
    let zicht = app.zicht(actor, Some(&zaak.id))?;
    let names = app.store.names()?;
    let deeds = app.store.indelingen(&zicht)?.into_iter().take(MOST_DEEDS);
    let deeds = deeds.map(|one| {
        let did = match one.wat.as_str() {
            "erbij" => "bij",
            "eruit" => "uit",
            _ => "teruggedraaid:",
        };
        Deed {
            nummer: one.nummer,
            deel: format!("{}-{}", one.deel.soort(), one.deel.nummer()),
            aantal: one.aantal,
            what: format!(
                "{} {did} {} ({}, {})",
                labels::count(one.aantal, "document", "documenten"),
                one.deel,
                names.get(&one.door).map_or("", String::as_str),
                labels::moment(one.wanneer)
            ),
        }
    });
    let acties = app.store.zoekacties(&zaak.id)?;
    let acties = acties.iter().map(|actie| actie.nummer).collect();
    Ok((deeds.collect(), acties, laatste))
}

fn third(
    one: Reeks<Belanghebbende>,
    counts: &Option<Aantallen>,
    asked: &[Reeks<Gevraagde>],
) -> Option<Third> {
    let (documenten, niet_relevant) = counted(counts, Deel::Belanghebbende(one.nummer));
    let theirs = asked.iter().filter_map(|asked| {
        let last = asked.versies.last()?;
        (last.inhoud.belanghebbende == one.nummer).then(|| {
            let inhoud = last.inhoud.zienswijze.clone();
            Asked {
                nummer: asked.nummer,
                versie: last.nummer,
                stil: still(&inhoud),
                verlopen: inhoud.ontvangen_op.is_none() && inhoud.uiterlijk < today(),
                inhoud,
            }
        })
    });
    let zienswijzen = theirs.collect();
    let last = one.versies.into_iter().next_back()?;
    Some(Third {
        nummer: one.nummer,
        versie: last.nummer,
        inhoud: last.inhoud,
        documenten,
        niet_relevant,
        zienswijzen,
    })
}

fn day(day: Date) -> String {
    labels::day(&day.to_string())
}

/// For how long the term stands still for a zienswijze.
fn still(one: &Zienswijze) -> String {
    match one.stil_vanaf().filter(|van| *van <= one.stil_tot()) {
        Some(van) => format!(
            "De termijn staat stil van {} tot en met {}.",
            day(van),
            day(one.stil_tot())
        ),
        None => "De termijn staat hiervoor niet stil.".to_owned(),
    }
}

/// How a clock stands.
fn in_words(klok: &Klok) -> String {
    if let Some(on) = klok.besloten_op {
        return format!("Besluit genomen op {}.", day(on));
    }
    let mut said = match klok.stand {
        Stand::Geen => "Geen wettelijke termijn".to_owned(),
        Stand::Stil(since) => format!("De termijn staat stil sinds {}", day(since)),
        Stand::Tot(last) => format!("Besluit uiterlijk {}", day(last)),
    };
    if let Some(last) = klok.stil_tot {
        said.push_str(&format!(
            "; nu staat de termijn stil, tot en met {}",
            day(last)
        ));
    }
    if let Some(agreed) = klok.afgesproken {
        said.push_str(&format!("; met de verzoeker afgesproken: {}", day(agreed)));
    }
    said + "."
}
