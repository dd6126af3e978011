//! Belanghebbenden as those who work with them notice: what a third party gets and above all does not get, how long the
//! term stands still, and what is told of them.

use super::deelbesluiten::{BEDRIJF, BUUR, Case, REMARK, case, id, original};
use super::lijsten::bytes;
use super::pakketten::members;
use super::{document, header_of, problem, text, write};
use crate::uitvoer::tabel::tests::lezen::csv_rows;
use crate::zaken::machtiging::today;
use axum::http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use zv_shared::ContentHash;

/// What must be nowhere in something that goes to a third party.
fn holds_nothing_of_ours(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for word in [
        BEDRIJF, BUUR, "Zilt", "Kramer", REMARK, "map/", "archief", "elangheb",
    ] {
        assert!(!text.contains(word), "{what} holds {word}: {text}");
    }
}

#[tokio::test]
async fn each_third_party_gets_a_list_and_a_package_of_exactly_their_documents() {
    let case = case();
    case.with_two().await;
    let theirs = [(1, [0u16, 1], 2u16), (2, [1, 2], 0)];
    for (derde, numbers, not) in theirs {
        let wanted = json!({"belanghebbende": derde, "profiel": "zienswijzelijst"});
        let response = case.export("lijsten", wanted).await;
        assert_eq!(header_of(&response, "uitvoer-aantal"), "2");
        let name = header_of(&response, "content-disposition").to_owned();
        assert!(name.contains("zienswijzelijst-2026-1-20"), "{name}");
        let list = bytes(response).await;
        holds_nothing_of_ours("the list", &list);
        let rows = csv_rows(&list[3..], b';');
        assert_eq!(
            rows[0][..3],
            ["Document ID", "Documentnummer", "Bestandsnaam"]
        );
        let numbered: Vec<String> = numbers
            .iter()
            .map(|one| format!("{:04}", one + 1))
            .collect();
        let listed: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(listed, numbered);
        assert_eq!(rows[1][1], format!("2026-1-{}", numbered[0]));
        assert_eq!(rows[1][6..], ["", "", ""], "room for the zienswijze");

        let response = case
            .export("pakketten", json!({"belanghebbende": derde, "tekst": true}))
            .await;
        assert_eq!(header_of(&response, "uitvoer-aantal"), "2");
        let packed = members(bytes(response).await);
        let originals: Vec<&str> = packed
            .keys()
            .filter_map(|name| name.strip_prefix("originelen/"))
            .collect();
        let expected: Vec<String> = numbered.iter().map(|one| format!("{one}.txt")).collect();
        assert_eq!(originals, expected);
        for (name, number) in expected.iter().zip(numbers) {
            assert_eq!(packed[&format!("originelen/{name}")], original(number));
            let read = String::from_utf8_lossy(&packed[&format!("tekst/{name}")]).into_owned();
            assert!(read.contains(&format!("nummer{number}")), "{read}");
        }
        for (name, bytes) in &packed {
            holds_nothing_of_ours(name, bytes);
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(&format!(";{not:03}.txt")), "{name}: {text}");
            assert!(!text.contains(&id(not).to_string()) && !name.contains("metadata"));
        }
    }
    let left = case.get("uitvoer").await;
    let kinds: BTreeSet<&str> = left
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|one| one["soort"].as_str())
        .collect();
    let expected = [
        "pakket.zip (belanghebbende 1)",
        "pakket.zip (belanghebbende 2)",
        "zienswijzelijst.csv (belanghebbende 1)",
        "zienswijzelijst.csv (belanghebbende 2)",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
}

