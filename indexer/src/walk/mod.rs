//! Lists every folder below a root, several at once, without opening a file and without following a symbolic
//! link. Never compares with the index and never holds more than the folders that are being listed.

mod globs;
mod rules;

pub use globs::{Globs, GlobsError};
pub use rules::{OfflineCheck, OfflineRule, SkipRule};

use rayon::Scope;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walkdir::{DirEntry, WalkDir};

/// What the file system tells of a file without opening it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub mtime: i64,
    /// Change time of the inode in nanoseconds since 1970.
    pub ctime: i64,
    /// Blocks of 512 bytes on disk.
    pub blocks: u64,
    /// The file system it lies on.
    pub device: u64,
}

impl Stat {
    /// From the answer of the operating system.
    pub fn of(found: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Stat {
            size: found.size(),
            mtime: nanoseconds(found.mtime(), found.mtime_nsec()),
            ctime: nanoseconds(found.ctime(), found.ctime_nsec()),
            blocks: found.blocks(),
            device: found.dev(),
        }
    }
}

/// What was found under a name, folders left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file to index.
    File(Stat),
    /// A file of which the system tells nothing for lack of rights.
    Refused,
    /// A symbolic link: recorded, never followed.
    Symlink,
    /// A pipe, socket or device: never opened. Its Dutch name.
    Special(&'static str),
    /// A name that a rule skips. The rule.
    Skipped(String),
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: Vec<u8>,
    /// What it is.
    pub found: Found,
}

/// Why a folder was not listed.
#[derive(Debug)]
pub enum NotListed {
    /// The system refused, or gave only a part.
    Failed(io::Error),
    /// A rule skips it. The rule.
    Skipped(String),
    /// It is one of its own parents, mounted again.
    Loop,
}

/// Who is told what the walk finds; called from several threads.
pub trait Visit: Sync {
    /// What it remembers of a folder for those in it. It lives as long as they are walked.
    type Above: Send + Sync;
    /// All entries of `folder` that are not folders, sorted by name. When not `complete`, some may be missing. A folder is
    /// told before the folders in it.
    fn listed(
        &self,
        folder: &[u8],
        entries: Vec<Listed>,
        complete: bool,
        above: &Arc<Self::Above>,
    ) -> Arc<Self::Above>;
    /// `folder` was not, or not wholly, listed.
    fn not_listed(&self, folder: &[u8], why: NotListed);
    /// Something vanished between its listing and the look at it.
    fn vanished(&self);
}

/// How to walk.
pub struct Walk<'a> {
    /// The root: an absolute path without symbolic links in it.
    pub root: &'a Path,
    /// What is skipped in every source.
    pub skip: &'a [SkipRule],
    /// What is skipped in this one.
    pub globs: &'a Globs,
    /// Folders listed at once.
    pub parallel: usize,
    /// Whether the walk must end.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// The folders above one, to notice one that is mounted inside itself.
struct Lineage {
    inode: (u64, u64),
    parent: Option<Arc<Lineage>>,
}

impl Lineage {
    fn contains(&self, inode: (u64, u64)) -> bool {
        let mut here = Some(self);
        while let Some(lineage) = here {
            if lineage.inode == inode {
                return true;
            }
            here = lineage.parent.as_deref();
        }
        false
    }
}

struct Subfolder<A> {
    path: Vec<u8>,
    lineage: Arc<Lineage>,
    above: Arc<A>,
}

