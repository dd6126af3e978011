//! What an account is on the drives of the sources, over the API. The rules are in `mensen`.

use super::blocking;
use super::input::{Body, Segment};
use crate::mensen::beheer::SEES;
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// Wat een account op de schijven van de bronnen is.
#[derive(Serialize, ToSchema)]
#[schema(as = Principalen)]
pub struct PrincipalsBody {
    /// De lijst van wie dat zei: `beheerder`, of de naam van een inlogdienst.
    lijsten: BTreeMap<String, BTreeSet<String>>,
}

/// Wat een account volgens de beheerder op de schijven is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwePrincipalen)]
pub struct NewPrincipals {
    /// Alle gebruikers en groepen, zoals `sid:S-1-5-21-…-1001`, `uid:1000`, `gid:100` of `bron:Archief`; wat hier niet
    /// staat, vervalt.
    #[schema(max_items = 50000)]
    principalen: BTreeSet<String>,
}

/// Lezen wat een account op de schijven is
///
/// Voor een beheerder autorisatie, een regisseur en een auditor.
#[utoipa::path(get, path = "/accounts/{id}/principalen", tag = "mensen", operation_id = "leesPrincipalen",
    params(("id" = String, Path, description = "Kenmerk van het account.")),
    responses((status = 200, description = "De lijsten.", body = PrincipalsBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<PrincipalsBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &SEES)?;
        let missing = || Problem::not_found("Dit account bestaat niet.");
        app.store.account(&id)?.ok_or_else(missing)?;
        Ok(Json(PrincipalsBody {
            lijsten: app.store.principals(&id)?,
        }))
    })
    .await
}

/// Bepalen wat een account op de schijven is
///
/// Daarmee gelden voor diegene de rechten op bestanden, waar een machtiging die laat gelden. Niemand doet dit voor
/// zichzelf.
#[utoipa::path(post, path = "/accounts/{id}/principalen", tag = "mensen", operation_id = "bepaalPrincipalen",
    params(("id" = String, Path, description = "Kenmerk van het account.")), request_body = NewPrincipals,
    responses((status = 204, description = "Vastgelegd; het werkt meteen."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn set(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(new): Body<NewPrincipals>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.manages_accounts(&actor)?;
        app.store.give_principals(&actor, &id, &new.principalen)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
