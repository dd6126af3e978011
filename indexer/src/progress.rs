//! How far a run is: `runs/voortgang.json`, replaced at once so that a reader never sees half of it. Never
//! says more than the counts know: a walk has no percentage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Fetching documents that are published elsewhere.
    Ophalen,
    /// Listing folders and reading files.
    Inlezen,
    /// Removing what is gone.
    Opruimen,
    /// OCR of images and scans; everything else can be searched.
    Tekstherkenning,
    /// Finding out which documents belong together.
    Verbanden,
    /// The last commit.
    Vastleggen,
    /// Done.
    Klaar,
    /// Ended by the user.
    Afgebroken,
    /// Could not go on.
    Mislukt,
}

/// A moment in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Number of the run.
    pub run: u64,
    /// The bron.
    pub bron: String,
    /// What it is doing.
    pub fase: Phase,
    /// Files seen so far.
    pub gezien: u64,
    /// Documents that were looked after while fetching.
    #[serde(default)]
    pub opgehaald: u64,
    /// Documents given to the index so far, children included.
    pub documenten: u64,
    /// Bytes read so far.
    pub bytes: u64,
    /// Files with images or scans that wait, or waited, for OCR in this run.
    #[serde(default)]
    pub ocr_documenten: u64,
    /// How many of them were done.
    #[serde(default)]
    pub ocr_gedaan: u64,
    /// Files that this run reads; `None` while they are counted.
    #[serde(default)]
    pub te_lezen: Option<u64>,
    /// How many of these the readers are done with.
    #[serde(default)]
    pub gelezen: u64,
    /// How many seconds that still takes, without OCR; `None` while nobody can tell.
    #[serde(default)]
    pub nog_seconden: Option<u64>,
    /// A folder that is being listed.
    pub map: String,
    /// When it began.
    pub gestart: Timestamp,
    /// Its process.
    pub pid: u32,
    /// When it ended; a process that was killed never says so.
    pub klaar: Option<Timestamp>,
}

impl Progress {
    /// The last known moment of the last run; `None` when there never was one.
    pub fn load(state: &Path) -> Option<Progress> {
        let bytes = std::fs::read(path(state)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Replaces the last known moment. Not synced: after a power cut it means nothing.
    pub fn save(&self, state: &Path) -> io::Result<()> {
        let path = path(state);
        let new = path.with_extension("nieuw");
        std::fs::write(&new, serde_json::to_vec(self)?)?;
        std::fs::rename(new, path)
    }
}

fn path(state: &Path) -> std::path::PathBuf {
    state.join(crate::account::FOLDER).join("voortgang.json")
}
