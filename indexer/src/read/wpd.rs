//! WordPerfect documents of version 5 and of 6 and later: text, tabs, tables as cells, notes and margins after it. A
//! document whose codes do not add up is told as read in part. Never decrypts, never reads WordPerfect for DOS 4.

mod chars;

use std::io::Read;

use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// The whole file is held in memory.
const MOST_BYTES: u64 = 256 << 20;
/// Notes in notes beyond this depth are left out: no program writes them.
const DEPTH: u8 = 4;

/// Reads one `wpd` document.
pub fn read_wpd(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut bytes = Vec::new();
    if let Err(error) = (&mut input.file).take(MOST_BYTES).read_to_end(&mut bytes) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    // Later versions can put the document in an OLE file.
    if bytes.starts_with(super::container::OLE) {
        let file = std::io::Cursor::new(&bytes);
        bytes =
            super::ole_info::stream(file, "/PerfectOffice_MAIN", MOST_BYTES).unwrap_or_default();
    }
    if !bytes.starts_with(b"\xffWPC") {
        return Outcome::Unreadable(Reason::Broken(
            "het begin van het WordPerfect-bestand ontbreekt".into(),
        ));
    }
    let head = |at: usize| bytes.get(at).copied().unwrap_or(0);
    if (head(12), head(13)) != (0, 0) {
        return Outcome::Unreadable(Reason::Encrypted);
    }
    if head(9) != 0x0a {
        let what = "dit is een hulpbestand van WordPerfect, geen document";
        return Outcome::Unreadable(Reason::Other(what.into()));
    }
    let start = u32_at(&bytes, 4).unwrap_or(16) as usize;
    let new = head(10) >= 2;
    let mut text = Text {
        bytes: &bytes,
        new,
        unknown: 0,
        beside: Vec::new(),
    };
    let mut sink = Sink::new(output);
    let result = document(&mut text, start, &mut sink);
    let result = match &text {
        _ if bytes.len() as u64 == MOST_BYTES => result.and_then(|()| {
            let most = format!(
                "WordPerfect-bestanden tot {} MB worden gelezen",
                MOST_BYTES >> 20
            );
            sink.past(Err(Fault::Bad(Reason::Limit(most))))
        }),
        text if text.unknown > 0 => result.and_then(|()| {
            let what = "dit WordPerfect-bestand heeft codes of tekens die wij niet kennen";
            sink.past(Err(Fault::Bad(Reason::Other(what.into()))))
        }),
        _ => result,
    };
    sink.finish(result)
}

fn document(text: &mut Text<'_>, start: usize, sink: &mut Sink<'_>) -> Result<(), Stop> {
    text.walk(start, text.bytes.len(), sink)?;
    let mut depth = 0;
    // Notes and margins were met on the way; they may hold such parts, too.
    while !text.beside.is_empty() && depth < DEPTH {
        depth += 1;
        for (from, to) in std::mem::take(&mut text.beside) {
            sink.paragraph()?;
            text.walk(from, to, sink)?;
        }
    }
    if text.new {
        for (from, to) in packets(text.bytes, start) {
            sink.paragraph()?;
            text.walk(from, to, sink)?;
        }
    }
    sink.end_part()
}

/// The texts that lie in the index before the document area: notes, margins, boxes.
fn packets(bytes: &[u8], end: usize) -> Vec<(usize, usize)> {
    const GENERAL_TEXT: u8 = 0x08;
    const ENTRY: usize = 14;
    let mut texts = Vec::new();
    let index = usize::from(u16_at(bytes, 14).unwrap_or(0));
    let count = usize::from(u16_at(bytes, index + 2).unwrap_or(0));
    for at in (1..count).map(|number| index + number * ENTRY) {
        let (Some(GENERAL_TEXT), Some(size), Some(from)) = (
            bytes.get(at + 1).copied(),
            u32_at(bytes, at + 6),
            u32_at(bytes, at + 10),
        ) else {
            continue;
        };
        let (from, size) = (from as usize, size as usize);
        let blocks = usize::from(u16_at(bytes, from).unwrap_or(0));
        let (text, to) = (from + 6 + 4 * blocks, from.saturating_add(size));
        if text < to && to <= end.min(bytes.len()) {
            texts.push((text, to));
        }
    }
    texts
}

/// A document being walked through.
struct Text<'b> {
    bytes: &'b [u8],
    /// Version 6 or later.
    new: bool,
    unknown: usize,
    /// Texts that stand beside this one: from where to where.
    beside: Vec<(usize, usize)>,
}

