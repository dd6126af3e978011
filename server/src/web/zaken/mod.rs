//! The pages of cases: the list, and one case with everything in it. What is sent from them stands in `sent`, the page
//! of a sample in `steekproef`. Never decides who may do what: the rules are in `zaken`, and a form that is not for
//! somebody is not shown to them.

mod sent;
pub mod steekproef;

pub use sent::{
    Fields, Sent, afbakening, approve, ask, close, close_round, create, decide, grant, member,
    open_round, plan, put, reopen, stretch, withdraw,
};

use super::results::Form;
use super::{Frame, blocking, labels, page};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::acties::{Bron, Zoekactie};
use crate::zaken::afbakening::Afbakening;
use crate::zaken::machtiging::{Machtiging, Rubricering, today};
use crate::zaken::navraag::Gevraagd;
use crate::zaken::plan::Zoekplan;
use crate::zaken::rondes::Zoekronde;
use crate::zaken::steekproef::Steekproef;
use crate::zaken::termijn::{self, Stand};
use crate::zaken::{self, LOCAL, Soort, Zaak};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A case in the list.
struct Line {
    id: String,
    nummer: String,
    titel: String,
    soort: &'static str,
    ontvangen: String,
    termijn: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "zaken.html")]
struct ListPage {
    frame: Frame,
    zaken: Vec<Line>,
    /// Whether who looks may open one.
    opent: bool,
    soorten: Vec<(&'static str, &'static str)>,
    vandaag: String,
}

/// All cases that somebody sees.
pub async fn list(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        let zaken = app.store.zaken_of(&actor)?;
        let lines = zaken.iter().map(|zaak| line(&app, zaak));
        page(&ListPage {
            zaken: lines.collect::<Result<_, _>>()?,
            opent: actor.is_any(&[Rol::Regisseur, Rol::WooJurist]),
            soorten: Soort::ALL.map(|soort| (soort.name(), soort.label())).into(),
            vandaag: today().to_string(),
            frame: Frame::new(&app, &actor, "Zaken"),
        })
    })
    .await
}

fn line(app: &App, zaak: &Zaak) -> Result<Line, Problem> {
    let intake = &zaak.intake;
    Ok(Line {
        id: zaak.id.clone(),
        nummer: intake.nummer.clone(),
        titel: intake.titel.clone(),
        soort: intake.soort.label(),
        ontvangen: labels::day(&intake.ontvangen.to_string()),
        termijn: term(app, zaak)?,
        open: zaak.gesloten.is_none(),
    })
}

/// How the legal term stands, in words.
fn term(app: &App, zaak: &Zaak) -> Result<String, Problem> {
    let steps = app.store.termijn(&zaak.id)?;
    let day = |day: jiff::civil::Date| labels::day(&day.to_string());
    Ok(
        match termijn::stand(zaak.intake.soort, zaak.intake.ontvangen, &steps) {
            Stand::Geen => "geen wettelijke termijn".to_owned(),
            Stand::Stil(since) => format!("staat stil sinds {}", day(since)),
            Stand::Tot(last) => format!("besluit uiterlijk {}", day(last)),
        },
    )
}

/// A machtiging in words.
struct Granted {
    id: String,
    aan: String,
    doel: String,
    bronnen: String,
    plafond: &'static str,
    periode: String,
    door: String,
    wijze: String,
    /// Why it does not hold.
    niet: Option<String>,
}

/// A search that was done.
struct Action {
    nummer: u32,
    zoekopdracht: String,
    wanneer: String,
    wie: String,
    vraag: String,
    canoniek: String,
    totaal: String,
    stap: bool,
    ronde: Option<u32>,
    /// What is still missing.
    wacht: Option<String>,
    termen: Vec<(String, String, String)>,
}

/// A source in the zoekplan.
struct Planned {
    naam: String,
    stand: String,
    doorzocht: bool,
    reden: String,
}

/// A question to somebody, as it stands now.
struct Asked {
    nummer: u32,
    versie: u32,
    functie: String,
    datum: String,
    vraag: String,
    antwoord: String,
}

