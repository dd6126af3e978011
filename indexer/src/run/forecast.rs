//! How long reading still takes: what there is to read, counted by a walk ahead of the readers, and what reading cost so
//! far, by the ending of the name. What earlier runs paid for an ending stands in `runs/kosten.json`, because the first
//! tenth of a drive rarely holds what the rest does. OCR is not in it: nobody knows before how many pages are scans.

use super::context::{Context, lock};
use crate::account::{FOLDER, Made};
use crate::proefscan::ending;
use crate::walk::{Found, Listed, NotListed, Visit};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// File with what earlier runs paid.
const FILE: &str = "kosten.json";
/// What is known from earlier runs counts as so many files of this one.
const EARLIER: f64 = 20.0;
/// Before so much was done nothing is said.
const LEAST_FILES: u64 = 20;
const LEAST_TIME: Duration = Duration::from_secs(2);

/// Files of one ending: sums over them, of which a line of cost against size follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Amount {
    files: f64,
    bytes: f64,
    /// Seconds that readers worked on them.
    seconds: f64,
    squares: f64,
    products: f64,
    /// Files of which it is known what came of them, with their bytes.
    #[serde(default)]
    made_files: f64,
    #[serde(default)]
    made_bytes: f64,
    /// Bytes of text, and documents.
    #[serde(default)]
    text: f64,
    #[serde(default)]
    documents: f64,
}

/// What came of the files of one ending in earlier runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Files.
    pub files: f64,
    /// Their bytes.
    pub bytes: f64,
    /// Bytes of text in them.
    pub text: f64,
    /// Documents, with what is inside them.
    pub documents: f64,
}

/// What earlier runs in this state made of each ending.
pub fn measured(state: &Path) -> BTreeMap<String, Measured> {
    let known = Forecast::new(state).earlier.into_iter();
    known
        .map(|(kind, amount)| {
            let measured = Measured {
                files: amount.made_files,
                bytes: amount.made_bytes,
                text: amount.text,
                documents: amount.documents,
            };
            (kind, measured)
        })
        .collect()
}

impl Amount {
    fn add(&mut self, bytes: u64, seconds: f64) {
        let bytes = bytes as f64;
        *self = self.plus(&Amount {
            files: 1.0,
            bytes,
            seconds,
            squares: bytes * bytes,
            products: bytes * seconds,
            ..Amount::default()
        });
    }

    /// What came of a file with so many bytes; nothing when it was not written anew.
    fn made(&mut self, bytes: u64, made: Made) {
        if made.documents > 0 {
            self.made_files += 1.0;
            self.made_bytes += bytes as f64;
            self.text += made.text as f64;
            self.documents += made.documents as f64;
        }
    }

    fn plus(&self, other: &Amount) -> Amount {
        Amount {
            files: self.files + other.files,
            bytes: self.bytes + other.bytes,
            seconds: self.seconds + other.seconds,
            squares: self.squares + other.squares,
            products: self.products + other.products,
            made_files: self.made_files + other.made_files,
            made_bytes: self.made_bytes + other.made_bytes,
            text: self.text + other.text,
            documents: self.documents + other.documents,
        }
    }

    fn times(&self, factor: f64) -> Amount {
        Amount {
            files: self.files * factor,
            bytes: self.bytes * factor,
            seconds: self.seconds * factor,
            squares: self.squares * factor,
            products: self.products * factor,
            made_files: self.made_files * factor,
            made_bytes: self.made_bytes * factor,
            text: self.text * factor,
            documents: self.documents * factor,
        }
    }

    /// What a file costs by itself and what a byte costs, by least squares; neither costs less than nothing.
    fn costs(&self) -> (f64, f64) {
        if self.files <= 0.0 {
            return (0.0, 0.0);
        }
        let per_file = self.seconds / self.files;
        let spread = self.squares - self.bytes * self.bytes / self.files;
        if spread <= f64::EPSILON * self.squares {
            return (per_file, 0.0);
        }
        let per_byte = (self.products - self.bytes * self.seconds / self.files) / spread;
        let by_itself = (self.seconds - per_byte * self.bytes) / self.files;
        match (per_byte > 0.0, by_itself > 0.0) {
            (true, true) => (by_itself, per_byte),
            (true, false) => (0.0, self.seconds / self.bytes),
            (false, _) => (per_file, 0.0),
        }
    }
}

#[derive(Debug, Default)]
struct Known {
    /// What there is to read, by ending; whole once it is counted.
    wanted: HashMap<String, Amount>,
    counted: bool,
    done: HashMap<String, Amount>,
    begun: Option<Instant>,
}

/// What a run knows of its own length.
#[derive(Debug, Default)]
pub(super) struct Forecast {
    earlier: BTreeMap<String, Amount>,
    known: Mutex<Known>,
}

