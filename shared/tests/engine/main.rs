//! The embedded engine through the seam: what a run writes, a search finds, in order and exactly counted.

// The helpers of a test may stop it too.
#![allow(clippy::expect_used)]

mod every;
mod scope;
mod wide;
mod written;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Barrier};
use zv_shared::index::{
    Blobs, Cursor, EmbeddedReader, EmbeddedWriter, Entry, Extract, FacetField, IndexError, Search,
    Sort, Write as _, WriterSettings,
};
use zv_shared::{Dates, DocId, Document, Fingerprint, PartialDate, Place, Readability, query};

fn settings() -> WriterSettings {
    WriterSettings {
        threads: 2,
        memory_per_thread: 15 << 20,
        waiting_text: 1 << 20,
    }
}

fn writer(state: &Path) -> EmbeddedWriter {
    let blobs = Blobs::open(&state.join("blobs")).expect("blobs");
    EmbeddedWriter::open(&state.join("index"), blobs, settings()).expect("writer")
}

fn reader(state: &Path) -> EmbeddedReader {
    EmbeddedReader::new(
        &state.join("index"),
        Blobs::open(&state.join("blobs")).expect("blobs"),
    )
}

fn document(path: &str, title: &str, date: Option<&str>) -> Document {
    let id = DocId::of_file("schijf", path.as_bytes(), 0);
    Document {
        id,
        bron: "schijf".into(),
        place: Place {
            path: path.into(),
            inner: Vec::new(),
        },
        title: title.into(),
        format: path.rsplit('.').next().unwrap_or("txt").into(),
        kind: "document".into(),
        authors: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        dates: Dates {
            sent: date.and_then(PartialDate::parse),
            ..Dates::default()
        },
        language: Some("nl".into()),
        readability: Readability::Leesbaar,
        reason: None,
        metadata: Vec::new(),
        family: id,
        parent: None,
        ordinal: 0,
        complete: true,
        fingerprint: Fingerprint {
            size: 7,
            mtime: 1_000,
            ctime: 2_000,
            reader: 3,
            around: 0,
        },
        content: None,
        text: None,
        size: 7,
        pages: 1,
        people: Vec::new(),
        custodian: None,
        days: Vec::new(),
        relations: Default::default(),
        archief: Default::default(),
        access: Default::default(),
        gone: None,
        earlier_of: None,
    }
}

fn put(writer: &EmbeddedWriter, mut document: Document, text: &str) {
    let key = format!("{}-txt-1", document.id);
    let extract = Extract {
        format: document.format.clone(),
        properties: Vec::new(),
        readability: document.readability,
        reason: None,
        pages: 1,
        has_children: false,
    };
    writer.blobs().write(&key, &extract, text).expect("blob");
    document.text = Some(key);
    let id = document.family;
    writer
        .put_family(
            id,
            vec![Entry {
                document,
                text: text.into(),
            }],
        )
        .expect("put");
}

fn ask(text: &str) -> Search {
    Search {
        query: query::parse(text).expect(text),
        filters: Default::default(),
        dates: Default::default(),
        widening: zv_shared::plan::Widening::default(),
        collapse: Default::default(),
    }
}

fn paths(reader: &EmbeddedReader, search: &Search, sort: Sort) -> Vec<String> {
    let page = reader
        .snapshot()
        .expect("snapshot")
        .hits(search, sort, None, 1_000)
        .expect("hits");
    page.hits
        .iter()
        .map(|hit| hit.document.place.to_string())
        .collect()
}

