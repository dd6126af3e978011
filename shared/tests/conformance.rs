//! The embedded engine finds what every engine must find.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

#[path = "conformance/suite.rs"]
mod suite;

use suite::{differences, write};
use zv_shared::index::{Blobs, EmbeddedReader, EmbeddedWriter, WriterSettings};

#[test]
fn the_embedded_engine_conforms() {
    let state = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&state.path().join("teksten")).unwrap();
    let index = state.path().join("index");
    let writer = EmbeddedWriter::open(&index, blobs.clone(), WriterSettings::default()).unwrap();
    write(&writer);
    let reader = EmbeddedReader::new(&index, blobs);
    let wrong = differences(&*reader.snapshot().unwrap());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
