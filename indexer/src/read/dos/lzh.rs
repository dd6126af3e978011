//! What LHA (`-lh4-` to `-lh7-`) and ARJ (methods 1 to 4) pack with: back references and Huffman codes that change with
//! every block. Never takes more memory than its window, and knows nothing of archives.

use std::io::{self, Read};

/// Distances reach this far back at most.
const WINDOW: usize = 1 << 16;
const SHORTEST: usize = 3;
const LONGEST_CODE: usize = 16;
/// Literal bytes and lengths.
const SIGNS: usize = 510;
/// The lengths of codes are packed themselves.
const LENGTHS: usize = 19;

/// How an archive packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Huffman codes; how many classes of distances there are, and the bits of their number.
    Huffman {
        /// Classes of distances.
        distances: usize,
        /// Bits of their number.
        bits: u32,
    },
    /// Codes that never change (ARJ method 4).
    Fixed,
}

/// Unpacks while it is read.
pub(super) struct Unpacked<R> {
    bits: Bits<R>,
    packing: Packing,
    window: Vec<u8>,
    /// Where the next byte goes.
    at: usize,
    /// How many bytes there still are.
    left: u64,
    /// Signs until the codes change.
    block: u32,
    signs: Codes,
    distances: Codes,
    /// The back reference that is being followed: how far, and how many bytes still.
    copy: (usize, usize),
    /// What went wrong: behind that nothing can be trusted.
    wrong: Option<io::ErrorKind>,
}

impl<R: Read> Unpacked<R> {
    /// What `packed` unpacks to, which should be `size` bytes.
    pub(super) fn new(packed: R, packing: Packing, size: u64) -> Self {
        Self {
            bits: Bits {
                source: io::BufReader::new(packed).bytes(),
                byte: 0,
                left: 0,
            },
            packing,
            // Some archives refer to what stands before the begin.
            window: vec![b' '; WINDOW],
            at: 0,
            left: size,
            block: 0,
            signs: Codes::default(),
            distances: Codes::default(),
            copy: (0, 0),
            wrong: None,
        }
    }

    /// The next literal byte, or the start of a back reference.
    fn next(&mut self) -> io::Result<Option<u8>> {
        match self.packing {
            Packing::Fixed => self.next_fixed(),
            Packing::Huffman { distances, bits } => self.next_coded(distances, bits),
        }
    }

    fn next_coded(&mut self, distances: usize, bits: u32) -> io::Result<Option<u8>> {
        if self.block == 0 {
            self.block = self.bits.number(16)?;
            if self.block == 0 {
                return Err(damaged());
            }
            let lengths = Codes::read(&mut self.bits, LENGTHS, 5, Some(3))?;
            self.signs = Codes::read_signs(&mut self.bits, &lengths)?;
            self.distances = Codes::read(&mut self.bits, distances, bits, None)?;
        }
        self.block -= 1;
        let sign = self.signs.next(&mut self.bits)?;
        if let Ok(byte) = u8::try_from(sign) {
            return Ok(Some(byte));
        }
        let class = u32::from(self.distances.next(&mut self.bits)?);
        let distance = match class {
            0 => 0,
            _ => (1 << (class - 1)) + self.bits.number(class - 1)? as usize,
        };
        self.copy = (distance, usize::from(sign) - 256 + SHORTEST);
        Ok(None)
    }

    fn next_fixed(&mut self) -> io::Result<Option<u8>> {
        let length = self.bits.growing(0, 7)?;
        if length == 0 {
            let byte = self.bits.number(8)?;
            return Ok(Some(byte as u8));
        }
        let distance = self.bits.growing(9, 13)?;
        self.copy = (distance, length - 1 + SHORTEST);
        Ok(None)
    }

    fn put(&mut self, byte: u8) -> u8 {
        self.window[self.at] = byte;
        self.at = (self.at + 1) % WINDOW;
        byte
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        let wanted = wanted.min(buffer.len());
        if let Some(wrong) = self.wrong.filter(|_| wanted > 0) {
            return Err(wrong.into());
        }
        for (done, room) in buffer[..wanted].iter_mut().enumerate() {
            let literal = match self.copy.1 {
                0 => match self.next() {
                    Ok(literal) => literal,
                    Err(error) => {
                        self.wrong = Some(error.kind());
                        // What came before is given first.
                        return match done {
                            0 => Err(error),
                            _ => Ok(done),
                        };
                    }
                },
                _ => None,
            };
            let byte = literal.unwrap_or_else(|| {
                self.copy.1 -= 1;
                self.window[(self.at + WINDOW - 1 - self.copy.0 % WINDOW) % WINDOW]
            });
            *room = self.put(byte);
            self.left -= 1;
        }
        Ok(wanted)
    }
}

