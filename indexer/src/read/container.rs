//! Looks into the two containers that office documents live in, ZIP and OLE (compound file), to tell which
//! format they hold. Never unpacks more than a small part of a container, and never the documents in it.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::encoding::read_full;
use super::recognise::find;
use super::{Input, Source};

/// What an OLE file begins with.
pub(super) const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// An OLE container around an encrypted DOCX, XLSX or PPTX.
pub(super) const ENCRYPTED_OFFICE: &str = "office-versleuteld";
/// Content types and manifests of honest documents are far smaller.
const MOST_OF_MEMBER: u64 = 1 << 20;

/// Which format a ZIP file holds; `zip` when it is just an archive.
pub(super) fn zip_format(input: &Input, head: &[u8]) -> &'static str {
    if let Some(format) = stored_mimetype(head).and_then(by_mimetype) {
        return format;
    }
    match ZipArchive::new(&input.file) {
        Ok(mut archive) => archive_format(&mut archive),
        // Damaged or cut off: the names at the beginning are still there.
        Err(_) => by_names(local_names(head)),
    }
}

/// OpenDocument and EPUB put a member `mimetype` first and unpacked.
fn stored_mimetype(head: &[u8]) -> Option<&[u8]> {
    let size = usize::from(u16::from_le_bytes([*head.get(18)?, *head.get(19)?]));
    let extra = usize::from(u16::from_le_bytes([*head.get(28)?, *head.get(29)?]));
    let named = head.get(30..38)? == b"mimetype" && head.get(8..10)? == [0, 0];
    // The size may be told only behind the bytes: then the next signature ends them.
    let bytes = head.get(38 + extra..)?;
    let end = if size > 0 { size } else { find(bytes, b"PK")? };
    named.then(|| bytes.get(..end)).flatten()
}

fn by_mimetype(mimetype: &[u8]) -> Option<&'static str> {
    let mimetype = std::str::from_utf8(mimetype).ok()?.trim();
    if mimetype == "application/epub+zip" {
        return Some("epub");
    }
    // OpenOffice 1 had names of its own for much the same files.
    let kind = mimetype
        .strip_prefix("application/vnd.oasis.opendocument.")
        .or_else(|| mimetype.strip_prefix("application/vnd.sun.xml."))?;
    match kind.split(['-', '.']).next()? {
        "writer" => Some("odt"),
        "calc" => Some("ods"),
        "impress" => Some("odp"),
        "draw" => Some("odg"),
        "text" => Some("odt"),
        "spreadsheet" => Some("ods"),
        "presentation" => Some("odp"),
        "graphics" => Some("odg"),
        "chart" => Some("odc"),
        "formula" => Some("odf"),
        "base" => Some("odb"),
        _ => None,
    }
}

fn archive_format(archive: &mut ZipArchive<&Source>) -> &'static str {
    let small = |archive: &mut ZipArchive<&Source>, name: &str| -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        archive
            .by_name(name)
            .ok()?
            .take(MOST_OF_MEMBER)
            .read_to_end(&mut bytes)
            .ok()?;
        Some(bytes)
    };
    if let Some(types) = small(archive, "[Content_Types].xml")
        && let Some(format) = by_content_types(&types)
    {
        return format;
    }
    if let Some(mimetype) = small(archive, "mimetype")
        && let Some(format) = by_mimetype(&mimetype)
    {
        return format;
    }
    if let Some(manifest) = small(archive, "META-INF/manifest.xml")
        && let Some(format) = by_manifest(&manifest)
    {
        return format;
    }
    by_names(archive.file_names_raw())
}

/// The main part of an Office document, of whatever variant (macros, template, slide show).
fn by_content_types(types: &[u8]) -> Option<&'static str> {
    const MAIN: [(&[u8], &str); 9] = [
        (b"ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
        (b"wordprocessingml.document.main+xml", "docx"),
        (b"wordprocessingml.template.main+xml", "docx"),
        (b"ms-word.document.macroEnabled.main+xml", "docx"),
        (b"ms-word.template.macroEnabledTemplate.main+xml", "docx"),
        (b"spreadsheetml.sheet.main+xml", "xlsx"),
        (b"spreadsheetml.template.main+xml", "xlsx"),
        (b"ms-visio.drawing.main+xml", "vsdx"),
        (b"ms-visio.drawing.macroEnabled.main+xml", "vsdx"),
    ];
    if let Some((_, format)) = MAIN.iter().find(|(part, _)| find(types, part).is_some()) {
        return Some(format);
    }
    // The remaining variants (add-ins, slide shows) end alike.
    let types = String::from_utf8_lossy(types);
    let main = types
        .split("ContentType=")
        .filter(|part| part.contains("main+xml"))
        .collect::<String>();
    if main.contains("ms-excel.") {
        Some("xlsx")
    } else if main.contains("presentationml.") || main.contains("ms-powerpoint.") {
        Some("pptx")
    } else {
        None
    }
}

