//! The page where judging begins: how far the schifting and the beoordeling are, and the zoekacties to judge. Judging
//! itself is in `web/schiften`. Shows figures only of what who looks may see.

use super::nav::{Blad, Nav};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::Zaak;
use crate::zaken::acties::Zoekactie;
use crate::zaken::rijen::Rij;
use askama::Template;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// A zoekactie that can be judged.
struct Action {
    nummer: u32,
    vraag: String,
    wanneer: String,
    totaal: String,
    ronde: Option<u32>,
}

/// A row of documents that wait.
struct Row {
    address: String,
    label: &'static str,
    aantal: String,
}

/// The figures.
struct Figures {
    /// Values with how many documents have them.
    waarden: Vec<(&'static str, String)>,
    rijen: Vec<Row>,
}

#[derive(Template)]
#[template(path = "zaak-schiften.html")]
struct JudgePage {
    frame: Frame,
    nav: Nav,
    geen_zicht: Option<String>,
    /// The row that is done.
    leeg: Option<&'static str>,
    cijfers: Option<Figures>,
    acties: Vec<Action>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    /// The row in which nothing is left.
    leeg: Option<String>,
}

/// Where to begin.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let why = app.why_no_zicht(&actor, &zaak)?;
        page(&JudgePage {
            frame: Frame::new(&app, &actor, Blad::Schiften.label()),
            nav: Nav::on(&app, &actor, &zaak, Blad::Schiften)?,
            cijfers: match why {
                None => Some(figures(&app, &actor, &zaak)?),
                Some(_) => None,
            },
            leeg: done.leeg.as_deref().and_then(Rij::named).map(Rij::label),
            geen_zicht: why.map(|why| crate::problem::sentence(&why)),
            acties: app
                .store
                .zoekacties(&zaak.id)?
                .into_iter()
                .map(action)
                .collect(),
        })
    })
    .await
}

fn figures(app: &App, actor: &Actor, zaak: &Zaak) -> Result<Figures, Problem> {
    let zicht = app.zicht(actor, Some(&zaak.id))?;
    let counts = app.store.schifting_counts(&zicht)?.into_iter();
    let mut rijen = Vec::new();
    // What contradicts itself has a page of its own: to find it takes longer.
    for rij in Rij::ALL
        .into_iter()
        .filter(|rij| *rij != Rij::Tegenstrijdig)
    {
        let aantal = app.rij(&zicht, rij)?.len() as u64;
        if aantal > 0 {
            rijen.push(Row {
                address: format!("/zaken/{}/schiften/{}", zaak.id, rij.name()),
                label: rij.label(),
                aantal: labels::count(aantal, "document", "documenten"),
            });
        }
    }
    Ok(Figures {
        waarden: counts
            .map(|(waarde, count)| (waarde.label(), labels::number(count)))
            .collect(),
        rijen,
    })
}

fn action(actie: Zoekactie) -> Action {
    Action {
        nummer: actie.nummer,
        vraag: actie.verslag.zoekvraag.vraag,
        wanneer: labels::moment(actie.verslag.begonnen),
        totaal: labels::number(actie.verslag.totaal),
        ronde: actie.ronde,
    }
}
