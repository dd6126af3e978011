//! The rules of the receiver, one by one, and rows that pass or are refused.

use jiff::civil::date;
use proptest::prelude::*;

use super::controle::{controleer, lees_datum};
use super::*;
use crate::uitvoer::gronden::{GRONDEN, grond};
use crate::uitvoer::tabel::tests::lezen::fgetcsv;
use crate::uitvoer::tabel::{Cel, Tabel, Vorm};

fn rij(id: &str) -> Rij {
    Rij {
        id: id.to_owned(),
        groep: "KADE-2024".to_owned(),
        family: Some(12),
        thread: None,
        document: Bestandsnaam::van_pad("map/verslag.docx"),
        soort: Some(Bestandssoort::Doc),
        datum: Some(date(2024, 12, 31)),
        oordeel: Oordeel::DeelsOpenbaar,
        opgeschort: false,
        gronden: ["5.1.2e", "5.2"]
            .iter()
            .filter_map(|code| grond(code))
            .collect(),
        dubbel: false,
        toelichting: "namen van derden".to_owned(),
        publieke_links: vec!["https://www.voorbeeld.nl/a".to_owned()],
        gerelateerd: vec!["0002".to_owned(), "0003.1".to_owned()],
        zaaknummers: vec!["2024-12".to_owned()],
    }
}

fn kop(groep: Groep) -> Vec<String> {
    kolommen(groep)
        .map(|kolom| kolom.naam().to_owned())
        .to_vec()
}

/// What is said of one row in which one cell is another.
fn said(column: &str, value: &str) -> Vec<String> {
    let kop = kop(Groep::Matter);
    let mut cellen = rij("0001").cellen();
    cellen[kop.iter().position(|naam| naam == column).unwrap()] = value.to_owned();
    let found = controleer(&kop, [cellen]);
    assert!(found.iter().all(|found| found.rij == 2));
    found.into_iter().map(|found| found.melding).collect()
}

fn refused(column: &str, value: &str, part: &str) {
    let said = said(column, value);
    assert!(
        said.len() == 1 && said[0].contains(part),
        "{column} {value:?}: {said:?}"
    );
}

fn accepted(column: &str, values: &[&str]) {
    for value in values {
        assert_eq!(
            said(column, value),
            Vec::<String>::new(),
            "{column} {value:?}"
        );
    }
}

#[test]
fn the_header_is_the_one_of_the_template() {
    assert_eq!(
        kop(Groep::Matter).join(", "),
        "ID, Matter, Family, Email Thread ID, Document, File Type, Datum, Beoordeling, Opgeschort, \
         Beoordelingsgrond, Toelichting, Publieke Link, Gerelateerd ID, Zaaknummer"
    );
    assert_eq!(kop(Groep::Publicatiecontext)[1], "Publicatiecontext");
}

#[test]
fn a_row_passes_as_it_is_written() {
    let cellen = rij("0001").cellen();
    assert_eq!(
        cellen.join("|"),
        "0001|KADE-2024|12||verslag.docx|doc|2024-12-31|deels openbaar||5.1.2e; 5.2|namen van derden|\
         https://www.voorbeeld.nl/a|0002; 0003.1|2024-12"
    );
    for groep in [Groep::Matter, Groep::Publicatiecontext] {
        assert_eq!(controleer(&kop(groep), [cellen.clone()]), []);
    }
}

#[test]
fn columns_are_known_by_other_names() {
    let others: [&[&str]; 14] = [
        &["id", " ID ", "01 ID"],
        &["matter", "Matter / Marjoleinnummer", "Publicatiecontext"],
        &["Familie", "Family ID"],
        &["Thread ID", "Email Thread"],
        &[
            "01 Document",
            "Document ID",
            "Documentnr",
            "documentnr.",
            "Nr.",
            "Omschrijving",
            "Name",
        ],
        &["FileType", "02File Type"],
        &["Date", "06 Datum", "Datum (UTC)"],
        &["Openbaarmaking", "BEOORDELING"],
        &["Suspended", "Tag015"],
        &["Grond", "TagMulti006", "Code entries"],
        &["Opmerking"],
        &["PubliekeLinkTag", "Publicatielink", "Publieke link"],
        &["gerelateerd id"],
        &["zaaknr", "Zaak", "CaseNr", "case"],
    ];
    for (at, others) in others.iter().enumerate() {
        for other in *others {
            let mut kop = kop(Groep::Matter);
            kop[at] = (*other).to_owned();
            assert_eq!(controleer(&kop, [rij("1").cellen()]), [], "{other}");
        }
    }
}

