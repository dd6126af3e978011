//! A set of documents of one segment, a bit each. Owns no meaning.

use tantivy::{DocId, TERMINATED};

/// Documents of one segment.
#[derive(Clone, Debug)]
pub struct Bits(Box<[u64]>);

impl Bits {
    /// None of the first `documents`.
    pub fn none(documents: DocId) -> Self {
        Bits(vec![0; documents.div_ceil(64) as usize].into())
    }

    /// Adds a document; what lies behind the segment is left out.
    pub fn insert(&mut self, doc: DocId) {
        if let Some(word) = self.0.get_mut((doc / 64) as usize) {
            *word |= 1 << (doc % 64);
        }
    }

    /// Every document of `other` comes in.
    pub fn add(&mut self, other: &Bits) {
        self.each_word(other, |word, other| *word |= other);
    }

    /// Only what `other` has too stays.
    pub fn keep(&mut self, other: &Bits) {
        self.each_word(other, |word, other| *word &= other);
    }

    /// What `other` has goes.
    pub fn remove(&mut self, other: &Bits) {
        self.each_word(other, |word, other| *word &= !other);
    }

    fn each_word(&mut self, other: &Bits, change: impl Fn(&mut u64, u64)) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            change(word, *other);
        }
    }

    /// Whether a document is in the set.
    #[inline]
    pub fn has(&self, doc: DocId) -> bool {
        let word = self.0.get((doc / 64) as usize).copied().unwrap_or(0);
        word & (1 << (doc % 64)) != 0
    }

    /// The first document of the set at or behind `doc`; `TERMINATED` when there is none.
    pub fn first_from(&self, doc: DocId) -> DocId {
        let at = (doc / 64) as usize;
        let Some(word) = self.0.get(at) else {
            return TERMINATED;
        };
        let rest = word & (u64::MAX << (doc % 64));
        let later = self.0.iter().enumerate().skip(at + 1);
        let found = [(at, &rest)]
            .into_iter()
            .chain(later)
            .find(|(_, word)| **word != 0);
        found.map_or(TERMINATED, |(at, word)| {
            at as DocId * 64 + word.trailing_zeros()
        })
    }

    /// Every document, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        let first = Some(self.first_from(0));
        let all = std::iter::successors(first, |doc| Some(self.first_from(doc + 1)));
        all.take_while(|doc| *doc != TERMINATED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_in_order() {
        let mut bits = Bits::none(200);
        let documents = [0, 1, 63, 64, 127, 130, 199];
        documents.iter().rev().for_each(|doc| bits.insert(*doc));
        bits.insert(5_000);
        assert_eq!(bits.iter().collect::<Vec<_>>(), documents);
        for doc in 0..210 {
            let first = documents.iter().find(|known| **known >= doc);
            assert_eq!(bits.first_from(doc), first.copied().unwrap_or(TERMINATED));
            assert_eq!(bits.has(doc), first == Some(&doc));
        }
        let mut others = Bits::none(200);
        [1, 2, 64].into_iter().for_each(|doc| others.insert(doc));
        let with = |change: fn(&mut Bits, &Bits)| {
            let mut bits = bits.clone();
            change(&mut bits, &others);
            bits.iter().collect::<Vec<_>>()
        };
        assert_eq!(with(Bits::add), [0, 1, 2, 63, 64, 127, 130, 199]);
        assert_eq!(with(Bits::keep), [1, 64]);
        assert_eq!(with(Bits::remove), [0, 63, 127, 130, 199]);
        assert_eq!(Bits::none(0).first_from(0), TERMINATED);
    }
}
