//! What the same document came to in other cases. Only cases that who looks takes part in or checks, and of those only
//! what a machtiging there shows today: of any other case nothing is told, not even that there is one.

use super::beoordeling::{Beoordeling, oordeel_name};
use super::schifting::Waarde;
use super::{LOCAL, parsed};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use zv_shared::{ContentHash, DocId, Document, Relations};

/// Hoe hetzelfde document in een andere zaak geschift en beoordeeld is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ElderBeoordeeld)]
pub struct Elders {
    /// Kenmerk van de zaak.
    pub zaak: String,
    /// Zaaknummer.
    pub nummer: String,
    /// Kenmerk van het document in die zaak: hetzelfde document, of een ander met dezelfde inhoud.
    #[schema(value_type = String)]
    pub document: DocId,
    /// Hoe het geschift is.
    pub schifting: Option<Waarde>,
    /// Wat ervan openbaar wordt.
    #[schema(value_type = Option<crate::model::Openbaarheid>)]
    pub oordeel: Option<String>,
    /// Op welke gronden niet.
    pub gronden: Vec<String>,
    /// Of die beoordeling definitief is.
    pub definitief: bool,
    /// Wanneer het laatst (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub wanneer: Timestamp,
}

/// A document in another case.
type Key = (String, DocId);

/// The same before it is known who may see it: with its source.
type Found = BTreeMap<Key, (String, Elders)>;

impl Elders {
    fn new((zaak, document): &Key, wanneer: Timestamp) -> Self {
        Elders {
            zaak: zaak.clone(),
            nummer: String::new(),
            document: *document,
            schifting: None,
            oordeel: None,
            gronden: Vec::new(),
            definitief: false,
            wanneer,
        }
    }

    /// The beoordeling in words; nothing without one.
    pub fn beoordeling(&self) -> Option<String> {
        let oordeel = self.oordeel.as_ref()?.replace('-', " ");
        Some(match self.gronden.is_empty() {
            true => oordeel,
            false => format!("{oordeel} ({})", self.gronden.join(", ")),
        })
    }
}

const SCHIFTING: &str = "SELECT n.zaak, n.document, n.bron, h.wanneer, n.waarde FROM schifting_nu n
    JOIN schifting s ON s.id = n.record JOIN schift_handeling h ON h.id = s.handeling
    WHERE n.zaak != ?1 AND n.waarde IS NOT NULL AND ";

const BEOORDELING: &str = "SELECT n.zaak, n.document, n.bron, n.wanneer, n.gegevens, d.beoordeling IS NOT NULL
    FROM beoordeling n LEFT JOIN beoordeling_definitief d ON d.beoordeling = n.id
    WHERE n.zaak != ?1 AND n.id = (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = n.zaak AND l.document = n.document)
    AND ";

fn key(row: &Row<'_>) -> Result<(Key, String, Timestamp), StoreError> {
    let when = parsed(&row.get::<_, String>(3)?)?;
    Ok(((row.get(0)?, DocId(row.get(1)?)), row.get(2)?, when))
}

impl Store {
    /// What other cases say of documents with one of these ids or with this content.
    fn judged_elsewhere(
        &self,
        zaak: &str,
        ids: &[DocId],
        content: Option<ContentHash>,
    ) -> Result<Found, StoreError> {
        let mut found = Found::new();
        for id in ids {
            self.add_elsewhere(&mut found, zaak, "n.document = ?2", &id.0)?;
        }
        if let Some(content) = content {
            self.add_elsewhere(&mut found, zaak, "n.inhoud = ?2", &content.0)?;
        }
        Ok(found)
    }

