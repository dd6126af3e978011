//! What the state folder tells about index runs: accounts, progress, sources. Never starts or ends a run.

use crate::zaken::acties::Bron;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use zv_indexer::account::{Account, Runs, Status};
use zv_indexer::progress::{Phase, Progress};
use zv_indexer::source::{Source, Sources};

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

/// Every source with how complete its last run left it.
pub fn coverage(state: &Path) -> io::Result<Vec<Bron>> {
    let sources = Sources::load(state).map_err(io::Error::other)?;
    let last = last_of_each(state, sources.list())?;
    let of = |source: &Source| {
        let last = last.get(&source.name);
        let count = |value: fn(&Account) -> u64| last.map_or(0, value);
        Bron {
            naam: source.name.clone(),
            run: last.map(|account| account.run),
            begonnen: last.map(|account| account.begonnen),
            status: last.map(|account| status_name(account.status).to_owned()),
            documenten: count(|account| account.documenten),
            onleesbaar: count(|account| account.onleesbaar),
            gedeeltelijk: count(|account| account.gedeeltelijk),
            overgeslagen: count(|account| account.overgeslagen),
            openbaar: source.rules.is_public(),
        }
    };
    Ok(sources.list().iter().map(of).collect())
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Voltooid => "voltooid",
        Status::Afgebroken => "afgebroken",
        Status::Mislukt => "mislukt",
    }
}

/// The last account of each source. Looks no further back than needed: there may be years of runs.
fn last_of_each(state: &Path, sources: &[Source]) -> io::Result<HashMap<String, Account>> {
    let runs = Runs::new(state);
    let mut found = HashMap::new();
    for number in runs.list()?.into_iter().rev() {
        if found.len() == sources.len() {
            break;
        }
        let account = runs.load(number)?;
        found.entry(account.bron.clone()).or_insert(account);
    }
    Ok(found)
}

/// The account of the last run of the same source before this one.
pub fn before(state: &Path, account: &Account) -> io::Result<Option<Account>> {
    let runs = Runs::new(state);
    let numbers = runs.list()?;
    let earlier = numbers.into_iter().rev().filter(|&run| run < account.run);
    for number in earlier {
        let found = runs.load(number)?;
        if found.bron == account.bron {
            return Ok(Some(found));
        }
    }
    Ok(None)
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
            opgehaald: 0,
            gezien: 3,
            documenten: 2,
            bytes: 1,
            ocr_documenten: 0,
            ocr_gedaan: 0,
            te_lezen: None,
            gelezen: 0,
            nog_seconden: None,
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
