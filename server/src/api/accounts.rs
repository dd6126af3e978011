//! Accounts over the API: which there are, making them, roles, passwords, off and on. The rules are in `mensen`.

use super::blocking;
use super::input::{Body, Segment};
use crate::mensen::beheer::SEES;
use crate::mensen::{Account, Actor, Rol};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Vrager;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Een account.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountBody {
    /// Kenmerk.
    id: String,
    /// Waarmee iemand inlogt.
    inlognaam: String,
    /// Naam zoals anderen hem zien.
    naam: String,
    /// Wat iemand doet.
    rollen: BTreeSet<Rol>,
    /// Of iemand niet meer kan inloggen.
    uit: bool,
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        AccountBody {
            id: account.id,
            inlognaam: account.inlognaam,
            naam: account.naam,
            rollen: account.rollen,
            uit: account.uit,
        }
    }
}

/// De accounts.
#[derive(Serialize, ToSchema)]
#[schema(as = Accounts)]
pub struct AccountsBody {
    /// Op naam.
    accounts: Vec<AccountBody>,
}

/// De accounts lezen
///
/// Voor een beheerder autorisatie, een regisseur (die kiest wie aan een zaak werkt) en een auditor.
#[utoipa::path(get, path = "/accounts", tag = "mensen", operation_id = "leesAccounts",
    responses((status = 200, description = "De accounts.", body = AccountsBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<AccountsBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &SEES)?;
        let accounts = app.store.accounts()?.into_iter();
        Ok(Json(AccountsBody {
            accounts: accounts.map(AccountBody::from).collect(),
        }))
    })
    .await
}

/// Een nieuw account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwAccount)]
pub struct NewAccount {
    /// Waarmee iemand inlogt.
    #[schema(min_length = 1, max_length = 200)]
    inlognaam: String,
    /// Naam zoals anderen hem zien.
    #[schema(min_length = 1, max_length = 200)]
    naam: String,
    /// Het wachtwoord.
    #[schema(min_length = 12, max_length = 1000)]
    wachtwoord: String,
    /// Wat iemand doet.
    rollen: BTreeSet<Rol>,
}

/// Een account maken
///
/// Het eerste account maakt u op de opdrachtregel.
#[utoipa::path(post, path = "/accounts", tag = "mensen", operation_id = "maakAccount", request_body = NewAccount,
    responses((status = 201, description = "Het account.", body = AccountBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(new): Body<NewAccount>,
) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    blocking(move || {
        app.manages_accounts(&actor)?;
        let made = app.store.add_account(
            &new.inlognaam,
            &new.naam,
            &new.wachtwoord,
            &new.rollen,
            &actor,
        )?;
        Ok((StatusCode::CREATED, Json(made.into())))
    })
    .await
}

/// Changes an account for who manages them.
async fn changed(
    app: Arc<App>,
    actor: Actor,
    change: impl FnOnce(&App, &Actor) -> Result<(), StoreError> + Send + 'static,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.manages_accounts(&actor)?;
        change(&app, &actor)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Wat iemand voortaan doet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweRollen)]
pub struct NewRoles {
    /// Alle rollen; wat hier niet staat, vervalt.
    rollen: BTreeSet<Rol>,
}

/// Iemand andere rollen geven
///
/// Niemand wijzigt zijn eigen rollen. Er blijft altijd een beheerder autorisatie over.
#[utoipa::path(post, path = "/accounts/{id}/rollen", tag = "mensen", operation_id = "wijzigRollen",
    params(("id" = String, Path, description = "Kenmerk van het account.")), request_body = NewRoles,
    responses((status = 204, description = "Gewijzigd; het werkt meteen."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn roles(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(new): Body<NewRoles>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, move |app, actor| {
        app.store.set_roles(actor, &id, &new.rollen)
    })
    .await
}

/// Een nieuw wachtwoord.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwWachtwoord)]
pub struct NewPassword {
    /// Het wachtwoord.
    #[schema(min_length = 12, max_length = 1000)]
    wachtwoord: String,
}

/// Iemand een nieuw wachtwoord geven
///
/// Diegene is daarmee overal uitgelogd.
#[utoipa::path(post, path = "/accounts/{id}/wachtwoord", tag = "mensen", operation_id = "wijzigWachtwoord",
    params(("id" = String, Path, description = "Kenmerk van het account.")), request_body = NewPassword,
    responses((status = 204, description = "Gewijzigd.")))]
pub async fn password(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(new): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, move |app, actor| {
        app.store.set_password(actor, &id, &new.wachtwoord)
    })
    .await
}

/// Of iemand kan inloggen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountStand)]
pub struct Switched {
    /// Of iemand niet meer kan inloggen.
    uit: bool,
}

/// Een account uitzetten of weer aanzetten
///
/// Wie uit staat, is meteen overal uitgelogd. De laatste beheerder autorisatie kan niet uit.
#[utoipa::path(post, path = "/accounts/{id}/stand", tag = "mensen", operation_id = "zetAccountAanOfUit",
    params(("id" = String, Path, description = "Kenmerk van het account.")), request_body = Switched,
    responses((status = 204, description = "Gewijzigd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn switch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Body(new): Body<Switched>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, move |app, actor| {
        app.store.switch_account(actor, &id, !new.uit)
    })
    .await
}
