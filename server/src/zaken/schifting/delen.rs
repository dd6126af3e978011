//! Writing a deed. One on very many documents is written part by part, and others search, read and judge in between: until
//! its last moment nobody sees anything of it, from then on everybody sees all of it, and what does not come so far is
//! taken away again. Never decides what a deed may do.

use super::{Gedaan, Schifting, name_of};
use crate::mensen::Actor;
use crate::store::{Change, Store, StoreError};
use crate::web::labels;
use crate::zaken::telling::{Member, results_hash};
use crate::zaken::{Zaak, next_number};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use std::ops::Range;
use std::time::Duration;

/// Documents that are written in one go: some tens of milliseconds. In unit tests so few that most deeds have parts.
const PART: usize = if cfg!(test) { 2 } else { 2_000 };
/// Between two parts, so that whoever waits gets his turn: a lock does not remember who came first.
const BREATH: Duration = Duration::from_millis(1);

/// A deed to be written.
pub(super) struct New<'a> {
    pub omvang: &'a str,
    pub van: &'a str,
    pub schifting: Option<&'a Schifting>,
    pub members: &'a [Member],
}

impl New<'_> {
    /// Writes the deed with its one record in the audit trail; gives its id and its number in the case.
    pub fn insert(
        &self,
        change: &Change<'_>,
        actor: &Actor,
        zaak: &Zaak,
    ) -> Result<(i64, u32), StoreError> {
        let nummer = next_number(change, "schift_handeling", "nummer", &zaak.id)?;
        let id = self.row(change, actor, zaak, nummer.into())?;
        self.log(change, actor, zaak, nummer)?;
        Ok((id, nummer))
    }

    fn row(
        &self,
        change: &Change<'_>,
        actor: &Actor,
        zaak: &Zaak,
        nummer: i64,
    ) -> Result<i64, StoreError> {
        let waarde = self.schifting.map(|schifting| schifting.waarde.name());
        let inhoud = self.schifting.map(serde_json::to_string).transpose()?;
        change.execute(
            "INSERT INTO schift_handeling_rij
                 (zaak, nummer, omvang, van, waarde, inhoud, aantal, hash, door, wanneer)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                zaak.id,
                nummer,
                self.omvang,
                self.van,
                waarde,
                inhoud,
                self.members.len() as i64,
                results_hash(self.members),
                actor.id,
                Timestamp::now().to_string()
            ],
        )?;
        Ok(change.last_insert_rowid())
    }

    fn log(
        &self,
        change: &Change<'_>,
        actor: &Actor,
        zaak: &Zaak,
        nummer: u32,
    ) -> Result<(), StoreError> {
        let gegevens = json!({
            "waarde": self.schifting.map(|schifting| schifting.waarde.name()),
            "reden": self.schifting.and_then(|schifting| schifting.reden),
            "omvang": self.omvang, "aantal": self.members.len(), "documenten": results_hash(self.members),
        });
        let actie = match self.schifting {
            Some(_) => "schifting.vastgelegd",
            None => "schifting.teruggedraaid",
        };
        change.log(&zaak.did(actor, actie, nummer.to_string(), gegevens))
    }

    /// Begins a deed that nobody sees yet; gives its id.
    fn begin(&self, change: &Change<'_>, actor: &Actor, zaak: &Zaak) -> Result<i64, StoreError> {
        // Its number comes with its end. Until then it has one that no other has.
        let free = "SELECT -1 - coalesce(max(id), 0) FROM schift_handeling_rij";
        let id = self.row(
            change,
            actor,
            zaak,
            change.query_row(free, [], |row| row.get(0))?,
        )?;
        change.execute(
            "INSERT INTO schift_bezig VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM schifting_rij))",
            params![id, zaak.id],
        )?;
        Ok(id)
    }

    /// Makes a deed hold all at once; gives its number in the case.
    fn end(
        &self,
        change: &Change<'_>,
        actor: &Actor,
        zaak: &Zaak,
        id: i64,
    ) -> Result<u32, StoreError> {
        let written: i64 = change.query_row(
            "SELECT count(*) FROM schifting_rij WHERE handeling = ?",
            [id],
            |row| row.get(0),
        )?;
        if written.unsigned_abs() != self.members.len() as u64 {
            return Err(StoreError::Conflict(
                "het schiften is onderbroken; er is niets opgeslagen, doe het opnieuw".to_owned(),
            ));
        }
        let nummer = next_number(change, "schift_handeling", "nummer", &zaak.id)?;
        change.execute(
            "UPDATE schift_handeling_rij SET nummer = ?, wanneer = ? WHERE id = ?",
            params![nummer, Timestamp::now().to_string(), id],
        )?;
        change.execute("DELETE FROM schift_bezig WHERE handeling = ?", [id])?;
        self.log(change, actor, zaak, nummer)?;
        Ok(nummer)
    }
}

