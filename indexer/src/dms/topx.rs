//! ToPX, the exchange form of TMLO and of the older TMR: an aggregation or a file, mapped to what MDTO calls the same.
//! Never refuses a value it does not know.

use super::facts::{DATING, Facts, key};
use super::tree::Node;
use crate::read::key as known;

/// What it says; `None` when there is neither an aggregation nor a file in it.
pub fn facts(root: &Node) -> Option<Facts> {
    let object = root.child("aggregatie").or_else(|| root.child("bestand"))?;
    let mut facts = Facts::new("ToPX");
    let files: Vec<String> = object.all("formaat").filter_map(file_name).collect();
    for element in &object.children {
        of_object(element, &files, &mut facts);
    }
    let events = object.all("eventGeschiedenis").filter_map(event);
    let events: Vec<(String, String)> = events.collect();
    facts.dated(&DATING, &events);
    Some(facts)
}

fn of_object(element: &Node, files: &[String], facts: &mut Facts) {
    let text = |way: &[&str]| element.text_at(way);
    let when = element.child("datumOfPeriode").and_then(period);
    let when = when.as_deref();
    match element.name.to_ascii_lowercase().as_str() {
        "identificatiekenmerk" => facts.add(key::IDENTITY, &element.text),
        "aggregatieniveau" => facts.add(key::LEVEL, &element.text),
        // Many systems give the name of the file where its title should be.
        "naam" if files.iter().any(|file| same_name(file, &element.text)) => {}
        "naam" => facts.add(known::TITLE, &element.text),
        "classificatie" => facts.joined(
            "classificatie",
            [text(&["omschrijving"]), text(&["code"]), text(&["bron"])],
        ),
        "omschrijving" => facts.add(known::DESCRIPTION, &element.text),
        "eventgeschiedenis" => facts.joined(
            "event",
            [
                text(&["type"]),
                when,
                text(&["verantwoordelijkeFunctionaris"]),
                text(&["beschrijving"]),
            ],
        ),
        "eventplan" => plan(element, when, facts),
        "context" => {
            facts.maybe("archiefvormer", text(&["actor", "geautoriseerdeNaam"]));
            facts.maybe("activiteit", text(&["activiteit", "naam"]));
        }
        "relatie" => facts.joined("relatie", [text(&["typeRelatie"]), text(&["relatieID"])]),
        "gebruiksrechten" => facts.maybe(key::RESTRICTION, text(&["omschrijvingVoorwaarden"])),
        "openbaarheid" => {
            for limit in element.all("omschrijvingBeperkingen") {
                facts.add(key::RESTRICTION, &limit.text);
            }
            facts.maybe("openbaarheid periode", when);
        }
        "vertrouwelijkheid" => {
            facts.maybe(key::SECRECY, text(&["classificatieNiveau"]));
            facts.maybe(key::RESTRICTION, text(&["classificatieNiveau"]));
        }
        "formaat" => format(element, facts),
        _ => element.leaves(&mut |way, text| facts.add(way, text)),
    }
}

/// What is to happen: destruction makes it a document that is kept for a time.
fn plan(element: &Node, when: Option<&str>, facts: &mut Facts) {
    let kind = element.text_at(&["type"]);
    facts.joined(
        "eventplan",
        [kind, when, element.text_at(&["beschrijving"])],
    );
    if kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("vernietigen")) {
        facts.appraisal(Some("V"), None);
        facts.kept_until(when, None, None);
    }
}

fn format(element: &Node, facts: &mut Facts) {
    for part in &element.children {
        match part.name.to_ascii_lowercase().as_str() {
            "identificatiekenmerk" => facts.add("formaat identificatiekenmerk", &part.text),
            "bestandsnaam" => {
                facts.maybe(key::FILE, file_name(element).as_deref());
            }
            "omvang" => facts.add("omvang volgens export", &part.text),
            "bestandsformaat" => facts.add("bestandsformaat volgens export", &part.text),
            "fysiekeintegriteit" => {
                facts.checksum(part.text_at(&["algoritme"]), part.text_at(&["waarde"]));
            }
            _ => part.leaves(&mut |way, text| facts.add(&format!("formaat {way}"), text)),
        }
    }
}

