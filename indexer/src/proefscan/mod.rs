//! What a run of a source would find, before anything is read: counts and sizes by kind of file, what rules leave out, what
//! cannot be reached, sidecars without a file. Looks at names and sizes only, and at what descriptions say of who may use a
//! document; never opens anything else.

mod ruimte;

pub use ruimte::Ruimte;

use crate::account::{Account, Status};
use crate::beneath::Root;
use crate::dms;
use crate::dms::pairs::{Name, Pairs, Role};
use crate::read::LimitSet;
use crate::run::{Measured, ReadDocuments};
use crate::settings::Settings;
use crate::source::{RulesError, Source, SourceError};
use crate::walk::{Found, Listed, NotListed, Visit, Walk};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Kinds of files that are told one by one; the rest is one line.
const KINDS: usize = 1_000;
/// A description of more bytes is something else.
const MOST_BYTES: u64 = 16 << 20;
/// Of a fault so many examples are told.
const EXAMPLES: usize = 20;

/// How many files, and how big they are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Files.
    pub bestanden: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, bytes: u64) {
        self.bestanden += 1;
        self.bytes += bytes;
    }
}

/// A fault, counted, with some examples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// How often.
    pub aantal: u64,
    /// Paths within the source.
    pub voorbeelden: Vec<String>,
}

impl Fault {
    fn add(&mut self, folder: &[u8], name: &[u8]) {
        self.aantal += 1;
        if self.voorbeelden.len() < EXAMPLES {
            let path = crate::walk::join(folder, name);
            self.voorbeelden
                .push(String::from_utf8_lossy(&path).into_owned());
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proefscan {
    /// False when it was ended early: then everything is a lower bound.
    pub volledig: bool,
    /// What a run would read.
    pub totaal: Amount,
    /// By ending of the name, in small letters; `(geen)` without one.
    pub soorten: BTreeMap<String, Amount>,
    /// The same without descriptions of files: those are no documents.
    #[serde(skip)]
    documenten: BTreeMap<String, Amount>,
    /// Left out by a rule, or no file at all.
    pub overgeslagen: Fault,
    /// Files of which the system tells nothing.
    pub geen_toegang: Fault,
    /// Folders that could not be listed.
    pub mappen_niet_gelezen: Fault,
    /// Without any bytes.
    pub leeg: u64,
    /// Sidecars of which the file is not there.
    pub sidecar_zonder_bestand: Fault,
    /// Files without a sidecar, in folders where others have one.
    pub bestand_zonder_sidecar: Fault,
    /// How often each restriction stands in a description: what must be decided about.
    pub beperkingen: BTreeMap<String, u64>,
    /// Descriptions that say nothing of it.
    pub zonder_beperking: u64,
    /// How long a first run takes, in seconds; only known after other runs on this computer.
    pub seconden: Option<f64>,
    /// How much room it takes.
    pub ruimte: Ruimte,
}

/// Reads descriptions for one thread at a time.
pub type DescriptionReader = Mutex<Box<dyn ReadDocuments + Send>>;

/// What is looked at, and with what.
pub struct Scan<'s> {
    /// The source.
    pub source: &'s Source,
    /// The settings of a run.
    pub settings: &'s Settings,
    /// Runs from before.
    pub earlier: &'s [Account],
    /// What came of each kind of file in runs from before.
    pub measured: BTreeMap<String, Measured>,
    /// Reads descriptions; without it none is opened.
    pub reader: Option<&'s DescriptionReader>,
    /// Whether it must end.
    pub stop: &'s (dyn Fn() -> bool + Sync),
    /// Hears how many files were seen so far.
    pub seen: &'s (dyn Fn(u64) + Sync),
}

/// Looks at a source. Ends early once `stop` says so.
///
/// # Errors
/// [`SourceError`] when the root cannot be reached or the rules cannot work.
pub fn proefscan(scan: &Scan<'_>) -> Result<Proefscan, SourceError> {
    let Scan {
        source, settings, ..
    } = scan;
    let globs = source.rules.globs().map_err(RulesError::from)?;
    let walk = Walk {
        root: &source.root,
        skip: &settings.skip,
        globs: &globs,
        parallel: settings.parallel_directories,
        stop: scan.stop,
    };
    let name = source.root.file_name().unwrap_or_default();
    let seen = Seen {
        found: Mutex::default(),
        path: source.root.clone(),
        root: name.as_bytes().to_vec(),
        files: Root::open(&source.root).ok(),
        limits: settings.limits(),
        scan,
    };
    walk.run(&seen, ())
        .map_err(|error| SourceError::Unreachable(source.root.display().to_string(), error))?;
    let mut found = seen
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    found.volledig = !(scan.stop)();
    found.seconden = estimate(&found.totaal, scan.earlier);
    found.ruimte = ruimte::predict(&found.documenten, &scan.measured);
    Ok(found)
}

/// From the speed of whole runs that read something: small files cost by number, large ones by size, so the slower of
/// both counts.
fn estimate(total: &Amount, earlier: &[Account]) -> Option<f64> {
    let whole = earlier
        .iter()
        .filter(|run| run.status == Status::Voltooid && run.nieuw > 0 && run.seconden > 0.0);
    let (mut files, mut bytes, mut seconds) = (0u64, 0u64, 0.0);
    for run in whole {
        files += run.nieuw + run.gewijzigd + run.onleesbaar;
        bytes += run.bytes;
        seconds += run.seconden;
    }
    if files == 0 {
        return None;
    }
    let by_files = total.bestanden as f64 * seconds / files as f64;
    let by_bytes = total.bytes as f64 * seconds / bytes.max(1) as f64;
    Some(by_files.max(by_bytes))
}

struct Seen<'s> {
    found: Mutex<Proefscan>,
    /// Opens descriptions, and nothing else.
    files: Option<Root>,
    limits: LimitSet,
    scan: &'s Scan<'s>,
    path: PathBuf,
    /// The name of the root.
    root: Vec<u8>,
}

impl Seen<'_> {
    /// What a description says of who may use what it is about; nothing when it cannot be had.
    fn restrictions(&self, path: &[u8]) -> Option<Vec<String>> {
        let reader = self.scan.reader.filter(|_| !(self.scan.stop)())?;
        let file = self.files.as_ref()?.file(path).ok()?;
        let sound = file.metadata().ok()?;
        if !sound.is_file() || sound.len() > MOST_BYTES {
            return None;
        }
        let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
        let name = String::from_utf8_lossy(path.rsplit(|byte| *byte == b'/').next()?);
        let reading = reader.read(&file, &name, &self.limits).ok()?;
        let said = &reading.properties;
        dms::first(said, dms::key::LAYOUT)?;
        // A file of MDTO has its restrictions at the object that it shows.
        let values: Vec<String> = dms::all(said, dms::key::RESTRICTION)
            .map(str::to_owned)
            .collect();
        let of_file = dms::first(said, dms::key::FILE).is_some();
        (!values.is_empty() || !of_file).then_some(values)
    }

