//! One's own account over the API: the second step of logging in, tokens of programs, and the first beheerder of a server
//! that has no accounts. Never shows a secret a second time.

use super::blocking;
use super::input::{Body, Segment};
use crate::audit::Event;
use crate::http::Vanaf;
use crate::mensen::beheer::MANAGES;
use crate::mensen::eerste::Nieuw;
use crate::mensen::rem::Poging;
use crate::mensen::tokens::Token;
use crate::mensen::tweede::Stand;
use crate::mensen::{Account, Actor, Bereik, Via};
use crate::problem::{Kind, Problem, ProblemBody};
use crate::state::App;
use crate::toegang::{Ingelogd, Vrager};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use utoipa::ToSchema;

/// Hoever iemand is met de tweede stap.
#[derive(Serialize, ToSchema)]
#[schema(as = TweedeStap)]
pub struct StepBody {
    /// Of bij het inloggen om een code gevraagd wordt.
    aan: bool,
    /// Of u nog een eerste code moet invullen.
    begonnen: bool,
    /// Hoeveel herstelcodes er nog zijn.
    herstelcodes: u32,
    /// Of deze server een tweede stap vraagt van wie met een wachtwoord inlogt.
    verplicht: bool,
}

/// De tweede stap lezen
///
/// Van uw eigen account. Niet met een token.
#[utoipa::path(get, path = "/tweede-stap", tag = "mensen", operation_id = "leesTweedeStap",
    responses((status = 200, description = "Hoever u bent.", body = StepBody)))]
pub async fn step(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
) -> Result<Json<StepBody>, Problem> {
    blocking(move || {
        let stand = app.store.second_step(&actor.id)?;
        Ok(Json(StepBody {
            aan: matches!(stand, Stand::Aan(_)),
            begonnen: stand == Stand::Begonnen,
            herstelcodes: if let Stand::Aan(left) = stand {
                left
            } else {
                0
            },
            verplicht: app.settings.needs_second_step(),
        }))
    })
    .await
}

/// Wat in een app gaat.
#[derive(Serialize, ToSchema)]
#[schema(as = TweedeStapGeheim)]
pub struct SecretBody {
    /// Om over te typen, in groepen van vier.
    geheim: String,
    /// Het adres dat een app op hetzelfde toestel opent.
    adres: String,
}

