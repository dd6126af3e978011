//! The settings of an index run: the section `inlezen` of the settings file. Never holds anything about one source or
//! one run.

use crate::read::{FORMATS, LimitSet, Limits};
use crate::walk::{OfflineRule, SkipRule};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use zv_shared::config::{Config, ConfigError};

/// The section of the settings file.
pub const SECTION: &str = "inlezen";

/// The limits of one format; what is not set is as for all formats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormatLimits {
    /// As [`Settings::text_bytes`].
    #[serde(rename = "tekst_bytes", skip_serializing_if = "Option::is_none")]
    pub text_bytes: Option<u64>,
    /// As [`Settings::pages`].
    #[serde(rename = "bladzijden", skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// As [`Settings::children`].
    #[serde(rename = "onderdelen", skip_serializing_if = "Option::is_none")]
    pub children: Option<u32>,
    /// As [`Settings::children_bytes`].
    #[serde(rename = "onderdelen_bytes", skip_serializing_if = "Option::is_none")]
    pub children_bytes: Option<u64>,
    /// As [`Settings::children_depth`].
    #[serde(rename = "onderdelen_diepte", skip_serializing_if = "Option::is_none")]
    pub children_depth: Option<u32>,
    /// As [`Settings::ratio`].
    #[serde(
        rename = "onderdelen_verhouding",
        skip_serializing_if = "Option::is_none"
    )]
    pub ratio: Option<u64>,
    /// As [`Settings::reader_seconds`].
    #[serde(rename = "lezer_seconden", skip_serializing_if = "Option::is_none")]
    pub reader_seconds: Option<u64>,
    /// As [`Settings::reader_memory`].
    #[serde(rename = "lezer_geheugen", skip_serializing_if = "Option::is_none")]
    pub reader_memory: Option<u64>,
}

impl FormatLimits {
    fn over(&self, general: &Limits) -> Limits {
        Limits {
            text_bytes: self.text_bytes.unwrap_or(general.text_bytes),
            pages: self.pages.unwrap_or(general.pages),
            children: self.children.unwrap_or(general.children),
            children_bytes: self.children_bytes.unwrap_or(general.children_bytes),
            depth: self.children_depth.unwrap_or(general.depth),
            ratio: self.ratio.unwrap_or(general.ratio),
            seconds: self.reader_seconds.unwrap_or(general.seconds),
            memory: self.reader_memory.unwrap_or(general.memory),
        }
    }
}

/// How a run walks, reads and writes. What the file does not set takes its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folders listed at once: a network drive answers slowly, but answers many questions at a time.
    #[serde(rename = "mappen_tegelijk")]
    pub parallel_directories: usize,
    /// Reader processes; 0 means as many as there are cores.
    #[serde(rename = "lezers")]
    pub readers: usize,
    /// What is skipped by name.
    #[serde(rename = "overslaan")]
    pub skip: Vec<SkipRule>,
    /// When a file without blocks on disk counts as offline.
    #[serde(rename = "offline")]
    pub offline: OfflineRule,
    /// Bytes of text per document.
    #[serde(rename = "tekst_bytes")]
    pub text_bytes: u64,
    /// Pages of a document.
    #[serde(rename = "bladzijden")]
    pub pages: u32,
    /// Members of all containers below one file together.
    #[serde(rename = "onderdelen")]
    pub children: u32,
    /// Unpacked bytes of all containers below one file together.
    #[serde(rename = "onderdelen_bytes")]
    pub children_bytes: u64,
    /// Containers inside containers.
    #[serde(rename = "onderdelen_diepte")]
    pub children_depth: u32,
    /// Unpacked bytes per packed byte.
    #[serde(rename = "onderdelen_verhouding")]
    pub ratio: u64,
    /// Seconds of wall clock per document.
    #[serde(rename = "lezer_seconden")]
    pub reader_seconds: u64,
    /// Address space of a reader process in bytes.
    #[serde(rename = "lezer_geheugen")]
    pub reader_memory: u64,
    /// Other limits for single formats, by their name.
    #[serde(rename = "per_formaat")]
    pub per_format: BTreeMap<String, FormatLimits>,
    /// Whether images and scans are read by OCR, after everything else.
    #[serde(rename = "tekstherkenning")]
    pub ocr: bool,
    /// Seconds of wall clock per page of OCR.
    #[serde(rename = "tekstherkenning_seconden")]
    pub ocr_seconds: u64,
    /// Members of a family that are written at once; a larger one is written in parts.
    #[serde(rename = "familie_leden")]
    pub family_members: usize,
    /// Bytes of text of a family that are written at once.
    #[serde(rename = "familie_bytes")]
    pub family_bytes: usize,
    /// Seconds until the first commit, so that something can be searched soon.
    #[serde(rename = "eerste_vastlegging_seconden")]
    pub first_commit_seconds: u64,
    /// Seconds between commits after that.
    #[serde(rename = "vastlegging_seconden")]
    pub commit_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let limits = Limits::STANDARD;
        Settings {
            parallel_directories: 8,
            readers: 0,
            skip: SkipRule::defaults(),
            offline: OfflineRule::Netwerk,
            text_bytes: limits.text_bytes,
            pages: limits.pages,
            children: limits.children,
            children_bytes: limits.children_bytes,
            children_depth: limits.depth,
            ratio: limits.ratio,
            reader_seconds: limits.seconds,
            reader_memory: limits.memory,
            per_format: BTreeMap::new(),
            ocr: true,
            ocr_seconds: 120,
            family_members: 500,
            family_bytes: 32 * 1024 * 1024,
            first_commit_seconds: 3,
            commit_seconds: 15,
        }
    }
}

