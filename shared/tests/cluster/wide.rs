//! More documents, values and words than the cluster gives in one answer: everything is counted and listed to the last.

use super::Removed;
use super::comparison::entry;
use super::oracle::Known;
use super::oracle::generate::{self, Random};
use std::collections::BTreeSet;
use zv_shared::index::cluster::{Reader, Writer};
use zv_shared::index::{Blobs, Collapse, FacetField, Scope, Search, Sort, Write};
use zv_shared::{Access, DocId, GroupKey, query};

const DOCUMENTS: usize = 2_600;
const WORDS_EACH: usize = 7;

/// A document with a sender, a folder and words of its own; every second one is the same as the one before.
fn document(model: &Known, number: usize) -> Known {
    let path = format!("map {number}/stuk.txt");
    let mut document = model.document.clone();
    document.id = DocId::of_file("wijd", path.as_bytes(), 0);
    (document.family, document.parent) = (document.id, None);
    document.bron = "wijd".into();
    document.place.path = path.into_bytes();
    document.place.inner = Vec::new();
    document.from = vec![format!("afzender{number}@min.nl")];
    document.relations.same = Some(GroupKey(number as u64 / 2));
    document.access = Access::default();
    let words = (0..WORDS_EACH).map(|word| format!("woord{number:05}x{word}"));
    let mut text = words.collect::<Vec<_>>().join(" ");
    if number.is_multiple_of(1_000) {
        // As long as a word can be.
        text.push_str(&format!(" woord{number:05}{}", "y".repeat(180)));
    }
    Known::new(document, &text)
}

#[test]
fn everything_is_listed_and_counted_to_the_last() {
    let (index, folder) = (Removed::new(), tempfile::tempdir().unwrap());
    let blobs = Blobs::open(folder.path()).unwrap();
    let nodes = index.nodes.clone();
    let writer = Writer::open(nodes.clone(), &index.name, blobs.clone(), (2, 0)).unwrap();
    let model = generate::family(&mut Random::new(1), 0).1.remove(0);
    let known: Vec<Known> = (0..DOCUMENTS)
        .map(|number| document(&model, number))
        .collect();
    for one in &known {
        let entries = vec![entry(writer.blobs(), one)];
        writer.put_family(one.document.id, entries).unwrap();
    }
    writer.commit("").unwrap();
    assert_eq!(writer.known_folders("wijd").unwrap().len(), DOCUMENTS);

    let whole = Reader::new(nodes, &index.name, blobs).snapshot().unwrap();
    let snapshot = whole.within(&Scope::everything()).unwrap();
    let search = Search::of(query::parse("woord?????x0 EN van:afzender*").unwrap());
    let expected: BTreeSet<DocId> = known.iter().map(|one| one.document.id).collect();
    assert!(snapshot.ids(&search).unwrap().iter().eq(&expected));
    for sort in Sort::ALL {
        let mut listed = BTreeSet::new();
        let take = &mut |document: zv_shared::Document| {
            assert!(listed.insert(document.id));
            Ok(true)
        };
        snapshot.each(&search, sort, take).unwrap();
        assert_eq!(listed, expected, "{sort:?}");
    }
    let page = snapshot
        .hits(&search, Sort::Pad, None, DOCUMENTS + 1)
        .unwrap();
    assert_eq!((page.hits.len(), page.next), (DOCUMENTS, None));

    let facets = snapshot.facets(&search, &FacetField::ALL).unwrap();
    assert_eq!(facets.counts.total, DOCUMENTS as u64);
    let values = |field: FacetField| {
        let facet = facets.facets.iter().find(|facet| facet.field == field);
        facet.unwrap().values.len()
    };
    assert_eq!(values(FacetField::Afzender), DOCUMENTS);
    // The source is a folder too.
    assert_eq!(values(FacetField::Map), DOCUMENTS + 1);
    let overlap = snapshot.overlap(std::slice::from_ref(&search)).unwrap();
    assert_eq!(overlap.together.families, DOCUMENTS as u64);

    // Together they name more words than a cluster takes in one question; each is another one.
    let windows =
        (2..5).flat_map(|length| (0..=WORDS_EACH - length).map(move |at| at..at + length));
    let mut searches: Vec<Search> = windows
        .map(|window| {
            let words: Vec<String> = window.map(|word| format!("woord?????x{word}")).collect();
            let asked = format!("\"{}\" NIET woord0000?x0", words.join(" "));
            Search::of(query::parse(&asked).unwrap())
        })
        .collect();
    let mut expected_shares = vec![(DOCUMENTS as u64 - 10, 0); searches.len()];
    searches.push(Search::of(query::parse("woord0000?x0").unwrap()));
    expected_shares.push((10, 10));
    let overlap = snapshot.overlap(&searches).unwrap();
    let found = overlap.searches.iter();
    let found = found.map(|share| (share.extent.total, share.unique));
    assert_eq!(found.collect::<Vec<_>>(), expected_shares);
    let all = snapshot.overlap(std::slice::from_ref(&search)).unwrap();
    assert_eq!(overlap.together, all.together);

    // The same within one question: what is too much of it is read from the texts.
    let nears = (1..=16).map(|far| format!("woord00???x0 NEAR/{far} woord?????x1"));
    let nears: Vec<String> = nears.collect();
    let question = Search::of(query::parse(&nears.join(" OF ")).unwrap());
    assert_eq!(snapshot.count(&question).unwrap().total, 1_000);

    let once = Search {
        collapse: Collapse::Dubbel,
        ..search
    };
    let counts = snapshot.count(&once).unwrap();
    assert_eq!(counts.hidden, DOCUMENTS as u64 / 2);
    let mut shown = 0;
    let mut after = None;
    loop {
        let page = snapshot
            .hits(&once, Sort::Relevantie, after.as_ref(), 500)
            .unwrap();
        shown += page.hits.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(shown, DOCUMENTS / 2);

    let words: BTreeSet<String> = known.iter().flat_map(|one| one.words(None)).collect();
    assert!(words.len() > 2 * 5_000);
    let found = snapshot
        .containing(None, "", &|_| true, usize::MAX)
        .unwrap();
    assert!(
        found.iter().eq(&words),
        "{} of {}",
        found.len(),
        words.len()
    );
}
