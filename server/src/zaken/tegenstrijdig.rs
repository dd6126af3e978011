//! The same content judged differently: within one case, what a receiver of the documents would notice first, and between
//! cases. The same content is the same bytes, or the same mail in another mailbox. Never decides which of them is right: a
//! person does, and `gelijk` gives that to the others.

use super::beoordeling::Beoordeling;
use super::elders::Elders;
use super::parsed;
use super::schifting::Waarde;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use zv_shared::{ContentHash, DocId, GroupKey, Relations};

mod gelijk;

pub use gelijk::{Gelijk, Lid};

/// Waarover het oordeel gaat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Tegenstrijdig)]
pub enum Soort {
    /// Of het document bij het verzoek hoort.
    Schifting,
    /// Wat ervan openbaar wordt.
    Beoordeling,
}

impl Soort {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Soort::Schifting => "schifting",
            Soort::Beoordeling => "beoordeling",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Soort::Schifting, Soort::Beoordeling]
            .into_iter()
            .find(|soort| soort.name() == name)
    }
}

/// What holds of one of the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpunt {
    /// The document.
    pub document: DocId,
    /// What it held.
    pub inhoud: Option<ContentHash>,
    /// How it was judged, in words.
    pub waarde: String,
    /// Number of the record.
    pub record: u64,
    /// Key of who judged.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

/// Documents with the same content that were judged differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tegenstrijdig {
    /// What was judged.
    pub soort: Soort,
    /// SHA-256 of the content; `None` when it is one mail in several mailboxes, of which the bytes differ.
    pub inhoud: Option<ContentHash>,
    /// The documents, in order of id.
    pub documenten: Vec<Standpunt>,
}

/// A document that was judged differently in another case.
#[derive(Clone, Debug, PartialEq)]
pub struct Tussen {
    /// What holds of it here.
    pub hier: Standpunt,
    /// What it came to there.
    pub daar: Elders,
}

const SCHIFTING: &str = "SELECT n.document, n.inhoud, n.bron, n.record, h.door, h.wanneer, n.waarde
    FROM schifting_nu n JOIN schifting s ON s.id = n.record JOIN schift_handeling h ON h.id = s.handeling
    WHERE n.zaak = ?1 AND n.waarde IS NOT NULL AND n.waarde != 'dubbel'";

/// Of contents with more than one value.
const DIFFERENT: &str = "AND n.inhoud IN (SELECT inhoud FROM schifting_nu WHERE zaak = ?1 AND inhoud IS NOT NULL
    AND waarde IS NOT NULL AND waarde != 'dubbel' GROUP BY inhoud HAVING count(DISTINCT waarde) > 1)";

const BEOORDELING: &str = "SELECT n.document, n.inhoud, n.bron, n.id, n.door, n.wanneer, n.gegevens FROM beoordeling n
    WHERE n.zaak = ?1 AND n.id = (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = n.zaak AND l.document = n.document)";

/// Of contents in more than one document.
const SEVERAL: &str =
    "AND n.inhoud IN (SELECT inhoud FROM beoordeling WHERE zaak = ?1 AND inhoud IS NOT NULL
    GROUP BY inhoud HAVING count(DISTINCT document) > 1)";

/// The judgement in a row; nothing for a copy that points to its document.
fn standpunt(row: &Row<'_>, soort: Soort) -> Result<Option<Standpunt>, StoreError> {
    let given: String = row.get(6)?;
    let waarde = match soort {
        Soort::Schifting => Waarde::named(&given).map(|waarde| waarde.label().to_owned()),
        Soort::Beoordeling => {
            let given: Beoordeling = serde_json::from_str(&given)?;
            given.dubbel_van.is_none().then(|| said(&given))
        }
    };
    let inhoud: Option<[u8; 32]> = row.get(1)?;
    Ok(match waarde {
        None => None,
        Some(waarde) => Some(Standpunt {
            document: DocId(row.get(0)?),
            inhoud: inhoud.map(ContentHash),
            waarde,
            record: row.get::<_, i64>(3)?.unsigned_abs(),
            door: row.get(4)?,
            wanneer: parsed(&row.get::<_, String>(5)?)?,
        }),
    })
}

/// A beoordeling in words.
fn said(given: &Beoordeling) -> String {
    let oordeel = given.oordeel.naam();
    match given.gronden.is_empty() {
        true => oordeel.to_owned(),
        false => format!("{oordeel} ({})", given.gronden.join(", ")),
    }
}

fn differ(documents: &[Standpunt]) -> bool {
    documents
        .windows(2)
        .any(|pair| pair[0].waarde != pair[1].waarde)
}

