//! One of many terms, as if they were one word: one document frequency, one term frequency. Owns the scorers; a
//! Boolean query of a thousand terms takes a hundred times as long.

use std::collections::HashMap;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, Term};

/// Up to so many terms the lowest document is looked for among them; beyond it, windows of documents are filled.
const FEW: usize = 8;
/// How far a word that is repeated goes on to count. BM25 as it is mostly set has 1.2 and 0.75; these and the power of
/// the idf were chosen on questions to laws, parliament and government pages (see `benches/RESULTS.md`).
const K1: Score = 1.6;
/// How much a long document is held against it.
const B: Score = 0.8;
/// Common words count less beside rare ones than their idf says: this power of it.
const RARITY: Score = 1.25;
/// Documents in a window.
const WINDOW: usize = 4096;

/// Matches documents with any of the terms.
#[derive(Clone, Debug)]
pub struct AnyTerm {
    field: Field,
    terms: Arc<[Term]>,
}

impl AnyTerm {
    /// `terms` as they are stored in `field`; a query for none matches nothing.
    pub fn query<'a>(field: Field, terms: impl IntoIterator<Item = &'a String>) -> Box<dyn Query> {
        let mut terms: Vec<Term> = terms
            .into_iter()
            .map(|term| Term::from_field_text(field, term))
            .collect();
        terms.sort_unstable();
        terms.dedup();
        Box::new(AnyTerm {
            field,
            terms: terms.into(),
        })
    }
}

impl Query for AnyTerm {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        // Without a score tantivy's own is as good, and counts without walking.
        if let ([only], EnableScoring::Disabled { .. }) = (self.terms.as_ref(), &scoring) {
            return TermQuery::new(only.clone(), IndexRecordOption::Basic).weight(scoring);
        }
        let mut found = HashMap::new();
        let mut frequency = 0;
        for reader in scoring
            .searcher()
            .map_or(&[][..], Searcher::segment_readers)
        {
            let infos = self.infos(reader)?;
            frequency += infos
                .iter()
                .map(|info| u64::from(info.doc_freq))
                .sum::<u64>();
            found.insert(reader.segment_id(), infos);
        }
        let bm25 = match scoring {
            EnableScoring::Disabled { .. } => None,
            EnableScoring::Enabled {
                statistics_provider: statistics,
                ..
            } => {
                let documents = statistics.total_num_docs()?;
                let length =
                    statistics.total_num_tokens(self.field)? as Score / documents.max(1) as Score;
                Some(Bm25::new(frequency, documents, length))
            }
        };
        Ok(Box::new(AnyTermWeight {
            query: self.clone(),
            found,
            bm25,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
    }
}

impl AnyTerm {
    /// Where the terms that a segment has lie in it.
    fn infos(&self, reader: &SegmentReader) -> tantivy::Result<Vec<TermInfo>> {
        let inverted = reader.inverted_index(self.field)?;
        let mut infos = Vec::new();
        for term in self.terms.iter() {
            infos.extend(inverted.get_term_info(term)?);
        }
        Ok(infos)
    }
}

struct AnyTermWeight {
    query: AnyTerm,
    /// Each segment's terms: looked up once for the frequency and the lists.
    found: HashMap<SegmentId, Vec<TermInfo>>,
    bm25: Option<Bm25>,
}

impl Weight for AnyTermWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inverted = reader.inverted_index(self.query.field)?;
        let option = match self.bm25 {
            Some(_) => IndexRecordOption::WithFreqs,
            None => IndexRecordOption::Basic,
        };
        let infos = match self.found.get(&reader.segment_id()) {
            Some(infos) => infos.clone(),
            None => self.query.infos(reader)?,
        };
        let mut postings = Vec::with_capacity(infos.len());
        for info in &infos {
            postings.push(inverted.read_postings_from_terminfo(info, option)?);
        }
        if postings.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let score = match &self.bm25 {
            Some(bm25) => Some((
                bm25.boosted(boost),
                reader.get_fieldnorms_reader(self.query.field)?,
            )),
            None => None,
        };
        let frequency: u64 = postings.iter().map(|p| u64::from(p.doc_freq())).sum();
        let hint = frequency.min(u64::from(reader.max_doc())) as u32;
        if postings.len() <= FEW {
            return Ok(Box::new(FewTerms::new(postings, score, hint)));
        }
        Ok(Box::new(ManyTerms::new(postings, score, hint)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("any of the terms", 0.0))
    }
}

/// BM25 of one kind of evidence.
#[derive(Clone)]
struct Bm25 {
    weight: Score,
    /// What the length of a document adds to the frequency, by the byte that stands for the length.
    lengths: Arc<[Score; 256]>,
}

impl Bm25 {
    /// For a word in `frequency` of all documents; they have `average` words.
    fn new(frequency: u64, documents: u64, average: Score) -> Self {
        let length = |id| {
            let length = FieldNormReader::id_to_fieldnorm(id) as Score;
            K1 * (1.0 - B + B * length / average.max(1.0))
        };
        Bm25 {
            weight: idf(frequency, documents).powf(RARITY) * (1.0 + K1),
            lengths: Arc::new(std::array::from_fn(|id| length(id as u8))),
        }
    }

