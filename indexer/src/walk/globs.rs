//! Which files of one source are indexed, by its globs and its largest size. Never opens a file.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// A glob cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("het patroon {pattern:?} klopt niet: {why}")]
pub struct GlobsError {
    /// As it was written.
    pub pattern: String,
    /// What is wrong.
    pub why: String,
}

/// The globs of a source. Capitals do not matter. `*` stays within a folder, `**` does not; a pattern without `/` is
/// about a name at any depth; a pattern that fits a folder is about everything in it.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    only: Option<GlobSet>,
    not: GlobSet,
    /// As they were written, for the account.
    not_written: Vec<String>,
    largest: Option<u64>,
}

impl Globs {
    /// From what the beheerder wrote.
    pub fn new(only: &[String], not: &[String], largest: Option<u64>) -> Result<Self, GlobsError> {
        Ok(Globs {
            only: match only.is_empty() {
                true => None,
                false => Some(set(only)?),
            },
            not: set(not)?,
            not_written: not.to_vec(),
            largest,
        })
    }

    /// The rule by which nothing in the folder at `path`, within its bron, is indexed.
    pub fn skips_folder(&self, path: &[u8]) -> Option<&str> {
        self.left_out(path)
    }

    /// The rule by which the file at `path`, within its bron, is not indexed.
    pub fn skips_file(&self, path: &[u8]) -> Option<String> {
        if let Some(rule) = self.left_out(path) {
            return Some(rule.to_owned());
        }
        if self.only.as_ref().is_some_and(|only| !below(only, path)) {
            return Some("valt buiten wat van deze bron wordt ingelezen".to_owned());
        }
        None
    }

    /// The rule by which a file of `size` bytes is not indexed.
    pub fn skips_size(&self, size: u64) -> Option<String> {
        let largest = self.largest.filter(|largest| size > *largest)?;
        Some(format!("groter dan {largest} bytes"))
    }

    /// The walk never enters a folder that is left out: the folders above `path` were asked before.
    fn left_out(&self, path: &[u8]) -> Option<&str> {
        let found = self.not.matches_candidate(&candidate(path));
        found
            .first()
            .map(|&position| self.not_written[position].as_str())
    }
}

/// Whether `path` or a folder above it fits.
fn below(globs: &GlobSet, path: &[u8]) -> bool {
    let ends = path.iter().enumerate();
    let ends = ends.filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    ends.chain([path.len()])
        .any(|end| globs.is_match_candidate(&candidate(&path[..end])))
}

fn candidate(path: &[u8]) -> Candidate<'_> {
    use std::os::unix::ffi::OsStrExt;
    Candidate::new(std::path::Path::new(std::ffi::OsStr::from_bytes(path)))
}

fn set(patterns: &[String]) -> Result<GlobSet, GlobsError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let wrong = |why: String| GlobsError {
            pattern: pattern.clone(),
            why,
        };
        // Who copies a path from Windows writes its separators.
        let written = pattern.trim().replace('\\', "/");
        let written = written.trim_matches('/');
        if written.is_empty() {
            return Err(wrong("er staat niets".to_owned()));
        }
        let whole = match written.contains('/') {
            true => written.to_owned(),
            false => format!("**/{written}"),
        };
        let glob = GlobBuilder::new(&whole)
            .case_insensitive(true)
            .literal_separator(true)
            .backslash_escape(false)
            .build();
        set.add(glob.map_err(|error| wrong(error.kind().to_string()))?);
    }
    set.build().map_err(|error| GlobsError {
        pattern: patterns.join(", "),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(only: &[&str], not: &[&str], largest: Option<u64>) -> Globs {
        let own = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        Globs::new(&own(only), &own(not), largest).unwrap()
    }

    #[test]
    fn a_pattern_is_about_a_name_a_path_or_everything_in_a_folder() {
        let globs = globs(
            &[],
            &["*.bak", "Kopie van *", "\\Privé\\", "a/*/c.txt"],
            None,
        );
        let skips = |path: &str| globs.skips_file(path.as_bytes());
        assert_eq!(skips("diep/in/NOTA.BAK").as_deref(), Some("*.bak"));
        assert_eq!(skips("Kopie van nota.docx").as_deref(), Some("Kopie van *"));
        assert!(globs.skips_folder("Privé".as_bytes()).is_some());
        assert!(globs.skips_folder("dir/Privé".as_bytes()).is_some());
        assert!(skips("a/b/c.txt").is_some());
        for kept in ["a/b/b/c.txt", "nota.bak.docx", "nota.docx"] {
            assert_eq!(skips(kept), None, "{kept}");
        }
    }

    #[test]
    fn only_what_fits_or_lies_in_a_folder_that_fits_is_indexed() {
        let globs = globs(&["Directie Wonen", "*.pst"], &["concept*"], Some(100));
        let skips = |path: &str| globs.skips_file(path.as_bytes());
        assert_eq!(skips("directie wonen/2021/nota.docx"), None);
        assert_eq!(skips("elders/jan.pst"), None);
        assert!(skips("elders/nota.docx").is_some());
        assert_eq!(
            skips("Directie Wonen/concept nota.docx").as_deref(),
            Some("concept*")
        );
        assert_eq!(
            globs.skips_size(101).as_deref(),
            Some("groter dan 100 bytes")
        );
        assert_eq!(globs.skips_size(100), None);
    }

    #[test]
    fn names_that_are_not_utf8_are_matched_too() {
        let globs = globs(&[], &["*.tmp"], None);
        assert!(globs.skips_file(b"caf\xe9.tmp").is_some());
        assert!(globs.skips_file(b"caf\xe9.txt").is_none());
    }

    #[test]
    fn a_pattern_that_is_none_is_refused_with_its_text() {
        for wrong in ["[a", "", " / "] {
            let error = Globs::new(&[], &[wrong.to_owned()], None).unwrap_err();
            assert!(error.to_string().contains("klopt niet"), "{error}");
        }
    }
}
