//! Mends the table of sectors of an OLE file. It may have room for more sectors than there are, and that room must be
//! marked as free; some programs mark it as used, and the libraries then refuse the whole file. Never touches
//! anything else of a file.

use std::io::{self, Read, Seek, SeekFrom};

use super::Input;
use super::container::OLE;

/// Larger files are not taken into memory.
const MOST_BYTES: u64 = 256 << 20;
/// What stands for the last sector of a stream, and for no sector at all ([MS-CFB] 2.1).
const LAST: [u8; 4] = [0xfe, 0xff, 0xff, 0xff];
const FREE: [u8; 4] = [0xff; 4];
/// The head names the first sectors of the table, which are those of files up to 7 MB.
const NAMED: std::ops::Range<usize> = 76..512;

/// The bytes of an OLE file with its table mended; none for what needs no mending.
pub(super) fn mended(input: &mut Input) -> Option<Vec<u8>> {
    let wrong = wrong_entries(input).unwrap_or_default();
    if wrong.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    input.file.rewind().ok()?;
    (&mut input.file)
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .ok()?;
    input.file.rewind().ok()?;
    for at in wrong {
        bytes.get_mut(at..at + FREE.len())?.copy_from_slice(&FREE);
    }
    Some(bytes)
}

/// Where entries stand of sectors that are not there, marked as the last of a stream. Leaves the file at its start.
fn wrong_entries(input: &mut Input) -> io::Result<Vec<usize>> {
    let mut head = [0; NAMED.end];
    let mut wrong = Vec::new();
    input.file.rewind()?;
    let read = input.file.read_exact(&mut head);
    let shift = u16::from_le_bytes([head[30], head[31]]);
    if read.is_ok() && head.starts_with(OLE) && matches!(shift, 9 | 12) && input.size <= MOST_BYTES
    {
        let size = 1usize << shift;
        let sectors = (input.size as usize).div_ceil(size) - 1;
        let entries = size / FREE.len();
        let mut table = vec![0; size];
        let parts = head[NAMED].chunks_exact(FREE.len()).enumerate();
        for (part, sector) in parts.skip(sectors / entries) {
            let sector = u32::from_le_bytes([sector[0], sector[1], sector[2], sector[3]]);
            let at = (sector as usize).saturating_add(1).saturating_mul(size);
            if at.saturating_add(size) > input.size as usize {
                break;
            }
            input.file.seek(SeekFrom::Start(at as u64))?;
            input.file.read_exact(&mut table)?;
            let marks = table.chunks_exact(FREE.len()).enumerate();
            let beyond =
                marks.filter(|(entry, mark)| part * entries + entry >= sectors && *mark == LAST);
            wrong.extend(beyond.map(|(entry, _)| at + entry * FREE.len()));
        }
    }
    input.file.rewind()?;
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{input, read_bytes};
    use super::super::{Outcome, key};
    use super::*;

    const XLS: &[u8] = include_bytes!("../../tests/fixtures/kosten.xls");

    /// The workbook as a program leaves it that marks the rest of the table as used.
    fn marked_as_used() -> Vec<u8> {
        let mut bytes = XLS.to_vec();
        let table = (u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize + 1) * 512;
        let sectors = bytes.len() / 512 - 1;
        for entry in sectors..128 {
            bytes[table + entry * 4..][..4].copy_from_slice(&LAST);
        }
        bytes
    }

    #[test]
    fn a_workbook_with_its_free_sectors_marked_as_used_is_read_whole() {
        let wrong = marked_as_used();
        assert!(cfb::CompoundFile::open(io::Cursor::new(&wrong)).is_err());
        let (format, out, outcome) = read_bytes("a.xls", &wrong);
        assert_eq!((format.as_str(), outcome), ("xls", Outcome::Whole));
        assert_eq!(out.all_text(), read_bytes("a.xls", XLS).1.all_text());
        assert_eq!(out.values(key::TITLE), ["Kosten van de brug"]);
    }

    #[test]
    fn what_is_right_or_cut_is_left_alone() {
        assert_eq!(mended(&mut input("a.xls", XLS)), None);
        for cut in 0..XLS.len() {
            mended(&mut input("a.xls", &marked_as_used()[..cut]));
        }
    }
}
