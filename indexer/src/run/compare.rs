//! The listing of a folder against what the index knows of it: what is the same is counted at once, the rest
//! goes to the readers, what is missing is remembered. Never opens a file.

use super::RunError;
use super::context::{Context, lock};
use super::reading::Job;
use crate::account::{Line, Note, Outcome, add};
use crate::around::Around;
use crate::walk::{Found, Listed, NotListed, Stat, Visit, join};
use crossbeam_channel::Sender;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use zv_shared::index::KnownFile;
use zv_shared::{DocId, Readability};

/// A folder of which the index knows files.
pub(super) struct KnownFolder {
    pub path: Vec<u8>,
    listed: AtomicBool,
}

impl KnownFolder {
    /// Whether the walk came here.
    pub fn was_listed(&self) -> bool {
        self.listed.load(Ordering::Relaxed)
    }
}

/// What the whole walk found out about missing files.
pub(super) struct Missing {
    /// Every folder that the index knows, sorted.
    pub folders: Vec<KnownFolder>,
    /// Folders that could not be, or not wholly, listed.
    pub unlistable: Vec<Vec<u8>>,
    /// Files that are gone from folders that were listed.
    pub gone: Vec<DocId>,
    /// Files that the index knows in the folders that were listed.
    pub known: u64,
    /// The root is there, but nothing is in it.
    pub empty_root: bool,
}

/// Told by the walk what it finds.
pub(super) struct Comparison<'a> {
    context: &'a Context<'a>,
    give: Sender<Job>,
    folders: Vec<KnownFolder>,
    unlistable: Mutex<Vec<Vec<u8>>>,
    gone: Mutex<Vec<DocId>>,
    known: AtomicU64,
    something: AtomicBool,
}

impl<'a> Comparison<'a> {
    pub fn new(context: &'a Context<'a>, give: Sender<Job>) -> Result<Self, RunError> {
        let folders = context.write.known_folders(context.bron)?;
        let folder = |path| KnownFolder {
            path,
            listed: AtomicBool::new(false),
        };
        Ok(Comparison {
            context,
            give,
            folders: folders.into_iter().map(folder).collect(),
            unlistable: Mutex::default(),
            gone: Mutex::default(),
            known: AtomicU64::new(0),
            something: AtomicBool::new(false),
        })
    }

    /// Ends the stream of files and gives what is missing.
    pub fn end(self) -> Missing {
        let into = |mutex: Mutex<Vec<_>>| mutex.into_inner().unwrap_or_default();
        Missing {
            folders: self.folders,
            unlistable: self.unlistable.into_inner().unwrap_or_default(),
            gone: into(self.gone),
            known: self.known.into_inner(),
            empty_root: !self.something.into_inner(),
        }
    }

    fn compare(&self, folder: &[u8], entries: Vec<Listed>, complete: bool) -> Result<(), RunError> {
        let known = self.known(folder)?;
        add(&self.known, known.len() as u64);
        let mut known = known.into_iter().peekable();
        let mut gone = Vec::new();
        for entry in entries {
            while let Some(missing) = known.next_if(|file| file.name < entry.name) {
                gone.push(missing.id);
            }
            let before = known.next_if(|file| file.name == entry.name);
            // What is no file any more is gone as a document.
            if !matches!(entry.found, Found::File(_) | Found::Refused) {
                gone.extend(before.as_ref().map(|file| file.id));
            }
            self.entry(folder, entry, before)?;
        }
        gone.extend(known.map(|file| file.id));
        if complete && !gone.is_empty() {
            lock(&self.gone).append(&mut gone);
        }
        Ok(())
    }

    fn known(&self, folder: &[u8]) -> Result<Vec<KnownFile>, RunError> {
        let position = self
            .folders
            .binary_search_by(|known| known.path.as_slice().cmp(folder));
        let Ok(position) = position else {
            return Ok(Vec::new());
        };
        self.folders[position].listed.store(true, Ordering::Relaxed);
        Ok(self.context.write.known(self.context.bron, folder)?)
    }

