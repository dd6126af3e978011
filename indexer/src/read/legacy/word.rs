//! The texts of a Word file by the piece table ([MS-DOC] 2.4.1): body, notes, headers, comments and text boxes
//! one after the other. Never knows about formatting, so neither about tables nor deletions, except what is hidden.

use std::collections::HashSet;

use super::drawing;
use super::hidden::{self, Hidden, Ranges};
use super::records::{stream, u16_at, u32_at};

/// One of the texts of a document, in the order in which they stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// The text itself.
    Body,
    /// Footnotes.
    Footnotes,
    /// Headers and footers of all sections.
    Headers,
    /// Comments; a mark begins each.
    Comments = 4,
    /// Endnotes.
    Endnotes,
    /// Text boxes.
    Boxes,
    /// Text boxes in headers and footers.
    HeaderBoxes,
}

/// What stands before each comment.
const COMMENT_MARK: char = '\u{5}';

/// A run of characters that stand together in the file.
struct Piece {
    from: u32,
    to: u32,
    at: usize,
    /// One byte per character instead of two.
    narrow: bool,
}

/// An opened Word document.
pub(super) struct Word {
    text: Vec<u8>,
    pieces: Vec<Piece>,
    /// Characters of each story.
    lengths: [u32; 8],
    hidden: Ranges,
    word_art: Vec<String>,
    /// Word 6 or 95, whose pieces are kept otherwise.
    pub(super) is_old: bool,
    /// It speaks of more characters than it has bytes, or has another layout than it must have.
    pub(super) impossible: bool,
}

impl Word {
    /// Opens the document in an OLE file; none when it is too damaged to find the texts.
    pub(super) fn open(bytes: &[u8]) -> Option<Self> {
        let text = stream(bytes, &["/WordDocument"]).ok()?;
        let is_old = u16_at(&text, 0)? == 0xa5dc || u16_at(&text, 2)? < 0xc0;
        let first = if is_old { 0x34 } else { 0x4c };
        let mut lengths = [0; 8];
        for (number, length) in lengths.iter_mut().enumerate() {
            *length = u32_at(&text, first + 4 * number)?;
        }
        let mut impossible = lengths.iter().any(|length| *length as usize > text.len());
        let (mut pieces, mut hidden) = (Vec::new(), Ranges::default());
        let mut word_art = Vec::new();
        if !is_old {
            let table = table(bytes, &text).unwrap_or_default();
            impossible |= !sound(&text, &table);
            pieces = piece_table(&text, &table).unwrap_or_default();
            hidden = Ranges::read(&text, &table);
            word_art = drawings(&text, &table).unwrap_or_default();
        }
        Some(Self {
            text,
            pieces,
            lengths,
            hidden,
            word_art,
            is_old,
            impossible,
        })
    }

    /// Whether there is text beside the body.
    pub(super) fn has_more(&self) -> bool {
        self.lengths[1..].iter().any(|length| *length > 0)
    }

    /// The text of a story: paragraphs are lines, cells are separated by tabs.
    pub(super) fn story(&self, story: Story) -> String {
        readable(&self.characters(story))
    }

    /// The comments.
    pub(super) fn comments(&self) -> Vec<String> {
        self.characters(Story::Comments)
            .split(COMMENT_MARK)
            .map(readable)
            .filter(|comment| !comment.trim().is_empty())
            .collect()
    }

    /// Words that are a drawing, none twice: every section repeats them.
    pub(super) fn word_art(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let all = self.word_art.iter().cloned();
        all.filter(|words| seen.insert(words.clone())).collect()
    }

    /// The hidden texts of the body, and how many letters and digits of it are visible.
    pub(super) fn hidden(&self) -> (Vec<Hidden>, usize) {
        if self.hidden.is_empty() {
            return (Vec::new(), 0);
        }
        hidden::parts(self.runs(Story::Body).flat_map(|(at, text, width)| {
            let mut at = at;
            let chars: Vec<char> = text.chars().collect();
            chars.into_iter().map(move |char| {
                let hidden = self.hidden.hide(at);
                at += char.len_utf16() * width;
                (char, hidden)
            })
        }))
    }

    fn characters(&self, story: Story) -> String {
        self.runs(story).map(|(_, text, _)| text).collect()
    }

    /// Of each piece of a story: where it begins in the file, what it says, and how many bytes a unit takes.
    fn runs(&self, story: Story) -> impl Iterator<Item = (usize, String, usize)> {
        let number = story as usize;
        let before: u64 = self.lengths[..number].iter().copied().map(u64::from).sum();
        let to = u32::try_from(before + u64::from(self.lengths[number])).unwrap_or(0);
        let from = u32::try_from(before).unwrap_or(u32::MAX);
        self.pieces.iter().filter_map(move |piece| {
            let (start, end) = (piece.from.max(from), piece.to.min(to));
            if start >= end {
                return None;
            }
            let width = if piece.narrow { 1 } else { 2 };
            let at = piece.at + (start - piece.from) as usize * width;
            let until = at + (end - start) as usize * width;
            // A piece that lies outside the file is lost, but not the others.
            let bytes = self.text.get(at..until)?;
            let encoding = match piece.narrow {
                true => encoding_rs::WINDOWS_1252,
                false => encoding_rs::UTF_16LE,
            };
            let text = encoding.decode_without_bom_handling(bytes).0;
            Some((at, text.into_owned(), width))
        })
    }
}

