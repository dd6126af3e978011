//! Taking over a case from the page of cases. The rule is in `zaken::overname`.

use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::blocking;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Lets a regisseur take over a case on which nobody works.
pub async fn take_over(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = app.take_over(&actor, &zaak)?;
        let address = format!("/zaken/{}", zaak.id);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}
