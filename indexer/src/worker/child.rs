//! One reader process from the inside: set up, enter the sandbox, read document after document until the
//! parent closes the socket. Never opens a file and never outlives its parent.

use std::fs::File;
use std::io::{self, IoSliceMut, Seek};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

use super::outlet::Outlet;
use super::protocol::{Frame, Inbox, Malformed, Part};
use super::sandbox;
use crate::read::{self, Input, LimitSet, Outcome, Passwords, Reason, Source};

/// Stack of the thread that reads, in bytes. Deeply nested documents make readers recurse.
const STACK: usize = 64 * 1024 * 1024;

/// How long an answer is held back to go with the next ones: the parent measures the time of each.
const HOLD: Duration = Duration::from_millis(50);

/// The whole life of a reader process. Standard input is the socket to the parent. Runs instead of the
/// program's own `main`, before anything else.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent repeats it when a process does not come as far as its first document.
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    sandbox::close_inherited()?;
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut line = Line {
        socket,
        heard: Heard {
            inbox: Inbox::new(),
            file: None,
        },
    };
    let Some(Frame::Start {
        memory,
        mock,
        passwords,
    }) = line.receive()?
    else {
        return Err(Malformed.into());
    };
    let setup = Setup { mock, passwords };
    // Shown by `ps` and `top`.
    rustix::thread::set_name(c"zv-lezer")?;
    // A panic is reported as the outcome of the document; its message may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    sandbox::limit(memory)?;
    let achieved = sandbox::enter();
    let reading = std::thread::Builder::new()
        .name("lezer".into())
        .stack_size(STACK)
        .spawn(move || {
            line.send(&Frame::Hello(achieved))?;
            read_all(&mut line, &setup)
        })?;
    reading.join().unwrap_or(Err(Malformed.into()))
}

impl From<Malformed> for io::Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(io::ErrorKind::InvalidData, malformed)
    }
}

/// What holds for all documents of this process.
struct Setup {
    /// Tests only; a release build ignores it on purpose.
    #[cfg_attr(not(debug_assertions), allow(dead_code))]
    mock: bool,
    passwords: Passwords,
}

fn read_all(line: &mut Line, setup: &Setup) -> io::Result<()> {
    let mut waiting = Vec::new();
    let mut sent = Instant::now();
    while let Some(frame) = line.receive()? {
        let Frame::Request {
            name,
            limits,
            part,
            list,
        } = frame
        else {
            return Err(Malformed.into());
        };
        let (name, list) = (name.to_owned(), list.to_owned());
        let Line { socket, heard } = &mut *line;
        let source = match (part, &heard.file) {
            (Some(part), Some(file)) => part_of(file, part),
            (None, _) => heard.file.take().map_or(Err(Malformed.into()), whole),
            (Some(_), None) => return Err(Malformed.into()),
        };
        if waiting.is_empty() {
            sent = Instant::now();
        }
        let mut outlet = Outlet::new(socket, limits.general.clone(), waiting);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let input = source.map(|(file, size)| Input {
                file,
                name,
                size,
                passwords: setup.passwords.clone(),
            });
            match list.is_empty() {
                true => read_one(input, &limits, setup, heard, &mut outlet),
                false => read_rows(input, &list, &limits, &mut outlet),
            }
        }));
        let panicked = caught.is_err();
        // A parent that waits for many short answers is not woken for each.
        let more = heard.inbox.has_frame()? && sent.elapsed() < HOLD;
        waiting = outlet.finish(caught.ok(), more)?;
        if panicked {
            return Ok(());
        }
    }
    Ok(())
}

/// A file from its start, and its size.
fn whole(mut file: File) -> io::Result<(Source, u64)> {
    file.rewind()?;
    let size = file.metadata()?.len();
    Ok((file.into(), size))
}

