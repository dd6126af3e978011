//! As a keeper of archives I move, edit and delete files, and sometimes the network drive is gone. The index follows
//! what I did, reads no more than it must, and never forgets documents because of a cable.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use zv_tests::archive::{mail, put, zip};
use zv_tests::program::{Program, adds_up, binary, number, text};

fn source(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for at in 0..count {
        put(
            folder.path(),
            &format!("map {}/stuk {at}.txt", at % 5),
            format!("Stuk {at} over de dijkverzwaring."),
        );
    }
    folder
}

#[test]
fn moved_edited_and_deleted_files_are_followed() {
    let program = Program::new();
    let source = source(40);
    let root = source.path();
    let pack = zip(&[
        ("a.txt", b"Eerste lid kwelder"),
        ("b.eml", &mail("b", "tweede lid", "over de kwelder", &[])),
    ]);
    put(root, "pak.zip", pack);
    program.index(root);
    let id_of = |path: &str| {
        let all = program.search_with("", &["--max", "1000"]);
        let hits = all["resultaten"].as_array().unwrap().clone();
        hits.iter()
            .find(|hit| text(hit, "pad") == path)
            .map(|hit| text(hit, "id"))
    };
    let moved = id_of("map 1/stuk 1.txt").unwrap();
    let inside = id_of("pak.zip!/a.txt").unwrap();
    let edited = id_of("map 2/stuk 2.txt").unwrap();

    fs::rename(root.join("map 1/stuk 1.txt"), root.join("stuk een.txt")).unwrap();
    fs::create_dir(root.join("elders")).unwrap();
    fs::rename(root.join("pak.zip"), root.join("elders/pakket.zip")).unwrap();
    put(
        root,
        "map 2/stuk 2.txt",
        "Nu over iets heel anders: zandsuppletie.",
    );
    fs::remove_file(root.join("map 3/stuk 3.txt")).unwrap();
    put(root, "nieuw.txt", "Een nieuw stuk over de dijkverzwaring.");

    let account = program.index(root);
    adds_up(&account, 41);
    let counts = [
        "nieuw",
        "gewijzigd",
        "verplaatst",
        "verwijderd",
        "ongewijzigd",
    ]
    .map(|field| number(&account, field));
    assert_eq!(counts, [1, 1, 2, 1, 37], "{account:#}");
    assert_eq!(
        id_of("stuk een.txt").unwrap(),
        moved,
        "a moved document keeps its id"
    );
    assert_eq!(
        id_of("elders/pakket.zip!/a.txt").unwrap(),
        inside,
        "also inside a moved zip"
    );
    assert_eq!(
        id_of("map 2/stuk 2.txt").unwrap(),
        edited,
        "an edited document keeps its id"
    );
    assert_eq!(program.paths("zandsuppletie"), ["map 2/stuk 2.txt"]);
    assert_eq!(program.total("\"stuk 3\""), 0);
    assert_eq!(program.total("\"stuk 1\""), 1, "the old place is gone");
    assert_eq!(program.total("kwelder"), 2);
}

#[test]
fn an_unplugged_share_deletes_nothing_until_it_is_confirmed() {
    let program = Program::new();
    let source = source(100);
    let root = source.path();
    program.index(root);

    // Most of the share is gone, as when a folder of it is not mounted.
    for map in 1..5 {
        fs::remove_dir_all(root.join(format!("map {map}"))).unwrap();
    }
    put(
        root,
        "map 0/nieuw.txt",
        "Dit stuk over de dijkverzwaring is nieuw.",
    );
    let account = program.index_with(root, &[]).code(3).json();
    assert_eq!(
        (number(&account, "verwijderd"), number(&account, "nieuw")),
        (0, 1),
        "{account:#}"
    );
    assert_eq!(
        program.total("dijkverzwaring"),
        101,
        "what is new is in, what vanished is kept"
    );
    program.index_with(root, &[]).code(3);

    let account = program
        .index_with(root, &["--bevestig-verwijderen"])
        .ok()
        .json();
    assert_eq!(number(&account, "verwijderd"), 80, "{account:#}");
    assert_eq!(program.total("dijkverzwaring"), 21);
    assert_eq!(number(&program.index(root), "verwijderd"), 0);
}

