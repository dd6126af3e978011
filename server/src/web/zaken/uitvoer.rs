//! The page of what leaves a case: lists, packages, numbers and samples. Owns the page; what is sent from it stands in
//! `web/uitvoer`.

use super::nav::{Blad, Mag, Nav};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::steekproef::{Soort, Steekproef};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// Something that left the case.
struct Export {
    wat: String,
    wanneer: String,
    wie: String,
    aantal: String,
}

#[derive(Template)]
#[template(path = "zaak-uitvoer.html")]
struct OutPage {
    frame: Frame,
    nav: Nav,
    mag: Mag,
    geen_zicht: Option<String>,
    /// Numbers of the zoekacties.
    acties: Vec<u32>,
    /// Documents with a number.
    genummerd: String,
    in_families: bool,
    /// Samples: number, what it is drawn from.
    steekproeven: Vec<(u32, String)>,
    uitvoeren: Vec<Export>,
}

/// What can be taken out, and what was.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let store = &app.store;
        let names = store.names()?;
        let numbers = store.documentnummers(&zaak.id)?;
        let acties = store.gezocht(&zaak.id)?.zoekacties;
        page(&OutPage {
            frame: Frame::new(&app, &actor, Blad::Uitvoer.label()),
            nav: Nav::on(&app, &actor, &zaak, Blad::Uitvoer)?,
            mag: Mag::of(&app, &actor, &zaak)?,
            geen_zicht: app
                .why_no_zicht(&actor, &zaak)?
                .map(|why| crate::problem::sentence(&why)),
            acties: (1..=u32::try_from(acties).unwrap_or(u32::MAX)).collect(),
            in_families: numbers.iter().any(|one| one.nummer.deel > 0),
            genummerd: match numbers.len() {
                0 => String::new(),
                many => labels::count(
                    many as u64,
                    "document heeft een nummer",
                    "documenten hebben een nummer",
                ),
            },
            steekproeven: store
                .steekproeven(&zaak.id)?
                .into_iter()
                .map(sample)
                .collect(),
            uitvoeren: store
                .uitvoeren(&zaak.id)?
                .into_iter()
                .map(|one| Export {
                    wie: names.get(&one.door).cloned().unwrap_or_default(),
                    wanneer: labels::moment(one.wanneer),
                    aantal: labels::number(one.aantal),
                    wat: one.soort,
                })
                .collect(),
        })
    })
    .await
}

fn sample(sample: Steekproef) -> (u32, String) {
    let from = match sample.soort {
        Soort::Precisie => "wat gevonden is",
        Soort::Elusie => "wat niet gevonden is",
    };
    let what = format!(
        "uit {from} bij zoekactie {}, {}",
        sample.zoekactie,
        labels::moment(sample.wanneer)
    );
    (sample.nummer, what)
}
