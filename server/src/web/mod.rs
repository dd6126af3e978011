//! The web pages: server-rendered, usable without script. Owns their routes and what all pages share. Never
//! puts a question in an address.
//!
//! | file | owns |
//! |---|---|
//! | `home` | start page and help |
//! | `login` | logging in and out |
//! | `organisatie` | logging in at the organisation |
//! | `account` | one's own account: second step and tokens |
//! | `accounts` | accounts |
//! | `nakijken` | everybody's rights, looked at once a year |
//! | `eerste` | the first beheerder |
//! | `form` | from a sent form to a stored search, and back to its fields |
//! | `results` | the result page |
//! | `facets` | filters beside the results: checkboxes, folder tree, years |
//! | `explained` | "Zo is gezocht": what each word stands for, and switching it off |
//! | `document` | one document with its text |
//! | `elders` | what the same document came to in other cases |
//! | `relatives` | what belongs with it: family, thread, copies |
//! | `body` | its text, with the ways through it |
//! | `conversation` | a chat by message, and the messages around a hit |
//! | `text` | hits and deletions in a text, and long texts in parts |
//! | `unreadable` | what could not, or not wholly, be read, and who looked at it |
//! | `zaken` | cases |
//! | `uitvoer` | what leaves a case: lists, packages; numbers and samples |
//! | `woordenlijsten` | the lists with synonyms of a case |
//! | `multipart` | forms with a file in them |
//! | `termen` | the term report of a case |
//! | `verantwoording` | the account of a case |
//! | `deelbesluiten` | deelbesluiten and belanghebbenden of a case |
//! | `versies` | the versions of a case |
//! | `schiften` | judging what a zoekactie found |
//! | `proefscan` | what a run of a source would find |
//! | `bronnen` | sources, their rules, schedules and jobs |
//! | `generaties` | the generations of the index |
//! | `verwijderen` | orders to remove documents |
//! | `runs` | index runs |
//! | `auditspoor` | the audit trail |
//! | `assets` | stylesheet, script, icon |
//! | `labels` | Dutch words for names and figures |

mod account;
mod accounts;
mod assets;
mod auditspoor;
mod body;
mod bronnen;
mod conversation;
mod deelbesluiten;
mod document;
mod eerste;
mod elders;
mod explained;
mod export;
mod facets;
mod form;
mod generaties;
mod home;
mod koppeling;
pub mod labels;
mod login;
mod multipart;
mod nakijken;
mod organisatie;
mod proefscan;
mod relatives;
mod results;
mod runs;
mod schiften;
mod termen;
pub mod text;
mod uitvoer;
mod unreadable;
mod verantwoording;
mod versies;
mod verwijderen;
mod woordenlijsten;
mod zaken;

pub use relatives::alike;

use crate::mensen::beheer::MANAGES;
use crate::mensen::{Actor, Via};
use crate::problem::{Kind, Problem};
use crate::runs::Completeness;
use crate::spoor::LEEST;
use crate::state::App;
use crate::toegang::LOOKS_AFTER_RUNS;
use askama::Template;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use zv_shared::index::IndexError;

pub use login::{Inlog, open as open_session};

