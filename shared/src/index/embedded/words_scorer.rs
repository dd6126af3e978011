//! Goes through the documents of several words, a window at a time. Owns the scorer of [`super::any_word::Words`]; never
//! looks a term up.

use super::any_word::Wanted;
use super::lists::Lists;
use super::window::{LARGEST, Marks, SMALLEST};
use std::sync::LazyLock;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

/// How much a document loses that lacks a part of the question: its score is multiplied by this power of the share
/// that it has.
const COVERAGE: Score = 0.3;
/// Steps in which that power is worked out beforehand.
const STEPS: usize = 4096;

static COVERED: LazyLock<Vec<Score>> = LazyLock::new(|| {
    let step = |at: usize| (at as Score / STEPS as Score).powf(COVERAGE);
    (0..=STEPS).map(step).collect()
});

/// One word in one segment.
pub struct WordLists {
    /// What makes a document a hit.
    pub found: Lists,
    /// How much of the question it is.
    pub share: Score,
    /// What only ranks, with its share, and whether it counts where the word itself stands.
    pub beside: Vec<(Lists, Score, bool)>,
    /// Of the documents that are being scored, the room is used again.
    pub own: Own,
}

/// What some documents have of one word.
#[derive(Default)]
pub struct Own {
    /// Which of the documents are looked at, by number and by place.
    places: Vec<u16>,
    docs: Vec<u16>,
    /// What stands beside the word counts, and how much of it that is.
    beside: Vec<Score>,
    has: Vec<Score>,
}

impl Own {
    /// Looks at those documents of a window that `wanted` marks, 64 at a time.
    fn choose(&mut self, window: &Window, wanted: impl Fn(usize) -> u64) {
        self.places.clear();
        self.docs.clear();
        for (number, marks) in window.marks.iter().enumerate() {
            let mut bits = marks & wanted(number);
            while bits != 0 {
                let at = 64 * number + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.places.push(window.places[at]);
                self.docs.push(at as u16);
            }
        }
    }
}

/// What documents have of the whole question.
struct Sums {
    scores: Vec<Score>,
    covered: Vec<Score>,
}

impl WordLists {
    /// Adds what documents of a window have of the word.
    fn add(&mut self, window: &Window, sums: &mut Sums) {
        let own = &mut self.own;
        let found = *self.found.found();
        let mut beside: Option<Marks> = None;
        for (lists, share, also) in &mut self.beside {
            lists.fill(window.start, window.length);
            if !lists.is_met() {
                continue;
            }
            let marks = beside.get_or_insert_with(|| {
                for column in [&mut own.beside, &mut own.has] {
                    column.clear();
                    column.resize(window.docs.len(), 0.0);
                }
                [0; LARGEST / 64]
            });
            let here = *lists.found();
            let counts = |number: usize| match *also {
                true => here[number],
                false => here[number] & !found[number],
            };
            own.choose(window, counts);
            for (number, marks) in marks.iter_mut().enumerate() {
                *marks |= counts(number);
            }
            for (place, score) in own.places.iter().zip(lists.scores(&own.docs)) {
                own.beside[usize::from(*place)] += score;
                own.has[usize::from(*place)] += *share;
            }
        }
        if let Some(marks) = &beside {
            own.choose(window, |number| marks[number] & !found[number]);
            for place in own.places.iter().map(|place| usize::from(*place)) {
                sums.scores[place] += own.beside[place];
                sums.covered[place] += own.has[place].min(1.0) * self.share;
            }
        }
        own.choose(window, |number| found[number]);
        for (place, score) in own.places.iter().zip(self.found.scores(&own.docs)) {
            let place = usize::from(*place);
            sums.scores[place] += match beside {
                Some(_) => own.beside[place] + score,
                None => score,
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
    /// The number of each of them, by how far it lies behind the start.
    places: Vec<u16>,
}

impl Window {
    fn score(&self, doc: DocId) -> Score {
        let place = self.docs.binary_search(&((doc - self.start) as u16));
        let score = place.ok().and_then(|place| self.scores.get(place));
        score.copied().unwrap_or(0.0)
    }
}

/// Goes through the documents of the words, a window at a time.
pub struct WordsScorer {
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
    /// Stands at the first document.
    pub fn new(mut words: Vec<WordLists>, wanted: Wanted, documents: u32) -> Self {
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
                places: Vec::new(),
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
    pub fn fill(&mut self) -> bool {
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
    pub fn scored(&mut self) -> (DocId, &[u16], &[Score]) {
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
                sums.scores.resize(sums.covered.len(), 0.0);
                window.places.resize(LARGEST, 0);
                for (place, at) in window.docs.iter().enumerate() {
                    window.places[usize::from(*at)] = place as u16;
                }
                for word in words {
                    word.add(window, &mut sums);
                }
                for (score, covered) in sums.scores.iter_mut().zip(&sums.covered) {
                    let step = (covered * STEPS as Score + 0.5) as usize;
                    *score *= COVERED.get(step).copied().unwrap_or(1.0);
                }
                window.scores = sums.scores;
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
