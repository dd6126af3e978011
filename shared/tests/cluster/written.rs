//! What is written to a cluster: visible after a commit and not before, whole families, several writers at once, and an
//! index of another generation.

use super::comparison::entry;
use super::oracle::Known;
use super::oracle::generate::{self, Random};
use super::{Removed, nodes};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use zv_shared::index::cluster::{Reader, Writer};
use zv_shared::index::{Blobs, IndexError, Search, Sort, Write};
use zv_shared::{DocId, Readability, query};

fn writer(index: &Removed, folder: &Path) -> Writer {
    let blobs = Blobs::open(folder).unwrap();
    Writer::open(index.nodes.clone(), &index.name, blobs, (2, 0)).unwrap()
}

fn reader(index: &Removed, folder: &Path) -> Reader {
    let blobs = Blobs::open(folder).unwrap();
    Reader::new(index.nodes.clone(), &index.name, blobs)
}

fn put(writer: &Writer, family: &[Known]) {
    let entries = family.iter().map(|one| entry(writer.blobs(), one));
    let id = family[0].document.family;
    writer.put_family(id, entries.collect()).unwrap();
}

fn families(seed: u64, numbers: std::ops::Range<usize>) -> Vec<Vec<Known>> {
    let mut random = Random::new(seed);
    let each = numbers.map(|number| generate::family(&mut random, number).1);
    each.collect()
}

fn everything() -> Search {
    Search::of(query::parse("").unwrap())
}

fn ids(reader: &Reader) -> BTreeSet<DocId> {
    let found = reader.snapshot().unwrap().ids(&everything()).unwrap();
    found.into_iter().collect()
}

fn of(families: &[Vec<Known>]) -> BTreeSet<DocId> {
    let all = families.iter().flatten();
    all.map(|known| known.document.id).collect()
}

#[test]
fn a_commit_makes_visible_what_was_written_and_families_are_replaced_whole() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let (writer, reader) = (writer(&index, folder.path()), reader(&index, folder.path()));
    let families = families(1, 0..6);
    for family in &families[..4] {
        put(&writer, family);
    }
    assert_eq!(ids(&reader), BTreeSet::new());
    writer.commit("1").unwrap();
    assert_eq!(ids(&reader), of(&families[..4]));
    let old = reader.snapshot().unwrap();
    let page = old.hits(&everything(), Sort::Pad, None, 1).unwrap();
    let place = page.next.unwrap();

    // A family that is written twice before a commit, and one that goes.
    let mut smaller = families[4].clone();
    smaller.truncate(1);
    put(&writer, &families[4]);
    put(&writer, &smaller);
    writer
        .delete_family(families[0][0].document.family)
        .unwrap();
    writer.commit("2").unwrap();
    let mut left = of(&families[1..4]);
    left.insert(smaller[0].document.id);
    assert_eq!(ids(&reader), left);

    // Paging goes on in the state where it began; who does not hold that, says so.
    let held = reader.snapshot_of(&place).unwrap();
    assert_eq!(held.id(), old.id());
    let rest = held
        .hits(&everything(), Sort::Pad, Some(&place), 1_000)
        .unwrap();
    assert_eq!(1 + rest.hits.len(), of(&families[..4]).len());
    let other = super::written::reader(&index, folder.path());
    let gone = other.snapshot_of(&place).map(|found| found.id());
    assert!(matches!(gone, Err(IndexError::SnapshotGone)));
}

#[test]
fn the_last_commit_knows_its_files() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let writer = writer(&index, folder.path());
    let families = families(2, 0..8);
    families.iter().for_each(|family| put(&writer, family));
    writer.commit("1").unwrap();
    let mut folders: BTreeSet<(&str, &[u8])> = BTreeSet::new();
    for family in &families {
        let file = &family[0].document;
        let known = writer.known(&file.bron, file.place.folder()).unwrap();
        let found = known.iter().find(|one| one.id == file.id).unwrap();
        assert_eq!(found.name, file.place.file_name());
        assert_eq!(found.fingerprint, file.fingerprint);
        assert!(known.is_sorted_by_key(|one| one.name.clone()));
        folders.insert((&file.bron, file.place.folder()));
        let members = writer.family(file.id).unwrap();
        assert_eq!(members.len(), family.len());
        assert_eq!(members[0].id, file.id);
        let print = file.fingerprint;
        let same = writer.same_size_and_time(&file.bron, print.size, print.mtime);
        assert!(same.unwrap().iter().any(|one| one.id == file.id));
    }
    for bron in generate::BRONNEN {
        let expected = folders.iter().filter(|(of, _)| *of == bron);
        let expected: Vec<Vec<u8>> = expected.map(|(_, folder)| folder.to_vec()).collect();
        assert_eq!(writer.known_folders(bron).unwrap(), expected, "{bron}");
        let all = families.iter().flatten();
        let all = all.filter(|known| known.document.bron == bron).count();
        assert_eq!(writer.documents(bron).unwrap(), all as u64);
    }
    let table = writer.relations().unwrap();
    let rows: BTreeSet<DocId> = (0..table.len()).map(|row| table.id(row)).collect();
    assert_eq!(rows, of(&families));
}

