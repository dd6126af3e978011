//! Word forms. Owns the way from a folded Dutch word to its stem, with a bounded cache per thread. Never sees
//! more than one word.

use frostem::{Algorithm, Stemmer};
use std::cell::RefCell;

/// Longer runs of letters are not words of a language; stemming them would only cost time.
const MAX_STEMMED_BYTES: usize = 64;

/// A new word takes the place of the one in its slot: memory stays below some 8 MB per thread, and no choice of
/// words makes it slower than stemming each of them.
const CACHE_SLOTS: usize = 1 << 16;

/// Endings that Kraaij-Pohlmann takes for suffixes, or does not know. -heid, -ster and -baar make another word, with a
/// meaning of its own (overheid is not over, minister not mini, openbaar not open); all that is inflected is
/// their plural. On 87 pairs of government words that must fall together and 29 that must not: 58 and 6 with
/// these, 55 and 9 without.
const OWN_ENDINGS: [(&str, &str); 7] = [
    ("heden", "heid"),
    ("heid", "heid"),
    ("sters", "ster"),
    ("ster", "ster"),
    ("bare", "baar"),
    ("baar", "baar"),
    ("ieen", "ie"),
];

/// A folded word and its stem.
type Slot = Option<(Box<str>, Box<str>)>;

thread_local! {
    static CACHE: RefCell<Vec<Slot>> = RefCell::new(vec![None; CACHE_SLOTS]);
}

/// Replaces the folded word that `term` has from byte `start` on by its stem. Anything but plain letters
/// (numbers, other scripts) stays as it is.
pub(crate) fn stem_tail(term: &mut String, start: usize) {
    CACHE.with_borrow_mut(|cache| {
        let Some(word) = term.get(start..) else {
            return;
        };
        if word.len() > MAX_STEMMED_BYTES || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return;
        }
        let Some(slot) = cache.get_mut(slot_of(word)) else {
            return;
        };
        if !matches!(slot, Some((cached, _)) if **cached == *word) {
            *slot = Some((word.into(), stem(word).into()));
        }
        if let Some((_, stem)) = slot {
            term.truncate(start);
            term.push_str(stem);
        }
    });
}

/// The slot that the word shares with few others. Multiplying carries every byte into the top bits.
fn slot_of(word: &str) -> usize {
    let hash = word.as_bytes().chunks(8).fold(0u64, |hash, chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        (hash.rotate_left(5) ^ u64::from_le_bytes(bytes)).wrapping_mul(0x517c_c1b7_2722_0a95)
    });
    (hash >> (64 - CACHE_SLOTS.trailing_zeros())) as usize
}

/// The stem of a folded word.
pub(crate) fn stem(word: &str) -> String {
    for (ending, stem) in OWN_ENDINGS {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.len() >= 3) {
            return format!("{rest}{stem}");
        }
    }
    let stem = Stemmer::new(Algorithm::Dutch).stem(word);
    if stem.len() < 3 {
        word.to_owned()
    } else {
        stem.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stemmed(word: &str) -> String {
        let mut term = word.to_owned();
        stem_tail(&mut term, 0);
        // From the cache it is the same.
        let mut again = format!("{word}-{word}");
        stem_tail(&mut again, word.len() + 1);
        assert_eq!(again, format!("{word}-{term}"));
        term
    }

    #[test]
    fn inflected_words_fall_together() {
        for (one, other) in [
            ("besluit", "besluiten"),
            ("brief", "brieven"),
            ("overheid", "overheden"),
            ("minister", "ministers"),
            ("register", "registers"),
            ("openbaar", "openbare"),
            ("categorie", "categorieen"),
            ("zoeken", "zoekt"),
        ] {
            assert_eq!(stemmed(one), stemmed(other));
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for (one, other) in [
            ("overheid", "over"),
            ("openbaarheid", "open"),
            ("minister", "mini"),
            ("order", "or"),
        ] {
            assert_ne!(stemmed(one), stemmed(other));
        }
    }

    #[test]
    fn only_words_of_plain_letters_are_stemmed() {
        for word in ["covid19en", "οδοι", "", &"besluiten".repeat(10)] {
            assert_eq!(stemmed(word), word);
        }
    }

    #[test]
    fn words_that_push_each_other_out_of_the_cache_keep_their_stems() {
        let words = |n: usize| {
            n.to_string()
                .bytes()
                .map(|b| char::from(b - b'0' + b'a'))
                .collect::<String>()
                + "en"
        };
        let mut used = std::collections::HashSet::new();
        for word in (0..CACHE_SLOTS * 2).map(words) {
            let mut term = word.clone();
            stem_tail(&mut term, 0);
            assert_eq!(term, stem(&word));
            used.insert(slot_of(&word));
        }
        assert!(used.len() > CACHE_SLOTS / 2, "{} slots used", used.len());
    }
}
