//! What people and cases leave behind: SQLite beside the index (`toestand.db`), and the audit trail in a file of its
//! own. Owns opening, the versions of the tables, and that no change goes without its record in the trail. What is
//! stored of searches, people and cases stands in one file each. Never runs a search.
//!
//! | file | owns |
//! |---|---|
//! | `connections` | who writes and who reads at the same time |
//! | `klok` | the time by which rights end |
//! | `schema` | the tables and how they came to be |
//! | `searches` | stored searches |
//! | `spoor` | reading the audit trail |
//! | `viewed` | what people looked at themselves |

mod connections;
mod klok;
mod schema;
mod searches;
pub mod spoor;
pub mod viewed;

pub use connections::BUSY;
pub use klok::MARGE;
pub use searches::Stored;

use crate::audit::anker::Anker;
use crate::audit::weigering::Refusals;
use crate::audit::{self, Event, Head, Outcome, Trail};
use connections::Connections;
use jiff::Timestamp;
use klok::Klok;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("de database gaf een fout: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The audit trail failed, or its file is damaged.
    #[error("het auditspoor (audit.db) is niet te gebruiken: {0}")]
    Trail(#[source] rusqlite::Error),
    /// A stored value is not what this program writes.
    #[error("een opgeslagen gegeven is onleesbaar: {0}")]
    Damaged(#[from] serde_json::Error),
    /// Made by a newer program.
    #[error("de database is gemaakt door een nieuwere versie van Zoek & Vind")]
    Newer,
    /// Not possible by a rule of the domain; the sentence says which.
    #[error("{0}")]
    Refused(String),
    /// Somebody else changed the same thing in the meantime; the sentence says what.
    #[error("{0}")]
    Conflict(String),
    /// Reading or writing a file failed.
    #[error("een bestand in de toestand gaf een fout: {0}")]
    Io(#[from] std::io::Error),
    /// There is nothing with this id.
    #[error("{0}")]
    Missing(&'static str),
}

impl StoreError {
    /// A rule forbids it.
    pub fn refused(sentence: impl Into<String>) -> Self {
        StoreError::Refused(sentence.into())
    }
}

/// The database and its audit trail.
pub struct Store {
    /// The state folder.
    folder: PathBuf,
    connections: Connections,
    trail: Trail,
    /// The last record that was handed over to the trail. Who hands over holds it.
    handed: Mutex<i64>,
    refusals: Refusals,
    anker: Anker,
    klok: Klok,
}

/// A change that is under way: it and its records in the trail are kept together, or not at all.
pub struct Change<'a> {
    transaction: Transaction<'a>,
    /// The last record that waits for the trail; 0 when the change has none.
    last: Cell<i64>,
    /// When it is made, by the time by which rights end.
    pub now: Timestamp,
}

impl<'a> std::ops::Deref for Change<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Transaction<'a> {
        &self.transaction
    }
}

impl Change<'_> {
    /// Puts a record in the trail when the change is kept.
    pub fn log(&self, event: &Event) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO audit_uit (sleutel, regel) VALUES (lower(hex(randomblob(16))), ?)",
            [serde_json::to_string(event)?],
        )?;
        self.last.set(self.transaction.last_insert_rowid());
        Ok(())
    }

    /// An id that nobody guesses: SQLite's randomblob is a ChaCha20 stream keyed by the operating system.
    pub fn new_id(&self) -> Result<String, StoreError> {
        Ok(self
            .transaction
            .query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))?)
    }
}

