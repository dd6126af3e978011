//! What a user of a document with other files in it notices: they come out with their names, each once, and what
//! cannot be had is told.

use std::io::{Cursor, Write};

use flate2::{Compression, write::ZlibEncoder};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::super::ole_info::testing::ole_file;
use super::super::package::testing::relations;
use super::super::testing::{Child, Collected, input, limits, read_bytes};
use super::super::{read, recognise};
use super::*;

/// A file as a program packs it with its label and the place it came from.
fn packed_native(label: &str, place: &str, file: &[u8]) -> Vec<u8> {
    let ansi = |text: &str| {
        let mut bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        bytes.push(0);
        bytes
    };
    let mut bytes = vec![2, 0];
    bytes.extend(ansi(label));
    bytes.extend(ansi(place));
    bytes.extend([0, 0, 3, 0, 4, 0, 0, 0]);
    bytes.extend(b"tmp\0");
    bytes.extend((file.len() as u32).to_le_bytes());
    bytes.extend(file);
    bytes
}

/// The stream around it, which begins with the size.
fn sized(native: &[u8]) -> Vec<u8> {
    let mut bytes = (native.len() as u32).to_le_bytes().to_vec();
    bytes.extend(native);
    bytes
}

/// An object with such a file in it.
fn object(label: &str, place: &str, file: &[u8]) -> Vec<u8> {
    let native = sized(&packed_native(label, place, file));
    ole_file(&[
        (NATIVE, &native),
        ("\u{1}CompObj", b"x"),
        ("\u{3}ObjInfo", b"x"),
    ])
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn brief(children: &[Child]) -> Vec<(&str, &[u8])> {
    let each = children.iter();
    each.map(|child| (child.name.as_str(), child.bytes.as_slice()))
        .collect()
}

/// A document of Word with two files, a picture, and more that points to the same.
fn docx() -> Vec<u8> {
    let film = relations(&[
        ("r1", "image", "media/a.png"),
        ("r2", "package", "embeddings/Begroting.xlsx"),
    ]);
    let main = relations(&[
        ("r1", "oleObject", "embeddings/oleObject1.bin"),
        ("r2", "header", "header1.xml"),
        ("r3", "package", "embeddings/Nota.docx"),
        ("r4", "oleObject", "embeddings/oleObject1.bin"),
        ("r5", "image", "media/a.png"),
        ("r6", "aFChunk", "stuk.html"),
    ]);
    zipped(&[
        ("word/document.xml", b"<w:p><w:t>hoofdtekst</w:t></w:p>"),
        ("word/_rels/document.xml.rels", main.as_bytes()),
        ("word/header1.xml", b"<w:p><w:t>kop</w:t></w:p>"),
        ("word/_rels/header1.xml.rels", film.as_bytes()),
        ("word/embeddings/Nota.docx", b"PK\x03\x04nota"),
        ("word/embeddings/Begroting.xlsx", b"PK\x03\x04begroting"),
        ("word/embeddings/los.pdf", b"%PDF-1.4 1 0 obj"),
        (
            "word/embeddings/oleObject1.bin",
            &object(
                "besluit café.pdf",
                "C:\\map\\besluit café.pdf",
                b"%PDF-1.4 x",
            ),
        ),
        ("word/media/a.png", b"\x89PNG"),
        ("word/stuk.html", b"<p>ingevoegd</p>"),
    ])
}

#[test]
fn files_in_a_word_document_come_out_once_in_order_and_pictures_stay() {
    let (format, out, outcome) = read_bytes("a.docx", &docx());
    assert_eq!((format.as_str(), outcome), ("docx", Outcome::Whole));
    assert_eq!(out.rest, "hoofdtekst\nkop\n");
    let expected: [(&str, &[u8]); 5] = [
        ("besluit café.pdf", b"%PDF-1.4 x"),
        ("Nota.docx", b"PK\x03\x04nota"),
        ("stuk.html", b"<p>ingevoegd</p>"),
        ("Begroting.xlsx", b"PK\x03\x04begroting"),
        ("los.pdf", b"%PDF-1.4 1 0 obj"),
    ];
    assert_eq!(brief(&out.children), expected);
    assert!(
        out.children
            .iter()
            .all(|child| child.ended && child.unreadable.is_none())
    );
}

#[test]
fn files_and_films_in_a_presentation_come_in_the_order_of_the_show() {
    let slides = relations(&[
        ("a", "slide", "slides/slide1.xml"),
        ("b", "slide", "slides/slide2.xml"),
    ]);
    let first = relations(&[
        ("v", "video", "../media/film.mp4"),
        ("m", "media", "../media/film.mp4"),
        ("s", "slide", "slide2.xml"),
    ]);
    let second = relations(&[
        ("o", "oleObject", "../embeddings/oleObject1.bin"),
        ("c", "chart", "../charts/c.xml"),
    ]);
    let chart = relations(&[("p", "package", "../embeddings/Blad.xlsx")]);
    let bytes = zipped(&[
        (
            "ppt/presentation.xml",
            br#"<p><p:sldId r:id="b"/><p:sldId r:id="a"/></p>"#,
        ),
        ("ppt/_rels/presentation.xml.rels", slides.as_bytes()),
        (
            "ppt/slides/slide1.xml",
            b"<p:sld><a:p><a:t>een</a:t></a:p></p:sld>",
        ),
        ("ppt/slides/_rels/slide1.xml.rels", first.as_bytes()),
        (
            "ppt/slides/slide2.xml",
            b"<p:sld><a:p><a:t>twee</a:t></a:p></p:sld>",
        ),
        ("ppt/slides/_rels/slide2.xml.rels", second.as_bytes()),
        ("ppt/charts/c.xml", b"<c:chart/>"),
        ("ppt/charts/_rels/c.xml.rels", chart.as_bytes()),
        ("ppt/embeddings/Blad.xlsx", b"PK\x03\x04blad"),
        (
            "ppt/embeddings/oleObject1.bin",
            &ole_file(&[("CONTENTS", b"%PDF-1.4 1 0 obj"), ("\u{1}Ole", b"x")]),
        ),
        ("ppt/media/film.mp4", b"film"),
    ]);
    let (format, out, outcome) = read_bytes("a.pptx", &bytes);
    assert_eq!((format.as_str(), outcome), ("pptx", Outcome::Whole));
    let names: Vec<&str> = out
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(names, ["oleObject1.pdf", "Blad.xlsx", "film.mp4"]);
}

#[test]
fn a_workbook_gives_old_documents_and_no_pictures_formulas_or_controls() {
    let sheet = relations(&[
        ("a", "oleObject", "../embeddings/oleObject1.bin"),
        ("b", "oleObject", "../embeddings/oleObject2.bin"),
        ("c", "oleObject", "../embeddings/oleObject3.bin"),
        ("d", "oleObject", "../embeddings/oleObject4.bin"),
    ]);
    let word = ole_file(&[
        ("WordDocument", b"x"),
        ("1Table", b"x"),
        ("\u{1}CompObj", b"x"),
    ]);
    let bytes = zipped(&[
        (
            "xl/workbook.xml",
            br#"<w><sheets><sheet name="Blad" r:id="s"/></sheets></w>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[("s", "worksheet", "worksheets/sheet1.xml")]).as_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", b"<worksheet/>"),
        ("xl/worksheets/_rels/sheet1.xml.rels", sheet.as_bytes()),
        (
            "xl/embeddings/oleObject1.bin",
            &ole_file(&[("\u{2}OlePres000", b"x"), ("\u{1}Ole", b"x")]),
        ),
        ("xl/embeddings/oleObject2.bin", &word),
        (
            "xl/embeddings/oleObject3.bin",
            &ole_file(&[("Equation Native", b"x"), ("\u{1}Ole", b"x")]),
        ),
        (
            "xl/embeddings/oleObject4.bin",
            &ole_file(&[("contents", b"x"), ("\u{3}OCXNAME", b"x")]),
        ),
    ]);
    let (format, out, outcome) = read_bytes("a.xlsx", &bytes);
    assert_eq!((format.as_str(), outcome), ("xlsx", Outcome::Whole));
    assert_eq!(brief(&out.children), [("oleObject2.doc", word.as_slice())]);
}

#[test]
fn a_file_that_is_missing_or_damaged_is_told_and_the_rest_comes() {
    let main = relations(&[
        ("a", "package", "embeddings/weg.docx"),
        ("b", "package", "embeddings/stuk.docx"),
        ("c", "package", "embeddings/goed.docx"),
    ]);
    let mark = b"ongeschonden inhoud van het stuk";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let members: [(&str, &[u8]); 4] = [
        ("word/document.xml", b"<w:p><w:t>tekst</w:t></w:p>"),
        ("word/_rels/document.xml.rels", main.as_bytes()),
        ("word/embeddings/stuk.docx", mark),
        ("word/embeddings/goed.docx", b"goed"),
    ];
    for (name, bytes) in members {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)
        .unwrap();
    bytes[at] ^= 1;
    let (_, out, outcome) = read_bytes("a.docx", &bytes);
    let Outcome::Partial(reason) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        reason.to_string(),
        "beschadigd: een ingesloten bestand is niet (helemaal) te lezen: weg.docx"
    );
    assert_eq!(out.rest, "tekst\n");
    let told: Vec<(&str, bool)> = out
        .children
        .iter()
        .map(|child| (child.name.as_str(), child.unreadable.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("weg.docx", true),
            ("stuk.docx", true),
            ("goed.docx", false)
        ]
    );
}

#[test]
fn more_files_than_the_limit_and_more_text_than_the_limit_are_told() {
    let tight = Limits {
        children: 2,
        ..limits()
    };
    let mut out = Collected::default();
    let outcome = read("docx", &mut input("a.docx", &docx()), &tight, &mut out);
    assert_eq!(
        outcome,
        Outcome::Partial(Reason::Limit("meer dan 2 ingesloten bestanden".into()))
    );
    assert_eq!(out.children.len(), 2);
    let mut out = Collected {
        stop_after: Some(3),
        ..Collected::default()
    };
    let outcome = read("docx", &mut input("a.docx", &docx()), &limits(), &mut out);
    assert_eq!(
        outcome,
        Outcome::Partial(Reason::Limit("te veel tekst".into()))
    );
    assert_eq!(out.children.len(), 5);
}

#[test]
fn the_name_is_the_label_or_else_that_of_the_file() {
    for (label, place, expected) in [
        ("nota.pdf", "C:\\oud\\nota-1.pdf", "nota.pdf"),
        ("Dubbelklik hier", "C:\\oud\\nota.pdf", "nota.pdf"),
        ("Dubbelklik hier", "", "Dubbelklik hier"),
        ("..\\..\\x.txt", "", "x.txt"),
    ] {
        let object = object(label, place, b"abc");
        let found = inside("object-1", &object).unwrap();
        assert_eq!(
            (found.name.as_str(), &*found.bytes),
            (expected, &b"abc"[..])
        );
    }
    // The names once more, with letters that Windows-1252 does not have.
    let mut native = packed_native("?.pdf", "C:\\?.pdf", b"abc");
    for name in ["tmp", "Łódź.pdf", "C:\\Łódź.pdf"] {
        let units: Vec<u16> = name.encode_utf16().collect();
        native.extend((units.len() as u32).to_le_bytes());
        native.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    }
    let object = ole_file(&[(NATIVE, &sized(&native))]);
    assert_eq!(inside("x", &object).unwrap().name, "Łódź.pdf");
}

#[test]
fn a_file_without_a_label_is_known_by_what_it_holds() {
    let object = ole_file(&[(NATIVE, &sized(b"{\\rtf1 tekst}"))]);
    let found = inside("object-1", &object).unwrap();
    assert_eq!(
        (found.name.as_str(), &*found.bytes),
        ("object-1.rtf", &b"{\\rtf1 tekst}"[..])
    );
}

#[test]
fn a_cut_file_says_so() {
    let mut native = packed_native("nota.pdf", "", b"0123456789");
    native.truncate(native.len() - 4);
    let object = ole_file(&[(NATIVE, &sized(&native))]);
    let found = inside("x", &object).unwrap();
    assert_eq!((&*found.bytes, found.is_cut), (&b"012345"[..], true));
    let mut out = Collected::default();
    let limits = limits();
    let mut embedded = Embedded::new(&limits);
    embedded.give("x.bin", object.as_slice(), &mut out).unwrap();
    let Outcome::Partial(reason) = embedded.finish(Outcome::Whole, Ok(())) else {
        panic!("not told")
    };
    assert!(reason.to_string().contains("nota.pdf"), "{reason}");
    assert!(out.children[0].unreadable.is_some());
}

/// A document of before 2007 with these streams added.
fn with(document: &[u8], streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = CompoundFile::open(Cursor::new(document.to_vec())).unwrap();
    for (name, bytes) in streams {
        let (folder, _) = name.rsplit_once('/').unwrap();
        file.create_storage_all(folder).unwrap();
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn objects_in_old_documents_and_workbooks_come_out_beside_the_text() {
    let native = sized(&packed_native("nota.txt", "", b"inhoud"));
    for (name, place, document) in [
        (
            "doc",
            "/ObjectPool/_100",
            &include_bytes!("../../../tests/fixtures/brug.doc")[..],
        ),
        (
            "xls",
            "/MBD0012",
            &include_bytes!("../../../tests/fixtures/kosten.xls")[..],
        ),
    ] {
        let (_, without, _) = read_bytes("x", document);
        let workbook = format!("{}1", place);
        let bytes = with(
            document,
            &[
                (&format!("{place}/{NATIVE}"), &native),
                (&format!("{place}/\u{3}ObjInfo"), b"x"),
                (&format!("{workbook}/Workbook"), b"boek"),
                (&format!("{workbook}2/\u{2}OlePres000"), b"beeld"),
            ],
        );
        let (format, out, outcome) = read_bytes("x", &bytes);
        assert_eq!((format.as_str(), outcome), (name, Outcome::Whole));
        assert_eq!(out.all_text(), without.all_text());
        assert_eq!(without.children, []);
        let names: Vec<&str> = out
            .children
            .iter()
            .map(|child| child.name.as_str())
            .collect();
        assert_eq!(names, ["nota.txt", "object-2.xls"]);
        assert_eq!(out.children[0].bytes, b"inhoud");
        assert!(out.children[1].bytes.starts_with(OLE));
    }
}

/// A record of a presentation.
fn record(instance: u16, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = (instance << 4).to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

/// A presentation with an object that is packed, one that is not, one that was thrown away, and macros.
fn ppt() -> Vec<u8> {
    let packed = |object: &[u8]| {
        let mut packer = ZlibEncoder::new(
            (object.len() as u32).to_le_bytes().to_vec(),
            Compression::default(),
        );
        packer.write_all(object).unwrap();
        packer.finish().unwrap()
    };
    let mut slides = Vec::new();
    let mut places = Vec::new();
    slides.extend(record(1, 4113, &packed(&object("weg.txt", "", b"weg"))));
    for (instance, object) in [
        (1, packed(&object("een.txt", "", b"een"))),
        (0, object("twee.txt", "", b"twee")),
        (
            1,
            packed(&ole_file(&[("VBA/dir", b"x"), ("PROJECT", b"x")])),
        ),
    ] {
        places.push(slides.len() as u32);
        slides.extend(record(instance, 4113, &object));
    }
    let list = slides.len() as u32;
    let mut numbers = vec![1 | 3 << 20];
    numbers.extend(places);
    let numbers: Vec<u8> = numbers.iter().flat_map(|n: &u32| n.to_le_bytes()).collect();
    slides.extend(record(0, 6002, &numbers));
    let edit = slides.len() as u32;
    let atom: Vec<u8> = [0, 0, 0, list, 9, 0, 0]
        .iter()
        .flat_map(|n: &u32| n.to_le_bytes())
        .collect();
    slides.extend(record(0, 4085, &atom));
    let mut user = vec![0; 16];
    user.extend(edit.to_le_bytes());
    user.resize(32, 0);
    ole_file(&[("PowerPoint Document", &slides), ("Current User", &user)])
}

#[test]
fn objects_in_an_old_presentation_are_unpacked() {
    let (format, out, outcome) = read_bytes("x.ppt", &ppt());
    assert_eq!(format, "ppt");
    // There are no slides in it.
    assert!(matches!(outcome, Outcome::Partial(_)), "{outcome:?}");
    let expected: [(&str, &[u8]); 2] = [("een.txt", b"een"), ("twee.txt", b"twee")];
    assert_eq!(brief(&out.children), expected);
}

/// An object as RTF spells it.
fn spelled_out(kind: u32, file: &[u8]) -> String {
    let mut bytes: Vec<u8> = [0x501, kind]
        .iter()
        .flat_map(|n: &u32| n.to_le_bytes())
        .collect();
    bytes.extend([8, 0, 0, 0]);
    bytes.extend(b"Package\0");
    bytes.extend([0; 8]);
    bytes.extend(sized(file));
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<String> = digits.chunks(32).map(|line| line.concat()).collect();
    format!(
        "{{\\object\\objemb{{\\*\\objclass Package}}{{\\*\\objdata {}}}{{\\result beeld}}}}",
        lines.join("\r\n")
    )
}

fn rtf() -> String {
    let objects = [
        spelled_out(2, &packed_native("nota.txt", "", b"inhoud")),
        spelled_out(2, &object("brief.txt", "", b"geachte")),
        spelled_out(1, b""),
        spelled_out(2, b"%PDF-1.4 1 0 obj"),
    ];
    format!(
        "{{\\rtf1 voor {} na{{\\*\\onbekend 00}}}}",
        objects.concat()
    )
}

#[test]
fn objects_in_rtf_come_out_and_the_text_around_them_stays() {
    let (format, out, outcome) = read_bytes("a.rtf", rtf().as_bytes());
    assert_eq!((format.as_str(), outcome), ("rtf", Outcome::Whole));
    assert_eq!(out.rest, "voor beeldbeeldbeeldbeeld na\n");
    let expected: [(&str, &[u8]); 3] = [
        ("nota.txt", b"inhoud"),
        ("brief.txt", b"geachte"),
        ("object-4.pdf", b"%PDF-1.4 1 0 obj"),
    ];
    assert_eq!(brief(&out.children), expected);
}

#[test]
fn objects_and_films_in_opendocument_come_out_and_its_own_objects_are_text() {
    let bytes = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"<c><text:p>tekst</text:p></c>"),
        ("Object 1/content.xml", b"<c><text:p>grafiek</text:p></c>"),
        ("Object 2", &object("nota.txt", "", b"inhoud")),
        ("ObjectReplacements/Object 2", b"beeld"),
        ("Media/film.mp4", b"film"),
        ("Obj100", &docx()),
        ("Pictures/a.png", b"\x89PNG"),
    ]);
    let (format, out, outcome) = read_bytes("a.odt", &bytes);
    assert_eq!((format.as_str(), outcome), ("odt", Outcome::Whole));
    assert_eq!(out.rest, "tekst\ngrafiek\n");
    let inner = docx();
    let expected: [(&str, &[u8]); 3] = [
        ("film.mp4", b"film"),
        ("Obj100.docx", &inner),
        ("nota.txt", b"inhoud"),
    ];
    assert_eq!(brief(&out.children), expected);
}

/// Reads it as whatever it is recognised as.
fn reads(name: &str, bytes: &[u8]) {
    let mut input = input(name, bytes);
    if let Ok(format) = recognise(&mut input) {
        read(&format, &mut input, &limits(), &mut Collected::default());
    }
}

proptest! {
    #[test]
    fn damage_never_panics(
        cut: prop::sample::Index,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        noise: Vec<u8>,
    ) {
        let native = packed_native("nota.pdf", "C:\\nota.pdf", b"inhoud van de nota");
        let damaged = |bytes: &[u8], read: &dyn Fn(&[u8])| {
            super::super::package::testing::survives_damage(bytes, cut, &flips, read);
            read(&noise);
        };
        damaged(&native, &|bytes| { native_of(bytes); });
        damaged(&object("nota.pdf", "", b"inhoud"), &|bytes| { inside("x", bytes); });
        damaged(&ppt(), &|bytes| reads("x.ppt", bytes));
        damaged(rtf().as_bytes(), &|bytes| reads("x.rtf", bytes));
        damaged(&docx(), &|bytes| reads("x.docx", bytes));
    }

    #[test]
    fn a_file_cut_anywhere_never_gains_bytes(cut in 0..100_usize) {
        let file = b"inhoud van de nota";
        let native = packed_native("nota.pdf", "C:\\nota.pdf", file);
        let cut = cut.min(native.len());
        if let Some(found) = packaged(&native[..cut]) {
            prop_assert!(file.starts_with(&found.bytes));
            prop_assert_eq!(found.is_cut, found.bytes.len() < file.len());
        }
    }
}

fn native_of(bytes: &[u8]) {
    native("x", bytes);
    packaged(bytes);
    spelled("x", bytes);
}
