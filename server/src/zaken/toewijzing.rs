//! Who judges which document of a case, and what people tell each other about a document. Nothing is ever changed: what
//! came last holds.

use super::schifting::Stuk;
use super::{Zaak, filled, parsed};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeMap;
use zv_shared::DocId;

/// A remark about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opmerking {
    /// What it says.
    pub tekst: String,
    /// Key of who wrote it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

impl Store {
    /// Gives documents to somebody to judge, or with `None` to nobody.
    pub fn assign(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        stukken: &[Stuk],
        aan: Option<&str>,
    ) -> Result<(), StoreError> {
        let share = [(aan.map(str::to_owned), stukken.to_vec())];
        self.assign_shares(actor, zaak, &share, None)?;
        Ok(())
    }

    /// Gives each share of documents to somebody to judge, or to nobody, in one go; gives how many each one got. With `van`
    /// only documents that are still that person's, or with `Some(None)` still nobody's: what somebody else handed out in
    /// the meantime stays where it is.
    pub fn assign_shares(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        shares: &[(Option<String>, Vec<Stuk>)],
        van: Option<Option<&str>>,
    ) -> Result<Vec<u64>, StoreError> {
        let may = [Rol::Informatiespecialist, Rol::WooJurist, Rol::Regisseur];
        if !actor.is_any(&may) {
            return Err(StoreError::refused("uw rol verdeelt geen documenten"));
        }
        let members = self.members(&zaak.id)?;
        if shares
            .iter()
            .any(|(aan, _)| aan.as_ref().is_some_and(|aan| !members.contains(aan)))
        {
            return Err(StoreError::refused("die persoon werkt niet aan deze zaak"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let mut given = Vec::new();
            for (aan, stukken) in shares {
                let aan = aan.as_deref();
                let count = give(change, actor, zaak, (stukken, aan), van)?;
                let gegevens = json!({"aantal": count});
                let object = aan.unwrap_or_default();
                change.log(&zaak.did(actor, "documenten.toegewezen", object, gegevens))?;
                given.push(count);
            }
            Ok(given)
        })
    }

    /// Who judges which document, with its source; documents of nobody are left out.
    pub fn toewijzingen(
        &self,
        zaak: &str,
    ) -> Result<BTreeMap<DocId, (String, String)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT document, bron, aan FROM toewijzing t WHERE zaak = ?1 AND aan IS NOT NULL AND id =
             (SELECT max(id) FROM toewijzing l WHERE l.zaak = ?1 AND l.document = t.document)",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok((DocId(row.get(0)?), (row.get(1)?, row.get(2)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who judges one document.
    pub fn assigned_to(&self, zaak: &str, document: DocId) -> Result<Option<String>, StoreError> {
        let sql =
            "SELECT aan FROM toewijzing WHERE zaak = ? AND document = ? ORDER BY id DESC LIMIT 1";
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql)?;
        let last = statement.query_row(params![zaak, document.0], |row| row.get(0));
        Ok(last.optional()?.flatten())
    }

    /// Adds a remark about a document.
    pub fn remark(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        stuk: &Stuk,
        tekst: &str,
    ) -> Result<(), StoreError> {
        let tekst = filled(tekst, "de opmerking", 2_000)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            change.execute(
                "INSERT INTO opmerking (zaak, document, bron, tekst, door, wanneer) VALUES (?, ?, ?, ?, ?, ?)",
                params![zaak.id, stuk.id.0, stuk.bron, tekst, actor.id, Timestamp::now().to_string()],
            )?;
            change.log(&zaak.did(actor, "opmerking.geplaatst", stuk.id.to_string(), json!({})))
        })
    }

    /// The remarks about a document, the oldest first.
    pub fn remarks(&self, zaak: &str, document: DocId) -> Result<Vec<Opmerking>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT tekst, door, wanneer FROM opmerking WHERE zaak = ? AND document = ? ORDER BY id",
        )?;
        let rows = statement.query_map(params![zaak, document.0], |row| {
            Ok(Opmerking {
                tekst: row.get(0)?,
                door: row.get(1)?,
                wanneer: parsed(&row.get::<_, String>(2)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn give(
    change: &Change<'_>,
    actor: &Actor,
    zaak: &Zaak,
    (stukken, aan): (&[Stuk], Option<&str>),
    van: Option<Option<&str>>,
) -> Result<u64, StoreError> {
    let mut now = change.prepare_cached(
        "SELECT aan FROM toewijzing WHERE zaak = ? AND document = ? ORDER BY id DESC LIMIT 1",
    )?;
    let mut write = change.prepare_cached(
        "INSERT INTO toewijzing (zaak, document, bron, aan, door, wanneer) VALUES (?, ?, ?, ?, ?, ?)",
    )?;
    let when = Timestamp::now().to_string();
    let mut count = 0;
    for stuk in stukken {
        if let Some(van) = van {
            let whose: Option<Option<String>> = now
                .query_row(params![zaak.id, stuk.id.0], |row| row.get(0))
                .optional()?;
            if whose.flatten().as_deref() != van {
                continue;
            }
        }
        write.execute(params![zaak.id, stuk.id.0, stuk.bron, aan, actor.id, when])?;
        count += 1;
    }
    Ok(count)
}
