//! Old and deviating spelling. Owns which pieces of words are written otherwise now; whether the result is a word is
//! for others to say.

use std::sync::LazyLock;

/// The list: a piece and what it is now on each line.
pub(crate) static LIST: &str = include_str!("../data/spelling.txt");

/// Pieces of words as they were written and as they are.
static PIECES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .collect()
});

/// `word` in the spelling of today, if a piece of it is in the list and `exists` accepts the result.
pub(crate) fn respelled(word: &str, exists: impl Fn(&str) -> bool) -> Option<String> {
    PIECES
        .iter()
        .filter_map(|(old, new)| match old.strip_suffix('$') {
            Some(end) => Some([word.strip_suffix(end)?, new].concat()),
            None => word.contains(old).then(|| word.replace(old, new)),
        })
        .chain(single_vowels(word))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_replaced_when_the_result_exists() {
        let words = ["actie", "nederlandse", "horen"];
        let now = |word: &str| respelled(word, |now| words.contains(&now));
        assert_eq!(now("aktie").as_deref(), Some("actie"));
        assert_eq!(now("nederlandsche").as_deref(), Some("nederlandse"));
        assert_eq!(now("hooren").as_deref(), Some("horen"));
        assert_eq!(now("takties"), None);
        assert_eq!(now("actie"), None);
    }
}
