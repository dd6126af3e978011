//! Children of a container, kept outside memory until they are read themselves: all children of one
//! container in one file without a name, so that 10,000 members cost one descriptor and a killed process
//! leaves nothing behind. Never decides which children are read.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zv_shared::ContentHash;

use super::protocol::{Malformed, Part};
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
        let mut hasher = Sha256::new();
        self.each_block(|bytes| {
            hasher.update(bytes);
            Ok(())
        })?;
        Ok(ContentHash(hasher.finalize().into()))
    }

    fn each_block(&self, each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let Some((file, part)) = self.place() else {
            return Err(io::Error::other("this child has no bytes"));
        };
        each_block(file, part, each)
    }

    /// The file in which its bytes stand together with those of its brothers, open for reading only, and where.
    pub(super) fn place(&self) -> Option<(&Arc<File>, Part)> {
        let place = self.place.as_ref()?;
        let part = Part {
            offset: place.offset,
            size: self.size,
        };
        Some((&place.file, part))
    }

    /// The child as a file of its own, without a name, positioned at its start.
    pub fn open(&self) -> io::Result<File> {
        let Some(place) = &self.place else {
            return Err(io::Error::other("this child has no bytes"));
        };
        let copy = tempfile::tempfile_in(&place.folder)?;
        let mut done = 0;
        self.each_block(|bytes| {
            copy.write_all_at(bytes, done)?;
            done += bytes.len() as u64;
            Ok(())
        })?;
        Ok(copy)
    }
}

/// Reads a part of a file, whatever the position of the file.
fn each_block(
    file: &File,
    part: Part,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut block = vec![0; usize::try_from(part.size).unwrap_or(BLOCK).min(BLOCK)];
    let mut done = 0;
    while done < part.size {
        let left = usize::try_from(part.size - done).unwrap_or(BLOCK);
        let left = left.min(block.len());
        let piece = &mut block[..left];
        file.read_exact_at(piece, part.offset + done)?;
        done += piece.len() as u64;
        each(piece)?;
    }
    Ok(())
}

/// One file, open twice.
#[derive(Clone)]
struct Pair {
    write: Arc<File>,
    /// For whoever reads a child: it cannot change its brothers.
    read: Arc<File>,
}

impl Pair {
    fn new(folder: &Path) -> io::Result<Self> {
        let write = tempfile::tempfile_in(folder)?;
        let read = File::open(format!("/proc/self/fd/{}", write.as_raw_fd()))?;
        Ok(Self {
            write: Arc::new(write),
            read: Arc::new(read),
        })
    }
}

/// A file for children, of one container or of several that are read one after another. It is made once a child
/// comes.
#[derive(Clone)]
pub struct Shelf {
    folder: Arc<Path>,
    file: Option<Pair>,
    end: u64,
}

impl Shelf {
    /// An empty one, in `folder`.
    pub fn new(folder: Arc<Path>) -> Self {
        Self {
            folder,
            file: None,
            end: 0,
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(Pair::new(&self.folder)?),
        };
        file.write.write_all_at(bytes, self.end)?;
        self.end += bytes.len() as u64;
        Ok(())
    }
}

/// The container itself, in which some children stand as they are.
pub struct Original {
    file: Arc<File>,
    whole: Part,
}

impl Original {
    /// A document that is a part of `file`.
    pub fn new(file: Arc<File>, whole: Part) -> Self {
        Self { file, whole }
    }

    /// A document that is a file; nothing when it cannot be opened twice.
    pub fn of(file: &File) -> Option<Self> {
        let size = file.metadata().ok()?.len();
        let file = Arc::new(file.try_clone().ok()?);
        Some(Self::new(file, Part { offset: 0, size }))
    }

    /// Where that part of the container stands in the file, unless it reaches beyond the container.
    fn within(&self, part: Part) -> Option<Part> {
        let end = part.offset.checked_add(part.size)?;
        let offset = self.whole.offset.checked_add(part.offset)?;
        (end <= self.whole.size).then_some(Part { offset, ..part })
    }
}

/// A child that has not ended.
struct Current {
    name: String,
    key: String,
    /// Where its bytes begin on the shelf.
    offset: u64,
    /// All its bytes so far stand here in the original, and not on the shelf.
    part: Option<Part>,
}

