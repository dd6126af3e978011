//! From a document with its text to the fields of the index. The text is borrowed, never copied: both streams
//! and the blob share one allocation, and backpressure counts its bytes.

use super::relations;
use super::schema::Fields;
use crate::Document;
use crate::index::layout::{
    day_range, facet_values, header, identity_key, path_order, place_key, separated,
    size_and_time_key, state_code,
};
use crate::index::{Entry, rights};
use std::iter::Empty;
use std::sync::Arc;
use tantivy::schema::document::{ReferenceValue, ReferenceValueLeaf, Value};
use tantivy::schema::{Field, OwnedValue, TantivyDocument};

/// What goes into one field.
#[derive(Debug)]
pub enum FieldValue {
    /// The shared text.
    Text(Arc<str>),
    /// Other text.
    Str(String),
    /// A number.
    U64(u64),
    /// A number with a sign.
    I64(i64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl<'a> Value<'a> for &'a FieldValue {
    type ArrayIter = Empty<&'a FieldValue>;
    type ObjectIter = Empty<(&'a str, &'a FieldValue)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        let leaf = match self {
            FieldValue::Text(text) => ReferenceValueLeaf::Str(text),
            FieldValue::Str(text) => ReferenceValueLeaf::Str(text),
            FieldValue::U64(number) => ReferenceValueLeaf::U64(*number),
            FieldValue::I64(number) => ReferenceValueLeaf::I64(*number),
            FieldValue::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
        };
        ReferenceValue::Leaf(leaf)
    }
}

/// A document as tantivy takes it.
#[derive(Debug)]
pub struct IndexedDocument {
    fields: Vec<(Field, FieldValue)>,
    /// Room in the queue, given back when tantivy drops the document.
    _room: Arc<super::room::Taken>,
}

type FieldAndValue<'a> = (Field, &'a FieldValue);

impl tantivy::Document for IndexedDocument {
    type Value<'a> = &'a FieldValue;
    type FieldsValuesIter<'a> = std::iter::Map<
        std::slice::Iter<'a, (Field, FieldValue)>,
        fn(&'a (Field, FieldValue)) -> FieldAndValue<'a>,
    >;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.fields.iter().map(|(field, value)| (*field, value))
    }
}

/// Lays out `entry` in fields.
pub fn indexed(
    entry: Entry,
    fields: &Fields,
    room: Arc<super::room::Taken>,
) -> serde_json::Result<IndexedDocument> {
    let Entry { document, text } = entry;
    let mut layout = Layout {
        fields,
        out: Vec::with_capacity(48),
    };
    layout.texts(&document, text);
    layout.identity(&document);
    layout.facets(&document);
    layout.dates(&document);
    for (field, value) in relations::fields(&document, fields.relations) {
        layout.add(field, value);
    }
    layout.add(
        fields.document,
        FieldValue::Bytes(serde_json::to_vec(&document)?),
    );
    Ok(IndexedDocument {
        fields: layout.out,
        _room: room,
    })
}

struct Layout<'f> {
    fields: &'f Fields,
    out: Vec<(Field, FieldValue)>,
}

impl Layout<'_> {
    fn add(&mut self, field: Field, value: FieldValue) {
        self.out.push((field, value));
    }

    fn texts(&mut self, document: &Document, text: Arc<str>) {
        let header = header(document);
        self.add(self.fields.text, FieldValue::Text(text));
        self.add(self.fields.text, FieldValue::Str(header));
        self.add(self.fields.title, FieldValue::Str(document.title.clone()));
        self.add(
            self.fields.from,
            FieldValue::Str(separated(document.from.iter().map(String::as_str))),
        );
        self.add(
            self.fields.to,
            FieldValue::Str(separated(document.to.iter().map(String::as_str))),
        );
        self.add(
            self.fields.path,
            FieldValue::Str(document.place.to_string()),
        );
    }

    fn identity(&mut self, document: &Document) {
        let id = document.id.0;
        self.add(self.fields.id, FieldValue::Bytes(id.to_vec()));
        let number = u128::from_be_bytes(id);
        self.add(
            self.fields.id_halves[0],
            FieldValue::U64((number >> 64) as u64),
        );
        self.add(self.fields.id_halves[1], FieldValue::U64(number as u64));
        self.add(
            self.fields.family,
            FieldValue::Bytes(document.family.0.to_vec()),
        );
        let family = u128::from_be_bytes(document.family.0);
        self.add(
            self.fields.family_number,
            FieldValue::U64((family >> 64) as u64),
        );
        self.add(self.fields.size, FieldValue::U64(document.size));
        self.add(self.fields.pages, FieldValue::U64(document.pages.into()));
        if let Some(content) = document.content {
            self.add(self.fields.content, FieldValue::Bytes(content.0.to_vec()));
        }
        if let Some(blob) = &document.text {
            self.add(self.fields.blob, FieldValue::Str(blob.clone()));
        }
        self.add(
            self.fields.path_order,
            FieldValue::Str(path_order(document)),
        );
        if document.gone.is_some() {
            let bron = FieldValue::Str(document.bron.clone());
            self.add(self.fields.gone, bron);
        }
        let rights = rights::word(&document.access);
        self.add(self.fields.access, FieldValue::Str(rights));
        if document.parent.is_some() {
            return;
        }
        let place = place_key(
            &document.bron,
            document.place.folder(),
            document.place.file_name(),
        );
        self.add(self.fields.place, FieldValue::Bytes(place));
        let print = document.fingerprint;
        let size_and_time = size_and_time_key(&document.bron, print.size, print.mtime);
        self.add(self.fields.size_and_time, FieldValue::Bytes(size_and_time));
        for (name, _) in &document.archief.kenmerken {
            let key = identity_key(&document.bron, name);
            self.add(self.fields.identity, FieldValue::Bytes(key));
        }
        let [size, mtime, ctime, reader, state, around] = self.fields.fingerprint;
        self.add(size, FieldValue::U64(print.size));
        self.add(mtime, FieldValue::I64(print.mtime));
        self.add(ctime, FieldValue::I64(print.ctime));
        self.add(reader, FieldValue::U64(print.reader.into()));
        self.add(around, FieldValue::U64(print.around));
        self.add(
            state,
            FieldValue::U64(state_code(document.readability, document.complete)),
        );
    }

    fn facets(&mut self, document: &Document) {
        for (facet, field) in self.fields.all_facets().collect::<Vec<_>>() {
            for value in facet_values(document, facet) {
                self.add(field, FieldValue::Str(value));
            }
        }
    }

    fn dates(&mut self, document: &Document) {
        let fields = self.fields;
        for (date, days) in fields.all_days() {
            match day_range(document, date) {
                Some(range) => {
                    self.add(days.first.1, FieldValue::I64(range.first));
                    self.add(days.last.1, FieldValue::I64(range.last));
                }
                None => self.add(fields.undated, FieldValue::Str(date.name().to_owned())),
            }
        }
        for day in &document.days {
            let day = day.days().first;
            self.add(fields.message_days, FieldValue::I64(day));
        }
    }
}

/// The stored document of a hit; `None` when this program does not understand it.
pub fn stored(found: &TantivyDocument, field: Field) -> Option<Document> {
    let value: OwnedValue = found.get_first(field)?.into();
    match value {
        OwnedValue::Bytes(bytes) => serde_json::from_slice(&bytes).ok(),
        _ => None,
    }
}
