//! Index runs as a user notices them: a folder on disk, the real engine, real reader processes. This program
//! is also the reader process that it starts, which is why it has its own `main` and no libtest harness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archive;
mod exports;
mod held;
mod limits;
mod lists;
#[path = "../support/mailbox.rs"]
mod mailbox;
mod mailboxes;
mod moves;
mod rights;
mod rules;
mod samba;
mod sip;
mod sitemaps;
#[path = "../support/mod.rs"]
mod support;

use std::ffi::OsStr;
use std::fs::{self};
use std::io::{Read, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use zv_indexer::account::{Account, Note, Status};
use zv_indexer::original::{Container, OriginalError, open_original};
use zv_indexer::progress::{Phase, Progress};
use zv_indexer::run::RunRequest;
use zv_indexer::settings::FormatLimits;
use zv_indexer::worker::Reader;
use zv_shared::{ContentHash, Readability};

use archive::*;

fn main() -> ExitCode {
    if let Some(code) = zv_indexer::worker::take_over() {
        return code;
    }
    macro_rules! tests {
        ($($test:path),* $(,)?) => { &[$((stringify!($test), $test as fn())),*] };
    }
    let samba: &[(&str, fn())] = tests![rights::two_people_find_on_a_samba_share_what_they_may_see];
    let (samba, skipped) = match samba::no_samba() {
        None => (samba, Vec::new()),
        Some(why) => (
            &samba[..0],
            samba.iter().map(|(name, _)| (*name, why)).collect(),
        ),
    };
    let others: &[(&str, fn())] = tests![
        a_second_run_reads_nothing,
        exports::a_description_is_no_document_but_its_words_find_the_one_it_is_about,
        exports::another_description_changes_a_document_without_reading_it_again,
        exports::each_fault_of_an_export_in_mdto_is_named_in_every_run,
        exports::what_an_export_closes_is_closed_until_somebody_decides,
        exports::what_is_inside_a_closed_file_is_closed_too,
        exports::a_proefscan_counts_what_must_be_decided_about,
        sitemaps::sitemaps_name_what_is_public_and_are_no_documents,
        sip::what_does_not_fit_in_a_delivery_is_told_in_every_run,
        sip::a_sip_in_one_archive_is_read_with_its_descriptions,
        lists::a_list_gives_each_file_its_fields_and_the_account_names_what_does_not_fit,
        lists::a_list_that_cannot_be_read_ends_the_run_and_changes_nothing,
        lists::lists_of_excel_of_e_discovery_and_of_cmis_do_the_same,
        exports::a_description_waits_for_its_file_as_a_document,
        exports::exports_in_topx_opex_and_of_alfresco_give_their_fields,
        what_changed_is_read_and_what_is_gone_goes,
        held::what_a_case_found_stays_when_its_file_changes,
        held::what_a_case_found_in_an_archive_stays_whatever_becomes_of_the_archive,
        held::a_kill_in_the_middle_of_a_changed_archive_costs_a_case_nothing,
        moves::a_moved_file_is_not_read_again,
        moves::a_renamed_folder_is_not_read_again,
        moves::a_new_file_at_the_old_place_of_a_moved_one_is_another_document,
        moves::other_rights_alone_cost_no_reading,
        moves::two_files_that_change_places_keep_their_identity_by_place,
        moves::the_same_bytes_are_read_once,
        moves::a_moved_container_keeps_its_family,
        mailboxes::mails_read_together_are_the_same_documents,
        mailboxes::a_mail_that_ends_its_reader_costs_only_itself,
        mailboxes::the_bounds_of_a_family_hold_for_what_was_looked_at_ahead,
        rights::other_rights_are_written_and_nothing_is_read,
        rules::rules_decide_what_is_indexed_and_the_account_says_why,
        rules::a_file_that_is_too_large_is_left_out_by_name,
        rules::another_rule_for_custodians_holds_after_a_full_run,
        rules::a_full_run_finds_what_changed_behind_the_same_size_and_times,
        rules::what_could_not_be_read_is_tried_again_when_asked,
        mailboxes::the_originals_of_a_mailbox_cost_one_reading,
        a_large_family_arrives_whole,
        what_is_nested_too_deep_is_marked,
        many_missing_files_are_kept_until_confirmed,
        an_unplugged_drive_deletes_nothing,
        nothing_goes_below_a_folder_that_cannot_be_listed,
        strange_entries_have_their_outcome,
        a_file_that_becomes_a_link_leaves_the_index,
        limits::unreadable_files_are_documents_and_tried_again_under_other_limits,
        a_run_that_is_ended_keeps_what_it_had,
        a_file_that_keeps_changing_is_unreadable,
        a_file_that_changed_once_is_read_again,
        limits::a_format_has_limits_of_its_own_and_only_what_they_cut_is_read_again,
        limits::another_list_of_passwords_concerns_only_what_is_locked,
        the_original_of_a_child_can_be_had,
        a_second_run_at_the_same_time_is_refused,
        progress_can_be_followed,
    ];
    support::run_some(&[others, samba].concat(), &skipped)
}

fn a_second_run_reads_nothing() {
    let archive = Archive::with(&["a.txt", "map/b.txt", "map/diep/c.txt"]);
    let first = archive.run();
    assert_eq!(counts(&first), ([3, 0, 0, 0, 0, 0], 0));
    assert_eq!(
        (first.documenten, archive.reads(), first.status),
        (3, 3, Status::Voltooid)
    );
    let before = archive.documents();
    let second = archive.run();
    assert_eq!(counts(&second), ([0, 0, 0, 3, 0, 0], 0));
    assert_eq!((second.bytes, archive.reads(), second.run), (0, 0, 2));
    assert_eq!(archive.documents(), before);
    assert_eq!(
        archive.snapshot().text(&before[0]).unwrap().trim(),
        "Dit is a.txt."
    );
}

fn what_changed_is_read_and_what_is_gone_goes() {
    let archive = Archive::with(&["a.txt", "b.txt", "map/c.txt", "weg/d.txt"]);
    archive.run();
    let id = archive.document("a.txt").id;
    archive.write("a.txt", "Dit is nu heel anders.");
    archive.write("e.txt", "Dit is nieuw.");
    fs::remove_file(archive.path("b.txt")).unwrap();
    fs::remove_dir_all(archive.path("weg")).unwrap();
    let account = archive.run();
    assert_eq!(counts(&account), ([1, 1, 0, 1, 0, 0], 2));
    assert_eq!(archive.reads(), 2);
    assert_eq!(archive.places(), ["a.txt", "e.txt", "map/c.txt"]);
    let changed = archive.document("a.txt");
    assert_eq!(changed.id, id);
    assert!(
        archive
            .snapshot()
            .text(&changed)
            .unwrap()
            .contains("heel anders")
    );
    let gone: Vec<_> = archive
        .lines(&account)
        .into_iter()
        .map(|line| (line.pad, line.uitkomst))
        .collect();
    assert_eq!(
        gone,
        [
            ("b.txt".into(), Note::Verwijderd),
            ("weg/d.txt".into(), Note::Verwijderd)
        ]
    );
}

fn a_large_family_arrives_whole() {
    let mut archive = Archive::new();
    archive.settings.family_members = 4;
    let names: Vec<String> = (0..10).map(|n| format!("stuk{n}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), n.as_bytes())).collect();
    archive.zip("groot.zip", &members);
    let account = archive.run();
    assert_eq!((account.documenten, account.kinderen.gelezen), (11, 10));
    let documents = archive.documents();
    assert!(documents.iter().all(|document| document.complete));
    assert_eq!(
        documents.iter().map(|d| d.ordinal).collect::<Vec<_>>(),
        (0..11).collect::<Vec<_>>()
    );
    assert_eq!(archive.run().ongewijzigd, 1);
    assert_eq!(archive.reads(), 0);
    archive.zip("groot.zip", &members[..2]);
    assert_eq!(archive.run().documenten, 3);
}

fn what_is_nested_too_deep_is_marked() {
    let mut archive = Archive::new();
    archive.settings.children_depth = 2;
    let third = zipped(&[("te-diep.txt", b"x")]);
    let second = zipped(&[("c.zip", &third)]);
    archive.zip("a.zip", &[("b.zip", &second)]);
    let account = archive.run();
    assert_eq!(
        archive.places(),
        ["a.zip", "a.zip!/b.zip", "a.zip!/b.zip!/c.zip"]
    );
    let cut = archive.document("a.zip!/b.zip!/c.zip");
    assert_eq!(cut.readability, Readability::Gedeeltelijk);
    assert_eq!(
        cut.reason.as_deref(),
        Some("grens bereikt: meer dan 2 niveaus diep")
    );
    assert_eq!(archive.lines(&account)[0].uitkomst, Note::Gedeeltelijk);
    assert_eq!(archive.run().ongewijzigd, 1);
    archive.settings.children_depth = 3;
    archive.run();
    assert_eq!(archive.places().len(), 4, "tried again under another limit");
}

fn many_missing_files_are_kept_until_confirmed() {
    let mut archive = Archive::new();
    for n in 0..120 {
        archive.write(&format!("map{}/{n}.txt", n / 60), &format!("Stuk {n}"));
    }
    archive.run();
    fs::remove_dir_all(archive.path("map0")).unwrap();
    archive.write("nieuw.txt", "Dit komt er gewoon bij.");
    let account = archive.run();
    assert_eq!(counts(&account), ([1, 0, 0, 60, 0, 0], 0));
    assert_eq!(
        (account.ingehouden, account.exit_code(), account.documenten),
        (60, 3, 121)
    );
    assert!(account.waarschuwingen[0].contains("--bevestig-verwijderen"));
    let kept = archive.lines(&account);
    assert!(
        kept.len() == 60
            && kept
                .iter()
                .all(|line| line.uitkomst == Note::VerwijderingIngehouden)
    );
    archive.confirm = true;
    let account = archive.run();
    assert_eq!(
        (account.verwijderd, account.ingehouden, account.exit_code()),
        (60, 0, 0)
    );
    assert_eq!(account.documenten, 61);
    // Few of many are simply gone.
    archive.confirm = false;
    fs::remove_file(archive.path("map1/60.txt")).unwrap();
    assert_eq!(archive.run().verwijderd, 1);
}

fn an_unplugged_drive_deletes_nothing() {
    let archive = Archive::with(&["a.txt", "map/b.txt"]);
    archive.run();
    let away = archive.root.with_file_name("weg");
    fs::rename(&archive.root, &away).unwrap();
    let error = RunRequest::prepare(&archive.state, &archive.root, None).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("niet bereikbaar"), "{error}");
    // The mount point is there, the drive is not.
    fs::create_dir(&archive.root).unwrap();
    let account = archive.run();
    assert_eq!(
        (account.ingehouden, account.verwijderd, account.exit_code()),
        (2, 0, 3)
    );
    fs::remove_dir(&archive.root).unwrap();
    fs::rename(&away, &archive.root).unwrap();
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 2, 0, 0], 0));
}

