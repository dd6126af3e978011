//! What is skipped by its name, and which files are offline. Never opens a file.

use rustix::fs::{StatFs, lgetxattr, statfs};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

/// A name, or the start of one followed by `*`, that is not indexed. Capitals do not matter: Windows writes
/// `Thumbs.db` and `thumbs.db`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkipRule {
    /// The name or its start.
    #[serde(rename = "naam")]
    pub pattern: String,
    /// Whether the rule works.
    #[serde(rename = "aan")]
    pub on: bool,
}

impl SkipRule {
    /// The rules of a new state folder: files that programs leave behind, and copies of a whole drive.
    pub fn defaults() -> Vec<SkipRule> {
        let names = [
            "~$*",
            "Thumbs.db",
            "desktop.ini",
            ".DS_Store",
            "$RECYCLE.BIN",
            ".snapshot",
            "~snapshot",
        ];
        let rule = |name: &str| SkipRule {
            pattern: name.to_owned(),
            on: true,
        };
        names.into_iter().map(rule).collect()
    }

    /// Whether this rule skips a file or folder of this name.
    pub fn skips(&self, name: &[u8]) -> bool {
        let pattern = self.pattern.as_bytes();
        self.on
            && match pattern.strip_suffix(b"*") {
                Some(start) => name
                    .get(..start.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(start)),
                None => name.eq_ignore_ascii_case(pattern),
            }
    }
}

/// When a file that has a size but no blocks on disk counts as offline (tape, archive or cloud).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfflineRule {
    /// On network file systems only: a local one keeps small files without blocks.
    Netwerk,
    /// On every file system.
    Altijd,
    /// Every file is opened, even when it must come from tape.
    Nooit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileSystem {
    Local,
    Network,
    Windows,
}

impl FileSystem {
    fn of(found: &StatFs) -> FileSystem {
        // The kernel's magic numbers (linux/magic.h, fs/smb/client). On 64 bits they are not sign-extended.
        match u32::try_from(found.f_type & 0xffff_ffff).unwrap_or_default() {
            0xff53_4d42 | 0xfe53_4d42 => FileSystem::Windows,
            0x6969 | 0x6573_5546 | 0x517b | 0x0102_1997 | 0x00c3_6400 => FileSystem::Network,
            _ => FileSystem::Local,
        }
    }
}

/// Tells offline files apart, asking each file system only once what it is.
#[derive(Debug)]
pub struct OfflineCheck {
    rule: OfflineRule,
    seen: Mutex<HashMap<u64, FileSystem>>,
}

impl OfflineCheck {
    /// By this rule.
    pub fn new(rule: OfflineRule) -> Self {
        OfflineCheck {
            rule,
            seen: Mutex::default(),
        }
    }

    /// Whether opening `path` would call it back from tape, archive or cloud.
    pub fn is_offline(&self, path: &Path, stat: &super::Stat) -> bool {
        let no_blocks = stat.size > 0 && stat.blocks == 0;
        match self.rule {
            OfflineRule::Nooit => false,
            OfflineRule::Altijd => no_blocks,
            OfflineRule::Netwerk => match self.file_system(path, stat.device) {
                FileSystem::Local => false,
                FileSystem::Network => no_blocks,
                // A Windows server tells precisely; its deduplicated files have no blocks and are not offline.
                FileSystem::Windows => windows_says_offline(path).unwrap_or(no_blocks),
            },
        }
    }

    fn file_system(&self, path: &Path, device: u64) -> FileSystem {
        let mut seen = self
            .seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *seen.entry(device).or_insert_with(|| {
            statfs(path).map_or(FileSystem::Local, |found| FileSystem::of(&found))
        })
    }
}

/// The attributes that the Linux SMB client passes on: OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS ([MS-FSCC] 2.6).
fn windows_says_offline(path: &Path) -> Option<bool> {
    let mut bytes = [0; 4];
    let length = lgetxattr(path, "user.cifs.dosattrib", &mut bytes).ok()?;
    let attributes = u32::from_le_bytes(bytes);
    (length == 4).then_some(attributes & (0x1000 | 0x4_0000 | 0x40_0000) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_match_names_in_any_case_and_can_be_switched_off() {
        let skipped = |name: &[u8]| SkipRule::defaults().iter().any(|rule| rule.skips(name));
        for name in [
            &b"~$nota.docx"[..],
            b"THUMBS.DB",
            b"desktop.ini",
            b"$Recycle.Bin",
            b".snapshot",
        ] {
            assert!(skipped(name), "{name:?}");
        }
        for name in [&b"nota~$.docx"[..], b"Thumbs.db.pdf", b"~", b"snapshot"] {
            assert!(!skipped(name), "{name:?}");
        }
        let off = SkipRule {
            pattern: "Thumbs.db".into(),
            on: false,
        };
        assert!(!off.skips(b"Thumbs.db"));
    }

    #[test]
    fn a_sparse_file_on_a_local_disk_is_not_offline_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        std::fs::File::create(&path)
            .unwrap()
            .set_len(1 << 20)
            .unwrap();
        let stat = super::super::Stat::of(&std::fs::symlink_metadata(&path).unwrap());
        assert!(!OfflineCheck::new(OfflineRule::Netwerk).is_offline(&path, &stat));
        assert!(OfflineCheck::new(OfflineRule::Altijd).is_offline(&path, &stat));
        assert!(!OfflineCheck::new(OfflineRule::Nooit).is_offline(&path, &stat));
    }
}
