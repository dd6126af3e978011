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
use crate::read::{self, Input, Limits, Outcome, Reason};

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
    let Some((Frame::Start { memory, mock }, _)) = line.receive()? else {
        return Err(Malformed.into());
    };
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
            read_all(&mut line, mock)
        })?;
    reading.join().unwrap_or(Err(Malformed.into()))
}

impl From<Malformed> for io::Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(io::ErrorKind::InvalidData, malformed)
    }
}

fn read_all(line: &mut Line, mock: bool) -> io::Result<()> {
    while let Some((frame, file)) = line.receive()? {
        let (Frame::Request { name, limits }, Some(file)) = (frame, file) else {
            return Err(Malformed.into());
        };
        let name = name.to_owned();
        let mut outlet = Outlet::new(&line.socket, limits.clone());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            read_one(file, name, &limits, mock, &mut outlet)
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
    limits: &Limits,
    mock: bool,
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
            };
            #[cfg(debug_assertions)]
            if mock && let Some(command) = super::mock::command(&mut input)? {
                return Ok((command, input));
            }
            let format = read::recognise(&mut input)?;
            input.file.rewind()?;
            Ok((format, input))
        });
    // Tells the compiler that a release build ignores it on purpose.
    let _ = mock;
    let (format, mut input) = match recognised {
        Ok(recognised) => recognised,
        Err(_) => {
            outlet.format("onbekend");
            return Outcome::Unreadable(Reason::Other(
                "het bestand kon niet worden gelezen van de schijf of het netwerk".into(),
            ));
        }
    };
    #[cfg(debug_assertions)]
    if let Some(command) = format.strip_prefix(super::mock::MAGIC) {
        outlet.format("proef");
        return super::mock::read(command, outlet);
    }
    outlet.format(&format);
    read::read(&format, &mut input, limits, outlet)
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
        let mut file = None;
        self.inbox.clear();
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut room = [IoSliceMut::new(self.inbox.room())];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let got = rustix::io::retry_on_intr(|| {
                rustix::net::recvmsg(&self.socket, &mut room, &mut control, flags)
            })?;
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(files) = message {
                    file = files.last().or(file);
                }
            }
            if got.bytes == 0 {
                return Ok(None);
            }
            self.inbox.filled(got.bytes);
            if self.inbox.has_frame()? {
                let frame = self.inbox.frame()?;
                return Ok(frame.map(|frame| (frame, file)));
            }
        }
    }
}
