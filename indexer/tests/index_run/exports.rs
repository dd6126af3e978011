//! Exports of document systems as a user notices them: what descriptions say is found and shown, what they lack is told,
//! and what may not be seen is not.

use super::{Archive, counts};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use zv_indexer::account::{Account, ExportAccount, Note};
use zv_indexer::dms::{Beleid, ExportRules};
use zv_indexer::proefscan::{DescriptionReader, Scan, proefscan};
use zv_indexer::source::{SourceRules, Sources};
use zv_indexer::worker::Reader;
use zv_shared::index::{Collapse, DateOptions, FacetField, Filters, Search};
use zv_shared::plan::Widening;
use zv_shared::{Query, Readability};

const SPACE: &str = "https://www.nationaalarchief.nl/mdto";

/// What an object in MDTO is given besides its name.
#[derive(Clone, Copy, Default)]
pub struct Object<'o> {
    pub id: &'o str,
    pub level: &'o str,
    pub limit: &'o str,
    pub date: &'o str,
    pub kept: &'o str,
}

pub fn object(name: &str, more: Object<'_>) -> String {
    let part = |inner: String, given: &str| match given {
        "" => String::new(),
        _ => inner,
    };
    let id = part(
        format!(
            "<identificatie><identificatieKenmerk>{}</identificatieKenmerk></identificatie>",
            more.id
        ),
        more.id,
    );
    let level = part(
        format!(
            "<aggregatieniveau><begripLabel>{}</begripLabel></aggregatieniveau>",
            more.level
        ),
        more.level,
    );
    let event = part(
        format!(
            "<event><eventType><begripLabel>Creatie</begripLabel></eventType><eventTijd>{}</eventTijd></event>",
            more.date
        ),
        more.date,
    );
    let kept = part(
        format!(
            "<waardering><begripCode>V</begripCode></waardering><bewaartermijn><termijnEinddatum>{}</termijnEinddatum></bewaartermijn>",
            more.kept
        ),
        more.kept,
    );
    let limit = part(
        format!(
            "<beperkingGebruik><beperkingGebruikType><begripLabel>{}</begripLabel></beperkingGebruikType></beperkingGebruik>",
            more.limit
        ),
        more.limit,
    );
    format!(
        "<?xml version=\"1.0\"?><MDTO xmlns=\"{SPACE}\"><informatieobject>{id}<naam>{name}</naam>{level}{event}{kept}\
         <archiefvormer><verwijzingNaam>Gemeente Voorbeeld</verwijzingNaam></archiefvormer>{limit}</informatieobject></MDTO>"
    )
}

fn file(name: &str, bytes: &str, id: &str) -> String {
    let hash: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?><MDTO xmlns=\"{SPACE}\"><bestand><identificatie><identificatieKenmerk>{id}</identificatieKenmerk>\
         </identificatie><naam>{name}</naam><omvang>{}</omvang><checksum><checksumAlgoritme><begripLabel>SHA256</begripLabel>\
         </checksumAlgoritme><checksumWaarde>{hash}</checksumWaarde></checksum></bestand></MDTO>",
        bytes.len()
    )
}

pub const OPEN: Object<'_> = Object {
    id: "",
    level: "",
    limit: "Geen beperking",
    date: "",
    kept: "",
};

/// Every fault that the account names, as path and reason.
pub fn faults(archive: &Archive, account: &Account) -> BTreeMap<String, Vec<String>> {
    let mut faults = BTreeMap::new();
    for line in archive.lines(account) {
        if line.uitkomst == Note::Export {
            let list: &mut Vec<String> = faults.entry(line.pad).or_default();
            list.push(line.reden);
        }
    }
    faults
}

pub fn told(account: &Account) -> ExportAccount {
    account.export.clone().expect("an export")
}

pub fn found(archive: &Archive, question: &str, filters: &[(FacetField, &str)]) -> u64 {
    let chosen = filters
        .iter()
        .map(|(field, value)| (*field, [(*value).to_owned()].into()));
    let search = Search {
        query: zv_shared::query::parse(question).unwrap_or(Query::All),
        widening: Widening::default(),
        filters: chosen.collect::<Filters>(),
        dates: DateOptions::default(),
        collapse: Collapse::default(),
    };
    archive.snapshot().count(&search).unwrap().total
}