impl Store {
    /// What holds of documents in a case, of the sources that `zicht` shows; `which` says of which ones.
    fn standpunten(
        &self,
        zicht: &Zicht,
        soort: Soort,
        which: &str,
    ) -> Result<Vec<Standpunt>, StoreError> {
        let base = match soort {
            Soort::Schifting => SCHIFTING,
            Soort::Beoordeling => BEOORDELING,
        };
        let connection = self.connection();
        let sql = format!("{base} {which} ORDER BY n.document");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zicht.zaak.id])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if zicht.sees(&row.get::<_, String>(2)?, DocId(row.get(0)?)) {
                found.extend(standpunt(row, soort)?);
            }
        }
        Ok(found)
    }

    /// What holds of one document.
    fn standpunt(
        &self,
        zaak: &str,
        soort: Soort,
        document: DocId,
    ) -> Result<Option<Standpunt>, StoreError> {
        let base = match soort {
            Soort::Schifting => SCHIFTING,
            Soort::Beoordeling => BEOORDELING,
        };
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("{base} AND n.document = ?2"))?;
        let mut rows = statement.query(params![zaak, document.0])?;
        match rows.next()? {
            Some(row) => standpunt(row, soort),
            None => Ok(None),
        }
    }

    /// Documents with the same bytes that were judged differently.
    fn same_bytes(&self, zicht: &Zicht, soort: Soort) -> Result<Vec<Tegenstrijdig>, StoreError> {
        let which = match soort {
            Soort::Schifting => DIFFERENT,
            Soort::Beoordeling => SEVERAL,
        };
        let mut groups: BTreeMap<ContentHash, Vec<Standpunt>> = BTreeMap::new();
        for one in self.standpunten(zicht, soort, which)? {
            if let Some(inhoud) = one.inhoud {
                groups.entry(inhoud).or_default().push(one);
            }
        }
        let groups = groups.into_iter().filter(|(_, list)| differ(list));
        Ok(groups
            .map(|(inhoud, documenten)| Tegenstrijdig {
                soort,
                inhoud: Some(inhoud),
                documenten,
            })
            .collect())
    }
}

/// Of two copies that are judged differently one at least is not simply left out.
const NOT_LEFT_OUT: &str = "AND n.waarde != 'niet-relevant'";

impl App {
    /// The contradictions in a case, of the sources that `zicht` shows: first those of the schifting. A copy that points to
    /// its document is none.
    pub fn tegenstrijdigheden(&self, zicht: &Zicht) -> Result<Vec<Tegenstrijdig>, Problem> {
        let mut found = Vec::new();
        for soort in [Soort::Schifting, Soort::Beoordeling] {
            found.extend(self.store.same_bytes(zicht, soort)?);
            found.extend(self.same_mail_here(zicht, soort)?);
        }
        Ok(found)
    }

    /// One mail in several mailboxes, judged differently.
    fn same_mail_here(&self, zicht: &Zicht, soort: Soort) -> Result<Vec<Tegenstrijdig>, Problem> {
        let which = match soort {
            Soort::Schifting => NOT_LEFT_OUT,
            Soort::Beoordeling => "",
        };
        let snapshot = self.snapshot(zicht)?;
        let mut groups = BTreeSet::new();
        for one in self.store.standpunten(zicht, soort, which)? {
            let relations = snapshot
                .doc(one.document)?
                .map(|document| document.relations);
            let mail = relations.filter(|relations| relations.mail.is_some());
            groups.extend(mail.and_then(|relations| relations.same).map(|key| key.0));
        }
        let mut found = Vec::new();
        for key in groups {
            let group = Relations {
                same: Some(GroupKey(key)),
                ..Relations::default()
            };
            let mut documenten = Vec::new();
            for document in snapshot.alike(&group)? {
                let one = self.store.standpunt(&zicht.zaak.id, soort, document.id)?;
                documenten.extend(one);
            }
            documenten.sort_by_key(|one| one.document);
            let bytes: BTreeSet<_> = documenten.iter().map(|one| one.inhoud).collect();
            // The same bytes were told already.
            if bytes.len() > 1 && differ(&documenten) {
                found.push(Tegenstrijdig {
                    soort,
                    inhoud: None,
                    documenten,
                });
            }
        }
        Ok(found)
    }

    /// Documents that were judged differently in another case that who looks may see there. Whether something belongs to a
    /// request is for each request to say: only what becomes public is held against another case.
    pub fn tegenstrijdig_elders(&self, zicht: &Zicht) -> Result<Vec<Tussen>, Problem> {
        let snapshot = self.snapshot(zicht)?;
        let mut found = Vec::new();
        for hier in self.store.standpunten(zicht, Soort::Beoordeling, "")? {
            let Some(document) = snapshot.doc(hier.document)? else {
                continue;
            };
            for daar in self.elders(zicht, &document)? {
                if daar.beoordeling().is_some_and(|there| there != hier.waarde) {
                    let hier = hier.clone();
                    found.push(Tussen { hier, daar });
                }
            }
        }
        Ok(found)
    }
}
