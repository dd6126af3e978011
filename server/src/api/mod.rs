//! The HTTP API `/v1`, after the NL API Design Rules. Owns its routes and its description; what a search does
//! stands in `search`, the shapes of the answers in `model`. Never puts a question in an address.
//!
//! | file | owns |
//! |---|---|
//! | `searches` | zoekopdrachten and their results |
//! | `documents` | documents: properties, text, family |
//! | `original` | the download of an original |
//! | `uitvoer` | the account of a case, its bundle, and what left the program |
//! | `runs` | index runs, their outcomes, progress, sources |
//! | `bronnen` | sources: what is read of them, when, and the jobs |
//! | `generaties` | the generations of the index |
//! | `explained` | what the words of a question stood for |
//! | `suggest` | words that begin as the user types |
//! | `lijsten` | hit lists |
//! | `pakketten` | packages of originals |
//! | `principalen` | what an account is on the drives |
//! | `steekproeven` | random samples, judged |
//! | `download` | sending a file that was made |
//! | `termenrapporten` | what each line of a list of terms finds |
//! | `zaken` | cases: opening, closing, who takes part, the legal clock |
//! | `overname` | taking over a case on which nobody works |
//! | `machtigingen` | who may search what |
//! | `voorbereiding` | afbakening, zoekplan, questions to persons |
//! | `rondes` | zoekacties and zoekrondes |
//! | `sessions` | logging in |
//! | `auditregels` | reading the audit trail, and taking it out |
//! | `verwijderopdrachten` | orders to remove documents |
//! | `vergeten` | erasing somebody's name |
//! | `accounts` | accounts |
//! | `beoordelingen` | what becomes public, on which grounds, by whom |
//! | `eigen` | one's own account: second step, tokens, the first beheerder |
//! | `gronden` | the grounds to refuse information |
//! | `werkverdeling` | who judges what, and remarks |
//! | `verdwenen` | documents of a case whose files are gone |
//! | `verdelingen` | sharing out what is to be judged |
//! | `tegenstrijdig` | the same content judged differently |
//! | `verschillen` | what two rounds or zoekacties found differently |
//! | `nummers` | document numbers |
//! | `woordenlijsten` | lists with synonyms of a case |
//! | `schiftingen` | judging which documents belong to a case |
//! | `deelbesluiten` | parts of a request that are decided apart |
//! | `belanghebbenden` | third parties, and what they were asked |
//! | `indelingen` | which documents belong to those |
//! | `versies` | the versions of a case, and what is kept of them |
//! | `input` | reading requests, with our own errors |
//! | `shapes` | whether a body is as the description says |
//! | `openapi` | the description `openapi.json` |

mod accounts;
pub mod auditregels;
mod belanghebbenden;
mod beoordelingen;
pub mod bronnen;
mod deelbesluiten;
mod documents;
mod download;
mod eigen;
mod explained;
mod exportregels;
mod generaties;
mod gronden;
mod indelingen;
mod input;
pub mod koppelingen;
pub mod lijsten;
mod machtigingen;
mod nummers;
mod openapi;
mod original;
mod overname;
pub mod pakketten;
mod principalen;
pub mod proefscans;
mod rondes;
mod runs;
mod schiftingen;
mod searches;
mod sessions;
mod shapes;
mod steekproeven;
mod suggest;
mod tegenstrijdig;
mod termenrapporten;
pub mod uitvoer;
mod verdelingen;
mod verdwenen;
mod vergeten;
pub mod verschillen;
pub mod versies;
pub mod verwijderopdrachten;
mod voorbereiding;
mod werkverdeling;
mod woordenlijsten;
mod zaken;

pub use documents::DocumentBody;
pub use documents::find as find_document;
pub use download::made;
pub use eigen::{begin, drop_for, drop_own, first_account};
pub use original::{Originals, body, disposition, open as open_original};
pub use searches::stored as stored_search;
pub use termenrapporten::as_table;

use crate::problem::Problem;
use crate::state::App;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes below `/v1`.
pub fn router() -> Router<Arc<App>> {
    let (routes, description) = described();
    let text = openapi::text(&description);
    let publish = move || async move {
        let kind = (header::CONTENT_TYPE, "application/json");
        // The description is for everyone: it holds nothing of the archive.
        (
            [
                kind,
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                (
                    header::HeaderName::from_static("cross-origin-resource-policy"),
                    "cross-origin",
                ),
            ],
            text,
        )
            .into_response()
    };
    Router::new().nest("/v1", routes.route("/openapi.json", get(publish)))
}

