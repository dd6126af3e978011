//! Children of a container, kept outside memory until they are read themselves: all children of one
//! container in one file without a name, so that 10,000 members cost one descriptor and a killed process
//! leaves nothing behind. Never decides which children are read.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zv_shared::ContentHash;

use crate::read::Reason;

/// Bytes copied at a time.
const BLOCK: usize = 64 * 1024;

/// A child document of a container that was read.
#[derive(Debug)]
pub struct SpooledChild {
    /// Its name, as the container gives it.
    pub name: String,
    /// A stable identity such as a Message-ID, or empty.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Why its bytes could not be had, or not all of them.
    pub unreadable: Option<Reason>,
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    file: Arc<File>,
    offset: u64,
    folder: Arc<Path>,
}

impl SpooledChild {
    /// The hash of its bytes, without a file of its own.
    pub fn hash(&self) -> io::Result<ContentHash> {
        let Some(place) = &self.place else {
            return Err(io::Error::other("this child has no bytes"));
        };
        let (mut hasher, mut block) = (Sha256::new(), vec![0; BLOCK]);
        let mut done = 0;
        while done < self.size {
            let left = usize::try_from(self.size - done).unwrap_or(BLOCK);
            let piece = &mut block[..left.min(BLOCK)];
            place.file.read_exact_at(piece, place.offset + done)?;
            done += piece.len() as u64;
            hasher.update(piece);
        }
        Ok(ContentHash(hasher.finalize().into()))
    }

    /// The child as a file of its own, without a name, positioned at its start.
    pub fn open(&self) -> io::Result<File> {
        let Some(place) = &self.place else {
            return Err(io::Error::other("this child has no bytes"));
        };
        let copy = tempfile::tempfile_in(&place.folder)?;
        let mut block = vec![0; BLOCK];
        let mut done = 0;
        while done < self.size {
            let wanted = usize::try_from(self.size - done)
                .unwrap_or(BLOCK)
                .min(BLOCK);
            place
                .file
                .read_exact_at(&mut block[..wanted], place.offset + done)?;
            copy.write_all_at(&block[..wanted], done)?;
            done += wanted as u64;
        }
        Ok(copy)
    }
}

/// Takes the children of one container.
pub struct Spool {
    folder: Arc<Path>,
    file: Option<Arc<File>>,
    end: u64,
    current: Option<(String, String, u64)>,
    children: Vec<SpooledChild>,
    failed: bool,
}

impl Spool {
    /// A spool that makes its file in `folder` once a child comes.
    pub fn new(folder: Arc<Path>) -> Self {
        Self {
            folder,
            file: None,
            end: 0,
            current: None,
            children: Vec::new(),
            failed: false,
        }
    }

    /// Whether a child has begun and not ended.
    pub fn in_child(&self) -> bool {
        self.current.is_some()
    }

    /// How many children have begun.
    pub fn len(&self) -> usize {
        self.children.len() + usize::from(self.in_child())
    }

    /// Bytes of all children together.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// Starts a child.
    pub fn begin(&mut self, name: &str, key: &str) {
        self.current = Some((name.to_owned(), key.to_owned(), self.end));
    }

    /// Adds bytes to the child. A full disk shows at the end of the child, not here: the text of the
    /// container itself can still be had.
    pub fn write(&mut self, bytes: &[u8]) {
        if !self.failed
            && let Err(error) = self.append(bytes)
        {
            tracing::error!(%error, folder = %self.folder.display(), "cannot spool a child document");
            self.failed = true;
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => file,
            None => self
                .file
                .insert(Arc::new(tempfile::tempfile_in(&self.folder)?)),
        };
        file.write_all_at(bytes, self.end)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Ends the child, if there is one.
    pub fn end(&mut self, unreadable: Option<Reason>) {
        let Some((name, key, offset)) = self.current.take() else {
            return;
        };
        let unreadable = match unreadable {
            None if self.failed => Some(Self::full()),
            given => given,
        };
        let place = match &self.file {
            Some(file) => Some(Arc::clone(file)),
            // An empty child needs a place too.
            None => self.append(&[]).ok().and_then(|()| self.file.clone()),
        };
        let place = place.map(|file| Place {
            file,
            offset,
            folder: Arc::clone(&self.folder),
        });
        self.children.push(SpooledChild {
            name,
            key,
            size: self.end - offset,
            unreadable,
            place,
        });
    }

    /// The children, and why some of them lack bytes.
    pub fn finish(self) -> (Vec<SpooledChild>, Option<Reason>) {
        (self.children, self.failed.then(Self::full))
    }

    fn full() -> Reason {
        Reason::Other(
            "de bijlagen konden niet worden bewaard: de schijf is vol of niet bereikbaar".into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn text(child: &SpooledChild) -> String {
        let mut text = String::new();
        child.open().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn children_come_back_each_with_its_own_bytes_and_leave_no_name_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path().into());
        let long = "lang ".repeat(50_000);
        for (name, bytes) in [("een", "1"), ("leeg", ""), ("lang", long.as_str())] {
            spool.begin(name, "");
            spool.write(bytes.as_bytes());
            spool.end(None);
        }
        let (children, trouble) = spool.finish();
        assert_eq!(trouble, None);
        assert_eq!(text(&children[0]), "1");
        assert_eq!(text(&children[1]), "");
        assert_eq!(text(&children[2]), long);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_disk_that_takes_nothing_shows_in_the_child_and_in_the_whole() {
        let mut spool = Spool::new(Path::new("/proc/nergens").into());
        spool.begin("bijlage", "");
        spool.write(b"bytes");
        spool.end(None);
        let (children, trouble) = spool.finish();
        assert_eq!(children[0].unreadable, trouble);
        assert!(trouble.unwrap().to_string().contains("schijf is vol"));
        assert!(children[0].open().is_err());
    }
}
