//! The documents of one word in one segment: its postings and phrases, poured into one window of documents after
//! another, each list once. Owns reading them and their score; which terms there are is for the caller.

use super::bm25::{self, Lengths};
use super::window::{Column, Kinds, LARGEST, Marks, Window};
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Scorer;
use tantivy::{DocId, Score, SeekDangerResult, TERMINATED};

/// What evidence beside the best adds.
const TIE_BREAKER: Score = 0.2;

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
    short: Vec<Short>,
    /// How many of the short postings were poured.
    short_at: usize,
    phrases: Vec<Phrase>,
    /// Whether phrases are only looked for in documents that the caller names.
    within: bool,
    /// Kinds that make a document a hit.
    finding: Kinds,
    scoring: Option<Scoring>,
    window: Window,
    sums: Sums,
}

/// What is summed up of some documents, side by side; the room is used again.
#[derive(Default)]
struct Sums {
    /// What their lengths add to a frequency.
    lengths: Vec<Score>,
    /// Of one kind of evidence: first how often it stands there, then what that counts.
    scores: Vec<Score>,
    best: Vec<Score>,
    all: Vec<Score>,
}

/// A list of at least one block.
pub struct Long {
    block: BlockSegmentPostings,
    at: usize,
    kinds: Kinds,
    column: usize,
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

/// The same, with the number of its column.
struct Short {
    posting: Posting,
    column: usize,
}

/// What takes several words.
struct Phrase {
    kind: usize,
    scorer: Box<dyn Scorer>,
    /// No document before this one has it.
    from: DocId,
}

impl Phrase {
    /// Whether `doc` has it; documents are asked for in order, and after this nothing else.
    fn has(&mut self, doc: DocId) -> bool {
        if doc < self.from {
            return false;
        }
        match self.scorer.seek_danger(doc) {
            SeekDangerResult::Found => true,
            SeekDangerResult::SeekLowerBound(from) => {
                self.from = from;
                false
            }
        }
    }

    fn seek(&mut self, target: DocId) {
        if self.from < target {
            self.from = self.scorer.seek(target);
        }
    }

