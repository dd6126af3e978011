//! The file of an export: written whole before a byte of it is sent, so that what is sent is what was recorded. It has no
//! name in the state folder: whatever ends the program, nothing of it stays behind.

use super::tabel;
use crate::audit::{Head, hex};
use crate::problem::{Kind, Problem};
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::zaken::Zaak;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use zv_shared::date::amsterdam;

/// Bytes read at a time.
const BLOCK: usize = 128 * 1024;

/// Where exports are made in the state folder.
pub fn werkmap(state: &Path) -> io::Result<PathBuf> {
    let folder = state.join("uitvoer");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A file without a name.
pub fn nieuw(state: &Path) -> io::Result<File> {
    tempfile::tempfile_in(werkmap(state)?)
}

/// A finished export.
#[derive(Debug)]
pub struct Bestand {
    /// The bytes, positioned at their start.
    pub file: File,
    /// Number of bytes.
    pub bytes: u64,
    /// SHA-256 over them, hexadecimal.
    pub sha256: String,
}

impl Bestand {
    /// Reads a file that was written back from its start, for its hash.
    pub fn af(mut file: File) -> io::Result<Self> {
        file.rewind()?;
        let (sha256, bytes) = hash_of(&mut file)?;
        file.rewind()?;
        Ok(Bestand {
            file,
            bytes,
            sha256,
        })
    }
}

/// SHA-256 of all that is to be read, hexadecimal, and how many bytes that were.
pub fn hash_of(from: &mut impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut block, mut bytes) = (Sha256::new(), vec![0; BLOCK], 0);
    loop {
        match from.read(&mut block)? {
            0 => return Ok((hex(&hasher.finalize()), bytes)),
            read => {
                hasher.update(&block[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// The name of an export: what it is, the case, when.
pub fn naam(wat: &str, zaak: &Zaak, extensie: &str) -> String {
    let now = Timestamp::now().to_zoned(amsterdam());
    format!(
        "{wat}-{}-{}.{extensie}",
        kenmerk(zaak),
        now.strftime("%Y-%m-%d-%H%M")
    )
}

/// The number of a case as names and IDs may have it: letters, digits, `.`, `-`, `_` and `~`.
pub fn kenmerk(zaak: &Zaak) -> String {
    let known = |c: char| match c.is_ascii_alphanumeric() || "-._~".contains(c) {
        true => c,
        false => '-',
    };
    zaak.intake.nummer.trim().chars().map(known).collect()
}

impl Store {
    /// Records what leaves the house, with the head of the trail before it; gives the head that has it.
    pub fn note_uitvoer(
        &self,
        zicht: &Zicht,
        soort: &str,
        bestand: &Bestand,
        aantal: u64,
        gegevens: serde_json::Value,
    ) -> Result<Head, StoreError> {
        let hoofd = self.audit_head()?.to_string();
        let gegevens = json!({"sha256": bestand.sha256, "bytes": bestand.bytes, "aantal": aantal,
            "hoofd": hoofd, "keuze": gegevens});
        self.log(&zicht.did(
            &format!("uitvoer.{soort}"),
            bestand.sha256.as_str(),
            gegevens,
        ))?;
        self.audit_head()
    }
}

impl From<tabel::Fout> for Problem {
    fn from(error: tabel::Fout) -> Self {
        match &error {
            tabel::Fout::TeGroot => Problem::new(Kind::MagNiet, error.to_string()),
            tabel::Fout::Schrijven(cause) => disk(cause),
            _ => Problem::fault(error),
        }
    }
}

/// Why an export could not be written.
pub fn disk(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::new(
            Kind::Storing,
            "De schijf is vol: er is geen bestand gemaakt.",
        ),
        _ => Problem::fault(error),
    }
}
