//! Schifting: what of all that was found belongs to the request, and why the rest does not. Owns writing down what
//! people judged, one document or many at once, and taking that back. Nothing is ever changed: a later record holds,
//! and taking back is a record too. Never searches, and never judges by itself.
//!
//! | file | owns |
//! |---|---|
//! | `waarde` | the values and what goes with each |
//! | `lezen` | what holds now, and how that came about |
//! | `doel` | which documents a deed is about |
//! | `veilig` | copies of the originals that were found relevant |

pub mod doel;
pub mod lezen;
pub mod veilig;
mod waarde;

#[cfg(test)]
mod tests;

pub use lezen::Geschift;
pub use waarde::{Reden, Schifting, Waarde, checked_link};

use super::telling::{Member, results_hash};
use super::{Zaak, next_number};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use crate::web::labels;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeSet;
use zv_shared::{ContentHash, DocId, Document};

/// Who judges documents.
pub const JUDGES: [Rol; 2] = [Rol::Informatiespecialist, Rol::WooJurist];

/// A document as it is judged: what it held, and which source it is from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stuk {
    /// Its id.
    pub id: DocId,
    /// SHA-256 of its bytes.
    pub inhoud: Option<ContentHash>,
    /// The name of its source.
    pub bron: String,
}

impl From<&Document> for Stuk {
    fn from(document: &Document) -> Self {
        Stuk {
            id: document.id,
            inhoud: document.content,
            bron: document.bron.clone(),
        }
    }
}

impl Stuk {
    pub(crate) fn member(&self) -> Member {
        (self.id.0, self.inhoud.map_or([0; 32], |content| content.0))
    }
}

/// A deed: what is to be written of which documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Handeling {
    /// How the documents were chosen.
    pub omvang: &'static str,
    /// Of which document or zoekactie they are.
    pub van: String,
    /// The documents, each once.
    pub stukken: Vec<Stuk>,
    /// The value.
    pub schifting: Schifting,
    /// How far its writer looked.
    pub gezien: Gezien,
    /// Whether values that its writer did not see may give way.
    pub overschrijven: bool,
}

/// How far somebody looked before judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gezien {
    /// The number of the last record of the one document; 0 when there was none.
    Stuk(u64),
    /// The number of the last record of the whole case.
    Zaak(u64),
}

/// What a deed came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gedaan {
    /// Number of the deed within the case.
    pub handeling: u32,
    /// Documents.
    pub aantal: u64,
    /// Number of the last record that was written.
    pub laatste: u64,
}

/// What was known of a document before.
struct Before {
    record: u64,
    geldt: Option<i64>,
    door: String,
    wanneer: String,
    waarde: Option<String>,
}

fn before(
    connection: &Connection,
    zaak: &str,
    document: DocId,
) -> rusqlite::Result<Option<Before>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.id, s.geldt, h.door, h.wanneer, g.waarde FROM schifting s
         JOIN schift_handeling h ON h.id = s.handeling LEFT JOIN schift_handeling g ON g.id = s.geldt
         WHERE s.zaak = ? AND s.document = ? ORDER BY s.id DESC LIMIT 1",
    )?;
    let row = |row: &rusqlite::Row<'_>| {
        Ok(Before {
            record: row.get::<_, i64>(0)?.unsigned_abs(),
            geldt: row.get(1)?,
            door: row.get(2)?,
            wanneer: row.get(3)?,
            waarde: row.get(4)?,
        })
    };
    statement
        .query_row(params![zaak, document.0], row)
        .optional()
}

/// The name of an account, as it is shown.
pub(crate) fn name_of(connection: &Connection, account: &str) -> rusqlite::Result<String> {
    let found: Option<String> = connection
        .query_row(
            "SELECT naam FROM gebruiker WHERE id = ?",
            [account],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.unwrap_or_else(|| "deze computer".to_owned()))
}

