//! The engine on a cluster, against real nodes: what it keeps of our terms, what every engine must find, and the oracle.
//!
//! | file | owns |
//! |---|---|
//! | `installation` | generations, who may write what, and what is deleted for good |
//! | `login` | TLS, and who is let in |
//! | `terms` | that the cluster keeps our terms where we put them |
//! | `wide` | what does not fit in one answer of the cluster |
//! | `written` | commits, several writers, and what is refused |
//!
//! `tests/cluster/knooppunten start` starts nodes and says what to set `ZOEKENVIND_CLUSTER` to; without it these
//! tests fail. `ZOEKENVIND_VRAGEN` and `ZOEKENVIND_ZAAD` work as for `differential`.

// All of this is a test: a failed unwrap fails it, as it should.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../comparison/mod.rs"]
mod comparison;
mod installation;
mod login;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../conformance/suite.rs"]
mod suite;
mod terms;
mod wide;
mod written;

use comparison::Index;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use zv_shared::index::Blobs;
use zv_shared::index::cluster::{Login, Nodes, Reader, Writer};

/// The addresses of the nodes.
fn nodes() -> Arc<Nodes> {
    let addresses = std::env::var("ZOEKENVIND_CLUSTER");
    let addresses = addresses.expect("start a cluster first: tests/cluster/knooppunten start");
    let addresses: Vec<String> = addresses.split(',').map(str::to_owned).collect();
    Arc::new(Nodes::new(&addresses, &Login::default()).unwrap())
}

/// An index that is removed again.
struct Removed {
    nodes: Arc<Nodes>,
    name: String,
}

impl Removed {
    /// With a name of its own.
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Removed {
            nodes: nodes(),
            name: format!("proef-{}-{number}", std::process::id()),
        }
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        let both = format!("/{0},{0}-stand", self.name);
        let _ = self.nodes.request("DELETE", &both, &[]);
    }
}

fn cluster(folder: &Path) -> Index {
    let blobs = Blobs::open(&folder.join("teksten")).unwrap();
    let index = Removed::new();
    let (nodes, name) = (index.nodes.clone(), index.name.clone());
    let writer = Writer::open(nodes.clone(), &name, blobs.clone(), (2, 0)).unwrap();
    let reader = Reader::new(nodes, &name, blobs);
    Index {
        writer: Box::new(writer),
        newest: Box::new(move || {
            let _stays = &index;
            reader.snapshot().unwrap()
        }),
    }
}

#[test]
fn the_cluster_conforms() {
    let state = tempfile::tempdir().unwrap();
    let index = cluster(state.path());
    suite::write(index.writer.as_ref());
    let wrong = suite::differences(&*(index.newest)());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_cluster_finds_and_counts_what_the_oracle_says() {
    comparison::random_searches(cluster, 400);
}

#[test]
fn a_part_of_an_archive_has_only_the_words_of_its_documents() {
    comparison::words_of_parts(cluster, 1);
}

#[test]
fn the_questions_of_the_manual_agree_too() {
    comparison::questions_of_the_manual(cluster, 1);
}
