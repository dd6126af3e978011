//! Lists that come with an export: their rows are found, kept and told as a user notices them.

use super::exports::{faults, found, told};
use super::{Archive, zipped};
use std::fs;
use zv_indexer::dms::{Beleid, ExportRules, Koppeling, Veld, Vorm};
use zv_indexer::source::{SourceRules, Sources};
use zv_shared::index::FacetField;

fn with_list(archive: &Archive, koppeling: Koppeling) {
    let rules = SourceRules {
        export: ExportRules {
            values: [("openbaar".to_owned(), Beleid::Open)].into(),
            absent: Some(Beleid::Open),
            list: Some(koppeling),
            ..ExportRules::default()
        },
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
}

fn registered() -> Archive {
    let archive = Archive::new();
    archive.write("eerst.txt", "Een bron moet er zijn.");
    archive.run();
    fs::remove_file(archive.path("eerst.txt")).unwrap();
    archive
}

pub fn a_list_gives_each_file_its_fields_and_the_account_names_what_does_not_fit() {
    let archive = registered();
    archive.write("dms/Stukken/nota.txt", "De kade zakt.");
    archive.write("dms/Stukken/brief.txt", "Geachte heer.");
    archive.write("dms/los.txt", "Niet in de lijst.");
    let list = "\u{feff}Bestand;Onderwerp;Datum;Openbaarheid;Zaaknr;Versie;Bytes\r\n\
        \\\\SRV\\dms\\stukken\\Nota.txt;\"Nota; verzakking\";31-12-2023;openbaar;Z-17;1;13\r\n\
        \\\\srv\\dms\\Stukken\\nota.txt;Nota verzakking (def);2-1-2024;openbaar;Z-17;2;13\r\n\
        \\\\srv\\dms\\Stukken\\brief.txt;Brief;;;Z-18;1;1.000\r\n\
        \\\\srv\\dms\\Stukken\\weg.txt;Weg;;;;;\r\n";
    archive.write("dms/lijst.csv", list);
    with_list(
        &archive,
        Koppeling {
            lijst: "dms/lijst.csv".into(),
            pad: "Bestand".into(),
            voorvoegsel: "\\\\srv\\dms".into(),
            velden: [
                ("Onderwerp", Veld::Titel),
                ("Datum", Veld::Documentdatum),
                ("Openbaarheid", Veld::Beperking),
                ("Zaaknr", Veld::Dossier),
                ("Versie", Veld::Versie),
                ("Bytes", Veld::Omvang),
            ]
            .map(|(name, veld)| (name.to_owned(), veld))
            .into(),
            ..Koppeling::default()
        },
    );
    let account = archive.run();
    let note = archive.document("dms/Stukken/nota.txt");
    // The last row is of the newest version, in just these capitals.
    assert_eq!(note.title, "Nota verzakking (def)");
    assert_eq!(note.dates.document.unwrap().date.to_string(), "2024-01-02");
    assert_eq!(note.archief.dossier.as_deref(), Some("Z-17"));
    assert_eq!(found(&archive, "", &[(FacetField::Dossier, "Z-18")]), 1);
    let named = faults(&archive, &account);
    let about = |path: &str| named.get(path).cloned().unwrap_or_default().join("; ");
    assert!(
        about("dms/Stukken/weg.txt").contains("regel 5 van dms/lijst.csv"),
        "{named:?}"
    );
    assert_eq!(about("dms/los.txt"), "staat niet in de lijst van de export");
    assert!(about("dms/Stukken/brief.txt").contains("1000 bytes"));
    assert_eq!(named.len(), 3, "{named:?}");
    assert_eq!(told(&account).beschrijvingen, 4);
    // Another row changes its document, and nothing is read but the list.
    assert_eq!(archive.run().zonder_lezen, 0);
    archive.write("dms/lijst.csv", &list.replace("Z-17", "Z-99"));
    let account = archive.run();
    assert_eq!(account.zonder_lezen, 1);
    assert_eq!(
        archive
            .document("dms/Stukken/nota.txt")
            .archief
            .dossier
            .as_deref(),
        Some("Z-99")
    );
}

pub fn a_list_that_cannot_be_read_ends_the_run_and_changes_nothing() {
    let archive = registered();
    archive.write("a.txt", "Een.");
    archive.write("lijst.csv", "naam;titel\na.txt;Een\n");
    with_list(
        &archive,
        Koppeling {
            lijst: "lijst.csv".into(),
            pad: "Bestand".into(),
            ..Koppeling::default()
        },
    );
    let before = archive.places();
    let error = archive.try_run().unwrap_err().to_string();
    assert!(
        error.contains("er is geen kolom \"Bestand\"") && error.contains("niets veranderd"),
        "{error}"
    );
    assert_eq!(archive.places(), before);
}

/// A workbook with these rows, as Excel writes it: shared strings, and cells that are left out.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut strings = Vec::new();
    let mut sheet = String::new();
    for (at, row) in rows.iter().enumerate() {
        sheet += &format!("<row r=\"{}\">", at + 1);
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let letter = char::from(b'A' + u8::try_from(column).unwrap());
            sheet += &format!(
                "<c r=\"{letter}{}\" t=\"s\"><v>{}</v></c>",
                at + 1,
                strings.len()
            );
            strings.push(format!("<si><t>{cell}</t></si>"));
        }
        sheet += "</row>";
    }
    let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packed = "http://schemas.openxmlformats.org/package/2006";
    let relations = |list: &str| {
        format!("<Relationships xmlns=\"{packed}/relationships\">{list}</Relationships>")
    };
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{packed}/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            relations(&format!(
                "<Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"
            )),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&format!(
                "<Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/>"
            )),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {space} xmlns:r=\"{office}\"><sheets><sheet name=\"Lijst\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/sharedStrings.xml",
            format!("<sst {space}>{}</sst>", strings.concat()),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ];
    let members: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    zipped(&members)
}

