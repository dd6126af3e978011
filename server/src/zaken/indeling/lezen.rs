//! Reading which documents belong to a deelbesluit or a belanghebbende now, and the deeds by which that came about. Every
//! record says of which source its document is: who may not see that source is not told of it.

use super::{Deel, must_exist};
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::zaken::parsed;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use zv_shared::DocId;

/// A document that was put with a deelbesluit or belanghebbende.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingedeeld {
    /// The document.
    pub document: DocId,
    /// Its source.
    pub bron: String,
    /// Whether it is relevant still; else it does not count.
    pub relevant: bool,
}

/// How many documents are with each deelbesluit and belanghebbende: relevant ones, and those that are not any more.
pub type Aantallen = BTreeMap<Deel, (u64, u64)>;

/// Holds for a record that is the last of its document.
const LAST: &str = "s.id = (SELECT max(l.id) FROM indeling_stuk l
     WHERE l.zaak = s.zaak AND l.spoor = s.spoor AND l.document = s.document)";

/// Whether a document is relevant now: the value is the name of `Waarde::Relevant`.
const RELEVANT: &str = "coalesce((SELECT g.waarde = 'relevant' FROM schifting t
     LEFT JOIN schift_handeling g ON g.id = t.geldt
     WHERE t.zaak = s.zaak AND t.document = s.document ORDER BY t.id DESC LIMIT 1), 0)";

/// A deed as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daad {
    /// Number within the case.
    pub nummer: u32,
    /// Of which deelbesluit or belanghebbende.
    pub deel: Deel,
    /// `erbij`, `eruit` or `terug`.
    pub wat: String,
    /// How the documents were chosen.
    pub omvang: String,
    /// Documents.
    pub aantal: u64,
    /// Key of who did it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

fn daad(row: &Row<'_>) -> Result<Daad, StoreError> {
    let (soort, nummer): (String, u32) = (row.get(1)?, row.get(2)?);
    Ok(Daad {
        nummer: row.get(0)?,
        deel: Deel::named(&soort, nummer).unwrap_or(Deel::Deelbesluit(nummer)),
        wat: row.get(3)?,
        omvang: row.get(4)?,
        aantal: row.get::<_, i64>(5)?.unsigned_abs(),
        door: row.get(6)?,
        wanneer: parsed(&row.get::<_, String>(7)?)?,
    })
}

