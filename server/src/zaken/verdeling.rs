//! Sharing out what is to be judged among the people of a case, and how far each of them is. Families stay together. Nobody
//! gets a document that he may not see.

use super::Zaak;
use super::schifting::Stuk;
use super::schifting::doel::Doel;
use crate::mensen::{Actor, Via};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::uitvoer::oordelen::relevant;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document};

/// Welke documenten verdeeld worden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "soort", rename_all = "kebab-case", deny_unknown_fields)]
#[schema(as = Stapel)]
pub enum Stapel {
    /// Wat een zoekactie vond en nog van niemand is.
    Zoekactie {
        /// Nummer van de zoekactie in de zaak.
        zoekactie: u32,
    },
    /// Wat relevant is en nog van niemand is.
    Relevant,
    /// Wat aan iemand gegeven is en nog geen schifting heeft.
    Van {
        /// Kenmerk van het account.
        #[schema(min_length = 1, max_length = 64)]
        van: String,
    },
}

/// Een verdeling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Verdeling)]
pub struct Verdeling {
    /// Wat er verdeeld wordt.
    pub stapel: Stapel,
    /// Kenmerken van de accounts die elk een even groot deel krijgen. Leeg maakt de documenten van niemand; dat kan alleen
    /// met wat aan iemand gegeven is.
    #[schema(max_items = 100)]
    pub over: Vec<String>,
}

/// How far somebody is with what was given to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voorraad {
    /// Documents that were given to them.
    pub toegewezen: u64,
    /// Those with a value.
    pub geschift: u64,
    /// Those that were judged.
    pub beoordeeld: u64,
    /// Those of which the judgement is final.
    pub definitief: u64,
}

/// A document in somebody's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toegewezen {
    /// The document.
    pub document: DocId,
    /// Its value.
    pub waarde: Option<String>,
    /// Its judgement.
    pub oordeel: Option<String>,
}

/// The last assignment of each document, with what became of it.
const NOW: &str = "FROM toewijzing t
    LEFT JOIN schifting_nu n ON n.zaak = t.zaak AND n.document = t.document AND n.waarde IS NOT NULL
    LEFT JOIN beoordeling b ON b.id = (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = t.zaak AND l.document = t.document)
    LEFT JOIN beoordeling_definitief d ON d.beoordeling = b.id
    WHERE t.zaak = ?1 AND t.aan IS NOT NULL
    AND t.id = (SELECT max(l.id) FROM toewijzing l WHERE l.zaak = t.zaak AND l.document = t.document)";

impl Store {
    /// How far each person of a case is, by account, of the sources that `zicht` shows.
    pub fn voorraden(&self, zicht: &Zicht) -> Result<BTreeMap<String, Voorraad>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT t.aan, t.bron, count(*), count(n.record), count(b.id), count(d.beoordeling), t.document {NOW}
             GROUP BY t.aan, t.bron, iif(?2, t.document, NULL)"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zicht.zaak.id, zicht.is_part()])?;
        let mut found: BTreeMap<String, Voorraad> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if zicht.sees(&row.get::<_, String>(1)?, DocId(row.get(6)?)) {
                let count = |at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
                let one = found.entry(row.get(0)?).or_default();
                one.toegewezen += count(2)?;
                one.geschift += count(3)?;
                one.beoordeeld += count(4)?;
                one.definitief += count(5)?;
            }
        }
        Ok(found)
    }

    /// What was given to somebody, in the order in which it was given, of the sources that `zicht` shows.
    pub fn worklist(&self, zicht: &Zicht, aan: &str) -> Result<Vec<Toegewezen>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT t.document, t.bron, n.waarde, b.oordeel {NOW} AND t.aan = ?2 ORDER BY t.id"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([&zicht.zaak.id, aan])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if zicht.sees(&row.get::<_, String>(1)?, DocId(row.get(0)?)) {
                found.push(Toegewezen {
                    document: DocId(row.get(0)?),
                    waarde: row.get(2)?,
                    oordeel: row.get(3)?,
                });
            }
        }
        Ok(found)
    }
}

