//! Owner, group, mode and POSIX ACL as lists of principals (POSIX 1003.1e draft 17, acl(5)). Never reads them.
//!
//! On a drive one entry decides: that of the owner, else that of the account, else those of the groups, else that for
//! others. So an entry without the right is a denial where a later one has it. A group that is denied is denied here also
//! to a member of another group that is allowed, and to an account with an entry of its own: that is fewer than on the
//! drive, where nobody would be helped by such an ACL.

use super::{Ask, group, user};
use std::collections::BTreeMap;
use zv_shared::Access;
use zv_shared::access::EVERYBODY;

/// Version of the attribute, and the tags in it (linux/posix_acl_xattr.h).
const VERSION: u32 = 2;
const USER_OBJ: u16 = 0x01;
const USER: u16 = 0x02;
const GROUP_OBJ: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const OTHER: u16 = 0x20;
/// Bytes of an entry: tag, rights, id.
const ENTRY: usize = 8;

/// What a file or folder tells of itself.
#[derive(Clone, Copy, Debug)]
pub struct Owned {
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its mode.
    pub mode: u32,
}

/// The rights of each class.
struct Entries {
    owner: u16,
    users: BTreeMap<u32, u16>,
    groups: BTreeMap<u32, u16>,
    others: u16,
}

/// Who has the right by `owned`, and by `acl` if there is one; `None` when that is not an ACL.
pub fn access(owned: Owned, acl: Option<&[u8]>, ask: Ask) -> Option<Access> {
    let entries = match acl {
        Some(acl) => parse(acl, owned)?,
        None => by_mode(owned),
    };
    let bit = match ask {
        Ask::Read => 4,
        Ask::Enter => 1,
    };
    let has = |rights: &u16| rights & bit != 0;
    let mut users = entries.users;
    // The entry of the owner goes before one that names the same account.
    users.insert(owned.uid, entries.owner);
    let mut access = Access::only([]);
    let by_groups = entries.groups.values().any(has);
    let by_others = has(&entries.others);
    for (id, rights) in &users {
        if has(rights) {
            access.allow.push(user(*id));
        } else if by_groups || by_others {
            access.deny.push(user(*id));
        }
    }
    for (id, rights) in &entries.groups {
        if has(rights) {
            access.allow.push(group(*id));
        } else if by_others {
            access.deny.push(group(*id));
        }
    }
    if by_others {
        access.allow.push(EVERYBODY.to_owned());
    }
    Some(access)
}

fn by_mode(owned: Owned) -> Entries {
    let class = |shift: u32| (owned.mode >> shift & 7) as u16;
    Entries {
        owner: class(6),
        users: BTreeMap::new(),
        groups: BTreeMap::from([(owned.gid, class(3))]),
        others: class(0),
    }
}

