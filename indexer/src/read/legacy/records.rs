//! What the library keeps silent about, straight from the records of OLE files: hidden sheets of workbooks and
//! notes of slides. Never judges a file: what is damaged gives nothing.

use std::io::{self, Cursor, Read};

/// A stream of an OLE file, looked up by its names.
pub(super) fn stream(bytes: &[u8], names: &[&str]) -> io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let name = names.iter().find(|name| file.is_stream(name));
    let mut found = Vec::new();
    file.open_stream(name.ok_or(io::ErrorKind::NotFound)?)?
        .read_to_end(&mut found)?;
    Ok(found)
}

/// Which of the worksheets are hidden, in their order; the library keeps silent about it.
pub(super) fn hidden_sheets(bytes: &[u8]) -> Vec<bool> {
    const BOUND_SHEET: u16 = 0x85;
    const END: u16 = 0x0a;
    let book = stream(bytes, &["/Workbook", "/Book"]).unwrap_or_default();
    let mut hidden = Vec::new();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (u16_at(&book, at), u16_at(&book, at + 2)) {
        // Position of the sheet (4 bytes), visibility, kind: 0 is a worksheet.
        if let (BOUND_SHEET, Some([visibility, 0])) = (kind, book.get(at + 8..at + 10)) {
            hidden.push(visibility & 3 != 0);
        }
        if kind == END {
            break;
        }
        at += 4 + usize::from(length);
    }
    hidden
}

/// The texts on the notes pages of a presentation, in the order of the file.
pub(super) fn slide_notes(bytes: &[u8]) -> Vec<String> {
    const NOTES: u16 = 1008;
    const WIDE_TEXT: u16 = 4000;
    const NARROW_TEXT: u16 = 4008;
    const CONTAINER: u16 = 15;
    let file = stream(bytes, &["/PowerPoint Document"]).unwrap_or_default();
    let mut notes = Vec::new();
    let (mut at, mut notes_end) = (0, 0);
    while let (Some(version), Some(kind), Some(length)) = (
        u16_at(&file, at),
        u16_at(&file, at + 2),
        u32_at(&file, at + 4),
    ) {
        let start = at + 8;
        let end = start + length as usize;
        let container = version & CONTAINER == CONTAINER;
        if container && kind == NOTES {
            notes_end = end;
        }
        let text = file.get(start..end).filter(|_| at < notes_end);
        let encoding = match kind {
            WIDE_TEXT => Some(encoding_rs::UTF_16LE),
            NARROW_TEXT => Some(encoding_rs::WINDOWS_1252),
            _ => None,
        };
        if let (Some(text), Some(encoding)) = (text, encoding) {
            let text = encoding.decode_without_bom_handling(text).0;
            notes.push(text.replace(['\r', '\u{b}'], "\n"));
        }
        // Only notes pages are looked into.
        at = match container && at < notes_end {
            true => start,
            false => end,
        };
    }
    notes
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
