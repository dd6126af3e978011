//! The rules of one source, and runs that look harder than usual.

use super::{Archive, counts};
use std::fs;
use zv_indexer::account::Note;
use zv_indexer::source::{SourceRules, Sources};

fn set(archive: &Archive, rules: SourceRules) {
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
}

pub fn rules_decide_what_is_indexed_and_the_account_says_why() {
    let archive = Archive::with(&[
        "Wonen/a.txt",
        "Wonen/concept b.txt",
        "Wonen/Prive/c.txt",
        "Bouwen/d.txt",
    ]);
    archive.run();
    assert_eq!(archive.places().len(), 4);
    set(
        &archive,
        SourceRules {
            only: vec!["Wonen".into()],
            not: vec!["concept*".into(), "prive".into()],
            ..SourceRules::default()
        },
    );
    let account = archive.run();
    // What is no longer indexed goes, and nothing is silent.
    assert_eq!(archive.places(), ["Wonen/a.txt"]);
    assert_eq!((account.overgeslagen, account.verwijderd), (2, 3));
    let mut said: Vec<_> = archive
        .lines(&account)
        .into_iter()
        .filter(|line| line.uitkomst == Note::Overgeslagen)
        .map(|line| (line.pad, line.reden))
        .collect();
    said.sort();
    let expected = [
        (
            "Bouwen/d.txt",
            "regel: valt buiten wat van deze bron wordt ingelezen",
        ),
        ("Wonen/Prive", "map, regel: prive"),
        ("Wonen/concept b.txt", "regel: concept*"),
    ];
    assert_eq!(
        said,
        expected.map(|(path, why)| (path.to_owned(), why.to_owned()))
    );
}

pub fn a_file_that_is_too_large_is_left_out_by_name() {
    let archive = Archive::with(&["klein.txt"]);
    archive.write("groot.txt", &"woord ".repeat(1000));
    archive.run();
    set(
        &archive,
        SourceRules {
            largest: Some(1000),
            ..SourceRules::default()
        },
    );
    let account = archive.run();
    assert_eq!(archive.places(), ["klein.txt"]);
    let line = &archive.lines(&account)[0];
    assert_eq!(line.reden, "regel: groter dan 1000 bytes");
}

pub fn another_rule_for_custodians_holds_after_a_full_run() {
    let archive = Archive::with(&["Afdeling/J. Jansen/a.txt"]);
    archive.run();
    let custodian = || archive.document("Afdeling/J. Jansen/a.txt").custodian;
    assert_eq!(custodian(), None);
    set(
        &archive,
        SourceRules {
            custodian: Some("Afdeling/{houder}".into()),
            ..SourceRules::default()
        },
    );
    let mut request = archive.prepare();
    request.every_byte = true;
    let account = archive.run_as(&request);
    assert_eq!(counts(&account), ([0, 0, 0, 1, 0, 0], 0));
    assert_eq!(archive.reads(), 0, "the text was stored");
    assert_eq!(custodian().as_deref(), Some("J. Jansen"));
}

pub fn a_full_run_finds_what_changed_behind_the_same_size_and_times() {
    let archive = Archive::with(&["a.txt", "b.txt"]);
    archive.run();
    let path = archive.path("a.txt");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    archive.write("a.txt", "Dat is a.txt.");
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(before)
        .unwrap();
    // The change time gives it away on this disk; a share that does not keep one shows nothing.
    let mut request = archive.prepare();
    request.every_byte = true;
    let account = archive.run_as(&request);
    assert_eq!(counts(&account).0, [0, 1, 0, 1, 0, 0]);
    let document = archive.document("a.txt");
    let text = archive.snapshot().text(&document).unwrap();
    assert_eq!(text.trim(), "Dat is a.txt.");
}

pub fn what_could_not_be_read_is_tried_again_when_asked() {
    let archive = Archive::with(&["a.txt"]);
    fs::write(archive.path("stuk.pdf"), b"%PDF-1.7 niets").unwrap();
    let first = archive.run();
    assert_eq!(first.onleesbaar, 1);
    assert_eq!(archive.run().bytes, 0, "not tried again by itself");
    let mut request = archive.prepare();
    request.retry_unreadable = true;
    let again = archive.run_as(&request);
    assert_eq!(
        (again.onleesbaar, again.ongewijzigd, archive.reads()),
        (1, 1, 1)
    );
}
