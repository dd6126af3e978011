//! All hits at once: their identities, their documents in order, and what several searches find of each other.

use super::{ask, document, put, reader, writer};
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_shared::index::{
    Collapse, Extent, FacetField, IndexError, Scope, Search, Snapshot, Sort, Write as _,
    term_searches,
};
use zv_shared::{DocId, Document, GroupKey};

/// A hundred documents in two sources and several segments; each has its number as a word, and those that share a
/// remainder of ten are copies of each other.
fn archive(state: &std::path::Path) -> Arc<dyn Snapshot> {
    let writer = writer(state);
    for number in 0..100_usize {
        let date = (number % 5 > 0).then(|| format!("20{:02}", 10 + number % 7));
        let mut document = document(
            &format!("{}/{number}.txt", number % 3),
            "T",
            date.as_deref(),
        );
        document.bron = ["schijf", "mail"][number % 2].into();
        document.relations.same = Some(GroupKey(number as u64 % 10));
        let mut text = "woord ".repeat(1 + number % 4);
        text += &format!("getal{number} ");
        text += if number < 60 { "eerste " } else { "" };
        text += if number >= 40 { "laatste" } else { "" };
        put(&writer, document, &text);
        if number % 30 == 0 {
            writer.commit("tussen").expect("commit");
        }
    }
    writer.commit("klaar").expect("commit");
    reader(state).snapshot().expect("snapshot")
}

fn each(snapshot: &dyn Snapshot, search: &Search, sort: Sort) -> Vec<Document> {
    let mut all = Vec::new();
    let mut take = |document: Document| {
        all.push(document);
        Ok(true)
    };
    snapshot.each(search, sort, &mut take).expect("each");
    all
}

#[test]
fn every_hit_is_handed_over_in_the_order_of_the_list() {
    let state = tempfile::tempdir().expect("state");
    let whole = archive(state.path());
    let part = whole
        .within(&Scope::of([&"mail".to_owned()]))
        .expect("part");
    for snapshot in [&whole, &part] {
        for sort in Sort::ALL {
            for collapse in Collapse::ALL {
                let mut search = ask("woord EN laatste");
                search.collapse = collapse;
                let chosen = ["2011".to_owned(), "2012".to_owned(), "2013".to_owned()];
                search.filters.insert(FacetField::Jaar, chosen.into());
                let page = snapshot.hits(&search, sort, None, 1_000).expect("hits");
                let listed: Vec<Document> = page.hits.into_iter().map(|hit| hit.document).collect();
                assert!(listed.len() > 3);
                assert_eq!(
                    each(snapshot.as_ref(), &search, sort),
                    listed,
                    "{sort:?} {collapse:?}"
                );
            }
        }
    }
}

#[test]
fn who_takes_the_hits_can_end_it() {
    let state = tempfile::tempdir().expect("state");
    let snapshot = archive(state.path());
    let mut taken = 0;
    let mut three = |_: Document| {
        taken += 1;
        Ok(taken < 3)
    };
    let end = snapshot.each(&ask("woord"), Sort::Pad, &mut three);
    assert!(end.is_ok() && taken == 3);
    let mut full = |_: Document| Err(IndexError::Engine("vol".to_owned()));
    let end = snapshot.each(&ask("woord"), Sort::Pad, &mut full);
    assert!(matches!(end, Err(IndexError::Engine(why)) if why == "vol"));
}

#[test]
fn identities_are_those_of_all_hits_whatever_is_shown_once() {
    let state = tempfile::tempdir().expect("state");
    let snapshot = archive(state.path());
    let mut search = ask("laatste");
    let mut expected: Vec<DocId> = each(snapshot.as_ref(), &search, Sort::Pad)
        .iter()
        .map(|document| document.id)
        .collect();
    expected.sort_unstable();
    assert_eq!(expected.len(), 60);
    search.collapse = Collapse::Dubbel;
    assert_eq!(each(snapshot.as_ref(), &search, Sort::Pad).len(), 10);
    assert_eq!(snapshot.ids(&search).expect("ids"), expected);
    assert_eq!(snapshot.ids(&ask("nergens")).expect("ids"), []);
}

#[test]
fn a_report_on_terms_tells_what_each_of_them_finds_alone() {
    let state = tempfile::tempdir().expect("state");
    let snapshot = archive(state.path());
    let question = ask("eerste OF laatste OF nergens OF getal7");
    let (texts, searches): (Vec<String>, Vec<Search>) =
        term_searches(&question).into_iter().unzip();
    assert_eq!(texts, ["eerste", "laatste", "nergens", "getal7"]);
    let overlap = snapshot.overlap(&searches).expect("overlap");
    let extent = |mail: u64, disk: u64| {
        let sources = [("mail", mail), ("schijf", disk)].into_iter();
        Extent {
            total: mail + disk,
            families: mail + disk,
            per_source: sources
                .filter(|(_, count)| *count > 0)
                .map(|(bron, count)| (bron.to_owned(), count))
                .collect::<BTreeMap<_, _>>(),
        }
    };
    let found = overlap.searches.iter();
    let found: Vec<_> = found
        .map(|share| (share.extent.clone(), share.unique))
        .collect();
    assert_eq!(
        found,
        [
            (extent(30, 30), 39),
            (extent(30, 30), 40),
            (extent(0, 0), 0),
            (extent(1, 0), 0),
        ]
    );
    assert_eq!(overlap.together, extent(50, 50));
    // More searches than a byte can count.
    let many = vec![ask("eerste"); 300];
    let overlap = snapshot.overlap(&many).expect("overlap");
    assert!(overlap.searches.iter().all(|share| share.unique == 0));
    assert_eq!(overlap.together.total, 60);
    let none = snapshot.overlap(&[]).expect("overlap");
    assert_eq!((none.searches.len(), none.together.total), (0, 0));
}
