//! What somebody who starts the program without a folder finds on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::sync::LazyLock;
use std::time::SystemTime;

use super::*;

/// Every file below `dir` by its relative path, with its bytes and modification time.
fn files(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let about = path.symlink_metadata().unwrap();
            if about.is_dir() {
                folders.push(path);
            } else if about.is_file() {
                let name = path.strip_prefix(dir).unwrap().to_path_buf();
                found.insert(name, (fs::read(&path).unwrap(), about.modified().unwrap()));
            }
        }
    }
    found
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("zv-demo-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// The archive, written in memory once for all tests.
static FILES: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| {
    let files = plan()
        .unwrap()
        .into_iter()
        .filter_map(|entry| match entry.content {
            Content::Bytes(bytes) => Some((entry.path, bytes)),
            #[cfg(unix)]
            Content::Link(_) => None,
        });
    files.collect()
});

fn bytes(path: &str) -> Vec<u8> {
    let found = FILES.get(Path::new(path));
    found
        .unwrap_or_else(|| panic!("{path} is not in the archive"))
        .clone()
}

#[test]
fn two_archives_are_the_same_to_the_byte_and_the_minute() {
    let dir = folder("twice");
    write(&dir.join("a")).unwrap();
    write(&dir.join("b")).unwrap();
    let (a, b) = (files(&dir.join("a")), files(&dir.join("b")));
    assert!(a.len() >= 60, "{} files", a.len());
    assert!(a == b);
    assert!(!dir.join("a.deel").exists());
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn an_archive_that_stands_is_left_alone() {
    let dir = folder("again");
    let demo = dir.join("demo");
    write(&demo).unwrap();
    fs::write(demo.join("Gedeeld/eigen notitie.txt"), "van de gebruiker").unwrap();
    fs::remove_file(demo.join("Gedeeld/Huisregels vergaderkamers.txt")).unwrap();
    let before = files(&demo);
    write(&demo).unwrap();
    assert!(files(&demo) == before);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_a_stop_halfway_left_is_replaced() {
    let dir = folder("halfway");
    fs::create_dir_all(dir.join("demo.deel/Gedeeld")).unwrap();
    fs::write(dir.join("demo.deel/Gedeeld/half.txt"), "half").unwrap();
    write(&dir.join("demo")).unwrap();
    assert!(!dir.join("demo/Gedeeld/half.txt").exists());
    assert!(
        dir.join("demo/Gedeeld/LEESMIJ indeling netwerkschijf.md")
            .exists()
    );
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn there_are_sixty_documents_in_twelve_formats() {
    let mut kinds = BTreeSet::new();
    for path in FILES.keys() {
        if let Some(kind) = path.extension().and_then(|kind| kind.to_str()) {
            kinds.insert(kind.to_owned());
        }
    }
    for kind in [
        "txt", "md", "csv", "html", "pdf", "doc", "docx", "xls", "xlsx", "pptx", "odt", "ods",
        "odp", "eml", "zip", "json", "xml", "rtf", "png",
    ] {
        assert!(kinds.contains(kind), "no {kind}");
    }
    let on_disk = |path: &str| !path.starts_with('@');
    let documents = texts::texts().filter(|text| on_disk(text.path)).count()
        + texts::MAILS
            .iter()
            .filter(|mail| on_disk(mail.path))
            .count();
    assert!(documents >= 60, "{documents}");
}

#[test]
fn every_path_and_every_message_id_is_there_once() {
    let plan = plan().unwrap();
    let paths: BTreeSet<_> = plan.iter().map(|entry| &entry.path).collect();
    assert_eq!(paths.len(), plan.len());
    let ids: BTreeSet<_> = texts::MAILS.iter().map(|mail| mail.id).collect();
    assert_eq!(ids.len(), texts::MAILS.len());
}

#[test]
fn dates_are_those_of_a_used_network_drive() {
    for entry in plan().unwrap() {
        let year = moment(entry.date).unwrap().year();
        assert!(
            (1993..=2024).contains(&year),
            "{:?}: {}",
            entry.path,
            entry.date
        );
    }
}

#[test]
fn a_mail_carries_a_word_file_and_a_pdf() {
    let mail = String::from_utf8(bytes(
        "Directie Inkoop/2020 Mondkapjes/Contract mondkapjes ter ondertekening.eml",
    ));
    let mail = mail.unwrap();
    assert!(mail.contains("filename=\"Inkoopovereenkomst mondkapjes.docx\""));
    assert!(mail.contains("filename=\"Offerte Blauwzand 2020-031.pdf\""));
}

#[test]
fn four_mails_are_one_conversation_and_one_mail_is_sent_on() {
    let thread: Vec<_> = texts::MAILS
        .iter()
        .filter(|mail| mail.subject.ends_with("Geluidsmetingen Lage Dijk"))
        .collect();
    assert_eq!(thread.len(), 4);
    for (at, mail) in thread.iter().enumerate() {
        let before: Vec<_> = thread.iter().take(at).map(|mail| mail.id).collect();
        assert_eq!(mail.answers, before);
    }
    let sent_on = String::from_utf8(bytes("Postbus/Verzonden/FW Aanbod Kiekendief.eml")).unwrap();
    assert!(sent_on.contains("Content-Type: message/rfc822"));
    assert!(sent_on.contains("Message-ID: <aanbod-1@kiekendief.example>"));
}

#[test]
fn a_zip_in_a_zip_has_documents_inside() {
    let outer = bytes("Export DMS/Export zaaksysteem 2023-02.zip");
    let mut outer = zip::ZipArchive::new(Cursor::new(outer)).unwrap();
    let mut inner = Vec::new();
    outer
        .by_name("zaken/Z-2021-000123.zip")
        .unwrap()
        .read_to_end(&mut inner)
        .unwrap();
    let inner = zip::ZipArchive::new(Cursor::new(inner)).unwrap();
    assert!(
        inner
            .file_names()
            .any(|name| name.is_ok_and(|name| name == "stukken/Memo keuze locatie windpark.docx"))
    );
}

#[test]
fn the_secret_files_need_a_password() {
    let secret = bytes("Directie Juridische Zaken/Adviezen/Vertrouwelijke bijlagen.zip");
    let mut secret = zip::ZipArchive::new(Cursor::new(secret)).unwrap();
    assert!(secret.by_index(0).is_err());
    let mut text = String::new();
    let name = "Vertrouwelijk/Namen gehoorde ouders.txt";
    secret
        .by_name_decrypt(name, b"waterveen")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("Ouder A"));
    let pdf = bytes("Directie Juridische Zaken/Adviezen/Advies advocaat (versleuteld).pdf");
    assert!(pdf.windows(8).any(|part| part == b"/Encrypt"));
}

#[test]
fn broken_and_empty_files_and_copies_are_there() {
    assert!(bytes("Gedeeld/Oud/Nieuw tekstdocument.txt").is_empty());
    let broken =
        bytes("Directie Bedrijfsvoering/Renovatie gemeentehuis/Bestek renovatie (beschadigd).docx");
    assert!(broken.starts_with(b"PK") && zip::ZipArchive::new(Cursor::new(broken)).is_err());
    let half = bytes("Gedeeld/Oud/Jaarverslag kinderopvangtoeslag afgebroken kopie.pdf");
    assert!(half.starts_with(b"%PDF") && !half.ends_with(b"%%EOF\n"));
    for (from, to) in special::COPIES {
        assert!(bytes(from) == bytes(to), "{to}");
    }
}

#[test]
fn two_versions_of_one_note_differ_a_little() {
    let folder =
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/04 Zienswijzen/Nota van zienswijzen";
    let words = |version: &str| {
        let path = format!("{folder} {version}.docx");
        let text = texts::texts().find(|text| text.path == path).unwrap();
        text.body.split_whitespace().collect::<BTreeSet<_>>()
    };
    let (first, second) = (words("v1"), words("v2"));
    let same = first.intersection(&second).count();
    assert!(
        first != second && same * 10 > first.len() * 8,
        "{same} of {}",
        first.len()
    );
}

#[test]
fn files_to_skip_and_names_with_diacritics_are_there() {
    assert!(
        bytes("Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Thumbs.db").len()
            > 1000
    );
    assert_eq!(
        bytes("Directie Inkoop/2020 Mondkapjes/~$lock.docx").len(),
        162
    );
    assert!(
        bytes("Gedeeld/Oud/Één café-overzicht, naïeve ramingen.txt").starts_with(&[0xff, 0xfe])
    );
    let windows = bytes("Gedeeld/Huisregels vergaderkamers.txt");
    assert!(std::str::from_utf8(&windows).is_err() && windows.contains(&0xe9));
}

#[cfg(unix)]
#[test]
fn a_symlink_and_a_name_that_is_not_utf_8_reach_the_disk() {
    let dir = folder("unix");
    let demo = dir.join("demo");
    write(&demo).unwrap();
    let link = fs::read_link(demo.join("Postbus/Windpark (snelkoppeling)")).unwrap();
    assert!(demo.join("Postbus").join(link).is_dir());
    assert!(files(&demo).keys().any(|path| path.to_str().is_none()));
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_pdf_breaks_words_at_line_ends_and_a_page_has_soft_hyphens() {
    let report = "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Akoestisch onderzoek windturbines.pdf";
    let mut text = Vec::new();
    let file = bytes(report);
    for (at, _) in file
        .windows(7)
        .enumerate()
        .filter(|(_, part)| part == b"stream\n")
    {
        let mut page = Vec::new();
        // Not every match begins a stream: "endstream" does too.
        let _ = flate2::read::ZlibDecoder::new(&file[at + 7..]).read_to_end(&mut page);
        text.extend(page);
    }
    assert!(text.windows(4).filter(|part| part == b"-) T").count() >= 3);
    let page =
        bytes("Sociaal Domein/Kinderopvangtoeslag/Subsidieregeling kinderopvang peuters.html");
    assert!(
        String::from_utf8(page)
            .unwrap()
            .contains("kinder\u{ad}opvang\u{ad}toeslag")
    );
}
