//! Document numbers: 0001 and on within a case, given once and never to another document, the same in every export.
//! With numbers by family an attachment is 0012.1. Never decides which documents belong to a case.

use super::schifting::{Stuk, Waarde, may_judge};
use super::{Zaak, next_number};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Change, Store, StoreError};
use crate::toegang::Zicht;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use std::collections::HashMap;
use std::fmt;
use zv_shared::{DocId, Document, PartialDate, Place};

/// The number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nummer {
    /// From 1 within the case.
    pub nummer: u32,
    /// Behind the dot; 0 when there is none.
    pub deel: u32,
}

impl fmt::Display for Nummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.nummer)?;
        match self.deel {
            0 => Ok(()),
            deel => write!(f, ".{deel}"),
        }
    }
}

/// A document with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genummerd {
    /// Its number.
    pub nummer: Nummer,
    /// The document.
    pub document: DocId,
    /// Its source.
    pub bron: String,
}

/// A document that is to have a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kandidaat {
    /// The document.
    pub stuk: Stuk,
    /// The outermost document of its family.
    pub familie: DocId,
}

/// What came of giving numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Toegekend {
    /// Documents that have a number now and had none before.
    pub nieuw: u64,
    /// Relevant documents that had one already.
    pub bestaand: u64,
    /// Relevant documents that got none because they are not in the index any more.
    pub verdwenen: u64,
}

impl Store {
    /// Gives numbers, in the order of `candidates`, to those that have none. The first time decides for the whole case
    /// whether attachments have the number of their family; gives how many numbers are new.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the case numbers in the other way.
    pub fn give_numbers(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        families: bool,
        candidates: &[Kandidaat],
    ) -> Result<u64, StoreError> {
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            agree_on_families(change, actor, zaak, families)?;
            let now = Timestamp::now().to_string();
            let mut given = 0;
            for one in candidates {
                if number_of(change, &zaak.id, one.stuk.id)?.is_some() {
                    continue;
                }
                let number = match families {
                    true => next_in_family(change, zaak, one)?,
                    false => Nummer {
                        nummer: next_number(change, "documentnummer", "nummer", &zaak.id)?,
                        deel: 0,
                    },
                };
                change.execute(
                    "INSERT INTO documentnummer (zaak, document, nummer, deel, familie, bron, door, wanneer)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    params![
                        zaak.id,
                        one.stuk.id.0,
                        number.nummer,
                        number.deel,
                        one.familie.0,
                        one.stuk.bron,
                        actor.id,
                        now
                    ],
                )?;
                given += 1;
            }
            let gegevens = json!({"aantal": given, "families": families});
            change.log(&zaak.did(actor, "nummers.toegekend", "", gegevens))?;
            Ok(given)
        })
    }

    /// The numbered documents of a case, in order of number.
    pub fn documentnummers(&self, zaak: &str) -> Result<Vec<Genummerd>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT nummer, deel, document, bron FROM documentnummer WHERE zaak = ? ORDER BY nummer, deel",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Genummerd {
                nummer: Nummer {
                    nummer: row.get(0)?,
                    deel: row.get(1)?,
                },
                document: DocId(row.get(2)?),
                bron: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of one document.
    pub fn documentnummer(
        &self,
        zaak: &str,
        document: DocId,
    ) -> Result<Option<Nummer>, StoreError> {
        Ok(number_of(&self.connection(), zaak, document)?)
    }
}

fn number_of(
    connection: &rusqlite::Connection,
    zaak: &str,
    document: DocId,
) -> rusqlite::Result<Option<Nummer>> {
    let mut statement = connection.prepare_cached(
        "SELECT nummer, deel FROM documentnummer WHERE zaak = ? AND document = ?",
    )?;
    let row = |row: &rusqlite::Row<'_>| {
        Ok(Nummer {
            nummer: row.get(0)?,
            deel: row.get(1)?,
        })
    };
    statement
        .query_row(params![zaak, document.0], row)
        .optional()
}

fn agree_on_families(
    change: &Change<'_>,
    actor: &Actor,
    zaak: &Zaak,
    families: bool,
) -> Result<(), StoreError> {
    let chosen: Option<bool> = change
        .query_row(
            "SELECT families FROM nummering WHERE zaak = ?",
            [&zaak.id],
            |row| row.get(0),
        )
        .optional()?;
    match chosen {
        Some(chosen) if chosen != families => Err(StoreError::refused(match chosen {
            true => "deze zaak nummert per familie (0012.1); dat blijft zo",
            false => "deze zaak nummert elk document apart; dat blijft zo",
        })),
        Some(_) => Ok(()),
        None => {
            change.execute(
                "INSERT INTO nummering VALUES (?, ?, ?, ?)",
                params![zaak.id, families, actor.id, Timestamp::now().to_string()],
            )?;
            Ok(())
        }
    }
}

