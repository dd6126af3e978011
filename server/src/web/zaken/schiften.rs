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
use crate::zaken::voortgang::Beoordeeld;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// A zoekactie that can be judged.
struct Action {
    nummer: u32,
    vraag: String,
    wanneer: String,
    totaal: String,
    ronde: Option<u32>,
}

/// The figures.
struct Figures {
    /// Values with how many documents have them.
    waarden: Vec<(&'static str, String)>,
    /// Documents found in rounds without a value; nothing while they are being counted.
    nog: Option<String>,
    beoordeling: Option<[String; 3]>,
}

#[derive(Template)]
#[template(path = "zaak-schiften.html")]
struct JudgePage {
    frame: Frame,
    nav: Nav,
    geen_zicht: Option<String>,
    cijfers: Option<Figures>,
    acties: Vec<Action>,
}

/// Where to begin.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
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
    let sifted = app.geschift(&zicht)?;
    let judged = app.store.beoordeeld(&zicht)?;
    let waarden = sifted.per_waarde.into_iter();
    Ok(Figures {
        waarden: waarden
            .map(|(waarde, count)| (waarde.label(), labels::number(count)))
            .collect(),
        nog: sifted
            .in_rondes
            .filter(|found| *found > 0)
            .map(|_| labels::number(sifted.nog)),
        beoordeling: (judged != Beoordeeld::default())
            .then(|| [judged.relevant, judged.beoordeeld, judged.definitief].map(labels::number)),
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
