//! One index run: from a folder to the index, with an account of every file. Never answers a question and
//! never reads a document itself.
//!
//! | file | owns |
//! |---|---|
//! | `context` | what all threads of a run share |
//! | `compare` | the listing of a folder against what the index knows |
//! | `reading` | one file: open, hash, read, or recognise that it need not be read |
//! | `kept` | files of which the bytes are as they were |
//! | `hashing` | the hash of a file |
//! | `children` | what lies inside a file |
//! | `export` | which file of a folder describes which |
//! | `describing` | what descriptions say, held against the file and the rules |
//! | `rows` | the list of an export |
//! | `sip` | a delivery in one archive |
//! | `later` | files that wait for OCR until everything else is done |
//! | `moves` | documents that keep their identity at another place |
//! | `cleanup` | what is gone |
//! | `earlier` | what a case holds of a file that changed |
//! | `pace` | not faster than a drive can bear |
//! | `clock` | progress and commits, on time |

mod ahead;
mod children;
mod cleanup;
mod clock;
mod compare;
mod content;
mod context;
mod describing;
mod earlier;
mod export;
mod forecast;
mod hashing;
mod kept;
mod later;
mod moves;
mod pace;
mod readers;
mod reading;
mod rows;
mod sip;

use crate::account::{Account, Children, Runs, Status, add};
use crate::beneath::Root;
use crate::fetch::Fetch;
use crate::lock::{LockError, StateLock};
use crate::ocr::{Ocr, OcrSettings, Unavailable};
use crate::orders::{NobodyAsked, Orders};
use crate::progress::Phase;
use crate::read::Passwords;
use crate::relate;
use crate::settings::Settings;
use crate::source::{self, RulesError, Source, SourceError, Sources};
use crate::walk::Walk;
use crate::worker::{Reader, ReaderSettings, WorkerError};
use compare::Comparison;
use context::Context;
use export::Above;
use forecast::Count;
use jiff::Timestamp;
use reading::FileReader;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use zv_shared::config::ConfigError;
use zv_shared::index::{IndexError, Write};

pub use forecast::{Measured, measured};
pub(crate) use hashing::hash;
pub use readers::ReadDocuments;

/// Files that wait between the walk and the readers.
const WAITING: usize = 256;

/// Why a run could not be done, or not to its end. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another run is busy.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The source cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// No document can be read.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// What was decided about documents is not known: what was removed might come back.
    #[error("het inlezen begint niet: {0}")]
    Orders(String),
    /// The disk with the state is full.
    #[error(
        "de schijf met de index is vol; wat al was vastgelegd blijft bewaard: maak ruimte vrij en start de indexering opnieuw"
    )]
    DiskFull,
    /// The list of an export cannot be read.
    #[error("de lijst {0} van de export kan niet worden gelezen ({1}); er is niets veranderd")]
    List(String, String),
    /// What has to be read could not be fetched.
    #[error("de documenten zijn niet opgehaald: {0}; er is niets veranderd")]
    Fetch(String),
    /// Reading or writing in the state folder failed.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
}

impl RunError {
    /// Exit code of the command line (DESIGN section 8).
    pub fn exit_code(&self) -> u8 {
        match self {
            RunError::Locked(LockError::Held(_)) => 5,
            RunError::Index(IndexError::OtherGeneration) => 4,
            RunError::Source(SourceError::Unreachable(..) | SourceError::File(..)) => 1,
            RunError::Source(_)
            | RunError::Settings(ConfigError::Wrong(..) | ConfigError::Former(_)) => 2,
            _ => 1,
        }
    }

    /// The same error, but a full disk by its own name.
    fn named(self) -> RunError {
        let full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
        let is_full = match &self {
            RunError::Io(_, error) | RunError::Index(IndexError::Io(_, error)) => full(error),
            // The engine passes errors of the system on as text.
            RunError::Index(IndexError::Engine(text)) => text.contains("No space left on device"),
            _ => false,
        };
        if is_full { RunError::DiskFull } else { self }
    }
}

/// A run that may start: the source is registered and the state folder is ours until this is dropped.
#[derive(Debug)]
pub struct RunRequest {
    /// The state folder.
    pub state: PathBuf,
    /// What is indexed.
    pub source: Source,
    /// How.
    pub settings: Settings,
    /// What is tried on encrypted documents.
    pub passwords: Passwords,
    /// Look at the bytes of every file, also where size and times are the same as before.
    pub every_byte: bool,
    /// Read again what could not be read, though nothing of it changed.
    pub retry_unreadable: bool,
    /// Delete what is gone, however much it is.
    pub confirm_deletions: bool,
    /// Read even when the kernel cannot shield the readers.
    pub without_sandbox: bool,
    /// Leave images and scans as they are.
    pub without_ocr: bool,
    /// Fetches the documents of the source before they are read.
    pub fetch: Option<Box<dyn Fetch>>,
    /// Answers which documents are held, and which never come back.
    pub orders: Box<dyn Orders>,
    _lock: StateLock,
}

