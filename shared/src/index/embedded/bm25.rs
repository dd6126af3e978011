//! How much it counts that a word stands in a document: BM25 with constants of its own. Owns the formula; never reads a
//! list.

use tantivy::Score;
use tantivy::fieldnorm::FieldNormReader;

/// How far a word that is repeated goes on to count. BM25 as it is mostly set has 1.2 and 0.75; these and the power of
/// the idf were chosen on questions to laws, parliament and government pages (see `benches/RESULTS.md`).
const K1: Score = 1.6;
/// How much a long document is held against it.
const B: Score = 0.8;
/// Common words count less beside rare ones than their idf says: this power of it.
const RARITY: Score = 1.25;

/// What the length of a document adds to a frequency, by the byte that stands for the length.
pub type Lengths = [Score; 256];

/// In a field of which documents have `average` words.
pub fn lengths(average: Score) -> Lengths {
    std::array::from_fn(|id| {
        let length = FieldNormReader::id_to_fieldnorm(id as u8) as Score;
        K1 * (1.0 - B + B * length / average.max(1.0))
    })
}

/// What a word in `frequency` of all documents counts at most.
pub fn weight(frequency: u64, documents: u64) -> Score {
    idf(frequency, documents).powf(RARITY) * (1.0 + K1)
}

/// The share of the weight for `frequency` times the word; `length` is of [`lengths`].
pub fn share(frequency: Score, length: Score) -> Score {
    frequency / (frequency + length)
}

/// How rare a word is that stands in `frequency` of all documents.
pub fn idf(frequency: u64, documents: u64) -> Score {
    let frequency = frequency.min(documents);
    let (with, without) = (frequency as Score, (documents - frequency) as Score);
    (1.0 + (without + 0.5) / (with + 0.5)).ln()
}
