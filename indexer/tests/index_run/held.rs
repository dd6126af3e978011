//! What cases hold of files that change: as a regisseur I find the text that we found, whatever became of its file; and once
//! the case is closed nothing of it stays.

use super::archive::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zv_indexer::account::{Account, Note};
use zv_indexer::orders::{Asked, Orders, Removed};
use zv_shared::{ContentHash, DocId, Document};

type State = (DocId, ContentHash);

/// A case that holds these states of documents, and what it was told is gone.
#[derive(Clone, Debug, Default)]
struct Case {
    holds: Arc<Mutex<HashSet<State>>>,
    told: Arc<Mutex<BTreeSet<DocId>>>,
}

impl Orders for Case {
    fn any(&self) -> Result<bool, String> {
        Ok(!self.holds.lock().unwrap().is_empty())
    }
    fn held(&self, documents: &[Asked]) -> Result<Vec<bool>, String> {
        let holds = self.holds.lock().unwrap();
        let held = |asked: &Asked| match asked.content {
            Some(content) => holds.contains(&(asked.known_as, content)),
            None => holds.iter().any(|(id, _)| *id == asked.known_as),
        };
        Ok(documents.iter().map(held).collect())
    }
    fn hold(&self, _bron: &str, documents: &[Asked]) -> Result<Vec<bool>, String> {
        let held = self.held(documents)?;
        let holding = documents.iter().zip(&held).filter(|(_, held)| **held);
        self.told
            .lock()
            .unwrap()
            .extend(holding.map(|(asked, _)| asked.id));
        Ok(held)
    }
    fn removed(&self) -> Result<Removed, String> {
        Ok(Removed::default())
    }
}

impl Case {
    /// Finds everything that is there now.
    fn finds(&self, archive: &Archive) -> BTreeMap<State, String> {
        let (snapshot, mut found) = (archive.snapshot(), BTreeMap::new());
        for document in archive.documents() {
            if let (Some(content), None) = (document.content, document.gone) {
                let text = snapshot.text(&document).unwrap();
                found.insert((document.id, content), text);
            }
        }
        self.holds.lock().unwrap().extend(found.keys());
        found
    }

    fn closes(&self) {
        self.holds.lock().unwrap().clear();
    }

    fn run(&self, archive: &Archive) -> Account {
        let mut request = archive.prepare();
        request.orders = Box::new(self.clone());
        archive.run_as(&request)
    }
}

/// Every state that was found can be found, with its text; nothing is there twice, and nothing else is marked.
fn holds(archive: &Archive, found: &BTreeMap<State, String>) {
    let (snapshot, documents) = (archive.snapshot(), archive.documents());
    let state = |document: &Document| {
        let known_as = document.earlier_of.unwrap_or(document.id);
        document.content.map(|content| (known_as, content))
    };
    let ids: BTreeSet<DocId> = documents.iter().map(|document| document.id).collect();
    assert_eq!(ids.len(), documents.len(), "{:?}", places(&documents));
    for (wanted, text) in found {
        let mut those = documents.iter().filter(|it| state(it) == Some(*wanted));
        let one = those.next().unwrap_or_else(|| panic!("{text} is gone"));
        assert_eq!(snapshot.text(one).unwrap(), *text);
        assert!(those.next().is_none(), "{} is there twice", one.place);
    }
    for one in &documents {
        assert!(
            one.parent.is_none_or(|parent| ids.contains(&parent)),
            "{}",
            one.place
        );
        let family = snapshot.family(one.family).unwrap();
        assert!(family.iter().any(|member| member.id == one.id) && family[0].parent.is_none());
        let within = family.iter().any(|inner| inner.parent == Some(one.id));
        let wanted = state(one).is_some_and(|state| found.contains_key(&state));
        assert!(
            one.gone.is_none() || wanted || within,
            "{} stays",
            one.place
        );
    }
}

