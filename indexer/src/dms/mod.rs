//! Descriptions that exports of document systems lay beside their files: what each layout says, in one form. Pure
//! functions over text, called by a reader in its own process; what a run does with it stands in `described`. Never opens
//! a file and never decides who may see something.
//!
//! | file | owns |
//! |---|---|
//! | `pairs` | which file describes which, by their names |
//! | `facts` | the one form: keys and values |
//! | `tree` | XML as a tree |
//! | `mapping` | the list of an export, and what its columns mean |
//! | `diwoo` | sitemaps with DiWoo: what was published |
//! | `mdto` | MDTO 1.0 and 1.0.1 |
//! | `mets` | METS and PREMIS of a delivery in one archive |
//! | `topx` | ToPX and TMLO |
//! | `opex` | OPEX, with whatever description lies in it |
//! | `alfresco` | shadow properties of a bulk export of Alfresco |
//! | `pakbon` | the note that comes with a delivery |
//! | `policy` | what a source does with what is restricted or secret |
//! | `described` | the descriptions of one document taken together |

mod alfresco;
mod described;
pub mod diwoo;
mod facts;
mod mapping;
mod mdto;
mod mets;
pub mod opex;
pub mod pairs;
pub mod pakbon;
mod policy;
mod topx;
pub mod tree;

pub use described::{Checksum, Comparing, Described, Properties, all, checksums, first};
pub use facts::{Facts, date, key};
pub use mapping::{Asked, Codering, Koppeling, Row, Veld, Vorm, written_date};
pub use mets::{Listed, METS_FILE, PREMIS_OBJECT};
pub use policy::{Beleid, ExportRules, Geheim, Verdict};

use tree::Node;

/// What an XML document says, when it is a description of a layout that is known.
pub fn describe(xml: &str) -> Option<Facts> {
    let names = [
        "mdto",
        "topx",
        "opexmetadata",
        "properties",
        "pakbon",
        "mets",
        "premis",
    ];
    // Most XML is something else, and need not be built as a tree.
    let opening = &xml[..xml.floor_char_boundary(8 << 10)];
    let opening = opening.to_ascii_lowercase();
    if !names.iter().any(|name| opening.contains(name)) {
        return None;
    }
    let root = tree::parse(xml)?;
    let note = || pakbon::properties(&root).map(|properties| Facts { properties });
    of_node(&root).or_else(note)
}

/// The same of an element.
fn of_node(root: &Node) -> Option<Facts> {
    match root.name.as_str() {
        name if name.eq_ignore_ascii_case("MDTO") => mdto::facts(root),
        name if name.eq_ignore_ascii_case("ToPX") => topx::facts(root),
        name if name.eq_ignore_ascii_case("OPEXMetadata") => Some(opex::facts(root)),
        "properties" => alfresco::facts(root),
        "mets" => mets::mets(root),
        "premis" => mets::premis(root),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_xml_is_no_description() {
        for xml in [
            "<wet><titel>Wet</titel></wet>",
            "<properties><entry key=\"kleur\">rood</entry></properties>",
            "<MDTO><iets/></MDTO>",
            "<html><body>MDTO</body></html>",
            "MDTO",
        ] {
            assert_eq!(describe(xml), None, "{xml}");
        }
    }

    proptest! {
        #[test]
        fn no_description_panics(
            root in prop_oneof![Just("MDTO"), Just("ToPX"), Just("OPEXMetadata"), Just("properties")],
            inner in "(<(informatieobject|bestand|aggregatie|event|checksum|termijnEinddatum|entry key=\"cm:title\"|naam)>|</(informatieobject|bestand|aggregatie|event|entry|naam)>|[a-z0-9 -]{0,9}){0,30}",
        ) {
            let _facts = describe(&format!("<{root}>{inner}</{root}>"));
        }
    }
}