pub fn a_description_is_no_document_but_its_words_find_the_one_it_is_about() {
    let archive = Archive::new();
    archive.write(
        "Haven/haven.MDTO.xml",
        &object(
            "Dossier havenkade",
            Object {
                level: "Dossier",
                id: "D-1",
                ..OPEN
            },
        ),
    );
    archive.write("Haven/nota.txt", "De kade zakt.");
    let about = Object {
        id: "A-1",
        date: "1951-03",
        kept: "2001-12-31",
        limit: "Geen beperking",
        level: "Archiefstuk",
    };
    archive.write("Haven/nota.txt.mdto.xml", &object("Nota verzakking", about));
    archive.write(
        "Haven/nota.txt.bestand.mdto.xml",
        &file("nota.txt", "De kade zakt.", "B-1"),
    );
    let account = archive.run();
    assert_eq!(counts(&account), ([2, 0, 0, 0, 0, 2], 0));
    assert_eq!(archive.places(), ["Haven/haven.MDTO.xml", "Haven/nota.txt"]);
    assert_eq!(faults(&archive, &account), BTreeMap::new());
    let note = archive.document("Haven/nota.txt");
    assert_eq!(note.title, "Nota verzakking");
    assert_eq!(note.dates.document.unwrap().date.to_string(), "1951-03");
    assert_eq!(note.archief.dossier.as_deref(), Some("Dossier havenkade"));
    assert_eq!(note.archief.waardering.as_deref(), Some("V"));
    assert_eq!(archive.document("Haven/haven.MDTO.xml").kind, "dossier");
    assert_eq!(found(&archive, "voorbeeld zakt", &[]), 1);
    assert_eq!(
        found(&archive, "", &[(FacetField::Dossier, "Dossier havenkade")]),
        1
    );
    assert_eq!(found(&archive, "", &[(FacetField::Waardering, "V")]), 1);
    assert_eq!(
        found(&archive, "", &[(FacetField::Beperking, "Geen beperking")]),
        2
    );
    assert_eq!(told(&account).termijn_verstreken, 1);
    let skipped = archive.lines(&account);
    assert!(
        skipped
            .iter()
            .any(|line| line.reden == "beschrijving van nota.txt"),
        "{skipped:?}"
    );
    // Nothing is opened when nothing changed.
    let again = archive.run();
    assert_eq!(counts(&again), ([0, 0, 0, 2, 0, 2], 0));
    assert_eq!(archive.reads(), 0);
}

pub fn another_description_changes_a_document_without_reading_it_again() {
    let archive = Archive::new();
    archive.write(
        "Serie/Serie.mdto.xml",
        &object(
            "Serie A",
            Object {
                level: "Serie",
                ..OPEN
            },
        ),
    );
    archive.write("Serie/een/a.txt", "Eerste stuk.");
    archive.write("Serie/een/a.txt.mdto.xml", &object("Oud", OPEN));
    archive.write("Serie/een/b.txt", "Tweede stuk.");
    archive.run();
    assert_eq!(
        archive
            .document("Serie/een/a.txt")
            .archief
            .dossier
            .as_deref(),
        Some("Serie A")
    );
    let text = archive.document("Serie/een/a.txt").text;
    archive.write("Serie/een/a.txt.mdto.xml", &object("Nieuwe titel", OPEN));
    let account = archive.run();
    assert_eq!((account.gewijzigd, account.zonder_lezen), (1, 1));
    let changed = archive.document("Serie/een/a.txt");
    assert_eq!(
        (changed.title.as_str(), changed.text),
        ("Nieuwe titel", text)
    );
    // Another name of the series changes everything in it, and nothing of it is read but the description.
    archive.write(
        "Serie/Serie.mdto.xml",
        &object(
            "Serie Z",
            Object {
                level: "Serie",
                ..OPEN
            },
        ),
    );
    let account = archive.run();
    assert_eq!((account.gewijzigd, account.zonder_lezen), (3, 2));
    assert_eq!(
        archive
            .document("Serie/een/b.txt")
            .archief
            .dossier
            .as_deref(),
        Some("Serie Z")
    );
    // Without its description a document is what it was.
    fs::remove_file(archive.path("Serie/een/a.txt.mdto.xml")).unwrap();
    archive.run();
    assert_eq!(archive.document("Serie/een/a.txt").title, "a");
}

