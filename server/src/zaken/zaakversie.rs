//! The versions of a case: it begins as version 1, closing ends a version, and opening it again for bezwaar or beroep
//! begins the next. Owns closing and opening again, and the record of what is kept of a version that ended. What is kept
//! is made in `uitvoer::bewaard`. Nothing of an ended version ever changes.

use super::{Zaak, filled, next_number, optional};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use crate::uitvoer::bestand;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// Where what is kept lies in the state folder.
pub fn versies_folder(state: &Path) -> PathBuf {
    state.join("versies")
}

/// Where the files of one version lie.
pub fn versie_folder(state: &Path, zaak: &str, versie: u32) -> PathBuf {
    versies_folder(state).join(zaak).join(versie.to_string())
}

/// Een cijfer van een zaak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cijfer {
    /// Wat er geteld is.
    pub naam: String,
    /// Hoeveel.
    pub aantal: u64,
}

/// The figures of a case at one moment, and how far its records went: what came later has a higher number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cijfers {
    /// In the order of the account.
    pub cijfers: Vec<Cijfer>,
    /// Number of the last record of the schifting.
    pub laatste_schifting: u64,
    /// Number of the last judgement.
    pub laatste_beoordeling: u64,
}

/// A kept file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bewaardbestand {
    /// Its name.
    pub naam: String,
    /// SHA-256 of it.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The sources of the documents that it names.
    pub bronnen: BTreeSet<String>,
}

/// What is kept of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bewaard {
    /// Its figures.
    pub cijfers: Cijfers,
    /// Its files, by name.
    pub bestanden: Vec<Bewaardbestand>,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gebeurd {
    /// Key of who.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

/// A version of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zaakversie {
    /// From 1.
    pub versie: u32,
    /// That it began by opening the case again, and why; nothing for the first.
    pub heropend: Option<(Gebeurd, String)>,
    /// That it was closed; nothing for the one that is worked on.
    pub gesloten: Option<Gebeurd>,
    /// The day of the decision, when it was closed.
    pub besluit_op: Option<Date>,
    /// What is kept of it; nothing while that is being made.
    pub bewaard: Option<Bewaard>,
}

/// When a case was opened again last.
pub(crate) fn last_reopening(
    connection: &Connection,
    zaak: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT wanneer FROM zaak_heropening WHERE zaak = ? ORDER BY versie DESC LIMIT 1";
    let found: Option<String> = connection
        .query_row(sql, [zaak], |row| row.get(0))
        .optional()?;
    Ok(optional(found)?)
}

