//! The pages of accounts, for a beheerder autorisatie: which there are, making one, and changing one. The rules are in
//! `mensen`. Never shows a password.

use super::account::{Line as TokenLine, line as token_line};
use super::zaken::{Fields, Sent};
use super::{Frame, blocking, page};
use crate::api::drop_for;
use crate::mensen::beheer::MANAGES;
use crate::mensen::principalen::BEHEER;
use crate::mensen::tweede::Stand;
use crate::mensen::{Account, Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Vrager;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An account in the list.
struct Line {
    id: String,
    inlognaam: String,
    naam: String,
    rollen: String,
    uit: bool,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct ListPage {
    frame: Frame,
    accounts: Vec<Line>,
    rollen: Vec<Choice>,
    /// Accounts at which nobody looked for a year.
    te_laat: usize,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: Line,
    rollen: Vec<Choice>,
    /// Whether it is that of who looks: nobody changes his own roles.
    eigen: bool,
    /// What it is on the drives, as the beheerder says: a line each.
    principalen: String,
    /// How much a login provider says besides.
    van_inloggen: usize,
    /// The groups of who logs in at the organisation.
    groepen: Option<Vec<String>>,
    /// Whether they have a second step.
    tweede_stap: bool,
    tokens: Vec<TokenLine>,
    /// Where a token of theirs is withdrawn.
    tokens_adres: String,
}

/// A role in a form.
struct Choice {
    name: &'static str,
    label: &'static str,
    chosen: bool,
}

fn choices(chosen: &BTreeSet<Rol>) -> Vec<Choice> {
    let choice = |role: Rol| Choice {
        name: role.name(),
        label: role.label(),
        chosen: chosen.contains(&role),
    };
    Rol::ALL.map(choice).into()
}

fn line(account: &Account) -> Line {
    let roles: Vec<&str> = account.rollen.iter().map(|role| role.label()).collect();
    Line {
        id: account.id.clone(),
        inlognaam: account.inlognaam.clone(),
        naam: account.naam.clone(),
        rollen: roles.join(", "),
        uit: account.uit,
    }
}

/// All accounts, and the form for one more.
pub async fn list(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &MANAGES)?;
        page(&ListPage {
            frame: Frame::new(&app, &actor, "Accounts"),
            accounts: app.store.accounts()?.iter().map(line).collect(),
            rollen: choices(&BTreeSet::new()),
            te_laat: app.store.overdue_rights()?,
        })
    })
    .await
}

/// One account.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &MANAGES)?;
        let account = app.store.account(&id)?;
        let account = account.ok_or_else(|| Problem::not_found("Dit account bestaat niet."))?;
        let mut lists = app.store.principals(&id)?;
        let own = lists.remove(BEHEER).unwrap_or_default();
        page(&AccountPage {
            principalen: own.into_iter().collect::<Vec<_>>().join("\n"),
            van_inloggen: lists.values().map(BTreeSet::len).sum(),
            frame: Frame::new(&app, &actor, format!("Account van {}", account.naam)),
            tweede_stap: matches!(app.store.second_step(&id)?, Stand::Aan(_)),
            tokens: app.store.tokens(&id)?.iter().map(token_line).collect(),
            tokens_adres: format!("/accounts/{id}/tokens"),
            account: line(&account),
            rollen: choices(&account.rollen),
            eigen: account.id == actor.id,
            groepen: app
                .store
                .groups_of(&id)?
                .map(|all| all.into_iter().collect()),
        })
    })
    .await
}

fn to(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

fn roles(fields: &Fields) -> Result<BTreeSet<Rol>, Problem> {
    let wrong = || Problem::request("Het formulierveld 'rol' klopt niet.");
    let named = |name: &str| Rol::named(name).ok_or_else(wrong);
    fields.all("rol").map(named).collect()
}

/// Makes an account.
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        app.manages_accounts(&actor)?;
        let (login, name) = (fields.text("inlognaam"), fields.text("naam"));
        let password = fields.untouched("wachtwoord");
        let made = app
            .store
            .add_account(&login, &name, password, &roles(&fields)?, &actor)?;
        Ok(to(format!("/accounts/{}", made.id)))
    })
    .await
}

/// Changes an account and goes back to its page.
async fn change(
    (app, actor, id): (Arc<App>, Actor, String),
    sent: Sent,
    work: impl FnOnce(&App, &Actor, &str, &Fields) -> Result<(), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        app.manages_accounts(&actor)?;
        work(&app, &actor, &id, &fields)?;
        Ok(to(format!("/accounts/{id}")))
    })
    .await
}

/// Changes roles.
pub async fn set_roles(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, id), sent, |app, actor, id, fields| {
        Ok(app.store.set_roles(actor, id, &roles(fields)?)?)
    })
    .await
}

/// Says what somebody is on the drives.
pub async fn set_principals(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, id), sent, |app, actor, id, fields| {
        let text = fields.text("principalen");
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let all = lines.map(str::to_owned).collect();
        Ok(app.store.give_principals(actor, id, &all)?)
    })
    .await
}

/// Gives a new password.
pub async fn set_password(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, id), sent, |app, actor, id, fields| {
        let password = fields.untouched("wachtwoord");
        Ok(app.store.set_password(actor, id, password)?)
    })
    .await
}

/// Switches off or on again.
pub async fn switch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, id), sent, |app, actor, id, fields| {
        let on = match fields.text("stand").as_str() {
            "aan" => Ok(true),
            "uit" => Ok(false),
            _ => Err(StoreError::Refused("kies aan of uit".to_owned())),
        };
        Ok(app.store.switch_account(actor, id, on?)?)
    })
    .await
}

/// Takes away the second step of who lost it.
pub async fn drop_step(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        drop_for(&app, &actor, &id)?;
        Ok(to(format!("/accounts/{id}")))
    })
    .await
}

/// Withdraws a token of somebody.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((id, token)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.manages_accounts(&actor)?;
        app.store.withdraw_token(&actor, token)?;
        Ok(to(format!("/accounts/{id}")))
    })
    .await
}
