//! Any of the words of a question, in the order of how much of it a document covers. Owns the scorer: which documents
//! match is decided by what is evidence of the words alone, whatever stands beside them.

use super::bm25::idf;
use super::evidence::{Evidence, Weighed};
use super::window::{LARGEST, Lists, Marks, SMALLEST};
use std::sync::LazyLock;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

/// How much a document loses that lacks a part of the question: its score is multiplied by this power of the share
/// that it has.
const COVERAGE: Score = 0.3;
/// A rare word is so much more of the question than a common one: this power of its idf.
const RARITY: Score = 2.0;
/// Steps in which that power is worked out beforehand.
const STEPS: usize = 4096;
/// Documents of which is looked up at once what stands beside a word.
const BESIDE: usize = 256;

static COVERED: LazyLock<Vec<Score>> = LazyLock::new(|| {
    let step = |at: usize| (at as Score / STEPS as Score).powf(COVERAGE);
    (0..=STEPS).map(step).collect()
});

/// One word of the question.
#[derive(Clone, Debug)]
pub struct Word {
    /// What stands for it; the best counts.
    pub evidence: Vec<Evidence>,
    /// Which of it tells how rare the word is.
    pub rarity: Option<usize>,
    /// Finds no documents; only adds to the score of those that any word found.
    pub beside: Vec<Beside>,
}

impl Word {
    /// With nothing beside it.
    pub fn of(evidence: Vec<Evidence>) -> Self {
        Word {
            evidence,
            rarity: None,
            beside: Vec::new(),
        }
    }
}

/// What only ranks.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Where it stands.
    pub evidence: Evidence,
    /// How much of its word a document has that has it.
    pub share: Score,
    /// Whether it still counts where the word itself stands.
    pub also: bool,
}

/// Matches documents with any of the words.
#[derive(Clone, Debug)]
pub struct AnyWord(pub Vec<Word>);

impl AnyWord {
    /// One word that `evidence` stands for.
    pub fn query(evidence: Vec<Evidence>) -> Box<dyn Query> {
        Box::new(AnyWord(vec![Word::of(evidence)]))
    }

    /// The one query that says the same, without a score: tantivy's own counts without walking.
    fn plain(&self) -> Option<Box<dyn Query>> {
        let [word] = self.0.as_slice() else {
            return None;
        };
        let [only] = word.evidence.as_slice() else {
            return None;
        };
        match (only.terms.as_slice(), only.phrases.as_slice()) {
            ([term], []) => {
                let term = Term::from_field_text(only.field, term);
                Some(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            }
            ([], [phrase]) => Some(phrase.box_clone()),
            _ => None,
        }
    }
}

impl Query for AnyWord {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        if let (EnableScoring::Disabled { .. }, Some(plain)) = (&scoring, self.plain()) {
            return plain.weight(scoring);
        }
        let documents = match scoring {
            EnableScoring::Disabled { .. } => 0,
            EnableScoring::Enabled {
                statistics_provider: statistics,
                ..
            } => statistics.total_num_docs()?,
        };
        let mut words = Vec::with_capacity(self.0.len());
        for word in &self.0 {
            let evidence = Weighed::of(&word.evidence, scoring)?;
            let frequency = word.rarity.map_or(0, |kind| evidence.frequency(kind));
            let mut beside = Vec::with_capacity(word.beside.len());
            for Beside {
                evidence,
                share,
                also,
            } in &word.beside
            {
                let evidence = Weighed::of(std::slice::from_ref(evidence), scoring)?;
                beside.push((evidence, *share, *also));
            }
            words.push(WordWeight {
                evidence,
                rarity: idf(frequency, documents).powf(RARITY),
                beside,
            });
        }
        Ok(Box::new(AnyWordWeight(words)))
    }
}

struct WordWeight {
    evidence: Weighed,
    rarity: Score,
    beside: Vec<(Weighed, Score, bool)>,
}

struct AnyWordWeight(Vec<WordWeight>);

impl AnyWordWeight {
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<AnyWordScorer> {
        let total: Score = self.0.iter().map(|word| word.rarity).sum();
        let mut words = Vec::with_capacity(self.0.len());
        for word in &self.0 {
            let mut beside = Vec::with_capacity(word.beside.len());
            for (weighed, share, also) in &word.beside {
                let lists = weighed.open(reader, boost)?;
                if lists.next() != TERMINATED {
                    beside.push((lists, *share, *also));
                }
            }
            words.push(WordLists {
                found: word.evidence.open(reader, boost)?,
                share: word.rarity / total.max(Score::MIN_POSITIVE),
                beside,
            });
        }
        Ok(AnyWordScorer::new(words, reader.max_doc()))
    }
}

