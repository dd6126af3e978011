//! The start page and the help on the query language.

use super::results::Form;
use super::runs::RunLine;
use super::{Frame, blocking, labels, page};
use crate::problem::Problem;
use crate::runs;
use crate::search::Question;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use zv_shared::Query;
use zv_shared::index::{FacetField, Facets, IndexError, Search};

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: Frame,
    form: Form,
    /// Why nothing can be searched, if so.
    notice: Option<String>,
    /// What is indexed.
    total: String,
    sources: Vec<(String, String)>,
    unreadable: String,
    last_run: Option<RunLine>,
}

/// The start page.
pub async fn start(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Response, Problem> {
    blocking(move || {
        if !actor.is_local() {
            return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/zaken")]).into_response());
        }
        let zicht = app.zicht(&actor, None)?;
        let (facets, notice) = match contents(&app, &zicht) {
            Ok(facets) => (Some(facets), None),
            Err(IndexError::Missing) => (None, Some("Er is nog niets geïndexeerd.".to_owned())),
            Err(error @ IndexError::OtherGeneration) => {
                (None, Some(crate::problem::sentence(&error.to_string())))
            }
            Err(error) => return Err(error.into()),
        };
        let values = |field: FacetField| {
            let facet = facets
                .iter()
                .flat_map(|facets| &facets.facets)
                .find(move |facet| facet.field == field);
            facet
                .map(|facet| facet.values.as_slice())
                .unwrap_or_default()
        };
        let unreadable = values(FacetField::Leesbaarheid)
            .iter()
            .find(|value| value.value == "onleesbaar");
        let template = StartPage {
            form: Form::new(&Question::default()),
            total: labels::count(
                facets.as_ref().map_or(0, |facets| facets.counts.total),
                "document",
                "documenten",
            ),
            sources: values(FacetField::Bron)
                .iter()
                .map(|value| {
                    (
                        value.value.clone(),
                        labels::count(value.count, "document", "documenten"),
                    )
                })
                .collect(),
            unreadable: unreadable.map_or_else(String::new, |value| labels::number(value.count)),
            last_run: runs::last(&app.folder)
                .map_err(Problem::fault)?
                .as_ref()
                .map(RunLine::from),
            notice,
            frame: Frame::new(&app, &actor, "Zoeken"),
        };
        page(&template)
    })
    .await
}

fn contents(app: &App, zicht: &Zicht) -> Result<Facets, IndexError> {
    let all = Search::of(Query::All);
    app.snapshot(zicht)?
        .facets(&all, &[FacetField::Bron, FacetField::Leesbaarheid])
}

#[derive(Template)]
#[template(path = "hulp.html")]
struct HelpPage {
    frame: Frame,
}

/// Help on the query language.
pub async fn help(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    page(&HelpPage {
        frame: Frame::new(&app, &actor, "Hulp bij zoeken"),
    })
}
