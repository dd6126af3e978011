//! The public face of the reader processes: one [`Reader`] per thread reads document after document, and
//! replaces its process after any fault and now and then. Never parses a format.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::SpooledChild;
use super::assemble::{Assembly, Reading};
use super::parent::{Fault, Worker};
use super::protocol::{Malformed, Part, Sandbox};
use super::spool::{Original, Shelf};
use crate::read::{LimitSet, Limits, Outcome, Passwords, Reason};

/// First argument of a reader process.
pub const ARGUMENT: &str = "__lezer";
/// Memory of a process, in bytes, from which it is replaced after its document: readers and the C library
/// seldom give back what one large document took.
const LARGE: u64 = 256 * 1024 * 1024;
/// A document with more bytes than this, before or after reading, may have made its process large.
const HEAVY: u64 = 1024 * 1024;
/// How often the memory of a process is looked at when its documents are light.
const LOOK: u32 = 16;
/// How many children are read in one conversation.
const TOGETHER: usize = 64;
/// How many bytes of children are read in one conversation.
const TOGETHER_BYTES: u64 = 1024 * 1024;
/// How many bytes of what was read in one conversation wait in memory for their turn. What does not fit is read
/// again when it is wanted.
const HELD: u64 = 16 * TOGETHER_BYTES;
/// Seconds that a child may take in a conversation; alone it gets all its time.
const PATIENCE: u64 = 10;
/// A name that fits in the buffer of a socket many times.
const SHORT: usize = 1024;
/// How often a start is tried: a full machine may refuse one process and take the next.
const TRIES: u32 = 3;

/// How reader processes are run.
#[derive(Clone, Debug)]
pub struct ReaderSettings {
    /// The program that becomes a reader process when its first argument is [`ARGUMENT`].
    pub program: PathBuf,
    /// A private folder for children of containers; made if it is not there.
    pub spool: PathBuf,
    /// The most address space that a process may have, in bytes, whatever the limits of a format are.
    pub memory: u64,
    /// After how many documents a process is replaced.
    pub documents_per_worker: u32,
    /// Read even when the kernel cannot shield the processes.
    pub without_sandbox: bool,
    /// What is tried on encrypted documents.
    pub passwords: Passwords,
    /// Tests only, and only in debug builds: obey documents that ask for misbehaviour.
    pub mock: bool,
}

impl ReaderSettings {
    /// The usual settings, with children in the folder `spool`. A debug build lets `ZOEKENVIND_TEST_LEZER=1`
    /// in the environment set `mock`.
    pub fn new(spool: PathBuf) -> Self {
        Self {
            // Not the path: that may have become another version since this process started.
            program: PathBuf::from("/proc/self/exe"),
            spool,
            memory: Limits::STANDARD.memory,
            documents_per_worker: 2000,
            without_sandbox: false,
            passwords: Passwords::default(),
            mock: cfg!(debug_assertions)
                && std::env::var_os("ZOEKENVIND_TEST_LEZER").is_some_and(|value| value == "1"),
        }
    }
}

