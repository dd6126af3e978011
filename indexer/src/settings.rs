//! The settings of an index run, kept as `instellingen.json` in the state folder so that they can be seen and
//! changed. Never holds anything about one source or one run.

use crate::read::{FORMATS, LimitSet, Limits};
use crate::walk::{OfflineRule, SkipRule};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// File in the state folder.
const FILE: &str = "instellingen.json";

/// The settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read or written.
    #[error("de instellingen in {0} kunnen niet worden gelezen of geschreven: {1}")]
    Io(String, #[source] std::io::Error),
    /// It is not what this program understands.
    #[error("de instellingen in {0} kloppen niet: {said}", said = in_dutch(.1))]
    Format(String, #[source] serde_json::Error),
    /// Limits for something that is no format.
    #[error(
        "de instellingen in {0} kloppen niet: {1} is geen formaat dat eigen grenzen kan hebben; dat zijn {known}",
        known = FORMATS.join(", ")
    )]
    NoFormat(String, String),
}

/// What users can do about: a name that is not known is the commonest mistake.
fn in_dutch(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.strip_prefix("unknown field ") {
        Some(rest) => format!(
            "onbekende naam {}",
            rest.replace("expected one of", "mogelijk zijn")
                .replace("expected", "mogelijk is")
                .replace(" at line ", " op regel ")
                .replace(" column ", " teken ")
        ),
        None => said,
    }
}

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

/// How a run walks, reads and writes. Missing fields in the file take their default.
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
    /// The settings of this state folder; writes the defaults where there are none yet.
    pub fn load_or_create(state: &Path) -> Result<Self, SettingsError> {
        let path = state.join(FILE);
        let shown = || path.display().to_string();
        match std::fs::read(&path) {
            Ok(bytes) => {
                let settings: Settings = serde_json::from_slice(&bytes)
                    .map_err(|e| SettingsError::Format(shown(), e))?;
                let mut names = settings.per_format.keys();
                match names.find(|name| !FORMATS.contains(&name.as_str())) {
                    Some(name) => Err(SettingsError::NoFormat(shown(), name.clone())),
                    None => Ok(settings),
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let settings = Settings::default();
                let json = serde_json::to_vec_pretty(&settings)
                    .map_err(|e| SettingsError::Format(shown(), e))?;
                std::fs::write(&path, json).map_err(|e| SettingsError::Io(shown(), e))?;
                Ok(settings)
            }
            Err(error) => Err(SettingsError::Io(shown(), error)),
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
    fn settings_are_visible_and_can_be_changed() {
        let state = tempfile::tempdir().unwrap();
        let first = Settings::load_or_create(state.path()).unwrap();
        assert_eq!(first, Settings::default());
        let path = state.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("$RECYCLE.BIN"), "{text}");
        std::fs::write(&path, r#"{"mappen_tegelijk": 32}"#).unwrap();
        let changed = Settings::load_or_create(state.path()).unwrap();
        assert_eq!(changed.parallel_directories, 32);
        assert_eq!(changed.text_bytes, first.text_bytes);
        std::fs::write(&path, r#"{"mapen_tegelijk": 32}"#).unwrap();
        let error = Settings::load_or_create(state.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("onbekende naam `mapen_tegelijk`"), "{error}");
    }

    #[test]
    fn a_format_has_its_own_limits_and_the_others_where_it_has_none() {
        let state = tempfile::tempdir().unwrap();
        let load = |json: &str| {
            std::fs::write(state.path().join(FILE), json).unwrap();
            Settings::load_or_create(state.path()).map_err(|error| error.to_string())
        };
        let settings = load(
            r#"{"onderdelen": 50, "per_formaat": {"pst": {"onderdelen": 900, "lezer_geheugen": 5000000000}, "pdf": {"bladzijden": 20}}}"#,
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
        let wrong = load(r#"{"per_formaat": {"pfd": {"bladzijden": 20}}}"#).unwrap_err();
        assert!(wrong.contains("pfd is geen formaat"), "{wrong}");
        let wrong = load(r#"{"per_formaat": {"pdf": {"paginas": 20}}}"#).unwrap_err();
        assert!(
            wrong.contains("onbekende naam `paginas`, mogelijk zijn"),
            "{wrong}"
        );
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
