//! Carrying out orders to remove documents: out of the index and its words, the texts, the copies of originals, and the
//! generation from before. Done again from the start when the program was killed: nothing counts before all of it is
//! gone. Never decides what is removed.

use super::inside;
use crate::audit::Event;
use crate::mensen::Actor;
use crate::state::index_folder;
use crate::store::{Store, StoreError};
use crate::zaken::schifting::veilig;
use jiff::Timestamp;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use zv_shared::index::generations::{self, GenerationError};
use zv_shared::index::{EmbeddedWriter, IndexError, Write};
use zv_shared::{ContentHash, DocId};

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verwijderd {
    /// Numbers of the orders.
    pub opdrachten: Vec<u32>,
    /// Documents that went from the index.
    pub documenten: u64,
}

fn failed(error: IndexError) -> StoreError {
    StoreError::Io(io::Error::other(error))
}

/// Carries out every order that was confirmed. Who calls it holds the lock of the state.
pub fn carry_out(
    state: &Path,
    store: &Store,
    writer: &EmbeddedWriter,
) -> Result<Verwijderd, StoreError> {
    let mut done = Verwijderd::default();
    for id in store.removals_to_do()? {
        let removed = one(state, store, writer, id)?;
        done.opdrachten.push(id);
        done.documenten += removed;
    }
    Ok(done)
}

fn one(state: &Path, store: &Store, writer: &EmbeddedWriter, id: u32) -> Result<u64, StoreError> {
    let order = store.removal(id)?;
    let order = order.ok_or(StoreError::Missing("deze opdracht bestaat niet"))?;
    let mut documents: BTreeSet<DocId> = order.documenten.iter().map(|one| one.document).collect();
    let named = order.documenten.iter().filter(|one| one.genoemd);
    let contents: BTreeSet<ContentHash> = named.filter_map(|one| one.inhoud).collect();
    for content in &contents {
        // Copies that a run found since it was proposed.
        for copy in writer.same_content(*content).map_err(failed)? {
            let family = writer.family(copy.family).map_err(failed)?;
            documents.extend(inside(family, copy.id).iter().map(|member| member.id));
            documents.insert(copy.id);
        }
    }
    let before = writer.all_documents();
    writer.remove(&documents).map_err(failed)?;
    writer.commit("verwijderd op opdracht").map_err(failed)?;
    let removed = before.saturating_sub(writer.all_documents());
    writer.forget_deleted(0.0).map_err(failed)?;
    match generations::confirm(&index_folder(state)) {
        // What was removed still stands in the one from before: it goes too.
        Ok(()) | Err(GenerationError::NoneKept) => {}
        Err(error) => return Err(error.into()),
    }
    writer
        .blobs()
        .sweep(|key| writer.uses_text(key))
        .map_err(failed)?;
    let all = order.documenten.iter().filter_map(|one| one.inhoud);
    for content in all.chain(contents) {
        if writer.same_content(content).map_err(failed)?.is_empty() {
            remove_copy(state, content)?;
        }
    }
    note(store, id, &documents, removed)?;
    Ok(removed)
}

/// Removes the copy of an original that no document has any more.
fn remove_copy(state: &Path, content: ContentHash) -> io::Result<()> {
    match std::fs::remove_file(veilig::folder(state).join(content.to_string())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Notes that it was done, also with each open case that held one of the documents.
fn note(
    store: &Store,
    id: u32,
    documents: &BTreeSet<DocId>,
    removed: u64,
) -> Result<(), StoreError> {
    let all: Vec<DocId> = documents.iter().copied().collect();
    let cases: BTreeSet<String> = store.holders(&all)?.into_values().flatten().collect();
    let cases = cases
        .iter()
        .map(|zaak| store.zaak(zaak))
        .collect::<Result<Vec<_>, _>>()?;
    let program = Actor::program();
    store.change(|change| {
        change.execute(
            "UPDATE verwijderopdracht SET uitgevoerd = ?, verwijderd = ? WHERE id = ?",
            params![Timestamp::now().to_string(), removed.cast_signed(), id],
        )?;
        for zaak in cases.iter().flatten() {
            let gegevens = json!({"opdracht": id});
            change.log(&zaak.did(
                &program,
                "zaak.document-verwijderd",
                id.to_string(),
                gegevens,
            ))?;
        }
        let gegevens = json!({"documenten": removed});
        change.log(&Event::done(
            &program,
            "verwijdering.uitgevoerd",
            id.to_string(),
            gegevens,
        ))
    })
}