/// Why nothing can be read at all. Never about one document.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The kernel lacks seccomp.
    #[error(
        "dit systeem kan de lezers niet afschermen (seccomp ontbreekt), en dan is het lezen van bestanden niet \
         veilig; met --zonder-zandbak gaat het toch door"
    )]
    NoSandbox,
    /// A process cannot be started, or does not set itself up.
    #[error("een lezer kan niet starten: {0}")]
    Start(String),
    /// The folder for children cannot be made.
    #[error("de map voor bijlagen ({path}) kan niet worden gemaakt: {error}", path = path.display())]
    Spool {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Reads documents in a process of its own. Blocking; one per thread.
pub struct Reader {
    settings: ReaderSettings,
    spool: Arc<Path>,
    worker: Option<Worker>,
    sandbox: Sandbox,
}

impl Reader {
    /// Starts the first process, so that a machine on which nothing can be read says so at once.
    pub fn new(settings: ReaderSettings) -> Result<Self, WorkerError> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&settings.spool);
        made.map_err(|error| WorkerError::Spool {
            path: settings.spool.clone(),
            error,
        })?;
        let spool = settings.spool.as_path().into();
        let (worker, sandbox) = start(&settings)?;
        Ok(Self {
            settings,
            spool,
            worker: Some(worker),
            sandbox,
        })
    }

    /// A Dutch sentence for the account of a run when the processes are not fully shielded.
    pub fn warning(&self) -> Option<&'static str> {
        warning(self.sandbox)
    }

    /// Reads `file`, whatever its position; that position is somewhere else afterwards. `name` is a hint for
    /// recognising it. An error means that no document can be read; all that a document does is in the
    /// [`Reading`].
    pub fn read(
        &mut self,
        file: &File,
        name: &str,
        limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        self.read_as(file, name, "", limits)
    }

    /// Reads the list of an export, as `asked` (a [`crate::dms::Asked`] in JSON) says. Its rows are lines of JSON in the
    /// one child of the reading.
    pub fn read_list(
        &mut self,
        file: &File,
        asked: &str,
        limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        self.read_as(file, "", asked, limits)
    }

    fn read_as(
        &mut self,
        file: &File,
        name: &str,
        list: &str,
        limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        loop {
            let mut worker = self.ready()?;
            let mut assembly = self.assembly(limits, file);
            let answer = worker
                .ask(file, &[(name, None)], list, limits)
                .and_then(|()| worker.answer(&mut assembly))
                .and_then(|finished| worker.silent().map(|()| finished));
            let fault = match answer {
                Ok(finished) => {
                    let weight = assembly
                        .bytes()
                        .max(file.metadata().map_or(0, |metadata| metadata.len()));
                    if !finished.last && self.keeps(&worker, weight) {
                        self.worker = Some(worker);
                    }
                    return Ok(assembly.finish(finished.outcome));
                }
                Err(fault) => fault,
            };
            // An earlier document may have spoiled the process: this one gets another, once.
            let retry = worker.documents > 1 && !matches!(fault, Fault::Time);
            let reason = match fault {
                Fault::System(error) => return Err(WorkerError::Start(error.to_string())),
                Fault::Time => {
                    Reason::Limit(format!("langer dan {} seconden", assembly.limits().seconds))
                }
                Fault::Forged => {
                    // Of a process that lies nothing is kept.
                    assembly = self.assembly(limits, file);
                    Reason::Other(Malformed.to_string())
                }
                Fault::Gone => worker.cause(),
            };
            if !retry {
                return Ok(assembly.abort(reason));
            }
        }
    }

    /// Reads the first of `children`, each with a hint for recognising it, in one conversation: handing over a mail
    /// costs as much as reading it. As many as are small and of one container get a turn and a place in the result;
    /// `None` is one that must be read alone, because it met a limit, has a format with limits of its own, or ended
    /// the process.
    pub fn read_ahead(
        &mut self,
        children: &[(&SpooledChild, &str)],
        limits: &LimitSet,
    ) -> Result<Vec<Option<Reading>>, WorkerError> {
        let Some(First { file, wanted }) = first(children) else {
            return Ok(Vec::new());
        };
        let mut readings = Vec::with_capacity(wanted.len());
        // Without formats: a process that waits for word of its format would take the next request for it.
        let less = LimitSet::from(less(&limits.general));
        let mut held = 0;
        let mut worker = self.ready()?;
        let mut going = worker.ask(file, &wanted, "", &less);
        let mut last = false;
        let mut shelf = Shelf::new(Arc::clone(&self.spool));
        for (_, part) in &wanted {
            if going.is_err() || last {
                break;
            }
            let original = part.map(|part| Original::new(Arc::clone(file), part));
            let mut assembly = Assembly::new(less.clone(), shelf.clone(), original);
            going = worker.answer(&mut assembly).map(|finished| {
                last = finished.last;
                let (reading, next) = assembly.finish_one(finished.outcome);
                shelf = next;
                let more = held + reading.weight();
                let general = *limits.of(&reading.format) == limits.general;
                let kept =
                    Some(reading).filter(|it| general && more <= HELD && fits(it, &less.general));
                held = kept.as_ref().map_or(held, |_| more);
                readings.push(kept);
            });
        }
        match going.and_then(|()| worker.silent()) {
            Ok(()) if !last && self.keeps(&worker, u64::MAX) => self.worker = Some(worker),
            Ok(()) | Err(Fault::Gone | Fault::Time | Fault::System(_)) => {}
            // Of a process that lies nothing is kept.
            Err(Fault::Forged) => readings.clear(),
        }
        Ok(readings)
    }

    fn assembly(&self, limits: &LimitSet, file: &File) -> Assembly {
        let shelf = Shelf::new(Arc::clone(&self.spool));
        Assembly::new(limits.clone(), shelf, Original::of(file))
    }

    /// Ends the process; the next document gets a new one. For a change of source.
    pub fn replace(&mut self) {
        self.worker = None;
    }

    fn ready(&mut self) -> Result<Worker, WorkerError> {
        if let Some(mut worker) = self.worker.take()
            && worker.alive()
        {
            return Ok(worker);
        }
        Ok(start(&self.settings)?.0)
    }

    fn keeps(&self, worker: &Worker, weight: u64) -> bool {
        let look = weight > HEAVY || worker.documents.is_multiple_of(LOOK);
        worker.documents < self.settings.documents_per_worker
            && !(look && worker.resident() > LARGE)
    }
}

