//! Files that grow when they are read: a flat bomb, a bomb whose members share their bytes, a gz without end and
//! entities that name each other.

use crate::archive::zip;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::Write;

/// One member of so many zeros.
pub fn ratio(bytes: usize) -> Vec<u8> {
    zip(&[("nullen.txt", &vec![0; bytes])])
}

/// A gz of parts that go on and on, packed a thousand times smaller than what they give.
pub fn endless_gz(parts: usize) -> Vec<u8> {
    super::gz(&vec![b' '; 16 << 20]).repeat(parts)
}

/// Members that share one kernel, as David Fifield built them: every member begins with the header of the next one,
/// quoted in a block that is not packed, and goes on where that one goes on.
pub fn overlapping(members: usize, kernel: usize) -> Vec<u8> {
    let zeros = vec![0u8; kernel];
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&zeros).unwrap();
    let packed = packer.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(&zeros);
    // From the last member to the first: what is known of one is needed for the one before it.
    let mut sizes = (packed.len() as u32, kernel as u32);
    let mut headers = vec![header(members - 1, sizes, crc.sum())];
    for at in (0..members - 1).rev() {
        let next = headers.last().unwrap().local.clone();
        let mut quoted = Crc::new();
        quoted.update(&next);
        quoted.combine(&crc);
        crc = quoted;
        let length = next.len() as u32;
        sizes = (sizes.0 + 5 + length, sizes.1 + length);
        headers.push(header(at, sizes, crc.sum()));
    }
    headers.reverse();
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        directory.extend(header.central(file.len() as u32));
        file.extend(&header.local);
        if at + 1 < members {
            let length = headers[at + 1].local.len() as u16;
            file.push(0);
            file.extend(length.to_le_bytes());
            file.extend((!length).to_le_bytes());
        }
    }
    file.extend(packed);
    let start = file.len() as u32;
    let size = directory.len() as u32;
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([(members as u16).to_le_bytes(); 2].concat());
    file.extend(size.to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

struct Header {
    local: Vec<u8>,
    name: String,
}

impl Header {
    fn central(&self, at: u32) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\0".to_vec();
        // Everything from the version to the length of the name is as in the local header.
        bytes.extend(&self.local[4..28]);
        bytes.extend([0; 12]);
        bytes.extend(at.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }
}

fn header(number: usize, (packed, size): (u32, u32), crc: u32) -> Header {
    let name = format!("lid {number:04}.bin");
    let mut local = b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0".to_vec();
    for value in [crc, packed, size] {
        local.extend(value.to_le_bytes());
    }
    local.extend((name.len() as u16).to_le_bytes());
    local.extend([0, 0]);
    local.extend(name.as_bytes());
    Header { local, name }
}

/// Entities that each name the one before ten times, in every format that is XML: name and bytes.
pub fn laughs() -> Vec<(&'static str, Vec<u8>)> {
    let mut kind = "<!DOCTYPE r [<!ENTITY a0 \"haha\">".to_owned();
    for at in 1..12 {
        kind.push_str(&format!(
            "<!ENTITY a{at} \"{}\">",
            format!("&a{};", at - 1).repeat(10)
        ));
    }
    kind.push_str("]>");
    let with = |rest: &str| format!("<?xml version=\"1.0\"?>{kind}{rest}");
    let word = with(
        "<w:document><w:body><w:p><w:r><w:t>dijk &a11;</w:t></w:r></w:p></w:body></w:document>",
    );
    let open = with(
        "<office:document-content><office:body><office:text><text:p>dijk &a11;</text:p></office:text></office:body></office:document-content>",
    );
    let sheet = with(
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>dijk &a11;</t></is></c></row></sheetData></worksheet>",
    );
    vec![
        ("lach.xml", with("<r>dijk &a11;</r>").into_bytes()),
        ("lach.svg", with("<svg xmlns=\"http://www.w3.org/2000/svg\"><text>dijk &a11;</text></svg>").into_bytes()),
        ("lach.html", with("<html><body>dijk &a11;</body></html>").into_bytes()),
        ("lach.docx", zip(&[("word/document.xml", word.as_bytes())])),
        ("lach.odt", zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", open.as_bytes()),
        ])),
        ("lach.xlsx", zip(&[
            ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"r1\" Type=\"http://schemas/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])),
    ]
}
