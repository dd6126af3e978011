//! MDTO 1.0 and 1.0.1 (Nationaal Archief): an information object or a file. Looseness of official examples is taken as it
//! comes: labels in any case, lists with any name, spaces at the end. Never refuses a value it does not know.

use super::facts::{DATING, Facts, key};
use super::tree::Node;
use crate::read::key as known;

/// What it says; `None` when there is neither an object nor a file in it.
pub fn facts(root: &Node) -> Option<Facts> {
    let mut facts = Facts::new("MDTO");
    if let Some(object) = root.child("informatieobject") {
        for element in &object.children {
            of_object(element, &mut facts);
        }
        let events: Vec<_> = object.all("event").filter_map(event).collect();
        facts.dated(&DATING, &events);
        return Some(facts);
    }
    let file = root.child("bestand")?;
    for element in &file.children {
        of_file(element, &mut facts);
    }
    Some(facts)
}

fn of_object(element: &Node, facts: &mut Facts) {
    let text = |way: &[&str]| element.text_at(way);
    match element.name.to_ascii_lowercase().as_str() {
        "identificatie" => facts.add(key::IDENTITY, &identity(element)),
        "naam" => facts.add(known::TITLE, &element.text),
        "aggregatieniveau" => facts.add(key::LEVEL, &term(element)),
        "classificatie" => facts.add("classificatie", &term(element)),
        "trefwoord" => facts.add(known::KEYWORDS, &element.text),
        "omschrijving" => facts.add(known::DESCRIPTION, &element.text),
        "dekkingintijd" => facts.joined(
            "dekking in tijd",
            [
                element.child("dekkingInTijdType").map(term).as_deref(),
                text(&["dekkingInTijdBegindatum"]),
                text(&["dekkingInTijdEinddatum"]),
            ],
        ),
        "event" => facts.joined(
            "event",
            [
                element.child("eventType").map(term).as_deref(),
                text(&["eventTijd"]),
                text(&["eventVerantwoordelijkeActor", "verwijzingNaam"]),
                text(&["eventResultaat"]),
            ],
        ),
        "waardering" => facts.appraisal(text(&["begripCode"]), text(&["begripLabel"])),
        "bewaartermijn" => {
            facts.kept_until(
                text(&["termijnEinddatum"]),
                text(&["termijnStartdatumLooptijd"]),
                text(&["termijnLooptijd"]),
            );
            facts.maybe("bewaartermijn", text(&["termijnLooptijd"]));
        }
        "informatiecategorie" => facts.add("selectielijstcategorie", &term(element)),
        "isonderdeelvan" => {
            facts.add("onderdeel van", &reference(element));
            facts.maybe(key::DOSSIER, text(&["verwijzingNaam"]));
        }
        "archiefvormer" => facts.add("archiefvormer", &reference(element)),
        "betrokkene" => {
            let role = element.child("betrokkeneTypeRelatie").map(term);
            let name = text(&["betrokkeneActor", "verwijzingNaam"]);
            facts.person(name, role.as_deref());
        }
        "activiteit" => facts.add("activiteit", &reference(element)),
        "beperkinggebruik" => restriction(element, facts),
        _ => rest(element, facts),
    }
}

fn of_file(element: &Node, facts: &mut Facts) {
    let text = |way: &[&str]| element.text_at(way);
    match element.name.to_ascii_lowercase().as_str() {
        "identificatie" => facts.add(key::IDENTITY, &identity(element)),
        "naam" => facts.add(key::FILE, &element.text),
        "omvang" => facts.add("omvang volgens export", &element.text),
        "bestandsformaat" => facts.add("bestandsformaat volgens export", &term(element)),
        "checksum" => facts.checksum(
            text(&["checksumAlgoritme", "begripLabel"]),
            text(&["checksumWaarde"]),
        ),
        "isrepresentatievan" => facts.maybe(key::SHOWS, text(&["verwijzingNaam"])),
        _ => rest(element, facts),
    }
}

fn restriction(element: &Node, facts: &mut Facts) {
    let kind = element.child("beperkingGebruikType");
    let label = kind.and_then(|kind| kind.text_at(&["begripLabel"]));
    let code = kind.and_then(|kind| kind.text_at(&["begripCode"]));
    facts.maybe(key::RESTRICTION, label.or(code));
    for explained in element.all("beperkingGebruikNadereBeschrijving") {
        facts.add("beperking gebruik toelichting", &explained.text);
    }
    for document in element.all("beperkingGebruikDocumentatie") {
        facts.add("beperking gebruik documentatie", &reference(document));
    }
    let end = element.text_at(&["beperkingGebruikTermijn", "termijnEinddatum"]);
    facts.maybe("beperking gebruik tot", end);
}

/// What has no field of its own is kept under its own name.
fn rest(element: &Node, facts: &mut Facts) {
    element.leaves(&mut |way, text| facts.add(way, text));
}

/// The kind and the moment of an event.
fn event(element: &Node) -> Option<(String, String)> {
    let kind = element.text_at(&["eventType", "begripLabel"])?;
    let at = element.text_at(&["eventTijd"])?;
    Some((kind.to_owned(), at.to_owned()))
}

/// A term of a list: its label, and its code behind it.
fn term(element: &Node) -> String {
    let label = element.text_at(&["begripLabel"]);
    with(label, element.text_at(&["begripCode"]))
}