#[test]
fn a_header_without_what_is_required_is_refused() {
    let about = |kop: &[&str]| -> Vec<String> {
        let found = controleer::<_, [&str; 0]>(kop, []);
        assert!(found.iter().all(|found| found.rij == 1));
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        about(&["ID", "Document", "Beoordeling", "Grond", "Matter"]),
        Vec::<String>::new()
    );
    for (at, name) in ["ID", "Document", "Beoordeling", "Beoordelingsgrond"]
        .iter()
        .enumerate()
    {
        let mut kop = vec![
            "ID",
            "Document",
            "Beoordeling",
            "Beoordelingsgrond",
            "Matter",
        ];
        kop.remove(at);
        assert_eq!(about(&kop), [format!("Rij 1: de kolom {name} ontbreekt")]);
    }
    let found = about(&["ID", "Document", "Beoordeling", "Grond"]);
    assert_eq!(
        found,
        ["Rij 1: de kolom Matter of Publicatiecontext ontbreekt"]
    );
    let found = about(&[
        "ID",
        "Document",
        "Beoordeling",
        "Grond",
        "Matter",
        "Publicatiecontext",
    ]);
    assert_eq!(
        found,
        ["Rij 1: de kolommen Matter en Publicatiecontext mogen niet samen voorkomen"]
    );
    let found = about(&["\u{feff}ID", "Document", "Beoordeling", "Grond", "Matter"]);
    assert!(
        found[0].contains("BOM") && found[1].contains("ID ontbreekt"),
        "{found:?}"
    );
    let found = about(&[
        "ID",
        "Document",
        "Omschrijving",
        "Beoordeling",
        "Grond",
        "Matter",
    ]);
    assert!(
        found.len() == 1 && found[0].contains("Omschrijving"),
        "{found:?}"
    );
}

#[test]
fn an_id_has_letters_digits_points_and_hyphens() {
    accepted("ID", &["0001", "a-B.9", "-1", &"x".repeat(170)]);
    refused("ID", "", "leeg");
    refused("ID", &"x".repeat(171), "170");
    for wrong in ["0001 ", "a_b", "a/b", "é", "1\n2", "'1"] {
        refused("ID", wrong, "alleen letters");
    }
}

/// The receiver asks PHP whether a value is empty, and to PHP `"0"` is.
#[test]
fn a_lone_0_counts_as_nothing() {
    refused("ID", "0", "leeg");
    refused("Matter", "0", "Matter of Publicatiecontext is leeg");
    refused("Gerelateerd ID", "0002; 0", "leeg");
    refused("Zaaknummer", "2024-12; 0", "laat de ontvanger weg");
    accepted("ID", &["00", "0.1"]);
    accepted("Matter", &["00"]);
}

#[test]
fn the_same_id_twice_is_named_with_both_rows() {
    let rijen = ["a-1", "b", "A-1"].map(|id| rij(id).cellen());
    let found = controleer(&kop(Groep::Matter), rijen);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "Rij 4: het ID staat ook in rij 2; hoofdletters maken geen verschil"
    );
}

#[test]
fn every_row_has_a_matter() {
    accepted("Matter", &["Az0-._~", &"m".repeat(255)]);
    refused("Matter", "", "leeg");
    refused("Matter", &"m".repeat(256), "255");
    refused("Matter", "2024/1", "alleen letters");
    refused("Matter", "a b", "alleen letters");
}

#[test]
fn a_file_name_counts_in_bytes() {
    accepted("Document", &[&"n".repeat(500), &"é".repeat(250), "a b.pdf"]);
    refused("Document", &"é".repeat(251), "500 bytes");
    refused("Document", "", "leeg");
}

#[test]
fn only_four_judgements_are_understood() {
    accepted(
        "Beoordeling",
        &[
            "Openbaar",
            " DEELS openbaar ",
            "reeds openbaar",
            "niet openbaar",
        ],
    );
    for wrong in ["", "Gedeeltelijk openbaar", "deelsopenbaar", "openbaar."] {
        refused("Beoordeling", wrong, "niet openbaar");
    }
}

#[test]
fn the_receiver_knows_the_codes_of_its_own_list() {
    for grond in &GRONDEN {
        match grond.bij_ontvanger {
            true => accepted("Beoordelingsgrond", &[grond.code]),
            false => refused("Beoordelingsgrond", grond.code, grond.code),
        }
    }
    accepted(
        "Beoordelingsgrond",
        &[
            "",
            "5.1.1c; 5.1.2e;",
            "5.1.2.e",
            "5.1.2 E",
            "dubbel",
            "10.2.g;11.1",
        ],
    );
    for wrong in [
        "5.1 lid 2 sub e",
        "5.1.2e, 5.2",
        "5.1.2j",
        "10.2f",
        "privacy",
    ] {
        refused("Beoordelingsgrond", wrong, "kent de ontvanger niet");
    }
    assert_eq!(said("Beoordelingsgrond", "x; 5.2; y").len(), 2);
}