pub fn what_a_case_found_stays_when_its_file_changes() {
    let (archive, case) = (Archive::with(&["nota.txt", "brief.txt"]), Case::default());
    case.run(&archive);
    let found = case.finds(&archive);
    archive.write("nota.txt", "Heel iets anders.");
    let account = case.run(&archive);
    assert_eq!(counts(&account), ([0, 1, 0, 1, 0, 0], 0));
    assert_eq!((account.verdwenen, account.documenten), (1, 3));
    holds(&archive, &found);
    let now = archive.document("nota.txt");
    assert_eq!(
        archive.snapshot().text(&now).unwrap().trim(),
        "Heel iets anders."
    );
    let earlier = archive
        .documents()
        .into_iter()
        .find(|it| it.earlier_of == Some(now.id));
    let earlier = earlier.unwrap();
    assert!(case.told.lock().unwrap().contains(&earlier.id));
    let lines = archive.lines(&account);
    assert_eq!(
        (lines.len(), lines[0].uitkomst),
        (1, Note::Verdwenen),
        "{lines:?}"
    );
    // The version in between was found by nobody.
    archive.write("nota.txt", "Weer iets anders.");
    case.run(&archive);
    assert_eq!(archive.documents().len(), 3);
    holds(&archive, &found);
    // It moves along, and goes when the file is as it was.
    archive.rename("nota.txt", "map/nota.txt");
    case.run(&archive);
    assert!(
        archive
            .places()
            .iter()
            .all(|place| !place.starts_with("nota"))
    );
    holds(&archive, &found);
    archive.write("map/nota.txt", "Dit is nota.txt.");
    case.run(&archive);
    assert_eq!(archive.places(), ["brief.txt", "map/nota.txt"]);
    // Changed again, and then the case is closed: it goes although nothing changed since.
    archive.write("map/nota.txt", "Nog eens anders.");
    assert_eq!(case.run(&archive).documenten, 3);
    case.closes();
    let account = case.run(&archive);
    assert_eq!((account.documenten, account.verdwenen), (2, 0));
    // A file of which something stays goes: all of it stays.
    let found = case.finds(&archive);
    archive.write("brief.txt", "Een andere brief.");
    case.run(&archive);
    std::fs::remove_file(archive.path("brief.txt")).unwrap();
    case.run(&archive);
    holds(&archive, &found);
    case.closes();
    assert_eq!(case.run(&archive).documenten, 1);
}

/// A zip with some of these members; what is in them, and which, is drawn.
fn drawn(number: &mut u64) -> Vec<u8> {
    let mut draw = |below: u64| {
        *number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (*number >> 33) % below
    };
    let mut some = |names: &[&'static str]| -> Vec<(&'static str, String)> {
        let mut drawn = Vec::new();
        for name in names {
            if draw(4) > 0 {
                drawn.push((*name, format!("{name} staat op {}.", draw(3))));
            }
        }
        drawn
    };
    let bytes = |members: Vec<(&'static str, String)>, inner: Option<Vec<u8>>| {
        let mut all: Vec<(&str, &[u8])> = Vec::new();
        all.extend(members.iter().map(|(name, text)| (*name, text.as_bytes())));
        all.extend(inner.as_deref().map(|inner| ("binnen.zip", inner)));
        zipped(&all)
    };
    let inner = bytes(some(&["x.txt", "y.txt"]), None);
    let outer = some(&["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]);
    bytes(outer, (draw(3) > 0).then_some(inner))
}

pub fn what_a_case_found_in_an_archive_stays_whatever_becomes_of_the_archive() {
    let mut number = 7;
    for members in [500, 2] {
        let (mut archive, case) = (Archive::new(), Case::default());
        archive.settings.family_members = members;
        let mut found = BTreeMap::new();
        for step in 0..24 {
            std::fs::write(archive.path("map.zip"), drawn(&mut number)).unwrap();
            case.run(&archive);
            holds(&archive, &found);
            match step % 8 {
                2 | 5 => found.extend(case.finds(&archive)),
                7 => {
                    case.closes();
                    found.clear();
                    let account = case.run(&archive);
                    assert_eq!(account.verdwenen, 0);
                    holds(&archive, &found);
                }
                _ => {}
            }
        }
    }
}

pub fn a_kill_in_the_middle_of_a_changed_archive_costs_a_case_nothing() {
    let mut number = 3;
    for kill_at in [4, 6, 8] {
        let (mut archive, case) = (Archive::new(), Case::default());
        archive.settings.family_members = 1;
        archive.settings.first_commit_seconds = 1;
        archive.settings.commit_seconds = 1;
        archive.together = false;
        std::fs::write(archive.path("map.zip"), drawn(&mut number)).unwrap();
        case.run(&archive);
        let found = case.finds(&archive);
        let names: Vec<String> = (0..8)
            .map(|at| format!("nieuw {kill_at} {at}.txt"))
            .collect();
        let mut members: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), name.as_bytes()))
            .collect();
        members.push(("a.txt", b"a.txt is nog eens anders."));
        archive.zip("map.zip", &members);
        archive.around = Arc::new(move |read| {
            if read == kill_at {
                // So long that what was written is committed.
                std::thread::sleep(Duration::from_millis(2_500));
                panic!("killed");
            }
        });
        let killed = catch_unwind(AssertUnwindSafe(|| case.run(&archive)));
        assert!(killed.is_err());
        holds(&archive, &found);
        let half = archive.documents();
        assert!(half.iter().any(|it| !it.complete), "{:?}", places(&half));
        archive.around = Arc::new(|_| {});
        archive.stop.store(false, Ordering::Relaxed);
        case.run(&archive);
        holds(&archive, &found);
        assert!(archive.documents().iter().all(|it| it.complete));
        case.closes();
        assert_eq!(case.run(&archive).documenten, 10);
    }
}
