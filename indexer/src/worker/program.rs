//! A second kind of process: one outside program (tesseract, pdftoppm), started by this program as
//! `__hulpprogramma` so that it enters a sandbox before it becomes that program. It sees its document on
//! standard input, may read the system's own folders, writes nothing but its standard output, and has no
//! network. Never decides what a program is for.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use super::parent::kill_group;
use super::sandbox;

/// First argument of a process that is to become an outside program.
pub const ARGUMENT: &str = "__hulpprogramma";
/// Politeness: searching and reading go before.
const NICE: i32 = 19;
/// What of the environment an outside program gets to see.
const ENVIRONMENT: [&str; 2] = ["PATH", "TESSDATA_PREFIX"];

/// How outside programs are run.
#[derive(Clone, Debug)]
pub struct ProgramSettings {
    /// The program that becomes the outside program: this one.
    pub launcher: std::path::PathBuf,
    /// Address space in bytes.
    pub memory: u64,
    /// Run even when the kernel cannot shield the process.
    pub without_sandbox: bool,
}

/// A running outside program. Dropping it kills it.
pub struct Program {
    process: Child,
    stdout: ChildStdout,
}

impl Program {
    /// Starts the program `name`, found in `PATH`, with `document` as its standard input.
    pub fn start(
        settings: &ProgramSettings,
        name: &str,
        arguments: &[&str],
        document: Option<File>,
    ) -> io::Result<Self> {
        let given = ENVIRONMENT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut process = Command::new(&settings.launcher)
            .arg(ARGUMENT)
            .arg(settings.memory.to_string())
            .arg(if settings.without_sandbox { "1" } else { "0" })
            .arg(name)
            .args(arguments)
            .env_clear()
            .envs(given)
            // One page is one core's work; the pages go side by side.
            .env("OMP_THREAD_LIMIT", "1")
            .env("LC_ALL", "C.UTF-8")
            .current_dir("/")
            .stdin(document.map_or_else(Stdio::null, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let stdout = process.stdout.take();
        let stdout = stdout.ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Self { process, stdout })
    }

    /// Reads what the program has to say into `buffer`: 0 at its end, an error of kind `TimedOut` at
    /// `deadline`.
    pub fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(|_| io::ErrorKind::TimedOut)?;
        let mut ready = [PollFd::new(&self.stdout, PollFlags::IN)];
        let events = rustix::io::retry_on_intr(|| rustix::event::poll(&mut ready, Some(&left)))?;
        if events == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stdout.read(buffer)
    }

    /// Reads everything that is left, at most `most` bytes; more is an error.
    pub fn read_all(&mut self, most: usize, deadline: Instant) -> io::Result<Vec<u8>> {
        let (mut all, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            match self.read(&mut piece, deadline)? {
                0 => return Ok(all),
                bytes if all.len() + bytes > most => return Err(io::ErrorKind::FileTooLarge.into()),
                bytes => all.extend_from_slice(&piece[..bytes]),
            }
        }
    }

    /// Whether it ended well. To be asked after its last output.
    pub fn succeeded(mut self) -> bool {
        // A program that closed its output and goes on is not waited for.
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            match self.process.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                Err(_) => return false,
            }
        }
        false
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if kill_group(&mut self.process) {
            let _reaped = self.process.wait();
        }
    }
}

/// The whole life of a process that becomes an outside program: `__hulpprogramma MEMORY WITHOUT NAME …`.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.skip(2);
    let mut next = || arguments.next().unwrap_or_default();
    let (memory, without, name) = (next(), next(), next());
    let memory = memory.to_str().and_then(|memory| memory.parse().ok());
    let Some(memory) = memory else {
        return ExitCode::FAILURE;
    };
    match become_program(memory, without == "1", &name, arguments) {
        Ok(code) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn become_program(
    memory: u64,
    without_sandbox: bool,
    name: &OsStr,
    arguments: impl Iterator<Item = OsString>,
) -> io::Result<ExitCode> {
    sandbox::close_inherited()?;
    sandbox::limit(memory)?;
    // Fails only where priorities are forbidden altogether.
    let _not_nicer = rustix::process::nice(NICE);
    let achieved = sandbox::enter_for_program(&readable());
    if !achieved.seccomp && !without_sandbox {
        return Ok(ExitCode::FAILURE);
    }
    Err(Command::new(name).args(arguments).exec())
}

/// Folders in which programs, their libraries and their data lie.
fn readable() -> Vec<std::path::PathBuf> {
    let system = [
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/etc",
        "/opt",
        "/nix/store",
    ];
    let data = std::env::var_os("TESSDATA_PREFIX").map(Into::into);
    let all = system.iter().map(|folder| Path::new(folder).to_owned());
    all.chain(data).filter(|folder| folder.exists()).collect()
}
