//! The listing of a folder against what the index knows of it: what is the same is counted at once, the rest
//! goes to the readers, what is missing is remembered. Never opens a file.

use super::RunError;
use super::context::{Context, lock};
use super::describing::UNKNOWN;
use super::export::{Above, Beside, Plan};
use super::reading::Job;
use crate::account::{ExportFault, Line, Note, Outcome, add};
use crate::around::Around;
use crate::walk::{Found, Listed, NotListed, Stat, Visit, join};
use crossbeam_channel::Sender;
use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use zv_shared::index::KnownFile;
use zv_shared::{DocId, Readability};

/// An entry of a folder, with the document that it is in the index.
type Seen = (Listed, Option<KnownFile>);

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

    fn compare(
        &self,
        folder: &[u8],
        entries: Vec<Listed>,
        complete: bool,
        above: &Arc<Above>,
    ) -> Result<Arc<Above>, RunError> {
        let known = self.known(folder)?;
        add(&self.known, known.len() as u64);
        let mut known = known.into_iter().peekable();
        let mut gone = Vec::new();
        let mut list = Vec::with_capacity(entries.len());
        for mut entry in entries {
            let path = join(folder, &entry.name);
            let rows = self.context.rows.get();
            if rows.is_some_and(|rows| rows.is_sitemap(&path)) {
                entry.found = Found::Skipped("sitemap, geen document".to_owned());
            }
            while let Some(missing) = known.next_if(|file| file.name < entry.name) {
                gone.push(missing.id);
            }
            let before = known.next_if(|file| file.name == entry.name);
            // What is no file any more is gone as a document.
            if !matches!(entry.found, Found::File(_) | Found::Refused) {
                gone.extend(before.as_ref().map(|file| file.id));
            }
            list.push((entry, before));
        }
        gone.extend(known.map(|file| file.id));
        if complete && !gone.is_empty() {
            lock(&self.gone).append(&mut gone);
        }
        let plan = Plan::new(self.context, folder, &list, above)?;
        self.folder(folder, &list, &plan)?;
        Ok(plan.above())
    }

    /// Gives each file of a folder its outcome, or to a reader.
    fn folder(&self, folder: &[u8], list: &[Seen], plan: &Plan) -> Result<(), RunError> {
        let description = |at| plan.hash(at, list, &|_| false);
        let is_document = |at: usize| self.document(folder, list, plan, at).is_some();
        // Descriptions that are accounted for with the file that they are about, or counted already.
        let mut taken = HashSet::new();
        for (at, (entry, before)) in list.iter().enumerate() {
            if plan.describes_files(at) {
                continue;
            }
            let path = join(folder, &entry.name);
            let stat = match self.readable(folder, entry)? {
                Some(stat) => stat,
                None => continue,
            };
            let hash = plan.hash(at, list, &is_document);
            let around = match stat {
                Some(_) => self.counted(self.around(&path, hash)),
                None => Around::default(),
            };
            if let (Some(stat), Some(known)) = (&stat, before)
                && self.is_same(stat, &around, known)
            {
                self.same(folder, known)?;
                continue;
            }
            let mut beside = Vec::new();
            for &one in plan.beside(at).iter().filter(|one| !is_document(**one)) {
                let (entry, known) = &list[one];
                if let Found::File(stat) = &entry.found {
                    beside.push(Beside {
                        path: join(folder, &entry.name),
                        stat: *stat,
                        known: known.clone(),
                        counts: taken.insert(one),
                        description: description(one),
                    });
                }
            }
            let job = Job {
                path,
                stat,
                around,
                known: before.clone(),
                export: plan.export(at, beside),
            };
            // Fails only when the readers are gone, and then the run is ending.
            let _ = self.give.send(job);
        }
        self.descriptions(folder, list, plan, &taken)
    }

    /// The descriptions beside files of which nothing changed: either documents, or as before.
    fn descriptions(
        &self,
        folder: &[u8],
        list: &[Seen],
        plan: &Plan,
        taken: &HashSet<usize>,
    ) -> Result<(), RunError> {
        for (at, (entry, _)) in list.iter().enumerate() {
            if !plan.describes_files(at) || taken.contains(&at) {
                continue;
            }
            match self.document(folder, list, plan, at) {
                Some(known) => {
                    let path = join(folder, &entry.name);
                    self.context.fault(&path, ExportFault::Onbekend, UNKNOWN)?;
                    self.same(folder, known)?;
                }
                None => self.skip(folder, &entry.name, "beschrijving van een bestand ernaast")?,
            }
        }
        Ok(())
    }

    /// The document that a description beside files is, because nobody knows its form, when nothing of it changed.
    fn document<'l>(
        &self,
        folder: &[u8],
        list: &'l [Seen],
        plan: &Plan,
        at: usize,
    ) -> Option<&'l KnownFile> {
        let (entry, known) = &list[at];
        let known = known.as_ref()?;
        let Found::File(stat) = &entry.found else {
            return None;
        };
        let hash = plan.hash(at, list, &|_| false);
        let around = self.around(&join(folder, &entry.name), hash);
        self.is_same(stat, &around, known).then_some(known)
    }

    fn around(&self, path: &[u8], description: u64) -> Around {
        Around {
            description,
            ..self.context.around(path)
        }
    }

    /// Counts a file of which the rights could not be read.
    fn counted(&self, around: Around) -> Around {
        if self.context.rights.is_some() && !around.access.known {
            add(&self.context.tally.no_rights, 1);
        }
        around
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

    /// What the walk saw of a file that is to be read, nothing when the system tells nothing of it; `None` when it is left
    /// out, and counted so.
    fn readable(&self, folder: &[u8], entry: &Listed) -> Result<Option<Option<Stat>>, RunError> {
        let why = match &entry.found {
            Found::File(stat) => return Ok(Some(Some(*stat))),
            Found::Refused => return Ok(Some(None)),
            Found::Symlink => "symbolische koppeling".to_owned(),
            Found::Special(what) => (*what).to_owned(),
            Found::Skipped(rule) => format!("regel: {rule}"),
        };
        self.skip(folder, &entry.name, &why)?;
        Ok(None)
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
    type Above = Above;

    fn listed(
        &self,
        folder: &[u8],
        entries: Vec<Listed>,
        complete: bool,
        above: &Arc<Above>,
    ) -> Arc<Above> {
        self.context.enter(folder);
        add(&self.context.tally.seen, entries.len() as u64);
        if !folder.is_empty() || !entries.is_empty() {
            self.something.store(true, Ordering::Relaxed);
        }
        match self.compare(folder, entries, complete, above) {
            Ok(above) => above,
            Err(error) => {
                self.context.fail(error);
                Arc::clone(above)
            }
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
