//! Whole runs over made archives, read in this process.

use super::mailboxes::{Expected, fill};
use crate::account::Account;
use crate::run::{RunRequest, run_with, spool};
use crate::source::{SourceRules, Sources};
use crate::worker::testing::InProcess;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use zv_shared::index::{
    Blobs, Collapse, Counts, EmbeddedReader, EmbeddedWriter, FacetField, Filters, Search, Snapshot,
    Sort, WriterSettings,
};
use zv_shared::{Document, Likeness, Public, Query};

struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Archive {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("archief")).unwrap();
        Archive { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("archief")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("staat")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self) -> Account {
        self.run_of("archief")
    }

    /// A run of the folder with this name, as the source with this name.
    fn run_of(&self, name: &str) -> Account {
        let root = self.folder.path().join(name);
        let mut request = RunRequest::prepare(&self.state(), &root, None).unwrap();
        request.without_ocr = true;
        let blobs = Blobs::open(&self.state().join("blobs")).unwrap();
        let settings = WriterSettings::default();
        let writer = EmbeddedWriter::open(&self.state().join("index"), blobs, settings).unwrap();
        let account = run_with(&request, &writer, &AtomicBool::new(false), &|| {
            Ok(Box::new(InProcess {
                spool: spool(&self.state()),
            }))
        });
        writer.finish().unwrap();
        account.unwrap()
    }

    fn snapshot(&self) -> Arc<dyn Snapshot> {
        let blobs = Blobs::open(&self.state().join("blobs")).unwrap();
        EmbeddedReader::new(&self.state().join("index"), blobs)
            .snapshot()
            .unwrap()
    }

    /// The document at this place.
    fn document(&self, place: &str) -> Document {
        let all = documents(self.snapshot().as_ref());
        let found = all.into_iter().find(|one| one.place.to_string() == place);
        found.unwrap_or_else(|| panic!("no {place}"))
    }
}

fn search(filters: Filters, collapse: Collapse) -> Search {
    Search {
        filters,
        collapse,
        ..Search::of(Query::All)
    }
}

fn documents(snapshot: &dyn Snapshot) -> Vec<Document> {
    let all = search(Filters::new(), Collapse::Geen);
    let page = snapshot.hits(&all, Sort::Pad, None, 1_000_000).unwrap();
    page.hits.into_iter().map(|hit| hit.document).collect()
}

fn counts(snapshot: &dyn Snapshot, collapse: Collapse) -> Counts {
    let mails = BTreeSet::from(["eml".to_owned(), "msg".to_owned()]);
    let filters = Filters::from([(FacetField::Formaat, mails)]);
    snapshot.count(&search(filters, collapse)).unwrap()
}

/// A set of mailboxes of 4,000 messages, or of as many as `ZOEKENVIND_BERICHTEN` says.
#[test]
fn threads_families_and_copies_of_mailboxes_are_counted_exactly() {
    let number = std::env::var("ZOEKENVIND_BERICHTEN");
    let number = number.map_or(4_000, |number| number.parse().unwrap());
    let archive = Archive::new();
    let expected = fill(&archive.root(), number, 11);
    let account = archive.run();
    assert_eq!(account.gezien, expected.files);
    assert_eq!(
        (account.onleesbaar, account.gedeeltelijk),
        (0, 0),
        "{account:?}"
    );
    let snapshot = archive.snapshot();
    let all = documents(snapshot.as_ref());
    let mails: Vec<&Document> = all
        .iter()
        .filter(|one| one.relations.mail.is_some())
        .collect();
    let threads: BTreeSet<_> = mails.iter().map(|mail| mail.relations.thread).collect();
    let ids: HashMap<_, &Document> = all.iter().map(|one| (one.id, one)).collect();
    let found = Expected {
        messages: mails.len() as u64,
        different: mails
            .iter()
            .map(|mail| mail.relations.same)
            .collect::<BTreeSet<_>>()
            .len() as u64,
        doubled: mails
            .iter()
            .filter(|mail| mail.relations.likeness == Likeness::Dubbel)
            .count() as u64,
        threads: threads.len() as u64,
        attachments: all
            .iter()
            .filter(|one| {
                one.parent
                    .and_then(|parent| ids.get(&parent))
                    .is_some_and(|parent| parent.relations.mail.is_some())
            })
            .count() as u64,
        inclusive: mails
            .iter()
            .filter(|mail| mail.relations.inclusive == Some(true))
            .count() as u64,
        files: all.iter().filter(|one| one.parent.is_none()).count() as u64,
    };
    println!("{found:?} in {:.1} s", account.seconden);
    assert_eq!(found, expected);
    // What is shown once agrees with it.
    let doubles = counts(snapshot.as_ref(), Collapse::Dubbel);
    assert_eq!(doubles.total, expected.messages);
    assert_eq!(doubles.total - doubles.hidden, expected.different);
    let once = counts(snapshot.as_ref(), Collapse::Draad);
    assert_eq!(once.total - once.hidden, expected.threads);
    // A second run finds nothing to do.
    let again = archive.run();
    assert_eq!(again.ongewijzigd, expected.files);
    assert_eq!(documents(archive.snapshot().as_ref()), all);
}