impl Settings {
    /// The settings of this state folder.
    ///
    /// # Errors
    /// [`ConfigError`], also for limits of something that is no format.
    pub fn load(state: &Path) -> Result<Self, ConfigError> {
        let config = Config::load(state)?;
        let settings: Settings = config.section(SECTION)?;
        let mut names = settings.per_format.keys();
        match names.find(|name| !FORMATS.contains(&name.as_str())) {
            Some(name) => Err(config.wrong(&format!(
                "{name} is geen formaat dat eigen grenzen kan hebben; dat zijn {}",
                FORMATS.join(", ")
            ))),
            None => Ok(settings),
        }
    }

    /// What reading a document may cost, by its format.
    pub fn limits(&self) -> LimitSet {
        let general = Limits {
            text_bytes: self.text_bytes,
            pages: self.pages,
            children: self.children,
            children_bytes: self.children_bytes,
            depth: self.children_depth,
            ratio: self.ratio,
            seconds: self.reader_seconds,
            memory: self.reader_memory,
        };
        let formats = self.per_format.iter();
        let formats = formats.map(|(format, own)| (format.clone(), own.over(&general)));
        LimitSet {
            formats: formats.collect(),
            general,
        }
    }

    /// Reads no more text of a document than this, whatever was set: the index cannot hold more.
    pub fn hold_at_most(&mut self, text_bytes: u64) {
        self.text_bytes = self.text_bytes.min(text_bytes);
        for own in self.per_format.values_mut() {
            own.text_bytes = own.text_bytes.map(|own| own.min(text_bytes));
        }
    }

    /// Number of reader processes.
    pub fn reader_count(&self) -> usize {
        match self.readers {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            count => count,
        }
    }

    /// Time until the first commit and between the later ones.
    pub fn commit_times(&self) -> (Duration, Duration) {
        (
            Duration::from_secs(self.first_commit_seconds),
            Duration::from_secs(self.commit_seconds.max(1)),
        )
    }

    /// Everything that can change what becomes of a document that was not wholly read; `ocr` describes what
    /// OCR there is.
    pub(crate) fn limits_digest(&self, ocr: &str) -> u32 {
        let all = self.limits();
        let mut hasher = Sha256::new();
        hasher.update(ocr);
        hasher.update(self.ocr_seconds.to_be_bytes());
        add_limits(&mut hasher, &all.general);
        // A format with the limits that all have is no change.
        for (format, own) in all.formats.iter().filter(|(_, own)| **own != all.general) {
            hasher.update(format);
            add_limits(&mut hasher, own);
        }
        let digest = hasher.finalize();
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}

fn add_limits(hasher: &mut Sha256, limits: &Limits) {
    let numbers = [
        limits.text_bytes,
        u64::from(limits.pages),
        u64::from(limits.children),
        limits.children_bytes,
        u64::from(limits.depth),
        limits.ratio,
        limits.seconds,
        limits.memory,
    ];
    numbers
        .iter()
        .for_each(|number| hasher.update(number.to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_its_own_limits_and_the_others_where_it_has_none() {
        let state = tempfile::tempdir().unwrap();
        let load = |toml: &str| {
            std::fs::write(state.path().join("zoekenvind.toml"), toml).unwrap();
            Settings::load(state.path()).map_err(|error| error.to_string())
        };
        let settings = load(
            "[inlezen]\nonderdelen = 50\nper_formaat.pst = {onderdelen = 900, lezer_geheugen = 5000000000}\n\
             per_formaat.pdf.bladzijden = 20\n",
        )
        .unwrap();
        let limits = settings.limits();
        assert_eq!(limits.of("zip").children, 50);
        assert_eq!(limits.of("pst").children, 900);
        assert_eq!(limits.of("pst").pages, 999_999);
        assert_eq!(
            (limits.of("pdf").pages, limits.of("pdf").children),
            (20, 50)
        );
        assert_eq!(limits.most_memory(), 5_000_000_000);
        let wrong = load("[inlezen.per_formaat.pfd]\nbladzijden = 20").unwrap_err();
        assert!(wrong.contains("pfd is geen formaat"), "{wrong}");
        let wrong = load("[inlezen.per_formaat.pdf]\nbladzijde = 20").unwrap_err();
        assert!(wrong.contains("bedoelde u bladzijden?"), "{wrong}");
    }

    #[test]
    fn every_setting_can_be_written_as_it_is_read() {
        let written = toml::to_string_pretty(&Settings::default()).unwrap();
        let read: Settings = toml::from_str(&written).unwrap();
        assert_eq!(read, Settings::default());
    }

    #[test]
    fn a_changed_limit_changes_the_digest() {
        let settings = Settings::default();
        let other = Settings {
            children_depth: 3,
            ..settings.clone()
        };
        assert_ne!(settings.limits_digest(""), other.limits_digest(""));
        let with = |own: FormatLimits| Settings {
            per_format: [("zip".to_owned(), own)].into(),
            ..settings.clone()
        };
        let nothing = with(FormatLimits::default());
        assert_eq!(settings.limits_digest(""), nothing.limits_digest(""));
        let pages = with(FormatLimits {
            pages: Some(3),
            ..FormatLimits::default()
        });
        assert_ne!(settings.limits_digest(""), pages.limits_digest(""));
        assert_ne!(
            settings.limits_digest(""),
            settings.limits_digest("tesseract")
        );
    }
}
