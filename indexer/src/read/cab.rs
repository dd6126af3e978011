//! Cabinets of Windows (`cab`): every file in it a child document. Unpacks every folder once, from its begin to its end.
//! Never trusts a declared size, never uses a name as a path; of a cabinet in several parts it reads only this one.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::{Decompress, FlushDecompress};
use lzxd::{Lzxd, WindowSize};

use super::archive::{Budget, harmless, read_reason, too_many, unpack};
use super::counted::{Counted, Expected};
use super::rtf::charset::Charset;
use super::{Input, Limits, Outcome, Output, Reason, Source, Stop};

/// The longest name.
const LONGEST_NAME: u64 = 1024;
/// A block unpacks to so many bytes at most, and the next may refer to them.
const BLOCK: usize = 0x8000;

/// Reads one `cab` cabinet.
pub fn read_cab(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let size = input.size;
    let mut file = BufReader::new(&mut input.file);
    let Ok(cabinet) = Cabinet::read(&mut file) else {
        let reason = "de inhoudsopgave van het cab-archief klopt niet";
        return Outcome::Unreadable(Reason::Broken(reason.into()));
    };
    let mut counted = Counted::new("onderdelen", output);
    let mut budget = Budget::new(size, limits);
    let outcome = match cabinet.give(&mut file, size, (limits, &mut budget), &mut counted) {
        Err(stop) => stop.into(),
        Ok(Some(reason)) if counted.begun() == 0 => return Outcome::Unreadable(reason),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Ok(None) => Outcome::Whole,
    };
    counted.tell(outcome, Expected::Known(cabinet.told))
}

/// How the blocks of a folder are packed.
#[derive(Clone, Copy, Debug)]
enum Packing {
    None,
    Deflate,
    Lzx(WindowSize),
    Unknown,
}

impl Packing {
    fn of(number: u16) -> Self {
        const WINDOWS: [WindowSize; 7] = [
            WindowSize::KB32,
            WindowSize::KB64,
            WindowSize::KB128,
            WindowSize::KB256,
            WindowSize::KB512,
            WindowSize::MB1,
            WindowSize::MB2,
        ];
        let window = usize::from(number >> 8 & 0x1f).checked_sub(15);
        match (number & 0xf, window.and_then(|at| WINDOWS.get(at))) {
            (0, _) => Self::None,
            (1, _) => Self::Deflate,
            (3, Some(window)) => Self::Lzx(*window),
            _ => Self::Unknown,
        }
    }
}

struct Folder {
    at: u64,
    blocks: u16,
    packing: Packing,
}

struct File {
    name: String,
    folder: u16,
    from: u64,
    size: u64,
}

/// The table of contents.
struct Cabinet {
    folders: Vec<Folder>,
    files: Vec<File>,
    /// How many files there should be.
    told: u64,
    /// Bytes that stand in each block for other programs.
    reserved: usize,
}