/// What is told of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Files to read; `None` while they are counted.
    pub wanted: Option<u64>,
    /// Files that the readers are done with.
    pub done: u64,
    /// Seconds that it still takes.
    pub seconds: Option<u64>,
}

impl Forecast {
    /// With what earlier runs in this state paid.
    pub fn new(state: &Path) -> Self {
        let earlier = std::fs::read(path(state)).ok();
        let earlier = earlier.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Forecast {
            earlier: earlier.unwrap_or_default(),
            known: Mutex::default(),
        }
    }

    /// Readers begin.
    pub fn begin(&self) {
        lock(&self.known).begun = Some(Instant::now());
    }

    /// A file that will be read.
    fn wants(&self, name: &[u8], bytes: u64) {
        let mut known = lock(&self.known);
        known.wanted.entry(kind(name)).or_default().add(bytes, 0.0);
    }

    /// Nothing comes beside what was counted.
    pub fn counted(&self) {
        lock(&self.known).counted = true;
    }

    /// A reader is done with a file.
    pub fn done(&self, path: &[u8], bytes: u64, spent: Duration, made: Made) {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let mut known = lock(&self.known);
        let done = known.done.entry(kind(name)).or_default();
        done.add(bytes, spent.as_secs_f64());
        done.made(bytes, made);
    }

    /// What is to be said now.
    pub fn outlook(&self) -> Outlook {
        let known = lock(&self.known);
        let since = known.begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        self.at(&known, since)
    }

    fn at(&self, known: &Known, since: Duration) -> Outlook {
        let files =
            |of: &HashMap<String, Amount>| of.values().map(|it| it.files).sum::<f64>() as u64;
        let (done, wanted) = (files(&known.done), files(&known.wanted));
        let told = known.counted && done >= LEAST_FILES && since >= LEAST_TIME;
        Outlook {
            wanted: known.counted.then_some(wanted),
            done,
            seconds: told.then(|| self.seconds(known, since)).flatten(),
        }
    }

    /// The readers work at several files at a time: the work that is left goes as fast as the work that was done.
    fn seconds(&self, known: &Known, since: Duration) -> Option<u64> {
        let all = known
            .done
            .values()
            .fold(Amount::default(), |all, done| all.plus(done));
        let left: f64 = known
            .wanted
            .iter()
            .map(|(kind, wanted)| {
                let done = known.done.get(kind).copied().unwrap_or_default();
                let earlier = self.earlier.get(kind).copied().unwrap_or_default();
                left(wanted, &done, &earlier, &all)
            })
            .sum();
        (all.seconds > 0.0).then(|| (left * since.as_secs_f64() / all.seconds).round() as u64)
    }

    /// Keeps what was paid, for the runs to come.
    pub fn keep(&self, state: &Path) -> std::io::Result<()> {
        let known = lock(&self.known);
        let mut kept = self.earlier.clone();
        for (kind, done) in &known.done {
            let sum = kept.entry(kind.clone()).or_default();
            *sum = sum.plus(done);
        }
        let path = path(state);
        let new = path.with_extension("nieuw");
        std::fs::write(&new, serde_json::to_vec(&kept)?)?;
        std::fs::rename(new, path)
    }
}

/// Seconds of work in what is left of one ending; of one that nobody has met, as of all files.
fn left(wanted: &Amount, done: &Amount, earlier: &Amount, all: &Amount) -> f64 {
    let weight = (EARLIER / earlier.files.max(1.0)).min(1.0);
    let met = done.plus(&earlier.times(weight));
    let (per_file, per_byte) = match met.files > 0.0 {
        true => met.costs(),
        false => all.costs(),
    };
    let files = (wanted.files - done.files).max(0.0);
    let bytes = (wanted.bytes - done.bytes).max(0.0);
    files * per_file + bytes * per_byte
}

fn kind(name: &[u8]) -> String {
    ending(&name.to_ascii_lowercase())
}

fn path(state: &Path) -> PathBuf {
    state.join(FOLDER).join(FILE)
}

/// Counts what will be read, by the same look at size and times as the run itself.
pub(super) struct Count<'a>(pub &'a Context<'a>);