#[tokio::test]
async fn no_other_list_is_made_of_a_third_party_and_no_mail_with_somebody_elses_attachment() {
    let case = case();
    case.with_two().await;
    for wanted in [
        json!({"belanghebbende": 1, "profiel": "volledig-intern"}),
        json!({"belanghebbende": 1, "profiel": "load-file", "vorm": "dat"}),
        json!({"relevant": true, "profiel": "zienswijzelijst"}),
        json!({"belanghebbende": 1, "deelbesluit": 1, "profiel": "zienswijzelijst"}),
    ] {
        let refused = case.export("lijsten", wanted.clone()).await;
        assert_eq!(
            refused.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wanted}"
        );
    }
    // The mail is about the neighbour, its attachment is not.
    case.put("belanghebbenden/2", &[3]).await;
    let package = |body| case.export("pakketten", body);
    let response = package(json!({"belanghebbende": 2, "tekst": true})).await;
    let warning = header_of(&response, "uitvoer-waarschuwing").to_owned();
    assert_eq!(warning, "2 onderdelen ontbreken; zie ontbreekt.csv");
    let packed = members(bytes(response).await);
    assert!(!packed.contains_key("originelen/0004.txt"));
    assert!(
        !packed.contains_key("tekst/0004.txt"),
        "it may tell what is in it"
    );
    let missing = csv_rows(&packed["ontbreekt.csv"][3..], b';');
    assert_eq!(missing[1][..2], ["0004", "003.txt"]);
    assert!(
        missing[1][2].contains("ook andere documenten"),
        "{missing:?}"
    );
    // When all of it is about them, they get it.
    case.put("belanghebbenden/2", &[4]).await;
    let packed = members(bytes(package(json!({"belanghebbende": 2})).await).await);
    assert_eq!(packed["originelen/0004.txt"], original(3));
    // A document without a number is in no list for outside.
    case.sift(&[5], "relevant").await;
    case.put("belanghebbenden/1", &[5]).await;
    let wanted = json!({"belanghebbende": 1, "profiel": "zienswijzelijst"});
    let refused = case.export("lijsten", wanted).await;
    let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(
        refused["detail"]
            .as_str()
            .expect("detail")
            .contains("nog geen nummer")
    );
    let refused = package(json!({"belanghebbende": 1})).await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn what_changed_since_it_was_judged_does_not_go_along() {
    let case = case();
    case.with_two().await;
    let mut changed = document("000.txt", 0);
    changed.content = Some(ContentHash([7; 32]));
    changed.text = Some("tekst-anders".into());
    let now = vec![(changed, "Nu over iemand anders.".to_owned())];
    write(&case.office.site.app.folder, now, &[]);
    let response = case
        .export("pakketten", json!({"belanghebbende": 1, "tekst": true}))
        .await;
    let packed = members(bytes(response).await);
    for (name, bytes) in &packed {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains("iemand anders") && !name.contains("/0001"),
            "{name}"
        );
    }
    assert_eq!(packed["originelen/0002.txt"], original(1));
    let missing = csv_rows(&packed["ontbreekt.csv"][3..], b';');
    let lacking: Vec<&str> = missing[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(lacking, ["0001", "0001"], "the original and the text");
}

/// What the term of the case was stretched by, and its last day.
async fn term(case: &Case) -> (Vec<(Value, Value)>, Value) {
    let response = case
        .office
        .get(&case.jurist, &format!("/v1/zaken/{}", case.office.zaak.id))
        .await;
    let zaak: Value = serde_json::from_str(&text(response).await).expect("json");
    let steps = zaak["termijn"]["stappen"].as_array().expect("steps");
    let days = steps
        .iter()
        .map(|one| (one["van"].clone(), one["tot"].clone()));
    (days.collect(), zaak["termijn"]["tot"].clone())
}