fn by_manifest(manifest: &[u8]) -> Option<&'static str> {
    let manifest = String::from_utf8_lossy(manifest);
    let at = manifest
        .find("application/vnd.oasis.opendocument.")
        .or_else(|| manifest.find("application/vnd.sun.xml."))?;
    let mimetype = manifest[at..].split(['"', '\'']).next()?;
    by_mimetype(mimetype.as_bytes())
}

fn by_names<'a>(names: impl Iterator<Item = &'a [u8]>) -> &'static str {
    for name in names {
        let format = match name {
            _ if name.starts_with(b"word/document") => "docx",
            _ if name.starts_with(b"xl/workbook.bin") => "xlsb",
            _ if name.starts_with(b"xl/workbook") => "xlsx",
            _ if name.starts_with(b"ppt/presentation") => "pptx",
            _ if name.starts_with(b"Index/Document.iwa") || name.starts_with(b"Index.zip") => {
                "iwork"
            }
            // The files of iWork of before 2013, in whatever order.
            b"index.apxl" | b"index.xml.gz" | b"buildVersionHistory.plist" => "iwork",
            _ => continue,
        };
        return format;
    }
    "zip"
}

/// The names in those local headers that lie in `head`.
fn local_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += find(head.get(at..)?, b"PK\x03\x04")?;
            let header = &head[at..];
            at += 4;
            let length = usize::from(u16::from_le_bytes([*header.get(26)?, *header.get(27)?]));
            if let Some(name) = header.get(30..30 + length) {
                return Some(name);
            }
        }
    })
}

/// Whether this Office document hides in an OLE container: only encrypted ones do.
pub(super) fn is_encrypted_office(input: &mut Input) -> bool {
    let mut start = [0; 8];
    let read = input
        .file
        .rewind()
        .and_then(|()| read_full(&mut input.file, &mut start));
    let back = input.file.rewind();
    read.is_ok() && back.is_ok() && start == OLE
}

/// Which format an OLE file holds, told by the streams in its root; `ole` when none is known.
pub(super) fn ole_format(input: &Input, head: &[u8]) -> &'static str {
    ole_by_names(&Directory::read(&input.file, head).unwrap_or_default())
}

