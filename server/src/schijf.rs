//! Trouble with the disk of the state, told apart from faults of the program: somebody can make room, or repair the disk,
//! and then everything goes on. Owns which errors mean that, and what is said of it. Never looks at the disk itself.

use crate::problem::Kind;
use rusqlite::ErrorCode;
use rusqlite::ffi;
use std::error::Error;
use std::io;

/// What is the matter with a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kwaal {
    /// No room is left.
    Vol,
    /// Nothing can be written to it.
    Dicht,
}

impl Kwaal {
    /// What lies behind an error, if the disk does.
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let found = match error.downcast_ref::<io::Error>() {
                Some(error) => of_io(error),
                None => error.downcast_ref().and_then(of_sqlite),
            };
            if found.is_some() {
                return found;
            }
            cause = error.source();
        }
        None
    }

    /// How it is called in an answer.
    pub fn kind(self) -> Kind {
        match self {
            Kwaal::Vol => Kind::SchijfVol,
            Kwaal::Dicht => Kind::SchijfDicht,
        }
    }

    /// What who manages the computer can do.
    pub fn advice(self) -> &'static str {
        match self {
            Kwaal::Vol => "De schijf is vol: maak ruimte en doe het opnieuw.",
            Kwaal::Dicht => {
                "Op deze schijf kan niet geschreven worden: kijk of hij heel is, gekoppeld om te schrijven, en van u."
            }
        }
    }

    /// What a user is told.
    pub fn sentence(self) -> &'static str {
        match self {
            Kwaal::Vol => {
                "De schijf van de server is vol. Waarschuw de beheerder. Kijk daarna of dit bewaard is, en doe het anders \
                 opnieuw."
            }
            Kwaal::Dicht => {
                "De server kan niet meer op zijn schijf schrijven. Waarschuw de beheerder. Kijk daarna of dit bewaard is, \
                 en doe het anders opnieuw."
            }
        }
    }
}

fn of_io(error: &io::Error) -> Option<Kwaal> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Kwaal::Vol),
        io::ErrorKind::ReadOnlyFilesystem => Some(Kwaal::Dicht),
        // An error that was wrapped is the source of nothing: it stands inside.
        _ => error.get_ref().and_then(|inner| Kwaal::of(inner)),
    }
}

fn of_sqlite(error: &rusqlite::Error) -> Option<Kwaal> {
    let code = error.sqlite_error()?;
    match (code.code, code.extended_code) {
        (ErrorCode::DiskFull, _) => Some(Kwaal::Vol),
        (ErrorCode::ReadOnly | ErrorCode::CannotOpen, _)
        | (
            _,
            ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMOPEN
            | ffi::SQLITE_IOERR_SHMSIZE
            | ffi::SQLITE_IOERR_LOCK,
        ) => Some(Kwaal::Dicht),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn trouble_with_the_disk_is_known_however_deep_it_stands() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let sqlite = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        assert_eq!(Kwaal::of(&full()), Some(Kwaal::Vol));
        assert_eq!(Kwaal::of(&io::Error::other(full())), Some(Kwaal::Vol));
        assert_eq!(Kwaal::of(&StoreError::Io(full())), Some(Kwaal::Vol));
        let trail = StoreError::Trail(sqlite(ffi::SQLITE_FULL));
        assert_eq!(Kwaal::of(&trail), Some(Kwaal::Vol));
        for code in [ffi::SQLITE_READONLY, ffi::SQLITE_IOERR_WRITE] {
            assert_eq!(
                Kwaal::of(&StoreError::Sqlite(sqlite(code))),
                Some(Kwaal::Dicht)
            );
        }
        for other in [
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_IOERR_READ,
        ] {
            assert_eq!(Kwaal::of(&StoreError::Sqlite(sqlite(other))), None);
        }
        assert_eq!(Kwaal::of(&StoreError::Missing("weg")), None);
    }
}
