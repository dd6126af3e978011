//! What a user notices of lists as SKOS.

use super::*;
use crate::lists::Lists;
use proptest::prelude::*;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://www.w3.org/2004/02/skos/core#"
         xmlns:owl="http://www.w3.org/2002/07/owl#">
  <s:ConceptScheme rdf:about="http://x/"><owl:versionInfo>2024 &amp; later</owl:versionInfo></s:ConceptScheme>
  <s:Concept rdf:about="http://x/1">
    <s:prefLabel xml:lang="nl">subsidie</s:prefLabel>
    <s:altLabel xml:lang="nl-NL">R&amp;D-bijdrage</s:altLabel>
    <s:altLabel xml:lang="en">grant</s:altLabel>
    <s:broader><s:Concept rdf:about="http://x/2" s:prefLabel="geldstroom"/></s:broader>
    <s:definition xml:lang="nl">Geld van de overheid.</s:definition>
  </s:Concept>
  <s:Concept rdf:about="http://x/3" xml:lang="nl"><s:prefLabel>alleen</s:prefLabel></s:Concept>
  <rdf:Description rdf:about="http://x/2"><s:hiddenLabel>geldstrom</s:hiddenLabel></rdf:Description>
</rdf:RDF>"#;

const TURTLE: &str = r#"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
PREFIX owl: <http://www.w3.org/2002/07/owl#>
# De lijst.
<http://x/> a skos:ConceptScheme ; owl:versionInfo "2024 & later" .
<http://x/1> a skos:Concept ;
    skos:prefLabel "subsidie"@nl ;
    skos:altLabel "R&D-bijdrage"@nl-NL, "grant"@en ;
    skos:broader <http://x/2> ; skos:note [ skos:example ( "a" 1.5 ) ] .
<http://x/2> skos:prefLabel """geldstroom""" .
<http://x/3> skos:prefLabel 'alleen'@nl ; .
<http://x/2> skos:hiddenLabel "geldstr\u006Fm"@nl ."#;

fn rows(list: &List) -> Vec<Vec<&str>> {
    list.rows()
        .iter()
        .map(|row| row.terms.iter().map(String::as_str).collect())
        .collect()
}

#[test]
fn the_dutch_labels_of_a_concept_mean_the_same() {
    let xml = parse_xml("begrippen.rdf", Origin::Installatie, XML.as_bytes()).unwrap();
    assert_eq!(
        rows(&xml),
        [
            vec!["subsidie", "R&D-bijdrage"],
            vec!["geldstroom", "geldstrom"]
        ]
    );
    assert_eq!(xml.stated(), Some("2024 & later"));
    let turtle = parse_turtle("begrippen.ttl", Origin::Installatie, TURTLE.as_bytes()).unwrap();
    assert_eq!(
        (rows(&turtle), turtle.version()),
        (rows(&xml), xml.version())
    );
    let lists = Lists::default().with(xml);
    let found = lists.synonyms("subsidies");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].text.as_str(), found[0].lists[0].name.as_str()),
        ("R&D-bijdrage", "begrippen.rdf")
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let cut = &XML[..XML.find("</s:definition>").unwrap()];
    let error = parse_xml("x", Origin::Zaak, cut.as_bytes()).unwrap_err();
    assert_eq!(error.regel, 10, "{error}");
    let wrong = XML.replace("subsidie", "…");
    let error = parse_xml("x", Origin::Zaak, wrong.as_bytes()).unwrap_err();
    assert_eq!(error.regel, 6, "{error}");
    let nested = XML.replace("subsidie", "<b>subsidie</b>");
    let error = parse_xml("x", Origin::Zaak, nested.as_bytes()).unwrap_err();
    assert!(error.melding.contains("ander element"), "{error}");
    for (from, to, line) in [
        ("\"subsidie\"", "\"subsidie", 6),
        ("skos:altLabel", "dct:altLabel", 7),
        ("\"subsidie\"", "<subsidie>", 6),
        (" .\n<http://x/3>", "\n<http://x/3>", 10),
    ] {
        let error = parse_turtle("x", Origin::Zaak, TURTLE.replacen(from, to, 1).as_bytes());
        assert_eq!(error.unwrap_err().regel, line, "{from} {to}");
    }
    for text in ["", "<rdf:RDF xmlns:rdf=\"r\"/>"] {
        let error = parse_xml("x", Origin::Zaak, text.as_bytes()).unwrap_err();
        assert!(error.melding.contains("geen termen"), "{error}");
    }
}

#[test]
fn a_document_type_with_endless_text_is_refused() {
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY e \"eeee\">]>{}",
        &XML[XML.find("<rdf").unwrap()..]
    )
    .replace("subsidie", "&e;");
    assert!(parse_xml("x", Origin::Zaak, bomb.as_bytes()).is_err());
}

#[test]
fn a_concept_has_no_endless_labels() {
    let labels: String = (0..200)
        .map(|i| format!("<s:altLabel>t{i}</s:altLabel>"))
        .collect();
    let many = XML.replace("<s:broader>", &format!("{labels}<s:broader>"));
    let error = parse_xml("x", Origin::Zaak, many.as_bytes()).unwrap_err();
    assert!(error.melding.contains("splits de groep"), "{error}");
}

proptest! {
    #[test]
    fn no_file_makes_the_readers_fail(cut in 0..TURTLE.len().min(XML.len()), at in 0..500_usize, byte in any::<u8>()) {
        for text in [XML, TURTLE] {
            let mut bytes = text.as_bytes().to_vec();
            let _ = parse_xml("x", Origin::Zaak, &bytes[..cut]);
            let _ = parse_turtle("x", Origin::Zaak, &bytes[..cut]);
            bytes[at] = byte;
            let _ = parse_xml("x", Origin::Zaak, &bytes);
            let _ = parse_turtle("x", Origin::Zaak, &bytes);
        }
    }

    #[test]
    fn no_text_makes_the_turtle_reader_fail(text in "[a:.;,\\[\\]()<>\"'@#\\\\^ \n]{0,40}") {
        let _ = parse_turtle("x", Origin::Zaak, text.as_bytes());
    }
}