/// Which format an OLE file holds with these names in its root.
pub(super) fn ole_by_names(names: &[String]) -> &'static str {
    let named = |wanted: &str| names.iter().any(|name| name == wanted);
    let formats = [
        ("EncryptedPackage", ENCRYPTED_OFFICE),
        ("__properties_version1.0", "msg"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
        ("PP97_DUALSTORAGE", "ppt"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("VisioDocument", "vsd"),
        ("Quill", "pub"),
        ("MatOST", "wps"),
        ("WksSSWorkBook", "wps"),
        ("Props", "mpp"),
        ("Props9", "mpp"),
        ("Props12", "mpp"),
        ("Props14", "mpp"),
        ("PerfectOffice_MAIN", "wpd"),
        ("BodyText", "hwp"),
        ("Catalog", "thumbs"),
    ];
    formats
        .iter()
        .find(|(stream, _)| named(stream))
        .map_or("ole", |(_, format)| format)
}

/// The directory of an OLE file ([MS-CFB] 2.6).
struct Directory {
    entries: Vec<u8>,
}

impl Directory {
    /// Size of an entry.
    const ENTRY: usize = 128;
    /// Sectors of directory that are looked at: the root's own entries come early.
    const MOST_SECTORS: usize = 4096;
    /// Sector numbers from here on have a special meaning.
    const SPECIAL: u32 = 0xffff_fffa;

    /// The names of the streams and storages in the root.
    fn read(mut file: &Source, head: &[u8]) -> io::Result<Vec<String>> {
        let shift = u16_at(head, 30)
            .filter(|shift| matches!(shift, 9 | 12))
            .ok_or(io::ErrorKind::InvalidData)?;
        let sector_size = 1usize << shift;
        let mut sector = |number: u32| -> io::Result<Vec<u8>> {
            file.seek(SeekFrom::Start((u64::from(number) + 1) << shift))?;
            let mut bytes = vec![0; sector_size];
            let filled = read_full(&mut file, &mut bytes)?;
            bytes.truncate(filled);
            Ok(bytes)
        };
        let mut directory = Self {
            entries: Vec::new(),
        };
        let mut number = u32_at(head, 48).unwrap_or(u32::MAX);
        let mut seen = HashSet::new();
        while number < Self::SPECIAL && seen.len() < Self::MOST_SECTORS && seen.insert(number) {
            directory.entries.extend(sector(number)?);
            // Which sector follows stands in the allocation table, whose first 109 sectors the header names.
            let per_sector = sector_size / 4;
            let table = number as usize / per_sector;
            let Some(table) = (table < 109)
                .then(|| u32_at(head, 76 + 4 * table))
                .flatten()
            else {
                break;
            };
            if table >= Self::SPECIAL {
                break;
            }
            number =
                u32_at(&sector(table)?, 4 * (number as usize % per_sector)).unwrap_or(u32::MAX);
        }
        Ok(directory.root_names())
    }

    /// Walks the tree of siblings below the root; what lies in storages (embedded objects) does not count.
    fn root_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        let mut open: Vec<u32> = self
            .entry(0)
            .and_then(|root| u32_at(root, 76))
            .into_iter()
            .collect();
        while let Some(number) = open.pop() {
            let Some(entry) = self.entry(number).filter(|_| seen.insert(number)) else {
                continue;
            };
            let length = usize::from(u16_at(entry, 64).unwrap_or(0)).clamp(2, 64) - 2;
            let units = entry[..length]
                .as_chunks()
                .0
                .iter()
                .map(|pair| u16::from_le_bytes(*pair));
            names.push(
                char::decode_utf16(units)
                    .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            );
            open.extend([u32_at(entry, 68), u32_at(entry, 72)].into_iter().flatten());
        }
        names
    }

    fn entry(&self, number: u32) -> Option<&[u8]> {
        let start = (number as usize).checked_mul(Self::ENTRY)?;
        self.entries.get(start..start.checked_add(Self::ENTRY)?)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::super::testing::{input, read_bytes};
    use super::super::{Outcome, Reason, recognise};
    use super::*;

    fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in members {
            let method = if *name == "mimetype" {
                zip::CompressionMethod::Stored
            } else {
                zip::CompressionMethod::Deflated
            };
            writer
                .start_file(
                    *name,
                    SimpleFileOptions::default().compression_method(method),
                )
                .expect("a member");
            writer.write_all(text.as_bytes()).expect("writing");
        }
        writer.finish().expect("finishing").into_inner()
    }

    /// An OLE file with these streams in its root, and a storage that holds a `WordDocument`.
    pub(crate) fn ole(streams: &[&str]) -> Vec<u8> {
        let entry = |name: &str, left: u32, right: u32, child: u32| {
            let mut bytes: Vec<u8> = name
                .encode_utf16()
                .chain([0])
                .flat_map(u16::to_le_bytes)
                .collect();
            let length = bytes.len() as u16;
            bytes.resize(64, 0);
            bytes.extend(length.to_le_bytes());
            bytes.extend([1, 0]);
            bytes.extend([left, right, child].into_iter().flat_map(u32::to_le_bytes));
            bytes.resize(128, 0);
            bytes
        };
        let mut entries = vec![
            entry("Root Entry", u32::MAX, u32::MAX, 2),
            entry("WordDocument", u32::MAX, u32::MAX, u32::MAX),
        ];
        entries.push(entry(
            "ObjectPool",
            u32::MAX,
            if streams.is_empty() { u32::MAX } else { 3 },
            1,
        ));
        for (i, name) in streams.iter().enumerate() {
            let next = if i + 1 < streams.len() {
                4 + i as u32
            } else {
                u32::MAX
            };
            entries.push(entry(name, u32::MAX, next, u32::MAX));
        }
        let sectors = entries.len().div_ceil(4) as u32;
        let mut file = OLE.to_vec();
        file.resize(30, 0);
        file.extend([9, 0]);
        file.resize(48, 0);
        file.extend(1u32.to_le_bytes());
        file.resize(76, 0);
        file.extend(0u32.to_le_bytes());
        file.resize(512, 0xff);
        let mut table = vec![0xffff_fffd_u32];
        table.extend((1..=sectors).map(|i| if i == sectors { 0xffff_fffe } else { i + 1 }));
        file.extend(table.into_iter().flat_map(u32::to_le_bytes));
        file.resize(1024, 0xff);
        file.extend(entries.concat());
        file.resize(1024 + 512 * sectors as usize, 0);
        file
    }

    fn format(name: &str, bytes: &[u8]) -> String {
        recognise(&mut input(name, bytes)).expect("recognising")
    }

    #[test]
    fn a_zip_is_named_by_what_it_holds() {
        let types = |main: &str| {
            zipped(&[(
                "[Content_Types].xml",
                &format!("<Types><Override ContentType=\"application/{main}\"/></Types>"),
            )])
        };
        for (main, expected) in [
            (
                "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                "docx",
            ),
            ("vnd.ms-word.template.macroEnabledTemplate.main+xml", "docx"),
            (
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                "xlsx",
            ),
            ("vnd.ms-excel.sheet.macroEnabled.main+xml", "xlsx"),
            ("vnd.ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
            (
                "vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
                "pptx",
            ),
            (
                "vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
                "pptx",
            ),
        ] {
            assert_eq!(format("x.zip", &types(main)), expected, "{main}");
        }
        let odf = |kind: &str| format!("application/vnd.oasis.opendocument.{kind}");
        assert_eq!(
            format(
                "x",
                &zipped(&[("mimetype", &odf("text")), ("content.xml", "")])
            ),
            "odt"
        );
        assert_eq!(
            format("x", &zipped(&[("mimetype", &odf("spreadsheet-template"))])),
            "ods"
        );
        assert_eq!(
            format("x", &zipped(&[("mimetype", "application/epub+zip")])),
            "epub"
        );
        let manifest = format!(
            "<manifest:file-entry manifest:media-type=\"{}\"/>",
            odf("presentation")
        );
        assert_eq!(
            format(
                "x",
                &zipped(&[("content.xml", ""), ("META-INF/manifest.xml", &manifest)])
            ),
            "odp"
        );
        assert_eq!(format("x.docx", &zipped(&[("brief.txt", "tekst")])), "zip");
        assert_eq!(format("x", &zipped(&[])), "zip");
    }

    #[test]
    fn a_zip_that_was_cut_off_keeps_its_name() {
        let whole = zipped(&[("_rels/.rels", "<a/>"), ("word/document.xml", "<b/>")]);
        let cut = whole.len() - 30;
        assert_eq!(format("x", &whole[..cut]), "docx");
    }

    #[test]
    fn an_ole_file_is_named_by_its_root_and_not_by_what_is_embedded() {
        for (stream, expected) in [
            ("Workbook", "xls"),
            ("Book", "xls"),
            ("WordDocument", "doc"),
            ("PowerPoint Document", "ppt"),
            ("__properties_version1.0", "msg"),
            ("iets anders", "ole"),
        ] {
            assert_eq!(
                format("x", &ole(&["a", "b", "c", stream])),
                expected,
                "{stream}"
            );
        }
        assert_eq!(format("x", OLE), "ole");
    }

    #[test]
    fn an_encrypted_office_document_says_so() {
        let bytes = ole(&["EncryptionInfo", "EncryptedPackage"]);
        for (name, expected) in [("a.xlsm", "xlsx"), ("a.pptx", "pptx"), ("a", "docx")] {
            let (format, _, outcome) = read_bytes(name, &bytes);
            assert_eq!(
                (format.as_str(), outcome),
                (expected, Outcome::Unreadable(Reason::Encrypted))
            );
        }
    }

    proptest! {
        #[test]
        fn damaged_containers_still_have_a_format(
            which in 0usize..2,
            damage in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..20),
            cut in any::<usize>(),
        ) {
            let mut bytes = match which {
                0 => ole(&["a", "Workbook"]),
                _ => zipped(&[("mimetype", "application/epub+zip"), ("a", "b")]),
            };
            for (at, byte) in damage {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            bytes.truncate(cut % bytes.len());
            format("x", &bytes);
        }
    }
}
