//! Text to terms. Owns normalisation, tokens, Dutch word forms, the analyzer fingerprint and language
//! recognition, as pure functions over `&str`. Never does I/O, never shows an engine's types, and knows
//! nothing of documents.
//!
//! Every stream is a sequence of (term, position, offsets); several terms may share a position. A query is
//! analysed by the same code as a document, so that both always agree.

mod apart;
mod compound;
mod dictionary;
mod fingerprint;
mod fold;
mod forms;
mod inflect;
mod language;
mod nouns;
mod related;
mod spelling;
mod stem;
mod term;
mod token;
mod unit;
mod words;
mod written;

pub use apart::written_apart;
pub use forms::{Forms, forms, known_forms};
pub use language::{Language, detect_language};
pub use related::related;
pub use token::{
    GROUP, Stream, Token, TokenKind, Tokens, UNIT_GAP, exact_tokens, stored_tokens, tokens,
};
pub use unit::Unit;
pub use written::{Written, WrittenWord, written};

/// Identifies everything that decides which terms a text gets: an index made under another fingerprint
/// must not be searched, because hits would be lost silently.
pub fn fingerprint() -> String {
    fingerprint::fingerprint()
}
