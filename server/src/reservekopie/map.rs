//! The folder of a copy: which files came in, with their size and SHA-256, and the list of these. Never knows what the
//! files are.

use crate::audit::hex;
use crate::store::StoreError;
use rustix::fs::statvfs;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The list of hashes, as `sha256sum -c` reads it.
pub const MANIFEST: &str = "manifest.sha256";

/// A copy cannot be made, is not sound, or cannot be put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Not as it is asked.
    #[error("{0}")]
    Refused(String),
    /// A file is not what it should be.
    #[error("de reservekopie is niet in orde: {0}: {1}")]
    Damaged(String, String),
    /// Reading or writing failed.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
    /// The database failed.
    #[error("de database gaf een fout: {0}")]
    Database(#[from] rusqlite::Error),
    /// The store of people and cases failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Names the place of a failure.
pub fn failed(path: &Path, error: io::Error) -> CopyError {
    CopyError::Io(path.display().to_string(), error)
}

/// A copy that is being made.
#[derive(Debug)]
pub struct CopyFolder {
    root: PathBuf,
    /// By path in the copy: hash and bytes.
    files: BTreeMap<String, (String, u64)>,
}

impl CopyFolder {
    /// In `root`, which only its owner may look into.
    pub fn create(root: &Path) -> Result<Self, CopyError> {
        let empty = match fs::read_dir(root) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(failed(root, error)),
        };
        if !empty {
            let sentence = format!("de map {} is niet leeg; kies een andere", root.display());
            return Err(CopyError::Refused(sentence));
        }
        private_folder(root)?;
        Ok(CopyFolder {
            root: root.to_owned(),
            files: BTreeMap::new(),
        })
    }

    /// How many files came in.
    pub fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// How many bytes these have.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|(_, bytes)| bytes).sum()
    }

    /// Whether a file came in.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Refuses when the disk cannot hold what `state` has now.
    pub fn enough_room(&self, state: &Path) -> Result<(), CopyError> {
        let mut needed = 0;
        for entry in WalkDir::new(state) {
            // What goes while we look needs no room.
            let Ok(entry) = entry else { continue };
            needed += entry.metadata().map_or(0, |found| match found.is_file() {
                true => found.len(),
                false => 0,
            });
        }
        let disk = statvfs(&self.root).map_err(|error| failed(&self.root, error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        match needed > free {
            true => Err(CopyError::Refused(format!(
                "op de schijf van {} is {} vrij; nodig is {}",
                self.root.display(),
                crate::web::labels::bytes(free),
                crate::web::labels::bytes(needed),
            ))),
            false => Ok(()),
        }
    }

    /// Takes in one file of `from`, when it is there.
    pub fn file_if_there(&mut self, from: &Path, name: &str) -> Result<(), CopyError> {
        match self.file(&from.join(name), name) {
            Err(CopyError::Io(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Takes in what a folder of `from` has and the copy has not: files in these folders do not change.
    pub fn folder(&mut self, from: &Path, name: &str) -> Result<(), CopyError> {
        let top = from.join(name);
        if !top.exists() {
            return Ok(());
        }
        for entry in WalkDir::new(&top).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if is_gone(error.io_error()) => continue,
                Err(error) => return Err(failed(&top, error.into())),
            };
            let inside = entry.path().strip_prefix(from).unwrap_or(entry.path());
            let inside = inside.to_string_lossy().into_owned();
            if entry.file_type().is_file() && !self.has(&inside) && !inside.ends_with(".deel") {
                self.file_if_there(from, &inside)?;
            }
        }
        Ok(())
    }

    /// Copies a file to `name` in the copy, and hashes it on the way.
    pub fn file(&mut self, from: &Path, name: &str) -> Result<(), CopyError> {
        let mut input = File::open(from).map_err(|error| failed(from, error))?;
        let to = self.root.join(name);
        private_folder(to.parent().unwrap_or(&self.root))?;
        let mut output = File::create(&to).map_err(|error| failed(&to, error))?;
        let entry = pour(&mut input, &mut output).map_err(|error| failed(from, error))?;
        self.files.insert(name.to_owned(), entry);
        Ok(())
    }

    /// Takes in bytes as a file.
    pub fn bytes_as(&mut self, name: &str, bytes: &[u8]) -> Result<(), CopyError> {
        let to = self.root.join(name);
        private_folder(to.parent().unwrap_or(&self.root))?;
        fs::write(&to, bytes).map_err(|error| failed(&to, error))?;
        self.hash(name)
    }

    /// Takes in a file that stands in the copy already.
    pub fn hash(&mut self, name: &str) -> Result<(), CopyError> {
        let entry = hash_of(&self.root.join(name))?;
        self.files.insert(name.to_owned(), entry);
        Ok(())
    }

    /// Writes the list of hashes and then `card`, and makes all of it durable. Gives the hash of the list.
    pub fn finish<T: Serialize>(self, card: &str, content: &T) -> Result<String, CopyError> {
        let mut list = String::new();
        for (name, (hash, _)) in &self.files {
            list.push_str(&format!("{hash}  {name}\n"));
        }
        let path = self.root.join(MANIFEST);
        let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).map_err(|e| failed(path, e));
        write(&path, list.as_bytes())?;
        self.sync()?;
        let json = serde_json::to_vec_pretty(content)
            .map_err(|error| failed(&path, io::Error::from(error)))?;
        write(&self.root.join(card), &json)?;
        self.sync()?;
        Ok(hash_of(&path)?.0)
    }

    fn sync(&self) -> Result<(), CopyError> {
        let sync = || -> io::Result<()> { Ok(rustix::fs::syncfs(File::open(&self.root)?)?) };
        sync().map_err(|error| failed(&self.root, error))
    }
}

fn is_gone(error: Option<&io::Error>) -> bool {
    error.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Makes a folder that only its owner may look into.
pub fn private_folder(folder: &Path) -> Result<(), CopyError> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| failed(folder, error))
}

/// SHA-256 in hexadecimal and size of a file.
pub fn hash_of(path: &Path) -> Result<(String, u64), CopyError> {
    let mut input = File::open(path).map_err(|error| failed(path, error))?;
    pour(&mut input, &mut io::sink()).map_err(|error| failed(path, error))
}

fn pour(input: &mut impl Read, output: &mut impl Write) -> io::Result<(String, u64)> {
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = input.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hasher.update(&buffer[..length]);
        output.write_all(&buffer[..length])?;
        bytes += length as u64;
    }
    output.flush()?;
    Ok((hex(&hasher.finalize()), bytes))
}
