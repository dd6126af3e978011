//! The download of an original. Whatever the id: only documents in the index, only below the root of their
//! source, never shown inside a browser.

use super::documents::InZaak;
use super::input::{Params, Segment};
use super::{blocking, documents};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use zv_indexer::original::{Container, Original, OriginalError, open_original};
use zv_indexer::read::{LimitSet, Passwords};
use zv_indexer::run::ReadDocuments;
use zv_indexer::settings::Settings;
use zv_indexer::source::Sources;
use zv_indexer::worker::{Reader, ReaderSettings, Reading, WorkerError};
use zv_shared::Document;

/// Bytes sent at a time.
const CHUNK: usize = 128 * 1024;

/// Types that are safe to name; everything else is just bytes.
const TYPES: [(&str, &str); 14] = [
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("eml", "message/rfc822"),
    ("zip", "application/zip"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("tiff", "image/tiff"),
];

/// Een origineel ophalen
///
/// Geeft de bytes zoals ze nu in de bron staan. Als het bestand sinds het inlezen gewijzigd is, staat dat in de
/// naam.
#[utoipa::path(get, path = "/documenten/{id}/origineel", tag = "documenten", operation_id = "haalOrigineel",
    params(("id" = String, Path, description = "Kenmerk van het document."), InZaak),
    responses((status = 200, description = "De bytes.", content_type = "*/*",
        headers(("Content-Disposition" = String, description = "Altijd een bijlage, met de naam van het bestand.")))))]
pub async fn download(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Params(place): Params<InZaak>,
) -> Result<Response, Problem> {
    let (document, original, made) = blocking(move || {
        let zicht = app.zicht(&actor, place.zaak.as_deref())?;
        let snapshot = app.snapshot(&zicht)?;
        let document = documents::find(&*snapshot, &id)?;
        let container = document.parent.map(|parent| snapshot.doc(parent));
        // A mailbox keeps no files: the message is one that the program made of what it does keep.
        let made = container
            .transpose()?
            .flatten()
            .is_some_and(|container| container.format == "pst");
        app.note_document(&zicht, "document.opgehaald", &document)?;
        let original = open(&app.folder, &document).map_err(explain)?;
        Ok((document, original, made))
    })
    .await?;
    let kind = TYPES.iter().find(|(format, _)| *format == document.format);
    let headers = [
        (
            header::CONTENT_TYPE,
            kind.map_or("application/octet-stream", |(_, kind)| kind)
                .to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            disposition(&name(document.place.name(), original.changed, made)),
        ),
        (header::CONTENT_LENGTH, original.size.to_string()),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'".to_owned(),
        ),
    ];
    Ok((headers, body(original.file, original.size)).into_response())
}

/// The bytes of a document as they lie in its source now.
pub fn open(state: &Path, document: &Document) -> Result<Original, OriginalError> {
    Originals::new(state).open(document)
}

/// Opens originals one after another: what takes containers apart is started once for all documents of a source, and a
/// container is taken apart once for its documents that follow each other.
pub struct Originals {
    state: PathBuf,
    limits: LimitSet,
    reader: Option<(String, WhenNeeded, Container)>,
}

impl Originals {
    /// Of the sources of a state folder.
    pub fn new(state: &Path) -> Self {
        Originals {
            state: state.to_owned(),
            limits: Settings::load(state).unwrap_or_default().limits(),
            reader: None,
        }
    }

    /// The bytes of a document as they lie in its source now.
    pub fn open(&mut self, document: &Document) -> Result<Original, OriginalError> {
        let kept = self.reader.take();
        let (bron, mut reader, mut container) =
            match kept.filter(|(bron, ..)| *bron == document.bron) {
                Some(kept) => kept,
                None => {
                    let reader = self.reader_for(document);
                    (document.bron.clone(), reader, Container::default())
                }
            };
        let (state, limits) = (&self.state, &self.limits);
        let found = open_original(state, document, &mut reader, limits, &mut container);
        // One that failed is not asked again.
        if !matches!(found, Err(OriginalError::Worker(_))) {
            self.reader = Some((bron, reader, container));
        }
        found
    }

    fn reader_for(&self, document: &Document) -> WhenNeeded {
        // Not the folder of index runs: that one is emptied when a run starts.
        WhenNeeded {
            settings: ReaderSettings {
                memory: self.limits.most_memory(),
                passwords: passwords(&self.state, document),
                ..ReaderSettings::new(self.state.join("spool-server"))
            },
            reader: None,
        }
    }
}