fn text_of(number: usize, words: usize) -> String {
    let words: Vec<String> = (0..words)
        .map(|i| format!("woord{}", number * 10_000 + i))
        .collect();
    words.join(" ")
}

#[test]
fn drafts_of_one_note_are_nearly_the_same_and_others_are_not() {
    let archive = Archive::new();
    let note = text_of(1, 300);
    archive.write("nota v1.txt", &note);
    archive.write("nota v2.txt", &note.replacen("woord10003 ", "anders ", 1));
    archive.write("map/nota v1 kopie.txt", &note);
    archive.write("iets anders.txt", &text_of(2, 300));
    archive.run();
    let relations = |place: &str| archive.document(place).relations;
    let (one, two, copy) = (
        relations("nota v1.txt"),
        relations("nota v2.txt"),
        relations("map/nota v1 kopie.txt"),
    );
    assert!(one.near.is_some() && one.near == two.near && two.near == copy.near);
    assert_eq!(
        [one.likeness, two.likeness, copy.likeness],
        [Likeness::Dubbel, Likeness::Bijna, Likeness::Dubbel]
    );
    let other = relations("iets anders.txt");
    assert_eq!((other.near, other.likeness), (None, Likeness::Uniek));
    // Without its copies the note is alone again.
    for name in ["nota v2.txt", "map/nota v1 kopie.txt"] {
        fs::remove_file(archive.root().join(name)).unwrap();
    }
    archive.run();
    let alone = archive.document("nota v1.txt").relations;
    assert_eq!((alone.near, alone.likeness), (None, Likeness::Uniek));
}

#[test]
fn one_conversation_from_two_phones_is_recognised() {
    let archive = Archive::new();
    let ios: String = (0..12)
        .map(|i| format!("[04/03/2021, 10:{i:02}:11] Jan de Wit: {}\n", text_of(i, 6)))
        .collect();
    // The other phone has its own names, no seconds, a clock that is a minute later, and began later.
    let android: String = (3..12)
        .map(|i| {
            format!(
                "04-03-2021 10:{:02} - Jan (werk): {}\n",
                i + 1,
                text_of(i, 6)
            )
        })
        .collect();
    let other: String = (0..12)
        .map(|i| {
            format!(
                "04-03-2021 10:{i:02} - Jan (werk): {}\n",
                text_of(50 + i, 6)
            )
        })
        .collect();
    archive.write("een/_chat.txt", &ios);
    archive.write("twee/WhatsApp-chat met Kade.txt", &android);
    archive.write("drie/WhatsApp-chat met Iets.txt", &other);
    archive.run();
    let chat = |place: &str| archive.document(place);
    let (one, two) = (
        chat("een/_chat.txt"),
        chat("twee/WhatsApp-chat met Kade.txt"),
    );
    assert_eq!(one.format, "whatsapp");
    assert!(one.relations.near.is_some() && one.relations.near == two.relations.near);
    assert_eq!(chat("drie/WhatsApp-chat met Iets.txt").relations.near, None);
    assert_eq!(one.people, ["Jan de Wit"]);
    assert_eq!(one.days.len(), 1);
}

