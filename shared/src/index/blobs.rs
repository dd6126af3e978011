//! The store of extracted texts: immutable files named by content hash and reader version, lz4 in chunks.
//! Never decides what is live: the index does, and orphans are swept against it.

use super::IndexError;
use crate::Readability;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a reader made of some bytes, apart from the text: enough to make the same document again elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// Recognised format.
    pub format: String,
    /// Properties in the order found.
    pub properties: Vec<(String, String)>,
    /// How much could be read.
    pub readability: Readability,
    /// Why not all of it.
    pub reason: Option<String>,
    /// Number of pages.
    pub pages: u32,
    /// Whether it holds children: then its bytes are needed to read it again.
    pub has_children: bool,
}

/// The folder of texts.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}
