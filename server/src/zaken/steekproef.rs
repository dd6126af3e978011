//! Random samples: of what a zoekactie found (precision), and of what it searched and did not find (elusion). Which
//! documents are drawn follows from the seed alone, so that anybody can draw them again: the ones with the smallest
//! SHA-256 over seed and id. Judgements are only ever added. Never judges.
//!
//! | file | owns |
//! |---|---|
//! | `schatting` | what a sample says of the whole |
//! | `trekken` | drawing one on the state of the index that was searched |

pub mod schatting;
mod trekken;

pub use trekken::Trekking;

use super::schifting::may_judge;
use super::{Zaak, next_number, parsed};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use schatting::{Schatting, uitkomst};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BinaryHeap;
use utoipa::ToSchema;
use zv_shared::{ContentHash, DocId};

/// The most documents in a sample.
pub const MOST: u32 = 2_000;

/// Waaruit getrokken wordt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SteekproefSoort)]
pub enum Soort {
    /// Uit wat de zoekactie vond: hoeveel daarvan is relevant?
    Precisie,
    /// Uit wat de zoekactie doorzocht en niet vond: hoeveel is er gemist?
    Elusie,
}

impl Soort {
    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Soort::Precisie => "precisie",
            Soort::Elusie => "elusie",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Soort::Precisie, Soort::Elusie]
            .into_iter()
            .find(|soort| soort.name() == name)
    }
}

/// Wat iemand van een document in de steekproef vindt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SteekproefOordeel)]
pub enum Oordeel {
    /// Hoort bij het verzoek.
    Relevant,
    /// Hoort er niet bij.
    NietRelevant,
    /// Kan niet bepaald worden.
    NietTeBepalen,
}

impl Oordeel {
    /// All of them, in the order of the screen.
    pub const ALL: [Oordeel; 3] = [
        Oordeel::Relevant,
        Oordeel::NietRelevant,
        Oordeel::NietTeBepalen,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Oordeel::Relevant => "relevant",
            Oordeel::NietRelevant => "niet-relevant",
            Oordeel::NietTeBepalen => "niet-te-bepalen",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Oordeel::Relevant => "relevant",
            Oordeel::NietRelevant => "niet relevant",
            Oordeel::NietTeBepalen => "kan niet bepalen",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// A sample without its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steekproef {
    /// Number within the case, from 1.
    pub nummer: u32,
    /// The zoekactie that it is about.
    pub zoekactie: u32,
    /// What it is drawn from.
    pub soort: Soort,
    /// The seed.
    pub zaad: String,
    /// The state of the index.
    pub stand: String,
    /// Documents that it was drawn from.
    pub omvang: u64,
    /// Key of who drew it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

/// A document that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Getrokken {
    /// The document.
    pub document: DocId,
    /// What it held then.
    pub inhoud: Option<ContentHash>,
    /// The last judgement.
    pub oordeel: Option<Oordeel>,
    /// Number of its record; 0 when there is none.
    pub record: u64,
    /// Key of who judged.
    pub door: Option<String>,
    /// When.
    pub wanneer: Option<Timestamp>,
}

/// A judgement to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nieuw {
    /// Of which document.
    pub document: DocId,
    /// What was found.
    pub oordeel: Oordeel,
    /// The record that its writer saw; 0 for none.
    pub gezien: u64,
}

/// The `count` with the smallest SHA-256 over seed and id, in that order.
pub fn draw(ids: impl Iterator<Item = DocId>, seed: &str, count: usize) -> Vec<DocId> {
    let mut smallest: BinaryHeap<([u8; 32], DocId)> = BinaryHeap::with_capacity(count + 1);
    for id in ids {
        let mut hasher = Sha256::new_with_prefix(seed.as_bytes());
        hasher.update(id.0);
        smallest.push((hasher.finalize().into(), id));
        if smallest.len() > count {
            smallest.pop();
        }
    }
    let drawn = smallest.into_sorted_vec();
    drawn.into_iter().map(|(_, id)| id).collect()
}

/// What the judgements so far say of everything.
pub fn schatting(omvang: u64, documenten: &[Getrokken]) -> Schatting {
    let count = |wanted: Option<Oordeel>| {
        let with = documenten.iter().filter(|one| one.oordeel == wanted);
        with.count() as u64
    };
    let relevant = count(Some(Oordeel::Relevant));
    let niet_relevant = count(Some(Oordeel::NietRelevant));
    Schatting {
        omvang,
        relevant,
        niet_relevant,
        niet_te_bepalen: count(Some(Oordeel::NietTeBepalen)),
        nog_te_beoordelen: count(None),
        uitkomst: uitkomst(relevant, relevant + niet_relevant, omvang),
    }
}