/// The name of a file, with its ending.
fn file_name(format: &Node) -> Option<String> {
    let name = format.text_at(&["bestandsnaam", "naam"])?;
    let ending = format.text_at(&["bestandsnaam", "extensie"]);
    let ending = ending.unwrap_or_default().trim_start_matches('.');
    let has = name
        .to_lowercase()
        .ends_with(&format!(".{}", ending.to_lowercase()));
    Some(match ending.is_empty() || has {
        true => name.to_owned(),
        false => format!("{name}.{ending}"),
    })
}

fn same_name(file: &str, name: &str) -> bool {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    [file, stem]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// The kind and the moment of an event.
fn event(element: &Node) -> Option<(String, String)> {
    let when = element.child("datumOfPeriode").and_then(period)?;
    Some((element.text_at(&["type"])?.to_owned(), when))
}

/// A year, a day, a moment, or the begin of a period.
fn period(element: &Node) -> Option<String> {
    let one = |node: &Node| {
        let names = ["datum", "jaar", "datumEnTijd"];
        names
            .iter()
            .find_map(|name| node.text_at(&[name]).map(str::to_owned))
    };
    one(element)
        .or_else(|| element.at(&["periode", "begin"]).and_then(one))
        .or_else(|| element.at(&["periode", "eind"]).and_then(one))
        .or_else(|| (!element.text.is_empty()).then(|| element.text.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::describe;
    use super::*;

    #[test]
    fn an_aggregation_gives_its_fields() {
        let facts = describe(
            "<?xml version=\"1.0\"?><ToPX xmlns=\"http://www.nationaalarchief.nl/ToPX/v2.3\"><aggregatie>
            <identificatiekenmerk>NL-1</identificatiekenmerk><aggregatieniveau>Record</aggregatieniveau>
            <naam>Besluit kap</naam><classificatie><code>1.2</code><omschrijving>Groen</omschrijving></classificatie>
            <eventGeschiedenis><datumOfPeriode><jaar>1999</jaar></datumOfPeriode><type>Ontvangst</type></eventGeschiedenis>
            <eventPlan><datumOfPeriode><datum>2005-01-01</datum></datumOfPeriode><type>Vernietigen</type></eventPlan>
            <context><actor><geautoriseerdeNaam>Gemeente X</geautoriseerdeNaam></actor></context>
            <vertrouwelijkheid><classificatieNiveau>Geheim</classificatieNiveau></vertrouwelijkheid>
            <openbaarheid><omschrijvingBeperkingen>Beperkt openbaar</omschrijvingBeperkingen></openbaarheid>
            <generiekeMetadata><zaak>Z-5</zaak></generiekeMetadata></aggregatie></ToPX>",
        )
        .unwrap();
        let first = |key: &str| facts.first(key).unwrap_or_default();
        assert_eq!(first(known::TITLE), "Besluit kap");
        assert_eq!(first(key::DATE), "1999");
        assert_eq!(first(key::APPRAISAL), "V");
        assert_eq!(first(key::KEPT_UNTIL), "2005-01-01");
        assert_eq!(first(key::SECRECY), "Geheim");
        assert_eq!(first("archiefvormer"), "Gemeente X");
        assert_eq!(first("generiekeMetadata zaak"), "Z-5");
        let limits = facts
            .properties
            .iter()
            .filter(|(name, _)| name == key::RESTRICTION);
        let limits: Vec<&str> = limits.map(|(_, value)| value.as_str()).collect();
        assert_eq!(limits, ["Geheim", "Beperkt openbaar"]);
    }

    #[test]
    fn a_file_that_is_called_after_itself_has_no_title() {
        let facts = describe(
            "<ToPX xmlns=\"http://www.nationaalarchief.nl/ToPX/v2.3\"><bestand><identificatiekenmerk>1</identificatiekenmerk>
            <aggregatieniveau>Bestand</aggregatieniveau><naam>brief</naam><formaat><bestandsnaam><naam>brief</naam>
            <extensie>pdf</extensie></bestandsnaam><omvang>12</omvang><fysiekeIntegriteit><algoritme>sha-512</algoritme>
            <waarde>00</waarde></fysiekeIntegriteit></formaat></bestand></ToPX>",
        )
        .unwrap();
        assert_eq!(facts.first(known::TITLE), None);
        assert_eq!(facts.first(key::FILE), Some("brief.pdf"));
        assert_eq!(facts.first(key::CHECKSUM), Some("sha-512 00"));
    }
}
