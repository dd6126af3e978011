//! The lists with synonyms of a case: all of them with their versions, adding one from a file, a text or the zoekplan,
//! and one version with its rows. Works without script. Never decides who may do what: the rules are in `zaken`.

use super::multipart::Multipart;
use super::zaken::nav::{Blad, Mag, Nav};
use super::{Frame, blocking, labels, page};
use crate::mensen::{Actor, LOCAL_ACTOR, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::Zaak;
use crate::zaken::plan::Begrip;
use crate::zaken::woordenlijst::gebruik::lijsten;
use crate::zaken::woordenlijst::invoer::{Gelezen, Inhoud, Vorm, of_bytes};
use crate::zaken::woordenlijst::{Lijstversie, Wijziging};
use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zv_shared::lists::{List, Origin, csv};

/// The routes of these pages.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/zaken/{zaak}/woordenlijsten", get(show).post(create))
        .route("/zaken/{zaak}/woordenlijsten/zoekplan", post(of_plan))
        .route("/zaken/{zaak}/woordenlijsten/{nummer}", post(change))
        .route(
            "/zaken/{zaak}/woordenlijsten/{nummer}/gebruik",
            post(switch),
        )
        .route("/zaken/{zaak}/woordenlijsten/{nummer}/{versie}", get(read))
        .route(
            "/zaken/{zaak}/woordenlijsten/{nummer}/{versie}/keur-goed",
            post(approve),
        )
}

/// A version in the table of a list.
struct Version {
    versie: u32,
    wanneer: String,
    wie: String,
    bron: String,
    termen: String,
    stand: &'static str,
    reden: String,
    goedgekeurd: Option<String>,
}

/// A list with its versions, the newest first.
struct OfCase {
    nummer: u32,
    naam: String,
    /// The last version.
    versie: u32,
    aan: bool,
    keurt_goed: bool,
    versies: Vec<Version>,
}

/// A concept of the zoekplan.
struct Concept {
    naam: String,
    termen: String,
    /// Whether its terms are synonyms now.
    aan: bool,
}

/// What the zoekplan offers.
struct OfPlan {
    /// Version of the zoekplan.
    versie: u32,
    begrippen: Vec<Concept>,
    /// The list that was made of it: number, last version.
    lijst: Option<(u32, u32)>,
    /// The version of the zoekplan that it was made of, when there is a newer one.
    ouder: Option<String>,
}

#[derive(Template)]
#[template(path = "woordenlijsten.html")]
struct ListsPage {
    frame: Frame,
    nav: Nav,
    lijsten: Vec<OfCase>,
    /// The lists that count in every case.
    overal: Vec<String>,
    werkt: bool,
    plan: Option<OfPlan>,
}

#[derive(Template)]
#[template(path = "woordenlijst.html")]
struct VersionPage {
    frame: Frame,
    nav: Nav,
    lijst: u32,
    naam: String,
    versie: Version,
    sha256: String,
    /// The rows as CSV.
    tekst: String,
    /// Whether who looks may change it: it is the last version.
    wijzigt: bool,
}

/// All lists.
async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let names = app.store.names()?;
        let all = app.store.woordenlijsten(&zaak.id)?;
        let everywhere = lijsten(&app.lists_of_installation);
        page(&ListsPage {
            frame: Frame::new(&app, &actor, "Woordenlijsten"),
            nav: Nav::below(&app, &actor, &zaak, Blad::Zoeken)?,
            overal: everywhere
                .iter()
                .map(|list| labels::list(&list.known_as()))
                .collect(),
            werkt: Mag::of(&app, &actor, &zaak)?.werkt,
            plan: plan(&app, &zaak, &all)?,
            lijsten: of_case(&actor, &zaak, all, &names),
        })
    })
    .await
}

fn name(names: &BTreeMap<String, String>, id: &str) -> String {
    match names.get(id) {
        Some(name) => name.clone(),
        None if id == LOCAL_ACTOR => "deze computer".to_owned(),
        None => id.to_owned(),
    }
}