fn steekproef(row: &Row<'_>) -> rusqlite::Result<Steekproef> {
    let soort: String = row.get(2)?;
    Ok(Steekproef {
        nummer: row.get(0)?,
        zoekactie: row.get(1)?,
        soort: Soort::named(&soort).unwrap_or(Soort::Precisie),
        zaad: row.get(3)?,
        stand: row.get(4)?,
        omvang: row.get::<_, i64>(5)?.unsigned_abs(),
        door: row.get(6)?,
        wanneer: parsed(&row.get::<_, String>(7)?)?,
    })
}

const COLUMNS: &str = "nummer, zoekactie, soort, zaad, stand, omvang, door, wanneer";

/// The last record of a document in a sample, with its judgement.
fn last(
    connection: &Connection,
    zaak: &str,
    steekproef: u32,
    document: DocId,
) -> rusqlite::Result<Option<(u64, String)>> {
    connection
        .query_row(
            "SELECT id, oordeel FROM steekproef_oordeel WHERE zaak = ? AND steekproef = ? AND document = ?
             ORDER BY id DESC LIMIT 1",
            params![zaak, steekproef, document.0],
            |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)),
        )
        .optional()
}

impl Store {
    /// Keeps a sample with its documents in the order in which they were drawn; gives its number.
    pub fn add_steekproef(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        new: &Steekproef,
        documenten: &[(DocId, Option<ContentHash>)],
    ) -> Result<u32, StoreError> {
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            let nummer = next_number(change, "steekproef", "nummer", &zaak.id)?;
            change.execute(
                "INSERT INTO steekproef VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    zaak.id,
                    nummer,
                    new.zoekactie,
                    new.soort.name(),
                    new.zaad,
                    new.stand,
                    i64::try_from(new.omvang).unwrap_or(i64::MAX),
                    actor.id,
                    new.wanneer.to_string()
                ],
            )?;
            let mut insert =
                change.prepare("INSERT INTO steekproef_document VALUES (?, ?, ?, ?, ?)")?;
            for (at, (id, content)) in documenten.iter().enumerate() {
                let content = content.map(|content| content.0);
                insert.execute(params![zaak.id, nummer, at as i64 + 1, id.0, content])?;
            }
            drop(insert);
            let gegevens = json!({"zoekactie": new.zoekactie, "soort": new.soort, "zaad": new.zaad,
                "omvang": new.omvang, "aantal": documenten.len()});
            change.log(&zaak.did(actor, "steekproef.getrokken", nummer.to_string(), gegevens))?;
            Ok(nummer)
        })
    }

    /// The samples of a case, in order.
    pub fn steekproeven(&self, zaak: &str) -> Result<Vec<Steekproef>, StoreError> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS} FROM steekproef WHERE zaak = ? ORDER BY nummer");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([zaak], steekproef)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The samples of a case, in order, each with what its judgements say so far.
    pub fn steekproeven_geschat(
        &self,
        zaak: &str,
    ) -> Result<Vec<(Steekproef, Schatting)>, StoreError> {
        let with = |sample: Steekproef| {
            let drawn = self.getrokken(zaak, sample.nummer)?;
            let said = schatting(sample.omvang, &drawn);
            Ok((sample, said))
        };
        self.steekproeven(zaak)?.into_iter().map(with).collect()
    }

    /// One sample of a case.
    pub fn steekproef(&self, zaak: &str, nummer: u32) -> Result<Option<Steekproef>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM steekproef WHERE zaak = ? AND nummer = ?");
        let connection = self.connection();
        Ok(connection
            .query_row(&sql, params![zaak, nummer], steekproef)
            .optional()?)
    }

    /// The documents of a sample in the order in which they were drawn, each with its last judgement.
    pub fn getrokken(&self, zaak: &str, nummer: u32) -> Result<Vec<Getrokken>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT d.document, d.inhoud, o.id, o.oordeel, o.door, o.wanneer FROM steekproef_document d
             LEFT JOIN steekproef_oordeel o ON o.id = (SELECT max(l.id) FROM steekproef_oordeel l
                 WHERE l.zaak = d.zaak AND l.steekproef = d.steekproef AND l.document = d.document)
             WHERE d.zaak = ? AND d.steekproef = ? ORDER BY d.volgnummer",
        )?;
        let rows = statement.query_map(params![zaak, nummer], |row| {
            let content: Option<[u8; 32]> = row.get(1)?;
            let oordeel: Option<String> = row.get(3)?;
            Ok(Getrokken {
                document: DocId(row.get(0)?),
                inhoud: content.map(ContentHash),
                record: row.get::<_, Option<i64>>(2)?.unwrap_or(0).unsigned_abs(),
                oordeel: oordeel.as_deref().and_then(Oordeel::named),
                door: row.get(4)?,
                wanneer: super::optional(row.get(5)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds judgements; one that says what holds already adds nothing. Gives how many were added.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else judged one of the documents otherwise in the meantime; then nothing is
    /// added.
    pub fn judge_steekproef(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        nummer: u32,
        new: &[Nieuw],
    ) -> Result<u64, StoreError> {
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            let mut added = 0;
            for one in new {
                let drawn: bool = change.query_row(
                    "SELECT EXISTS (SELECT 1 FROM steekproef_document
                         WHERE zaak = ? AND steekproef = ? AND document = ?)",
                    params![zaak.id, nummer, one.document.0],
                    |row| row.get(0),
                )?;
                if !drawn {
                    return Err(StoreError::Missing(
                        "dit document zit niet in deze steekproef",
                    ));
                }
                let (record, said) =
                    last(change, &zaak.id, nummer, one.document)?.unwrap_or_default();
                if said == one.oordeel.name() {
                    continue;
                }
                if record != one.gezien {
                    return Err(StoreError::Conflict(
                        "iemand anders heeft intussen een van deze documenten beoordeeld; er is niets bewaard, bekijk dat \
                         eerst"
                            .to_owned(),
                    ));
                }
                change.execute(
                    "INSERT INTO steekproef_oordeel (zaak, steekproef, document, oordeel, door, wanneer)
                     VALUES (?, ?, ?, ?, ?, ?)",
                    params![
                        zaak.id,
                        nummer,
                        one.document.0,
                        one.oordeel.name(),
                        actor.id,
                        Timestamp::now().to_string()
                    ],
                )?;
                let gegevens = json!({"steekproef": nummer, "oordeel": one.oordeel});
                change.log(&zaak.did(
                    actor,
                    "steekproef.beoordeeld",
                    one.document.to_string(),
                    gegevens,
                ))?;
                added += 1;
            }
            Ok(added)
        })
    }
}

impl App {
    /// A sample of a case with its documents.
    pub fn sample(
        &self,
        zaak: &Zaak,
        nummer: u32,
    ) -> Result<(Steekproef, Vec<Getrokken>), Problem> {
        let found = self.store.steekproef(&zaak.id, nummer)?;
        let found = found.ok_or_else(|| Problem::not_found("Deze steekproef bestaat niet."))?;
        let documents = self.store.getrokken(&zaak.id, nummer)?;
        Ok((found, documents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn id(number: u16) -> DocId {
        DocId::of_file("archief", &number.to_be_bytes(), 0)
    }

    #[test]
    fn the_seed_alone_decides_and_every_document_has_the_same_chance() {
        let all = || (0..1_000).map(id);
        let drawn = draw(all(), "zaad", 50);
        assert_eq!(drawn.len(), 50);
        let mut backwards: Vec<DocId> = all().collect();
        backwards.reverse();
        assert_eq!(draw(backwards.into_iter(), "zaad", 50), drawn);
        assert_ne!(draw(all(), "ander zaad", 50), drawn);
        // A smaller sample is the beginning of a larger one.
        assert_eq!(draw(all(), "zaad", 10), drawn[..10]);
        assert_eq!(draw(all(), "zaad", 5_000).len(), 1_000);
        let mut times: HashMap<DocId, u32> = HashMap::new();
        for seed in 0..2_000 {
            for one in draw((0..20).map(id), &format!("{seed}"), 5) {
                *times.entry(one).or_default() += 1;
            }
        }
        // 500 expected; 5 standard deviations are 97.
        assert!(
            times.len() == 20 && times.values().all(|times| times.abs_diff(500) < 97),
            "{times:?}"
        );
    }
}
