//! Zoekacties and zoekrondes over the API: what was searched, in which round, and how two of them differ.

use super::blocking;
use super::input::{Body, Params, Segment};
use super::voorbereiding::NumberBody;
use crate::mensen::Actor;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::acties::{Verslag, Zoekactie};
use crate::zaken::rondes::Zoekronde;
use crate::zaken::telling::Telling;
use crate::zaken::vergelijking::{Vergelijking, Wat};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Een zoekactie.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekactie)]
pub struct ActieBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// Kenmerk van de zoekopdracht, om de resultaten te openen.
    zoekopdracht: String,
    /// Kenmerk van de zoekopdracht waarvan dit een verdere stap is.
    stap_van: Option<String>,
    /// De ronde; zonder is de zoekactie verkennend.
    ronde: Option<u32>,
    /// Wat meteen bekend was.
    verslag: Verslag,
    /// SHA-256 van het bewaarde verslag.
    hash: String,
    /// Wat achteraf geteld is; leeg zolang dat bezig is.
    telling: Option<Telling>,
}

impl ActieBody {
    /// As `actor` may read it.
    fn of(actie: Zoekactie, actor: &Actor) -> Self {
        ActieBody {
            nummer: actie.nummer,
            zoekopdracht: actie.zoekopdracht,
            stap_van: actie.stap_van,
            ronde: actie.ronde,
            verslag: actie.verslag,
            hash: actie.hash,
            telling: actie.telling.map(|telling| telling.for_reader(actor)),
        }
    }
}

/// De zoekacties van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekacties)]
pub struct ActiesBody {
    /// Op volgorde.
    zoekacties: Vec<ActieBody>,
}

/// De zoekacties lezen
#[utoipa::path(get, path = "/zaken/{zaak}/zoekacties", tag = "zaken", operation_id = "leesZoekacties",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De zoekacties.", body = ActiesBody)))]
pub async fn acties(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<ActiesBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.zoekacties(&zaak.id)?.into_iter();
        Ok(Json(ActiesBody {
            zoekacties: all.map(|actie| ActieBody::of(actie, &actor)).collect(),
        }))
    })
    .await
}

/// Een zoekactie lezen
#[utoipa::path(get, path = "/zaken/{zaak}/zoekacties/{nummer}", tag = "zaken", operation_id = "leesZoekactie",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de zoekactie.")),
    responses((status = 200, description = "De zoekactie.", body = ActieBody)))]
pub async fn actie(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
) -> Result<Json<ActieBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        Ok(Json(ActieBody::of(find(&app, &zaak.id, nummer)?, &actor)))
    })
    .await
}

fn find(app: &App, zaak: &str, nummer: u32) -> Result<Zoekactie, Problem> {
    let missing = || Problem::not_found("Deze zoekactie bestaat niet.");
    app.store.zoekactie(zaak, nummer)?.ok_or_else(missing)
}

/// Met welke andere.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct With {
    /// Nummer van de andere.
    met: u32,
}

/// Twee zoekacties vergelijken
///
/// Zegt wat de eerste meer en minder vond dan de tweede, en waardoor dat kan komen.
#[utoipa::path(get, path = "/zaken/{zaak}/zoekacties/{nummer}/vergelijking", tag = "zaken",
    operation_id = "vergelijkZoekacties",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de zoekactie."), With),
    responses((status = 200, description = "Het verschil.", body = Vergelijking),
        (status = 422, description = "De tellingen zijn er nog niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn compare_acties(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Params(with): Params<With>,
) -> Result<Json<Vergelijking>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let found = app.vergelijk(&zaak, Wat::Zoekacties, nummer, with.met)?;
        Ok(Json(found.telling))
    })
    .await
}

