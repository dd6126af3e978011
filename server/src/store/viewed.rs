//! What people looked at themselves because the program could not read it: by whom and when. A mark belongs to the
//! bytes that were looked at: a file that changed has none. Never judges what was seen.

use super::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use zv_shared::{DocId, Document};

/// That somebody looked at a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewed {
    /// Who.
    pub who: String,
    /// What they noted; may be empty.
    pub note: String,
    /// When.
    pub when: Timestamp,
}

/// Names the bytes of a document, so that a mark does not outlive them.
pub fn state(document: &Document) -> String {
    match document.content {
        Some(content) => content.to_string(),
        None => {
            let print = &document.fingerprint;
            format!("{}-{}", print.size, print.mtime)
        }
    }
}

impl Store {
    /// Notes that `who` looked at `document` now.
    pub fn view(&self, document: &Document, who: &str, note: &str) -> Result<(), StoreError> {
        self.writing().execute(
            "INSERT OR REPLACE INTO bekeken VALUES (?, ?, ?, ?, ?)",
            params![
                document.id.to_string(),
                state(document),
                who,
                note,
                Timestamp::now().to_string()
            ],
        )?;
        Ok(())
    }

    /// Takes the mark of a document away.
    pub fn unview(&self, document: DocId) -> Result<(), StoreError> {
        self.writing().execute(
            "DELETE FROM bekeken WHERE document = ?",
            [document.to_string()],
        )?;
        Ok(())
    }

    /// Who looked at `document` as it is now.
    pub fn viewed(&self, document: &Document) -> Result<Option<Viewed>, StoreError> {
        let found = self
            .connection()
            .query_row(
                "SELECT wie, notitie, wanneer FROM bekeken WHERE document = ? AND inhoud = ?",
                [document.id.to_string(), state(document)],
                |row| {
                    let when: String = row.get(2)?;
                    Ok(Viewed {
                        who: row.get(0)?,
                        note: row.get(1)?,
                        when: when.parse().unwrap_or(Timestamp::UNIX_EPOCH),
                    })
                },
            )
            .optional()?;
        Ok(found)
    }

    /// The documents that have a mark, of whatever state of them.
    pub fn ever_viewed(&self) -> Result<Vec<DocId>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare("SELECT document FROM bekeken")?;
        let ids = all.query_map([], |row| row.get::<_, String>(0))?;
        let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
        Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// Who looked last: most likely the one who looks now.
    pub fn last_viewer(&self) -> Result<Option<String>, StoreError> {
        let found = self
            .connection()
            .query_row(
                "SELECT wie FROM bekeken ORDER BY wanneer DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        Ok(found)
    }
}
