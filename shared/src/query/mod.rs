//! The query language: the tree, its canonical form and its errors. Never knows an engine.

mod later;
mod lex;
mod list;
mod near;
mod parse;
mod plain;
mod print;
mod ranges;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use list::{ListError, list_terms, parse_list};
pub use parse::parse;
pub use plain::parse_plain;
pub use tree::{
    DateSpan, ExpansionKind, Form, Near, NumberField, NumberSpan, Phrase, Query, Switches,
    TextField, Unit, Word,
};

use zv_analyzers::exact_tokens;

/// The longest question, in code points, as typed and in its canonical form: room for a long list of terms,
/// while a question can never keep the machine busy by itself.
pub const MAX_LENGTH: usize = 100_000;

/// How deep groups and NIET may be nested: no person writes 100, and every walk over the tree is recursive.
pub const MAX_DEPTH: usize = 100;

/// The greatest distance of NEAR/n and P/n.
pub const MAX_DISTANCE: u32 = 999;

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
    exact_tokens(text).advance()
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
