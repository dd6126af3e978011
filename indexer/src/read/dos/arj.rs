//! What stands before a member of an ARJ archive, and before the first one. Never unpacks.

use std::io::{self, Read, Seek};

use super::lzh::Packing;
use super::{Entry, File, How, Sum, bytes, damaged, long, short};

/// What ARJ packs with: distances up to 26,624 in 17 classes.
const PACKED: Packing = Packing::Huffman {
    distances: 17,
    bits: 5,
};

/// The longest header that ARJ writes or reads.
const LONGEST: u16 = 2600;

/// The next member.
pub(super) fn next(file: &mut File<'_>) -> io::Result<Option<Entry>> {
    const ARCHIVE: u8 = 2;
    loop {
        let Some(head) = header(file)? else {
            return Ok(None);
        };
        if head.get(6) != Some(&ARCHIVE) {
            return entry(&head, file.stream_position()?).map(Some);
        }
    }
}

/// A header whole and held against its checksum; nothing at the end.
fn header(file: &mut File<'_>) -> io::Result<Option<Vec<u8>>> {
    let start: [u8; 4] = bytes(file)?;
    let size = short(&start, 2)?;
    if start[..2] != [0x60, 0xea] || size > LONGEST {
        return Err(damaged());
    }
    if size == 0 {
        return Ok(None);
    }
    let mut head = vec![0; usize::from(size)];
    file.read_exact(&mut head)?;
    let sum: [u8; 4] = bytes(file)?;
    let mut crc = flate2::Crc::new();
    crc.update(&head);
    if crc.sum() != u32::from_le_bytes(sum) {
        return Err(damaged());
    }
    // Further headers, which no version has ever written, each with a checksum.
    while let more @ 1.. = u16::from_le_bytes(bytes(file)?) {
        io::copy(&mut file.take(u64::from(more) + 4), &mut io::sink())?;
    }
    Ok(Some(head))
}

fn entry(head: &[u8], from: u64) -> io::Result<Entry> {
    const GARBLED: u8 = 1;
    const GOES_ON: u8 = 4;
    const CONTINUED: u8 = 8;
    let (Some([flags, method, kind]), Some(start)) = (head.get(4..7), head.first()) else {
        return Err(damaged());
    };
    let name = head.get(usize::from(*start)..).ok_or_else(damaged)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let how = match (kind, method) {
        // Folders, and the names of disks and of chapters.
        (3..=5, _) => How::Folder,
        _ if flags & GARBLED != 0 => How::Encrypted,
        _ if flags & (GOES_ON | CONTINUED) != 0 => How::Split,
        (_, 0) => How::Stored,
        (_, 1..=3) => How::Packed(PACKED),
        (_, 4) => How::Packed(Packing::Fixed),
        _ => How::Unknown,
    };
    Ok(Entry {
        name: name.to_vec(),
        from,
        packed: u64::from(long(head, 12)?),
        size: u64::from(long(head, 16)?),
        how,
        sum: Sum::Crc32(long(head, 20)?),
    })
}
