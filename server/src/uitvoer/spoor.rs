//! The audit trail as a file: a table for people, of what they may see, or the whole chain as JSON lines that can be
//! checked by themselves. Never decides who gets it.

use super::tabel::{self, Cel, Fout, Kolom, Tabel};
use crate::audit::{Event, Head};
use crate::mensen::Actor;
use crate::store::spoor::{Blik, Filter, Regel};
use crate::store::{Store, StoreError};
use crate::uitvoer::register::Uitvoer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use utoipa::ToSchema;

/// Wat voor bestand.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuditVorm)]
pub enum Vorm {
    /// Een tabel voor mensen, met namen.
    #[default]
    Csv,
    /// Alle regels met hun hash, om los van dit programma te bewaren en te controleren. Zonder namen.
    Jsonl,
}

impl Vorm {
    /// How the name of the file ends.
    pub fn extensie(self) -> &'static str {
        match self {
            Vorm::Csv => "csv",
            Vorm::Jsonl => "jsonl",
        }
    }

    /// The media type.
    pub fn mediatype(self) -> &'static str {
        match self {
            Vorm::Csv => tabel::Vorm::Csv.mediatype(),
            Vorm::Jsonl => "application/jsonl",
        }
    }
}

const KOLOMMEN: [Kolom<'static>; 14] = [
    Kolom::new("nummer"),
    Kolom::new("tijd"),
    Kolom::id("account"),
    Kolom::new("naam"),
    Kolom::new("actie"),
    Kolom::id("object"),
    Kolom::new("resultaat"),
    Kolom::new("oorsprong"),
    Kolom::id("zaak"),
    Kolom::new("zaaknummer"),
    Kolom::new("zoekvraag"),
    Kolom::new("toelichting"),
    Kolom::new("gegevens"),
    Kolom::id("hash"),
];

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum SpoorFout {
    /// Reading the trail.
    #[error("{0}")]
    Spoor(#[from] StoreError),
    /// Writing the file.
    #[error("{0}")]
    Bestand(#[from] Fout),
}

/// Writes the records that the filter asks for, with the oldest first, as a table; gives their number and the head of
/// the trail. It stops, and fails, when `goes_on` says no.
pub fn csv(
    store: &Store,
    (filter, blik): (&Filter, Blik),
    file: &File,
    werkmap: &Path,
    goes_on: &dyn Fn() -> bool,
) -> Result<(u64, Head), SpoorFout> {
    let out = BufWriter::new(file);
    let mut table = Tabel::new(tabel::Vorm::Csv, "Auditspoor", &KOLOMMEN, out, werkmap)?;
    let mut broken = None;
    let head = store.audit_each(filter, blik, |line| {
        let written = match goes_on() {
            true => table.row(&cells(&line)),
            false => Err(std::io::Error::from(std::io::ErrorKind::Interrupted).into()),
        };
        broken = written.err();
        Ok(broken.is_none())
    })?;
    match broken {
        Some(error) => Err(error.into()),
        None => Ok((table.finish()?.rijen, head)),
    }
}

fn cells(line: &Regel) -> [Cel<'_>; 14] {
    fn text(text: &Option<String>) -> Cel<'_> {
        text.as_deref().map_or(Cel::Leeg, Cel::Tekst)
    }
    [
        Cel::Getal(line.nummer),
        Cel::Tekst(&line.tijd),
        Cel::Tekst(&line.actor),
        Cel::Tekst(&line.naam),
        Cel::Tekst(&line.actie),
        Cel::Tekst(&line.object),
        Cel::Tekst(&line.resultaat),
        Cel::Tekst(&line.oorsprong),
        Cel::Tekst(&line.zaak),
        text(&line.zaaknummer),
        text(&line.zoekvraag),
        text(&line.toelichting),
        text(&line.gegevens),
        Cel::Tekst(&line.hash),
    ]
}

/// Writes the whole chain; gives the number of records and the head.
pub fn jsonl(
    store: &Store,
    file: &File,
    goes_on: &dyn Fn() -> bool,
) -> Result<(u64, Head), SpoorFout> {
    let head = store.audit_write(&mut BufWriter::new(file), goes_on)?;
    Ok((head.nummer, head))
}

impl Store {
    /// Records that the trail left the program.
    pub fn record_trail_export(
        &self,
        actor: &Actor,
        vorm: Vorm,
        sha256: &str,
        aantal: u64,
        hoofd: &Head,
    ) -> Result<Uitvoer, StoreError> {
        let hoofd = hoofd.to_string();
        self.change(|change| {
            let uitvoer = Uitvoer {
                id: change.new_id()?,
                soort: format!("auditspoor.{}", vorm.extensie()),
                sha256: sha256.to_owned(),
                aantal,
                hoofd: hoofd.clone(),
                door: actor.id.clone(),
                wanneer: Timestamp::now(),
            };
            let gegevens =
                json!({"soort": uitvoer.soort, "sha256": sha256, "aantal": aantal, "hoofd": hoofd});
            let event = Event::done(actor, "uitvoer.gemaakt", &uitvoer.id, gegevens);
            change.log(&event)?;
            Ok(uitvoer)
        })
    }
}