impl Cabinet {
    fn read(file: &mut BufReader<&mut Source>) -> io::Result<Self> {
        const BEFORE: u16 = 1;
        const BEHIND: u16 = 2;
        const RESERVED: u16 = 4;
        let head: [u8; 36] = bytes(file)?;
        let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        if !head.starts_with(b"MSCF") {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let (folders, told, flags) = (number(26), number(28), number(30));
        let (mut of_folder, mut reserved) = (0, 0);
        if flags & RESERVED != 0 {
            let sizes: [u8; 4] = bytes(file)?;
            skip(file, u64::from(u16::from_le_bytes([sizes[0], sizes[1]])))?;
            (of_folder, reserved) = (u64::from(sizes[2]), usize::from(sizes[3]));
        }
        // The names of the cabinets around this one and of their disks.
        for flag in [BEFORE, BEHIND] {
            if flags & flag != 0 {
                zero_ended(file)?;
                zero_ended(file)?;
            }
        }
        let mut cabinet = Self {
            folders: Vec::new(),
            files: Vec::new(),
            told: u64::from(told),
            reserved,
        };
        for _ in 0..folders {
            let folder: [u8; 8] = bytes(file)?;
            skip(file, of_folder)?;
            cabinet.folders.push(Folder {
                at: u64::from(long(&folder, 0)),
                blocks: u16::from_le_bytes([folder[4], folder[5]]),
                packing: Packing::of(u16::from_le_bytes([folder[6], folder[7]])),
            });
        }
        file.seek(SeekFrom::Start(u64::from(long(&head, 16))))?;
        // What is listed before the list is damaged can be had.
        for _ in 0..told {
            match entry(file) {
                Ok(entry) => cabinet.files.push(entry),
                Err(error) if cabinet.files.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        Ok(cabinet)
    }

    /// Hands over the files, folder by folder; the result says why they are not all.
    fn give(
        &self,
        file: &mut BufReader<&mut Source>,
        size: u64,
        (limits, budget): (&Limits, &mut Budget),
        output: &mut dyn Output,
    ) -> Result<Option<Reason>, Stop> {
        let mut order: Vec<&File> = self.files.iter().collect();
        order.sort_by_key(|file| (file.folder, file.from));
        let cut = || Reason::Broken("de inhoudsopgave van het cab-archief is niet heel".into());
        let mut trouble = (self.files.len() as u64 != self.told).then(cut);
        let mut given = 0;
        for members in order.chunk_by(|one, next| one.folder == next.folder) {
            let folder = members.first().map(|member| usize::from(member.folder));
            let folder = folder.and_then(|number| self.folders.get(number));
            let mut unpacked = folder.map(|folder| Unpacked::new(file, folder, self.reserved));
            for member in members {
                if given >= limits.children {
                    return Ok(Some(too_many(limits)));
                }
                given += 1;
                output.begin_child(&member.name, "")?;
                let reason = match &mut unpacked {
                    None => Some(elsewhere()),
                    Some(folder) => match folder.go_to(member.from) {
                        Err(error) => Some(read_reason(&error)),
                        Ok(()) => unpack(folder.member(member.size), size, budget, output)?,
                    },
                };
                output.end_child(reason.clone())?;
                match reason {
                    Some(Reason::Limit(_)) => return Ok(reason),
                    reason => trouble = trouble.or(reason),
                }
            }
        }
        Ok(trouble)
    }
}

fn elsewhere() -> Reason {
    Reason::Other("dit bestand staat voor een deel in een ander cab-archief".into())
}

/// What a folder unpacks to, from its begin on.
struct Unpacked<'b, 'f> {
    file: &'b mut BufReader<&'f mut Source>,
    /// Where the next block begins, and how many there still are.
    next: u64,
    blocks: u16,
    reserved: usize,
    unpacker: Unpacker,
    block: Vec<u8>,
    /// What was taken of the block, and of the blocks before it.
    taken: usize,
    before: u64,
}

/// What remembers the blocks before.
enum Unpacker {
    None,
    Deflate(Decompress),
    Lzx(Box<Lzxd>),
    Unknown,
}

impl<'b, 'f> Unpacked<'b, 'f> {
    fn new(file: &'b mut BufReader<&'f mut Source>, folder: &Folder, reserved: usize) -> Self {
        Self {
            file,
            next: folder.at,
            blocks: folder.blocks,
            reserved,
            unpacker: match folder.packing {
                Packing::None => Unpacker::None,
                Packing::Deflate => Unpacker::Deflate(Decompress::new(false)),
                Packing::Lzx(window) => Unpacker::Lzx(Box::new(Lzxd::new(window))),
                Packing::Unknown => Unpacker::Unknown,
            },
            block: Vec::new(),
            taken: 0,
            before: 0,
        }
    }

    /// Passes over what no file is made of.
    fn go_to(&mut self, place: u64) -> io::Result<()> {
        loop {
            let here = self.before + self.taken as u64;
            let missing = place.checked_sub(here).ok_or(io::ErrorKind::InvalidData)?;
            let left = (self.block.len() - self.taken) as u64;
            if missing <= left {
                self.taken += usize::try_from(missing).unwrap_or(0);
                return Ok(());
            }
            self.taken = self.block.len();
            if !self.next_block()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The next bytes, as a file of this size.
    fn member(&mut self, size: u64) -> Member<'_, 'b, 'f> {
        Member {
            folder: self,
            left: size,
        }
    }

    /// Unpacks the next block; `false` when there is none.
    fn next_block(&mut self) -> io::Result<bool> {
        if self.blocks == 0 {
            return Ok(false);
        }
        self.blocks -= 1;
        self.file.seek(SeekFrom::Start(self.next))?;
        let head: [u8; 8] = bytes(self.file)?;
        skip(self.file, self.reserved as u64)?;
        let packed = usize::from(u16::from_le_bytes([head[4], head[5]]));
        let size = usize::from(u16::from_le_bytes([head[6], head[7]]));
        let mut data = vec![0; packed];
        self.file.read_exact(&mut data)?;
        self.next += (8 + self.reserved + packed) as u64;
        // What a file goes on with in the next cabinet has no size here.
        if size == 0 || size > BLOCK {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.before += self.block.len() as u64;
        let before = std::mem::take(&mut self.block);
        self.taken = 0;
        self.block = match &mut self.unpacker {
            Unpacker::None => data,
            Unpacker::Deflate(inflate) => inflated(inflate, &before, &data, size)?,
            Unpacker::Lzx(lzx) => match lzx.decompress_next(&data, size) {
                Ok(block) => block.to_vec(),
                Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            },
            Unpacker::Unknown => return Err(io::ErrorKind::Unsupported.into()),
        };
        match self.block.len() == size {
            true => Ok(true),
            false => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// Unpacks a block that may refer to the one before it: that goes first, as a piece that is not packed.
fn inflated(
    inflate: &mut Decompress,
    before: &[u8],
    data: &[u8],
    size: usize,
) -> io::Result<Vec<u8>> {
    let data = data.strip_prefix(b"CK").ok_or(io::ErrorKind::InvalidData)?;
    inflate.reset(false);
    let length = u16::try_from(before.len()).map_err(io::Error::other)?;
    let mut all = Vec::with_capacity(5 + before.len() + data.len());
    if length > 0 {
        all.push(0);
        all.extend(length.to_le_bytes());
        all.extend((!length).to_le_bytes());
        all.extend_from_slice(before);
    }
    all.extend_from_slice(data);
    let mut out = Vec::with_capacity(before.len() + size);
    inflate.decompress_vec(&all, &mut out, FlushDecompress::Finish)?;
    Ok(out.split_off(before.len().min(out.len())))
}

/// One file of a folder.
struct Member<'m, 'b, 'f> {
    folder: &'m mut Unpacked<'b, 'f>,
    left: u64,
}

impl Read for Member<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let folder = &mut *self.folder;
        while folder.taken == folder.block.len() {
            if !folder.next_block()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = &folder.block[folder.taken..];
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = rest.len().min(buffer.len()).min(most);
        buffer[..count].copy_from_slice(&rest[..count]);
        folder.taken += count;
        self.left -= count as u64;
        Ok(count)
    }
}

/// Size, place in the folder, folder, moment, marks and name of a file.
fn entry(file: &mut BufReader<&mut Source>) -> io::Result<File> {
    const UTF8: u8 = 0x80;
    let head: [u8; 16] = bytes(file)?;
    let name = zero_ended(file)?;
    let name = match std::str::from_utf8(&name) {
        Ok(name) if head[14] & UTF8 != 0 || name.is_ascii() => name.to_owned(),
        _ => Charset::default().text(&name),
    };
    Ok(File {
        name: harmless(&name),
        size: u64::from(long(&head, 0)),
        from: u64::from(long(&head, 4)),
        folder: u16::from_le_bytes([head[8], head[9]]),
    })
}

fn bytes<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn long(bytes: &[u8], at: usize) -> u32 {
    let four = bytes[at..at + 4].iter().rev();
    four.fold(0, |all, byte| all << 8 | u32::from(*byte))
}

fn skip(file: &mut impl Read, count: u64) -> io::Result<()> {
    io::copy(&mut file.take(count), &mut io::sink()).map(|_| ())
}

/// Bytes up to a zero, without it.
fn zero_ended(file: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST_NAME).read_until(0, &mut bytes)?;
    match bytes.pop() {
        Some(0) => Ok(bytes),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::DeflateEncoder};
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    /// The LZX data that a file of the letters abc packs to.
    const LZX_ABC: [u8; 20] = [
        0, 0x30, 0x30, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, b'a', b'b', b'c', 0,
    ];

    /// The packed bytes of a block, and its unpacked size.
    type Block = (Vec<u8>, usize);

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(b"CK".to_vec(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// A cabinet with a folder for each kind of packing, its blocks and their unpacked sizes; and these files: name,
    /// folder, place, size.
    fn cabinet(folders: &[(u16, Vec<Block>)], files: &[(&str, u16, u32, u32)]) -> Vec<u8> {
        let list: Vec<u8> = files
            .iter()
            .flat_map(|(name, folder, from, size)| {
                let mut entry = [size.to_le_bytes(), from.to_le_bytes()].concat();
                entry.extend(folder.to_le_bytes());
                entry.extend([0, 0, 0, 0, 0x80, 0]);
                entry.extend(name.bytes());
                entry.push(0);
                entry
            })
            .collect();
        let first = 36 + 8 * folders.len();
        let mut data = Vec::new();
        let mut heads = Vec::new();
        for (packing, blocks) in folders {
            heads.extend(((first + list.len() + data.len()) as u32).to_le_bytes());
            heads.extend((blocks.len() as u16).to_le_bytes());
            heads.extend(packing.to_le_bytes());
            for (block, size) in blocks {
                data.extend([0; 4]);
                data.extend((block.len() as u16).to_le_bytes());
                data.extend((*size as u16).to_le_bytes());
                data.extend(block);
            }
        }
        let mut cab = b"MSCF".to_vec();
        cab.resize(16, 0);
        cab.extend((first as u32).to_le_bytes());
        cab.resize(24, 0);
        cab.extend([3, 1]);
        cab.extend((folders.len() as u16).to_le_bytes());
        cab.extend((files.len() as u16).to_le_bytes());
        cab.resize(36, 0);
        [cab, heads, list, data].concat()
    }

    fn whole() -> Vec<u8> {
        let (first, second) = (
            "begin van de nota ".repeat(1000),
            "en het einde ".repeat(500),
        );
        let half = |text: &str| (deflated(text.as_bytes()), text.len());
        cabinet(
            &[
                (1, vec![half(&first), half(&second)]),
                (0, vec![(b"Beste Jan".to_vec(), 9)]),
                (0x0f03, vec![(LZX_ABC.to_vec(), 3)]),
            ],
            &[
                ("brief.txt", 1, 0, 9),
                ("Map\\één.txt", 0, 17_900, 200),
                ("nota.txt", 0, 0, 17_900),
                ("abc.txt", 2, 0, 3),
            ],
        )
    }

    #[test]
    fn every_file_is_unpacked_however_it_is_packed() {
        let (format, out, outcome) = read_bytes("x.cab", &whole());
        assert_eq!((format.as_str(), outcome), ("cab", Outcome::Whole));
        let names: Vec<&str> = out.children.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["nota.txt", "Map/één.txt", "brief.txt", "abc.txt"]);
        assert_eq!(out.children[0].bytes.len(), 17_900);
        let tail = String::from_utf8_lossy(&out.children[1].bytes);
        assert!(
            tail.ends_with("einde en het ei") && tail.contains("begin van"),
            "{tail}"
        );
        assert_eq!(out.children[2].bytes, b"Beste Jan");
        assert_eq!(out.children[3].bytes, b"abc");
        assert_eq!(out.values("onderdelen niet gelezen"), ["0"]);
    }

    #[test]
    fn a_block_may_refer_to_the_one_before_it() {
        let text = b"een zin die twee keer voorkomt ".repeat(30);
        let mut packer = flate2::Compress::new(Compression::default(), false);
        let mut blocks = Vec::new();
        for _ in 0..2 {
            let mut block = Vec::with_capacity(4096);
            packer
                .compress_vec(&text, &mut block, flate2::FlushCompress::Sync)
                .unwrap();
            // An empty last piece ends the block, as it does in a cabinet.
            blocks.push(([b"CK".as_slice(), &block, &[3, 0]].concat(), text.len()));
        }
        let size = 2 * text.len() as u32;
        let (_, out, outcome) =
            read_bytes("x.cab", &cabinet(&[(1, blocks)], &[("a.txt", 0, 0, size)]));
        assert_eq!(outcome, Outcome::Whole);
        assert!(out.children[0].bytes == text.repeat(2));
    }

    #[test]
    fn what_lies_in_another_cabinet_or_cannot_be_unpacked_says_so() {
        let cab = cabinet(
            &[(2, vec![(vec![1], 1)]), (0, vec![(b"abc".to_vec(), 3)])],
            &[
                ("kwantum", 0, 0, 1),
                ("deel", 0xfffe, 0, 3),
                ("heel", 1, 0, 3),
                ("kort", 1, 3, 9),
            ],
        );
        let (_, out, outcome) = read_bytes("x.cab", &cab);
        assert!(matches!(outcome, Outcome::Partial(_)), "{outcome:?}");
        let why = |name: &str| {
            let child = out
                .children
                .iter()
                .find(|child| child.name == name)
                .unwrap();
            child
                .unreadable
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        assert!(
            why("kwantum").contains("niet kunnen uitpakken"),
            "{}",
            why("kwantum")
        );
        assert!(why("deel").contains("ander cab-archief"));
        assert!(why("kort").starts_with("beschadigd"));
        assert_eq!(why("heel"), "");
        assert_eq!(out.values("onderdelen niet gelezen"), ["3"]);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let block = (deflated(&[b' '; BLOCK]), BLOCK);
        let cab = cabinet(
            &[(1, vec![block; 1000])],
            &[("a", 0, 0, (BLOCK * 1000) as u32)],
        );
        let tight = Limits {
            ratio: 10,
            ..limits()
        };
        let mut out = Collected::default();
        let outcome = read_cab(&mut input("x", &cab), &tight, &mut out);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Limit(_))),
            "{outcome:?}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&whole(), cut, &flips, |bytes| { read_bytes("a.cab", bytes); });
        }
    }
}
