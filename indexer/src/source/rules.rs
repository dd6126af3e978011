//! What the beheerder decided about one source: which of its files are indexed, how fast, and what they are. Kept
//! with the source. Never looks at a file.

use crate::dms::{ExportRules, Koppeling};
use crate::enrich;
use crate::walk::{Globs, GlobsError};
use serde::{Deserialize, Serialize};

/// The rules of one source. What is not set asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceRules {
    /// Globs of what is indexed; without any, everything.
    #[serde(rename = "alleen", skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Globs of what is left out.
    #[serde(rename = "niet", skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// Larger files are left out, in bytes.
    #[serde(rename = "grootste_bytes", skip_serializing_if = "Option::is_none")]
    pub largest: Option<u64>,
    /// At most so many files are opened in a second.
    #[serde(
        rename = "bestanden_per_seconde",
        skip_serializing_if = "Option::is_none"
    )]
    pub files_per_second: Option<u32>,
    /// At most so many bytes are read in a second.
    #[serde(rename = "bytes_per_seconde", skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<u64>,
    /// Where in a path the name of the custodian stands, as `Afdeling/*/{houder}`.
    #[serde(rename = "houder", skip_serializing_if = "Option::is_none")]
    pub custodian: Option<String>,
    /// Which part of the organisation the source belongs to.
    #[serde(rename = "eigenaar", skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Whether the rights of its files are read. If not, a machtiging alone decides who sees them.
    #[serde(rename = "rechten_lezen", skip_serializing_if = "is_false")]
    pub rights: bool,
    /// How long what is in it must be kept, in words.
    #[serde(rename = "bewaren", skip_serializing_if = "String::is_empty")]
    pub retention: String,
    /// What is done with what an export of a document system says of who may use it.
    #[serde(rename = "export", skip_serializing_if = "ExportRules::is_default")]
    pub export: ExportRules,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

/// Restrictions of an export that are decided about one by one.
const MOST_VALUES: usize = 1000;
/// Characters of one.
const LONGEST_VALUE: usize = 1000;

/// The place of the custodian's name in a pattern.
const CUSTODIAN: &str = "{houder}";

/// A rule that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A glob is not one.
    #[error(transparent)]
    Globs(#[from] GlobsError),
    /// No source would ever be done.
    #[error("een snelheid van 0 leest nooit iets; laat het veld leeg voor zo snel als kan")]
    Standstill,
    /// Nothing would be indexed.
    #[error("met 0 als grootste bestand wordt er niets ingelezen; laat het veld leeg")]
    Nothing,
    /// The list of an export cannot be read so.
    #[error("de koppeling klopt niet: {0}")]
    List(String),
    /// More restrictions than anybody decides about.
    #[error(
        "een bron kent hoogstens {MOST_VALUES} beperkingen van elk hoogstens {LONGEST_VALUE} tekens"
    )]
    Restrictions,
    /// A pattern without a name in it.
    #[error("het patroon {0:?} noemt niet precies een keer {{houder}} als naam van een map")]
    Custodian(String),
}

impl SourceRules {
    /// Whether the rules can work.
    pub fn check(&self) -> Result<(), RulesError> {
        self.globs()?;
        if self.files_per_second == Some(0) || self.bytes_per_second == Some(0) {
            return Err(RulesError::Standstill);
        }
        if self.largest == Some(0) {
            return Err(RulesError::Nothing);
        }
        let values = &self.export.values;
        let long = |value: &String| value.chars().count() > LONGEST_VALUE;
        if values.len() > MOST_VALUES || values.keys().any(long) {
            return Err(RulesError::Restrictions);
        }
        if let Some(wrong) = self.export.list.as_ref().and_then(Koppeling::wrong) {
            return Err(RulesError::List(wrong));
        }
        match &self.custodian {
            Some(pattern) if pattern.split('/').filter(|part| *part == CUSTODIAN).count() != 1 => {
                Err(RulesError::Custodian(pattern.clone()))
            }
            _ => Ok(()),
        }
    }

    /// The globs and the largest size, ready to be asked.
    pub fn globs(&self) -> Result<Globs, GlobsError> {
        Globs::new(&self.only, &self.not, self.largest)
    }

    /// Whose folder or mailbox the file at `path` lies in: by the rule of this source where that fits, else by the
    /// rules for all.
    pub fn custodian_of(&self, path: &[u8]) -> Option<String> {
        let own = self.custodian.as_deref();
        own.and_then(|pattern| by_pattern(pattern, path))
            .or_else(|| enrich::custodian(path))
    }
}

/// The part of `path` where `pattern` has the name; the path must go on below it.
fn by_pattern(pattern: &str, path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let folders = &path.rsplit_once('/')?.0;
    let mut folders = folders.split('/');
    let mut name = None;
    for wanted in pattern.split('/') {
        let folder = folders.next()?;
        match wanted {
            CUSTODIAN => name = Some(folder.trim().to_owned()),
            "*" => {}
            wanted if wanted.to_lowercase() == folder.to_lowercase() => {}
            _ => return None,
        }
    }
    name.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_the_custodian_and_else_the_common_rules_do() {
        let rules = SourceRules {
            custodian: Some("Directie/*/{houder}".into()),
            ..SourceRules::default()
        };
        rules.check().unwrap();
        let of = |path: &str| rules.custodian_of(path.as_bytes());
        assert_eq!(
            of("directie/Wonen/J. Jansen/nota.docx").as_deref(),
            Some("J. Jansen")
        );
        assert_eq!(
            of("Directie/Wonen/J. Jansen/2021/nota.docx").as_deref(),
            Some("J. Jansen")
        );
        // A file is no person.
        assert_eq!(of("Directie/Wonen/nota.docx"), None);
        assert_eq!(of("Archief/Wonen/J. Jansen/nota.docx"), None);
        assert_eq!(of("home/piet/nota.docx").as_deref(), Some("piet"));
    }

    #[test]
    fn rules_that_cannot_work_are_refused() {
        let wrong = [
            SourceRules {
                not: vec!["[a".into()],
                ..SourceRules::default()
            },
            SourceRules {
                files_per_second: Some(0),
                ..SourceRules::default()
            },
            SourceRules {
                largest: Some(0),
                ..SourceRules::default()
            },
            SourceRules {
                custodian: Some("Directie/*".into()),
                ..SourceRules::default()
            },
        ];
        for rules in wrong {
            assert!(rules.check().is_err(), "{rules:?}");
        }
        SourceRules::default().check().unwrap();
    }
}
