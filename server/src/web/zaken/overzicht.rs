//! The first page of a case: what it is, what is done and what still has to be done, and leading it. Owns the page and
//! its forms; what a step comes to stands in `stappen`.

use super::nav::{Blad, Mag, Nav};
use super::sent::{Sent, change, wrong};
use super::stappen::{Stap, stappen};
use super::{Line, line};
use crate::mensen::Rol;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::termijn;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "zaak.html")]
struct ZaakPage {
    frame: Frame,
    nav: Nav,
    line: Line,
    lokaal: bool,
    mag: Mag,
    heropent: bool,
    verzoek: String,
    leden: Vec<String>,
    /// Accounts that do not take part: id, name.
    anderen: Vec<(String, String)>,
    stappen: Vec<Stap>,
    /// Why who looks cannot search now.
    geen_zicht: Option<String>,
    /// Documents of the case whose files are gone: source, since when, address.
    verdwenen: Vec<(String, String, String)>,
    /// The day of the decision.
    besluit_op: Option<String>,
    /// The same for the form.
    besluit_dag: String,
}

/// One case.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        let mag = Mag::of(&app, &actor, &zaak)?;
        let members = app.store.members(&zaak.id)?;
        let accounts = match zaak.is_local() {
            true => Vec::new(),
            false => app.store.accounts()?,
        };
        let (leden, anderen): (Vec<_>, Vec<_>) = accounts
            .into_iter()
            .partition(|account| members.contains(&account.id));
        // Who cannot log in cannot come to work on it.
        let anderen = anderen
            .into_iter()
            .filter(|account| mag.leidt && !account.uit);
        let besluit = zaak.besluit_op.map(|day| day.to_string());
        let gone = match mag.binnen {
            true => app.verdwenen(&zaak)?,
            false => Vec::new(),
        };
        let gone = gone.into_iter().map(|one| {
            let address = format!("/document/{}?zaak={}", one.document, zaak.id);
            (one.bron, labels::moment(one.wanneer), address)
        });
        let why = app.why_no_zicht(&actor, &zaak)?;
        page(&ZaakPage {
            frame: Frame::new(&app, &actor, format!("Zaak {}", zaak.intake.nummer)),
            nav: Nav::on(&app, &actor, &zaak, Blad::Overzicht)?,
            line: line(&app, &zaak)?,
            lokaal: zaak.is_local(),
            mag,
            heropent: !mag.open && mag.binnen && actor.is_any(&[Rol::Regisseur]),
            // Who only grants decides by what stands above it.
            verzoek: match mag.binnen {
                true => zaak.intake.verzoek.clone(),
                false => String::new(),
            },
            leden: leden.into_iter().map(|account| account.naam).collect(),
            anderen: anderen.map(|account| (account.id, account.naam)).collect(),
            verdwenen: gone.collect(),
            stappen: stappen(&app, &actor, &zaak)?,
            geen_zicht: why
                .filter(|_| mag.open)
                .map(|why| crate::problem::sentence(&why)),
            besluit_op: besluit.as_deref().map(labels::day),
            besluit_dag: besluit.unwrap_or_default(),
        })
    })
    .await
}

/// Says on which day is decided.
pub async fn decide(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Overzicht, "leiden");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let day = fields.day_or_none("dag")?;
            Ok(app.store.set_besluit(actor, zaak, day)?)
        },
    )
    .await
}

/// Opens the case again.
pub async fn reopen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Overzicht, "inhoud");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| app.heropen_zaak(actor, zaak, &fields.text("reden")),
    )
    .await
}

/// Lets somebody take part.
pub async fn member(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Overzicht, "leiden");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let account = fields.text("account");
            Ok(app.store.add_member(actor, zaak, &account)?)
        },
    )
    .await
}

/// Puts the term off, or lets it stand still.
pub async fn stretch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Overzicht, "inhoud");
    change(
        (app, actor, zaak),
        back,
        sent,
        |app, actor, zaak, fields| {
            let name = fields.text("soort");
            let soort = termijn::Verlenging::ALL
                .into_iter()
                .find(|known| known.name() == name);
            let stap = termijn::Stap {
                soort: soort.ok_or_else(|| wrong("soort"))?,
                van: fields.day("van")?,
                tot: fields.day_or_none("tot")?,
                toelichting: fields.text("toelichting"),
            };
            Ok(app.store.stretch_termijn(actor, zaak, &stap)?)
        },
    )
    .await
}

/// Closes the case.
pub async fn close(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let back = (Blad::Overzicht, "inhoud");
    change((app, actor, zaak), back, sent, |app, actor, zaak, _| {
        app.sluit_zaak(actor, zaak)
    })
    .await
}
