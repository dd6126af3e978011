//! Every hit of a search, filters applied and nothing shown once: in one pass, a bit or a few bytes for each. Owns the
//! identities and the order of all hits; never counts values.

use super::bits::Bits;
use super::collapse::Standing;
use super::hits::{Key, Order, id_columns, id_of};
use super::reader::EmbeddedSnapshot;
use super::values::{Days, Filter, Watched};
use crate::index::{IndexError, Search, Sort};
use crate::{DocId, Document};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, Score, SegmentOrdinal, SegmentReader};

/// Takes the hits of one segment, lowest first.
pub trait Taker: Send + 'static {
    /// Takes a hit.
    fn take(&mut self, doc: tantivy::DocId, score: Score);
}

impl Taker for Bits {
    fn take(&mut self, doc: tantivy::DocId, _: Score) {
        self.insert(doc);
    }
}

/// Hands every hit that passes the filter to the taker of its segment.
struct Gather<'a, T> {
    filter: Filter<'a>,
    scored: bool,
    taker: &'a (dyn Fn(&SegmentReader) -> tantivy::Result<T> + Sync),
}

struct SegmentGather<T> {
    days: Days,
    columns: Vec<Watched>,
    taker: T,
}

impl<T: Taker> Collector for Gather<'_, T> {
    /// In the order of the segments.
    type Fruit = Vec<T>;
    type Child = SegmentGather<T>;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentGather<T>> {
        let (days, columns) = self.filter.open(reader, &[])?;
        Ok(SegmentGather {
            days,
            columns,
            taker: (self.taker)(reader)?,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, segments: Vec<T>) -> tantivy::Result<Vec<T>> {
        Ok(segments)
    }
}

impl<T: Taker> SegmentCollector for SegmentGather<T> {
    type Fruit = T;

    fn collect(&mut self, doc: tantivy::DocId, score: Score) {
        if !self
            .columns
            .iter()
            .any(|column| column.fails(doc, &self.days))
        {
            self.taker.take(doc, score);
        }
    }

    fn harvest(self) -> T {
        self.taker
    }
}

/// The hits of one segment with their ranks: 16 bytes each.
struct Ranked {
    order: Order,
    ids: [Column<u64>; 2],
    hits: Vec<(u64, tantivy::DocId)>,
}

impl Taker for Ranked {
    fn take(&mut self, doc: tantivy::DocId, score: Score) {
        self.hits.push((self.order.rank(doc, score), doc));
    }
}

impl Ranked {
    /// Puts the first hit last, so that it can be taken off.
    fn sort(&mut self) {
        let ids = &self.ids;
        self.hits
            .sort_unstable_by(|(rank, doc), (other_rank, other)| {
                let by_rank = other_rank.cmp(rank);
                by_rank.then_with(|| id_of(ids, *other).cmp(&id_of(ids, *doc)))
            });
    }

    /// The next hit, with its place among those of all segments.
    fn next(&mut self) -> tantivy::Result<Option<(Key, tantivy::DocId)>> {
        let Some((rank, doc)) = self.hits.pop() else {
            return Ok(None);
        };
        let key = Key {
            rank: self.order.global_rank(rank)?,
            id: id_of(&self.ids, doc),
        };
        Ok(Some((key, doc)))
    }
}

/// The hits of all segments in one order.
struct Merged {
    segments: Vec<Ranked>,
    /// The first of each segment that has one left.
    heads: BinaryHeap<Reverse<(Key, DocAddress)>>,
}

impl Merged {
    fn of(mut segments: Vec<Ranked>) -> tantivy::Result<Self> {
        segments.iter_mut().for_each(Ranked::sort);
        let mut merged = Merged {
            heads: BinaryHeap::with_capacity(segments.len()),
            segments,
        };
        for segment in 0..merged.segments.len() {
            merged.refill(segment)?;
        }
        Ok(merged)
    }

    fn refill(&mut self, segment: usize) -> tantivy::Result<()> {
        if let Some(ranked) = self.segments.get_mut(segment)
            && let Some((key, doc)) = ranked.next()?
        {
            let address = DocAddress::new(segment as SegmentOrdinal, doc);
            self.heads.push(Reverse((key, address)));
        }
        Ok(())
    }

    fn next(&mut self) -> tantivy::Result<Option<DocAddress>> {
        let Some(Reverse((_, address))) = self.heads.pop() else {
            return Ok(None);
        };
        self.refill(address.segment_ord as usize)?;
        Ok(Some(address))
    }
}

impl EmbeddedSnapshot {
    fn gather<T: Taker>(
        &self,
        search: &Search,
        scored: bool,
        taker: &(dyn Fn(&SegmentReader) -> tantivy::Result<T> + Sync),
    ) -> Result<Vec<T>, IndexError> {
        let query = self.query(search, scored)?;
        let gather = Gather {
            filter: self.filter(search),
            scored,
            taker,
        };
        Ok(self.searcher().search(&query, &gather)?)
    }

    /// The hits of each segment.
    pub(super) fn all_hits(&self, search: &Search) -> Result<Vec<Bits>, IndexError> {
        self.gather(search, false, &|reader| Ok(Bits::none(reader.max_doc())))
    }

    /// The identities of all hits, sorted.
    pub(super) fn all_ids(&self, search: &Search) -> Result<Vec<DocId>, IndexError> {
        let mut all = Vec::new();
        for (found, reader) in self.all_hits(search)?.iter().zip(self.segments()) {
            let ids = id_columns(reader)?;
            let each = found.iter().map(|doc| id_of(&ids, doc));
            all.extend(each.map(|id| DocId(id.to_be_bytes())));
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Hands over every hit in order.
    pub(super) fn every(
        &self,
        search: &Search,
        sort: Sort,
        each: &mut dyn FnMut(Document) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError> {
        let [day_column, _] = self.days(search.dates.field);
        let ranked = |reader: &SegmentReader| {
            Ok(Ranked {
                order: Order::of(sort, day_column, reader)?,
                ids: id_columns(reader)?,
                hits: Vec::new(),
            })
        };
        let mut found = self.gather(search, sort == Sort::Relevantie, &ranked)?;
        if let Some(mut standing) = Standing::of(search.collapse, self.segments())? {
            for (segment, ranked) in found.iter().enumerate() {
                for (_, doc) in &ranked.hits {
                    standing.take(segment, *doc);
                }
            }
            for (segment, ranked) in found.iter_mut().enumerate() {
                ranked
                    .hits
                    .retain(|(_, doc)| standing.stands(segment, *doc));
            }
        }
        let mut merged = Merged::of(found)?;
        while let Some(address) = merged.next()? {
            if !each(self.stored(address)?)? {
                break;
            }
        }
        Ok(())
    }
}
