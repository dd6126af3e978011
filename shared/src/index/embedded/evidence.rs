//! What stands for a word, and why: terms and phrases in a field, weighed by how often they occur. Owns looking terms up,
//! each once per segment, and opening their lists.

use super::bm25::{self, Lengths};
use super::lists::{Lists, Long, Posting, Scoring};
use super::window::Kinds;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::termdict::TermDictionary;
use tantivy::{Score, SegmentReader, TantivyError, Term};

/// A list this long has a block of its own.
const BLOCK: u32 = 128;
/// From so many terms on it is looked at whether they stand close together in a dictionary.
const MANY: usize = 32;
/// Walking past a word of a dictionary costs this much less than looking one up.
const WALK: u64 = 8;

/// What stands for a word in one field, for one reason: any of it, as if it were one term.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Where.
    pub field: Field,
    /// Terms as they are stored.
    pub terms: Vec<String>,
    /// What takes several words.
    pub phrases: Vec<Arc<dyn Query>>,
    /// How much it counts.
    pub weight: Score,
    /// Whether it makes a document a hit; else it only ranks.
    pub finds: bool,
}

impl Evidence {
    /// Any of `terms`.
    pub fn of(field: Field, terms: Vec<String>) -> Self {
        Evidence {
            field,
            terms,
            phrases: Vec::new(),
            weight: 1.0,
            finds: true,
        }
    }
}

/// A term of a segment.
struct Found {
    info: TermInfo,
    kinds: Kinds,
}

/// The terms in one field: where each segment has them, and what each is evidence of.
struct FieldTerms {
    field: Field,
    found: HashMap<SegmentId, Vec<Found>>,
    lengths: Arc<Lengths>,
}

/// The evidence for one word, weighed.
pub struct Weighed {
    fields: Vec<FieldTerms>,
    phrases: Vec<(usize, Score, Box<dyn Weight>)>,
    /// The most that each kind counts, and the number of its field.
    kinds: Vec<(Score, usize)>,
    /// In how many documents each kind stands.
    frequencies: Vec<u64>,
    finding: Kinds,
    scored: bool,
}

impl Weighed {
    /// Looks everything up. At most as many kinds as [`Kinds`] has room for.
    pub fn of(evidence: &[Evidence], scoring: EnableScoring<'_>) -> tantivy::Result<Self> {
        let mut finding = 0;
        let mut phrases = Vec::new();
        for (kind, evidence) in evidence.iter().enumerate() {
            finding |= Kinds::from(evidence.finds) << kind;
            for phrase in &evidence.phrases {
                phrases.push((kind, evidence.weight, phrase.weight(scoring)?));
            }
        }
        let mut fields: Vec<FieldTerms> = Vec::new();
        let mut inside = vec![0; evidence.len()];
        for Evidence { field, .. } in evidence {
            if fields.iter().all(|known| known.field != *field) {
                let terms = sorted(*field, evidence);
                fields.push(FieldTerms::of(*field, &terms, scoring)?);
                if let Some(statistics) = of_a_part(scoring) {
                    count(&mut inside, (*field, &terms), statistics)?;
                }
            }
        }
        let mut weighed = Weighed {
            frequencies: match of_a_part(scoring) {
                Some(_) => inside,
                None => frequencies(&fields, evidence.len()),
            },
            fields,
            phrases,
            kinds: Vec::new(),
            finding,
            scored: false,
        };
        if let EnableScoring::Enabled {
            statistics_provider: statistics,
            ..
        } = scoring
        {
            weighed.scored = true;
            weighed.weigh(evidence, statistics.total_num_docs()?);
        }
        Ok(weighed)
    }

    fn weigh(&mut self, evidence: &[Evidence], documents: u64) {
        let fields = &self.fields;
        let kinds = evidence.iter().zip(&self.frequencies);
        self.kinds = kinds
            .map(|(evidence, frequency)| {
                let mut fields = fields.iter();
                let field = fields.position(|terms| terms.field == evidence.field);
                let most = evidence.weight * bm25::weight(*frequency, documents);
                (most, field.unwrap_or(0))
            })
            .collect();
    }

