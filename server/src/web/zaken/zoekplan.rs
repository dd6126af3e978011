//! The page of the afbakening and the zoekplan of a case, with their forms. For who works on the case or
//! checks it.

use super::nav::{Blad, Mag, Nav};
use super::sent::{Fields, Sent, change};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::acties::Bron;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::plan::{Begrip, NietDoorzocht, Zoekplan};
use crate::zaken::{Versie, Zaak};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// A source in the zoekplan.
struct Planned {
    naam: String,
    stand: String,
    doorzocht: bool,
    reden: String,
}

#[derive(Template)]
#[template(path = "zaak-zoekplan.html")]
struct PlanPage {
    frame: Frame,
    nav: Nav,
    mag: Mag,
    /// Whether they change the afbakening.
    bakent_af: bool,
    afbakening: Afbakening,
    afbakening_versie: u32,
    afgestemd: Option<String>,
    periode: Option<String>,
    plan: Zoekplan,
    plan_versie: u32,
    plan_periode: Option<String>,
    plan_goedgekeurd: Option<String>,
    keurt_goed: bool,
    begrippen: String,
    bronnen: Vec<Planned>,
}

/// Both, as they stand now.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        page(&plan_page(&app, &actor, &zaak)?)
    })
    .await
}

fn plan_page(app: &App, actor: &Actor, zaak: &Zaak) -> Result<PlanPage, Problem> {
    let store = &app.store;
    let mag = Mag::of(app, actor, zaak)?;
    let afbakening = store.afbakeningen(&zaak.id)?.pop();
    let plan = store.zoekplannen(&zaak.id)?.pop();
    let plan_versie = plan.as_ref().map_or(0, |plan| plan.nummer);
    let approved = store.goedkeuringen(&zaak.id)?;
    let approved = approved.iter().find(|one| one.versie == plan_versie);
    let names = store.names()?;
    let name = |id: &str| names.get(id).map_or(id, String::as_str).to_owned();
    let keurt_goed = plan
        .as_ref()
        .is_some_and(|plan| approved.is_none() && approves(actor, zaak, plan));
    let plan = plan.map(|plan| plan.inhoud).unwrap_or_default();
    let coverage = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
    let sight = app.sight(actor, zaak)?;
    let planned = |bron: &Bron| {
        // How much a source holds is for who may see it.
        let sees = sight
            .as_ref()
            .is_some_and(|sight| sight.may_see(&bron.naam));
        planned(bron, &plan, sees || actor.is_any(&LOOKS_AFTER_RUNS))
    };
    let afbakening_versie = afbakening.as_ref().map_or(0, |versie| versie.nummer);
    let afbakening = afbakening.map(|versie| versie.inhoud).unwrap_or_default();
    Ok(PlanPage {
        frame: Frame::new(app, actor, Blad::Zoekplan.label()),
        nav: Nav::on(app, actor, zaak, Blad::Zoekplan)?,
        mag,
        bakent_af: mag.werkt || (mag.open && actor.is_any(&[Rol::Regisseur])),
        afbakening_versie,
        afgestemd: agreed(&afbakening),
        periode: period(afbakening.van, afbakening.tot),
        afbakening,
        plan_versie,
        plan_periode: period(plan.van, plan.tot),
        plan_goedgekeurd: approved
            .map(|one| format!("{}, {}", name(&one.door), labels::moment(one.wanneer))),
        keurt_goed,
        begrippen: concepts(&plan),
        bronnen: coverage.iter().map(planned).collect(),
        plan,
    })
}

/// Whether `actor` is somebody who can approve this version.
fn approves(actor: &Actor, zaak: &Zaak, plan: &Versie<Zoekplan>) -> bool {
    zaak.gesloten.is_none()
        && actor.is_any(&[Rol::Regisseur, Rol::WooJurist])
        && (actor.is_local() || plan.door != actor.id)
}

/// How and when the applicant agreed, in words.
fn agreed(afbakening: &Afbakening) -> Option<String> {
    let how = afbakening.afgestemd_hoe.trim();
    let day = afbakening.afgestemd_op;
    let day = day.map(|day| labels::day(&day.to_string()));
    match (how.is_empty(), day) {
        (true, day) => day,
        (false, None) => Some(how.to_owned()),
        (false, Some(day)) => Some(format!("{how}, {day}")),
    }
}