#[test]
fn a_missing_root_is_an_error_and_deletes_nothing() {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("schijf");
    put(&root, "een.txt", "Een stuk over de dijkverzwaring.");
    program.index(&root);
    fs::rename(&root, folder.path().join("los")).unwrap();
    let answer = program
        .index_with(&root, &["--bevestig-verwijderen"])
        .code(1);
    assert!(answer.err.contains("schijf"), "{}", answer.err);
    assert_eq!(program.total("dijkverzwaring"), 1);
}

#[test]
fn odd_names_links_and_loops_are_accounted_for() {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(
        root.join(OsStr::from_bytes(b"caf\xe9.txt")),
        "De dijkverzwaring in het cafe.",
    )
    .unwrap();
    fs::write(
        root.join("regel\neinde \u{1b}[31m.txt"),
        "De dijkverzwaring op twee regels.",
    )
    .unwrap();
    let deep = root.join("d/".repeat(300));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("diep.txt"), "De dijkverzwaring, heel diep.").unwrap();
    symlink(root, root.join("lus")).unwrap();
    symlink("nergens", root.join("kapot")).unwrap();
    symlink("/etc/passwd", root.join("wachtwoorden")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(root.join("pijp"))
            .status()
            .unwrap()
            .success()
    );

    let account = program.index_with(root, &["--onleesbaar"]).ok().json();
    adds_up(&account, 7);
    assert_eq!(number(&account, "nieuw"), 3, "{account:#}");
    assert_eq!(
        number(&account, "overgeslagen") + number(&account, "onleesbaar"),
        4,
        "{account:#}"
    );
    let found = program.search("dijkverzwaring");
    assert_eq!(number(&found, "totaal"), 3);
    let bytes = found["resultaten"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|hit| hit["pad_b64"].as_str());
    assert_eq!(bytes, Some("Y2Fm6S50eHQ="));
    assert_eq!(program.total("root"), 0, "nothing behind a link is read");

    let again = program.index(root);
    assert_eq!(
        (number(&again, "ongewijzigd"), number(&again, "verwijderd")),
        (3, 0),
        "{again:#}"
    );
}

#[test]
fn a_folder_without_permission_keeps_its_documents() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bron");
    let state = folder.path().join("staat");
    for at in 0..6 {
        put(
            &root,
            &format!("geheim/stuk {at}.txt"),
            format!("Geheim stuk {at} over de dijkverzwaring."),
        );
        put(
            &root,
            &format!("open/stuk {at}.txt"),
            format!("Open stuk {at} over de dijkverzwaring."),
        );
    }
    put(&root, "open/dicht.txt", "Dit bestand mag niemand lezen.");
    // Root may read everything, so a run by root is done as another user.
    let program = folder.path().join("zoekenvind");
    fs::copy(binary(), &program).unwrap();
    give_away(folder.path());
    let run = |arguments: &[&OsStr]| {
        let mut command = Command::new(&program);
        command
            .args(arguments)
            .env("ZOEKENVIND_STAAT", &state)
            .env("HOME", folder.path());
        if rustix::process::geteuid().is_root() {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {errors}"));
        (output.status.code(), value)
    };
    let index = ["index".as_ref(), root.as_os_str(), "--json".as_ref()];
    let (code, account): (_, serde_json::Value) = run(&index);
    assert_eq!(code, Some(0), "{account:#}");
    adds_up(&account, 13);

    close(&root.join("geheim"));
    close(&root.join("open/dicht.txt"));
    let (code, account) = run(&index);
    assert_eq!(code, Some(0), "{account:#}");
    adds_up(&account, 7);
    assert_eq!(number(&account, "verwijderd"), 0, "{account:#}");
    assert_eq!(
        number(&account, "ongewijzigd") + number(&account, "onleesbaar"),
        7,
        "{account:#}"
    );
    let (_, found) = run(&[
        "zoek".as_ref(),
        "dijkverzwaring".as_ref(),
        "--json".as_ref(),
    ]);
    assert_eq!(
        number(&found, "totaal"),
        12,
        "what lies in the closed folder is still known"
    );
    fs::set_permissions(root.join("geheim"), fs::Permissions::from_mode(0o755)).unwrap();
}

fn close(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
}

/// Makes a folder and all in it belong to nobody, when we may.
fn give_away(folder: &Path) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    std::os::unix::fs::chown(folder, Some(65534), Some(65534)).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => give_away(&path),
            false => std::os::unix::fs::chown(&path, Some(65534), Some(65534)).unwrap(),
        }
    }
}
