//! Checking a copy file by file, and the state that comes of it. Never overwrites anything.

use super::map::{CopyError, MANIFEST, failed, hash_of, private_folder};
use super::{CARD, Card};
use crate::store::Store;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;
use zv_shared::index::IndexError;

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the copy says of itself.
    pub card: Card,
    /// Whether the index in it can be searched by this program.
    pub searchable: bool,
}

/// Whether every file of the copy in `folder` is there, is what it was, and no other.
///
/// # Errors
/// [`CopyError`] naming the first file that is not in order.
pub fn check(folder: &Path) -> Result<Card, CopyError> {
    let path = folder.join(CARD);
    let damaged = |name: &str, why: &str| CopyError::Damaged(name.to_owned(), why.to_owned());
    let Ok(card) = fs::read(&path) else {
        return Err(damaged(
            CARD,
            "ontbreekt: deze kopie is nooit afgemaakt, of dit is er geen",
        ));
    };
    let card: Card =
        serde_json::from_slice(&card).map_err(|_| damaged(CARD, "is niet te begrijpen"))?;
    let list = folder.join(MANIFEST);
    let list = fs::read_to_string(&list).map_err(|error| failed(&list, error))?;
    let mut known = BTreeSet::from([CARD.to_owned(), MANIFEST.to_owned()]);
    for line in list.lines() {
        let Some((hash, name)) = line.split_once("  ") else {
            return Err(damaged(MANIFEST, "is niet te begrijpen"));
        };
        match hash_of(&folder.join(name)) {
            Ok((found, _)) if found == hash => {}
            Ok(_) => return Err(damaged(name, "is gewijzigd")),
            Err(error) => return Err(damaged(name, &error.to_string())),
        }
        known.insert(name.to_owned());
    }
    if known.len() as u64 != card.bestanden + 2 {
        return Err(damaged(MANIFEST, "noemt niet alle bestanden"));
    }
    for name in files(folder)? {
        if !known.contains(&name) {
            return Err(damaged(&name, "hoort er niet bij"));
        }
    }
    Ok(card)
}

/// Makes the state that the copy in `folder` holds. `state` must be empty or not there.
///
/// # Errors
/// [`CopyError`], also when the copy is not in order: then nothing is written.
pub fn restore(folder: &Path, state: &Path) -> Result<Restored, CopyError> {
    let card = check(folder)?;
    let inside = fs::read_dir(state).map(|mut entries| entries.next().is_some());
    if inside.unwrap_or(false) {
        return Err(CopyError::Refused(format!(
            "de staat {} is niet leeg; een reservekopie komt alleen in een lege map terug",
            state.display()
        )));
    }
    for name in files(folder)?
        .into_iter()
        .filter(|name| name != CARD && name != MANIFEST)
    {
        let (from, to): (PathBuf, PathBuf) = (folder.join(&name), state.join(&name));
        private_folder(to.parent().unwrap_or(state))?;
        fs::copy(&from, &to).map_err(|error| failed(&from, error))?;
    }
    let store = Store::open(state)?;
    let checked = store.check_audit(std::slice::from_ref(&card.auditspoor))?;
    if let Some(fault) = checked.broken {
        return Err(CopyError::Damaged("audit.db".into(), fault.to_string()));
    }
    let engine = crate::motor::engine(state);
    let engine = engine.map_err(|error| CopyError::Refused(error.to_string()))?;
    let searchable = match engine.index().snapshot() {
        Ok(_) => true,
        Err(IndexError::Missing | IndexError::OtherGeneration) => false,
        Err(error) => return Err(index_failed(error)),
    };
    Ok(Restored { card, searchable })
}

/// An index on a cluster is not in the copy: that it cannot be asked tells nothing of the copy, which is back by then.
fn index_failed(error: IndexError) -> CopyError {
    match error {
        IndexError::Unavailable(why) => CopyError::Refused(format!(
            "de kopie is teruggezet, maar het cluster met de index antwoordt niet ({why}); zoeken kan zodra het er weer is"
        )),
        error => CopyError::Damaged("index".into(), error.to_string()),
    }
}

/// Every file of a copy, by its path in it.
fn files(folder: &Path) -> Result<Vec<String>, CopyError> {
    let mut names = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|error| failed(folder, error.into()))?;
        if entry.file_type().is_file() {
            let inside = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            names.push(inside.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_that_is_away_says_nothing_of_the_copy() {
        let away = index_failed(IndexError::Unavailable("geen antwoord".into())).to_string();
        assert!(away.starts_with("de kopie is teruggezet"), "{away}");
        let broken = index_failed(IndexError::Engine("stuk".into())).to_string();
        assert!(broken.contains("niet in orde"), "{broken}");
    }
}
