//! A package of originals: files under their document number in a ZIP, with a manifest and what is known of each. Every
//! original comes through the shielded readers, must be what was indexed, and is read back from the finished file before
//! that leaves. Never hides what could not be had: that has a list of its own.
//!
//! | file | owns |
//! |---|---|
//! | `inhoud` | what goes in, and the manifest |
//! | `derde` | the package for a belanghebbende |
//! | `leden` | the members of the ZIP and their hashes |

mod derde;
mod inhoud;
mod leden;

use super::bestand::unnamed;
use super::oordelen::{Oordelen, Stand};
use super::verzameling::Verzameling;
use crate::api::Originals;
use crate::audit::{Event, Head};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::zaken::schifting::veilig;
use inhoud::Inhoud;
use leden::{Zip, read_back};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zv_indexer::original::OriginalError;
use zv_shared::Document;

/// What is said when a document for somebody outside has no number.
const MUST_HAVE_NUMBER: &str = "Geef eerst alle documenten een nummer: zonder nummer kan een belanghebbende er niet naar verwijzen.";

/// Records of downloads that are written together.
const TOGETHER: usize = 1_000;

/// What is to be packed.
pub struct Pakket<'a> {
    /// What all requests share.
    pub app: &'a App,
    /// Who asks, in which case.
    pub zicht: &'a Zicht,
    /// What the case says of the documents.
    pub oordelen: &'a Oordelen,
    /// The documents.
    pub set: &'a Verzameling,
    /// Whether the text that was read goes along.
    pub tekst: bool,
}

/// A finished package.
pub struct Gepakt {
    /// The ZIP.
    pub file: File,
    /// Originals in it.
    pub originelen: u64,
    /// What is not in it.
    pub ontbreekt: u64,
    /// The head of the audit trail that stands in it.
    pub hoofd: Head,
}

/// An original in the package.
struct Packed {
    sha256: String,
    bytes: u64,
    herkomst: &'static str,
}

impl Pakket<'_> {
    /// Makes it, and reads it back.
    pub fn make(&self, werkmap: &Path) -> Result<Gepakt, Problem> {
        let file = unnamed(werkmap)?;
        let lists = [unnamed(werkmap)?, unnamed(werkmap)?, unnamed(werkmap)?];
        let hoofd = self.app.store.audit_head()?;
        let mut inhoud = Inhoud::new(self, Zip::new(&file, &lists[2]), &lists, werkmap)?;
        inhoud.fill()?;
        let (originelen, ontbreekt) = inhoud.finish(&file, &lists, &hoofd)?;
        read_back(&file, &lists[2])?;
        Ok(Gepakt {
            file,
            originelen,
            ontbreekt,
            hoofd,
        })
    }

    /// Puts an original in, from its source or from the copy that the case keeps; else says in Dutch why not.
    fn original(
        &self,
        zip: &mut Zip<'_>,
        originals: &mut Originals,
        member: &str,
        document: &Document,
        stand: &Stand,
    ) -> Result<Result<Packed, String>, Problem> {
        let Some(wanted) = stand.inhoud.or(document.content) else {
            return Ok(Err("dit document heeft zelf geen inhoud".to_owned()));
        };
        let changed = "het bestand is gewijzigd sinds het is geïndexeerd";
        let from_source = match document.content == Some(wanted) {
            false => Err("het bestand is gewijzigd sinds het is geschift".to_owned()),
            true => match originals.open(document) {
                Err(error) => Err(reason(&error)),
                Ok(original) if original.changed => Err(changed.to_owned()),
                Ok(original) => {
                    let mut bytes = original.file.take(original.size);
                    match zip.original(member, &mut bytes, wanted)? {
                        None => Err(changed.to_owned()),
                        Some(size) => Ok((size, "bron")),
                    }
                }
            },
        };
        let packed = match from_source {
            Ok(packed) => Some(packed),
            Err(_) => {
                let copy = veilig::folder(&self.app.folder).join(wanted.to_string());
                match File::open(copy) {
                    Ok(mut copy) => {
                        let size = zip.original(member, &mut copy, wanted)?;
                        size.map(|size| (size, "kopie van de zaak"))
                    }
                    Err(_) => None,
                }
            }
        };
        Ok(match (packed, from_source) {
            (Some((bytes, herkomst)), _) => Ok(Packed {
                sha256: wanted.to_string(),
                bytes,
                herkomst,
            }),
            (None, Err(why)) => Err(why),
            (None, Ok(_)) => Err(changed.to_owned()),
        })
    }

    fn taken(&self, document: &Document) -> Event {
        let content = document.content.map(|content| content.to_string());
        self.zicht.did(
            "document.opgehaald",
            document.id.to_string(),
            json!({"inhoud": content}),
        )
    }

    fn note(&self, events: &mut Vec<Event>) -> Result<(), Problem> {
        let written = self
            .app
            .store
            .change(|change| events.iter().try_for_each(|event| change.log(event)));
        events.clear();
        Ok(written?)
    }
}

/// Why an original cannot be had, without what the system said.
fn reason(error: &OriginalError) -> String {
    match error {
        OriginalError::Worker(_) | OriginalError::Source(_) => {
            tracing::error!(%error, "an original could not be packed");
            "het bestand kon nu niet worden gelezen".to_owned()
        }
        OriginalError::Refused(_) => "het bestand kan niet worden geopend".to_owned(),
        _ => error.to_string(),
    }
}

fn pretty(value: &Value) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec_pretty(value).map_err(Problem::fault)
}
