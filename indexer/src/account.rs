//! What became of every file of a run: counted while it runs, stored as `runs/NNNNNN.json`, with a line for
//! each file that was not plainly read in `runs/NNNNNN.uitkomsten.jsonl`. Never decides an outcome.

mod export;

pub use export::{ExportAccount, ExportFault};

use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use zv_shared::{Place, Readability};

/// Folder in the state folder.
pub const FOLDER: &str = "runs";

/// The one outcome of a file that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not known before.
    Nieuw,
    /// Known, with other bytes, another modification time, or other rights.
    Gewijzigd,
    /// Known at a place where it no longer is.
    Verplaatst,
    /// As it was.
    Ongewijzigd,
    /// No text could be had, whatever else is true of it.
    Onleesbaar,
    /// A rule skips it, or it is a symbolic link or no file at all.
    Overgeslagen,
}

/// What came of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Documents: itself and what is in it.
    pub documents: u64,
    /// Bytes of text.
    pub text: u64,
}

/// Counts while a run goes on; shared by all its threads.
#[derive(Debug, Default)]
pub struct Tally {
    /// Files that the walk told of.
    pub seen: AtomicU64,
    /// Files and folders that were gone before they could be looked at; not among those seen.
    pub gone: AtomicU64,
    outcomes: [AtomicU64; 6],
    /// Files whose text was cut.
    pub partial: AtomicU64,
    /// Children with text.
    pub children_read: AtomicU64,
    /// Children without.
    pub children_unreadable: AtomicU64,
    /// Families that went because their file is gone.
    pub deleted: AtomicU64,
    /// Families that stay although their file is gone: a case holds them.
    pub lost: AtomicU64,
    /// Families that would have gone.
    pub withheld: AtomicU64,
    /// Folders that could not be, or not wholly, listed.
    pub unlisted: AtomicU64,
    /// Bytes read from files.
    pub bytes: AtomicU64,
    /// Documents given to the index.
    pub written: AtomicU64,
    /// Files that OCR is done with.
    pub recognised: AtomicU64,
    /// Files of which only what lies around the bytes changed.
    pub around: AtomicU64,
    /// Files of which the rights should be read and could not.
    pub no_rights: AtomicU64,
    /// What an export of a document system lacks.
    pub export: export::ExportTally,
}

/// Adds to a counter.
pub fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

