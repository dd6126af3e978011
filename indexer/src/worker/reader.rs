//! The public face of the reader processes: one [`Reader`] per thread reads document after document, and
//! replaces its process after any fault and now and then. Never parses a format.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::assemble::{Assembly, Reading};
use super::parent::{Fault, Worker};
use super::protocol::{Malformed, Sandbox};
use crate::read::{LimitSet, Limits, Passwords, Reason};

/// First argument of a reader process.
pub const ARGUMENT: &str = "__lezer";
/// Memory of a process, in bytes, from which it is replaced after its document: readers and the C library
/// seldom give back what one large document took.
const LARGE: u64 = 256 * 1024 * 1024;
/// A document with more bytes than this, before or after reading, may have made its process large.
const HEAVY: u64 = 1024 * 1024;
/// How often the memory of a process is looked at when its documents are light.
const LOOK: u32 = 16;
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
            documents_per_worker: 500,
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
        loop {
            let mut worker = self.ready()?;
            let mut assembly = self.assembly(limits);
            let fault = match worker.read(file, name, limits, &mut assembly) {
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
                    assembly = self.assembly(limits);
                    Reason::Other(Malformed.to_string())
                }
                Fault::Gone => worker.cause(),
            };
            if !retry {
                return Ok(assembly.abort(reason));
            }
        }
    }

    fn assembly(&self, limits: &LimitSet) -> Assembly {
        Assembly::new(limits.clone(), Arc::clone(&self.spool))
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