    /// In how many documents a kind stands.
    pub fn frequency(&self, kind: usize) -> u64 {
        self.frequencies.get(kind).copied().unwrap_or(0)
    }
}

/// The statistics, when they are those of a part of the index: then they are not the searcher's own, and only what
/// stands in the part may count.
fn of_a_part(scoring: EnableScoring<'_>) -> Option<&dyn Bm25StatisticsProvider> {
    match scoring {
        EnableScoring::Enabled {
            searcher,
            statistics_provider: statistics,
        } if !std::ptr::addr_eq(searcher, statistics) => Some(statistics),
        _ => None,
    }
}

/// Adds in how many documents the terms of each kind stand.
fn count(
    frequencies: &mut [u64],
    (field, terms): (Field, &[Wanted<'_>]),
    statistics: &dyn Bm25StatisticsProvider,
) -> tantivy::Result<()> {
    for (term, kinds) in terms {
        let found = statistics.doc_freq(&Term::from_field_bytes(field, term))?;
        for (kind, frequency) in frequencies.iter_mut().enumerate() {
            if kinds & (1 << kind) != 0 {
                *frequency += found;
            }
        }
    }
    Ok(())
}

fn frequencies(fields: &[FieldTerms], kinds: usize) -> Vec<u64> {
    let mut frequencies = vec![0; kinds];
    let segments = fields.iter().flat_map(|terms| terms.found.values());
    for found in segments.flatten() {
        for (kind, frequency) in frequencies.iter_mut().enumerate() {
            if found.kinds & (1 << kind) != 0 {
                *frequency += u64::from(found.info.doc_freq);
            }
        }
    }
    frequencies
}

/// A term with what it is evidence of.
type Wanted<'a> = (&'a [u8], Kinds);

/// The terms in `field`, sorted, each once.
fn sorted(field: Field, evidence: &[Evidence]) -> Vec<Wanted<'_>> {
    let mut terms: Vec<Wanted<'_>> = Vec::new();
    for (kind, evidence) in evidence.iter().enumerate() {
        if evidence.field == field {
            let bytes = evidence.terms.iter().map(String::as_bytes);
            terms.extend(bytes.map(|term| (term, 1 << kind)));
        }
    }
    terms.sort_by_key(|(term, _)| *term);
    terms.dedup_by(|(term, kinds), (kept, all)| {
        let same = term == kept;
        if same {
            *all |= *kinds;
        }
        same
    });
    terms
}

impl FieldTerms {
    fn of(field: Field, terms: &[Wanted<'_>], scoring: EnableScoring<'_>) -> tantivy::Result<Self> {
        let searcher = scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("words need a searcher".to_owned()))?;
        let mut found = HashMap::new();
        for reader in searcher.segment_readers() {
            let inverted = reader.inverted_index(field)?;
            found.insert(reader.segment_id(), look_up(terms, inverted.terms())?);
        }
        let mut lengths = [1.0; 256];
        if let EnableScoring::Enabled {
            statistics_provider: statistics,
            ..
        } = scoring
        {
            let tokens = statistics.total_num_tokens(field)? as Score;
            let documents = statistics.total_num_docs()?.max(1) as Score;
            lengths = bm25::lengths(tokens / documents);
        }
        Ok(FieldTerms {
            field,
            found,
            lengths: Arc::new(lengths),
        })
    }
}

