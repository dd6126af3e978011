//! One index run at a time per state folder. Never decides what to do when another run is busy.

use jiff::{Timestamp, Unit, tz::TimeZone};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// File in the state folder; it stays, only the lock on it goes when the process ends, however it ends.
const FILE: &str = "slot";

/// The state folder cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error("er loopt al een andere indexering ({0}); wacht tot die klaar is")]
    Held(Holder),
    /// The lock file cannot be used.
    #[error("het slot {0} kan niet worden gebruikt: {1}")]
    Io(String, #[source] std::io::Error),
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id, unless that run had not yet written it.
    pub pid: Option<u32>,
    /// When it started.
    pub started: Option<Timestamp>,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Some(pid), Some(started)) = (self.pid, self.started) else {
            return f.write_str("zojuist gestart");
        };
        let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
        let started = started.to_zoned(zone);
        let moment = started.strftime("%d-%m-%Y om %H:%M:%S");
        write!(f, "proces {pid}, gestart op {moment}")
    }
}

/// The right to index into a state folder; ends when it is dropped.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Takes the lock, or tells who has it.
    pub fn take(state: &Path) -> Result<StateLock, LockError> {
        let path = state.join(FILE);
        let failed = |error| LockError::Io(path.display().to_string(), error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let now = Timestamp::now().round(Unit::Second).unwrap_or_default();
        let line = format!("{} {now}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(line.as_bytes()))
            .map_err(failed)?;
        Ok(StateLock { _file: file })
    }
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    // What cannot be read is told as unknown: the lock itself is certain.
    let _ = file.read_to_string(&mut text);
    let mut words = text.split_whitespace();
    Holder {
        pid: words.next().and_then(|word| word.parse().ok()),
        started: words.next().and_then(|word| word.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_learns_who_is_busy_and_a_third_may_go_on() {
        let state = tempfile::tempdir().unwrap();
        let first = StateLock::take(state.path()).unwrap();
        let message = StateLock::take(state.path()).unwrap_err().to_string();
        let pid = format!("(proces {}, gestart op ", std::process::id());
        assert!(message.contains(&pid), "{message}");
        drop(first);
        StateLock::take(state.path()).unwrap();
    }
}