/// A family has one number; its outermost document has it alone, also when it becomes relevant later.
fn next_in_family(change: &Change<'_>, zaak: &Zaak, one: &Kandidaat) -> Result<Nummer, StoreError> {
    let known: Option<(u32, u32)> = change
        .query_row(
            "SELECT max(nummer), max(deel) FROM documentnummer WHERE zaak = ? AND familie = ? HAVING count(*) > 0",
            params![zaak.id, one.familie.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (nummer, last) = match known {
        Some(known) => known,
        None => (
            next_number(change, "documentnummer", "nummer", &zaak.id)?,
            0,
        ),
    };
    let outermost = one.stuk.id == one.familie;
    Ok(Nummer {
        nummer,
        deel: if outermost { 0 } else { last + 1 },
    })
}

/// What documents are numbered by: dated ones first, by date, then by source and path.
type Key = (bool, Option<PartialDate>, String, Place);

fn key(document: &Document) -> Key {
    let date = document.dates.effective().map(|dated| dated.date);
    (
        date.is_none(),
        date,
        document.bron.clone(),
        document.place.clone(),
    )
}

impl App {
    /// Gives numbers to the relevant documents of a case that have none, as far as who asks may see them.
    pub fn number(&self, zicht: &Zicht, families: bool) -> Result<Toegekend, Problem> {
        self.must_be(&zicht.actor, &super::schifting::JUDGES)?;
        let snapshot = self.snapshot(zicht)?;
        let mut outcome = Toegekend::default();
        let mut keys: HashMap<DocId, Key> = HashMap::new();
        let mut found = Vec::new();
        let now = self.store.schifting_now(&zicht.zaak.id)?;
        let relevant = |one: &super::schifting::Geschift| {
            one.schifting
                .as_ref()
                .is_some_and(|schifting| schifting.waarde == Waarde::Relevant)
        };
        for one in now
            .iter()
            .filter(|one| relevant(one) && zicht.sees(&one.bron, one.document))
        {
            if self
                .store
                .documentnummer(&zicht.zaak.id, one.document)?
                .is_some()
            {
                outcome.bestaand += 1;
                continue;
            }
            let Some(document) = snapshot.doc(one.document)? else {
                outcome.verdwenen += 1;
                continue;
            };
            let own = key(&document);
            let first = match (families, keys.get(&document.family)) {
                (false, _) => own.clone(),
                (true, Some(known)) => known.clone(),
                (true, None) => {
                    let outermost = snapshot.doc(document.family)?;
                    let known = outermost.as_ref().map_or_else(|| own.clone(), key);
                    keys.insert(document.family, known.clone());
                    known
                }
            };
            let group = families.then_some((document.family, document.ordinal));
            let candidate = Kandidaat {
                stuk: Stuk::from(&document),
                familie: document.family,
            };
            found.push(((first, group, own), candidate));
        }
        found.sort_by(|a, b| (&a.0, a.1.stuk.id).cmp(&(&b.0, b.1.stuk.id)));
        let candidates: Vec<Kandidaat> =
            found.into_iter().map(|(_, candidate)| candidate).collect();
        outcome.nieuw =
            self.store
                .give_numbers(&zicht.actor, &zicht.zaak, families, &candidates)?;
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::Via;

    fn candidate(number: u8, family: u8) -> Kandidaat {
        Kandidaat {
            stuk: Stuk {
                id: DocId([number; 16]),
                inhoud: None,
                bron: "archief".into(),
            },
            familie: DocId([family; 16]),
        }
    }

    fn shown(store: &Store) -> Vec<String> {
        let all = store.documentnummers("lokaal").expect("numbers");
        all.iter()
            .map(|one| format!("{}={}", one.document.0[0], one.nummer))
            .collect()
    }

    #[test]
    fn numbers_stay_with_their_document() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let zaak = store.zaak("lokaal").expect("asked").expect("local");
        let actor = Actor::local(Via::Api);
        let give = |families, list: &[Kandidaat]| store.give_numbers(&actor, &zaak, families, list);
        assert_eq!(
            give(false, &[candidate(7, 7), candidate(3, 3)]).expect("given"),
            2
        );
        assert_eq!(
            give(false, &[candidate(1, 1), candidate(3, 3), candidate(7, 7)]).expect("given"),
            1
        );
        assert_eq!(shown(&store), ["7=0001", "3=0002", "1=0003"]);
        assert!(matches!(
            give(true, &[candidate(9, 9)]),
            Err(StoreError::Refused(_))
        ));
        let raw = rusqlite::Connection::open(folder.path().join("toestand.db")).expect("raw");
        assert!(raw.execute("DELETE FROM documentnummer", []).is_err());
        assert!(
            raw.execute("UPDATE documentnummer SET nummer = 9", [])
                .is_err()
        );
    }

    #[test]
    fn a_family_has_one_number_and_keeps_room_for_its_outermost() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let zaak = store.zaak("lokaal").expect("asked").expect("local");
        let actor = Actor::local(Via::Api);
        let give = |list: &[Kandidaat]| {
            store
                .give_numbers(&actor, &zaak, true, list)
                .expect("given")
        };
        give(&[candidate(1, 1), candidate(2, 1), candidate(5, 4)]);
        give(&[candidate(3, 1), candidate(4, 4), candidate(6, 6)]);
        assert_eq!(
            shown(&store),
            [
                "1=0001", "2=0001.1", "3=0001.2", "4=0002", "5=0002.1", "6=0003"
            ]
        );
        assert_eq!(
            Nummer {
                nummer: 12_345,
                deel: 0
            }
            .to_string(),
            "12345"
        );
    }
}
