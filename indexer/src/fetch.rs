//! What has to be there before a run can read a source: documents that are published elsewhere, laid below its folder. Owns
//! only the question; who answers it knows the network.

use crate::dms::Row;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// In the state folder: what was fetched.
const FOLDER: &str = "openbaar";
/// Below the folder of one source: its files.
const FILES: &str = "bestanden";
/// The sitemap with which everything begins, below the root of the source.
pub const SITEMAP: &str = "sitemap.xml";

/// The folder in the state with everything that was fetched.
pub fn folder(state: &Path) -> PathBuf {
    state.join(FOLDER)
}

/// The root of a source that is fetched; `name` is that of the source.
pub fn root(state: &Path, name: &str) -> PathBuf {
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let own: String = name
        .chars()
        .map(|c| if sound(c) { c } else { '_' })
        .collect();
    let own = own.trim_start_matches('.');
    folder(state)
        .join(if own.is_empty() { "_" } else { own })
        .join(FILES)
}

/// What a run needs of who fetches, and gives to him.
pub struct Fetching<'f> {
    /// Below which the files come.
    pub root: &'f Path,
    /// Reads a sitemap that was fetched, in a reader process.
    pub rows: &'f mut dyn FnMut(&File) -> Result<Vec<Row>, String>,
    /// Hears how many documents were looked after.
    pub tell: &'f dyn Fn(u64),
    /// Whether it must end.
    pub stop: &'f dyn Fn() -> bool,
}

/// Fetches what a source consists of. An error is a Dutch sentence without a full stop; nothing is read after it.
pub trait Fetch: std::fmt::Debug + Send + Sync {
    /// Brings the folder up to date. Gives what could not be had: its path, and why.
    ///
    /// # Errors
    /// When it is not even known what there should be.
    fn fetch(&self, fetching: Fetching<'_>) -> Result<BTreeMap<String, String>, String>;
}