/// What there is to a deed besides what it is about. Ranges are of the documents in order of id.
pub(super) struct Deed<May, Seen, Write> {
    /// Refuses the deed as a whole.
    pub may: May,
    /// Refuses when somebody else judged documents of a part meanwhile.
    pub seen: Seen,
    /// Writes the records of a part.
    pub write: Write,
}

impl Store {
    /// Writes a deed whole, or nothing of it.
    pub(super) fn deed<May, Seen, Write>(
        &self,
        (actor, zaak): (&Actor, &Zaak),
        new: &New<'_>,
        deed: &Deed<May, Seen, Write>,
    ) -> Result<Gedaan, StoreError>
    where
        May: Fn(&Connection) -> Result<(), StoreError>,
        Seen: Fn(&Connection, Range<usize>) -> Result<(), StoreError>,
        Write: Fn(&Change<'_>, i64, Range<usize>) -> Result<(), StoreError>,
    {
        let count = new.members.len();
        if count <= PART {
            return self.change(|change| {
                (deed.may)(change)?;
                not_in_hand(change, zaak, new.members)?;
                (deed.seen)(change, 0..count)?;
                let (id, nummer) = new.insert(change, actor, zaak)?;
                (deed.write)(change, id, 0..count)?;
                done(change, id, nummer, count)
            });
        }
        {
            // Most of what is refused is refused before anybody waits for it.
            let connection = self.connection();
            (deed.may)(&connection)?;
            (deed.seen)(&connection, 0..count)?;
        }
        let id = self.change(|change| {
            (deed.may)(change)?;
            nothing_in_hand(change, zaak)?;
            new.begin(change, actor, zaak)
        })?;
        let part = |from: usize| {
            let part = from..count.min(from + PART);
            std::thread::sleep(BREATH);
            self.change(|change| {
                // From here on nobody else judges these documents before this deed has ended.
                (deed.seen)(change, part.clone())?;
                (deed.write)(change, id, part)
            })
        };
        let written = (0..count).step_by(PART).try_for_each(part);
        let ended = written.and_then(|()| {
            self.change(|change| {
                (deed.may)(change)?;
                let nummer = new.end(change, actor, zaak, id)?;
                done(change, id, nummer, count)
            })
        });
        let cleared = match &ended {
            Ok(_) => self.forget_replaced(id),
            // Until that is done these documents cannot be judged.
            Err(_) => self.undo(id),
        };
        if let Err(error) = cleared {
            tracing::error!(%error, "what a schifting left is cleared away only at the next start");
        }
        ended
    }

    /// Takes away what was written of a deed that nobody has seen; gives how many documents that were.
    fn undo(&self, deed: i64) -> Result<u64, StoreError> {
        let gone = self.in_parts(|change| {
            const PART_OF_IT: &str = "FROM schifting_rij WHERE handeling = ?1 ORDER BY id LIMIT ?2";
            let values = params![deed, PART as i64];
            let ready = format!(
                "DELETE FROM schifting_nu_rij WHERE handeling = ?1
                     AND (zaak, document, vervangen) IN (SELECT zaak, document, 0 {PART_OF_IT})"
            );
            change.execute(&ready, values)?;
            let holds = format!(
                "UPDATE schifting_nu_rij SET vervangen = 0
                     WHERE (zaak, document, vervangen) IN (SELECT zaak, document, ?1 {PART_OF_IT})"
            );
            change.execute(&holds, values)?;
            let records = format!("DELETE FROM schifting_rij WHERE id IN (SELECT id {PART_OF_IT})");
            Ok(change.execute(&records, values)?)
        })?;
        self.change(|change| {
            change.execute("DELETE FROM schift_handeling_rij WHERE id = ?", [deed])?;
            change.execute("DELETE FROM schift_bezig WHERE handeling = ?", [deed])?;
            Ok(())
        })?;
        Ok(gone)
    }

    /// Takes away what a deed that has ended took the place of.
    fn forget_replaced(&self, deed: i64) -> Result<u64, StoreError> {
        self.in_parts(|change| {
            Ok(change.execute(
                "DELETE FROM schifting_nu_rij WHERE (zaak, document, vervangen) IN
                     (SELECT zaak, document, vervangen FROM schifting_nu_rij
                          WHERE vervangen > 0 AND vervangen = ? LIMIT ?)",
                params![deed, PART as i64],
            )?)
        })
    }

    /// Does a change again until it touches nothing any more, and lets others in between; gives how much it touched.
    fn in_parts(
        &self,
        part: impl Fn(&Change<'_>) -> Result<usize, StoreError>,
    ) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            match self.change(&part)? {
                0 => return Ok(all),
                some => all += some as u64,
            }
            std::thread::sleep(BREATH);
        }
    }

