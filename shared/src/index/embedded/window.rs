//! The documents of one word in one segment: its postings and phrases, poured into one window of documents after
//! another, each list once. Owns what stands where in a window, and its score; which terms there are is for the caller.

use super::bm25::{self, Lengths};
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Scorer;
use tantivy::{DocId, Score, TERMINATED};

/// Documents in the largest window.
pub const LARGEST: usize = 2048;
/// Documents in the smallest: a window is a whole number of these.
pub const SMALLEST: usize = 64;
/// What evidence beside the best adds.
const TIE_BREAKER: Score = 0.2;

/// A set of kinds of evidence, by their numbers.
pub type Kinds = u16;

/// The documents of a window, a bit each.
pub type Marks = [u64; LARGEST / 64];

/// How kinds of evidence count.
pub struct Scoring {
    /// The most that each kind counts, and the number of its field.
    pub kinds: Vec<(Score, usize)>,
    /// The lengths of documents in each field.
    pub fields: Vec<(FieldNormReader, Arc<Lengths>)>,
}

/// The lists of one word.
pub struct Lists {
    long: Vec<Long>,
    short: Vec<Posting>,
    /// How many of the short postings were poured.
    short_at: usize,
    phrases: Vec<(usize, Box<dyn Scorer>)>,
    /// Kinds that make a document a hit.
    finding: Kinds,
    scoring: Option<Scoring>,
    window: Window,
}

/// A list of at least one block.
pub struct Long {
    block: BlockSegmentPostings,
    at: usize,
    kinds: Kinds,
}

/// One document of a short list.
#[derive(Clone, Copy)]
pub struct Posting {
    /// The document.
    pub doc: DocId,
    /// How often the term stands there.
    pub frequency: u32,
    /// What the term is evidence of.
    pub kinds: Kinds,
}

/// What stands where in a run of documents.
struct Window {
    start: DocId,
    length: usize,
    found: Marks,
    /// Kinds that are scored.
    kinds: usize,
    /// Per document and kind.
    frequencies: Vec<u32>,
    /// Per document and kind, when there are phrases.
    phrases: Option<Vec<Score>>,
}

impl Window {
    fn open(&mut self, start: DocId, length: usize) {
        self.start = start;
        self.length = length;
        self.found = [0; LARGEST / 64];
        self.frequencies.clear();
        self.frequencies.resize(length * self.kinds, 0);
        if let Some(phrases) = &mut self.phrases {
            phrases.clear();
            phrases.resize(length * self.kinds, 0.0);
        }
    }

    fn end(&self) -> DocId {
        self.start.saturating_add(self.length as DocId)
    }

    fn find(&mut self, docs: &[DocId]) {
        for doc in docs {
            let at = (doc - self.start) as usize;
            if let Some(bits) = self.found.get_mut(at / 64) {
                *bits |= 1 << (at % 64);
            }
        }
    }

    fn count(&mut self, docs: &[DocId], frequencies: &[u32], kinds: Kinds) {
        for kind in numbers(kinds) {
            for (doc, frequency) in docs.iter().zip(frequencies) {
                let at = (doc - self.start) as usize * self.kinds + kind;
                if let Some(sum) = self.frequencies.get_mut(at) {
                    *sum += frequency;
                }
            }
        }
    }
}

/// The numbers of a set.
fn numbers(mut kinds: Kinds) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let number = (kinds != 0).then(|| kinds.trailing_zeros() as usize);
        kinds &= kinds.wrapping_sub(1);
        number
    })
}

impl Long {
    /// A list that stands at its beginning.
    pub fn new(block: BlockSegmentPostings, kinds: Kinds) -> Self {
        let at = 0;
        Long { block, at, kinds }
    }

    fn doc(&self) -> DocId {
        self.block
            .docs()
            .get(self.at)
            .copied()
            .unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) {
        if self.doc() < target {
            self.at = self.block.seek(target);
        }
    }

    fn pour(&mut self, window: &mut Window, finds: bool) {
        self.seek(window.start);
        let end = window.end();
        loop {
            let docs = self.block.docs().get(self.at..).unwrap_or(&[]);
            let within = match docs.last() {
                None => return,
                Some(last) if *last < end => docs.len(),
                Some(_) => docs.partition_point(|doc| *doc < end),
            };
            if finds {
                window.find(&docs[..within]);
            }
            if window.kinds > 0 {
                let frequencies = self.block.freqs().get(self.at..).unwrap_or(&[]);
                window.count(&docs[..within], frequencies, self.kinds);
            }
            self.at += within;
            if within < docs.len() {
                return;
            }
            self.block.advance();
            self.at = 0;
        }
    }
}