/// The value of a counter.
pub fn value(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Tally {
    /// Counts the outcome of one file.
    pub fn outcome(&self, outcome: Outcome) {
        add(&self.outcomes[outcome as usize], 1);
    }

    /// Whether anything was given to the index or taken from it.
    pub fn changed(&self) -> bool {
        value(&self.written) + value(&self.deleted) > 0
    }

    fn of(&self, outcome: Outcome) -> u64 {
        value(&self.outcomes[outcome as usize])
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every file has its outcome.
    Voltooid,
    /// The user ended it; what was done stays.
    Afgebroken,
    /// It could not go on; what was done until the last commit stays.
    Mislukt,
}

/// What became of the documents inside files that were read in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Children {
    /// With text, or rightly empty.
    pub gelezen: u64,
    /// Without.
    pub onleesbaar: u64,
}

/// The account of one run: `gezien = nieuw + gewijzigd + verplaatst + ongewijzigd + onleesbaar + overgeslagen`.
/// Field names are a contract with scripts (DESIGN section 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Number of the run within the state folder, from 1.
    pub run: u64,
    /// The bron.
    pub bron: String,
    /// Its root, as text.
    pub map: String,
    /// How it ended.
    pub status: Status,
    /// Why it failed: a Dutch sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub melding: Option<String>,
    /// When it began.
    pub begonnen: Timestamp,
    /// Files, links and other entries that are not folders.
    pub gezien: u64,
    /// See [`Outcome::Nieuw`].
    pub nieuw: u64,
    /// See [`Outcome::Gewijzigd`].
    pub gewijzigd: u64,
    /// See [`Outcome::Verplaatst`].
    pub verplaatst: u64,
    /// See [`Outcome::Ongewijzigd`].
    pub ongewijzigd: u64,
    /// See [`Outcome::Onleesbaar`].
    pub onleesbaar: u64,
    /// See [`Outcome::Overgeslagen`].
    pub overgeslagen: u64,
    /// Files that are gone and therefore went from the index; outside the sum.
    pub verwijderd: u64,
    /// Files that are gone and stay in the index, because a case holds them; outside the sum.
    #[serde(default)]
    pub verdwenen: u64,
    /// Files of which a limit or a fault cut the text; outside the sum.
    pub gedeeltelijk: u64,
    /// Files with images or scans that went through OCR in this run; outside the sum.
    #[serde(default)]
    pub tekstherkenning: u64,
    /// Files of which only the rights or the description changed: in `gewijzigd`, and not read.
    #[serde(default)]
    pub zonder_lezen: u64,
    /// Files of which the rights could not be read: by rights only the group of the source sees them.
    #[serde(default)]
    pub rechten_onbekend: u64,
    /// Documents inside the files that were read.
    pub kinderen: Children,
    /// Live documents of the bron afterwards, children included.
    pub documenten: u64,
    /// Bytes read in this run.
    pub bytes: u64,
    /// How long it took.
    pub seconden: f64,
    /// Files that seem gone but were kept: too many at once.
    pub ingehouden: u64,
    /// Folders that could not be, or not wholly, listed; nothing below them was deleted.
    pub onleesbare_mappen: u64,
    /// Files and folders that vanished while the run looked.
    pub tussentijds_verdwenen: u64,
    /// Files that a broken-off run did not come to.
    pub niet_bekeken: u64,
    /// What an export of a document system lacks, when the source holds one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<ExportAccount>,
    /// What the reader of this account should know, in Dutch.
    pub waarschuwingen: Vec<String>,
}

impl Account {
    /// Takes the counts over: `gezien` comes from the walk, the outcomes from where each file was decided.
    /// What a broken-off run did not come to is not in the sum.
    pub fn count(&mut self, tally: &Tally) {
        self.tussentijds_verdwenen = value(&tally.gone);
        self.gezien = value(&tally.seen);
        self.nieuw = tally.of(Outcome::Nieuw);
        self.gewijzigd = tally.of(Outcome::Gewijzigd);
        self.verplaatst = tally.of(Outcome::Verplaatst);
        self.ongewijzigd = tally.of(Outcome::Ongewijzigd);
        self.onleesbaar = tally.of(Outcome::Onleesbaar);
        self.overgeslagen = tally.of(Outcome::Overgeslagen);
        self.gedeeltelijk = value(&tally.partial);
        self.tekstherkenning = value(&tally.recognised);
        self.zonder_lezen = value(&tally.around);
        self.rechten_onbekend = value(&tally.no_rights);
        self.kinderen.gelezen = value(&tally.children_read);
        self.kinderen.onleesbaar = value(&tally.children_unreadable);
        self.verwijderd = value(&tally.deleted);
        self.verdwenen = value(&tally.lost);
        self.ingehouden = value(&tally.withheld);
        self.onleesbare_mappen = value(&tally.unlisted);
        self.bytes = value(&tally.bytes);
        self.export = tally.export.told();
        if self.status != Status::Voltooid {
            self.niet_bekeken = self.gezien.saturating_sub(self.outcomes());
            self.gezien -= self.niet_bekeken;
        }
        if self.gezien != self.outcomes() {
            let warning = "de telling klopt niet: dit is een fout in het programma";
            self.waarschuwingen.push(warning.into());
        }
    }

    /// The sum of all outcomes: equal to `gezien`.
    pub fn outcomes(&self) -> u64 {
        let parts = [
            self.nieuw,
            self.gewijzigd,
            self.verplaatst,
            self.ongewijzigd,
            self.onleesbaar,
            self.overgeslagen,
        ];
        parts.iter().sum()
    }