/// The number of the deelbesluit that a document is in.
pub(crate) fn deelbesluit_of(
    connection: &Connection,
    zaak: &str,
    document: DocId,
) -> Result<Option<u32>, StoreError> {
    let sql = format!(
        "SELECT s.deel FROM indeling_stuk s WHERE s.zaak = ? AND s.spoor = 0 AND s.document = ?
         AND s.deel IS NOT NULL AND {LAST}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![zaak, document.0])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

impl Store {
    /// The documents of a deelbesluit or belanghebbende in order of id, after `after`, until `each` says `false`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none with this number.
    pub fn each_ingedeeld(
        &self,
        zaak: &str,
        deel: Deel,
        after: Option<DocId>,
        mut each: impl FnMut(Ingedeeld) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        must_exist(&connection, zaak, deel)?;
        let sql = format!(
            "SELECT s.document, s.bron, {RELEVANT} FROM indeling_stuk s
             WHERE s.zaak = ?1 AND s.spoor = ?2 AND s.deel = ?3 AND s.document > ?4 AND {LAST}
             ORDER BY s.document"
        );
        let after = after.map_or(Vec::new(), |id| id.0.to_vec());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, deel.spoor(), deel.nummer(), after])?;
        while let Some(row) = rows.next()? {
            let one = Ingedeeld {
                document: DocId(row.get(0)?),
                bron: row.get(1)?,
                relevant: row.get(2)?,
            };
            if !each(one)? {
                break;
            }
        }
        Ok(())
    }

    /// All documents of a deelbesluit or belanghebbende, in order of id.
    pub fn ingedeeld(&self, zaak: &str, deel: Deel) -> Result<Vec<Ingedeeld>, StoreError> {
        let mut found = Vec::new();
        self.each_ingedeeld(zaak, deel, None, |one| {
            found.push(one);
            Ok(true)
        })?;
        Ok(found)
    }

    /// How many documents are with each; with `zicht` only those that it shows.
    pub fn ingedeeld_counts(
        &self,
        zaak: &str,
        zicht: Option<&Zicht>,
    ) -> Result<Aantallen, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT s.spoor, s.deel, s.bron, {RELEVANT} AS telt, count(*), s.document FROM indeling_stuk s
             WHERE s.zaak = ?1 AND s.deel IS NOT NULL AND {LAST} GROUP BY 1, 2, 3, 4, iif(?2, s.document, NULL)"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let part = zicht.is_some_and(Zicht::is_part);
        let mut rows = statement.query(params![zaak, part])?;
        let mut counts = Aantallen::new();
        while let Some(row) = rows.next()? {
            let (spoor, nummer, bron): (u32, u32, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let document = DocId(row.get(5)?);
            if zicht.is_some_and(|zicht| !zicht.sees(&bron, document)) {
                continue;
            }
            let deel = match spoor {
                0 => Deel::Deelbesluit(nummer),
                _ => Deel::Belanghebbende(nummer),
            };
            let count = row.get::<_, i64>(4)?.unsigned_abs();
            let known = counts.entry(deel).or_default();
            match row.get(3)? {
                true => known.0 += count,
                false => known.1 += count,
            }
        }
        Ok(counts)
    }

    /// Where every document of a case belongs, in order of document.
    pub fn each_deel(
        &self,
        zaak: &str,
        mut each: impl FnMut(DocId, Deel),
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT s.document, s.spoor, s.deel FROM indeling_stuk s
             WHERE s.zaak = ? AND s.deel IS NOT NULL AND {LAST} ORDER BY s.document, s.spoor"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([zaak])?;
        while let Some(row) = rows.next()? {
            let nummer = row.get(2)?;
            let deel = match row.get::<_, u32>(1)? {
                0 => Deel::Deelbesluit(nummer),
                _ => Deel::Belanghebbende(nummer),
            };
            each(DocId(row.get(0)?), deel);
        }
        Ok(())
    }

    /// Where one document belongs.
    pub fn delen_of(&self, zaak: &str, document: DocId) -> Result<Vec<Deel>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT s.spoor, s.deel FROM indeling_stuk s
             WHERE s.zaak = ? AND s.document = ? AND s.deel IS NOT NULL AND {LAST} ORDER BY s.spoor"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![zaak, document.0], |row| {
            let nummer = row.get(1)?;
            Ok(match row.get::<_, u32>(0)? {
                0 => Deel::Deelbesluit(nummer),
                _ => Deel::Belanghebbende(nummer),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The numbers of the belanghebbenden who have a document in a deelbesluit.
    pub fn belanghebbenden_in(&self, zaak: &str, deelbesluit: u32) -> Result<Vec<u32>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT DISTINCT s.deel FROM indeling_stuk s
             WHERE s.zaak = ?1 AND s.spoor > 0 AND s.deel IS NOT NULL AND {LAST} AND s.document IN
             (SELECT s.document FROM indeling_stuk s WHERE s.zaak = ?1 AND s.spoor = 0 AND s.deel = ?2 AND {LAST})"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![zaak, deelbesluit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Number of the last record of a case; 0 when there is none.
    pub fn last_indeling(&self, zaak: &str) -> Result<u64, StoreError> {
        let last: i64 = self.connection().query_row(
            "SELECT coalesce(max(s.id), 0) FROM indeling_stuk s WHERE s.indeling =
                 (SELECT id FROM indeling WHERE zaak = ? ORDER BY nummer DESC LIMIT 1)",
            [zaak],
            |row| row.get(0),
        )?;
        Ok(last.unsigned_abs())
    }

    /// Whether every document of a deed exists for who looks; of a deed that is not there each does.
    pub fn sees_indeling(&self, zicht: &Zicht, nummer: u32) -> Result<bool, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT s.bron, s.document FROM indeling_stuk s JOIN indeling i ON i.id = s.indeling
             WHERE i.zaak = ? AND i.nummer = ? GROUP BY s.bron, iif(?, s.document, NULL)",
        )?;
        let which = params![zicht.zaak.id, nummer, zicht.is_part()];
        let rows = statement.query_map(which, |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (bron, document): (String, [u8; 16]) = row?;
            if !zicht.sees(&bron, DocId(document)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The deeds of a case, the newest first, without those with a document that `zicht` does not show.
    pub fn indelingen(&self, zicht: &Zicht) -> Result<Vec<Daad>, StoreError> {
        let zaak = &zicht.zaak.id;
        let connection = self.connection();
        let mut hidden = std::collections::BTreeSet::new();
        let mut statement = connection.prepare_cached(
            "SELECT i.nummer, s.bron, s.document FROM indeling_stuk s JOIN indeling i ON i.id = s.indeling
             WHERE i.zaak = ? GROUP BY i.nummer, s.bron, iif(?, s.document, NULL)",
        )?;
        let mut rows = statement.query(params![zaak, zicht.is_part()])?;
        while let Some(row) = rows.next()? {
            let (nummer, bron): (u32, String) = (row.get(0)?, row.get(1)?);
            if !zicht.sees(&bron, DocId(row.get(2)?)) {
                hidden.insert(nummer);
            }
        }
        let mut statement = connection.prepare_cached(
            "SELECT nummer, soort, deel, wat, omvang, aantal, door, wanneer FROM indeling
             WHERE zaak = ? ORDER BY nummer DESC",
        )?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(daad(row)?);
        }
        found.retain(|one| !hidden.contains(&one.nummer));
        Ok(found)
    }
}