    fn add(&self, work: impl FnOnce(&mut Proefscan)) {
        work(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Visit for Seen<'_> {
    type Above = ();

    fn listed(
        &self,
        folder: &[u8],
        entries: Vec<Listed>,
        _complete: bool,
        above: &Arc<()>,
    ) -> Arc<()> {
        let names = entries.iter().map(|entry| Name {
            name: &entry.name,
            read: matches!(entry.found, Found::File(_) | Found::Refused),
        });
        let names: Vec<Name<'_>> = names.collect();
        let own = match folder.rsplit(|byte| *byte == b'/').next() {
            Some(name) if !name.is_empty() => name,
            _ => &self.root,
        };
        let is_folder = |name: &[u8]| {
            let path = crate::walk::join(folder, name);
            let path = self.path.join(OsStr::from_bytes(&path));
            std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
        };
        let pairs = Pairs::new(own, &names, &is_folder);
        let descriptions = pairs.roles.keys().map(|at| &entries[*at].name);
        let said: Vec<Vec<String>> = descriptions
            .filter_map(|name| self.restrictions(&crate::walk::join(folder, name)))
            .collect();
        self.add(|found| {
            for values in said {
                found.zonder_beperking += u64::from(values.is_empty());
                for value in values {
                    let known =
                        found.beperkingen.len() < KINDS || found.beperkingen.contains_key(&value);
                    let name = if known { value } else { "(andere)".to_owned() };
                    *found.beperkingen.entry(name).or_default() += 1;
                }
            }
            for (at, entry) in entries.iter().enumerate() {
                entry_found(found, folder, (at, entry), &pairs);
            }
            (self.scan.seen)(found.totaal.bestanden);
        });
        Arc::clone(above)
    }

    fn not_listed(&self, folder: &[u8], why: NotListed) {
        self.add(|found| match why {
            NotListed::Skipped(_) => found.overgeslagen.add(folder, b""),
            NotListed::Failed(_) | NotListed::Loop => found.mappen_niet_gelezen.add(folder, b""),
        });
    }

    fn vanished(&self) {}
}

fn entry_found(found: &mut Proefscan, folder: &[u8], (at, entry): (usize, &Listed), pairs: &Pairs) {
    let small = entry.name.to_ascii_lowercase();
    if pairs.roles.get(&at) == Some(&Role::Nothing) {
        found.sidecar_zonder_bestand.add(folder, &entry.name);
    }
    match &entry.found {
        Found::File(stat) => {
            found.totaal.add(stat.size);
            found.leeg += u64::from(stat.size == 0);
            let kind = ending(&small);
            let known = found.soorten.len() < KINDS || found.soorten.contains_key(&kind);
            let kind = if known { kind } else { "(andere)".to_owned() };
            if pairs.roles.get(&at) != Some(&Role::Files) {
                let own = found.documenten.entry(kind.clone()).or_default();
                own.add(stat.size);
            }
            found.soorten.entry(kind).or_default().add(stat.size);
            let bare = !pairs.roles.contains_key(&at) && !pairs.of.contains_key(&at);
            if pairs.describes_files() && bare {
                found.bestand_zonder_sidecar.add(folder, &entry.name);
            }
        }
        Found::Refused => found.geen_toegang.add(folder, &entry.name),
        Found::Symlink | Found::Special(_) | Found::Skipped(_) => {
            found.overgeslagen.add(folder, &entry.name);
        }
    }
}

/// The ending of a name in small letters; `(geen)` without one.
pub(crate) fn ending(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 12 => ending.to_owned(),
        _ => "(geen)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceRules;
    use std::path::Path;

    fn source(root: &Path, rules: SourceRules) -> Source {
        Source {
            name: "b".into(),
            root: root.to_owned(),
            passwords: None,
            rules,
        }
    }

    fn scan(source: &Source, stop: bool) -> Result<Proefscan, SourceError> {
        proefscan(&Scan {
            source,
            settings: &Settings::default(),
            earlier: &[],
            measured: BTreeMap::new(),
            reader: None,
            stop: &|| stop,
            seen: &|_| {},
        })
    }

    fn write(root: &Path, path: &str, bytes: usize) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, vec![b'x'; bytes]).unwrap();
    }

