//! Which documents of a case belong to a deelbesluit and to belanghebbenden: one document or many at once, and taking
//! that back. A document is in one deelbesluit at a time and with any number of belanghebbenden; only what is relevant
//! counts. Nothing is ever changed: a later record holds. Never decides by itself where a document belongs.
//!
//! | file | owns |
//! |---|---|
//! | `lezen` | what belongs where now, and the deeds |

pub mod lezen;

use super::schifting::doel::Doel;
use super::schifting::{Stuk, Waarde, must_agree, name_of};
use super::telling::results_hash;
use super::{Zaak, next_number};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Change, Store, StoreError};
use crate::toegang::Zicht;
use crate::web::labels;
use jiff::Timestamp;
use lezen::Aantallen;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use zv_shared::{ContentHash, DocId};

/// Who makes deelbesluiten and belanghebbenden, and puts documents with them.
pub const DEELT_IN: [Rol; 2] = [Rol::WooJurist, Rol::Regisseur];

/// Where documents belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deel {
    /// The deelbesluit with this number.
    Deelbesluit(u32),
    /// The belanghebbende with this number.
    Belanghebbende(u32),
}

impl Deel {
    /// The name of its kind in the API and the database, which is its table too.
    pub fn soort(self) -> &'static str {
        match self {
            Deel::Deelbesluit(_) => "deelbesluit",
            Deel::Belanghebbende(_) => "belanghebbende",
        }
    }

    /// Its number within the case.
    pub fn nummer(self) -> u32 {
        match self {
            Deel::Deelbesluit(nummer) | Deel::Belanghebbende(nummer) => nummer,
        }
    }

    /// The one of this kind with this number.
    pub fn named(soort: &str, nummer: u32) -> Option<Self> {
        match soort {
            "deelbesluit" => Some(Deel::Deelbesluit(nummer)),
            "belanghebbende" => Some(Deel::Belanghebbende(nummer)),
            _ => None,
        }
    }

    /// Documents belong to one at a time of those that share it: to one deelbesluit, and apart from that to each
    /// belanghebbende.
    fn spoor(self) -> u32 {
        match self {
            Deel::Deelbesluit(_) => 0,
            Deel::Belanghebbende(nummer) => nummer,
        }
    }
}

impl std::fmt::Display for Deel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.soort(), self.nummer())
    }
}

/// Documenten bij een deelbesluit of belanghebbende zetten, eruit halen, of dat terugdraaien.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Indeelopdracht)]
pub struct Opdracht {
    /// Over welke documenten het gaat. Bij een document en bij een eigen keuze moet elk document relevant zijn; van de
    /// andere tellen alleen de relevante mee. Een handeling (van `indelingen`) wordt teruggedraaid.
    pub doel: Doel,
    /// Moeten de documenten eruit, in plaats van erbij?
    #[serde(default)]
    pub eruit: bool,
    /// Het aantal documenten dat u bevestigt; verplicht behalve bij een document.
    #[serde(default)]
    pub aantal: Option<u64>,
    /// Het nummer van de laatste indeling in de zaak die u zag (`laatste`). 0 als er geen was.
    #[serde(default)]
    pub gezien: u64,
    /// Mag wat een ander intussen indeelde, anders worden?
    #[serde(default)]
    pub overschrijven: bool,
}

/// What a deed came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gedaan {
    /// Number of the deed within the case.
    pub nummer: u32,
    /// Documents of which something changed.
    pub aantal: u64,
    /// Of these, documents that came out of another deelbesluit.
    pub verplaatst: u64,
    /// Documents that are not relevant and stayed out.
    pub overgeslagen: u64,
    /// Number of the last record that was written.
    pub laatste: u64,
}

/// Documents that somebody chose, to be written down.
#[derive(Clone, Debug)]
pub struct Handeling<'a> {
    /// Where they belong.
    pub deel: Deel,
    /// What is to be done with them.
    pub opdracht: &'a Opdracht,
    /// The documents, each once.
    pub stukken: Vec<Stuk>,
}

/// Refuses who may not arrange this case.
pub(crate) fn may_arrange(
    connection: &Connection,
    actor: &Actor,
    zaak: &Zaak,
) -> Result<(), StoreError> {
    zaak.must_be_open(connection)?;
    if !actor.is_any(&DEELT_IN) {
        return Err(StoreError::refused(
            "alleen een regisseur of Woo-jurist gaat over deelbesluiten en belanghebbenden",
        ));
    }
    let member: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM zaak_lid WHERE zaak = ? AND gebruiker = ?)",
        [&zaak.id, &actor.id],
        |row| row.get(0),
    )?;
    match member || actor.is_local() {
        true => Ok(()),
        false => Err(StoreError::refused("u werkt niet aan deze zaak")),
    }
}

