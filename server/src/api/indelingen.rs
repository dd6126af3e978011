//! Which documents of a case belong to a deelbesluit and to belanghebbenden. Only documents that who asks may see.

use super::blocking;
use super::input::{Body, Params, Segment, page_size};
use super::schiftingen::cursor;
use crate::mensen::Actor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::indeling::{Deel, Gedaan, Opdracht};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Documents per stretch, unless asked otherwise.
const DEFAULT_COUNT: usize = 100;
/// Most documents per stretch.
const MAX_COUNT: usize = 1_000;

/// Wat er is vastgelegd.
#[derive(Serialize, ToSchema)]
#[schema(as = IndeelUitkomst)]
pub struct DoneBody {
    /// Nummer van de handeling in de zaak; daarmee is ze terug te draaien.
    handeling: u32,
    /// Documenten waarvoor iets veranderde.
    aantal: u64,
    /// Daarvan: documenten die uit een ander deelbesluit kwamen.
    verplaatst: u64,
    /// Documenten die niet relevant zijn, of er niet bij hoorden, en die zo bleven.
    overgeslagen: u64,
    /// Nummer van de laatste indeling die hiermee geschreven is; geef het de volgende keer mee als `gezien`.
    laatste: u64,
}

impl From<Gedaan> for DoneBody {
    fn from(done: Gedaan) -> Self {
        DoneBody {
            handeling: done.nummer,
            aantal: done.aantal,
            verplaatst: done.verplaatst,
            overgeslagen: done.overgeslagen,
            laatste: done.laatste,
        }
    }
}

/// Een document dat bij een deelbesluit of belanghebbende hoort.
#[derive(Serialize, ToSchema)]
#[schema(as = IngedeeldDocument)]
pub struct MemberBody {
    /// Kenmerk van het document.
    document: String,
    /// Is het nog relevant? Anders telt het niet mee.
    relevant: bool,
}

/// De documenten van een deelbesluit of belanghebbende.
#[derive(Serialize, ToSchema)]
#[schema(as = IngedeeldeDocumenten)]
pub struct MembersBody {
    /// Op kenmerk van het document.
    documenten: Vec<MemberBody>,
    /// Nummer van de laatste indeling in de zaak; geef het mee als `gezien`.
    laatste: u64,
    /// Cursor voor het volgende deel; ontbreekt na de laatste.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Which stretch.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Waar het vorige deel ophield.
    #[param(pattern = r"^[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// Aantal documenten.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    aantal: Option<usize>,
}

async fn members(
    app: Arc<App>,
    actor: Actor,
    zaak: String,
    deel: Deel,
    stretch: Stretch,
) -> Result<Json<MembersBody>, Problem> {
    let count = page_size(stretch.aantal, DEFAULT_COUNT, MAX_COUNT)?;
    let after = cursor(stretch.cursor.as_deref())?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let mut found = Vec::new();
        app.store
            .each_ingedeeld(&zicht.zaak.id, deel, after, |one| {
                if zicht.sees(&one.bron, one.document) {
                    found.push(one);
                }
                Ok(found.len() <= count)
            })?;
        let more = found.len() > count;
        found.truncate(count);
        let last = found.last().filter(|_| more);
        Ok(Json(MembersBody {
            laatste: app.store.last_indeling(&zicht.zaak.id)?,
            volgende: last.map(|last| last.document.to_string()),
            documenten: found
                .into_iter()
                .map(|one| MemberBody {
                    document: one.document.to_string(),
                    relevant: one.relevant,
                })
                .collect(),
        }))
    })
    .await
}

async fn arranged(
    app: Arc<App>,
    actor: Actor,
    zaak: String,
    deel: Deel,
    opdracht: Opdracht,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let done = app.arrange(&zicht, deel, &opdracht)?;
        Ok((StatusCode::CREATED, Json(done.into())))
    })
    .await
}

/// De documenten van een deelbesluit lezen
#[utoipa::path(get, path = "/zaken/{zaak}/deelbesluiten/{nummer}/documenten", tag = "zaken",
    operation_id = "leesDocumentenVanDeelbesluit",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van het deelbesluit."), Stretch),
    responses((status = 200, description = "De documenten.", body = MembersBody)))]
