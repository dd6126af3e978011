//! What the state folder tells about index runs: accounts, progress, sources. Never starts or ends a run.

use std::io;
use std::path::Path;
use zv_indexer::account::{Account, Runs};
use zv_indexer::progress::{Phase, Progress};

/// How complete the index is.
#[derive(Clone, Debug, PartialEq)]
pub enum Completeness {
    /// Nothing was ever indexed here.
    Nothing,
    /// A run is busy.
    Busy(Progress),
    /// The last run did not come to its end.
    BrokenOff(Progress),
    /// The last run came to its end.
    Complete(Progress),
}

impl Completeness {
    /// What the state folder tells now.
    pub fn of(state: &Path) -> Self {
        let Some(progress) = Progress::load(state) else {
            return Completeness::Nothing;
        };
        match (progress.klaar, progress.fase) {
            (Some(_), Phase::Klaar) => Completeness::Complete(progress),
            (None, _) if alive(progress.pid) => Completeness::Busy(progress),
            _ => Completeness::BrokenOff(progress),
        }
    }

    /// The last known moment of the last run.
    pub fn progress(&self) -> Option<&Progress> {
        match self {
            Completeness::Nothing => None,
            Completeness::Busy(progress)
            | Completeness::BrokenOff(progress)
            | Completeness::Complete(progress) => Some(progress),
        }
    }
}

/// A process that was killed says nothing itself.
fn alive(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// All accounts, newest first.
pub fn all(state: &Path) -> io::Result<Vec<Account>> {
    let runs = Runs::new(state);
    let mut accounts = runs
        .list()?
        .into_iter()
        .map(|number| runs.load(number))
        .collect::<Result<Vec<_>, _>>()?;
    accounts.reverse();
    Ok(accounts)
}

/// The account of the last run.
pub fn last(state: &Path) -> io::Result<Option<Account>> {
    let runs = Runs::new(state);
    runs.list()?
        .last()
        .map(|&number| runs.load(number))
        .transpose()
}

/// The account with this number.
pub fn one(state: &Path, number: u64) -> io::Result<Option<Account>> {
    match Runs::new(state).load(number) {
        Ok(account) => Ok(Some(account)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn progress(pid: u32, fase: Phase, klaar: bool) -> Progress {
        Progress {
            run: 1,
            bron: "b".into(),
            fase,
            gezien: 3,
            documenten: 2,
            bytes: 1,
            ocr_documenten: 0,
            ocr_gedaan: 0,
            map: String::new(),
            gestart: Timestamp::UNIX_EPOCH,
            pid,
            klaar: klaar.then_some(Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn a_killed_run_is_not_taken_for_a_busy_one() {
        let folder = tempfile::tempdir().expect("folder");
        let state = folder.path();
        std::fs::create_dir(state.join("runs")).expect("runs");
        assert_eq!(Completeness::of(state), Completeness::Nothing);
        let tell = |progress: Progress| {
            progress.save(state).expect("save");
            Completeness::of(state)
        };
        assert!(matches!(
            tell(progress(std::process::id(), Phase::Inlezen, false)),
            Completeness::Busy(_)
        ));
        assert!(matches!(
            tell(progress(u32::MAX, Phase::Inlezen, false)),
            Completeness::BrokenOff(_)
        ));
        assert!(matches!(
            tell(progress(u32::MAX, Phase::Klaar, true)),
            Completeness::Complete(_)
        ));
        assert!(matches!(
            tell(progress(u32::MAX, Phase::Afgebroken, true)),
            Completeness::BrokenOff(_)
        ));
    }
}
