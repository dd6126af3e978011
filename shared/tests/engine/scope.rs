//! A part of an index: of what stands in other sources nothing is found, counted, named or read.

use super::{ask, document, put, reader, writer};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use zv_shared::index::{
    Collapse, Entry, FacetField, IndexError, Scope, Snapshot, Sort, Write as _,
    documents_with_word, expansions,
};
use zv_shared::plan::completions;
use zv_shared::{ContentHash, DocId, Document, GroupKey, Relations};

fn of(bron: &str, path: &str, title: &str, date: &str) -> Document {
    let mut document = document(path, title, Some(date));
    document.bron = bron.into();
    document.id = DocId::of_file(bron, path.as_bytes(), 0);
    document.family = document.id;
    document.relations = Relations {
        same: Some(GroupKey(1)),
        near: Some(GroupKey(2)),
        thread: Some(GroupKey(3)),
        ..Relations::default()
    };
    document.content = Some(ContentHash([7; 32]));
    document
}

/// The key that `put` gives its text.
fn with_key(document: &mut Document) {
    document.text = Some(format!("{}-txt-1", document.id));
}

fn names(bronnen: &[&str]) -> BTreeSet<String> {
    bronnen.iter().map(|bron| (*bron).to_owned()).collect()
}

fn all_of(bronnen: &[&str]) -> Scope {
    Scope::of(&names(bronnen))
}

/// A mail in each of two sources, with the same groups; that of `dicht` is the newest and has an attachment.
struct Archive {
    open: Document,
    closed: Document,
    attachment: Document,
    snapshot: Arc<dyn Snapshot>,
    _state: tempfile::TempDir,
}

fn archive() -> Archive {
    let state = tempfile::tempdir().expect("state");
    let path: &Path = state.path();
    let writer = writer(path);
    let mut open = of("open", "a.txt", "Besluit over de dijk", "2019-01-01");
    let mut closed = of("dicht", "b.eml", "Geheim besluit", "2021-06-01");
    with_key(&mut open);
    put(&writer, open.clone(), "De dijk en de aardgaswinning.");
    with_key(&mut closed);
    put(&writer, closed.clone(), "Het geheim van de aardgaswinst.");
    let mut attachment = of("dicht", "b.eml", "Bijlage", "2021-06-01");
    attachment.id = DocId::of_child(closed.id, b"k", 0);
    (attachment.parent, attachment.ordinal, attachment.family) = (Some(closed.id), 1, closed.id);
    let entry = Entry {
        document: attachment.clone(),
        text: "dijkverzwaring".into(),
    };
    writer.add_to_family(vec![entry]).expect("add");
    writer.commit("1").expect("commit");
    let snapshot = reader(path).snapshot().expect("snapshot");
    Archive {
        open,
        closed,
        attachment,
        snapshot,
        _state: state,
    }
}

fn found(snapshot: &dyn Snapshot, question: &str) -> Vec<String> {
    let page = snapshot.hits(&ask(question), Sort::Pad, None, 10);
    let hits = page.expect(question).hits.into_iter();
    hits.map(|hit| hit.document.place.to_string()).collect()
}

