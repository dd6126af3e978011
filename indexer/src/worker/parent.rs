//! One reader process seen from outside: start it, hand it a document, watch it, end it, and tell truly why
//! it ended. Believes nothing it says. Never decides when it is replaced.

use std::fs::File;
use std::io::{self, IoSlice, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::assemble::{Assembly, Finished};
use super::protocol::{Frame, Inbox, MAX_NAME, Malformed, Part, Sandbox, cut};
use super::reader::{self, ReaderSettings};
use crate::read::{LimitSet, Reason};

/// How long a process may take to set itself up, on a machine that is busy with other things.
const START: Duration = Duration::from_secs(60);
/// How long a process may take to vanish after it closed its socket or was killed.
const END: Duration = Duration::from_secs(2);
/// How much of what it says on standard error is kept: enough for the sentence that tells a cause.
const SAID: usize = 4096;

/// Why a conversation ended without an answer.
#[derive(Debug)]
pub enum Fault {
    /// It took too long.
    Time,
    /// It said what it cannot say.
    Forged,
    /// It ended.
    Gone,
    /// The operating system refused.
    System(io::Error),
}

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::Forged
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Self::Gone,
            _ => Self::System(error),
        }
    }
}

impl From<rustix::io::Errno> for Fault {
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}

/// A running reader process. Dropping it kills it: it has nothing to save.
pub struct Worker {
    process: Child,
    socket: UnixStream,
    stderr: Option<ChildStderr>,
    /// The end of what it said on standard error since the document began.
    said: Vec<u8>,
    inbox: Inbox,
    /// The most memory that it may ever have.
    most_memory: u64,
    /// What it may have now.
    memory: u64,
    /// How many documents it was given.
    pub documents: u32,
}

impl Worker {
    /// Starts a program as a reader process with these settings. It has seen no document when this
    /// returns, so what it tells about its sandbox is its own true word.
    pub fn start(settings: &ReaderSettings) -> Result<(Self, Sandbox), Fault> {
        let memory = settings.memory;
        let (socket, theirs) = UnixStream::pair()?;
        let mut process = Command::new(&settings.program)
            .arg(reader::ARGUMENT)
            .env_clear()
            // Each arena of the C library takes 64 MB of address space.
            .env("MALLOC_ARENA_MAX", "2")
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let stderr = process.stderr.take();
        let (inbox, said) = (Inbox::new(), Vec::new());
        let mut worker = Self {
            process,
            socket,
            stderr,
            said,
            inbox,
            most_memory: memory,
            memory,
            documents: 0,
        };
        match worker.greet(settings) {
            Ok(sandbox) => Ok((worker, sandbox)),
            Err(Fault::Gone) => {
                let cause = worker.cause();
                let said = String::from_utf8_lossy(&worker.said);
                Err(Fault::System(io::Error::other(format!(
                    "{cause}; {}",
                    said.trim()
                ))))
            }
            Err(fault) => Err(fault),
        }
    }

    fn greet(&mut self, settings: &ReaderSettings) -> Result<Sandbox, Fault> {
        let start = Frame::Start {
            memory: settings.memory,
            mock: settings.mock,
            passwords: settings.passwords.clone(),
        };
        self.send(&[start], None)?;
        let deadline = Instant::now() + START;
        loop {
            match self.inbox.frame()? {
                Some(Frame::Hello(sandbox)) => return Ok(sandbox),
                Some(_) => return Err(Fault::Forged),
                None => self.fill(deadline)?,
            }
        }
    }

    /// Whether it still runs. One that was killed between two documents is no document's fault.
    pub fn alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Asks it to read `file`, or some parts of it one after another. Every one has its answer; nothing else may
    /// be asked before those. The names of parts must be short: nobody listens while they are sent.
    pub fn ask(
        &mut self,
        file: &File,
        wanted: &[(&str, Option<Part>)],
        list: &str,
        limits: &LimitSet,
    ) -> Result<(), Fault> {
        self.said.clear();
        self.allow(limits.general.memory)?;
        self.documents += u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let requests = wanted.iter().map(|(name, part)| Frame::Request {
            name: cut(name, MAX_NAME),
            limits: limits.clone(),
            part: *part,
            list,
        });
        let requests: Vec<_> = requests.collect();
        self.send(&requests, Some(file))
    }

