//! What a case numbers from 1 and of which every change is kept: questions to persons, deelbesluiten, belanghebbenden,
//! zienswijzen. A change is a new version of the same number; none is ever changed. Never knows what it holds.

use super::{Versie, Zaak, next_number, parsed};
use crate::mensen::Actor;
use crate::store::{Change, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One of them, with all its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reeks<T> {
    /// Number within the case, from 1.
    pub nummer: u32,
    /// The oldest first; never empty.
    pub versies: Vec<Versie<T>>,
}

impl<T> Reeks<T> {
    /// What it says now.
    pub fn nu(&self) -> Option<&T> {
        self.versies.last().map(|versie| &versie.inhoud)
    }
}

/// What the last version of each says, with its number.
pub fn nu<T>(reeksen: &[Reeks<T>]) -> impl Iterator<Item = (u32, &T)> {
    reeksen
        .iter()
        .filter_map(|one| Some((one.nummer, one.nu()?)))
}

/// All in `table`, in order.
pub(crate) fn read<T: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    zaak: &str,
) -> Result<Vec<Reeks<T>>, StoreError> {
    let sql = format!(
        "SELECT nummer, versie, inhoud, door, wanneer FROM {table} WHERE zaak = ? ORDER BY nummer, versie"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([zaak])?;
    let mut found: Vec<Reeks<T>> = Vec::new();
    while let Some(row) = rows.next()? {
        let nummer = row.get(0)?;
        let versie = Versie {
            nummer: row.get(1)?,
            inhoud: serde_json::from_str(&row.get::<_, String>(2)?)?,
            door: row.get(3)?,
            wanneer: parsed(&row.get::<_, String>(4)?)?,
        };
        match found.last_mut().filter(|last| last.nummer == nummer) {
            Some(last) => last.versies.push(versie),
            None => found.push(Reeks {
                nummer,
                versies: vec![versie],
            }),
        }
    }
    Ok(found)
}

/// What is said when a later version cannot be written.
pub(crate) struct Weigering {
    /// There is nothing with this number.
    pub ontbreekt: &'static str,
    /// Somebody else wrote a version in between.
    pub intussen: &'static str,
}

/// Writes a new one, or with `earlier` (a number, and the last version that its writer saw) a later version of one; gives
/// its number and version.
pub(crate) fn write<T: Serialize>(
    change: &Change<'_>,
    table: &str,
    (actor, zaak): (&Actor, &Zaak),
    earlier: Option<(u32, u32)>,
    inhoud: &T,
    weigering: &Weigering,
) -> Result<(u32, u32), StoreError> {
    let (nummer, versie) = match earlier {
        None => (next_number(change, table, "nummer", &zaak.id)?, 1),
        Some((nummer, seen)) => {
            let sql = format!(
                "SELECT coalesce(max(versie), 0) FROM {table} WHERE zaak = ? AND nummer = ?"
            );
            let last: u32 = change.query_row(&sql, params![zaak.id, nummer], |row| row.get(0))?;
            match last {
                0 => return Err(StoreError::Missing(weigering.ontbreekt)),
                last if last != seen => {
                    return Err(StoreError::Conflict(weigering.intussen.into()));
                }
                last => (nummer, last + 1),
            }
        }
    };
    let text = serde_json::to_string(inhoud)?;
    let now = Timestamp::now().to_string();
    change.execute(
        &format!("INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)"),
        params![zaak.id, nummer, versie, text, actor.id, now],
    )?;
    Ok((nummer, versie))
}