#[test]
fn nothing_of_another_source_is_found_or_counted() {
    let archive = archive();
    let part = archive.snapshot.within(&all_of(&["open"])).expect("part");
    assert_eq!(found(part.as_ref(), ""), ["a.txt"]);
    assert_eq!(found(part.as_ref(), "geheim"), Vec::<String>::new());
    assert_eq!(found(part.as_ref(), "NIET geheim"), ["a.txt"]);
    assert_eq!(found(part.as_ref(), "binnen:familie(besluit)"), ["a.txt"]);
    assert_eq!(
        found(part.as_ref(), "binnen:familie(dijkverzwaring)"),
        Vec::<String>::new()
    );
    // Counts that leave out a field's own choice see no more than the rest.
    let mut search = ask("");
    let chosen = |search: &mut zv_shared::index::Search, bron: &str| {
        search.filters.insert(FacetField::Bron, names(&[bron]));
    };
    for bron in ["open", "dicht"] {
        chosen(&mut search, bron);
        let facets = part.facets(&search, &FacetField::ALL).expect("facets");
        assert_eq!(facets.counts.total, u64::from(bron == "open"));
        let sources = facets.facets[0].values.iter();
        let sources: Vec<_> = sources.map(|v| (v.value.as_str(), v.count)).collect();
        let expected: &[_] = match bron {
            "open" => &[("open", 1)],
            _ => &[("open", 1), ("dicht", 0)],
        };
        assert_eq!(sources, expected);
        let years = facets.facets.iter().flat_map(|facet| &facet.values);
        assert!(
            years
                .into_iter()
                .all(|value| !value.value.starts_with("2021"))
        );
    }
    // The hit that stands for its group is one that can be seen.
    for collapse in [Collapse::Dubbel, Collapse::Bijna, Collapse::Draad] {
        let mut search = ask("");
        search.collapse = collapse;
        let counts = part.count(&search).expect("count");
        assert_eq!((counts.total, counts.hidden), (1, 0));
        let page = part.hits(&search, Sort::Pad, None, 10).expect("hits");
        assert_eq!(page.hits[0].document.id, archive.open.id);
    }
}

/// Families lie in one source, as they are read; a part must not depend on it.
#[test]
fn what_stands_outside_decides_nothing_about_a_family() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    let root = of("open", "a.zip", "A", "2020");
    let mut inside = of("dicht", "a.zip", "Kind", "2020");
    inside.id = DocId::of_child(root.id, b"k", 0);
    (inside.parent, inside.ordinal, inside.family) = (Some(root.id), 1, root.id);
    let entries = [(&root, "stuk"), (&inside, "geheim")];
    let entries = entries.map(|(document, text)| Entry {
        document: document.clone(),
        text: text.into(),
    });
    writer.put_family(root.id, entries.into()).expect("put");
    writer.commit("1").expect("commit");
    let whole = reader(state.path()).snapshot().expect("snapshot");
    let part = whole.within(&all_of(&["open"])).expect("part");
    for (question, in_whole, in_part) in [
        ("binnen:familie(stuk EN geheim)", 2, 0),
        ("binnen:familie(stuk NIET geheim)", 0, 1),
        ("binnen:familie(stuk)", 2, 1),
    ] {
        assert_eq!(found(&*whole, question).len(), in_whole, "{question}");
        assert_eq!(found(&*part, question).len(), in_part, "{question}");
    }
}

#[test]
fn a_document_of_another_source_cannot_be_asked_for() {
    let Archive {
        open,
        closed,
        attachment,
        snapshot,
        _state,
    } = archive();
    let part = snapshot.within(&all_of(&["open"])).expect("part");
    let ids = |documents: Vec<Document>| documents.iter().map(|d| d.id).collect::<Vec<_>>();
    for outside in [&closed, &attachment] {
        assert!(snapshot.doc(outside.id).expect("doc").is_some());
        assert_eq!(part.doc(outside.id).expect("doc"), None);
        assert!(matches!(part.text(outside), Err(IndexError::TextLost)));
    }
    assert_eq!(ids(snapshot.family(closed.id).expect("family")).len(), 2);
    assert_eq!(ids(part.family(closed.id).expect("family")), []);
    let content = ContentHash([7; 32]);
    assert_eq!(snapshot.places(content).expect("places"), 3);
    assert_eq!(part.places(content).expect("places"), 1);
    assert_eq!(ids(part.same_content(content).expect("same")), [open.id]);
    assert_eq!(ids(part.thread(GroupKey(3)).expect("thread")), [open.id]);
    assert_eq!(ids(part.alike(&open.relations).expect("alike")), [open.id]);
    assert_eq!(
        part.text(&open).expect("text"),
        "De dijk en de aardgaswinning."
    );
    // A document that says that its text is another's.
    let mut forged = open.clone();
    forged.text = closed.text.clone();
    assert!(snapshot.text(&closed).is_ok());
    assert!(matches!(part.text(&forged), Err(IndexError::TextLost)));
}

