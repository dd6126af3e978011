//! Reading requests: what axum refuses in plain English becomes a Dutch problem with status 400.

use super::shapes;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A JSON body, of the shape that the description gives for its address.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("");
        // Other kinds can be sent by a form on any website, without the browser asking first.
        if !kind
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        {
            return Err(Problem::request(
                "Stuur JSON, met de header 'Content-Type: application/json'.",
            ));
        }
        let address = request.extensions().get::<MatchedPath>().cloned();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::from_status(rejection.status()))?;
        let unreadable = |error: serde_json::Error| {
            Problem::request(format!(
                "De inhoud van het verzoek klopt niet bij regel {}, teken {}. In /v1/openapi.json staat wat er kan.",
                error.line(),
                error.column()
            ))
        };
        let value = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if let Some(address) = address {
            shapes::check(address.as_str(), &value).map_err(|what| {
                Problem::request(format!(
                    "De inhoud van het verzoek klopt niet: {what}. In /v1/openapi.json staat wat er kan."
                ))
            })?;
        }
        read(&bytes).map(Body).map_err(unreadable)
    }
}

/// Reads JSON. In JSON `2.0` is as much a whole number as `2`, and some programs write it so.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes).or_else(|error| {
        let whole = serde_json::from_slice(bytes).map(whole_numbers);
        whole.and_then(serde_json::from_value).map_err(|_| error)
    })
}

fn whole_numbers(value: Value) -> Value {
    // Beyond this a double skips whole numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float)
                if !number.is_i64()
                    && !number.is_u64()
                    && float.fract() == 0.0
                    && float.abs() < EXACT =>
            {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(values) => values.into_iter().map(whole_numbers).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, whole_numbers(value)))
            .collect(),
        other => other,
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

/// How many a page holds: what is asked, within bounds.
pub fn page_size(asked: Option<usize>, usual: usize, most: usize) -> Result<usize, Problem> {
    match asked.unwrap_or(usual) {
        count if (1..=most).contains(&count) => Ok(count),
        _ => Err(Problem::request(format!(
            "'aantal' is een getal van 1 tot en met {most}."
        ))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        assert_eq!(
            read::<Vec<u32>>(b"[2, 2.0, 1e3]").expect("read"),
            [2, 2, 1_000]
        );
        assert!(read::<Vec<u32>>(b"[2.5]").is_err());
        assert!(read::<Vec<u64>>(b"[1e300]").is_err());
    }
}
