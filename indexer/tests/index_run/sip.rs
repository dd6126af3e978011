//! A delivery (SIP) in one archive, as a user notices it: its descriptions count for what lies beside them in it.

use super::Archive;
use super::exports::{OPEN, Object, faults, object};
use sha2::{Digest, Sha256};
use zv_indexer::dms::{Beleid, ExportRules};
use zv_indexer::source::{SourceRules, Sources};
use zv_shared::Readability;

pub fn a_sip_in_one_archive_is_read_with_its_descriptions() {
    let archive = Archive::new();
    let note = "De kade zakt.";
    let object_of = |name: &str, limit| {
        object(
            name,
            Object {
                limit,
                level: "Archiefstuk",
                ..OPEN
            },
        )
    };
    let hash: String = Sha256::digest(note)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mets = format!(
        "<?xml version=\"1.0\"?><mets xmlns=\"http://www.loc.gov/METS/\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><fileSec><fileGrp>\
         <file CHECKSUMTYPE=\"SHA-256\" CHECKSUM=\"{hash}\"><FLocat xlink:href=\"objects/u-1/content/f1.txt\"/></file>\
         <file CHECKSUMTYPE=\"SHA-256\" CHECKSUM=\"{hash}\"><FLocat xlink:href=\"objects/u-2/content/f2.txt\"/></file>\
         <file><FLocat xlink:href=\"objects/u-9/weg.txt\"/></file></fileGrp></fileSec></mets>"
    );
    let premis = "<?xml version=\"1.0\"?><premis xmlns=\"http://www.loc.gov/premis/v3\"><object><objectIdentifier><objectIdentifierValue>u-3</objectIdentifierValue></objectIdentifier><originalName>Bijlage kade</originalName></object></premis>";
    archive.zip(
        "sip.zip",
        &[
            ("mets.xml", mets.as_bytes()),
            ("premis.xml", premis.as_bytes()),
            (
                "objects/u-1/mdto.xml",
                object_of("Nota verzakking", "Geen beperking").as_bytes(),
            ),
            ("objects/u-1/content/f1.txt", note.as_bytes()),
            (
                "objects/u-2/mdto.xml",
                object_of("Geheime nota", "Beperkt openbaar").as_bytes(),
            ),
            ("objects/u-2/content/f2.txt", b"Iets anders."),
            ("objects/u-3/f3.txt", b"Een bijlage."),
            ("objects/u-4/f4.txt", b"Van de staat."),
            (
                "objects/u-4/f4.txt.mdto.xml",
                object_of("Stuk", "Stg. Geheim").as_bytes(),
            ),
        ],
    );
    let account = archive.run();
    let title = |path: &str| archive.document(&format!("sip.zip!/{path}")).title;
    assert_eq!(title("objects/u-1/content/f1.txt"), "Nota verzakking");
    assert_eq!(title("objects/u-3/f3.txt"), "Bijlage kade");
    let closed = archive.document("sip.zip!/objects/u-2/content/f2.txt");
    assert!(closed.access.closed);
    assert!(
        !archive
            .document("sip.zip!/objects/u-1/content/f1.txt")
            .access
            .closed
    );
    let secret = archive.document("sip.zip!/objects/u-4/f4.txt");
    assert_eq!(
        (secret.readability, secret.text),
        (Readability::Onleesbaar, None)
    );
    assert!(
        !archive
            .places()
            .contains(&"sip.zip!/objects/u-4/f4.txt.mdto.xml".to_owned())
    );
    let named = faults(&archive, &account);
    let about = |path: &str| named.get(path).cloned().unwrap_or_default().join("; ");
    assert!(
        about("sip.zip!/mets.xml").contains("objects/u-9/weg.txt"),
        "{named:?}"
    );
    assert!(about("sip.zip!/objects/u-2/content/f2.txt").contains("checksum"));
    assert_eq!(named.len(), 2, "{named:?}");
    // Another decision holds inside the archive, too.
    let rules = SourceRules {
        export: ExportRules {
            unknown: Some(Beleid::Open),
            ..ExportRules::default()
        },
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
    archive.run();
    assert!(
        !archive
            .document("sip.zip!/objects/u-2/content/f2.txt")
            .access
            .closed
    );
    assert_eq!(archive.run().ongewijzigd, 1);
    assert_eq!(archive.reads(), 0);
}

pub fn what_does_not_fit_in_a_delivery_is_told_in_every_run() {
    let archive = Archive::new();
    let one = object("Zelfde nota", Object { id: "N-1", ..OPEN });
    archive.zip(
        "sip.zip",
        &[
            ("een/nota.txt", b"De kade zakt."),
            ("een/nota.txt.mdto.xml", one.as_bytes()),
            ("twee/brief.txt", b"Geachte heer."),
            ("twee/brief.txt.mdto.xml", one.as_bytes()),
        ],
    );
    archive.write("map/kaart.txt", "Een kaart.");
    archive.write("map/los.txt", "Niet genoemd.");
    let mets = "<mets xmlns:xlink=\"http://www.w3.org/1999/xlink\"><fileSec><fileGrp><file>\
        <FLocat xlink:href=\"data/er.txt\"/></file><file><FLocat xlink:href=\"data/weg.txt\"/></file></fileGrp>\
        </fileSec></mets>";
    archive.write("aip/mets.xml", mets);
    archive.write("aip/data/er.txt", "Het is er.");
    archive.write(
        "map/map.opex",
        "<opex:OPEXMetadata xmlns:opex=\"http://www.openpreservationexchange.org/opex/v1.2\"><opex:Transfer>\
         <opex:Manifest><opex:Files><opex:File type=\"content\" size=\"99\">kaart.txt</opex:File>\
         <opex:File type=\"content\" size=\"1\">weg.txt</opex:File></opex:Files></opex:Manifest></opex:Transfer>\
         <opex:Properties><opex:Title>Kaarten</opex:Title></opex:Properties></opex:OPEXMetadata>",
    );
    let account = archive.run();
    let named = faults(&archive, &account);
    let about = |path: &str| named.get(path).cloned().unwrap_or_default().join("; ");
    assert!(
        about("sip.zip!/twee/brief.txt.mdto.xml").contains("staat ook in een/nota.txt.mdto.xml"),
        "{named:?}"
    );
    assert_eq!(
        about("map/map.opex"),
        "het manifest noemt weg.txt, en dat is er niet"
    );
    assert!(about("map/kaart.txt").contains("volgens het manifest 99 bytes"));
    assert_eq!(
        about("map/los.txt"),
        "staat niet in het manifest van de map"
    );
    assert_eq!(
        about("aip/mets.xml"),
        "noemt data/weg.txt, en dat is er niet"
    );
    assert_eq!(named.len(), 5, "{named:?}");
    // The manifest is looked at again: what is in the folder can change without it.
    std::fs::remove_file(archive.path("map/kaart.txt")).unwrap();
    let account = archive.run();
    let told = faults(&archive, &account)["map/map.opex"].join("; ");
    assert!(
        told.contains("kaart.txt") && told.contains("weg.txt"),
        "{told}"
    );
}
