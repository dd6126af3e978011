//! The packed objects (IWA) of iWork since 2013: blocks of Snappy around protocol buffers. Knows only those objects
//! that hold text.

use super::super::Reason;
use super::super::sink::Sink;
use super::super::tokens::Fault;

/// Unpacked bytes of one part.
const MOST_UNPACKED: usize = 256 << 20;

/// Writes the text of one part; `numbers` becomes true when there is a table.
pub(super) fn text(packed: &[u8], numbers: &mut bool, sink: &mut Sink<'_>) -> Result<(), Fault> {
    const TEXT: u64 = 2001;
    const COMMENT: u64 = 3056;
    const TABLE: u64 = 6001;
    const CELLS: u64 = 6005;
    let (bytes, whole) = unpacked(packed);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let Some((kinds, after)) = header(rest) else {
            return Err(broken());
        };
        rest = after;
        for (kind, length) in kinds {
            let Some((object, after)) = rest.split_at_checked(length) else {
                return Err(broken());
            };
            rest = after;
            match kind {
                TEXT => strings(object, 3, sink)?,
                COMMENT => strings(object, 1, sink)?,
                TABLE => *numbers = true,
                CELLS => {
                    for (_, entry) in fields(object).filter(|(number, _)| *number == 3) {
                        strings(entry, 3, sink)?;
                    }
                }
                _ => {}
            }
        }
    }
    if whole { Ok(()) } else { Err(broken()) }
}

fn broken() -> Fault {
    Fault::Bad(Reason::Broken(
        "een onderdeel van het iWork-document".into(),
    ))
}

/// Every block is a zero, a length of three bytes and as much Snappy; the result says whether all came out.
fn unpacked(mut packed: &[u8]) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    while let Some((&[0, low, middle, high], rest)) = packed.split_first_chunk::<4>() {
        let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
        let Some((block, after)) = rest.split_at_checked(length) else {
            return (all, false);
        };
        let size = snap::raw::decompress_len(block).unwrap_or(usize::MAX);
        // A byte of Snappy gives at most some twenty.
        if size > length.saturating_mul(64) || all.len().saturating_add(size) > MOST_UNPACKED {
            return (all, false);
        }
        match snap::raw::Decoder::new().decompress_vec(block) {
            Ok(bytes) => all.extend(bytes),
            Err(_) => return (all, false),
        }
        packed = after;
    }
    (all, packed.is_empty())
}

/// Kind and length of objects.
type Kinds = Vec<(u64, usize)>;

/// The kinds and lengths of the objects that follow, and where they begin.
fn header(bytes: &[u8]) -> Option<(Kinds, &[u8])> {
    let (length, rest) = varint(bytes)?;
    let (head, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let infos = fields(head).filter(|(number, _)| *number == 2);
    let kinds = infos.map(|(_, info)| {
        let number = |wanted| {
            let found = Fields(info).find(|(number, _)| *number == wanted)?;
            match found.1 {
                Value::Number(number) => Some(number),
                Value::Bytes(_) => None,
            }
        };
        (
            number(1).unwrap_or(0),
            usize::try_from(number(3).unwrap_or(0)).unwrap_or(usize::MAX),
        )
    });
    Some((kinds.collect(), rest))
}

/// Writes the texts of one field as paragraphs.
fn strings(object: &[u8], field: u64, sink: &mut Sink<'_>) -> Result<(), Fault> {
    for (_, bytes) in fields(object).filter(|(number, _)| *number == field) {
        let Ok(text) = std::str::from_utf8(bytes) else {
            continue;
        };
        // Besides line ends there are marks of what is anchored in the text.
        for line in text.split(['\n', '\u{2028}', '\u{2029}', '\u{4}', '\u{5}', '\u{c}']) {
            let shown: String = line
                .chars()
                .filter(|c| !c.is_control() && *c != '\u{fffc}')
                .collect();
            if !shown.trim().is_empty() {
                sink.line(&shown)?;
            }
        }
    }
    Ok(())
}

/// The fields of a message that are bytes: texts and messages.
fn fields(message: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    Fields(message).filter_map(|(number, value)| match value {
        Value::Bytes(bytes) => Some((number, bytes)),
        Value::Number(_) => None,
    })
}

enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

/// The fields of a message, until its end or the first that makes no sense.
struct Fields<'m>(&'m [u8]);

impl<'m> Iterator for Fields<'m> {
    type Item = (u64, Value<'m>);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, rest) = varint(self.0)?;
        let bytes = |rest: &'m [u8], length: usize| rest.split_at_checked(length);
        let (value, rest) = match tag & 7 {
            0 => {
                let (number, rest) = varint(rest)?;
                (Value::Number(number), rest)
            }
            1 | 5 => {
                let (bytes, rest) = bytes(rest, if tag & 7 == 1 { 8 } else { 4 })?;
                (Value::Bytes(bytes), rest)
            }
            2 => {
                let (length, rest) = varint(rest)?;
                let (bytes, rest) = bytes(rest, usize::try_from(length).ok()?)?;
                (Value::Bytes(bytes), rest)
            }
            _ => return None,
        };
        self.0 = rest;
        Some((tag >> 3, value))
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * at).min(63);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
pub(super) mod testing {
    //! Packed objects for tests.

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
    }

    fn number(field: u8, value: u16) -> Vec<u8> {
        vec![field << 3, (value & 0x7f) as u8 | 0x80, (value >> 7) as u8]
    }

    fn object(kind: u16, message: &[u8]) -> Vec<u8> {
        let info = [number(1, kind), number(3, message.len() as u16)].concat();
        let head = [number(1, 1), field(2, &info)].concat();
        [&[head.len() as u8], head.as_slice(), message].concat()
    }

    /// A part with a text, a table and a cell.
    pub(crate) fn iwa(text: &str, cell: &str) -> Vec<u8> {
        let entry = field(3, &[number(1, 1), field(3, cell.as_bytes())].concat());
        let all = [
            object(2001, &field(3, text.as_bytes())),
            object(6001, &number(1, 1)),
            object(6005, &entry),
        ]
        .concat();
        let block = snap::raw::Encoder::new().compress_vec(&all).unwrap();
        let length = (block.len() as u32).to_le_bytes();
        [&[0, length[0], length[1], length[2]], block.as_slice()].concat()
    }
}
