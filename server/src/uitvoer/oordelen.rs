//! What a case says of its documents, gathered once for an export: number, schifting, beoordeling, and where they
//! belong. Never judges.

use super::gronden::{Grond, Oordeel, grond};
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::zaken::indeling::Deel;
use crate::zaken::schifting::{Schifting, Waarde};
use crate::zaken::{Zaak, reeks};
use std::collections::{BTreeSet, HashMap};
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
    /// Where it belongs.
    pub delen: Option<Box<Delen>>,
}

/// The deelbesluit that a document is in, and the belanghebbenden whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delen {
    /// Number of the deelbesluit.
    pub deelbesluit: Option<u32>,
    /// Numbers of the belanghebbenden.
    pub belanghebbenden: Vec<u32>,
    /// Whether one of them objects so that making it public waits (Woo 4.4, fifth paragraph).
    pub wacht: bool,
}

impl Stand {
    /// Whether making it public waits.
    pub fn opgeschort(&self) -> bool {
        let becomes_public = self.beoordeling.as_ref().is_some_and(|judged| {
            matches!(judged.oordeel, Oordeel::Openbaar | Oordeel::DeelsOpenbaar)
        });
        becomes_public && self.delen.as_ref().is_some_and(|delen| delen.wacht)
    }
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
    let waiting: BTreeSet<u32> = reeks::nu(&store.zienswijzen(&zaak.id)?)
        .filter(|(_, asked)| asked.zienswijze.openbaarmaking_wacht)
        .map(|(_, asked)| asked.belanghebbende)
        .collect();
    store.each_deel(&zaak.id, |document, deel| {
        let delen = &mut found.entry(document).or_default().delen;
        let delen = delen.get_or_insert_default();
        match deel {
            Deel::Deelbesluit(nummer) => delen.deelbesluit = Some(nummer),
            Deel::Belanghebbende(nummer) => {
                delen.belanghebbenden.push(nummer);
                delen.wacht |= waiting.contains(&nummer);
            }
        }
    })?;
    Ok(found)
}

/// The documents that were found relevant, of the sources that who asks may see; in order of id.
pub fn relevant(store: &Store, zicht: &Zicht) -> Result<Vec<DocId>, StoreError> {
    let mut ids = Vec::new();
    store.each_geschift(&zicht.zaak.id, None, |one| {
        let relevant = one
            .schifting
            .is_some_and(|schifting| schifting.waarde == Waarde::Relevant);
        if relevant && zicht.sees(&one.bron, one.document) {
            ids.push(one.document);
        }
        Ok(true)
    })?;
    Ok(ids)
}
