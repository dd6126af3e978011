//! How often words stand in the part of an index that somebody may see, and how long its documents are: the order of
//! hits must tell nothing of what lies outside. Owns counting that, once for each scope. Never decides what is in one.

use super::scope::Scope;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, TantivyError, Term};

/// How many words of a scope are remembered: a question can stand for some ten thousands, and there are many scopes.
const KEPT: usize = 20_000;

/// What was counted of a scope before: the same question is asked again for its next page.
#[derive(Debug, Default)]
pub struct Known(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    tokens: HashMap<Field, u64>,
    frequencies: HashMap<Term, u64>,
}

impl Known {
    // What it guards is only ever added to: a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statistics of the live documents of a scope, as those of an index that holds nothing else.
pub struct Statistics<'a> {
    searcher: &'a Searcher,
    scope: &'a Scope,
}

impl<'a> Statistics<'a> {
    /// Of `scope` in the index of `searcher`.
    pub fn of(searcher: &'a Searcher, scope: &'a Scope) -> Self {
        Statistics { searcher, scope }
    }

    fn frequency(&self, reader: &SegmentReader, term: &Term) -> tantivy::Result<u64> {
        let inverted = reader.inverted_index(term.field())?;
        match inverted.get_term_info(term)? {
            None => Ok(0),
            Some(info) if self.scope.is_all(reader) => Ok(u64::from(info.doc_freq)),
            Some(info) => self.count(reader, &inverted, &info),
        }
    }

    fn count(
        &self,
        reader: &SegmentReader,
        inverted: &InvertedIndexReader,
        info: &TermInfo,
    ) -> tantivy::Result<u64> {
        let option = IndexRecordOption::Basic;
        let mut block = inverted.read_block_postings_from_terminfo(info, option)?;
        let visible = self.scope.visible(reader);
        let mut count = 0;
        while !block.docs().is_empty() {
            count += block.docs().iter().filter(|doc| visible(**doc)).count() as u64;
            block.advance();
        }
        Ok(count)
    }

    /// The words in a field of one segment. Only the rounded length of each document is known: the one it is scored by.
    fn tokens(&self, reader: &SegmentReader, field: Field) -> tantivy::Result<u64> {
        let norms = reader.fieldnorms_readers().get_field(field)?;
        let visible = self.scope.visible(reader);
        let documents = (0..reader.max_doc()).filter(|doc| visible(*doc));
        Ok(match norms {
            // A value that is no text is one word.
            None => documents.count() as u64,
            Some(norms) => documents.map(|doc| length(&norms, doc)).sum(),
        })
    }
}

fn length(norms: &FieldNormReader, doc: DocId) -> u64 {
    u64::from(norms.fieldnorm(doc))
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        if let Some(known) = self.scope.known().lock().tokens.get(&field) {
            return Ok(*known);
        }
        let readers = self.searcher.segment_readers().iter();
        let tokens = readers
            .map(|reader| self.tokens(reader, field))
            .sum::<Result<u64, TantivyError>>()?;
        self.scope.known().lock().tokens.insert(field, tokens);
        Ok(tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.scope.documents())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        if let Some(known) = self.scope.known().lock().frequencies.get(term) {
            return Ok(*known);
        }
        let readers = self.searcher.segment_readers().iter();
        let frequency = readers
            .map(|reader| self.frequency(reader, term))
            .sum::<Result<u64, TantivyError>>()?;
        let mut known = self.scope.known().lock();
        if known.frequencies.len() >= KEPT {
            known.frequencies.clear();
        }
        known.frequencies.insert(term.clone(), frequency);
        Ok(frequency)
    }
}
