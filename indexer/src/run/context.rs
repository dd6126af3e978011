//! What all threads of a run share. Never does work itself.

use super::export::{Delivery, digest};
use super::forecast::Forecast;
use super::later::Later;
use super::pace::Pace;
use super::rows::Rows;
use super::{RunError, RunRequest, spool};
use crate::account::{Account, ExportFault, Line, Lines, Note, Runs, Status, Tally, value};
use crate::around::Around;
use crate::beneath::Root;
use crate::dms::Properties;
use crate::family::Versions;
use crate::fetch::Fetch;
use crate::ocr::{Ocr, Unavailable};
use crate::orders::{Orders, Removed};
use crate::progress::{Phase, Progress};
use crate::rights::Rights;
use crate::settings::Settings;
use crate::source::{Source, Sources};
use crate::walk::{OfflineCheck, Stat, join};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use zv_shared::index::{KnownFile, Write};
use zv_shared::{DocId, Readability};

/// Shared by the walk, the readers and the clock.
pub(super) struct Context<'a> {
    pub bron: &'a str,
    pub root: &'a Root,
    pub root_path: &'a Path,
    pub settings: &'a Settings,
    pub source: &'a Source,
    /// Reads who may see a file, when the source has that done.
    pub rights: Option<Rights<'a>>,
    pub pace: Pace,
    /// No file is taken for the same by its size and times.
    pub every_byte: bool,
    /// What could not be read is tried again.
    pub retry_unreadable: bool,
    pub confirm_deletions: bool,
    pub orders: &'a dyn Orders,
    pub fetch: Option<&'a dyn Fetch>,
    /// What was removed by order when the run began.
    pub removed: Removed,
    pub write: &'a dyn Write,
    pub versions: Versions,
    pub ocr: Result<Ocr, Unavailable>,
    /// What waits for OCR.
    pub later: Later,
    pub offline: OfflineCheck,
    pub tally: Tally,
    pub forecast: Forecast,
    pub lines: Lines,
    /// The run before this one did not come to its end.
    pub unfinished: bool,
    /// Nothing of this bron is in the index: no file can be known or moved.
    pub fresh: bool,
    /// Tells what the source decided about exports from other decisions.
    pub policy: u64,
    /// Of a file that changed something stays that a case holds.
    pub keeps_earlier: AtomicBool,
    /// Documents that are descriptions of others by now.
    pub no_documents: Mutex<Vec<DocId>>,
    /// The list of an export, once it was read.
    pub rows: OnceLock<Rows>,
    /// How many documents were looked after while fetching.
    pub fetched: AtomicU64,
    /// What could not be fetched: its path, and why.
    pub not_fetched: OnceLock<BTreeMap<String, String>>,
    /// Descriptions of OPEX of a folder, and the folder.
    pub manifests: Mutex<Vec<(Vec<u8>, Vec<u8>)>>,
    /// What a pakbon counts.
    pub deliveries: Mutex<Vec<Arc<Delivery>>>,
    /// What descriptions of folders say.
    pub descriptions: Mutex<HashMap<Vec<u8>, Arc<Properties>>>,
    /// What documents are called in an export, with the description that says so first.
    pub names: Mutex<HashMap<String, String>>,
    state: &'a Path,
    stop: &'a AtomicBool,
    failing: AtomicBool,
    error: Mutex<Option<RunError>>,
    warnings: Mutex<BTreeSet<String>>,
    claimed: Mutex<HashSet<DocId>>,
    folder: Mutex<Vec<u8>>,
    phase: Mutex<Phase>,
    run: u64,
    begun: Timestamp,
}

/// Whether the run before this one was killed, ended or failed.
fn unfinished(state: &Path, run: u64) -> bool {
    let before = run.checked_sub(1).filter(|&run| run > 0);
    before.is_some_and(|before| {
        let account = Runs::new(state).load(before);
        !account.is_ok_and(|account| account.status == Status::Voltooid)
    })
}

