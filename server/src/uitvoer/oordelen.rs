//! What a case says of its documents, gathered once for an export: number, schifting and beoordeling. Never judges.

use super::gronden::{Grond, Oordeel};
use crate::store::{Store, StoreError};
use crate::zaken::Zaak;
use crate::zaken::schifting::{Schifting, Waarde};
use std::collections::HashMap;
use std::sync::Arc;
use zv_shared::DocId;

/// What a case says of one document. Kept small: a case may have judged a million at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stand {
    /// Its number in the case.
    pub nummer: Option<Box<str>>,
    /// Whether it belongs to the case.
    pub schifting: Option<Arc<Schifting>>,
    /// What was decided on it.
    pub beoordeling: Option<Box<Beoordeling>>,
}

/// What was decided on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Beoordeling {
    /// The judgement.
    pub oordeel: Oordeel,
    /// Why not all of it is public.
    pub gronden: Vec<&'static Grond>,
    /// The document in which its content was judged.
    pub dubbel_van: Option<DocId>,
    /// In words.
    pub toelichting: String,
    /// Where it is public already.
    pub publieke_link: String,
    /// Whether publication waits.
    pub opgeschort: bool,
}

/// What a case says of each document of which it says anything.
pub type Oordelen = HashMap<DocId, Stand>;

/// Gathers it.
pub fn oordelen(store: &Store, zaak: &Zaak) -> Result<Oordelen, StoreError> {
    let mut found = Oordelen::new();
    let mut last: Option<Arc<Schifting>> = None;
    store.each_geschift(&zaak.id, None, |one| {
        let Some(schifting) = one.schifting else {
            return Ok(true);
        };
        // Documents that were judged together share one value.
        let shared = match &last {
            Some(known) if **known == schifting => Arc::clone(known),
            _ => Arc::new(schifting),
        };
        last = Some(Arc::clone(&shared));
        found.entry(one.document).or_default().schifting = Some(shared);
        Ok(true)
    })?;
    Ok(found)
}

/// The documents that were found relevant, in order of id.
pub fn relevant(oordelen: &Oordelen) -> Vec<DocId> {
    let is_relevant = |stand: &Stand| {
        let schifting = stand.schifting.as_ref();
        schifting.is_some_and(|schifting| schifting.waarde == Waarde::Relevant)
    };
    let mut ids: Vec<DocId> = oordelen
        .iter()
        .filter(|(_, stand)| is_relevant(stand))
        .map(|(id, _)| *id)
        .collect();
    ids.sort_unstable();
    ids
}