/// Takes the children of one container.
pub struct Spool {
    shelf: Shelf,
    original: Option<Original>,
    bytes: u64,
    current: Option<Current>,
    children: Vec<SpooledChild>,
    failed: bool,
}

impl Spool {
    /// A spool of the container `original`.
    pub fn new(shelf: Shelf, original: Option<Original>) -> Self {
        Self {
            shelf,
            original,
            bytes: 0,
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
        self.bytes
    }

    /// Starts a child.
    pub fn begin(&mut self, name: &str, key: &str) {
        self.current = Some(Current {
            name: name.to_owned(),
            key: key.to_owned(),
            offset: self.shelf.end,
            part: None,
        });
    }

    /// Adds bytes to the child. A full disk shows at the end of the child, not here: the text of the
    /// container itself can still be had.
    pub fn write(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let before = self.current.as_mut().and_then(|child| child.part.take());
        let done = before
            .map_or(Ok(()), |before| self.copy(before))
            .and_then(|()| self.put(bytes));
        self.noted(done);
    }

    /// Adds bytes to the child that stand in the original. Where a child does so as a whole nothing is copied.
    pub fn part(&mut self, part: Part) -> Result<(), Malformed> {
        let original = self.original.as_ref().ok_or(Malformed)?;
        let part = original.within(part).ok_or(Malformed)?;
        let child = self.current.as_mut().ok_or(Malformed)?;
        self.bytes += part.size;
        let done = match &mut child.part {
            None if child.offset == self.shelf.end => {
                child.part = Some(part);
                Ok(())
            }
            Some(before) if before.offset + before.size == part.offset => {
                before.size += part.size;
                Ok(())
            }
            before => match before.take() {
                Some(before) => self.copy(before).and_then(|()| self.copy(part)),
                None => self.copy(part),
            },
        };
        self.noted(done);
        Ok(())
    }

    /// Puts a part of the original on the shelf.
    fn copy(&mut self, part: Part) -> io::Result<()> {
        let original = self.original.as_ref().map(|it| Arc::clone(&it.file));
        let file = original.ok_or(io::ErrorKind::NotFound)?;
        each_block(&file, part, |bytes| self.put(bytes))
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.failed {
            true => Ok(()),
            false => self.shelf.append(bytes),
        }
    }

    fn noted(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            tracing::error!(%error, folder = %self.shelf.folder.display(), "cannot spool a child document");
            self.failed = true;
        }
    }

    /// Ends the child, if there is one.
    pub fn end(&mut self, unreadable: Option<Reason>) {
        let Some(child) = self.current.take() else {
            return;
        };
        let unreadable = match unreadable {
            None if self.failed => Some(Self::full()),
            given => given,
        };
        let (file, part) = match (child.part, &self.original) {
            (Some(part), Some(original)) => (Some(Arc::clone(&original.file)), part),
            _ => {
                let part = Part {
                    offset: child.offset,
                    size: self.shelf.end - child.offset,
                };
                // An empty child needs a place too.
                let made = self.shelf.file.is_some() || self.shelf.append(&[]).is_ok();
                let file = self.shelf.file.as_ref().filter(|_| made);
                (file.map(|file| Arc::clone(&file.read)), part)
            }
        };
        let place = file.map(|file| Place {
            file,
            offset: part.offset,
            folder: Arc::clone(&self.shelf.folder),
        });
        self.children.push(SpooledChild {
            name: child.name,
            key: child.key,
            size: part.size,
            unreadable,
            place,
        });
    }