    fn entry(
        &self,
        folder: &[u8],
        entry: Listed,
        known: Option<KnownFile>,
    ) -> Result<(), RunError> {
        let stat = match entry.found {
            Found::File(stat) => Some(stat),
            Found::Refused => None,
            Found::Symlink => return self.skip(folder, &entry.name, "symbolische koppeling"),
            Found::Special(what) => return self.skip(folder, &entry.name, what),
            Found::Skipped(rule) => {
                return self.skip(folder, &entry.name, &format!("regel: {rule}"));
            }
        };
        let path = join(folder, &entry.name);
        let around = match stat {
            Some(_) => self.around(&path),
            None => Around::default(),
        };
        if let (Some(stat), Some(known)) = (&stat, &known)
            && self.is_same(stat, &around, known)
        {
            return self.same(folder, known);
        }
        let job = Job {
            path,
            stat,
            around,
            known,
        };
        // Fails only when the readers are gone, and then the run is ending.
        let _ = self.give.send(job);
        Ok(())
    }

    fn around(&self, path: &[u8]) -> Around {
        let around = self.context.around(path);
        if self.context.rights.is_some() && !around.access.known {
            add(&self.context.tally.no_rights, 1);
        }
        around
    }

    fn is_same(&self, stat: &Stat, around: &Around, known: &KnownFile) -> bool {
        self.context.looks_same(stat, known) && around.hash() == known.fingerprint.around
    }

    fn same(&self, folder: &[u8], known: &KnownFile) -> Result<(), RunError> {
        let tally = &self.context.tally;
        tally.outcome(match known.readability {
            Readability::Onleesbaar => Outcome::Onleesbaar,
            _ => Outcome::Ongewijzigd,
        });
        if known.readability == Readability::Gedeeltelijk {
            add(&tally.partial, 1);
        }
        if let Some(note) = Note::for_readability(known.readability) {
            let document = self.context.write.get(known.id)?;
            let reason = document
                .and_then(|document| document.reason)
                .unwrap_or_default();
            let line = Line::at(&join(folder, &known.name), note, reason);
            self.context.line(&line)?;
        }
        Ok(())
    }

    fn skip(&self, folder: &[u8], name: &[u8], why: &str) -> Result<(), RunError> {
        self.context.tally.outcome(Outcome::Overgeslagen);
        let line = Line::at(&join(folder, name), Note::Overgeslagen, why);
        self.context.line(&line)
    }

    fn note_folder(&self, folder: &[u8], why: &NotListed) -> Result<(), RunError> {
        let (note, reason) = match why {
            NotListed::Skipped(rule) => (Note::Overgeslagen, format!("map, regel: {rule}")),
            NotListed::Loop => (
                Note::MapNietGelezen,
                "deze map is dezelfde als een map erboven (lus)".to_owned(),
            ),
            NotListed::Failed(error) => (Note::MapNietGelezen, refusal(error)),
        };
        if !matches!(why, NotListed::Skipped(_)) {
            add(&self.context.tally.unlisted, 1);
            lock(&self.unlistable).push(folder.to_vec());
        }
        self.context.line(&Line::at(folder, note, reason))
    }
}

/// Why something could not be opened, in Dutch.
pub(super) fn refusal(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "geen toegang (rechten)".to_owned(),
        _ => format!("kan niet worden geopend: {error}"),
    }
}

impl Visit for Comparison<'_> {
    fn listed(&self, folder: &[u8], entries: Vec<Listed>, complete: bool) {
        self.context.enter(folder);
        add(&self.context.tally.seen, entries.len() as u64);
        if !folder.is_empty() || !entries.is_empty() {
            self.something.store(true, Ordering::Relaxed);
        }
        if let Err(error) = self.compare(folder, entries, complete) {
            self.context.fail(error);
        }
    }

    fn not_listed(&self, folder: &[u8], why: NotListed) {
        self.something.store(true, Ordering::Relaxed);
        if let Err(error) = self.note_folder(folder, &why) {
            self.context.fail(error);
        }
    }

    fn vanished(&self) {
        self.something.store(true, Ordering::Relaxed);
        add(&self.context.tally.gone, 1);
    }
}
