//! Reader processes: foreign formats are parsed in a sandboxed process of the same program, never in the
//! indexer's or the server's own. One that hangs, crashes or eats memory costs one document. Never knows a
//! format, a path or the index.
//!
//! | file | owns |
//! |---|---|
//! | `reader` | the public face: [`Reader`] reads documents and replaces its process when needed |
//! | `parent` | one process seen from outside: start, converse, watch, end, and why it ended |
//! | `assemble` | from the frames of a process, none of them trusted, to a [`Reading`] |
//! | `spool` | children of a container, kept outside memory until their turn |
//! | `protocol` | the frames that both sides speak |
//! | `child` | one process seen from inside: its main loop |
//! | `outlet` | what a reader finds, turned into frames, within the limits |
//! | `program` | one outside program, such as tesseract, in a sandbox of its own |
//! | `sandbox` | what a process takes from itself before it sees a document |
//! | `mock` | documents that misbehave on command, in debug builds only |

mod assemble;
mod child;
#[cfg(debug_assertions)]
mod mock;
mod outlet;
mod parent;
mod program;
mod protocol;
mod reader;
mod sandbox;
mod spool;
#[cfg(test)]
pub(crate) mod testing;

pub use assemble::Reading;
pub use program::{Program, ProgramSettings};
pub use protocol::Sandbox;
pub use reader::{Reader, ReaderSettings, WorkerError, together};
pub use spool::SpooledChild;

use std::process::ExitCode;

/// The life of this process when it was started to be a reader or to become an outside program; `None` when
/// it is the program itself. To be asked before anything else.
pub fn take_over() -> Option<ExitCode> {
    match std::env::args_os().nth(1)?.to_str()? {
        reader::ARGUMENT => Some(child::main()),
        program::ARGUMENT => Some(program::main(std::env::args_os())),
        _ => None,
    }
}
