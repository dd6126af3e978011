//! What stands around the slides of an old presentation ([MS-PPT]): which are hidden, notes, comments, headers and
//! footers, and what stands on every slide. The library gives the texts of the slides. Looks at every record a few
//! times at most; what is damaged gives nothing.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::super::Stop;
use super::drawing::word_art;
use super::records::{stream, u16_at, u32_at};

const DOCUMENT: u16 = 1000;
const SLIDE: u16 = 1006;
const SLIDE_ATOM: u16 = 1007;
const NOTES: u16 = 1008;
const SLIDE_PLACE: u16 = 1011;
const MASTER: u16 = 1016;
const SHOW_INFO: u16 = 1017;
const PLACEHOLDER: u16 = 3011;
const WIDE_TEXT: u16 = 4000;
const NARROW_TEXT: u16 = 4008;
const STRING: u16 = 4026;
const MARGINS: u16 = 4057;
const LIST: u16 = 4080;
const USER_EDIT: u16 = 4085;
const TAG_DATA: u16 = 5003;
const DIRECTORY: u16 = 6002;
const COMMENT: u16 = 12_000;
const OBJECT: u16 = 4113;
const DRAWING: u16 = 1036;
const SHAPE: u16 = 0xf004;

/// One slide.
#[derive(Debug, Default)]
pub(super) struct Slide {
    pub(super) hidden: bool,
    pub(super) notes: Vec<String>,
    /// Who wrote a comment, and what it says.
    pub(super) comments: Vec<(Option<String>, String)>,
    /// Words that are a drawing.
    pub(super) word_art: Vec<String>,
    /// Headers and footers.
    pub(super) margins: Vec<String>,
}

/// What a presentation has beside the texts of its slides.
#[derive(Debug, Default)]
pub(super) struct Show {
    /// In the order of the show.
    pub(super) slides: Vec<Slide>,
    /// What belongs to no slide, or to all: notes, headers and footers, texts on masters.
    pub(super) loose: Vec<String>,
}

impl Show {
    /// That of a presentation.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let user = stream(bytes, &["/Current User"]).unwrap_or_default();
        let file = File::new(stream(bytes, &["/PowerPoint Document"]).unwrap_or_default());
        let known = u32_at(&user, 16).and_then(|edit| file.directory(edit as usize));
        known.map_or_else(Self::default, |(directory, document)| {
            file.show(&directory, document)
        })
    }
}

