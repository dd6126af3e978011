//! Files that were made to harm: bombs, labyrinths, loops and heaps of brackets. Made anew in every test, so that no
//! scanner finds a bomb in this repository. Never writes a file itself.

mod bombs;
mod loops;
mod quine;

pub use bombs::{endless_gz, laughs, overlapping, ratio};
pub use loops::{cyclic_pdfs, deep_pdfs};
pub use quine::quine;

use crate::archive::zip;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// A zip in a zip in a zip.
pub fn zips(levels: usize, core: &[u8]) -> Vec<u8> {
    (0..levels).fold(zip(&[("kern.txt", core)]), |inner, _| {
        zip(&[("laag.zip", &inner)])
    })
}

/// A mail sent on in a mail sent on in a mail, each in a multipart of its own.
pub fn mails(levels: usize, core: &str) -> Vec<u8> {
    let head = |at: usize| {
        format!(
            "From: a@waterveen.example\r\nTo: b@waterveen.example\r\nSubject: laag {at}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"g{at}\"\r\n\r\n--g{at}\r\n"
        )
    };
    let mut mail = String::new();
    for at in 0..levels {
        mail.push_str(&head(at));
        mail.push_str("Content-Type: message/rfc822\r\n\r\n");
    }
    mail.push_str("From: a@waterveen.example\r\nSubject: kern\r\n\r\n");
    mail.push_str(core);
    for at in (0..levels).rev() {
        mail.push_str(&format!("\r\n--g{at}--\r\n"));
    }
    mail.into_bytes()
}

/// Multiparts in multiparts, without a mail between them.
pub fn multiparts(levels: usize, core: &str) -> Vec<u8> {
    let mut mail = "From: a@waterveen.example\r\nTo: b@waterveen.example\r\nSubject: delen\r\nMIME-Version: 1.0\r\n"
        .to_owned();
    for at in 0..levels {
        mail.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"g{at}\"\r\n\r\n--g{at}\r\n"
        ));
    }
    mail.push_str("Content-Type: text/plain\r\n\r\n");
    mail.push_str(core);
    for at in (0..levels).rev() {
        mail.push_str(&format!("\r\n--g{at}--\r\n"));
    }
    mail.into_bytes()
}

/// A tar in a gz in a tar in a gz.
pub fn tarballs(levels: usize, core: &[u8]) -> Vec<u8> {
    (0..levels).fold(gz(&tar("kern.txt", core)), |inner, _| {
        gz(&tar("laag.tar.gz", &inner))
    })
}

/// These bytes, packed.
pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A tar with one member.
pub fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..108].copy_from_slice(b"0000644\0");
    head[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    head[136..148].copy_from_slice(b"00000000000\0");
    head[148..156].fill(b' ');
    head[156] = b'0';
    head[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head.extend(bytes);
    head.resize(head.len().next_multiple_of(512) + 1024, 0);
    head
}

/// Brackets in brackets in every format that has them: name and bytes. `levels` deep.
pub fn brackets(levels: usize) -> Vec<(&'static str, Vec<u8>)> {
    let many = |open: &str, core: &str, close: &str| {
        [open.repeat(levels), core.to_owned(), close.repeat(levels)].concat()
    };
    let xml = many("<a>", "kern", "</a>");
    let flat = "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        office:mimetype=\"application/vnd.oasis.opendocument.text\">";
    let word = many(
        "<w:tbl><w:tr><w:tc>",
        "<w:p><w:r><w:t>kern</w:t></w:r></w:p>",
        "</w:tc></w:tr></w:tbl>",
    );
    let word = format!("<w:document><w:body>{word}</w:body></w:document>");
    let sheet = many("<c><is>", "<t>kern</t>", "</is></c>");
    let text = many("<text:section>", "<text:p>kern</text:p>", "</text:section>");
    vec![
        ("haken.rtf", format!("{{\\rtf1\\ansi voor {}", many("{", "kern", "}}")).into_bytes()),
        ("open haken.rtf", format!("{{\\rtf1\\ansi voor {}", "{".repeat(levels)).into_bytes()),
        ("haken.json", many("[", "\"kern\"", "]").into_bytes()),
        ("open haken.json", "[".repeat(levels).into_bytes()),
        ("voorwerpen.json", many("{\"a\":", "\"kern\"", "}").into_bytes()),
        ("gesprek.json", format!("{{\"messages\":{}}}", many("[", "\"kern\"", "]")).into_bytes()),
        ("vakken.html", format!("<!doctype html><p>voor</p>{}", many("<div>", "kern", "</div>")).into_bytes()),
        ("tabellen.html", format!("<html><p>voor</p>{}", "<table><tr><td>".repeat(levels / 3)).into_bytes()),
        ("elementen.xml", format!("<?xml version=\"1.0\"?><r>voor{xml}</r>").into_bytes()),
        ("open elementen.xml", format!("<?xml version=\"1.0\"?><r>voor{}", "<a>".repeat(levels)).into_bytes()),
        ("groepen.svg", format!("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>", many("<g>", "<text>kern</text>", "</g>")).into_bytes()),
        ("platte.fodt", format!("{flat}<office:body><office:text>{text}</office:text></office:body></office:document>").into_bytes()),
        ("tabellen.docx", zip(&[("word/document.xml", word.as_bytes())])),
        ("cellen.xlsx", zip(&[
            ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"r1\" Type=\"http://schemas/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData><row>{sheet}</row></sheetData></worksheet>").as_bytes()),
        ])),
        ("delen.odt", zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", format!("<office:document-content><office:body><office:text>{text}</office:text></office:body></office:document-content>").as_bytes()),
        ])),
        ("commentaar.eml", format!("From: {}\r\nTo: a@b.nl\r\nSubject: haken\r\nMessage-ID: <1@x>\r\n\r\nkern\r\n", many("(", "a", ")")).into_bytes()),
    ]
}