#[test]
fn an_attachment_of_two_mails_is_found_in_both_families() {
    let archive = Archive::new();
    let mail = |id: &str| {
        format!(
            "From: a@b.nl\nTo: c@d.nl\nSubject: {id}\nDate: Thu, 4 Mar 2021 10:00:00 +0100\nMessage-ID: <{id}@b.nl>\n\
             Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nZie de bijlage.\n--x\n\
             Content-Disposition: attachment; filename=plan.txt\n\n{}\n--x--\n",
            text_of(7, 40)
        )
    };
    archive.write("postvakken/jan/een.eml", &mail("een"));
    archive.write("postvakken/fatima/twee.eml", &mail("twee"));
    archive.run();
    let (one, two) = (
        archive.document("postvakken/jan/een.eml!/plan.txt"),
        archive.document("postvakken/fatima/twee.eml!/plan.txt"),
    );
    assert_ne!(one.family, two.family);
    assert_eq!(one.text, two.text);
    assert_eq!(one.relations.likeness, Likeness::Dubbel);
    assert_eq!(one.custodian.as_deref(), Some("jan"));
    let alike = archive.snapshot().alike(&one.relations).unwrap();
    assert_eq!(alike.len(), 2);
    // The mails themselves are two: nobody sent the same twice.
    assert_ne!(
        archive.document("postvakken/jan/een.eml").relations.same,
        archive
            .document("postvakken/fatima/twee.eml")
            .relations
            .same
    );
}

fn published(archive: &Archive, place: &str) -> Option<(Public, String)> {
    let found = archive.document(place).relations.published;
    found.map(|published| (published.how, published.place))
}

#[test]
fn what_lies_in_a_public_source_is_public_elsewhere_too() {
    let archive = Archive::new();
    let words = |numbers: std::ops::Range<usize>| -> String {
        numbers.map(|number| format!("woord{number} ")).collect()
    };
    let site = archive.folder.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("besluit.txt"), words(0..400)).unwrap();
    fs::write(site.join("leeg.txt"), "").unwrap();
    archive.write("kopie.txt", &words(0..400));
    archive.write("bewerkt.txt", &words(40..440));
    // Like what was edited, but not like what is public: that would tell of the document between them.
    archive.write("verder.txt", &words(85..485));
    archive.write("anders.txt", &words(1000..1400));
    archive.write("niets.txt", "");
    archive.run();
    archive.run_of("site");
    assert_eq!(published(&archive, "kopie.txt"), None);

    let public = SourceRules {
        public: true,
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state(), "site", public).unwrap();
    let account = archive.run_of("site");
    assert_eq!(account.ongewijzigd, 2);
    let place = "site: besluit.txt".to_owned();
    let same = Some((Public::Gelijk, place.clone()));
    assert_eq!(published(&archive, "besluit.txt"), same);
    assert_eq!(published(&archive, "kopie.txt"), same);
    assert_eq!(
        published(&archive, "bewerkt.txt"),
        Some((Public::Bijna, place))
    );
    let near = archive.document("verder.txt").relations;
    assert_eq!(near.near, archive.document("kopie.txt").relations.near);
    for other in ["verder.txt", "anders.txt", "niets.txt", "leeg.txt"] {
        assert_eq!(published(&archive, other), None, "{other}");
    }

    // Counted and filtered, also by who sees only the archive: what is public is no secret.
    let scope = zv_shared::index::Scope::of(&["archief".to_owned()]);
    let snapshot = archive.snapshot().within(&scope).unwrap();
    let facets = snapshot
        .facets(
            &search(Filters::new(), Collapse::Geen),
            &[FacetField::Openbaar],
        )
        .unwrap();
    let values = facets.facets[0].values.iter();
    let values: Vec<(&str, u64)> = values.map(|one| (one.value.as_str(), one.count)).collect();
    assert_eq!(
        values,
        [("nee", 3), ("bijna gelijk", 1), ("dezelfde inhoud", 1)]
    );

    Sources::set_rules(&archive.state(), "site", SourceRules::default()).unwrap();
    archive.run_of("site");
    for name in ["besluit.txt", "kopie.txt", "bewerkt.txt"] {
        assert_eq!(published(&archive, name), None, "{name}");
    }
}
