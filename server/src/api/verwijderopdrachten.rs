//! Orders to remove documents from the archive: proposing, deciding, reading. The rules are in `verwijderen`.

use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Vrager;
use crate::verwijderen::{Grond, Lid, Opdracht, SEES, Stand, Voorstel};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::DocId;

/// Orders in one answer.
pub const MOST_ORDERS: u32 = 200;

/// Een document van een opdracht tot verwijderen.
#[derive(Serialize, ToSchema)]
#[schema(as = TeVerwijderenDocument)]
pub struct MemberBody {
    /// Kenmerk van het document.
    document: String,
    /// SHA-256 van de inhoud.
    sha256: Option<String>,
    /// Naam van de bron.
    bron: String,
    /// Of het genoemd is, of dezelfde inhoud heeft als een genoemd document; anders zit het daarin.
    genoemd: bool,
}

impl From<Lid> for MemberBody {
    fn from(one: Lid) -> Self {
        MemberBody {
            document: one.document.to_string(),
            sha256: one.inhoud.map(|hash| hash.to_string()),
            bron: one.bron,
            genoemd: one.genoemd,
        }
    }
}

/// Een opdracht tot verwijderen.
#[derive(Serialize, ToSchema)]
#[schema(as = Verwijderopdracht)]
pub struct OrderBody {
    /// Nummer.
    id: u32,
    /// Waarom.
    grond: Grond,
    /// Kenmerk van het besluit.
    kenmerk: String,
    /// Hoe de opdracht ervoor staat.
    stand: Stand,
    /// Wanneer voorgesteld (UTC).
    #[schema(value_type = String, format = DateTime)]
    voorgesteld: Timestamp,
    /// Wanneer een ander besloot (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    besluit_op: Option<Timestamp>,
    /// Wanneer de documenten weg waren (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    uitgevoerd: Option<Timestamp>,
    /// De documenten; in een lijst van opdrachten staan ze er niet bij.
    documenten: Vec<MemberBody>,
}

impl From<Opdracht> for OrderBody {
    fn from(order: Opdracht) -> Self {
        OrderBody {
            id: order.id,
            grond: order.grond,
            kenmerk: order.kenmerk,
            stand: order.stand,
            voorgesteld: order.voorgesteld,
            besluit_op: order.besluit_op,
            uitgevoerd: order.uitgevoerd,
            documenten: order.documenten.into_iter().map(MemberBody::from).collect(),
        }
    }
}

/// Opdrachten tot verwijderen.
#[derive(Serialize, ToSchema)]
#[schema(as = Verwijderopdrachten)]
pub struct OrdersBody {
    /// De nieuwste eerst; hoogstens tweehonderd.
    opdrachten: Vec<OrderBody>,
}

/// De opdrachten tot verwijderen lezen
#[utoipa::path(get, path = "/verwijderopdrachten", tag = "inlezen", operation_id = "leesVerwijderopdrachten",
    responses((status = 200, description = "De opdrachten.", body = OrdersBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<OrdersBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &SEES)?;
        let orders = app.store.removals(MOST_ORDERS)?.into_iter();
        Ok(Json(OrdersBody {
            opdrachten: orders.map(OrderBody::from).collect(),
        }))
    })
    .await
}

/// Een opdracht tot verwijderen lezen
#[utoipa::path(get, path = "/verwijderopdrachten/{id}", tag = "inlezen", operation_id = "leesVerwijderopdracht",
    params(("id" = u32, Path, description = "Nummer van de opdracht.")),
    responses((status = 200, description = "De opdracht.", body = OrderBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<u32>,
) -> Result<Json<OrderBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &SEES)?;
        let order = app.store.removal(id)?;
        let order = order.ok_or_else(|| Problem::not_found("Deze opdracht bestaat niet."))?;
        Ok(Json(order.into()))
    })
    .await
}

/// Wat er verwijderd moet worden, en waarom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweVerwijderopdracht)]
pub struct NewOrderBody {
    /// Waarom.
    grond: Grond,
    /// Kenmerk van het besluit waar de opdracht op rust.
    #[schema(min_length = 1, max_length = 200)]
    kenmerk: String,
    /// Meer uitleg.
    #[serde(default)]
    #[schema(max_length = 2000)]
    toelichting: String,
    /// Kenmerken van de documenten. Wat erin zit gaat mee, en wat precies dezelfde inhoud heeft ook.
    #[schema(min_items = 1, max_items = 1000)]
    documenten: BTreeSet<String>,
}

/// Het nummer van een opdracht tot verwijderen.
#[derive(Serialize, ToSchema)]
#[schema(as = Verwijderopdrachtnummer)]
pub struct OrderNumberBody {
    /// Nummer.
    id: u32,
}

/// Documents by their ids, as people write them.
pub fn documents<'a>(ids: impl Iterator<Item = &'a str>) -> Result<BTreeSet<DocId>, StoreError> {
    let parsed = |id: &str| {
        id.parse()
            .map_err(|_| StoreError::Refused(format!("'{id}' is geen kenmerk van een document")))
    };
    ids.map(parsed).collect()
}

/// Voorstellen om documenten te verwijderen
///
/// Een ander besluit erover.
#[utoipa::path(post, path = "/verwijderopdrachten", tag = "inlezen", operation_id = "stelVerwijderingVoor",
    request_body = NewOrderBody,
    responses((status = 201, description = "De opdracht.", body = OrderNumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<NewOrderBody>,
) -> Result<(StatusCode, Json<OrderNumberBody>), Problem> {
    blocking(move || {
        let voorstel = Voorstel {
            grond: sent.grond,
            kenmerk: sent.kenmerk,
            toelichting: sent.toelichting,
            documenten: documents(sent.documenten.iter().map(String::as_str))?,
        };
        let id = app.propose_removal(&actor, &voorstel)?;
        Ok((StatusCode::CREATED, Json(OrderNumberBody { id })))
    })
    .await
}

/// Een opdracht tot verwijderen bevestigen
///
/// De server voert hem uit zodra er niets anders loopt. Daarna is er geen weg terug.
#[utoipa::path(post, path = "/verwijderopdrachten/{id}/_bevestig", tag = "inlezen",
    operation_id = "bevestigVerwijdering",
    params(("id" = u32, Path, description = "Nummer van de opdracht.")),
    responses((status = 204, description = "Bevestigd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn confirm(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<u32>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.store.decide_removal(&actor, id, true)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Een opdracht tot verwijderen afwijzen
#[utoipa::path(post, path = "/verwijderopdrachten/{id}/_weiger", tag = "inlezen",
    operation_id = "wijsVerwijderingAf",
    params(("id" = u32, Path, description = "Nummer van de opdracht.")),
    responses((status = 204, description = "Afgewezen."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn reject(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<u32>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.store.decide_removal(&actor, id, false)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