/// The routes of the pages.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home::start))
        .route("/hulp", get(home::help))
        .route("/inloggen", get(login::show).post(login::log_in))
        .route("/inloggen/organisatie", get(organisatie::begin))
        .route("/inloggen/terug", get(organisatie::back))
        .route("/uitloggen", post(login::log_out))
        .route("/eerste-beheerder", get(eerste::show).post(eerste::make))
        .route("/account", get(account::show))
        .route("/account/tweede-stap", post(account::begin))
        .route("/account/tweede-stap/bevestig", post(account::confirm))
        .route("/account/tweede-stap/uit", post(account::drop_step))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{token}/trek-in", post(account::withdraw))
        .route("/rechten", get(nakijken::show))
        .route("/rechten/nagekeken", post(nakijken::look))
        .route("/rechten/uitvoer", post(nakijken::export))
        .route("/accounts", get(accounts::list).post(accounts::create))
        .route("/accounts/{id}", get(accounts::show))
        .route("/accounts/{id}/rollen", post(accounts::set_roles))
        .route("/accounts/{id}/principalen", post(accounts::set_principals))
        .route("/accounts/{id}/wachtwoord", post(accounts::set_password))
        .route("/accounts/{id}/stand", post(accounts::switch))
        .route("/accounts/{id}/tweede-stap", post(accounts::drop_step))
        .route(
            "/accounts/{id}/tokens/{token}/trek-in",
            post(accounts::withdraw),
        )
        .route("/zoek", post(results::create))
        .route("/zoek/{id}", get(results::show))
        .route(
            "/zoek/{id}/uitleg",
            get(explained::show).post(explained::switch),
        )
        .route("/zoek/{id}/document/{document}", get(document::in_search))
        .route("/document/{document}", get(document::alone))
        .route("/zaken", get(zaken::list).post(zaken::create))
        .route("/zaken/{zaak}", get(zaken::overzicht::show))
        .route(
            "/zaken/{zaak}/machtigingen",
            get(zaken::machtigingen::show).post(zaken::machtigingen::grant),
        )
        .route(
            "/zaken/{zaak}/machtigingen/{id}/trek-in",
            post(zaken::machtigingen::withdraw),
        )
        .route("/zaken/{zaak}/zoekplan", get(zaken::zoekplan::show))
        .route(
            "/zaken/{zaak}/afbakeningen",
            post(zaken::zoekplan::afbakening),
        )
        .route("/zaken/{zaak}/zoekplannen", post(zaken::zoekplan::plan))
        .route(
            "/zaken/{zaak}/zoekplannen/{versie}/keur-goed",
            post(zaken::zoekplan::approve),
        )
        .route(
            "/zaken/{zaak}/navragen",
            get(zaken::navragen::show).post(zaken::navragen::ask),
        )
        .route("/zaken/{zaak}/zoeken", get(zaken::zoeken::show))
        .route("/zaken/{zaak}/rondes", post(zaken::zoeken::open_round))
        .route(
            "/zaken/{zaak}/rondes/sluit",
            post(zaken::zoeken::close_round),
        )
        .route(
            "/zaken/{zaak}/zoekacties/{nummer}/in-ronde",
            post(zaken::zoeken::put),
        )
        .route("/zaken/{zaak}/schiften", get(zaken::schiften::show))
        .route("/zaken/{zaak}/uitvoer", get(zaken::uitvoer::show))
        .route("/zaken/{zaak}/lijst", post(uitvoer::list))
        .route("/zaken/{zaak}/pakket", post(uitvoer::package))
        .route("/zaken/{zaak}/nummers", post(uitvoer::numbers))
        .route("/zaken/{zaak}/steekproef", post(uitvoer::sample))
        .route("/zaken/{zaak}/besluit", post(zaken::overzicht::decide))
        .route("/zaken/{zaak}/leden", post(zaken::overzicht::member))
        .route("/zaken/{zaak}/termijn", post(zaken::overzicht::stretch))
        .route("/zaken/{zaak}/overname", post(zaken::take_over))
        .route("/zaken/{zaak}/heropen", post(zaken::overzicht::reopen))
        .route("/zaken/{zaak}/sluit", post(zaken::overzicht::close))
        .route(
            "/zaken/{zaak}/termen",
            get(termen::show).post(termen::report),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}",
            get(schiften::show).post(schiften::judge),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}/alles",
            get(schiften::all).post(schiften::judge_all),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}/terug",
            post(schiften::take_back),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}/beoordeling",
            post(schiften::beoordeel),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}/opmerking",
            post(schiften::remark),
        )
        .route(
            "/zaken/{zaak}/schiften/{rij}/definitief",
            post(schiften::finish),
        )
        .route(
            "/zaken/{zaak}/steekproeven/{nummer}",
            get(zaken::steekproef::show),
        )
        .route(
            "/zaken/{zaak}/steekproeven/{nummer}/oordelen",
            post(zaken::steekproef::judge),
        )
        .route(
            "/auditspoor",
            get(auditspoor::show).post(auditspoor::search),
        )
        .route("/auditspoor/uitvoer", post(auditspoor::export))
        .route("/bronnen", get(bronnen::list).post(bronnen::create))
        .route("/bronnen/{bron}", get(bronnen::show))
        .route("/bronnen/{bron}/regels", post(bronnen::set_rules))
        .route(
            "/bronnen/{bron}/export",
            get(export::show).post(export::decide),
        )
        .route(
            "/bronnen/{bron}/koppeling",
            get(koppeling::show).post(koppeling::sent),
        )
        .route(
            "/bronnen/{bron}/proefscan",
            get(proefscan::show).post(proefscan::sent),
        )
        .route("/bronnen/{bron}/rooster", post(bronnen::set_schedule))
        .route("/bronnen/{bron}/opdrachten", post(bronnen::ask))
        .route(
            "/bronnen/{bron}/opdrachten/{id}/breek-af",
            post(bronnen::cancel),
        )
        .route("/runs", get(runs::list))
        .route("/runs/{number}", get(runs::show))
        .route("/onleesbaar", get(unreadable::list))
        .route("/onleesbaar.csv", get(unreadable::export))
        .route("/onleesbaar/bekeken", post(unreadable::mark))
        .route("/zaken/{zaak}/verantwoording", get(verantwoording::show))
        .route(
            "/zaken/{zaak}/deelbesluiten",
            get(deelbesluiten::show).post(deelbesluiten::set_deelbesluit),
        )
        .route(
            "/zaken/{zaak}/belanghebbenden",
            post(deelbesluiten::set_belanghebbende),
        )
        .route("/zaken/{zaak}/zienswijzen", post(deelbesluiten::zienswijze))
        .route("/zaken/{zaak}/indelingen", post(deelbesluiten::arrange))
        .route(
            "/zaken/{zaak}/schiften/{rij}/indeling",
            post(schiften::arrange),
        )
        .route("/zaken/{zaak}/versies", get(versies::show))
        .route("/zaken/{zaak}/versies/{versie}/{naam}", get(versies::file))
        .route(
            "/zaken/{zaak}/verantwoording/bestand",
            post(verantwoording::download),
        )
        .route(
            "/zaken/{zaak}/verantwoording/bundel",
            post(verantwoording::bundle),
        )
        .route(
            "/zaken/{zaak}/verantwoording/masker",
            post(verantwoording::mask),
        )
        .merge(generaties::router())
        .merge(verwijderen::router())
        .merge(woordenlijsten::router())
        .merge(zaken::routes())
        .merge(assets::router())
}

