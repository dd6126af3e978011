//! Shows hits that belong together once: of each group the newest, and of equals the one with the lowest id, so that
//! the choice never depends on the order asked for. Memory grows with the hits, only when it is asked for. Never
//! counts a facet.

use super::hits::{Found, Hits, SegmentHits, id_columns, id_of};
use super::schema::column;
use crate::index::Collapse;
use std::cmp::Reverse;
use std::collections::HashMap;
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentReader};

/// Newest first, then by id.
type Newness = (i64, Reverse<u128>);

/// One group of hits and the hit that stands for it.
pub struct Group {
    key: u64,
    newness: Newness,
    /// When hits are wanted.
    found: Option<Found>,
}

/// Groups of the hits of one segment.
pub struct SegmentGroups {
    /// The columns that say which group a document is in: the first that has a value.
    keys: Vec<Column<u64>>,
    day: Column<i64>,
    ids: [Column<u64>; 2],
    best: HashMap<u64, (Newness, DocId, Score)>,
}

impl SegmentGroups {
    /// For `collapse`; `None` when every hit is shown.
    pub fn of(collapse: Collapse, segment: &SegmentReader) -> tantivy::Result<Option<Self>> {
        let names: &[&str] = match collapse {
            Collapse::Geen => return Ok(None),
            Collapse::Dubbel => &[column::SAME],
            Collapse::Bijna => &[column::NEAR, column::SAME],
            Collapse::Draad => &[column::THREAD],
        };
        let fast = segment.fast_fields();
        let mut keys = Vec::new();
        for name in names {
            keys.extend(fast.column_opt::<u64>(name)?);
        }
        Ok(Some(SegmentGroups {
            keys,
            day: fast.i64(column::NEWNESS)?,
            ids: id_columns(segment)?,
            best: HashMap::new(),
        }))
    }

    /// The group of a hit, and how new it is.
    fn place(&self, doc: DocId) -> (u64, Newness) {
        let id = id_of(&self.ids, doc);
        let key = self.keys.iter().find_map(|column| column.first(doc));
        // What belongs to nothing is a group of its own.
        let key = key.unwrap_or(id as u64);
        let newness = (self.day.first(doc).unwrap_or(i64::MIN), Reverse(id));
        (key, newness)
    }

    /// Takes a hit.
    pub fn collect(&mut self, doc: DocId, score: Score) {
        let (key, newness) = self.place(doc);
        let best = self.best.entry(key).or_insert((newness, doc, score));
        if newness > best.0 {
            *best = (newness, doc, score);
        }
    }

    /// The groups, in no order; with their hits when `hits` places them.
    pub fn harvest(self, hits: Option<&SegmentHits>) -> tantivy::Result<Vec<Group>> {
        let groups = self.best.into_iter();
        groups
            .map(|(key, (newness, doc, score))| {
                let found = hits.map(|hits| hits.found(doc, score)).transpose()?;
                Ok(Group {
                    key,
                    newness,
                    found,
                })
            })
            .collect()
    }
}

/// Which hits of all segments stand for their groups, for when there are very many: an address for each group.
pub struct Standing {
    segments: Vec<SegmentGroups>,
    best: HashMap<u64, (u32, DocId)>,
}

impl Standing {
    /// For `collapse`; `None` when every hit is shown.
    pub fn of(collapse: Collapse, readers: &[SegmentReader]) -> tantivy::Result<Option<Self>> {
        let segments = readers.iter();
        let segments = segments.map(|reader| SegmentGroups::of(collapse, reader));
        let segments = segments.collect::<tantivy::Result<Option<_>>>()?;
        Ok(segments.map(|segments| Standing {
            segments,
            best: HashMap::new(),
        }))
    }

    /// Takes a hit of a segment of the readers.
    pub fn take(&mut self, segment: usize, doc: DocId) {
        let (key, newness) = self.segments[segment].place(doc);
        let best = self.best.entry(key).or_insert((segment as u32, doc));
        if newness > self.segments[best.0 as usize].place(best.1).1 {
            *best = (segment as u32, doc);
        }
    }

    /// Whether a hit stands for its group, now that all were taken.
    pub fn stands(&self, segment: usize, doc: DocId) -> bool {
        let (key, _) = self.segments[segment].place(doc);
        self.best.get(&key) == Some(&(segment as u32, doc))
    }
}

/// Joins the groups of all segments: how many there are, and the first hits of them.
pub fn join(groups: Vec<Group>, hits: Option<&Hits>) -> (u64, Vec<Found>) {
    let mut best: HashMap<u64, Group> = HashMap::new();
    for group in groups {
        match best.get(&group.key) {
            Some(known) if known.newness >= group.newness => {}
            _ => {
                best.insert(group.key, group);
            }
        }
    }
    let number = best.len() as u64;
    let Some(hits) = hits else {
        return (number, Vec::new());
    };
    let found = best.into_values().filter_map(|group| group.found);
    let behind = found.filter(|found| hits.after.as_ref().is_none_or(|after| found.key > *after));
    (number, hits.best(behind.collect()))
}
