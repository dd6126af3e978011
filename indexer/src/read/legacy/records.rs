//! Streams of OLE files and the numbers in them, for what the library keeps silent about. Never judges a file: what
//! is damaged gives nothing.

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

/// A record of a workbook: what it is, what it holds, and where the next one begins.
pub(super) struct Biff<'b> {
    pub(super) kind: u16,
    pub(super) data: &'b [u8],
    pub(super) next: usize,
}

/// The record of a workbook that begins at `at`.
pub(super) fn biff(book: &[u8], at: usize) -> Option<Biff<'_>> {
    let (kind, size) = (u16_at(book, at)?, u16_at(book, at + 2)?);
    let next = at + 4 + usize::from(size);
    let data = book.get(at + 4..next)?;
    Some(Biff { kind, data, next })
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
