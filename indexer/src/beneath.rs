//! Opens files below a root and nowhere else: no symbolic link is followed on the way, whatever happens to
//! the folders meanwhile. Never writes, and leaves the access time alone where the system permits.

use rustix::fs::{Dir, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A folder below which files can be opened.
#[derive(Debug)]
pub struct Root {
    folder: OwnedFd,
}

/// Never waits for the other end of a pipe, never follows a link in the last part.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::CLOEXEC)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);
const FOLDER: OFlags = OFlags::PATH
    .union(OFlags::CLOEXEC)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::DIRECTORY);

impl Root {
    /// Holds the folder `path`, an absolute path without symbolic links.
    pub fn open(path: &Path) -> io::Result<Root> {
        let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::DIRECTORY;
        let folder = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Root { folder })
    }

    /// The file system and number of the folder, even when another one has taken its place.
    pub fn inode(&self) -> io::Result<(u64, u64)> {
        let found = rustix::fs::fstat(&self.folder)?;
        Ok((found.st_dev, found.st_ino))
    }

    /// Opens the file at the relative `path` for reading.
    pub fn file(&self, path: &[u8]) -> io::Result<File> {
        let strange = |part: &[u8]| matches!(part, b"" | b"." | b"..");
        if path.split(|&byte| byte == b'/').any(strange) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // Only the owner may ask that the access time stays.
        match self.beneath(path, FILE | OFlags::NOATIME) {
            Err(Errno::PERM) => Ok(self.beneath(path, FILE)?.into()),
            other => Ok(other?.into()),
        }
    }

    /// Holds what lies at the relative `path`, a file or a folder, without opening it; empty is the root itself.
    pub fn look(&self, path: &[u8]) -> io::Result<OwnedFd> {
        let strange = |part: &[u8]| matches!(part, b"" | b"." | b"..");
        if path.is_empty() {
            return self.folder.try_clone();
        }
        if path.split(|&byte| byte == b'/').any(strange) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let hold = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        self.beneath(path, hold).map_err(io::Error::from)
    }

    /// The names in the folder at the relative `path`, in no order; empty is the root itself.
    pub fn names(&self, path: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let strange = |part: &[u8]| matches!(part, b"" | b"." | b"..");
        let list = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::DIRECTORY;
        let folder = match path {
            b"" => openat(&self.folder, ".", list, Mode::empty())?,
            path if path.split(|&byte| byte == b'/').any(strange) => {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            path => self.beneath(path, list)?,
        };
        let mut names = Vec::new();
        for entry in Dir::new(folder)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if !strange(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn beneath(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        for _ in 0..10 {
            match openat2(
                &self.folder,
                OsStr::from_bytes(path),
                flags,
                Mode::empty(),
                resolve,
            ) {
                // A rename elsewhere on the way made the kernel unsure: once more.
                Err(Errno::AGAIN) => {}
                // An old kernel, or a container that forbids the call.
                Err(Errno::NOSYS | Errno::PERM) => return self.step_by_step(path, flags),
                other => return other,
            }
        }
        self.step_by_step(path, flags)
    }

    fn step_by_step(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let (folders, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let mut here: Option<OwnedFd> = None;
        for part in folders
            .split(|&byte| byte == b'/')
            .filter(|part| !part.is_empty())
        {
            let above: BorrowedFd<'_> = here.as_ref().unwrap_or(&self.folder).as_fd();
            here = Some(openat(
                above,
                OsStr::from_bytes(part),
                FOLDER,
                Mode::empty(),
            )?);
        }
        let above = here.as_ref().unwrap_or(&self.folder);
        openat(above, OsStr::from_bytes(name), flags, Mode::empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn nothing_outside_the_root_can_be_opened() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("geheim"), "geheim").unwrap();
        let root = outside.path().join("bron");
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::write(root.join("a/b/c.txt"), "inhoud").unwrap();
        std::os::unix::fs::symlink("..", root.join("a/op")).unwrap();
        std::os::unix::fs::symlink("../../geheim", root.join("a/link")).unwrap();
        let opened = Root::open(&root).unwrap();
        let mut text = String::new();
        opened
            .file(b"a/b/c.txt")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "inhoud");
        for path in [
            &b"../geheim"[..],
            b"a/../../geheim",
            b"a/op/a/b/c.txt",
            b"a/link",
            b"/etc/passwd",
            b"",
            b"a//b",
        ] {
            assert!(
                opened.file(path).is_err(),
                "{}",
                String::from_utf8_lossy(path)
            );
        }
        let mut names = opened.names(b"a").unwrap();
        names.sort_unstable();
        assert_eq!(names, [b"b".to_vec(), b"link".to_vec(), b"op".to_vec()]);
        assert_eq!(opened.names(b"").unwrap(), [b"a".to_vec()]);
        for path in [&b"a/op"[..], b"..", b"a/b/c.txt", b"/etc", b"weg"] {
            assert!(opened.names(path).is_err());
        }
        // The way of old kernels.
        assert!(opened.step_by_step(b"a/b/c.txt", FILE).is_ok());
        assert!(opened.step_by_step(b"a/op/a/b/c.txt", FILE).is_err());
        assert!(opened.step_by_step(b"a/link", FILE).is_err());
    }

    #[test]
    fn a_pipe_does_not_make_the_run_wait() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pijp");
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let file = Root::open(folder.path()).unwrap().file(b"pijp").unwrap();
        assert!(!file.metadata().unwrap().is_file());
    }
}
