//! The embedded engine against the oracle: random searches over random archives, written in several commits
//! with replaced and deleted families. Every hit set, total and facet count must be the same.

// All of this file is a test: a failed unwrap fails it, as it should.
#![allow(clippy::unwrap_used)]

mod oracle;

use oracle::generate::{self, Random};
use oracle::{Known, answer};
use std::collections::BTreeMap;
use zv_shared::DocId;
use zv_shared::index::embedded::{Reader, Writer, WriterSettings};
use zv_shared::index::{Blobs, Entry, FacetField, Search, Snapshot, Sort, Write};

const ARCHIVES: u64 = 25;
const SEARCHES_PER_ARCHIVE: usize = 200;
const FAMILIES: usize = 30;

/// Writes an archive in four commits, each of which also replaces and deletes families, and returns what
/// must be left.
fn write_archive(writer: &dyn Write, random: &mut Random) -> Vec<Known> {
    let mut live: BTreeMap<DocId, Vec<Known>> = BTreeMap::new();
    for commit in 0..4 {
        for number in (0..FAMILIES).filter(|number| number % 4 <= commit) {
            if number % 4 < commit && !random.once_in(5) {
                continue;
            }
            let (id, members) = generate::family(random, number);
            if random.once_in(6) {
                writer.delete_family(id).unwrap();
                live.remove(&id);
                continue;
            }
            let entry = |known: &Known| Entry {
                document: known.document.clone(),
                text: known.text().into(),
            };
            writer
                .put_family(id, members.iter().map(entry).collect())
                .unwrap();
            live.insert(id, members);
        }
        writer.commit("").unwrap();
    }
    live.into_values().flatten().collect()
}

fn found(snapshot: &dyn Snapshot, search: &Search, sort: Sort) -> Vec<DocId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = snapshot.hits(search, sort, after.as_ref(), 7).unwrap();
        ids.extend(page.hits.iter().map(|hit| hit.document.id));
        match page.next {
            Some(next) => after = Some(next),
            None => return ids,
        }
    }
}

#[test]
fn the_engine_finds_and_counts_what_the_oracle_says() {
    let (mut some, mut none, mut all) = (0, 0, 0);
    for seed in 0..ARCHIVES {
        let mut random = Random::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&folder.path().join("teksten")).unwrap();
        let index = folder.path().join("index");
        let settings = WriterSettings {
            threads: 1,
            memory_per_thread: 15_000_000,
            waiting_text: 1 << 20,
        };
        let writer = Writer::open(&index, blobs.clone(), settings).unwrap();
        let known = write_archive(&writer, &mut random);
        let reader = Reader::new(&index, blobs);
        let snapshot = reader.snapshot().unwrap();
        for case in 0..SEARCHES_PER_ARCHIVE {
            let search = generate::search(&mut random, &known);
            let expected = answer(&known, &search);
            let place = format!(
                "archive {seed}, case {case}: {} with {:?} {:?}",
                search.query, search.filters, search.dates
            );
            let sort = Sort::ALL[case % Sort::ALL.len()];
            let mut ids = found(snapshot.as_ref(), &search, sort);
            ids.sort_unstable();
            assert_eq!(
                ids,
                expected.hits.iter().copied().collect::<Vec<_>>(),
                "{place}, {sort:?}"
            );
            assert_eq!(
                snapshot.facets(&search, &FacetField::ALL).unwrap(),
                expected.facets,
                "{place}"
            );
            assert_eq!(
                snapshot.count(&search).unwrap(),
                expected.facets.counts,
                "{place}"
            );
            let (facets, first) = snapshot
                .facets_and_hits(&search, &FacetField::ALL, sort, None, 7)
                .unwrap();
            assert_eq!(facets, expected.facets, "{place}");
            assert_eq!(
                first,
                snapshot.hits(&search, sort, None, 7).unwrap(),
                "{place}"
            );
            match ids.len() {
                0 => none += 1,
                hits if hits == known.len() => all += 1,
                _ => some += 1,
            }
        }
    }
    // Cases in which everything or nothing is found tell little.
    assert!(
        some > none + all,
        "{some} tell something, {none} find nothing, {all} everything"
    );
}