#[test]
fn family_and_thread_are_whole_numbers_from_one() {
    for column in ["Family", "Email Thread ID"] {
        accepted(column, &["", "1", "5033", "007"]);
        for wrong in ["0", "-1", "1.0", "+1", "12a", " 1", "99999999999999999999"] {
            refused(column, wrong, "geheel getal");
        }
    }
}

#[test]
fn a_date_is_read_by_the_first_form_that_fits() {
    for (cel, expected) in [
        ("2024-12-31", date(2024, 12, 31)),
        ("31-12-2024", date(2024, 12, 31)),
        ("2024/12/31", date(2024, 12, 31)),
        ("3/4/2024", date(2024, 4, 3)),
        ("03/04/2024 13:05", date(2024, 4, 3)),
        ("10/9/2022 1:34 PM UTC", date(2022, 10, 9)),
    ] {
        assert_eq!(lees_datum(cel), Some(expected), "{cel}");
        accepted("Datum", &[cel]);
    }
    accepted("Datum", &[""]);
    for wrong in [
        "11/14/2024",
        "2024-02-30",
        "2024-13-01",
        "31 december 2024",
        "2024",
        "2024-12-31T10:00",
        "1-2",
        "a-b-c",
        "10/9/2022 13:34 PM UTC",
        "3/4/2024 25:00",
        "3/4/2024 1:61",
        "--",
        "12-31-2024",
    ] {
        refused("Datum", wrong, "jaar-maand-dag");
    }
}

#[test]
fn suspended_is_yes_or_no() {
    accepted(
        "Opgeschort",
        &["", "true", "Ja", "yes", "1", "y", "J", "nee", "false", "0"],
    );
    refused("Opgeschort", "waar", "als nee");
}

#[test]
fn an_explanation_counts_in_characters_and_is_no_link() {
    accepted(
        "Toelichting",
        &[
            &"é".repeat(1000),
            "zie https://www.voorbeeld.nl",
            "https://www.voorbeeld.nl/x",
        ],
    );
    refused("Toelichting", &"é".repeat(1001), "1000");
    refused(
        "Toelichting",
        "https://www.voorbeeld.nl bevat het besluit",
        "begint met http",
    );
    refused(
        "Toelichting",
        "httpd-instellingen van de server",
        "begint met http",
    );
}

#[test]
fn links_are_separated_by_a_pipe_and_valid() {
    let longest = format!("https://www.voorbeeld.nl/{}", "a".repeat(2048 - 25));
    accepted(
        "Publieke Link",
        &[
            "",
            "http://a.nl",
            "https://a.nl/x?y=1#z | https://b.nl",
            &longest,
        ],
    );
    refused("Publieke Link", &format!("{longest}a"), "2048");
    for wrong in [
        "www.voorbeeld.nl",
        "ftp://a.nl",
        "https://",
        "https:///x",
        "https://a.nl/a b.pdf",
        "H:\\map",
    ] {
        refused("Publieke Link", wrong, "webadres");
    }
    assert_eq!(said("Publieke Link", "a|b|https://c.nl").len(), 2);
}

#[test]
fn related_ids_and_case_numbers_are_lists() {
    accepted("Gerelateerd ID", &["", "1", "1;2 ; 3;"]);
    refused("Gerelateerd ID", "1,2", "Gerelateerd ID");
    accepted(
        "Zaaknummer",
        &["", "11-111", "2024-1, 2024-2; abc.(3)", &"9".repeat(255)],
    );
    refused("Zaaknummer", &"9".repeat(256), "255");
    refused("Zaaknummer", "WOO-2024-1", "kleine letters");
    refused("Zaaknummer", "2024/1", "kleine letters");
}

#[test]
fn a_row_with_cells_too_many_is_refused() {
    let kop = kop(Groep::Matter);
    let mut cellen = rij("1").cellen().to_vec();
    cellen.push("x".to_owned());
    let found = controleer(&kop, [cellen]);
    assert_eq!(
        found[0].to_string(),
        "Rij 2: 15 cellen, maar de kop heeft er 14"
    );
}

