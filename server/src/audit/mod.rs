//! The audit trail: who did what to what, in a file of its own (`audit.db`) to which records are only ever added. Each
//! record carries the SHA-256 of itself and the one before, so that a changed, removed or inserted record breaks the
//! chain from there on; a trail that was cut short is known by its published head. Names, and texts that people typed,
//! stand in tables beside the chain: they can be erased without breaking it. Never holds a search term.
//!
//! | file | owns |
//! |---|---|
//! | `anker` | publishing the head of the chain |
//! | `bestand` | the trail as a file that can be checked by itself |
//! | `check` | following the chain |
//! | `toelichting` | texts beside the chain, and erasing names |
//! | `weigering` | how many refusals are recorded one by one |

pub mod anker;
pub mod bestand;
pub mod check;
mod toelichting;
pub mod weigering;

pub use check::Checked;

use crate::mensen::Actor;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS regel (
    nummer INTEGER NOT NULL PRIMARY KEY,
    herkomst TEXT NOT NULL UNIQUE,
    tijd TEXT NOT NULL,
    actor TEXT NOT NULL,
    actie TEXT NOT NULL,
    object TEXT NOT NULL,
    resultaat TEXT NOT NULL,
    oorsprong TEXT NOT NULL,
    zaak TEXT NOT NULL,
    gegevens TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS regel_tijd ON regel (tijd);
CREATE INDEX IF NOT EXISTS regel_actor ON regel (actor);
CREATE INDEX IF NOT EXISTS regel_actie ON regel (actie);
CREATE INDEX IF NOT EXISTS regel_zaak ON regel (zaak);
CREATE INDEX IF NOT EXISTS regel_geweigerd ON regel (resultaat) WHERE resultaat = 'geweigerd';
CREATE TABLE IF NOT EXISTS persoon (
    actor TEXT NOT NULL PRIMARY KEY,
    naam TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS toelichting (
    nummer INTEGER NOT NULL PRIMARY KEY,
    zout TEXT NOT NULL,
    tekst TEXT NOT NULL,
    gewist INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER IF NOT EXISTS regel_blijft BEFORE UPDATE ON regel
BEGIN SELECT RAISE(ABORT, 'een auditregel verandert niet'); END;
CREATE TRIGGER IF NOT EXISTS regel_gaat_niet_weg BEFORE DELETE ON regel
BEGIN SELECT RAISE(ABORT, 'een auditregel gaat niet weg'); END;";

/// That somebody took the clock of the computer for right, although the trail had a later time.
pub const CLOCK_ACCEPTED: &str = "klok.aanvaard";

/// What a record tells (BIO2 8.15.01: actie, object, resultaat, oorsprong, actor, tijd).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub tijd: Timestamp,
    /// Key of who did it; the name stands beside the chain.
    pub actor: String,
    /// What was done, such as `zoekactie.uitgevoerd`.
    pub actie: String,
    /// To what: an id.
    pub object: String,
    /// `gelukt` or `geweigerd`.
    pub resultaat: Outcome,
    /// Where it came from: `web`, `api`, `opdracht`, `token` with its number.
    pub oorsprong: String,
    /// Id of the case; empty when it is about none.
    pub zaak: String,
    /// Figures and hashes; never names or search terms.
    pub gegevens: serde_json::Value,
    /// A text that somebody typed. It stands beside the chain, which holds a salted hash of it: a name in it can be
    /// erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toelichting: Option<String>,
}

impl Event {
    /// Something that `actor` did, now.
    pub fn done(
        actor: &Actor,
        actie: &str,
        object: impl Into<String>,
        gegevens: serde_json::Value,
    ) -> Self {
        Event {
            tijd: Timestamp::now(),
            actor: actor.id.clone(),
            actie: actie.to_owned(),
            object: object.into(),
            resultaat: Outcome::Gelukt,
            oorsprong: actor.via.name().into_owned(),
            zaak: String::new(),
            gegevens,
            toelichting: None,
        }
    }

    /// The same, with a text that somebody typed.
    #[must_use]
    pub fn explained(self, text: impl Into<String>) -> Self {
        Event {
            toelichting: Some(text.into()),
            ..self
        }
    }

    /// The same, but it was refused.
    #[must_use]
    pub fn refused(self) -> Self {
        Event {
            resultaat: Outcome::Geweigerd,
            ..self
        }
    }
}

/// Hoe het afliep.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuditResultaat)]
pub enum Outcome {
    /// Het is gedaan.
    Gelukt,
    /// Het is geweigerd.
    Geweigerd,
}

impl Outcome {
    /// The name in the trail.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Gelukt => "gelukt",
            Outcome::Geweigerd => "geweigerd",
        }
    }
}

