//! What people decided about documents of the archive, as far as a run must know it: which are held by a case when their
//! file is gone, and which were removed by order and never come back. Owns only the question; who answers it knows cases.
//! Where nobody answers, nothing is removed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use zv_shared::{ContentHash, DocId, Document};

/// The database of people and cases: where it is, somebody must be asked.
const CASES: &str = "toestand.db";

/// Answers what was decided. Errors are Dutch sentences; after one, nothing is removed.
pub trait Orders: std::fmt::Debug + Send + Sync {
    /// Whether any case holds anything.
    fn any(&self) -> Result<bool, String>;
    /// For each of these whether a case holds it.
    fn held(&self, documents: &[Asked]) -> Result<Vec<bool>, String>;
    /// The same for documents that are gone from `bron`. Notes that with each case that holds one of them.
    fn hold(&self, bron: &str, documents: &[Asked]) -> Result<Vec<bool>, String>;
    /// What was removed by order.
    fn removed(&self) -> Result<Removed, String>;
}

/// A document of which it is asked whether a case holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its id in the index.
    pub id: DocId,
    /// The id that a case knows.
    pub known_as: DocId,
    /// The content that a case must have seen; else whatever it was.
    pub content: Option<ContentHash>,
}

impl Asked {
    /// A document of which nothing is left in the source.
    pub fn whole(document: &Document) -> Asked {
        match document.earlier_of {
            Some(_) => Asked::state(document),
            None => Asked {
                content: None,
                ..Asked::state(document)
            },
        }
    }

    /// A document with just this content.
    pub fn state(document: &Document) -> Asked {
        Asked {
            id: document.id,
            known_as: document.earlier_of.unwrap_or(document.id),
            content: document.content,
        }
    }
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
    /// Whether this document was, by itself or for its bytes.
    pub fn has(&self, document: &Document) -> bool {
        self.documents.contains(&document.id) || self.why(document.content).is_some()
    }

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
    fn any(&self) -> Result<bool, String> {
        self.no_cases().map(|()| false)
    }

    fn held(&self, documents: &[Asked]) -> Result<Vec<bool>, String> {
        self.no_cases().map(|()| vec![false; documents.len()])
    }

    fn hold(&self, _bron: &str, documents: &[Asked]) -> Result<Vec<bool>, String> {
        self.held(documents)
    }

    fn removed(&self) -> Result<Removed, String> {
        self.no_cases().map(|()| Removed::default())
    }
}
