//! The descriptions of one document taken together: those beside it, and those of the folders that it lies in. What lies
//! nearest counts; a secret is a secret wherever it is said. Never opens a file.

use super::facts::{date, key};
use crate::read::key as known;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use std::sync::Arc;
use zv_shared::Archief;

/// Keys and values of one description.
pub type Properties = Vec<(String, String)>;

/// Keys that are about a description or a folder, and not about what lies in it.
const OF_ITSELF: [&str; 5] = [
    key::LAYOUT,
    key::LEVEL,
    key::IDENTITY,
    key::DOSSIER,
    key::CHECKSUM,
];
/// Levels that are about one document, in whatever files it is.
const ONE_DOCUMENT: [&str; 4] = ["archiefstuk", "record", "document", "stuk"];

/// What is known of a document before it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// What it gets besides what is in it; of a key that counts once the first.
    pub properties: Properties,
    /// What archives know of it.
    pub archief: Archief,
    /// How secret it is, wherever that is said.
    pub secrecy: Vec<String>,
    /// Whether any description is about it, or about a folder that it lies in.
    pub says_something: bool,
    /// Nobody may see it.
    pub closed: bool,
    /// It describes a folder.
    pub folder: bool,
    /// It is about a member of an archive, and not about the archive.
    pub inside: bool,
}

/// The first value of a key.
pub fn first<'p>(properties: &'p [(String, String)], key: &str) -> Option<&'p str> {
    all(properties, key).next()
}

/// All values of a key.
pub fn all<'p>(
    properties: &'p [(String, String)],
    key: &str,
) -> impl Iterator<Item = &'p str> + use<'p> {
    let key = key.to_owned();
    properties
        .iter()
        .filter(move |(known, _)| *known == key)
        .map(|(_, value)| value.as_str())
}

impl Described {
    /// Of a file with these descriptions beside it, in folders with those, the outermost first.
    pub fn file(mut beside: Vec<Properties>, above: &[Arc<Properties>]) -> Described {
        // What is said of the document goes before what is said of its file.
        beside.sort_by_key(|one| first(one, key::FILE).is_some());
        let own: Properties = beside.into_iter().flatten().collect();
        let mut described = Described::at(&own, above);
        described.properties = own;
        if let Some(nearest) = above.last().filter(|one| is_one_document(one)) {
            let about = nearest
                .iter()
                .filter(|(key, _)| !OF_ITSELF.contains(&key.as_str()));
            described.properties.extend(about.cloned());
        }
        if first(&described.properties, known::TITLE).is_none()
            && let Some(shown) = first(&described.properties, key::SHOWS)
        {
            let title = (known::TITLE.to_owned(), shown.to_owned());
            described.properties.push(title);
        }
        described.say_dossier();
        described
    }

    /// Of a description that is a document itself, of which the reader gave these properties.
    pub fn description(own: &Properties, above: &[Arc<Properties>]) -> Described {
        let mut described = Described::at(own, above);
        described.say_dossier();
        described
    }

    fn at(own: &Properties, above: &[Arc<Properties>]) -> Described {
        let levels = || std::iter::once(own).chain(above.iter().rev().map(Arc::as_ref));
        let limits = levels()
            .map(|level| all(level, key::RESTRICTION).map(str::to_owned).collect())
            .find(|found: &Vec<String>| !found.is_empty());
        let appraised = levels().find(|level| first(level, key::APPRAISAL).is_some());
        let secrecy = levels().flat_map(|level| all(level, key::SECRECY));
        let mut beperkingen: Vec<String> = limits.unwrap_or_default();
        let mut kept = Vec::new();
        beperkingen.retain(|one| {
            !kept.contains(one) && {
                kept.push(one.clone());
                true
            }
        });
        Described {
            archief: Archief {
                dossier: dossier(own, above),
                beperkingen,
                waardering: appraised
                    .and_then(|level| first(level, key::APPRAISAL))
                    .map(str::to_owned),
                bewaren_tot: appraised
                    .and_then(|level| first(level, key::KEPT_UNTIL))
                    .and_then(date),
                kenmerken: Vec::new(),
            },
            says_something: !own.is_empty() || !above.is_empty(),
            secrecy: secrecy.map(str::to_owned).collect(),
            ..Described::default()
        }
    }

    /// The words of the way through the archive find the document, too.
    fn say_dossier(&mut self) {
        if let Some(dossier) = &self.archief.dossier {
            self.properties.retain(|(key, _)| key != key::DOSSIER);
            self.properties
                .push((key::DOSSIER.to_owned(), dossier.clone()));
        }
    }