impl RunRequest {
    /// Checks the folder `map`, takes the lock of the state folder and registers the source, as `bron` or else
    /// under the name of its folder.
    pub fn prepare(state: &Path, map: &Path, bron: Option<&str>) -> Result<RunRequest, RunError> {
        Self::prepare_with(state, map, bron, None)
    }

    /// The same, and from now on the source has the passwords in the file `list`.
    pub fn prepare_with(
        state: &Path,
        map: &Path,
        bron: Option<&str>,
        list: Option<&Path>,
    ) -> Result<RunRequest, RunError> {
        let (state, root) = source::resolve(state, map)?;
        let lock = StateLock::take(&state)?;
        let settings = Settings::load(&state)?;
        let mut source = Sources::register(&state, &root, bron)?;
        if let Some(list) = list {
            source = Sources::set_passwords(&state, &source, list)?;
        }
        source.rules.check().map_err(SourceError::from)?;
        let passwords = source.load_passwords()?;
        let spool = spool(&state);
        empty(&spool).map_err(|error| RunError::Io(spool.display().to_string(), error).named())?;
        Ok(RunRequest {
            fetch: None,
            orders: Box::new(NobodyAsked::new(&state)),
            state,
            source,
            settings,
            passwords,
            every_byte: false,
            retry_unreadable: false,
            confirm_deletions: false,
            without_sandbox: false,
            without_ocr: false,
            _lock: lock,
        })
    }

    /// How the reader processes of this run work.
    pub fn reader_settings(&self) -> ReaderSettings {
        ReaderSettings {
            memory: self.settings.limits().most_memory(),
            without_sandbox: self.without_sandbox,
            passwords: self.passwords.clone(),
            ..ReaderSettings::new(spool(&self.state))
        }
    }

    /// OCR for this run, as far as this machine has it.
    fn ocr(&self) -> Result<Ocr, Unavailable> {
        if self.without_ocr || !self.settings.ocr {
            return Err(Unavailable::Off);
        }
        Ocr::find(OcrSettings::new(&self.settings, self.without_sandbox))
    }
}

/// Where children wait for their turn.
pub fn spool(state: &Path) -> PathBuf {
    state.join("spool")
}

fn empty(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::create_dir_all(folder)
}

/// Makes a reader for one thread.
pub type MakeReader<'a> = dyn Fn() -> Result<Box<dyn ReadDocuments>, WorkerError> + Sync + 'a;

/// Does the run. Ends early, with an account that says so, once `stop` is set.
pub fn run(
    request: &RunRequest,
    write: &dyn Write,
    stop: &AtomicBool,
) -> Result<Account, RunError> {
    let settings = request.reader_settings();
    run_with(request, write, stop, &|| {
        Ok(Box::new(Reader::new(settings.clone())?))
    })
}

/// Does the run with readers of one's own.
pub fn run_with(
    request: &RunRequest,
    write: &dyn Write,
    stop: &AtomicBool,
    make_reader: &MakeReader<'_>,
) -> Result<Account, RunError> {
    let begun = Instant::now();
    let runs = Runs::new(&request.state);
    let failed = |error| RunError::Io(request.state.display().to_string(), error).named();
    let (number, lines) = runs.begin().map_err(failed)?;
    let mut account = new_account(number, &request.source);
    let root = Root::open(&request.source.root)
        .map_err(|error| SourceError::Unreachable(account.map.clone(), error))?;
    let context = Context::new(request, write, stop, &root, lines, &account)?;
    let result = go(&context, make_reader).and_then(|()| {
        context.phase(Phase::Vastleggen);
        // A commit syncs the disk, which can take longer than a whole run without changes.
        if context.tally.changed() {
            write.commit(&format!("run {number}"))?;
        }
        account.documenten = write.documents(&account.bron)?;
        context.tell_refused()?;
        context.lines.flush().map_err(failed)
    });
    let result = result
        .and(context.take_error().map_or(Ok(()), Err))
        .map_err(RunError::named);
    account.waarschuwingen.extend(context.take_warnings());
    // Whole milliseconds come back from JSON as they went in.
    account.seconden = begun.elapsed().as_millis() as f64 / 1000.0;
    account.status = match &result {
        Err(_) => Status::Mislukt,
        Ok(()) if context.stopping() => Status::Afgebroken,
        Ok(()) => Status::Voltooid,
    };
    account.count(&context.tally);
    account.melding = result.as_ref().err().map(ToString::to_string);
    context.finish(account.status);
    let saved = runs.save(&account).map_err(failed);
    result.and(saved).map(|()| account)
}

