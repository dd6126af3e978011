//! Any of the words of a question, in the order of how much of it a document covers; or all of them. Owns the scorer: which
//! documents match is decided by what is evidence of the words alone, whatever stands beside them.

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

/// Matches documents with any of the words, or with all of them.
#[derive(Clone, Debug)]
pub struct Words {
    words: Vec<Word>,
    wanted: Wanted,
}

/// How many of the words a document must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Any,
    All,
}

impl Words {
    /// One word that `evidence` stands for.
    pub fn one(evidence: Vec<Evidence>) -> Box<dyn Query> {
        Self::any(vec![Word::of(evidence)])
    }

    /// Any of `words`.
    pub fn any(words: Vec<Word>) -> Box<dyn Query> {
        let wanted = Wanted::Any;
        Box::new(Words { words, wanted })
    }

    /// All of the words that each of `evidence` stands for; their scores are added up.
    pub fn all(evidence: Vec<Vec<Evidence>>) -> Box<dyn Query> {
        let words = evidence.into_iter().map(Word::of).collect();
        let wanted = Wanted::All;
        Box::new(Words { words, wanted })
    }

    /// The one query that says the same, without a score: tantivy's own counts without walking.
    fn plain(&self) -> Option<Box<dyn Query>> {
        let [word] = self.words.as_slice() else {
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

impl Query for Words {
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
        let mut words = Vec::with_capacity(self.words.len());
        for word in &self.words {
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
        Ok(Box::new(WordsWeight {
            words,
            wanted: self.wanted,
        }))
    }
}

struct WordWeight {
    evidence: Weighed,
    rarity: Score,
    beside: Vec<(Weighed, Score, bool)>,
}

struct WordsWeight {
    words: Vec<WordWeight>,
    wanted: Wanted,
}

impl WordsWeight {
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<WordsScorer> {
        let total: Score = self.words.iter().map(|word| word.rarity).sum();
        let mut words = Vec::with_capacity(self.words.len());
        for word in &self.words {
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
                own: Own::default(),
            });
        }
        Ok(WordsScorer::new(words, self.wanted, reader.max_doc()))
    }
}

impl Weight for WordsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.open(reader, boost)?;
        if scorer.doc == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(scorer))
    }

    /// As tantivy does it, a window at a time.
    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        let mut scorer = self.open(reader, 1.0)?;
        let mut more = scorer.doc != TERMINATED;
        while more {
            let (start, docs, scores) = scorer.scored();
            for (at, score) in docs.iter().zip(scores) {
                callback(start + DocId::from(*at), *score);
            }
            more = scorer.fill();
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
    /// Of the documents that are being scored, the room is used again.
    own: Own,
}

/// What some documents have of one word.
#[derive(Default)]
struct Own {
    /// Which of the documents are looked at, by number and by place.
    places: Vec<u32>,
    docs: Vec<u16>,
    /// What stands beside the word counts, and how much of it that is.
    beside: Vec<Score>,
    has: Vec<Score>,
}

impl Own {
    /// Looks at those of `docs` that `wanted` says.
    fn choose(&mut self, docs: &[u16], wanted: impl Fn(u16) -> bool) {
        self.places.resize(docs.len(), 0);
        self.docs.resize(docs.len(), 0);
        // Without a branch: which documents are wanted is hard to foresee.
        let mut chosen = 0;
        for (place, doc) in docs.iter().enumerate() {
            self.places[chosen] = place as u32;
            self.docs[chosen] = *doc;
            chosen += usize::from(wanted(*doc));
        }
        self.places.truncate(chosen);
        self.docs.truncate(chosen);
    }
}

/// What documents have of the whole question.
struct Sums {
    scores: Vec<Score>,
    covered: Vec<Score>,
}

impl WordLists {
    /// Adds what documents of a window have of the word; `docs` tells how far they lie behind its start.
    fn add(&mut self, (start, length): (DocId, usize), docs: &[u16], sums: &mut Sums) {
        let own = &mut self.own;
        let found = &self.found;
        let mut is_beside = false;
        for (lists, share, also) in &mut self.beside {
            lists.fill(start, length);
            if !lists.is_met() {
                continue;
            }
            if !is_beside {
                is_beside = true;
                for column in [&mut own.beside, &mut own.has] {
                    column.clear();
                    column.resize(docs.len(), 0.0);
                }
            }
            own.choose(docs, |at| lists.met(at) && (*also || !found.met(at)));
            for (place, score) in own.places.iter().zip(lists.scores(&own.docs)) {
                own.beside[*place as usize] += score;
                own.has[*place as usize] += *share;
            }
        }
        if is_beside {
            for (place, doc) in docs.iter().enumerate() {
                let (score, has) = match found.met(*doc) {
                    true => (0.0, 0.0),
                    false => (own.beside[place], own.has[place].min(1.0)),
                };
                sums.scores[place] += score;
                sums.covered[place] += has * self.share;
            }
        }
        own.choose(docs, |at| found.met(at));
        for (place, score) in own.places.iter().zip(self.found.scores(&own.docs)) {
            let place = *place as usize;
            sums.scores[place] += match is_beside {
                true => own.beside[place] + score,
                false => score,
            };
            sums.covered[place] += self.share;
        }
    }
}

