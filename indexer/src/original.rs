//! The bytes of a document for a download: its file, or what lies inside it, read out of its container again.
//! Opens nothing outside the root of its bron, and never gives other bytes than those that were indexed
//! without saying so.

use crate::beneath::Root;
use crate::read::LimitSet;
use crate::run::{ReadDocuments, hash};
use crate::source::{SourceError, Sources};
use crate::walk::Stat;
use crate::worker::{SpooledChild, WorkerError};
use std::fs::File;
use std::io;
use std::path::Path;
use zv_shared::{ContentHash, Document, Place};

const BLOCK: usize = 128 * 1024;

/// Why the bytes cannot be had. `Display` is what a user sees.
#[derive(Debug, thiserror::Error)]
pub enum OriginalError {
    /// The bron is not registered, or its root is not there.
    #[error("de bron {0} is nu niet bereikbaar")]
    Unreachable(String),
    /// The file is no longer at its place.
    #[error("het bestand staat niet meer in de bron; na de volgende indexering is dit bijgewerkt")]
    Gone,
    /// The file may not be opened, or cannot be read.
    #[error("het bestand kan niet worden geopend: {0}")]
    Refused(#[source] io::Error),
    /// The container was changed and what was indexed is no longer in it.
    #[error("het bestand is gewijzigd sinds het is geïndexeerd; dit onderdeel zit er niet meer in")]
    Changed,
    /// The container is the same, and gives other bytes for this part than when it was indexed: another reader or
    /// another list of passwords.
    #[error(
        "dit onderdeel komt nu anders uit het bestand dan toen het is geïndexeerd; het bestand zelf is niet \
         gewijzigd, haal dat op"
    )]
    Differs,
    /// The bytes of this part never could be had, such as an encrypted member; why, where that is known.
    #[error("de inhoud van dit onderdeel kon niet worden gelezen{}", because(.0.as_deref()))]
    NoBytes(Option<String>),
    /// No container can be read.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The list of sources cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}

/// An original, positioned at its start.
#[derive(Debug)]
pub struct Original {
    /// The bytes.
    pub file: File,
    /// Number of bytes.
    pub size: u64,
    /// Whether these are other bytes than those that were indexed. Never for what lies inside a file.
    pub changed: bool,
}

/// Opens the original of `document`; `reader` takes containers apart, within `limits`.
pub fn open_original(
    state: &Path,
    document: &Document,
    reader: &mut dyn ReadDocuments,
    limits: &LimitSet,
) -> Result<Original, OriginalError> {
    let unreachable = || OriginalError::Unreachable(document.bron.clone());
    let sources = Sources::load(state)?;
    let source = sources.named(&document.bron).ok_or_else(unreachable)?;
    let root = Root::open(&source.root).map_err(|_| unreachable())?;
    let file = open(&root, &document.place)?;
    if !document.place.inner.is_empty() {
        return child(&file, document, reader, limits);
    }
    checked(file, document)
}

fn open(root: &Root, place: &Place) -> Result<File, OriginalError> {
    let file = root.file(&place.path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OriginalError::Gone,
        _ => OriginalError::Refused(error),
    })?;
    match file.metadata() {
        Ok(found) if found.is_file() => Ok(file),
        Ok(_) => Err(OriginalError::Gone),
        Err(error) => Err(OriginalError::Refused(error)),
    }
}

/// How a file is now, and whether that is how it was when it was read.
fn stat(file: &File, document: &Document) -> Result<(Stat, bool), OriginalError> {
    let now = Stat::of(&file.metadata().map_err(OriginalError::Refused)?);
    let then = document.fingerprint;
    let same = (now.size, now.mtime, now.ctime) == (then.size, then.mtime, then.ctime);
    Ok((now, same))
}

fn checked(mut file: File, document: &Document) -> Result<Original, OriginalError> {
    let (now, same) = stat(&file, document)?;
    let changed = if same {
        false
    } else if now.size != document.size {
        true
    } else {
        let mut block = vec![0; BLOCK];
        let (found, _) = hash(&mut file, &mut block).map_err(OriginalError::Refused)?;
        document.content.is_some_and(|content| content != found)
    };
    Ok(Original {
        file,
        size: now.size,
        changed,
    })
}

fn child(
    file: &File,
    document: &Document,
    reader: &mut dyn ReadDocuments,
    limits: &LimitSet,
) -> Result<Original, OriginalError> {
    let no_bytes = || OriginalError::NoBytes(document.reason.clone());
    let wanted = document.content.ok_or_else(no_bytes)?;
    let name = String::from_utf8_lossy(document.place.file_name()).into_owned();
    let mut search = Search {
        wanted,
        reader,
        limits,
    };
    let Some(found) = search.inside(file, &name, &document.place.inner)? else {
        return Err(match stat(file, document)? {
            (_, true) => OriginalError::Differs,
            (_, false) => OriginalError::Changed,
        });
    };
    Ok(Original {
        file: found,
        size: document.size,
        changed: false,
    })
}

struct Search<'a> {
    wanted: ContentHash,
    reader: &'a mut dyn ReadDocuments,
    limits: &'a LimitSet,
}

impl Search<'_> {
    /// The child at `inner` with the wanted bytes. Several may have the same name: each is tried.
    fn inside(
        &mut self,
        file: &File,
        name: &str,
        inner: &[String],
    ) -> Result<Option<File>, OriginalError> {
        let Some((first, rest)) = inner.split_first() else {
            return Ok(None);
        };
        let reading = self.reader.read(file, name, self.limits)?;
        for (index, child) in reading.children.iter().enumerate() {
            if crate::family::child_name(&child.name, index) != *first {
                continue;
            }
            if let Some(found) = self.child(child, first, rest)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn child(
        &mut self,
        child: &SpooledChild,
        name: &str,
        rest: &[String],
    ) -> Result<Option<File>, OriginalError> {
        // One without bytes is not what is wanted, but its brother of the same name may be.
        if child.unreadable.is_some() {
            return Ok(None);
        }
        if !rest.is_empty() {
            let file = child.open().map_err(OriginalError::Refused)?;
            let name = name.rsplit('/').next().unwrap_or(name);
            return self.inside(&file, name, rest);
        }
        let found = child.hash().map_err(OriginalError::Refused)?;
        match found == self.wanted {
            true => child.open().map_err(OriginalError::Refused).map(Some),
            false => Ok(None),
        }
    }
}
