//! The lists of an installation: the one of the program and every file in a folder. A list that cannot be read is an
//! error: never left out in silence.

use super::{List, ListError, Lists, Origin, csv, skos};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No list of at most so many terms is larger.
const MAX_BYTES: u64 = 64 << 20;

/// Why the lists of an installation cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    /// A list has something wrong in it.
    #[error("De lijst {bestand} kan niet worden gebruikt. Regel {}: {}", .fout.regel, .fout.melding)]
    Wrong {
        /// The file.
        bestand: String,
        /// What is wrong.
        fout: ListError,
    },
    /// A file or folder cannot be read.
    #[error("{bestand} is niet te lezen: {fout}")]
    Unreadable {
        /// The file or folder.
        bestand: String,
        /// What the system says.
        fout: io::Error,
    },
}

impl ListsError {
    fn wrong(bestand: &str, fout: ListError) -> Self {
        ListsError::Wrong {
            bestand: bestand.to_owned(),
            fout,
        }
    }

    fn unreadable(path: &Path, fout: io::Error) -> Self {
        ListsError::Unreadable {
            bestand: path.display().to_string(),
            fout,
        }
    }
}

impl Lists {
    /// The list of the program, and every `*.csv`, `*.rdf` and `*.ttl` in `folder` by name. Without such a folder there
    /// is only the first.
    pub fn load(folder: &Path) -> Result<Self, ListsError> {
        let mut lists =
            Lists::built_in().map_err(|fout| ListsError::wrong(super::BUILT_IN, fout))?;
        for path in files(folder).map_err(|fout| ListsError::unreadable(folder, fout))? {
            if let Some(list) = read(&path, Origin::Installatie)? {
                lists = lists.with(list);
            }
        }
        Ok(lists)
    }
}

/// The files of `folder`, sorted.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

/// The list in a file; `None` when the file is none.
pub fn read(path: &Path, origin: Origin) -> Result<Option<List>, ListsError> {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let parse = match extension.to_lowercase().as_str() {
        "csv" => csv::parse,
        "rdf" => skos::parse_xml,
        "ttl" => skos::parse_turtle,
        _ => return Ok(None),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|fout| ListsError::unreadable(path, fout))?;
    if bytes.len() as u64 > MAX_BYTES {
        let fout = ListError::new(
            1,
            "Het bestand is groter dan 64 MB. Splits de lijst in delen.",
        );
        return Err(ListsError::wrong(&name, fout));
    }
    parse(&name, origin, &bytes)
        .map(Some)
        .map_err(|fout| ListsError::wrong(&name, fout))
}