/// Refuses who may not judge in this case.
pub(crate) fn may_judge(
    connection: &Connection,
    actor: &Actor,
    zaak: &Zaak,
) -> Result<(), StoreError> {
    zaak.must_be_open(connection)?;
    if !actor.is_any(&JUDGES) {
        return Err(StoreError::refused(
            "alleen een informatiespecialist of Woo-jurist schift en beoordeelt",
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

/// Gathers what stands in the way of a deed.
#[derive(Default)]
struct Hindered {
    count: u64,
    by: BTreeSet<String>,
}

impl Hindered {
    const MOST_NAMES: usize = 5;

    fn add(&mut self, door: &str) {
        self.count += 1;
        if self.by.len() <= Self::MOST_NAMES {
            self.by.insert(door.to_owned());
        }
    }

    fn or_refuse(self, connection: &Connection, of: usize, bezig: &str) -> Result<(), StoreError> {
        if self.count == 0 {
            return Ok(());
        }
        let mut names = self
            .by
            .iter()
            .take(Self::MOST_NAMES)
            .map(|account| name_of(connection, account))
            .collect::<Result<Vec<_>, _>>()?;
        if self.by.len() > Self::MOST_NAMES {
            names.push("anderen".to_owned());
        }
        let have = if self.count == 1 { "is" } else { "zijn" };
        Err(StoreError::Conflict(format!(
            "van deze {} {have} er {} intussen al geschift, door {}; er is niets {bezig}. Bekijk die eerst, of kies \
             overschrijven",
            labels::count(of as u64, "document", "documenten"),
            labels::number(self.count),
            names.join(", "),
        )))
    }
}

fn seen_or_refuse(
    connection: &Connection,
    handeling: &Handeling,
    zaak: &Zaak,
) -> Result<(), StoreError> {
    match handeling.gezien {
        Gezien::Stuk(seen) => {
            for stuk in &handeling.stukken {
                one_seen(connection, zaak, stuk.id, seen)?;
            }
            Ok(())
        }
        Gezien::Zaak(_) if handeling.overschrijven => Ok(()),
        Gezien::Zaak(seen) => {
            let mut hindered = Hindered::default();
            for stuk in &handeling.stukken {
                if let Some(before) = before(connection, &zaak.id, stuk.id)?
                    && before.record > seen
                    && before.geldt.is_some()
                {
                    hindered.add(&before.door);
                }
            }
            hindered.or_refuse(connection, handeling.stukken.len(), "opgeslagen")
        }
    }
}

/// Refuses when the last record of a document is not the one that was seen.
fn one_seen(
    connection: &Connection,
    zaak: &Zaak,
    document: DocId,
    seen: u64,
) -> Result<(), StoreError> {
    let Some(before) =
        before(connection, &zaak.id, document)?.filter(|before| before.record != seen)
    else {
        return Ok(());
    };
    let value = before.waarde.as_deref().and_then(Waarde::named);
    let what = value.map_or_else(
        || "de schifting van dit document intussen teruggedraaid".to_owned(),
        |value| format!("dit document intussen geschift als {}", value.label()),
    );
    let when: Timestamp = super::parsed(&before.wanneer)?;
    Err(StoreError::Conflict(format!(
        "{} heeft {what} ({}); bekijk dat eerst",
        name_of(connection, &before.door)?,
        labels::moment(when)
    )))
}

impl Store {
    /// Writes down what somebody judged, in one go.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for who may not, or when something is missing; [`StoreError::Conflict`] when a document
    /// was judged that its writer did not see, naming who did.
    pub fn schift(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        handeling: &Handeling,
    ) -> Result<Gedaan, StoreError> {
        let schifting = handeling.schifting.checked()?;
        let mut handeling = handeling.clone();
        handeling.stukken.sort();
        handeling.stukken.dedup_by_key(|stuk| stuk.id);
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            if handeling.stukken.is_empty() {
                return Err(StoreError::refused("er is geen document om te schiften"));
            }
            if let Some(original) = schifting.dubbel_van {
                must_be_original(change, zaak, &handeling, original)?;
            }
            seen_or_refuse(change, &handeling, zaak)?;
            let members: Vec<Member> = handeling.stukken.iter().map(Stuk::member).collect();
            let new = New {
                omvang: handeling.omvang,
                van: &handeling.van,
                schifting: Some(&schifting),
                members: &members,
            };
            let (id, nummer) = new.insert(change, actor, zaak)?;
            let mut statement = change.prepare(
                "INSERT INTO schifting (zaak, document, inhoud, bron, handeling, geldt) VALUES (?, ?, ?, ?, ?5, ?5)",
            )?;
            for stuk in &handeling.stukken {
                let inhoud = stuk.inhoud.map(|content| content.0);
                statement.execute(params![zaak.id, stuk.id.0, inhoud, stuk.bron, id])?;
            }
            Ok(Gedaan {
                handeling: nummer,
                aantal: members.len() as u64,
                laatste: change.last_insert_rowid().unsigned_abs(),
            })
        })
    }

    /// Takes back the last record of one document: the value before it holds again. `seen` is that record.
    pub fn take_back_one(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        stuk: &Stuk,
        seen: u64,
    ) -> Result<Gedaan, StoreError> {
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            one_seen(change, zaak, stuk.id, seen)?;
            if before(change, &zaak.id, stuk.id)?.is_none() {
                return Err(StoreError::refused("dit document is nog niet geschift"));
            }
            let van = stuk.id.to_string();
            let members = [stuk.member()];
            let new = New {
                omvang: "document",
                van: &van,
                schifting: None,
                members: &members,
            };
            let (id, nummer) = new.insert(change, actor, zaak)?;
            take_back(
                change,
                "s.zaak = ?2 AND s.document = ?3 AND s.id = ?4",
                params![id, zaak.id, stuk.id.0, seen.cast_signed()],
            )?;
            Ok(Gedaan {
                handeling: nummer,
                aantal: 1,
                laatste: change.last_insert_rowid().unsigned_abs(),
            })
        })
    }

    /// Takes back a whole deed: of each of its documents the value from before it holds again. `count` is what its
    /// writer confirmed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when documents of it were judged again since, unless `overwrite`.
    pub fn take_back_deed(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        deed: u32,
        count: u64,
        overwrite: bool,
    ) -> Result<Gedaan, StoreError> {
        self.change(|change| {
            may_judge(change, actor, zaak)?;
            let found: Option<i64> = change
                .query_row(
                    "SELECT id FROM schift_handeling WHERE zaak = ? AND nummer = ?",
                    params![zaak.id, deed],
                    |row| row.get(0),
                )
                .optional()?;
            let old = found.ok_or(StoreError::Missing("deze handeling bestaat niet"))?;
            let members = members_of(change, old)?;
            must_agree(count, members.len() as u64)?;
            if !overwrite {
                judged_since(change, zaak, old)?.or_refuse(
                    change,
                    members.len(),
                    "teruggedraaid",
                )?;
            }
            let van = deed.to_string();
            let new = New {
                omvang: "handeling",
                van: &van,
                schifting: None,
                members: &members,
            };
            let (id, nummer) = new.insert(change, actor, zaak)?;
            take_back(change, "s.handeling = ?2", params![id, old])?;
            Ok(Gedaan {
                handeling: nummer,
                aantal: members.len() as u64,
                laatste: change.last_insert_rowid().unsigned_abs(),
            })
        })
    }
}