impl Store {
    /// Opens, and where needed makes or updates, the database and the trail in the state folder. What a killed
    /// program had not handed over to the trail is handed over now.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        let file = state.join("toestand.db");
        let writer = prepare(Connection::open(&file)?)?;
        let trail = Trail::open(&state.join("audit.db")).map_err(StoreError::Trail)?;
        let klok = Klok::since(trail.latest().map_err(StoreError::Trail)?);
        let store = Store {
            klok,
            folder: state.to_owned(),
            connections: Connections::new(writer, &file)?,
            trail,
            handed: Mutex::default(),
            refusals: Refusals::default(),
            anker: Anker::default(),
        };
        let waiting = store.hand_over(i64::MAX)?;
        store.finish_forgetting()?;
        if waiting > 0 {
            tracing::warn!(
                records = waiting,
                "what was done before the program stopped came into the audit trail only now"
            );
        }
        Ok(store)
    }

    /// The state folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A connection to read with: a statement sees all that was kept before it began, and waits for no writer.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connections.reader()
    }

    /// The one connection that writes.
    pub(crate) fn writing(&self) -> MutexGuard<'_, Connection> {
        self.connections.writer()
    }

    /// Writes all changes back into the file of the database: what was erased stands in the write-ahead log until then.
    pub(crate) fn write_back(&self) -> Result<(), StoreError> {
        Ok(self.connections.write_back()?)
    }

    /// Makes a change of several statements, with its records in the trail.
    pub fn change<T>(
        &self,
        work: impl FnOnce(&Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (result, last) = {
            let mut connection = self.writing();
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let change = Change {
                transaction,
                last: Cell::default(),
                now: self.now(),
            };
            let result = work(&change)?;
            let last = change.last.get();
            change.transaction.commit()?;
            (result, last)
        };
        self.hand_over(last)?;
        Ok(result)
    }

    /// Puts one record in the trail, of something that changes nothing here. Of a flood of refusals most are only
    /// counted.
    pub fn log(&self, event: &Event) -> Result<(), StoreError> {
        match event.resultaat {
            Outcome::Gelukt => self.change(|change| change.log(event)),
            Outcome::Geweigerd => self.log_all(&self.refusals.refused(event.clone())),
        }
    }

    fn log_all(&self, events: &[Event]) -> Result<(), StoreError> {
        match events {
            [] => Ok(()),
            events => self.change(|change| events.iter().try_for_each(|event| change.log(event))),
        }
    }

    /// What is due as time passes: records of refusals that were only counted, and the head of the trail of a new day.
    /// `ends` when the program does.
    pub fn tick(&self, ends: bool) -> Result<(), StoreError> {
        self.log_all(&self.refusals.counted(Timestamp::now(), ends))?;
        self.record_clock()?;
        // What could not be handed over, as the disk was full.
        self.hand_over(i64::MAX)?;
        self.anker.tick(&self.audit_head()?);
        Ok(())
    }

    /// Hands waiting records over to the trail, in order and in one go, at least those up to `wanted`. Whoever comes
    /// while somebody else is handing over waits, and finds its records taken along or takes along those of others:
    /// a few commits of the trail serve many. The trail knows the keys of its records: after a kill in between, none
    /// comes twice. Gives their number.
    fn hand_over(&self, wanted: i64) -> Result<usize, StoreError> {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        if *handed >= wanted {
            return Ok(0);
        }
        let waiting: Vec<(i64, String, String)> = {
            let connection = self.connection();
            let mut statement = connection
                .prepare_cached("SELECT id, sleutel, regel FROM audit_uit ORDER BY id")?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let Some(&(last, _, _)) = waiting.last() else {
            return Ok(0);
        };
        let events = waiting
            .into_iter()
            .map(|(_, key, event)| Ok((key, serde_json::from_str(&event)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let head = self.trail.add(&events).map_err(StoreError::Trail)?;
        self.anker
            .added(&head, events.iter().map(|(_, event)| event));
        let mut connection = self.writing();
        // A trail that was cut or replaced stays known as such, however long it grows after that.
        let known = known_head(&connection)?;
        let sound = self.trail.holds(&known).map_err(StoreError::Trail)?;
        let head = if sound { head } else { known };
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM audit_uit WHERE id <= ?", [last])?;
        transaction.execute(
            "INSERT INTO audit_hoofd VALUES (1, ?, ?) ON CONFLICT (een) DO UPDATE
             SET nummer = excluded.nummer, hash = excluded.hash WHERE excluded.nummer > nummer",
            params![i64::try_from(head.nummer).unwrap_or(i64::MAX), head.hash],
        )?;
        transaction.commit()?;
        *handed = last;
        Ok(events.len())
    }

    /// The end of the audit trail, to be published.
    pub fn audit_head(&self) -> Result<Head, StoreError> {
        known_head(&self.connection())
    }

    /// Follows the whole audit trail, holding it against the head in this database and those in `published`.
    pub fn check_audit(&self, published: &[Head]) -> Result<audit::Checked, StoreError> {
        let mut known = vec![self.audit_head()?];
        known.extend_from_slice(published);
        self.trail.check(&known).map_err(StoreError::Trail)
    }

    /// What the audit trail holds of one kind of act, in order.
    pub fn audit_entries(&self, actie: &str) -> Result<Vec<audit::Entry>, StoreError> {
        let found = self
            .trail
            .entries(actie)
            .map_err(StoreError::Trail)?
            .into_iter();
        found
            .map(|(entry, gegevens)| {
                Ok(audit::Entry {
                    gegevens: serde_json::from_str(&gegevens)?,
                    ..entry
                })
            })
            .collect()
    }

    /// The trail itself, for the names beside it.
    pub(crate) fn trail(&self) -> &Trail {
        &self.trail
    }
}

/// The newest head of the trail that this database knows.
fn known_head(connection: &Connection) -> Result<Head, StoreError> {
    let found = connection
        .query_row("SELECT nummer, hash FROM audit_hoofd", [], |row| {
            Ok(Head {
                nummer: row.get::<_, i64>(0)?.unsigned_abs(),
                hash: row.get(1)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Brings the tables up to date.
fn prepare(mut connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The trail survives the loss of power; what it tells of must not be behind it.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is erased is gone from the file as well.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = schema::MIGRATIONS
        .get(version as usize..)
        .ok_or(StoreError::Newer)?;
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", schema::MIGRATIONS.len() as u32)?;
    transaction.commit()?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Outcome;
    use serde_json::json;

    fn event(object: &str) -> Event {
        Event {
            tijd: jiff::Timestamp::now(),
            actor: "lokaal".into(),
            actie: "proef".into(),
            object: object.into(),
            resultaat: Outcome::Gelukt,
            oorsprong: "opdracht".into(),
            zaak: String::new(),
            gegevens: json!({}),
            toelichting: None,
        }
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        drop(Store::open(folder.path()).expect("open"));
        Connection::open(folder.path().join("toestand.db"))
            .expect("raw")
            .pragma_update(None, "user_version", 99)
            .expect("set");
        assert!(matches!(Store::open(folder.path()), Err(StoreError::Newer)));
    }

    #[test]
    fn a_change_that_is_refused_leaves_no_record() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        let refused = store.change(|change| {
            change.log(&event("a"))?;
            Err::<(), _>(StoreError::refused("nee"))
        });
        assert!(refused.is_err());
        assert_eq!(store.audit_head().expect("head").nummer, 0);
        store.log(&event("b")).expect("logged");
        assert_eq!(store.audit_head().expect("head").nummer, 1);
        assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
    }

    #[test]
    fn what_a_killed_program_left_waiting_comes_into_the_trail_once() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        store.log(&event("a")).expect("logged");
        // Killed after the change was kept, before the trail had it; and once more after the trail had it.
        let waiting = serde_json::to_string(&event("b")).expect("json");
        for id in [2, 3] {
            store
                .writing()
                .execute(
                    "INSERT INTO audit_uit VALUES (?, 'k', ?)",
                    params![id, waiting],
                )
                .expect("waiting");
            drop(Store::open(folder.path()).expect("open again"));
        }
        assert_eq!(store.audit_head().expect("head").nummer, 2);
        assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
    }

    #[test]
    fn a_flood_of_refusals_is_counted_and_none_is_lost() {
        let folder = tempfile::tempdir().expect("folder");
        let mut store = Store::open(folder.path()).expect("open");
        store.refusals = Refusals::new(5);
        for _ in 0..200 {
            store.log(&event("a").refused()).expect("logged");
        }
        store.tick(true).expect("recorded");
        let connection = Connection::open(folder.path().join("audit.db")).expect("trail");
        let count =
            "SELECT count(*), sum(coalesce(gegevens ->> '$.niet_een_voor_een', 1)) FROM regel";
        let (records, refusals): (i64, i64) = connection
            .query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("count");
        assert_eq!(refusals, 200);
        // The minute may change once under way.
        assert!((6..=5 + 30 + 2).contains(&records), "{records}");
    }

    #[test]
    fn many_at_once_get_every_record_into_the_trail_in_the_order_of_their_changes() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let store = &store;
                scope.spawn(move || {
                    for at in 0..40 {
                        let object = format!("{thread} {at:02}");
                        store.log(&event(&object)).expect("logged");
                        // Who has an answer has a record.
                        let known = store.audit_entries("proef").expect("entries");
                        assert!(known.iter().any(|entry| entry.object == object));
                    }
                });
            }
        });
        let entries = store.audit_entries("proef").expect("entries");
        assert_eq!(entries.len(), 320);
        for thread in 0..8 {
            let own = entries
                .iter()
                .filter(|entry| entry.object.starts_with(&format!("{thread} ")));
            assert!(own.is_sorted_by(|a, b| a.object < b.object));
        }
        assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
    }

    #[test]
    fn a_trail_that_was_cut_is_noticed_through_the_database() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        for object in ["a", "b", "c"] {
            store.log(&event(object)).expect("logged");
        }
        drop(store);
        for name in ["audit.db", "audit.db-wal", "audit.db-shm"] {
            let _ = std::fs::remove_file(folder.path().join(name));
        }
        let store = Store::open(folder.path()).expect("open");
        let broken = || store.check_audit(&[]).expect("checked").broken;
        assert!(matches!(broken(), Some(audit::check::Broken::Cut(head)) if head.nummer == 3));
        // Nor is it forgotten when the trail grows on.
        for object in ["d", "e", "f", "g"] {
            store.log(&event(object)).expect("logged");
        }
        assert!(matches!(broken(), Some(audit::check::Broken::Replaced(head)) if head.nummer == 3));
    }
}
