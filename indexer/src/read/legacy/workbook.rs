//! What stands around the cells of an old workbook ([MS-XLS]): hidden sheets, headers and footers, texts in shapes,
//! titles of charts and who wrote comments. The library gives the cells only. Walks the records once; what is damaged
//! gives nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::rtf::charset::Charset;
use super::super::xlsx::margin;
use super::drawing::word_art;
use super::percent::{Cells, Styles};
use super::records::{Biff, biff, stream, u16_at, u32_at};

const BOUND_SHEET: u16 = 0x85;
const BEGIN: [u16; 4] = [0x809, 0x409, 0x209, 0x09];
const END: u16 = 0x0a;
const CONTINUE: u16 = 0x3c;
const CODE_PAGE: u16 = 0x42;
const HEADER: u16 = 0x14;
const FOOTER: u16 = 0x15;
const MORE_MARGINS: u16 = 0x89c;
const DRAWING: u16 = 0xec;
const OBJECT: u16 = 0x5d;
const TEXT: u16 = 0x1b6;
const NOTE: u16 = 0x1c;
const SERIES_TEXT: u16 = 0x100d;

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
    /// It has cells; a chart that is a sheet of its own has none.
    pub(super) has_cells: bool,
    /// Texts of shapes and text boxes.
    pub(super) shapes: Vec<String>,
    /// Titles and names in charts.
    pub(super) charts: Vec<String>,
    /// Headers and footers.
    pub(super) margins: Vec<String>,
    /// Which of its cells are percentages.
    pub(super) cells: Cells,
    /// Headers, footers and titles so far: pages and charts repeat them.
    seen: HashSet<String>,
    /// Who wrote a comment, by its text without white space.
    authors: HashMap<String, String>,
    /// Texts of comments by the number of their object, until their author is known.
    comments: HashMap<u16, String>,
}

impl Sheet {
    /// Who wrote the comment with this text.
    pub(super) fn author(&self, comment: &str) -> Option<String> {
        self.authors.get(&bare(comment)).cloned()
    }
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// All sheets of a workbook, in their order.
pub(super) fn sheets(bytes: &[u8]) -> Vec<Sheet> {
    let book = stream(bytes, &["/Workbook", "/Book"]).unwrap_or_default();
    let mut walk = Walk::new(&book);
    while let Some(record) = walk.next() {
        walk.take(record);
    }
    walk.sheets
}

struct Record<'b> {
    at: usize,
    kind: u16,
    data: &'b [u8],
}

struct Walk<'b> {
    book: &'b [u8],
    at: usize,
    /// Excel 97 and later.
    wide: bool,
    charset: Charset,
    styles: Styles,
    sheets: Vec<Sheet>,
    /// Which sheet begins where.
    begin: BTreeMap<usize, usize>,
    /// Parts within parts: a chart lies within its sheet.
    depth: usize,
    /// The sheet that the records are of.
    current: Option<usize>,
    /// The kind and number of the last object.
    object: (u16, u16),
}

impl<'b> Walk<'b> {
    fn new(book: &'b [u8]) -> Self {
        Self {
            book,
            at: 0,
            wide: u16_at(book, 4) == Some(0x600),
            charset: Charset::default(),
            styles: Styles::default(),
            sheets: Vec::new(),
            begin: BTreeMap::new(),
            depth: 0,
            current: None,
            object: (0, 0),
        }
    }

