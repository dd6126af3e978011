//! The query language: the tree, its canonical form and its errors. Never knows an engine.

use crate::PartialDate;

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

/// Why a question cannot be understood: where, and what was expected, in Dutch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{melding} (positie {positie})")]
pub struct ParseError {
    /// Position in the question, in code points from 0.
    pub positie: usize,
    /// What is wrong and what was expected: a Dutch sentence.
    pub melding: String,
}