fn new_account(run: u64, source: &Source) -> Account {
    Account {
        run,
        bron: source.name.clone(),
        map: source.root.display().to_string(),
        status: Status::Mislukt,
        melding: None,
        begonnen: Timestamp::now(),
        gezien: 0,
        nieuw: 0,
        gewijzigd: 0,
        verplaatst: 0,
        ongewijzigd: 0,
        onleesbaar: 0,
        overgeslagen: 0,
        verwijderd: 0,
        verdwenen: 0,
        gedeeltelijk: 0,
        tekstherkenning: 0,
        zonder_lezen: 0,
        rechten_onbekend: 0,
        kinderen: Children::default(),
        documenten: 0,
        bytes: 0,
        seconden: 0.0,
        ingehouden: 0,
        onleesbare_mappen: 0,
        tussentijds_verdwenen: 0,
        niet_bekeken: 0,
        export: None,
        waarschuwingen: Vec::new(),
    }
}

/// Walks, reads and cleans up; the last commit is left to the caller.
fn go(context: &Context<'_>, make_reader: &MakeReader<'_>) -> Result<(), RunError> {
    let mut first = FileReader::new(context, make_reader);
    first.fetch()?;
    first.take_list()?;
    drop(first);
    let (give, jobs) = crossbeam_channel::bounded(WAITING);
    std::thread::scope(|scope| {
        let (_running, ended) = crossbeam_channel::bounded::<()>(0);
        scope.spawn(move || clock::keep_time(context, &ended));
        let readers: Vec<_> = (0..context.settings.reader_count())
            .map(|_| {
                let jobs = jobs.clone();
                scope.spawn(move || FileReader::new(context, make_reader).work(&jobs))
            })
            .collect();
        drop(jobs);
        let comparison = Comparison::new(context, give)?;
        let stop = || context.stopping();
        context.forecast.begin();
        let globs = context
            .source
            .rules
            .globs()
            .map_err(|error| SourceError::from(RulesError::from(error)))?;
        let walk = Walk {
            root: context.root_path,
            skip: &context.settings.skip,
            globs: &globs,
            parallel: context.settings.parallel_directories,
            stop: &stop,
        };
        std::thread::scope(|counting| {
            counting.spawn(|| {
                // Without a count there is no outlook; why the root cannot be walked, the run itself tells.
                if walk.run(&Count(context), ()).is_ok() {
                    context.forecast.counted();
                }
            });
            walk.run(&comparison, Above::default())
        })
        .map_err(|error| {
            SourceError::Unreachable(context.root_path.display().to_string(), error)
        })?;
        // Without the sender the readers end when the last file is done.
        let found = comparison.end();
        for reader in readers {
            // Nothing must be concluded from a walk of which a part was not read.
            if let Err(panic) = reader.join() {
                std::panic::resume_unwind(panic);
            }
        }
        if context.stopping() {
            return Ok(());
        }
        export::missing_rows(context)?;
        let mut last = FileReader::new(context, make_reader);
        last.compare_deliveries()?;
        last.compare_manifests()?;
        drop(last);
        context.phase(Phase::Opruimen);
        cleanup::cleanup(context, found)?;
        recognise(context, make_reader)?;
        earlier::settle(context)?;
        relate(context)
    })
}

/// Which documents belong together may have changed with any of them, and a run that did not come so far left it
/// to this one.
fn relate(context: &Context<'_>) -> Result<(), RunError> {
    if context.stopping() {
        return Ok(());
    }
    let write = context.write;
    let changed = context.tally.changed() || context.unfinished;
    if !changed {
        let table = write.relations()?;
        let is_public = context.source.rules.is_public();
        if !relate::is_stale(table.as_ref(), context.bron, is_public)? {
            return Ok(());
        }
    }
    context.phase(Phase::Verbanden);
    write.commit("voor de verbanden")?;
    let sources = context.sources()?;
    let public = sources.list().iter().filter(|one| one.rules.is_public());
    let public = public.map(|one| one.name.clone()).collect();
    let written = relate::relate(write, &public, &|| context.stopping())?;
    add(&context.tally.written, written);
    Ok(())
}

/// The second pass: OCR of what waits for it. What was read before can be searched meanwhile.
fn recognise(context: &Context<'_>, make_reader: &MakeReader<'_>) -> Result<(), RunError> {
    if context.later.len() == 0 {
        return Ok(());
    }
    context.phase(Phase::Tekstherkenning);
    context.write.commit("voor tekstherkenning")?;
    context.later.turn_round()?;
    std::thread::scope(|scope| {
        for _ in 0..context.settings.reader_count() {
            scope.spawn(|| FileReader::new(context, make_reader).work_later());
        }
    });
    Ok(())
}
