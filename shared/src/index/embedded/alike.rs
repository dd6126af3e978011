//! Whether a document has another like it among those that somebody may see. What a run wrote down holds for the whole
//! index: told within a part of it, it would be a hint at what lies outside.

use super::bits::Bits;
use super::relations;
use super::schema::column;
use crate::Likeness;
use crate::index::IndexError;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

/// The documents of one segment that have another like them within the scope.
#[derive(Debug)]
pub struct Alike {
    /// The same content.
    dubbel: Bits,
    /// Nearly the same text.
    bijna: Bits,
}

impl Alike {
    /// Whether there is another with nearly the same text.
    pub fn has_near(&self, doc: DocId) -> bool {
        self.bijna.first_from(doc) == doc
    }

    /// Whether there is another like this one.
    pub fn of(&self, doc: DocId) -> Likeness {
        if self.dubbel.first_from(doc) == doc {
            Likeness::Dubbel
        } else if self.has_near(doc) {
            Likeness::Bijna
        } else {
            Likeness::Uniek
        }
    }
}

/// The columns of a segment that tell which documents belong together.
struct Columns {
    flags: Column<u64>,
    same: Option<Column<u64>>,
    near: Option<Column<u64>>,
}

impl Columns {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Columns {
            flags: fast.u64(column::FLAGS)?,
            same: fast.column_opt(column::SAME)?,
            near: fast.column_opt(column::NEAR)?,
        })
    }

    /// The groups of a document; none of one that is unique in the whole index, and so in every part of it.
    fn groups(&self, doc: DocId) -> [Option<u64>; 2] {
        if relations::likeness(self.flags.first(doc).unwrap_or(0)) == Likeness::Uniek {
            return [None, None];
        }
        let first =
            |column: &Option<Column<u64>>| column.as_ref().and_then(|column| column.first(doc));
        [first(&self.same), first(&self.near)]
    }
}

/// Counts the groups of the live documents for which `visible` holds.
pub fn count(
    searcher: &Searcher,
    visible: impl Fn(SegmentId, DocId) -> bool,
) -> Result<HashMap<SegmentId, Arc<Alike>>, IndexError> {
    let mut met: [HashMap<u64, u32>; 2] = Default::default();
    let mut columns = Vec::new();
    for reader in searcher.segment_readers() {
        let of_segment = Columns::open(reader)?;
        for doc in reader
            .doc_ids_alive()
            .filter(|doc| visible(reader.segment_id(), *doc))
        {
            for (met, group) in met.iter_mut().zip(of_segment.groups(doc)) {
                if let Some(group) = group {
                    *met.entry(group).or_default() += 1;
                }
            }
        }
        columns.push(of_segment);
    }
    let mut found = HashMap::new();
    for (reader, columns) in searcher.segment_readers().iter().zip(columns) {
        let id = reader.segment_id();
        let mut alike = Alike {
            dubbel: Bits::none(reader.max_doc()),
            bijna: Bits::none(reader.max_doc()),
        };
        for doc in reader.doc_ids_alive().filter(|doc| visible(id, *doc)) {
            let groups = columns.groups(doc);
            let several = |at: usize| {
                groups[at].is_some_and(|group| met[at].get(&group).is_some_and(|count| *count > 1))
            };
            if several(0) {
                alike.dubbel.insert(doc);
            }
            if several(1) {
                alike.bijna.insert(doc);
            }
        }
        found.insert(id, Arc::new(alike));
    }
    Ok(found)
}