/// Refuses when there are more or fewer documents than somebody confirmed.
pub(crate) fn must_agree(confirmed: u64, found: u64) -> Result<(), StoreError> {
    match confirmed == found {
        true => Ok(()),
        false => Err(StoreError::refused(format!(
            "u bevestigde {}, maar het zijn er nu {}; er is niets opgeslagen",
            labels::count(confirmed, "document", "documenten"),
            labels::number(found)
        ))),
    }
}

/// A copy points to a document that is not itself one.
fn must_be_original(
    change: &Change<'_>,
    zaak: &Zaak,
    handeling: &Handeling,
    original: DocId,
) -> Result<(), StoreError> {
    if handeling.stukken.iter().any(|stuk| stuk.id == original) {
        return Err(StoreError::refused(
            "een document is niet dubbel met zichzelf",
        ));
    }
    let before = before(change, &zaak.id, original)?;
    match before.and_then(|before| before.waarde) {
        Some(value) if value == Waarde::Dubbel.name() => Err(StoreError::refused(
            "het aangewezen document is zelf als dubbel geschift; wijs aan waar het naar verwijst",
        )),
        _ => Ok(()),
    }
}

/// Writes the records that take back those records `s` that `which` selects; ?1 is the new deed.
fn take_back(
    change: &Change<'_>,
    which: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO schifting (zaak, document, inhoud, bron, handeling, geldt)
         SELECT s.zaak, s.document, s.inhoud, s.bron, ?1,
             (SELECT e.geldt FROM schifting e WHERE e.zaak = s.zaak AND e.document = s.document AND e.id < s.id
              ORDER BY e.id DESC LIMIT 1)
         FROM schifting s WHERE {which} ORDER BY s.id"
    );
    change.execute(&sql, values)?;
    Ok(())
}