    fn boosted(&self, boost: Score) -> Self {
        Bm25 {
            weight: self.weight * boost,
            lengths: self.lengths.clone(),
        }
    }

    fn score(&self, length: u8, frequency: u32) -> Score {
        let frequency = frequency as Score;
        let length = self.lengths.get(usize::from(length)).copied();
        self.weight * frequency / (frequency + length.unwrap_or(K1))
    }
}

/// How rare a word is that stands in `frequency` of all documents.
pub fn idf(frequency: u64, documents: u64) -> Score {
    let frequency = frequency.min(documents);
    let (with, without) = (frequency as Score, (documents - frequency) as Score);
    (1.0 + (without + 0.5) / (with + 0.5)).ln()
}

type Scoring = Option<(Bm25, FieldNormReader)>;

fn score(scoring: &Scoring, doc: DocId, frequency: u32) -> Score {
    match scoring {
        Some((bm25, norms)) => bm25.score(norms.fieldnorm_id(doc), frequency),
        None => 1.0,
    }
}

/// A few lists, of which the lowest document is next.
struct FewTerms {
    postings: Vec<SegmentPostings>,
    doc: DocId,
    scoring: Scoring,
    hint: u32,
}

impl FewTerms {
    fn new(postings: Vec<SegmentPostings>, scoring: Scoring, hint: u32) -> Self {
        let mut scorer = FewTerms {
            postings,
            doc: 0,
            scoring,
            hint,
        };
        scorer.lowest();
        scorer
    }

    fn lowest(&mut self) -> DocId {
        self.doc = self
            .postings
            .iter()
            .map(DocSet::doc)
            .min()
            .unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for FewTerms {
    fn advance(&mut self) -> DocId {
        for postings in &mut self.postings {
            if postings.doc() == self.doc && self.doc != TERMINATED {
                postings.advance();
            }
        }
        self.lowest()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for postings in &mut self.postings {
            if postings.doc() < target {
                postings.seek(target);
            }
        }
        self.lowest()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.hint
    }
}

impl Scorer for FewTerms {
    fn score(&mut self) -> Score {
        if self.scoring.is_none() {
            return 1.0;
        }
        let here = self
            .postings
            .iter()
            .filter(|postings| postings.doc() == self.doc);
        let frequency = here.map(Postings::term_freq).sum();
        score(&self.scoring, self.doc, frequency)
    }
}

/// Many lists, poured into one window of documents after another.
struct ManyTerms {
    postings: Vec<SegmentPostings>,
    /// First document of the window, a multiple of its size.
    start: DocId,
    frequencies: Box<[u32]>,
    /// Place in the window.
    at: usize,
    doc: DocId,
    scoring: Scoring,
    hint: u32,
}

impl ManyTerms {
    fn new(postings: Vec<SegmentPostings>, scoring: Scoring, hint: u32) -> Self {
        let mut scorer = ManyTerms {
            postings,
            start: 0,
            frequencies: vec![0; WINDOW].into(),
            at: WINDOW,
            doc: 0,
            scoring,
            hint,
        };
        scorer.next_in_window();
        scorer
    }

    /// Moves to the first document at or behind `at`.
    fn next_in_window(&mut self) -> DocId {
        loop {
            let rest = self.frequencies.get(self.at..).unwrap_or(&[]);
            if let Some(ahead) = rest.iter().position(|frequency| *frequency > 0) {
                self.at += ahead;
                self.doc = self.start + self.at as DocId;
                return self.doc;
            }
            if !self.fill() {
                self.doc = TERMINATED;
                self.at = WINDOW;
                return TERMINATED;
            }
        }
    }

    /// Fills the window in which the lowest document lies; false when there is none.
    fn fill(&mut self) -> bool {
        self.postings
            .retain(|postings| postings.doc() != TERMINATED);
        let Some(lowest) = self.postings.iter().map(DocSet::doc).min() else {
            return false;
        };
        self.start = lowest - lowest % WINDOW as DocId;
        self.at = 0;
        self.frequencies.fill(0);
        let end = self.start + WINDOW as DocId;
        for postings in &mut self.postings {
            let mut doc = postings.doc();
            while doc < end {
                let frequency = if self.scoring.is_some() {
                    postings.term_freq()
                } else {
                    1
                };
                if let Some(sum) = self.frequencies.get_mut((doc - self.start) as usize) {
                    *sum += frequency;
                }
                doc = postings.advance();
            }
        }
        true
    }
}

impl DocSet for ManyTerms {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.at += 1;
        self.next_in_window()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if target - self.start < WINDOW as DocId {
            self.at = (target - self.start) as usize;
        } else {
            for postings in &mut self.postings {
                if postings.doc() < target {
                    postings.seek(target);
                }
            }
            self.at = WINDOW;
        }
        self.next_in_window()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.hint
    }
}

impl Scorer for ManyTerms {
    fn score(&mut self) -> Score {
        let frequency = self.frequencies.get(self.at).copied().unwrap_or(0);
        score(&self.scoring, self.doc, frequency)
    }
}
