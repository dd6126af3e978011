//! A node of the cluster is killed while it is written to and searched: nothing is lost with one replica, and whoever asks gets
//! an answer about a whole commit or an error. Alone in its program: nobody else may use the cluster meanwhile.

// All of this is a test: a failed unwrap fails it, as it should.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// Of the archives only the families are needed.
#![allow(dead_code)]

#[path = "../comparison/mod.rs"]
mod comparison;
#[path = "../oracle/mod.rs"]
mod oracle;

use oracle::generate::{self, Random};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zv_shared::index::cluster::{Login, Nodes, Reader, Writer};
use zv_shared::index::{Blobs, IndexError, Search, Write};
use zv_shared::{DocId, query};

const COMMITS: usize = 12;
const FAMILIES: usize = 10;

fn nodes(command: &[&str]) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cluster/knooppunten");
    let done = Command::new(script).args(command).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {said}");
}

fn all(reader: &Reader) -> Result<BTreeSet<DocId>, IndexError> {
    let everything = Search::of(query::parse("").unwrap());
    let found = reader.snapshot()?.ids(&everything)?;
    Ok(found.into_iter().collect())
}

#[test]
fn a_killed_node_costs_nothing_that_was_committed() {
    let addresses = std::env::var("ZOEKENVIND_CLUSTER");
    let addresses = addresses.expect("start a cluster first: tests/cluster/knooppunten start 3");
    let addresses: Vec<String> = addresses.split(',').map(str::to_owned).collect();
    assert_eq!(addresses.len(), 3, "a cluster of three nodes");
    let cluster = Arc::new(Nodes::new(&addresses, &Login::default()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path()).unwrap();
    let index = format!("kill-{}", std::process::id());
    let writer = Writer::open(cluster.clone(), &index, blobs.clone(), (3, 1)).unwrap();
    let green = format!("/_cluster/health/{index}?wait_for_status=green&timeout=120s");
    cluster.get(&green).unwrap().ok().unwrap();
    let reader = Reader::new(cluster.clone(), &index, blobs);

    let mut random = Random::new(7);
    let families: Vec<_> = (0..COMMITS * FAMILIES)
        .map(|number| generate::family(&mut random, number))
        .collect();
    // What is there after each commit.
    let mut states = vec![BTreeSet::new()];
    for commit in families.chunks(FAMILIES) {
        let mut now = states.last().cloned().unwrap_or_default();
        let members = commit.iter().flat_map(|(_, members)| members);
        now.extend(members.map(|known| known.document.id));
        states.push(now);
    }
    let done = AtomicBool::new(false);
    let (whole, failed) = std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let (mut whole, mut failed) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                match all(&reader) {
                    Ok(found) => {
                        assert!(states.contains(&found), "{} documents", found.len());
                        whole += 1;
                    }
                    Err(IndexError::Unavailable(_) | IndexError::SnapshotGone) => failed += 1,
                    Err(other) => panic!("{other:?}"),
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            (whole, failed)
        });
        for (number, commit) in families.chunks(FAMILIES).enumerate() {
            if number == COMMITS / 3 {
                nodes(&["kill", "3"]);
            }
            for (id, members) in commit {
                let entries = members.iter();
                let entries = entries.map(|one| comparison::entry(writer.blobs(), one));
                writer.put_family(*id, entries.collect()).unwrap();
            }
            writer.commit("").unwrap();
        }
        done.store(true, Ordering::Relaxed);
        searching.join().unwrap()
    });
    println!("{whole} whole answers and {failed} errors while a node was killed");
    assert!(whole > 0);
    assert_eq!(all(&reader).unwrap(), states[COMMITS]);
    nodes(&["start", "3"]);
    cluster.get(&green).unwrap().ok().unwrap();
    assert_eq!(all(&reader).unwrap(), states[COMMITS]);
    let both = format!("/{index},{index}-stand");
    cluster.request("DELETE", &both, &[]).unwrap().ok().unwrap();
}
