//! Mailboxes in an index run: mails are read many in one conversation with a reader process, and nobody notices.

use std::fs::{self, File};
use std::io::Read as _;

use sha2::{Digest, Sha256};
use zv_indexer::account::Note;
use zv_indexer::original::{Container, open_original};
use zv_indexer::read::LimitSet;
use zv_indexer::run::ReadDocuments;
use zv_indexer::worker::{Reader, Reading, WorkerError};
use zv_shared::index::Snapshot;
use zv_shared::{Document, Readability};

use crate::archive::Archive;
use crate::mailbox::{KINDS, mailbox, mails};

/// All that the index knows of a document, but for the numbers it gives.
fn known(snapshot: &dyn Snapshot, document: &Document, all: &[Document]) -> String {
    let place = |id| all.iter().position(|other| other.id == id);
    let (family, parent) = (place(document.family), document.parent.and_then(place));
    let text = document
        .text
        .as_ref()
        .map(|_| snapshot.text(document).unwrap());
    let document = Document {
        id: all[0].id,
        family: all[0].id,
        parent: None,
        ..document.clone()
    };
    let relations = &document.relations;
    format!("{family:?} {parent:?} {document:?} {relations:?} {text:?}")
}

pub fn mails_read_together_are_the_same_documents() {
    for end in ["\n", "\r\n"] {
        let together = Archive::new();
        fs::write(
            together.path("postvak.mbox"),
            mailbox(&mails(12 * KINDS, end), end),
        )
        .unwrap();
        let mut alone = Archive::new();
        alone.root = together.root.clone();
        alone.together = false;
        let (one, other) = (together.run(), alone.run());
        assert_eq!(one.kinderen, other.kinderen);
        assert_eq!(one.documenten, 1 + 12 * (KINDS as u64 + 2 + 2 + 5));
        let (one, other) = (together.documents(), alone.documents());
        assert_eq!(one.len(), other.len());
        let snapshots = (together.snapshot(), alone.snapshot());
        for (these, those) in one.iter().zip(&other) {
            let these = known(&*snapshots.0, these, &one);
            assert_eq!(these, known(&*snapshots.1, those, &other));
        }
        assert_eq!(together.run().ongewijzigd, 1);
        assert_eq!(together.reads(), 0);
    }
}

pub fn a_mail_that_ends_its_reader_costs_only_itself() {
    let mut archive = Archive::new();
    archive.mock = true;
    let mut mails = mails(100, "\n");
    mails[37] = b"zv-proef crash\n".to_vec();
    mails[71] = b"zv-proef grow\n".to_vec();
    archive.settings.text_bytes = 3_000_000;
    fs::write(archive.path("postvak.mbox"), mailbox(&mails, "\n")).unwrap();
    let account = archive.run();
    assert_eq!(account.kinderen.onleesbaar, 1);
    assert_eq!(account.kinderen.gelezen + 2, account.documenten);
    let odd: Vec<_> = archive
        .lines(&account)
        .into_iter()
        .map(|line| (line.pad, line.uitkomst, line.reden))
        .collect();
    let expected = [
        (
            "bericht 38.eml",
            Note::Onleesbaar,
            "beschadigd: de lezer liep vast (signaal 6)",
        ),
        (
            "bericht 72.eml",
            Note::Gedeeltelijk,
            "grens bereikt: meer dan 3 MB tekst",
        ),
    ];
    let expected =
        expected.map(|(name, note, why)| (format!("postvak.mbox!/{name}"), note, why.to_owned()));
    assert_eq!(odd, expected);
    let snapshot = archive.snapshot();
    for number in (0..100).filter(|number| ![37, 71].contains(number) && number % KINDS != 7) {
        let place = format!("postvak.mbox!/bericht {}.eml", number + 1);
        let document = archive.document(&place);
        assert_eq!(document.readability, Readability::Leesbaar);
        assert!(
            snapshot
                .text(&document)
                .unwrap()
                .contains(&format!("dijkwoord{number}"))
        );
    }
}

pub fn the_bounds_of_a_family_hold_for_what_was_looked_at_ahead() {
    // Nine mails, and of what lies inside them only the first.
    for left in [0, 1, 2, 4, 8] {
        let told = [true, false].map(|together| {
            let mut archive = Archive::new();
            archive.together = together;
            archive.settings.children = KINDS as u32 + left;
            fs::write(
                archive.path("postvak.mbox"),
                mailbox(&mails(KINDS, "\n"), "\n"),
            )
            .unwrap();
            let account = archive.run();
            let documents = archive.documents();
            let documents = documents
                .into_iter()
                .map(|it| (it.place.to_string(), it.readability, it.reason, it.text));
            (account.kinderen, documents.collect::<Vec<_>>())
        });
        assert_eq!(told[0], told[1]);
        assert!(told[0].1.len() as u32 <= 1 + KINDS as u32 + left);
    }
}

/// Counts what it takes apart.
struct Counting(Reader, Vec<String>);

impl ReadDocuments for Counting {
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError> {
        self.1.push(name.to_owned());
        self.0.read(file, name, limits)
    }

    fn warning(&self) -> Option<&'static str> {
        None
    }
}

pub fn the_originals_of_a_mailbox_cost_one_reading() {
    let archive = Archive::new();
    let mailboxes = ["een.mbox", "twee.mbox"];
    for name in mailboxes {
        let mut mails = mails(3 * KINDS, "\n");
        mails.push(format!("From: a@b.nl\nSubject: alleen in {name}\n\nHier.\n").into_bytes());
        fs::write(archive.path(name), mailbox(&mails, "\n")).unwrap();
    }
    archive.run();
    let mut documents = archive.documents();
    documents.retain(|document| !document.place.inner.is_empty() && document.content.is_some());
    documents.sort_by_key(|document| (document.place.path.clone(), document.ordinal));
    let inside = documents
        .iter()
        .filter(|document| document.place.inner.len() > 1);
    assert!(documents.len() > 6 * KINDS && inside.count() > 0);
    let reader = Reader::new(archive.prepare().reader_settings()).unwrap();
    let (mut reader, mut container) = (Counting(reader, Vec::new()), Container::default());
    let limits = archive.settings.limits();
    let mut all = |documents: &[Document]| {
        for document in documents {
            let of = &mut container;
            let found = open_original(&archive.state, document, &mut reader, &limits, of);
            let (mut found, mut bytes) = (found.unwrap(), Vec::new());
            found.file.read_to_end(&mut bytes).unwrap();
            let hash: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(document.content.unwrap().0, hash, "{}", document.place);
        }
        let read = std::mem::take(&mut reader.1);
        let whole = |name: &&String| mailboxes.contains(&name.as_str());
        read.iter().filter(whole).count()
    };
    assert_eq!(all(&documents), 2);
    // In another order the bytes are the same, and it only takes longer.
    documents.sort_by_key(|document| document.id);
    assert!(all(&documents) > 2);
}
