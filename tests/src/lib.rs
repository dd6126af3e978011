//! What the tests of the whole program share. Never tests anything itself, and knows the program only as its users
//! do: the command line, the files it writes, and HTTP.
//!
//! | file | owns |
//! |---|---|
//! | `program` | running the binary and reading its answers |
//! | `server` | a running server, and plain HTTP to it |
//! | `archive` | archives to index, always the same for the same seed |
//! | `disk` | a disk that can be full or read only |
//! | `hostile` | files that were made to harm |
//! | `zaak` | a case, who works on it, and moments at which the power goes |
//! | `process` | processes and their memory, as the kernel tells it |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on must stop, with the place"
)]

pub mod archive;
pub mod disk;
pub mod hostile;
pub mod process;
pub mod program;
pub mod server;
pub mod zaak;