    /// Takes the next answer into `assembly`, within the time of its format.
    pub fn answer(&mut self, assembly: &mut Assembly) -> Result<Finished, Fault> {
        let begun = Instant::now();
        loop {
            while let Some(frame) = self.inbox.frame()? {
                let tells_format = matches!(frame, Frame::Format(_));
                let finished = assembly.take(frame)?;
                if tells_format && assembly.is_special() {
                    self.allow(assembly.limits().memory)?;
                    self.send(&[Frame::Go], None)?;
                }
                if let Some(finished) = finished {
                    return Ok(finished);
                }
            }
            self.fill(begun + Duration::from_secs(assembly.limits().seconds))?;
        }
    }

    /// Behind its last answer a process is silent until it is asked again.
    pub fn silent(&self) -> Result<(), Fault> {
        match self.inbox.is_empty() {
            true => Ok(()),
            false => Err(Fault::Forged),
        }
    }

    /// Sets the memory that it may have from now on: its own limit is what no document may overstep.
    fn allow(&mut self, memory: u64) -> Result<(), Fault> {
        let memory = memory.min(self.most_memory);
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        if memory == self.memory || pid.is_none() {
            return Ok(());
        }
        let limit = Rlimit {
            current: Some(memory),
            maximum: Some(self.most_memory),
        };
        match rustix::process::prlimit(pid, Resource::As, limit) {
            Ok(_) => self.memory = memory,
            Err(rustix::io::Errno::SRCH) => return Err(Fault::Gone),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Its memory that is not shared, in bytes; 0 when that cannot be known.
    pub fn resident(&self) -> u64 {
        let pages = || {
            let line =
                std::fs::read_to_string(format!("/proc/{}/statm", self.process.id())).ok()?;
            let mut fields = line.split(' ').skip(1).map(str::parse::<u64>);
            let (resident, shared) = (fields.next()?.ok()?, fields.next()?.ok()?);
            Some(resident.saturating_sub(shared))
        };
        pages().unwrap_or(0) * rustix::param::page_size() as u64
    }

    /// Why it closed its socket.
    pub fn cause(&mut self) -> Reason {
        match self.wait() {
            Some(status) => cause(status, &String::from_utf8_lossy(&self.said), self.memory),
            None => Reason::Other(Malformed.to_string()),
        }
    }

    /// How it ended, once it has closed its socket; `None` if it stays.
    fn wait(&mut self) -> Option<ExitStatus> {
        let status = self.ended()?;
        while self.stderr.is_some()
            && self
                .wait_for_either(Duration::ZERO)
                .is_ok_and(|(_, stderr)| stderr)
        {
            self.listen();
        }
        Some(status)
    }

    /// Waits until it has ended, but not for ever: a process that hangs in the kernel, on a network drive
    /// that is gone, does not even die when it is killed.
    fn ended(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + END;
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                _ => return None,
            }
        }
    }

    fn send(&self, frames: &[Frame<'_>], file: Option<&File>) -> Result<(), Fault> {
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.encode(&mut bytes));
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let files = file.map(|file| [file.as_fd()]);
        if let Some(files) = &files {
            control.push(SendAncillaryMessage::ScmRights(files));
        }
        let mut sent = 0;
        while sent < bytes.len() {
            let rest = [IoSlice::new(&bytes[sent..])];
            sent += rustix::io::retry_on_intr(|| {
                rustix::net::sendmsg(&self.socket, &rest, &mut control, SendFlags::NOSIGNAL)
            })?;
            control.clear();
        }
        Ok(())
    }

    /// Waits for bytes from the process, and listens to its standard error meanwhile, so that it never
    /// blocks there.
    fn fill(&mut self, deadline: Instant) -> Result<(), Fault> {
        loop {
            let left = deadline
                .checked_duration_since(Instant::now())
                .ok_or(Fault::Time)?;
            let (socket, stderr) = self.wait_for_either(left)?;
            if stderr {
                self.listen();
            }
            if socket {
                return match (&self.socket).read(self.inbox.room()) {
                    Ok(0) => Err(Fault::Gone),
                    Ok(bytes) => {
                        self.inbox.filled(bytes);
                        Ok(())
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error.into()),
                };
            }
        }
    }

