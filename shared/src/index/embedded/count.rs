//! Counts totals and facets in one pass over the hits of the question alone: a document that fails no filter
//! counts everywhere, one that fails exactly one filter counts only in that filter's own facet. Always exact.
//! The best hits can be collected in the same pass.

use super::collapse::{self, Group, SegmentGroups};
use super::hits::{Found, Hits, SegmentHits};
use super::values::{Days, Filter, Watched};
use crate::index::facets::{Tally, facet};
use crate::index::{Collapse, Counts, FacetField, Facets, Filters};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Collects totals, and the counts of `fields`.
pub struct Count<'a> {
    /// The facets that are wanted.
    pub fields: &'a [FacetField],
    /// The chosen values.
    pub filter: Filter<'a>,
    /// What is shown once.
    pub collapse: Collapse,
    /// Collects the hits that pass all filters, when they are wanted too.
    pub hits: Option<Hits>,
}

/// The counts of one segment or of all.
pub struct Counted {
    counts: Counts,
    tallies: Vec<Tally>,
    groups: Option<Vec<Group>>,
    hits: Vec<Found>,
}

impl Collector for Count<'_> {
    type Fruit = Counted;
    type Child = SegmentCount;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentCount> {
        let (days, columns) = self.filter.open(reader, self.fields)?;
        Ok(SegmentCount {
            days,
            columns,
            wanted: self.fields.len(),
            counts: Counts::default(),
            groups: SegmentGroups::of(self.collapse, reader)?,
            hits: match &self.hits {
                Some(hits) => Some(hits.for_segment(segment, reader)?),
                None => None,
            },
        })
    }

    fn requires_scoring(&self) -> bool {
        self.hits.as_ref().is_some_and(Hits::requires_scoring)
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Counted>>) -> tantivy::Result<Counted> {
        let mut all = Counted {
            counts: Counts::default(),
            tallies: vec![Tally::new(); self.fields.len()],
            groups: None,
            hits: Vec::new(),
        };
        let mut groups: Option<Vec<Group>> = None;
        for segment in segments {
            let segment = segment?;
            all.counts.total += segment.counts.total;
            all.counts.undated += segment.counts.undated;
            all.hits.extend(segment.hits);
            if let Some(more) = segment.groups {
                groups.get_or_insert_default().extend(more);
            }
            for (tally, more) in all.tallies.iter_mut().zip(segment.tallies) {
                for (value, count) in more {
                    *tally.entry(value).or_default() += count;
                }
            }
        }
        if let Some(groups) = groups {
            let (shown, hits) = collapse::join(groups, self.hits.as_ref());
            all.counts.hidden = all.counts.total - shown;
            all.hits = hits;
        } else if let Some(hits) = &self.hits {
            all.hits = hits.best(all.hits);
        }
        Ok(all)
    }
}

impl Counted {
    /// The best hits, when they were wanted.
    pub fn take_hits(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.hits)
    }

    /// In the order in which a user sees them; chosen values are there at 0 too.
    pub fn into_facets(self, fields: &[FacetField], filters: &Filters) -> Facets {
        let facets = fields.iter().zip(self.tallies);
        let facets = facets.map(|(&field, tally)| facet(field, tally, filters));
        Facets {
            counts: self.counts,
            facets: facets.collect(),
        }
    }
}

/// Counts of one segment; the first `wanted` columns are counted, the others only filter.
pub struct SegmentCount {
    days: Days,
    columns: Vec<Watched>,
    wanted: usize,
    counts: Counts,
    groups: Option<SegmentGroups>,
    hits: Option<SegmentHits>,
}

impl SegmentCollector for SegmentCount {
    type Fruit = tantivy::Result<Counted>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let days = &self.days;
        let mut failed = None;
        for (at, column) in self.columns.iter().enumerate() {
            if column.fails(doc, days) {
                if failed.is_some() {
                    return;
                }
                failed = Some(at);
            }
        }
        match failed {
            Some(at) if at < self.wanted => self.columns[at].values.add(doc, days),
            Some(_) => {}
            None => {
                self.counts.total += 1;
                self.counts.undated += u64::from(days.is_undated(doc));
                for column in &mut self.columns[..self.wanted] {
                    column.values.add(doc, days);
                }
                if let Some(groups) = &mut self.groups {
                    groups.collect(doc, score);
                } else if let Some(hits) = &mut self.hits {
                    hits.collect(doc, score);
                }
            }
        }
    }

    /// Without scores. Only totals need no look at each document.
    fn collect_block(&mut self, docs: &[DocId]) {
        if self.columns.is_empty() && self.groups.is_none() && self.hits.is_none() {
            let undated = docs.iter().filter(|doc| self.days.is_undated(**doc));
            self.counts.undated += undated.count() as u64;
            self.counts.total += docs.len() as u64;
            return;
        }
        docs.iter().for_each(|doc| self.collect(*doc, 0.0));
    }

    fn harvest(self) -> Self::Fruit {
        let columns = self.columns.into_iter().take(self.wanted);
        let tallies = columns
            .map(|column| column.values.tally())
            .collect::<tantivy::Result<_>>()?;
        let groups = self.groups.map(|groups| groups.harvest(self.hits.as_ref()));
        Ok(Counted {
            counts: self.counts,
            tallies,
            groups: groups.transpose()?,
            hits: match self.hits {
                Some(hits) => hits.harvest()?,
                None => Vec::new(),
            },
        })
    }
}