pub fn each_fault_of_an_export_in_mdto_is_named_in_every_run() {
    let archive = Archive::new();
    for (name, text) in [
        ("goed.txt", "Dit klopt."),
        ("anders.txt", "Dit is veranderd."),
        ("kaal.txt", "Niets."),
    ] {
        archive.write(&format!("stukken/{name}"), text);
    }
    archive.write(
        "stukken/goed.txt.bestand.MDTO.xml",
        &file("goed.txt", "Dit klopt.", "K-1"),
    );
    archive.write(
        "stukken/anders.txt.bestand.mdto.XML",
        &file("anders.txt", "Dit was het ooit eens.", "K-1"),
    );
    archive.write(
        "stukken/weg.txt.bestand.mdto.xml",
        &file("weg.txt", "", "K-3"),
    );
    archive.write("stukken/raar.txt", "Raar.");
    archive.write(
        "stukken/raar.txt.metadata",
        "<?xml version=\"1.0\"?><iets><naam>zonder vorm</naam></iets>",
    );
    archive.write(
        "pakbon.xml",
        "<?xml version=\"1.0\"?><pakbon><aantalInformatieobjecten>0</aantalInformatieobjecten><aantalBestanden>9</aantalBestanden></pakbon>",
    );
    let first = archive.run();
    let told_first = told(&first);
    let expected = ExportAccount {
        beschrijvingen: 4,
        zonder_bestand: 1,
        zonder_beschrijving: 1,
        afwijkend: 2,
        dubbel: 1,
        onbekend: 1,
        pakbon: 1,
        met_waarschuwing: told_first.met_waarschuwing,
        ..ExportAccount::default()
    };
    assert_eq!(told_first, expected);
    let named = faults(&archive, &first);
    let about = |path: &str| named.get(path).cloned().unwrap_or_default().join("; ");
    assert!(about("stukken/weg.txt.bestand.mdto.xml").contains("die er niet is"));
    assert!(about("stukken/kaal.txt").contains("geen beschrijving"));
    assert!(
        about("stukken/anders.txt").contains("checksum")
            && about("stukken/anders.txt").contains("bytes")
    );
    assert!(about("stukken/raar.txt.metadata").contains("vorm die niet bekend is"));
    assert!(
        about("pakbon.xml").contains("aantal bestanden 9, in de export 5"),
        "{}",
        about("pakbon.xml")
    );
    let twice = about("stukken/goed.txt") + &about("stukken/anders.txt");
    assert!(
        twice.contains("kenmerk K-1 staat ook in stukken/"),
        "{named:?}"
    );
    // What is wrong with its form is a document, and so is what describes nothing.
    assert!(
        archive
            .places()
            .contains(&"stukken/raar.txt.metadata".to_owned())
    );
    assert!(
        archive
            .places()
            .contains(&"stukken/weg.txt.bestand.mdto.xml".to_owned())
    );
    assert_eq!(found(&archive, "\"zonder vorm\"", &[]), 1);
    archive.run();
    let third = archive.run();
    assert_eq!((third.nieuw, third.gewijzigd), (0, 0), "{third:?}");
    let again = told(&third);
    assert_eq!(
        (again.afwijkend, again.zonder_bestand, again.pakbon),
        (2, 1, 1)
    );
    assert!(again.dubbel >= 1 && again.onbekend == 1, "{again:?}");
}