    /// Exit code of the command line: 3 when deletions were withheld, 1 when the run did not end by itself.
    pub fn exit_code(&self) -> u8 {
        match self.status {
            Status::Voltooid if self.ingehouden > 0 => 3,
            Status::Voltooid => 0,
            Status::Afgebroken | Status::Mislukt => 1,
        }
    }
}

/// What a line in the list of outcomes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// No text could be had.
    Onleesbaar,
    /// A part of the text could be had.
    Gedeeltelijk,
    /// Skipped by a rule or as a link.
    Overgeslagen,
    /// Gone, and therefore removed from the index.
    Verwijderd,
    /// Gone, and kept because a case holds it.
    Verdwenen,
    /// Seems gone, but too many are at once: kept.
    VerwijderingIngehouden,
    /// A folder that could not be, or not wholly, listed.
    MapNietGelezen,
    /// The export is not right about it; outside the sum.
    Export,
}

impl Note {
    /// The word in exports.
    pub fn name(self) -> &'static str {
        match self {
            Note::Onleesbaar => "onleesbaar",
            Note::Gedeeltelijk => "gedeeltelijk",
            Note::Overgeslagen => "overgeslagen",
            Note::Verwijderd => "verwijderd",
            Note::Verdwenen => "verdwenen",
            Note::VerwijderingIngehouden => "verwijdering-ingehouden",
            Note::MapNietGelezen => "map-niet-gelezen",
            Note::Export => "export",
        }
    }

    /// The line for a document that was not wholly read.
    pub fn for_readability(readability: Readability) -> Option<Note> {
        match readability {
            Readability::Leesbaar => None,
            Readability::Gedeeltelijk => Some(Note::Gedeeltelijk),
            Readability::Onleesbaar => Some(Note::Onleesbaar),
        }
    }
}

/// One file, folder or child that was not plainly read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place below the root of the bron, children as `a.zip!/b`.
    pub pad: String,
    /// The bytes of the path in base64, when it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pad_b64: Option<String>,
    /// What became of it.
    pub uitkomst: Note,
    /// Why: a Dutch sentence.
    pub reden: String,
    /// Whether it lies inside a file: then it is not in the sum of the account.
    pub onderdeel: bool,
}

impl Line {
    /// A line about `place`.
    pub fn new(place: &Place, uitkomst: Note, reden: impl Into<String>) -> Line {
        Line {
            pad: place.to_string(),
            pad_b64: path_base64(&place.path),
            uitkomst,
            reden: reden.into(),
            onderdeel: !place.inner.is_empty(),
        }
    }

    /// A line about a file or folder at `path`.
    pub fn at(path: &[u8], uitkomst: Note, reden: impl Into<String>) -> Line {
        let place = Place {
            path: path.to_vec(),
            inner: Vec::new(),
        };
        Line::new(&place, uitkomst, reden)
    }
}

/// The bytes of a path in base64 (RFC 4648, with padding), when it is not UTF-8 and so cannot be told otherwise.
pub fn path_base64(path: &[u8]) -> Option<String> {
    std::str::from_utf8(path)
        .is_err()
        .then(|| BASE64_STANDARD.encode(path))
}

/// The list of outcomes of the run that is going on; shared by all its threads.
#[derive(Debug)]
pub struct Lines {
    out: Mutex<BufWriter<File>>,
}

impl Lines {
    /// Adds a line.
    pub fn add(&self, line: &Line) -> io::Result<()> {
        let mut out = self.lock();
        serde_json::to_writer(&mut *out, line)?;
        out.write_all(b"\n")
    }

