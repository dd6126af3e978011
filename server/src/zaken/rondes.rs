//! Zoekrondes: searches that belong together, with what they were for and what came of them. A closed round never
//! changes.

use super::{Zaak, filled, next_number, optional, parsed};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

/// A round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoekronde {
    /// Number within the case, from 1.
    pub nummer: u32,
    /// What it is for.
    pub doel: String,
    /// Key of who opened it.
    pub door: String,
    /// When.
    pub geopend: Timestamp,
    /// What came of it; when it is closed.
    pub conclusie: Option<String>,
    /// When it was closed.
    pub gesloten: Option<Timestamp>,
}

fn may_search(actor: &Actor) -> Result<(), StoreError> {
    match actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist]) {
        true => Ok(()),
        false => Err(StoreError::refused(
            "alleen een informatiespecialist of Woo-jurist doet een zoekronde",
        )),
    }
}

impl Store {
    /// The rounds of a case, in order.
    pub fn rondes(&self, zaak: &str) -> Result<Vec<Zoekronde>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT nummer, doel, door, geopend, conclusie, gesloten FROM zoekronde WHERE zaak = ? ORDER BY nummer",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Zoekronde {
                nummer: row.get(0)?,
                doel: row.get(1)?,
                door: row.get(2)?,
                geopend: parsed(&row.get::<_, String>(3)?)?,
                conclusie: row.get(4)?,
                gesloten: optional(row.get(5)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Opens a round; there is one open at a time.
    pub fn open_ronde(&self, actor: &Actor, zaak: &Zaak, doel: &str) -> Result<u32, StoreError> {
        may_search(actor)?;
        let doel = filled(doel, "waarvoor deze ronde is", 2_000)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            let open: Option<u32> = change
                .query_row(
                    "SELECT nummer FROM zoekronde WHERE zaak = ? AND gesloten IS NULL",
                    [&zaak.id],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(open) = open {
                return Err(StoreError::refused(format!("zoekronde {open} is nog open")));
            }
            let nummer = next_number(change, "zoekronde", "nummer", &zaak.id)?;
            change.execute(
                "INSERT INTO zoekronde VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)",
                params![
                    zaak.id,
                    nummer,
                    doel,
                    actor.id,
                    Timestamp::now().to_string()
                ],
            )?;
            change.log(&zaak.did(actor, "zoekronde.geopend", nummer.to_string(), json!({})))?;
            Ok(nummer)
        })
    }

    /// Puts a zoekactie in the open round; it stays there. Its counts are complete by then, so that a round always is.
    pub fn put_in_ronde(&self, actor: &Actor, zaak: &Zaak, nummer: u32) -> Result<u32, StoreError> {
        may_search(actor)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            let ronde: Option<u32> = change
                .query_row(
                    "SELECT nummer FROM zoekronde WHERE zaak = ? AND gesloten IS NULL",
                    [&zaak.id],
                    |row| row.get(0),
                )
                .optional()?;
            let ronde = ronde.ok_or_else(|| StoreError::refused("er is geen zoekronde open; open er eerst een"))?;
            let counted: Option<bool> = change
                .query_row(
                    "SELECT telling IS NOT NULL AND json_extract(telling, '$.gemist') IS NULL
                     FROM zoekactie WHERE zaak = ? AND nummer = ? AND ronde IS NULL",
                    params![zaak.id, nummer],
                    |row| row.get(0),
                )
                .optional()?;
            match counted {
                None => return Err(StoreError::Missing("deze zoekactie bestaat niet of staat al in een ronde")),
                Some(false) => {
                    return Err(StoreError::refused(
                        "de tellingen van deze zoekactie zijn er nog niet; wacht even, of zoek opnieuw",
                    ));
                }
                Some(true) => {}
            }
            change.execute(
                "UPDATE zoekactie SET ronde = ? WHERE zaak = ? AND nummer = ?",
                params![ronde, zaak.id, nummer],
            )?;
            let gegevens = json!({"ronde": ronde});
            change.log(&zaak.did(actor, "zoekactie.in-ronde", nummer.to_string(), gegevens))?;
            Ok(ronde)
        })
    }

    /// Closes the open round. `sources` are all sources of the archive: of each the zoekplan must say whether it is
    /// searched, or why not.
    pub fn close_ronde(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        conclusie: &str,
        sources: &[String],
    ) -> Result<u32, StoreError> {
        may_search(actor)?;
        let conclusie = filled(conclusie, "de conclusie", 5_000)?;
        let plan = self
            .zoekplannen(&zaak.id)?
            .pop()
            .map(|versie| versie.inhoud)
            .unwrap_or_default();
        let silent = plan.without_reason(sources.iter().map(String::as_str));
        if !zaak.is_local() && !silent.is_empty() {
            return Err(StoreError::refused(format!(
                "het zoekplan zegt niet waarom deze bronnen niet doorzocht worden: {}",
                silent.join(", ")
            )));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let ronde: Option<u32> = change
                .query_row(
                    "SELECT nummer FROM zoekronde WHERE zaak = ? AND gesloten IS NULL",
                    [&zaak.id],
                    |row| row.get(0),
                )
                .optional()?;
            let ronde = ronde.ok_or_else(|| StoreError::refused("er is geen zoekronde open"))?;
            change.execute(
                "UPDATE zoekronde SET conclusie = ?, gesloten_door = ?, gesloten = ? WHERE zaak = ? AND nummer = ?",
                params![conclusie, actor.id, Timestamp::now().to_string(), zaak.id, ronde],
            )?;
            change.log(&zaak.did(actor, "zoekronde.gesloten", ronde.to_string(), json!({})))?;
            Ok(ronde)
        })
    }
}