    /// Takes away what a program that was stopped had written of deeds that it did not end; gives how many documents that
    /// were. Only for the one program that judges: it would undo what another is doing.
    pub fn undo_unfinished(&self) -> Result<u64, StoreError> {
        let ids = |sql: &str| -> Result<Vec<i64>, StoreError> {
            let connection = self.connection();
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let unfinished = ids("SELECT handeling FROM schift_bezig")?.into_iter();
        let gone = unfinished
            .map(|deed| self.undo(deed))
            .sum::<Result<_, _>>()?;
        // Of those that did end, what they replaced may still be there.
        for deed in ids("SELECT DISTINCT vervangen FROM schifting_nu_rij WHERE vervangen > 0")? {
            self.forget_replaced(deed)?;
        }
        Ok(gone)
    }
}

fn done(
    change: &Change<'_>,
    deed: i64,
    handeling: u32,
    count: usize,
) -> Result<Gedaan, StoreError> {
    let last: i64 = change.query_row(
        "SELECT max(id) FROM schifting_rij WHERE handeling = ?",
        [deed],
        |row| row.get(0),
    )?;
    Ok(Gedaan {
        handeling,
        aantal: count as u64,
        laatste: last.unsigned_abs(),
    })
}

/// Who is writing a deed in this case at this moment, and on how many documents.
fn in_hand(connection: &Connection, zaak: &Zaak) -> Result<Option<String>, StoreError> {
    let found: Option<(String, i64)> = connection
        .query_row(
            "SELECT h.door, h.aantal FROM schift_bezig b JOIN schift_handeling_rij h ON h.id = b.handeling
             WHERE b.zaak = ?",
            [&zaak.id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((door, count)) = found else {
        return Ok(None);
    };
    Ok(Some(format!(
        "{} is op dit moment {} tegelijk aan het schiften",
        name_of(connection, &door)?,
        labels::count(count.unsigned_abs(), "document", "documenten")
    )))
}

/// Refuses when a deed in this case is being written.
fn nothing_in_hand(connection: &Connection, zaak: &Zaak) -> Result<(), StoreError> {
    match in_hand(connection, zaak)? {
        None => Ok(()),
        Some(who) => Err(StoreError::Conflict(format!(
            "{who}; wacht tot dat klaar is"
        ))),
    }
}

/// Refuses documents on which a deed is being written.
pub(super) fn not_in_hand(
    connection: &Connection,
    zaak: &Zaak,
    members: &[Member],
) -> Result<(), StoreError> {
    let Some(who) = in_hand(connection, zaak)? else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM schifting_rij WHERE zaak = ? AND document = ?
             AND handeling IN (SELECT handeling FROM schift_bezig))",
    )?;
    for (document, _) in members {
        if statement.query_row(params![zaak.id, document], |row| row.get(0))? {
            let these = if members.len() == 1 {
                "dit hoort"
            } else {
                "een van deze hoort"
            };
            return Err(StoreError::Conflict(format!(
                "{who}, en {these} daarbij; wacht tot dat klaar is"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