/// Refuses a deelbesluit or belanghebbende that is not there.
pub(crate) fn must_exist(
    connection: &Connection,
    zaak: &str,
    deel: Deel,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {} WHERE zaak = ? AND nummer = ?)",
        deel.soort()
    );
    match connection.query_row(&sql, params![zaak, deel.nummer()], |row| row.get(0))? {
        true => Ok(()),
        false => Err(StoreError::Missing(match deel {
            Deel::Deelbesluit(_) => "dit deelbesluit bestaat niet",
            Deel::Belanghebbende(_) => "deze belanghebbende bestaat niet",
        })),
    }
}

/// A document with where it belonged before.
struct Before {
    stuk: Stuk,
    was: Option<u32>,
    /// Number of the record, and who wrote it.
    record: u64,
    door: String,
}

fn before(change: &Change<'_>, zaak: &Zaak, deel: Deel, stuk: &Stuk) -> Result<Before, StoreError> {
    let mut statement = change.prepare_cached(
        "SELECT s.id, s.deel, i.door FROM indeling_stuk s JOIN indeling i ON i.id = s.indeling
         WHERE s.zaak = ? AND s.spoor = ? AND s.document = ? ORDER BY s.id DESC LIMIT 1",
    )?;
    let key = params![zaak.id, deel.spoor(), stuk.id.0];
    let found = statement.query_row(key, |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
    });
    let (record, was, door) = found.optional()?.unwrap_or_default();
    Ok(Before {
        stuk: stuk.clone(),
        was,
        record: record.unsigned_abs(),
        door,
    })
}

fn is_relevant(change: &Change<'_>, zaak: &str, document: DocId) -> Result<bool, StoreError> {
    let mut statement = change.prepare_cached(
        "SELECT g.waarde FROM schifting s LEFT JOIN schift_handeling g ON g.id = s.geldt
         WHERE s.zaak = ? AND s.document = ? ORDER BY s.id DESC LIMIT 1",
    )?;
    let value: Option<Option<String>> = statement
        .query_row(params![zaak, document.0], |row| row.get(0))
        .optional()?;
    Ok(value.flatten().as_deref() == Some(Waarde::Relevant.name()))
}

