//! The web pages: server-rendered, usable without script. Owns their routes and what all pages share. Never
//! puts a question in an address.
//!
//! | file | owns |
//! |---|---|
//! | `home` | start page and help |
//! | `form` | from a sent form to a stored search, and back to its fields |
//! | `results` | the result page |
//! | `facets` | filters beside the results: checkboxes, folder tree, years |
//! | `explained` | "Zo is gezocht": what each word stands for, and switching it off |
//! | `document` | one document with its text |
//! | `relatives` | what belongs with it: family, thread, copies |
//! | `body` | its text, with the ways through it |
//! | `conversation` | a chat by message, and the messages around a hit |
//! | `text` | hits and deletions in a text, and long texts in parts |
//! | `unreadable` | what could not, or not wholly, be read, and who looked at it |
//! | `runs` | index runs |
//! | `assets` | stylesheet, script, icon |
//! | `labels` | Dutch words for names and figures |

mod assets;
mod body;
mod conversation;
mod document;
mod explained;
mod facets;
mod form;
mod home;
pub mod labels;
mod relatives;
mod results;
mod runs;
pub mod text;
mod unreadable;

use crate::problem::{Kind, Problem};
use crate::runs::Completeness;
use crate::state::App;
use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes of the pages.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home::start))
        .route("/hulp", get(home::help))
        .route("/zoek", post(results::create))
        .route("/zoek/{id}", get(results::show))
        .route(
            "/zoek/{id}/uitleg",
            get(explained::show).post(explained::switch),
        )
        .route("/zoek/{id}/document/{document}", get(document::in_search))
        .route("/document/{document}", get(document::alone))
        .route("/runs", get(runs::list))
        .route("/runs/{number}", get(runs::show))
        .route("/onleesbaar", get(unreadable::list))
        .route("/onleesbaar.csv", get(unreadable::export))
        .route("/onleesbaar/bekeken", post(unreadable::mark))
        .merge(assets::router())
}

/// What stands around every page.
struct Frame {
    /// Title of the page, for the browser.
    title: String,
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
}

impl Banner {
    fn of(app: &App) -> Option<Self> {
        let files = |seen| labels::count(seen, "bestand", "bestanden");
        match Completeness::of(&app.folder) {
            Completeness::Busy(progress) => Some(Banner {
                text: labels::progress(&progress),
                busy: true,
            }),
            Completeness::BrokenOff(progress) => Some(Banner {
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
    fn new(app: &App, title: impl Into<String>) -> Self {
        Frame {
            title: title.into(),
            banner: Banner::of(app),
            css: assets::css(),
            js: assets::js(),
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
        Kind::AndereGeneratie => "Maak de index opnieuw met: zoekenvind index --opnieuw MAP",
        _ => "",
    };
    let template = ErrorPage {
        frame: Frame::new(app, problem.title()),
        title: problem.title(),
        detail: problem.detail.clone(),
        hint,
    };
    match page(&template) {
        Ok(page) => (problem.status(), page).into_response(),
        Err(problem) => problem.into_response(),
    }
}