#[test]
fn words_phrases_fields_and_periods_find_what_they_mean() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    put(
        &writer,
        document("a/nota.txt", "Nota windpark", Some("2019-05")),
        "De vergunningen zijn verleend.",
    );
    put(
        &writer,
        document("a/brief.md", "Brief", Some("2021-02-03")),
        "Over het woo-verzoek: de vergunning is oud.",
    );
    put(
        &writer,
        document("b/los.txt", "Los", None),
        "Niets bijzonders, zonder datum.",
    );
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let found = |text: &str| paths(&reader, &ask(text), Sort::Pad);
    assert_eq!(found("vergunning"), ["a/brief.md", "a/nota.txt"]);
    assert_eq!(found("\"vergunning\""), ["a/brief.md"]);
    assert_eq!(found("\"vergunning is\""), ["a/brief.md"]);
    assert_eq!(found("\"verleend nota\""), Vec::<String>::new());
    assert_eq!(found("verzoek"), ["a/brief.md"]);
    assert_eq!(found("woo-verzoek"), ["a/brief.md"]);
    assert_eq!(found("windpark"), ["a/nota.txt"]);
    assert_eq!(found("titel:windpark EN vergunning"), ["a/nota.txt"]);
    assert_eq!(found("pad:nota"), ["a/nota.txt"]);
    assert_eq!(found("type:md OF windpark"), ["a/brief.md", "a/nota.txt"]);
    assert_eq!(found("NIET vergunning"), ["b/los.txt"]);
    assert_eq!(found("datum:2019"), ["a/nota.txt", "b/los.txt"]);
    assert_eq!(found("NIET datum:2019"), ["a/brief.md", "b/los.txt"]);
    let mut strict = ask("datum:[2019-05-20 TO 2021]");
    strict.dates.include_undated = false;
    assert_eq!(
        paths(&reader, &strict, Sort::DatumNieuwst),
        ["a/brief.md", "a/nota.txt"]
    );
    let counts = reader
        .snapshot()
        .expect("snapshot")
        .count(&ask("datum:2019"))
        .expect("count");
    assert_eq!((counts.total, counts.undated), (2, 1));
}

#[test]
fn a_facet_ignores_its_own_choice_and_keeps_it_at_zero() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    for (path, date) in [
        ("a/1.txt", "2019-01-01"),
        ("a/b/2.txt", "2019"),
        ("c/3.md", "2020-03"),
    ] {
        put(&writer, document(path, "Titel", Some(date)), "tekst");
    }
    writer.commit("1").expect("commit");
    let snapshot = reader(state.path()).snapshot().expect("snapshot");
    let mut search = ask("tekst");
    let values = |field, list: &[&str]| {
        (
            field,
            list.iter()
                .map(|v| (*v).to_owned())
                .collect::<BTreeSet<_>>(),
        )
    };
    search.filters.extend([
        values(FacetField::Formaat, &["txt", "pdf"]),
        values(FacetField::Jaar, &["2019"]),
    ]);
    let facets = snapshot.facets(&search, &FacetField::ALL).expect("facets");
    assert_eq!(facets.counts.total, 2);
    assert_eq!(
        snapshot
            .hits(&search, Sort::Pad, None, 10)
            .expect("hits")
            .hits
            .len(),
        2
    );
    let shown = |field| {
        let facet = facets
            .facets
            .iter()
            .find(|facet| facet.field == field)
            .expect("facet");
        facet
            .values
            .iter()
            .map(|v| (v.value.clone(), v.count, v.chosen))
            .collect::<Vec<_>>()
    };
    let owned = |list: &[(&str, u64, bool)]| -> Vec<_> {
        list.iter()
            .map(|(v, n, c)| ((*v).to_owned(), *n, *c))
            .collect()
    };
    assert_eq!(
        shown(FacetField::Formaat),
        owned(&[("txt", 2, true), ("pdf", 0, true)])
    );
    assert_eq!(shown(FacetField::Jaar), owned(&[("2019", 2, true)]));
    assert_eq!(shown(FacetField::Maand), owned(&[("2019-01", 1, false)]));
    assert_eq!(
        shown(FacetField::Map),
        owned(&[
            ("schijf", 2, false),
            ("schijf/a", 2, false),
            ("schijf/a/b", 1, false)
        ])
    );
}

