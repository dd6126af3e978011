//! Copies of the originals that were found relevant, under their SHA-256 in the state folder: what the case is about
//! stays, whatever happens to the source. A thread makes them after the judgement; what it had not done when the
//! program stopped is done at the next start. Of an original that cannot be had it is recorded why: never silently.

use super::Waarde;
use crate::api::open_original;
use crate::audit::hex;
use crate::mensen::Actor;
use crate::schijf::Kwaal;
use crate::store::{Store, StoreError};
use crate::zaken::parsed;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use zv_indexer::original::Original;
use zv_shared::index::Index;
use zv_shared::{ContentHash, DocId};

/// Bytes copied at a time.
const BLOCK: usize = 128 * 1024;

/// Where the copies lie in the state folder.
pub fn folder(state: &Path) -> PathBuf {
    state.join("veiliggesteld")
}

/// What became of the copy of one original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veiligstelling {
    /// The document.
    pub document: DocId,
    /// Its source.
    pub bron: String,
    /// The SHA-256 under which the copy lies, with its size; or why there is none.
    pub uitkomst: Result<(ContentHash, u64), String>,
    /// When.
    pub wanneer: Timestamp,
}

/// A record `relevant` whose original is to be copied.
struct Waiting {
    record: i64,
    zaak: String,
    document: DocId,
    inhoud: Option<ContentHash>,
}

impl Store {
    fn last_record(&self) -> Result<i64, StoreError> {
        let last = "SELECT coalesce(max(id), 0) FROM schifting";
        Ok(self.connection().query_row(last, [], |row| row.get(0))?)
    }

    /// How many records `relevant` there are of which nothing is known yet.
    pub fn count_to_keep(&self) -> Result<u64, StoreError> {
        let count: i64 = self.connection().query_row(
            "SELECT count(*) FROM schifting s JOIN schift_handeling g ON g.id = s.geldt
             WHERE g.waarde = ? AND NOT EXISTS (SELECT 1 FROM veiligstelling WHERE schifting = s.id)",
            [Waarde::Relevant.name()],
            |row| row.get(0),
        )?;
        Ok(count.unsigned_abs())
    }

    /// The first record `relevant` after `record` of which nothing is known yet.
    fn next_to_keep(&self, record: i64) -> Result<Option<Waiting>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT s.id, s.zaak, s.document, s.inhoud FROM schifting s JOIN schift_handeling g ON g.id = s.geldt
             WHERE s.id > ? AND g.waarde = ? AND NOT EXISTS (SELECT 1 FROM veiligstelling WHERE schifting = s.id)
             ORDER BY s.id LIMIT 1",
        )?;
        let row = |row: &rusqlite::Row<'_>| {
            let inhoud: Option<[u8; 32]> = row.get(3)?;
            Ok(Waiting {
                record: row.get(0)?,
                zaak: row.get(1)?,
                document: DocId(row.get(2)?),
                inhoud: inhoud.map(ContentHash),
            })
        };
        Ok(statement
            .query_row(params![record, Waarde::Relevant.name()], row)
            .optional()?)
    }

    fn kept(
        &self,
        waiting: &Waiting,
        outcome: &Result<(ContentHash, u64), String>,
    ) -> Result<(), StoreError> {
        let zaak = self.zaak(&waiting.zaak)?;
        let zaak = zaak.ok_or(StoreError::Missing("deze zaak bestaat niet"))?;
        let (hash, bytes, reden) = match outcome {
            Ok((hash, bytes)) => (Some(hash.to_string()), Some(bytes.cast_signed()), None),
            Err(reden) => (None, None, Some(reden)),
        };
        self.change(|change| {
            change.execute(
                "INSERT INTO veiligstelling VALUES (?, ?, ?, ?, ?, ?)",
                params![
                    waiting.record,
                    waiting.zaak,
                    hash,
                    bytes,
                    reden,
                    Timestamp::now().to_string()
                ],
            )?;
            let gegevens = json!({"sha256": hash, "bytes": bytes, "reden": reden});
            let actie = match outcome {
                Ok(_) => "document.veiliggesteld",
                Err(_) => "document.niet-veiliggesteld",
            };
            let object = waiting.document.to_string();
            change.log(&zaak.did(&Actor::program(), actie, object, gegevens))
        })
    }

    /// What became of the copies of the documents of a case: of each document the last one, in order of id.
    pub fn veiligstellingen(&self, zaak: &str) -> Result<Vec<Veiligstelling>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("{KEPT} GROUP BY s.document"))?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(veiligstelling(row)?);
        }
        Ok(found)
    }

    /// What became of the copy of one document last; `None` while nothing did.
    pub fn veiligstelling(
        &self,
        zaak: &str,
        document: DocId,
    ) -> Result<Option<Veiligstelling>, StoreError> {
        let connection = self.connection();
        let sql = format!("{KEPT} AND s.document = ? GROUP BY s.document");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, document.0])?;
        rows.next()?.map(veiligstelling).transpose()
    }
}

// Of a group SQLite gives the row with the highest number.
const KEPT: &str =
    "SELECT s.document, s.bron, v.sha256, v.bytes, v.reden, v.wanneer, max(v.schifting)
    FROM veiligstelling v JOIN schifting s ON s.id = v.schifting WHERE v.zaak = ?";

fn veiligstelling(row: &rusqlite::Row<'_>) -> Result<Veiligstelling, StoreError> {
    let hash: Option<String> = row.get(2)?;
    let hash = hash.and_then(|hash| hash.parse().ok());
    let reden: Option<String> = row.get(4)?;
    Ok(Veiligstelling {
        document: DocId(row.get(0)?),
        bron: row.get(1)?,
        uitkomst: match hash {
            Some(hash) => Ok((hash, row.get::<_, i64>(3)?.unsigned_abs())),
            None => Err(reden.unwrap_or_default()),
        },
        wanneer: parsed(&row.get::<_, String>(5)?)?,
    })
}