/// Root reads everything; a thread without that power sees what a user sees.
fn as_a_user(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut mine = capabilities(None).unwrap();
            let power = CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
            mine.effective.remove(power);
            mine.permitted.remove(power);
            mine.inheritable.remove(power);
            set_capabilities(None, mine).unwrap();
            test();
        });
        thread.join().unwrap();
    });
}

fn nothing_goes_below_a_folder_that_cannot_be_listed() {
    as_a_user(|| {
        let archive = Archive::with(&["a.txt", "dicht/b.txt", "dicht/diep/c.txt", "geheim.txt"]);
        archive.run();
        let rights = |name: &str, mode| {
            fs::set_permissions(archive.path(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        rights("dicht", 0);
        rights("geheim.txt", 0);
        let account = archive.run();
        assert_eq!(counts(&account), ([0, 0, 0, 1, 1, 0], 0));
        assert_eq!(
            (
                account.onleesbare_mappen,
                account.documenten,
                account.exit_code()
            ),
            (1, 4, 0)
        );
        let lines = archive.lines(&account);
        assert_eq!(
            (lines[0].pad.as_str(), lines[0].uitkomst),
            ("dicht", Note::MapNietGelezen)
        );
        assert_eq!(lines[1].reden, "geen toegang (rechten)");
        // Again the same, and nothing is written for it.
        assert_eq!(counts(&archive.run()), ([0, 0, 0, 1, 1, 0], 0));
        // A folder whose names can be listed, but nothing more.
        rights("dicht", 0o400);
        let account = archive.run();
        assert_eq!((counts(&account).1, account.onleesbaar), (0, 2));
        rights("dicht", 0o700);
        rights("geheim.txt", 0o600);
        let account = archive.run();
        assert_eq!(
            (account.onleesbaar, account.verwijderd, account.documenten),
            (0, 0, 4)
        );
        assert_eq!(
            archive.document("geheim.txt").readability,
            Readability::Leesbaar
        );
    });
}

fn strange_entries_have_their_outcome() {
    let archive = Archive::with(&["a.txt", "~$a.docx", "map/Thumbs.db", "$RECYCLE.BIN/weg.txt"]);
    let name = OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(archive.root.join(name), "koffie").unwrap();
    symlink("a.txt", archive.path("link")).unwrap();
    symlink("..", archive.path("map/rond")).unwrap();
    let pipe = archive.path("pijp");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let account = archive.run();
    assert_eq!(counts(&account), ([2, 0, 0, 0, 0, 5], 0));
    let lines = archive.lines(&account);
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.pad.as_str(), line.reden.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("$RECYCLE.BIN", "map, regel: $RECYCLE.BIN"),
            ("link", "symbolische koppeling"),
            ("map/Thumbs.db", "regel: Thumbs.db"),
            ("map/rond", "symbolische koppeling"),
            ("pijp", "geen bestand maar een pijp (fifo)"),
            ("~$a.docx", "regel: ~$*"),
        ]
    );
    assert!(
        archive
            .documents()
            .iter()
            .any(|document| document.place.path == b"caf\xe9.txt")
    );
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 2, 0, 5], 0));
}

