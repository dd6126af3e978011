//! The pages of cases: the list, and of one case a page for each step of the protocol. Never decides who may do what:
//! the rules are in `zaken`, and a form that is not for somebody is not shown to them.
//!
//! | file | owns |
//! |---|---|
//! | `nav` | the head of every page: name and menu |
//! | `overzicht` | what is done and what still has to be done; leading, closing |
//! | `stappen` | the steps of the protocol, as they stand |
//! | `machtigingen` | who may search what |
//! | `zoekplan` | afbakening and zoekplan |
//! | `navragen` | what was asked of whom |
//! | `zoeken` | search box, rounds, zoekacties |
//! | `schiften` | where judging begins |
//! | `vergelijken` | two rounds or zoekacties against each other |
//! | `werkverdeling` | who judges what, and the list of each person |
//! | `tegenstrijdig` | the same content judged differently |
//! | `uitvoer` | lists, packages, numbers, samples |
//! | `steekproef` | one sample |
//! | `overname` | taking over a case on which nobody works |
//! | `sent` | the fields of a form, and the way back |

pub mod machtigingen;
pub mod nav;
pub mod navragen;
mod overname;
pub mod overzicht;
pub mod schiften;
mod sent;
mod stappen;
pub mod steekproef;
mod tegenstrijdig;
pub mod uitvoer;
mod vergelijken;
mod werkverdeling;
pub mod zoeken;
pub mod zoekplan;

pub use overname::take_over;
pub use sent::{Fields, Sent, create, wrong};

use super::results::Form;
use super::{Frame, blocking, labels, page};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::machtiging::today;
use crate::zaken::termijn::{self, Stand};
use crate::zaken::{Soort, Zaak};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of the pages about dividing and comparing the work.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/zaken/{zaak}/vergelijken", get(vergelijken::show))
        .route("/zaken/{zaak}/vergelijken/lijst", post(vergelijken::list))
        .route(
            "/zaken/{zaak}/werkverdeling",
            get(werkverdeling::show).post(werkverdeling::share),
        )
        .route("/zaken/{zaak}/stukken/{wie}", get(werkverdeling::stukken))
        .route("/zaken/{zaak}/tegenstrijdig", get(tegenstrijdig::show))
        .route(
            "/zaken/{zaak}/tegenstrijdig/overnemen",
            post(tegenstrijdig::take_over),
        )
}

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
    /// Those on which nobody works, for who may take one over.
    over_te_nemen: Vec<Line>,
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
        let left = app.store.zaken_left(&actor)?;
        let left = left.iter().map(|zaak| line(&app, zaak));
        page(&ListPage {
            zaken: lines.collect::<Result<_, _>>()?,
            over_te_nemen: left.collect::<Result<_, _>>()?,
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