#[test]
fn paging_reaches_the_very_last_hit_once_each_in_every_order() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    for number in 0..97 {
        let date = (number % 5 > 0).then(|| format!("20{:02}", 10 + number % 7));
        let text = "woord ".repeat(1 + number % 4);
        put(
            &writer,
            document(
                &format!("{}/{number}.txt", number % 3),
                "T",
                date.as_deref(),
            ),
            &text,
        );
        if number % 30 == 0 {
            writer.commit("tussen").expect("commit");
        }
    }
    writer.commit("klaar").expect("commit");
    let reader = reader(state.path());
    let snapshot = reader.snapshot().expect("snapshot");
    for sort in Sort::ALL {
        let whole = snapshot.hits(&ask("woord"), sort, None, 200).expect("hits");
        assert_eq!((whole.hits.len(), &whole.next), (97, &None), "{sort:?}");
        let (mut paged, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let page = snapshot
                .hits(&ask("woord"), sort, after.as_ref(), 10)
                .expect("page");
            paged.extend(page.hits);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let ids =
            |hits: &[zv_shared::index::Hit]| hits.iter().map(|h| h.document.id).collect::<Vec<_>>();
        assert_eq!(ids(&paged), ids(&whole.hits), "{sort:?}");
    }
}

#[test]
fn a_cursor_lives_on_over_a_commit_and_says_so_when_its_snapshot_is_unknown() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    for name in ["a", "b", "c"] {
        put(
            &writer,
            document(&format!("{name}.txt"), "T", None),
            "woord",
        );
    }
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let first = reader
        .snapshot()
        .expect("snapshot")
        .hits(&ask("woord"), Sort::Pad, None, 2)
        .expect("hits");
    let cursor = first.next.expect("more");
    put(&writer, document("bb.txt", "T", None), "woord");
    writer.commit("2").expect("commit");
    assert_eq!(
        reader
            .snapshot()
            .expect("new")
            .count(&ask("woord"))
            .expect("count")
            .total,
        4
    );
    let old = reader.snapshot_of(&cursor).expect("kept");
    let rest = old
        .hits(&ask("woord"), Sort::Pad, Some(&cursor), 10)
        .expect("hits");
    assert_eq!(
        rest.hits
            .iter()
            .map(|h| h.document.place.to_string())
            .collect::<Vec<_>>(),
        ["c.txt"]
    );
    let other = EmbeddedReader::new(&state.path().join("index"), writer.blobs().clone());
    assert!(matches!(
        other.snapshot_of(&cursor),
        Err(IndexError::SnapshotGone)
    ));
    assert!(matches!(
        other.snapshot_of(&Cursor("onzin".into())),
        Err(IndexError::BadCursor)
    ));
}

#[test]
fn the_last_commit_knows_its_files_and_families_are_replaced_whole() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    let zip = document("map/a.zip", "A", None);
    let mut child = document("map/a.zip", "Kind", None);
    child.id = DocId::of_child(zip.id, b"k", 0);
    (child.parent, child.ordinal, child.family) = (Some(zip.id), 1, zip.id);
    child.place.inner = vec!["k.txt".into()];
    let entry = |document: &Document, text: &str| Entry {
        document: document.clone(),
        text: Arc::from(text),
    };
    writer
        .put_family(zip.id, vec![entry(&zip, ""), entry(&child, "kindtekst")])
        .expect("put");
    put(&writer, document("map-2/x.txt", "X", None), "x");
    put(&writer, document("los.txt", "L", None), "l");
    writer.commit("1").expect("commit");

    let known = writer.known("schijf", b"map").expect("known");
    assert_eq!(known.len(), 1);
    assert_eq!(
        (known[0].name.as_slice(), known[0].id),
        (b"a.zip".as_slice(), zip.id)
    );
    assert_eq!(known[0].fingerprint, zip.fingerprint);
    assert_eq!(
        writer.known_folders("schijf").expect("folders"),
        [b"".to_vec(), b"map".to_vec(), b"map-2".to_vec()]
    );
    assert_eq!(writer.known("schijf", b"").expect("root").len(), 1);
    assert_eq!(writer.documents("schijf").expect("documents"), 4);
    assert_eq!(
        writer
            .same_size_and_time("schijf", 7, 1_000)
            .expect("same")
            .len(),
        3
    );

    writer
        .put_family(zip.id, vec![entry(&zip, "")])
        .expect("replace");
    writer
        .delete_family(document("los.txt", "L", None).id)
        .expect("delete");
    writer.commit("2").expect("commit");
    assert_eq!(writer.family(zip.id).expect("family").len(), 1);
    assert_eq!(writer.known("schijf", b"").expect("root"), []);
    let reader = reader(state.path());
    assert_eq!(
        paths(&reader, &ask(""), Sort::Pad),
        ["map-2/x.txt", "map/a.zip"]
    );
    assert_eq!(
        paths(&reader, &ask("kindtekst"), Sort::Pad),
        Vec::<String>::new()
    );
}

