//! Families that hold something together: a mail and its attachments, an archive and its members. Owns the search in
//! two steps: which families, then all their documents.

use super::schema::column;
use std::collections::HashSet;
use tantivy::query::{
    AllScorer, BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer,
    Weight,
};
use tantivy::{BitSet, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError};

/// What must hold of a family.
#[derive(Debug)]
pub enum Families {
    /// One of its documents matches.
    With(Box<dyn Query>),
    /// At least so many of them hold.
    AtLeast(usize, Vec<Families>),
    /// It does not hold.
    Not(Box<Families>),
}

impl Clone for Families {
    fn clone(&self) -> Self {
        match self {
            Families::With(query) => Families::With(query.box_clone()),
            Families::AtLeast(n, parts) => Families::AtLeast(*n, parts.clone()),
            Families::Not(inner) => Families::Not(inner.clone()),
        }
    }
}

/// Every document of the families.
#[derive(Clone, Debug)]
pub struct Family(Families);

impl Family {
    /// Documents of families for which `families` holds.
    pub fn new(families: Families) -> Self {
        Family(families)
    }
}

/// The families for which it holds, or all but these.
enum Found {
    These(HashSet<u64>),
    AllBut(HashSet<u64>),
}

impl Found {
    fn holds(&self, family: u64) -> bool {
        match self {
            Found::These(these) => these.contains(&family),
            Found::AllBut(others) => !others.contains(&family),
        }
    }
}

fn find(families: &Families, searcher: &Searcher) -> tantivy::Result<Found> {
    match families {
        Families::With(query) => Ok(Found::These(with(query.as_ref(), searcher)?)),
        Families::Not(inner) => Ok(match find(inner, searcher)? {
            Found::These(these) => Found::AllBut(these),
            Found::AllBut(others) => Found::These(others),
        }),
        Families::AtLeast(n, parts) => {
            let found: Vec<Found> = parts
                .iter()
                .map(|part| find(part, searcher))
                .collect::<Result<_, _>>()?;
            let named = |found: &Found| match found {
                Found::These(families) | Found::AllBut(families) => families.clone(),
            };
            // A family that no part names is the same for each: it counts where all but some are meant.
            let enough = |family: u64| found.iter().filter(|part| part.holds(family)).count() >= *n;
            let unnamed = found
                .iter()
                .filter(|part| matches!(part, Found::AllBut(_)))
                .count()
                >= *n;
            let all: HashSet<u64> = found.iter().flat_map(named).collect();
            let kept = all
                .into_iter()
                .filter(|family| enough(*family) != unnamed)
                .collect();
            Ok(if unnamed {
                Found::AllBut(kept)
            } else {
                Found::These(kept)
            })
        }
    }
}

/// The families of the live documents that match.
fn with(query: &dyn Query, searcher: &Searcher) -> tantivy::Result<HashSet<u64>> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut found = HashSet::new();
    for reader in searcher.segment_readers() {
        let families = reader.fast_fields().u64(column::FAMILY)?;
        let mut scorer = weight.scorer(reader, 1.0)?;
        while scorer.doc() != TERMINATED {
            if !reader.is_deleted(scorer.doc()) {
                found.extend(families.first(scorer.doc()));
            }
            scorer.advance();
        }
    }
    Ok(found)
}

impl Query for Family {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("families need a searcher".to_owned()))?;
        Ok(Box::new(FamilyWeight(find(&self.0, searcher)?)))
    }
}

struct FamilyWeight(Found);

impl Weight for FamilyWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        match &self.0 {
            Found::These(these) if these.is_empty() => return Ok(Box::new(EmptyScorer)),
            Found::AllBut(others) if others.is_empty() => {
                return Ok(Box::new(ConstScorer::new(
                    AllScorer::new(reader.max_doc()),
                    boost,
                )));
            }
            _ => {}
        }
        let families = reader.fast_fields().u64(column::FAMILY)?;
        let mut documents = BitSet::with_max_value(reader.max_doc());
        for doc in 0..reader.max_doc() {
            if families
                .first(doc)
                .is_some_and(|family| self.0.holds(family))
            {
                documents.insert(doc);
            }
        }
        Ok(Box::new(ConstScorer::new(
            BitSetDocSet::from(documents),
            boost,
        )))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("family", 0.0))
    }
}