/// What a code means for the text, and where the next one stands.
enum Mean {
    Nothing,
    Text(&'static str),
    Char(u8, u8),
    Line,
    Cell,
    Row,
    Unknown,
}

impl Text<'_> {
    fn walk(&mut self, mut at: usize, to: usize, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let mut undone = 0u32;
        while let Some(byte) = self.bytes.get(at).copied().filter(|_| at < to) {
            let (mean, next) = match self.new {
                true => self.new_code(at, byte),
                false => self.old_code(at, byte),
            };
            // Text that an undo still remembers is bracketed by these codes.
            if self.new && byte == 0xf1 {
                match self.bytes.get(at + 1) {
                    Some(0) => undone += 1,
                    Some(1) => undone = undone.saturating_sub(1),
                    _ => {}
                }
            }
            at = next.max(at + 1);
            if undone > 0 {
                continue;
            }
            match mean {
                Mean::Nothing => {}
                Mean::Text(text) => sink.text(text)?,
                Mean::Char(set, code) => self.char(set, code, sink)?,
                Mean::Line => sink.paragraph()?,
                Mean::Cell => {
                    sink.paragraph()?;
                    sink.cell();
                }
                Mean::Row => sink.row(),
                Mean::Unknown => self.unknown += 1,
            }
        }
        // Brackets that never close would hide the rest silently.
        self.unknown += usize::from(undone > 0);
        Ok(())
    }

    fn char(&mut self, set: u8, code: u8, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let found = chars::of(set, code);
        self.unknown += usize::from(found.is_none());
        let char = found.unwrap_or(char::REPLACEMENT_CHARACTER);
        sink.text(char.encode_utf8(&mut [0; 4]))
    }

    /// A code with a length of its own: its end, if the code stands there again.
    fn gate(&self, at: usize, size: usize) -> Option<usize> {
        let end = at.checked_add(size)?;
        let code = self.bytes.get(at)?;
        (size >= 4 && self.bytes.get(end - 1) == Some(code)).then_some(end)
    }

    fn new_code(&mut self, at: usize, byte: u8) -> (Mean, usize) {
        const FIXED: [usize; 16] = [4, 5, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 8, 8, 1];
        let mean = match byte {
            0x01..=0x20 => Mean::Char(chars::DEFAULT, byte),
            0x21..=0x7e => Mean::Char(0, byte),
            0x80 => Mean::Text(" "),
            0x81 => Mean::Text("\u{a0}"),
            0x84 => Mean::Text("-"),
            0x87 | 0xb7..=0xcc => Mean::Line,
            0xcd..=0xcf => Mean::Text(" "),
            0xd0..=0xef => {
                let size = usize::from(u16_at(self.bytes, at + 2).unwrap_or(0));
                let Some(end) = self.gate(at, size) else {
                    return (Mean::Unknown, at + 1);
                };
                let kind = self.bytes.get(at + 1).copied().unwrap_or(0);
                let mean = match (byte, kind) {
                    (0xd0, 0x01..=0x03 | 0x14..=0x16) => Mean::Text(" "),
                    (0xd0, 0x0a) => Mean::Cell,
                    (0xd0, 0x0b..=0x11) => Mean::Row,
                    (0xd0, 0x04..) => Mean::Line,
                    (0xe0, _) => Mean::Text("\t"),
                    _ => Mean::Nothing,
                };
                return (mean, end);
            }
            0xf0 => {
                let code = self.bytes.get(at + 1).copied().unwrap_or(0);
                let set = self.bytes.get(at + 2).copied().unwrap_or(0);
                Mean::Char(set, code)
            }
            _ => Mean::Nothing,
        };
        let length = if byte >= 0xf0 {
            FIXED[usize::from(byte - 0xf0)]
        } else {
            1
        };
        self.fixed(at, byte, length, mean)
    }

    /// A code of known length must end with itself.
    fn fixed(&self, at: usize, byte: u8, length: usize, mean: Mean) -> (Mean, usize) {
        match length {
            1 => (mean, at + 1),
            _ if self.bytes.get(at + length - 1) == Some(&byte) => (mean, at + length),
            _ => (Mean::Unknown, at + 1),
        }
    }

