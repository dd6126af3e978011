//! The words that both halves of the program speak: documents, places, dates, the query language, filters and facets,
//! the settings file, and the index seam with its engines. Never serves HTTP, walks no drives, parses no file formats.

pub mod access;
mod archief;
pub mod config;
pub mod date;
pub mod document;
pub mod globs;
pub mod highlight;
pub mod index;
pub mod lists;
pub mod message;
pub mod plan;
pub mod query;
pub mod relation;

pub use access::{Access, Principals};
pub use archief::Archief;
pub use date::{DayRange, PartialDate};
pub use document::{
    ContentHash, DateOrigin, Dated, Dates, DocId, Document, Fingerprint, Place, Readability,
};
pub use query::{DateSpan, ParseError, Query, TextField};
pub use relation::{GroupKey, Likeness, MailLinks, Public, Published, Relations, Signature};