fn parse(acl: &[u8], owned: Owned) -> Option<Entries> {
    let (version, rest) = acl.split_first_chunk::<4>()?;
    let (entries, []) = rest.as_chunks::<ENTRY>() else {
        return None;
    };
    if u32::from_le_bytes(*version) != VERSION {
        return None;
    }
    let (mut owner, mut own_group, mut others, mut mask) = (None, None, None, None);
    let (mut users, mut groups) = (BTreeMap::new(), BTreeMap::new());
    for [t0, t1, r0, r1, id @ ..] in entries {
        let (tag, rights) = (
            u16::from_le_bytes([*t0, *t1]),
            u16::from_le_bytes([*r0, *r1]),
        );
        let id = u32::from_le_bytes(*id);
        if rights > 7 {
            return None;
        }
        let before = match tag {
            USER_OBJ => owner.replace(rights),
            GROUP_OBJ => own_group.replace(rights),
            OTHER => others.replace(rights),
            MASK => mask.replace(rights),
            USER => users.insert(id, rights),
            GROUP => groups.insert(id, rights),
            _ => return None,
        };
        if before.is_some() {
            return None;
        }
    }
    // Named entries need a mask.
    let mask = match mask {
        None if !users.is_empty() || !groups.is_empty() => return None,
        mask => mask.unwrap_or(7),
    };
    // Of two entries for one group either gives the right.
    *groups.entry(owned.gid).or_insert(0) |= own_group?;
    users.values_mut().for_each(|rights| *rights &= mask);
    groups.values_mut().for_each(|rights| *rights &= mask);
    Some(Entries {
        owner: owner?,
        users,
        groups,
        others: others?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use zv_shared::Principals;

    /// The bytes of an ACL, as the kernel has them.
    pub fn written(entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let mut bytes = VERSION.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(rights.to_le_bytes());
            bytes.extend(id.to_le_bytes());
        }
        bytes
    }

    const NOBODY: u32 = u32::MAX;

    fn owned(mode: u32) -> Owned {
        Owned {
            uid: 10,
            gid: 20,
            mode,
        }
    }

    fn may(access: &Access, uid: u32, gids: &[u32]) -> bool {
        let gids = gids.iter().map(|gid| group(*gid));
        let who = Principals::new([user(uid)].into_iter().chain(gids));
        access.admits(&who, "x")
    }

    #[test]
    fn the_mode_decides_by_class() {
        let read = |mode| access(owned(mode), None, Ask::Read).unwrap();
        assert!(may(&read(0o644), 1, &[]));
        assert!(may(&read(0o640), 1, &[20]) && !may(&read(0o640), 1, &[21]));
        assert!(may(&read(0o600), 10, &[]) && !may(&read(0o600), 1, &[20]));
        // Who is of the group is not one of the others.
        assert!(!may(&read(0o604), 1, &[20]) && may(&read(0o604), 1, &[]));
        assert!(!may(&read(0o044), 10, &[20]) && may(&read(0o044), 1, &[]));
        let enter = |mode| access(owned(mode), None, Ask::Enter).unwrap();
        assert!(may(&enter(0o711), 1, &[]) && !may(&enter(0o744), 1, &[20]));
    }

    #[test]
    fn an_acl_names_people_and_groups_up_to_its_mask() {
        let acl = written(&[
            (USER_OBJ, 6, NOBODY),
            (USER, 7, 11),
            (USER, 0, 12),
            (GROUP_OBJ, 0, NOBODY),
            (GROUP, 5, 21),
            (MASK, 4, NOBODY),
            (OTHER, 0, NOBODY),
        ]);
        let read = access(owned(0o640), Some(&acl), Ask::Read).unwrap();
        assert!(may(&read, 10, &[]) && may(&read, 11, &[]) && may(&read, 1, &[21]));
        assert!(!may(&read, 12, &[21]), "an entry of one's own goes first");
        assert!(!may(&read, 1, &[20]) && !may(&read, 1, &[]));
        // The mask leaves no entering.
        let enter = access(owned(0o640), Some(&acl), Ask::Enter).unwrap();
        assert!(!may(&enter, 11, &[21]));
    }

    #[test]
    fn what_is_no_acl_is_not_known() {
        let whole = [
            (USER_OBJ, 6, NOBODY),
            (GROUP_OBJ, 4, NOBODY),
            (OTHER, 4, NOBODY),
        ];
        assert!(access(owned(0), Some(&written(&whole)), Ask::Read).is_some());
        let mut wrong = vec![
            Vec::new(),
            written(&whole[..2]),
            written(&[whole.as_slice(), &[(USER, 4, 11)]].concat()),
            written(&[whole.as_slice(), &[(OTHER, 4, NOBODY)]].concat()),
            written(&[whole.as_slice(), &[(0x40, 4, 1)]].concat()),
            written(&[whole.as_slice(), &[(MASK, 8, NOBODY)]].concat()),
        ];
        let mut cut = written(&whole);
        cut.pop();
        wrong.push(cut);
        let mut version = written(&whole);
        version[0] = 3;
        wrong.push(version);
        for wrong in wrong {
            assert!(access(owned(0o777), Some(&wrong), Ask::Read).is_none());
        }
    }

    /// As acl(5) tells it, step by step.
    fn decides(entries: &[(u16, u16, u32)], (uid, gids): (u32, &[u32]), bit: u16) -> bool {
        let of = |wanted: u16| entries.iter().filter(move |(tag, ..)| *tag == wanted);
        let mask = of(MASK).next().map_or(7, |(_, rights, _)| *rights);
        if uid == 10 {
            return of(USER_OBJ).any(|(_, rights, _)| rights & bit != 0);
        }
        if let Some((_, rights, _)) = of(USER).find(|(.., id)| *id == uid) {
            return rights & mask & bit != 0;
        }
        let own = of(GROUP_OBJ).filter(|_| gids.contains(&20));
        let named = of(GROUP).filter(|(.., id)| gids.contains(id));
        let groups: Vec<_> = own.chain(named).collect();
        if !groups.is_empty() {
            return groups.iter().any(|(_, rights, _)| rights & mask & bit != 0);
        }
        of(OTHER).any(|(_, rights, _)| rights & bit != 0)
    }

    proptest! {
        #[test]
        fn nobody_sees_more_than_on_the_drive(
            rights in proptest::collection::vec(0u16..8, 8),
            (uid, gids) in (9u32..14, proptest::collection::vec(19u32..24, 0..3)),
            named in any::<bool>(),
        ) {
            let mut entries = vec![
                (USER_OBJ, rights[0], NOBODY),
                (GROUP_OBJ, rights[1], NOBODY),
                (OTHER, rights[2], NOBODY),
            ];
            if named {
                entries.extend([
                    (USER, rights[3], 11),
                    (USER, rights[4], 12),
                    (GROUP, rights[5], 21),
                    (GROUP, rights[6], 22),
                    (MASK, rights[7], NOBODY),
                ]);
            }
            for (ask, bit) in [(Ask::Read, 4), (Ask::Enter, 1)] {
                let found = access(owned(0), Some(&written(&entries)), ask).unwrap();
                let (ours, theirs) = (may(&found, uid, &gids), decides(&entries, (uid, &gids), bit));
                prop_assert!(theirs || !ours);
                // Somebody less only by a group that is denied while all others are not.
                let denied = found.deny.iter().any(|one| one.starts_with("gid:"));
                prop_assert!(ours == theirs || denied);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = access(owned(0o640), Some(&bytes), Ask::Read);
        }
    }
}