/// The end of the chain: how many records, and the hash of the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the last record; 0 when there is none.
    pub nummer: u64,
    /// Its hash, hexadecimal; empty when there is none.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.nummer, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "schrijf een hoofd als NUMMER:HASH, zoals het onder een uitvoer staat";
        let (number, hash) = text.trim().split_once(':').ok_or(wrong)?;
        let digits = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !(digits(hash) && matches!(hash.len(), 0 | 64)) {
            return Err(wrong);
        }
        Ok(Head {
            nummer: number.parse().map_err(|_| wrong)?,
            hash: hash.to_owned(),
        })
    }
}

/// A record as it is read back: what it was about, and its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the record.
    pub nummer: u64,
    /// Id of the case; empty when it is about none.
    pub zaak: String,
    /// To what it was done.
    pub object: String,
    /// Figures and hashes.
    pub gegevens: serde_json::Value,
}

/// The trail, open for adding.
pub struct Trail {
    connection: Mutex<Connection>,
}

impl Trail {
    /// Opens, and where needed makes, the trail at `path`.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        Self::prepare(Connection::open(path)?)
    }

    fn prepare(connection: Connection) -> rusqlite::Result<Self> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A record that was reported must survive the loss of power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is erased is gone from the file as well.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(TABLES)?;
        Ok(Trail {
            connection: Mutex::new(connection),
        })
    }

    // A panic elsewhere cannot leave a statement half done: SQLite rolls it back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds `events`, each with the key under which it waited, in order and in one go; one that is in the trail
    /// already is passed over. Gives the new head.
    pub fn add(&self, events: &[(String, Event)]) -> rusqlite::Result<Head> {
        let mut connection = self.lock();
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut head = head(&transaction)?;
        for (origin, event) in events {
            let known: bool = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM regel WHERE herkomst = ?)",
                [origin],
                |row| row.get(0),
            )?;
            if known {
                continue;
            }
            let mut row = Row::new(head.nummer + 1, origin.clone(), event);
            if let Some(text) = &event.toelichting {
                row.texts[8] = toelichting::keep(&transaction, row.nummer, &event.gegevens, text)?;
            }
            let hash = row.hash(&head.hash);
            row.write(&transaction, &hash)?;
            head = Head {
                nummer: row.nummer,
                hash,
            };
        }
        transaction.commit()?;
        Ok(head)
    }

    /// Whether this head was the end of the chain once, and still is in it.
    pub fn holds(&self, head: &Head) -> rusqlite::Result<bool> {
        let connection = self.lock();
        let found: Option<String> = connection
            .query_row(
                "SELECT hash FROM regel WHERE nummer = ?",
                [i64::try_from(head.nummer).unwrap_or(i64::MAX)],
                |row| row.get(0),
            )
            .optional()?;
        Ok(head.nummer == 0 || found.as_ref() == Some(&head.hash))
    }

    /// The latest time in it, since somebody last accepted the clock of the computer.
    pub fn latest(&self) -> rusqlite::Result<Option<Timestamp>> {
        let accepted = "SELECT max(nummer) FROM regel WHERE actie = ?";
        let connection = self.lock();
        let accepted: Option<i64> =
            connection.query_row(accepted, [CLOCK_ACCEPTED], |row| row.get(0))?;
        let latest: Option<String> = match accepted {
            None => connection.query_row("SELECT max(tijd) FROM regel", [], |row| row.get(0))?,
            Some(from) => {
                let sql = "SELECT max(tijd) FROM regel WHERE nummer >= ?";
                connection.query_row(sql, [from], |row| row.get(0))?
            }
        };
        Ok(latest.and_then(|latest| latest.parse().ok()))
    }

    /// When somebody did something last.
    pub fn last_of(&self, actor: &str) -> rusqlite::Result<Option<Timestamp>> {
        let sql = "SELECT max(tijd) FROM regel WHERE actor = ?";
        let last: Option<String> = self.lock().query_row(sql, [actor], |row| row.get(0))?;
        Ok(last.and_then(|last| last.parse().ok()))
    }

    /// Names who stands behind an actor.
    pub fn name(&self, actor: &str, name: &str) -> rusqlite::Result<()> {
        self.lock().execute(
            "INSERT OR REPLACE INTO persoon VALUES (?, ?)",
            [actor, name],
        )?;
        Ok(())
    }

    /// What was done of one kind with success, in order, each with the text of its data.
    pub fn entries(&self, actie: &str) -> rusqlite::Result<Vec<(Entry, String)>> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT nummer, zaak, object, gegevens FROM regel
             WHERE actie = ? AND resultaat = 'gelukt' ORDER BY nummer",
        )?;
        let rows = statement.query_map([actie], |row| {
            let entry = Entry {
                nummer: row.get::<_, i64>(0)?.unsigned_abs(),
                zaak: row.get(1)?,
                object: row.get(2)?,
                gegevens: serde_json::Value::Null,
            };
            Ok((entry, row.get(3)?))
        })?;
        rows.collect()
    }

    /// Follows the whole chain; see [`Checked`].
    pub fn check(&self, known: &[Head]) -> rusqlite::Result<Checked> {
        let connection = self.lock();
        check::check(&connection, known)
    }
}