impl Lists {
    /// Lists that stand at their beginning, `short` in the order of documents. A document is found by what is evidence of
    /// one of `finding`; everything else only ranks.
    pub fn new(
        (long, short): (Vec<Long>, Vec<Posting>),
        phrases: Vec<(usize, Box<dyn Scorer>)>,
        finding: Kinds,
        scoring: Option<Scoring>,
    ) -> Self {
        let window = Window {
            start: 0,
            length: 0,
            found: [0; LARGEST / 64],
            kinds: scoring.as_ref().map_or(0, |scoring| scoring.kinds.len()),
            frequencies: Vec::new(),
            phrases: (!phrases.is_empty()).then(Vec::new),
        };
        Lists {
            long,
            short,
            short_at: 0,
            phrases,
            finding,
            scoring,
            window,
        }
    }

    fn finds(&self, kinds: Kinds) -> bool {
        kinds & self.finding != 0
    }

    /// The first document behind the window that may be found.
    pub fn next(&self) -> DocId {
        let long = self.long.iter().filter(|list| self.finds(list.kinds));
        let phrases = self.phrases.iter();
        let phrases = phrases.filter(|(kind, _)| self.finds(1 << kind));
        let mut short = self.short.iter().skip(self.short_at);
        let short = short.find(|posting| self.finds(posting.kinds));
        long.map(Long::doc)
            .chain(phrases.map(|(_, phrase)| phrase.doc()))
            .chain(short.map(|posting| posting.doc))
            .min()
            .unwrap_or(TERMINATED)
    }

    /// Skips the documents before `target`.
    pub fn seek(&mut self, target: DocId) {
        self.long.iter_mut().for_each(|list| list.seek(target));
        self.short_at += self.short.get(self.short_at..).map_or(0, |short| {
            short.partition_point(|posting| posting.doc < target)
        });
        for (_, phrase) in &mut self.phrases {
            if phrase.doc() < target {
                phrase.seek(target);
            }
        }
    }

    /// Moves the window to `length` documents from `start` on, behind all it had.
    pub fn fill(&mut self, start: DocId, length: usize) {
        self.window.open(start, length);
        for list in &mut self.long {
            let finds = list.kinds & self.finding != 0;
            list.pour(&mut self.window, finds);
        }
        self.pour_short();
        self.pour_phrases();
    }

    fn pour_short(&mut self) {
        let end = self.window.end();
        while let Some(posting) = self.short.get(self.short_at)
            && posting.doc < end
        {
            self.short_at += 1;
            if posting.doc < self.window.start {
                continue;
            }
            if self.finds(posting.kinds) {
                self.window.find(&[posting.doc]);
            }
            let frequency = [posting.frequency];
            self.window.count(&[posting.doc], &frequency, posting.kinds);
        }
    }

    fn pour_phrases(&mut self) {
        let (start, end) = (self.window.start, self.window.end());
        for (kind, phrase) in &mut self.phrases {
            let mut doc = phrase.doc();
            if doc < start {
                doc = phrase.seek(start);
            }
            while doc < end {
                if self.finding & (1 << *kind) != 0 {
                    self.window.find(&[doc]);
                }
                let at = (doc - start) as usize * self.window.kinds + *kind;
                let phrases = self.window.phrases.as_mut();
                if let Some(score) = phrases.and_then(|phrases| phrases.get_mut(at)) {
                    *score += phrase.score();
                }
                doc = phrase.advance();
            }
        }
    }

    /// The documents of the window that were found.
    pub fn found(&self) -> &Marks {
        &self.window.found
    }

    /// Whether `doc`, which lies in the window, was found.
    pub fn has(&self, doc: DocId) -> bool {
        let at = (doc - self.window.start) as usize;
        let bits = self.window.found.get(at / 64).copied().unwrap_or(0);
        bits & (1 << (at % 64)) != 0
    }

    /// The first document behind the window.
    pub fn end(&self) -> DocId {
        self.window.end()
    }

    /// The score of `doc`, which lies in the window: the best of its evidence, and a little for the rest.
    #[inline]
    pub fn score(&self, doc: DocId) -> Score {
        let Some(scoring) = &self.scoring else {
            return 1.0;
        };
        let at = (doc - self.window.start) as usize * self.window.kinds;
        let frequencies = self.window.frequencies.get(at..).unwrap_or(&[]);
        let phrases = self.window.phrases.as_ref();
        let (mut best, mut all) = (0.0, 0.0);
        let kinds = scoring.kinds.iter().zip(frequencies).enumerate();
        for (kind, ((weight, field), frequency)) in kinds {
            let mut score = 0.0;
            if *frequency > 0 {
                let (norms, lengths) = &scoring.fields[*field];
                let length = lengths[usize::from(norms.fieldnorm_id(doc))];
                score = weight * bm25::share(*frequency, length);
            }
            if let Some(phrases) = phrases {
                score += phrases[at + kind];
            }
            if score > best {
                best = score;
            }
            all += score;
        }
        best + TIE_BREAKER * (all - best)
    }

    /// What it takes to walk all lists.
    pub fn cost(&self) -> u64 {
        let long = self
            .long
            .iter()
            .map(|list| u64::from(list.block.doc_freq()));
        let phrases = self.phrases.iter().map(|(_, phrase)| phrase.cost());
        long.sum::<u64>() + self.short.len() as u64 + phrases.sum::<u64>()
    }
}