fn described() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let (routes, description) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(searches::create))
        .routes(routes!(searches::read))
        .routes(routes!(searches::results))
        .routes(routes!(explained::explain))
        .routes(routes!(suggest::suggest))
        .routes(routes!(documents::read))
        .routes(routes!(documents::text))
        .routes(routes!(documents::family))
        .routes(routes!(original::download))
        .routes(routes!(termenrapporten::create))
        .routes(routes!(sessions::create))
        .routes(routes!(eigen::first))
        .routes(routes!(eigen::step, eigen::begin_step))
        .routes(routes!(eigen::confirm_step))
        .routes(routes!(eigen::drop_step))
        .routes(routes!(eigen::drop_of_other))
        .routes(routes!(eigen::tokens, eigen::make_token))
        .routes(routes!(eigen::tokens_of))
        .routes(routes!(eigen::withdraw_token))
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::roles))
        .routes(routes!(accounts::password))
        .routes(routes!(accounts::switch))
        .routes(routes!(principalen::list, principalen::set))
        .routes(routes!(zaken::list, zaken::create))
        .routes(routes!(zaken::read))
        .routes(routes!(zaken::add_member))
        .routes(routes!(zaken::stretch))
        .routes(routes!(zaken::decide))
        .routes(routes!(zaken::close))
        .routes(routes!(zaken::reopen))
        .routes(routes!(overname::take_over))
        .routes(routes!(verdwenen::list))
        .routes(routes!(machtigingen::list, machtigingen::create))
        .routes(routes!(machtigingen::withdraw))
        .routes(routes!(machtigingen::confidentiality))
        .routes(routes!(
            voorbereiding::afbakeningen,
            voorbereiding::set_afbakening
        ))
        .routes(routes!(
            voorbereiding::zoekplannen,
            voorbereiding::set_zoekplan
        ))
        .routes(routes!(voorbereiding::approve_zoekplan))
        .routes(routes!(voorbereiding::navragen, voorbereiding::ask))
        .routes(routes!(voorbereiding::answer))
        .routes(routes!(rondes::acties))
        .routes(routes!(rondes::actie))
        .routes(routes!(rondes::compare_acties))
        .routes(routes!(rondes::put))
        .routes(routes!(rondes::rondes, rondes::open))
        .routes(routes!(rondes::close))
        .routes(routes!(rondes::compare_rondes))
        .routes(routes!(uitvoer::verantwoording))
        .routes(routes!(uitvoer::bundel))
        .routes(routes!(uitvoer::list))
        .routes(routes!(uitvoer::masked, uitvoer::mask))
        .routes(routes!(runs::list))
        .routes(routes!(runs::read))
        .routes(routes!(runs::outcomes))
        .routes(routes!(runs::progress))
        .routes(routes!(runs::stream))
        .routes(routes!(runs::sources, bronnen::create))
        .routes(routes!(bronnen::read))
        .routes(routes!(bronnen::set_rules))
        .routes(routes!(koppelingen::change))
        .routes(routes!(koppelingen::remove))
        .routes(routes!(koppelingen::look))
        .routes(routes!(proefscans::read, proefscans::begin))
        .routes(routes!(proefscans::end))
        .routes(routes!(bronnen::set_schedule))
        .routes(routes!(bronnen::jobs, bronnen::ask))
        .routes(routes!(bronnen::cancel))
        .routes(routes!(
            verwijderopdrachten::list,
            verwijderopdrachten::create
        ))
        .routes(routes!(verwijderopdrachten::read))
        .routes(routes!(verwijderopdrachten::confirm))
        .routes(routes!(verwijderopdrachten::reject))
        .routes(routes!(generaties::read, generaties::create))
        .routes(routes!(generaties::back))
        .routes(routes!(generaties::confirm))
        .routes(routes!(schiftingen::list, schiftingen::create))
        .routes(routes!(schiftingen::history))
        .routes(routes!(schiftingen::deeds))
        .routes(routes!(schiftingen::kept))
        .routes(routes!(beoordelingen::list, beoordelingen::create))
        .routes(routes!(beoordelingen::finish))
        .routes(routes!(tegenstrijdig::conflicts))
        .routes(routes!(tegenstrijdig::align))
        .routes(routes!(werkverdeling::assignments, werkverdeling::assign))
        .routes(routes!(werkverdeling::remarks, werkverdeling::remark))
        .routes(routes!(verdelingen::create))
        .routes(routes!(verdelingen::list))
        .routes(routes!(verschillen::list))
        .routes(routes!(verschillen::create))
        .routes(routes!(gronden::grounds))
        .routes(routes!(nummers::list, nummers::create))
        .routes(routes!(lijsten::create))
        .routes(routes!(pakketten::create))
        .routes(routes!(steekproeven::list, steekproeven::create))
        .routes(routes!(steekproeven::read))
        .routes(routes!(steekproeven::judge))
        .routes(routes!(auditregels::list))
        .routes(routes!(auditregels::search))
        .routes(routes!(auditregels::export))
        .routes(routes!(vergeten::forget))
        .routes(routes!(woordenlijsten::list, woordenlijsten::create))
        .routes(routes!(woordenlijsten::read))
        .routes(routes!(woordenlijsten::change))
        .routes(routes!(woordenlijsten::switch))
        .routes(routes!(woordenlijsten::approve))
        .routes(routes!(deelbesluiten::list, deelbesluiten::create))
        .routes(routes!(deelbesluiten::change))
        .routes(routes!(
            indelingen::in_deelbesluit,
            indelingen::to_deelbesluit
        ))
        .routes(routes!(belanghebbenden::list, belanghebbenden::create))
        .routes(routes!(belanghebbenden::change))
        .routes(routes!(
            indelingen::of_belanghebbende,
            indelingen::to_belanghebbende
        ))
        .routes(routes!(belanghebbenden::ask))
        .routes(routes!(belanghebbenden::answer))
        .routes(routes!(indelingen::deeds))
        .routes(routes!(versies::list))
        .routes(routes!(versies::file))
        .split_for_parts();
    (routes, openapi::complete(description))
}

/// Whether the answer at `path` is a file that is made first, or a deed on as many documents as there are, however long
/// that takes.
pub fn takes_long(path: &str) -> bool {
    // Closing keeps a copy of what the case says of each document.
    let api = [
        "/lijsten",
        "/verschillijsten",
        "/pakketten",
        "/schiftingen",
        "/_sluit",
        "/_heropen",
    ];
    let pages = [
        "/lijst", "/pakket", "/alles", "/terug", "/termen", "/sluit", "/heropen",
    ];
    let ends_in = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
    path.starts_with("/v1/zaken/") && ends_in(&api)
        || path.starts_with("/zaken/") && ends_in(&pages)
        || matches!(
            path,
            "/v1/termenrapporten" | "/v1/auditregels/_uitvoer" | "/auditspoor/uitvoer"
        )
}

/// Runs work that keeps a processor or a disk busy, so that it does not hold up other requests.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Problem::fault(error)))
}
