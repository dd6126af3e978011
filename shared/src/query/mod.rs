//! The query language: the tree, its canonical form and its errors. Never knows an engine.

mod later;
mod lex;
mod parse;
mod plain;
mod print;
#[cfg(test)]
mod tests;

pub use parse::parse;
pub use plain::parse_plain;

use crate::PartialDate;
use zv_analyzers::{Stream, TokenKind, tokens};

/// The longest question, in code points, as typed and in its canonical form: room for a long list of terms,
/// while a question can never keep the machine busy by itself.
pub const MAX_LENGTH: usize = 100_000;

/// How deep groups and NIET may be nested: no person writes 100, and every walk over the tree is recursive.
pub const MAX_DEPTH: usize = 100;

/// A field that words and phrases can be restricted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// `titel:`
    Titel,
    /// `van:`
    Van,
    /// `aan:`
    Aan,
    /// `pad:`
    Pad,
}

impl TextField {
    /// The name in a question, without the colon.
    pub fn name(self) -> &'static str {
        match self {
            TextField::Titel => "titel",
            TextField::Van => "van",
            TextField::Aan => "aan",
            TextField::Pad => "pad",
        }
    }
}

/// A period, both ends inclusive; an open end is `None`. Not both ends are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateSpan {
    /// First date.
    pub from: Option<PartialDate>,
    /// Last date.
    pub to: Option<PartialDate>,
}

/// A question as a tree. Words stay as the user wrote them; the engine side analyses them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Every document (an empty question).
    All,
    /// A word, in any word form. Written with joiners (`woo-verzoek`) it means its parts, side by side.
    Word(String),
    /// What stood between quotes: exactly these words, side by side.
    Phrase(String),
    /// Words, phrases and their combinations inside one field.
    Field(TextField, Box<Query>),
    /// `type:`, a file format.
    Format(String),
    /// `datum:`
    Date(DateSpan),
    /// All of them (two or more).
    And(Vec<Query>),
    /// One of them at least (two or more).
    Or(Vec<Query>),
    /// All documents but these.
    Not(Box<Query>),
}

/// A word or phrase of a question that documents were asked to contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The field it was restricted to.
    pub field: Option<TextField>,
    /// As written, without quotes.
    pub text: &'a str,
    /// True for a phrase, false for a word.
    pub phrase: bool,
}

impl Query {
    /// The words and phrases that a hit may owe itself to (so not what stands under NIET; NIET NIET cancels
    /// out), in the order of the question: what there is to highlight.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        let mut waiting = vec![(self, None, true)];
        std::iter::from_fn(move || {
            while let Some((query, field, wanted)) = waiting.pop() {
                match query {
                    Query::Word(text) if wanted => {
                        return Some(Leaf {
                            field,
                            text,
                            phrase: false,
                        });
                    }
                    Query::Phrase(text) if wanted => {
                        return Some(Leaf {
                            field,
                            text,
                            phrase: true,
                        });
                    }
                    Query::Field(name, inner) => waiting.push((inner, Some(*name), wanted)),
                    Query::Not(inner) => waiting.push((inner, field, !wanted)),
                    Query::And(parts) | Query::Or(parts) => {
                        waiting.extend(parts.iter().rev().map(|part| (part, field, wanted)));
                    }
                    _ => {}
                }
            }
            None
        })
    }
}

/// Why a question cannot be understood: where, and what was expected, in Dutch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{melding} (positie {positie})")]
pub struct ParseError {
    /// Position in the question, in code points from 0.
    pub positie: usize,
    /// What is wrong and what was expected: a Dutch sentence.
    pub melding: String,
}

impl ParseError {
    fn new(positie: usize, melding: impl Into<String>) -> Self {
        ParseError {
            positie,
            melding: melding.into(),
        }
    }
}

/// Whether an index can hold anything of `text`.
fn searchable(text: &str) -> bool {
    let mut terms = tokens(text, Stream::Exact);
    while terms.advance() {
        if terms.token().kind == TokenKind::Part {
            return true;
        }
    }
    false
}

/// Refuses a question that would be too long to read back in its canonical form.
fn check_length(query: Query) -> Result<Query, ParseError> {
    if query.to_string().chars().count() <= MAX_LENGTH {
        return Ok(query);
    }
    Err(ParseError::new(
        0,
        "De vraag is te lang. Met alle operatoren voluit geschreven mag een vraag hoogstens 100.000 tekens \
         hebben. Splits de vraag in delen.",
    ))
}