/// A part of a file, in memory. The parent asks this of small ones.
fn part_of(file: &File, part: Part) -> io::Result<(Source, u64)> {
    let size = usize::try_from(part.size).map_err(|_| Malformed)?;
    let mut bytes = vec![0; size];
    file.read_exact_at(&mut bytes, part.offset)?;
    Ok((bytes.into(), part.size))
}

fn read_one(
    input: io::Result<Input>,
    limits: &LimitSet,
    #[cfg_attr(not(debug_assertions), allow(unused_variables))] setup: &Setup,
    heard: &mut Heard,
    outlet: &mut Outlet<'_>,
) -> Outcome {
    let recognised = input.and_then(|mut input| {
        #[cfg(debug_assertions)]
        if setup.mock
            && let Some(command) = super::mock::command(&mut input)?
        {
            return Ok((command, input));
        }
        let format = read::recognise(&mut input)?;
        input.file.rewind()?;
        Ok((format, input))
    });
    let (format, mut input) = match recognised {
        Ok(recognised) => recognised,
        Err(_) => {
            outlet.format("onbekend", &limits.general);
            return Outcome::Unreadable(Reason::Other(
                "het bestand kon niet worden gelezen van de schijf of het netwerk".into(),
            ));
        }
    };
    #[cfg(debug_assertions)]
    if let Some(command) = format.strip_prefix(super::mock::MAGIC) {
        outlet.format("proef", limits.of("proef"));
        if !may_go_on("proef", limits, heard, outlet) {
            return unexpected();
        }
        return super::mock::read(command, outlet);
    }
    let own = limits.of(&format);
    outlet.format(&format, own);
    if !may_go_on(&format, limits, heard, outlet) {
        return unexpected();
    }
    read::read(&format, &mut input, own, outlet)
}

/// The list of an export.
fn read_rows(
    input: io::Result<Input>,
    list: &str,
    limits: &LimitSet,
    outlet: &mut Outlet<'_>,
) -> Outcome {
    outlet.format("lijst", &limits.general);
    match input {
        Ok(mut input) => read::read_list(list, &mut input, &limits.general, outlet),
        Err(error) => Outcome::Unreadable(Reason::Other(error.to_string())),
    }
}

/// The parent is gone or says something else: nobody hears this.
fn unexpected() -> Outcome {
    Outcome::Unreadable(Reason::Other(Malformed.to_string()))
}

/// The socket to the parent.
struct Line {
    socket: UnixStream,
    heard: Heard,
}

impl Line {
    fn send(&self, frame: &Frame<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes);
        io::Write::write_all(&mut &self.socket, &bytes)
    }

    /// The next frame; `None` when the parent is gone.
    fn receive(&mut self) -> io::Result<Option<Frame<'_>>> {
        self.heard.receive(&self.socket)
    }
}

/// Waits until the parent has set the time and the memory of a format that has its own. False when it says
/// something else, or is gone.
fn may_go_on(format: &str, limits: &LimitSet, heard: &mut Heard, outlet: &mut Outlet<'_>) -> bool {
    if !limits.is_special(format) {
        return true;
    }
    let told = outlet.flush().is_ok();
    told && matches!(heard.receive(outlet.socket()), Ok(Some(Frame::Go)))
}

/// What the parent said and was not taken yet.
struct Heard {
    inbox: Inbox,
    /// What came with the last request that brought something.
    file: Option<File>,
}

impl Heard {
    fn receive(&mut self, socket: &UnixStream) -> io::Result<Option<Frame<'_>>> {
        while !self.inbox.has_frame()? {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut room = [IoSliceMut::new(self.inbox.room())];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let got = rustix::io::retry_on_intr(|| {
                rustix::net::recvmsg(socket, &mut room, &mut control, flags)
            })?;
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(files) = message {
                    self.file = files.last().map(File::from).or(self.file.take());
                }
            }
            if got.bytes == 0 {
                return Ok(None);
            }
            self.inbox.filled(got.bytes);
        }
        Ok(self.inbox.frame()?)
    }
}