/// De tweede stap beginnen
///
/// Zet het geheim in een app en stuur daarna de eerste code. U ziet het geheim maar één keer.
#[utoipa::path(post, path = "/tweede-stap", tag = "mensen", operation_id = "begintTweedeStap",
    responses((status = 201, description = "Het geheim.", body = SecretBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn begin_step(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
) -> Result<(StatusCode, Json<SecretBody>), Problem> {
    blocking(move || {
        let secret = begin(&app, &actor)?;
        let (geheim, adres) = (secret.geheim, secret.adres);
        Ok((StatusCode::CREATED, Json(SecretBody { geheim, adres })))
    })
    .await
}

/// A new secret for who has an account.
pub fn begin(app: &App, actor: &Actor) -> Result<crate::mensen::tweede::Geheim, Problem> {
    match actor.is_local() {
        true => Err(Problem::refused("Zonder accounts is er geen tweede stap.")),
        false => Ok(app.store.begin_second_step(actor)?),
    }
}

/// Een code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TweedeStapCode)]
pub struct CodeBody {
    /// De zes cijfers van de app, of een herstelcode.
    #[schema(min_length = 1, max_length = 100)]
    code: String,
}

/// Herstelcodes.
#[derive(Serialize, ToSchema)]
#[schema(as = Herstelcodes)]
pub struct CodesBody {
    /// Elk werkt één keer. U ziet ze maar één keer.
    herstelcodes: Vec<String>,
}

/// De tweede stap bevestigen
///
/// Met de eerste code van de app. Vanaf dan is bij elke inlog een code nodig.
#[utoipa::path(post, path = "/tweede-stap/bevestiging", tag = "mensen", operation_id = "bevestigtTweedeStap",
    request_body = CodeBody,
    responses((status = 200, description = "De herstelcodes.", body = CodesBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn confirm_step(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
    Body(sent): Body<CodeBody>,
) -> Result<Json<CodesBody>, Problem> {
    blocking(move || {
        let herstelcodes = app.store.confirm_second_step(&actor, &sent.code)?;
        Ok(Json(CodesBody { herstelcodes }))
    })
    .await
}

/// De tweede stap uitzetten
///
/// Met een code van de app of een herstelcode. Daarna kunt u haar opnieuw instellen.
#[utoipa::path(post, path = "/tweede-stap/_stop", tag = "mensen", operation_id = "zetTweedeStapUit",
    request_body = CodeBody,
    responses((status = 204, description = "Er is geen tweede stap meer."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn drop_step(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
    Body(sent): Body<CodeBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        drop_own(&app, &actor, &sent.code)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Takes away somebody's own second step, with a code. Guessing is slowed down as it is at the door.
pub fn drop_own(app: &App, actor: &Actor, code: &str) -> Result<(), Problem> {
    let attempt = Poging::new(&format!("code van {}", actor.id), None);
    app.rem.begin(&attempt).map_err(Problem::too_often)?;
    let account = app.store.account(&actor.id)?;
    let takes = |account: &Account| app.store.take_code(account, code, actor);
    if !account.as_ref().map(takes).transpose()?.unwrap_or_default() {
        return Err(Problem::refused("Deze code klopt niet."));
    }
    app.rem.succeeded(&attempt);
    Ok(app.store.drop_second_step(actor, &actor.id)?)
}

/// De tweede stap van iemand anders wissen
///
/// Voor een beheerder autorisatie, als iemand de app en de herstelcodes kwijt is. Diegene is daarmee overal uitgelogd.
#[utoipa::path(post, path = "/accounts/{id}/tweede-stap/_wis", tag = "mensen", operation_id = "wisTweedeStap",
    params(("id" = String, Path, description = "Kenmerk van het account.")),
    responses((status = 204, description = "Gewist."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn drop_of_other(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        drop_for(&app, &actor, &id)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Takes away the second step of somebody else.
pub fn drop_for(app: &App, actor: &Actor, id: &str) -> Result<(), Problem> {
    app.manages_accounts(actor)?;
    match id == actor.id {
        true => Err(Problem::refused(
            "Uw eigen tweede stap zet u uit met een code.",
        )),
        false => Ok(app.store.drop_second_step(actor, id)?),
    }
}

/// Een token, zonder wat opent.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenBody {
    /// Nummer; zo heet het token in het auditspoor.
    nummer: i64,
    /// Waar het voor is.
    naam: String,
    /// Wat het mag, en nooit meer dan het account.
    bereik: BTreeSet<Bereik>,
    /// Wanneer het gemaakt is.
    #[schema(value_type = String, format = DateTime)]
    gemaakt: Timestamp,
    /// Vanaf wanneer het niet meer werkt.
    #[schema(value_type = String, format = DateTime)]
    verloopt: Timestamp,
    /// Wanneer het voor het laatst gebruikt is, op een minuut na.
    #[schema(value_type = Option<String>, format = DateTime)]
    gebruikt: Option<Timestamp>,
    /// Wanneer het is ingetrokken.
    #[schema(value_type = Option<String>, format = DateTime)]
    ingetrokken: Option<Timestamp>,
}

impl From<Token> for TokenBody {
    fn from(token: Token) -> Self {
        TokenBody {
            nummer: token.nummer,
            naam: token.naam,
            bereik: token.bereik,
            gemaakt: token.gemaakt,
            verloopt: token.verloopt,
            gebruikt: token.gebruikt,
            ingetrokken: token.ingetrokken,
        }
    }
}

/// Tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensBody {
    /// De nieuwste eerst.
    tokens: Vec<TokenBody>,
}

fn listed(app: &App, account: &str) -> Result<Json<TokensBody>, Problem> {
    let tokens = app.store.tokens(account)?.into_iter();
    Ok(Json(TokensBody {
        tokens: tokens.map(TokenBody::from).collect(),
    }))
}

/// De eigen tokens lezen
///
/// Niet met een token.
#[utoipa::path(get, path = "/tokens", tag = "mensen", operation_id = "leesTokens",
    responses((status = 200, description = "De tokens.", body = TokensBody)))]
pub async fn tokens(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<TokensBody>, Problem> {
    blocking(move || listed(&app, &actor.id)).await
}

/// De tokens van iemand anders lezen
///
/// Voor een beheerder autorisatie en een auditor.
#[utoipa::path(get, path = "/accounts/{id}/tokens", tag = "mensen", operation_id = "leesTokensVanAccount",
    params(("id" = String, Path, description = "Kenmerk van het account.")),
    responses((status = 200, description = "De tokens.", body = TokensBody)))]
pub async fn tokens_of(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
) -> Result<Json<TokensBody>, Problem> {
    blocking(move || {
        app.must_be(&actor, &MANAGES)?;
        let known = app.store.account(&id)?;
        known.ok_or_else(|| Problem::not_found("Dit account bestaat niet."))?;
        listed(&app, &id)
    })
    .await
}

/// Een nieuw token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwToken)]
pub struct NewToken {
    /// Waar het voor is.
    #[schema(min_length = 1, max_length = 200)]
    naam: String,
    /// Wat het mag.
    #[schema(min_items = 1)]
    bereik: BTreeSet<Bereik>,
    /// Hoeveel dagen het werkt.
    #[schema(minimum = 1, maximum = 366)]
    dagen: u16,
}

/// Een token dat net gemaakt is.
#[derive(Serialize, ToSchema)]
#[schema(as = GemaaktToken)]
pub struct MadeToken {
    /// Wat opent: stuur het mee als `Authorization: Bearer`. U ziet het maar één keer.
    token: String,
    /// De rest.
    gegevens: TokenBody,
}

/// Een token maken
///
/// Voor een programma dat namens u werkt. Niet met een token.
#[utoipa::path(post, path = "/tokens", tag = "mensen", operation_id = "maakToken", request_body = NewToken,
    responses((status = 201, description = "Het token.", body = MadeToken),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn make_token(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    blocking(move || {
        let (made, token) = app
            .store
            .add_token(&actor, &new.naam, &new.bereik, new.dagen)?;
        let gegevens = made.into();
        Ok((StatusCode::CREATED, Json(MadeToken { token, gegevens })))
    })
    .await
}

/// Een token intrekken
///
/// Uw eigen token, of als beheerder autorisatie dat van een ander. Het werkt meteen niet meer. Niet met een token.
#[utoipa::path(post, path = "/tokens/{nummer}/intrekking", tag = "mensen", operation_id = "trekTokenIn",
    params(("nummer" = i64, Path, description = "Nummer van het token.")),
    responses((status = 204, description = "Ingetrokken."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn withdraw_token(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(number): Segment<i64>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        app.store.withdraw_token(&actor, number)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// De eerste beheerder.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EersteBeheerder)]
pub struct FirstBody {
    /// De code die het programma bij het starten toonde.
    #[schema(min_length = 1, max_length = 200)]
    code: String,
    /// Waarmee iemand inlogt.
    #[schema(min_length = 1, max_length = 200)]
    inlognaam: String,
    /// Naam zoals anderen hem zien.
    #[schema(min_length = 1, max_length = 200)]
    naam: String,
    /// Het wachtwoord.
    #[schema(min_length = 12, max_length = 1000)]
    wachtwoord: String,
}

/// De eerste beheerder maken
///
/// Alleen op een server die ook vanaf andere computers te bereiken is en nog geen accounts heeft.
#[utoipa::path(post, path = "/eerste-beheerder", tag = "mensen", operation_id = "maakEersteBeheerder",
    request_body = FirstBody,
    responses((status = 204, description = "Het account is er; log nu in."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn first(
    State(app): State<Arc<App>>,
    Extension(Vanaf(from)): Extension<Vanaf>,
    Body(new): Body<FirstBody>,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let new = Nieuw {
            code: &new.code,
            inlognaam: &new.inlognaam,
            naam: &new.naam,
            wachtwoord: &new.wachtwoord,
        };
        first_account(&app, &new, Via::Api, from)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Makes the first account, for who has the code. Guessing is slowed down as it is at the door, and recorded.
pub fn first_account(
    app: &App,
    new: &Nieuw<'_>,
    via: Via,
    from: Option<IpAddr>,
) -> Result<(), Problem> {
    let made = match &app.eerste {
        Some(first) => {
            let attempt = Poging::new("de eenmalige code", from);
            app.rem.begin(&attempt).map_err(Problem::too_often)?;
            first.use_it(&app.store, new, via)?
        }
        None => None,
    };
    if made.is_some() {
        return Ok(());
    }
    let nobody = Actor {
        id: "onbekend".to_owned(),
        rollen: BTreeSet::new(),
        ..Actor::local(via)
    };
    let data = json!({"wijze": "eenmalige-code"});
    app.store
        .log(&Event::done(&nobody, "account.gemaakt", "", data).refused())?;
    Err(Problem::new(Kind::MagNiet, "Deze code werkt niet (meer)."))
}
