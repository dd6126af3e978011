//! The lists with synonyms of a case. Every change is a new version, by whom, when and why; none is ever lost. Somebody
//! else approves a version, as with the zoekplan: it counts before that too, and the account says so. Never searches.
//!
//! | file | owns |
//! |---|---|
//! | `invoer` | from what is sent to the rows of a list |
//! | `gebruik` | with which lists a question is asked, now and again later |

pub mod gebruik;
pub mod invoer;

use super::{Zaak, filled, next_number};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use gebruik::keep;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;
use zv_shared::lists::List;

/// A case has so many lists at most: each of them is asked for every word of a question.
const MOST_LISTS: u32 = 50;
/// The longest name of a list, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 1_000;

/// One version of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lijstversie {
    /// Number of the list in the case, from 1.
    pub nummer: u32,
    /// Number of the version, from 1.
    pub versie: u32,
    /// What the list is called; the same in all its versions.
    pub naam: String,
    /// SHA-256 of its rows.
    pub sha256: String,
    /// How many terms it holds.
    pub termen: u64,
    /// What the rows were read from.
    pub bron: String,
    /// The version that the file itself stated.
    pub opgegeven: Option<String>,
    /// Whether it counts when somebody searches.
    pub aan: bool,
    /// Why it was changed.
    pub reden: String,
    /// Key of who did.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
    /// Who approved it, and when.
    pub goedgekeurd: Option<(String, Timestamp)>,
}

/// New rows for a list, and why.
pub struct Wijziging<'a> {
    /// The rows.
    pub lijst: &'a List,
    /// What they were read from.
    pub bron: &'a str,
    /// Why.
    pub reden: &'a str,
}

const COLUMNS: &str = "w.nummer, w.versie, w.naam, w.inhoud, i.termen, w.bron, w.opgegeven, w.aan, w.reden, w.door, \
     w.wanneer, w.goedgekeurd_door, w.goedgekeurd_op";

fn whole(row: &Row<'_>) -> rusqlite::Result<Lijstversie> {
    let approved = super::optional(row.get(12)?)?;
    Ok(Lijstversie {
        nummer: row.get(0)?,
        versie: row.get(1)?,
        naam: row.get(2)?,
        sha256: row.get(3)?,
        termen: row.get::<_, i64>(4)?.unsigned_abs(),
        bron: row.get(5)?,
        opgegeven: row.get(6)?,
        aan: row.get(7)?,
        reden: row.get(8)?,
        door: row.get(9)?,
        wanneer: super::parsed(&row.get::<_, String>(10)?)?,
        goedgekeurd: row.get::<_, Option<String>>(11)?.zip(approved),
    })
}

fn changes(actor: &Actor) -> Result<(), StoreError> {
    match actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist]) {
        true => Ok(()),
        false => Err(StoreError::refused("uw rol wijzigt geen woordenlijsten")),
    }
}

