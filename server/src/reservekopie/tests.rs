//! The life of a copy.

use super::*;
use crate::mensen::Via;
use std::fs;
use zv_shared::index::{Blobs, EmbeddedWriter, Write, WriterSettings};

/// A state with people, a trail, an index and evidence.
fn state(folder: &Path) -> std::path::PathBuf {
    let state = folder.join("staat");
    fs::create_dir(&state).expect("state");
    let store = Store::open(&state).expect("store");
    for number in 0..5 {
        let event = Event::done(&actor(), "proef", number.to_string(), json!({}));
        store.log(&event).expect("logged");
    }
    let texts = state.join(TEXTS);
    let blobs = Blobs::open(&texts).expect("blobs");
    let writer =
        EmbeddedWriter::open(&state.join(INDEX), blobs, WriterSettings::default()).expect("writer");
    writer.commit("1").expect("commit");
    fs::create_dir_all(texts.join("ab")).expect("folder");
    fs::write(texts.join("ab/abc-1"), "tekst").expect("text");
    fs::create_dir_all(state.join("uitkomsten")).expect("folder");
    fs::write(state.join("uitkomsten/1"), [7; 96]).expect("list");
    fs::write(state.join("uitkomsten/2.99.deel"), "half").expect("half");
    state
}

fn actor() -> Actor {
    Actor::local(Via::Opdracht)
}

#[test]
fn what_is_put_back_is_what_was_copied() {
    let folder = tempfile::tempdir().expect("folder");
    let state = state(folder.path());
    let (copy, back) = (folder.path().join("kopie"), folder.path().join("terug"));
    // The server goes on while the copy is made.
    let _running = Store::open(&state).expect("store");
    let card = make(&actor(), &state, &copy).expect("made");
    assert_eq!(check(&copy).expect("in order"), card);
    assert!(!copy.join("uitkomsten/2.99.deel").exists());
    let restored = restore(&copy, &back).expect("put back");
    assert!(restored.searchable);
    for name in ["teksten/ab/abc-1", "uitkomsten/1"] {
        let read = |state: &Path| fs::read(state.join(name)).expect(name);
        assert_eq!(read(&state), read(&back), "{name}");
    }
    let store = Store::open(&back).expect("store");
    assert_eq!(store.audit_entries("proef").expect("entries").len(), 5);
    let refused = restore(&copy, &back).expect_err("not empty").to_string();
    assert!(refused.contains("is niet leeg"), "{refused}");
}

#[test]
fn a_copy_that_was_touched_or_never_finished_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let state = state(folder.path());
    let copy = folder.path().join("kopie");
    make(&actor(), &state, &copy).expect("made");
    let back = folder.path().join("terug");
    let refused = |said: &str| {
        let told = restore(&copy, &back).expect_err("refused").to_string();
        assert!(told.contains(said), "{told}");
        assert!(!back.exists());
    };
    let list = copy.join("uitkomsten/1");
    fs::write(&list, [8; 96]).expect("written");
    refused("uitkomsten/1: is gewijzigd");
    fs::remove_file(&list).expect("removed");
    refused("uitkomsten/1");
    fs::write(&list, [7; 96]).expect("written");
    fs::write(copy.join("meer"), "").expect("written");
    refused("meer: hoort er niet bij");
    fs::remove_file(copy.join("meer")).expect("removed");
    check(&copy).expect("in order again");
    fs::remove_file(copy.join(CARD)).expect("removed");
    refused("nooit afgemaakt");
}

#[test]
fn a_copy_inside_the_state_or_beside_something_else_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let state = state(folder.path());
    let told = |to: &Path| make(&actor(), &state, to).expect_err("refused").to_string();
    assert!(told(&state.join("kopie")).contains("mag niet in"));
    assert!(told(&state).contains("is niet leeg"));
}
