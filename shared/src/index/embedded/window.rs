//! A run of documents of one segment, and what stands in each. Owns its layout; never reads a list.

use tantivy::{DocId, Score};

/// Documents in the largest window.
pub const LARGEST: usize = 2048;
/// Documents in the smallest: a window is a whole number of these.
pub const SMALLEST: usize = 64;

/// A set of kinds of evidence, by their numbers.
pub type Kinds = u16;

/// The documents of a window, a bit each.
pub type Marks = [u64; LARGEST / 64];

/// What stands where in a run of documents.
pub struct Window {
    /// The first of them.
    pub start: DocId,
    /// How many they are.
    pub length: usize,
    /// Those that were found.
    pub found: Marks,
    /// How often terms stand in each document: a column for terms that are evidence of the same kinds.
    pub terms: Vec<Column<u32>>,
    /// What phrases count in each document: a column for each kind.
    pub phrases: Vec<Column<Score>>,
}

/// A value for each document of a window; nothing of it counts until it is met.
pub struct Column<T> {
    /// What it is evidence of.
    pub kinds: Kinds,
    /// Whether anything of it stands in the window.
    pub met: bool,
    /// By how far a document lies behind the start of the window.
    pub values: Vec<T>,
}

impl<T: Copy + Default> Column<T> {
    /// The number of the column of `kinds`.
    pub fn of(columns: &mut Vec<Self>, kinds: Kinds) -> usize {
        let known = columns.iter().position(|column| column.kinds == kinds);
        known.unwrap_or_else(|| {
            columns.push(Column {
                kinds,
                met: false,
                values: Vec::new(),
            });
            columns.len() - 1
        })
    }

    fn open(&mut self, length: usize) -> &mut [T] {
        if !self.met {
            self.met = true;
            self.values.clear();
            self.values.resize(length, T::default());
        }
        &mut self.values
    }
}

impl Window {
    /// Moves to `length` documents from `start` on, in which nothing stands yet.
    pub fn open(&mut self, start: DocId, length: usize) {
        self.start = start;
        self.length = length.min(LARGEST);
        self.found = [0; LARGEST / 64];
        self.terms.iter_mut().for_each(|column| column.met = false);
        self.phrases
            .iter_mut()
            .for_each(|column| column.met = false);
    }

    /// The first document behind it.
    pub fn end(&self) -> DocId {
        self.start.saturating_add(self.length as DocId)
    }

    /// Marks documents, in order.
    pub fn find(&mut self, docs: &[DocId]) {
        // One write for all documents of a word of bits: each would wait for the one before it.
        let (mut place, mut bits) = (0, 0);
        for doc in docs {
            let at = (doc - self.start) as usize;
            if at / 64 != place {
                self.mark(place, bits);
                (place, bits) = (at / 64, 0);
            }
            bits |= 1 << (at % 64);
        }
        self.mark(place, bits);
    }

    fn mark(&mut self, place: usize, more: u64) {
        if let Some(bits) = self.found.get_mut(place) {
            *bits |= more;
        }
    }

    /// Adds to how often terms stand in documents.
    pub fn count(&mut self, docs: &[DocId], frequencies: &[u32], column: usize) {
        let (start, length) = (self.start, self.length);
        let Some(column) = self.terms.get_mut(column) else {
            return;
        };
        let column = column.open(length);
        for (doc, frequency) in docs.iter().zip(frequencies) {
            if let Some(sum) = column.get_mut((doc - start) as usize) {
                *sum += frequency;
            }
        }
    }

    /// Adds what a phrase counts in a document.
    pub fn add_phrase(&mut self, doc: DocId, kind: usize, score: Score) {
        let column = Column::of(&mut self.phrases, 1 << kind);
        let column = self.phrases[column].open(self.length);
        if let Some(sum) = column.get_mut((doc - self.start) as usize) {
            *sum += score;
        }
    }
}