/// The thread that makes the copies. It ends with the program.
pub struct Keeper {
    sender: mpsc::Sender<()>,
    /// Whether the disk stopped it, and it has to be tried again.
    stopped: Arc<AtomicBool>,
}

impl Keeper {
    /// Starts it. What was left at the last stop waits with the rest until it is woken.
    pub fn start(state: PathBuf, store: Arc<Store>, index: Arc<dyn Index>) -> Self {
        let (sender, receiver) = mpsc::channel();
        let stopped = Arc::new(AtomicBool::new(false));
        let stops = Arc::clone(&stopped);
        std::thread::spawn(move || {
            let mut done = 0;
            for () in receiver {
                if let Err(error) = keep_all(&state, &store, &*index, &mut done) {
                    tracing::error!(%error, "originals could not be kept");
                    stops.store(Kwaal::of(&error).is_some(), Ordering::Relaxed);
                }
            }
        });
        Keeper { sender, stopped }
    }

    /// Tries again what the disk stopped.
    pub fn try_again(&self) {
        if self.stopped.swap(false, Ordering::Relaxed) {
            self.wake();
        }
    }

    /// Tells that something may have become relevant.
    pub fn wake(&self) {
        // Fails only when the thread is gone: then the next start does it.
        let _ = self.sender.send(());
    }
}

/// Copies everything that waits after the record `done`, which moves along.
fn keep_all(
    state: &Path,
    store: &Store,
    index: &dyn Index,
    done: &mut i64,
) -> Result<(), StoreError> {
    // What comes in meanwhile wakes the thread again.
    let until = store.last_record()?;
    while let Some(waiting) = store.next_to_keep(*done)? {
        let outcome = keep(state, index, &waiting)?;
        store.kept(&waiting, &outcome)?;
        *done = waiting.record;
    }
    *done = until.max(*done);
    Ok(())
}

/// Copies one original, or says in Dutch why there is none.
///
/// # Errors
/// When the disk of the state cannot take it now.
fn keep(
    state: &Path,
    index: &dyn Index,
    waiting: &Waiting,
) -> Result<Result<(ContentHash, u64), String>, StoreError> {
    let place = match waiting.inhoud {
        Some(wanted) => folder(state).join(wanted.to_string()),
        None => {
            return Ok(Err(
                "dit document heeft zelf geen inhoud die te bewaren is".to_owned()
            ));
        }
    };
    if let (Some(wanted), Ok(there)) = (waiting.inhoud, fs::metadata(&place)) {
        return Ok(Ok((wanted, there.len())));
    }
    let original = match original(state, index, waiting) {
        Ok(original) => original,
        Err(why) => return Ok(Err(why)),
    };
    match copy(original.file.take(original.size), &place) {
        Ok((found, bytes)) if Some(found) == waiting.inhoud => Ok(Ok((found, bytes))),
        Ok(_) => Ok(Err(CHANGED.to_owned())),
        Err(error) if Kwaal::of(&error).is_some() => Err(error.into()),
        Err(error) => Ok(Err(format!("het kopiëren mislukte: {error}"))),
    }
}

const CHANGED: &str = "het bestand is gewijzigd sinds het document geschift is";

/// The original of what waits; the error says in Dutch why it cannot be had.
fn original(state: &Path, index: &dyn Index, waiting: &Waiting) -> Result<Original, String> {
    let gone = "het document staat niet meer in de index";
    let document = index
        .snapshot()
        .and_then(|snapshot| snapshot.doc(waiting.document))
        .map_err(|error| error.to_string())?
        .ok_or(gone)?;
    if document.content != waiting.inhoud {
        return Err(CHANGED.to_owned());
    }
    open_original(state, &document).map_err(|error| error.to_string())
}

/// Copies what `from` gives to `place`, unless it turns out not to have that name as its hash.
fn copy(from: impl Read, place: &Path) -> io::Result<(ContentHash, u64)> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let part = crate::deel::part(place);
    let copied = copy_by(from, &part, place);
    if copied.is_err() {
        // Half a copy must not take the last room.
        let _ = fs::remove_file(&part);
    }
    copied
}

fn copy_by(mut from: impl Read, part: &Path, place: &Path) -> io::Result<(ContentHash, u64)> {
    let mut to = File::create(part)?;
    let (mut hasher, mut block, mut size) = (Sha256::new(), vec![0; BLOCK], 0);
    loop {
        let read = from.read(&mut block)?;
        if read == 0 {
            break;
        }
        hasher.update(&block[..read]);
        to.write_all(&block[..read])?;
        size += read as u64;
    }
    let hash = ContentHash(hasher.finalize().into());
    if place.file_name().is_some_and(|name| *name == *hex(&hash.0)) {
        to.sync_all()?;
        fs::rename(part, place)?;
        File::open(place.parent().unwrap_or(place))?.sync_all()?;
    } else {
        fs::remove_file(part)?;
    }
    Ok((hash, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_its_name_as_its_hash_is_kept() {
        let state = tempfile::tempdir().expect("folder");
        let hash = ContentHash(Sha256::digest(b"inhoud").into());
        let place = folder(state.path()).join(hash.to_string());
        assert_eq!(copy(&b"andere"[..], &place).expect("copied").1, 6);
        assert!(!place.exists());
        assert_eq!(copy(&b"inhoud"[..], &place).expect("copied"), (hash, 6));
        assert_eq!(fs::read(&place).expect("kept"), b"inhoud");
        assert_eq!(fs::read_dir(folder(state.path())).expect("list").count(), 1);
    }
}