#[test]
fn what_was_not_committed_is_gone_and_another_generation_is_refused() {
    let state = tempfile::tempdir().expect("state");
    let first = writer(state.path());
    put(&first, document("a.txt", "A", None), "a");
    first.commit("1").expect("commit");
    put(&first, document("b.txt", "B", None), "b");
    drop(first);
    let second = writer(state.path());
    assert_eq!(second.documents("schijf").expect("documents"), 1);
    drop(second);

    let meta = state.path().join("index/generatie-1/meta.json");
    let text = std::fs::read_to_string(&meta).expect("meta");
    std::fs::write(&meta, text.replace("tantivy-7", "tantivy-6")).expect("meta");
    assert!(matches!(
        reader(state.path()).snapshot(),
        Err(IndexError::OtherGeneration)
    ));
    let blobs = Blobs::open(&state.path().join("blobs")).expect("blobs");
    let opened = EmbeddedWriter::open(&state.path().join("index"), blobs.clone(), settings());
    assert!(matches!(opened.err(), Some(IndexError::OtherGeneration)));

    let rebuilt = EmbeddedWriter::new_generation(&state.path().join("index"), blobs, settings())
        .expect("new");
    put(&rebuilt, document("a.txt", "A", None), "a");
    rebuilt.commit("1").expect("commit");
    rebuilt.finish().expect("finish");
    assert_eq!(
        paths(&reader(state.path()), &ask("a"), Sort::Pad),
        ["a.txt"]
    );
}

#[test]
fn families_that_are_written_at_the_same_time_are_all_there() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    // Few documents a commit: what goes wrong between two threads goes wrong at the end of a segment.
    for round in 0..100 {
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (writer, start) = (&writer, &start);
                scope.spawn(move || {
                    let path = format!("stuk {thread}.txt");
                    let document = document(&path, &format!("ronde {round}"), None);
                    start.wait();
                    put(writer, document, "");
                });
            }
        });
        writer.commit("").expect("commit");
        let there = writer.documents("schijf").expect("count");
        assert_eq!(there, 4, "round {round}");
    }
}

#[test]
fn the_example_of_the_manual_finds_what_it_says() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    let between = |words: usize| "en ".repeat(words);
    for (path, text) in [
        ("1.txt", "De subsidies voor aardgasvrije wijken.".to_owned()),
        ("2.txt", format!("Een toelage {}van aardgas.", between(8))),
        ("3.txt", format!("Een toelage {}van aardgas.", between(9))),
        (
            "4.txt",
            "Aardgas en de toelage. Dit is een concept.".to_owned(),
        ),
        ("5.txt", "Subsidie voor gas.".to_owned()),
        (
            "6.txt",
            "Aardgaswinning zonder subsidieregeling.".to_owned(),
        ),
    ] {
        put(&writer, document(path, "Brief", None), &text);
    }
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let question = "(subsid* OF toelage) NEAR/10 \"aardgas*\" NIET concept";
    assert_eq!(
        paths(&reader, &ask(question), Sort::Pad),
        ["1.txt", "2.txt", "6.txt"]
    );
}
