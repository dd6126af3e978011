//! The values that documents have in facets and filters, segment by segment. Owns which values are chosen and how often
//! each is met; never runs a search.

use super::alike::Alike;
use super::schema::column;
use super::scope::Scope;
use crate::index::facets::{Tally, chosen, period, period_name, period_of};
use crate::index::{FacetField, Filters};
use crate::{DayRange, Likeness};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tantivy::columnar::{Cardinality, Column, ColumnIndex, StrColumn};
use tantivy::{DocId, SegmentReader};

/// What hits must have, besides what the query asks.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// The chosen values; the query itself must not contain them.
    pub filters: &'a Filters,
    /// Columns of the first and last day of the chosen date.
    pub day_columns: [&'a str; 2],
    /// Whether the chosen date of a chat is the days of its messages.
    pub message_days: bool,
    /// The part of the index that is searched.
    pub scope: Option<&'a Scope>,
}

impl Filter<'_> {
    /// The columns of `fields` in a segment, and behind them those of the other fields with chosen values.
    pub fn open(
        &self,
        reader: &SegmentReader,
        fields: &[FacetField],
    ) -> tantivy::Result<(Days, Vec<Watched>)> {
        let fast = reader.fast_fields();
        let first = fast.i64(self.day_columns[0])?;
        let days = Days {
            all_dated: first.get_cardinality() == Cardinality::Full,
            none_dated: matches!(first.index, ColumnIndex::Empty { .. }),
            first,
            last: fast.i64(self.day_columns[1])?,
            messages: match self.message_days {
                true => fast.column_opt(column::MESSAGE_DAYS)?,
                false => None,
            },
        };
        let filters = |field: &FacetField| {
            let values = self.filters.get(field);
            values.is_some_and(|values| !values.is_empty())
        };
        let others = self.filters.keys().copied();
        let others = others.filter(|field| filters(field) && !fields.contains(field));
        let mut columns = Vec::with_capacity(fields.len());
        for field in fields.iter().copied().chain(others) {
            columns.push(Watched {
                values: match self
                    .scope
                    .and_then(|scope| scope.alike(reader.segment_id()))
                {
                    Some(alike) if field == FacetField::Dubbel => {
                        Values::alike(alike.clone(), self.filters)
                    }
                    _ => Values::of(field, reader, self.filters)?,
                },
                filters: filters(&field),
            });
        }
        Ok((days, columns))
    }
}

/// A column that is counted or filters.
pub struct Watched {
    /// Its values.
    pub values: Values,
    filters: bool,
}

impl Watched {
    /// Whether a document has none of the chosen values.
    #[inline]
    pub fn fails(&self, doc: DocId, days: &Days) -> bool {
        self.filters && !self.values.has_chosen(doc, days)
    }
}

/// The chosen date of the documents of a segment.
pub struct Days {
    first: Column<i64>,
    last: Column<i64>,
    messages: Option<Column<i64>>,
    /// Every document of the segment has a date, as is usual.
    all_dated: bool,
    /// None has.
    none_dated: bool,
}

impl Days {
    /// The days of a document's date.
    pub fn range(&self, doc: DocId) -> Option<DayRange> {
        Some(DayRange {
            first: self.first.first(doc)?,
            last: self.last.first(doc)?,
        })
    }

    /// Whether a document lacks the date.
    #[inline]
    pub fn is_undated(&self, doc: DocId) -> bool {
        self.none_dated || !self.all_dated && !self.first.index.has_value(doc)
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

/// The values of one facet in one segment.
pub enum Values {
    /// No document of the segment has a value.
    None,
    /// Counts and choices by ordinal.
    Terms {
        /// The column.
        column: StrColumn,
        counts: Vec<u32>,
        chosen: Vec<bool>,
    },
    /// Counts by [`Likeness`], of documents that are alike within a scope.
    Alike {
        alike: Arc<Alike>,
        counts: [u32; Likeness::ALL.len()],
        chosen: [bool; Likeness::ALL.len()],
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
    /// Whether documents have another like them within a scope.
    fn alike(alike: Arc<Alike>, filters: &Filters) -> Self {
        let wanted = |likeness: Likeness| {
            chosen(filters, FacetField::Dubbel).any(|value| value == likeness.name())
        };
        Values::Alike {
            alike,
            counts: Default::default(),
            chosen: Likeness::ALL.map(wanted),
        }
    }

    /// The values of a field in a segment.
    pub fn of(
        field: FacetField,
        reader: &SegmentReader,
        filters: &Filters,
    ) -> tantivy::Result<Self> {
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
            Values::Alike { alike, chosen, .. } => chosen[alike.of(doc) as usize],
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

    /// Counts the values of a document.
    pub fn add(&mut self, doc: DocId, days: &Days) {
        match self {
            Values::None => {}
            Values::Terms { column, counts, .. } => {
                for ord in column.ords().values_for_doc(doc) {
                    if let Some(count) = counts.get_mut(ord as usize) {
                        *count += 1;
                    }
                }
            }
            Values::Alike { alike, counts, .. } => counts[alike.of(doc) as usize] += 1,
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

    /// What was counted.
    pub fn tally(self) -> tantivy::Result<Tally> {
        match self {
            Values::None => Ok(Tally::new()),
            Values::Alike { counts, .. } => {
                let each = Likeness::ALL.into_iter().zip(counts);
                let met = each.filter(|(_, count)| *count > 0);
                Ok(met
                    .map(|(value, count)| (value.name().to_owned(), count.into()))
                    .collect())
            }
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
