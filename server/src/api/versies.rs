//! The versions of a case, and what was kept of each when it was closed. For who works on the case or checks it; a file
//! that names documents only for who may see all of their sources.

use super::input::Segment;
use super::{blocking, body, disposition};
use crate::mensen::{Actor, Rol};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::bestand::hash;
use crate::uitvoer::register::VOERT_UIT;
use crate::zaken::Zaak;
use crate::zaken::zaakversie::{Bewaardbestand, Cijfer, Zaakversie, versie_folder};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use std::fs::File;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een bewaard bestand.
#[derive(Serialize, ToSchema)]
#[schema(as = BewaardBestand)]
pub struct FileBody {
    /// Naam.
    #[schema(example = "verantwoording-intern.html")]
    naam: String,
    /// SHA-256.
    sha256: String,
    /// Grootte.
    bytes: u64,
}

/// Een versie van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Zaakversie)]
pub struct VersieBody {
    /// Nummer, vanaf 1.
    versie: u32,
    /// Wanneer de zaak voor deze versie heropend is (UTC); leeg bij de eerste.
    #[schema(value_type = Option<String>, format = DateTime)]
    heropend: Option<Timestamp>,
    /// Waarom.
    reden: Option<String>,
    /// Wanneer de versie gesloten is (UTC); leeg als eraan gewerkt wordt.
    #[schema(value_type = Option<String>, format = DateTime)]
    gesloten: Option<Timestamp>,
    /// De dag van het besluit, toen de versie gesloten werd.
    #[schema(value_type = Option<String>, format = Date)]
    besluit_op: Option<Date>,
    /// De cijfers bij het sluiten.
    cijfers: Vec<Cijfer>,
    /// Wat er bij het sluiten bewaard is.
    bestanden: Vec<FileBody>,
}

impl From<Zaakversie> for VersieBody {
    fn from(one: Zaakversie) -> Self {
        let (heropend, reden) = one.heropend.unzip();
        let kept = one.bewaard;
        let (cijfers, files) = kept
            .map(|kept| (kept.cijfers.cijfers, kept.bestanden))
            .unwrap_or_default();
        VersieBody {
            versie: one.versie,
            heropend: heropend.map(|done| done.wanneer),
            reden,
            gesloten: one.gesloten.map(|done| done.wanneer),
            besluit_op: one.besluit_op,
            cijfers,
            bestanden: files
                .into_iter()
                .map(|file| FileBody {
                    naam: file.naam,
                    sha256: file.sha256,
                    bytes: file.bytes,
                })
                .collect(),
        }
    }
}

/// De versies van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Zaakversies)]
pub struct VersiesBody {
    /// De oudste eerst; de laatste is die waaraan gewerkt wordt, of die het laatst gesloten is.
    versies: Vec<VersieBody>,
}

/// De versies van een zaak lezen
#[utoipa::path(get, path = "/zaken/{zaak}/versies", tag = "zaken", operation_id = "leesZaakversies",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De versies.", body = VersiesBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<VersiesBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.zaakversies(&zaak.id)?.into_iter();
        Ok(Json(VersiesBody {
            versies: all.map(VersieBody::from).collect(),
        }))
    })
    .await
}

/// Een bewaard bestand ophalen
///
/// Precies zoals het bij het sluiten bewaard is. Een bestand dat documenten noemt, is voor wie al hun bronnen mag zien.
#[utoipa::path(get, path = "/zaken/{zaak}/versies/{versie}/bestanden/{naam}", tag = "zaken",
    operation_id = "haalBewaardBestand",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("versie" = u32, Path, description = "De versie."),
        ("naam" = String, Path, description = "Naam van het bestand.")),
    responses((status = 200, description = "Het bestand.", content_type = "*/*",
        headers(("Content-Disposition" = String, description = "Altijd een bijlage, met een naam.")))))]
pub async fn file(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, versie, naam)): Segment<(String, u32, String)>,
) -> Result<Response, Problem> {
    blocking(move || kept(&app, &actor, &zaak, versie, &naam)).await
}

/// A kept file, for who may have it; the download is recorded.
pub fn kept(
    app: &App,
    actor: &Actor,
    zaak: &str,
    versie: u32,
    naam: &str,
) -> Result<Response, Problem> {
    let [a, b, c] = VOERT_UIT;
    app.must_be(actor, &[a, b, c, Rol::Auditor])?;
    let zaak = app.zaak_inside(actor, zaak)?;
    let missing = || Problem::not_found("Dit bestand is er niet.");
    let mut all = app.store.zaakversies(&zaak.id)?.into_iter();
    let found = all.find(|one| one.versie == versie);
    let kept = found.and_then(|one| one.bewaard).ok_or_else(missing)?;
    let mut files = kept.bestanden.into_iter();
    let known = files.find(|one| one.naam == naam).ok_or_else(missing)?;
    must_see(app, actor, &zaak, &known)?;
    let path = versie_folder(&app.folder, &zaak.id, versie).join(&known.naam);
    let mut file = File::open(path).map_err(Problem::fault)?;
    let (sha256, bytes) = hash(&mut file).map_err(Problem::fault)?;
    if sha256 != known.sha256 {
        return Err(Problem::fault("a kept file is not what was recorded"));
    }
    let gegevens = json!({"versie": versie, "bestand": known.naam, "sha256": sha256});
    app.store
        .log(&zaak.did(actor, "versie.opgehaald", &zaak.id, gegevens))?;
    let name = format!("{}-versie-{versie}-{}", zaak.intake.nummer, known.naam);
    let headers = [
        (header::CONTENT_TYPE, mediatype(&known.naam).to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'".to_owned(),
        ),
    ];
    Ok((headers, body(file, bytes)).into_response())
}

/// Refuses a file that names documents of sources that somebody may not see.
fn must_see(app: &App, actor: &Actor, zaak: &Zaak, file: &Bewaardbestand) -> Result<(), Problem> {
    if file.bronnen.is_empty() {
        return Ok(());
    }
    let zicht = app.zicht(actor, Some(&zaak.id))?;
    if file.bronnen.iter().all(|bron| zicht.sees_all_of(bron)) {
        return Ok(());
    }
    let why = "dit bestand noemt documenten uit bronnen buiten uw machtiging";
    let event = zicht.did("versie.opgehaald", &file.naam, json!({"reden": why}));
    app.store.log(&event.refused())?;
    Err(Problem::new(
        Kind::GeenMachtiging,
        crate::problem::sentence(why),
    ))
}

fn mediatype(naam: &str) -> &'static str {
    match naam.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "json")) => "application/json",
        _ => "text/csv; charset=utf-8",
    }
}