#[test]
fn words_that_stand_only_in_another_source_are_not_known() {
    let archive = archive();
    let part = archive.snapshot.within(&all_of(&["open"])).expect("part");
    let part = part.as_ref();
    let with = |letters: &str| {
        let found = part.containing(None, letters, &|_| true, 100);
        found.expect(letters)
    };
    assert_eq!(with("aardgas"), ["aardgaswinning"]);
    assert_eq!(with("geheim"), Vec::<String>::new());
    assert_eq!(
        part.similar(None, "geheym", 1, 10).expect("similar"),
        Vec::<String>::new()
    );
    assert_eq!(
        part.similar(None, "dyk", 2, 10).expect("similar"),
        ["de", "dijk"]
    );
    let counts = |word: &str| documents_with_word(part, word, None).expect("count");
    assert_eq!(counts("geheim"), 0);
    assert_eq!(
        completions("aard", part, &counts, 9).expect("completions"),
        ["aardgaswinning"]
    );
    let plan = part.plan(&ask("aardgas*")).expect("plan");
    let shown = expansions(part, &plan).expect("expansions");
    let shown: Vec<_> = shown.iter().flatten().flat_map(|kind| &kind.list).collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(
        (shown[0].text.as_str(), shown[0].documents),
        ("aardgaswinning", 1)
    );
}

#[test]
fn a_word_is_too_wide_only_for_words_that_can_be_seen() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    for (bron, words) in [("breed", 10_001), ("smal", 3)] {
        let text: String = (0..words).map(|at| format!("kenmerk{bron}{at} ")).collect();
        put(&writer, of(bron, "a.txt", "A", "2020"), &text);
    }
    writer.commit("1").expect("commit");
    let whole = reader(state.path()).snapshot().expect("snapshot");
    let count = |snapshot: &dyn Snapshot| snapshot.count(&ask("kenmerk*")).map(|c| c.total);
    assert!(matches!(count(&*whole), Err(IndexError::TooWide(_))));
    let narrow = whole.within(&all_of(&["smal"])).expect("part");
    assert!(matches!(count(&*narrow), Ok(1)));
    let wide = whole.within(&all_of(&["breed"])).expect("part");
    assert!(matches!(count(&*wide), Err(IndexError::TooWide(_))));
}

#[test]
fn a_part_keeps_cursors_and_parts_of_parts_only_get_smaller() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    for number in 0..120 {
        let bron = ["een", "twee", "drie"][number % 3];
        let document = of(bron, &format!("{number:03}.txt"), "T", "2020");
        put(&writer, document, &"woord en dijk ".repeat(1 + number % 5));
    }
    writer.commit("1").expect("commit");
    let reader = reader(state.path());
    let whole = reader.snapshot().expect("snapshot");
    let part = whole
        .within(&all_of(&["een", "drie", "vier"]))
        .expect("part");
    assert_eq!(part.id(), whole.id());
    let search = ask("woord OF dijk OF niets");
    let all = whole
        .hits(&search, Sort::Relevantie, None, 200)
        .expect("hits");
    let mut expected = all.hits;
    expected.retain(|hit| hit.document.bron != "twee");
    assert_eq!(expected.len(), 80);
    // The sources are alike: what is left out changes the scores, and not the order.
    let expected: Vec<DocId> = expected.iter().map(|hit| hit.document.id).collect();
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = part.hits(&search, Sort::Relevantie, after.as_ref(), 7);
        let page = page.expect("page");
        paged.extend(page.hits.iter().map(|hit| hit.document.id));
        after = page.next;
        let Some(cursor) = &after else { break };
        let same = reader.snapshot_of(cursor).expect("kept");
        assert_eq!(same.id(), part.id());
    }
    assert_eq!(paged, expected);
    // Scores are those of a part: a place in its list is none in that of another.
    let first = part.hits(&search, Sort::Relevantie, None, 7);
    let next = first.expect("page").next;
    for other in [&whole, &whole.within(&all_of(&["een"])).expect("other")] {
        let page = other.hits(&search, Sort::Relevantie, next.as_ref(), 7);
        assert!(matches!(page, Err(IndexError::SnapshotGone)));
    }
    let total = |snapshot: &dyn Snapshot| snapshot.count(&search).expect("count").total;
    let smaller = part.within(&all_of(&["twee", "drie"])).expect("smaller");
    assert_eq!(total(&*smaller), 40);
    let again = smaller.within(&all_of(&["een", "twee", "drie"]));
    assert_eq!(total(&*again.expect("again")), 40);
    let nothing = part.within(&Scope::nothing()).expect("nothing");
    assert_eq!(total(&*nothing), 0);
    let everything = whole.within(&all_of(&["een", "twee", "drie"]));
    assert_eq!(total(&*everything.expect("everything")), 120);
}

