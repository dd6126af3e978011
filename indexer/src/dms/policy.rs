//! What a source does with what an export says of who may use a document, and with what is too secret for it. Owns how
//! labels are compared. Never reads a description.

use super::{Described, Koppeling};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a restriction means for who searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Beleid {
    /// Found by everybody with a machtiging.
    Open,
    /// The same, with a warning on the document.
    Machtiging,
    /// Found by nobody.
    Gesloten,
}

impl Beleid {
    /// All of them, from the widest to the narrowest.
    pub const ALL: [Beleid; 3] = [Beleid::Open, Beleid::Machtiging, Beleid::Gesloten];

    /// The name in rules and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Beleid::Open => "open",
            Beleid::Machtiging => "machtiging",
            Beleid::Gesloten => "gesloten",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Beleid> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// How secret something is (VIR-BI), from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Geheim {
    /// Departementaal vertrouwelijk.
    Vertrouwelijk,
    /// Stg. Confidentieel.
    Confidentieel,
    /// Stg. Geheim.
    Geheim,
    /// Stg. Zeer geheim.
    ZeerGeheim,
}

impl Geheim {
    /// All of them, from the least to the most secret.
    pub const ALL: [Geheim; 4] = [
        Geheim::Vertrouwelijk,
        Geheim::Confidentieel,
        Geheim::Geheim,
        Geheim::ZeerGeheim,
    ];

    /// As people write it.
    pub fn label(self) -> &'static str {
        match self {
            Geheim::Vertrouwelijk => "departementaal vertrouwelijk",
            Geheim::Confidentieel => "Stg. Confidentieel",
            Geheim::Geheim => "Stg. Geheim",
            Geheim::ZeerGeheim => "Stg. Zeer Geheim",
        }
    }

    /// The name in rules and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Geheim::Vertrouwelijk => "vertrouwelijk",
            Geheim::Confidentieel => "confidentieel",
            Geheim::Geheim => "geheim",
            Geheim::ZeerGeheim => "zeer-geheim",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Geheim> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// How secret a label makes something, if it is such a label. Whole words count: a `bedrijfsgeheim` is no secret of
    /// the state, and neither is `geheimhouding`.
    pub fn of(label: &str) -> Option<Geheim> {
        let label = label.to_lowercase();
        let words: Vec<&str> = label
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let has = |wanted: &str| words.contains(&wanted);
        let of_state = has("stg") || label.contains("staatsgeheim");
        let not = has("niet") || has("geen");
        match () {
            () if not => None,
            () if has("zg") && of_state || (has("zeer") && has("geheim")) => {
                Some(Geheim::ZeerGeheim)
            }
            () if has("geheim") || (of_state && has("g")) => Some(Geheim::Geheim),
            () if of_state || has("confidentieel") => Some(Geheim::Confidentieel),
            () if has("dep") && (has("v") || has("vertrouwelijk")) => Some(Geheim::Vertrouwelijk),
            () if has("departementaal") && has("vertrouwelijk") => Some(Geheim::Vertrouwelijk),
            () => None,
        }
    }
}

/// What the beheerder decided about the restrictions of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportRules {
    /// What each value means, by the value as the export writes it; capitals do not matter.
    #[serde(rename = "beperkingen", skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Beleid>,
    /// What any other value means; without this: closed.
    #[serde(rename = "onbekend", skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Beleid>,
    /// What it means that a description says nothing of it; without this: with a warning.
    #[serde(rename = "zonder", skip_serializing_if = "Option::is_none")]
    pub absent: Option<Beleid>,
    /// What is more secret is not indexed; without this: every secret of the state.
    #[serde(rename = "plafond", skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Geheim>,
    /// The list that comes with the export.
    #[serde(rename = "koppeling", skip_serializing_if = "Option::is_none")]
    pub list: Option<Koppeling>,
}

/// What the rules make of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Nobody sees it.
    pub closed: bool,
    /// Why it is not indexed at all.
    pub too_secret: Option<String>,
    /// What who sees it must know.
    pub warnings: Vec<String>,
}

impl ExportRules {
    /// Whether nothing was decided.
    pub fn is_default(&self) -> bool {
        *self == ExportRules::default()
    }

    /// What one value means.
    pub fn of(&self, value: &str) -> Beleid {
        let wanted = folded(value);
        let known = self
            .values
            .iter()
            .find(|(known, _)| folded(known) == wanted);
        match known {
            Some((_, decided)) => *decided,
            None if wanted == "geen beperking" => Beleid::Open,
            None => self.unknown.unwrap_or(Beleid::Gesloten),
        }
    }