impl Store {
    /// All versions of all lists of a case, list by list, the oldest first.
    pub fn woordenlijsten(&self, zaak: &str) -> Result<Vec<Lijstversie>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT {COLUMNS} FROM woordenlijst w JOIN woordenlijst_inhoud i ON i.hash = w.inhoud
             WHERE w.zaak = ? ORDER BY w.nummer, w.versie"
        );
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([zaak], whole)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last version of each list of a case.
    pub fn woordenlijsten_now(&self, zaak: &str) -> Result<Vec<Lijstversie>, StoreError> {
        let mut last: Vec<Lijstversie> = Vec::new();
        for one in self.woordenlijsten(zaak)? {
            match last.last_mut().filter(|known| known.nummer == one.nummer) {
                Some(known) => *known = one,
                None => last.push(one),
            }
        }
        Ok(last)
    }

    /// One version of a list of a case, with its rows.
    pub fn woordenlijst(
        &self,
        zaak: &str,
        nummer: u32,
        versie: u32,
    ) -> Result<(Lijstversie, Vec<zv_shared::lists::Row>), StoreError> {
        let all = self.woordenlijsten(zaak)?.into_iter();
        let mut same = all.filter(|one| (one.nummer, one.versie) == (nummer, versie));
        let missing = StoreError::Missing("deze versie van de woordenlijst is er niet");
        let one = same.next().ok_or(missing)?;
        let gone = StoreError::Missing("de regels van deze woordenlijst zijn weg");
        let rows = self.list_rows(&one.sha256)?.ok_or(gone)?;
        Ok((one, rows))
    }

    /// Adds a list to a case. Gives its number.
    pub fn add_woordenlijst(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        naam: &str,
        wijziging: &Wijziging<'_>,
    ) -> Result<u32, StoreError> {
        changes(actor)?;
        let naam = filled(naam, "de naam van de lijst", LONGEST_NAME)?;
        let reden = filled(wijziging.reden, "de reden", LONGEST_REASON)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            if names(change, zaak)?.contains(&naam.to_lowercase()) {
                return Err(StoreError::refused(
                    "deze zaak heeft al een lijst met deze naam; voeg daar een versie aan toe",
                ));
            }
            let nummer = next_number(change, "woordenlijst", "nummer", &zaak.id)?;
            if nummer > MOST_LISTS {
                return Err(StoreError::refused(format!(
                    "een zaak heeft hoogstens {MOST_LISTS} woordenlijsten"
                )));
            }
            let new = Lijstversie {
                nummer,
                versie: 1,
                naam,
                reden,
                ..of(wijziging, actor)
            };
            keep(change, wijziging.lijst)?;
            insert(change, actor, zaak, &new)?;
            Ok(nummer)
        })
    }

    /// Gives a list other rows, after `gezien`, the last version that its writer saw. A list that was off counts again.
    pub fn change_woordenlijst(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        (nummer, gezien): (u32, u32),
        wijziging: &Wijziging<'_>,
    ) -> Result<u32, StoreError> {
        let reden = filled(wijziging.reden, "de reden", LONGEST_REASON)?;
        self.next_version(actor, zaak, (nummer, gezien), |change, last| {
            keep(change, wijziging.lijst)?;
            Ok(Lijstversie {
                nummer,
                versie: last.versie + 1,
                naam: last.naam,
                reden,
                ..of(wijziging, actor)
            })
        })
    }

    /// Switches a list off or on, after `gezien`, the last version that its writer saw.
    pub fn use_woordenlijst(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        (nummer, gezien): (u32, u32),
        (aan, reden): (bool, &str),
    ) -> Result<u32, StoreError> {
        let reden = filled(reden, "de reden", LONGEST_REASON)?;
        self.next_version(actor, zaak, (nummer, gezien), |_, last| {
            if last.aan == aan {
                let state = if aan { "aan" } else { "uit" };
                return Err(StoreError::refused(format!("deze lijst staat al {state}")));
            }
            Ok(Lijstversie {
                versie: last.versie + 1,
                aan,
                reden,
                door: actor.id.clone(),
                wanneer: Timestamp::now(),
                goedgekeurd: None,
                ..last
            })
        })
    }

    fn next_version(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        (nummer, gezien): (u32, u32),
        next: impl FnOnce(&Change<'_>, Lijstversie) -> Result<Lijstversie, StoreError>,
    ) -> Result<u32, StoreError> {
        changes(actor)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            let sql = format!(
                "SELECT {COLUMNS} FROM woordenlijst w JOIN woordenlijst_inhoud i ON i.hash = w.inhoud
                 WHERE w.zaak = ? AND w.nummer = ? ORDER BY w.versie DESC LIMIT 1"
            );
            let last = change
                .query_row(&sql, params![zaak.id, nummer], whole)
                .optional()?;
            let last = last.ok_or(StoreError::Missing("deze woordenlijst bestaat niet"))?;
            if last.versie != gezien {
                return Err(StoreError::Conflict(format!(
                    "iemand anders heeft intussen versie {} opgeslagen; bekijk die eerst",
                    last.versie
                )));
            }
            let new = next(change, last)?;
            insert(change, actor, zaak, &new)?;
            Ok(new.versie)
        })
    }

    /// Approves the last version of a list; where people have accounts, somebody else than its writer does.
    pub fn approve_woordenlijst(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        nummer: u32,
        versie: u32,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Regisseur, Rol::WooJurist]) {
            return Err(StoreError::refused(
                "alleen een regisseur of Woo-jurist keurt een woordenlijst goed",
            ));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let writer: Option<String> = change
                .query_row(
                    "SELECT door FROM woordenlijst
                     WHERE zaak = ? AND nummer = ? AND versie = ? AND goedgekeurd_op IS NULL",
                    params![zaak.id, nummer, versie],
                    |row| row.get(0),
                )
                .optional()?;
            let writer = writer.ok_or(StoreError::Missing(
                "deze versie bestaat niet of is al goedgekeurd",
            ))?;
            if writer == actor.id && !actor.is_local() {
                return Err(StoreError::refused(
                    "een ander dan de schrijver keurt de woordenlijst goed",
                ));
            }
            change.execute(
                "UPDATE woordenlijst SET goedgekeurd_door = ?, goedgekeurd_op = ?
                 WHERE zaak = ? AND nummer = ? AND versie = ?",
                params![
                    actor.id,
                    Timestamp::now().to_string(),
                    zaak.id,
                    nummer,
                    versie
                ],
            )?;
            let object = format!("{nummer}.{versie}");
            change.log(&zaak.did(actor, "woordenlijst.goedgekeurd", object, json!({})))
        })
    }
}

/// The names of the lists of a case, in small letters.
fn names(change: &Change<'_>, zaak: &Zaak) -> Result<Vec<String>, StoreError> {
    let mut statement = change.prepare("SELECT naam FROM woordenlijst WHERE zaak = ?")?;
    let rows = statement.query_map([&zaak.id], |row| row.get::<_, String>(0))?;
    Ok(rows
        .map(|name| name.map(|name| name.to_lowercase()))
        .collect::<Result<_, _>>()?)
}

/// A version with these rows; its number, name and reason are to be filled in.
fn of(wijziging: &Wijziging<'_>, actor: &Actor) -> Lijstversie {
    Lijstversie {
        nummer: 0,
        versie: 0,
        naam: String::new(),
        sha256: wijziging.lijst.hash().to_owned(),
        termen: wijziging.lijst.terms() as u64,
        bron: wijziging.bron.to_owned(),
        opgegeven: wijziging.lijst.stated().map(str::to_owned),
        aan: true,
        reden: String::new(),
        door: actor.id.clone(),
        wanneer: Timestamp::now(),
        goedgekeurd: None,
    }
}

fn insert(
    change: &Change<'_>,
    actor: &Actor,
    zaak: &Zaak,
    new: &Lijstversie,
) -> Result<(), StoreError> {
    change.execute(
        "INSERT INTO woordenlijst VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        params![
            zaak.id,
            new.nummer,
            new.versie,
            new.naam,
            new.sha256,
            new.bron,
            new.opgegeven,
            new.aan,
            new.reden,
            new.door,
            new.wanneer.to_string()
        ],
    )?;
    let object = format!("{}.{}", new.nummer, new.versie);
    let gegevens = json!({"sha256": new.sha256, "termen": new.termen, "aan": new.aan});
    change.log(&zaak.did(actor, "woordenlijst.gewijzigd", object, gegevens))
}
