//! Termenrapporten: what each line of a list of terms finds. Owns the request; the counting is in `zaken`.

use super::blocking;
use super::download::{Gemaakt, Klaar, recorded};
use super::input::Body;
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::uitvoer::bestand::{Bestand, unnamed, work_folder};
use crate::uitvoer::register::VOERT_UIT;
use crate::uitvoer::{tabel, termen};
use crate::zaken::termenrapport::Termenrapport;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::io::BufWriter;
use std::sync::Arc;
use utoipa::ToSchema;

/// Hoe een termenrapport eruitziet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TermenrapportVorm)]
pub enum Form {
    /// JSON.
    #[default]
    Json,
    /// CSV.
    Csv,
    /// Excel.
    Xlsx,
    /// OpenDocument.
    Ods,
}

impl Form {
    fn table(self) -> Option<tabel::Vorm> {
        match self {
            Form::Json => None,
            Form::Csv => Some(tabel::Vorm::Csv),
            Form::Xlsx => Some(tabel::Vorm::Xlsx),
            Form::Ods => Some(tabel::Vorm::Ods),
        }
    }
}

/// Een lijst met termen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Termenlijst)]
pub struct TermList {
    /// Een term per regel, of een CSV met de termen in de eerste kolom. Elke term is een vraag in de zoektaal.
    #[schema(
        min_length = 1,
        max_length = 500_000,
        example = "subsidie*\n\"ruimtelijke ordening\""
    )]
    lijst: String,
    /// Wat verder van de zoekvraag geldt: filters, periode, breedte, zaak. De vraag zelf blijft leeg.
    #[serde(default)]
    zoekvraag: Question,
    /// Hoe het rapport eruitziet.
    #[serde(default)]
    vorm: Form,
}

/// Een termenrapport maken
///
/// Telt per regel de treffers, en die welke geen andere regel vindt. Het rapport is een zoekactie.
#[utoipa::path(post, path = "/termenrapporten", tag = "zoeken", operation_id = "maakTermenrapport",
    request_body = TermList,
    responses((status = 200, description = "Het rapport; in een andere vorm dan JSON een bestand.",
            content((Termenrapport = "application/json"), (Vec<u8> = "text/csv; charset=utf-8"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (Vec<u8> = "application/vnd.oasis.opendocument.spreadsheet"))),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<TermList>,
) -> Result<Response, Problem> {
    if !sent.zoekvraag.vraag.is_empty() {
        return Err(Problem::refused(
            "Laat de vraag leeg: de termen staan in de lijst.",
        ));
    }
    blocking(move || {
        let zicht = app.zicht(&actor, sent.zoekvraag.zaak.as_deref())?;
        let table = sent.vorm.table();
        if table.is_some() {
            app.must_be(&actor, &VOERT_UIT)?;
        }
        let report = app.term_report(&zicht, &sent.lijst, sent.zoekvraag, None)?;
        Ok(match table {
            None => Json(report).into_response(),
            Some(form) => as_table(&app, &zicht, &report, form)?.into_response(),
        })
    })
    .await
}

/// The report as a file, for who may take it out of the case.
pub fn as_table(
    app: &App,
    zicht: &Zicht,
    report: &Termenrapport,
    form: tabel::Vorm,
) -> Result<Klaar, Problem> {
    let werkmap = work_folder(&app.folder);
    let file = unnamed(&werkmap)?;
    let written = termen::write(report, form, BufWriter::new(&file), &werkmap)?;
    let made = Gemaakt {
        soort: "termenrapport",
        deel: None,
        extensie: form.extensie(),
        mediatype: form.mediatype(),
        aantal: report.termen.len() as u64,
        hoofd: app.store.audit_head()?,
        waarschuwing: (written.ingekort > 0)
            .then(|| "lange termen zijn in XLSX ingekort; CSV en ODS hebben alles".to_owned()),
    };
    recorded(app, zicht, Bestand::af(file)?, made)
}
