//! The files of an index as a reader opens them: mapped into memory, but for the stored documents. Those are read a block
//! at a time: an export goes over all of them, and mapped they would all count as memory of the program. Never writes.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
};

/// How the name of a file with stored documents ends.
const STORED: &str = "store";

/// A folder with an index.
#[derive(Clone, Debug)]
pub struct ReadFolder {
    folder: PathBuf,
    mapped: MmapDirectory,
    /// What is open, so that snapshots of the same segment share one file.
    open: Arc<Mutex<HashMap<PathBuf, Weak<Stored>>>>,
}

impl ReadFolder {
    /// This folder, of which `mapped` is the view.
    pub fn new(folder: &Path, mapped: MmapDirectory) -> Self {
        ReadFolder {
            folder: folder.to_owned(),
            mapped,
            open: Arc::default(),
        }
    }

    fn stored(&self, path: &Path) -> io::Result<Arc<Stored>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(path).and_then(Weak::upgrade) {
            return Ok(known);
        }
        let file = File::open(self.folder.join(path))?;
        let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        let stored = Arc::new(Stored { file, length });
        // Names of files are never used again.
        open.retain(|_, known| known.strong_count() > 0);
        open.insert(path.to_owned(), Arc::downgrade(&stored));
        Ok(stored)
    }
}

/// A file with stored documents. Once written it never changes, and it stays readable after it was removed.
#[derive(Debug)]
struct Stored {
    file: File,
    length: usize,
}

impl HasLen for Stored {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Stored {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        self.file.read_exact_at(&mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}

impl Directory for ReadFolder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if path.extension().is_none_or(|extension| extension != STORED) {
            return self.mapped.get_file_handle(path);
        }
        match self.stored(path) {
            Ok(stored) => Ok(stored),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(OpenReadError::FileDoesNotExist(path.to_owned()))
            }
            Err(error) => Err(OpenReadError::wrap_io_error(error, path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.mapped.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.mapped.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.mapped.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_documents_are_read_and_everything_else_is_mapped() {
        let folder = tempfile::tempdir().expect("folder");
        for (name, bytes) in [("a.store", "abcdef"), ("a.fast", "ghi")] {
            std::fs::write(folder.path().join(name), bytes).expect("written");
        }
        let mapped = MmapDirectory::open(folder.path()).expect("mapped");
        let read = ReadFolder::new(folder.path(), mapped);
        let store = Path::new("a.store");
        let handle = read.get_file_handle(store).expect("open");
        let again = read.get_file_handle(store).expect("open");
        assert_eq!(read.open.lock().expect("open").len(), 1);
        assert!(std::ptr::addr_eq(Arc::as_ptr(&handle), Arc::as_ptr(&again)));
        std::fs::remove_file(folder.path().join(store)).expect("removed");
        assert_eq!(handle.len(), 6);
        assert_eq!(&*handle.read_bytes(2..5).expect("read"), b"cde");
        // Whoever asks for more than there is gets an error and no other bytes.
        assert!(handle.read_bytes(4..9).is_err());
        drop((handle, again));
        let gone = read.get_file_handle(store);
        assert!(matches!(gone, Err(OpenReadError::FileDoesNotExist(_))));
        let mapped = read.get_file_handle(Path::new("a.fast")).expect("open");
        assert_eq!(&*mapped.read_bytes(0..3).expect("read"), b"ghi");
    }
}
