//! The page for searching in a case: the search box, the rounds, and every zoekactie that was done. For who works on the
//! case or checks it.

use super::may_search;
use super::nav::{Blad, Mag, Nav};
use super::sent::{Sent, change};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::results::Form;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::Zaak;
use crate::zaken::acties::Zoekactie;
use crate::zaken::rondes::Zoekronde;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

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

struct Round {
    nummer: u32,
    doel: String,
    conclusie: Option<String>,
    gesloten: Option<String>,
}

#[derive(Template)]
#[template(path = "zaak-zoeken.html")]
struct SearchPage {
    frame: Frame,
    nav: Nav,
    mag: Mag,
    lokaal: bool,
    /// The search form, when somebody may search now; else why not.
    form: Option<Form>,
    geen_zicht: Option<String>,
    rondes: Vec<Round>,
    open_ronde: Option<u32>,
    acties: Vec<Action>,
}

/// What was searched, and the form to search on.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        page(&search_page(&app, &actor, &zaak)?)
    })
    .await
}

fn search_page(app: &App, actor: &Actor, zaak: &Zaak) -> Result<SearchPage, Problem> {
    let store = &app.store;
    let (form, geen_zicht) = may_search(app, actor, zaak)?;
    let rondes = store.rondes(&zaak.id)?;
    let open = rondes.iter().find(|ronde| ronde.gesloten.is_none());
    Ok(SearchPage {
        frame: Frame::new(app, actor, Blad::Zoeken.label()),
        nav: Nav::on(app, actor, zaak, Blad::Zoeken)?,
        mag: Mag::of(app, actor, zaak)?,
        lokaal: zaak.is_local(),
        form,
        geen_zicht,
        open_ronde: open.map(|ronde| ronde.nummer),
        rondes: rondes.into_iter().map(round).collect(),
        acties: store
            .zoekacties(&zaak.id)?
            .into_iter()
            .map(action)
            .collect(),
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

/// Opens a round.
pub async fn open_round(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoeken, "rondes");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            app.store.open_ronde(actor, zaak, &fields.text("doel"))?;
            Ok(())
        },
    )
    .await
}

/// Closes the open round.
pub async fn close_round(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoeken, "rondes");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let known = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
            let names: Vec<String> = known.into_iter().map(|bron| bron.naam).collect();
            app.store
                .close_ronde(actor, zaak, &fields.text("conclusie"), &names)?;
            Ok(())
        },
    )
    .await
}

/// Puts a zoekactie in the open round.
pub async fn put(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Zoeken, "zoekacties");
    change(
        (app, actor, zaak),
        back,
        sent,
        move |app, actor, zaak, _| {
            app.store.put_in_ronde(actor, zaak, nummer)?;
            Ok(())
        },
    )
    .await
}