/// What opens a container of this source; without it, what was locked cannot be had.
fn passwords(state: &Path, document: &Document) -> Passwords {
    let sources = Sources::load(state).unwrap_or_default();
    let source = sources.named(&document.bron);
    source
        .and_then(|source| source.load_passwords().ok())
        .unwrap_or_default()
}

/// A reader that starts its process only for what lies inside a container.
struct WhenNeeded {
    settings: ReaderSettings,
    reader: Option<Reader>,
}

impl ReadDocuments for WhenNeeded {
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => Reader::new(self.settings.clone())?,
        };
        self.reader.insert(reader).read(file, name, limits)
    }

    fn warning(&self) -> Option<&'static str> {
        self.reader.as_ref().and_then(Reader::warning)
    }
}

fn explain(error: OriginalError) -> Problem {
    match error {
        OriginalError::Worker(_) | OriginalError::Source(_) => Problem::fault(error),
        // What the system said is not for users.
        OriginalError::Refused(_) => Problem::not_found("Het bestand kan niet worden geopend."),
        _ => Problem::not_found(&crate::problem::sentence(&error.to_string())),
    }
}

/// The name of a download, which says what is not as it was.
fn name(name: String, changed: bool, made: bool) -> String {
    let remark = match (changed, made) {
        (true, _) => " (gewijzigd na inlezen)",
        (false, true) => " (gemaakt uit postvak)",
        (false, false) => return name,
    };
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}{remark}.{ending}"),
        None => format!("{name}{remark}"),
    }
}

/// RFC 6266: a plain name for old programs, the whole name as RFC 8187 for all others.
pub fn disposition(name: &str) -> String {
    let safe = |letter: char| {
        if letter.is_control() || "/\\:*?\"<>|".contains(letter) {
            '_'
        } else {
            letter
        }
    };
    let name: String = name.chars().map(safe).take(200).collect();
    // Programs treat names of only dots as folders, and hide names that start with one.
    let name = match name.trim_start_matches('.') {
        "" => "document",
        rest => rest,
    };
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii() { letter } else { '_' })
        .collect();
    let plain = plain.replace('%', "_");
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            full.push(char::from(byte));
        } else {
            full.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// Sends `size` bytes of `file`; a file that shrinks meanwhile breaks the download off, which browsers show.
pub fn body(file: File, size: u64) -> Body {
    let file = tokio::fs::File::from_std(file).take(size);
    Body::from_stream(stream::unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        match file.read(&mut chunk).await {
            Ok(0) => None,
            Ok(read) => {
                chunk.truncate(read);
                Some((Ok(Bytes::from(chunk)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_keeps_its_name_and_cannot_break_out_of_the_header() {
        assert_eq!(
            disposition("nota.pdf"),
            "attachment; filename=\"nota.pdf\"; filename*=UTF-8''nota.pdf"
        );
        assert_eq!(
            disposition("besluit é 1.pdf"),
            "attachment; filename=\"besluit _ 1.pdf\"; filename*=UTF-8''besluit%20%C3%A9%201.pdf"
        );
        let evil = disposition("a\"; filename=\"x.exe\r\nSet-Cookie: a=b/../..\\c");
        assert!(!evil.contains(['\r', '\n', '\\', '/']), "{evil}");
        assert_eq!(evil.matches('"').count(), 2, "{evil}");
        assert!(disposition("../../etc/passwd").contains("filename=\"_.._etc_passwd\""));
        assert!(disposition("..").contains("filename=\"document\""));
        assert!(axum::http::HeaderValue::from_str(&disposition("\u{202e}fdp.exe 漢字")).is_ok());
    }

    #[test]
    fn the_name_says_what_is_not_as_it_was() {
        let of = |changed, made| name("Offerte 2.0.msg".into(), changed, made);
        assert_eq!(of(false, false), "Offerte 2.0.msg");
        assert_eq!(of(true, false), "Offerte 2.0 (gewijzigd na inlezen).msg");
        assert_eq!(of(false, true), "Offerte 2.0 (gemaakt uit postvak).msg");
        let bare = name("brief".into(), true, false);
        assert_eq!(bare, "brief (gewijzigd na inlezen)");
    }

    #[test]
    fn only_listed_types_are_named() {
        assert!(TYPES.iter().all(|(format, kind)| *format != "html"
            && !kind.contains("html")
            && !kind.contains("svg")));
    }
}
