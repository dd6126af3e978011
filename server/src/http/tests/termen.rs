//! The page of a term report: a list that is pasted or sent as a file, and the report on it as a file.

use super::lijsten::{archive, bytes};
use super::{Site, header_of, text, upload};
use crate::uitvoer::tabel::tests::lezen::csv_rows;
use axum::http::StatusCode;

const PAGE: &str = "/zaken/lokaal/termen";

/// As a browser does when no file was chosen.
const NO_FILE: (&str, &[u8]) = ("", b"");

async fn file(site: &Site, name: &str, bytes: &[u8]) -> String {
    let response = upload(site, PAGE, &[("lijst", "")], (name, bytes)).await;
    assert_eq!(response.status(), StatusCode::OK);
    text(response).await
}

#[tokio::test]
async fn a_list_is_pasted_or_sent_as_a_file_in_whatever_encoding() {
    let site = archive(3);
    let page = text(site.get(PAGE).await).await;
    assert!(page.contains("type=\"file\"") && page.contains("enctype=\"multipart/form-data\""));
    let words = "Term;Opmerking\r\nsubsidie;één\r\ncoördinatie;\r\nnummer1;\r\n";
    let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = words.chars().map(|letter| letter as u8).collect();
    for (name, bytes) in [
        ("lijst.csv", words.as_bytes().to_vec()),
        ("LIJST.TXT", [b"\xef\xbb\xbf", words.as_bytes()].concat()),
        ("lijst.csv", latin),
        ("lijst.txt", [b"\xff\xfe".as_slice(), &utf16].concat()),
    ] {
        let page = file(&site, name, &bytes).await;
        assert!(
            page.contains("Samen 3 documenten in 3 families"),
            "{name}: {page}"
        );
        assert!(
            page.contains("vinden niets:</strong> <code>coördinatie</code>"),
            "{name}: {page}"
        );
        // What was read stands on the page, to be looked at.
        assert!(page.contains("coördinatie;"), "{name}: {page}");
    }
    let pasted = upload(&site, PAGE, &[("lijst", "subsidie\nnummer2")], NO_FILE).await;
    let page = text(pasted).await;
    assert!(page.contains("<code>nummer2</code>"), "{page}");
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_and_nothing_is_recorded() {
    let site = archive(3);
    let too_long = "a\n".repeat(250_001);
    for (name, bytes, why) in [
        (
            "lijst.xlsx",
            b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(),
            "Sla de lijst op als CSV of TXT",
        ),
        ("leeg.csv", b"", "geen enkele term"),
        ("fout.txt", b"subsidie\n(haven\n", "Regel 2"),
        ("lang.txt", too_long.as_bytes(), "hoogstens 500.000 tekens"),
    ] {
        let page = file(&site, name, bytes).await;
        assert!(page.contains(why), "{name}: {page}");
        assert!(!page.contains("id=\"rapport-kop\""), "{name}");
    }
    // Nobody's terms are passed over in silence.
    let both = upload(
        &site,
        PAGE,
        &[("lijst", "haven")],
        ("lijst.csv", b"subsidie"),
    );
    let page = text(both.await).await;
    assert!(page.contains("Maak het vak leeg"), "{page}");
    assert!(
        site.app
            .store
            .zoekacties("lokaal")
            .expect("read")
            .is_empty()
    );
}

#[tokio::test]
async fn the_report_goes_along_as_a_file_and_stays_one_zoekactie() {
    let site = archive(3);
    let list = "subsidie\nnummer1\nonvindbaar";
    let page = text(upload(&site, PAGE, &[("lijst", list)], NO_FILE).await).await;
    for vorm in ["csv", "ods", "xlsx"] {
        assert!(
            page.contains(&format!("name=\"vorm\" value=\"{vorm}\"")),
            "{page}"
        );
    }
    let (_, rest) = page
        .split_once("name=\"zoekopdracht\" value=\"")
        .expect("a search");
    let (search, _) = rest.split_once('"').expect("its id");
    for (vorm, kind) in [
        ("csv", "text/csv"),
        ("ods", "opendocument"),
        ("xlsx", "spreadsheetml"),
    ] {
        // As a browser sends lines back.
        let lines = list.replace('\n', "\r\n");
        let fields = [
            ("lijst", lines.as_str()),
            ("zoekopdracht", search),
            ("vorm", vorm),
        ];
        let made = upload(&site, PAGE, &fields, NO_FILE).await;
        assert_eq!(made.status(), StatusCode::OK);
        assert!(header_of(&made, "content-type").contains(kind));
        assert!(header_of(&made, "content-disposition").contains(&format!(".{vorm}")));
        if vorm == "csv" {
            let rows = csv_rows(&bytes(made).await[3..], b';');
            let row = |at: usize| [1, 3, 4, 5].map(|column: usize| rows[at][column].clone());
            assert_eq!(
                [row(1), row(2), row(3), row(4)],
                [
                    ["subsidie", "3", "2", "3"],
                    ["nummer1", "1", "0", "1"],
                    ["onvindbaar", "0", "0", "0"],
                    ["Alle termen samen", "3", "", "3"],
                ]
                .map(|row| row.map(str::to_owned))
            );
        }
    }
    let store = &site.app.store;
    assert_eq!(store.zoekacties("lokaal").expect("read").len(), 1);
    assert_eq!(store.uitvoeren("lokaal").expect("records").len(), 3);
    let wrong = [("lijst", "a"), ("vorm", "pdf")];
    let refused = upload(&site, PAGE, &wrong, NO_FILE).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}
