//! Sending a file that was made: with its name, its hash and what the trail says of it. Never sends what was not
//! recorded.

use super::{body, disposition};
use crate::audit::Head;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::uitvoer::bestand::{Bestand, naam};
use crate::uitvoer::register::Uitvoer;
use crate::uitvoer::verzameling::Weg;
use crate::zaken::indeling::Deel;
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
    /// Its record.
    pub uitvoer: Uitvoer,
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
            (named("uitvoer-id"), self.uitvoer.id),
            (named("uitvoer-sha256"), self.uitvoer.sha256),
            (named("uitvoer-aantal"), self.uitvoer.aantal.to_string()),
            (named("uitvoer-hoofd"), self.uitvoer.hoofd),
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

/// What is made of a file that was written.
pub struct Gemaakt<'a> {
    /// What it is: the kind in its record and the first part of its name.
    pub soort: &'a str,
    /// The deelbesluit or belanghebbende that it is of. The name of a file for a belanghebbende does not tell their
    /// number: it would tell that there are others.
    pub deel: Option<Deel>,
    /// How its name ends.
    pub extensie: &'a str,
    /// Its media type.
    pub mediatype: &'static str,
    /// Documents or lines in it.
    pub aantal: u64,
    /// The head of the audit trail that stands in it, or that was the newest when it was made.
    pub hoofd: Head,
    /// What the receiver must know of it, in plain letters.
    pub waarschuwing: Option<String>,
}

/// What there is to be known of a file, in one text.
pub fn together(said: [Option<String>; 2]) -> Option<String> {
    let said: Vec<String> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(". "))
}

/// Records a file that was written, so that it may be sent.
pub fn recorded(
    app: &App,
    zicht: &Zicht,
    bestand: Bestand,
    made: Gemaakt<'_>,
) -> Result<Klaar, Problem> {
    let mut soort = format!("{}.{}", made.soort, made.extensie);
    if let Some(deel) = made.deel {
        soort.push_str(&format!(" ({deel})"));
    }
    let wat = match made.deel {
        Some(Deel::Deelbesluit(nummer)) => format!("{}-deelbesluit-{nummer}", made.soort),
        Some(Deel::Belanghebbende(_)) | None => made.soort.to_owned(),
    };
    let by = (&zicht.actor, &zicht.zaak);
    let uitvoer =
        app.store
            .record_uitvoer(by, &soort, &bestand.sha256, made.aantal, &made.hoofd)?;
    Ok(Klaar {
        naam: naam(&wat, &zicht.zaak, made.extensie),
        mediatype: made.mediatype,
        waarschuwing: made.waarschuwing,
        bestand,
        uitvoer,
    })
}
