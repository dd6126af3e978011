//! Reading the schifting of a case: the value of each document that holds now, how it came about, and the figures. Who
//! may not see a source gets nothing of its documents: every question here says which sources it is asked for.

use super::{Schifting, Waarde};
use crate::mensen::{Actor, Via};
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::zaken::parsed;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use std::collections::{BTreeMap, BTreeSet};
use zv_shared::{ContentHash, DocId};

/// One record of a schifting.
#[derive(Clone, Debug, PartialEq)]
pub struct Geschift {
    /// Number of the record.
    pub record: u64,
    /// The document.
    pub document: DocId,
    /// What it held then.
    pub inhoud: Option<ContentHash>,
    /// Its source.
    pub bron: String,
    /// The deed that wrote the record.
    pub handeling: u32,
    /// How the documents of the deed were chosen.
    pub omvang: String,
    /// Documents in the deed.
    pub aantal: u64,
    /// Whether the deed took something back.
    pub teruggedraaid: bool,
    /// What holds from then on; `None` when nothing does.
    pub schifting: Option<Schifting>,
    /// Key of who did it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

const SELECT: &str =
    "SELECT s.id, s.document, s.inhoud, s.bron, h.nummer, h.omvang, h.aantal, h.waarde IS NULL,
    g.inhoud, h.door, h.wanneer FROM schifting s
    JOIN schift_handeling h ON h.id = s.handeling LEFT JOIN schift_handeling g ON g.id = s.geldt";

fn geschift(row: &Row<'_>) -> Result<Geschift, StoreError> {
    let inhoud: Option<[u8; 32]> = row.get(2)?;
    let schifting: Option<String> = row.get(8)?;
    Ok(Geschift {
        record: row.get::<_, i64>(0)?.unsigned_abs(),
        document: DocId(row.get(1)?),
        inhoud: inhoud.map(ContentHash),
        bron: row.get(3)?,
        handeling: row.get(4)?,
        omvang: row.get(5)?,
        aantal: row.get::<_, i64>(6)?.unsigned_abs(),
        teruggedraaid: row.get(7)?,
        schifting: schifting
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
        door: row.get(9)?,
        wanneer: parsed(&row.get::<_, String>(10)?)?,
    })
}

/// The last record of one document.
pub(crate) fn last_geschift(
    connection: &Connection,
    zaak: &str,
    document: DocId,
) -> Result<Option<Geschift>, StoreError> {
    let sql = format!("{SELECT} WHERE s.zaak = ?1 AND s.document = ?2 ORDER BY s.id DESC LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![zaak, document.0])?;
    rows.next()?.map(geschift).transpose()
}

impl Store {
    /// The names of all accounts by their keys, and of what works without one.
    pub fn names(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let mut names: BTreeMap<String, String> = self
            .accounts()?
            .into_iter()
            .map(|account| (account.id, account.naam))
            .collect();
        for actor in [Actor::local(Via::Opdracht), Actor::program()] {
            names.insert(actor.id, actor.naam);
        }
        Ok(names)
    }

    /// The last record of every judged document of a case in order of id, after `after`, until `each` says `false`.
    /// A value that was taken back altogether comes along as `None`.
    pub fn each_geschift(
        &self,
        zaak: &str,
        after: Option<DocId>,
        mut each: impl FnMut(Geschift) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let sql = format!(
            "{SELECT} JOIN schifting_nu n ON n.record = s.id WHERE n.zaak = ?1 AND n.document > ?2 ORDER BY n.document"
        );
        let after = after.map_or(Vec::new(), |id| id.0.to_vec());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, after])?;
        while let Some(row) = rows.next()? {
            if !each(geschift(row)?)? {
                break;
            }
        }
        Ok(())
    }

    /// The value of every document of a case that has one, in order of id.
    pub fn schifting_now(&self, zaak: &str) -> Result<Vec<Geschift>, StoreError> {
        let mut found = Vec::new();
        self.each_geschift(zaak, None, |one| {
            if one.schifting.is_some() {
                found.push(one);
            }
            Ok(true)
        })?;
        Ok(found)
    }

