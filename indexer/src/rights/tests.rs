//! Rights as a real file system has them.

use super::*;
use rustix::fs::{XattrFlags, setxattr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use zv_shared::Principals;
use zv_shared::access::EVERYBODY;

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn may(access: &Access, who: &[String]) -> bool {
    access.admits(&Principals::new(who.iter().cloned()), "x")
}

/// A file in two folders, all open to everybody.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
    std::fs::write(folder.path().join("a/b/c.txt"), "c").unwrap();
    for part in ["", "a", "a/b"] {
        mode(&folder.path().join(part), 0o755);
    }
    mode(&folder.path().join("a/b/c.txt"), 0o644);
    folder
}

/// Who may see `a/b/c.txt` now.
fn now(folder: &Path) -> Access {
    let root = Root::open(folder).unwrap();
    Rights::new(&root).of(b"a/b/c.txt")
}

#[test]
fn every_folder_on_the_way_counts() {
    let folder = tree();
    let owner = std::fs::metadata(folder.path()).unwrap();
    let (owner, own_group) = (user(owner.uid()), group(owner.gid()));
    assert_eq!(
        now(folder.path()).allow,
        [own_group.clone(), EVERYBODY.into(), owner.clone()]
    );
    assert!(may(&now(folder.path()), &[]));
    for part in ["", "a", "a/b"] {
        mode(&folder.path().join(part), 0o750);
        let access = now(folder.path());
        assert!(!may(&access, &[]), "{part:?}");
        assert!(may(&access, std::slice::from_ref(&own_group)), "{part:?}");
        assert!(may(&access, std::slice::from_ref(&owner)), "{part:?}");
        mode(&folder.path().join(part), 0o755);
    }
    // To read what is in a folder is not to come through it.
    mode(&folder.path().join("a"), 0o744);
    assert!(!may(&now(folder.path()), &[]));
    mode(&folder.path().join("a"), 0o711);
    assert!(may(&now(folder.path()), &[]));
    mode(&folder.path().join("a/b/c.txt"), 0o600);
    assert!(!may(&now(folder.path()), &[own_group]));
}

#[test]
fn who_needs_two_groups_needs_both() {
    let folder = tree();
    acl(&folder.path().join("a/b/c.txt"), 21, 4);
    acl(&folder.path().join("a"), 22, 1);
    let access = now(folder.path());
    assert!(may(&access, &[group(21), group(22)]));
    assert!(!may(&access, &[group(21)]) && !may(&access, &[group(22)]));
}

/// For its owner and one group.
fn acl(path: &Path, gid: u32, rights: u16) {
    let nobody = u32::MAX;
    let mut bytes = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in [
        (1u16, 7u16, nobody),
        (4, 0, nobody),
        (8, rights, gid),
        (0x10, 7, nobody),
        (0x20, 0, nobody),
    ] {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(rights.to_le_bytes());
        bytes.extend(id.to_le_bytes());
    }
    setxattr(path, "system.posix_acl_access", &bytes, XattrFlags::empty()).unwrap();
}

#[test]
fn what_is_not_there_is_not_known() {
    let folder = tree();
    let root = Root::open(folder.path()).unwrap();
    let rights = Rights::new(&root);
    for path in ["a/b/weg.txt", "weg/c.txt", "a/../a/b/c.txt"] {
        assert_eq!(rights.of(path.as_bytes()), Access::default(), "{path}");
    }
    // A link leads to rights of something else.
    std::os::unix::fs::symlink("b", folder.path().join("a/link")).unwrap();
    assert_eq!(rights.of(b"a/link/c.txt"), Access::default());
}
