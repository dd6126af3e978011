//! What was fetched before, so that only what changed is asked for again: a file beside the documents. Never asks anything.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Its name.
const FILE: &str = "opgehaald.json";

/// What is known of a file that was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuk {
    /// When it was last changed, as the sitemap said.
    #[serde(rename = "gewijzigd", default)]
    pub changed: Option<String>,
    /// What the server called this version.
    #[serde(default)]
    pub etag: Option<String>,
    /// When it was last changed, as the server said.
    #[serde(rename = "laatst", default)]
    pub modified: Option<String>,
    /// Its size.
    pub bytes: u64,
}

impl Stuk {
    /// Whether it still lies there, whole.
    pub fn is_at(&self, place: &Path) -> bool {
        fs::metadata(place).is_ok_and(|found| found.is_file() && found.len() == self.bytes)
    }
}

/// Everything that was fetched, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bewaard(BTreeMap<String, Stuk>);

impl Bewaard {
    /// As it was kept in a folder; nothing when that cannot be read: then everything is asked for again.
    pub fn load(folder: &Path) -> Bewaard {
        let bytes = fs::read(folder.join(FILE)).unwrap_or_default();
        Bewaard(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Keeps it. An error is a Dutch sentence.
    pub fn save(&self, folder: &Path) -> Result<(), String> {
        let (path, new) = (folder.join(FILE), folder.join("opgehaald.nieuw"));
        let bytes = serde_json::to_vec(&self.0).map_err(|error| error.to_string())?;
        let written = fs::write(&new, bytes).and_then(|()| fs::rename(&new, &path));
        written.map_err(super::said)
    }

    /// What is known of one.
    pub fn get(&self, path: &str) -> Option<&Stuk> {
        self.0.get(path)
    }

    /// Whether the sitemap says that nothing changed, and the file is there.
    pub fn is_current(&self, path: &str, changed: Option<&str>, place: &Path) -> bool {
        let known = self.0.get(path);
        known.is_some_and(|known| {
            changed.is_some() && known.changed.as_deref() == changed && known.is_at(place)
        })
    }

    /// From now on this is known of it.
    pub fn insert(&mut self, path: &str, stuk: Stuk) {
        self.0.insert(path.to_owned(), stuk);
    }

    /// It is gone.
    pub fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// What is not named any more.
    pub fn not_in(&self, wanted: &BTreeSet<String>) -> Vec<String> {
        let gone = self.0.keys().filter(|path| !wanted.contains(*path));
        gone.cloned().collect()
    }
}