    /// Everything so far reaches the file.
    pub fn flush(&self) -> io::Result<()> {
        self.lock().flush()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BufWriter<File>> {
        self.out
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The stored accounts of a state folder.
#[derive(Clone, Debug)]
pub struct Runs {
    folder: PathBuf,
}

impl Runs {
    /// The accounts below `state`.
    pub fn new(state: &Path) -> Runs {
        Runs {
            folder: state.join(FOLDER),
        }
    }

    /// The numbers of the runs that have an account, oldest first.
    pub fn list(&self) -> io::Result<Vec<u64>> {
        let mut numbers = self.numbers(".json")?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn numbers(&self, ending: &str) -> io::Result<Vec<u64>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(ending));
            numbers.extend(number.and_then(|digits| digits.parse::<u64>().ok()));
        }
        Ok(numbers)
    }

    /// Starts a new run: its number and its list of outcomes.
    pub fn begin(&self) -> io::Result<(u64, Lines)> {
        std::fs::create_dir_all(&self.folder)?;
        let taken = self.numbers(".uitkomsten.jsonl")?;
        let number = taken.into_iter().chain(self.list()?).max().unwrap_or(0) + 1;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.lines_path(number))?;
        let out = Mutex::new(BufWriter::new(file));
        Ok((number, Lines { out }))
    }

    /// Stores an account.
    pub fn save(&self, account: &Account) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(account)?;
        crate::source::replace_file(
            &self.folder.join(format!("{:06}.json", account.run)),
            &bytes,
        )
    }

    /// A stored account.
    pub fn load(&self, number: u64) -> io::Result<Account> {
        let bytes = std::fs::read(self.folder.join(format!("{number:06}.json")))?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// The lines of a run, one at a time.
    pub fn lines(&self, number: u64) -> io::Result<impl Iterator<Item = io::Result<Line>> + use<>> {
        let file = BufReader::new(File::open(self.lines_path(number))?);
        Ok(file.lines().map(|line| Ok(serde_json::from_str(&line?)?)))
    }

    /// Writes the lines of a run as CSV for a Dutch spreadsheet: UTF-8 with byte order mark, `;` between cells.
    /// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    pub fn csv(&self, number: u64, out: impl Write) -> io::Result<()> {
        let mut out = out;
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        csv.write_record(["pad", "uitkomst", "reden", "onderdeel", "pad_b64"])?;
        for line in self.lines(number)? {
            let line = line?;
            let inside = if line.onderdeel { "ja" } else { "nee" };
            let bytes = line.pad_b64.as_deref().unwrap_or_default();
            let (path, reason) = (plain_cell(&line.pad), plain_cell(&line.reden));
            csv.write_record([&path, line.uitkomst.name(), &reason, inside, bytes])?;
        }
        csv.flush()
    }

    fn lines_path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.uitkomsten.jsonl"))
    }
}

/// A cell as a spreadsheet may have it: what it would take for a formula gets an apostrophe in front.
pub fn plain_cell(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_utf8_comes_along_in_base64() {
        assert_eq!(path_base64("café".as_bytes()), None);
        assert_eq!(path_base64(b"caf\xe9").as_deref(), Some("Y2Fm6Q=="));
        assert_eq!(path_base64(b"\xff\xfe\xfd").as_deref(), Some("//79"));
        assert_eq!(path_base64(b"ca\xe9f\xe9").as_deref(), Some("Y2HpZuk="));
    }

    #[test]
    fn the_list_opens_in_a_spreadsheet_and_runs_no_formula() {
        let state = tempfile::tempdir().unwrap();
        let runs = Runs::new(state.path());
        let (number, lines) = runs.begin().unwrap();
        assert_eq!(number, 1);
        lines
            .add(&Line::at(b"=cmd()", Note::Overgeslagen, "een; twee"))
            .unwrap();
        let child = Place {
            path: b"a.zip".to_vec(),
            inner: vec!["b.doc".into()],
        };
        lines
            .add(&Line::new(&child, Note::Onleesbaar, "geen lezer"))
            .unwrap();
        lines.flush().unwrap();
        let mut out = Vec::new();
        runs.csv(number, &mut out).unwrap();
        let expected = "\u{feff}pad;uitkomst;reden;onderdeel;pad_b64\r\n\
            '=cmd();overgeslagen;\"een; twee\";nee;\r\n\
            a.zip!/b.doc;onleesbaar;geen lezer;ja;\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        // A killed run left a list without an account: its number is not used again.
        assert_eq!(runs.begin().unwrap().0, 2);
        assert!(runs.list().unwrap().is_empty());
    }
}
