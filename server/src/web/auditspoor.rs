//! The audit trail on a page: a form to narrow it, a table, older records, and the way to a file. Everything that is
//! asked goes in the body of a request: a name or a text never stands in an address.

use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::api::auditregels::{self, Wanted};
use crate::api::made;
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::spoor::LEEST;
use crate::state::App;
use crate::store::spoor::{Bladzijde, Regel, shown};
use crate::toegang::Vrager;
use crate::uitvoer::spoor::Vorm;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Records on a page.
const SHOWN: usize = 100;
/// Actors without an account.
const OTHERS: [&str; 3] = ["lokaal", "programma", "onbekend"];

/// A case of which the records are wanted.
#[derive(Deserialize)]
pub struct Place {
    zaak: Option<String>,
}

/// What was filled in.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// Number or id of the case.
    zaak: String,
    account: String,
    actie: String,
    resultaat: String,
    van: String,
    tot: String,
    tekst: String,
    cursor: String,
    vorm: String,
}

/// A record in words.
struct Line {
    nummer: u64,
    tijd: String,
    wie: String,
    via: String,
    actie: String,
    object: String,
    /// Id and number of the case.
    zaak: Option<(String, String)>,
    geweigerd: bool,
    zoekvraag: Option<String>,
    toelichting: Option<String>,
    gegevens: Option<String>,
    hash: String,
}

impl From<Regel> for Line {
    fn from(line: Regel) -> Self {
        let moment = line.tijd.parse().map(labels::moment);
        let nummer = line.zaaknummer.unwrap_or_else(|| line.zaak.clone());
        Line {
            nummer: line.nummer,
            tijd: moment.unwrap_or(line.tijd),
            wie: line.naam,
            via: line.oorsprong,
            actie: line.actie,
            object: line.object,
            zaak: (!line.zaak.is_empty()).then_some((line.zaak, nummer)),
            geweigerd: line.resultaat == "geweigerd",
            zoekvraag: line.zoekvraag,
            toelichting: line.toelichting,
            gegevens: line.gegevens.filter(|data| data != "{}"),
            hash: line.hash,
        }
    }
}

#[derive(Template)]
#[template(path = "auditspoor.html")]
struct TrailPage {
    frame: Frame,
    /// The menu of the case, when the records are of one.
    nav: Option<Nav>,
    sent: Sent,
    /// Actors to choose from: key, name.
    accounts: Vec<(String, String)>,
    /// Cases to choose from, for who reads only those: id, number, title.
    zaken: Vec<(String, String, String)>,
    regels: Vec<Line>,
    /// The cursor of what is older.
    verder: Option<u64>,
    onderbroken: bool,
    /// Whether records are shown at all.
    leest: bool,
    /// Whether the whole chain may be taken out.
    keten: bool,
}

/// The newest records, of one case or of all.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    let sent = Sent {
        zaak: place.zaak.unwrap_or_default(),
        ..Sent::default()
    };
    blocking(move || trail(&app, &actor, sent)).await
}

/// The records that were asked for.
pub async fn search(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || trail(&app, &actor, sent)).await
}

/// The records that were asked for, or the whole chain, as a file.
pub async fn export(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    made(move |weg| {
        let (vorm, filter) = match sent.vorm.as_str() {
            "jsonl" => (Vorm::Jsonl, Wanted::default()),
            _ => (Vorm::Csv, sent.wanted(&app, &actor)?),
        };
        auditregels::make(&app, &actor, &filter.filter()?, vorm, &weg)
    })
    .await
}

fn trail(app: &App, actor: &Actor, sent: Sent) -> Result<Response, Problem> {
    let everywhere = actor.is_local() || actor.is_any(&LEEST);
    let leest = everywhere || !sent.zaak.trim().is_empty();
    let filter = sent.wanted(app, actor)?.filter()?;
    let found = match leest {
        true => {
            let cursor = Some(sent.cursor.as_str()).filter(|text| !text.is_empty());
            app.read_trail(actor, &filter, auditregels::cursor(cursor)?, SHOWN)?
        }
        // Nothing was asked yet: that is no refusal.
        false => Bladzijde::default(),
    };
    let zaken = match everywhere {
        true => Vec::new(),
        false => app.store.zaken_of(actor)?,
    };
    let accounts = app.store.accounts()?.into_iter();
    let accounts = accounts.map(|account| (account.id, account.naam));
    let others = OTHERS.map(|key| (key.to_owned(), shown(key).to_owned()));
    let zaak = match &filter.zaak {
        Some(zaak) => app.store.zaak(zaak)?,
        None => None,
    };
    let nav = match zaak {
        Some(zaak) if app.sees_inside(actor, &zaak)? => {
            Some(Nav::on(app, actor, &zaak, Blad::Auditspoor)?)
        }
        _ => None,
    };
    page(&TrailPage {
        frame: Frame::new(app, actor, "Auditspoor"),
        nav,
        accounts: accounts.chain(others).collect(),
        zaken: zaken
            .into_iter()
            .map(|zaak| (zaak.id, zaak.intake.nummer, zaak.intake.titel))
            .collect(),
        regels: found.regels.into_iter().map(Line::from).collect(),
        verder: found.verder,
        onderbroken: found.onderbroken,
        leest,
        keten: actor.is_any(&[Rol::Auditor]),
        sent,
    })
}

impl Sent {
    fn wanted(&self, app: &App, actor: &Actor) -> Result<Wanted, Problem> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Wanted {
            zaak: match text(&self.zaak) {
                Some(zaak) => Some(case(app, actor, zaak)?),
                None => None,
            },
            account: text(&self.account),
            actie: text(&self.actie),
            resultaat: value(&self.resultaat)?,
            van: value(&self.van)?,
            tot: value(&self.tot)?,
            tekst: text(&self.tekst),
        })
    }
}

/// A field that may be empty.
fn value<T: DeserializeOwned>(text: &str) -> Result<Option<T>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let value = serde_json::from_value(text.into());
    let wrong = |_| Problem::request("Een datum of keuze in het formulier klopt niet.");
    value.map(Some).map_err(wrong)
}

/// The id of a case that somebody names by its number, as far as they see that case; else what was typed.
fn case(app: &App, actor: &Actor, typed: String) -> Result<String, Problem> {
    let Some(zaak) = app.store.zaak_numbered(&typed)? else {
        return Ok(typed);
    };
    let sees = actor.is_local()
        || actor.is_any(&[Rol::Auditor, Rol::BeheerderAutorisatie])
        || app.store.members(&zaak.id)?.contains(&actor.id);
    Ok(if sees { zaak.id } else { typed })
}
