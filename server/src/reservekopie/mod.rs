//! A copy of everything that the state holds, made while the program runs, checked, and put back. Owns what belongs to
//! it and in which order it is taken, so that what names something is never older than what it names. Never changes the
//! state it copies.
//!
//! | file | owns |
//! |---|---|
//! | `map` | the folder of a copy: files with their SHA-256 |
//! | `index` | the index of one commit, while others come |
//! | `terug` | checking a copy, and the state that comes of it |

mod index;
mod map;
mod terug;

pub use map::CopyError;
pub use terug::{check, restore};

use crate::audit::{Event, Head};
use crate::mensen::Actor;
use crate::store::Store;
use jiff::Timestamp;
use map::CopyFolder;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;
use zv_indexer::source::Sources;

/// Tells what the copy is; the last file that comes in.
const CARD: &str = "reservekopie.json";
/// The databases, in this order: the trail may know more than the state, never less.
const DATABASES: [&str; 2] = ["toestand.db", "audit.db"];
/// Single files, where they are there.
const FILES: [&str; 4] = [
    "bronnen.json",
    "zoekenvind.toml",
    "index/MOTOR",
    "index/KENMERK",
];
/// Folders with evidence and lists: what is in them does not change once it is there.
const FOLDERS: [&str; 5] = ["uitkomsten", "veiliggesteld", "versies", "runs", "lijsten"];
/// The texts come before the index, for what it names, and after it, for what came in the meantime.
const TEXTS: &str = "teksten";
/// The index.
const INDEX: &str = "index";

/// What a copy says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// When it was begun.
    pub begonnen: Timestamp,
    /// The program that made it.
    pub programma: String,
    /// The end of the audit trail in it, at least.
    pub auditspoor: Head,
    /// Files, without this one and the list of hashes.
    pub bestanden: u64,
    /// Bytes of these.
    pub bytes: u64,
}

/// Copies the state to `folder`, which must be empty or not there, and be no part of the state or of a source.
///
/// # Errors
/// [`CopyError`], in Dutch; a copy that failed has no card and is refused by [`check`].
pub fn make(actor: &Actor, state: &Path, folder: &Path) -> Result<Card, CopyError> {
    let mut copy = CopyFolder::create(folder)?;
    outside(state, folder)?;
    copy.enough_room(state)?;
    let store = Store::open(state)?;
    let begonnen = Timestamp::now();
    let place = folder.display().to_string();
    let event = Event::done(actor, "reservekopie", "begonnen", json!({"map": place}));
    store.log(&event)?;
    let auditspoor = store.audit_head()?;
    for name in DATABASES {
        copy_database(&state.join(name), &folder.join(name))?;
        copy.hash(name)?;
    }
    for name in FILES {
        copy.file_if_there(state, name)?;
    }
    for name in FOLDERS {
        copy.folder(state, name)?;
    }
    copy.folder(state, TEXTS)?;
    index::copy(&mut copy, &state.join(INDEX), INDEX)?;
    copy.folder(state, TEXTS)?;
    let card = Card {
        begonnen,
        programma: env!("CARGO_PKG_VERSION").to_owned(),
        auditspoor,
        bestanden: copy.files(),
        bytes: copy.bytes(),
    };
    let hash = copy.finish(CARD, &card)?;
    let done = json!({"map": place, "bestanden": card.bestanden, "sha256": hash});
    store.log(&Event::done(actor, "reservekopie", "klaar", done))?;
    Ok(card)
}

/// A copy in the state would be copied itself, and one in a source would be indexed.
fn outside(state: &Path, folder: &Path) -> Result<(), CopyError> {
    let folder = folder.canonicalize().map_err(|e| map::failed(folder, e))?;
    let state_root = state.canonicalize().map_err(|e| map::failed(state, e))?;
    let sources = Sources::load(state).map_err(|error| CopyError::Refused(error.to_string()))?;
    let roots = sources.list().iter().map(|source| source.root.as_path());
    match roots
        .chain([state_root.as_path()])
        .find(|root| folder.starts_with(root))
    {
        Some(root) => Err(CopyError::Refused(format!(
            "de reservekopie mag niet in {} liggen; kies een andere map",
            root.display()
        ))),
        None => Ok(()),
    }
}

/// The state of a database at one moment, whoever writes in it.
fn copy_database(from: &Path, to: &Path) -> Result<(), CopyError> {
    let connection = Connection::open(from)?;
    connection.busy_timeout(crate::store::BUSY)?;
    connection.execute("VACUUM INTO ?", [to.to_string_lossy()])?;
    let copy = Connection::open(to)?;
    let sound: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    match sound.as_str() {
        "ok" => Ok(()),
        fault => Err(CopyError::Damaged(
            to.display().to_string(),
            fault.to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
