//! Counts totals and facets in one pass over the hits of the question alone: a document that fails no filter
//! counts everywhere, one that fails exactly one filter counts only in that filter's own facet. Always exact.
//! The best hits can be collected in the same pass.

use super::collapse::{self, Group, SegmentGroups};
use super::hits::{Found, Hits, SegmentHits};
use super::schema::column;
use crate::date::day_from_number;
use crate::index::{Collapse, Counts, Facet, FacetField, FacetValue, Facets, Filters};
use crate::{DayRange, PartialDate};
use std::collections::{BTreeMap, BTreeSet};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Cardinality, Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Collects totals, and the counts of `fields`.
pub struct Count<'a> {
    /// The facets that are wanted.
    pub fields: &'a [FacetField],
    /// The chosen values; the query itself must not contain them.
    pub filters: &'a Filters,
    /// Columns of the first and last day of the chosen date.
    pub day_columns: [&'a str; 2],
    /// Whether the chosen date of a chat is the days of its messages.
    pub message_days: bool,
    /// What is shown once.
    pub collapse: Collapse,
    /// Collects the hits that pass all filters, when they are wanted too.
    pub hits: Option<Hits>,
}

type Tally = BTreeMap<String, u64>;

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
        let fast = reader.fast_fields();
        let first = fast.i64(self.day_columns[0])?;
        let days = Days {
            all_dated: first.get_cardinality() == Cardinality::Full,
            first,
            last: fast.i64(self.day_columns[1])?,
            messages: match self.message_days {
                true => fast.column_opt(column::MESSAGE_DAYS)?,
                false => None,
            },
        };
        let mut watched: Vec<FacetField> = self.fields.to_vec();
        let filtered = self
            .filters
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(field, _)| *field);
        watched.extend(filtered.filter(|field| !self.fields.contains(field)));
        let mut columns = Vec::with_capacity(watched.len());
        for field in watched {
            columns.push(Watched {
                values: Values::of(field, reader, self.filters)?,
                filters: self
                    .filters
                    .get(&field)
                    .is_some_and(|values| !values.is_empty()),
            });
        }
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
        let facets = fields.iter().zip(self.tallies).map(|(&field, mut tally)| {
            for value in chosen(filters, field) {
                tally.entry(value.clone()).or_default();
            }
            let chosen = |value: &String| {
                filters
                    .get(&field)
                    .is_some_and(|values| values.contains(value))
            };
            let mut values: Vec<FacetValue> = tally
                .into_iter()
                .map(|(value, count)| FacetValue {
                    chosen: chosen(&value),
                    value,
                    count,
                })
                .collect();
            match field {
                FacetField::Jaar | FacetField::Maand => values.reverse(),
                _ => {
                    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)))
                }
            }
            Facet { field, values }
        });
        Facets {
            counts: self.counts,
            facets: facets.collect(),
        }
    }
}

struct Days {
    first: Column<i64>,
    last: Column<i64>,
    messages: Option<Column<i64>>,
    /// Every document of the segment has a date, as is usual.
    all_dated: bool,
}

impl Days {
    fn range(&self, doc: DocId) -> Option<DayRange> {
        Some(DayRange {
            first: self.first.first(doc)?,
            last: self.last.first(doc)?,
        })
    }

