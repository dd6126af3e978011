//! What files are taken for, by their content.

use proptest::prelude::*;

use super::super::Outcome;
use super::super::testing::{input, read_bytes};
use super::*;

fn format(name: &str, bytes: &[u8]) -> String {
    recognise(&mut input(name, bytes)).expect("recognising")
}

#[test]
fn the_content_decides_and_not_the_name() {
    assert_eq!(format("brief.docx", b"%PDF-1.7\n1 0 obj"), "pdf");
    assert_eq!(
        format("x.pdf", b"junk junk\n%PDF-1.4\n1 0 obj\n<<>>"),
        "pdf"
    );
    assert_eq!(
        format("x.txt", b"Een bestand begint met %PDF-1.4, zegt de norm."),
        "txt"
    );
    assert_eq!(format("x.txt", b"\x89PNG\r\n\x1a\n...."), "png");
    assert_eq!(format("x", b"{\\rtf1\\ansi Tekst}"), "rtf");
    assert_eq!(format("x.doc", b"<html><body>"), "html");
    assert_eq!(format("leeg.docx", b""), "leeg");
    assert_eq!(
        format("x.txt", &[7u8, 0, 1, 2, 3, 0, 0xfe, 0xff, 9, 0, 0, 1]),
        "onbekend"
    );
    assert_eq!(
        format("x.bin", b"ID3\x03\0\0\0\0\0\x0fTIT2\0\0\0\x05\0\0\0abcd"),
        "mp3"
    );
}

#[test]
fn letters_that_are_also_a_signature_stay_text() {
    assert_eq!(
        format("x.txt", b"BM is de afkorting van bestuursmededeling."),
        "txt"
    );
    assert_eq!(format("x.txt", b"MZ 12: dossier"), "txt");
    assert_eq!(format("x.txt", b"PK en andere afkortingen"), "txt");
    assert_eq!(format("x.txt", b"<naam invullen> is gevraagd"), "txt");
    assert_eq!(format("x.txt", b"{dit is geen json}"), "txt");
    assert_eq!(
        format("x.txt", b"Onderwerp: gas\nDatum: vandaag\n\nTekst"),
        "txt"
    );
}

#[test]
fn markup_is_told_apart() {
    assert_eq!(
        format("x", b"\xef\xbb\xbf  <!-- x -->\n<!DOCTYPE HTML><p>"),
        "html"
    );
    assert_eq!(
        format("x", b"<?xml version='1.0'?><html xmlns='x'>"),
        "html"
    );
    assert_eq!(
        format("x", b"<?xml version='1.0'?>\n<wet><titel/></wet>"),
        "xml"
    );
    assert_eq!(
        format(
            "x",
            b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'b'><title>x</title>"
        ),
        "xml"
    );
    assert_eq!(
        format("x", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "svg"
    );
    assert_eq!(format("x", b"<wet>\n<titel/></wet>\n"), "xml");
    assert_eq!(format("x.md", b"<meta charset=utf-8>\n\n## Besluit"), "md");
    assert_eq!(
        format("x.txt", b"<p>Een <b>stuk</b> van een bladzijde"),
        "html"
    );
    assert_eq!(format("x.md", b"<!DOCTYPE html><title>x</title>"), "html");
    let utf16: Vec<u8> = "<html><body>é"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(format("x", &utf16), "html");
}

#[test]
fn mails_are_known_by_their_header() {
    assert_eq!(
        format(
            "x",
            b"Return-Path: <a@b.nl>\r\nReceived: from x\r\n\tby y\r\nSubject: z\r\n\r\nHallo"
        ),
        "eml"
    );
    assert_eq!(
        format(
            "x.txt",
            b"From: a@b.nl\nTo: c@d.nl\nSubject: gas\nDate: x\n\nHallo"
        ),
        "eml"
    );
    assert_eq!(format("x.eml", b"Subject: gas\n\nHallo"), "eml");
    // A page that was saved by name only.
    let page = b"From: a\nSubject: gas\nDate: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>";
    assert_eq!(format("x.mht", page), "mht");
    assert_eq!(format("x.html", page), "eml");
    assert_eq!(
        format(
            "x",
            b"From a@b.nl Mon Jan  4 10:11:12 2021\nFrom: a@b.nl\nSubject: x\n\nHallo"
        ),
        "mbox"
    );
    assert_eq!(
        format("x.txt", b"From here on it goes wrong 12:30\nand more"),
        "txt"
    );
}

#[test]
fn archives_and_images_of_disks_are_named_though_nobody_here_unpacks_them() {
    let at = |at: usize, mark: &[u8]| {
        let mut bytes = vec![1; 40_000];
        bytes[at..at + mark.len()].copy_from_slice(mark);
        bytes
    };
    for (bytes, expected, told) in [
        (at(20, b"\xdc\xa7\xc4\xfd"), "zoo", "Zoo"),
        (at(40_000 - 512, b"koly"), "dmg", "Apple"),
        (at(40_000 - 512, b"conectix"), "vhd", "virtuele computer"),
        (at(0, b"vhdxfile"), "vhdx", "virtuele computer"),
        (at(0, b"MSWIM\0\0\0"), "wim", "Windows"),
        (at(0, b"EVF\x09\x0d\x0a\xff\0"), "e01", "forensische"),
        (at(0, b"\x1a\0\0\x04\0\0"), "nsf", "Notes"),
        (
            at(0, b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f"),
            "dbx",
            "Outlook Express",
        ),
        (at(32_769, b"BEA01"), "udf", "UDF"),
    ] {
        let (format, _, outcome) = read_bytes("x", &bytes);
        assert_eq!(format, expected);
        let Outcome::Unreadable(reason) = outcome else {
            panic!("{format}: {outcome:?}");
        };
        assert!(reason.to_string().contains(told), "{reason}");
    }
    // What a text begins with is no archive.
    assert_eq!(
        format("x.txt", b"a -lh5- is een manier van inpakken."),
        "txt"
    );
}

#[test]
fn the_name_tells_kinds_of_text_apart() {
    for (name, expected) in [
        ("a.md", "md"),
        ("a.Markdown", "md"),
        ("a.csv", "csv"),
        ("a.tsv", "tsv"),
        ("a.log", "txt"),
        ("a", "txt"),
    ] {
        assert_eq!(format(name, b"een;twee\ndrie;vier\n"), expected, "{name}");
    }
    assert_eq!(format("a.txt", b" [1, {\"a\": null}] "), "json");
    let long = format!("[{}1]", "\"waarde\", ".repeat(20_000));
    assert_eq!(format("a", long.as_bytes()), "json");
}

proptest! {
    #[test]
    fn any_bytes_have_a_format_and_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in 0usize..9) {
        let magics: [&[u8]; 9] = [b"", b"PK\x03\x04", container::OLE, b"BM", b"<?xml ", b"From ", b"[", b"\xff\xfe", b"RIFF"];
        let mut all = magics[magic].to_vec();
        all.extend_from_slice(&bytes);
        read_bytes("x", &all);
    }
}