/// The hits of one source in an index, the best first, beside documents of another.
fn ranked(other: impl IntoIterator<Item = String>, question: &str) -> Vec<(String, f32)> {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    let texts = [
        "dijk dijk dijk en meer over de dijk",
        "een gemaal en een dijk",
        "gemaal gemaal bij de sluis",
        "de hoge dijk bij de sluis van het gemaal",
    ];
    for (number, text) in texts.iter().enumerate() {
        let document = of("open", &format!("{number}.txt"), "Stuk", "2020");
        put(&writer, document, text);
        // The other source in commits of its own and in between.
        if number == 1 {
            writer.commit("1").expect("commit");
        }
    }
    for (number, text) in other.into_iter().enumerate() {
        let document = of("dicht", &format!("{number}.txt"), "Nota dijk", "2020");
        put(&writer, document, &text);
    }
    writer.commit("2").expect("commit");
    let whole = reader(state.path()).snapshot().expect("snapshot");
    let part = whole.within(&all_of(&["open"])).expect("part");
    let page = part.hits(&ask(question), Sort::Relevantie, None, 10);
    let hits = page.expect("hits").hits.into_iter();
    hits.map(|hit| (hit.document.place.to_string(), hit.score))
        .collect()
}

#[test]
fn what_stands_outside_moves_no_score() {
    for question in [
        "dijk OF gemaal",
        "gemaal sluis",
        "\"hoge dijk\" OF sluis",
        "dij* OF gemaal NEAR/9 sluis",
        "binnen:zin(dijk EN sluis) OF gemaal",
        "type:txt OF dijk",
    ] {
        let alone = ranked(["iets anders".to_owned()], question);
        assert!(!alone.is_empty(), "{question}");
        let rare = ranked((0..40).map(|_| "molen ".repeat(300)), question);
        let common = ranked(
            (0..40).map(|_| "dijk dijken hoge dijk".to_owned()),
            question,
        );
        assert_eq!(alone, rare, "{question}");
        assert_eq!(alone, common, "{question}");
    }
    // It is the statistics of the part that decide: there `sluis` is rarer than `dijk`.
    let common = ranked((0..40).map(|_| "sluis".to_owned()), "dijk OF sluis");
    let (best, _) = &common[0];
    assert_eq!(best, "3.txt", "{common:?}");
}

#[test]
fn an_index_without_documents_has_parts_too() {
    let state = tempfile::tempdir().expect("state");
    let writer = writer(state.path());
    writer.commit("1").expect("commit");
    let empty = reader(state.path()).snapshot().expect("snapshot");
    let part = empty.within(&all_of(&["een"])).expect("part");
    assert_eq!(part.count(&ask("")).expect("count").total, 0);
}