/// How many of the first of these children can be read in one conversation.
pub fn together(children: &[(&SpooledChild, &str)]) -> usize {
    first(children).map_or(0, |first| first.wanted.len())
}

/// Children that can be read in one conversation; at least one.
struct First<'c> {
    /// In which all of them stand.
    file: &'c Arc<File>,
    wanted: Vec<(&'c str, Option<Part>)>,
}

/// The first of these children.
fn first<'c>(children: &[(&'c SpooledChild, &'c str)]) -> Option<First<'c>> {
    let (file, _) = children.first()?.0.place()?;
    let (mut wanted, mut bytes) = (Vec::new(), 0_u64);
    for (child, name) in children.iter().take(TOGETHER) {
        let Some((its, part)) = child.place() else {
            break;
        };
        bytes = bytes.saturating_add(part.size);
        let fits = bytes <= TOGETHER_BYTES && name.len() <= SHORT && child.unreadable.is_none();
        if !fits || !Arc::ptr_eq(its, file) {
            break;
        }
        wanted.push((*name, Some(part)));
    }
    (!wanted.is_empty()).then_some(First { file, wanted })
}

/// What one of many may give: they are all held in memory until their turn.
fn less(limits: &Limits) -> Limits {
    Limits {
        text_bytes: limits.text_bytes.min(TOGETHER_BYTES),
        children: limits.children.min(1000),
        children_bytes: limits.children_bytes.min(8 * TOGETHER_BYTES),
        seconds: limits.seconds.min(PATIENCE),
        ..limits.clone()
    }
}

/// Whether more room could not have changed this reading.
fn fits(reading: &Reading, limits: &Limits) -> bool {
    // A text is cut before a character of at most four bytes that does not fit.
    let cut = reading.text.len() as u64 + 4 > limits.text_bytes;
    let refused = |child: &SpooledChild| matches!(child.unreadable, Some(Reason::Limit(_)));
    match &reading.outcome {
        Outcome::Whole => !reading.children.iter().any(refused),
        Outcome::Partial(Reason::Limit(_)) | Outcome::Unreadable(Reason::Limit(_)) => false,
        Outcome::Partial(_) | Outcome::Unreadable(_) => !cut && reading.children.is_empty(),
    }
}

fn start(settings: &ReaderSettings) -> Result<(Worker, Sandbox), WorkerError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match Worker::start(settings) {
            Ok((worker, sandbox)) if sandbox.seccomp || settings.without_sandbox => {
                return Ok((worker, sandbox));
            }
            Ok(_) => return Err(WorkerError::NoSandbox),
            Err(_) if tries < TRIES => std::thread::sleep(Duration::from_millis(200)),
            Err(Fault::System(error)) => return Err(WorkerError::Start(error.to_string())),
            Err(Fault::Time) => return Err(WorkerError::Start("hij meldt zich niet".into())),
            Err(Fault::Forged | Fault::Gone) => {
                return Err(WorkerError::Start(
                    "hij meldt zich op een onbekende manier".into(),
                ));
            }
        }
    }
}

fn warning(sandbox: Sandbox) -> Option<&'static str> {
    match (sandbox.seccomp, sandbox.landlock) {
        (true, true) => None,
        (true, false) => {
            Some("landlock ontbreekt op dit systeem: de lezers zijn alleen met seccomp afgeschermd")
        }
        (false, true) => Some(
            "gelezen zonder zandbak: seccomp ontbreekt, de lezers zijn alleen met landlock afgeschermd",
        ),
        (false, false) => Some("gelezen zonder zandbak: de lezers zijn niet afgeschermd"),
    }
}