/// What stands around every page.
struct Frame {
    /// Title of the page, for the browser.
    title: String,
    /// Who is logged in; nobody where there are no accounts.
    naam: Option<String>,
    /// Whether they see runs.
    ziet_runs: bool,
    /// Whether they read the audit trail of all cases.
    ziet_spoor: bool,
    /// Whether they manage accounts, and there are any.
    beheert_accounts: bool,
    /// Whether it runs on another computer than that of who looks.
    op_server: bool,
    /// Whether the index is on a cluster.
    op_cluster: bool,
    /// A run that is busy.
    banner: Option<Banner>,
    /// Address of the stylesheet.
    css: &'static str,
    /// Address of the script.
    js: &'static str,
}

/// The message about a run that is busy or did not come to its end.
struct Banner {
    text: String,
    busy: bool,
    /// Whether who looks may follow the figures.
    counts: bool,
}

impl Banner {
    fn of(app: &App, counts: bool) -> Option<Self> {
        let files = |seen| labels::count(seen, "bestand", "bestanden");
        let plain = |text: &str, busy| {
            let text = text.to_owned();
            Some(Banner { text, busy, counts })
        };
        match Completeness::of(&app.folder) {
            Completeness::Busy(_) if !counts => plain("Er wordt nu ingelezen.", true),
            Completeness::BrokenOff(_) if !counts => plain(
                "Het inlezen is niet afgemaakt. Er kunnen documenten ontbreken.",
                false,
            ),
            Completeness::Busy(progress) => Some(Banner {
                counts,
                text: labels::progress(&progress),
                busy: true,
            }),
            Completeness::BrokenOff(progress) => Some(Banner {
                counts,
                text: format!(
                    "Het inlezen is niet afgemaakt: {} bekeken. Er kunnen documenten ontbreken.",
                    files(progress.gezien)
                ),
                busy: false,
            }),
            Completeness::Nothing | Completeness::Complete(_) => None,
        }
    }
}

