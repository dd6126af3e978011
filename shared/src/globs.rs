//! Patterns for paths within a source, as people write them. Owns what fits one. Never looks at a drive.

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

/// Globs for paths. Capitals do not matter. `*` stays within a folder, `**` does not; a pattern without `/` is about a
/// name at any depth; a pattern that fits a folder is about everything in it.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
    /// As they were written.
    written: Vec<String>,
}

impl Globs {
    /// From what somebody wrote.
    ///
    /// # Errors
    /// The first pattern that is none.
    pub fn new(patterns: &[String]) -> Result<Self, GlobsError> {
        Ok(Globs {
            set: set(patterns)?,
            written: patterns.to_vec(),
        })
    }

    /// The pattern that the path itself fits.
    pub fn fitting(&self, path: &[u8]) -> Option<&str> {
        let found = self.set.matches_candidate(&candidate(path));
        let first = found.first();
        first.map(|&position| self.written[position].as_str())
    }

    /// Whether the path, or a folder above it, fits one of them.
    pub fn cover(&self, path: &[u8]) -> bool {
        let ends = path.iter().enumerate();
        let ends = ends.filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        ends.chain([path.len()])
            .any(|end| self.set.is_match_candidate(&candidate(&path[..end])))
    }
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

    #[test]
    fn a_pattern_covers_what_it_fits_and_what_lies_in_a_folder_that_it_fits() {
        let patterns = ["Personeel", "/directie/*/Geheim/", "*.pst"].map(str::to_owned);
        let globs = Globs::new(&patterns).unwrap();
        for path in [
            "personeel",
            "a/PERSONEEL/b/c.txt",
            "Directie/Wonen/geheim/x/y.docx",
            "a/b.pst",
        ] {
            assert!(globs.cover(path.as_bytes()), "{path}");
        }
        for path in [
            "personeelslid/a.txt",
            "directie/geheim/x",
            "a/b.pst.txt",
            "",
        ] {
            assert!(!globs.cover(path.as_bytes()), "{path}");
        }
        assert_eq!(globs.fitting(b"a/b.pst"), Some("*.pst"));
        assert_eq!(globs.fitting(b"personeel/a.txt"), None);
        assert!(!Globs::new(&[]).unwrap().cover(b"a"));
    }
}
