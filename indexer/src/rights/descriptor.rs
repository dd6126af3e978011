//! Windows security descriptors as lists of principals (MS-DTYP 2.4). Owns their bytes: they come from a drive and may be
//! anything. Never reads them from a drive, and never looks up names.
//!
//! The entries of a list count in their order, and what was decided for a principal stays. A denial that comes after
//! something was allowed to another principal counts for all: who is both is denied here, and on the drive not. Entries
//! with a condition (dynamic access control) never allow and always deny.

use super::{Ask, group, user};
use std::fmt::Write as _;
use zv_shared::Access;
use zv_shared::access::EVERYBODY;

/// Flags of a descriptor.
const DACL_PRESENT: u16 = 0x0004;
const SELF_RELATIVE: u16 = 0x8000;
/// This entry is for what comes into a folder, not for the folder.
const INHERIT_ONLY: u8 = 0x08;
/// Rights (MS-DTYP 2.4.3, MS-SMB2 2.2.13.1).
const READ_DATA: u32 = 0x0000_0001;
const TRAVERSE: u32 = 0x0000_0020;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_EXECUTE: u32 = 0x2000_0000;
const GENERIC_READ: u32 = 0x8000_0000;
/// A SID has at most so many parts.
const PARTS: u8 = 15;
/// Where Samba keeps a descriptor in `security.NTACL`: behind version 3, two pointers, and a hash that is empty when the
/// file system's own rights are left out of account.
const SAMBA_VERSION: [u8; 4] = [3, 0, 3, 0];
const SAMBA_HASH: std::ops::Range<usize> = 14..78;
const SAMBA_DESCRIPTOR: usize = 80;

/// Who has the right by a self-relative descriptor; `None` when that is not known.
pub fn access(bytes: &[u8], ask: Ask) -> Option<Access> {
    read(bytes, 0, ask)
}

/// The same by what Samba keeps beside a file (vfs_acl_xattr). With another version, or a hash of the file system's own
/// rights, Samba itself may not go by it: then it is not known.
pub fn of_samba(bytes: &[u8], ask: Ask) -> Option<Access> {
    let empty = bytes.get(SAMBA_HASH)?.iter().all(|byte| *byte == 0);
    if !bytes.starts_with(&SAMBA_VERSION) || !empty {
        return None;
    }
    read(bytes, SAMBA_DESCRIPTOR, ask)
}

/// The descriptor at `start`; its offsets count from the first byte.
fn read(bytes: &[u8], start: usize, ask: Ask) -> Option<Access> {
    let header: &[u8; 20] = bytes.get(start..)?.first_chunk()?;
    let control = u16::from_le_bytes([header[2], header[3]]);
    if header[0] != 1 || control & SELF_RELATIVE == 0 || control & DACL_PRESENT == 0 {
        return None;
    }
    let offset = |at: usize| number(header, at).and_then(|offset| usize::try_from(offset).ok());
    let owner = match offset(4)? {
        0 => None,
        at => Some(principal(bytes.get(at..)?)?),
    };
    match offset(16)? {
        // A list that is not there forbids nothing.
        0 => Some(Access::only([EVERYBODY.to_owned()])),
        at => by_list(bytes.get(at..)?, owner.as_deref(), ask),
    }
}

/// Who has the right by an access control list.
fn by_list(list: &[u8], owner: Option<&str>, ask: Ask) -> Option<Access> {
    let size = short(list, 2)?;
    if !(2..=4).contains(list.first()?) || size < 8 {
        return None;
    }
    let mut rest = list.get(8..size.into())?;
    let mut decided = Decided::default();
    for _ in 0..short(list, 4)? {
        let size = short(rest, 2).filter(|size| *size >= 4)?;
        let (entry, behind) = rest.split_at_checked(size.into())?;
        rest = behind;
        decided.entry(entry, owner, ask)?;
    }
    Some(Access {
        deny: decided.deny,
        ..Access::only(decided.allow)
    })
}

/// What the entries so far decide.
#[derive(Default)]
struct Decided {
    allow: Vec<String>,
    deny: Vec<String>,
    /// Everybody was denied: nothing that follows counts.
    over: bool,
}

impl Decided {
    /// The next entry; `None` when it cannot be understood.
    fn entry(&mut self, entry: &[u8], owner: Option<&str>, ask: Ask) -> Option<()> {
        let ([kind, flags, ..], mask) = (entry, number(entry, 4)) else {
            return None;
        };
        // Plain, object and conditional entries; then what audits or labels.
        let (allows, sid_at) = match kind {
            0x00 => (Some(true), 8),
            0x01 | 0x0a => (Some(false), 8),
            0x06 | 0x0c => (Some(false), object(entry)?),
            0x04 | 0x05 | 0x09 | 0x0b | 0x02 | 0x03 | 0x07 | 0x08 | 0x0d..=0x14 => (None, 8),
            _ => return None,
        };
        let Some(allows) = allows.filter(|_| flags & INHERIT_ONLY == 0 && !self.over) else {
            return Some(());
        };
        if mask? & wanted(ask) == 0 {
            return Some(());
        }
        let mut who = principal(entry.get(sid_at..)?)?;
        // "Owner rights" means whoever owns it.
        if who == "sid:S-1-3-4" {
            who = owner?.to_owned();
        }
        if allows {
            if !self.deny.contains(&who) {
                self.allow.push(who);
            }
        } else if who == EVERYBODY {
            self.over = true;
        } else if !self.allow.iter().any(|one| *one == who || one == EVERYBODY) {
            self.deny.push(who);
        }
        Some(())
    }
}

/// The rights of which one is enough.
fn wanted(ask: Ask) -> u32 {
    match ask {
        Ask::Read => READ_DATA | GENERIC_READ | GENERIC_ALL,
        Ask::Enter => TRAVERSE | GENERIC_EXECUTE | GENERIC_ALL,
    }
}

/// Where the SID of an object entry stands: behind the kinds of object that its flags announce.
fn object(entry: &[u8]) -> Option<usize> {
    let flags = number(entry, 8)?;
    Some(12 + 16 * ((flags & 3).count_ones() as usize))
}

/// The principal of the SID at the start.
fn principal(bytes: &[u8]) -> Option<String> {
    let header: &[u8; 8] = bytes.first_chunk()?;
    let parts = header[1];
    if header[0] != 1 || parts > PARTS {
        return None;
    }
    let whole = bytes.get(8..8 + 4 * usize::from(parts))?;
    let (parts, _) = whole.as_chunks::<4>();
    let parts: Vec<u32> = parts.iter().map(|part| u32::from_le_bytes(*part)).collect();
    let authority = header[2..].iter();
    let authority = authority.fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    Some(match (authority, parts.as_slice()) {
        (1, [0]) => EVERYBODY.to_owned(),
        // Accounts of the server that Samba runs on.
        (22, [1, id]) => user(*id),
        (22, [2, id]) => group(*id),
        _ => {
            let mut sid = match u32::try_from(authority) {
                Ok(authority) => format!("sid:S-1-{authority}"),
                Err(_) => format!("sid:S-1-0x{authority:012x}"),
            };
            for part in parts {
                // Writing to a string does not fail.
                let _ = write!(sid, "-{part}");
            }
            sid
        }
    })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*two))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests;