impl Store {
    /// Closes a case: nothing in it changes from then on, and its machtigingen end. They do not come back when it is
    /// opened again.
    pub fn close_zaak(&self, actor: &Actor, zaak: &Zaak) -> Result<(), StoreError> {
        if zaak.is_local() || !actor.is_any(&[Rol::Regisseur]) {
            return Err(StoreError::refused("alleen een regisseur sluit een zaak"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            no_open_round(change, zaak)?;
            let now = Timestamp::now().to_string();
            let versie = next_number(change, "zaak_sluiting", "versie", &zaak.id)?;
            change.execute(
                "INSERT INTO zaak_sluiting SELECT id, ?, besluit_op, ?, ? FROM zaak WHERE id = ?",
                params![versie, actor.id, now, zaak.id],
            )?;
            change.execute(
                "UPDATE machtiging SET ingetrokken_door = ?, ingetrokken_op = ?
                 WHERE zaak = ? AND ingetrokken_op IS NULL",
                [&actor.id, &now, &zaak.id],
            )?;
            change.execute(
                "UPDATE zaak SET gesloten = ? WHERE id = ?",
                [&now, &zaak.id],
            )?;
            let gegevens = json!({"versie": versie});
            change.log(&zaak.did(actor, "zaak.gesloten", &zaak.id, gegevens))
        })
    }

    /// Opens a closed case again, for bezwaar or beroep: a new version of it begins. The day of the decision is open
    /// again, for a new decision is taken; the old one stays with the old version.
    pub fn reopen_zaak(&self, actor: &Actor, zaak: &Zaak, reason: &str) -> Result<(), StoreError> {
        let reason = filled(reason, "de reden", 1_000)?;
        if !actor.is_any(&[Rol::Regisseur]) {
            return Err(StoreError::refused(
                "alleen een regisseur heropent een zaak",
            ));
        }
        self.change(|change| {
            let opened = change.execute(
                "UPDATE zaak SET gesloten = NULL, besluit_op = NULL WHERE id = ? AND gesloten IS NOT NULL",
                [&zaak.id],
            )?;
            if opened == 0 {
                return Err(StoreError::refused("deze zaak is niet gesloten"));
            }
            let kept: bool = change.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM zaak_sluiting s WHERE s.zaak = ?1 AND NOT EXISTS
                 (SELECT 1 FROM zaak_bewaard b WHERE b.zaak = s.zaak AND b.versie = s.versie))",
                [&zaak.id],
                |row| row.get(0),
            )?;
            if !kept {
                return Err(StoreError::Conflict(
                    "van de gesloten versie wordt nog een kopie gemaakt; probeer het zo nog eens".into(),
                ));
            }
            let versie = next_number(change, "zaak_sluiting", "versie", &zaak.id)?;
            change.execute(
                "INSERT INTO zaak_heropening VALUES (?, ?, ?, ?, ?)",
                params![zaak.id, versie, reason, actor.id, Timestamp::now().to_string()],
            )?;
            let event = zaak.did(actor, "zaak.heropend", &zaak.id, json!({"versie": versie}));
            change.log(&event.explained(reason))
        })
    }

    /// The number of the version of a case that is worked on, or that was closed last.
    pub fn zaakversie(&self, zaak: &str) -> Result<u32, StoreError> {
        let sql = "SELECT coalesce(max(versie), 1) FROM zaak_heropening WHERE zaak = ?";
        Ok(self.connection().query_row(sql, [zaak], |row| row.get(0))?)
    }

    /// The versions of a case, in order.
    pub fn zaakversies(&self, zaak: &str) -> Result<Vec<Zaakversie>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "WITH nummers(versie) AS (SELECT 1 UNION SELECT versie FROM zaak_heropening WHERE zaak = ?1
                 UNION SELECT versie FROM zaak_sluiting WHERE zaak = ?1)
             SELECT n.versie, h.door, h.wanneer, h.reden, s.door, s.wanneer, s.besluit_op, b.cijfers FROM nummers n
             LEFT JOIN zaak_heropening h ON h.zaak = ?1 AND h.versie = n.versie
             LEFT JOIN zaak_sluiting s ON s.zaak = ?1 AND s.versie = n.versie
             LEFT JOIN zaak_bewaard b ON b.zaak = ?1 AND b.versie = n.versie ORDER BY n.versie",
        )?;
        let mut files = bestanden(&connection, zaak)?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let versie = row.get(0)?;
            let gebeurd = |door: Option<String>, wanneer: Option<String>| {
                let wanneer = optional(wanneer)?;
                Ok::<_, StoreError>(
                    door.zip(wanneer)
                        .map(|(door, wanneer)| Gebeurd { door, wanneer }),
                )
            };
            let opened = gebeurd(row.get(1)?, row.get(2)?)?;
            let reden: Option<String> = row.get(3)?;
            let cijfers: Option<String> = row.get(7)?;
            let cijfers: Option<Cijfers> = cijfers
                .map(|text| serde_json::from_str(&text))
                .transpose()?;
            found.push(Zaakversie {
                versie,
                heropend: opened.zip(reden),
                gesloten: gebeurd(row.get(4)?, row.get(5)?)?,
                besluit_op: optional(row.get(6)?)?,
                bewaard: cijfers.map(|cijfers| Bewaard {
                    cijfers,
                    bestanden: files.remove(&versie).unwrap_or_default(),
                }),
            });
        }
        Ok(found)
    }

    /// The closed versions of which not everything is kept yet: case and version.
    pub fn versies_to_keep(&self) -> Result<Vec<(String, u32)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT s.zaak, s.versie FROM zaak_sluiting s WHERE NOT EXISTS
             (SELECT 1 FROM zaak_bewaard b WHERE b.zaak = s.zaak AND b.versie = s.versie) ORDER BY s.wanneer",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records that everything of a closed version is kept, with the hash of each file.
    pub fn record_kept(
        &self,
        zaak: &Zaak,
        versie: u32,
        bewaard: &Bewaard,
    ) -> Result<(), StoreError> {
        self.change(|change| {
            let cijfers = serde_json::to_string(&bewaard.cijfers)?;
            change.execute(
                "INSERT INTO zaak_bewaard VALUES (?, ?, ?, ?)",
                params![zaak.id, versie, cijfers, Timestamp::now().to_string()],
            )?;
            for one in &bewaard.bestanden {
                change.execute(
                    "INSERT INTO zaak_bestand VALUES (?, ?, ?, ?, ?, ?)",
                    params![
                        zaak.id,
                        versie,
                        one.naam,
                        one.sha256,
                        one.bytes.cast_signed(),
                        serde_json::to_string(&one.bronnen)?
                    ],
                )?;
            }
            let hashes: BTreeMap<&str, &str> = bewaard
                .bestanden
                .iter()
                .map(|one| (one.naam.as_str(), one.sha256.as_str()))
                .collect();
            let gegevens = json!({"versie": versie, "bestanden": hashes});
            change.log(&zaak.did(&Actor::program(), "zaak.bewaard", &zaak.id, gegevens))
        })
    }

    /// How far the records of a case go: the last of the schifting, and the last judgement.
    pub fn last_records(&self, zaak: &str) -> Result<(u64, u64), StoreError> {
        let judged: i64 = self.connection().query_row(
            "SELECT coalesce(max(id), 0) FROM beoordeling WHERE zaak = ?",
            [zaak],
            |row| row.get(0),
        )?;
        Ok((self.last_schifting(zaak)?, judged.unsigned_abs()))
    }

    /// Of how many documents the value of the schifting, and the judgement, are not those that held at `since`.
    pub fn changed_since(&self, zaak: &str, since: &Cijfers) -> Result<(u64, u64), StoreError> {
        let connection = self.connection();
        let count = |sql: &str, last: u64| {
            connection.query_row(sql, params![zaak, last.cast_signed()], |row| {
                Ok(row.get::<_, i64>(0)?.unsigned_abs())
            })
        };
        let sifted = count(
            "SELECT count(*) FROM schifting s LEFT JOIN schift_handeling nu ON nu.id = s.geldt
             WHERE s.zaak = ?1 AND s.id > ?2 AND nu.inhoud IS NOT
                 (SELECT toen.inhoud FROM schifting e LEFT JOIN schift_handeling toen ON toen.id = e.geldt
                  WHERE e.zaak = s.zaak AND e.document = s.document AND e.id <= ?2 ORDER BY e.id DESC LIMIT 1)
             AND s.id = (SELECT max(l.id) FROM schifting l WHERE l.zaak = s.zaak AND l.document = s.document)",
            since.laatste_schifting,
        )?;
        let judged = count(
            "SELECT count(*) FROM beoordeling b WHERE b.zaak = ?1 AND b.id > ?2 AND b.gegevens IS NOT
                 (SELECT e.gegevens FROM beoordeling e
                  WHERE e.zaak = b.zaak AND e.document = b.document AND e.id <= ?2 ORDER BY e.id DESC LIMIT 1)
             AND b.id = (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = b.zaak AND l.document = b.document)",
            since.laatste_beoordeling,
        )?;
        Ok((sifted, judged))
    }

    /// The sources of everything that was judged or numbered in a case.
    pub fn bronnen_of_zaak(&self, zaak: &str) -> Result<BTreeSet<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT bron FROM schifting WHERE zaak = ?1 UNION SELECT bron FROM beoordeling WHERE zaak = ?1
             UNION SELECT bron FROM documentnummer WHERE zaak = ?1",
        )?;
        let rows = statement.query_map([zaak], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is wrong with what is kept of closed versions, each in a sentence; nothing when every file is as the audit
    /// trail says. `state` is the state folder.
    pub fn check_versies(&self, state: &Path) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        for entry in self.audit_entries("zaak.bewaard")? {
            let versie = entry.gegevens["versie"].as_u64().unwrap_or_default();
            let versie = u32::try_from(versie).unwrap_or_default();
            let nummer = self.zaak(&entry.zaak)?.map(|zaak| zaak.intake.nummer);
            let known = entry.gegevens["bestanden"]
                .as_object()
                .into_iter()
                .flatten();
            for (naam, hash) in known {
                let path = versie_folder(state, &entry.zaak, versie).join(naam);
                let sound = match fs::File::open(path) {
                    Ok(mut file) => hash.as_str() == Some(&bestand::hash(&mut file)?.0),
                    Err(_) => false,
                };
                if !sound {
                    faults.push(format!(
                        "versie {versie} van zaak {}: {naam} is weg of niet meer die van regel {} van het auditspoor",
                        nummer.as_deref().unwrap_or("?"),
                        entry.nummer
                    ));
                }
            }
        }
        Ok(faults)
    }
}

fn no_open_round(change: &Change<'_>, zaak: &Zaak) -> Result<(), StoreError> {
    let open: Option<i64> = change
        .query_row(
            "SELECT nummer FROM zoekronde WHERE zaak = ? AND gesloten IS NULL LIMIT 1",
            [&zaak.id],
            |row| row.get(0),
        )
        .optional()?;
    match open {
        None => Ok(()),
        Some(round) => Err(StoreError::refused(format!(
            "zoekronde {round} is nog open; sluit die eerst"
        ))),
    }
}

/// The kept files of all versions of a case.
fn bestanden(
    connection: &Connection,
    zaak: &str,
) -> Result<BTreeMap<u32, Vec<Bewaardbestand>>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT versie, naam, sha256, bytes, bronnen FROM zaak_bestand WHERE zaak = ? ORDER BY versie, naam",
    )?;
    let mut rows = statement.query([zaak])?;
    let mut found: BTreeMap<u32, Vec<Bewaardbestand>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(Bewaardbestand {
            naam: row.get(1)?,
            sha256: row.get(2)?,
            bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            bronnen: serde_json::from_str(&row.get::<_, String>(4)?)?,
        });
    }
    Ok(found)
}