    #[test]
    fn counts_by_kind_and_tells_which_sidecars_do_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "a/Nota.PDF", 10);
        write(root, "a/Nota.PDF.bestand.mdto.xml", 2);
        write(root, "a/a.mdto.xml", 2);
        write(root, "a/brief.docx", 5);
        write(root, "a/weg.pdf.MDTO.xml", 2);
        write(root, "b/kort.docx", 5);
        write(root, "b/kort.mdto.xml", 2);
        write(root, "c/los.docx", 0);
        write(root, "c/oud.bak", 9);
        let rules = SourceRules {
            not: vec!["*.bak".into()],
            ..SourceRules::default()
        };
        let found = scan(&source(root, rules), false).unwrap();
        assert!(found.volledig);
        assert_eq!(found.totaal.bestanden, 8);
        assert_eq!(
            found.soorten["docx"],
            Amount {
                bestanden: 3,
                bytes: 10
            }
        );
        assert_eq!(found.soorten["pdf"].bestanden, 1);
        assert_eq!(found.leeg, 1);
        assert_eq!(found.overgeslagen.voorbeelden, ["c/oud.bak"]);
        assert_eq!(
            found.sidecar_zonder_bestand.voorbeelden,
            ["a/weg.pdf.MDTO.xml"]
        );
        assert_eq!(found.bestand_zonder_sidecar.voorbeelden, ["a/brief.docx"]);
        assert_eq!(found.seconden, None);
    }

    #[test]
    fn one_that_is_ended_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let source = source(folder.path(), SourceRules::default());
        let found = scan(&source, true).unwrap();
        assert!(!found.volledig);
        let gone = Source {
            root: folder.path().join("weg"),
            ..source
        };
        assert!(scan(&gone, false).is_err());
    }
}