impl Frame {
    fn new(app: &App, actor: &Actor, title: impl Into<String>) -> Self {
        let runs = actor.is_any(&LOOKS_AFTER_RUNS);
        Frame {
            title: title.into(),
            naam: (!actor.is_local()).then(|| actor.naam.clone()),
            ziet_runs: runs,
            ziet_spoor: actor.is_any(&LEEST),
            beheert_accounts: !actor.is_local() && actor.is_any(&MANAGES),
            op_server: app.settings.is_public(),
            op_cluster: app.op_cluster,
            banner: Banner::of(app, runs),
            css: assets::css(),
            js: assets::js(),
        }
    }
}

/// Why nothing can be shown.
enum Shortage {
    Index(IndexError),
    Other(Problem),
}

impl From<IndexError> for Shortage {
    fn from(error: IndexError) -> Self {
        Shortage::Index(error)
    }
}

impl From<Problem> for Shortage {
    fn from(problem: Problem) -> Self {
        Shortage::Other(problem)
    }
}

impl From<Shortage> for Problem {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::Index(error) => error.into(),
            Shortage::Other(problem) => problem,
        }
    }
}

/// Renders a page.
fn page(template: &impl Template) -> Result<Response, Problem> {
    Ok(Html(template.render().map_err(Problem::fault)?).into_response())
}

/// Runs the work of a page where it may keep a processor busy.
async fn blocking(
    work: impl FnOnce() -> Result<Response, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    crate::api::blocking(work).await
}

#[derive(Template)]
#[template(path = "fout.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    detail: String,
    hint: &'static str,
}

/// A problem as a page.
pub fn error_page(app: &App, problem: &Problem) -> Response {
    let hint = match problem.kind {
        Kind::GeenIndex => "Start het inlezen met: zoekenvind index MAP",
        Kind::MagNiet | Kind::IntussenGewijzigd => {
            "Ga terug met de knop van uw browser: wat u invulde, staat er meestal nog."
        }
        Kind::AndereGeneratie => "Maak de index opnieuw met: zoekenvind index --opnieuw MAP",
        _ => "",
    };
    if problem.kind == Kind::NietIngelogd {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/inloggen")]).into_response();
    }
    if problem.kind == Kind::TweedeStapNodig {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/account")]).into_response();
    }
    // Who asked is not known any more: the page shows nothing that is for some only.
    let nobody = Actor {
        rollen: Default::default(),
        ..Actor::local(Via::Web)
    };
    let template = ErrorPage {
        frame: Frame::new(app, &nobody, problem.title()),
        title: problem.title(),
        detail: problem.detail.clone(),
        hint,
    };
    match page(&template) {
        Ok(page) => {
            let mut answer = (problem.status(), page).into_response();
            problem.told(&mut answer);
            answer
        }
        Err(problem) => problem.into_response(),
    }
}