fn a_file_that_becomes_a_link_leaves_the_index() {
    let archive = Archive::with(&["a.txt", "b.txt", "c.txt"]);
    archive.run();
    fs::remove_file(archive.path("b.txt")).unwrap();
    symlink("a.txt", archive.path("b.txt")).unwrap();
    fs::remove_file(archive.path("c.txt")).unwrap();
    archive.write("c.txt/d.txt", "Nu een map.");
    let account = archive.run();
    assert_eq!(counts(&account), ([1, 0, 0, 1, 0, 1], 2));
    assert_eq!(archive.places(), ["a.txt", "c.txt/d.txt"]);
}

fn a_run_that_is_ended_keeps_what_it_had() {
    let mut archive = Archive::new();
    for n in 0..40 {
        archive.write(&format!("{n}.txt"), &format!("Stuk {n}"));
    }
    let stop = archive.stop.clone();
    archive.around = Arc::new(move |reads| stop.store(reads >= 10, Ordering::SeqCst));
    let account = archive.run();
    assert_eq!(
        (account.status, account.exit_code()),
        (Status::Afgebroken, 1)
    );
    assert_eq!(
        (account.nieuw, account.niet_bekeken, account.documenten),
        (10, 30, 10)
    );
    assert!(account.waarschuwingen.is_empty());
    assert_eq!(
        Progress::load(&archive.state).unwrap().fase,
        Phase::Afgebroken
    );
    archive.stop.store(false, Ordering::SeqCst);
    archive.around = Arc::new(|_| {});
    assert_eq!(counts(&archive.run()), ([30, 0, 0, 10, 0, 0], 0));
}

