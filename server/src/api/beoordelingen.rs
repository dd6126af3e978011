//! Beoordelingen: what of the documents of a case becomes public and on which grounds. Only documents that who asks may
//! see.

use super::blocking;
use super::input::{Body, Params, Segment, page_size};
use super::schiftingen::cursor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::beoordeling::{Beoordeeld, Beoordeling};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use zv_shared::DocId;

/// Judgements per stretch, unless asked otherwise.
const DEFAULT_COUNT: usize = 100;
/// Most judgements per stretch.
const MAX_COUNT: usize = 1_000;

/// Een beoordeling van een document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Beoordeelopdracht)]
pub struct JudgeBody {
    /// Kenmerk van het document.
    #[schema(value_type = String)]
    document: DocId,
    /// Het nummer van de laatste beoordeling van dit document die u zag; 0 als er geen was.
    #[serde(default)]
    gezien: u64,
    /// De beoordeling.
    beoordeling: Beoordeling,
}

/// Wat er van een document is vastgelegd.
#[derive(Serialize, ToSchema)]
#[schema(as = Beoordelingsregel)]
pub struct RecordBody {
    /// Nummer van de beoordeling; geef het mee als `gezien`.
    nummer: u64,
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van wat er toen in stond.
    inhoud: Option<String>,
    /// De datum van het document: jaar, maand of dag.
    dagtekening: Option<String>,
    /// De beoordeling.
    beoordeling: Beoordeling,
    /// Wat er nog ontbreekt voor ze definitief kan worden.
    ontbreekt: Vec<String>,
    /// Naam van wie beoordeelde.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
    /// Wie de beoordeling definitief maakte; leeg als ze dat niet is.
    definitief: Option<FinalBody>,
}

/// Wie een beoordeling definitief maakte.
#[derive(Serialize, ToSchema)]
#[schema(as = Definitief)]
pub struct FinalBody {
    /// `vier-ogen`: een ander dan wie beoordeelde. `lokaal`: op een computer zonder accounts.
    #[schema(example = "vier-ogen")]
    wijze: String,
    /// Naam.
    naam: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: jiff::Timestamp,
}

impl RecordBody {
    fn new(
        app: &App,
        one: Beoordeeld,
        zicht: &Zicht,
        names: &BTreeMap<String, String>,
    ) -> Result<Self, Problem> {
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let day = app.store.decision_day(&zicht.zaak, one.document)?;
        Ok(RecordBody {
            nummer: one.record,
            document: one.document.to_string(),
            inhoud: one.inhoud.map(|content| content.to_string()),
            ontbreekt: one.beoordeling.missing(one.datum, day),
            dagtekening: one.datum.map(|date| date.to_string()),
            beoordeling: one.beoordeling,
            naam: name(&one.door),
            wanneer: one.wanneer,
            definitief: one.definitief.map(|last| FinalBody {
                naam: name(&last.door),
                wijze: last.wijze,
                wanneer: last.wanneer,
            }),
        })
    }
}

/// De beoordelingen van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Beoordelingen)]
pub struct ListBody {
    /// De beoordelingen die nu gelden, op kenmerk van het document.
    beoordelingen: Vec<RecordBody>,
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
    /// Aantal beoordelingen.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    aantal: Option<usize>,
}

/// Een document beoordelen
///
/// Legt vast wat er van een document openbaar wordt. Definitief is dat nog niet.
#[utoipa::path(post, path = "/zaken/{zaak}/beoordelingen", tag = "zaken", operation_id = "beoordeelDocument",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = JudgeBody,
    responses((status = 201, description = "Vastgelegd.", body = RecordBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er klopt iets niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<JudgeBody>,
) -> Result<(StatusCode, Json<RecordBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.beoordeel(&zicht, &[(sent.document, sent.gezien)], &sent.beoordeling)?;
        Ok((StatusCode::CREATED, Json(now(&app, &zicht, sent.document)?)))
    })
    .await
}

/// The judgement that holds now.
fn now(app: &App, zicht: &Zicht, document: DocId) -> Result<RecordBody, Problem> {
    let missing = || Problem::not_found("Dit document is nog niet beoordeeld.");
    let last = app.store.last_beoordeling(&zicht.zaak.id, document)?;
    let last = last.ok_or_else(missing)?;
    RecordBody::new(app, last, zicht, &app.store.names()?)
}

/// Beoordelingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/beoordelingen", tag = "zaken", operation_id = "leesBeoordelingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."), Stretch),
    responses((status = 200, description = "De beoordelingen.", body = ListBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
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
        let mut all = app.store.beoordelingen_now(&zicht.zaak.id)?;
        all.retain(|one| {
            after.is_none_or(|after| one.document > after) && zicht.sees(&one.bron, one.document)
        });
        let more = all.len() > count;
        all.truncate(count);
        let names = app.store.names()?;
        Ok(Json(ListBody {
            volgende: all
                .last()
                .filter(|_| more)
                .map(|last| last.document.to_string()),
            beoordelingen: all
                .into_iter()
                .map(|one| RecordBody::new(&app, one, &zicht, &names))
                .collect::<Result<_, _>>()?,
        }))
    })
    .await
}

/// Welke beoordeling definitief wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefinitiefOpdracht)]
pub struct FinishBody {
    /// Het nummer van de beoordeling die u zag.
    gezien: u64,
}

/// Een beoordeling definitief maken
///
/// Kan alleen als er niets ontbreekt, en door een ander dan wie beoordeelde.
#[utoipa::path(post, path = "/zaken/{zaak}/beoordelingen/{document}/definitief", tag = "zaken",
    operation_id = "maakDefinitief",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("document" = String, Path, description = "Kenmerk van het document.")),
    request_body = FinishBody,
    responses((status = 201, description = "De beoordeling is definitief.", body = RecordBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "Iemand anders was u voor; er staat bij wie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Er ontbreekt iets, of u beoordeelde zelf.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn finish(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, document)): Segment<(String, String)>,
    Body(sent): Body<FinishBody>,
) -> Result<(StatusCode, Json<RecordBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let document = id(&document)?;
        app.maak_definitief(&zicht, document, sent.gezien)?;
        Ok((StatusCode::CREATED, Json(now(&app, &zicht, document)?)))
    })
    .await
}

/// The id of a document in an address.
pub fn id(text: &str) -> Result<DocId, Problem> {
    let missing = |_| Problem::not_found("Dit document staat niet in de index.");
    text.parse().map_err(missing)
}
