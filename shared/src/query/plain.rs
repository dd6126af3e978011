//! Questions in plain language: every character is text, and any of the words will do. Never knows operators.

use super::lex::is_boundary;
use super::words::{ends_word, is_plain_word, is_wildcard, trim};
use super::{ParseError, Query, check_length, later, searchable};
use std::collections::HashSet;
use zv_analyzers::written;

/// Reads `text` as plain text: one of its words must occur. The tree is one that `parse` could have made, so
/// that its canonical form reads back.
pub fn parse_plain(text: &str) -> Result<Query, ParseError> {
    let mut words = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |word: &str| {
        if searchable(word) && seen.insert(terms(word)) {
            words.push(Query::Word(word.into()));
        }
    };
    for piece in text.split(separates) {
        let word = trim(piece.trim_start_matches(is_sign));
        if is_plain_word(word) {
            add(word);
        } else {
            // Operators in lower case are words; the parts of web addresses and the like each count.
            let parts = word.to_lowercase();
            parts.split(inner_punctuation).for_each(&mut add);
        }
    }
    let query = match words.pop() {
        None => {
            return Err(ParseError::new(
                0,
                "In deze tekst staan geen woorden waarop gezocht kan worden.",
            ));
        }
        Some(only) if words.is_empty() => only,
        Some(last) => {
            words.push(last);
            Query::Or(words)
        }
    };
    check_length(query)
}

fn inner_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || ends_word(c) || is_sign(c)
}

fn is_sign(c: char) -> bool {
    c == '=' || later::sign(c, 0).is_some()
}

fn separates(c: char) -> bool {
    is_boundary(c) || c.is_control() || is_wildcard(c) || "[]~".contains(c)
}

/// What tells words apart: their terms, so that `Woo` and `woo` are one.
fn terms(word: &str) -> Vec<String> {
    let parts = written(word).parts;
    parts.into_iter().map(|part| part.exact).collect()
}
