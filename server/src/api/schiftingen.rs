//! Schiftingen: judging which documents belong to a case, one or many at once, and reading what holds. Only documents
//! that who asks may see.

use super::blocking;
use super::input::{Body, Params, Segment, page_size};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::schifting::doel::{Opdracht, found};
use crate::zaken::schifting::veilig::Veiligstelling;
use crate::zaken::schifting::{Geschift, Schifting, Waarde};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use zv_shared::DocId;

/// Records per stretch, unless asked otherwise.
const DEFAULT_COUNT: usize = 100;
/// Most records per stretch.
const MAX_COUNT: usize = 1_000;

/// Wat er is vastgelegd.
#[derive(Serialize, ToSchema)]
#[schema(as = SchiftUitkomst)]
pub struct DoneBody {
    /// Nummer van de handeling in de zaak; daarmee is ze terug te draaien.
    handeling: u32,
    /// Aantal documenten.
    aantal: u64,
    /// Nummer van de laatste schifting die hiermee geschreven is.
    laatste: u64,
}

/// Een vastgelegde schifting van een document.
#[derive(Serialize, ToSchema)]
#[schema(as = Schiftingsregel)]
pub struct RecordBody {
    /// Nummer van de schifting; geef het mee als `gezien`.
    nummer: u64,
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van wat er toen in stond.
    inhoud: Option<String>,
    /// Naam van de bron.
    bron: String,
    /// Nummer van de handeling waarin het gebeurde.
    handeling: u32,
    /// Hoe de documenten van die handeling gekozen zijn.
    #[schema(example = "zoekactie")]
    omvang: String,
    /// Aantal documenten in die handeling.
    aantal: u64,
    /// Is hiermee een eerdere schifting teruggedraaid?
    teruggedraaid: bool,
    /// Wat er sindsdien geldt; leeg als er niets meer geldt.
    schifting: Option<Schifting>,
    /// Kenmerk van wie het deed.
    door: String,
    /// Naam van wie het deed.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

impl RecordBody {
    fn new(one: Geschift, names: &BTreeMap<String, String>) -> Self {
        RecordBody {
            nummer: one.record,
            document: one.document.to_string(),
            inhoud: one.inhoud.map(|content| content.to_string()),
            bron: one.bron,
            handeling: one.handeling,
            omvang: one.omvang,
            aantal: one.aantal,
            teruggedraaid: one.teruggedraaid,
            schifting: one.schifting,
            naam: names.get(&one.door).cloned().unwrap_or_default(),
            door: one.door,
            wanneer: one.wanneer,
        }
    }
}

/// Hoeveel documenten een waarde hebben.
#[derive(Serialize, ToSchema)]
#[schema(as = SchiftAantal)]
pub struct CountBody {
    /// De waarde.
    waarde: Waarde,
    /// Aantal documenten.
    aantal: u64,
}

/// Wat er nu geldt.
#[derive(Serialize, ToSchema)]
#[schema(as = Schiftingen)]
pub struct ListBody {
    /// Per waarde het aantal documenten.
    aantallen: Vec<CountBody>,
    /// Nummer van de laatste schifting in de zaak; geef het mee als `gezien` wanneer u veel documenten tegelijk schift.
    laatste: u64,
    /// De schiftingen die nu gelden, op kenmerk van het document.
    schiftingen: Vec<RecordBody>,
    /// Cursor voor het volgende deel; ontbreekt na de laatste.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Alles wat er met een document gebeurd is.
#[derive(Serialize, ToSchema)]
#[schema(as = Schiftingsgeschiedenis)]
pub struct HistoryBody {
    /// De nieuwste eerst.
    schiftingen: Vec<RecordBody>,
}

/// Which stretch.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Waar het vorige deel ophield.
    #[param(pattern = r"^[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// Aantal schiftingen.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    aantal: Option<usize>,
    /// Alleen deze waarde.
    waarde: Option<Waarde>,
}

/// Documenten schiften
///
/// Legt vast of een of meer documenten bij de zaak horen, of draait dat terug. Wie veel documenten tegelijk schift,
/// bevestigt het aantal. Er wordt niets overschreven dat u niet zag, tenzij u dat zegt.
#[utoipa::path(post, path = "/zaken/{zaak}/schiftingen", tag = "zaken", operation_id = "schiftDocumenten",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = Opdracht,
    responses((status = 201, description = "Vastgelegd.", body = DoneBody),
        (status = 403, description = "U heeft hier geen recht op.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Er ontbreekt iets, of het aantal klopt niet.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(opdracht): Body<Opdracht>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let done = app.schift(&zicht, &opdracht)?;
        let body = DoneBody {
            handeling: done.handeling,
            aantal: done.aantal,
            laatste: done.laatste,
        };
        Ok((StatusCode::CREATED, Json(body)))
    })
    .await
}