/// Refuses when somebody changed some of these after `seen`.
fn seen_or_refuse(
    change: &Change<'_>,
    actor: &Actor,
    documents: &[Before],
    seen: u64,
) -> Result<(), StoreError> {
    const MOST_NAMES: usize = 5;
    let newer = |one: &&Before| one.record > seen;
    let newer: Vec<&Before> = documents.iter().filter(newer).collect();
    if newer.is_empty() {
        return Ok(());
    }
    let by: BTreeSet<&str> = newer.iter().map(|one| one.door.as_str()).collect();
    let mut names = by
        .iter()
        .take(MOST_NAMES)
        .map(|account| match **account == actor.id {
            true => Ok("u".to_owned()),
            false => name_of(change, account),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if by.len() > MOST_NAMES {
        names.push("anderen".to_owned());
    }
    Err(StoreError::Conflict(format!(
        "{} van deze documenten {} intussen anders ingedeeld, door {}; bekijk dat eerst",
        labels::number(newer.len() as u64),
        if newer.len() == 1 { "is" } else { "zijn" },
        names.join(", ")
    )))
}

impl Store {
    /// Puts documents with a deelbesluit or belanghebbende, or takes them out, in one go.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for who may not, when the documents are not as many as confirmed, or are not relevant;
    /// [`StoreError::Conflict`] when somebody arranged some of them in between.
    pub fn arrange(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        handeling: &Handeling<'_>,
    ) -> Result<Gedaan, StoreError> {
        let (deel, opdracht) = (handeling.deel, handeling.opdracht);
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            must_exist(change, &zaak.id, deel)?;
            let mut chosen = chosen(change, zaak, handeling)?;
            let mut done = Gedaan {
                overgeslagen: (handeling.stukken.len() - chosen.len()) as u64,
                ..Gedaan::default()
            };
            all_chosen(opdracht, done.overgeslagen)?;
            if !matches!(opdracht.doel, Doel::Document { .. }) {
                must_agree(confirmed(opdracht)?, chosen.len() as u64)?;
            }
            if !opdracht.overschrijven {
                seen_or_refuse(change, actor, &chosen, opdracht.gezien)?;
            }
            let wanted = (!opdracht.eruit).then(|| deel.nummer());
            chosen.retain(|one| one.was != wanted);
            if chosen.is_empty() {
                return Err(StoreError::refused(format!(
                    "er is geen document dat nog {} {deel} {}",
                    if opdracht.eruit { "uit" } else { "bij" },
                    if opdracht.eruit { "moet" } else { "hoort" },
                )));
            }
            done.verplaatst = match deel {
                Deel::Deelbesluit(_) if !opdracht.eruit => {
                    chosen.iter().filter(|one| one.was.is_some()).count() as u64
                }
                _ => 0,
            };
            let records: Vec<Record<'_>> = chosen.iter().map(|one| (&one.stuk, wanted)).collect();
            let wat = if opdracht.eruit { "eruit" } else { "erbij" };
            let van = (opdracht.doel.omvang(), opdracht.doel.van());
            (done.nummer, done.laatste) = write(change, (actor, zaak), deel, (wat, van), &records)?;
            done.aantal = records.len() as u64;
            Ok(done)
        })
    }

    /// Takes back a deed: each of its documents belongs again where it did before. `deel` is that of the deed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when documents of it were arranged again since, unless that may be overwritten.
    pub fn take_back_indeling(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        deel: Deel,
        nummer: u32,
        opdracht: &Opdracht,
    ) -> Result<Gedaan, StoreError> {
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            let found: Option<i64> = change
                .query_row(
                    "SELECT id FROM indeling WHERE zaak = ? AND nummer = ? AND soort = ? AND deel = ?",
                    params![zaak.id, nummer, deel.soort(), deel.nummer()],
                    |row| row.get(0),
                )
                .optional()?;
            let old = found.ok_or(StoreError::Missing("deze handeling bestaat niet"))?;
            let rows = rows_of(change, old, deel)?;
            must_agree(confirmed(opdracht)?, rows.len() as u64)?;
            if !opdracht.overschrijven {
                let mut since = Vec::new();
                for (record, stuk, _) in &rows {
                    let now = before(change, zaak, deel, stuk)?;
                    if now.record != *record {
                        since.push(now);
                    }
                }
                seen_or_refuse(change, actor, &since, 0)?;
            }
            let records: Vec<Record<'_>> =
                rows.iter().map(|(_, stuk, was)| (stuk, *was)).collect();
            let van = ("handeling", nummer.to_string());
            let (nummer, laatste) = write(change, (actor, zaak), deel, ("terug", van), &records)?;
            Ok(Gedaan {
                nummer,
                laatste,
                aantal: records.len() as u64,
                ..Gedaan::default()
            })
        })
    }
}

/// The documents of a deed that count: what is relevant goes in, what is there comes out.
fn chosen(
    change: &Change<'_>,
    zaak: &Zaak,
    handeling: &Handeling<'_>,
) -> Result<Vec<Before>, StoreError> {
    let deel = handeling.deel;
    let mut chosen = Vec::new();
    for stuk in &handeling.stukken {
        let before = before(change, zaak, deel, stuk)?;
        let counts = match handeling.opdracht.eruit {
            true => before.was == Some(deel.nummer()),
            false => is_relevant(change, &zaak.id, stuk.id)?,
        };
        if counts {
            chosen.push(before);
        }
    }
    Ok(chosen)
}

/// What was chosen one by one must all be right: nothing of it is left out in silence.
fn all_chosen(opdracht: &Opdracht, wrong: u64) -> Result<(), StoreError> {
    let one_by_one = matches!(opdracht.doel, Doel::Document { .. } | Doel::Selectie { .. });
    if !one_by_one || wrong == 0 {
        return Ok(());
    }
    let count = labels::count(wrong, "document", "documenten");
    let are = if wrong == 1 { "is" } else { "zijn" };
    Err(StoreError::refused(match opdracht.eruit {
        true => format!("{count} hoort of horen er niet bij; er is niets opgeslagen"),
        false => format!("{count} {are} niet als relevant geschift; er is niets opgeslagen"),
    }))
}

fn confirmed(opdracht: &Opdracht) -> Result<u64, StoreError> {
    let missing = || StoreError::refused("bevestig om hoeveel documenten het gaat, met 'aantal'");
    opdracht.aantal.ok_or_else(missing)
}

/// A document with where it belongs from now on.
type Record<'a> = (&'a Stuk, Option<u32>);