/// Twee rondes vergelijken
///
/// Zegt wat de zoekacties van de eerste ronde samen meer en minder vonden dan die van de tweede.
#[utoipa::path(get, path = "/zaken/{zaak}/rondes/{nummer}/vergelijking", tag = "zaken",
    operation_id = "vergelijkRondes",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de ronde."), With),
    responses((status = 200, description = "Het verschil.", body = Vergelijking),
        (status = 422, description = "De tellingen zijn er nog niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn compare_rondes(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
    Params(with): Params<With>,
) -> Result<Json<Vergelijking>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let found = app.vergelijk(&zaak, Wat::Rondes, nummer, with.met)?;
        Ok(Json(found.telling))
    })
    .await
}

/// Een zoekronde.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekronde)]
pub struct RondeBody {
    /// Nummer binnen de zaak.
    nummer: u32,
    /// Waarvoor ze is.
    doel: String,
    /// Kenmerk van wie haar opende.
    door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    geopend: Timestamp,
    /// Wat eruit kwam.
    conclusie: Option<String>,
    /// Wanneer ze gesloten is (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    gesloten: Option<Timestamp>,
}

impl From<Zoekronde> for RondeBody {
    fn from(ronde: Zoekronde) -> Self {
        RondeBody {
            nummer: ronde.nummer,
            doel: ronde.doel,
            door: ronde.door,
            geopend: ronde.geopend,
            conclusie: ronde.conclusie,
            gesloten: ronde.gesloten,
        }
    }
}

/// De zoekrondes van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Zoekrondes)]
pub struct RondesBody {
    /// Op volgorde.
    rondes: Vec<RondeBody>,
}

/// De zoekrondes lezen
#[utoipa::path(get, path = "/zaken/{zaak}/rondes", tag = "zaken", operation_id = "leesRondes",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De rondes.", body = RondesBody)))]
pub async fn rondes(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<RondesBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let all = app.store.rondes(&zaak.id)?.into_iter();
        Ok(Json(RondesBody {
            rondes: all.map(RondeBody::from).collect(),
        }))
    })
    .await
}

/// Waarvoor een ronde is, of wat eruit kwam.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RondeTekst)]
pub struct RoundText {
    /// Bij openen waarvoor de ronde is, bij sluiten de conclusie.
    #[schema(min_length = 1, max_length = 2000)]
    tekst: String,
}

/// Een zoekronde openen
#[utoipa::path(post, path = "/zaken/{zaak}/rondes", tag = "zaken", operation_id = "openRonde",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = RoundText,
    responses((status = 201, description = "Het nummer van de ronde.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn open(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<RoundText>,
) -> Result<(StatusCode, Json<NumberBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app.store.open_ronde(&actor, &zaak, &sent.tekst)?;
        Ok((StatusCode::CREATED, Json(NumberBody { nummer })))
    })
    .await
}

/// De open zoekronde sluiten
///
/// Van elke bron moet het zoekplan zeggen dat ze doorzocht wordt, of waarom niet.
#[utoipa::path(post, path = "/zaken/{zaak}/rondes/_sluit", tag = "zaken", operation_id = "sluitRonde",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = RoundText,
    responses((status = 200, description = "Het nummer van de ronde.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn close(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(sent): Body<RoundText>,
) -> Result<Json<NumberBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let known = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
        let names: Vec<String> = known.into_iter().map(|bron| bron.naam).collect();
        let nummer = app.store.close_ronde(&actor, &zaak, &sent.tekst, &names)?;
        Ok(Json(NumberBody { nummer }))
    })
    .await
}

/// Een zoekactie in de open ronde zetten
///
/// Daar blijft ze staan.
#[utoipa::path(post, path = "/zaken/{zaak}/zoekacties/{nummer}/ronde", tag = "zaken",
    operation_id = "zetInRonde",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("nummer" = u32, Path, description = "Nummer van de zoekactie.")),
    responses((status = 200, description = "Het nummer van de ronde.", body = NumberBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn put(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, nummer)): Segment<(String, u32)>,
) -> Result<Json<NumberBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let nummer = app.store.put_in_ronde(&actor, &zaak, nummer)?;
        Ok(Json(NumberBody { nummer }))
    })
    .await
}
