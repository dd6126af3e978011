//! Unpacks what the old Unix program `compress` packed (`.Z`, LZW). Never keeps more than its table of 65,536
//! strings.

use std::io::{self, Read};

/// Codes have 9 to 16 bits.
const LEAST_BITS: u32 = 9;
/// With this code the table starts afresh.
const CLEAR: usize = 256;

/// The unpacked bytes.
pub(super) struct Reader<R> {
    inner: R,
    table: Table,
    most_bits: u32,
    can_clear: bool,
    started: bool,
    bits: u32,
    /// A group of eight codes, and how far it was read: a change of width drops the rest of a group.
    group: Vec<u8>,
    group_bit: usize,
    previous: Option<usize>,
    first: u8,
    /// Bytes that were unpacked but not asked for yet, last first.
    ready: Vec<u8>,
}

/// The strings: each is an older one and a byte.
struct Table {
    before: Vec<u16>,
    last: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            table: Table {
                before: vec![0; 257],
                last: (0..=255).chain([0]).collect(),
            },
            most_bits: 16,
            can_clear: true,
            started: false,
            bits: LEAST_BITS,
            group: Vec::new(),
            group_bit: 0,
            previous: None,
            first: 0,
            ready: Vec::new(),
        }
    }

    fn start(&mut self) -> io::Result<()> {
        let mut head = [0; 3];
        self.inner.read_exact(&mut head)?;
        self.most_bits = u32::from(head[2] & 0x1f);
        self.can_clear = head[2] & 0x80 != 0;
        self.started = true;
        if head[..2] != *b"\x1f\x9d" || !(LEAST_BITS..=16).contains(&self.most_bits) {
            return Err(damaged());
        }
        self.clear();
        Ok(())
    }

    fn clear(&mut self) {
        let keep = if self.can_clear { CLEAR + 1 } else { CLEAR };
        self.table.before.truncate(keep);
        self.table.last.truncate(keep);
        self.widen(LEAST_BITS);
        self.previous = None;
    }

    fn widen(&mut self, bits: u32) {
        self.bits = bits;
        self.group.clear();
        self.group_bit = 0;
    }

    /// The next code, or `None` at the end.
    fn code(&mut self) -> io::Result<Option<usize>> {
        let bits = self.bits as usize;
        if self.group_bit + bits > self.group.len() * 8 {
            self.group.resize(bits, 0);
            let filled = super::encoding::read_full(&mut self.inner, &mut self.group)?;
            self.group.truncate(filled);
            self.group_bit = 0;
            if filled * 8 < bits {
                return Ok(None);
            }
        }
        let mut code = 0;
        for at in 0..bits {
            let bit = self.group_bit + at;
            code |= usize::from(self.group[bit / 8] >> (bit % 8) & 1) << at;
        }
        self.group_bit += bits;
        Ok(Some(code))
    }

    /// Unpacks one code more; `false` at the end.
    fn step(&mut self) -> io::Result<bool> {
        let size = self.table.last.len();
        if size >= 1 << self.bits && self.bits < self.most_bits {
            self.widen(self.bits + 1);
        }
        let Some(code) = self.code()? else {
            return Ok(false);
        };
        if code == CLEAR && self.can_clear {
            self.clear();
            return Ok(true);
        }
        let known = self.table.last.len();
        let Some(previous) = self.previous else {
            self.first = u8::try_from(code).map_err(|_| damaged())?;
            self.ready.push(self.first);
            self.previous = Some(code);
            return Ok(true);
        };
        let mut at = match code {
            _ if code < known => code,
            _ if code == known => {
                self.ready.push(self.first);
                previous
            }
            _ => return Err(damaged()),
        };
        while at > 255 {
            self.ready.push(self.table.last[at]);
            at = usize::from(self.table.before[at]);
        }
        self.first = self.table.last[at];
        self.ready.push(self.first);
        if known < 1 << self.most_bits {
            self.table
                .before
                .push(u16::try_from(previous).map_err(|_| damaged())?);
            self.table.last.push(self.first);
        }
        self.previous = Some(code);
        Ok(true)
    }
}

fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.start()?;
        }
        let mut given = 0;
        while given < buffer.len() {
            if let Some(byte) = self.ready.pop() {
                buffer[given] = byte;
                given += 1;
            } else if !self.step()? {
                break;
            }
        }
        Ok(given)
    }
}
