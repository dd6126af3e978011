//! What lies around the bytes of a file and is indexed with it: who may see it, and what an export says of it. Owns the hash by which a rescan notices
//! that it changed. Never reads it from the drive itself.

use crate::dms::Described;
use sha2::{Digest, Sha256};
use zv_shared::Access;

/// What lies around a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Who may see it, in its tidy form.
    pub access: Access,
    /// Tells the descriptions around it, and what the source decided about them, from others; 0 without any.
    pub description: u64,
    /// Its export is not right about it: it is looked at again in every run, so that every account says so.
    pub faulty: bool,
    /// What the descriptions say, once they were read; not in the hash.
    pub described: Described,
}

impl Around {
    /// Who may see it, by the drive and by the export.
    pub fn access(&self) -> Access {
        Access {
            closed: self.access.closed || self.described.closed,
            ..self.access.clone()
        }
    }

    /// Tells it from others; 0 when nothing lies around.
    pub fn hash(&self) -> u64 {
        let nothing = Around::default();
        if (&self.access, self.description) == (&nothing.access, 0) {
            return 0;
        }
        let mut hasher = Sha256::new();
        let Access {
            allow,
            deny,
            through,
            closed,
            known,
        } = &self.access;
        let mut list = |list: &[String]| {
            hasher.update((list.len() as u64).to_be_bytes());
            for one in list {
                hasher.update((one.len() as u64).to_be_bytes());
                hasher.update(one);
            }
        };
        list(allow);
        list(deny);
        through.iter().for_each(|set| list(set));
        hasher.update([u8::from(*closed), u8::from(*known)]);
        if self.description != 0 {
            hasher.update(self.description.to_be_bytes());
            hasher.update([u8::from(self.faulty)]);
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize()[..8]);
        u64::from_be_bytes(first).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_rights_changes_the_hash() {
        let all = [
            Access::default(),
            Access::closed(),
            Access::only([]),
            Access::only(["a".to_owned()]),
            Access::only(["a".to_owned(), "b".to_owned()]),
            Access::only(["ab".to_owned()]),
            Access {
                deny: vec!["a".to_owned()],
                ..Access::only([])
            },
            Access {
                through: vec![vec!["a".to_owned()]],
                ..Access::only([])
            },
        ];
        let hash = |access: &Access| {
            let access = access.clone();
            let around = Around {
                access,
                ..Around::default()
            };
            around.hash()
        };
        assert_eq!(hash(&all[0]), 0);
        let hashes: std::collections::BTreeSet<u64> = all.iter().map(hash).collect();
        assert_eq!(hashes.len(), all.len());
    }
}
