//! Who may see a document, as its source says, and who asks. Owns the meaning of allowed and denied principals. Never
//! reads rights from a drive and never knows accounts or machtigingen.
//!
//! A *principal* is somebody or a group, as a source names them: `sid:S-1-5-21-…`, `uid:1000`, `gid:100`,
//! `iedereen`, or `bron:NAAM` for the group that looks after a source. They are compared byte by byte.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everybody who asks is this principal.
pub const EVERYBODY: &str = "iedereen";

/// The principal of who looks after a source: sees also what has no, or no readable, rights in it.
pub fn group_of(bron: &str) -> String {
    format!("bron:{bron}")
}

/// Who may see a document. Without anything recorded (the default) nobody but the group of its source, unless a
/// machtiging takes the place of rights.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// One of these must ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// None of these may ask, whatever else is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// And of each of these sets one must ask: who may come through the folders on the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Vec<String>>,
    /// Nobody sees it, by whatever machtiging.
    #[serde(skip_serializing_if = "is_false")]
    pub closed: bool,
    /// Whether the rights were read. If not, only the group of its source is allowed, whatever the lists say.
    #[serde(skip_serializing_if = "is_false")]
    pub known: bool,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

impl Access {
    /// Nothing is recorded: rights were not asked for, or could not be read.
    pub fn is_unrecorded(&self) -> bool {
        *self == Access::default()
    }

    /// For one of these, and nobody else.
    pub fn only(allow: impl IntoIterator<Item = String>) -> Self {
        Access {
            allow: allow.into_iter().collect(),
            known: true,
            ..Access::default()
        }
    }

    /// For nobody.
    pub fn closed() -> Self {
        Access {
            closed: true,
            ..Access::default()
        }
    }

    /// The same in one form: sorted, without repetitions and without sets that ask nothing more than another.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        if !self.known {
            return Access {
                closed: self.closed,
                ..Access::default()
            };
        }
        let sorted = |list: &mut Vec<String>| {
            list.sort_unstable();
            list.dedup();
        };
        sorted(&mut self.allow);
        sorted(&mut self.deny);
        self.through.iter_mut().for_each(sorted);
        self.through.sort_by_key(Vec::len);
        let mut through: Vec<Vec<String>> = Vec::new();
        for set in self.through {
            let asks_less = |other: &Vec<String>| other.iter().all(|one| set.contains(one));
            let of_everybody = set.iter().any(|one| one == EVERYBODY);
            if !of_everybody && !asks_less(&self.allow) && !through.iter().any(asks_less) {
                through.push(set);
            }
        }
        through.sort_unstable();
        Access { through, ..self }
    }

    /// Whether who is all of `principals` may see a document of `bron` with these rights.
    pub fn admits(&self, principals: &Principals, bron: &str) -> bool {
        if self.closed {
            return false;
        }
        if !self.known {
            return principals.has(&group_of(bron));
        }
        let some = |list: &[String]| list.iter().any(|one| principals.has(one));
        some(&self.allow) && !some(&self.deny) && self.through.iter().all(|set| some(set))
    }
}

/// Everything that somebody who asks is. Cheap to copy; told apart from others by a hash.
#[derive(Clone, Debug)]
pub struct Principals {
    names: Arc<BTreeSet<String>>,
    hash: [u8; 32],
}

impl Principals {
    /// These, and [`EVERYBODY`].
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: BTreeSet<String> = names.into_iter().collect();
        names.insert(EVERYBODY.to_owned());
        let mut hasher = Sha256::new();
        for name in &names {
            hasher.update((name.len() as u64).to_be_bytes());
            hasher.update(name);
        }
        Principals {
            hash: hasher.finalize().into(),
            names: Arc::new(names),
        }
    }

    /// Whether this is one of them.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// All of them, sorted.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Tells these from others.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The same as 64 hexadecimal digits.
    pub fn key(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl PartialEq for Principals {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Principals {}

impl PartialOrd for Principals {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Principals {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.hash.cmp(&other.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn may(access: &Access, who: &[&str]) -> bool {
        access.admits(&Principals::new(list(who)), "archief")
    }

    #[test]
    fn a_denial_goes_before_and_every_folder_must_let_through() {
        let access = Access {
            allow: list(&["gid:1", "gid:2"]),
            deny: list(&["uid:9"]),
            through: vec![list(&["gid:1", "gid:3"])],
            closed: false,
            known: true,
        };
        assert!(may(&access, &["gid:1"]));
        assert!(may(&access, &["gid:2", "gid:3"]), "two groups together");
        assert!(!may(&access, &["gid:2"]), "the folder is shut");
        assert!(!may(&access, &["gid:3"]), "the file is shut");
        assert!(!may(&access, &["gid:1", "uid:9"]));
        let closed = Access {
            closed: true,
            ..access
        };
        assert!(!may(&closed, &["gid:1", "bron:archief"]));
    }

    #[test]
    fn what_is_not_known_is_for_the_group_of_the_source_alone() {
        let unknown = Access {
            allow: list(&[EVERYBODY]),
            ..Access::default()
        };
        for access in [Access::default(), unknown] {
            assert!(!may(&access, &["uid:0", "bron:elders"]));
            assert!(may(&access, &["bron:archief"]));
        }
        // Rights that are known hold for that group, too.
        assert!(!may(&Access::only(list(&["uid:1"])), &["bron:archief"]));
        assert!(may(&Access::only(list(&[EVERYBODY])), &[]));
        assert!(!may(&Access::only([]), &["uid:1"]));
    }

    #[test]
    fn a_tidy_form_lets_the_same_people_in() {
        let names = ["a", "b", "c", EVERYBODY];
        let subset = |bits: usize| {
            let chosen = names.iter().enumerate();
            let chosen = chosen.filter(|(at, _)| bits >> at & 1 == 1);
            chosen
                .map(|(_, name)| (*name).to_owned())
                .rev()
                .collect::<Vec<_>>()
        };
        for bits in 0..1 << 12 {
            let access = Access {
                allow: subset(bits & 15),
                deny: subset(bits % 3),
                through: vec![subset(bits >> 4 & 15), subset(bits >> 8 & 15)],
                closed: false,
                known: bits % 17 != 0,
            };
            let tidy = access.clone().tidy();
            assert_eq!(tidy.clone().tidy(), tidy);
            for who in 0..8 {
                let who = Principals::new(subset(who));
                assert_eq!(
                    access.admits(&who, "x"),
                    tidy.admits(&who, "x"),
                    "{access:?} {tidy:?} {who:?}"
                );
            }
        }
    }
}
