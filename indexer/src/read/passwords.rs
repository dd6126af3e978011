//! The passwords of a source that are tried on what is encrypted. Never shows one: not in a message, not in `Debug`,
//! and what is told of a document is only that one of them opened it.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Output, Stop, key};

/// More passwords than this take too long to try on every file.
pub const MOST: usize = 1000;
/// Bytes of all of them together.
const MOST_BYTES: usize = 100_000;
/// What a document says that one of them opened.
const OPENED: &str = "geopend met een wachtwoord van de lijst";

/// A list of passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passwords(Arc<[String]>);

impl std::fmt::Debug for Passwords {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Passwords({})", self.0.len())
    }
}

impl From<Vec<String>> for Passwords {
    fn from(list: Vec<String>) -> Self {
        Passwords(list.into())
    }
}

impl Passwords {
    /// The list in a file: one on each line, in UTF-8. The error is a Dutch sentence without any of them.
    pub fn read(path: &Path) -> Result<Passwords, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "het is geen tekst in UTF-8".to_owned())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.lines().filter(|line| !line.is_empty());
        let mut list: Vec<String> = lines.map(str::to_owned).collect();
        let mut seen = std::collections::HashSet::new();
        list.retain(|password| seen.insert(password.clone()));
        if list.len() > MOST || list.iter().map(String::len).sum::<usize>() > MOST_BYTES {
            return Err(format!("er staan meer dan {MOST} wachtwoorden in"));
        }
        Ok(list.into())
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Other lists have another one; the order does not matter.
    pub fn digest(&self) -> u32 {
        let mut sorted: Vec<&str> = self.iter().collect();
        sorted.sort_unstable();
        let mut hasher = Sha256::new();
        for password in sorted {
            hasher.update((password.len() as u64).to_be_bytes());
            hasher.update(password);
        }
        let digest = hasher.finalize();
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}

/// Tells that one of the list opened the document, and not which.
pub(super) fn tell(output: &mut dyn Output) -> Result<(), Stop> {
    output.property(key::ENCRYPTED, OPENED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_by_lines_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lijst");
        std::fs::write(&path, "\u{feff}geheim\r\n\r\ndijk 2019\ngeheim\n").unwrap();
        let list = Passwords::read(&path).unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), ["geheim", "dijk 2019"]);
        assert_eq!(format!("{list:?}"), "Passwords(2)");
        std::fs::write(&path, "dijk 2019\ngeheim").unwrap();
        let turned = Passwords::read(&path).unwrap();
        assert_eq!(turned.digest(), list.digest());
        assert_ne!(Passwords::default().digest(), list.digest());
        std::fs::write(&path, "x\n".repeat(5)).unwrap();
        assert_eq!(Passwords::read(&path).unwrap().iter().count(), 1);
        let many: String = (0..=MOST)
            .map(|number| format!("geheim{number}\n"))
            .collect();
        std::fs::write(&path, many).unwrap();
        let error = Passwords::read(&path).unwrap_err();
        assert!(!error.contains("geheim"), "{error}");
    }
}
