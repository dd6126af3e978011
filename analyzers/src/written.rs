//! What a word or phrase of a question asks for, as terms: the same analysis as of a document. Owns how a question
//! is cut into words; never knows operators or what an index holds.

use crate::token::{Stream, Token, TokenKind, tokens};

/// A text as a question writes it: its parts side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The parts in order; each takes one position.
    pub parts: Vec<WrittenWord>,
    /// The whole form, when the text is one written word of several parts, such as `woo-verzoek`. A document has it
    /// at one position, also where the word was broken at its hyphen over a line end.
    pub whole: Option<WrittenWord>,
}

/// One word in every stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenWord {
    /// The term as written.
    pub exact: String,
    /// What it is a form of; the word itself may be among it.
    pub lemmas: Vec<String>,
    /// The lemmas of its parts, when it is a compound.
    pub parts: Vec<String>,
}

/// Analyses `text`.
pub fn written(text: &str) -> Written {
    let mut tokens = tokens(text);
    let mut parts = Vec::new();
    // Every whole form, with the number of parts before it and where it ends.
    let mut wholes = Vec::new();
    let mut whole_at = Vec::new();
    let mut end = 0;
    while tokens.advance() {
        let token = tokens.token();
        match token.kind {
            TokenKind::Part => {
                end = token.to;
                take(&mut parts, token);
            }
            TokenKind::Whole => {
                if token.stream == Stream::Exact {
                    whole_at.push((parts.len(), token.to));
                }
                take(&mut wholes, token);
            }
            TokenKind::Variant | TokenKind::Start(_) => {}
        }
    }
    let only = whole_at == [(0, end)];
    Written {
        parts,
        whole: wholes.pop().filter(|_| only),
    }
}

fn take(words: &mut Vec<WrittenWord>, token: &Token) {
    let term = token.term.clone();
    match (token.stream, words.last_mut()) {
        (Stream::Exact, _) => words.push(WrittenWord {
            exact: term,
            ..WrittenWord::default()
        }),
        (Stream::Woordvorm, Some(word)) => word.lemmas.push(term),
        (Stream::Deel, Some(word)) => word.parts.push(term),
        _ => {}
    }
}
