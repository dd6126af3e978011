//! One reader process from the inside: set up, enter the sandbox, read document after document until the
//! parent closes the socket. Never opens a file and never outlives its parent.

use std::fs::File;
use std::io::{self, IoSliceMut, Seek};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

use super::outlet::Outlet;
use super::protocol::{Frame, Inbox, Malformed};
use super::sandbox;
use crate::read::{self, Input, LimitSet, Outcome, Passwords, Reason};

/// Stack of the thread that reads, in bytes. Deeply nested documents make readers recurse.
const STACK: usize = 64 * 1024 * 1024;

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
        inbox: Inbox::new(),
    };
    let Some((
        Frame::Start {
            memory,
            mock,
            passwords,
        },
        _,
    )) = line.receive()?
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
    while let Some((frame, file)) = line.receive()? {
        let (Frame::Request { name, limits }, Some(file)) = (frame, file) else {
            return Err(Malformed.into());
        };
        let name = name.to_owned();
        let mut outlet = Outlet::new(&line.socket, limits.general.clone());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            read_one(file, name, &limits, setup, &mut line.inbox, &mut outlet)
        }));
        let panicked = caught.is_err();
        outlet.finish(caught.ok())?;
        if panicked {
            return Ok(());
        }
    }
    Ok(())
}

fn read_one(
    file: OwnedFd,
    name: String,
    limits: &LimitSet,
    setup: &Setup,
    inbox: &mut Inbox,
    outlet: &mut Outlet<'_>,
) -> Outcome {
    let mut file = File::from(file);
    let recognised = file
        .rewind()
        .and_then(|()| file.metadata())
        .and_then(|metadata| {
            let mut input = Input {
                file,
                name,
                size: metadata.len(),
                passwords: setup.passwords.clone(),
            };
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
        if !may_go_on("proef", limits, inbox, outlet) {
            return unexpected();
        }
        return super::mock::read(command, outlet);
    }
    let own = limits.of(&format);
    outlet.format(&format, own);
    if !may_go_on(&format, limits, inbox, outlet) {
        return unexpected();
    }
    read::read(&format, &mut input, own, outlet)
}

/// The parent is gone or says something else: nobody hears this.
fn unexpected() -> Outcome {
    Outcome::Unreadable(Reason::Other(Malformed.to_string()))
}

/// The socket to the parent.
struct Line {
    socket: UnixStream,
    inbox: Inbox,
}

impl Line {
    fn send(&self, frame: &Frame<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes);
        io::Write::write_all(&mut &self.socket, &bytes)
    }

    /// The next frame and the descriptor that came with it; `None` when the parent is gone.
    fn receive(&mut self) -> io::Result<Option<(Frame<'_>, Option<OwnedFd>)>> {
        receive(&self.socket, &mut self.inbox)
    }
}

/// Waits until the parent has set the time and the memory of a format that has its own. False when it says
/// something else, or is gone.
fn may_go_on(format: &str, limits: &LimitSet, inbox: &mut Inbox, outlet: &mut Outlet<'_>) -> bool {
    if !limits.is_special(format) {
        return true;
    }
    let told = outlet.flush().is_ok();
    told && matches!(receive(outlet.socket(), inbox), Ok(Some((Frame::Go, None))))
}

fn receive<'i>(
    socket: &UnixStream,
    inbox: &'i mut Inbox,
) -> io::Result<Option<(Frame<'i>, Option<OwnedFd>)>> {
    let mut file = None;
    inbox.clear();
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut room = [IoSliceMut::new(inbox.room())];
        let flags = RecvFlags::CMSG_CLOEXEC;
        let got = rustix::io::retry_on_intr(|| {
            rustix::net::recvmsg(socket, &mut room, &mut control, flags)
        })?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = message {
                file = files.last().or(file);
            }
        }
        if got.bytes == 0 {
            return Ok(None);
        }
        inbox.filled(got.bytes);
        if inbox.has_frame()? {
            let frame = inbox.frame()?;
            return Ok(frame.map(|frame| (frame, file)));
        }
    }
}