#[derive(Template)]
#[template(path = "zaak.html")]
struct ZaakPage {
    frame: Frame,
    line: Line,
    verzoek: String,
    lokaal: bool,
    leden: Vec<String>,
    /// The search form, when somebody may search now; else why not.
    form: Option<Form>,
    geen_zicht: Option<String>,
    machtigingen: Vec<Granted>,
    /// Accounts to grant to: id, name.
    accounts: Vec<(String, String)>,
    machtigt: bool,
    trekt_in: bool,
    rubriceringen: Vec<(&'static str, &'static str)>,
    vandaag: String,
    afbakening: Afbakening,
    afbakening_versie: u32,
    plan: Zoekplan,
    plan_versie: u32,
    plan_goedgekeurd: Option<String>,
    keurt_goed: bool,
    begrippen: String,
    bronnen: Vec<Planned>,
    werkt: bool,
    regisseur: bool,
    heropent: bool,
    navragen: Vec<Asked>,
    rondes: Vec<Round>,
    open_ronde: Option<u32>,
    acties: Vec<Action>,
    /// The day of the decision.
    besluit_op: Option<jiff::civil::Date>,
    /// Whether who looks sees what was searched.
    binnen: bool,
    /// Documents with a number.
    genummerd: String,
    in_families: bool,
    /// Samples: number, what it is drawn from.
    steekproeven: Vec<(u32, String)>,
}

struct Round {
    nummer: u32,
    doel: String,
    conclusie: Option<String>,
    gesloten: Option<String>,
}

/// One case.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        page(&zaak_page(&app, &actor, &zaak)?)
    })
    .await
}

fn zaak_page(app: &App, actor: &Actor, zaak: &Zaak) -> Result<ZaakPage, Problem> {
    let store = &app.store;
    let names: BTreeMap<String, String> = store
        .accounts()?
        .into_iter()
        .map(|account| (account.id, account.naam))
        .collect();
    let name = |id: &str| match names.get(id) {
        Some(name) => name.clone(),
        None if id == LOCAL => "deze computer".to_owned(),
        None => id.to_owned(),
    };
    let open = zaak.gesloten.is_none();
    let (form, geen_zicht) = may_search(app, actor, zaak)?;
    let afbakening = store.afbakeningen(&zaak.id)?.pop();
    let plan = store.zoekplannen(&zaak.id)?.pop();
    let plan_versie = plan.as_ref().map_or(0, |plan| plan.nummer);
    let approved = store.goedkeuringen(&zaak.id)?;
    let approved = approved
        .iter()
        .find(|approval| approval.versie == plan_versie);
    let plan_door = plan.as_ref().map(|plan| plan.door.clone());
    let plan = plan.map(|plan| plan.inhoud).unwrap_or_default();
    let coverage = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
    let rondes = store.rondes(&zaak.id)?;
    let jurist = actor.is_any(&[Rol::Regisseur, Rol::WooJurist]);
    let numbers = store.documentnummers(&zaak.id)?;
    let werkt = open && actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist]);
    Ok(ZaakPage {
        frame: Frame::new(app, actor, format!("Zaak {}", zaak.intake.nummer)),
        line: line(app, zaak)?,
        verzoek: zaak.intake.verzoek.clone(),
        lokaal: zaak.is_local(),
        leden: store.members(&zaak.id)?.iter().map(|id| name(id)).collect(),
        form,
        geen_zicht,
        machtigingen: store
            .machtigingen(&zaak.id)?
            .into_iter()
            .map(|one| granted(one, &name))
            .collect(),
        machtigt: open && !actor.is_local() && actor.is_any(&[Rol::BeheerderAutorisatie]),
        trekt_in: open && actor.is_any(&[Rol::BeheerderAutorisatie, Rol::Regisseur]),
        rubriceringen: Rubricering::ALL[..3]
            .iter()
            .map(|one| (one.name(), one.label()))
            .collect(),
        vandaag: today().to_string(),
        afbakening_versie: afbakening.as_ref().map_or(0, |versie| versie.nummer),
        afbakening: afbakening.map(|versie| versie.inhoud).unwrap_or_default(),
        plan_versie,
        plan_goedgekeurd: approved
            .map(|one| format!("{}, {}", name(&one.door), labels::moment(one.wanneer))),
        keurt_goed: open
            && jurist
            && approved.is_none()
            && plan_versie > 0
            && (actor.is_local() || plan_door.is_some_and(|writer| writer != actor.id)),
        begrippen: concepts(&plan),
        bronnen: coverage.iter().map(|bron| planned(bron, &plan)).collect(),
        plan,
        werkt,
        heropent: !open && actor.is_any(&[Rol::Regisseur]),
        regisseur: open && !zaak.is_local() && actor.is_any(&[Rol::Regisseur]),
        navragen: store
            .navragen(&zaak.id)?
            .into_iter()
            .filter_map(asked)
            .collect(),
        open_ronde: rondes
            .iter()
            .find(|ronde| ronde.gesloten.is_none())
            .map(|ronde| ronde.nummer),
        rondes: rondes.into_iter().map(round).collect(),
        besluit_op: zaak.besluit_op,
        binnen: app.sees_inside(actor, zaak)?,
        acties: match app.sees_inside(actor, zaak)? {
            true => store
                .zoekacties(&zaak.id)?
                .into_iter()
                .map(action)
                .collect(),
            false => Vec::new(),
        },
        in_families: numbers.iter().any(|one| one.nummer.deel > 0),
        genummerd: match numbers.len() {
            0 => String::new(),
            count => labels::count(
                count as u64,
                "document heeft een nummer",
                "documenten hebben een nummer",
            ),
        },
        steekproeven: store
            .steekproeven(&zaak.id)?
            .into_iter()
            .map(sample)
            .collect(),
        accounts: names
            .into_iter()
            .filter(|(id, _)| *id != actor.id)
            .collect(),
    })
}