pub fn lists_of_excel_of_e_discovery_and_of_cmis_do_the_same() {
    let archive = registered();
    archive.write("d/a.txt", "Eerste.");
    archive.write("d/b.txt", "Tweede.");
    let sheet = workbook(&[
        &["pad", "leeg", "titel"],
        &["a.txt", "", "Uit Excel"],
        &["weg.txt", "x"],
    ]);
    fs::write(archive.path("d/lijst.xlsx"), sheet).unwrap();
    archive.write("d/lijst.dat", "þDOCIDþ\u{14}þNATIVEPATHþ\u{14}þSUBJECTþ\nþD-1þ\u{14}þ.\\a.txtþ\u{14}þUit DATþ\nþD-2þ\u{14}þ.\\weg.txtþ\u{14}þþ\n");
    let object = |id: &str, path: &str, name: &str| {
        format!(
            "{{\"object\":{{\"properties\":{{\"cmis:objectId\":{{\"value\":\"{id}\"}},\"cmis:path\":{{\"value\":\"{path}\"}},\"cmis:name\":{{\"value\":\"{name}\"}},\"cmis:creationDate\":{{\"value\":1700000000000}}}}}}}}"
        )
    };
    archive.write(
        "d/lijst.json",
        &format!(
            "{{\"objects\":[{},{}]}}",
            object("1", "/a.txt", "Uit CMIS"),
            object("1", "/weg.txt", "")
        ),
    );
    for (name, vorm, title) in [
        ("xlsx", Vorm::Xlsx, "Uit Excel"),
        ("dat", Vorm::Dat, "Uit DAT"),
        ("json", Vorm::Cmis, "Uit CMIS"),
    ] {
        let koppeling = Koppeling {
            lijst: format!("d/lijst.{name}"),
            vorm,
            pad: match vorm {
                Vorm::Xlsx => "pad".into(),
                Vorm::Dat => "NATIVEPATH".into(),
                Vorm::Csv | Vorm::Cmis | Vorm::Diwoo => String::new(),
            },
            ..Koppeling::default()
        };
        with_list(&archive, koppeling);
        let account = archive.run();
        let document = archive.document("d/a.txt");
        assert_eq!(document.title, title);
        if vorm == Vorm::Cmis {
            assert_eq!(
                document.dates.document.unwrap().date.to_string(),
                "2023-11-14"
            );
        }
        let named = faults(&archive, &account);
        assert!(
            named["d/weg.txt"][0].contains("die er niet is")
                || named["d/weg.txt"][0].contains("dat er niet is"),
            "{named:?}"
        );
        assert!(named.contains_key("d/b.txt"), "{named:?}");
    }
}
