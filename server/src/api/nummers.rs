//! Document numbers over the API: giving them, and reading which document has which. Only documents that who asks may
//! see.

use super::blocking;
use super::input::{Body, Params, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::nummers::Nummer;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Numbers per stretch.
const COUNT: usize = 1_000;

/// Hoe er genummerd wordt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NummerOpdracht)]
pub struct NumberBody {
    /// Krijgen bijlagen het nummer van hun familie, met een punt (0012.1)? De eerste keer geldt voor de hele zaak.
    #[serde(default)]
    families: bool,
}

/// Wat er genummerd is.
#[derive(Serialize, ToSchema)]
#[schema(as = NummerUitkomst)]
pub struct GivenBody {
    /// Documenten met een nieuw nummer.
    nieuw: u64,
    /// Relevante documenten die al een nummer hadden.
    bestaand: u64,
    /// Relevante documenten zonder nummer, omdat ze niet meer in de index staan.
    verdwenen: u64,
}

/// Een document met zijn nummer.
#[derive(Serialize, ToSchema)]
#[schema(as = GenummerdDocument)]
pub struct NumberedBody {
    /// Het nummer.
    #[schema(example = "0012.1")]
    nummer: String,
    /// Kenmerk van het document.
    document: String,
}

/// De nummers van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Nummers)]
pub struct ListBody {
    /// Op volgorde van nummer.
    nummers: Vec<NumberedBody>,
    /// Cursor voor het volgende deel; ontbreekt na het laatste nummer.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Which stretch.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Waar het vorige deel ophield.
    #[param(pattern = r"^[0-9]{4,9}(\.[0-9]{1,9})?$")]
    cursor: Option<String>,
}

/// Nummers toekennen
///
/// Geeft elk relevant document dat er nog geen heeft een nummer, op volgorde van datum en pad. Een nummer gaat nooit
/// naar een ander document.
#[utoipa::path(post, path = "/zaken/{zaak}/nummers", tag = "zaken", operation_id = "kenNummersToe",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    request_body = NumberBody,
    responses((status = 201, description = "De nummers zijn toegekend.", body = GivenBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 422, description = "Deze zaak nummert op een andere manier.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<NumberBody>,
) -> Result<(StatusCode, Json<GivenBody>), Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let given = app.number(&zicht, sent.families)?;
        let body = GivenBody {
            nieuw: given.nieuw,
            bestaand: given.bestaand,
            verdwenen: given.verdwenen,
        };
        Ok((StatusCode::CREATED, Json(body)))
    })
    .await
}

/// Nummers lezen
#[utoipa::path(get, path = "/zaken/{zaak}/nummers", tag = "zaken", operation_id = "leesNummers",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."), Stretch),
    responses((status = 200, description = "De nummers.", body = ListBody),
        (status = 403, description = "U heeft hier geen recht op.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Params(stretch): Params<Stretch>,
) -> Result<Json<ListBody>, Problem> {
    let wrong = || Problem::request("De cursor klopt niet.");
    let after = stretch
        .cursor
        .as_deref()
        .map(|text| number(text).ok_or_else(wrong));
    let after = after.transpose()?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let mut all = app.store.documentnummers(&zicht.zaak.id)?;
        all.retain(|one| {
            after.is_none_or(|after| one.nummer > after) && zicht.sees(&one.bron, one.document)
        });
        let more = all.len() > COUNT;
        all.truncate(COUNT);
        Ok(Json(ListBody {
            volgende: all
                .last()
                .filter(|_| more)
                .map(|last| last.nummer.to_string()),
            nummers: all
                .iter()
                .map(|one| NumberedBody {
                    nummer: one.nummer.to_string(),
                    document: one.document.to_string(),
                })
                .collect(),
        }))
    })
    .await
}

/// Reads a number as it is written in the description of the cursor.
fn number(text: &str) -> Option<Nummer> {
    let digits = |text: &str, fewest: usize| {
        let sound =
            (fewest..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| text.parse().ok()).flatten()
    };
    let (nummer, deel) = match text.split_once('.') {
        Some((nummer, deel)) => (nummer, digits(deel, 1)?),
        None => (text, 0),
    };
    Some(Nummer {
        nummer: digits(nummer, 4)?,
        deel,
    })
}
