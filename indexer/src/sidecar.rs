//! Metadata that lies in a file beside another one, as standards for archives and exports of document systems have it: which
//! file belongs to which by its name, and its bytes. Never looks into one, and never outside the root of a source.

use crate::beneath::Root;
use crate::dms::pairs::{BEHIND_NAME, BEHIND_STEM, before, parts};
use crate::original::OriginalError;
use crate::source::Sources;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use zv_shared::Document;

/// Metadata is small: a file of more bytes is something else.
const MOST_BYTES: u64 = 16 << 20;

/// A file with metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidecar {
    /// Where it lies in its source.
    pub path: Vec<u8>,
    /// What its name adds to that of the file without extension, such as `.pdf.bestand.MDTO.xml`.
    pub ending: String,
    /// What it holds; or why that cannot be had, in Dutch.
    pub bytes: Result<Vec<u8>, String>,
}

/// Finds the metadata of documents that come one after another: each folder is looked through once.
#[derive(Debug)]
pub struct Sidecars {
    state: PathBuf,
    folder: Option<Folder>,
}

/// The files with metadata in one folder of a source.
#[derive(Debug)]
struct Folder {
    bron: String,
    path: Vec<u8>,
    root: Root,
    names: Vec<Vec<u8>>,
}

impl Sidecars {
    /// Of the sources of a state folder.
    pub fn new(state: &Path) -> Self {
        Sidecars {
            state: state.to_owned(),
            folder: None,
        }
    }

    /// The metadata beside the file of a document; none for what lies inside a file.
    ///
    /// # Errors
    /// When the source, or the folder in it, cannot be looked through.
    pub fn of(&mut self, document: &Document) -> Result<Vec<Sidecar>, OriginalError> {
        if !document.place.inner.is_empty() {
            return Ok(Vec::new());
        }
        let path = document.place.folder();
        let kept = self.folder.take();
        let kept = kept.filter(|kept| kept.bron == document.bron && kept.path == path);
        let folder = match kept {
            Some(kept) => kept,
            None => self.listed(&document.bron, path)?,
        };
        let folder = self.folder.insert(folder);
        let found = belonging(document.place.file_name(), &folder.names).into_iter();
        Ok(found
            .map(|(name, ending)| folder.sidecar(name, ending))
            .collect())
    }

    fn listed(&self, bron: &str, path: &[u8]) -> Result<Folder, OriginalError> {
        let unreachable = || OriginalError::Unreachable(bron.to_owned());
        let sources = Sources::load(&self.state)?;
        let source = sources.named(bron).ok_or_else(unreachable)?;
        let root = Root::open(&source.root).map_err(|_| unreachable())?;
        let mut names = root.names(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OriginalError::Gone,
            _ => OriginalError::Refused(error),
        })?;
        names.retain(|name| BEHIND_NAME.iter().any(|end| ends_with(name, end)));
        names.sort_unstable();
        Ok(Folder {
            bron: bron.to_owned(),
            path: path.to_owned(),
            root,
            names,
        })
    }
}

impl Folder {
    fn sidecar(&self, name: Vec<u8>, ending: String) -> Sidecar {
        let path = match self.path.as_slice() {
            b"" => name,
            folder => [folder, b"/", &name].concat(),
        };
        Sidecar {
            bytes: self.read(&path),
            path,
            ending,
        }
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let read = || {
            let mut bytes = Vec::new();
            let file = self.root.file(path)?;
            // A folder of that name is no metadata.
            if !file.metadata()?.is_file() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(bytes)
        };
        match read() {
            Ok(bytes) if bytes.len() as u64 > MOST_BYTES => {
                Err("het bestand is te groot voor metadata".to_owned())
            }
            Ok(bytes) => Ok(bytes),
            Err(_) => Err("het bestand kan niet worden gelezen".to_owned()),
        }
    }
}

fn ends_with(name: &[u8], end: &str) -> bool {
    before(name, end).is_some()
}

