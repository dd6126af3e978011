//! From a document with its text to what the cluster stores. Owns the layout; never sends anything.

use super::positions::Positions;
use super::template as field;
use crate::index::facets::{period_name, period_of};
use crate::index::layout::{day_range, facet_values, header, path_order, separated, shortened};
use crate::index::{DateField, Entry, FacetField, IndexError, rights};
use crate::{DayRange, Document, TextField};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The longest word of a field that is no text, in bytes; Lucene has 32,766.
const LONGEST: usize = 32_000;

/// What is stored of an entry.
///
/// # Errors
/// When the document cannot be written as JSON.
pub fn stored(entry: &Entry) -> Result<Value, IndexError> {
    let document = &entry.document;
    let mut out = Layout(Map::new());
    out.texts(document, &entry.text);
    out.identity(document);
    out.facets(document);
    out.dates(document);
    let whole = serde_json::to_string(document);
    let whole = whole.map_err(|error| IndexError::Engine(error.to_string()))?;
    out.put(field::DOCUMENT, whole);
    Ok(Value::Object(out.0))
}

/// The files of a folder.
pub fn folder_key(bron: &str, folder: &[u8]) -> String {
    let mut key = format!("{bron}\u{0}");
    folder
        .iter()
        .for_each(|byte| key.push_str(&format!("{byte:02x}")));
    key
}

/// Files with this size and modification time.
pub fn size_and_time_key(bron: &str, size: u64, mtime: i64) -> String {
    format!("{bron}\u{0}{size}\u{0}{mtime}")
}

/// Documents that an export calls by this name.
pub fn identity_key(bron: &str, name: &str) -> String {
    let key = crate::index::layout::identity_key(bron, name);
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Its rights as one word; what is too long for a field is not known: nobody sees too much by that.
fn access(document: &Document) -> String {
    let word = rights::word(&document.access);
    match word.len() > LONGEST {
        true => rights::UNKNOWN.to_owned(),
        false => word,
    }
}

struct Layout(Map<String, Value>);

impl Layout {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn text(&mut self, name: Option<TextField>, positions: Positions) {
        self.put(field::text(name), positions.values);
        let words: Vec<String> = positions.words.into_iter().collect();
        self.put(&field::words(name), words);
    }

    fn texts(&mut self, document: &Document, text: &str) {
        let names = |names: &[String]| separated(names.iter().map(String::as_str));
        self.text(None, Positions::of_all(&[text, &header(document)]));
        let title = Positions::of_all(&[&document.title]);
        self.text(Some(TextField::Titel), title);
        let exact = [
            (TextField::Van, names(&document.from)),
            (TextField::Aan, names(&document.to)),
            (TextField::Pad, document.place.to_string()),
        ];
        for (name, text) in exact {
            self.text(Some(name), Positions::of_exact(&text));
        }
    }

    fn identity(&mut self, document: &Document) {
        self.put(field::ID, document.id.to_string());
        self.put(field::FAMILY, document.family.to_string());
        self.put(field::SIZE, document.size);
        self.put(field::PAGES, document.pages);
        if let Some(content) = document.content {
            self.put(field::CONTENT, content.to_string());
        }
        if let Some(blob) = &document.text {
            self.put(field::BLOB, blob.clone());
        }
        self.put(field::PATH_ORDER, path_order(document));
        let file = String::from_utf8_lossy(&document.place.path);
        self.put(field::FILE, shortened(format!("{}/{file}", document.bron)));
        self.put(field::ACCESS, access(document));
        let relations = &document.relations;
        let groups = [
            (field::SAME, relations.same),
            (field::NEAR, relations.near),
            (field::THREAD, relations.thread),
        ];
        for (name, group) in groups {
            if let Some(group) = group {
                self.put(name, group.to_string());
            }
        }
        if document.gone.is_some() {
            self.put(field::GONE, document.bron.clone());
        }
        if document.parent.is_some() {
            return;
        }
        let print = document.fingerprint;
        let bron = &document.bron;
        self.put(field::FOLDER, folder_key(bron, document.place.folder()));
        let size_and_time = size_and_time_key(bron, print.size, print.mtime);
        self.put(field::SIZE_AND_TIME, size_and_time);
        let names = document.archief.kenmerken.iter();
        let names: Vec<String> = names.map(|(name, _)| identity_key(bron, name)).collect();
        self.put(field::IDENTITY, names);
    }

    fn facets(&mut self, document: &Document) {
        for facet in FacetField::ALL {
            if !matches!(facet, FacetField::Jaar | FacetField::Maand) {
                let name = field::facet(facet, DateField::default());
                self.put(&name, facet_values(document, facet));
            }
        }
    }

    fn dates(&mut self, document: &Document) {
        let mut undated = Vec::new();
        for date in DateField::ALL {
            let Some(range) = day_range(document, date) else {
                undated.push(date.name());
                continue;
            };
            let [first, last] = field::days(date);
            self.put(&first, range.first);
            self.put(&last, range.last);
        }
        self.put(field::UNDATED, undated);
        let days: Vec<i64> = document.days.iter().map(|day| day.days().first).collect();
        self.put(field::MESSAGE_DAYS, days);
        for date in DateField::ALL {
            for facet in [FacetField::Jaar, FacetField::Maand] {
                self.put(&field::facet(facet, date), periods(document, date, facet));
            }
        }
    }
}

/// Whether this date of a chat is the days of its messages: those were sent.
pub fn by_message(field: DateField) -> bool {
    matches!(field, DateField::Datum | DateField::Verzonden)
}

/// The years or months of a date; of a chat those with messages.
fn periods(document: &Document, date: DateField, facet: FacetField) -> Vec<String> {
    let days = document.days.iter().map(|day| day.days().first);
    let mut ranges: Vec<DayRange> = match by_message(date) {
        true => days
            .map(|day| DayRange {
                first: day,
                last: day,
            })
            .collect(),
        false => Vec::new(),
    };
    if ranges.is_empty() {
        ranges.extend(day_range(document, date));
    }
    let found = ranges.into_iter().filter_map(|days| period_of(facet, days));
    let found: BTreeSet<String> = found
        .map(|(_, number)| period_name(facet, number))
        .collect();
    found.into_iter().collect()
}
