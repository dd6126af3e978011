//! The connections to the database: one that writes, and some that only read, so that nobody who reads waits for who writes
//! or for another reader. Never knows what is in the tables.

use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// How long a connection waits for another program.
pub const BUSY: Duration = Duration::from_secs(5);
/// So many people read at the same time.
const READERS: usize = 4;

/// All of them.
pub struct Connections {
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
}

impl Connections {
    /// With this one to write, and others of the same file to read.
    pub fn new(writer: Connection, file: &Path) -> rusqlite::Result<Self> {
        let readers = (0..READERS).map(|_| reading(file).map(Mutex::new));
        Ok(Connections {
            writer: Mutex::new(writer),
            readers: readers.collect::<Result<_, _>>()?,
        })
    }

    /// One to read with: a statement sees all that was kept before it began.
    pub fn reader(&self) -> MutexGuard<'_, Connection> {
        let free = self
            .readers
            .iter()
            .find_map(|reader| match reader.try_lock() {
                Ok(reader) => Some(reader),
                Err(TryLockError::Poisoned(reader)) => Some(reader.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            });
        free.unwrap_or_else(|| held(&self.readers[0]))
    }

    /// The one that writes.
    pub fn writer(&self) -> MutexGuard<'_, Connection> {
        held(&self.writer)
    }

    /// Writes all changes back into the file. Waits for who reads.
    pub fn write_back(&self) -> rusqlite::Result<()> {
        let _readers: Vec<_> = self.readers.iter().map(held).collect();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        self.writer().query_row(checkpoint, [], |_| Ok(()))
    }
}

// A panic elsewhere cannot leave a statement half done: SQLite rolls it back.
fn held(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the database for reading alone.
fn reading(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::READERS;
    use crate::store::Store;

    #[test]
    fn who_reads_waits_for_no_writer_and_sees_what_was_kept() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        let waiting = || -> u32 {
            let count = "SELECT count(*) FROM bekeken";
            let connection = store.connection();
            connection
                .query_row(count, [], |row| row.get(0))
                .expect("count")
        };
        let kept = store.change(|change| {
            change.execute("INSERT INTO bekeken VALUES ('d', 'i', 'w', '', '')", [])?;
            // As another person would, while this is being written.
            assert_eq!(waiting(), 0);
            Ok(())
        });
        kept.expect("kept");
        assert_eq!(waiting(), 1);
        // As many as like read at once; and nothing is written by accident on the way.
        let all: Vec<_> = (0..READERS).map(|_| store.connection()).collect();
        for reader in &all {
            assert!(reader.execute("DELETE FROM bekeken", []).is_err());
        }
    }
}
