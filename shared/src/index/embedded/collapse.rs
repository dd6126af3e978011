//! Shows hits that belong together once: of each group the newest, and of equals the one with the lowest id, so that
//! the choice never depends on the order asked for. Memory grows with the hits, only when it is asked for. Never
//! counts a facet.

use super::hits::{Found, Hits, SegmentHits};
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
            ids: [fast.u64(column::ID[0])?, fast.u64(column::ID[1])?],
            best: HashMap::new(),
        }))
    }

    /// Takes a hit.
    pub fn collect(&mut self, doc: DocId, score: Score) {
        let half = |at: usize| u128::from(self.ids[at].first(doc).unwrap_or(0));
        let id = (half(0) << 64) | half(1);
        let key = self.keys.iter().find_map(|column| column.first(doc));
        // What belongs to nothing is a group of its own.
        let key = key.unwrap_or(id as u64);
        let newness = (self.day.first(doc).unwrap_or(i64::MIN), Reverse(id));
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
