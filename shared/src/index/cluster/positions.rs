//! A text as the cluster gets it: our terms, position by position. Owns the form; which terms there are is for
//! `zv-analyzers`.
//!
//! The word at position *n* stands at 2*n* + 1, the mark of the unit that begins with it at 2*n*: between two words, so that a
//! query can tell that there is one between them. What a record separator parts comes as values of their own, which
//! the cluster keeps [`GAP`] positions apart.

use super::template::{END, NOTHING, TOGETHER};
use std::collections::BTreeSet;
use zv_analyzers::{Stream, Token, TokenKind, Tokens, UNIT_GAP};

/// Positions between two values.
pub const GAP: u32 = 2 * UNIT_GAP;

/// An analysed text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Positions {
    /// What is sent.
    pub values: Vec<String>,
    /// The words as written, each once.
    pub words: BTreeSet<String>,
}

impl Positions {
    /// Of texts in all streams, one behind the other.
    pub fn of_all(texts: &[&str]) -> Self {
        let mut positions = Positions::default();
        for text in texts {
            positions.add(zv_analyzers::stored_tokens(text));
        }
        if let Some(last) = positions.values.iter_mut().rfind(|value| !value.is_empty()) {
            last.push(' ');
            last.push_str(END);
        }
        positions
    }

    /// Of words as written only.
    pub fn of_exact(text: &str) -> Self {
        let mut positions = Positions::default();
        positions.add(zv_analyzers::exact_tokens(text));
        positions
    }

    fn add(&mut self, mut tokens: Tokens<'_>) {
        let mut value = String::new();
        // The position behind the one that is being written, and whether something stands there.
        let (mut next, mut mark) = (0, false);
        while tokens.advance() {
            let token = tokens.token();
            if token.position >= next {
                let mut skipped = token.position - next;
                while skipped >= UNIT_GAP {
                    self.values.push(std::mem::take(&mut value));
                    skipped -= UNIT_GAP;
                }
                (0..skipped).for_each(|_| position(&mut value, NOTHING));
                (0..skipped).for_each(|_| position(&mut value, NOTHING));
                next = token.position + 1;
                mark = false;
            }
            if let TokenKind::Start(_) = token.kind {
                position(&mut value, &stored(token));
                mark = true;
                value.push(' ');
                continue;
            }
            if !mark {
                position(&mut value, NOTHING);
                value.push(' ');
                mark = true;
            } else if !value.ends_with(' ') {
                value.push(TOGETHER);
            }
            value.push_str(&stored(token));
            if token.stream == Stream::Exact {
                self.words.insert(token.term.clone());
            }
        }
        self.values.push(value);
    }
}

fn position(value: &mut String, terms: &str) {
    if !value.is_empty() && !value.ends_with(' ') {
        value.push(' ');
    }
    value.push_str(terms);
}

fn stored(token: &Token) -> String {
    token.stream.stored(&token.term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_before_their_words_and_terms_of_a_position_together() {
        let found = Positions::of_exact("Een dijk");
        assert_eq!(found.values, ["\u{1} een \u{1} dijk"]);
        let found = Positions::of_all(&["De gas. Het", "\u{1e}x\u{1e}\u{1e}y"]);
        let shape = |value: &String| value.split(' ').count();
        let shapes: Vec<usize> = found.values.iter().map(shape).collect();
        // Nothing stands before the first separator, nor between the last two.
        assert_eq!(shapes, [6, 1, 2, 1, 3]);
        assert!(found.values[0].starts_with("\u{3}pagina de"));
        assert!(found.values[4].ends_with(" \u{3}einde"));
    }
}
