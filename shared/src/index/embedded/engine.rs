//! The embedded engine as the index of an installation: a folder of the state. Never writes a document.

use super::generations as disk;
use super::{Reader, Writer, WriterSettings, stored_documents};
use crate::index::engine::EachDocument;
use crate::index::generations::{GenerationError, Generations};
use crate::index::{Blobs, Claim, Cursor, Engine, Index, IndexError, KeptTexts, Snapshot, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The index in one folder.
pub struct Embedded {
    folder: PathBuf,
    blobs: Blobs,
    settings: WriterSettings,
}

impl Embedded {
    /// The index in `folder` with its texts in `blobs`.
    pub fn new(folder: &Path, blobs: Blobs) -> Self {
        Embedded {
            folder: folder.to_owned(),
            blobs,
            settings: WriterSettings::default(),
        }
    }

    /// The same, written with other means.
    pub fn with(self, settings: WriterSettings) -> Self {
        Embedded { settings, ..self }
    }
}

impl Engine for Embedded {
    fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    fn index(&self) -> Arc<dyn Index> {
        Arc::new(Reader::new(&self.folder, self.blobs.clone()))
    }

    // Only one machine has the folder, and there the lock of the state keeps writers apart.
    fn writer(&self, _: Claim<'_>) -> Result<Box<dyn Write>, IndexError> {
        let writer = Writer::open(&self.folder, self.blobs.clone(), self.settings)?;
        Ok(Box::new(writer))
    }

    fn new_generation(&self) -> Result<Box<dyn Write>, IndexError> {
        let writer = Writer::new_generation(&self.folder, self.blobs.clone(), self.settings)?;
        Ok(Box::new(writer))
    }

    fn stored_documents(&self, each: EachDocument<'_>) -> Result<bool, IndexError> {
        stored_documents(&self.folder, each)
    }

    fn generations(&self) -> Result<Generations, IndexError> {
        disk::all(&self.folder)
    }

    fn free(&self) -> Result<u64, IndexError> {
        disk::free(&self.folder)
    }

    fn clean(&self) -> Result<(), IndexError> {
        disk::clean(&self.folder)
    }

    fn confirm(&self) -> Result<(), GenerationError> {
        disk::confirm(&self.folder)
    }

    fn go_back(&self, anyway: bool) -> Result<(), GenerationError> {
        disk::go_back(&self.folder, anyway)
    }

    fn kept_texts(&self) -> Result<Option<Box<dyn KeptTexts>>, IndexError> {
        let kept = disk::KeptTexts::open(&self.folder)?;
        Ok(kept.map(|kept| Box::new(kept) as Box<dyn KeptTexts>))
    }
}

impl Index for Reader {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.snapshot()
    }

    fn snapshot_of(&self, cursor: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.snapshot_of(cursor)
    }

    fn behind(&self) -> Option<String> {
        self.behind()
    }

    fn forget_older(&self) {
        self.forget_older();
    }
}
