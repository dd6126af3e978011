//! The note that comes with a delivery: how many objects, files and bytes it should be. Its form is agreed case by case, so
//! the names of its fields are read loosely. Never counts anything itself.

use super::tree::Node;

/// Begins the key of everything that a pakbon in XML says.
const KEY: &str = "pakbon ";

/// Numbers of a delivery. Descriptions in MDTO are no files here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files.
    pub files: u64,
    /// Information objects.
    pub objects: u64,
    /// Bytes of those files.
    pub bytes: u64,
}

/// What a pakbon in XML says, as properties; `None` when this is none.
pub fn properties(root: &Node) -> Option<Vec<(String, String)>> {
    if !root.name.to_lowercase().contains("pakbon") {
        return None;
    }
    let mut found = Vec::new();
    root.leaves(&mut |way, text| found.push((format!("{KEY}{way}"), text.to_owned())));
    Some(found)
}

/// Compares what a pakbon says with what was counted: a sentence for each difference. `None` when it says no number that is
/// understood.
pub fn differences(
    properties: &[(String, String)],
    text: &str,
    counted: Counts,
) -> Option<Vec<String>> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let lines = lines.map(|(label, value)| (label.to_owned(), value.to_owned()));
    let named = properties
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(KEY)?.to_owned(), value.clone())));
    let mut differences = Vec::new();
    let mut understood = false;
    for (label, value) in named.chain(lines) {
        let Some((what, wanted, found)) = claim(&label, &value, counted) else {
            continue;
        };
        understood = true;
        if wanted != found {
            differences.push(format!(
                "volgens de pakbon {what} {wanted}, in de export {found}"
            ));
        }
    }
    understood.then_some(differences)
}

/// What a field is about, what it says, and what was counted.
fn claim(label: &str, value: &str, counted: Counts) -> Option<(&'static str, u64, u64)> {
    let label = label.to_lowercase();
    let digits: String = value
        .trim()
        .chars()
        .filter(|c| !matches!(c, '.' | ' ' | '\u{a0}'))
        .collect();
    let digits = digits.trim_end_matches("bytes");
    let number: u64 = digits.parse().ok()?;
    match () {
        () if label.contains("informatieobject") => {
            Some(("is het aantal informatieobjecten", number, counted.objects))
        }
        () if label.contains("omvang") || label.contains("bytes") => {
            Some(("is de omvang in bytes", number, counted.bytes))
        }
        () if label.contains("bestand") => Some(("is het aantal bestanden", number, counted.files)),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;
    use proptest::prelude::*;

    const COUNTED: Counts = Counts {
        files: 3,
        objects: 2,
        bytes: 1500,
    };

    #[test]
    fn a_note_in_xml_or_as_a_mail_is_compared() {
        let root = tree::parse(
            "<pakbon><id>5</id><aantalInformatieobjecten>2</aantalInformatieobjecten><aantalBestanden>4</aantalBestanden>
            <omvang>1.500</omvang></pakbon>",
        )
        .unwrap();
        let found = differences(&properties(&root).unwrap(), "5\n2\n4", COUNTED).unwrap();
        assert_eq!(
            found,
            ["volgens de pakbon is het aantal bestanden 4, in de export 3"]
        );
        let mail =
            "Beste,\nAantal informatieobjecten: 2\nAantal bestanden: 3\nOmvang: 1500 bytes\n";
        assert_eq!(differences(&[], mail, COUNTED), Some(Vec::new()));
        assert_eq!(differences(&[], "Groet: Jan", COUNTED), None);
        assert_eq!(properties(&tree::parse("<a/>").unwrap()), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(?s).{0,200}") {
            let _found = differences(&[], &text, COUNTED);
        }
    }
}