impl Visit for Count<'_> {
    type Above = ();

    fn listed(
        &self,
        folder: &[u8],
        entries: Vec<Listed>,
        _complete: bool,
        above: &Arc<()>,
    ) -> Arc<()> {
        let context = self.0;
        // What cannot be asked now fails the run itself, with the reason.
        let known = context
            .write
            .known(context.bron, folder)
            .unwrap_or_default();
        let mut known = known.into_iter().peekable();
        for entry in entries {
            while known.next_if(|file| file.name < entry.name).is_some() {}
            let before = known.next_if(|file| file.name == entry.name);
            if let Found::File(stat) = entry.found
                && !before.is_some_and(|before| context.looks_same(&stat, &before))
            {
                context.forecast.wants(&entry.name, stat.size);
            }
        }
        Arc::clone(above)
    }

    fn not_listed(&self, _folder: &[u8], _why: NotListed) {}

    fn vanished(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Endings with what a file costs (seconds) and how large it is; in a drive of folders that each hold one kind more than
    /// others, read from the first to the last by two readers.
    const KINDS: [(&str, f64, u64); 5] = [
        ("txt", 0.002, 4_000),
        ("docx", 0.02, 60_000),
        ("pdf", 0.15, 900_000),
        ("eml", 0.01, 30_000),
        ("xlsx", 0.05, 200_000),
    ];

    /// Files of a drive: ending, size and cost as factors, mixed by a generator of one's own.
    fn drive(seed: u64) -> Vec<(usize, f64, f64)> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut files = Vec::new();
        for _ in 0..60 {
            let favourite = (next() * 5.0) as usize;
            for _ in 0..50 {
                let kind = match next() < 0.5 {
                    true => favourite,
                    false => (next() * 5.0) as usize,
                };
                // Some files are ten times as large as most; some cost more or less than others of their size.
                let factor = if next() < 0.05 { 10.0 } else { 0.5 + next() };
                files.push((kind, factor, 0.6 + 0.8 * next()));
            }
        }
        files
    }

    /// By how much the outlook after a tenth of the time misses what it really takes.
    fn miss(files: &[(usize, f64, f64)], earlier: BTreeMap<String, Amount>) -> f64 {
        let cost = |&(kind, size, cost): &(usize, f64, f64)| KINDS[kind].1 * size * cost;
        let size = |&(kind, size, _): &(usize, f64, f64)| (KINDS[kind].2 as f64 * size) as u64;
        let name = |(kind, _, _): &(usize, f64, f64)| format!("a.{}", KINDS[*kind].0);
        let whole: f64 = files.iter().map(cost).sum::<f64>() / 2.0;
        let forecast = Forecast {
            earlier,
            known: Mutex::default(),
        };
        for file in files {
            forecast.wants(name(file).as_bytes(), size(file));
        }
        forecast.counted();
        let mut wall = 0.0;
        for file in files {
            let spent = Duration::from_secs_f64(cost(file));
            forecast.done(
                format!("map/{}", name(file)).as_bytes(),
                size(file),
                spent,
                Made::default(),
            );
            wall += cost(file) / 2.0;
            if wall >= whole / 10.0 {
                break;
            }
        }
        let known = lock(&forecast.known);
        let told = forecast.at(&known, Duration::from_secs_f64(wall)).seconds;
        let told = told.expect("told after a tenth") as f64;
        (told - (whole - wall)).abs() / (whole - wall)
    }

    proptest! {
        /// Issue 6: within 20 % after the first tenth.
        #[test]
        fn after_a_tenth_the_rest_is_known_within_a_fifth(seed in 0u64..u64::MAX) {
            let missed = miss(&drive(seed), BTreeMap::new());
            prop_assert!(missed < 0.2, "missed by {missed}");
        }
    }

    #[test]
    fn what_earlier_runs_paid_helps_where_the_first_folders_have_one_kind_only() {
        let mut files = vec![(0, 1.0, 1.0); 9_000];
        files.extend(vec![(2, 1.0, 1.0); 900]);
        let paid = |(ending, seconds, bytes): (&str, f64, u64)| {
            let mut amount = Amount::default();
            (0..100).for_each(|_| amount.add(bytes, seconds));
            (ending.to_owned(), amount)
        };
        let without = miss(&files, BTreeMap::new());
        let with = miss(&files, KINDS.map(paid).into());
        assert!(with < 0.05 && with < without, "{with} against {without}");
    }

    #[test]
    fn nothing_is_said_before_it_is_counted_and_something_was_done() {
        let forecast = Forecast::default();
        let at = |seconds| {
            let known = lock(&forecast.known);
            forecast.at(&known, Duration::from_secs(seconds))
        };
        for _ in 0..30 {
            forecast.wants(b"a.pdf", 10);
        }
        assert_eq!(at(10), Outlook::default());
        forecast.counted();
        assert_eq!((at(10).wanted, at(10).seconds), (Some(30), None));
        for _ in 0..20 {
            forecast.done(b"map/a.pdf", 10, Duration::from_secs(1), Made::default());
        }
        assert_eq!((at(1).seconds, at(10).seconds), (None, Some(5)));
    }

    #[test]
    fn what_was_paid_is_remembered() {
        let state = tempfile::tempdir().expect("state");
        std::fs::create_dir(state.path().join(FOLDER)).expect("folder");
        let forecast = Forecast::new(state.path());
        forecast.done(b"A.PDF", 10, Duration::from_secs(1), Made::default());
        forecast.keep(state.path()).expect("kept");
        forecast.keep(state.path()).expect("kept");
        let next = Forecast::new(state.path());
        assert_eq!(next.earlier["pdf"].files, 1.0);
    }
}