    /// The days with messages of a chat; empty for any other document.
    fn of_messages(&self, doc: DocId) -> impl Iterator<Item = DayRange> + '_ {
        let column = self.messages.iter();
        let days = column.flat_map(move |column| column.values_for_doc(doc));
        days.map(|day| DayRange {
            first: day,
            last: day,
        })
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

struct Watched {
    values: Values,
    filters: bool,
}

impl SegmentCollector for SegmentCount {
    type Fruit = tantivy::Result<Counted>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let days = &self.days;
        let mut failed = None;
        for (at, column) in self.columns.iter().enumerate() {
            if column.filters && !column.values.has_chosen(doc, days) {
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
                self.counts.undated +=
                    u64::from(!days.all_dated && !days.first.index.has_value(doc));
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

/// The values of one facet in one segment.
enum Values {
    /// No document of the segment has a value.
    None,
    /// Counts and choices by ordinal.
    Terms {
        column: StrColumn,
        counts: Vec<u32>,
        chosen: Vec<bool>,
    },
    /// Counts by year, or by year times 12 plus month.
    Periods {
        field: FacetField,
        counts: BTreeMap<i32, u64>,
        last: Option<(DayRange, i32)>,
        chosen: Vec<DayRange>,
    },
}

impl Values {
    fn of(field: FacetField, reader: &SegmentReader, filters: &Filters) -> tantivy::Result<Self> {
        let wanted = chosen(filters, field);
        if matches!(field, FacetField::Jaar | FacetField::Maand) {
            let chosen = wanted.filter_map(|value| period(field, value)).collect();
            return Ok(Values::Periods {
                field,
                counts: BTreeMap::new(),
                last: None,
                chosen,
            });
        }
        let Some(column) = reader.fast_fields().str(field.name())? else {
            return Ok(Values::None);
        };
        let mut chosen = vec![false; column.num_terms()];
        for value in wanted {
            if let Some(at) = column
                .dictionary()
                .term_ord(value)?
                .and_then(|ord| chosen.get_mut(ord as usize))
            {
                *at = true;
            }
        }
        Ok(Values::Terms {
            counts: vec![0; column.num_terms()],
            column,
            chosen,
        })
    }

    fn has_chosen(&self, doc: DocId, days: &Days) -> bool {
        match self {
            Values::None => false,
            Values::Terms { column, chosen, .. } => column
                .ords()
                .values_for_doc(doc)
                .any(|ord| chosen.get(ord as usize).copied().unwrap_or(false)),
            Values::Periods { chosen, .. } => {
                let within = |days: DayRange| {
                    let mut chosen = chosen.iter();
                    chosen.any(|period| period.first <= days.first && days.last <= period.last)
                };
                let mut messages = days.of_messages(doc).peekable();
                match messages.peek() {
                    Some(_) => messages.any(within),
                    None => days.range(doc).is_some_and(within),
                }
            }
        }
    }

    fn add(&mut self, doc: DocId, days: &Days) {
        match self {
            Values::None => {}
            Values::Terms { column, counts, .. } => {
                for ord in column.ords().values_for_doc(doc) {
                    if let Some(count) = counts.get_mut(ord as usize) {
                        *count += 1;
                    }
                }
            }
            Values::Periods {
                field,
                counts,
                last,
                ..
            } => {
                let messages = days
                    .of_messages(doc)
                    .filter_map(|day| period_of(*field, day));
                let months: BTreeSet<i32> = messages.map(|(_, number)| number).collect();
                if !months.is_empty() {
                    for number in months {
                        *counts.entry(number).or_default() += 1;
                    }
                    return;
                }
                let Some(days) = days.range(doc) else {
                    return;
                };
                // Neighbours in an archive often share a period: calendar arithmetic only for a new one.
                let known = last
                    .filter(|(period, _)| period.first <= days.first && days.last <= period.last);
                let found = match known {
                    Some((_, number)) => Some(number),
                    None => period_of(*field, days).map(|(period, number)| {
                        *last = Some((period, number));
                        number
                    }),
                };
                if let Some(number) = found {
                    *counts.entry(number).or_default() += 1;
                }
            }
        }
    }

    fn tally(self) -> tantivy::Result<Tally> {
        match self {
            Values::None => Ok(Tally::new()),
            Values::Periods { field, counts, .. } => Ok(counts
                .into_iter()
                .map(|(number, count)| (period_name(field, number), count))
                .collect()),
            Values::Terms { column, counts, .. } => {
                let used: Vec<u64> = (0..counts.len())
                    .filter(|at| counts[*at] > 0)
                    .map(|at| at as u64)
                    .collect();
                let mut at = used.iter();
                let mut tally = Tally::new();
                column.dictionary().sorted_ords_to_term_cb(&used, |term| {
                    if let Some(&ord) = at.next() {
                        tally.insert(
                            String::from_utf8_lossy(term).into_owned(),
                            counts[ord as usize].into(),
                        );
                    }
                })?;
                Ok(tally)
            }
        }
    }
}

/// The days of a year (`2021`) or month (`2021-06`) facet value; `None` when it is not one.
fn period(field: FacetField, value: &str) -> Option<DayRange> {
    let length = if field == FacetField::Jaar { 4 } else { 7 };
    let date = PartialDate::parse(value).filter(|_| value.len() == length)?;
    Some(date.days())
}

/// Chosen values that can be met at all: facets list them at 0 otherwise.
fn chosen(filters: &Filters, field: FacetField) -> impl Iterator<Item = &String> {
    filters.get(&field).into_iter().flatten()
}

/// The period that holds all of `days`, when one does: a date that is only a year has no month.
fn period_of(field: FacetField, days: DayRange) -> Option<(DayRange, i32)> {
    let first = day_from_number(days.first)?;
    let year = i32::from(first.year());
    let number = if field == FacetField::Jaar {
        year
    } else {
        year * 12 + i32::from(first.month()) - 1
    };
    let period = period(field, &period_name(field, number))?;
    (days.last <= period.last).then_some((period, number))
}

fn period_name(field: FacetField, number: i32) -> String {
    if field == FacetField::Jaar {
        return format!("{number:04}");
    }
    format!(
        "{:04}-{:02}",
        number.div_euclid(12),
        number.rem_euclid(12) + 1
    )
}
