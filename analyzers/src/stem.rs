//! Word forms. Owns the way from a folded Dutch word to its stem, with a bounded cache per thread. Never sees
//! more than one word.

use frostem::{Algorithm, Stemmer};
use std::cell::RefCell;
use std::collections::HashMap;

/// Longer runs of letters are not words of a language; stemming them would only cost time.
const MAX_STEMMED_BYTES: usize = 64;

/// The cache is emptied at this size: some 5 MB per thread, and the words of a text repeat.
const CACHE_LIMIT: usize = 50_000;

thread_local! {
    static CACHE: RefCell<HashMap<Box<str>, Box<str>>> = RefCell::new(HashMap::new());
}

/// Replaces the folded word that `term` has from byte `start` on by its stem. Anything but plain letters
/// (numbers, other scripts) stays as it is.
pub(crate) fn stem_tail(term: &mut String, start: usize) {
    let Some(word) = term.get(start..) else {
        return;
    };
    if word.len() > MAX_STEMMED_BYTES || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    CACHE.with_borrow_mut(|cache| {
        if !cache.contains_key(word) {
            if cache.len() >= CACHE_LIMIT {
                cache.clear();
            }
            cache.insert(word.into(), stem(word).into());
        }
    });
    CACHE.with_borrow(|cache| {
        if let Some(stem) = cache.get(&term[start..]) {
            term.truncate(start);
            term.push_str(stem);
        }
    });
}

/// The stem of a folded word.
fn stem(word: &str) -> String {
    let stem = Stemmer::new(Algorithm::Dutch).stem(word);
    let too_short = stem.len() < 3 || (word.len() >= 8 && stem.len() * 2 < word.len());
    if too_short {
        word.to_owned()
    } else {
        stem.into_owned()
    }
}
