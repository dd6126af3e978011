//! How far a case is: small figures for its overview, counted where they are kept. Never judges, never searches.

use super::parsed;
use super::schifting::Waarde;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use jiff::Timestamp;
use rusqlite::params;
use std::collections::BTreeMap;
use zv_shared::DocId;

/// What was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gezocht {
    /// Zoekacties.
    pub zoekacties: u64,
    /// Those in a round.
    pub in_ronde: u64,
}

/// How far the beoordeling is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beoordeeld {
    /// Documents that are relevant.
    pub relevant: u64,
    /// Those that were judged.
    pub beoordeeld: u64,
    /// Those of which the judgement is final.
    pub definitief: u64,
}

/// What left the case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uitgevoerd {
    /// Times.
    pub keer: u64,
    /// When the account was taken out last.
    pub verantwoording: Option<Timestamp>,
}

/// How far the schifting of what was found in rounds is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Geschift {
    /// Documents that were found in rounds; `None` while they are still being counted.
    pub in_rondes: Option<u64>,
    /// Those of them without a value.
    pub nog: u64,
    /// Documents per value.
    pub per_waarde: BTreeMap<Waarde, u64>,
}

impl Store {
    /// What was searched in a case.
    pub fn gezocht(&self, zaak: &str) -> Result<Gezocht, StoreError> {
        let sql = "SELECT count(*), count(ronde) FROM zoekactie WHERE zaak = ?";
        let count = |row: &rusqlite::Row<'_>| {
            Ok(Gezocht {
                zoekacties: row.get::<_, i64>(0)?.unsigned_abs(),
                in_ronde: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        };
        Ok(self.connection().query_row(sql, [zaak], count)?)
    }

    /// How many documents of a case have a number.
    pub fn numbered(&self, zaak: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM documentnummer WHERE zaak = ?";
        let count: i64 = self.connection().query_row(sql, [zaak], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// What left a case.
    pub fn uitgevoerd(&self, zaak: &str) -> Result<Uitgevoerd, StoreError> {
        let sql =
            "SELECT count(*), max(wanneer) FILTER (WHERE soort LIKE 'verantwoording%') FROM uitvoer
            WHERE zaak = ?";
        let (keer, last) = self.connection().query_row(sql, [zaak], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        Ok(Uitgevoerd {
            keer: keer.unsigned_abs(),
            verantwoording: last.map(|text| parsed(&text)).transpose()?,
        })
    }

    /// How far the beoordeling of the relevant documents is, of the sources that `zicht` shows.
    pub fn beoordeeld(&self, zicht: &Zicht) -> Result<Beoordeeld, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT n.bron, count(*), count(b.id), count(d.beoordeling), n.document FROM schifting_nu n
             LEFT JOIN beoordeling b ON b.id = (SELECT max(l.id) FROM beoordeling l
                 WHERE l.zaak = n.zaak AND l.document = n.document)
             LEFT JOIN beoordeling_definitief d ON d.beoordeling = b.id
             WHERE n.zaak = ? AND n.waarde = ? GROUP BY n.bron, iif(?, n.document, NULL)",
        )?;
        let mut rows = statement.query(params![
            zicht.zaak.id,
            Waarde::Relevant.name(),
            zicht.is_part()
        ])?;
        let mut sum = Beoordeeld::default();
        while let Some(row) = rows.next()? {
            if zicht.sees(&row.get::<_, String>(0)?, DocId(row.get(4)?)) {
                sum.relevant += row.get::<_, i64>(1)?.unsigned_abs();
                sum.beoordeeld += row.get::<_, i64>(2)?.unsigned_abs();
                sum.definitief += row.get::<_, i64>(3)?.unsigned_abs();
            }
        }
        Ok(sum)
    }
}

impl App {
    /// How far the schifting of a case is for who sees it so.
    pub fn geschift(&self, zicht: &Zicht) -> Result<Geschift, Problem> {
        let zaak = &zicht.zaak.id;
        let found = self.found_in_rounds(&zicht.zaak)?;
        let judged = self.store.sifted(zaak)?;
        let left = |id: &&DocId| judged.binary_search(id).is_err();
        let nog = found
            .as_ref()
            .map_or(0, |found| found.iter().filter(left).count());
        Ok(Geschift {
            in_rondes: found.map(|found| found.len() as u64),
            nog: nog as u64,
            per_waarde: self.store.schifting_counts(zicht)?,
        })
    }
}