#[test]
fn documents_are_removed_by_name_and_what_is_gone_is_known() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let (writer, reader) = (writer(&index, folder.path()), reader(&index, folder.path()));
    let mut families = families(4, 0..6);
    let bron = families[1][0].document.bron.clone();
    families[1][0].document.gone = Some("2024-05-01T10:00:00Z".parse().unwrap());
    families[..4].iter().for_each(|family| put(&writer, family));
    writer.commit("1").unwrap();
    let gone = writer.gone(&bron).unwrap();
    let gone: Vec<DocId> = gone.iter().map(|document| document.id).collect();
    assert_eq!(gone, [families[1][0].document.id]);

    families[4..].iter().for_each(|family| put(&writer, family));
    // One of the last commit, and one that came since.
    let removed = BTreeSet::from([families[1][0].document.id, families[4][0].document.id]);
    writer.remove(&removed).unwrap();
    writer.commit("2").unwrap();
    let left: BTreeSet<DocId> = of(&families).difference(&removed).copied().collect();
    assert_eq!(ids(&reader), left);
    assert!(writer.gone(&bron).unwrap().is_empty());
}

#[test]
fn several_writers_at_once_lose_nothing_and_double_nothing() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let families = families(3, 0..40);
    writer(&index, folder.path());
    std::thread::scope(|scope| {
        for part in families.chunks(10) {
            let (index, folder) = (&index, folder.path());
            scope.spawn(move || {
                let writer = writer(index, folder);
                // What is sent twice is there once.
                for _ in 0..2 {
                    part.iter().for_each(|family| put(&writer, family));
                    writer.commit("").unwrap();
                }
            });
        }
    });
    assert_eq!(ids(&reader(&index, folder.path())), of(&families));
}

#[test]
fn a_document_that_is_refused_does_not_hold_up_the_others_and_is_told_as_not_readable() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let (writer, reader) = (writer(&index, folder.path()), reader(&index, folder.path()));
    let mut families = families(5, 0..6);
    // More than a cluster can count to.
    families[2][0].document.size = u64::MAX;
    let refused = families[2][0].document.clone();
    families.iter().for_each(|family| put(&writer, family));
    writer.commit("1").unwrap();
    assert_eq!(ids(&reader), of(&families));
    let told = writer.refused();
    let told: Vec<DocId> = told.iter().map(|document| document.id).collect();
    assert_eq!(told, [refused.id]);
    assert!(writer.refused().is_empty());
    let stands = reader.snapshot().unwrap().doc(refused.id).unwrap().unwrap();
    assert_eq!(stands.readability, Readability::Onleesbaar);
    assert!(stands.reason.unwrap().contains("neemt dit bestand niet op"));
    assert_eq!((stands.text, stands.place), (None, refused.place));
    assert_eq!(stands.access, refused.access);

    // Once it can be taken, it is there again as it is.
    families[2][0].document.size = 1_000;
    put(&writer, &families[2]);
    writer.commit("2").unwrap();
    let stands = reader.snapshot().unwrap().doc(refused.id).unwrap().unwrap();
    assert!(stands.text.is_some());
    assert_eq!((stands.title, stands.size), (refused.title, 1_000));
    assert!(writer.refused().is_empty());
}

#[test]
fn an_index_that_went_away_is_not_made_by_writing_to_it() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let writer = writer(&index, folder.path());
    let gone = index
        .nodes
        .request("DELETE", &format!("/{}", index.name), &[]);
    gone.unwrap().ok().unwrap();
    families(6, 0..3)
        .iter()
        .for_each(|family| put(&writer, family));
    assert!(writer.commit("1").is_err());
    let there = index
        .nodes
        .request("HEAD", &format!("/{}", index.name), &[]);
    assert_eq!(there.unwrap().status, 404);
}

#[test]
fn an_index_of_another_generation_is_refused() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let missing = reader(&index, folder.path())
        .snapshot()
        .map(|found| found.id());
    assert!(matches!(missing, Err(IndexError::Missing)));
    drop(writer(&index, folder.path()));
    let other = json!({"_meta": {"formaat": "opensearch-0", "analyse": "anders"}});
    let path = format!("/{}/_mapping", index.name);
    nodes().send("PUT", &path, &other).unwrap().ok().unwrap();
    let refused = reader(&index, folder.path())
        .snapshot()
        .map(|found| found.id());
    assert!(matches!(refused, Err(IndexError::OtherGeneration)));
    let blobs = Blobs::open(folder.path()).unwrap();
    let refused = Writer::open(index.nodes.clone(), &index.name, blobs, (2, 0));
    assert!(matches!(refused.err(), Some(IndexError::OtherGeneration)));
}
