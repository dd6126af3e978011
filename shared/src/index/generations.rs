//! The generations of an index, whatever the engine: what they are to the program, and why they cannot be changed. Never
//! changes one.

use super::IndexError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// What is kept free beside what an index is expected to take.
const SPARE: u64 = 64 << 20;

/// Why the generations cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// There is no generation from before.
    #[error("er is geen vorige index")]
    NoneKept,
    /// This program would not be able to search it.
    #[error(
        "de vorige index is van een andere versie van het programma; zet eerst die versie terug, en geef de opdracht dan"
    )]
    NotOurs,
    /// The current generation holds what the one before does not.
    #[error(
        "sinds de wisseling is er ingelezen; wat toen veranderde, ontbreekt in de vorige index"
    )]
    Written,
    /// One from before waits for a decision.
    #[error(
        "er is nog een vorige index; bevestig eerst dat de index van nu goed is, of ga terug naar de vorige"
    )]
    StillKept,
    /// The disk is too full.
    #[error(
        "voor een nieuwe index naast de oude is naar schatting {needed} bytes nodig, en er is {free} bytes vrij"
    )]
    Room {
        /// What it may take, merging included.
        needed: u64,
        /// What there is.
        free: u64,
    },
    /// The index or the disk failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// What a generation is to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It is searched.
    Huidig,
    /// It was searched before, and is kept to go back to.
    Vorige,
    /// It is being built, or was left half built.
    Half,
}

impl Role {
    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Huidig => "huidig",
            Role::Vorige => "vorige",
            Role::Half => "half",
        }
    }
}

/// A generation on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// Its folder.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Bytes of its files.
    pub bytes: u64,
    /// Live documents in its last commit.
    pub documents: u64,
    /// Version of the program that committed last; empty when that is not known.
    pub program: String,
    /// Whether this program can search it.
    pub ours: bool,
}

/// The generations of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generations {
    /// All of them, the oldest first.
    pub all: Vec<OnDisk>,
    /// When the last switch was, as long as one from before is kept.
    pub switched: Option<Timestamp>,
    /// Whether something was written since then.
    pub written: bool,
}

impl Generations {
    /// The generation with this role.
    pub fn with(&self, role: Role) -> Option<&OnDisk> {
        self.all.iter().find(|generation| generation.role == role)
    }

    /// Whether a new one may be built now beside the current one, from texts of so many bytes, where `free` bytes are
    /// left.
    ///
    /// # Errors
    /// [`GenerationError::StillKept`] when one from before waits for a decision, [`GenerationError::Room`] when the
    /// disk is too full.
    pub fn may_build(&self, texts: u64, free: u64) -> Result<(), GenerationError> {
        let current = self.with(Role::Huidig).ok_or(IndexError::Missing)?;
        // Without a generation that this program can search there is nothing to go back to: then it must be built.
        if current.ours && self.with(Role::Vorige).is_some() {
            return Err(GenerationError::StillKept);
        }
        let needed = needed(current.bytes, texts);
        match needed > free {
            true => Err(GenerationError::Room { needed, free }),
            false => Ok(()),
        }
    }
}

/// What a new generation may take while it is built. Measured on archives of letters and mails, an index is about as
/// large as the compressed texts; merging its segments takes the same again for a moment.
pub fn needed(current: u64, texts: u64) -> u64 {
    current.max(texts).saturating_mul(2).saturating_add(SPARE)
}

/// Bytes of all files below `folder`. Files may come and go meanwhile: those are not counted.
pub fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => size_of(&entry.path()),
            _ => entry.metadata().map_or(0, |found| found.len()),
        })
        .sum()
}
