//! The stored searches: SQLite beside the index (`toestand.db`). Owns the tables and their versions; what people
//! looked at themselves is in `viewed`. Never runs a search, and never gives an id from which anything can be guessed.

use crate::search::Question;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The changes to the tables in order; `user_version` counts how many were made.
const MIGRATIONS: &[&str] = &[
    "CREATE TABLE zoekopdracht (
    id TEXT NOT NULL PRIMARY KEY,
    gemaakt TEXT NOT NULL,
    vraag TEXT NOT NULL,
    wijze TEXT NOT NULL,
    filters TEXT NOT NULL,
    sorteer TEXT NOT NULL,
    datumveld TEXT NOT NULL,
    ongedateerd INTEGER NOT NULL,
    facetten TEXT NOT NULL
) STRICT, WITHOUT ROWID",
    "ALTER TABLE zoekopdracht ADD COLUMN samenvoegen TEXT NOT NULL DEFAULT '\"geen\"'",
    "CREATE TABLE bekeken (
    document TEXT NOT NULL PRIMARY KEY,
    inhoud TEXT NOT NULL,
    wie TEXT NOT NULL,
    notitie TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT, WITHOUT ROWID",
    "ALTER TABLE zoekopdracht ADD COLUMN breedte TEXT NOT NULL DEFAULT '\"normaal\"'",
];

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("de database gaf een fout: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value is not what this program writes.
    #[error("een opgeslagen zoekopdracht is onleesbaar: {0}")]
    Damaged(#[from] serde_json::Error),
    /// Made by a newer program.
    #[error("de database is gemaakt door een nieuwere versie van Zoek & Vind")]
    Newer,
}

/// A search that was asked once and can be opened again.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Opaque: 32 random hexadecimal digits.
    pub id: String,
    /// When it was asked.
    pub created: Timestamp,
    /// What was asked.
    pub question: Question,
}

/// The database.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens, and where needed makes or updates, the database at `path`.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path)?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let version: u32 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let missing = MIGRATIONS
            .get(version as usize..)
            .ok_or(StoreError::Newer)?;
        for migration in missing {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
        transaction.commit()?;
        Ok(Store {
            connection: Mutex::new(connection),
        })
    }

    // A panic elsewhere cannot leave a statement half done: SQLite rolls it back.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a question and gives its new id.
    pub fn add(&self, question: &Question) -> Result<String, StoreError> {
        // SQLite's randomblob is a ChaCha20 stream keyed by the operating system: nobody guesses 128 bits.
        let id = self.connection().query_row(
            "INSERT INTO zoekopdracht VALUES (lower(hex(randomblob(16))), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            params![
                Timestamp::now().to_string(),
                question.vraag,
                serde_json::to_string(&question.wijze)?,
                serde_json::to_string(&question.filters)?,
                serde_json::to_string(&question.sorteer)?,
                serde_json::to_string(&question.datumveld)?,
                question.ongedateerd,
                serde_json::to_string(&question.facetten)?,
                serde_json::to_string(&question.samenvoegen)?,
                serde_json::to_string(&question.breedte)?,
            ],
            |row| row.get(0),
        )?;
        Ok(id)
    }

    /// The search with this id.
    pub fn get(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        let columns = self
            .connection()
            .query_row("SELECT * FROM zoekopdracht WHERE id = ?", [id], |row| {
                let texts: [String; 10] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10]
                    .into_iter()
                    .map(|column| row.get(column))
                    .collect::<Result<Vec<String>, _>>()?
                    .try_into()
                    .unwrap_or_default();
                Ok((texts, row.get::<_, bool>(7)?))
            })
            .optional()?;
        let Some((
            [
                id,
                created,
                vraag,
                wijze,
                filters,
                sorteer,
                datumveld,
                facetten,
                samenvoegen,
                breedte,
            ],
            ongedateerd,
        )) = columns
        else {
            return Ok(None);
        };
        let question = Question {
            vraag,
            wijze: serde_json::from_str(&wijze)?,
            filters: serde_json::from_str(&filters)?,
            sorteer: serde_json::from_str(&sorteer)?,
            datumveld: serde_json::from_str(&datumveld)?,
            ongedateerd,
            facetten: serde_json::from_str(&facetten)?,
            samenvoegen: serde_json::from_str(&samenvoegen)?,
            breedte: serde_json::from_str(&breedte)?,
        };
        let created = created.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Stored {
            id,
            created,
            question,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::index::{Collapse, DateField, FacetField, Sort};

    fn question() -> Question {
        Question {
            vraag: "\"aardgas\" OF van:jansen".into(),
            filters: [(FacetField::Soort, ["brief".to_owned()].into())].into(),
            sorteer: Sort::DatumNieuwst,
            datumveld: DateField::Verzonden,
            ongedateerd: false,
            facetten: Some(vec![FacetField::Jaar]),
            samenvoegen: Collapse::Draad,
            breedte: zv_shared::plan::Mode::Breed,
            ..Question::default()
        }
    }

    #[test]
    fn a_stored_search_comes_back_whole_also_after_a_restart() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("toestand.db");
        let id = Store::open(&path)
            .expect("open")
            .add(&question())
            .expect("add");
        let found = Store::open(&path)
            .expect("open again")
            .get(&id)
            .expect("get")
            .expect("there");
        assert_eq!(found.question, question());
        assert_eq!(found.id, id);
    }

    #[test]
    fn ids_are_long_and_never_the_same() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(&folder.path().join("t.db")).expect("open");
        let (a, b) = (
            store.add(&question()).expect("a"),
            store.add(&question()).expect("b"),
        );
        assert_eq!(a.len(), 32);
        assert!(a.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(a, b);
        assert_eq!(store.get("0").expect("get"), None);
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("t.db");
        drop(Store::open(&path).expect("open"));
        Connection::open(&path)
            .expect("raw")
            .pragma_update(None, "user_version", 99)
            .expect("set");
        assert!(matches!(Store::open(&path), Err(StoreError::Newer)));
    }
}
