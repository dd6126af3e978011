//! Terms that the public account of a case hides, because they name a person. Owns which they are, and that one that was
//! hidden by mistake is shown again; how they are hidden stands in `uitvoer`. Nothing is ever changed: the last record of
//! a term holds. The audit trail learns that there is one more or less, never which.

use super::{Zaak, filled, parsed};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

/// Holds for the record that is the last one of its term.
const LAST: &str =
    "m.id = (SELECT max(l.id) FROM maskering l WHERE l.zaak = m.zaak AND l.term = m.term)";

/// A term with what holds of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gemaskeerd {
    /// The term, as it was last written.
    pub term: String,
    /// Whether it is hidden; else it was, and is shown again.
    pub gemaskeerd: bool,
    /// Key of who did the last of these.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

impl Store {
    /// Every term that is or was hidden in a case, by alphabet.
    pub fn maskeringen(&self, zaak: &str) -> Result<Vec<Gemaskeerd>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT term, gemaskeerd, door, wanneer FROM maskering m WHERE zaak = ? AND {LAST} ORDER BY term"
        );
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Gemaskeerd {
                term: row.get(0)?,
                gemaskeerd: row.get(1)?,
                door: row.get(2)?,
                wanneer: parsed(&row.get::<_, String>(3)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The hidden terms of a case, by alphabet.
    pub fn masked_terms(&self, zaak: &str) -> Result<Vec<String>, StoreError> {
        let all = self.maskeringen(zaak)?.into_iter();
        let hidden = all.filter(|one| one.gemaskeerd);
        Ok(hidden.map(|one| one.term).collect())
    }

    /// Hides a term in the public account of a case; nothing happens when it is hidden already.
    pub fn mask_term(&self, actor: &Actor, zaak: &Zaak, term: &str) -> Result<(), StoreError> {
        let term = filled(term, "de term", 200)?;
        if !term.chars().any(char::is_alphanumeric) {
            return Err(StoreError::refused("een term heeft letters of cijfers"));
        }
        self.set_mask(actor, zaak, &term, true)
    }

    /// Shows a term again that was hidden.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it is not hidden.
    pub fn unmask_term(&self, actor: &Actor, zaak: &Zaak, term: &str) -> Result<(), StoreError> {
        self.set_mask(actor, zaak, &filled(term, "de term", 200)?, false)
    }

    fn set_mask(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        term: &str,
        hide: bool,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist, Rol::Regisseur]) {
            return Err(StoreError::refused("uw rol maskeert geen termen"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            if is_hidden(change, zaak, term)? == hide {
                return match hide {
                    true => Ok(()),
                    false => Err(StoreError::refused("deze term is niet gemaskeerd")),
                };
            }
            change.execute(
                "INSERT INTO maskering (zaak, term, gemaskeerd, door, wanneer) VALUES (?, ?, ?, ?, ?)",
                params![zaak.id, term, hide, actor.id, Timestamp::now().to_string()],
            )?;
            let sql = format!("SELECT count(*) FROM maskering m WHERE zaak = ? AND gemaskeerd AND {LAST}");
            let count: i64 = change.query_row(&sql, [&zaak.id], |row| row.get(0))?;
            let actie = if hide { "term.gemaskeerd" } else { "term.getoond" };
            change.log(&zaak.did(actor, actie, &zaak.id, json!({"termen": count})))
        })
    }
}

fn is_hidden(change: &Change<'_>, zaak: &Zaak, term: &str) -> Result<bool, StoreError> {
    let sql =
        "SELECT gemaskeerd FROM maskering WHERE zaak = ? AND term = ? ORDER BY id DESC LIMIT 1";
    let last: Option<bool> = change
        .query_row(sql, params![zaak.id, term], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(false))
}
