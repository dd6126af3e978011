//! Terms that the public account of a case hides, because they name a person. Owns which they are; how they are hidden
//! stands in `uitvoer`. The audit trail learns that there is one more, never which.

use super::{Zaak, filled};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

impl Store {
    /// The hidden terms of a case, by alphabet.
    pub fn masked_terms(&self, zaak: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT term FROM gemaskeerde_term WHERE zaak = ? ORDER BY term")?;
        let rows = statement.query_map([zaak], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hides a term in the public account of a case; nothing happens when it is hidden already.
    pub fn mask_term(&self, actor: &Actor, zaak: &Zaak, term: &str) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist, Rol::Regisseur]) {
            return Err(StoreError::refused("uw rol maskeert geen termen"));
        }
        let term = filled(term, "de term", 200)?;
        if !term.chars().any(char::is_alphanumeric) {
            return Err(StoreError::refused("een term heeft letters of cijfers"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let added = change.execute(
                "INSERT OR IGNORE INTO gemaskeerde_term VALUES (?, ?, ?, ?)",
                params![zaak.id, term, actor.id, Timestamp::now().to_string()],
            )?;
            if added == 0 {
                return Ok(());
            }
            let count: i64 = change.query_row(
                "SELECT count(*) FROM gemaskeerde_term WHERE zaak = ?",
                [&zaak.id],
                |row| row.get(0),
            )?;
            let gegevens = json!({"termen": count});
            change.log(&zaak.did(actor, "term.gemaskeerd", &zaak.id, gegevens))
        })
    }
}
