//! Who may see a file, as the drive says it: read from its attributes without opening it, together with who may come
//! through the folders on the way. Never asks a directory service who is in which group, and never decides what somebody
//! may see here.
//!
//! | file | owns |
//! |---|---|
//! | `drive` | getting the attributes from the file system |
//! | `posix` | owner, group, mode and POSIX ACL |
//! | `descriptor` | Windows security descriptors, as they come from CIFS, NTFS and Samba |
//!
//! What cannot be read or understood is not known: nobody sees it by these rights (fail closed). Where a rule of a file
//! system cannot be put in lists of allowed and denied principals, fewer people see the file than on the drive, never
//! more.

mod descriptor;
mod drive;
mod posix;

use crate::beneath::Root;
use drive::Drive;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zv_shared::Access;

/// What is asked of the rights of a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// Who may read what is in the file.
    Read,
    /// Who may come through the folder.
    Enter,
}

/// So many folders are remembered: what is forgotten is read again.
const FOLDERS: usize = 10_000;

/// Who may come to a folder: through it and through everything above it.
#[derive(Debug, Default)]
struct Way {
    through: Vec<Vec<String>>,
    deny: Vec<String>,
    known: bool,
}

/// Reads the rights of the files below a root.
pub struct Rights<'a> {
    drive: Drive<'a>,
    ways: Mutex<HashMap<Vec<u8>, Arc<Way>>>,
}

impl<'a> Rights<'a> {
    /// Of what lies below `root`.
    pub fn new(root: &'a Root) -> Self {
        Rights {
            drive: Drive::new(root),
            ways: Mutex::default(),
        }
    }

    /// Who may see the file at the relative `path`.
    pub fn of(&self, path: &[u8]) -> Access {
        let folder = path.iter().rposition(|&byte| byte == b'/');
        let way = self.way(&path[..folder.unwrap_or(0)]);
        let Some(own) = self.drive.access(path, Ask::Read).filter(|_| way.known) else {
            return Access::default();
        };
        let deny = own.deny.into_iter().chain(way.deny.iter().cloned());
        let access = Access {
            deny: deny.collect(),
            through: way.through.clone(),
            ..own
        };
        access.tidy()
    }

    fn way(&self, folder: &[u8]) -> Arc<Way> {
        if let Some(known) = self.lock().get(folder) {
            return Arc::clone(known);
        }
        let above = match folder {
            [] => Arc::new(Way {
                known: true,
                ..Way::default()
            }),
            folder => {
                let slash = folder.iter().rposition(|&byte| byte == b'/');
                self.way(&folder[..slash.unwrap_or(0)])
            }
        };
        let own = self.drive.access(folder, Ask::Enter);
        let way = Arc::new(match own.filter(|_| above.known) {
            Some(own) => {
                // In tidy form, so that a hundred folders that ask the same ask it once.
                let all = above.through.iter().cloned().chain([own.allow.clone()]);
                let whole = Access {
                    allow: vec![String::new()],
                    through: all.collect(),
                    deny: above.deny.iter().cloned().chain(own.deny).collect(),
                    closed: false,
                    known: true,
                }
                .tidy();
                Way {
                    through: whole.through,
                    deny: whole.deny,
                    known: true,
                }
            }
            None => Way::default(),
        });
        let mut ways = self.lock();
        if ways.len() >= FOLDERS {
            ways.clear();
        }
        ways.insert(folder.to_vec(), Arc::clone(&way));
        way
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Arc<Way>>> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A principal of a Unix account.
fn user(id: u32) -> String {
    format!("uid:{id}")
}

/// A principal of a Unix group.
fn group(id: u32) -> String {
    format!("gid:{id}")
}

#[cfg(test)]
mod tests;