impl Walk<'_> {
    /// Walks the whole tree and returns when everything has been told. Fails when the threads cannot start or
    /// the root cannot be looked at.
    pub fn run<V: Visit>(&self, visit: &V, above: V::Above) -> io::Result<()> {
        let found = std::fs::symlink_metadata(self.root)?;
        let top = Subfolder {
            above: Arc::new(above),
            path: Vec::new(),
            lineage: Arc::new(Lineage {
                inode: (found.dev(), found.ino()),
                parent: None,
            }),
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.parallel.max(1))
            .thread_name(|n| format!("loop-{n}"))
            .build()
            .map_err(io::Error::other)?;
        pool.scope(|scope| self.folder(scope, top, visit));
        Ok(())
    }

    fn folder<'s, V: Visit>(&'s self, scope: &Scope<'s>, folder: Subfolder<V::Above>, visit: &'s V)
    where
        V::Above: 's,
    {
        if (self.stop)() {
            return;
        }
        let mut entries = Vec::new();
        let mut folders = Vec::new();
        let mut failure = None;
        for entry in self.list(&folder.path) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    folders.extend(self.subfolder(&folder, &entry, visit));
                }
                Ok(entry) => match self.look(&folder.path, &entry) {
                    Some(found) => entries.push(Listed {
                        name: entry.file_name().as_bytes().to_vec(),
                        found,
                    }),
                    None => visit.vanished(),
                },
                Err(error) => failure = Some(io::Error::from(error)),
            }
        }
        let complete = failure.is_none();
        match failure {
            Some(error)
                if error.kind() == io::ErrorKind::NotFound
                    && entries.is_empty()
                    && folders.is_empty() =>
            {
                visit.vanished();
                return;
            }
            Some(error) => visit.not_listed(&folder.path, NotListed::Failed(error)),
            None => {}
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let above = visit.listed(&folder.path, entries, complete, &folder.above);
        for (path, lineage) in folders {
            let above = Arc::clone(&above);
            let below = Subfolder {
                path,
                lineage,
                above,
            };
            scope.spawn(move |scope| self.folder(scope, below, visit));
        }
    }

    fn list(&self, folder: &[u8]) -> walkdir::IntoIter {
        let path: PathBuf = self.root.join(OsStr::from_bytes(folder));
        WalkDir::new(path)
            .min_depth(1)
            .max_depth(1)
            .follow_links(false)
            .follow_root_links(false)
            .into_iter()
    }

    /// What `entry`, not a folder, is; `None` when it is gone.
    fn look(&self, folder: &[u8], entry: &DirEntry) -> Option<Found> {
        let name = entry.file_name().as_bytes();
        if let Some(rule) = self.skip.iter().find(|rule| rule.skips(name)) {
            return Some(Found::Skipped(rule.pattern.clone()));
        }
        if let Some(rule) = self.globs.skips_file(&join(folder, name)) {
            return Some(Found::Skipped(rule));
        }
        let kind = entry.file_type();
        if kind.is_symlink() {
            return Some(Found::Symlink);
        }
        if !kind.is_file() {
            return Some(Found::Special(special(kind)));
        }
        match entry.metadata() {
            Ok(found) if found.is_file() => {
                let skipped = self.globs.skips_size(found.len());
                Some(skipped.map_or_else(|| Found::File(Stat::of(&found)), Found::Skipped))
            }
            Ok(found) if found.is_symlink() => Some(Found::Symlink),
            Ok(found) => Some(Found::Special(special(found.file_type()))),
            Err(error) => match error.io_error().map(io::Error::kind) {
                Some(io::ErrorKind::NotFound) => None,
                _ => Some(Found::Refused),
            },
        }
    }

    fn subfolder<V: Visit>(
        &self,
        above: &Subfolder<V::Above>,
        entry: &DirEntry,
        visit: &V,
    ) -> Option<(Vec<u8>, Arc<Lineage>)> {
        let name = entry.file_name().as_bytes();
        let path = join(&above.path, name);
        if let Some(rule) = self.skip.iter().find(|rule| rule.skips(name)) {
            visit.not_listed(&path, NotListed::Skipped(rule.pattern.clone()));
            return None;
        }
        if let Some(rule) = self.globs.skips_folder(&path) {
            visit.not_listed(&path, NotListed::Skipped(rule.to_owned()));
            return None;
        }
        let inode = match entry.metadata() {
            Ok(found) => (found.dev(), found.ino()),
            Err(error) => {
                let error = io::Error::from(error);
                match error.kind() {
                    io::ErrorKind::NotFound => visit.vanished(),
                    _ => visit.not_listed(&path, NotListed::Failed(error)),
                }
                return None;
            }
        };
        if above.lineage.contains(inode) {
            visit.not_listed(&path, NotListed::Loop);
            return None;
        }
        let parent = Some(Arc::clone(&above.lineage));
        Some((path, Arc::new(Lineage { inode, parent })))
    }
}