    /// What archives know of a document inside it: the same, but for what they call it.
    pub fn archief_within(&self) -> Archief {
        Archief {
            kenmerken: Vec::new(),
            ..self.archief.clone()
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Described::default()
    }
}

fn is_one_document(properties: &Properties) -> bool {
    let level = first(properties, key::LEVEL).unwrap_or_default();
    ONE_DOCUMENT.contains(&level.trim().to_lowercase().as_str())
}

/// The names of the levels above, else the one that the description itself gives.
fn dossier(own: &Properties, above: &[Arc<Properties>]) -> Option<String> {
    let levels = above.iter().filter(|level| !is_one_document(level));
    let names: Vec<&str> = levels
        .filter_map(|level| first(level, known::TITLE))
        .collect();
    match names.is_empty() {
        false => Some(names.join(" / ")),
        true => first(own, key::DOSSIER).map(str::to_owned),
    }
}

/// A checksum of the SHA-2 family that an export gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    kind: Kind,
    /// In small hexadecimal digits.
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The checksums in a description that can be compared. Labels are written in many ways: `SHA-256`, `sha256`.
pub fn checksums(properties: &[(String, String)]) -> Vec<Checksum> {
    let found = all(properties, key::CHECKSUM).filter_map(|value| value.rsplit_once(' '));
    found
        .filter_map(|(algorithm, value)| {
            let label: String = algorithm
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let label = label.to_ascii_lowercase();
            let kinds = [
                ("sha224", Kind::Sha224),
                ("sha256", Kind::Sha256),
                ("sha384", Kind::Sha384),
                ("sha512", Kind::Sha512),
            ];
            let (_, kind) = kinds.into_iter().find(|(name, _)| label.ends_with(name))?;
            let value = value.to_ascii_lowercase();
            Some(Checksum { kind, value })
        })
        .collect()
}

impl Checksum {
    /// Compared with a SHA-256 that is known; `None` when it is of another kind, and the bytes are needed.
    pub fn fits_sha256(&self, hash: &str) -> Option<bool> {
        (self.kind == Kind::Sha256).then(|| self.value == hash)
    }

    /// Starts to compare it with bytes that come.
    pub fn begin(self) -> Comparing {
        let state = match self.kind {
            Kind::Sha224 => State::Sha224(Sha224::new()),
            Kind::Sha256 => State::Sha256(Sha256::new()),
            Kind::Sha384 => State::Sha384(Sha384::new()),
            Kind::Sha512 => State::Sha512(Sha512::new()),
        };
        Comparing {
            value: self.value,
            state,
        }
    }
}

/// A checksum that is being compared.
pub struct Comparing {
    value: String,
    state: State,
}

enum State {
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Comparing {
    /// The next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha224(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// Whether all bytes together have it.
    pub fn fits(self) -> bool {
        let digest = match self.state {
            State::Sha224(state) => state.finalize().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
        };
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hex == self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(list: &[(&str, &str)]) -> Properties {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        list.iter().map(own).collect()
    }

    #[test]
    fn the_nearest_description_counts_and_the_way_is_the_dossier() {
        let series = Arc::new(facts(&[
            (known::TITLE, "Serie A"),
            (key::LEVEL, "Serie"),
            (key::RESTRICTION, "openbaar"),
            (key::APPRAISAL, "V"),
            (key::KEPT_UNTIL, "2030"),
            (key::SECRECY, "Geheim"),
        ]));
        let piece = Arc::new(facts(&[
            (known::TITLE, "Brief over de haven"),
            (key::LEVEL, "Archiefstuk"),
            (key::DATE, "2011"),
            (key::IDENTITY, "A-1"),
        ]));
        let file = facts(&[
            (key::FILE, "brief.pdf"),
            (key::IDENTITY, "B-1"),
            (key::SHOWS, "iets"),
        ]);
        let above = [Arc::clone(&series), piece];
        let found = Described::file(vec![file], &above);
        assert_eq!(found.archief.dossier.as_deref(), Some("Serie A"));
        assert_eq!(found.archief.beperkingen, ["openbaar"]);
        assert_eq!(found.archief.waardering.as_deref(), Some("V"));
        assert_eq!(found.secrecy, ["Geheim"]);
        let title = first(&found.properties, known::TITLE);
        assert_eq!(title, Some("Brief over de haven"));
        assert_eq!(first(&found.properties, key::DATE), Some("2011"));
        // Its own word goes before that of the series.
        let own = facts(&[
            (key::RESTRICTION, "Nader te bepalen"),
            (key::APPRAISAL, "B"),
        ]);
        let found = Described::file(vec![own], &above);
        assert_eq!(found.archief.beperkingen, ["Nader te bepalen"]);
        assert_eq!(found.archief.bewaren_tot, None);
        assert!(Described::file(Vec::new(), &[]).is_empty());
    }

    #[test]
    fn checksums_are_compared_whatever_their_label() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        for label in [
            "SHA-256",
            "sha256",
            "Sha 256",
            "http://www.w3.org/2001/04/xmlenc#sha256",
        ] {
            let found = checksums(&facts(&[(
                key::CHECKSUM,
                &format!("{label} {}", abc.to_uppercase()),
            )]));
            assert_eq!(found[0].fits_sha256(abc), Some(true), "{label}");
            let mut comparing = found[0].clone().begin();
            comparing.take(b"ab");
            comparing.take(b"c");
            assert!(comparing.fits());
        }
        let other = checksums(&facts(&[(key::CHECKSUM, "SHA-512 00")]));
        assert_eq!(other[0].fits_sha256(abc), None);
        assert!(!other[0].clone().begin().fits());
        assert!(checksums(&facts(&[(key::CHECKSUM, "MD5 00"), (key::CHECKSUM, "x")])).is_empty());
    }
}
