//! Old and deviating spelling. Owns which pieces of words are written otherwise now; whether the result is a word is
//! for others to say.

use std::sync::LazyLock;

/// Pieces of words as they were written and as they are.
static PIECES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    include_str!("../data/spelling.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .collect()
});

/// `word` in the spelling of today, if a piece of it is in the list and `exists` accepts the result.
pub(crate) fn respelled(word: &str, exists: impl Fn(&str) -> bool) -> Option<String> {
    PIECES
        .iter()
        .filter(|(old, _)| word.contains(old))
        .map(|(old, new)| word.replace(old, new))
        .find(|now| now.len() <= word.len() + 4 && now != word && exists(now))
}
