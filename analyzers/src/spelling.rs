//! Old and deviating spelling. Owns which pieces of words are written otherwise now; whether the result is a word is
//! for others to say.

use std::sync::LazyLock;

/// The list: a piece and what it is now on each line.
pub(crate) static LIST: &str = include_str!("../data/spelling.txt");

/// Pieces of words as they were written and as they are.
struct Pieces {
    all: Vec<(&'static str, &'static str)>,
    /// For each two letters the pieces that begin so: hardly any word has one.
    by_beginning: Vec<Vec<usize>>,
}

static PIECES: LazyLock<Pieces> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    let all: Vec<_> = lines.filter_map(|line| line.split_once(' ')).collect();
    let mut by_beginning = vec![Vec::new(); 26 * 26];
    for (at, (old, _)) in all.iter().enumerate() {
        if let [first, second, ..] = old.as_bytes()
            && let Some(pieces) = by_beginning.get_mut(pair(*first, *second))
        {
            pieces.push(at);
        }
    }
    Pieces { all, by_beginning }
});

/// The number of two lower-case letters.
fn pair(first: u8, second: u8) -> usize {
    usize::from(first.wrapping_sub(b'a')) * 26 + usize::from(second.wrapping_sub(b'a'))
}

/// `word` in the spelling of today, if a piece of it is in the list and `exists` accepts the result.
pub(crate) fn respelled(word: &str, exists: impl Fn(&str) -> bool) -> Option<String> {
    let bytes = word.as_bytes();
    let pairs = bytes
        .windows(2)
        .filter_map(|two| PIECES.by_beginning.get(pair(two[0], two[1])));
    let mut candidates: Vec<usize> = pairs.flatten().copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates
        .into_iter()
        .filter_map(|at| PIECES.all.get(at))
        .filter_map(|(old, new)| match old.strip_suffix('$') {
            Some(end) => Some([word.strip_suffix(end)?, new].concat()),
            None => word.contains(old).then(|| word.replace(old, new)),
        })
        .chain(single_vowels(word))
        .chain(ij_for_y(word))
        .find(|now| now.len() <= word.len() + 4 && now != word && exists(now))
}

/// Before 1947 an open syllable had two vowels: hooren, deelen, beteekenis.
fn single_vowels(word: &str) -> Option<String> {
    let bytes = word.as_bytes();
    let mut now = String::with_capacity(word.len());
    for (at, c) in word.char_indices() {
        let old = matches!(c, 'e' | 'o')
            && bytes.get(at + 1) == Some(&bytes[at])
            && bytes.get(at + 2).is_some_and(|b| !b"aeiouy".contains(b))
            && bytes.get(at + 3).is_some_and(|b| b"aeiou".contains(b));
        if !old {
            now.push(c);
        }
    }
    (now.len() < word.len()).then_some(now)
}

/// In old spelling, and where people lacked the letter, a y is an ij: zyn, vryheid. At the end of a word it is English.
fn ij_for_y(word: &str) -> Option<String> {
    let bytes = word.as_bytes();
    let is_consonant = |at: usize| bytes.get(at).is_some_and(|b| !b"aeiouy".contains(b));
    let old = |at: usize| at > 0 && is_consonant(at - 1) && is_consonant(at + 1);
    let mut now = String::with_capacity(word.len() + 1);
    for (at, c) in word.char_indices() {
        match c {
            'y' if old(at) => now.push_str("ij"),
            c => now.push(c),
        }
    }
    (now.len() > word.len()).then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_replaced_when_the_result_exists() {
        let words = ["actie", "nederlandse", "horen", "vrijheden", "bij"];
        let now = |word: &str| respelled(word, |now| words.contains(&now));
        assert_eq!(now("aktie").as_deref(), Some("actie"));
        assert_eq!(now("nederlandsche").as_deref(), Some("nederlandse"));
        assert_eq!(now("hooren").as_deref(), Some("horen"));
        assert_eq!(now("vryheden").as_deref(), Some("vrijheden"));
        assert_eq!(now("by"), None);
        assert_eq!(now("takties"), None);
        assert_eq!(now("actie"), None);
        assert!(
            PIECES.all.iter().all(
                |(old, _)| old.len() > 2 && old.bytes().take(2).all(|b| b.is_ascii_lowercase())
            )
        );
    }
}