fn identity(element: &Node) -> String {
    let of = element.text_at(&["identificatieKenmerk"]);
    with(of, element.text_at(&["identificatieBron"]))
}

fn reference(element: &Node) -> String {
    let number = element.text_at(&["verwijzingIdentificatie", "identificatieKenmerk"]);
    with(element.text_at(&["verwijzingNaam"]), number)
}

fn with(first: Option<&str>, second: Option<&str>) -> String {
    match (first, second) {
        (Some(first), Some(second)) => format!("{first} ({second})"),
        (first, second) => first.or(second).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::describe;
    use super::*;

    /// As the official example has it, and looser.
    const OBJECT: &str = "<?xml version=\"1.0\"?><mdto:mdto xmlns:mdto=\"https://www.nationaalarchief.nl/mdto\">
        <mdto:informatieobject><mdto:identificatie><mdto:identificatieKenmerk>DC-1</mdto:identificatieKenmerk>
        <mdto:identificatieBron>Archief </mdto:identificatieBron></mdto:identificatie>
        <mdto:naam>Werkboek  2, Delft. </mdto:naam>
        <mdto:aggregatieniveau><mdto:begripLabel>archiefstuk </mdto:begripLabel></mdto:aggregatieniveau>
        <mdto:trefwoord>Noordzee</mdto:trefwoord>
        <mdto:raadpleeglocatie><mdto:raadpleeglocatieOnline>https://x.nl/1</mdto:raadpleeglocatieOnline></mdto:raadpleeglocatie>
        <mdto:event><mdto:eventType><mdto:begripLabel>Migratie</mdto:begripLabel></mdto:eventType><mdto:eventTijd>2020-01-12T23:20:00</mdto:eventTijd></mdto:event>
        <mdto:event><mdto:eventType><mdto:begripLabel>creatie</mdto:begripLabel></mdto:eventType><mdto:eventTijd>2011-07</mdto:eventTijd></mdto:event>
        <mdto:waardering><mdto:begripLabel>Tijdelijk te bewaren</mdto:begripLabel></mdto:waardering>
        <mdto:bewaartermijn><mdto:termijnStartdatumLooptijd>2011-11-05</mdto:termijnStartdatumLooptijd><mdto:termijnLooptijd>P5Y</mdto:termijnLooptijd></mdto:bewaartermijn>
        <mdto:archiefvormer><mdto:verwijzingNaam>Ministerie A</mdto:verwijzingNaam></mdto:archiefvormer>
        <mdto:archiefvormer><mdto:verwijzingNaam>Ministerie B</mdto:verwijzingNaam></mdto:archiefvormer>
        <mdto:betrokkene><mdto:betrokkeneTypeRelatie><mdto:begripLabel>Aanvrager</mdto:begripLabel></mdto:betrokkeneTypeRelatie>
        <mdto:betrokkeneActor><mdto:verwijzingNaam>Café ’t Hoekje</mdto:verwijzingNaam></mdto:betrokkeneActor></mdto:betrokkene>
        <mdto:beperkingGebruik><mdto:beperkingGebruikType><mdto:begripLabel>Nader te bepalen</mdto:begripLabel></mdto:beperkingGebruikType></mdto:beperkingGebruik>
        </mdto:informatieobject></mdto:mdto>";

    #[test]
    fn an_object_gives_its_fields_and_loses_none() {
        let facts = describe(OBJECT).unwrap();
        let first = |key: &str| facts.first(key).unwrap_or_default();
        assert_eq!(first(known::TITLE), "Werkboek 2, Delft.");
        assert_eq!(first(key::LEVEL), "archiefstuk");
        assert_eq!(first(key::IDENTITY), "DC-1 (Archief)");
        assert_eq!(first(key::DATE), "2011-07");
        assert_eq!(first(key::APPRAISAL), "V");
        assert_eq!(first(key::KEPT_UNTIL), "2016-11-05");
        assert_eq!(first(key::RESTRICTION), "Nader te bepalen");
        assert_eq!(first(known::PARTICIPANT), "Café ’t Hoekje");
        assert_eq!(first("betrokkene"), "Café ’t Hoekje (Aanvrager)");
        assert_eq!(
            first("raadpleeglocatie raadpleeglocatieOnline"),
            "https://x.nl/1"
        );
        let makers = facts
            .properties
            .iter()
            .filter(|(key, _)| key == "archiefvormer");
        assert_eq!(makers.count(), 2);
    }

    #[test]
    fn a_file_has_its_name_its_checksum_and_what_it_shows() {
        let facts = describe(
            "<MDTO xmlns=\"https://www.nationaalarchief.nl/mdto\"><bestand><naam>a.PDF</naam><omvang>3</omvang>
            <checksum><checksumAlgoritme><begripLabel>SHA256</begripLabel></checksumAlgoritme>
            <checksumWaarde>ABC</checksumWaarde></checksum><isRepresentatieVan><verwijzingNaam>Nota</verwijzingNaam>
            </isRepresentatieVan><nieuw><element>blijft</element></nieuw></bestand></MDTO>",
        )
        .unwrap();
        let first = |key: &str| facts.first(key).unwrap_or_default();
        assert_eq!(first(key::FILE), "a.PDF");
        assert_eq!(first(key::CHECKSUM), "SHA256 ABC");
        assert_eq!(first(key::SHOWS), "Nota");
        assert_eq!(first("nieuw element"), "blijft");
        assert_eq!(facts.first(known::TITLE), None);
    }
}
