//! Gets the attributes with rights of a file or folder from the file system, through a descriptor that no link leads
//! astray. Opens nothing for reading. Never decides what the attributes mean.

use super::posix::Owned;
use super::{Ask, descriptor, posix};
use crate::beneath::Root;
use rustix::fs::{FsWord, fstat, fstatfs, getxattr};
use rustix::io::Errno;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use zv_shared::Access;

/// Where mounted drives keep a Windows descriptor: CIFS (two names of the same), ntfs-3g, and the driver of the kernel.
const DESCRIPTORS: [&str; 4] = [
    "system.cifs_acl",
    "system.cifs_ntsd",
    "system.ntfs_acl",
    "system.ntfs_security",
];
/// Where Samba keeps one on its own disk.
const SAMBA: &str = "security.NTACL";
const POSIX: &str = "system.posix_acl_access";
/// Rights of NFS 4: not understood here.
const NFS4: &str = "system.nfs4_acl";
/// An attribute is never larger.
const LARGEST: usize = 64 << 10;

/// What the owner and mode of a file are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They decide.
    Unix,
    /// They decide, unless it has rights of NFS 4.
    Nfs,
    /// They come from how it was mounted: only a descriptor decides.
    Foreign,
}

/// Of the file system with this number (`statfs(2)`, linux/magic.h).
fn kind(magic: FsWord) -> Kind {
    // As the kernel has them: 32 bits, whatever the width here.
    match magic as u32 {
        // CIFS, SMB2 and SMB; FUSE, so also ntfs-3g and smbnetfs; NTFS and NTFS3; FAT and exFAT; 9P; Coda; AFS.
        0xff53_4d42 | 0xfe53_4d42 | 0x517b | 0x6573_5546 | 0x5346_544e | 0x7366_746e | 0x4d44
        | 0x2011_bab0 | 0x0102_1997 | 0x7375_7245 | 0x5346_414f => Kind::Foreign,
        0x6969 => Kind::Nfs,
        _ => Kind::Unix,
    }
}

/// The drive below a root.
pub struct Drive<'a> {
    root: &'a Root,
    /// By number of the device: asking it is a message to the server of a network drive.
    kinds: Mutex<HashMap<u64, Kind>>,
}

impl<'a> Drive<'a> {
    /// What lies below `root`.
    pub fn new(root: &'a Root) -> Self {
        Drive {
            root,
            kinds: Mutex::default(),
        }
    }

    /// Who has the right to what lies at `path`; `None` when that cannot be had or understood.
    pub fn access(&self, path: &[u8], ask: Ask) -> Option<Access> {
        let found = self.look(path, ask);
        if let Err(error) = &found {
            tracing::debug!(%error, "cannot read rights");
        }
        found.ok().flatten()
    }

    fn look(&self, path: &[u8], ask: Ask) -> io::Result<Option<Access>> {
        let object = Object {
            descriptor: self.root.look(path)?,
        };
        let stat = fstat(&object.descriptor)?;
        let owned = Owned {
            uid: stat.st_uid,
            gid: stat.st_gid,
            mode: stat.st_mode,
        };
        let kind = self.kind(stat.st_dev, &object)?;
        if kind == Kind::Foreign {
            for name in DESCRIPTORS {
                if let Some(bytes) = object.attribute(name)? {
                    return Ok(descriptor::access(&bytes, ask));
                }
            }
            return Ok(None);
        }
        if kind == Kind::Nfs && object.attribute(NFS4)?.is_some() {
            return Ok(None);
        }
        if let Some(bytes) = object.attribute(SAMBA)? {
            return Ok(descriptor::of_samba(&bytes, ask));
        }
        let acl = object.attribute(POSIX)?;
        Ok(posix::access(owned, acl.as_deref(), ask))
    }

    fn kind(&self, device: u64, object: &Object) -> io::Result<Kind> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kinds.get(&device) {
            return Ok(*known);
        }
        let found = kind(fstatfs(&object.descriptor)?.f_type);
        kinds.insert(device, found);
        Ok(found)
    }
}

/// A file or folder that is held without being open.
struct Object {
    descriptor: OwnedFd,
}

impl Object {
    /// The bytes of an attribute; `None` when there is none of this name.
    fn attribute(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        // What is held like this cannot be asked for attributes, but what it leads to can.
        let path = format!("/proc/self/fd/{}", self.descriptor.as_raw_fd());
        let mut bytes = vec![0; 1024];
        let found = match getxattr(&path, name, bytes.as_mut_slice()) {
            Err(Errno::RANGE) => {
                bytes.resize(LARGEST, 0);
                getxattr(&path, name, bytes.as_mut_slice())
            }
            found => found,
        };
        match found {
            Ok(length) => {
                bytes.truncate(length);
                Ok(Some(bytes))
            }
            Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
