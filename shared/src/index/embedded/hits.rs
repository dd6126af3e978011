//! Collects the next hits in an order, after a cursor, in bounded memory. Never counts.

use super::schema::column;
use crate::index::Sort;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

/// What a hit is ordered by, smallest first, before its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A number: inverted score bits, or a day.
    Number(u64),
    /// A path.
    Path(String),
}

/// The place of a hit in its order: unique, since ids are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Order.
    pub rank: Rank,
    /// Identity as a number.
    pub id: u128,
}

/// A hit with its place.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its place in the order.
    pub key: Key,
    /// BM25-like score; 0 in orders that need none.
    pub score: Score,
    /// Where tantivy keeps it.
    pub address: DocAddress,
}

/// Collects `limit` hits behind `after`.
pub struct Hits {
    /// The order.
    pub sort: Sort,
    /// The column of the chosen date, for orders by date.
    pub day_column: String,
    /// Only hits behind this one.
    pub after: Option<Key>,
    /// How many.
    pub limit: usize,
}

impl Hits {
    /// Collects in one segment.
    pub fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let order = Order::of(self.sort, &self.day_column, reader)?;
        let after = match &self.after {
            Some(key) => Some((order.local_rank(&key.rank)?, key.id)),
            None => None,
        };
        Ok(SegmentHits {
            segment,
            order,
            ids: id_columns(reader)?,
            after,
            limit: self.limit,
            best: BinaryHeap::with_capacity(self.limit + 1),
        })
    }

    /// Whether the order needs scores.
    pub fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevantie
    }

    /// The first of what the segments found.
    pub fn best(&self, mut all: Vec<Found>) -> Vec<Found> {
        all.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        all.truncate(self.limit);
        all
    }
}

/// How the hits of one segment are ordered.
pub enum Order {
    /// Best first.
    Score,
    /// Newest first.
    Newest(Column<i64>),
    /// Oldest first.
    Oldest(Column<i64>),
    /// By path.
    Path(Option<StrColumn>),
}

impl Order {
    /// `sort` in a segment; `day_column` is that of the chosen date.
    pub fn of(sort: Sort, day_column: &str, reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(match sort {
            Sort::Relevantie => Order::Score,
            Sort::DatumNieuwst => Order::Newest(fast.i64(day_column)?),
            Sort::DatumOudst => Order::Oldest(fast.i64(day_column)?),
            Sort::Pad => Order::Path(fast.str(column::PATH_ORDER)?),
        })
    }

    /// The rank of a document within its segment, smallest first. A path is ranked by an odd number, so
    /// that a cursor of another segment can stand between two of them.
    #[inline]
    pub fn rank(&self, doc: DocId, score: Score) -> u64 {
        match self {
            Order::Score => score_rank(score),
            Order::Newest(days) => days.first(doc).map_or(u64::MAX, |day| !day_rank(day)),
            Order::Oldest(days) => days.first(doc).map_or(u64::MAX, day_rank),
            Order::Path(Some(paths)) => paths.ords().first(doc).map_or(u64::MAX, |ord| 2 * ord + 1),
            Order::Path(None) => u64::MAX,
        }
    }

    /// A cursor's rank in terms of this segment.
    fn local_rank(&self, rank: &Rank) -> tantivy::Result<u64> {
        match (self, rank) {
            (Order::Path(Some(paths)), Rank::Path(path)) => {
                let dictionary = paths.dictionary();
                if let Some(ord) = dictionary.term_ord(path)? {
                    return Ok(2 * ord + 1);
                }
                let from = std::ops::Bound::Included(path.as_bytes());
                let (first_behind, _) =
                    dictionary.term_bounds_to_ord(from, std::ops::Bound::Unbounded)?;
                Ok(match first_behind {
                    std::ops::Bound::Included(ord) => 2 * ord,
                    std::ops::Bound::Excluded(ord) => 2 * ord + 2,
                    std::ops::Bound::Unbounded => u64::MAX,
                })
            }
            (_, Rank::Number(number)) => Ok(*number),
            (_, Rank::Path(_)) => Ok(u64::MAX),
        }
    }

    /// The rank that means the same in every segment.
    pub fn global_rank(&self, local: u64) -> tantivy::Result<Rank> {
        match self {
            Order::Path(Some(paths)) => {
                let mut path = String::new();
                paths.ord_to_str(local.saturating_sub(1) / 2, &mut path)?;
                Ok(Rank::Path(path))
            }
            _ => Ok(Rank::Number(local)),
        }
    }
}

/// The columns of the identity.
pub fn id_columns(reader: &SegmentReader) -> tantivy::Result<[Column<u64>; 2]> {
    let fast = reader.fast_fields();
    Ok([fast.u64(column::ID[0])?, fast.u64(column::ID[1])?])
}

/// The identity of a document as a number.
#[inline]
pub fn id_of(columns: &[Column<u64>; 2], doc: DocId) -> u128 {
    let half = |column: &Column<u64>| u128::from(column.first(doc).unwrap_or(0));
    (half(&columns[0]) << 64) | half(&columns[1])
}

/// A higher score gets a lower rank. Scores are never negative, so their bits sort as they do.
fn score_rank(score: Score) -> u64 {
    u64::from(!score.max(0.0).to_bits())
}

fn day_rank(day: i64) -> u64 {
    (day as u64) ^ (1 << 63)
}

/// Hits of one segment.
pub struct SegmentHits {
    segment: SegmentOrdinal,
    order: Order,
    ids: [Column<u64>; 2],
    after: Option<(u64, u128)>,
    limit: usize,
    best: BinaryHeap<Candidate>,
}

impl SegmentHits {
    fn id(&self, doc: DocId) -> u128 {
        id_of(&self.ids, doc)
    }

    /// Takes `doc` when it is among the best so far.
    #[inline]
    pub fn collect(&mut self, doc: DocId, score: Score) {
        let rank = self.order.rank(doc, score);
        let full = self.best.len() >= self.limit;
        if full && self.best.peek().is_none_or(|worst| rank > worst.place.0) {
            return;
        }
        if self.after.is_some_and(|(after, _)| rank < after) {
            return;
        }
        let place = (rank, self.id(doc));
        if self.after.is_some_and(|after| place <= after) {
            return;
        }
        self.best.push(Candidate { place, score, doc });
        if full {
            self.best.pop();
        }
    }

    /// The best of the segment, in no order.
    pub fn harvest(mut self) -> tantivy::Result<Vec<Found>> {
        let best = std::mem::take(&mut self.best);
        best.into_iter()
            .map(|candidate| self.found(candidate.doc, candidate.score))
            .collect()
    }

    /// A hit with its place.
    pub fn found(&self, doc: DocId, score: Score) -> tantivy::Result<Found> {
        Ok(Found {
            key: Key {
                rank: self.order.global_rank(self.order.rank(doc, score))?,
                id: self.id(doc),
            },
            score,
            address: DocAddress::new(self.segment, doc),
        })
    }
}

/// A document that may be among the best; the worst is on top of the heap.
struct Candidate {
    place: (u64, u128),
    score: Score,
    doc: DocId,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place)
    }
}