fn append(path: &Path) {
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b" en nog meer").unwrap();
}

fn a_file_that_keeps_changing_is_unreadable() {
    let mut archive = Archive::with(&["log.txt"]);
    let path = archive.path("log.txt");
    archive.around = Arc::new(move |_| append(&path));
    let account = archive.run();
    assert_eq!((account.onleesbaar, archive.reads()), (1, 2));
    assert_eq!(
        archive.lines(&account)[0].reden,
        "veranderde tijdens het lezen"
    );
    archive.around = Arc::new(|_| {});
    assert_eq!(counts(&archive.run()), ([0, 1, 0, 0, 0, 0], 0));
}

fn a_file_that_changed_once_is_read_again() {
    let mut archive = Archive::with(&["log.txt"]);
    let path = archive.path("log.txt");
    archive.around = Arc::new(move |reads| {
        if reads == 1 {
            append(&path);
        }
    });
    assert_eq!((archive.run().nieuw, archive.reads()), (1, 2));
    let document = archive.document("log.txt");
    assert!(
        archive
            .snapshot()
            .text(&document)
            .unwrap()
            .contains("en nog meer")
    );
    assert_eq!(archive.run().ongewijzigd, 1);
}

fn the_original_of_a_child_can_be_had() {
    let archive = Archive::with(&["a.txt"]);
    let inner = zipped(&[("map/diep.txt", b"Diep verstopt.")]);
    archive.zip("a.zip", &[("binnen.zip", &inner)]);
    archive.run();
    let mut reader = Reader::new(archive.prepare().reader_settings()).unwrap();
    let limits = archive.settings.limits();
    // As after a reader that made other bytes of the same container.
    let mut other = archive.document("a.zip!/binnen.zip!/map/diep.txt");
    other.content = Some(ContentHash([7; 32]));
    let mut container = Container::default();
    let differs =
        open_original(&archive.state, &other, &mut reader, &limits, &mut container).unwrap_err();
    assert!(differs.to_string().contains("zelf is niet gewijzigd"));
    let mut open = |place: &str| {
        let document = archive.document(place);
        let (state, of) = (&archive.state, &mut container);
        let mut original = open_original(state, &document, &mut reader, &limits, of)?;
        let mut text = String::new();
        original.file.read_to_string(&mut text).unwrap();
        assert_eq!(original.size, text.len() as u64);
        Ok::<_, OriginalError>((text, original.changed))
    };
    assert_eq!(open("a.txt").unwrap(), ("Dit is a.txt.".into(), false));
    let deep = "a.zip!/binnen.zip!/map/diep.txt";
    assert_eq!(open(deep).unwrap(), ("Diep verstopt.".into(), false));
    archive.write("a.txt", "Iets anders.");
    assert_eq!(open("a.txt").unwrap(), ("Iets anders.".into(), true));
    archive.zip(
        "a.zip",
        &[("binnen.zip", &zipped(&[("map/diep.txt", b"Anders.")]))],
    );
    assert!(matches!(open(deep), Err(OriginalError::Changed)));
    fs::remove_file(archive.path("a.txt")).unwrap();
    symlink("/etc/passwd", archive.path("a.txt")).unwrap();
    assert!(open("a.txt").is_err());
}