/// Those of `terms`, sorted, that a segment has.
fn look_up(terms: &[Wanted<'_>], dictionary: &TermDictionary) -> tantivy::Result<Vec<Found>> {
    if terms.len() >= MANY {
        let place = |(at, (term, _)): (usize, &Wanted<'_>)| {
            let place = dictionary.term_ord(term).transpose()?;
            Some(place.map(|place| (at, place)))
        };
        let mut places = terms.iter().enumerate().filter_map(place);
        let Some((first, from)) = places.next().transpose()? else {
            return Ok(Vec::new());
        };
        let last = places.next_back().transpose()?;
        let (last, to) = last.unwrap_or((first, from));
        if to - from < WALK * terms.len() as u64 {
            return walk(&terms[first..=last], dictionary);
        }
    }
    let mut found = Vec::new();
    for (term, kinds) in terms {
        if let Some(info) = dictionary.get(term)? {
            let kinds = *kinds;
            found.push(Found { info, kinds });
        }
    }
    Ok(found)
}

/// Looks all terms up in one walk through the dictionary.
fn walk(terms: &[Wanted<'_>], dictionary: &TermDictionary) -> tantivy::Result<Vec<Found>> {
    let mut range = dictionary.range();
    if let (Some((first, _)), Some((last, _))) = (terms.first(), terms.last()) {
        range = range.ge(first).le(last);
    }
    let mut words = range.into_stream()?;
    let mut found = Vec::new();
    let mut ahead = terms;
    while words.advance() {
        let passed = ahead.iter().take_while(|(term, _)| *term < words.key());
        ahead = &ahead[passed.count()..];
        if let Some((term, kinds)) = ahead.first()
            && *term == words.key()
        {
            let (info, kinds) = (words.value().clone(), *kinds);
            found.push(Found { info, kinds });
        }
    }
    Ok(found)
}

impl Weighed {
    /// The lists of one segment.
    pub fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Lists> {
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for terms in &self.fields {
            let inverted = reader.inverted_index(terms.field)?;
            let found = terms.found.get(&reader.segment_id()).ok_or_else(|| {
                TantivyError::InvalidArgument("a segment of another searcher".to_owned())
            })?;
            self.read(&inverted, found, &mut long, &mut short)?;
        }
        short.sort_unstable_by_key(|posting: &Posting| posting.doc);
        let mut phrases = Vec::with_capacity(self.phrases.len());
        for (kind, most, phrase) in &self.phrases {
            phrases.push((*kind, phrase.scorer(reader, boost * most)?));
        }
        let scoring = match self.scored {
            true => Some(self.scoring(reader, boost)?),
            false => None,
        };
        Ok(Lists::new((long, short), phrases, self.finding, scoring))
    }

    fn read(
        &self,
        inverted: &InvertedIndexReader,
        found: &[Found],
        long: &mut Vec<Long>,
        short: &mut Vec<Posting>,
    ) -> tantivy::Result<()> {
        let option = match self.scored {
            true => IndexRecordOption::WithFreqs,
            false => IndexRecordOption::Basic,
        };
        // One block for all short lists: opening one for each costs more than reading it.
        let mut block: Option<BlockSegmentPostings> = None;
        for Found { info, kinds } in found {
            if info.doc_freq >= BLOCK {
                let block = inverted.read_block_postings_from_terminfo(info, option)?;
                long.push(Long::new(block, *kinds));
                continue;
            }
            let block = match &mut block {
                Some(block) => {
                    inverted.reset_block_postings_from_terminfo(info, block)?;
                    block
                }
                None => block.insert(inverted.read_block_postings_from_terminfo(info, option)?),
            };
            let frequencies = block.docs().iter().enumerate();
            short.extend(frequencies.map(|(at, doc)| Posting {
                doc: *doc,
                frequency: block.freq(at),
                kinds: *kinds,
            }));
        }
        Ok(())
    }

    fn scoring(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Scoring> {
        let kinds = self.kinds.iter();
        let mut fields = Vec::with_capacity(self.fields.len());
        for terms in &self.fields {
            let norms = reader.get_fieldnorms_reader(terms.field)?;
            fields.push((norms, terms.lengths.clone()));
        }
        Ok(Scoring {
            kinds: kinds.map(|(most, field)| (most * boost, *field)).collect(),
            fields,
        })
    }
}
