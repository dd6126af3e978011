//! What a case says of its documents, gathered once for an export: number, schifting and beoordeling. Never judges.

use super::gronden::{Grond, Oordeel, grond};
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::zaken::Zaak;
use crate::zaken::schifting::{Schifting, Waarde};
use std::collections::HashMap;
use std::sync::Arc;
use zv_shared::{ContentHash, DocId};

/// What a case says of one document. Kept small: a case may have judged a million at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stand {
    /// Its number in the case.
    pub nummer: Option<Box<str>>,
    /// Whether it belongs to the case.
    pub schifting: Option<Arc<Schifting>>,
    /// What it held when that was said.
    pub inhoud: Option<ContentHash>,
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
    /// Whether a second pair of eyes made it final.
    pub definitief: bool,
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
        let stand = found.entry(one.document).or_default();
        (stand.schifting, stand.inhoud) = (Some(shared), one.inhoud);
        Ok(true)
    })?;
    for one in store.beoordelingen_now(&zaak.id)? {
        let said = one.beoordeling;
        let beoordeling = Beoordeling {
            oordeel: said.oordeel,
            gronden: said.gronden.iter().filter_map(|code| grond(code)).collect(),
            dubbel_van: said.dubbel_van,
            toelichting: said.toelichting,
            publieke_link: said.link,
            definitief: one.definitief.is_some(),
        };
        found.entry(one.document).or_default().beoordeling = Some(Box::new(beoordeling));
    }
    for one in store.documentnummers(&zaak.id)? {
        let nummer = one.nummer.to_string().into_boxed_str();
        found.entry(one.document).or_default().nummer = Some(nummer);
    }
    Ok(found)
}

/// The documents that were found relevant, of the sources that who asks may see; in order of id.
pub fn relevant(store: &Store, zicht: &Zicht) -> Result<Vec<DocId>, StoreError> {
    let mut ids = Vec::new();
    store.each_geschift(&zicht.zaak.id, None, |one| {
        let relevant = one
            .schifting
            .is_some_and(|schifting| schifting.waarde == Waarde::Relevant);
        if relevant && zicht.may_see(&one.bron) {
            ids.push(one.document);
        }
        Ok(true)
    })?;
    Ok(ids)
}