/// Bits, the highest of a byte first.
struct Bits<R> {
    source: io::Bytes<io::BufReader<R>>,
    byte: u8,
    left: u32,
}

impl<R: Read> Bits<R> {
    fn bit(&mut self) -> io::Result<u32> {
        if self.left == 0 {
            self.byte = match self.source.next() {
                Some(byte) => byte?,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            };
            self.left = 8;
        }
        self.left -= 1;
        Ok(u32::from(self.byte >> self.left & 1))
    }

    fn number(&mut self, bits: u32) -> io::Result<u32> {
        (0..bits).try_fold(0, |number, _| Ok(number << 1 | self.bit()?))
    }

    /// A number of which ones before it tell how many bits it has, from `least` to `most`.
    fn growing(&mut self, least: u32, most: u32) -> io::Result<usize> {
        let (mut width, mut before) = (least, 0);
        while width < most && self.bit()? == 1 {
            before += 1 << width;
            width += 1;
        }
        Ok(before + self.number(width)? as usize)
    }
}

/// A set of Huffman codes.
#[derive(Default)]
struct Codes {
    /// How many codes there are of each length.
    counts: [u16; LONGEST_CODE + 1],
    /// The signs that they stand for, the shortest code first.
    signs: Vec<u16>,
    /// All is this one sign, in no bits.
    only: Option<u16>,
}

impl Codes {
    fn of(lengths: &[u8]) -> io::Result<Self> {
        let mut codes = Self::default();
        for length in lengths.iter().filter(|length| **length > 0) {
            codes.counts[usize::from(*length)] += 1;
        }
        let mut free = 1_i32;
        for count in &codes.counts[1..] {
            free = 2 * free - i32::from(*count);
            if free < 0 {
                return Err(damaged());
            }
        }
        let mut order: Vec<(u8, u16)> = lengths.iter().copied().zip(0..).collect();
        order.retain(|(length, _)| *length > 0);
        order.sort_unstable();
        codes.signs = order.into_iter().map(|(_, sign)| sign).collect();
        Ok(codes)
    }

    fn only(sign: u32) -> Self {
        Self {
            only: u16::try_from(sign).ok(),
            ..Self::default()
        }
    }

    /// Lengths of codes, as they stand there: up to seven in three bits. Behind the one at `gap` stands how many have
    /// none.
    fn read<R: Read>(
        bits: &mut Bits<R>,
        most: usize,
        width: u32,
        gap: Option<usize>,
    ) -> io::Result<Self> {
        let number = bits.number(width)? as usize;
        if number == 0 {
            return Ok(Self::only(bits.number(width)?));
        }
        let mut lengths = Vec::new();
        while lengths.len() < number {
            let mut length = bits.number(3)?;
            if length == 7 {
                while bits.bit()? == 1 {
                    length += 1;
                }
            }
            lengths.push(length_of(length)?);
            if Some(lengths.len()) == gap {
                let none = bits.number(2)? as usize;
                lengths.resize(lengths.len() + none, 0);
            }
        }
        match lengths.len() <= most {
            true => Self::of(&lengths),
            false => Err(damaged()),
        }
    }

    /// Lengths of the codes of bytes and lengths, packed with codes themselves.
    fn read_signs<R: Read>(bits: &mut Bits<R>, packed: &Self) -> io::Result<Self> {
        let number = bits.number(9)? as usize;
        if number == 0 {
            return Ok(Self::only(bits.number(9)?));
        }
        let mut lengths = Vec::new();
        while lengths.len() < number {
            let none = match packed.next(bits)? {
                0 => 1,
                1 => bits.number(4)? + 3,
                2 => bits.number(9)? + 20,
                length => {
                    lengths.push(length_of(u32::from(length) - 2)?);
                    continue;
                }
            };
            lengths.resize(lengths.len() + none as usize, 0);
        }
        match lengths.len() <= SIGNS {
            true => Self::of(&lengths),
            false => Err(damaged()),
        }
    }

    fn next<R: Read>(&self, bits: &mut Bits<R>) -> io::Result<u16> {
        if let Some(only) = self.only {
            return Ok(only);
        }
        let (mut code, mut first, mut place) = (0, 0, 0);
        for count in &self.counts[1..] {
            let count = usize::from(*count);
            code |= bits.bit()? as usize;
            if code < first + count {
                return Ok(self.signs[place + code - first]);
            }
            place += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(damaged())
    }
}

fn length_of(number: u32) -> io::Result<u8> {
    match u8::try_from(number) {
        Ok(length) if usize::from(length) <= LONGEST_CODE => Ok(length),
        _ => Err(damaged()),
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