/// Schiftingen lezen
///
/// Geeft per document wat er nu geldt, en per waarde het aantal.
#[utoipa::path(get, path = "/zaken/{zaak}/schiftingen", tag = "zaken", operation_id = "leesSchiftingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."), Stretch),
    responses((status = 200, description = "Wat er nu geldt.", body = ListBody),
        (status = 403, description = "U heeft hier geen recht op.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<ListBody>, Problem> {
    let count = page_size(stretch.aantal, DEFAULT_COUNT, MAX_COUNT)?;
    let after = cursor(stretch.cursor.as_deref())?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let mut found = Vec::new();
        app.store.each_geschift(&zicht.zaak.id, after, |one| {
            let value = one.schifting.as_ref().map(|schifting| schifting.waarde);
            let wanted =
                value.is_some() && stretch.waarde.is_none_or(|wanted| value == Some(wanted));
            if wanted && zicht.sees(&one.bron, one.document) {
                found.push(one);
            }
            Ok(found.len() <= count)
        })?;
        let more = found.len() > count;
        found.truncate(count);
        let names = app.store.names()?;
        let counts = app.store.schifting_counts(&zicht)?;
        Ok(Json(ListBody {
            aantallen: counts
                .into_iter()
                .map(|(waarde, aantal)| CountBody { waarde, aantal })
                .collect(),
            laatste: app.store.last_schifting(&zicht.zaak.id)?,
            volgende: found
                .last()
                .filter(|_| more)
                .map(|last| last.document.to_string()),
            schiftingen: found
                .into_iter()
                .map(|one| RecordBody::new(one, &names))
                .collect(),
        }))
    })
    .await
}

/// The document after which a stretch begins.
pub fn cursor(text: Option<&str>) -> Result<Option<DocId>, Problem> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| Problem::request("De cursor klopt niet."))
}

/// De geschiedenis van een document lezen
///
/// Geeft alles wat er bij de schifting met een document gebeurd is.
#[utoipa::path(get, path = "/zaken/{zaak}/documenten/{id}/schiftingen", tag = "zaken",
    operation_id = "leesSchiftingsgeschiedenis",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("id" = String, Path, description = "Kenmerk van het document.")),
    responses((status = 200, description = "Alles wat er gebeurd is.", body = HistoryBody),
        (status = 403, description = "U heeft hier geen recht op.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn history(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, id)): Segment<(String, String)>,
) -> Result<Json<HistoryBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let missing = || Problem::not_found("Dit document staat niet in de index.");
        let id: DocId = id.parse().map_err(|_| missing())?;
        let records = app.store.schifting_of(&zicht.zaak.id, id)?;
        match records.first() {
            // What was judged stays known, also when the document is gone.
            Some(last) if zicht.sees(&last.bron, id) => {}
            Some(_) => return Err(missing()),
            None => {
                found(&*app.snapshot(&zicht)?, id)?;
            }
        }
        let names = app.store.names()?;
        let body = |one| RecordBody::new(one, &names);
        Ok(Json(HistoryBody {
            schiftingen: records.into_iter().map(body).collect(),
        }))
    })
    .await
}