/// The end of the chain in this file.
pub fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let found = connection
        .query_row(
            "SELECT nummer, hash FROM regel ORDER BY nummer DESC LIMIT 1",
            [],
            |row| {
                Ok(Head {
                    nummer: row.get::<_, i64>(0)?.unsigned_abs(),
                    hash: row.get(1)?,
                })
            },
        )
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// A record as the file has it.
struct Row {
    nummer: u64,
    /// herkomst, tijd, actor, actie, object, resultaat, oorsprong, zaak, gegevens.
    texts: [String; 9],
}

impl Row {
    fn new(nummer: u64, herkomst: String, event: &Event) -> Self {
        Row {
            nummer,
            texts: [
                herkomst,
                event.tijd.to_string(),
                event.actor.clone(),
                event.actie.clone(),
                event.object.clone(),
                event.resultaat.name().to_owned(),
                event.oorsprong.clone(),
                event.zaak.clone(),
                event.gegevens.to_string(),
            ],
        }
    }

    /// The hash of the one before, the number, and every text behind its length: no two records can look the same.
    fn hash(&self, before: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(before);
        hasher.update(self.nummer.to_be_bytes());
        for text in &self.texts {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hex(&hasher.finalize())
    }

    fn write(&self, connection: &Connection, hash: &str) -> rusqlite::Result<()> {
        let [
            herkomst,
            tijd,
            actor,
            actie,
            object,
            resultaat,
            oorsprong,
            zaak,
            gegevens,
        ] = &self.texts;
        connection.execute(
            "INSERT INTO regel VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                i64::try_from(self.nummer).unwrap_or(i64::MAX),
                herkomst,
                tijd,
                actor,
                actie,
                object,
                resultaat,
                oorsprong,
                zaak,
                gegevens,
                hash
            ],
        )?;
        Ok(())
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