/// The search form for who may search, or why not. Looking is no refusal: nothing is recorded.
fn may_search(
    app: &App,
    actor: &Actor,
    zaak: &Zaak,
) -> Result<(Option<Form>, Option<String>), Problem> {
    if let Some(why) = app.why_no_zicht(actor, zaak)? {
        return Ok((None, Some(crate::problem::sentence(&why))));
    }
    let question = Question {
        zaak: (!zaak.is_local()).then(|| zaak.id.clone()),
        ..Question::default()
    };
    Ok((Some(Form::new(&question)), None))
}

fn granted(one: Machtiging, name: &impl Fn(&str) -> String) -> Granted {
    let names = |ids: &std::collections::BTreeSet<String>| {
        ids.iter().map(|id| name(id)).collect::<Vec<_>>().join(", ")
    };
    let niet = one.why_not(today());
    let what = one.verlening;
    let day = |day: jiff::civil::Date| labels::day(&day.to_string());
    Granted {
        aan: names(&what.aan),
        bronnen: what.bronnen.iter().cloned().collect::<Vec<_>>().join(", "),
        plafond: what.plafond.label(),
        periode: format!("{} tot en met {}", day(what.van), day(what.tot)),
        doel: what.doel,
        door: format!(
            "{}, {}",
            name(&one.verleend_door),
            labels::moment(one.verleend_op)
        ),
        wijze: one.wijze,
        niet,
        id: one.id,
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

fn planned(bron: &Bron, plan: &Zoekplan) -> Planned {
    let left_out = plan
        .niet_doorzocht
        .iter()
        .find(|other| other.bron == bron.naam);
    let stand = match (&bron.status, bron.begonnen) {
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

fn asked(mut asked: Gevraagd) -> Option<Asked> {
    let last = asked.versies.pop()?;
    Some(Asked {
        nummer: asked.nummer,
        versie: last.nummer,
        functie: last.inhoud.functie,
        datum: labels::day(&last.inhoud.datum.to_string()),
        vraag: last.inhoud.vraag,
        antwoord: last.inhoud.antwoord,
    })
}

fn round(ronde: Zoekronde) -> Round {
    Round {
        nummer: ronde.nummer,
        doel: ronde.doel,
        conclusie: ronde.conclusie,
        gesloten: ronde.gesloten.map(labels::moment),
    }
}

fn sample(sample: Steekproef) -> (u32, String) {
    let from = match sample.soort {
        zaken::steekproef::Soort::Precisie => "wat gevonden is",
        zaken::steekproef::Soort::Elusie => "wat niet gevonden is",
    };
    let what = format!(
        "uit {from} bij zoekactie {}, {}",
        sample.zoekactie,
        labels::moment(sample.wanneer)
    );
    (sample.nummer, what)
}

fn action(actie: Zoekactie) -> Action {
    let (verslag, telling) = (actie.verslag, actie.telling);
    let wacht = match &telling {
        None => Some("wordt geteld".to_owned()),
        Some(telling) => telling.gemist.clone(),
    };
    let terms = telling.map(|telling| telling.termen).unwrap_or_default();
    Action {
        nummer: actie.nummer,
        zoekopdracht: actie.zoekopdracht,
        wanneer: labels::moment(verslag.begonnen),
        wie: verslag.naam,
        vraag: verslag.zoekvraag.vraag,
        canoniek: verslag.canoniek,
        totaal: labels::number(verslag.totaal),
        stap: actie.stap_van.is_some(),
        ronde: actie.ronde,
        wacht,
        termen: terms
            .into_iter()
            .map(|term| {
                (
                    term.tekst,
                    labels::number(term.treffers),
                    labels::number(term.uniek),
                )
            })
            .collect(),
    }
}