pub fn what_an_export_closes_is_closed_until_somebody_decides() {
    let archive = Archive::new();
    for (name, limit) in [
        ("open", "Geen beperking"),
        ("dicht", "Nader te bepalen"),
        ("stil", ""),
        ("geheim", "Stg. Geheim"),
    ] {
        archive.write(&format!("{name}.txt"), &format!("Inhoud van {name}."));
        archive.write(
            &format!("{name}.txt.mdto.xml"),
            &object(name, Object { limit, ..OPEN }),
        );
    }
    let account = archive.run();
    let export = told(&account);
    assert_eq!(
        (
            export.gesloten,
            export.met_waarschuwing,
            export.boven_plafond
        ),
        (1, 1, 1)
    );
    assert_eq!(export.beperkingen["Nader te bepalen"], 1);
    assert!(archive.document("dicht.txt").access.closed);
    assert!(!archive.document("open.txt").access.closed);
    assert!(
        archive
            .document("stil.txt")
            .metadata
            .iter()
            .any(|(key, _)| key == "let op")
    );
    // Of a secret nothing is kept but where it lies, and why.
    let secret = archive.document("geheim.txt");
    assert_eq!(
        (secret.readability, secret.text, secret.content),
        (Readability::Onleesbaar, None, None)
    );
    assert!(
        secret.metadata.is_empty() && secret.archief.is_empty(),
        "{:?}",
        secret.metadata
    );
    assert!(secret.reason.unwrap().contains("boven het plafond"));
    assert_eq!(account.onleesbaar, 1);
    let rules = SourceRules {
        export: ExportRules {
            values: [("nader te bepalen".to_owned(), Beleid::Machtiging)].into(),
            absent: Some(Beleid::Gesloten),
            ..ExportRules::default()
        },
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
    let account = archive.run();
    assert_eq!(account.zonder_lezen, 3);
    assert!(!archive.document("dicht.txt").access.closed);
    assert!(archive.document("stil.txt").access.closed);
}

pub fn what_is_inside_a_closed_file_is_closed_too() {
    let archive = Archive::new();
    archive.zip("bundel.zip", &[("binnen.txt", b"Inhoud van binnen.")]);
    archive.write(
        "bundel.zip.mdto.xml",
        &object(
            "Bundel",
            Object {
                limit: "Beperkt openbaar",
                ..OPEN
            },
        ),
    );
    archive.run();
    let inside = archive.document("bundel.zip!/binnen.txt");
    assert!(inside.access.closed);
    assert_eq!(inside.archief.beperkingen, ["Beperkt openbaar"]);
    // A title is that of the file alone.
    assert_eq!(
        (
            inside.title.as_str(),
            archive.document("bundel.zip").title.as_str()
        ),
        ("binnen", "Bundel")
    );
}

pub fn a_description_waits_for_its_file_as_a_document() {
    let mut archive = Archive::new();
    archive.write("stuk.txt.mdto.xml", &object("Het stuk", OPEN));
    let account = archive.run();
    assert_eq!(told(&account).zonder_bestand, 1);
    assert_eq!(archive.places(), ["stuk.txt.mdto.xml"]);
    assert_eq!(archive.document("stuk.txt.mdto.xml").title, "Het stuk");
    archive.write("stuk.txt", "Hier is het.");
    let account = archive.run();
    assert_eq!(
        (account.nieuw, account.overgeslagen, account.verwijderd),
        (1, 1, 1)
    );
    assert_eq!(archive.places(), ["stuk.txt"]);
    assert_eq!(archive.document("stuk.txt").title, "Het stuk");
    fs::remove_file(archive.path("stuk.txt")).unwrap();
    archive.confirm = true;
    archive.run();
    assert_eq!(archive.places(), ["stuk.txt.mdto.xml"]);
}

pub fn exports_in_topx_opex_and_of_alfresco_give_their_fields() {
    let archive = Archive::new();
    archive.write("T/T.metadata", "<?xml version=\"1.0\"?><ToPX xmlns=\"http://www.nationaalarchief.nl/ToPX/v2.3\"><aggregatie><identificatiekenmerk>T-1</identificatiekenmerk><aggregatieniveau>Dossier</aggregatieniveau><naam>Bouwdossier</naam></aggregatie></ToPX>");
    archive.write("T/brief.txt", "Geachte heer.");
    archive.write("T/brief.txt.metadata", "<?xml version=\"1.0\"?><ToPX xmlns=\"http://www.nationaalarchief.nl/ToPX/v2.3\"><bestand><identificatiekenmerk>T-2</identificatiekenmerk><aggregatieniveau>Bestand</aggregatieniveau><naam>Brief aan de aannemer</naam><formaat><fysiekeIntegriteit><algoritme>SHA-512</algoritme><waarde>00</waarde></fysiekeIntegriteit></formaat></bestand></ToPX>");
    archive.write("O/kaart.txt", "Kaart.");
    archive.write("O/kaart.txt.opex", "<?xml version=\"1.0\"?><opex:OPEXMetadata xmlns:opex=\"http://www.openpreservationexchange.org/opex/v1.2\"><opex:Properties><opex:Title>Havenkaart</opex:Title></opex:Properties></opex:OPEXMetadata>");
    let shadow = |title: &str, name: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><properties><entry key=\"type\">cm:content</entry><entry key=\"cm:title\">{title}</entry><entry key=\"cm:name\">{name}</entry></properties>"
        )
    };
    archive.write("Al.metadata.properties.xml", &shadow("Alle stukken", "Al"));
    archive.write("Al/memo.txt", "Memo nu.");
    archive.write(
        "Al/memo.txt.metadata.properties.xml",
        &shadow("Memo", "memo.txt"),
    );
    archive.write("Al/memo.txt.v1", "Memo toen.");
    archive.write(
        "Al/memo.txt.v1.metadata.properties.xml",
        &shadow("Memo, eerste versie", "memo.txt"),
    );
    archive.write(
        "Al/los.txt.metadata.properties.xml",
        &shadow("Los", "los.txt"),
    );
    let account = archive.run();
    let named = faults(&archive, &account);
    let expected = ["Al/los.txt.metadata.properties.xml", "T/brief.txt"];
    assert_eq!(
        named.keys().map(String::as_str).collect::<Vec<_>>(),
        expected,
        "{named:?}"
    );
    assert!(named["T/brief.txt"][0].contains("checksum"));
    let of = |path: &str| {
        let document = archive.document(path);
        (document.title, document.archief.dossier.unwrap_or_default())
    };
    let pair = |title: &str, dossier: &str| (title.to_owned(), dossier.to_owned());
    assert_eq!(
        of("T/brief.txt"),
        pair("Brief aan de aannemer", "Bouwdossier")
    );
    assert_eq!(of("O/kaart.txt"), pair("Havenkaart", ""));
    assert_eq!(of("Al/memo.txt"), pair("Memo", "Alle stukken"));
    assert_eq!(
        of("Al/memo.txt.v1"),
        pair("Memo, eerste versie", "Alle stukken")
    );
    let older = archive.document("Al/memo.txt.v1").metadata;
    assert!(older.contains(&(
        "versie".to_owned(),
        "1, een oudere versie van memo.txt".to_owned()
    )));
    assert_eq!(
        archive.document("Al.metadata.properties.xml").kind,
        "dossier"
    );
}