impl Weight for AnyWordWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.open(reader, boost)?;
        if scorer.doc == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(scorer))
    }

    /// As tantivy does it, without asking what kind of scorer it is for each document.
    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        let mut scorer = self.open(reader, 1.0)?;
        let mut doc = scorer.doc;
        while doc != TERMINATED {
            callback(doc, scorer.score());
            doc = scorer.advance();
        }
        Ok(())
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("how much of the question", 0.0))
    }
}

/// One word in one segment.
struct WordLists {
    found: Lists,
    /// How much of the question it is.
    share: Score,
    beside: Vec<(Lists, Score, bool)>,
}

impl WordLists {
    /// The score of `doc`, and how much of the word it has.
    fn score(&mut self, doc: DocId) -> (Score, Score) {
        let found = self.found.has(doc);
        let (mut score, mut has) = (0.0, 0.0);
        for (lists, share, also) in &mut self.beside {
            if found && !*also {
                continue;
            }
            if doc >= lists.end() {
                lists.fill(doc - doc % SMALLEST as DocId, BESIDE);
            }
            if lists.has(doc) {
                score += lists.score(doc);
                has += *share;
            }
        }
        if found {
            return (score + self.found.score(doc), 1.0);
        }
        (score, has.min(1.0))
    }
}

/// Goes through the documents of all words, a window at a time.
struct AnyWordScorer {
    words: Vec<WordLists>,
    /// The documents of the window that are still ahead.
    ahead: Marks,
    start: DocId,
    length: usize,
    /// The bits that are being looked at.
    at: usize,
    doc: DocId,
    hint: u32,
}

impl AnyWordScorer {
    fn new(words: Vec<WordLists>, documents: u32) -> Self {
        let cost: u64 = words.iter().map(|word| word.found.cost()).sum();
        let mut scorer = AnyWordScorer {
            words,
            ahead: [0; LARGEST / 64],
            start: 0,
            length: SMALLEST,
            at: 0,
            doc: 0,
            hint: cost.min(u64::from(documents)) as u32,
        };
        scorer.next();
        scorer
    }

    /// Moves to the first document that is still ahead.
    fn next(&mut self) -> DocId {
        loop {
            while let Some(bits) = self.ahead.get_mut(self.at) {
                if *bits != 0 {
                    let bit = 64 * self.at as DocId + bits.trailing_zeros();
                    *bits &= *bits - 1;
                    self.doc = self.start + bit;
                    return self.doc;
                }
                self.at += 1;
            }
            if !self.fill() {
                self.doc = TERMINATED;
                return TERMINATED;
            }
        }
    }

    /// Fills the next window, which is twice as large as the last; false when there is none.
    fn fill(&mut self) -> bool {
        let next = self.words.iter().map(|word| word.found.next()).min();
        let Some(next) = next.filter(|next| *next != TERMINATED) else {
            return false;
        };
        self.start = next - next % SMALLEST as DocId;
        self.length = (2 * self.length).min(LARGEST);
        self.at = 0;
        self.ahead = [0; LARGEST / 64];
        for word in &mut self.words {
            word.found.fill(self.start, self.length);
            let found = self.ahead.iter_mut().zip(word.found.found());
            found.for_each(|(ahead, found)| *ahead |= found);
        }
        true
    }
}

impl DocSet for AnyWordScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.next()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        let ahead = (target - self.start) as usize;
        if ahead < self.length {
            self.at = ahead / 64;
            if let Some(bits) = self.ahead.get_mut(self.at) {
                *bits &= u64::MAX << (ahead % 64);
            }
        } else {
            // Who skips whole windows has little use for large ones.
            if ahead > 2 * self.length {
                self.length = SMALLEST / 2;
            }
            self.words
                .iter_mut()
                .for_each(|word| word.found.seek(target));
            self.at = LARGEST;
        }
        self.next()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.hint
    }

    fn cost(&self) -> u64 {
        self.words.iter().map(|word| word.found.cost()).sum()
    }

    fn count_including_deleted(&mut self) -> u32 {
        let mut count = u32::from(self.doc != TERMINATED);
        loop {
            let ahead = self.ahead.get(self.at..).unwrap_or(&[]).iter();
            count += ahead.map(|bits| bits.count_ones()).sum::<u32>();
            if !self.fill() {
                self.ahead = [0; LARGEST / 64];
                self.doc = TERMINATED;
                return count;
            }
        }
    }
}

impl Scorer for AnyWordScorer {
    fn score(&mut self) -> Score {
        if let [word] = self.words.as_slice()
            && word.beside.is_empty()
        {
            return word.found.score(self.doc);
        }
        let (mut score, mut covered) = (0.0, 0.0);
        for word in &mut self.words {
            let (found, has) = word.score(self.doc);
            score += found;
            covered += has * word.share;
        }
        let step = (covered * STEPS as Score + 0.5) as usize;
        score * COVERED.get(step).copied().unwrap_or(1.0)
    }
}
