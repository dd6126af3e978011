//! The settings of an index run, kept as `instellingen.json` in the state folder so that they can be seen and
//! changed. Never holds anything about one source or one run.

use crate::read::Limits;
use crate::walk::{OfflineRule, SkipRule};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Duration;

/// File in the state folder.
const FILE: &str = "instellingen.json";
const MIB: u64 = 1024 * 1024;

/// The settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read or written.
    #[error("de instellingen in {0} kunnen niet worden gelezen of geschreven: {1}")]
    Io(String, #[source] std::io::Error),
    /// It is not what this program understands.
    #[error("de instellingen in {0} kloppen niet: {1}")]
    Format(String, #[source] serde_json::Error),
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
    /// Members of all containers below one file together.
    #[serde(rename = "onderdelen")]
    pub children: u32,
    /// Unpacked bytes of all containers below one file together.
    #[serde(rename = "onderdelen_bytes")]
    pub children_bytes: u64,
    /// Containers inside containers.
    #[serde(rename = "onderdelen_diepte")]
    pub children_depth: usize,
    /// Unpacked bytes per packed byte.
    #[serde(rename = "onderdelen_verhouding")]
    pub ratio: u64,
    /// Seconds of wall clock per document.
    #[serde(rename = "lezer_seconden")]
    pub reader_seconds: u64,
    /// Address space of a reader process in bytes.
    #[serde(rename = "lezer_geheugen")]
    pub reader_memory: u64,
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
        Settings {
            parallel_directories: 8,
            readers: 0,
            skip: SkipRule::defaults(),
            offline: OfflineRule::Netwerk,
            text_bytes: 512 * MIB,
            children: 100_000,
            children_bytes: 8 * 1024 * MIB,
            children_depth: 10,
            ratio: 1000,
            reader_seconds: 120,
            reader_memory: 2 * 1024 * MIB,
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
                serde_json::from_slice(&bytes).map_err(|e| SettingsError::Format(shown(), e))
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

    /// What a reader may produce from one document.
    pub fn limits(&self) -> Limits {
        Limits {
            text_bytes: self.text_bytes,
            children: self.children,
            children_bytes: self.children_bytes,
            ratio: self.ratio,
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
        let numbers = [
            self.text_bytes,
            u64::from(self.children),
            self.children_bytes,
            self.children_depth as u64,
            self.ratio,
            self.reader_seconds,
            self.reader_memory,
            self.ocr_seconds,
        ];
        let mut hasher = Sha256::new();
        hasher.update(ocr);
        numbers
            .iter()
            .for_each(|number| hasher.update(number.to_be_bytes()));
        let digest = hasher.finalize();
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
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
        assert!(error.contains("mapen_tegelijk"), "{error}");
    }

    #[test]
    fn a_changed_limit_changes_the_digest() {
        let settings = Settings::default();
        let other = Settings {
            children_depth: 3,
            ..settings.clone()
        };
        assert_ne!(settings.limits_digest(""), other.limits_digest(""));
        assert_ne!(
            settings.limits_digest(""),
            settings.limits_digest("tesseract")
        );
    }
}