/// Een handeling waarin geschift of teruggedraaid is.
#[derive(Serialize, ToSchema)]
#[schema(as = Schifthandeling)]
pub struct DeedBody {
    /// Nummer in de zaak; daarmee is ze terug te draaien.
    nummer: u32,
    /// Hoe de documenten gekozen zijn.
    #[schema(example = "zoekactie")]
    omvang: String,
    /// Van welk document, welke zoekactie of welke handeling ze zijn; leeg bij een eigen keuze.
    van: String,
    /// De waarde; leeg als er teruggedraaid is.
    schifting: Option<Schifting>,
    /// Aantal documenten.
    aantal: u64,
    /// SHA-256 over de documenten en hun inhoud, op volgorde van kenmerk.
    hash: String,
    /// Naam van wie het deed.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

/// De handelingen van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Schifthandelingen)]
pub struct DeedsBody {
    /// De nieuwste eerst.
    handelingen: Vec<DeedBody>,
}

/// Schifthandelingen lezen
///
/// Geeft wat er in een keer geschift of teruggedraaid is. Een handeling over een document dat u niet mag zien, staat er
/// niet bij.
#[utoipa::path(get, path = "/zaken/{zaak}/schifthandelingen", tag = "zaken", operation_id = "leesSchifthandelingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De handelingen.", body = DeedsBody),
        (status = 403, description = "U heeft hier geen recht op.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn deeds(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<DeedsBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let hidden = app.store.deeds_outside(&zicht)?;
        let names = app.store.names()?;
        let all = app.store.schift_deeds(&zicht.zaak.id)?.into_iter();
        let seen = all.filter(|deed| !hidden.contains(&deed.nummer));
        Ok(Json(DeedsBody {
            handelingen: seen
                .map(|deed| DeedBody {
                    nummer: deed.nummer,
                    omvang: deed.omvang,
                    van: deed.van,
                    schifting: deed.schifting,
                    aantal: deed.aantal,
                    hash: deed.hash,
                    naam: names.get(&deed.door).cloned().unwrap_or_default(),
                    wanneer: deed.wanneer,
                })
                .collect(),
        }))
    })
    .await
}

/// Of een relevant origineel bewaard is.
#[derive(Serialize, ToSchema)]
#[schema(as = Veiligstelling)]
pub struct KeptBody {
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van de kopie; leeg als die er niet is.
    sha256: Option<String>,
    /// Grootte van de kopie.
    bytes: Option<u64>,
    /// Waarom er geen kopie is.
    reden: Option<String>,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

/// De veiligstellingen van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Veiligstellingen)]
pub struct AllKeptBody {
    /// Op kenmerk van het document. Wat net geschift is, kan nog ontbreken.
    veiligstellingen: Vec<KeptBody>,
}

/// Veiligstellingen lezen
///
/// Geeft van elk relevant document of er een kopie van het origineel bewaard is, en anders waarom niet.
#[utoipa::path(get, path = "/zaken/{zaak}/veiligstellingen", tag = "zaken", operation_id = "leesVeiligstellingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De veiligstellingen.", body = AllKeptBody),
        (status = 403, description = "U heeft hier geen recht op.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn kept(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<AllKeptBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let all = app.store.veiligstellingen(&zicht.zaak.id)?.into_iter();
        let body = |one: Veiligstelling| {
            let (kept, reden) = match one.uitkomst {
                Ok(kept) => (Some(kept), None),
                Err(reden) => (None, Some(reden)),
            };
            KeptBody {
                document: one.document.to_string(),
                sha256: kept.map(|(hash, _)| hash.to_string()),
                bytes: kept.map(|(_, bytes)| bytes),
                reden,
                wanneer: one.wanneer,
            }
        };
        let seen = all.filter(|one| zicht.sees(&one.bron, one.document));
        Ok(Json(AllKeptBody {
            veiligstellingen: seen.map(body).collect(),
        }))
    })
    .await
}
