//! Archives of the days of DOS, LHA (`lha`, `lzh`) and ARJ (`arj`): members one after another, each a child document, and
//! each held against its checksum. Never trusts a declared size, never uses a name as a path.

mod arj;
mod lha;
mod lzh;

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use self::lzh::{Packing, Unpacked};
use super::archive::{Budget, harmless, too_many, unpack};
use super::counted::{Counted, Expected};
use super::rtf::charset::Charset;
use super::{Input, Limits, Outcome, Output, Reason, Source, Stop};

type File<'f> = BufReader<&'f mut Source>;

/// What stands before a member.
struct Entry {
    name: Vec<u8>,
    /// Where its bytes begin, and how many there are.
    from: u64,
    packed: u64,
    /// How many bytes it unpacks to.
    size: u64,
    how: How,
    sum: Sum,
}

/// How a member stands in the archive.
enum How {
    Stored,
    Packed(Packing),
    /// In a way that nobody here unpacks.
    Unknown,
    Encrypted,
    /// For a part in another archive.
    Split,
    /// A folder, or the name of a disk: no member.
    Folder,
}

/// The checksum of what a member unpacks to.
#[derive(Clone, Copy)]
enum Sum {
    /// The polynomial of ARC.
    Crc16(u16),
    Crc32(u32),
    None,
}

/// Reads one `lha` archive.
pub fn read_lha(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(input, limits, lha::next, output)
}

/// Reads one `arj` archive.
pub fn read_arj(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    read(input, limits, arj::next, output)
}

/// `next` tells what stands before the member at the place in the file; nothing at the end of the archive.
fn read(
    input: &mut Input,
    limits: &Limits,
    next: impl Fn(&mut File<'_>) -> io::Result<Option<Entry>>,
    output: &mut dyn Output,
) -> Outcome {
    let size = input.size;
    let mut file = BufReader::new(&mut input.file);
    let mut counted = Counted::new("onderdelen", output);
    let outcome = match members(&mut file, size, (limits, &next), &mut counted) {
        Err(stop) => stop.into(),
        Ok(Some(reason)) if counted.begun() == 0 => return Outcome::Unreadable(reason),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Ok(None) => Outcome::Whole,
    };
    // There is no table of contents: what follows on the place where reading ended is not known.
    let seen = counted.begun();
    let expected = match &outcome {
        Outcome::Partial(reason) if *reason == too_many(limits) => Expected::AtLeast(seen + 1),
        Outcome::Partial(reason) if *reason == cut() => Expected::AtLeast(seen),
        Outcome::Partial(Reason::Limit(_)) => Expected::AtLeast(seen),
        _ => Expected::Known(seen),
    };
    counted.tell(outcome, expected)
}

fn cut() -> Reason {
    Reason::Broken("het archief klopt vanaf hier niet meer".into())
}

/// Hands over the members; the result says why they are not all, or not whole.
fn members(
    file: &mut File<'_>,
    size: u64,
    (limits, next): (
        &Limits,
        &impl Fn(&mut File<'_>) -> io::Result<Option<Entry>>,
    ),
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let mut budget = Budget::new(size, limits);
    let (mut count, mut trouble) = (0, None);
    loop {
        let entry = match next(file) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(trouble),
            Err(_) => return Ok(Some(cut())),
        };
        // Behind a member that is not whole nothing follows.
        let end = entry.from.saturating_add(entry.packed);
        if !matches!(entry.how, How::Folder) {
            if count >= limits.children {
                return Ok(Some(too_many(limits)));
            }
            count += 1;
            output.begin_child(&name(&entry.name), "")?;
            let reason = member(file, &entry, &mut budget, output)?;
            let reason = reason.or_else(|| (end > size).then(cut));
            output.end_child(reason.clone())?;
            match reason {
                Some(Reason::Limit(_)) => return Ok(reason),
                reason => trouble = trouble.or(reason),
            }
        }
        if end > size || file.seek(SeekFrom::Start(end)).is_err() {
            return Ok(Some(cut()));
        }
    }
}

/// Hands over the bytes of a member; the result says why they are not all.
fn member(
    file: &mut File<'_>,
    entry: &Entry,
    budget: &mut Budget,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let Ok(_) = file.seek(SeekFrom::Start(entry.from)) else {
        return Ok(Some(cut()));
    };
    let packed = file.take(entry.packed);
    let bytes: Box<dyn Read + '_> = match &entry.how {
        How::Stored => Box::new(packed),
        How::Packed(packing) => Box::new(Unpacked::new(packed, *packing, entry.size)),
        How::Unknown => return Ok(Some(super::archive::unknown_compression())),
        How::Encrypted => return Ok(Some(Reason::Encrypted)),
        How::Split => {
            let reason = "dit bestand staat voor een deel in een ander archief";
            return Ok(Some(Reason::Other(reason.into())));
        }
        How::Folder => return Ok(None),
    };
    let mut summed = Summed {
        bytes,
        sum: entry.sum,
        crc16: 0,
        crc32: flate2::Crc::new(),
    };
    let trouble = unpack(&mut summed, entry.packed, budget, output)?;
    Ok(trouble.or_else(|| (!summed.holds()).then(super::archive::damaged)))
}

/// Adds up what is read through it.
struct Summed<R> {
    bytes: R,
    sum: Sum,
    crc16: u16,
    crc32: flate2::Crc,
}

impl<R> Summed<R> {
    /// Whether it is what was packed.
    fn holds(&self) -> bool {
        match self.sum {
            Sum::Crc16(sum) => sum == self.crc16,
            Sum::Crc32(sum) => sum == self.crc32.sum(),
            Sum::None => true,
        }
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        match self.sum {
            Sum::Crc16(_) => self.crc16 = crc16(self.crc16, &buffer[..count]),
            Sum::Crc32(_) => self.crc32.update(&buffer[..count]),
            Sum::None => {}
        }
        Ok(count)
    }
}

fn crc16(before: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(before, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xa001 } else { 0 }
        })
    })
}

/// Names are UTF-8 now and were in the code page of DOS then.
fn name(bytes: &[u8]) -> String {
    const DOS: i32 = 850;
    match std::str::from_utf8(bytes) {
        Ok(name) => harmless(name),
        Err(_) => harmless(&Charset::of_page(DOS).unwrap_or_default().text(bytes)),
    }
}

fn bytes<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn short(bytes: &[u8], at: usize) -> io::Result<u16> {
    let two = bytes.get(at..at + 2).and_then(|two| two.try_into().ok());
    two.map(u16::from_le_bytes).ok_or_else(damaged)
}

fn long(bytes: &[u8], at: usize) -> io::Result<u32> {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map(u32::from_le_bytes).ok_or_else(damaged)
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests;