fn version(one: &Lijstversie, names: &BTreeMap<String, String>) -> Version {
    let approved = one.goedgekeurd.as_ref();
    Version {
        versie: one.versie,
        wanneer: labels::moment(one.wanneer),
        wie: name(names, &one.door),
        bron: labels::list_source(&one.bron, one.opgegeven.as_deref()),
        termen: labels::count(one.termen, "term", "termen"),
        stand: if one.aan { "telt mee" } else { "staat uit" },
        reden: one.reden.clone(),
        goedgekeurd: approved
            .map(|(door, when)| format!("{}, {}", name(names, door), labels::moment(*when))),
    }
}

fn of_case(
    actor: &Actor,
    zaak: &Zaak,
    all: Vec<Lijstversie>,
    names: &BTreeMap<String, String>,
) -> Vec<OfCase> {
    let approves = zaak.gesloten.is_none() && actor.is_any(&[Rol::Regisseur, Rol::WooJurist]);
    let of_list = |versions: &[Lijstversie]| {
        let last = versions.last()?;
        Some(OfCase {
            nummer: last.nummer,
            naam: last.naam.clone(),
            versie: last.versie,
            aan: last.aan,
            keurt_goed: approves
                && last.goedgekeurd.is_none()
                && (actor.is_local() || last.door != actor.id),
            versies: versions
                .iter()
                .rev()
                .map(|one| version(one, names))
                .collect(),
        })
    };
    all.chunk_by(|a, b| a.nummer == b.nummer)
        .filter_map(of_list)
        .collect()
}

/// What the last zoekplan offers; nothing when it has no concepts with terms.
fn plan(app: &App, zaak: &Zaak, all: &[Lijstversie]) -> Result<Option<OfPlan>, Problem> {
    let Some(plan) = app.store.zoekplannen(&zaak.id)?.pop() else {
        return Ok(None);
    };
    let mut now = app.store.woordenlijsten_now(&zaak.id)?.into_iter();
    let of_plans = |list: &Lijstversie| {
        let mut versions = all.iter().filter(|one| one.nummer == list.nummer);
        versions.any(of_a_plan)
    };
    let made = now.rfind(of_plans);
    let chosen: BTreeSet<String> = match made.as_ref().filter(|list| list.aan) {
        Some(list) => {
            let (_, rows) = app.store.woordenlijst(&zaak.id, list.nummer, list.versie)?;
            rows.into_iter()
                .filter_map(|row| row.terms.into_iter().next())
                .collect()
        }
        None => BTreeSet::new(),
    };
    let concept = |one: &Begrip| Concept {
        aan: chosen.contains(&one.naam),
        naam: one.naam.clone(),
        termen: one.termen.join("; "),
    };
    let with_terms = plan
        .inhoud
        .begrippen
        .iter()
        .filter(|one| !one.termen.is_empty());
    let begrippen: Vec<Concept> = with_terms.map(concept).collect();
    let current = format!("zoekplan {}", plan.nummer);
    Ok((!begrippen.is_empty()).then(|| OfPlan {
        versie: plan.nummer,
        begrippen,
        ouder: made
            .as_ref()
            .filter(|list| of_a_plan(list) && list.bron != current)
            .map(|list| labels::list_source(&list.bron, None)),
        lijst: made.map(|list| (list.nummer, list.versie)),
    }))
}

fn of_a_plan(one: &Lijstversie) -> bool {
    one.bron.starts_with("zoekplan ")
}