/// The stream with the tables.
fn table(file: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let name = match u16_at(text, 0x0a)? & 0x200 {
        0 => "/0Table",
        _ => "/1Table",
    };
    stream(file, &[name]).ok()
}

/// The words in drawings: first stands what they share, then each drawing behind a byte that says where it belongs.
fn drawings(text: &[u8], table: &[u8]) -> Option<Vec<String>> {
    const PLACE: usize = 0x22a;
    let at = u32_at(text, PLACE)? as usize;
    let mut rest = table.get(at..at.checked_add(u32_at(text, PLACE + 4)? as usize)?)?;
    let mut words = Vec::new();
    while let Some(length) = u32_at(rest, 4) {
        let end = 8_usize.checked_add(length as usize)?;
        words.extend(drawing::word_art(&rest[..end.min(rest.len())]));
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Some(words)
}

/// Whether the notes and headers lie within the text, and the tables where the format wants them.
fn sound(text: &[u8], table: &[u8]) -> bool {
    /// Where the header of the file says where the texts of footnotes, headers and endnotes begin.
    const POSITIONS: [usize; 3] = [0x9a + 8 * 3, 0x9a + 8 * 11, 0x9a + 8 * 47];
    let layout = (u16_at(text, 0x20), u16_at(text, 0x3e)) == (Some(14), Some(22));
    let within = |pair: usize| {
        let at = u32_at(text, pair)? as usize;
        let list = table.get(at..at + u32_at(text, pair + 4)? as usize)?;
        let (positions, _) = list.as_chunks::<4>();
        let most = text.len();
        Some(
            positions
                .iter()
                .all(|p| u32::from_le_bytes(*p) as usize <= most),
        )
    };
    layout && POSITIONS.iter().all(|pair| within(*pair).unwrap_or(true))
}

/// The piece table; none when it is damaged.
fn piece_table(text: &[u8], table: &[u8]) -> Option<Vec<Piece>> {
    const PROPERTIES: u8 = 1;
    const TABLE: u8 = 2;
    const NARROW: u32 = 1 << 30;
    let at = u32_at(text, 0x1a2)? as usize;
    let mut rest = table.get(at..at + u32_at(text, 0x1a6)? as usize)?;
    while rest.first() == Some(&PROPERTIES) {
        rest = rest.get(3 + usize::from(u16_at(rest, 1)?)..)?;
    }
    if rest.first() != Some(&TABLE) {
        return None;
    }
    let rest = rest.get(5..5 + u32_at(rest, 1)? as usize)?;
    let count = rest.len().checked_sub(4)? / 12;
    (0..count)
        .map(|number| {
            let place = u32_at(rest, 4 * (count + 1) + 8 * number + 2)?;
            let narrow = place & NARROW != 0;
            let place = (place & (NARROW - 1)) as usize;
            Some(Piece {
                from: u32_at(rest, 4 * number)?,
                to: u32_at(rest, 4 * number + 4)?,
                at: if narrow { place / 2 } else { place },
                narrow,
            })
        })
        .collect()
}

/// The fields around a character.
#[derive(Default)]
pub(super) struct Fields {
    /// Of each, whether its result has begun.
    begun: Vec<bool>,
    /// How many have no result yet.
    instructions: usize,
}

impl Fields {
    /// Takes the next character: whether it is text, and no mark or instruction of a field.
    pub(super) fn is_text(&mut self, char: char) -> bool {
        const FIELD: char = '\u{13}';
        const RESULT: char = '\u{14}';
        const END: char = '\u{15}';
        match char {
            FIELD => {
                self.begun.push(false);
                self.instructions += 1;
            }
            RESULT => {
                if let Some(begun @ false) = self.begun.last_mut() {
                    *begun = true;
                    self.instructions -= 1;
                }
            }
            END => {
                let ended = self.begun.pop();
                self.instructions -= usize::from(ended == Some(false));
            }
            _ => return self.instructions == 0,
        }
        false
    }
}

/// Marks become what they mean; of a field only its result is text.
fn readable(characters: &str) -> String {
    const CELL: char = '\u{7}';
    let mut text = String::new();
    let mut fields = Fields::default();
    for char in characters.chars() {
        match char {
            _ if !fields.is_text(char) => {}
            // The end of the last cell is also that of its row.
            CELL if text.ends_with('\t') => {
                text.pop();
                text.push('\n');
            }
            CELL => text.push('\t'),
            '\r' | '\u{b}' | '\u{c}' => text.push('\n'),
            '\u{1e}' => text.push('-'),
            '\t' => text.push('\t'),
            _ if char < ' ' => {}
            _ => text.push(char),
        }
    }
    text
}
