//! What searches find of each other's hits: two passes over each search, with a byte for every document of the index
//! and a bit for every hit of one search at a time, however many searches there are. Owns nothing but the counting.

use super::bits::Bits;
use super::reader::EmbeddedSnapshot;
use super::schema::column;
use super::values::Filter;
use crate::index::facets::Tally;
use crate::index::{DateField, Extent, FacetField, Filters, IndexError, Overlap, Search, Share};

impl EmbeddedSnapshot {
    /// See [`crate::index::Snapshot::overlap`].
    pub(super) fn shares(&self, searches: &[Search]) -> Result<Overlap, IndexError> {
        let documents = self.segments().iter().map(|reader| reader.max_doc());
        // How many searches find each document: none, one, or more.
        let mut finders: Vec<Vec<u8>> = documents.map(|all| vec![0; all as usize]).collect();
        let mut shares = Vec::with_capacity(searches.len());
        for search in searches {
            let found = self.all_hits(search)?;
            for (finders, found) in finders.iter_mut().zip(&found) {
                for doc in found.iter() {
                    if let Some(finders) = finders.get_mut(doc as usize) {
                        *finders = finders.saturating_add(1);
                    }
                }
            }
            shares.push(Share {
                extent: self.extent(&found)?,
                unique: 0,
            });
        }
        for (search, share) in searches.iter().zip(&mut shares) {
            if share.extent.total == 0 {
                continue;
            }
            let found = self.all_hits(search)?;
            let unique = finders.iter().zip(&found).map(|(finders, found)| {
                let alone = |doc: &u32| finders.get(*doc as usize) == Some(&1);
                found.iter().filter(alone).count() as u64
            });
            share.unique = unique.sum();
        }
        let together: Vec<Bits> = finders
            .iter()
            .map(|finders| found_by_any(finders))
            .collect();
        Ok(Overlap {
            searches: shares,
            together: self.extent(&together)?,
        })
    }

    /// How much these documents are. Distinct families are sorted out among eight bytes for each hit, less where
    /// members of a family lie side by side.
    fn extent(&self, found: &[Bits]) -> Result<Extent, IndexError> {
        let (nothing, days) = (Filters::new(), self.days(DateField::default()));
        let filter = Filter {
            filters: &nothing,
            day_columns: days,
            message_days: false,
            scope: None,
        };
        let mut extent = Extent::default();
        let mut families: Vec<u64> = Vec::new();
        for (found, reader) in found.iter().zip(self.segments()) {
            let (days, columns) = filter.open(reader, &[FacetField::Bron])?;
            let mut values = columns.into_iter().map(|column| column.values).next();
            let numbers = reader.fast_fields().u64(column::FAMILY)?;
            for doc in found.iter() {
                extent.total += 1;
                let family = numbers.first(doc);
                families.extend(family.filter(|family| families.last() != Some(family)));
                if let Some(values) = &mut values {
                    values.add(doc, &days);
                }
            }
            let tally = values.map_or_else(|| Ok(Tally::new()), |values| values.tally())?;
            for (bron, count) in tally {
                *extent.per_source.entry(bron).or_default() += count;
            }
        }
        families.sort_unstable();
        families.dedup();
        extent.families = families.len() as u64;
        Ok(extent)
    }
}

fn found_by_any(finders: &[u8]) -> Bits {
    let mut found = Bits::none(finders.len() as u32);
    let any = finders.iter().zip(0..).filter(|(finders, _)| **finders > 0);
    any.for_each(|(_, doc)| found.insert(doc));
    found
}