fn to(zaak: &str) -> Response {
    let address = format!("/zaken/{zaak}/woordenlijsten");
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// The rows in a form: of the file when one was chosen, else of the text.
fn sent_rows(form: &Multipart) -> Result<Gelezen, Problem> {
    let unknown = || Problem::request("Kies een CSV, RDF of TTL.");
    if let Some((name, bytes)) = form.file("bestand") {
        let (_, end) = name.rsplit_once('.').unwrap_or_default();
        return of_bytes(Vorm::named(end).ok_or_else(unknown)?, bytes);
    }
    let vorm = Vorm::named(&form.text("vorm")).ok_or_else(unknown)?;
    of_bytes(vorm, form.text("tekst").as_bytes())
}

/// Adds a list.
async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let read = sent_rows(&form)?;
        let wijziging = Wijziging {
            lijst: &read.lijst,
            bron: &read.bron,
            reden: &form.text("reden"),
        };
        app.store
            .add_woordenlijst(&actor, &zaak, &form.text("naam"), &wijziging)?;
        Ok(to(&zaak.id))
    })
    .await
}

/// Gives a list other rows.
async fn change(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    form: Multipart,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let seen = form.text("gezien").parse();
        let seen = seen.map_err(|_| Problem::request("Het formulierveld 'gezien' klopt niet."))?;
        let read = sent_rows(&form)?;
        let wijziging = Wijziging {
            lijst: &read.lijst,
            bron: &read.bron,
            reden: &form.text("reden"),
        };
        app.store
            .change_woordenlijst(&actor, &zaak, (nummer, seen), &wijziging)?;
        Ok(to(&zaak.id))
    })
    .await
}

/// Makes the terms of ticked concepts synonyms: a list of their own, which each time gets a new version.
async fn of_plan(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = |wanted: &str| {
            let named = fields.iter().filter(|(name, _)| name == wanted);
            named.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let text = |wanted: &str| all(wanted).pop().unwrap_or_default();
        let number = |wanted: &str| text(wanted).parse::<u32>().ok();
        let inhoud = Inhoud::Zoekplan {
            versie: number("plan").unwrap_or_default(),
            begrippen: all("begrip"),
        };
        let read = inhoud.read(&app.store, &zaak)?;
        let wijziging = Wijziging {
            lijst: &read.lijst,
            bron: &read.bron,
            reden: &text("reden"),
        };
        match number("lijst").zip(number("gezien")) {
            Some(at) => app
                .store
                .change_woordenlijst(&actor, &zaak, at, &wijziging)?,
            None => app.store.add_woordenlijst(
                &actor,
                &zaak,
                "Begrippen uit het zoekplan",
                &wijziging,
            )?,
        };
        Ok(to(&zaak.id))
    })
    .await
}

/// Whether a list counts.
#[derive(Deserialize)]
struct Use {
    gezien: u32,
    aan: bool,
    reden: String,
}

/// Switches a list off or on.
async fn switch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Result<Form<Use>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let at = (nummer, sent.gezien);
        app.store
            .use_woordenlijst(&actor, &zaak, at, (sent.aan, &sent.reden))?;
        Ok(to(&zaak.id))
    })
    .await
}

/// Approves a version.
async fn approve(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer, versie)): Path<(String, u32, u32)>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        app.store
            .approve_woordenlijst(&actor, &zaak, nummer, versie)?;
        Ok(to(&zaak.id))
    })
    .await
}

/// One version with its rows.
async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer, versie)): Path<(String, u32, u32)>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let (one, rows) = app.store.woordenlijst(&zaak.id, nummer, versie)?;
        let last = app.store.woordenlijsten_now(&zaak.id)?;
        let is_last = last
            .iter()
            .any(|list| (list.nummer, list.versie) == (nummer, versie));
        let list = List::of_rows(&one.naam, Origin::Zaak, None, rows).map_err(Problem::fault)?;
        page(&VersionPage {
            frame: Frame::new(&app, &actor, format!("Woordenlijst {}", one.naam)),
            nav: Nav::below(&app, &actor, &zaak, Blad::Zoeken)?,
            lijst: nummer,
            versie: version(&one, &app.store.names()?),
            naam: one.naam,
            sha256: one.sha256,
            tekst: csv::export(&list),
            wijzigt: is_last && Mag::of(&app, &actor, &zaak)?.werkt,
        })
    })
    .await
}
