//! What stands before a member of an LHA archive, in its four forms. Never unpacks.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use super::lzh::Packing;
use super::{Entry, File, How, Sum, bytes, damaged, long, short};

/// All that stands before a member is shorter.
const LONGEST: u64 = 1 << 20;

/// The next member.
pub(super) fn next(file: &mut File<'_>) -> io::Result<Option<Entry>> {
    // An archive ends in a zero, or just ends.
    if matches!(file.fill_buf()?.first(), None | Some(0)) {
        return Ok(None);
    }
    let start = file.stream_position()?;
    let head: [u8; 24] = bytes(file)?;
    file.seek(SeekFrom::Start(start))?;
    match head[20] {
        0 | 1 => old(file, start, &head),
        2 => new(file, start, &head, u64::from(short(&head, 0)?), 2),
        3 => {
            let head: [u8; 28] = bytes(file)?;
            file.seek(SeekFrom::Start(start))?;
            new(file, start, &head, u64::from(long(&head, 24)?), 4)
        }
        _ => Err(damaged()),
    }
    .map(Some)
}

/// Forms 0 and 1: a length of one byte, a checksum, and the name behind the moment.
fn old(file: &mut File<'_>, start: u64, head: &[u8]) -> io::Result<Entry> {
    let mut all = vec![0; usize::from(head[0]) + 2];
    file.read_exact(&mut all)?;
    let sum = all[2..]
        .iter()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if sum != head[1] {
        return Err(damaged());
    }
    let name_end = 22 + usize::from(head[21]);
    let mut entry = Entry {
        name: all.get(22..name_end).ok_or_else(damaged)?.to_vec(),
        from: start + all.len() as u64,
        packed: u64::from(long(head, 7)?),
        size: u64::from(long(head, 11)?),
        how: how(head),
        sum: short(&all, name_end).map_or(Sum::None, Sum::Crc16),
    };
    if head[20] == 1 {
        // Counted as packed bytes.
        let more = further(file, &mut entry, short(&all, all.len() - 2)?.into(), 2)?;
        entry.packed = entry.packed.checked_sub(more).ok_or_else(damaged)?;
        entry.from += more;
    }
    Ok(entry)
}

/// Forms 2 and 3: everything with a name is in a further header; `width` is that of their lengths.
fn new(
    file: &mut File<'_>,
    start: u64,
    head: &[u8],
    length: u64,
    width: usize,
) -> io::Result<Entry> {
    let mut entry = Entry {
        name: Vec::new(),
        from: start + length,
        packed: u64::from(long(head, 7)?),
        size: u64::from(long(head, 11)?),
        how: how(head),
        sum: Sum::Crc16(short(head, 21)?),
    };
    let begin = 24 + if width == 4 { 4 } else { 0 };
    file.seek(SeekFrom::Start(start + begin))?;
    let first = number(file, width)?;
    let more = further(file, &mut entry, first, width)?;
    match begin + width as u64 + more <= length {
        true => Ok(entry),
        false => Err(damaged()),
    }
}

/// Reads further headers into `entry`, of which the first is `next` long; how many bytes they took.
fn further(file: &mut File<'_>, entry: &mut Entry, mut next: u64, width: usize) -> io::Result<u64> {
    let (mut folder, mut taken) = (Vec::new(), 0);
    while next > 0 {
        taken += next;
        let content = next.checked_sub(1 + width as u64).ok_or_else(damaged)?;
        if taken > LONGEST {
            return Err(damaged());
        }
        let [kind] = bytes(file)?;
        let mut data = Vec::new();
        (&mut *file).take(content).read_to_end(&mut data)?;
        match kind {
            1 => entry.name = data,
            2 => folder = data,
            0x42 if data.len() == 16 => {
                entry.packed = wide(&data, 0)?;
                entry.size = wide(&data, 8)?;
            }
            _ => {}
        }
        next = number(file, width)?;
    }
    if !folder.is_empty() {
        for byte in &mut folder {
            *byte = if *byte == 0xff { b'/' } else { *byte };
        }
        if !folder.ends_with(b"/") {
            folder.push(b'/');
        }
        folder.append(&mut entry.name);
        entry.name = folder;
    }
    Ok(taken)
}

fn number(file: &mut File<'_>, width: usize) -> io::Result<u64> {
    Ok(match width {
        2 => u64::from(u16::from_le_bytes(bytes(file)?)),
        _ => u64::from(u32::from_le_bytes(bytes(file)?)),
    })
}

fn wide(data: &[u8], at: usize) -> io::Result<u64> {
    Ok(u64::from(long(data, at)?) | u64::from(long(data, at + 4)?) << 32)
}

fn how(head: &[u8]) -> How {
    let huffman = |distances, bits| How::Packed(Packing::Huffman { distances, bits });
    match &head[2..7] {
        b"-lhd-" => How::Folder,
        b"-lh0-" | b"-lz4-" => How::Stored,
        b"-lh4-" | b"-lh5-" => huffman(14, 4),
        b"-lh6-" => huffman(16, 5),
        b"-lh7-" => huffman(17, 5),
        _ => How::Unknown,
    }
}
