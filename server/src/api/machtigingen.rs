//! Machtigingen over the API: granting, reading, withdrawing, and how confidential a source is.

use super::blocking;
use super::input::{Body, Segment};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::machtiging::{Machtiging, Rubricering, Uitzondering, Verlening};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een machtiging.
#[derive(Serialize, ToSchema)]
#[schema(as = Machtiging)]
pub struct MachtigingBody {
    /// Kenmerk.
    id: String,
    /// Kenmerken van de accounts die mogen zoeken.
    aan: BTreeSet<String>,
    /// Waarvoor.
    doel: String,
    /// De bronnen die doorzocht mogen worden.
    bronnen: BTreeSet<String>,
    /// Bronnen die vertrouwelijker zijn, blijven dicht.
    plafond: Rubricering,
    /// De eerste dag.
    #[schema(value_type = String, format = Date)]
    van: Date,
    /// De laatste dag.
    #[schema(value_type = String, format = Date)]
    tot: Date,
    /// Bronnen waarvan de rechten op de bestanden blijven gelden.
    schijfrechten: BTreeSet<String>,
    /// Wat de machtiging van andere bronnen niet opent.
    uitgezonderd: BTreeSet<Uitzondering>,
    /// Hoe: `vier-ogen` of `zelf`.
    wijze: String,
    /// Kenmerk van wie haar verleende.
    verleend_door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    verleend_op: Timestamp,
    /// Waarom ze vandaag niet geldt; leeg als ze geldt.
    geldt_niet: Option<String>,
}

impl MachtigingBody {
    fn of(one: Machtiging, today: Date) -> Self {
        MachtigingBody {
            geldt_niet: one.why_not(today),
            id: one.id,
            aan: one.verlening.aan,
            doel: one.verlening.doel,
            bronnen: one.verlening.bronnen,
            plafond: one.verlening.plafond,
            van: one.verlening.van,
            tot: one.verlening.tot,
            schijfrechten: one.verlening.schijfrechten,
            uitgezonderd: one.verlening.uitgezonderd,
            wijze: one.wijze,
            verleend_door: one.verleend_door,
            verleend_op: one.verleend_op,
        }
    }
}

/// De machtigingen van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Machtigingen)]
pub struct MachtigingenBody {
    /// De nieuwste eerst.
    machtigingen: Vec<MachtigingBody>,
}

/// De machtigingen lezen
#[utoipa::path(get, path = "/zaken/{zaak}/machtigingen", tag = "zaken", operation_id = "leesMachtigingen",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De machtigingen.", body = MachtigingenBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<MachtigingenBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        let all = app.store.machtigingen(&zaak.id)?.into_iter();
        let today = app.store.today();
        Ok(Json(MachtigingenBody {
            machtigingen: all.map(|one| MachtigingBody::of(one, today)).collect(),
        }))
    })
    .await
}

/// Een machtiging verlenen
///
/// Niemand verleent er een aan zichzelf, tenzij de instelling `machtiging` op `zelf` staat.
#[utoipa::path(post, path = "/zaken/{zaak}/machtigingen", tag = "zaken", operation_id = "verleenMachtiging",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Verlening,
    responses((status = 201, description = "De machtiging.", body = MachtigingBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(verlening): Body<Verlening>,
) -> Result<(StatusCode, Json<MachtigingBody>), Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        let granted = app.grant(&actor, &zaak, &verlening)?;
        let granted = MachtigingBody::of(granted, app.store.today());
        Ok((StatusCode::CREATED, Json(granted)))
    })
    .await
}

/// Een machtiging intrekken
#[utoipa::path(post, path = "/zaken/{zaak}/machtigingen/{id}/intrekking", tag = "zaken",
    operation_id = "trekMachtigingIn",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak."),
        ("id" = String, Path, description = "Kenmerk van de machtiging.")),
    responses((status = 204, description = "Ingetrokken."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment((zaak, id)): Segment<(String, String)>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        app.store.withdraw(&actor, &zaak, &id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Hoe vertrouwelijk een bron is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BronRubricering)]
pub struct Confidentiality {
    /// Naam van de bron.
    #[schema(max_length = 500)]
    bron: String,
    /// Hoe vertrouwelijk.
    rubricering: Rubricering,
}

/// Bepalen hoe vertrouwelijk een bron is
///
/// Een bron waarvan dit niet bepaald is, telt als departementaal vertrouwelijk.
#[utoipa::path(post, path = "/rubriceringen", tag = "inlezen", operation_id = "bepaalRubricering",
    request_body = Confidentiality,
    responses((status = 204, description = "Vastgelegd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn confidentiality(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(sent): Body<Confidentiality>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let known = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
        if !known.iter().any(|bron| bron.naam == sent.bron) {
            return Err(Problem::not_found("Deze bron bestaat niet."));
        }
        app.store
            .set_rubricering(&actor, &sent.bron, sent.rubricering)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