    fn next(&mut self) -> Option<Record<'b>> {
        let at = self.at;
        let Biff { kind, data, next } = biff(self.book, at)?;
        self.at = next;
        Some(Record { at, kind, data })
    }

    fn take(&mut self, record: Record<'b>) {
        match record.kind {
            kind if BEGIN.contains(&kind) => {
                if self.depth == 0 {
                    self.current = self.begin.get(&record.at).copied();
                }
                self.depth += 1;
            }
            END => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.between();
                }
            }
            CODE_PAGE => {
                let page = u16_at(record.data, 0).and_then(|page| Charset::of_page(page.into()));
                self.charset = page.unwrap_or(self.charset);
            }
            BOUND_SHEET => self.bound_sheet(record.data),
            kind => {
                self.styles.take(kind, record.data, self.wide);
                if let Some(sheet) = self.current {
                    if self.depth == 1 {
                        let cells = &mut self.sheets[sheet].cells;
                        cells.take(kind, record.data, &self.styles);
                    }
                    self.of_sheet(sheet, kind, record.data);
                }
            }
        }
    }

    /// Bytes between two sheets, which some programs leave, are passed over.
    fn between(&mut self) {
        self.current = None;
        let is_begin = u16_at(self.book, self.at).is_some_and(|kind| BEGIN.contains(&kind));
        if !is_begin {
            let later = self.begin.range(self.at..).next();
            self.at = later.map_or(self.book.len(), |(begin, _)| *begin);
        }
    }

    /// Where a sheet begins, whether it is shown, what it is and what it is called.
    fn bound_sheet(&mut self, data: &[u8]) {
        let (Some(at), Some([visibility, kind, length])) = (u32_at(data, 0), data.get(4..7)) else {
            return;
        };
        let name = match self.wide {
            true => chars(&data[7..], usize::from(*length)),
            false => data.get(7..).map(|name| self.charset.text(name)),
        };
        self.begin.insert(at as usize, self.sheets.len());
        self.sheets.push(Sheet {
            name: name.unwrap_or_default(),
            hidden: visibility & 3 != 0,
            has_cells: *kind == 0,
            ..Sheet::default()
        });
    }

    fn of_sheet(&mut self, number: usize, kind: u16, data: &'b [u8]) {
        match kind {
            HEADER | FOOTER => {
                let text = match self.wide {
                    true => u16_at(data, 0).and_then(|length| chars(&data[2..], length.into())),
                    false => data.get(1..).map(|codes| self.charset.text(codes)),
                };
                self.sheets[number].margin(&text.unwrap_or_default());
            }
            MORE_MARGINS => self.sheets[number].more_margins(data),
            // What it is and which number it has stand in its first part.
            OBJECT if self.wide => {
                self.object = (u16_at(data, 4).unwrap_or(0), u16_at(data, 6).unwrap_or(0));
            }
            DRAWING => self.sheets[number].shapes.extend(word_art(data)),
            TEXT if self.wide => {
                let length = u16_at(data, 10).unwrap_or(0);
                let text = self.continued(usize::from(length));
                self.sheets[number].object(self.object, text);
            }
            NOTE if self.wide => self.sheets[number].note(data),
            SERIES_TEXT => {
                let text = match (self.wide, data.get(2)) {
                    (true, Some(length)) => chars(&data[3..], usize::from(*length)),
                    (false, Some(_)) => Some(self.charset.text(&data[3..])),
                    (_, None) => None,
                };
                self.sheets[number].title(&text.unwrap_or_default());
            }
            _ => {}
        }
    }

    /// A text of so many units in the records that follow; each says anew how wide its units are.
    fn continued(&mut self, mut length: usize) -> String {
        let mut text = String::new();
        while length > 0 && u16_at(self.book, self.at) == Some(CONTINUE) {
            let Some(record) = self.next() else {
                break;
            };
            let wide = record.data.first().is_some_and(|flags| flags & 1 != 0);
            let units = record.data.len().saturating_sub(1) >> usize::from(wide);
            text.push_str(&chars(record.data, length.min(units)).unwrap_or_default());
            length = length.saturating_sub(units.max(1));
        }
        text
    }
}

impl Sheet {
    fn margin(&mut self, codes: &str) {
        let text = margin(codes);
        if self.is_new(&text) {
            self.margins.push(text);
        }
    }

    fn title(&mut self, text: &str) {
        let text = text.trim();
        if self.is_new(text) {
            self.charts.push(text.to_owned());
        }
    }

    fn is_new(&mut self, text: &str) -> bool {
        !text.is_empty() && self.seen.insert(text.to_owned())
    }

    /// Those of even pages and of the first page: four lengths, then the texts that there are.
    fn more_margins(&mut self, data: &[u8]) {
        const LENGTHS: usize = 30;
        let mut at = LENGTHS + 8;
        for place in 0..4 {
            if u16_at(data, LENGTHS + 2 * place).unwrap_or(0) == 0 {
                continue;
            }
            let Some(length) = u16_at(data, at).map(usize::from) else {
                return;
            };
            let Some(text) = data.get(at + 2..).and_then(|rest| chars(rest, length)) else {
                return;
            };
            let wide = data.get(at + 2).is_some_and(|flags| flags & 1 != 0);
            at += 3 + (length << usize::from(wide));
            self.margin(&text);
        }
    }

    fn object(&mut self, (kind, number): (u16, u16), text: String) {
        const COMMENT: u16 = 0x19;
        match kind {
            COMMENT => {
                self.comments.insert(number, text);
            }
            _ if !text.trim().is_empty() => self.shapes.push(text),
            _ => {}
        }
    }

    /// Place, marks and number of a comment, and who wrote it.
    fn note(&mut self, data: &[u8]) {
        let author = u16_at(data, 8).and_then(|length| chars(&data[10..], length.into()));
        let author = author.unwrap_or_default().trim().to_owned();
        let text = u16_at(data, 6).and_then(|number| self.comments.get(&number));
        if let (Some(text), false) = (text, author.is_empty()) {
            self.authors.insert(bare(text), author);
        }
    }
}

/// So many characters behind a byte that says how wide they are.
pub(super) fn chars(data: &[u8], length: usize) -> Option<String> {
    let (flags, data) = data.split_first()?;
    match flags & 1 {
        0 => Some(
            data.get(..length)?
                .iter()
                .copied()
                .map(char::from)
                .collect(),
        ),
        _ => {
            let wide = data.get(..2 * length)?;
            let text = encoding_rs::UTF_16LE.decode_without_bom_handling(wide).0;
            Some(text.into_owned())
        }
    }
}