fn a_second_run_at_the_same_time_is_refused() {
    let archive = Archive::with(&["a.txt"]);
    let first = archive.prepare();
    let error = RunRequest::prepare(&archive.state, &archive.root, None).unwrap_err();
    assert_eq!(error.exit_code(), 5);
    assert!(
        error.to_string().contains(&std::process::id().to_string()),
        "{error}"
    );
    drop(first);
    assert_eq!(archive.run().nieuw, 1);
}

fn progress_can_be_followed() {
    let mut archive = Archive::with(&["map/a.txt", "map/b.txt"]);
    let (state, seen) = (archive.state.clone(), Arc::new(AtomicUsize::new(0)));
    let told = seen.clone();
    archive.around = Arc::new(move |_| {
        std::thread::sleep(std::time::Duration::from_millis(700));
        let progress = Progress::load(&state).unwrap();
        assert_eq!(
            (progress.fase, progress.pid),
            (Phase::Inlezen, std::process::id())
        );
        assert_eq!(progress.klaar, None);
        told.store(progress.gezien as usize, Ordering::SeqCst);
    });
    let account = archive.run();
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    let progress = Progress::load(&archive.state).unwrap();
    assert_eq!(
        (progress.fase, progress.documenten, progress.run),
        (Phase::Klaar, 2, account.run)
    );
    assert!(progress.klaar.is_some());
}