/// The documents of a deed, in order of id.
fn members_of(change: &Change<'_>, deed: i64) -> Result<Vec<Member>, StoreError> {
    let mut statement = change
        .prepare("SELECT document, inhoud FROM schifting WHERE handeling = ? ORDER BY document")?;
    let rows = statement.query_map([deed], |row| {
        let inhoud: Option<[u8; 32]> = row.get(1)?;
        Ok((row.get(0)?, inhoud.unwrap_or_default()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who judged documents of a deed after it.
fn judged_since(change: &Change<'_>, zaak: &Zaak, deed: i64) -> Result<Hindered, StoreError> {
    let mut statement = change.prepare(
        "SELECT h.door FROM schifting s JOIN schifting l ON l.id =
             (SELECT max(e.id) FROM schifting e WHERE e.zaak = ?2 AND e.document = s.document)
         JOIN schift_handeling h ON h.id = l.handeling
         WHERE s.handeling = ?1 AND l.id != s.id",
    )?;
    let mut rows = statement.query(params![deed, zaak.id])?;
    let mut hindered = Hindered::default();
    while let Some(row) = rows.next()? {
        hindered.add(&row.get::<_, String>(0)?);
    }
    Ok(hindered)
}

/// A deed to be written.
struct New<'a> {
    omvang: &'a str,
    van: &'a str,
    schifting: Option<&'a Schifting>,
    members: &'a [Member],
}

impl New<'_> {
    /// Writes the deed with its one record in the audit trail; gives its id and its number in the case.
    fn insert(
        &self,
        change: &Change<'_>,
        actor: &Actor,
        zaak: &Zaak,
    ) -> Result<(i64, u32), StoreError> {
        let nummer = next_number(change, "schift_handeling", "nummer", &zaak.id)?;
        let hash = results_hash(self.members);
        let waarde = self.schifting.map(|schifting| schifting.waarde.name());
        let inhoud = self.schifting.map(serde_json::to_string).transpose()?;
        change.execute(
            "INSERT INTO schift_handeling (zaak, nummer, omvang, van, waarde, inhoud, aantal, hash, door, wanneer)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                zaak.id,
                nummer,
                self.omvang,
                self.van,
                waarde,
                inhoud,
                self.members.len() as i64,
                hash,
                actor.id,
                Timestamp::now().to_string()
            ],
        )?;
        let id = change.last_insert_rowid();
        let gegevens = json!({
            "waarde": waarde, "reden": self.schifting.and_then(|schifting| schifting.reden),
            "omvang": self.omvang, "aantal": self.members.len(), "documenten": hash,
        });
        let actie = match self.schifting {
            Some(_) => "schifting.vastgelegd",
            None => "schifting.teruggedraaid",
        };
        change.log(&zaak.did(actor, actie, nummer.to_string(), gegevens))?;
        Ok((id, nummer))
    }
}
