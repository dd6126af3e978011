//! Hit lists over the API: what stands in them, that they are as many as was found, and who gets them.

use super::toegang::{Office, Person, office};
use super::{Site, document, header_of, problem, request, site_with, text, write};
use crate::mensen::{Actor, Via};
use crate::uitvoer::gronden::Oordeel;
use crate::uitvoer::tabel::tests::lezen::{csv_rows, fgetcsv};
use crate::zaken::Zaak;
use crate::zaken::beoordeling::Beoordeling;
use crate::zaken::schifting::{Gezien, Handeling, Schifting, Stuk, Waarde};
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Read;
use zv_shared::{ContentHash, DocId, Document, PartialDate};

/// Documents of which each second one has the content of the one before, with titles that a spreadsheet would run.
pub(super) fn archive(count: u16) -> Site {
    site_with(count, |document| {
        let number: u8 = document.title[5..8].parse().expect("a number");
        document.content = Some(ContentHash([number / 2; 32]));
        if number % 2 == 1 {
            let first = DocId::of_file("archief", format!("{:03}.txt", number - 1).as_bytes(), 0);
            document.parent = Some(first);
        }
        document.title = format!("=Nota {number}\\");
        document.dates.changed = PartialDate::parse("2024-12-31");
    })
}

/// Asks in the local case and waits until it is counted; gives the number of the zoekactie.
pub(super) async fn searched(site: &Site, vraag: &str) -> u32 {
    let address = site.ask(json!({"vraag": vraag})).await;
    site.json(&address).await;
    for _ in 0..500 {
        let all = site.app.store.zoekacties("lokaal").expect("asked");
        if let Some(last) = all.last().filter(|last| last.telling.is_some()) {
            return last.nummer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it was never counted");
}

pub(super) async fn sent(site: &Site, path: &str, body: Value) -> Response {
    let request = request("POST", path).header(header::CONTENT_TYPE, "application/json");
    site.send(request.body(Body::from(body.to_string())).expect("request"))
        .await
}

async fn list(site: &Site, body: Value) -> Response {
    sent(site, "/v1/zaken/lokaal/lijsten", body).await
}

pub(super) async fn bytes(response: Response) -> Vec<u8> {
    assert_eq!(response.status(), StatusCode::OK);
    let said = header_of(&response, "uitvoer-sha256").to_owned();
    let body = response.into_body();
    let bytes = to_bytes(body, usize::MAX).await.expect("body").to_vec();
    assert_eq!(crate::audit::hex(&Sha256::digest(&bytes)), said);
    bytes
}

pub(super) fn local(site: &Site) -> (Actor, Zaak) {
    let zaak = site.app.store.zaak("lokaal").expect("asked");
    (Actor::local(Via::Api), zaak.expect("there"))
}

fn stored(site: &Site, number: u16) -> Document {
    let id = document(&format!("{number:03}.txt"), number).id;
    let (actor, zaak) = local(site);
    let zicht = site.app.zicht(&actor, Some(&zaak.id)).expect("seen");
    let snapshot = site.app.snapshot(&zicht).expect("index");
    snapshot.doc(id).expect("asked").expect("there")
}

/// Makes documents relevant and judges them.
pub(super) fn judged(site: &Site, numbers: std::ops::Range<u16>, oordeel: Oordeel) {
    let (actor, zaak) = local(site);
    let documents: Vec<Document> = numbers.map(|number| stored(site, number)).collect();
    let deed = Handeling {
        omvang: "selectie",
        van: String::new(),
        stukken: documents.iter().map(Stuk::from).collect(),
        schifting: Schifting::of(Waarde::Relevant),
        gezien: Gezien::Zaak(0),
        overschrijven: true,
    };
    site.app.store.schift(&actor, &zaak, &deed).expect("deed");
    for document in &documents {
        let beoordeling = Beoordeling {
            gronden: match oordeel {
                Oordeel::DeelsOpenbaar => vec!["5.1.2e".into()],
                _ => Vec::new(),
            },
            ..Beoordeling::of(oordeel)
        };
        let stuk = Stuk::from(document);
        let store = &site.app.store;
        store
            .beoordeel((&actor, &zaak), &[(stuk, None, 0)], &beoordeling)
            .expect("judged");
    }
}

#[tokio::test]
async fn every_hit_is_on_a_row_with_all_that_is_known() {
    let site = archive(5);
    let nummer = searched(&site, "subsidie").await;
    let response = list(
        &site,
        json!({"zoekactie": nummer, "profiel": "volledig-intern"}),
    )
    .await;
    assert_eq!(header_of(&response, "uitvoer-aantal"), "5");
    let name = header_of(&response, "content-disposition").to_owned();
    assert!(
        name.contains("volledig-intern-lokaal-20") && name.contains(".csv"),
        "{name}"
    );
    let bytes = bytes(response).await;
    assert!(bytes.starts_with("\u{feff}".as_bytes()));
    let rows = csv_rows(&bytes[3..], b';');
    assert_eq!(rows.len(), 6);
    let cell = |row: usize, column: &str| {
        let at = rows[0].iter().position(|name| name == column);
        rows[row][at.expect(column)].as_str()
    };
    assert_eq!(cell(1, "Pad"), "map/000.txt");
    assert_eq!(cell(1, "Titel"), "'=Nota 0\\");
    assert_eq!(cell(2, "Datum"), "2001-06-03");
    assert_eq!(cell(2, "Herkomst datum"), "verzonden");
    assert_eq!(cell(2, "Leesbaarheid"), "leesbaar");
    assert_eq!(cell(2, "SHA-256"), "00".repeat(32));
    assert_eq!(cell(2, "Ouder ID"), cell(1, "Document ID"));
    assert_eq!(cell(2, "Aantal plaatsen met dezelfde inhoud"), "2");
    assert_eq!(cell(2, "Andere plaatsen"), "archief/map/000.txt");
    assert_eq!(cell(5, "Andere plaatsen"), "");
    let records = site.app.store.uitvoeren("lokaal").expect("records");
    assert_eq!(
        (records[0].soort.as_str(), records[0].aantal),
        ("volledig-intern.csv", 5)
    );
    assert_eq!(
        std::fs::read_dir(site.app.folder.join("uitvoer"))
            .expect("folder")
            .count(),
        0
    );
    for vorm in ["xlsx", "ods"] {
        let body = json!({"zoekactie": nummer, "profiel": "volledig-intern", "vorm": vorm});
        let bytes = super::lijsten::bytes(list(&site, body).await).await;
        assert!(
            zip::ZipArchive::new(std::io::Cursor::new(bytes)).is_ok(),
            "{vorm}"
        );
    }
}

#[tokio::test]
async fn a_productierapport_waits_for_every_judgement_and_reads_back_as_the_receiver_reads_it() {
    let site = archive(4);
    let nummer = searched(&site, "subsidie").await;
    let wanted = json!({"zoekactie": nummer, "profiel": "productierapport"});
    judged(&site, 0..3, Oordeel::DeelsOpenbaar);
    let refused = problem(
        list(&site, wanted.clone()).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let detail = refused["detail"].as_str().expect("detail");
    assert!(
        detail.starts_with("1 document heeft nog geen beoordeling."),
        "{detail}"
    );
    judged(&site, 3..4, Oordeel::Openbaar);
    let response = list(&site, wanted).await;
    let warning = header_of(&response, "uitvoer-waarschuwing").to_owned();
    assert_eq!(warning, "4 beoordelingen zijn nog niet definitief");
    let text = String::from_utf8(bytes(response).await).expect("utf-8");
    let rows = fgetcsv(&text);
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0][0], "ID");
    let id = document("000.txt", 0).id.to_string();
    let first: Vec<&str> = rows[1].iter().map(String::as_str).collect();
    assert_eq!(
        first,
        [
            id.as_str(),
            "lokaal",
            "1",
            "",
            "000.txt",
            "note",
            "2000-06-03",
            "deels openbaar",
            "",
            "5.1.2e",
            "",
            "",
            "",
            "lokaal"
        ]
    );
    let families: Vec<&str> = rows[1..].iter().map(|row| row[2].as_str()).collect();
    assert_eq!(families, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_public_list_has_numbers_and_final_judgements_and_no_places() {
    let site = archive(2);
    let (actor, zaak) = local(&site);
    judged(&site, 0..2, Oordeel::Openbaar);
    let wanted = json!({"relevant": true, "profiel": "inventarislijst-publiek"});
    let why = |body: Value| body["detail"].as_str().expect("detail").to_owned();
    let refused = problem(
        list(&site, wanted.clone()).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(why(refused).starts_with("2 documenten hebben nog geen nummer."));
    let zicht = site.app.zicht(&actor, Some(&zaak.id)).expect("seen");
    site.app.number(&zicht, false).expect("numbered");
    let refused = problem(
        list(&site, wanted.clone()).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(why(refused).contains("nog geen definitieve beoordeling"));
    for number in 0..2 {
        let store = &site.app.store;
        let id = stored(&site, number).id;
        let seen = store
            .last_beoordeling("lokaal", id)
            .expect("asked")
            .expect("judged");
        store
            .maak_definitief(&actor, &zaak, id, seen.record)
            .expect("final");
    }
    let bytes = bytes(list(&site, wanted).await).await;
    let rows = csv_rows(&bytes[3..], b';');
    assert_eq!(rows[1][..4], ["0001", "lokaal-0001", "000.txt", "openbaar"]);
    let text = String::from_utf8(bytes).expect("utf-8");
    assert!(
        !text.contains("map/") && !text.contains("archief"),
        "{text}"
    );
}

#[tokio::test]
async fn a_load_file_has_what_a_review_program_asks_of_a_mail() {
    let site = site_with(1, |document| {
        document.relations.mail = Some(Default::default());
        document.from = vec!["jan@a.nl".into()];
        let all = ["els@b.nl", "een@b.nl", "twee@b.nl", "drie@b.nl"];
        document.to = all.map(str::to_owned).to_vec();
        document.metadata = [
            ("cc", "een@b.nl"),
            ("cc", "twee@b.nl"),
            ("bcc", "drie@b.nl"),
            ("message-id", "x@a.nl"),
            ("in-reply-to", "w@b.nl"),
            ("references", "v@b.nl w@b.nl"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    });
    let nummer = searched(&site, "subsidie").await;
    let body = json!({"zoekactie": nummer, "profiel": "load-file", "vorm": "dat"});
    let bytes = bytes(list(&site, body).await).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("zip");
    let mut dat = String::new();
    zip.by_name("lijst.dat")
        .expect("a list")
        .read_to_string(&mut dat)
        .expect("text");
    let row = |at: usize| -> Vec<String> {
        let line = dat
            .trim_start_matches('\u{feff}')
            .lines()
            .nth(at)
            .expect("a line");
        let cells = line.split('\u{14}');
        cells
            .map(|cell| cell.trim_matches('\u{fe}').to_owned())
            .collect()
    };
    let (names, values) = (row(0), row(1));
    let of = |name: &str| {
        let at = names.iter().position(|known| known == name);
        values[at.expect(name)].as_str()
    };
    assert_eq!(of("SUBJECT"), "Nota 000.txt");
    assert_eq!((of("FROM"), of("TO")), ("jan@a.nl", "els@b.nl"));
    assert_eq!((of("CC"), of("BCC")), ("een@b.nl; twee@b.nl", "drie@b.nl"));
    assert_eq!((of("MESSAGEID"), of("INREPLYTO")), ("x@a.nl", "w@b.nl"));
    assert_eq!(of("REFERENCES"), "v@b.nl w@b.nl");
    assert_eq!(of("SHA256HASH"), "01".repeat(32));
    assert_eq!(of("TEXTPATH"), "tekst\\lokaal-00000001.txt");
}

#[tokio::test]
async fn a_load_file_ties_families_together() {
    let site = archive(4);
    let nummer = searched(&site, "subsidie").await;
    let body = json!({"zoekactie": nummer, "profiel": "load-file", "vorm": "dat"});
    let bytes = bytes(list(&site, body).await).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("zip");
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name)
            .expect(name)
            .read_to_string(&mut text)
            .expect("text");
        text
    };
    let (dat, opt) = (part("lijst.dat"), part("lijst.opt"));
    let lines: Vec<Vec<String>> = dat
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| {
            line.split('\u{14}')
                .map(|cell| cell.trim_matches('\u{fe}').to_owned())
                .collect()
        })
        .collect();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!(lines[1][0], "lokaal-00000001");
    assert_eq!(
        lines[1].last().map(String::as_str),
        Some("originelen\\lokaal-00000001.txt")
    );
    assert_eq!(
        opt.lines().next(),
        Some("lokaal-00000001,ZV001,originelen\\lokaal-00000001.txt,Y,,,1")
    );
    assert_eq!(opt.lines().count(), 4);
    for wrong in [
        json!({"zoekactie": nummer, "profiel": "load-file", "vorm": "csv"}),
        json!({"zoekactie": nummer, "profiel": "volledig-intern", "vorm": "dat"}),
        json!({"zoekactie": nummer, "relevant": true, "profiel": "volledig-intern"}),
        json!({"profiel": "volledig-intern"}),
    ] {
        problem(list(&site, wrong).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn a_list_of_a_later_index_has_exactly_what_was_found_or_is_refused_with_both_figures() {
    let site = archive(3);
    let nummer = searched(&site, "subsidie").await;
    let wanted = json!({"zoekactie": nummer, "profiel": "volledig-intern"});
    // A further hit does not come into the list of what was found before.
    let mut later = document("007.txt", 7);
    later.content = Some(ContentHash([9; 32]));
    write(&site.app.folder, vec![(later, "De subsidie.".into())], &[]);
    let response = list(&site, wanted.clone()).await;
    assert_eq!(header_of(&response, "uitvoer-aantal"), "3");
    assert!(
        !String::from_utf8(bytes(response).await)
            .expect("utf-8")
            .contains("007.txt")
    );
    write(&site.app.folder, Vec::new(), &[document("001.txt", 1).id]);
    let refused = problem(list(&site, wanted).await, StatusCode::CONFLICT).await;
    let detail = refused["detail"].as_str().expect("detail");
    assert!(
        detail.contains("vond 3 documenten; daarvan zijn er nu 2"),
        "{detail}"
    );
    assert_eq!(
        site.app.store.uitvoeren("lokaal").expect("records").len(),
        1
    );
    // A stored search is done again on the index of now.
    let stored = site
        .app
        .store
        .zoekacties("lokaal")
        .expect("asked")
        .remove(0)
        .zoekopdracht;
    let again = json!({"zoekopdracht": stored, "profiel": "volledig-intern"});
    assert_eq!(header_of(&list(&site, again).await, "uitvoer-aantal"), "3");
}

#[tokio::test]
async fn a_term_report_is_a_table_on_request() {
    let site = archive(3);
    let report = |vorm: &str| json!({"lijst": "subsidie\nnummer1\n=onvindbaar", "vorm": vorm});
    let response = sent(&site, "/v1/termenrapporten", report("csv")).await;
    assert!(header_of(&response, "content-disposition").contains("termenrapport-lokaal-"));
    let rows = csv_rows(&bytes(response).await[3..], b';');
    assert_eq!(rows[0][..4], ["Regel", "Term", "Zo gezocht", "Treffers"]);
    assert_eq!(rows[0].last().map(String::as_str), Some("Bron archief"));
    assert_eq!(
        (
            rows[1][1].as_str(),
            rows[1][3].as_str(),
            rows[1][4].as_str()
        ),
        ("subsidie", "3", "2")
    );
    assert_eq!((rows[2][3].as_str(), rows[2][4].as_str()), ("1", "0"));
    assert_eq!(
        (rows[3][1].as_str(), rows[3][3].as_str()),
        ("'=onvindbaar", "0")
    );
    assert_eq!(rows[4][3], "3");
    assert_eq!(
        (rows[0][6].as_str(), rows[1][6].as_str()),
        ("Aandeel in het totaal", "1")
    );
    let json = sent(&site, "/v1/termenrapporten", json!({"lijst": "subsidie"})).await;
    assert_eq!(header_of(&json, "content-type"), "application/json");
    for (vorm, kind) in [("xlsx", "spreadsheetml"), ("ods", "opendocument")] {
        let response = sent(&site, "/v1/termenrapporten", report(vorm)).await;
        assert!(header_of(&response, "content-type").contains(kind));
    }
}

fn grant(office: &Office, who: &Person) {
    office.grant(&office.verlening(who, "archief"));
}

#[tokio::test]
async fn only_who_works_on_the_case_under_a_machtiging_gets_a_list() {
    let office = office(archive(3));
    let lists = format!("/v1/zaken/{}/lijsten", office.zaak.id);
    grant(&office, &office.specialist);
    let found = office.ask(&office.specialist, "subsidie").await;
    office
        .get(&office.specialist, &super::location(&found))
        .await;
    let wanted = json!({"zoekactie": 1, "profiel": "volledig-intern"});
    let made = office
        .post(&office.specialist, &lists, wanted.clone())
        .await;
    assert_eq!(header_of(&made, "uitvoer-aantal"), "3");
    // The search belongs to this case only.
    let elsewhere = json!({"zoekopdracht": "0".repeat(32), "profiel": "volledig-intern"});
    problem(
        office.post(&office.specialist, &lists, elsewhere).await,
        StatusCode::NOT_FOUND,
    )
    .await;
    let before = office.refusals();
    problem(
        office.post(&office.regisseur, &lists, wanted.clone()).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let auditor = super::toegang::person(&office.site, "ada", crate::mensen::Rol::Auditor);
    grant(&office, &auditor);
    let refused = office.post(&auditor, &lists, wanted).await;
    assert!(!text(refused).await.contains("Nota"));
    assert_eq!(office.refusals(), before + 2);
}
