//! What a run of a source would find, before anything is read: counts and sizes by kind of file, what rules leave out, what
//! cannot be reached, sidecars without a file. Looks at names and sizes only; never opens a file.

use crate::account::{Account, Status};
use crate::settings::Settings;
use crate::source::{RulesError, Source, SourceError};
use crate::walk::{Found, Listed, NotListed, Visit, Walk};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Endings of files that describe the file beside them, or the folder they lie in (MDTO, ToPX, OPEX, Alfresco).
const SIDECARS: [&str; 5] = [
    ".bestand.mdto.xml",
    ".mdto.xml",
    ".metadata.properties.xml",
    ".metadata",
    ".opex",
];
/// Kinds of files that are told one by one; the rest is one line.
const KINDS: usize = 1_000;
/// Of a fault so many examples are told.
const EXAMPLES: usize = 20;

/// How many files, and how big they are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Proefscan {
    /// False when it was ended early: then everything is a lower bound.
    pub volledig: bool,
    /// What a run would read.
    pub totaal: Amount,
    /// By ending of the name, in small letters; `(geen)` without one.
    pub soorten: BTreeMap<String, Amount>,
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
    /// How long a first run takes, in seconds; only known after other runs on this computer.
    pub seconden: Option<f64>,
}

/// Looks at a source. Ends early once `stop` says so.
///
/// # Errors
/// [`SourceError`] when the root cannot be reached or the rules cannot work.
pub fn proefscan(
    source: &Source,
    settings: &Settings,
    earlier: &[Account],
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Proefscan, SourceError> {
    let globs = source.rules.globs().map_err(RulesError::from)?;
    let walk = Walk {
        root: &source.root,
        skip: &settings.skip,
        globs: &globs,
        parallel: settings.parallel_directories,
        stop,
    };
    let seen = Seen::default();
    walk.run(&seen)
        .map_err(|error| SourceError::Unreachable(source.root.display().to_string(), error))?;
    let mut found = seen.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.volledig = !stop();
    found.seconden = estimate(&found.totaal, earlier);
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

#[derive(Default)]
struct Seen(Mutex<Proefscan>);

impl Seen {
    fn add(&self, work: impl FnOnce(&mut Proefscan)) {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Visit for Seen {
    fn listed(&self, folder: &[u8], entries: Vec<Listed>, _complete: bool) {
        let names: HashSet<Vec<u8>> = entries
            .iter()
            .map(|entry| entry.name.to_ascii_lowercase())
            .collect();
        let described = described(folder, &names);
        self.add(|found| {
            for entry in &entries {
                entry_found(found, folder, entry, &described);
            }
        });
    }

    fn not_listed(&self, folder: &[u8], why: NotListed) {
        self.add(|found| match why {
            NotListed::Skipped(_) => found.overgeslagen.add(folder, b""),
            NotListed::Failed(_) | NotListed::Loop => found.mappen_niet_gelezen.add(folder, b""),
        });
    }

    fn vanished(&self) {}
}

/// What the sidecars of a folder describe.
struct Described {
    /// Names of files with a sidecar.
    files: HashSet<Vec<u8>>,
    /// Sidecars without a file.
    orphans: HashSet<Vec<u8>>,
}

/// The name that a sidecar describes.
fn describes(name: &[u8]) -> Option<&[u8]> {
    SIDECARS
        .iter()
        .find_map(|ending| name.strip_suffix(ending.as_bytes()))
        .filter(|stem| !stem.is_empty())
}

fn described(folder: &[u8], names: &HashSet<Vec<u8>>) -> Described {
    let mut described = Described {
        files: HashSet::new(),
        orphans: HashSet::new(),
    };
    let own = folder
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    // Some drop the ending of the file: `nota.mdto.xml` beside `nota.pdf`.
    let files = names.iter().filter(|name| describes(name).is_none());
    let by_stem: HashMap<&[u8], &Vec<u8>> = files
        .filter_map(|name| {
            let dot = name.iter().rposition(|byte| *byte == b'.')?;
            Some((&name[..dot], name))
        })
        .collect();
    for name in names {
        let Some(stem) = describes(name) else {
            continue;
        };
        if names.contains(stem) {
            described.files.insert(stem.to_vec());
        } else if let Some(file) = by_stem.get(stem) {
            described.files.insert(file.to_vec());
        } else if stem != own.as_slice() {
            // Inside a folder lies what describes the folder.
            described.orphans.insert(name.clone());
        }
    }
    described
}

fn entry_found(found: &mut Proefscan, folder: &[u8], entry: &Listed, described: &Described) {
    let small = entry.name.to_ascii_lowercase();
    if described.orphans.contains(&small) {
        found.sidecar_zonder_bestand.add(folder, &entry.name);
    }
    match &entry.found {
        Found::File(stat) => {
            found.totaal.add(stat.size);
            found.leeg += u64::from(stat.size == 0);
            let kind = ending(&small);
            let known = found.soorten.len() < KINDS || found.soorten.contains_key(&kind);
            let kind = if known { kind } else { "(andere)".to_owned() };
            found.soorten.entry(kind).or_default().add(stat.size);
            let has_neighbours = !described.files.is_empty();
            let bare = describes(&small).is_none() && !described.files.contains(&small);
            if has_neighbours && bare {
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
        let settings = Settings::default();
        let found = proefscan(&source(root, rules), &settings, &[], &|| false).unwrap();
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
        let found = proefscan(&source, &Settings::default(), &[], &|| true).unwrap();
        assert!(!found.volledig);
        let gone = Source {
            root: folder.path().join("weg"),
            ..source
        };
        assert!(proefscan(&gone, &Settings::default(), &[], &|| false).is_err());
    }
}
