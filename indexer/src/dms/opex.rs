//! OPEX (Preservica): properties, checksums, and a description of another standard inside. Never looks at other files.

use super::facts::{DATING, Facts, key};
use super::of_node;
use super::tree::Node;
use crate::read::key as known;

/// The key of a file that the manifest of a folder names.
pub const MANIFEST: &str = "opex manifest";
/// Between its name and its size.
const BETWEEN: char = '\u{1f}';

/// The name and the size of a file, from a value of [`MANIFEST`].
pub fn listed(value: &str) -> (&str, Option<u64>) {
    let (name, size) = value.split_once(BETWEEN).unwrap_or((value, ""));
    (name, size.parse().ok())
}

/// What it says.
pub fn facts(root: &Node) -> Facts {
    let mut facts = Facts::new("OPEX");
    let properties = root.child("Properties");
    let text = |name: &str| properties?.text_at(&[name]);
    facts.maybe(known::TITLE, text("Title"));
    facts.maybe(known::DESCRIPTION, text("Description"));
    facts.maybe(key::RESTRICTION, text("SecurityDescriptor"));
    let (mut identifiers, mut fixities) = (Vec::new(), Vec::new());
    root.below("Identifier", &mut identifiers);
    for one in identifiers {
        facts.add(key::IDENTITY, &one.text);
    }
    facts.maybe(key::IDENTITY, root.text_at(&["Transfer", "SourceID"]));
    let mut listed = Vec::new();
    if let Some(manifest) = root.at(&["Transfer", "Manifest"]) {
        manifest.below("File", &mut listed);
    }
    for file in listed {
        let size = file.attribute("size").unwrap_or_default();
        facts.add(MANIFEST, &format!("{}{BETWEEN}{size}", file.text));
    }
    root.below("Fixity", &mut fixities);
    for one in fixities {
        facts.checksum(one.attribute("type"), one.attribute("value"));
    }
    if let Some(described) = root.child("DescriptiveMetadata") {
        for element in &described.children {
            match of_node(element) {
                // Both say which layout they are: the inner one is what somebody wrote.
                Some(inner) => facts.properties.extend(inner.properties),
                None => other(element, &mut facts),
            }
        }
    }
    facts
}

/// Dublin Core, and whatever else: kept under its own names.
fn other(element: &Node, facts: &mut Facts) {
    let mut dates = Vec::new();
    for part in &element.children {
        match part.name.as_str() {
            "title" => facts.add(known::TITLE, &part.text),
            "creator" => facts.add(known::AUTHOR, &part.text),
            "subject" => facts.add(known::KEYWORDS, &part.text),
            "description" => facts.add(known::DESCRIPTION, &part.text),
            "date" | "created" => dates.push(("Creatie".to_owned(), part.text.clone())),
            "rights" | "accessRights" => facts.add(key::RESTRICTION, &part.text),
            _ => part.leaves(&mut |way, text| facts.add(way, text)),
        }
    }
    facts.dated(&DATING, &dates);
    facts.add(&element.name, &element.text);
}

#[cfg(test)]
mod tests {
    use super::super::describe;
    use super::*;

    #[test]
    fn properties_checksums_and_what_lies_inside_are_read() {
        let facts = describe(
            "<opex:OPEXMetadata xmlns:opex=\"http://www.openpreservationexchange.org/opex/v1.2\"><opex:Transfer>
            <opex:Fixities><opex:Fixity type=\"SHA-256\" value=\"AA\"/></opex:Fixities></opex:Transfer><opex:Properties>
            <opex:Title>Kaart</opex:Title><opex:SecurityDescriptor>closed</opex:SecurityDescriptor><opex:Identifiers>
            <opex:Identifier type=\"code\">K-1</opex:Identifier></opex:Identifiers></opex:Properties>
            <opex:DescriptiveMetadata><MDTO xmlns=\"https://www.nationaalarchief.nl/mdto\"><informatieobject>
            <naam>Kaart van de haven</naam><trefwoord>haven</trefwoord></informatieobject></MDTO>
            <dc xmlns=\"x\"><creator>J. Jansen</creator><date>1988-02</date><bijzonder>mooi</bijzonder></dc>
            </opex:DescriptiveMetadata></opex:OPEXMetadata>",
        )
        .unwrap();
        let first = |key: &str| facts.first(key).unwrap_or_default();
        assert_eq!(first(known::TITLE), "Kaart");
        assert_eq!(first(key::RESTRICTION), "closed");
        assert_eq!(first(key::CHECKSUM), "SHA-256 AA");
        assert_eq!(first(key::IDENTITY), "K-1");
        assert_eq!(first(known::KEYWORDS), "haven");
        assert_eq!(first(known::AUTHOR), "J. Jansen");
        assert_eq!(first(key::DATE), "1988-02");
        assert_eq!(first("bijzonder"), "mooi");
    }
}
