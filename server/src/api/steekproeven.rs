//! Random samples of a zoekactie: drawing, reading, judging. Owns the requests; the rules are in `zaken`.

use super::blocking;
use super::input::{Body, Segment};
use super::voorbereiding::NumberBody;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::schifting::JUDGES;
use crate::zaken::steekproef::schatting::Schatting;
use crate::zaken::steekproef::{Getrokken, Nieuw, Oordeel, Soort, Steekproef, Trekking, schatting};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::DocId;

/// Een steekproef met wat ze zegt.
#[derive(Serialize, ToSchema)]
#[schema(as = Steekproef)]
pub struct SampleBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// Nummer van de zoekactie.
    zoekactie: u32,
    /// Waaruit getrokken is.
    soort: Soort,
    /// Het zaad: daarmee is dezelfde steekproef opnieuw te trekken. Getrokken zijn de documenten met de kleinste SHA-256
    /// over het zaad en de 16 bytes van hun kenmerk.
    zaad: String,
    /// De stand van de index.
    stand: String,
    /// Aantal getrokken documenten.
    aantal: u64,
    /// Wat de oordelen tot nu toe zeggen.
    schatting: Schatting,
    /// Kenmerk van wie haar trok.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    wanneer: Timestamp,
}

impl SampleBody {
    fn new(sample: Steekproef, said: Schatting) -> Self {
        SampleBody {
            aantal: said.getrokken(),
            schatting: said,
            nummer: sample.nummer,
            zoekactie: sample.zoekactie,
            soort: sample.soort,
            zaad: sample.zaad,
            stand: sample.stand,
            door: sample.door,
            wanneer: sample.wanneer,
        }
    }
}

/// Een getrokken document.
#[derive(Serialize, ToSchema)]
#[schema(as = GetrokkenDocument)]
pub struct DrawnBody {
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van wat er toen in stond.
    inhoud: Option<String>,
    /// Het laatste oordeel.
    oordeel: Option<Oordeel>,
    /// Nummer van dat oordeel; geef het mee als `gezien`. 0 als er geen is.
    nummer: u64,
    /// Kenmerk van wie oordeelde.
    door: Option<String>,
    /// Wanneer (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    wanneer: Option<Timestamp>,
}

impl From<Getrokken> for DrawnBody {
    fn from(one: Getrokken) -> Self {
        DrawnBody {
            document: one.document.to_string(),
            inhoud: one.inhoud.map(|content| content.to_string()),
            oordeel: one.oordeel,
            nummer: one.record,
            door: one.door,
            wanneer: one.wanneer,
        }
    }
}

/// De steekproeven van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Steekproeven)]
pub struct SamplesBody {
    /// Op volgorde.
    steekproeven: Vec<SampleBody>,
}

/// Een steekproef met haar documenten.
#[derive(Serialize, ToSchema)]
#[schema(as = SteekproefMetDocumenten)]
pub struct WholeBody {
    #[serde(flatten)]
    steekproef: SampleBody,
    /// De documenten, in de volgorde waarin ze getrokken zijn.
    documenten: Vec<DrawnBody>,
}

/// De steekproeven lezen
#[utoipa::path(get, path = "/zaken/{zaak}/steekproeven", tag = "zaken", operation_id = "leesSteekproeven",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De steekproeven.", body = SamplesBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<SamplesBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.steekproeven_geschat(&zaak.id)?.into_iter();
        let all = all.map(|(sample, said)| SampleBody::new(sample, said));
        Ok(Json(SamplesBody {
            steekproeven: all.collect(),
        }))
    })
    .await
}

/// Wat getrokken wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Trekking)]
pub struct Wanted {
    /// Nummer van de zoekactie.
    zoekactie: u32,
    /// Waaruit getrokken wordt.
    soort: Soort,
    /// Hoeveel documenten.
    #[schema(minimum = 1, maximum = 2000)]
    aantal: u32,
    /// Het zaad; zonder kiest het programma er een.
    #[serde(default)]
    #[schema(max_length = 100)]
    zaad: Option<String>,
}

/// Een steekproef trekken
///
/// Uit wat de zoekactie vond, of uit wat ze doorzocht en niet vond. De telling van de zoekactie moet klaar zijn.
#[utoipa::path(post, path = "/zaken/{zaak}/steekproeven", tag = "zaken", operation_id = "trekSteekproef",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Wanted,
    responses((status = 201, description = "Het nummer van de steekproef.", body = NumberBody),
        (status = 409, description = "De index is bijgewerkt sinds de zoekactie.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.must_be(&actor, &JUDGES)?;
        let wanted = Trekking {
            zoekactie: wanted.zoekactie,
            soort: wanted.soort,
            aantal: wanted.aantal,
            zaad: wanted.zaad,
        };
        let nummer = app.draw_sample(&zicht, &wanted)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// Een steekproef lezen
#[utoipa::path(get, path = "/zaken/{zaak}/steekproeven/{nummer}", tag = "zaken", operation_id = "leesSteekproef",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de steekproef.")),
    responses((status = 200, description = "De steekproef.", body = WholeBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
) -> Result<Json<WholeBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let (sample, drawn) = app.sample(&zicht.zaak, nummer)?;
        let said = schatting(sample.omvang, &drawn);
        Ok(Json(WholeBody {
            steekproef: SampleBody::new(sample, said),
            documenten: drawn.into_iter().map(DrawnBody::from).collect(),
        }))
    })
    .await
}

/// Een oordeel over een document in een steekproef.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwSteekproefOordeel)]
pub struct Judged {
    /// Kenmerk van het document.
    #[schema(value_type = String)]
    document: DocId,
    /// Het oordeel.
    oordeel: Oordeel,
    /// Nummer van het laatste oordeel dat u zag; 0 als er geen was.
    #[serde(default)]
    gezien: u64,
}

/// Oordelen over documenten in een steekproef.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SteekproefOordelen)]
pub struct Judgements {
    /// De oordelen.
    oordelen: Vec<Judged>,
}

/// Een steekproef beoordelen
///
/// Alle oordelen worden bewaard, of geen. Een later oordeel geldt; het eerdere blijft staan.
#[utoipa::path(post, path = "/zaken/{zaak}/steekproeven/{nummer}/oordelen", tag = "zaken",
    operation_id = "beoordeelSteekproef",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de steekproef.")), request_body = Judgements,
    responses((status = 200, description = "De steekproef met wat ze nu zegt.", body = SampleBody),
        (status = 409, description = "Iemand anders heeft intussen anders geoordeeld.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn judge(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Body(sent): Body<Judgements>,
) -> Result<Json<SampleBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.must_be(&actor, &JUDGES)?;
        app.sample(&zicht.zaak, nummer)?;
        let new = sent.oordelen.into_iter().map(|one| Nieuw {
            document: one.document,
            oordeel: one.oordeel,
            gezien: one.gezien,
        });
        let new: Vec<Nieuw> = new.collect();
        app.store
            .judge_steekproef(&actor, &zicht.zaak, nummer, &new)?;
        let (sample, drawn) = app.sample(&zicht.zaak, nummer)?;
        let said = schatting(sample.omvang, &drawn);
        Ok(Json(SampleBody::new(sample, said)))
    })
    .await
}