    /// What is made of a document. The narrowest of all that is said counts.
    pub fn judge(&self, described: &Described) -> Verdict {
        let ceiling = self.ceiling.unwrap_or(Geheim::Vertrouwelijk);
        let labels = described
            .secrecy
            .iter()
            .chain(&described.archief.beperkingen);
        let highest = labels.filter_map(|label| Geheim::of(label)).max();
        let mut verdict = Verdict::default();
        if let Some(found) = highest.filter(|found| *found > ceiling) {
            verdict.too_secret = Some(format!(
                "niet ingelezen: de export noemt dit {}, en dat gaat boven het plafond van deze bron ({})",
                found.label(),
                ceiling.label()
            ));
        }
        let values = &described.archief.beperkingen;
        let decided = values.iter().map(|value| self.of(value)).max();
        let decided = decided.unwrap_or_else(|| match described.says_something {
            true => self.absent.unwrap_or(Beleid::Machtiging),
            // Nothing describes it: it is no part of an export.
            false => Beleid::Open,
        });
        verdict.closed = decided == Beleid::Gesloten;
        if decided == Beleid::Machtiging {
            verdict.warnings.push(match values.is_empty() {
                true => "de export zegt niet wie dit mag gebruiken".to_owned(),
                false => format!("beperkt gebruik volgens de export: {}", values.join("; ")),
            });
        }
        verdict
    }
}

fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::Archief;

    fn with(values: &[&str]) -> Described {
        Described {
            archief: Archief {
                beperkingen: values.iter().map(|value| (*value).to_owned()).collect(),
                ..Archief::default()
            },
            says_something: true,
            ..Described::default()
        }
    }

    #[test]
    fn what_nobody_decided_is_closed_and_what_is_not_said_gets_a_warning() {
        let rules = ExportRules::default();
        assert!(rules.judge(&with(&["Nader te bepalen"])).closed);
        assert!(
            rules
                .judge(&with(&["Geen beperking", "Iets nieuws"]))
                .closed
        );
        assert_eq!(rules.judge(&with(&["geen beperking "])), Verdict::default());
        let absent = rules.judge(&with(&[]));
        assert!(!absent.closed && absent.warnings.len() == 1);
        assert_eq!(rules.judge(&Described::default()), Verdict::default());
    }

    #[test]
    fn a_decision_holds_whatever_the_capitals() {
        let rules = ExportRules {
            values: [("Beperkt openbaar".to_owned(), Beleid::Machtiging)].into(),
            unknown: Some(Beleid::Open),
            absent: Some(Beleid::Gesloten),
            ..ExportRules::default()
        };
        let found = rules.judge(&with(&["BEPERKT OPENBAAR", "CC0"]));
        assert!(!found.closed && found.warnings[0].contains("BEPERKT OPENBAAR"));
        assert!(rules.judge(&with(&[])).closed);
    }

    #[test]
    fn secrets_of_the_state_are_known_by_whole_words() {
        for (label, secret) in [
            ("Stg. ZG", Some(Geheim::ZeerGeheim)),
            ("STG ZEER GEHEIM", Some(Geheim::ZeerGeheim)),
            ("Zeer geheim", Some(Geheim::ZeerGeheim)),
            ("Stg. G", Some(Geheim::Geheim)),
            ("Geheim", Some(Geheim::Geheim)),
            ("Stg. Confidentieel", Some(Geheim::Confidentieel)),
            ("Stg. C", Some(Geheim::Confidentieel)),
            ("staatsgeheim", Some(Geheim::Confidentieel)),
            ("Dep. V", Some(Geheim::Vertrouwelijk)),
            ("Departementaal vertrouwelijk", Some(Geheim::Vertrouwelijk)),
            ("geheimhouding (art. 87 Gemeentewet)", None),
            ("bedrijfsgeheim", None),
            ("Niet geheim", None),
            ("Niet vertrouwelijk", None),
        ] {
            assert_eq!(Geheim::of(label), secret, "{label}");
        }
        let rules = ExportRules::default();
        assert!(rules.judge(&with(&["Stg. C"])).too_secret.is_some());
        assert!(rules.judge(&with(&["Dep. V"])).too_secret.is_none());
        let high = ExportRules {
            ceiling: Some(Geheim::Geheim),
            ..rules
        };
        assert!(high.judge(&with(&["Stg. C"])).too_secret.is_none());
        assert!(high.judge(&with(&["Zeer geheim"])).too_secret.is_some());
    }
}
