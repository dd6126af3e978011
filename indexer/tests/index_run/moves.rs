//! Moved, renamed, swapped and doubled files: what keeps its identity, and what is not read again.

use std::fs::{self};
use std::os::unix::fs::PermissionsExt;

use zv_shared::Document;

use super::archive::*;

pub fn a_moved_file_is_not_read_again() {
    let archive = Archive::with(&["oud.txt", "blijft.txt"]);
    archive.run();
    let before = archive.document("oud.txt");
    archive.rename("oud.txt", "map/nieuw.txt");
    let account = archive.run();
    assert_eq!(counts(&account), ([0, 0, 1, 1, 0, 0], 0));
    assert_eq!(archive.reads(), 0);
    let after = archive.document("map/nieuw.txt");
    assert_eq!((after.id, after.title.as_str()), (before.id, "nieuw"));
    assert_eq!(archive.places(), ["blijft.txt", "map/nieuw.txt"]);
    assert_eq!(
        archive.snapshot().text(&after).unwrap().trim(),
        "Dit is oud.txt."
    );
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 2, 0, 0], 0));
}

pub fn a_renamed_folder_is_not_read_again() {
    let archive = Archive::with(&["map/a.txt", "map/b.txt", "map/diep/c.txt", "d.txt"]);
    archive.run();
    archive.rename("map", "andere/map");
    let account = archive.run();
    assert_eq!(counts(&account), ([0, 0, 3, 1, 0, 0], 0));
    assert_eq!((archive.reads(), account.documenten), (0, 4));
}

pub fn a_new_file_at_the_old_place_of_a_moved_one_is_another_document() {
    let archive = Archive::with(&["a.txt"]);
    archive.run();
    archive.rename("a.txt", "b.txt");
    archive.run();
    archive.write("a.txt", "Dit is een ander stuk.");
    let account = archive.run();
    assert_eq!(counts(&account), ([1, 0, 0, 1, 0, 0], 0));
    assert_ne!(archive.document("a.txt").id, archive.document("b.txt").id);
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 2, 0, 0], 0));
}

pub fn other_rights_alone_cost_no_reading() {
    let archive = Archive::with(&["a.txt"]);
    archive.run();
    let before = archive.document("a.txt");
    fs::set_permissions(archive.path("a.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    let account = archive.run();
    assert_eq!(counts(&account), ([0, 0, 0, 1, 0, 0], 0));
    assert!(
        archive.reads() == 0 && account.bytes > 0,
        "hashed, not read"
    );
    let after = archive.document("a.txt");
    assert_ne!(after.fingerprint.ctime, before.fingerprint.ctime);
    assert_eq!(archive.run().bytes, 0);
}

pub fn two_files_that_change_places_keep_their_identity_by_place() {
    let archive = Archive::with(&["a.txt", "b.txt"]);
    archive.run();
    let ids = [archive.document("a.txt").id, archive.document("b.txt").id];
    archive.rename("a.txt", "tijdelijk");
    archive.rename("b.txt", "a.txt");
    archive.rename("tijdelijk", "b.txt");
    let account = archive.run();
    assert_eq!(counts(&account), ([0, 2, 0, 0, 0, 0], 0));
    assert_eq!(archive.reads(), 0, "both texts were stored");
    let a = archive.document("a.txt");
    assert_eq!([a.id, archive.document("b.txt").id], ids);
    assert_eq!(archive.snapshot().text(&a).unwrap().trim(), "Dit is b.txt.");
}

pub fn the_same_bytes_are_read_once() {
    let archive = Archive::new();
    for name in ["a.txt", "b.txt", "map/c.TXT"] {
        archive.write(name, "Overal hetzelfde.");
    }
    let account = archive.run();
    assert_eq!(
        (account.nieuw, account.documenten, archive.reads()),
        (3, 3, 1)
    );
    // A copy is not a move: the first one is still there.
    fs::copy(archive.path("a.txt"), archive.path("d.txt")).unwrap();
    assert_eq!(counts(&archive.run()), ([1, 0, 0, 3, 0, 0], 0));
}

pub fn a_moved_container_keeps_its_family() {
    let archive = Archive::new();
    let inner = zipped(&[("diep.txt", b"Diep verstopt."), ("diep2.txt", b"Ook diep.")]);
    archive.zip(
        "a.zip",
        &[
            ("een.txt", b"Eerste."),
            ("binnen.zip", &inner),
            ("kapot.pdf", b"%PDF-1.4 kapot"),
        ],
    );
    let account = archive.run();
    assert_eq!(
        (account.gezien, account.nieuw, account.documenten),
        (1, 1, 6)
    );
    assert_eq!(
        (account.kinderen.gelezen, account.kinderen.onleesbaar),
        (4, 1)
    );
    let before = archive.documents();
    assert_eq!(
        places(&before),
        [
            "a.zip",
            "a.zip!/een.txt",
            "a.zip!/binnen.zip",
            "a.zip!/binnen.zip!/diep.txt",
            "a.zip!/binnen.zip!/diep2.txt",
            "a.zip!/kapot.pdf"
        ]
    );
    assert!(
        before
            .iter()
            .all(|document| document.family == before[0].id && document.complete)
    );
    assert_eq!(before[3].parent, Some(before[2].id));
    let lines = archive.lines(&account);
    assert_eq!(
        (lines[0].pad.as_str(), lines[0].onderdeel),
        ("a.zip!/kapot.pdf", true)
    );
    archive.rename("a.zip", "map/b.zip");
    let account = archive.run();
    assert_eq!(
        (counts(&account), archive.reads()),
        (([0, 0, 1, 0, 0, 0], 0), 0)
    );
    let after = archive.documents();
    let ids = |documents: &[Document]| documents.iter().map(|d| d.id).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
    assert!(
        after
            .iter()
            .all(|document| document.place.path == b"map/b.zip")
    );
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 1, 0, 0], 0));
}