    fn old_code(&mut self, at: usize, byte: u8) -> (Mean, usize) {
        const FIXED: [usize; 16] = [4, 9, 11, 3, 3, 5, 6, 7, 1, 1, 1, 1, 1, 1, 1, 1];
        let mean = match byte {
            0x0a | 0x0c => Mean::Line,
            0x0b | 0x0d => Mean::Text(" "),
            0x20..=0x7e => Mean::Char(0, byte),
            0x8c | 0x90 | 0x99 => Mean::Line,
            0x94 | 0x95 => Mean::Text(" "),
            0xa0 => Mean::Text("\u{a0}"),
            0xa9 => Mean::Text("-"),
            0xc0 => {
                let code = self.bytes.get(at + 1).copied().unwrap_or(0);
                let set = self.bytes.get(at + 2).copied().unwrap_or(0);
                Mean::Char(set, code)
            }
            0xc1 | 0xc2 => Mean::Text("\t"),
            0xd0..=0xff => {
                let size = 4 + usize::from(u16_at(self.bytes, at + 2).unwrap_or(0));
                let Some(end) = self.gate(at, size) else {
                    return (Mean::Unknown, at + 1);
                };
                let kind = self.bytes.get(at + 1).copied().unwrap_or(0);
                let mean = match (byte, kind) {
                    (0xdc, 0) => Mean::Cell,
                    (0xdc, _) => Mean::Row,
                    // Margins and notes hold their text in the code, behind what describes it.
                    (0xd5, _) => self.put_beside(at + 22, end),
                    (0xd6, _) => self.put_beside(at + 11, end),
                    _ => Mean::Nothing,
                };
                return (mean, end);
            }
            _ => Mean::Nothing,
        };
        let length = if (0xc0..0xd0).contains(&byte) {
            FIXED[usize::from(byte - 0xc0)]
        } else {
            1
        };
        self.fixed(at, byte, length, mean)
    }

    fn put_beside(&mut self, from: usize, end: usize) -> Mean {
        if from + 4 < end {
            self.beside.push((from, end - 4));
        }
        Mean::Nothing
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    fn file(major: u8, text: &[u8]) -> Vec<u8> {
        let mut bytes = b"\xffWPC\x10\0\0\0\x01\x0a".to_vec();
        bytes.extend([major, 1, 0, 0, 0, 0]);
        bytes.extend(text);
        bytes
    }

    const NEW: &[u8] = b"Een\x80caf\xf0\x29\x01\xf0\x80op\xcfde\x80dijk\xcc\xd4\x11\x08\0abc\xd4\
        \xf1\0\0\0\xf1weg\xf1\x01\0\0\xf1Tweede\x80regel\x0f\xd0\x0a\x06\0\0\xd0twee\xd0\x11\x06\0\0\xd0na";
    const OLD: &[u8] = b"Een caf\xc0\x29\x01\xc0 op\x0dde dijk\x0a\xc3\x08\xc3vet\xc4\x08\xc4\xd1\x02\x05\0a\x05\0\x02\xd1\x0a\
        \xdc\x01\x04\0\x04\0\x01\xdccel\xdc\0\x04\0\x04\0\0\xdctwee\xdc\x03\x04\0\x04\0\x03\xdcna\xd6\0\x0f\0\0\x01\0\0\0\0\0noot\x0f\0\0\xd6";

    #[test]
    fn both_generations_are_read_without_their_codes() {
        let (format, out, outcome) = read_bytes("brief.doc", &file(2, NEW));
        assert_eq!((format.as_str(), outcome), ("wpd", Outcome::Whole));
        assert_eq!(
            out.rest,
            "Een caf\u{e9} op de dijk\nTweede regel\u{e9}\ttwee\nna\n"
        );
        let (_, out, outcome) = read_bytes("brief.wp5", &file(0, OLD));
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.rest,
            "Een caf\u{e9} op de dijk\nvet\ncel\ttwee\nna\nnoot\n"
        );
    }

    #[test]
    fn a_locked_document_and_unknown_codes_are_told() {
        let mut locked = file(2, NEW);
        locked[12] = 7;
        assert_eq!(
            read_bytes("a", &locked).2,
            Outcome::Unreadable(Reason::Encrypted)
        );
        let (_, out, outcome) = read_bytes("a", &file(2, b"voor\xd4\x01\xff\xffna"));
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Other(_))),
            "{outcome:?}"
        );
        assert!(out.rest.starts_with("voor"));
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            new: bool,
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            let (major, text) = if new { (2, NEW) } else { (0, OLD) };
            survives_damage(&file(major, text), cut, &flips, |bytes| { read_bytes("a.wpd", bytes); });
            read_bytes("a.wpd", &file(major, &noise));
        }
    }
}