/// Tells what was decided about exports from other decisions.
fn policy(source: &Source) -> Result<u64, RunError> {
    let rules = serde_json::to_vec(&source.rules.export);
    let rules = rules.map_err(|error| RunError::Io(source.name.clone(), error.into()))?;
    Ok(match source.rules.is_public() {
        true => digest(&[&rules, b"openbaar"]),
        false => digest(&[&rules]),
    })
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Context<'a> {
    pub fn new(
        request: &'a RunRequest,
        write: &'a dyn Write,
        stop: &'a AtomicBool,
        root: &'a Root,
        lines: Lines,
        account: &Account,
    ) -> Result<Self, RunError> {
        let ocr = request.ocr();
        let described = ocr.as_ref().map(Ocr::describe).unwrap_or_default();
        Ok(Context {
            bron: &request.source.name,
            root,
            root_path: &request.source.root,
            settings: &request.settings,
            source: &request.source,
            rights: request.source.rules.rights.then(|| Rights::new(root)),
            pace: Pace::new(&request.source.rules),
            every_byte: request.every_byte,
            retry_unreadable: request.retry_unreadable,
            confirm_deletions: request.confirm_deletions,
            orders: request.orders.as_ref(),
            fetch: request.fetch.as_deref(),
            removed: request.orders.removed().map_err(RunError::Orders)?,
            write,
            versions: Versions::new(&request.settings, &described, &request.passwords),
            ocr,
            later: Later::new(spool(&request.state)),
            offline: OfflineCheck::new(request.settings.offline),
            tally: Tally::default(),
            forecast: Forecast::new(&request.state),
            lines,
            unfinished: unfinished(&request.state, account.run),
            fresh: write.documents(&request.source.name)? == 0,
            policy: policy(&request.source)?,
            keeps_earlier: AtomicBool::new(false),
            no_documents: Mutex::default(),
            rows: OnceLock::new(),
            fetched: AtomicU64::new(0),
            not_fetched: OnceLock::new(),
            manifests: Mutex::default(),
            deliveries: Mutex::default(),
            descriptions: Mutex::default(),
            names: Mutex::default(),
            state: &request.state,
            stop,
            failing: AtomicBool::new(false),
            error: Mutex::default(),
            warnings: Mutex::default(),
            claimed: Mutex::default(),
            folder: Mutex::default(),
            phase: Mutex::new(Phase::Inlezen),
            run: account.run,
            begun: account.begonnen,
        })
    }

    /// Whether no new file must be taken up.
    pub fn stopping(&self) -> bool {
        self.failing.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed)
    }

    /// Whether a file is read again because it could not be read before.
    pub fn tries_again(&self, known: &KnownFile) -> bool {
        self.retry_unreadable && known.readability == Readability::Onleesbaar
    }

    /// Whether size, times and readers are those with which the file was read.
    pub fn looks_same(&self, stat: &Stat, known: &KnownFile) -> bool {
        let then = &known.fingerprint;
        !self.every_byte
            && !self.tries_again(known)
            && (stat.size, stat.mtime, stat.ctime) == (then.size, then.mtime, then.ctime)
            && known.complete
            && self.versions.is_current(then.reader)
    }

    /// All sources that there are.
    pub fn sources(&self) -> Result<Sources, RunError> {
        Ok(Sources::load(self.state)?)
    }

    /// Ends the run with this error, unless there is one already.
    pub fn fail(&self, error: RunError) {
        tracing::error!(%error, "the index run cannot go on");
        lock(&self.error).get_or_insert(error);
        self.failing.store(true, Ordering::Relaxed);
    }

    pub fn take_error(&self) -> Option<RunError> {
        lock(&self.error).take()
    }

    pub fn warn(&self, warning: impl Into<String>) {
        lock(&self.warnings).insert(warning.into());
    }

    pub fn take_warnings(&self) -> BTreeSet<String> {
        std::mem::take(&mut lock(&self.warnings))
    }

    /// Adds a line to the list of outcomes.
    pub fn line(&self, line: &Line) -> Result<(), RunError> {
        let failed = |error| RunError::Io(self.state.display().to_string(), error);
        self.lines.add(line).map_err(failed)
    }

    /// Tells what the index has without its text, because it did not take that.
    pub fn tell_refused(&self) -> Result<(), RunError> {
        let refused = self.write.refused();
        for document in &refused {
            let reason = document.reason.as_deref().unwrap_or_default();
            self.line(&Line::new(&document.place, Note::Onleesbaar, reason))?;
        }
        if !refused.is_empty() {
            self.warn(format!(
                "documenten waarvan de index de tekst niet opnam: {}; ze staan op de lijst van onleesbare bestanden",
                refused.len()
            ));
        }
        Ok(())
    }

    /// Tells and counts a fault of an export.
    pub fn fault(&self, path: &[u8], fault: ExportFault, reason: &str) -> Result<(), RunError> {
        self.tally.export.fault(fault);
        self.line(&Line::at(path, Note::Export, reason))
    }

    /// Takes the identity of a document that is no longer at its place; only one new file gets it.
    pub fn claim(&self, id: DocId) -> bool {
        lock(&self.claimed).insert(id)
    }

    pub fn is_claimed(&self, id: DocId) -> bool {
        lock(&self.claimed).contains(&id)
    }

    /// What lies around the file at `path`.
    pub fn around(&self, path: &[u8]) -> Around {
        let rights = self.rights.as_ref();
        Around {
            access: rights.map(|rights| rights.of(path)).unwrap_or_default(),
            ..Around::default()
        }
    }

    /// The path of a file below the root, for calls that only look.
    pub fn absolute(&self, path: &[u8]) -> PathBuf {
        OsStr::from_bytes(&join(self.root_path.as_os_str().as_bytes(), path)).into()
    }

    pub fn enter(&self, folder: &[u8]) {
        let mut here = lock(&self.folder);
        here.clear();
        here.extend_from_slice(folder);
    }

    pub fn phase(&self, phase: Phase) {
        *lock(&self.phase) = phase;
        self.tell(None);
    }

    pub fn finish(&self, status: Status) {
        *lock(&self.phase) = match status {
            Status::Voltooid => Phase::Klaar,
            Status::Afgebroken => Phase::Afgebroken,
            Status::Mislukt => Phase::Mislukt,
        };
        if let Err(error) = self.forecast.keep(self.state) {
            tracing::warn!(%error, "cannot keep what reading cost");
        }
        self.tell(Some(Timestamp::now()));
    }

    /// Writes how far the run is.
    pub fn tell(&self, ended: Option<Timestamp>) {
        let outlook = self.forecast.outlook();
        let progress = Progress {
            run: self.run,
            bron: self.bron.to_owned(),
            fase: *lock(&self.phase),
            gezien: value(&self.tally.seen),
            opgehaald: value(&self.fetched),
            documenten: value(&self.tally.written),
            bytes: value(&self.tally.bytes),
            ocr_documenten: self.later.len(),
            ocr_gedaan: value(&self.tally.recognised),
            te_lezen: outlook.wanted,
            gelezen: outlook.done,
            nog_seconden: outlook.seconds,
            map: String::from_utf8_lossy(&lock(&self.folder)).into_owned(),
            gestart: self.begun,
            pid: std::process::id(),
            klaar: ended,
        };
        if let Err(error) = progress.save(self.state) {
            // The run itself does not depend on it.
            tracing::warn!(%error, "cannot write the progress");
        }
    }
}
