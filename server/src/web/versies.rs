//! The page of the versions of a case: when each was closed and opened again, its figures, and the files that are kept of
//! it. Never shows what is in a file.

use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::api::versies::kept;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::zaakversie::Zaakversie;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// A version.
struct Line {
    versie: u32,
    heropend: Option<String>,
    gesloten: Option<String>,
    besluit: Option<String>,
    /// Name and size of each file.
    bestanden: Vec<(String, String)>,
    /// What was counted, and how much.
    cijfers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "versies.html")]
struct VersionsPage {
    frame: Frame,
    nav: Nav,
    zaak: String,
    zaaknummer: String,
    versies: Vec<Line>,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let names = app.store.names()?;
        let who = |id: &str| names.get(id).cloned().unwrap_or_default();
        let all = app.store.zaakversies(&zaak.id)?.into_iter();
        page(&VersionsPage {
            nav: Nav::below(&app, &actor, &zaak, Blad::Verantwoording)?,
            frame: Frame::new(
                &app,
                &actor,
                format!("Versies van zaak {}", zaak.intake.nummer),
            ),
            versies: all.map(|one| line(one, &who)).collect(),
            zaaknummer: zaak.intake.nummer,
            zaak: zaak.id,
        })
    })
    .await
}

fn line(one: Zaakversie, who: &impl Fn(&str) -> String) -> Line {
    let kept = one
        .bewaard
        .map(|kept| (kept.cijfers.cijfers, kept.bestanden));
    let (cijfers, bestanden) = kept.unwrap_or_default();
    Line {
        versie: one.versie,
        heropend: one.heropend.map(|(done, reden)| {
            format!(
                "{}, {}: {reden}",
                who(&done.door),
                labels::moment(done.wanneer)
            )
        }),
        gesloten: one
            .gesloten
            .map(|done| format!("{}, {}", who(&done.door), labels::moment(done.wanneer))),
        besluit: one.besluit_op.map(|day| labels::day(&day.to_string())),
        bestanden: bestanden
            .into_iter()
            .map(|file| (file.naam, labels::bytes(file.bytes)))
            .collect(),
        cijfers: cijfers
            .into_iter()
            .map(|one| (one.naam, labels::number(one.aantal)))
            .collect(),
    }
}

/// A kept file.
pub async fn file(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, versie, naam)): Path<(String, u32, String)>,
) -> Result<Response, Problem> {
    blocking(move || kept(&app, &actor, &zaak, versie, &naam)).await
}
