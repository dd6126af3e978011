//! The texts of an old workbook that the library gives up on ([MS-XLS] 2.4.265): those that cells share, those in cells
//! and the results of formulas, in the order of the file. Never knows which cell a text stands in.

use std::collections::HashSet;

use super::super::rtf::charset::Charset;
use super::records::{Biff, biff, stream, u16_at};
use super::workbook::chars;

const SHARED: u16 = 0xfc;
const CONTINUE: u16 = 0x3c;
const LABEL: u16 = 0x204;
const RICH_LABEL: u16 = 0xd6;
const RESULT: u16 = 0x207;
const CODE_PAGE: u16 = 0x42;
const ENCRYPTED: u16 = 0x2f;

/// All texts, none twice.
pub(super) fn every_text(bytes: &[u8]) -> Vec<String> {
    let book = stream(bytes, &["/Workbook", "/Book"]).unwrap_or_default();
    let wide = u16_at(&book, 4) == Some(0x600);
    let mut charset = Charset::default();
    let mut texts = Vec::new();
    let mut at = 0;
    while let Some(Biff { kind, data, next }) = biff(&book, at) {
        at = next;
        // A cell has a place and a format before its text.
        let place = if kind == RESULT { 0 } else { 6 };
        match kind {
            ENCRYPTED => break,
            CODE_PAGE => {
                let page = u16_at(data, 0).and_then(|page| Charset::of_page(page.into()));
                charset = page.unwrap_or(charset);
            }
            SHARED => texts.extend(Shared::new(&book, data, next).all()),
            LABEL | RICH_LABEL | RESULT => {
                let length = u16_at(data, place).map(usize::from);
                let text = length.zip(data.get(place + 2..));
                texts.extend(text.and_then(|(length, text)| match wide {
                    true => chars(text, length),
                    false => text.get(..length).map(|text| charset.text(text)),
                }));
            }
            _ => {}
        }
    }
    let mut seen = HashSet::new();
    texts.retain(|text| !text.trim().is_empty() && seen.insert(text.clone()));
    texts
}

/// The shared texts, which go on in the records that follow.
struct Shared<'b> {
    book: &'b [u8],
    data: &'b [u8],
    next: usize,
}

impl<'b> Shared<'b> {
    fn new(book: &'b [u8], data: &'b [u8], next: usize) -> Self {
        Self { book, data, next }
    }

    /// What can be read of them: damage ends it.
    fn all(mut self) -> Vec<String> {
        let mut texts = Vec::new();
        if self.skip(8).is_some() {
            while let Some(text) = self.text() {
                texts.push(text);
            }
        }
        texts
    }

    /// Length and flags; how many runs of layout and bytes of pronunciation; the text; these.
    fn text(&mut self) -> Option<String> {
        const RICH: u8 = 8;
        const SPOKEN: u8 = 4;
        let length = usize::from(self.number()?);
        let flags = self.byte()?;
        let mut behind = 0;
        if flags & RICH != 0 {
            behind += 4 * usize::from(self.number()?);
        }
        if flags & SPOKEN != 0 {
            let (low, high) = (self.number()?, self.number()?);
            behind += usize::from(low) + (usize::from(high) << 16);
        }
        let text = self.characters(length, flags & 1 != 0)?;
        self.skip(behind)?;
        Some(text)
    }

    /// So many units; the records that they go on in say anew how wide they are.
    fn characters(&mut self, mut length: usize, mut wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        while length > 0 {
            if self.data.is_empty() {
                self.more()?;
                wide = self.byte()? & 1 != 0;
            }
            let size = 1 << usize::from(wide);
            let count = length.min(self.data.len() / size);
            let (here, rest) = self.data.split_at(count * size);
            match wide {
                true => units.extend(
                    here.as_chunks()
                        .0
                        .iter()
                        .map(|two| u16::from_le_bytes(*two)),
                ),
                false => units.extend(here.iter().map(|byte| u16::from(*byte))),
            }
            self.data = if count == 0 { &[] } else { rest };
            length -= count;
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// Goes on in the next record.
    fn more(&mut self) -> Option<()> {
        let record = biff(self.book, self.next).filter(|it| it.kind == CONTINUE)?;
        (self.data, self.next) = (record.data, record.next);
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.data.is_empty() {
            self.more()?;
        }
        let (first, rest) = self.data.split_first()?;
        self.data = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > self.data.len() {
            count -= self.data.len();
            self.more()?;
        }
        self.data = &self.data[count..];
        Some(())
    }
}
