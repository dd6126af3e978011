//! METS and PREMIS: which files a delivery in one archive holds, what they were called, and their checksums. Never looks at
//! the files.

use super::facts::Facts;
use super::tree::Node;

/// The key of a file that METS lists.
pub const METS_FILE: &str = "mets bestand";
/// The key of an object of PREMIS.
pub const PREMIS_OBJECT: &str = "premis object";
/// Between the parts of a value.
const BETWEEN: char = '\u{1f}';

/// A file that a list names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its path (METS), or its number (PREMIS).
    pub place: String,
    /// What it was called.
    pub name: String,
    /// Algorithm and value of its checksum.
    pub checksum: String,
}

impl Listed {
    fn value(&self) -> String {
        let parts = [&self.place, &self.name, &self.checksum];
        parts.map(String::as_str).join(&BETWEEN.to_string())
    }

    /// From a value of [`METS_FILE`] or [`PREMIS_OBJECT`].
    pub fn parse(value: &str) -> Listed {
        let mut parts = value.split(BETWEEN).map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Listed {
            place: next(),
            name: next(),
            checksum: next(),
        }
    }
}

/// What a METS says of its files.
pub fn mets(root: &Node) -> Option<Facts> {
    let mut files = Vec::new();
    root.below("file", &mut files);
    let mut facts = Facts::new("METS");
    for file in files {
        let Some(place) = file.child("FLocat").and_then(|at| at.attribute("href")) else {
            continue;
        };
        let checksum = match (file.attribute("CHECKSUMTYPE"), file.attribute("CHECKSUM")) {
            (Some(kind), Some(value)) => format!("{kind} {value}"),
            _ => String::new(),
        };
        let listed = Listed {
            place: path(place),
            name: file.attribute("OWNERID").unwrap_or_default().to_owned(),
            checksum,
        };
        facts.add(METS_FILE, &listed.value());
    }
    facts.maybe("mets label", root.attribute("LABEL"));
    (facts.properties.len() > 1).then_some(facts)
}

/// What PREMIS says of its objects.
pub fn premis(root: &Node) -> Option<Facts> {
    let mut objects = Vec::new();
    root.below("object", &mut objects);
    let mut facts = Facts::new("PREMIS");
    for object in objects {
        let text = |way: &[&str]| object.text_at(way).unwrap_or_default().to_owned();
        let fixity = ["objectCharacteristics", "fixity"];
        let kind = text(&[fixity[0], fixity[1], "messageDigestAlgorithm"]);
        let value = text(&[fixity[0], fixity[1], "messageDigest"]);
        let listed = Listed {
            place: text(&["objectIdentifier", "objectIdentifierValue"]),
            name: text(&["originalName"]),
            checksum: match value.is_empty() {
                true => String::new(),
                false => format!("{kind} {value}"),
            },
        };
        if !listed.place.is_empty() {
            facts.add(PREMIS_OBJECT, &listed.value());
        }
    }
    (facts.properties.len() > 1).then_some(facts)
}

/// A path as a link: without its scheme, and its codes as characters.
fn path(link: &str) -> String {
    let link = link.strip_prefix("file://").unwrap_or(link);
    let link = link.trim_start_matches("./").trim_start_matches('/');
    let mut bytes = Vec::with_capacity(link.len());
    let mut rest = link.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%');
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{all, describe};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn files_and_objects_are_listed_with_their_names_and_checksums() {
        let facts = describe(
            "<mets:mets xmlns:mets=\"http://www.loc.gov/METS/\" xmlns:xlink=\"x\" LABEL=\"SIP 1\"><mets:fileSec><mets:fileGrp>
            <mets:file ID=\"f\" CHECKSUM=\"AA\" CHECKSUMTYPE=\"SHA-256\"><mets:FLocat xlink:href=\"file:///objects/1/een%20nota.pdf\"/></mets:file>
            </mets:fileGrp></mets:fileSec></mets:mets>",
        )
        .unwrap();
        let found = Listed::parse(all(&facts.properties, METS_FILE).next().unwrap());
        assert_eq!(
            (found.place.as_str(), found.checksum.as_str()),
            ("objects/1/een nota.pdf", "SHA-256 AA")
        );
        let facts = describe(
            "<premis:premis xmlns:premis=\"http://www.loc.gov/premis/v3\"><premis:object><premis:objectIdentifier>
            <premis:objectIdentifierValue>u-1</premis:objectIdentifierValue></premis:objectIdentifier><premis:objectCharacteristics>
            <premis:fixity><premis:messageDigestAlgorithm>SHA-512</premis:messageDigestAlgorithm><premis:messageDigest>00</premis:messageDigest>
            </premis:fixity></premis:objectCharacteristics><premis:originalName>Nota kade.pdf</premis:originalName></premis:object></premis:premis>",
        )
        .unwrap();
        let found = Listed::parse(all(&facts.properties, PREMIS_OBJECT).next().unwrap());
        assert_eq!(
            (found.place.as_str(), found.name.as_str()),
            ("u-1", "Nota kade.pdf")
        );
    }

    proptest! {
        #[test]
        fn no_link_panics(link in "[%a-zA-Z0-9é/.:]{0,30}") {
            let _path = path(&link);
        }
    }
}
