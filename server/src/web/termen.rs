//! The term report of a case: a list of terms, and what each finds. Owns the page; the counting is in `zaken`.

use super::multipart::Multipart;
use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::api::as_table;
use crate::problem::{Kind, Problem};
use crate::search::Question;
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::register::VOERT_UIT;
use crate::uitvoer::tabel::Vorm;
use crate::zaken::termenrapport::{Regel, Termenrapport};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use zv_indexer::read::text_in_memory;

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
    /// Whether who looks may take the report along as a file.
    haalt_op: bool,
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
            haalt_op: false,
            zaak,
            lijst: String::new(),
            fout: None,
            rapport: None,
        })
    })
    .await
}

/// The list in a form: what was typed, or the file that was chosen.
fn list_of(form: &Multipart) -> Result<String, Problem> {
    let typed = form.text("lijst");
    let Some((name, bytes)) = form.file("bestand") else {
        return Ok(typed);
    };
    if !typed.is_empty() {
        return Err(Problem::refused(
            "Er staan termen in het vak, en er is een bestand gekozen. Maak het vak leeg, of kies geen bestand.",
        ));
    }
    let no_text = || {
        let detail = format!(
            "“{name}” is geen tekst die te lezen is. Sla de lijst op als CSV of TXT, en kies dat bestand."
        );
        Problem::refused(detail)
    };
    text_in_memory(bytes).ok_or_else(no_text)
}

/// The form of a file that was asked for.
fn wanted(form: &Multipart) -> Result<Option<Vorm>, Problem> {
    Ok(Some(match form.text("vorm").as_str() {
        "" => return Ok(None),
        "csv" => Vorm::Csv,
        "ods" => Vorm::Ods,
        "xlsx" => Vorm::Xlsx,
        _ => return Err(Problem::request("Kies csv, ods of xlsx.")),
    }))
}

/// The report, on the page or as a file.
pub async fn report(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let (mut lijst, earlier, vorm) = (String::new(), form.text("zoekopdracht"), wanted(&form)?);
        if vorm.is_some() {
            app.must_be(&actor, &VOERT_UIT)?;
        }
        let made = list_of(&form).and_then(|list| {
            lijst = list;
            let earlier = (!earlier.is_empty()).then_some(earlier.as_str());
            app.term_report(&zicht, &lijst, Question::default(), earlier)
        });
        let (rapport, fout) = match (made, vorm) {
            (Ok(report), Some(vorm)) => {
                return Ok(as_table(&app, &zicht, &report, vorm)?.into_response());
            }
            (Ok(report), None) => (Some(report.into()), None),
            (Err(problem), _)
                if matches!(
                    problem.kind,
                    Kind::VraagOnjuist | Kind::VraagTeBreed | Kind::MagNiet
                ) =>
            {
                (None, Some(problem.detail))
            }
            (Err(problem), _) => return Err(problem),
        };
        page(&TermsPage {
            frame: Frame::new(&app, &actor, "Termenrapport"),
            nav: Nav::below(&app, &actor, &zicht.zaak, Blad::Zoeken)?,
            haalt_op: actor.is_any(&VOERT_UIT),
            zaak,
            lijst,
            fout,
            rapport,
        })
    })
    .await
}
