//! Zoekopdrachten: a question is stored first, then read under its id. Never runs a question that is not stored.

use super::blocking;
use super::input::{Body, Params, Segment, page_size};
use crate::mensen::Actor;
use crate::model::{self, HitBody, ValueBody};
use crate::problem::Problem;
use crate::search::{self, Question};
use crate::state::App;
use crate::store::Stored;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::acties::Done;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Hits per stretch, unless asked otherwise.
const DEFAULT_COUNT: usize = 20;
/// Most hits per stretch.
const MAX_COUNT: usize = 200;

/// Een bewaarde zoekopdracht met de aantallen.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekopdracht)]
pub struct SearchBody {
    /// Kenmerk van de zoekopdracht.
    id: String,
    /// Wanneer de vraag gesteld is (UTC).
    #[schema(value_type = String, format = DateTime)]
    gemaakt: jiff::Timestamp,
    /// De vraag zoals die gesteld is.
    zoekvraag: Question,
    /// De vraag zoals het programma hem begrijpt, met alle operatoren voluit.
    canoniek: String,
    /// Precies aantal gevonden documenten.
    totaal: u64,
    /// Hoeveel daarvan geen datum hebben in het gekozen datumveld.
    ongedateerd: u64,
    /// Hoeveel daarvan niet getoond worden, omdat een ander ervoor in de plaats staat.
    verborgen: u64,
    /// Per veld de waarden met hun aantallen.
    facetten: BTreeMap<&'static str, Vec<ValueBody>>,
}

/// Een deel van de resultaten.
#[derive(Serialize, ToSchema)]
#[schema(as = Resultaten)]
pub struct ResultsBody {
    /// Precies aantal gevonden documenten.
    totaal: u64,
    /// De resultaten op volgorde.
    resultaten: Vec<HitBody>,
    /// Cursor voor het volgende deel; ontbreekt na het laatste resultaat.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Which stretch.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Waar het vorige deel ophield.
    #[param(
        pattern = r"^[0-9a-f]{16}\.(relevantie|datum-nieuwst|datum-oudst|pad)\.[0-9a-f]{1,32}\.[0-9a-f]+$"
    )]
    cursor: Option<String>,
    /// Aantal resultaten.
    #[param(minimum = 1, maximum = 200, default = 20)]
    aantal: Option<usize>,
}

/// Een zoekopdracht geven
///
/// Bewaart de vraag en verwijst naar de zoekopdracht.
#[utoipa::path(post, path = "/zoekopdrachten", tag = "zoeken", operation_id = "maakZoekopdracht",
    request_body = Question,
    responses((status = 303, description = "De zoekopdracht is bewaard.",
        headers(("Location" = String, description = "Adres van de zoekopdracht.")))))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(question): Body<Question>,
) -> Result<impl IntoResponse, Problem> {
    let id = blocking(move || {
        app.zicht(&actor, question.zaak.as_deref())?;
        question.search(&Arc::default())?;
        app.store_question(&question, &actor.id)
    })
    .await?;
    Ok((
        StatusCode::SEE_OTHER,
        [(header::LOCATION, format!("/v1/zoekopdrachten/{id}"))],
    ))
}

/// Een zoekopdracht lezen
///
/// Geeft de vraag, het precieze totaal en de aantallen per veld.
#[utoipa::path(get, path = "/zoekopdrachten/{id}", tag = "zoeken", operation_id = "leesZoekopdracht",
    params(("id" = String, Path, description = "Kenmerk van de zoekopdracht.")),
    responses((status = 200, description = "De zoekopdracht.", body = SearchBody),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<SearchBody>, Problem> {
    blocking(move || {
        let (stored, zicht) = stored(&app, &actor, &id)?;
        let search = app.search_of(&stored)?;
        let (snapshot, begun) = (app.snapshot(&zicht)?, Timestamp::now());
        let facets = snapshot.facets(&search, stored.question.fields())?;
        let done = Done {
            stored: &stored,
            search: &search,
            plan: &snapshot.plan(&search)?,
            counts: facets.counts,
            begun,
        };
        app.record_search(&zicht, &snapshot, &done)?;
        Ok(Json(SearchBody {
            id: stored.id,
            gemaakt: stored.created,
            zoekvraag: stored.question,
            canoniek: search.query.to_string(),
            totaal: facets.counts.total,
            ongedateerd: facets.counts.undated,
            verborgen: facets.counts.hidden,
            facetten: model::facets(&facets),
        }))
    })
    .await
}

/// Resultaten lezen
///
/// Geeft de resultaten deel voor deel, tot en met het allerlaatste.
#[utoipa::path(get, path = "/zoekopdrachten/{id}/resultaten", tag = "zoeken", operation_id = "leesResultaten",
    params(("id" = String, Path, description = "Kenmerk van de zoekopdracht."), Stretch),
    responses((status = 200, description = "Een deel van de resultaten.", body = ResultsBody,
            headers(("Link" = String, description = "Adres van het volgende deel, als dat er is."))),
        (status = 409, description = "De index is bijgewerkt sinds het vorige deel.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Er is nog geen index, of een van een andere versie.",
            body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn results(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Params(stretch): Params<Stretch>,
) -> Result<impl IntoResponse, Problem> {
    let count = page_size(stretch.aantal, DEFAULT_COUNT, MAX_COUNT)?;
    let address = format!("/v1/zoekopdrachten/{id}/resultaten?aantal={count}");
    let body = blocking(move || {
        let (stored, zicht) = stored(&app, &actor, &id)?;
        let search = app.search_of(&stored)?;
        let begun = Timestamp::now();
        let (snapshot, after) = app.at(&zicht, stretch.cursor.as_deref())?;
        let (facets, page) = search::facets_and_page(
            &*snapshot,
            &search,
            &[],
            stored.question.sorteer,
            after.as_ref(),
            count,
        )?;
        let done = Done {
            stored: &stored,
            search: &search,
            plan: &snapshot.plan(&search)?,
            counts: facets.counts,
            begun,
        };
        app.record_search(&zicht, &snapshot, &done)?;
        Ok(ResultsBody {
            totaal: facets.counts.total,
            volgende: page.next.map(|next| next.0),
            resultaten: page.hits.into_iter().map(HitBody::from).collect(),
        })
    })
    .await?;
    let link = body
        .volgende
        .as_ref()
        .map(|cursor| format!("<{address}&cursor={cursor}>; rel=\"next\""));
    let headers: Vec<(HeaderName, String)> =
        link.into_iter().map(|link| (header::LINK, link)).collect();
    Ok((axum::response::AppendHeaders(headers), Json(body)))
}

/// The stored search with this id, and what `actor` may see in its case.
pub fn stored(app: &App, actor: &Actor, id: &str) -> Result<(Stored, Zicht), Problem> {
    let stored = app
        .store
        .get(id)?
        .ok_or_else(|| Problem::not_found("Deze zoekopdracht bestaat niet."))?;
    let zicht = app.zicht(actor, Some(stored.zaak()))?;
    Ok((stored, zicht))
}