pub fn a_proefscan_counts_what_must_be_decided_about() {
    let archive = Archive::new();
    for (name, limit) in [
        ("a", "Nader te bepalen"),
        ("b", "Nader te bepalen"),
        ("c", "Openbaar"),
        ("d", ""),
    ] {
        archive.write(&format!("{name}.txt"), name);
        archive.write(
            &format!("{name}.txt.mdto.xml"),
            &object(name, Object { limit, ..OPEN }),
        );
        archive.write(
            &format!("{name}.txt.bestand.mdto.xml"),
            &file(&format!("{name}.txt"), name, name),
        );
    }
    let request = archive.prepare();
    let reader = Reader::new(request.reader_settings()).unwrap();
    let reader: DescriptionReader = Mutex::new(Box::new(reader));
    let found = proefscan(&Scan {
        source: &request.source,
        settings: &archive.settings,
        earlier: &[],
        measured: BTreeMap::new(),
        reader: Some(&reader),
        stop: &|| false,
        seen: &|_| {},
    })
    .unwrap();
    let expected = [
        ("Nader te bepalen".to_owned(), 2),
        ("Openbaar".to_owned(), 1),
    ];
    assert_eq!(found.beperkingen, expected.into());
    assert_eq!(found.zonder_beperking, 1);
}
