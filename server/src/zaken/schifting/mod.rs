//! Schifting: what of all that was found belongs to the request, and why the rest does not. Owns writing down what
//! people judged, one document or many at once, and taking that back. Nothing is ever changed: a later record holds,
//! and taking back is a record too. Never searches, and never judges by itself.
//!
//! | file | owns |
//! |---|---|
//! | `waarde` | the values and what goes with each |
//! | `lezen` | what holds now, and how that came about |
//! | `doel` | which documents a deed is about |
//! | `delen` | writing a deed, one on very many documents part by part |
//! | `veilig` | copies of the originals that were found relevant |

mod delen;
pub mod doel;
pub mod lezen;
pub mod veilig;
mod waarde;

#[cfg(test)]
mod tests;

pub use lezen::Geschift;
pub use waarde::{Reden, Schifting, Waarde, checked_link};

use super::Zaak;
use super::telling::Member;
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use crate::web::labels;
use delen::{Deed, New};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::ops::Range;
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

/// Refuses when one of `stukken` was judged and the writer of the deed did not see that; they are documents of it.
fn seen_or_refuse(
    connection: &Connection,
    zaak: &Zaak,
    handeling: &Handeling,
    stukken: &[&Stuk],
) -> Result<(), StoreError> {
    match handeling.gezien {
        Gezien::Stuk(seen) => {
            for stuk in stukken {
                one_seen(connection, zaak, stuk.id, seen)?;
            }
            Ok(())
        }
        Gezien::Zaak(_) if handeling.overschrijven => Ok(()),
        Gezien::Zaak(seen) => {
            let mut hindered = Hindered::default();
            for stuk in stukken {
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
        let mut stukken: Vec<&Stuk> = handeling.stukken.iter().collect();
        stukken.sort();
        stukken.dedup_by_key(|stuk| stuk.id);
        let members: Vec<Member> = stukken.iter().map(|stuk| stuk.member()).collect();
        let new = New {
            omvang: handeling.omvang,
            van: &handeling.van,
            schifting: Some(&schifting),
            members: &members,
        };
        let may = |connection: &Connection| {
            may_judge(connection, actor, zaak)?;
            if stukken.is_empty() {
                return Err(StoreError::refused("er is geen document om te schiften"));
            }
            match schifting.dubbel_van {
                Some(original) => must_be_original(connection, zaak, handeling, original),
                None => Ok(()),
            }
        };
        let seen = |connection: &Connection, part: Range<usize>| {
            seen_or_refuse(connection, zaak, handeling, &stukken[part])
        };
        let write = |change: &Change<'_>, deed: i64, part: Range<usize>| {
            let mut statement = change.prepare_cached(
                "INSERT INTO schifting_rij (zaak, document, inhoud, bron, handeling, geldt)
                 VALUES (?, ?, ?, ?, ?5, ?5)",
            )?;
            for stuk in &stukken[part] {
                let inhoud = stuk.inhoud.map(|content| content.0);
                statement.execute(params![zaak.id, stuk.id.0, inhoud, stuk.bron, deed])?;
            }
            Ok(())
        };
        self.deed((actor, zaak), &new, &Deed { may, seen, write })
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
            let members = [stuk.member()];
            delen::not_in_hand(change, zaak, &members)?;
            one_seen(change, zaak, stuk.id, seen)?;
            if before(change, &zaak.id, stuk.id)?.is_none() {
                return Err(StoreError::refused("dit document is nog niet geschift"));
            }
            let van = stuk.id.to_string();
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
        let (old, members) = {
            let connection = self.connection();
            may_judge(&connection, actor, zaak)?;
            let found: Option<i64> = connection
                .query_row(
                    "SELECT id FROM schift_handeling WHERE zaak = ? AND nummer = ?",
                    params![zaak.id, deed],
                    |row| row.get(0),
                )
                .optional()?;
            let old = found.ok_or(StoreError::Missing("deze handeling bestaat niet"))?;
            // What a deed was about never changes.
            (old, members_of(&connection, old)?)
        };
        must_agree(count, members.len() as u64)?;
        let new = New {
            omvang: "handeling",
            van: &deed.to_string(),
            schifting: None,
            members: &members,
        };
        let may = |connection: &Connection| may_judge(connection, actor, zaak);
        let seen = |connection: &Connection, part: Range<usize>| match overwrite {
            true => Ok(()),
            false => judged_since(connection, zaak, old, &members[part])?.or_refuse(
                connection,
                members.len(),
                "teruggedraaid",
            ),
        };
        let write = |change: &Change<'_>, deed: i64, part: Range<usize>| {
            let part = &members[part];
            let (Some((first, _)), Some((last, _))) = (part.first(), part.last()) else {
                return Ok(());
            };
            take_back(
                change,
                "s.zaak = ?2 AND s.handeling = ?3 AND s.document BETWEEN ?4 AND ?5",
                params![deed, zaak.id, old, first, last],
            )
        };
        self.deed((actor, zaak), &new, &Deed { may, seen, write })
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
    connection: &Connection,
    zaak: &Zaak,
    handeling: &Handeling,
    original: DocId,
) -> Result<(), StoreError> {
    if handeling.stukken.iter().any(|stuk| stuk.id == original) {
        return Err(StoreError::refused(
            "een document is niet dubbel met zichzelf",
        ));
    }
    let before = before(connection, &zaak.id, original)?;
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
        "INSERT INTO schifting_rij (zaak, document, inhoud, bron, handeling, geldt)
         SELECT s.zaak, s.document, s.inhoud, s.bron, ?1,
             (SELECT e.geldt FROM schifting e WHERE e.zaak = s.zaak AND e.document = s.document AND e.id < s.id
              ORDER BY e.id DESC LIMIT 1)
         FROM schifting s WHERE {which} ORDER BY s.document, s.id"
    );
    change.execute(&sql, values)?;
    Ok(())
}

/// The documents of a deed, in order of id.
fn members_of(connection: &Connection, deed: i64) -> Result<Vec<Member>, StoreError> {
    let mut statement = connection
        .prepare("SELECT document, inhoud FROM schifting WHERE handeling = ? ORDER BY document")?;
    let rows = statement.query_map([deed], |row| {
        let inhoud: Option<[u8; 32]> = row.get(1)?;
        Ok((row.get(0)?, inhoud.unwrap_or_default()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who judged these documents of a deed after it.
fn judged_since(
    connection: &Connection,
    zaak: &Zaak,
    deed: i64,
    members: &[Member],
) -> Result<Hindered, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT s.handeling, h.door FROM schifting s JOIN schift_handeling h ON h.id = s.handeling
         WHERE s.zaak = ? AND s.document = ? ORDER BY s.id DESC LIMIT 1",
    )?;
    let mut hindered = Hindered::default();
    for (document, _) in members {
        let last = statement.query_row(params![zaak.id, document], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        });
        match last.optional()? {
            Some((last, door)) if last != deed => hindered.add(&door),
            _ => {}
        }
    }
    Ok(hindered)
}
