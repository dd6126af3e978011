//! Rows of documents that wait for somebody: what is left to judge in a case, apart from the question that found it. Only
//! documents that who asks may see.

use super::Zaak;
use super::schifting::Waarde;
use super::vergelijking;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::uitvoer::verzameling::by_place;
use rusqlite::params;
use std::collections::BTreeSet;
use zv_shared::index::Search;
use zv_shared::{DocId, Query};

/// Which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rij {
    /// What was given to who asks to judge.
    Mijn,
    /// Found in a round, without a value.
    TeSchiften,
    /// In doubt.
    Twijfel,
    /// Relevant, and not judged yet.
    TeBeoordelen,
    /// Judged by somebody else, and not final yet.
    NogDefinitief,
    /// The same content, judged differently.
    Tegenstrijdig,
}

impl Rij {
    /// All rows.
    pub const ALL: [Rij; 6] = [
        Rij::Mijn,
        Rij::TeSchiften,
        Rij::Twijfel,
        Rij::TeBeoordelen,
        Rij::NogDefinitief,
        Rij::Tegenstrijdig,
    ];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Rij::Mijn => "mijn",
            Rij::TeSchiften => "te-schiften",
            Rij::Twijfel => "twijfel",
            Rij::TeBeoordelen => "te-beoordelen",
            Rij::NogDefinitief => "nog-definitief",
            Rij::Tegenstrijdig => "tegenstrijdig",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Rij::Mijn => "mijn stukken",
            Rij::TeSchiften => "gevonden, nog niet geschift",
            Rij::Twijfel => "twijfel",
            Rij::TeBeoordelen => "relevant, nog niet beoordeeld",
            Rij::NogDefinitief => "beoordeeld, nog niet definitief",
            Rij::Tegenstrijdig => "tegenstrijdig",
        }
    }

    /// The row with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rij| rij.name() == name)
    }
}

/// So many documents are put by source and path, with families together; looking up more of them takes too long for a
/// page, and they stay in the order in which they came.
const MOST_BY_PLACE: usize = 1_000;

impl Store {
    /// The documents of a case that have a value, in order of id.
    pub fn sifted(&self, zaak: &str) -> Result<Vec<DocId>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT document FROM schifting_nu WHERE zaak = ? AND waarde IS NOT NULL ORDER BY document",
        )?;
        let rows = statement.query_map([zaak], |row| Ok(DocId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn rij(&self, zicht: &Zicht, sql: &str, value: &str) -> Result<Vec<DocId>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![zicht.zaak.id, value])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let document = DocId(row.get(0)?);
            if zicht.sees(&row.get::<_, String>(1)?, document) {
                found.push(document);
            }
        }
        Ok(found)
    }
}

const TWIJFEL: &str =
    "SELECT document, bron FROM schifting_nu WHERE zaak = ?1 AND waarde = ?2 ORDER BY record";

const TE_BEOORDELEN: &str = "SELECT document, bron FROM schifting_nu n WHERE zaak = ?1 AND waarde = ?2
    AND NOT EXISTS (SELECT 1 FROM beoordeling b WHERE b.zaak = n.zaak AND b.document = n.document) ORDER BY record";

/// `?2` is who asks: nobody makes his own judgement final, but on a computer without accounts there is nobody else.
const NOG_DEFINITIEF: &str = "SELECT b.document, b.bron FROM beoordeling b WHERE b.zaak = ?1
    AND b.id = (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = b.zaak AND l.document = b.document)
    AND (b.door != ?2 OR ?2 = 'lokaal')
    AND NOT EXISTS (SELECT 1 FROM beoordeling_definitief d WHERE d.beoordeling = b.id) ORDER BY b.id";

const MIJN: &str = "SELECT t.document, t.bron FROM toewijzing t WHERE t.zaak = ?1 AND t.aan = ?2
    AND t.id = (SELECT max(l.id) FROM toewijzing l WHERE l.zaak = t.zaak AND l.document = t.document) ORDER BY t.id";

impl App {
    /// The documents of a row, in the order in which they are judged.
    pub fn rij(&self, zicht: &Zicht, rij: Rij) -> Result<Vec<DocId>, Problem> {
        let store = &self.store;
        let ids = match rij {
            Rij::Mijn => store.rij(zicht, MIJN, &zicht.actor.id)?,
            Rij::Twijfel => store.rij(zicht, TWIJFEL, Waarde::Twijfel.name())?,
            Rij::TeBeoordelen => store.rij(zicht, TE_BEOORDELEN, Waarde::Relevant.name())?,
            Rij::NogDefinitief => store.rij(zicht, NOG_DEFINITIEF, &zicht.actor.id)?,
            Rij::Tegenstrijdig => {
                let groups = self.tegenstrijdigheden(zicht)?.into_iter();
                let ids: BTreeSet<DocId> = groups
                    .flat_map(|group| group.documenten)
                    .map(|one| one.document)
                    .collect();
                ids.into_iter().collect()
            }
            Rij::TeSchiften => self.to_sift(zicht)?,
        };
        if ids.is_empty() || ids.len() > MOST_BY_PLACE {
            return Ok(ids);
        }
        // What is not in the index any more cannot be opened.
        let (here, _) = by_place(&*self.snapshot(zicht)?, ids)?;
        Ok(here)
    }

    fn to_sift(&self, zicht: &Zicht) -> Result<Vec<DocId>, Problem> {
        let Some(mut found) = self.found_in_rounds(&zicht.zaak)? else {
            return Ok(Vec::new());
        };
        // Only what exists for who asks: a round may have been searched under a wider machtiging.
        let seen = self.snapshot(zicht)?.ids(&Search::of(Query::All))?;
        found.retain(|id| seen.binary_search(id).is_ok());
        let judged = self.store.sifted(&zicht.zaak.id)?;
        found.retain(|id| judged.binary_search(id).is_err());
        Ok(found)
    }

    /// The documents that were found in rounds, each once, in order of id; `None` while one is not counted, or when its
    /// list is not the one that was recorded.
    pub fn found_in_rounds(&self, zaak: &Zaak) -> Result<Option<Vec<DocId>>, Problem> {
        let acties = self.store.zoekacties(&zaak.id)?;
        let acties: Vec<_> = acties.iter().filter(|one| one.ronde.is_some()).collect();
        let counted = |telling: &super::telling::Telling| telling.gemist.is_none();
        if !acties
            .iter()
            .all(|one| one.telling.as_ref().is_some_and(counted))
        {
            return Ok(None);
        }
        let found = match vergelijking::found(&self.folder, &zaak.id, &acties) {
            Ok(found) => found.into_iter(),
            Err(error) => {
                tracing::warn!(%error, "a list of what was found is not to be read");
                return Ok(None);
            }
        };
        Ok(Some(found.map(|(id, _)| DocId(id)).collect()))
    }
}