/// A run of documents.
struct Window {
    start: DocId,
    length: usize,
    /// Those that match.
    marks: Marks,
    /// Whether the rest is known: it is worked out when the first score is asked for.
    scored: bool,
    /// How far those that match lie behind the start, and their scores.
    docs: Vec<u16>,
    scores: Vec<Score>,
}

impl Window {
    fn score(&self, doc: DocId) -> Score {
        let place = self.docs.binary_search(&((doc - self.start) as u16));
        let score = place.ok().and_then(|place| self.scores.get(place));
        score.copied().unwrap_or(0.0)
    }
}

/// Goes through the documents of the words, a window at a time.
struct WordsScorer {
    words: Vec<WordLists>,
    wanted: Wanted,
    window: Window,
    /// The documents of the window that are still ahead.
    ahead: Marks,
    /// The bits that are being looked at.
    at: usize,
    doc: DocId,
    hint: u32,
}

impl WordsScorer {
    fn new(mut words: Vec<WordLists>, wanted: Wanted, documents: u32) -> Self {
        if wanted == Wanted::All {
            // The rarest first: where it does not stand the others need no look. Phrases cost most.
            words.sort_by_key(|word| (word.found.has_phrases(), word.found.cost()));
        }
        let costs = words.iter().map(|word| word.found.cost());
        let cost: u64 = match wanted {
            Wanted::Any => costs.sum(),
            Wanted::All => costs.min().unwrap_or(0),
        };
        let mut scorer = WordsScorer {
            words,
            wanted,
            window: Window {
                start: 0,
                length: SMALLEST,
                marks: [0; LARGEST / 64],
                scored: false,
                docs: Vec::new(),
                scores: Vec::new(),
            },
            ahead: [0; LARGEST / 64],
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
                    self.doc = self.window.start + bit;
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

    /// The first document behind the window that may match.
    fn possible(&self) -> DocId {
        let next = self.words.iter().map(|word| word.found.next());
        let next = match self.wanted {
            Wanted::Any => next.min(),
            Wanted::All => next.max(),
        };
        next.unwrap_or(TERMINATED)
    }

    /// Fills the next window, which is twice as large as the last; false when there is none.
    fn fill(&mut self) -> bool {
        let next = self.possible();
        if next == TERMINATED {
            return false;
        }
        let window = &mut self.window;
        // Who skips whole windows has little use for large ones.
        if (next - window.start) as usize > 3 * window.length {
            window.length = SMALLEST / 2;
        }
        window.start = next - next % SMALLEST as DocId;
        window.length = (2 * window.length).min(LARGEST);
        window.scored = false;
        window.marks = [0; LARGEST / 64];
        for (number, word) in self.words.iter_mut().enumerate() {
            match self.wanted {
                Wanted::All if number > 0 => {
                    let (start, length) = (window.start, window.length);
                    word.found.fill_within(start, length, &window.marks);
                }
                _ => word.found.fill(window.start, window.length),
            }
            for (marks, found) in window.marks.iter_mut().zip(word.found.found()) {
                match self.wanted {
                    Wanted::All if number > 0 => *marks &= found,
                    _ => *marks |= found,
                }
            }
            if self.wanted == Wanted::All && window.marks.iter().all(|bits| *bits == 0) {
                break;
            }
        }
        self.at = 0;
        self.ahead = window.marks;
        true
    }

    /// Where the window begins, and its documents with their scores.
    fn scored(&mut self) -> (DocId, &[u16], &[Score]) {
        if !self.window.scored {
            self.work_out();
        }
        let Window {
            start,
            docs,
            scores,
            ..
        } = &self.window;
        (*start, docs, scores)
    }

    fn work_out(&mut self) {
        let (window, words) = (&mut self.window, &mut self.words);
        window.scored = true;
        window.docs.clear();
        for (number, bits) in window.marks.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let at = 64 * number as u32 + bits.trailing_zeros();
                window.docs.push(at as u16);
                bits &= bits - 1;
            }
        }
        let (docs, scores) = (&window.docs, &mut window.scores);
        scores.clear();
        match words.as_mut_slice() {
            [word] if word.beside.is_empty() => scores.extend(word.found.scores(docs)),
            words if self.wanted == Wanted::All => {
                scores.resize(docs.len(), 0.0);
                for word in words {
                    let more = scores.iter_mut().zip(word.found.scores(docs));
                    more.for_each(|(sum, score)| *sum += score);
                }
            }
            words => {
                let mut sums = Sums {
                    scores: std::mem::take(scores),
                    covered: vec![0.0; docs.len()],
                };
                sums.scores.resize(docs.len(), 0.0);
                for word in words {
                    word.add((window.start, window.length), docs, &mut sums);
                }
                for (score, covered) in sums.scores.iter_mut().zip(&sums.covered) {
                    let step = (covered * STEPS as Score + 0.5) as usize;
                    *score *= COVERED.get(step).copied().unwrap_or(1.0);
                }
                *scores = sums.scores;
            }
        }
    }
}

impl DocSet for WordsScorer {
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
        let ahead = (target - self.window.start) as usize;
        if ahead < self.window.length {
            self.at = ahead / 64;
            if let Some(bits) = self.ahead.get_mut(self.at) {
                *bits &= u64::MAX << (ahead % 64);
            }
        } else {
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
        let costs = self.words.iter().map(|word| word.found.cost());
        costs.sum()
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

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        if !self.window.scored {
            self.work_out();
        }
        self.window.score(self.doc)
    }
}