pub async fn in_deelbesluit(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<MembersBody>, Problem> {
    members(app, actor, zaak, Deel::Deelbesluit(nummer), stretch).await
}

/// Documenten bij een deelbesluit zetten
///
/// Of eruit halen, of dat terugdraaien. Een document zit in een deelbesluit tegelijk: wat al in een ander zat, gaat daar
/// uit. Alleen relevante documenten komen erbij. Wie veel documenten tegelijk indeelt, bevestigt het aantal.
#[utoipa::path(post, path = "/zaken/{zaak}/deelbesluiten/{nummer}/documenten", tag = "zaken",
    operation_id = "deelInBijDeelbesluit",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van het deelbesluit.")),
    request_body = Opdracht,
    responses((status = 201, description = "Vastgelegd.", body = DoneBody),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er ontbreekt iets, of het aantal klopt niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn to_deelbesluit(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(opdracht): Body<Opdracht>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    arranged(app, actor, zaak, Deel::Deelbesluit(nummer), opdracht).await
}

/// De documenten van een belanghebbende lezen
#[utoipa::path(get, path = "/zaken/{zaak}/belanghebbenden/{nummer}/documenten", tag = "zaken",
    operation_id = "leesDocumentenVanBelanghebbende",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de belanghebbende."), Stretch),
    responses((status = 200, description = "De documenten.", body = MembersBody)))]
pub async fn of_belanghebbende(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<MembersBody>, Problem> {
    members(app, actor, zaak, Deel::Belanghebbende(nummer), stretch).await
}

/// Documenten bij een belanghebbende zetten
///
/// Of eruit halen, of dat terugdraaien. Een document kan bij meer belanghebbenden horen. Alleen relevante documenten komen
/// erbij. Wie veel documenten tegelijk indeelt, bevestigt het aantal.
#[utoipa::path(post, path = "/zaken/{zaak}/belanghebbenden/{nummer}/documenten", tag = "zaken",
    operation_id = "deelInBijBelanghebbende",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de belanghebbende.")),
    request_body = Opdracht,
    responses((status = 201, description = "Vastgelegd.", body = DoneBody),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er ontbreekt iets, of het aantal klopt niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn to_belanghebbende(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(opdracht): Body<Opdracht>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    arranged(app, actor, zaak, Deel::Belanghebbende(nummer), opdracht).await
}

/// Een handeling waarmee documenten zijn ingedeeld.
#[derive(Serialize, ToSchema)]
#[schema(as = Indeling)]
pub struct DeedBody {
    /// Nummer van de handeling.
    nummer: u32,
    /// Waar de documenten bij gezet of uit gehaald zijn: `deelbesluit` of `belanghebbende`.
    #[schema(example = "deelbesluit")]
    soort: &'static str,
    /// Nummer van dat deelbesluit of die belanghebbende.
    deel: u32,
    /// `erbij`, `eruit` of `terug`.
    #[schema(example = "erbij")]
    wat: String,
    /// Hoe de documenten gekozen zijn.
    #[schema(example = "zoekactie")]
    omvang: String,
    /// Aantal documenten.
    aantal: u64,
    /// Naam van wie het deed.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

/// De handelingen waarmee documenten zijn ingedeeld.
#[derive(Serialize, ToSchema)]
#[schema(as = Indelingen)]
pub struct DeedsBody {
    /// De nieuwste eerst. Een handeling met een document dat u niet mag zien, staat er niet bij.
    indelingen: Vec<DeedBody>,
}

/// Indelingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/indelingen", tag = "zaken", operation_id = "leesIndelingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De handelingen.", body = DeedsBody)))]
pub async fn deeds(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<DeedsBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let names = app.store.names()?;
        let all = app.store.indelingen(&zicht)?.into_iter();
        Ok(Json(DeedsBody {
            indelingen: all
                .map(|one| DeedBody {
                    nummer: one.nummer,
                    soort: one.deel.soort(),
                    deel: one.deel.nummer(),
                    wat: one.wat,
                    omvang: one.omvang,
                    aantal: one.aantal,
                    naam: names.get(&one.door).cloned().unwrap_or_default(),
                    wanneer: one.wanneer,
                })
                .collect(),
        }))
    })
    .await
}
