//! Compounds that people also write as separate words: `woo verzoek` for `wooverzoek`. Owns no rule of its own: the
//! parts are those of [`crate::forms`].

use crate::compound::split;
use crate::dictionary::Dictionary;
use crate::forms::EASE_UNKNOWN;

/// The words that `word`, a folded compound, consists of, in order and without the letters that link them; `None`
/// when it is no compound.
pub fn written_apart(word: &str) -> Option<Vec<String>> {
    let parts = split(word, Dictionary::get()?, EASE_UNKNOWN)?;
    let letters = |from, to| word.get(from..to).map(str::to_owned);
    parts
        .iter()
        .map(|part| letters(part.from, part.to))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compound_is_its_words_in_order() {
        let apart = |word| written_apart(word).map(|words| words.join(" "));
        assert_eq!(
            apart("onderzoeksrapport").as_deref(),
            Some("onderzoek rapport")
        );
        assert_eq!(
            apart("subsidieregeling").as_deref(),
            Some("subsidie regeling")
        );
        assert_eq!(apart("vergunning"), None);
        assert_eq!(apart("besluiten"), None);
    }
}
