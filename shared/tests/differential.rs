//! The embedded engine against the oracle; see `comparison`.
//!
//! `ZOEKENVIND_VRAGEN=100000 cargo test -p zv-shared --test differential` compares that many; what differs names the
//! seed of its archive, and `ZOEKENVIND_ZAAD` begins there.

// All of this file is a test: a failed unwrap fails it, as it should.
#![allow(clippy::unwrap_used)]

mod comparison;
mod oracle;

use comparison::Index;
use std::path::Path;
use zv_shared::index::Blobs;
use zv_shared::index::embedded::{Reader, Writer, WriterSettings};

fn embedded(folder: &Path) -> Index {
    let blobs = Blobs::open(&folder.join("teksten")).unwrap();
    let index = folder.join("index");
    let settings = WriterSettings {
        threads: 1,
        memory_per_thread: 15_000_000,
        waiting_text: 1 << 20,
    };
    let writer = Writer::open(&index, blobs.clone(), settings).unwrap();
    let reader = Reader::new(&index, blobs);
    Index {
        writer: Box::new(writer),
        newest: Box::new(move || reader.snapshot().unwrap()),
    }
}

#[test]
fn the_engine_finds_and_counts_what_the_oracle_says() {
    comparison::random_searches(embedded, 5_000);
}

#[test]
fn a_part_of_an_archive_has_only_the_words_of_its_documents() {
    comparison::words_of_parts(embedded, 6);
}

#[test]
fn the_questions_of_the_manual_agree_too() {
    comparison::questions_of_the_manual(embedded, 10);
}
