//! The term report of a case: a list of terms, and what each finds. Owns the page; the counting is in `zaken`.

use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::problem::{Kind, Problem};
use crate::search::Question;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::termenrapport::{Regel, Termenrapport};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "termen.html")]
struct TermsPage {
    frame: Frame,
    nav: Nav,
    zaak: String,
    /// The list as it was sent.
    lijst: String,
    /// What is wrong with it.
    fout: Option<String>,
    rapport: Option<Report>,
}

struct Report {
    zoekopdracht: String,
    totaal: String,
    families: String,
    bronnen: Vec<String>,
    regels: Vec<Line>,
    /// Terms that find nothing.
    leeg: Vec<String>,
}

struct Line {
    term: String,
    canoniek: String,
    treffers: String,
    uniek: String,
    families: String,
    per_bron: Vec<String>,
}

impl From<Termenrapport> for Report {
    fn from(report: Termenrapport) -> Self {
        let bronnen: Vec<String> = report.per_bron.keys().cloned().collect();
        let empty = report.termen.iter().filter(|line| line.treffers == 0);
        let line = |line: &Regel| Line {
            term: line.term.clone(),
            canoniek: line.canoniek.clone(),
            treffers: labels::number(line.treffers),
            uniek: labels::number(line.uniek),
            families: labels::number(line.families),
            per_bron: bronnen
                .iter()
                .map(|bron| labels::number(line.per_bron.get(bron).copied().unwrap_or(0)))
                .collect(),
        };
        Report {
            leeg: empty.map(|line| line.term.clone()).collect(),
            regels: report.termen.iter().map(line).collect(),
            zoekopdracht: report.zoekopdracht,
            totaal: labels::count(report.totaal, "document", "documenten"),
            families: labels::count(report.families, "familie", "families"),
            bronnen,
        }
    }
}

/// The form.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        page(&TermsPage {
            frame: Frame::new(&app, &actor, "Termenrapport"),
            nav: Nav::below(&app, &actor, &zicht.zaak, Blad::Zoeken)?,
            zaak,
            lijst: String::new(),
            fout: None,
            rapport: None,
        })
    })
    .await
}

/// A list.
#[derive(Deserialize)]
pub struct Sent {
    lijst: String,
}

/// The report.
pub async fn report(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let (rapport, fout) = match app.term_report(&zicht, &sent.lijst, Question::default()) {
            Ok(report) => (Some(report.into()), None),
            Err(problem)
                if matches!(
                    problem.kind,
                    Kind::VraagOnjuist | Kind::VraagTeBreed | Kind::MagNiet
                ) =>
            {
                (None, Some(problem.detail))
            }
            Err(problem) => return Err(problem),
        };
        page(&TermsPage {
            frame: Frame::new(&app, &actor, "Termenrapport"),
            nav: Nav::below(&app, &actor, &zicht.zaak, Blad::Zoeken)?,
            zaak,
            lijst: sent.lijst,
            fout,
            rapport,
        })
    })
    .await
}
