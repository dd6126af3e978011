//! From a source to the index: walk, recognise, read, families, enrich, write, and an account of every file.
//! Never answers queries.

pub mod read;
pub mod worker;
