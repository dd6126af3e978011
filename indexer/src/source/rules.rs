//! What the beheerder decided about one source: which of its files are indexed, how fast, and what they are. Kept
//! with the source. Never looks at a file.

use crate::dms::{Beleid, Described, ExportRules, Koppeling, Verdict, Vorm};
use crate::walk::{Globs, GlobsError};
use crate::{enrich, fetch};
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
    /// Everything in it is public already.
    #[serde(rename = "openbaar", skip_serializing_if = "is_false")]
    pub public: bool,
    /// The address of the sitemap that names its documents: they are fetched before each run, and public.
    #[serde(rename = "sitemap", skip_serializing_if = "Option::is_none")]
    pub sitemap: Option<String>,
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
    /// No address of a sitemap.
    #[error(
        "{0:?} is geen adres van een sitemap: dat begint met https:// en heeft geen naam of wachtwoord"
    )]
    Sitemap(String),
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
        if let Some(address) = self.sitemap.as_deref().filter(|one| !is_address(one)) {
            return Err(RulesError::Sitemap(address.to_owned()));
        }
        match &self.custodian {
            Some(pattern) if pattern.split('/').filter(|part| *part == CUSTODIAN).count() != 1 => {
                Err(RulesError::Custodian(pattern.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Whether everything in it is public already.
    pub fn is_public(&self) -> bool {
        self.public || self.sitemap.is_some()
    }

    /// The list that names the files of the source.
    pub fn list(&self) -> Option<Koppeling> {
        let fetched = || Koppeling {
            lijst: fetch::SITEMAP.to_owned(),
            vorm: Vorm::Diwoo,
            ..Koppeling::default()
        };
        let list = self.export.list.clone();
        list.or_else(|| self.sitemap.is_some().then(fetched))
    }

    /// What is made of a document. Who may use what is public need not be said.
    pub fn judge(&self, described: &Described) -> Verdict {
        match self.is_public() && self.export.absent.is_none() {
            true => ExportRules {
                absent: Some(Beleid::Open),
                ..self.export.clone()
            }
            .judge(described),
            false => self.export.judge(described),
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

/// Whether something may be fetched from here: over TLS, or from this computer itself.
fn is_address(text: &str) -> bool {
    let host = |scheme: &str| {
        let rest = text.strip_prefix(scheme)?;
        let host = rest.split(['/', '?', '#']).next()?;
        let sound = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        (!host.is_empty() && host.chars().all(sound)).then_some(host)
    };
    let here = |host: &str| {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    };
    let sound = text.len() <= LONGEST_VALUE && !text.contains(char::is_whitespace);
    sound && (host("https://").is_some() || host("http://").is_some_and(here))
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
    fn a_sitemap_comes_over_tls_or_from_here() {
        for address in [
            "https://open.voorbeeld.nl/sitemap.xml",
            "http://127.0.0.1:8080/s.xml",
            "http://localhost/s.xml",
        ] {
            assert!(is_address(address), "{address}");
        }
        for address in [
            "http://open.voorbeeld.nl/sitemap.xml",
            "https://naam@x.nl/s.xml",
            "https://",
            "file:///etc/passwd",
            "http://127.0.0.1.kwaad.nl/",
            "https://x.nl/a b",
        ] {
            assert!(!is_address(address), "{address}");
        }
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