#[test]
fn a_name_has_no_folder() {
    for (pad, naam) in [
        ("H:\\Kade\\oud\\a.pdf", "a.pdf"),
        ("\\\\server\\deel\\a.pdf", "a.pdf"),
        ("archief.zip/map/b.msg", "b.msg"),
        ("map/", "map"),
        ("c.pdf", "c.pdf"),
        ("", ""),
    ] {
        assert_eq!(Bestandsnaam::van_pad(pad).as_str(), naam);
    }
    assert_eq!(
        Bestandsnaam::van_titel(" Overleg A/B\\C\n ").as_str(),
        "Overleg A_B_C"
    );
}

#[test]
fn every_format_with_text_has_a_kind() {
    let kind = |formaat| Bestandssoort::van_formaat(formaat).map(Bestandssoort::naam);
    for (formaat, naam) in [
        ("pdf", "pdf"),
        ("docx", "doc"),
        ("tiff", "image"),
        ("odp", "presentation"),
        ("xlsb", "spreadsheet"),
        ("msg", "email"),
        ("html", "html"),
        ("txt", "note"),
        ("mdb", "database"),
        ("xml", "xml"),
        ("mp4", "video"),
        ("mp3", "audio"),
        ("vcf", "vcard"),
        ("whatsapp", "chat"),
        ("zip", "multiple"),
        ("DOCX", "doc"),
    ] {
        assert_eq!(kind(formaat), Some(naam));
    }
    assert_eq!(kind("elf"), None);
    let names: Vec<_> = Bestandssoort::ALL
        .iter()
        .map(|soort| soort.naam())
        .collect();
    assert_eq!(
        names.join(" "),
        "pdf doc image presentation spreadsheet email html note database xml video audio vcard chat multiple"
    );
}

fn rows() -> impl Strategy<Value = Vec<Rij>> {
    let text = prop_oneof!["[a-z .\\\\\"=@;|/-]{0,12}", "\\PC{0,10}", any::<String>()];
    let id = prop_oneof!["-?[a-zA-Z0-9.]{1,6}", "\\PC{0,4}"];
    let links = prop::collection::vec(
        prop_oneof!["https://[a-z]{1,5}\\.nl/[a-z]{0,5}", "\\PC{0,6}"],
        0..3,
    );
    let row = (
        id.clone(),
        "[a-z0-9_~ ]{0,5}",
        text.clone(),
        text,
        links,
        prop::collection::vec(id, 0..3),
    );
    let row = (
        row,
        0..4usize,
        prop::sample::subsequence(GRONDEN.iter().collect::<Vec<_>>(), 0..3),
    );
    let row = row.prop_map(
        |((id, groep, naam, toelichting, publieke_links, gerelateerd), oordeel, gronden)| Rij {
            groep,
            document: Bestandsnaam::van_pad(&naam),
            oordeel: Oordeel::ALL[oordeel],
            gronden,
            toelichting,
            publieke_links,
            gerelateerd,
            ..rij(&id)
        },
    );
    prop::collection::vec(row, 1..6)
}

proptest! {
    #[test]
    fn a_row_is_refused_with_its_number_or_arrives(rijen in rows()) {
        let kop = kop(Groep::Matter);
        let cellen: Vec<_> = rijen.iter().map(Rij::cellen).collect();
        let refused: Vec<u64> = controleer(&kop, &cellen).iter().map(|found| found.rij).collect();
        let good: Vec<_> = (2u64..).zip(&cellen).filter(|(at, _)| !refused.contains(at)).map(|(_, row)| row).collect();
        prop_assert!(refused.iter().all(|at| (2..).contains(at) && *at < 2 + cellen.len() as u64));

        let mut uit = Vec::new();
        let map = std::env::temp_dir();
        let mut tabel = Tabel::new(Vorm::CsvKomma, "x", &kolommen(Groep::Matter), &mut uit, &map).unwrap();
        for row in &good {
            tabel.row(&row.each_ref().map(|cell| Cel::Tekst(cell))).unwrap();
        }
        tabel.finish().unwrap();
        let read = fgetcsv(std::str::from_utf8(&uit).unwrap());
        prop_assert_eq!(read.len(), good.len() + 1);
        prop_assert_eq!(controleer::<String, _>(&read[0], &read[1..]), []);
        for (read, row) in read[1..].iter().zip(&good) {
            for (at, (read, written)) in read.iter().zip(row.iter()).enumerate() {
                if [4, 10].contains(&at) {
                    // Free text: an apostrophe in front and a space behind a backslash are all that may come.
                    let front = written.starts_with(['=', '+', '-', '@', '\t', '\r']);
                    let read = if front { read.strip_prefix('\'').unwrap() } else { read };
                    prop_assert_eq!(read.replace("\\ ", "\\"), written.replace("\\ ", "\\"));
                } else {
                    prop_assert_eq!(read, written);
                }
            }
        }
    }
}
