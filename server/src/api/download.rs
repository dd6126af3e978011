//! Sending a file that was made: with its name, its hash and what the trail says of it. Never sends what was not
//! recorded.

use super::original::{body, disposition};
use crate::audit::Head;
use crate::problem::Problem;
use crate::uitvoer::bestand::{Bestand, disk};
use crate::uitvoer::verzameling::Weg;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A finished and recorded export.
pub struct Klaar {
    /// The file.
    pub bestand: Bestand,
    /// Its name.
    pub naam: String,
    /// Its media type.
    pub mediatype: &'static str,
    /// Documents in it.
    pub aantal: u64,
    /// The head of the audit trail that has its record.
    pub hoofd: Head,
    /// What the receiver must know of it, in plain letters.
    pub waarschuwing: Option<String>,
}

impl IntoResponse for Klaar {
    fn into_response(self) -> Response {
        let named = |name| HeaderName::from_static(name);
        let headers = [
            (header::CONTENT_TYPE, self.mediatype.to_owned()),
            (header::CONTENT_DISPOSITION, disposition(&self.naam)),
            (header::CONTENT_LENGTH, self.bestand.bytes.to_string()),
            (named("uitvoer-sha256"), self.bestand.sha256),
            (named("uitvoer-aantal"), self.aantal.to_string()),
            (named("uitvoer-hoofd"), self.hoofd.to_string()),
        ];
        let warning = self
            .waarschuwing
            .map(|text| [(named("uitvoer-waarschuwing"), text)]);
        let body = body(self.bestand.file, self.bestand.bytes);
        match warning {
            Some(warning) => (headers, warning, body).into_response(),
            None => (headers, body).into_response(),
        }
    }
}

/// Tells work that goes on in another thread when nobody waits for it any more.
#[derive(Default)]
pub struct Waiting(Weg);

impl Waiting {
    /// What the work looks at.
    pub fn flag(&self) -> Weg {
        Arc::clone(&self.0)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Makes an export while somebody waits for it.
pub async fn made(
    work: impl FnOnce(Weg) -> Result<Klaar, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let waiting = Waiting::default();
    let flag = waiting.flag();
    let done = super::blocking(move || work(flag)).await?;
    Ok(done.into_response())
}

/// The hash of what was written.
pub fn finished(file: std::fs::File) -> Result<Bestand, Problem> {
    Bestand::af(file).map_err(|error| disk(&error))
}