/// A path below a folder; the root is the empty folder.
pub fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// The Dutch name of something that is no file, folder or symbolic link.
pub fn special(kind: std::fs::FileType) -> &'static str {
    if kind.is_fifo() {
        "geen bestand maar een pijp (fifo)"
    } else if kind.is_socket() {
        "geen bestand maar een socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "geen bestand maar een apparaat"
    } else {
        "geen gewoon bestand"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Seen(Mutex<BTreeMap<Vec<u8>, String>>);

    impl Seen {
        fn add(&self, path: Vec<u8>, what: String) {
            self.0.lock().unwrap().insert(path, what);
        }
    }

    impl Visit for Seen {
        type Above = Vec<u8>;
        fn listed(
            &self,
            folder: &[u8],
            entries: Vec<Listed>,
            complete: bool,
            above: &Arc<Vec<u8>>,
        ) -> Arc<Vec<u8>> {
            assert!(complete && entries.is_sorted_by(|a, b| a.name < b.name));
            // What the folder above left for those in it.
            assert!(folder.starts_with(above));
            for entry in entries {
                let what = match entry.found {
                    Found::File(stat) => format!("{} bytes", stat.size),
                    other => format!("{other:?}"),
                };
                self.add(join(folder, &entry.name), what);
            }
            Arc::new(folder.to_vec())
        }
        fn not_listed(&self, folder: &[u8], why: NotListed) {
            self.add(folder.to_vec(), format!("{why:?}"));
        }
        fn vanished(&self) {
            panic!("nothing vanishes here");
        }
    }

    fn walked(root: &Path) -> BTreeMap<Vec<u8>, String> {
        let seen = Seen::default();
        let walk = Walk {
            root,
            skip: &SkipRule::defaults(),
            globs: &Globs::default(),
            parallel: 4,
            stop: &|| false,
        };
        walk.run(&seen, Vec::new()).unwrap();
        seen.0.into_inner().unwrap()
    }

    #[test]
    fn every_entry_is_told_once_and_nothing_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::create_dir(root.join("$RECYCLE.BIN")).unwrap();
        std::fs::write(root.join("$RECYCLE.BIN/weg.txt"), "weg").unwrap();
        std::fs::write(root.join("a/b/een.txt"), "1").unwrap();
        std::fs::write(root.join("a/~$een.docx"), "slot").unwrap();
        std::fs::write(root.join(OsStr::from_bytes(b"caf\xe9.txt")), "22").unwrap();
        std::os::unix::fs::symlink(root, root.join("a/rond")).unwrap();
        let pipe = root.join("pijp");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let seen = walked(root);
        let expected: [(&[u8], &str); 6] = [
            (b"$RECYCLE.BIN", "Skipped(\"$RECYCLE.BIN\")"),
            (b"a/b/een.txt", "1 bytes"),
            (b"a/rond", "Symlink"),
            (b"a/~$een.docx", "Skipped(\"~$*\")"),
            (b"caf\xe9.txt", "2 bytes"),
            (b"pijp", "Special(\"geen bestand maar een pijp (fifo)\")"),
        ];
        let expected = expected.map(|(path, what)| (path.to_vec(), what.to_owned()));
        assert_eq!(seen, expected.into_iter().collect());
    }

    #[test]
    fn a_folder_inside_itself_is_noticed() {
        let top = Arc::new(Lineage {
            inode: (1, 1),
            parent: None,
        });
        let below = Lineage {
            inode: (1, 2),
            parent: Some(top),
        };
        assert!(below.contains((1, 1)) && below.contains((1, 2)));
        assert!(!below.contains((2, 1)));
    }
}
