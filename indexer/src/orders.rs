//! What people decided about documents of the archive, as far as a run must know it: which are held by a case when their
//! file is gone, and which were removed by order and never come back. Owns only the question; who answers it knows cases.
//! Where nobody answers, nothing is removed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use zv_shared::{ContentHash, DocId};

/// The database of people and cases: where it is, somebody must be asked.
const CASES: &str = "toestand.db";

/// Answers what was decided. Errors are Dutch sentences; after one, nothing is removed.
pub trait Orders: std::fmt::Debug + Send + Sync {
    /// Of these documents of `bron`, whose files are gone, those that a case holds. Notes with each such case that they
    /// are gone, before the index says so.
    fn hold(&self, bron: &str, documents: &[DocId]) -> Result<BTreeSet<DocId>, String>;
    /// What was removed by order.
    fn removed(&self) -> Result<Removed, String>;
}

/// What was removed by order. Holds no content and no name.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    /// Documents, by their id.
    pub documents: HashSet<DocId>,
    /// Reference of the order, by what the bytes of a removed document were.
    pub contents: HashMap<ContentHash, String>,
}

impl Removed {
    /// Why a document with these bytes may not come back.
    pub fn why(&self, content: Option<ContentHash>) -> Option<String> {
        let order = self.contents.get(&content?)?;
        Some(format!("verwijderd op opdracht {order}"))
    }
}

/// Where nobody was appointed to answer.
#[derive(Debug)]
pub struct NobodyAsked {
    state: PathBuf,
}

impl NobodyAsked {
    /// For the state in this folder.
    pub fn new(state: &Path) -> Self {
        NobodyAsked {
            state: state.to_owned(),
        }
    }

    fn no_cases(&self) -> Result<(), String> {
        match self.state.join(CASES).exists() {
            true => Err("het is niet bekend welke documenten zaken vasthouden".to_owned()),
            false => Ok(()),
        }
    }
}

impl Orders for NobodyAsked {
    fn hold(&self, _bron: &str, _documents: &[DocId]) -> Result<BTreeSet<DocId>, String> {
        self.no_cases().map(|()| BTreeSet::new())
    }

    fn removed(&self) -> Result<Removed, String> {
        self.no_cases().map(|()| Removed::default())
    }
}