#[tokio::test]
async fn the_term_stands_still_until_the_last_of_them_gave_a_zienswijze() {
    let case = case();
    case.with_two().await;
    let day = |days: i64| (today() + days.days()).to_string();
    let ask = |uiterlijk: i64| {
        json!({"gevraagd_op": day(0), "uiterlijk": day(uiterlijk), "verzoek": "Wat vindt u ervan?",
            "bericht_op": day(0)})
    };
    let (steps, plain) = term(&case).await;
    assert!(steps.is_empty());
    for (derde, uiterlijk) in [(1, 10), (2, 14)] {
        let path = format!("belanghebbenden/{derde}/zienswijzen");
        let asked = case.post(&path, ask(uiterlijk), StatusCode::CREATED).await;
        assert_eq!(asked["nummer"], derde);
    }
    // One suspension for both, from the day after the message, to the last day of the last of them.
    let (steps, longer) = term(&case).await;
    assert_eq!(steps, [(json!(day(1)), json!(day(14)))]);
    assert_ne!(longer, plain);
    let answer = |uiterlijk: i64, on: i64| {
        let mut said = ask(uiterlijk);
        said["ontvangen_op"] = json!(day(on));
        said["reactie"] = json!("Liever niet.");
        said["strekking"] = json!("bezwaar");
        json!({"gezien": 1, "inhoud": said})
    };
    case.post("zienswijzen/2", answer(14, 5), StatusCode::NO_CONTENT)
        .await;
    let (steps, _) = term(&case).await;
    assert_eq!(
        steps,
        [(json!(day(1)), json!(day(10)))],
        "the other one has still"
    );
    case.post("zienswijzen/1", answer(10, 3), StatusCode::NO_CONTENT)
        .await;
    let (steps, _) = term(&case).await;
    assert_eq!(
        steps,
        [(json!(day(1)), json!(day(5)))],
        "up to and with the last answer"
    );
    // Who did not see the last version is told; an answer has a day; nobody answers before the question.
    case.post("zienswijzen/1", answer(10, 4), StatusCode::CONFLICT)
        .await;
    let mut wrong = answer(10, -1);
    wrong["gezien"] = json!(2);
    case.post(
        "zienswijzen/1",
        wrong.clone(),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    wrong["inhoud"]["ontvangen_op"] = Value::Null;
    case.post("zienswijzen/1", wrong, StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    // The applicant was never told after all: then it did not stand still.
    for nummer in [1, 2] {
        let mut said = answer(14, 5);
        (said["gezien"], said["inhoud"]["bericht_op"]) = (json!(2), Value::Null);
        case.post(
            &format!("zienswijzen/{nummer}"),
            said,
            StatusCode::NO_CONTENT,
        )
        .await;
    }
    assert_eq!(term(&case).await, (Vec::new(), plain));
    let all = case.get("belanghebbenden").await;
    let first = &all["belanghebbenden"][0];
    assert_eq!(first["documenten"], 2);
    let versions = first["zienswijzen"][0]["versies"].as_array().expect("all");
    assert_eq!(versions.len(), 3, "every version is kept");
    assert_eq!(versions[0]["inhoud"]["verzoek"], "Wat vindt u ervan?");
}

#[tokio::test]
async fn the_account_counts_third_parties_and_names_them_only_inside() {
    let case = case();
    case.with_two().await;
    let body = json!({"gevraagd_op": today().to_string(), "uiterlijk": today().to_string(), "verzoek": "?",
        "ontvangen_op": today().to_string(), "reactie": "Namens Zilt: nee", "strekking": "bezwaar"});
    case.post("belanghebbenden/1/zienswijzen", body, StatusCode::CREATED)
        .await;
    let part = json!({"naam": "Stukken over Bouwbedrijf Zilt en mevrouw Kramer", "volgorde": 1,
        "afgestemd_hoe": "per mail", "afgestemd_op": "2026-01-15", "besluit_op": "2026-02-01",
        "opmerking": REMARK});
    case.post("deelbesluiten", part, StatusCode::CREATED).await;
    case.put("deelbesluiten/1", &[0, 1, 2]).await;
    let account = async |versie: &str| {
        let wanted = json!({"versie": versie, "vorm": "html"});
        text(case.export("verantwoordingen", wanted).await).await
    };
    let (intern, publiek) = (account("intern").await, account("publiek").await);
    for version in [&intern, &publiek] {
        let said = "In deze zaak: 2 belanghebbenden. Om een zienswijze gevraagd: 1 belanghebbende. Een zienswijze \
                    gegeven: 1 belanghebbende.";
        assert!(version.contains(said), "{version}");
        assert!(
            version.contains("per mail, op 15 januari 2026") && version.contains("1 februari 2026")
        );
        assert!(version.contains("2 relevante documenten horen bij geen deelbesluit."));
        assert!(version.contains("een omwonende") && !version.contains(REMARK));
    }
    assert!(intern.contains(BEDRIJF) && intern.contains(BUUR));
    for name in ["Zilt", "Kramer"] {
        assert!(!publiek.contains(name), "{publiek}");
    }
    assert!(
        publiek.contains("Stukken over [een derde] en mevrouw [een derde]"),
        "{publiek}"
    );
    // Nor does the audit trail know anybody by name.
    let trail =
        rusqlite::Connection::open(case.office.site.app.folder.join("audit.db")).expect("trail");
    let named: i64 = trail
        .query_row(
            "SELECT count(*) FROM regel WHERE gegevens LIKE '%Zilt%' OR gegevens LIKE '%Kramer%'",
            [],
            |row| row.get(0),
        )
        .expect("count");
    assert_eq!(named, 0);
}

#[tokio::test]
async fn what_waits_for_an_objection_is_suspended_in_the_lists_of_the_decision() {
    let case = case();
    case.with_two().await;
    for number in [0, 1, 2, 3, 4] {
        let body =
            json!({"document": id(number).to_string(), "beoordeling": {"oordeel": "openbaar"}});
        case.post("beoordelingen", body, StatusCode::CREATED).await;
    }
    let body = json!({"gevraagd_op": today().to_string(), "uiterlijk": today().to_string(), "verzoek": "?",
        "ontvangen_op": today().to_string(), "strekking": "bezwaar", "openbaarmaking_wacht": true});
    case.post("belanghebbenden/2/zienswijzen", body, StatusCode::CREATED)
        .await;
    let wanted = json!({"relevant": true, "profiel": "productierapport"});
    let list = String::from_utf8(bytes(case.export("lijsten", wanted).await).await).expect("text");
    let suspended: Vec<&str> = list
        .lines()
        .filter(|line| line.contains(",ja,"))
        .map(|line| &line[..4])
        .collect();
    assert_eq!(suspended, ["0002", "0003"], "{list}");
}