    fn advance(&mut self) {
        self.from = self.scorer.advance();
    }
}

impl Long {
    /// A list that stands at its beginning.
    pub fn new(block: BlockSegmentPostings, kinds: Kinds) -> Self {
        Long {
            block,
            at: 0,
            kinds,
            column: 0,
        }
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

    fn pour(&mut self, window: &mut Window, finds: bool, scored: bool) {
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
            if scored {
                let frequencies = self.block.freqs().get(self.at..).unwrap_or(&[]);
                window.count(&docs[..within], frequencies, self.column);
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
        (mut long, short): (Vec<Long>, Vec<Posting>),
        phrases: Vec<(usize, Box<dyn Scorer>)>,
        finding: Kinds,
        scoring: Option<Scoring>,
    ) -> Self {
        let mut terms = Vec::new();
        for list in &mut long {
            list.column = Column::of(&mut terms, list.kinds);
        }
        let short = short.into_iter().map(|posting| Short {
            column: Column::of(&mut terms, posting.kinds),
            posting,
        });
        let short = short.collect();
        let phrases = phrases.into_iter().map(|(kind, scorer)| Phrase {
            kind,
            from: scorer.doc(),
            scorer,
        });
        Lists {
            long,
            short,
            short_at: 0,
            phrases: phrases.collect(),
            within: false,
            finding,
            scoring,
            window: Window {
                start: 0,
                length: 0,
                found: [0; LARGEST / 64],
                terms,
                phrases: Vec::new(),
            },
            sums: Sums::default(),
        }
    }

    fn finds(&self, kinds: Kinds) -> bool {
        kinds & self.finding != 0
    }

    /// Whether something of it takes several words.
    pub fn has_phrases(&self) -> bool {
        !self.phrases.is_empty()
    }

    /// The first document behind the window that may be found.
    pub fn next(&self) -> DocId {
        let long = self.long.iter().filter(|list| self.finds(list.kinds));
        let phrases = self.phrases.iter();
        let phrases = phrases.filter(|phrase| self.finds(1 << phrase.kind));
        let mut short = self.short.iter().skip(self.short_at);
        let short = short.find(|short| self.finds(short.posting.kinds));
        long.map(Long::doc)
            .chain(phrases.map(|phrase| phrase.from))
            .chain(short.map(|short| short.posting.doc))
            .min()
            .unwrap_or(TERMINATED)
    }

    /// Skips the documents before `target`.
    pub fn seek(&mut self, target: DocId) {
        self.long.iter_mut().for_each(|list| list.seek(target));
        self.short_at += self.short.get(self.short_at..).map_or(0, |short| {
            short.partition_point(|short| short.posting.doc < target)
        });
        for phrase in &mut self.phrases {
            match self.within {
                true => phrase.from = phrase.from.max(target),
                false => phrase.seek(target),
            }
        }
    }

    /// Moves the window to `length` documents from `start` on, behind all it had.
    pub fn fill(&mut self, start: DocId, length: usize) {
        self.fill_terms(start, length);
        self.pour_phrases();
    }

    /// The same, when only `marks` of the documents matter: whether others have a phrase is not looked at. From then on
    /// windows are filled in this way only.
    pub fn fill_within(&mut self, start: DocId, length: usize, marks: &Marks) {
        self.within = true;
        self.fill_terms(start, length);
        for phrase in &mut self.phrases {
            let finds = self.finding & (1 << phrase.kind) != 0;
            for (place, bits) in marks.iter().enumerate() {
                let mut bits = *bits;
                if self.scoring.is_none() {
                    bits &= !self.window.found[place];
                }
                while bits != 0 {
                    let doc = start + 64 * place as DocId + bits.trailing_zeros();
                    bits &= bits - 1;
                    if !phrase.has(doc) {
                        continue;
                    }
                    if finds {
                        self.window.find(&[doc]);
                    }
                    if self.scoring.is_some() {
                        let score = phrase.scorer.score();
                        self.window.add_phrase(doc, phrase.kind, score);
                    }
                }
            }
        }
    }

    fn fill_terms(&mut self, start: DocId, length: usize) {
        self.window.open(start, length);
        let scored = self.scoring.is_some();
        for list in &mut self.long {
            let finds = list.kinds & self.finding != 0;
            list.pour(&mut self.window, finds, scored);
        }
        self.pour_short();
    }

    fn pour_short(&mut self) {
        let end = self.window.end();
        while let Some(Short { posting, column }) = self.short.get(self.short_at)
            && posting.doc < end
        {
            self.short_at += 1;
            if posting.doc < self.window.start {
                continue;
            }
            if self.finding & posting.kinds != 0 {
                self.window.find(&[posting.doc]);
            }
            if self.scoring.is_some() {
                self.window
                    .count(&[posting.doc], &[posting.frequency], *column);
            }
        }
    }

    fn pour_phrases(&mut self) {
        let end = self.window.end();
        for phrase in &mut self.phrases {
            phrase.seek(self.window.start);
            while phrase.from < end {
                if self.finding & (1 << phrase.kind) != 0 {
                    self.window.find(&[phrase.from]);
                }
                if self.scoring.is_some() {
                    let score = phrase.scorer.score();
                    self.window.add_phrase(phrase.from, phrase.kind, score);
                }
                phrase.advance();
            }
        }
    }

    /// The documents of the window that were found.
    pub fn found(&self) -> &Marks {
        &self.window.found
    }

    /// Whether anything of it stands in the window.
    pub fn is_met(&self) -> bool {
        self.window.terms.iter().any(|column| column.met)
            || self.window.phrases.iter().any(|column| column.met)
    }

    /// The scores of documents of the window, told by how far they lie behind its start: the best of their evidence, and
    /// a little for the rest.
    pub fn scores(&mut self, docs: &[u16]) -> impl Iterator<Item = Score> + '_ {
        for sum in [&mut self.sums.best, &mut self.sums.all] {
            sum.clear();
            sum.resize(docs.len(), 0.0);
        }
        let mut field = None;
        let kinds = self
            .scoring
            .as_ref()
            .map_or(0, |scoring| scoring.kinds.len());
        for kind in 0..kinds {
            self.add_scores(docs, kind, &mut field);
        }
        let unscored = self.scoring.is_none();
        let sums = self.sums.best.iter().zip(&self.sums.all);
        sums.map(move |(best, all)| match unscored {
            true => 1.0,
            false => best + TIE_BREAKER * (all - best),
        })
    }

    /// Adds what one kind of evidence counts. `known`: the field of which the lengths are known.
    fn add_scores(&mut self, docs: &[u16], kind: usize, known: &mut Option<usize>) {
        let Some(scoring) = &self.scoring else {
            return;
        };
        let Window {
            start,
            terms,
            phrases,
            ..
        } = &self.window;
        let mut terms = terms
            .iter()
            .filter(|column| column.met && column.kinds & (1 << kind) != 0);
        let mut phrases = phrases
            .iter()
            .filter(|column| column.met && column.kinds == 1 << kind);
        let (first, phrases) = (terms.next(), phrases.next());
        if first.is_none() && phrases.is_none() {
            return;
        }
        let (weight, field) = scoring.kinds[kind];
        let sums = &mut self.sums;
        if *known != Some(field) {
            let (norms, lengths) = &scoring.fields[field];
            let norm = |at: &u16| norms.fieldnorm_id(start + DocId::from(*at));
            sums.lengths.clear();
            sums.lengths
                .extend(docs.iter().map(|at| lengths[usize::from(norm(at))]));
            *known = Some(field);
        }
        sums.scores.clear();
        match first {
            Some(column) => {
                let count = |at: &u16| column.values[usize::from(*at)] as Score;
                sums.scores.extend(docs.iter().map(count));
            }
            None => sums.scores.resize(docs.len(), 0.0),
        }
        for column in terms {
            for (score, at) in sums.scores.iter_mut().zip(docs) {
                *score += column.values[usize::from(*at)] as Score;
            }
        }
        for (score, length) in sums.scores.iter_mut().zip(&sums.lengths) {
            *score = weight * bm25::share(*score, *length);
        }
        if let Some(column) = phrases {
            for (score, at) in sums.scores.iter_mut().zip(docs) {
                *score += column.values[usize::from(*at)];
            }
        }
        let totals = sums.best.iter_mut().zip(&mut sums.all);
        for ((best, all), score) in totals.zip(&sums.scores) {
            *best = if score > best { *score } else { *best };
            *all += score;
        }
    }

    /// What it takes to walk all lists.
    pub fn cost(&self) -> u64 {
        let long = self
            .long
            .iter()
            .map(|list| u64::from(list.block.doc_freq()));
        let phrases = self.phrases.iter().map(|phrase| phrase.scorer.cost());
        long.sum::<u64>() + self.short.len() as u64 + phrases.sum::<u64>()
    }
}
