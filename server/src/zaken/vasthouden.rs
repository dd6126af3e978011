//! Documents that cases hold (Woo 4.1a): what was found in a recorded round of an open case, or judged in it, stays in the
//! index when its file is gone from the source. Owns which documents those are and noting that they are gone. What a run
//! asks is answered from the database and the recorded lists as they are at that moment; when one of them cannot be read,
//! nothing is removed.

use super::Zaak;
use super::telling::{Member, load_results, results_file, results_folder};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::verwijderen;
use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zv_indexer::orders::{Asked, Orders, Removed};
use zv_shared::DocId;
use zv_shared::index::Scope;

/// Answers what a run asks.
pub struct Besluiten {
    state: PathBuf,
    store: Mutex<Option<Arc<Store>>>,
    lists: Mutex<Lists>,
}

/// What recorded lists hold, read once for all files of a run: 48 bytes for each document of a list.
#[derive(Debug, Default)]
struct Lists {
    /// The lists that were read.
    of: Vec<Recorded>,
    /// Documents with the content that they had.
    states: HashSet<Member>,
}

/// Case, number and SHA-256 of the list of a zoekactie.
type Recorded = (String, u32, String);

impl fmt::Debug for Besluiten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Besluiten")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Besluiten {
    /// For the state in this folder.
    pub fn of(state: &Path) -> Self {
        Besluiten {
            state: state.to_owned(),
            store: Mutex::default(),
            lists: Mutex::default(),
        }
    }

    /// Asks the database; `None` when there never was one.
    fn asked<T>(
        &self,
        ask: impl FnOnce(&Store) -> Result<T, StoreError>,
    ) -> Result<Option<T>, String> {
        let store = self.store().map_err(|error| error.to_string())?;
        let answer = store.map(|store| ask(&store)).transpose();
        answer.map_err(|error| error.to_string())
    }

    /// The database; `None` when there never was one.
    fn store(&self) -> Result<Option<Arc<Store>>, StoreError> {
        if self.state.join("toestand.db").exists() {
            let mut open = self.store.lock().unwrap_or_else(PoisonError::into_inner);
            if open.is_none() {
                *open = Some(Arc::new(Store::open(&self.state)?));
            }
            return Ok(open.clone());
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
    fn any(&self) -> Result<bool, String> {
        self.asked(|store| store.holds_anything())
            .map(Option::unwrap_or_default)
    }

    fn held(&self, documents: &[Asked]) -> Result<Vec<bool>, String> {
        let held = self.asked(|store| {
            let lists = store.recorded_lists()?;
            let mut known = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
            if known.of != lists {
                known.states = store.states(&lists)?;
                known.of = lists;
            }
            let held = |asked: &Asked| -> Result<bool, StoreError> {
                let state = (asked.known_as.0, asked.content.map_or([0; 32], |it| it.0));
                Ok(known.states.contains(&state) || !store.judging(asked)?.is_empty())
            };
            documents.iter().map(held).collect()
        });
        held.map(|held| held.unwrap_or_else(|| vec![false; documents.len()]))
    }

    fn hold(&self, bron: &str, documents: &[Asked]) -> Result<Vec<bool>, String> {
        let held = self.asked(|store| {
            let holders = store.holders(documents)?;
            let all = documents.iter().map(|asked| asked.id).zip(&holders);
            store.note_gone(bron, all)?;
            Ok(holders.iter().map(|cases| !cases.is_empty()).collect())
        });
        held.map(|held| held.unwrap_or_else(|| vec![false; documents.len()]))
    }

    fn removed(&self) -> Result<Removed, String> {
        self.asked(verwijderen::removed)
            .map(Option::unwrap_or_default)
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
    /// Which open cases hold each of these documents.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a recorded list cannot be read: then it is not known.
    pub fn holders(&self, documents: &[Asked]) -> Result<Vec<BTreeSet<String>>, StoreError> {
        let mut places: HashMap<DocId, Vec<usize>> = HashMap::new();
        for (at, asked) in documents.iter().enumerate() {
            places.entry(asked.known_as).or_default().push(at);
        }
        let mut holders = vec![BTreeSet::new(); documents.len()];
        for recorded in self.recorded_lists()? {
            for (id, content) in self.recorded_list(&recorded)? {
                for &at in places.get(&DocId(id)).into_iter().flatten() {
                    let seen = documents[at].content;
                    if seen.is_none_or(|seen| seen.0 == content) {
                        holders[at].insert(recorded.0.clone());
                    }
                }
            }
        }
        for (asked, cases) in documents.iter().zip(&mut holders) {
            cases.extend(self.judging(asked)?);
        }
        Ok(holders)
    }

    /// The open cases in which a document was judged.
    fn judging(&self, asked: &Asked) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut judged = connection.prepare_cached(
            "SELECT DISTINCT s.zaak FROM schifting_nu s JOIN zaak z ON z.id = s.zaak
             WHERE s.document = ?1 AND (?2 IS NULL OR s.inhoud = ?2) AND z.gesloten IS NULL",
        )?;
        let content = asked.content.map(|content| content.0);
        let cases = judged.query_map(params![asked.known_as.0, content], |row| row.get(0))?;
        Ok(cases.collect::<Result<_, _>>()?)
    }

    /// Whether an open case recorded or judged anything.
    fn holds_anything(&self) -> Result<bool, StoreError> {
        let connection = self.connection();
        let sql = "SELECT EXISTS (SELECT 1 FROM zoekactie a JOIN zaak z ON z.id = a.zaak
               WHERE a.ronde IS NOT NULL AND z.gesloten IS NULL)
             OR EXISTS (SELECT 1 FROM schifting_nu s JOIN zaak z ON z.id = s.zaak
               WHERE z.gesloten IS NULL)";
        Ok(connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?)
    }

    /// The list of every zoekactie in a round of an open case.
    fn recorded_lists(&self) -> Result<Vec<Recorded>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT a.zaak, a.nummer, json_extract(a.telling, '$.uitkomst') FROM zoekactie a
             JOIN zaak z ON z.id = a.zaak WHERE a.ronde IS NOT NULL AND z.gesloten IS NULL ORDER BY a.id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn recorded_list(
        &self,
        (zaak, nummer, uitkomst): &Recorded,
    ) -> Result<Vec<Member>, StoreError> {
        let file = results_file(self.folder(), zaak, *nummer);
        load_results(&file, uitkomst).map_err(|error| {
            StoreError::Refused(format!(
                "wat zoekactie {nummer} van een open zaak vond, is niet te lezen: {error}"
            ))
        })
    }

    /// Everything that stands in these lists.
    fn states(&self, lists: &[Recorded]) -> Result<HashSet<Member>, StoreError> {
        let mut states = HashSet::new();
        for recorded in lists {
            states.extend(self.recorded_list(recorded)?);
        }
        Ok(states)
    }

    /// Notes with each case that documents it holds are gone from `bron`: once for each document.
    fn note_gone<'c>(
        &self,
        bron: &str,
        holders: impl Iterator<Item = (DocId, &'c BTreeSet<String>)>,
    ) -> Result<(), StoreError> {
        let mut cases: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
        for (document, holding) in holders {
            for zaak in holding {
                cases.entry(zaak).or_default().push(document);
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
