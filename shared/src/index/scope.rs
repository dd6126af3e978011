//! How much of an index somebody may see: which sources, and of each source what. Owns only the words for it: an engine
//! decides which documents these are, and accounts and machtigingen what somebody's words are.

use crate::Principals;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody may see of one source. Never a closed document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every document, whatever the rights on the drive.
    Everything,
    /// The same, but for files that one of these patterns ([`crate::globs`]) covers.
    But(BTreeSet<String>),
    /// Only what the source's own rights allow.
    Rights(Principals),
}

impl Reach {
    /// Names it; another one has another name.
    pub fn key(&self) -> String {
        match self {
            Reach::Everything => "alles".to_owned(),
            Reach::But(patterns) => {
                let each = patterns.iter();
                each.fold("behalve".to_owned(), |key, one| {
                    format!("{key} {}:{one}", one.len())
                })
            }
            Reach::Rights(principals) => format!("rechten {}", principals.key()),
        }
    }
}

/// What somebody may see of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `None`: every source, and all of it.
    bronnen: Option<BTreeMap<String, BTreeSet<Reach>>>,
}

impl Scope {
    /// Everything that is not closed.
    pub fn everything() -> Self {
        Scope::default()
    }

    /// Everything of these sources that is not closed.
    pub fn of<'a>(bronnen: impl IntoIterator<Item = &'a String>) -> Self {
        let mut scope = Scope::nothing();
        for bron in bronnen {
            scope.add(bron, Reach::Everything);
        }
        scope
    }

    /// Nothing yet: see [`Scope::add`].
    pub fn nothing() -> Self {
        Scope {
            bronnen: Some(BTreeMap::new()),
        }
    }

    /// This too. Of everything there is no more.
    pub fn add(&mut self, bron: &str, reach: Reach) {
        let Some(bronnen) = &mut self.bronnen else {
            return;
        };
        let reaches = bronnen.entry(bron.to_owned()).or_default();
        if reach == Reach::Everything {
            reaches.clear();
        }
        if !reaches.contains(&Reach::Everything) {
            reaches.insert(reach);
        }
    }

    /// The sources, and by what each is seen: one of them is enough. `None` when it is everything.
    pub fn bronnen(&self) -> Option<&BTreeMap<String, BTreeSet<Reach>>> {
        self.bronnen.as_ref()
    }

    /// Names it, for what is remembered; another one has another name.
    pub fn key(&self) -> String {
        let Some(bronnen) = &self.bronnen else {
            return String::new();
        };
        let mut key = String::new();
        for (bron, reaches) in bronnen {
            key.push_str(&format!("{}:{bron}", bron.len()));
            for reach in reaches {
                key.push_str(&format!("[{}]", reach.key()));
            }
        }
        // Of nothing there is a name, too.
        format!("({key})")
    }

    /// Whether every document of a source that is not closed is in it.
    pub fn is_whole(&self, bron: &str) -> bool {
        let Some(bronnen) = &self.bronnen else {
            return true;
        };
        let reaches = bronnen.get(bron);
        reaches.is_some_and(|reaches| reaches.contains(&Reach::Everything))
    }

    /// Whether something of a source may be in it.
    pub fn has(&self, bron: &str) -> bool {
        let bronnen = self.bronnen.as_ref();
        bronnen.is_none_or(|bronnen| bronnen.contains_key(bron))
    }
}
