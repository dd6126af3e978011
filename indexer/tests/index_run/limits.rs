//! What limits and lists of passwords do to an index run: only what they concern is read again.

use super::*;

pub fn unreadable_files_are_documents_and_tried_again_under_other_limits() {
    let mut archive = Archive::with(&["a.txt"]);
    archive.write("lang.txt", &"woord ".repeat(1000));
    fs::write(archive.path("vreemd.xyz"), [0, 1, 2, 3, 255, 0, 7]).unwrap();
    archive.settings.text_bytes = 600;
    let account = archive.run();
    assert_eq!(
        (counts(&account).0, account.gedeeltelijk),
        ([2, 0, 0, 0, 1, 0], 1)
    );
    let strange = archive.document("vreemd.xyz");
    assert_eq!(strange.readability, Readability::Onleesbaar);
    assert!(strange.reason.unwrap().starts_with("geen lezer"));
    let notes = |account: &Account| {
        let lines = archive.lines(account);
        lines
            .into_iter()
            .map(|line| (line.pad, line.uitkomst))
            .collect::<Vec<_>>()
    };
    let first = notes(&account);
    assert_eq!(
        first,
        [
            ("lang.txt".into(), Note::Gedeeltelijk),
            ("vreemd.xyz".into(), Note::Onleesbaar)
        ]
    );
    let again = archive.run();
    assert_eq!(
        (counts(&again).0, again.gedeeltelijk, archive.reads()),
        ([0, 0, 0, 2, 1, 0], 1, 0)
    );
    assert_eq!(notes(&again), first, "every account has the whole list");
    archive.rename("vreemd.xyz", "map/vreemd.xyz");
    let moved = archive.run();
    assert_eq!(
        (moved.onleesbaar, moved.verwijderd, archive.reads()),
        (1, 0, 0)
    );
    archive.settings.text_bytes = 1 << 20;
    let account = archive.run();
    assert_eq!(
        (counts(&account).0, account.gedeeltelijk),
        ([0, 0, 0, 2, 1, 0], 0)
    );
    assert_eq!(archive.reads(), 2);
}

pub fn a_format_has_limits_of_its_own_and_only_what_they_cut_is_read_again() {
    let mut archive = Archive::with(&["a.txt"]);
    let three: [(&str, &[u8]); 3] = [("een", b"een"), ("twee", b"twee"), ("drie", b"drie")];
    archive.zip("a.zip", &three);
    archive.zip("b.zip", &[("vier", b"vier")]);
    let own = |own: FormatLimits| [("zip".to_owned(), own)].into();
    archive.settings.per_format = own(FormatLimits {
        children: Some(2),
        ..FormatLimits::default()
    });
    let account = archive.run();
    assert_eq!((account.nieuw, account.gedeeltelijk), (3, 1));
    let zip = archive.document("a.zip");
    assert_eq!(
        zip.reason.as_deref(),
        Some("grens bereikt: meer dan 2 bestanden in dit archief")
    );
    let expected = zip
        .metadata
        .iter()
        .find(|(name, _)| name == "onderdelen verwacht");
    assert_eq!(expected.map(|(_, value)| value.as_str()), Some("3"));
    archive.settings.per_format = own(FormatLimits {
        children_depth: Some(0),
        ..FormatLimits::default()
    });
    let account = archive.run();
    assert_eq!((account.ongewijzigd, account.gedeeltelijk), (3, 1));
    assert_eq!(archive.reads(), 1, "only what was not whole is read again");
    assert_eq!(
        archive.document("a.zip").reason.as_deref(),
        Some("grens bereikt: meer dan 0 niveaus diep")
    );
    archive.settings.per_format.clear();
    let account = archive.run();
    assert_eq!((account.ongewijzigd, account.gedeeltelijk), (3, 0));
    assert_eq!(
        archive.reads(),
        2,
        "the archive and the member that was not read before"
    );
    archive.document("a.zip!/drie");
}

pub fn another_list_of_passwords_concerns_only_what_is_locked() {
    let archive = Archive::with(&["a.txt"]);
    fs::write(archive.path("vreemd.xyz"), [0, 1, 2, 3, 255, 0, 7]).unwrap();
    archive.zip("open.zip", &[("een", b"een")]);
    archive.locked_zip(
        "dicht.zip",
        "dijk 2019",
        &[("brief.txt", b"Over de verzakte dijk.")],
    );
    let account = archive.run();
    assert_eq!(
        (account.nieuw, account.onleesbaar, archive.reads()),
        (3, 1, 5)
    );
    let locked = archive.document("dicht.zip!/brief.txt");
    assert_eq!(
        locked.reason.as_deref(),
        Some("versleuteld: er is een wachtwoord nodig")
    );
    assert_eq!((archive.run().nieuw, archive.reads()), (0, 0));

    let list = archive.state.with_extension("lijst");
    fs::write(&list, "fout\n").unwrap();
    let inside = archive.path("lijst.txt");
    fs::write(&inside, "dijk 2019").unwrap();
    let prepare = |list: &Path| {
        RunRequest::prepare_with(&archive.state, &archive.root, None, Some(list)).map(drop)
    };
    let refused = prepare(&inside).unwrap_err().to_string();
    assert!(
        refused.contains("ligt in de map die wordt ingelezen"),
        "{refused}"
    );
    fs::remove_file(&inside).unwrap();
    prepare(&list).unwrap();
    archive.run();
    assert_eq!(archive.reads(), 1, "only what is locked is tried again");
    fs::write(&list, "fout\ndijk 2019\n").unwrap();
    let account = archive.run();
    assert_eq!((account.ongewijzigd, archive.reads()), (3, 2));
    let opened = archive.document("dicht.zip!/brief.txt");
    assert!(
        archive
            .snapshot()
            .text(&opened)
            .unwrap()
            .contains("verzakte dijk")
    );
    let zip = archive.document("dicht.zip");
    let told = zip.metadata.iter().find(|(name, _)| name == "versleuteld");
    assert_eq!(
        told.map(|(_, value)| value.as_str()),
        Some("geopend met een wachtwoord van de lijst")
    );
    for file in [
        "runs/000004.json",
        "runs/000004.uitkomsten.jsonl",
        "bronnen.json",
    ] {
        let text = fs::read_to_string(archive.state.join(file)).unwrap();
        assert!(!text.contains("dijk 2019"), "{file}");
    }
    // What was opened is whole: another list does not matter any more.
    fs::write(&list, "iets anders\n").unwrap();
    archive.run();
    assert_eq!(archive.reads(), 0);
}