    /// The children, why some of them lack bytes, and the shelf for the next container.
    pub fn finish(self) -> (Vec<SpooledChild>, Option<Reason>, Shelf) {
        (self.children, self.failed.then(Self::full), self.shelf)
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
    use proptest::prelude::*;
    use std::io::Read;

    fn text(child: &SpooledChild) -> String {
        let mut text = String::new();
        child.open().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn children_come_back_each_with_its_own_bytes_and_leave_no_name_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(Shelf::new(folder.path().into()), None);
        let long = "lang ".repeat(50_000);
        for (name, bytes) in [("een", "1"), ("leeg", ""), ("lang", long.as_str())] {
            spool.begin(name, "");
            spool.write(bytes.as_bytes());
            spool.end(None);
        }
        let (children, trouble, _) = spool.finish();
        assert_eq!(trouble, None);
        assert_eq!(text(&children[0]), "1");
        assert_eq!(text(&children[1]), "");
        assert_eq!(text(&children[2]), long);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// What comes to a spool: bytes, a part of the original, or the end of a child.
    #[derive(Clone, Debug)]
    enum Comes {
        Bytes(Vec<u8>),
        Part(usize, usize),
        Next,
    }

    fn comes() -> impl Strategy<Value = Vec<Comes>> {
        let one = prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..5).prop_map(Comes::Bytes),
            (0usize..40, 0usize..10).prop_map(|(at, size)| Comes::Part(at, size)),
            // One behind another, as a reader hands them over.
            (0usize..5).prop_map(|at| Comes::Part(at * 4, 4)),
            Just(Comes::Next),
        ];
        proptest::collection::vec(one, 0..20)
    }

    /// A container of the bytes 10 to 60 of a file with the bytes 0 to 100.
    fn original() -> Original {
        let file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..100).collect();
        file.write_all_at(&bytes, 0).unwrap();
        let whole = Part {
            offset: 10,
            size: 50,
        };
        Original::new(Arc::new(file), whole)
    }

    proptest! {
        #[test]
        fn a_child_of_bytes_and_parts_in_any_order_is_what_came(comes in comes()) {
            let folder = tempfile::tempdir().unwrap();
            let mut spool = Spool::new(Shelf::new(folder.path().into()), Some(original()));
            let mut expected = vec![Vec::new()];
            spool.begin("", "");
            for one in comes {
                let last = expected.last_mut().unwrap();
                match one {
                    Comes::Bytes(bytes) => {
                        spool.write(&bytes);
                        last.extend(bytes);
                    }
                    Comes::Part(offset, size) => {
                        spool.part(Part { offset: offset as u64, size: size as u64 }).unwrap();
                        last.extend((0_u8..100).skip(10 + offset).take(size));
                    }
                    Comes::Next => {
                        spool.end(None);
                        spool.begin("", "");
                        expected.push(Vec::new());
                    }
                }
            }
            spool.end(None);
            let total: usize = expected.iter().map(Vec::len).sum();
            prop_assert_eq!(spool.bytes(), total as u64);
            let (children, trouble, _) = spool.finish();
            prop_assert_eq!(trouble, None);
            for (child, expected) in children.iter().zip(&expected) {
                let mut bytes = Vec::new();
                child.open().unwrap().read_to_end(&mut bytes).unwrap();
                prop_assert_eq!(&bytes, expected);
                prop_assert_eq!(child.hash().unwrap().0, <[u8; 32]>::from(Sha256::digest(expected)));
            }
        }
    }

    #[test]
    fn a_part_beyond_the_container_is_refused_and_one_within_it_is_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(Shelf::new(folder.path().into()), Some(original()));
        spool.begin("", "");
        for (offset, size) in [(50, 1), (0, 51), (u64::MAX, 1), (1, u64::MAX)] {
            assert!(
                spool.part(Part { offset, size }).is_err(),
                "{offset} {size}"
            );
        }
        assert!(
            spool
                .part(Part {
                    offset: 0,
                    size: 20
                })
                .is_ok()
        );
        assert!(
            spool
                .part(Part {
                    offset: 20,
                    size: 30
                })
                .is_ok()
        );
        assert!(spool.shelf.file.is_none());
        spool.end(None);
        let mut none = Spool::new(Shelf::new(folder.path().into()), None);
        none.begin("", "");
        assert!(none.part(Part { offset: 0, size: 1 }).is_err());
    }

    #[test]
    fn a_disk_that_takes_nothing_shows_in_the_child_and_in_the_whole() {
        let mut spool = Spool::new(Shelf::new(Path::new("/proc/nergens").into()), None);
        spool.begin("bijlage", "");
        spool.write(b"bytes");
        spool.end(None);
        let (children, trouble, _) = spool.finish();
        assert_eq!(children[0].unreadable, trouble);
        assert!(trouble.unwrap().to_string().contains("schijf is vol"));
        assert!(children[0].open().is_err());
    }
}
