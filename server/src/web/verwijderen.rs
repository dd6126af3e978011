//! The page of orders to remove documents. What is sent goes the same way as over the API. Never shows what is in a
//! document.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::verwijderopdrachten::{MOST_ORDERS, documents};
use crate::mensen::Rol;
use crate::problem::Problem;
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Vrager;
use crate::verwijderen::{DECIDES, Grond, MOST, Opdracht, SEES, Stand, Voorstel};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of the page.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/verwijderen", get(show).post(create))
        .route("/verwijderen/{nummer}/besluit", post(decide))
}

/// An order on the page.
struct Line {
    id: u32,
    kenmerk: String,
    grond: &'static str,
    stand: &'static str,
    voorgesteld: String,
    uitgevoerd: Option<String>,
    /// Id and source of its documents, while somebody has to decide about them.
    documenten: Vec<(String, String)>,
    wacht: bool,
}

impl From<Opdracht> for Line {
    fn from(order: Opdracht) -> Self {
        let members = order.documenten.into_iter();
        Line {
            id: order.id,
            kenmerk: order.kenmerk,
            grond: order.grond.label(),
            stand: order.stand.label(),
            voorgesteld: labels::moment(order.voorgesteld),
            uitgevoerd: order.uitgevoerd.map(labels::moment),
            documenten: members
                .map(|one| (one.document.to_string(), one.bron))
                .collect(),
            wacht: order.stand == Stand::Voorgesteld,
        }
    }
}

#[derive(Template)]
#[template(path = "verwijderen.html")]
struct OrdersPage {
    frame: Frame,
    lines: Vec<Line>,
    gronden: Vec<(&'static str, &'static str)>,
    most: usize,
    stelt_voor: bool,
    besluit: bool,
}

async fn show(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &SEES)?;
        let mut lines = Vec::new();
        for order in app.store.removals(MOST_ORDERS)? {
            let whole = match order.stand {
                Stand::Voorgesteld => app.store.removal(order.id)?,
                _ => None,
            };
            lines.push(Line::from(whole.unwrap_or(order)));
        }
        page(&OrdersPage {
            lines,
            gronden: Grond::ALL.map(|one| (one.name(), one.label())).into(),
            most: MOST,
            stelt_voor: actor.is_any(&[Rol::BeheerderBronnen]),
            besluit: actor.is_any(&DECIDES),
            frame: Frame::new(&app, &actor, "Documenten verwijderen"),
        })
    })
    .await
}

fn back() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/verwijderen")]).into_response()
}

async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let ids = fields.text("documenten");
        let named = documents(ids.split_whitespace())?;
        if named.len() > MOST {
            let why = format!("noem hoogstens {MOST} documenten in een opdracht");
            return Err(StoreError::Refused(why).into());
        }
        let voorstel = Voorstel {
            grond: Grond::named(&fields.text("grond")).unwrap_or(Grond::Anders),
            kenmerk: fields.text("kenmerk"),
            toelichting: fields.text("toelichting"),
            documenten: named,
        };
        app.propose_removal(&actor, &voorstel)?;
        Ok(back())
    })
    .await
}

async fn decide(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<u32>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let goed = fields.text("besluit") == "bevestig";
        app.store.decide_removal(&actor, id, goed)?;
        Ok(back())
    })
    .await
}