impl App {
    /// Shares documents out; gives how many each person got, in their order.
    ///
    /// # Errors
    /// [`Problem::refused`] when one of them may not see a source of these documents.
    pub fn verdeel(
        &self,
        zicht: &Zicht,
        wanted: &Verdeling,
    ) -> Result<Vec<(String, u64)>, Problem> {
        let people: BTreeSet<&String> = wanted.over.iter().collect();
        if people.len() != wanted.over.len() {
            return Err(Problem::refused("Noem iedereen een keer."));
        }
        let van = match &wanted.stapel {
            Stapel::Van { van } => Some(van.as_str()),
            _ if wanted.over.is_empty() => {
                return Err(Problem::refused("Kies wie er documenten krijgen."));
            }
            _ => None,
        };
        let snapshot = self.snapshot(zicht)?;
        let families = families(&*snapshot, self.pile(zicht, &*snapshot, &wanted.stapel)?)?;
        if families.is_empty() {
            return Err(Problem::refused("Er is niets te verdelen."));
        }
        let all: Vec<&Stuk> = families.iter().flatten().collect();
        for person in &wanted.over {
            self.must_see(&zicht.zaak, person, &all)?;
        }
        let shares: Vec<(Option<String>, Vec<Stuk>)> = match wanted.over.is_empty() {
            true => vec![(None, families.into_iter().flatten().collect())],
            false => {
                let names = wanted.over.iter().cloned().map(Some);
                names.zip(shared(families, wanted.over.len())).collect()
            }
        };
        let given = self
            .store
            .assign_shares(&zicht.actor, &zicht.zaak, &shares, Some(van))?;
        Ok(wanted.over.iter().cloned().zip(given).collect())
    }

    /// What is to be shared out.
    fn pile(
        &self,
        zicht: &Zicht,
        snapshot: &dyn Snapshot,
        stapel: &Stapel,
    ) -> Result<Vec<DocId>, Problem> {
        let ids: Vec<DocId> = match stapel {
            Stapel::Zoekactie { zoekactie } => {
                let doel = Doel::Zoekactie {
                    zoekactie: *zoekactie,
                };
                let found = self.stukken(zicht, snapshot, &doel)?.into_iter();
                found.map(|stuk| stuk.id).collect()
            }
            Stapel::Relevant => relevant(&self.store, zicht)?,
            Stapel::Van { van } => {
                let all = self.store.worklist(zicht, van)?.into_iter();
                let open = all.filter(|one| one.waarde.is_none());
                return Ok(open.map(|one| one.document).collect());
            }
        };
        let given = self.store.toewijzingen(&zicht.zaak.id)?;
        Ok(ids
            .into_iter()
            .filter(|id| !given.contains_key(id))
            .collect())
    }

    /// Refuses when somebody may not see one of the documents.
    pub fn must_see(&self, zaak: &Zaak, person: &str, stukken: &[&Stuk]) -> Result<(), Problem> {
        let missing = || Problem::refused("Dit account bestaat niet.");
        let account = self.store.account(person)?.ok_or_else(missing)?;
        let name = account.naam.clone();
        let sight = self.sight(&Actor::of(account, Via::Api), zaak)?;
        for stuk in stukken {
            let bron = &stuk.bron;
            let sees = |sight: &Zicht| sight.sees(bron, stuk.id);
            if !sight.as_ref().is_some_and(sees) {
                let why = format!("{name} mag bron {bron} in deze zaak niet zien.");
                return Err(Problem::refused(why));
            }
        }
        Ok(())
    }
}

/// The documents by source and path, each family apart; what is not in the index any more is left out.
fn families(snapshot: &dyn Snapshot, ids: Vec<DocId>) -> Result<Vec<Vec<Stuk>>, Problem> {
    let mut documents: Vec<Document> = Vec::with_capacity(ids.len());
    for id in ids {
        documents.extend(snapshot.doc(id)?);
    }
    documents.sort_by(|a, b| {
        (&a.bron, &a.place.path, a.family, a.ordinal, a.id).cmp(&(
            &b.bron,
            &b.place.path,
            b.family,
            b.ordinal,
            b.id,
        ))
    });
    let chunks = documents.chunk_by(|a, b| a.family == b.family);
    Ok(chunks
        .map(|family| family.iter().map(Stuk::from).collect())
        .collect())
}

/// The families in as many parts, as equal as whole families allow.
fn shared(families: Vec<Vec<Stuk>>, parts: usize) -> Vec<Vec<Stuk>> {
    let total: usize = families.iter().map(Vec::len).sum();
    let mut shares = vec![Vec::new(); parts];
    let mut before = 0;
    for family in families {
        let at = (before * parts / total.max(1)).min(parts - 1);
        before += family.len();
        shares[at].extend(family);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everybody_gets_about_as_much_and_nothing_is_lost(
            sizes in proptest::collection::vec(1usize..6, 1..60), parts in 1usize..6
        ) {
            let mut number = 0u8;
            let families: Vec<Vec<Stuk>> = sizes.iter().map(|size| (0..*size).map(|_| {
                number = number.wrapping_add(1);
                Stuk { id: DocId([number; 16]), inhoud: None, bron: "a".into() }
            }).collect()).collect();
            let all: Vec<Stuk> = families.iter().flatten().cloned().collect();
            let largest = sizes.iter().max().copied().unwrap_or(0);
            let shares = shared(families, parts);
            prop_assert_eq!(shares.len(), parts);
            prop_assert_eq!(shares.concat(), all.clone());
            for share in &shares {
                prop_assert!(share.len() <= all.len() / parts + 1 + largest);
            }
        }
    }
}
