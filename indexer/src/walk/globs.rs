//! Which files of one source are indexed, by its globs and its largest size. Never opens a file.

pub use zv_shared::globs::GlobsError;

use zv_shared::globs;

/// The globs of a source.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    only: Option<globs::Globs>,
    not: globs::Globs,
    largest: Option<u64>,
}

impl Globs {
    /// From what the beheerder wrote.
    pub fn new(only: &[String], not: &[String], largest: Option<u64>) -> Result<Self, GlobsError> {
        Ok(Globs {
            only: match only.is_empty() {
                true => None,
                false => Some(globs::Globs::new(only)?),
            },
            not: globs::Globs::new(not)?,
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
        if self.only.as_ref().is_some_and(|only| !only.cover(path)) {
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
        self.not.fitting(path)
    }
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