/// All texts of a presentation, also of one that nobody can find the way in; none twice.
pub(super) fn every_text(bytes: &[u8]) -> Vec<String> {
    let file = File::new(stream(bytes, &["/PowerPoint Document"]).unwrap_or_default());
    let mut seen = HashSet::new();
    let parts = file.children(0..file.bytes.len());
    parts
        .filter(|part| part.kind != MASTER && part.container)
        .flat_map(|part| {
            let mut texts = file.drawn(&part, true);
            for record in file.records(part.content) {
                match record.kind {
                    MARGINS => texts.extend(file.margins(&record)),
                    COMMENT => texts.extend(file.comment(&record).map(|(_, text)| text)),
                    _ => {}
                }
            }
            texts
        })
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

/// The objects of other programs that the presentation holds now, in the order of the file: `give` gets whether each is
/// compressed, and its bytes. Of one without a list of its parts, all that ever were.
pub(super) fn objects(
    user: &[u8],
    slides: Vec<u8>,
    mut give: impl FnMut(bool, &[u8]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let file = File::new(slides);
    let known = u32_at(user, 16).and_then(|edit| file.directory(edit as usize));
    let records: Vec<Record> = match known {
        Some((directory, _)) => {
            let places: BTreeSet<usize> = directory.into_values().collect();
            places
                .into_iter()
                .filter_map(|at| file.record(at))
                .collect()
        }
        None => file.children(0..file.bytes.len()).collect(),
    };
    for record in records.into_iter().filter(|it| it.kind == OBJECT) {
        let bytes = file.bytes.get(record.content).unwrap_or_default();
        give(record.instance == 1, bytes)?;
    }
    Ok(())
}

struct Record {
    kind: u16,
    instance: u16,
    container: bool,
    content: Range<usize>,
}

/// The stream with the records.
struct File {
    bytes: Vec<u8>,
    /// How many records may still be looked at: lists can name the same part again and again.
    left: Cell<usize>,
}

impl File {
    fn new(bytes: Vec<u8>) -> Self {
        // A record takes eight bytes or more, and nothing honest is looked at sixteen times.
        let left = Cell::new(2 * bytes.len());
        Self { bytes, left }
    }

    fn record(&self, at: usize) -> Option<Record> {
        const CONTAINER: u16 = 15;
        self.left.set(self.left.get().checked_sub(1)?);
        let mark = u16_at(&self.bytes, at)?;
        let kind = u16_at(&self.bytes, at + 2)?;
        let start = at + 8;
        let end = start.checked_add(u32_at(&self.bytes, at + 4)? as usize)?;
        Some(Record {
            kind,
            instance: mark >> 4,
            container: mark & CONTAINER == CONTAINER || kind == TAG_DATA,
            content: start..end.min(self.bytes.len()),
        })
    }

    /// The records directly in a range.
    fn children(&self, range: Range<usize>) -> impl Iterator<Item = Record> {
        self.walk(range, |_| false)
    }

    /// All records in a range, containers before what is in them.
    fn records(&self, range: Range<usize>) -> impl Iterator<Item = Record> {
        self.walk(range, |record| record.container)
    }

    fn walk(
        &self,
        range: Range<usize>,
        into: impl Fn(&Record) -> bool,
    ) -> impl Iterator<Item = Record> {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let record = self.record(at).filter(|_| at + 8 <= range.end)?;
            at = match into(&record) {
                true => record.content.start,
                false => record.content.end,
            };
            Some(record)
        })
    }

    /// The text that a record holds, with line ends.
    fn text(&self, record: &Record) -> Option<String> {
        let bytes = self.bytes.get(record.content.clone())?;
        let text = match record.kind {
            WIDE_TEXT | STRING => {
                let text = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0;
                text.into_owned()
            }
            // The lower halves of wide characters.
            NARROW_TEXT => bytes.iter().copied().map(char::from).collect(),
            _ => return None,
        };
        let text = text.replace(['\r', '\u{b}'], "\n");
        let text = text.trim().trim_end_matches('\0');
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Where each part of the presentation stands, and the number of the part that lists the others. A file that was
    /// saved again and again holds older forms of the same parts.
    fn directory(&self, mut edit: usize) -> Option<(HashMap<u32, usize>, u32)> {
        const MOST_EDITS: usize = 4096;
        let mut places = HashMap::new();
        let mut document = None;
        for _ in 0..MOST_EDITS {
            let atom = self.record(edit).filter(|it| it.kind == USER_EDIT)?;
            let number = |at: usize| u32_at(&self.bytes, atom.content.start + at);
            document = document.or(number(16));
            let list = self.record(number(12)? as usize);
            for (part, place) in list.map(|list| self.places(&list)).unwrap_or_default() {
                places.entry(part).or_insert(place);
            }
            let before = number(8)? as usize;
            if before == 0 || before >= edit {
                break;
            }
            edit = before;
        }
        Some((places, document?))
    }

    /// Runs of places: the first number and how many, then the places.
    fn places(&self, list: &Record) -> Vec<(u32, usize)> {
        let mut found = Vec::new();
        let mut numbers = list.content.clone().step_by(4);
        let number = |at: Option<usize>| u32_at(&self.bytes, at?);
        while let Some(run) = number(numbers.next()).filter(|_| list.kind == DIRECTORY) {
            let first = run & 0x000f_ffff;
            for part in first..first + (run >> 20) {
                match number(numbers.next()) {
                    Some(place) => found.push((part, place as usize)),
                    None => return found,
                }
            }
        }
        found
    }

    fn show(&self, directory: &HashMap<u32, usize>, document: u32) -> Show {
        let mut show = Show::default();
        // No part is looked at twice, whatever the lists say.
        let mut left = directory.clone();
        let mut part = |number: u32, kind: u16| {
            let record = self.record(left.remove(&number)?)?;
            (record.kind == kind).then_some(record)
        };
        let Some(document) = part(document, DOCUMENT) else {
            return show;
        };
        let mut lists: [Vec<(u32, u32)>; 3] = Default::default();
        for record in self.children(document.content.clone()) {
            match record.kind {
                LIST => {
                    if let Some(list) = lists.get_mut(usize::from(record.instance)) {
                        list.extend(self.list(&record));
                    }
                }
                MARGINS => show.loose.extend(self.margins(&record)),
                _ => {}
            }
        }
        let [slides, masters, notes] = lists;
        let mut notes: BTreeMap<u32, Record> = notes
            .into_iter()
            .filter_map(|(number, id)| Some((id, part(number, NOTES)?)))
            .collect();
        for (number, _) in slides {
            let record = part(number, SLIDE);
            let slide = record.map(|slide| self.slide(&slide, &mut notes));
            show.slides.push(slide.unwrap_or_default());
        }
        for notes in notes.into_values() {
            show.loose.extend(self.drawn(&notes, true));
            show.loose.extend(self.margins_of(&notes));
        }
        for (number, _) in masters {
            if let Some(master) = part(number, MASTER) {
                show.loose.extend(self.drawn(&master, false));
                show.loose.extend(self.margins_of(&master));
            }
        }
        show
    }

    /// The numbers and identities of the parts in a list.
    fn list(&self, list: &Record) -> Vec<(u32, u32)> {
        self.children(list.content.clone())
            .filter(|record| record.kind == SLIDE_PLACE)
            .filter_map(|record| {
                let number = |at: usize| u32_at(&self.bytes, record.content.start + at);
                Some((number(0)?, number(12)?))
            })
            .collect()
    }

    fn slide(&self, slide: &Record, notes: &mut BTreeMap<u32, Record>) -> Slide {
        const HIDDEN: u16 = 4;
        let mut found = Slide::default();
        for record in self.children(slide.content.clone()) {
            let start = record.content.start;
            match record.kind {
                SLIDE_ATOM => {
                    let page = u32_at(&self.bytes, start + 16).and_then(|id| notes.remove(&id));
                    if let Some(page) = page {
                        found.notes = self.drawn(&page, true);
                        found.margins.extend(self.margins_of(&page));
                    }
                }
                DRAWING => found.word_art.extend(word_art(&self.bytes[record.content])),
                SHOW_INFO => {
                    let flags = u16_at(&self.bytes, start + 10).unwrap_or(0);
                    found.hidden = flags & HIDDEN != 0;
                }
                _ => {}
            }
        }
        found.margins.extend(self.margins_of(slide));
        found.comments = self
            .records(slide.content.clone())
            .filter(|record| record.kind == COMMENT)
            .filter_map(|comment| self.comment(&comment))
            .collect();
        found
    }

    /// The texts in shapes; with `all`, also in places that the program fills in or asks to fill in.
    fn drawn(&self, part: &Record, all: bool) -> Vec<String> {
        let mut texts = Vec::new();
        let mut asks = false;
        for record in self.records(part.content.clone()) {
            match record.kind {
                SHAPE => asks = false,
                PLACEHOLDER => asks = true,
                _ if asks && !all => {}
                // Strings are names.
                STRING => {}
                // A single sign stands for the number of the page.
                _ => texts.extend(self.text(&record).filter(|it| it.chars().nth(1).is_some())),
            }
        }
        texts
    }

    fn margins_of(&self, part: &Record) -> Vec<String> {
        self.children(part.content.clone())
            .filter(|record| record.kind == MARGINS)
            .flat_map(|record| self.margins(&record))
            .collect()
    }

    fn margins(&self, margins: &Record) -> Vec<String> {
        self.children(margins.content.clone())
            .filter_map(|record| self.text(&record))
            .collect()
    }

    /// Strings in the order author, text, initials.
    fn comment(&self, comment: &Record) -> Option<(Option<String>, String)> {
        let string = |wanted: u16| {
            let mut strings = self.children(comment.content.clone());
            let found = strings.find(|it| it.kind == STRING && it.instance == wanted)?;
            self.text(&found)
        };
        Some((string(0), string(1)?))
    }
}