    /// All records of one document, the newest first.
    pub fn schifting_of(&self, zaak: &str, document: DocId) -> Result<Vec<Geschift>, StoreError> {
        let connection = self.connection();
        let sql = format!("{SELECT} WHERE s.zaak = ?1 AND s.document = ?2 ORDER BY s.id DESC");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, document.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(geschift(row)?);
        }
        Ok(found)
    }

    /// How many documents have each value now, of the sources that `zicht` shows.
    pub fn schifting_counts(&self, zicht: &Zicht) -> Result<BTreeMap<Waarde, u64>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT bron, waarde, count(*), document FROM schifting_nu WHERE zaak = ? AND waarde IS NOT NULL
             GROUP BY waarde, bron, iif(?, document, NULL)",
        )?;
        let mut rows = statement.query(params![zicht.zaak.id, zicht.is_part()])?;
        let mut counts = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (bron, waarde): (String, String) = (row.get(0)?, row.get(1)?);
            let sees = zicht.sees(&bron, DocId(row.get(3)?));
            if let Some(waarde) = Waarde::named(&waarde).filter(|_| sees) {
                *counts.entry(waarde).or_default() += row.get::<_, i64>(2)?.unsigned_abs();
            }
        }
        Ok(counts)
    }

    /// Number of the last record of a case that everybody can have seen; 0 when there is none. While a deed is being
    /// written it is the last one from before that: what holds later must count as not seen.
    pub fn last_schifting(&self, zaak: &str) -> Result<u64, StoreError> {
        let last: i64 = self.connection().query_row(
            "SELECT coalesce(max(id), 0) FROM schifting_rij WHERE zaak = ?1 AND id <=
                 coalesce((SELECT vanaf FROM schift_bezig WHERE zaak = ?1), 9223372036854775807)",
            [zaak],
            |row| row.get(0),
        )?;
        Ok(last.unsigned_abs())
    }

    /// Whether every document of a deed exists for who looks; of a deed that is not there each does.
    pub fn sees_deed(&self, zicht: &Zicht, deed: u32) -> Result<bool, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT s.bron, s.document FROM schifting s JOIN schift_handeling h ON h.id = s.handeling
             WHERE h.zaak = ? AND h.nummer = ? GROUP BY s.bron, iif(?, s.document, NULL)",
        )?;
        let which = params![zicht.zaak.id, deed, zicht.is_part()];
        let rows = statement.query_map(which, |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (bron, document): (String, [u8; 16]) = row?;
            if !zicht.sees(&bron, DocId(document)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The deeds of a case with a document that `zicht` does not show.
    pub fn deeds_outside(&self, zicht: &Zicht) -> Result<BTreeSet<u32>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT h.nummer, s.bron, s.document FROM schifting s JOIN schift_handeling h ON h.id = s.handeling
             WHERE s.zaak = ? GROUP BY h.nummer, s.bron, iif(?, s.document, NULL)",
        )?;
        let which = params![zicht.zaak.id, zicht.is_part()];
        let rows = statement.query_map(which, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows: Vec<(u32, String, [u8; 16])> = rows.collect::<Result<_, _>>()?;
        let outside = rows
            .into_iter()
            .filter(|(_, bron, document)| !zicht.sees(bron, DocId(*document)));
        Ok(outside.map(|(nummer, ..)| nummer).collect())
    }

    /// The deeds of a case, the newest first.
    pub fn schift_deeds(&self, zaak: &str) -> Result<Vec<Deed>, StoreError> {
        let connection = self.connection();
        let sql = format!("{DEED} WHERE zaak = ? ORDER BY nummer DESC");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(deed(row)?);
        }
        Ok(found)
    }

    /// One deed of a case.
    pub fn schift_deed(&self, zaak: &str, nummer: u32) -> Result<Option<Deed>, StoreError> {
        let connection = self.connection();
        let sql = format!("{DEED} WHERE zaak = ? AND nummer = ?");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, nummer])?;
        rows.next()?.map(deed).transpose()
    }
}

const DEED: &str =
    "SELECT nummer, omvang, van, inhoud, aantal, hash, door, wanneer FROM schift_handeling";

fn deed(row: &Row<'_>) -> Result<Deed, StoreError> {
    let schifting: Option<String> = row.get(3)?;
    Ok(Deed {
        nummer: row.get(0)?,
        omvang: row.get(1)?,
        van: row.get(2)?,
        schifting: schifting
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
        aantal: row.get::<_, i64>(4)?.unsigned_abs(),
        hash: row.get(5)?,
        door: row.get(6)?,
        wanneer: parsed(&row.get::<_, String>(7)?)?,
    })
}

/// A deed as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// Number within the case.
    pub nummer: u32,
    /// How the documents were chosen.
    pub omvang: String,
    /// Of which document, zoekactie or deed.
    pub van: String,
    /// The value; `None` when something was taken back.
    pub schifting: Option<Schifting>,
    /// Documents.
    pub aantal: u64,
    /// SHA-256 over the documents and their content, as [`crate::zaken::telling::results_hash`] makes it.
    pub hash: String,
    /// Key of who did it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}
