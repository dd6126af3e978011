//! Words with wildcards: `*` stands for any characters (also none), `?` for exactly one. Owns how such a word is
//! analysed and what it matches; never looks anything up.

use zv_analyzers::{Written, written};

/// Letters that no document has, so that the analyzer takes a wildcard for a letter of its word.
const PLACEHOLDERS: [(char, char); 2] = [('*', '\u{A641}'), ('?', '\u{A643}')];

/// A folded word with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the `*`s.
    pieces: Vec<Vec<Letter>>,
    /// As written, folded.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    Any,
    Only(char),
}

/// What a question writes, with `*` and `?` taken for letters; the terms have them again.
pub fn written_with_wildcards(text: &str) -> Written {
    let mut found = written(&swapped(text, |(sign, placeholder)| (sign, placeholder)));
    for word in found.parts.iter_mut().chain(&mut found.whole) {
        word.exact = swapped(&word.exact, |(sign, placeholder)| (placeholder, sign));
    }
    found
}

fn swapped(text: &str, pair: impl Fn((char, char)) -> (char, char)) -> String {
    let swap = |c| {
        let pairs = PLACEHOLDERS.iter().map(|known| pair(*known));
        pairs
            .clone()
            .find(|(from, _)| *from == c)
            .map_or(c, |(_, to)| to)
    };
    text.chars().map(swap).collect()
}

impl Pattern {
    /// The pattern of a folded word; `None` when it has no wildcard.
    pub fn of(term: &str) -> Option<Self> {
        if !term.contains(['*', '?']) {
            return None;
        }
        let letter = |c| match c {
            '?' => Letter::Any,
            c => Letter::Only(c),
        };
        let pieces = term
            .split('*')
            .map(|piece| piece.chars().map(letter).collect());
        Some(Pattern {
            pieces: pieces.collect(),
            text: term.to_owned(),
        })
    }

    /// Every word with `word` in it.
    pub fn containing(word: &str) -> Self {
        let piece = word.chars().map(Letter::Only).collect();
        Pattern {
            pieces: vec![Vec::new(), piece, Vec::new()],
            text: format!("*{word}*"),
        }
    }

    /// As written, folded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The longest run of letters that every match has.
    pub fn longest(&self) -> String {
        let runs = self
            .pieces
            .iter()
            .flat_map(|piece| piece.split(|letter| *letter == Letter::Any));
        let longest = runs.max_by_key(|run| run.len()).unwrap_or(&[]);
        only(longest.iter().filter_map(|letter| match letter {
            Letter::Only(c) => Some(*c),
            Letter::Any => None,
        }))
    }

    /// Whether the whole of `term` matches.
    pub fn matches(&self, term: &str) -> bool {
        let (Some((first, rest)), chars) =
            (self.pieces.split_first(), term.chars().collect::<Vec<_>>())
        else {
            return false;
        };
        if !begins(&chars, first) {
            return false;
        }
        let Some((last, middle)) = rest.split_last() else {
            return chars.len() == first.len();
        };
        // Each piece at its first possible place: no other choice leaves more room for the next.
        let mut at = first.len();
        for piece in middle {
            let found = (at..=chars.len()).find(|from| begins(&chars[*from..], piece));
            match found {
                Some(from) => at = from + piece.len(),
                None => return false,
            }
        }
        chars.len() >= at + last.len() && begins(&chars[chars.len() - last.len()..], last)
    }
}

fn only(letters: impl Iterator<Item = char>) -> String {
    letters.collect()
}

fn begins(chars: &[char], piece: &[Letter]) -> bool {
    chars.len() >= piece.len()
        && piece.iter().zip(chars).all(|(letter, c)| match letter {
            Letter::Any => true,
            Letter::Only(only) => only == c,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, term: &str) -> bool {
        Pattern::of(pattern).unwrap().matches(term)
    }

    #[test]
    fn wildcards_stand_for_letters() {
        for (pattern, term, expected) in [
            ("subsid*", "subsidie", true),
            ("subsid*", "subsid", true),
            ("subsid*", "xsubsidie", false),
            ("*besluit", "woo-besluit", true),
            ("*besluit", "besluiten", false),
            ("wo?rd", "woord", true),
            ("wo?rd", "word", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("ab*ab", "ab", false),
            ("ab*ab", "abab", true),
            ("*?x", "x", false),
        ] {
            assert_eq!(matches(pattern, term), expected, "{pattern} {term}");
        }
    }

    #[test]
    fn a_pattern_is_analysed_as_a_word() {
        let found = written_with_wildcards("Woo-Verz?ek*");
        let parts: Vec<&str> = found.parts.iter().map(|part| part.exact.as_str()).collect();
        assert_eq!(parts, ["woo", "verz?ek*"]);
        assert_eq!(found.whole.unwrap().exact, "woo-verz?ek*");
    }

    fn naive(pattern: &[char], term: &[char]) -> bool {
        match pattern.split_first() {
            None => term.is_empty(),
            Some(('*', rest)) => (0..=term.len()).any(|from| naive(rest, &term[from..])),
            Some((c, rest)) => term
                .split_first()
                .is_some_and(|(t, term)| (*c == '?' || c == t) && naive(rest, term)),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_trying_everything(pattern in "[ab*?]{1,6}", term in "[ab]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let Some(compiled) = Pattern::of(&pattern) else { return Ok(()) };
            prop_assert_eq!(compiled.matches(&term), naive(&chars(&pattern), &chars(&term)));
            if compiled.matches(&term) {
                prop_assert!(term.contains(&compiled.longest()));
            }
        }
    }
}