/// Of these names those that belong to a file, with what each adds to its stem. A name in just these capitals goes before
/// one in others: on most drives both can be there, with metadata of their own.
fn belonging(file: &[u8], names: &[Vec<u8>]) -> Vec<(Vec<u8>, String)> {
    let (stem, extension) = parts(file);
    let mut found = Vec::new();
    let whole = BEHIND_NAME.map(|end| (file, extension, end));
    let stems = BEHIND_STEM.map(|end| (stem, "", end));
    for (front, extension, end) in whole.into_iter().chain(stems) {
        if front.is_empty() {
            continue;
        }
        let alike = names
            .iter()
            .filter(|name| before(name, end).is_some_and(|its| its.eq_ignore_ascii_case(front)));
        let alike: Vec<&Vec<u8>> = alike.collect();
        let exact = alike.iter().any(|name| name.starts_with(front));
        for name in alike
            .into_iter()
            .filter(|name| !exact || name.starts_with(front))
        {
            let written = String::from_utf8_lossy(&name[name.len() - end.len()..]);
            let found_now = (name.clone(), format!("{extension}{written}"));
            // A file without an extension is its own stem; an ending may be the end of another.
            if name.as_slice() != file && !found.iter().any(|(known, _)| known == name) {
                found.push(found_now);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, names: &[&str]) -> Vec<(String, String)> {
        let names: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let found = belonging(file.as_bytes(), &names).into_iter();
        found
            .map(|(name, ending)| (String::from_utf8(name).expect("text"), ending))
            .collect()
    }

    #[test]
    fn metadata_is_known_by_its_name_in_every_standard() {
        for (name, ending) in [
            ("nota.pdf.bestand.MDTO.xml", ".pdf.bestand.MDTO.xml"),
            ("nota.pdf.bestand.mdto.xml", ".pdf.bestand.mdto.xml"),
            ("NOTA.PDF.mdto.XML", ".pdf.mdto.XML"),
            ("nota.bestand.mdto.xml", ".bestand.mdto.xml"),
            ("nota.mdto.xml", ".mdto.xml"),
            ("nota.pdf.metadata", ".pdf.metadata"),
            ("nota.pdf.opex", ".pdf.opex"),
            (
                "nota.pdf.metadata.properties.xml",
                ".pdf.metadata.properties.xml",
            ),
        ] {
            let found = of("nota.pdf", &[name, "andere.pdf.mdto.xml", "nota.docx"]);
            assert_eq!(found, [(name.to_owned(), ending.to_owned())]);
        }
    }

    #[test]
    fn what_belongs_to_another_file_stays_there() {
        for name in [
            "nota.docx.mdto.xml",
            "nota 2.pdf.mdto.xml",
            "mijnnota.pdf.mdto.xml",
            "nota.pdf",
            "nota.pdf.xml",
            ".mdto.xml",
            "nota.metadata",
        ] {
            assert_eq!(of("nota.pdf", &[name]), [], "{name}");
        }
        // Neither is it metadata of itself.
        assert_eq!(of("nota.mdto.xml", &["nota.mdto.xml"]), []);
        assert_eq!(of("", &[".mdto.xml"]), []);
    }

    #[test]
    fn each_is_found_once_and_just_these_capitals_go_first() {
        let names = ["Nota.pdf.mdto.xml", "nota.pdf.mdto.xml", "nota.mdto.xml"];
        let found = |file| {
            let all = of(file, &names).into_iter();
            all.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(found("nota.pdf"), ["nota.pdf.mdto.xml", "nota.mdto.xml"]);
        assert_eq!(found("Nota.pdf"), ["Nota.pdf.mdto.xml", "nota.mdto.xml"]);
        assert_eq!(found("nota"), ["nota.mdto.xml"]);
        let both = of("a", &["a.bestand.mdto.xml"]);
        assert_eq!(
            both,
            [("a.bestand.mdto.xml".into(), ".bestand.mdto.xml".into())]
        );
    }
}
