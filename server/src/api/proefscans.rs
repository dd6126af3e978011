//! What a run of a source would find, before anything is read: asking for it, following it, and what it found. Never shows
//! what is in a document.

use super::blocking;
use super::bronnen::named;
use super::input::Segment;
use crate::problem::{Problem, ProblemBody};
use crate::proefscan::{self, Bewaard};
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use rustix::fs::statvfs;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_indexer::proefscan::{Amount, Fault, Proefscan};

/// Hoeveel bestanden, en hoe groot samen.
#[derive(Serialize, ToSchema)]
#[schema(as = Omvang)]
pub struct AmountBody {
    /// Bestanden.
    bestanden: u64,
    /// Bytes.
    bytes: u64,
}

impl From<Amount> for AmountBody {
    fn from(amount: Amount) -> Self {
        AmountBody {
            bestanden: amount.bestanden,
            bytes: amount.bytes,
        }
    }
}

/// Iets dat opvalt, met voorbeelden.
#[derive(Serialize, ToSchema)]
#[schema(as = ProefscanBevinding)]
pub struct FaultBody {
    /// Hoe vaak.
    aantal: u64,
    /// Hoogstens twintig paden binnen de bron.
    voorbeelden: Vec<String>,
}

impl From<Fault> for FaultBody {
    fn from(fault: Fault) -> Self {
        FaultBody {
            aantal: fault.aantal,
            voorbeelden: fault.voorbeelden,
        }
    }
}

/// Hoeveel ruimte de index en de teksten naar schatting innemen.
#[derive(Serialize, ToSchema)]
#[schema(as = ProefscanRuimte)]
pub struct RoomBody {
    /// De bewaarde teksten, in bytes.
    teksten: u64,
    /// De index, in bytes.
    index: u64,
    /// Wat er vrij moet zijn zolang het inlezen duurt, in bytes.
    nodig: u64,
    /// Wat er nu vrij is, in bytes.
    vrij: Option<u64>,
    /// Van hoeveel bestanden de soort eerder op deze computer gemeten is.
    gemeten: u64,
}

/// Wat een proefscan vond.
#[derive(Serialize, ToSchema)]
#[schema(as = ProefscanUitkomst)]
pub struct FoundBody {
    /// Onwaar als hij is afgebroken: alles is dan ten minste.
    volledig: bool,
    /// Wat een run zou lezen.
    totaal: AmountBody,
    /// Per soort: wat er achter de punt van de naam staat.
    soorten: BTreeMap<String, AmountBody>,
    /// Overgeslagen door een regel, of geen bestand.
    overgeslagen: FaultBody,
    /// Bestanden waar het systeem niets van zegt.
    geen_toegang: FaultBody,
    /// Mappen die niet gelezen konden worden.
    mappen_niet_gelezen: FaultBody,
    /// Bestanden zonder inhoud.
    leeg: u64,
    /// Beschrijvingen waarvan het bestand er niet is.
    sidecar_zonder_bestand: FaultBody,
    /// Bestanden zonder beschrijving, waar andere er een hebben.
    bestand_zonder_sidecar: FaultBody,
    /// Hoe vaak elke beperking in een beschrijving staat.
    beperkingen: BTreeMap<String, u64>,
    /// Beschrijvingen die geen beperking noemen.
    zonder_beperking: u64,
    /// Hoe lang een eerste run duurt, in seconden; alleen bekend als hier eerder is ingelezen.
    seconden: Option<f64>,
    /// Hoeveel ruimte het inneemt.
    ruimte: RoomBody,
}

impl FoundBody {
    fn of(found: Proefscan, state: &Path) -> Self {
        FoundBody {
            volledig: found.volledig,
            totaal: found.totaal.into(),
            soorten: found
                .soorten
                .into_iter()
                .map(|(kind, amount)| (kind, amount.into()))
                .collect(),
            overgeslagen: found.overgeslagen.into(),
            geen_toegang: found.geen_toegang.into(),
            mappen_niet_gelezen: found.mappen_niet_gelezen.into(),
            leeg: found.leeg,
            sidecar_zonder_bestand: found.sidecar_zonder_bestand.into(),
            bestand_zonder_sidecar: found.bestand_zonder_sidecar.into(),
            beperkingen: found.beperkingen,
            zonder_beperking: found.zonder_beperking,
            seconden: found.seconden,
            ruimte: RoomBody {
                teksten: found.ruimte.teksten,
                index: found.ruimte.index,
                nodig: found.ruimte.nodig,
                vrij: free(state),
                gemeten: found.ruimte.gemeten,
            },
        }
    }
}

/// What is free on the disk with the index.
pub fn free(state: &Path) -> Option<u64> {
    let disk = statvfs(state).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Hoe het met de proefscan van een bron staat.
#[derive(Serialize, ToSchema)]
#[schema(as = Proefscan)]
pub struct ScanBody {
    /// Of er nu een bezig is.
    bezig: bool,
    /// Sinds wanneer (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    bezig_sinds: Option<Timestamp>,
    /// Hoeveel bestanden hij al zag.
    gezien: u64,
    /// Wanneer de laatste klaar was (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    klaar: Option<Timestamp>,
    /// Waarom de laatste mislukte.
    melding: Option<String>,
    /// Wat de laatste vond.
    uitkomst: Option<FoundBody>,
}

/// De proefscan van een bron lezen
#[utoipa::path(get, path = "/bronnen/{bron}/proefscan", tag = "inlezen", operation_id = "leesProefscan",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 200, description = "De proefscan.", body = ScanBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<Json<ScanBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        named(&app, &bron)?;
        let busy = app.proefscans.of(&bron);
        let (klaar, melding, uitkomst) = match proefscan::last(&app.folder, &bron) {
            Some(Bewaard {
                klaar,
                uitkomst,
                melding,
                ..
            }) => (Some(klaar), melding, uitkomst),
            None => (None, None, None),
        };
        Ok(Json(ScanBody {
            bezig: busy.is_some(),
            bezig_sinds: busy.as_ref().map(|busy| busy.begonnen),
            gezien: busy.map_or(0, |busy| busy.gezien()),
            klaar,
            melding,
            uitkomst: uitkomst.map(|found| FoundBody::of(found, &app.folder)),
        }))
    })
    .await
}

/// Een proefscan beginnen
///
/// Er wordt geen document gelezen. De uitkomst staat klaar als hij niet meer bezig is.
#[utoipa::path(post, path = "/bronnen/{bron}/proefscan", tag = "inlezen", operation_id = "beginProefscan",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 204, description = "Hij is begonnen."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Er is al een proefscan bezig.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn begin(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let source = named(&app, &bron)?;
        match proefscan::begin(&app, &actor, source)? {
            true => Ok(StatusCode::NO_CONTENT),
            false => Err(StoreError::Conflict(
                "er is al een proefscan van deze bron bezig".to_owned(),
            )
            .into()),
        }
    })
    .await
}

/// Een proefscan afbreken
///
/// Wat hij tot dan vond, blijft bewaard.
#[utoipa::path(post, path = "/bronnen/{bron}/proefscan/afbreking", tag = "inlezen", operation_id = "breekProefscanAf",
    params(("bron" = String, Path, description = "Naam van de bron.")),
    responses((status = 204, description = "Afgebroken, of dat komt eraan."),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(bron): Segment<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        named(&app, &bron)?;
        proefscan::end(&app, &actor, &bron)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
