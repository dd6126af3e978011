//! Reading requests: what axum refuses in plain English becomes a Dutch problem with status 400.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        // Other kinds can be sent by a form on any website, without the browser asking first.
        if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Problem::request("Stuur JSON, met de header 'Content-Type: application/json'."));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::from_status(rejection.status()))?;
        serde_json::from_slice(&bytes).map(Body).map_err(|error| {
            Problem::request(format!(
                "De inhoud van het verzoek klopt niet bij regel {}, teken {}. In /v1/openapi.json staat wat er kan.",
                error.line(),
                error.column()
            ))
        })
    }
}

/// Parameters behind the question mark.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::request("Een parameter achter het vraagteken klopt niet."))?;
        Ok(Params(value))
    }
}

/// Parts of the path. One that cannot be read names nothing that exists.
pub struct Segment<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(value) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found("Dit adres bestaat niet."))?;
        Ok(Segment(value))
    }
}
