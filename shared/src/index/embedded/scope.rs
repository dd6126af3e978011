//! The part of an index that somebody may see. Owns remembering it, and a query for which no other documents exist: they are
//! not found and do not count in a score. Never knows why: rights are the caller's.

use super::alike::{self, Alike};
use super::bits::Bits;
use super::schema::Fields;
use super::statistics::{Known, Statistics};
use super::visible;
use crate::index::IndexError;
use crate::index::wanted::Wanted;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, Term};

/// How many scopes of one snapshot are remembered at most, and how many however large the index is.
const KEPT: usize = 64;
const FEWEST: usize = 8;
/// What a scope costs for each document of the index: whether it is in, and whether it has others like it.
const BITS: u64 = 3;
/// What all of them may cost: 64 MB.
const MOST_BITS: u64 = 8 << 26;

/// Documents that somebody may see.
#[derive(Debug)]
pub struct Scope {
    wanted: Wanted,
    /// Names what is wanted: 16 hexadecimal digits.
    tag: String,
    /// The documents of each segment that also holds others.
    parts: HashMap<SegmentId, Bits>,
    /// Which documents have another like them in the scope.
    alike: HashMap<SegmentId, Arc<Alike>>,
    /// How many live documents it has.
    documents: u64,
    known: Known,
}

/// The scopes of one snapshot that were asked for last: a query each would walk through every document again.
#[derive(Debug, Default)]
pub struct Scopes(Mutex<VecDeque<Arc<Scope>>>);

impl Scopes {
    /// The documents of `asked` that `outer` holds too; `None` when that is the whole index.
    pub fn within(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        outer: Option<&Scope>,
        asked: &crate::index::Scope,
    ) -> Result<Option<Arc<Scope>>, IndexError> {
        let mut wanted = Wanted::of(asked);
        if let Some(outer) = outer {
            wanted = wanted.and(&outer.wanted);
        }
        if let Some(known) = self.known(&wanted) {
            return Ok(Some(known));
        }
        // Not behind the lock: others ask for parts that are there.
        let Some(scope) = Scope::new(searcher, fields, wanted)? else {
            return Ok(None);
        };
        let scope = Arc::new(scope);
        let mut kept = self.lock();
        kept.retain(|known| known.wanted != scope.wanted);
        kept.push_front(scope.clone());
        let documents = searcher.segment_readers().iter();
        let documents: u64 = documents.map(|reader| u64::from(reader.max_doc())).sum();
        let fit = MOST_BITS / (BITS * documents).max(1);
        kept.truncate(usize::try_from(fit).unwrap_or(KEPT).clamp(FEWEST, KEPT));
        Ok(Some(scope))
    }

