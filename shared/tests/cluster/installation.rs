//! A cluster as the index of an installation: who may write what, generations and going back, documents of another source that
//! change meanwhile, and what was deleted for good.

use super::comparison::entry;
use super::nodes;
use super::oracle::Known;
use super::oracle::generate::{self, Random};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use zv_shared::index::cluster::{Cluster, Login, Nodes};
use zv_shared::index::generations::{GenerationError, Role};
use zv_shared::index::{Blobs, Claim, Engine, Index, IndexError, Search, Write};
use zv_shared::{DocId, query};

/// An installation that is removed again.
struct Installation {
    name: String,
    folder: tempfile::TempDir,
}

impl Installation {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Installation {
            name: format!("huis-{}-{number}", std::process::id()),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// One of its machines.
    fn machine(&self) -> Cluster {
        let addresses = std::env::var("ZOEKENVIND_CLUSTER").unwrap();
        let addresses: Vec<String> = addresses.split(',').map(str::to_owned).collect();
        let nodes = Nodes::new(&addresses, &Login::default()).unwrap();
        let blobs = Blobs::open(&self.folder.path().join("teksten")).unwrap();
        Cluster::new(nodes, &self.name, (2, 0), blobs)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = nodes().request("DELETE", &format!("/{}-*", self.name), &[]);
    }
}

fn family(seed: u64, number: usize, bron: &str) -> (DocId, Vec<Known>) {
    let (_, mut members) = generate::family(&mut Random::new(seed), number);
    members.truncate(1);
    let document = &mut members[0].document;
    document.bron = bron.to_owned();
    document.id = DocId::of_file(bron, format!("{number}").as_bytes(), 0);
    (document.family, document.parent) = (document.id, None);
    document.access = Default::default();
    (document.id, members)
}

fn put(writer: &dyn Write, (id, members): &(DocId, Vec<Known>)) {
    let entries = members.iter().map(|one| entry(writer.blobs(), one));
    writer.put_family(*id, entries.collect()).unwrap();
}

fn ids(index: &Arc<dyn Index>) -> BTreeSet<DocId> {
    let everything = Search::of(query::parse("").unwrap());
    let found = index.snapshot().unwrap().ids(&everything).unwrap();
    found.into_iter().collect()
}

fn is_busy(result: Result<Box<dyn Write>, IndexError>) -> bool {
    matches!(result, Err(IndexError::Busy(_)))
}

#[test]
fn each_source_has_one_writer_and_making_the_index_anew_has_it_alone() {
    let house = Installation::new();
    let (one, other) = (house.machine(), house.machine());
    assert!(matches!(one.index().snapshot(), Err(IndexError::Missing)));
    let a = one.writer(Claim::Source("a")).unwrap();
    let b = other.writer(Claim::Source("b")).unwrap();
    assert!(is_busy(other.writer(Claim::Source("a"))));
    assert!(is_busy(other.new_generation()));
    // Nobody is building: what looks half built may be.
    other.clean().unwrap();
    put(a.as_ref(), &family(1, 1, "a"));
    put(b.as_ref(), &family(1, 2, "b"));
    a.commit("").unwrap();
    b.commit("").unwrap();
    assert_eq!(ids(&one.index()).len(), 2);
    a.finish().unwrap();
    drop(b);
    let all = other.writer(Claim::All).unwrap();
    assert!(is_busy(one.writer(Claim::Source("a"))));
    drop(all);
    one.writer(Claim::Source("a")).unwrap();
}

#[test]
fn a_switch_is_seen_by_who_searches_and_can_be_undone() {
    let house = Installation::new();
    let machine = house.machine();
    let first = family(2, 1, "a");
    let mut others = (3..).map(|seed| family(seed, 2, "a"));
    let second = others.find(|other| other.1[0].text() != first.1[0].text());
    let second = second.unwrap();
    let writer = machine.writer(Claim::Source("a")).unwrap();
    put(writer.as_ref(), &first);
    writer.commit("").unwrap();
    writer.finish().unwrap();
    let index = machine.index();
    assert_eq!(ids(&index), BTreeSet::from([first.0]));
    assert!(matches!(machine.confirm(), Err(GenerationError::NoneKept)));

    // One that nobody finished.
    let half = machine.new_generation().unwrap();
    put(half.as_ref(), &second);
    half.commit("").unwrap();
    drop(half);
    assert_eq!(ids(&index), BTreeSet::from([first.0]));
    let roles = |machine: &Cluster| -> Vec<(String, Role, u64, bool)> {
        let all = machine.generations().unwrap().all.into_iter();
        let told = all.map(|one| {
            let number = one.name.rsplit('-').next().unwrap().to_owned();
            (number, one.role, one.documents, one.ours)
        });
        told.collect()
    };
    let told = |number: &str, role, documents| (number.to_owned(), role, documents, true);
    assert_eq!(
        roles(&machine),
        [told("1", Role::Huidig, 1), told("2", Role::Half, 1)]
    );
    machine.clean().unwrap();
    assert_eq!(roles(&machine), [told("1", Role::Huidig, 1)]);

    let next = machine.new_generation().unwrap();
    put(next.as_ref(), &first);
    put(next.as_ref(), &second);
    next.commit("").unwrap();
    next.finish().unwrap();
    assert_eq!(ids(&index), BTreeSet::from([first.0, second.0]));
    let all = [told("1", Role::Vorige, 1), told("2", Role::Huidig, 2)];
    assert_eq!(roles(&machine), all);
    let told_now = machine.generations().unwrap();
    assert!(told_now.switched.is_some() && !told_now.written);
    let kept = machine.kept_texts().unwrap().unwrap();
    let text = |family: &(DocId, Vec<Known>)| entry(machine.blobs(), &family.1[0]).document.text;
    assert!(kept.uses(&text(&first).unwrap()).unwrap());
    assert!(!kept.uses(&text(&second).unwrap()).unwrap());

    // Who read something since is told what would be missing.
    let writer = machine.writer(Claim::Source("a")).unwrap();
    put(writer.as_ref(), &family(2, 99, "a"));
    writer.commit("").unwrap();
    writer.finish().unwrap();
    assert!(machine.generations().unwrap().written);
    assert!(matches!(
        machine.go_back(false),
        Err(GenerationError::Written)
    ));
    machine.go_back(true).unwrap();
    assert_eq!(ids(&index), BTreeSet::from([first.0]));
    assert_eq!(roles(&machine), [told("1", Role::Huidig, 1)]);
    let mut stored = Vec::new();
    let ended = machine.stored_documents(&mut |document| {
        stored.push(document.unwrap().id);
        Ok(true)
    });
    assert!(ended.unwrap() && stored == [first.0]);
}

#[test]
fn what_another_source_changed_meanwhile_is_not_put_back() {
    let house = Installation::new();
    let (one, other) = (house.machine(), house.machine());
    let theirs = family(3, 1, "b");
    let b = other.writer(Claim::Source("b")).unwrap();
    put(b.as_ref(), &theirs);
    b.commit("").unwrap();
    let a = one.writer(Claim::Source("a")).unwrap();
    // Looking at what belongs together, on the one machine...
    let _rows = a.relations().unwrap();
    let read = a.get(theirs.0).unwrap().unwrap();
    let text = |known: &Known| entry(a.blobs(), known).text;
    // ... while the other one reads the file again, or loses it.
    let mut changed = theirs.clone();
    changed.1[0].document.title = "gewijzigd".to_owned();
    put(b.as_ref(), &changed);
    b.commit("").unwrap();
    let stale = zv_shared::index::Entry {
        document: read,
        text: text(&theirs.1[0]),
    };
    a.replace(stale.clone()).unwrap();
    a.commit("").unwrap();
    let title = || a.get(theirs.0).unwrap().map(|document| document.title);
    assert_eq!(title().as_deref(), Some("gewijzigd"));
    // What is so still is replaced.
    let mut again = a.get(theirs.0).unwrap().unwrap();
    again.title = "verbonden".to_owned();
    let entry = zv_shared::index::Entry {
        document: again,
        text: stale.text.clone(),
    };
    a.replace(entry).unwrap();
    a.commit("").unwrap();
    assert_eq!(title().as_deref(), Some("verbonden"));
    b.delete_family(theirs.0).unwrap();
    assert!(a.get(theirs.0).unwrap().is_some());
    b.commit("").unwrap();
    a.replace(stale.clone()).unwrap();
    a.commit("").unwrap();
    assert_eq!(title(), None);
    // What was not read cannot be known to be so still.
    a.replace(stale).unwrap_err();
}

#[test]
fn what_was_deleted_for_good_leaves_the_disks() {
    let house = Installation::new();
    let machine = house.machine();
    let writer = machine.writer(Claim::All).unwrap();
    let families: Vec<_> = (0..40).map(|number| family(4, number, "a")).collect();
    for family in &families {
        put(writer.as_ref(), family);
    }
    writer.commit("").unwrap();
    assert_eq!(writer.all_documents().unwrap(), 40);
    let gone = BTreeSet::from([families[0].0, families[1].0]);
    writer.remove(&gone).unwrap();
    writer.commit("").unwrap();
    let text = entry(writer.blobs(), &families[0].1[0])
        .document
        .text
        .unwrap();
    let others = families[2..].iter();
    let mut others = others.map(|family| entry(writer.blobs(), &family.1[0]).document.text);
    let shared = others.any(|other| other.as_ref() == Some(&text));
    assert_eq!(writer.uses_text(&text).unwrap(), shared);
    writer.forget_deleted(0.0).unwrap();
    assert_eq!(writer.all_documents().unwrap(), 38);
    let stats = nodes()
        .get(&format!("/{}-1/_stats/docs", house.name))
        .unwrap();
    assert_eq!(stats.ok().unwrap()["_all"]["total"]["docs"]["deleted"], 0);
    writer.finish().unwrap();
}