    /// Whether anything was judged in a case.
    fn has_judged(&self, zaak: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM schifting_nu WHERE zaak = ?1)
            OR EXISTS (SELECT 1 FROM beoordeling WHERE zaak = ?1)";
        Ok(self.connection().query_row(sql, [zaak], |row| row.get(0))?)
    }

    fn add_elsewhere(
        &self,
        found: &mut Found,
        zaak: &str,
        which: &str,
        value: &[u8],
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("{SCHIFTING}{which}"))?;
        let mut rows = statement.query(params![zaak, value])?;
        while let Some(row) = rows.next()? {
            let (key, bron, when) = key(row)?;
            let entry = found.entry(key.clone());
            let (_, one) = entry.or_insert_with(|| (bron, Elders::new(&key, when)));
            one.schifting = Waarde::named(&row.get::<_, String>(4)?);
            one.wanneer = one.wanneer.max(when);
        }
        let mut statement = connection.prepare_cached(&format!("{BEOORDELING}{which}"))?;
        let mut rows = statement.query(params![zaak, value])?;
        while let Some(row) = rows.next()? {
            let (key, bron, when) = key(row)?;
            let given: Beoordeling = serde_json::from_str(&row.get::<_, String>(4)?)?;
            let entry = found.entry(key.clone());
            let (_, one) = entry.or_insert_with(|| (bron, Elders::new(&key, when)));
            one.oordeel = Some(oordeel_name(given.oordeel));
            one.gronden = given.gronden;
            one.definitief = row.get(5)?;
            one.wanneer = one.wanneer.max(when);
        }
        Ok(())
    }
}

impl App {
    /// How the same document was judged in other cases, as far as who looks may see that; by case.
    pub fn elders(&self, zicht: &Zicht, document: &Document) -> Result<Vec<Elders>, Problem> {
        let here = &zicht.zaak.id;
        let ids = [document.id];
        let mut found = self.store.judged_elsewhere(here, &ids, document.content)?;
        let mut known: BTreeMap<String, Option<Zicht>> = BTreeMap::new();
        if document.relations.mail.is_some() && document.relations.same.is_some() {
            self.same_mail(zicht, document, (&mut found, &mut known))?;
        }
        let mut told = Vec::new();
        for ((zaak, id), (bron, one)) in found {
            if !known.contains_key(&zaak) {
                let sight = self.sight_elsewhere(zicht, &zaak)?;
                known.insert(zaak.clone(), sight);
            }
            let Some(Some(other)) = known.get(&zaak) else {
                continue;
            };
            if other.sees(&bron, id) {
                let nummer = other.zaak.intake.nummer.clone();
                told.push(Elders { nummer, ..one });
            }
        }
        told.sort_by(|a, b| (&a.nummer, a.document).cmp(&(&b.nummer, b.document)));
        Ok(told)
    }

    /// Adds the same mail from another mailbox, which has other bytes: it is looked up with the eyes of each case.
    fn same_mail(
        &self,
        zicht: &Zicht,
        document: &Document,
        (found, known): (&mut Found, &mut BTreeMap<String, Option<Zicht>>),
    ) -> Result<(), Problem> {
        let relations = Relations {
            same: document.relations.same,
            ..Relations::default()
        };
        let mut zaken = self.store.zaken_of(&zicht.actor)?;
        if zicht.actor.is_local() {
            zaken.extend(self.store.zaak(LOCAL)?);
        }
        for zaak in zaken {
            if zaak.id == zicht.zaak.id || !self.store.has_judged(&zaak.id)? {
                continue;
            }
            let sight = self.sight_elsewhere(zicht, &zaak.id)?;
            if let Some(other) = &sight {
                let group = self.snapshot(other)?.alike(&relations)?;
                let ids: Vec<DocId> = group.iter().map(|one| one.id).collect();
                let all = self.store.judged_elsewhere(&zicht.zaak.id, &ids, None)?;
                let there = all.into_iter().filter(|((of, _), _)| *of == zaak.id);
                found.extend(there);
            }
            known.insert(zaak.id, sight);
        }
        Ok(())
    }

    /// What who looks sees in another case, when they take part in it or check it.
    fn sight_elsewhere(&self, zicht: &Zicht, zaak: &str) -> Result<Option<Zicht>, Problem> {
        let Some(zaak) = self.store.zaak(zaak)? else {
            return Ok(None);
        };
        match self.sees_inside(&zicht.actor, &zaak)? {
            true => Ok(self.sight(&zicht.actor, &zaak)?),
            false => Ok(None),
        }
    }
}