    /// One that is remembered; it is the last to be forgotten now.
    fn known(&self, wanted: &Wanted) -> Option<Arc<Scope>> {
        let mut kept = self.lock();
        let at = kept.iter().position(|scope| scope.wanted == *wanted)?;
        let scope = kept.remove(at)?;
        kept.push_front(scope.clone());
        Some(scope)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Scope>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scope {
    fn new(
        searcher: &Searcher,
        fields: &Fields,
        wanted: Wanted,
    ) -> Result<Option<Self>, IndexError> {
        let mut parts = HashMap::new();
        for reader in searcher.segment_readers() {
            if let Some(part) = visible::part(reader, fields, &wanted)? {
                parts.insert(reader.segment_id(), part);
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let visible = |segment, doc| match parts.get(&segment) {
            Some(part) => part.has(doc),
            None => true,
        };
        let alike = alike::count(searcher, visible)?;
        let mut scope = Scope {
            tag: wanted.tag(),
            wanted,
            parts,
            alike,
            documents: 0,
            known: Known::default(),
        };
        scope.documents = searcher
            .segment_readers()
            .iter()
            .map(|reader| {
                let visible = scope.visible(reader);
                (0..reader.max_doc()).filter(|doc| visible(*doc)).count() as u64
            })
            .sum();
        Ok(Some(scope))
    }

    /// Names what is in it.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// How many live documents it has.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// What was counted of it before.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Whether every document that a segment has is live and in the scope.
    pub fn is_all(&self, reader: &SegmentReader) -> bool {
        !reader.has_deletes() && !self.parts.contains_key(&reader.segment_id())
    }

    /// Whether a document of a segment is live and in the scope.
    pub fn visible<'a>(&'a self, reader: &'a SegmentReader) -> impl Fn(DocId) -> bool + 'a {
        let part = self.parts.get(&reader.segment_id());
        let alive = reader.alive_bitset();
        move |doc| {
            part.is_none_or(|part| part.has(doc)) && alive.is_none_or(|alive| alive.is_alive(doc))
        }
    }

    /// Which documents of a segment have another like them in the scope.
    pub fn alike(&self, segment: SegmentId) -> Option<&Arc<Alike>> {
        self.alike.get(&segment)
    }
}

/// Whether a live document of the segment, and of the scope if there is one, has `word` in `field`.
pub fn has_word(
    scope: Option<&Scope>,
    reader: &SegmentReader,
    field: Field,
    word: &str,
) -> Result<bool, IndexError> {
    let part = scope.and_then(|scope| scope.parts.get(&reader.segment_id()));
    if part.is_none() && !reader.has_deletes() {
        return Ok(true);
    }
    let term = Term::from_field_text(field, word);
    let inverted = reader.inverted_index(field)?;
    let found = inverted.read_postings(&term, IndexRecordOption::Basic);
    let Some(mut postings) = found.map_err(failed)? else {
        return Ok(false);
    };
    let mut doc = settle(&mut postings, part);
    while doc != TERMINATED && reader.is_deleted(doc) {
        postings.advance();
        doc = settle(&mut postings, part);
    }
    Ok(doc != TERMINATED)
}

fn failed(error: std::io::Error) -> IndexError {
    IndexError::Engine(error.to_string())
}

/// Moves on from where `docs` stand to the first document that is in `part`.
fn settle<D: DocSet + ?Sized>(docs: &mut D, part: Option<&Bits>) -> DocId {
    let mut doc = docs.doc();
    let Some(part) = part else { return doc };
    while doc != TERMINATED {
        match part.first_from(doc) {
            visible if visible == doc => return doc,
            TERMINATED => return TERMINATED,
            visible => doc = docs.seek(visible),
        }
    }
    TERMINATED
}

/// Matches what a query matches within a scope, with the scores of an index that holds nothing else.
#[derive(Debug)]
pub struct Scoped {
    query: Box<dyn Query>,
    scope: Arc<Scope>,
}

impl Scoped {
    /// `query` within `scope`; `query` itself when there is none.
    pub fn query(query: Box<dyn Query>, scope: Option<&Arc<Scope>>) -> Box<dyn Query> {
        match scope {
            None => query,
            Some(scope) => Box::new(Scoped {
                query,
                scope: scope.clone(),
            }),
        }
    }
}

impl Clone for Scoped {
    fn clone(&self) -> Self {
        Scoped {
            query: self.query.box_clone(),
            scope: self.scope.clone(),
        }
    }
}

impl Query for Scoped {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = match scoring {
            EnableScoring::Enabled { searcher, .. } => {
                let statistics = Statistics::of(searcher, &self.scope);
                let scoring =
                    EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
                self.query.weight(scoring)?
            }
            EnableScoring::Disabled { .. } => self.query.weight(scoring)?,
        };
        Ok(Box::new(ScopedWeight {
            inner,
            scope: self.scope.clone(),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct ScopedWeight {
    inner: Box<dyn Weight>,
    scope: Arc<Scope>,
}

impl ScopedWeight {
    /// Whether a segment is of these sources alone: it needs no looking.
    fn is_whole(&self, reader: &SegmentReader) -> bool {
        !self.scope.parts.contains_key(&reader.segment_id())
    }
}

impl Weight for ScopedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(reader, boost)?;
        if self.is_whole(reader) {
            return Ok(inner);
        }
        let mut scorer = ScopedScorer {
            inner,
            scope: self.scope.clone(),
            segment: reader.segment_id(),
            doc: 0,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        if self.is_whole(reader) {
            return self.inner.count(reader);
        }
        let mut scorer = self.scorer(reader, 1.0)?;
        Ok(match reader.alive_bitset() {
            Some(alive) => scorer.count(alive),
            None => scorer.count_including_deleted(),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }
}

struct ScopedScorer {
    inner: Box<dyn Scorer>,
    scope: Arc<Scope>,
    segment: SegmentId,
    doc: DocId,
}

impl ScopedScorer {
    fn settle(&mut self) -> DocId {
        self.doc = settle(self.inner.as_mut(), self.scope.parts.get(&self.segment));
        self.doc
    }
}

impl DocSet for ScopedScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.inner.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        self.inner.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }

    fn cost(&self) -> u64 {
        self.inner.cost()
    }
}

impl Scorer for ScopedScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
