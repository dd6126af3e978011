//! Carrying out orders to remove documents: out of the index and its words, the texts, the copies of originals, and the
//! generation from before. Done again from the start when the program was killed: nothing counts before all of it is
//! gone. Never decides what is removed.

use super::inside;
use crate::audit::Event;
use crate::mensen::Actor;
use crate::motor::Elders;
use crate::store::{Store, StoreError};
use crate::zaken::schifting::veilig;
use jiff::Timestamp;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use zv_indexer::orders::Asked;
use zv_shared::index::generations::GenerationError;
use zv_shared::index::{Claim, Engine, IndexError, Write};
use zv_shared::{ContentHash, DocId};

/// An order that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uitgevoerd {
    /// Its number.
    pub opdracht: u32,
    /// Documents that went from the index.
    pub documenten: u64,
}

fn failed(error: IndexError) -> StoreError {
    StoreError::Io(io::Error::other(error))
}

/// Carries out every order that was confirmed. Who calls it holds the lock of the state, and says that it is done
/// ([`Store::removal_done`]) when nobody has an older state of the index open any more.
pub fn carry_out(
    state: &Path,
    store: &Store,
    engine: &dyn Engine,
) -> Result<Vec<Uitgevoerd>, StoreError> {
    let mut done = Vec::new();
    let orders = store.removals_to_do()?;
    if orders.is_empty() {
        return Ok(done);
    }
    match engine.confirm() {
        // What is removed still stands in the generation from before: it goes first.
        Ok(()) | Err(GenerationError::NoneKept) => {}
        Err(error) => return Err(error.into()),
    }
    // First, so that a machine that only reads sources does not bring it back.
    Elders::tell(engine, &super::removed(store)?).map_err(failed)?;
    let writer = engine.writer(Claim::All).map_err(failed)?;
    for opdracht in orders {
        let documenten = one(state, store, writer.as_ref(), opdracht)?;
        done.push(Uitgevoerd {
            opdracht,
            documenten,
        });
    }
    writer.finish().map_err(failed)?;
    Ok(done)
}

fn one(state: &Path, store: &Store, writer: &dyn Write, id: u32) -> Result<u64, StoreError> {
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
    let before = writer.all_documents().map_err(failed)?;
    writer.remove(&documents).map_err(failed)?;
    writer.commit("verwijderd op opdracht").map_err(failed)?;
    let after = writer.all_documents().map_err(failed)?;
    let removed = before.saturating_sub(after);
    writer.forget_deleted(0.0).map_err(failed)?;
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
    Ok(removed)
}

/// Removes the copy of an original that no document has any more.
fn remove_copy(state: &Path, content: ContentHash) -> io::Result<()> {
    match std::fs::remove_file(veilig::folder(state).join(content.to_string())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

impl Store {
    /// Notes that an order was carried out and nobody can see the documents any more, also with each open case that held
    /// one of them.
    pub fn removal_done(&self, one: &Uitgevoerd) -> Result<(), StoreError> {
        let order = self.removal(one.opdracht)?;
        let order = order.ok_or(StoreError::Missing("deze opdracht bestaat niet"))?;
        let all = order.documenten.iter().map(|one| Asked {
            id: one.document,
            known_as: one.document,
            content: None,
        });
        let all: Vec<Asked> = all.collect();
        let holders = self.holders(&all).unwrap_or_else(|error| {
            // It is done all the same; which case held them cannot be told then.
            tracing::error!(%error, "cases do not hear of a removal");
            Vec::new()
        });
        let cases: BTreeSet<String> = holders.into_iter().flatten().collect();
        let cases = cases
            .iter()
            .map(|zaak| self.zaak(zaak))
            .collect::<Result<Vec<_>, _>>()?;
        let (program, id) = (Actor::program(), one.opdracht);
        self.change(|change| {
            change.execute(
                "UPDATE verwijderopdracht SET uitgevoerd = ?, verwijderd = ? WHERE id = ?",
                params![
                    Timestamp::now().to_string(),
                    one.documenten.cast_signed(),
                    id
                ],
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
            let gegevens = json!({"documenten": one.documenten});
            change.log(&Event::done(
                &program,
                "verwijdering.uitgevoerd",
                id.to_string(),
                gegevens,
            ))
        })
    }
}