/// The records of a deed: number, document, and where it belonged before.
fn rows_of(
    change: &Change<'_>,
    indeling: i64,
    deel: Deel,
) -> Result<Vec<(u64, Stuk, Option<u32>)>, StoreError> {
    let mut statement = change.prepare(
        "SELECT s.id, s.document, s.inhoud, s.bron,
             (SELECT e.deel FROM indeling_stuk e WHERE e.zaak = s.zaak AND e.spoor = s.spoor
              AND e.document = s.document AND e.id < s.id ORDER BY e.id DESC LIMIT 1)
         FROM indeling_stuk s WHERE s.indeling = ? AND s.spoor = ? ORDER BY s.document",
    )?;
    let rows = statement.query_map(params![indeling, deel.spoor()], |row| {
        let inhoud: Option<[u8; 32]> = row.get(2)?;
        let stuk = Stuk {
            id: DocId(row.get(1)?),
            inhoud: inhoud.map(ContentHash),
            bron: row.get(3)?,
        };
        Ok((row.get::<_, i64>(0)?.unsigned_abs(), stuk, row.get(4)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes a deed with its records and its one record in the audit trail; gives its number and that of its last record.
fn write(
    change: &Change<'_>,
    (actor, zaak): (&Actor, &Zaak),
    deel: Deel,
    (wat, (omvang, van)): (&str, (&str, String)),
    records: &[Record<'_>],
) -> Result<(u32, u64), StoreError> {
    let nummer = next_number(change, "indeling", "nummer", &zaak.id)?;
    let members: Vec<_> = records.iter().map(|(stuk, _)| stuk.member()).collect();
    let hash = results_hash(&members);
    change.execute(
        "INSERT INTO indeling (zaak, nummer, soort, deel, wat, omvang, van, aantal, hash, door, wanneer)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            zaak.id,
            nummer,
            deel.soort(),
            deel.nummer(),
            wat,
            omvang,
            van,
            records.len() as i64,
            hash,
            actor.id,
            Timestamp::now().to_string()
        ],
    )?;
    let id = change.last_insert_rowid();
    let mut statement = change.prepare(
        "INSERT INTO indeling_stuk (zaak, spoor, document, inhoud, bron, indeling, deel)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (stuk, belongs) in records {
        let inhoud = stuk.inhoud.map(|content| content.0);
        let values = params![
            zaak.id,
            deel.spoor(),
            stuk.id.0,
            inhoud,
            stuk.bron,
            id,
            belongs
        ];
        statement.execute(values)?;
    }
    let last = change.last_insert_rowid().unsigned_abs();
    let gegevens = json!({"soort": deel.soort(), "deel": deel.nummer(), "wat": wat, "omvang": omvang,
        "aantal": records.len(), "documenten": hash});
    change.log(&zaak.did(actor, "documenten.ingedeeld", nummer.to_string(), gegevens))?;
    Ok((nummer, last))
}

impl App {
    /// How many documents are with each deelbesluit and belanghebbende, as far as `actor` may see them now; nothing for
    /// who may see none.
    pub fn counts_for(&self, actor: &Actor, zaak: &Zaak) -> Result<Option<Aantallen>, Problem> {
        if self.why_no_zicht(actor, zaak)?.is_some() {
            return Ok(None);
        }
        let zicht = self.zicht(actor, Some(&zaak.id))?;
        Ok(Some(self.store.ingedeeld_counts(&zaak.id, Some(&zicht))?))
    }

    /// Puts documents with a deelbesluit or belanghebbende, takes them out, or takes an earlier deed back; only
    /// documents that who asks may see.
    pub fn arrange(
        &self,
        zicht: &Zicht,
        deel: Deel,
        opdracht: &Opdracht,
    ) -> Result<Gedaan, Problem> {
        self.must_be(&zicht.actor, &DEELT_IN)?;
        let (actor, zaak) = (&zicht.actor, &zicht.zaak);
        if let Doel::Handeling { handeling } = opdracht.doel {
            if !self.store.sees_indeling(zicht, handeling)? {
                return Err(Problem::not_found("Deze handeling bestaat niet."));
            }
            return Ok(self
                .store
                .take_back_indeling(actor, zaak, deel, handeling, opdracht)?);
        }
        let snapshot = self.snapshot(zicht)?;
        let stukken = self.stukken(zicht, &*snapshot, &opdracht.doel)?;
        let handeling = Handeling {
            deel,
            opdracht,
            stukken,
        };
        Ok(self.store.arrange(actor, zaak, &handeling)?)
    }
}