fn period(from: Option<jiff::civil::Date>, to: Option<jiff::civil::Date>) -> Option<String> {
    let day = |day: jiff::civil::Date| labels::day(&day.to_string());
    match (from, to) {
        (None, None) => None,
        (Some(from), None) => Some(format!("vanaf {}", day(from))),
        (None, Some(to)) => Some(format!("tot en met {}", day(to))),
        (Some(from), Some(to)) => Some(format!("{} tot en met {}", day(from), day(to))),
    }
}

/// The concepts as the form has them: a line each, its terms behind a colon.
fn concepts(plan: &Zoekplan) -> String {
    let lines = plan.begrippen.iter();
    let line = lines.map(|one| match one.termen.is_empty() {
        true => one.naam.clone(),
        false => format!("{}: {}", one.naam, one.termen.join("; ")),
    });
    line.collect::<Vec<_>>().join("\n")
}

fn planned(bron: &Bron, plan: &Zoekplan, counts: bool) -> Planned {
    let left_out = plan
        .niet_doorzocht
        .iter()
        .find(|other| other.bron == bron.naam);
    let stand = match (&bron.status, bron.begonnen) {
        (Some(status), Some(begun)) if !counts => {
            format!("laatste run {status}, {}", labels::moment(begun))
        }
        (Some(status), Some(begun)) => format!(
            "laatste run {status}, {}; {}, {} onleesbaar, {} gedeeltelijk",
            labels::moment(begun),
            labels::count(bron.documenten, "document", "documenten"),
            labels::number(bron.onleesbaar),
            labels::number(bron.gedeeltelijk),
        ),
        _ => "nog niet ingelezen".to_owned(),
    };
    Planned {
        naam: bron.naam.clone(),
        stand,
        doorzocht: plan.bronnen.contains(&bron.naam),
        reden: left_out
            .map(|other| other.reden.clone())
            .unwrap_or_default(),
    }
}

/// Changes the afbakening.
pub async fn afbakening(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoekplan, "afbakening");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let inhoud = Afbakening {
                onderwerp: fields.text("onderwerp"),
                van: fields.day_or_none("van")?,
                tot: fields.day_or_none("tot")?,
                uitgesloten: fields.text("uitgesloten"),
                afgestemd_hoe: fields.text("afgestemd_hoe"),
                afgestemd_op: fields.day_or_none("afgestemd_op")?,
            };
            app.store
                .set_afbakening(actor, zaak, fields.number("gezien")?, &inhoud)?;
            Ok(())
        },
    )
    .await
}

/// Changes the zoekplan.
pub async fn plan(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoekplan, "zoekplan");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let plan = written(fields)?;
            app.store
                .set_zoekplan(actor, zaak, fields.number("gezien")?, &plan)?;
            Ok(())
        },
    )
    .await
}

fn written(fields: &Fields) -> Result<Zoekplan, Problem> {
    let lines = fields.text("begrippen");
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    // A source that is not ticked stands there with its reason, in the same order.
    let left_out = fields.all("niet").zip(fields.all("reden"));
    let left_out = left_out
        .filter(|(bron, reason)| !reason.is_empty() && !fields.all("bron").any(|one| one == *bron));
    Ok(Zoekplan {
        begrippen: lines.map(concept).collect(),
        bronnen: fields.all("bron").map(str::to_owned).collect(),
        niet_doorzocht: left_out
            .map(|(bron, reden)| NietDoorzocht {
                bron: bron.to_owned(),
                reden: reden.to_owned(),
            })
            .collect(),
        bekende_gaten: fields.text("bekende_gaten"),
        van: fields.day_or_none("van")?,
        tot: fields.day_or_none("tot")?,
        toelichting: fields.text("toelichting"),
    })
}

/// `begrip: term; term`
fn concept(line: &str) -> Begrip {
    let (naam, terms) = line.split_once(':').unwrap_or((line, ""));
    let terms = terms
        .split(';')
        .map(str::trim)
        .filter(|term| !term.is_empty());
    Begrip {
        naam: naam.trim().to_owned(),
        termen: terms.map(str::to_owned).collect(),
    }
}

/// Approves the zoekplan.
pub async fn approve(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, versie)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoekplan, "zoekplan");
    change(
        (app, actor, zaak),
        back,
        sent,
        move |app, actor, zaak, _| Ok(app.store.approve_zoekplan(actor, zaak, versie)?),
    )
    .await
}
