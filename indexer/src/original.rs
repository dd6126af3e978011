//! The bytes of a document for a download: its file, or what lies inside it, read out of its container again; once
//! for documents that come one after another. Opens nothing outside the root of its bron, and never gives other bytes
//! than those that were indexed without saying so.

use crate::beneath::Root;
use crate::read::LimitSet;
use crate::run::{ReadDocuments, hash};
use crate::source::{SourceError, Sources};
use crate::walk::Stat;
use crate::worker::{SpooledChild, WorkerError};
use std::collections::HashMap;
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

/// The container that was taken apart last, with what was taken apart inside it: documents that come one after another out
/// of the same container cost one reading. Its parts lie in the spool folder of the reader; here are only their names.
#[derive(Debug, Default)]
pub struct Container {
    /// Source, path and state of the file.
    file: Option<(String, Vec<u8>, Stat)>,
    /// What is open: the file itself, then each container inside the one before.
    levels: Vec<Level>,
}

impl Container {
    /// Closes what is open, unless it is this file.
    fn keep_if(&mut self, document: &Document, now: Stat) {
        let this = (document.bron.as_str(), document.place.path.as_slice(), now);
        let open = self.file.as_ref();
        if open.is_some_and(|(bron, path, then)| (bron.as_str(), path.as_slice(), *then) == this) {
            return;
        }
        self.levels.clear();
        self.file = Some((document.bron.clone(), document.place.path.clone(), now));
    }
}

/// One container that was taken apart.
#[derive(Debug)]
struct Level {
    /// Which part it is of the container around it.
    at: usize,
    children: Vec<SpooledChild>,
    /// The parts of each name.
    named: HashMap<String, Vec<usize>>,
    /// Hashes as far as they were asked for.
    hashes: HashMap<usize, ContentHash>,
}

impl Level {
    fn new(at: usize, children: Vec<SpooledChild>) -> Self {
        let mut named: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, child) in children.iter().enumerate() {
            let name = crate::family::child_name(&child.name, index);
            named.entry(name).or_default().push(index);
        }
        Level {
            at,
            children,
            named,
            hashes: HashMap::new(),
        }
    }

    fn is(&mut self, index: usize, wanted: ContentHash) -> Result<bool, OriginalError> {
        if let Some(known) = self.hashes.get(&index) {
            return Ok(*known == wanted);
        }
        let found = self.children[index].hash();
        let found = found.map_err(OriginalError::Refused)?;
        self.hashes.insert(index, found);
        Ok(found == wanted)
    }
}

/// Opens the original of `document`; `reader` takes containers apart, within `limits`, and `container` remembers the last
/// one as long as it is given along with the same reader.
pub fn open_original(
    state: &Path,
    document: &Document,
    reader: &mut dyn ReadDocuments,
    limits: &LimitSet,
    container: &mut Container,
) -> Result<Original, OriginalError> {
    let unreachable = || OriginalError::Unreachable(document.bron.clone());
    let sources = Sources::load(state)?;
    let source = sources.named(&document.bron).ok_or_else(unreachable)?;
    let root = Root::open(&source.root).map_err(|_| unreachable())?;
    let file = open(&root, &document.place)?;
    if !document.place.inner.is_empty() {
        let (now, _) = stat(&file, document)?;
        container.keep_if(document, now);
        let search = Search {
            reader,
            limits,
            levels: &mut container.levels,
        };
        return child(&file, document, search);
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
    mut search: Search<'_>,
) -> Result<Original, OriginalError> {
    let no_bytes = || OriginalError::NoBytes(document.reason.clone());
    let wanted = document.content.ok_or_else(no_bytes)?;
    let name = String::from_utf8_lossy(document.place.file_name()).into_owned();
    if search.levels.is_empty() {
        search.take_apart(0, file, &name)?;
    }
    let Some(found) = search.inside(0, &document.place.inner, wanted)? else {
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
    reader: &'a mut dyn ReadDocuments,
    limits: &'a LimitSet,
    levels: &'a mut Vec<Level>,
}

impl Search<'_> {
    /// Opens one more level: `file`, which is part `at` of the last one.
    fn take_apart(&mut self, at: usize, file: &File, name: &str) -> Result<(), OriginalError> {
        let reading = self.reader.read(file, name, self.limits)?;
        self.levels.push(Level::new(at, reading.children));
        Ok(())
    }

    /// The part at `inner` of an open level with the wanted bytes. Several may have the same name: each is tried.
    fn inside(
        &mut self,
        depth: usize,
        inner: &[String],
        wanted: ContentHash,
    ) -> Result<Option<File>, OriginalError> {
        let Some((first, rest)) = inner.split_first() else {
            return Ok(None);
        };
        let named = self.levels[depth].named.get(first);
        for index in named.cloned().unwrap_or_default() {
            let level = &mut self.levels[depth];
            // One without bytes is not what is wanted, but its brother of the same name may be.
            if level.children[index].unreadable.is_some() {
                continue;
            }
            if !rest.is_empty() {
                self.descend(depth, index, first)?;
                if let Some(found) = self.inside(depth + 1, rest, wanted)? {
                    return Ok(Some(found));
                }
            } else if level.is(index, wanted)? {
                let found = level.children[index].open();
                return found.map_err(OriginalError::Refused).map(Some);
            }
        }
        Ok(None)
    }

    /// Takes part `index` of an open level apart, unless it is what is open below it.
    fn descend(&mut self, depth: usize, index: usize, name: &str) -> Result<(), OriginalError> {
        if self
            .levels
            .get(depth + 1)
            .is_some_and(|below| below.at == index)
        {
            return Ok(());
        }
        self.levels.truncate(depth + 1);
        let file = self.levels[depth].children[index].open();
        let name = name.rsplit('/').next().unwrap_or(name);
        self.take_apart(index, &file.map_err(OriginalError::Refused)?, name)
    }
}
