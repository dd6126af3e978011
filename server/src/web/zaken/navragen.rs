//! The page of what was asked of which persons in a case, and what they answered. Owns the page and its forms.

use super::nav::{Blad, Mag, Nav};
use super::sent::{Fields, Sent, change, wrong};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::Zaak;
use crate::zaken::machtiging::today;
use crate::zaken::navraag::{Gevraagd, Navraag};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// A question to somebody, as it stands now.
struct Asked {
    nummer: u32,
    versie: u32,
    functie: String,
    datum: String,
    vraag: String,
    antwoord: String,
    antwoord_op: String,
    documenten: String,
    schifting: String,
}

#[derive(Template)]
#[template(path = "zaak-navragen.html")]
struct AskedPage {
    frame: Frame,
    nav: Nav,
    vraagt: bool,
    vandaag: String,
    navragen: Vec<Asked>,
}

/// All questions.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let mag = Mag::of(&app, &actor, &zaak)?;
        page(&AskedPage {
            frame: Frame::new(&app, &actor, Blad::Navragen.label()),
            nav: Nav::on(&app, &actor, &zaak, Blad::Navragen)?,
            vraagt: mag.werkt || (mag.open && actor.is_any(&[Rol::Regisseur])),
            vandaag: today().to_string(),
            navragen: app
                .store
                .navragen(&zaak.id)?
                .into_iter()
                .filter_map(asked)
                .collect(),
        })
    })
    .await
}

fn asked(mut asked: Gevraagd) -> Option<Asked> {
    let last = asked.versies.pop()?;
    let what = last.inhoud;
    Some(Asked {
        nummer: asked.nummer,
        versie: last.nummer,
        functie: what.functie,
        datum: labels::day(&what.datum.to_string()),
        vraag: what.vraag,
        antwoord: what.antwoord,
        antwoord_op: what
            .antwoord_op
            .map_or_else(String::new, |day| day.to_string()),
        documenten: what
            .documenten
            .map_or_else(String::new, |count| count.to_string()),
        schifting: what.schifting,
    })
}

/// Notes a question to somebody, or its answer.
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Navragen, "inhoud");
    change((app, actor, zaak), back, sent, note).await
}

fn note(app: &App, actor: &Actor, zaak: &Zaak, fields: &Fields) -> Result<(), Problem> {
    if fields.text("nummer").is_empty() {
        let navraag = Navraag {
            functie: fields.text("functie"),
            persoon: fields.text("persoon"),
            datum: fields.day("datum")?,
            vraag: fields.text("vraag"),
            antwoord: String::new(),
            antwoord_op: None,
            documenten: None,
            schifting: String::new(),
        };
        app.store.ask(actor, zaak, None, &navraag)?;
        return Ok(());
    }
    let (nummer, seen) = (fields.number("nummer")?, fields.number("gezien")?);
    let all = app.store.navragen(&zaak.id)?;
    let last = all.into_iter().find(|asked| asked.nummer == nummer);
    let last = last.and_then(|asked| asked.versies.into_iter().next_back());
    let last = last
        .ok_or_else(|| Problem::not_found("Deze vraag bestaat niet."))?
        .inhoud;
    let documents = fields.text("documenten");
    let navraag = Navraag {
        antwoord: fields.text("antwoord"),
        antwoord_op: fields.day_or_none("antwoord_op")?,
        documenten: match documents.is_empty() {
            true => None,
            false => Some(documents.parse().map_err(|_| wrong("documenten"))?),
        },
        schifting: fields.text("schifting"),
        ..last
    };
    app.store.ask(actor, zaak, Some((nummer, seen)), &navraag)?;
    Ok(())
}
