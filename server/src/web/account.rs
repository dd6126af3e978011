//! One's own account: the second step of logging in, and the tokens of one's programs. The rules are in `mensen`. A secret
//! is on the page that makes it and on no other.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::{begin as begin_step, drop_own};
use crate::mensen::tokens::{MOST_DAYS, Token};
use crate::mensen::tweede::{Geheim, Stand};
use crate::mensen::{Actor, Bereik};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Ingelogd, Vrager};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::sync::Arc;

/// A token in words.
pub(super) struct Line {
    pub(super) nummer: i64,
    pub(super) naam: String,
    pub(super) bereik: String,
    pub(super) gebruikt: String,
    pub(super) stand: String,
    pub(super) werkt: bool,
}

pub(super) fn line(token: &Token) -> Line {
    let scope: Vec<&str> = token.bereik.iter().map(|one| one.name()).collect();
    let works = token.works(Timestamp::now());
    let state = match (token.ingetrokken, works) {
        (Some(at), _) => format!("ingetrokken op {}", labels::moment(at)),
        (None, true) => format!("werkt tot {}", labels::moment(token.verloopt)),
        (None, false) => format!("verlopen op {}", labels::moment(token.verloopt)),
    };
    Line {
        nummer: token.nummer,
        naam: token.naam.clone(),
        bereik: scope.join(", "),
        gebruikt: token
            .gebruikt
            .map_or_else(|| "nooit".to_owned(), labels::moment),
        stand: state,
        werkt: works,
    }
}

#[derive(Template)]
#[template(path = "eigen.html")]
struct OwnPage {
    frame: Frame,
    naam: String,
    rollen: String,
    /// Whether there is an account at all.
    lokaal: bool,
    /// Whether who looks logs in at the organisation, which has its own second step.
    organisatie: bool,
    aan: bool,
    herstelcodes: u32,
    /// Whether they must set up a second step before anything else.
    moet: bool,
    verplicht: bool,
    /// What was made just now, and is not shown again.
    geheim: Option<Geheim>,
    codes: Vec<String>,
    token: Option<String>,
    tokens: Vec<Line>,
    bereiken: Vec<(&'static str, &'static str)>,
    dagen: u16,
}

/// What was made just now.
#[derive(Default)]
struct Made {
    geheim: Option<Geheim>,
    codes: Vec<String>,
    token: Option<String>,
}

fn own(app: &App, actor: &Actor, made: Made) -> Result<Response, Problem> {
    let stand = app.store.second_step(&actor.id)?;
    let organisatie = app.store.groups_of(&actor.id)?.is_some();
    let aan = matches!(stand, Stand::Aan(_));
    let verplicht = app.settings.needs_second_step();
    let roles: Vec<&str> = actor.rollen.iter().map(|role| role.label()).collect();
    page(&OwnPage {
        frame: Frame::new(app, actor, "Uw account"),
        naam: actor.naam.clone(),
        rollen: roles.join(", "),
        lokaal: actor.is_local(),
        organisatie,
        aan,
        herstelcodes: if let Stand::Aan(left) = stand {
            left
        } else {
            0
        },
        moet: verplicht && !aan && !organisatie,
        verplicht,
        geheim: made.geheim,
        codes: made.codes,
        token: made.token,
        tokens: app.store.tokens(&actor.id)?.iter().map(line).collect(),
        bereiken: Bereik::ALL.map(|one| (one.name(), one.label())).into(),
        dagen: MOST_DAYS,
    })
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
) -> Result<Response, Problem> {
    blocking(move || own(&app, &actor, Made::default())).await
}

/// Gives a secret for an app.
pub async fn begin(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
) -> Result<Response, Problem> {
    blocking(move || {
        let geheim = Some(begin_step(&app, &actor)?);
        own(
            &app,
            &actor,
            Made {
                geheim,
                ..Made::default()
            },
        )
    })
    .await
}

/// Takes a first code and gives recovery codes.
pub async fn confirm(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let codes = app
            .store
            .confirm_second_step(&actor, &fields.text("code"))?;
        own(
            &app,
            &actor,
            Made {
                codes,
                ..Made::default()
            },
        )
    })
    .await
}

fn back() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/account")]).into_response()
}

/// Takes away the second step.
pub async fn drop_step(
    State(app): State<Arc<App>>,
    Ingelogd(actor, _): Ingelogd,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        drop_own(&app, &actor, &fields.text("code"))?;
        Ok(back())
    })
    .await
}

/// Makes a token and shows it.
pub async fn make_token(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let wrong =
            |name: &str| Problem::request(format!("Het formulierveld '{name}' klopt niet."));
        let named = |name: &str| Bereik::named(name).ok_or_else(|| wrong("bereik"));
        let scope = fields.all("bereik").map(named).collect::<Result<_, _>>()?;
        let days = u16::try_from(fields.number("dagen")?).map_err(|_| wrong("dagen"))?;
        let (_, token) = app
            .store
            .add_token(&actor, &fields.text("naam"), &scope, days)?;
        let token = Some(token);
        own(
            &app,
            &actor,
            Made {
                token,
                ..Made::default()
            },
        )
    })
    .await
}

/// Withdraws a token.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(token): Path<i64>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.store.withdraw_token(&actor, token)?;
        Ok(back())
    })
    .await
}