    /// Whether the socket and standard error have something to say within `left`.
    fn wait_for_either(&self, left: Duration) -> Result<(bool, bool), Fault> {
        let left = Timespec::try_from(left).map_err(|_| Fault::Time)?;
        let socket = PollFd::new(&self.socket, PollFlags::IN);
        let Some(stderr) = &self.stderr else {
            let mut one = [socket];
            poll(&mut one, &left)?;
            return Ok((!one[0].revents().is_empty(), false));
        };
        let mut both = [socket, PollFd::new(stderr, PollFlags::IN)];
        poll(&mut both, &left)?;
        Ok((!both[0].revents().is_empty(), !both[1].revents().is_empty()))
    }

    /// Takes in what standard error has ready.
    fn listen(&mut self) {
        let mut piece = [0; SAID];
        match self.stderr.as_mut().map(|stderr| stderr.read(&mut piece)) {
            Some(Ok(bytes)) if bytes > 0 => {
                self.said.extend_from_slice(&piece[..bytes]);
                let excess = self.said.len().saturating_sub(SAID);
                self.said.drain(..excess);
            }
            _ => self.stderr = None,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It cannot make processes, so its group is itself; unless the sandbox is off.
        if kill_group(&mut self.process) {
            let _reaped = self.ended();
        }
    }
}

/// Kills a process with its group, when it still runs. Whether it did.
pub fn kill_group(process: &mut Child) -> bool {
    let running = matches!(process.try_wait(), Ok(None));
    let pid = i32::try_from(process.id()).ok().and_then(Pid::from_raw);
    match pid.filter(|_| running) {
        Some(pid) => {
            let _already_gone = rustix::process::kill_process_group(pid, Signal::KILL);
            true
        }
        None => false,
    }
}

fn poll(descriptors: &mut [PollFd<'_>], left: &Timespec) -> Result<(), Fault> {
    match rustix::event::poll(descriptors, Some(left)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The true reason behind the end of a process.
fn cause(status: ExitStatus, said: &str, memory: u64) -> Reason {
    let signal = status.signal().map(Signal::from_named_raw);
    match signal {
        _ if said.contains("memory allocation of") => {
            Reason::Limit(format!("meer dan {} MB werkgeheugen", memory / 1_000_000))
        }
        _ if said.contains("has overflowed its stack") => Reason::Limit("te diep genest".into()),
        Some(Some(Signal::SYS)) => {
            Reason::Other("de lezer deed iets dat niet mag en is gestopt".into())
        }
        Some(Some(Signal::KILL)) => Reason::Other(
            "de lezer is door het systeem gestopt, waarschijnlijk was het geheugen vol".into(),
        ),
        Some(_) => Reason::Broken(format!(
            "de lezer liep vast (signaal {})",
            status.signal().unwrap_or(0)
        )),
        None => Reason::Other(format!(
            "de lezer stopte onverwacht (code {})",
            status.code().unwrap_or(0)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn because(raw_status: i32, said: &str) -> String {
        cause(ExitStatus::from_raw(raw_status), said, 2_000_000_000).to_string()
    }

    #[test]
    fn the_reason_tells_what_really_happened() {
        let abort = 6;
        assert_eq!(
            because(abort, "memory allocation of 16 bytes failed"),
            "grens bereikt: meer dan 2000 MB werkgeheugen"
        );
        assert_eq!(
            because(abort, "thread 'lezer' has overflowed its stack"),
            "grens bereikt: te diep genest"
        );
        assert_eq!(
            because(abort, ""),
            "beschadigd: de lezer liep vast (signaal 6)"
        );
        assert_eq!(
            because(31, ""),
            "de lezer deed iets dat niet mag en is gestopt"
        );
        assert!(because(9, "").contains("geheugen vol"));
        assert_eq!(because(3 << 8, ""), "de lezer stopte onverwacht (code 3)");
    }
}
