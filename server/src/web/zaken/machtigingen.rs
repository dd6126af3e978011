//! The page of the machtigingen of a case: which hold, which do not and why, and granting one. Gives no right itself:
//! the rules are in `zaken`.

use super::nav::{Blad, Nav};
use super::sent::{Sent, change, wrong};
use crate::mensen::Rol;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::machtiging::{Machtiging, Rubricering, Uitzondering, Verlening, Wijze};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zv_indexer::source::Sources;

/// A machtiging in words.
struct Granted {
    id: String,
    aan: String,
    doel: String,
    bronnen: String,
    /// What of them stays shut.
    behalve: String,
    plafond: &'static str,
    periode: String,
    door: String,
    wijze: String,
    /// Why it does not hold.
    niet: Option<String>,
}

#[derive(Template)]
#[template(path = "zaak-machtigingen.html")]
struct GrantsPage {
    frame: Frame,
    nav: Nav,
    machtigingen: Vec<Granted>,
    /// Accounts that can receive one: id, name.
    accounts: Vec<(String, String)>,
    /// Sources to grant.
    bronnen: Vec<String>,
    /// Those of which rights are read.
    met_rechten: Vec<String>,
    machtigt: bool,
    trekt_in: bool,
    rubriceringen: Vec<(&'static str, &'static str)>,
    vandaag: String,
}

/// All machtigingen.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        let store = &app.store;
        let names = store.names()?;
        let open = zaak.gesloten.is_none();
        let machtigt = open && !actor.is_local() && actor.is_any(&[Rol::BeheerderAutorisatie]);
        let himself = app.settings.machtiging == Wijze::Zelf;
        let bronnen = match machtigt {
            true => crate::runs::coverage(&app.folder).map_err(Problem::fault)?,
            false => Vec::new(),
        };
        page(&GrantsPage {
            frame: Frame::new(&app, &actor, Blad::Machtigingen.label()),
            nav: Nav::on(&app, &actor, &zaak, Blad::Machtigingen)?,
            machtigingen: store
                .machtigingen(&zaak.id)?
                .into_iter()
                .map(|one| granted(one, &names, store.today()))
                .collect(),
            accounts: store
                .accounts()?
                .into_iter()
                .filter(|account| !account.uit && (himself || account.id != actor.id))
                .map(|account| (account.id, account.naam))
                .collect(),
            met_rechten: match machtigt {
                true => with_rights(&app)?,
                false => Vec::new(),
            },
            bronnen: bronnen.into_iter().map(|bron| bron.naam).collect(),
            machtigt,
            trekt_in: open && actor.is_any(&[Rol::BeheerderAutorisatie, Rol::Regisseur]),
            rubriceringen: Rubricering::ALL[..3]
                .iter()
                .map(|one| (one.name(), one.label()))
                .collect(),
            vandaag: store.today().to_string(),
        })
    })
    .await
}

/// The sources of which rights are read.
fn with_rights(app: &App) -> Result<Vec<String>, Problem> {
    let sources = Sources::load(&app.folder).map_err(Problem::fault)?;
    let read = sources.list().iter().filter(|source| source.rules.rights);
    Ok(read.map(|source| source.name.clone()).collect())
}

fn granted(one: Machtiging, names: &BTreeMap<String, String>, today: Date) -> Granted {
    let name = |id: &str| names.get(id).map_or(id, String::as_str).to_owned();
    let all = |ids: &BTreeSet<String>| {
        let names: Vec<String> = ids.iter().map(|id| name(id)).collect();
        names.join(", ")
    };
    let niet = one.why_not(today);
    let what = one.verlening;
    let day = |day: Date| labels::day(&day.to_string());
    Granted {
        aan: all(&what.aan),
        bronnen: what
            .bronnen
            .iter()
            .map(|bron| match what.schijfrechten.contains(bron) {
                true => format!("{bron} (rechten van de schijf)"),
                false => bron.clone(),
            })
            .collect::<Vec<_>>()
            .join(", "),
        behalve: what
            .uitgezonderd
            .iter()
            .map(|one| format!("{}: {}", one.bron, one.patroon))
            .collect::<Vec<_>>()
            .join("; "),
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

/// Grants a machtiging.
pub async fn grant(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Machtigingen, "inhoud");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let verlening = Verlening {
                aan: fields.all("aan").map(str::to_owned).collect(),
                doel: fields.text("doel"),
                bronnen: fields.all("bron").map(str::to_owned).collect(),
                plafond: Rubricering::named(&fields.text("plafond"))
                    .ok_or_else(|| wrong("plafond"))?,
                van: fields.day("van")?,
                tot: fields.day("tot")?,
                schijfrechten: fields.all("schijfrechten").map(str::to_owned).collect(),
                uitgezonderd: exceptions(&fields.text("uitgezonderd"))?,
            };
            app.grant(actor, zaak, &verlening)?;
            Ok(())
        },
    )
    .await
}

/// A source and a pattern on each line, with a colon between them.
fn exceptions(text: &str) -> Result<BTreeSet<Uitzondering>, Problem> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let parts = line.split_once(':');
            let (bron, patroon) = parts.ok_or_else(|| wrong("uitgezonderd"))?;
            Ok(Uitzondering {
                bron: bron.trim().to_owned(),
                patroon: patroon.trim().to_owned(),
            })
        })
        .collect()
}

/// Withdraws a machtiging.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Machtigingen, "inhoud");
    change(
        (app, actor, zaak),
        back,
        sent,
        move |app, actor, zaak, _| Ok(app.store.withdraw(actor, zaak, &id)?),
    )
    .await
}
