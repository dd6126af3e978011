//! The words that an index holds, in memory: one list per segment, kept as long as a snapshot has that segment. Owns
//! looking in them; what is looked for is in `plan`.

use super::scope::{Scope, has_word};
use crate::index::IndexError;
use memchr::memmem;
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::index::SegmentId;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

/// What stands before the first word that has no mark of a stream.
const FIRST_WORD: &[u8] = b"\x04";

/// The word lists of all segments that are open.
#[derive(Default)]
pub struct WordLists(Mutex<HashMap<(SegmentId, Field), Arc<Words>>>);

/// The words of one field of one segment, each on a line of its own.
struct Words(Vec<u8>);

impl WordLists {
    /// The words of `field` with `letters` in them that `keep` wants, sorted; at most `limit`. With a scope only
    /// words of its documents.
    pub fn containing(
        &self,
        (searcher, scope): (&Searcher, Option<&Scope>),
        field: Field,
        letters: &str,
        keep: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        let mut found = BTreeSet::new();
        let mut failed = None;
        let lists = self.of(searcher, field)?;
        for (words, reader) in lists.iter().zip(searcher.segment_readers()) {
            let end = words.each_containing(letters, |word| {
                if !found.contains(word) && keep(word) {
                    match has_word(scope, reader, field, word) {
                        Ok(true) => {
                            found.insert(word.to_owned());
                        }
                        Ok(false) => {}
                        Err(error) => failed = Some(error),
                    }
                }
                match failed.is_some() || found.len() >= limit {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            if end.is_break() {
                break;
            }
        }
        failed.map_or_else(|| Ok(found.into_iter().collect()), Err)
    }

    /// The lists of the segments of `searcher`; those of segments that nobody searches any more are dropped.
    fn of(&self, searcher: &Searcher, field: Field) -> Result<Vec<Arc<Words>>, IndexError> {
        let mut out = Vec::new();
        for reader in searcher.segment_readers() {
            let key = (reader.segment_id(), field);
            let known = self
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&key)
                .cloned();
            let words = match known {
                Some(words) => words,
                None => Arc::new(Words::read(reader, field)?),
            };
            out.push(words);
        }
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids: Vec<SegmentId> = searcher
            .segment_readers()
            .iter()
            .map(SegmentReader::segment_id)
            .collect();
        lists.retain(|(segment, _), words| ids.contains(segment) || Arc::strong_count(words) > 1);
        for (id, words) in ids.into_iter().zip(&out) {
            lists.insert((id, field), words.clone());
        }
        Ok(out)
    }
}

impl Words {
    fn read(reader: &SegmentReader, field: Field) -> Result<Self, IndexError> {
        let inverted = reader.inverted_index(field)?;
        let failed = |error: std::io::Error| IndexError::Engine(error.to_string());
        let mut words = inverted
            .terms()
            .range()
            .ge(FIRST_WORD)
            .into_stream()
            .map_err(failed)?;
        let mut lines = vec![b'\n'];
        while words.advance() {
            lines.extend_from_slice(words.key());
            lines.push(b'\n');
        }
        lines.shrink_to_fit();
        Ok(Words(lines))
    }

    fn each_containing(
        &self,
        letters: &str,
        mut each: impl FnMut(&str) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let lines = &self.0;
        let mut word_at = |at: usize| {
            let from = memchr::memrchr(b'\n', &lines[..at]).map_or(0, |line| line + 1);
            let to = memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |line| at + line);
            let next = match std::str::from_utf8(&lines[from..to]) {
                Ok(word) if !word.is_empty() => each(word),
                _ => ControlFlow::Continue(()),
            };
            (next, to)
        };
        let finder = memmem::Finder::new(letters.as_bytes());
        let mut at = 1;
        while at < lines.len() {
            let Some(found) = finder.find(&lines[at..]) else {
                break;
            };
            let (next, end) = word_at(at + found);
            next?;
            at = end + 1;
        }
        ControlFlow::Continue(())
    }
}

/// The words that differ from `word` by at most `distance` letters, sorted; at most `limit`. With a scope only words
/// of its documents.
pub fn similar(
    (searcher, scope): (&Searcher, Option<&Scope>),
    field: Field,
    word: &str,
    distance: u8,
    limit: usize,
) -> Result<Vec<String>, IndexError> {
    let query = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, false);
    let mut found = BTreeSet::new();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(field)?;
        let failed = |error: std::io::Error| IndexError::Engine(error.to_string());
        let matching = inverted.terms().search(query.automaton()?).ge(FIRST_WORD);
        let mut matching = matching.into_stream().map_err(failed)?;
        while matching.advance() && found.len() < limit {
            let Ok(word) = std::str::from_utf8(matching.key()) else {
                continue;
            };
            if !found.contains(word) && has_word(scope, reader, field, word)? {
                found.insert(word.to_owned());
            }
        }
    }
    Ok(found.into_iter().collect())
}
