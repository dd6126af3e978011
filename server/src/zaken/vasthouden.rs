//! Documents that cases hold (Woo 4.1a): what was found in a recorded round of an open case, or judged in it, stays in the
//! index when its file is gone from the source. Owns which documents those are and noting that they are gone. What a run
//! asks is answered from the database and the recorded lists as they are at that moment; when one of them cannot be read,
//! nothing is removed.

use super::Zaak;
use super::telling::{load_results, results_file, results_folder};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::verwijderen;
use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use zv_indexer::orders::{Orders, Removed};
use zv_shared::DocId;
use zv_shared::index::Scope;

/// Answers what a run asks.
#[derive(Debug)]
pub struct Besluiten {
    state: PathBuf,
}

impl Besluiten {
    /// For the state in this folder.
    pub fn of(state: &Path) -> Self {
        Besluiten {
            state: state.to_owned(),
        }
    }

    /// The database; `None` when there never was one.
    fn store(&self) -> Result<Option<Store>, StoreError> {
        if self.state.join("toestand.db").exists() {
            return Store::open(&self.state).map(Some);
        }
        match results_folder(&self.state).exists() {
            true => Err(StoreError::refused(
                "er zijn zoekacties vastgelegd, maar de database (toestand.db) is er niet",
            )),
            false => Ok(None),
        }
    }
}

impl Orders for Besluiten {
    fn hold(&self, bron: &str, documents: &[DocId]) -> Result<BTreeSet<DocId>, String> {
        let hold = || -> Result<BTreeSet<DocId>, StoreError> {
            let Some(store) = self.store()? else {
                return Ok(BTreeSet::new());
            };
            let holders = store.holders(documents)?;
            store.note_gone(bron, &holders)?;
            Ok(holders.into_keys().collect())
        };
        hold().map_err(|error| error.to_string())
    }

    fn removed(&self) -> Result<Removed, String> {
        let removed = || match self.store()? {
            Some(store) => verwijderen::removed(&store),
            None => Ok(Removed::default()),
        };
        removed().map_err(|error: StoreError| error.to_string())
    }
}

/// A document of a case whose file is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdwenen {
    /// The document.
    pub document: DocId,
    /// Its source.
    pub bron: String,
    /// When a run saw it first.
    pub wanneer: Timestamp,
}

impl Store {
    /// Which open cases hold which of these documents.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a recorded list cannot be read: then it is not known.
    pub fn holders(
        &self,
        documents: &[DocId],
    ) -> Result<BTreeMap<DocId, BTreeSet<String>>, StoreError> {
        let asked: HashSet<DocId> = documents.iter().copied().collect();
        let mut holders: BTreeMap<DocId, BTreeSet<String>> = BTreeMap::new();
        for (zaak, nummer, uitkomst) in self.recorded_lists()? {
            let file = results_file(self.folder(), &zaak, nummer);
            let list = load_results(&file, &uitkomst).map_err(|error| {
                StoreError::Refused(format!(
                    "wat zoekactie {nummer} van een open zaak vond, is niet te lezen: {error}"
                ))
            })?;
            for (id, _) in list {
                let document = DocId(id);
                if asked.contains(&document) {
                    holders.entry(document).or_default().insert(zaak.clone());
                }
            }
        }
        let connection = self.connection();
        let mut judged = connection.prepare_cached(
            "SELECT DISTINCT s.zaak FROM schifting_nu s JOIN zaak z ON z.id = s.zaak
             WHERE s.document = ? AND z.gesloten IS NULL",
        )?;
        for document in asked {
            let cases = judged.query_map([document.0], |row| row.get::<_, String>(0))?;
            for zaak in cases {
                holders.entry(document).or_default().insert(zaak?);
            }
        }
        Ok(holders)
    }

    /// Case, number and SHA-256 of the list of every zoekactie in a round of an open case.
    fn recorded_lists(&self) -> Result<Vec<(String, u32, String)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT a.zaak, a.nummer, json_extract(a.telling, '$.uitkomst') FROM zoekactie a
             JOIN zaak z ON z.id = a.zaak WHERE a.ronde IS NOT NULL AND z.gesloten IS NULL ORDER BY a.id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes with each case that documents it holds are gone from `bron`: once for each document.
    fn note_gone(
        &self,
        bron: &str,
        holders: &BTreeMap<DocId, BTreeSet<String>>,
    ) -> Result<(), StoreError> {
        let mut cases: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
        for (document, holding) in holders {
            for zaak in holding {
                cases.entry(zaak).or_default().push(*document);
            }
        }
        for (id, documents) in cases {
            let zaak = self.zaak(id)?;
            let zaak = zaak.ok_or(StoreError::Missing("deze zaak bestaat niet"))?;
            self.change(|change| {
                let now = Timestamp::now().to_string();
                let mut new = 0;
                for document in documents {
                    new += change.execute(
                        "INSERT OR IGNORE INTO verdwenen VALUES (?, ?, ?, ?)",
                        params![id, document.0, bron, now],
                    )?;
                }
                if new == 0 {
                    return Ok(());
                }
                let gegevens = json!({"bron": bron, "documenten": new});
                let actor = Actor::program();
                change.log(&zaak.did(&actor, "zaak.documenten-verdwenen", "", gegevens))
            })?;
        }
        Ok(())
    }

    /// Every document of a case that was seen to be gone, the latest first.
    fn noted_gone(&self, zaak: &str) -> Result<Vec<Verdwenen>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT document, bron, wanneer FROM verdwenen WHERE zaak = ? ORDER BY wanneer DESC, document",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Verdwenen {
                document: DocId(row.get(0)?),
                bron: row.get(1)?,
                wanneer: super::parsed(&row.get::<_, String>(2)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl App {
    /// The documents that a case holds and whose files are gone now: those that came back are not among them.
    pub fn verdwenen(&self, zaak: &Zaak) -> Result<Vec<Verdwenen>, Problem> {
        let mut noted = self.store.noted_gone(&zaak.id)?;
        if noted.is_empty() {
            return Ok(noted);
        }
        // Nothing of a document is shown, only whether its file is there.
        let snapshot = self.snapshot_for_repeat(&Scope::everything())?;
        let mut gone = Vec::new();
        for one in noted.drain(..) {
            let document = snapshot.doc(one.document)?;
            if document.is_some_and(|document| document.gone.is_some()) {
                gone.push(one);
            }
        }
        Ok(gone)
    }
}
