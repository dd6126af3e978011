//! Closing a case and opening it again for bezwaar: what is kept stays byte for byte as it was, the old rights do not come
//! back, and the account of the new version says why there is one and what is different.

use super::deelbesluiten::{Case, case, id};
use super::toegang::Person;
use super::{document, header_of, location, problem, text, write};
use crate::audit::hex;
use crate::zaken::zaakversie::versie_folder;
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use zv_shared::ContentHash;

/// A case with a search, judgements on grounds of the Wob, numbers and a deelbesluit, decided in March 2022.
async fn decided() -> Case {
    let case = case();
    let store = &case.office.site.app.store;
    let day = "2022-03-01".parse().ok();
    store
        .set_besluit(&case.office.regisseur.actor, &case.office.zaak, day)
        .expect("decided");
    let asked = case.office.ask(&case.jurist, "subsidie").await;
    case.office.get(&case.jurist, &location(&asked)).await;
    case.sift(&[0, 1, 2], "relevant").await;
    case.post("nummers", json!({}), StatusCode::CREATED).await;
    judge(&case, 0, "10.2e", 0).await;
    judge(&case, 1, "10.2e", 0).await;
    let part = json!({"naam": "Eerste deel", "besluit_op": "2022-03-01"});
    case.post("deelbesluiten", part, StatusCode::CREATED).await;
    case.put("deelbesluiten/1", &[0]).await;
    case
}

async fn judge(case: &Case, number: u16, grond: &str, gezien: u64) {
    let body = json!({"document": id(number).to_string(), "gezien": gezien,
        "beoordeling": {"oordeel": "deels-openbaar", "gronden": [grond]}});
    case.post("beoordelingen", body, StatusCode::CREATED).await;
}

async fn lead(case: &Case, rest: &str, body: Value) -> axum::response::Response {
    let path = case.path(rest);
    case.office.post(&case.office.regisseur, &path, body).await
}

async fn close(case: &Case) {
    let closed = lead(case, "_sluit", json!({})).await;
    assert_eq!(
        closed.status(),
        StatusCode::NO_CONTENT,
        "{}",
        text(closed).await
    );
}

async fn versions(case: &Case) -> Vec<Value> {
    let found = case.get("versies").await;
    found["versies"].as_array().expect("versions").clone()
}

/// Every kept file of a version as somebody gets it.
async fn kept(case: &Case, who: &Person, versie: usize) -> Vec<(String, Vec<u8>)> {
    let files = versions(case).await[versie - 1]["bestanden"].clone();
    let mut found = Vec::new();
    for file in files.as_array().expect("files") {
        let name = file["naam"].as_str().expect("name");
        let path = case.path(&format!("versies/{versie}/bestanden/{name}"));
        let response = case.office.get(who, &path).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        let sent = header_of(&response, "content-disposition").to_owned();
        assert!(
            sent.contains(&format!("2026-1-versie-{versie}-{name}")),
            "{sent}"
        );
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("body");
        assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)), "{name}");
        assert_eq!(file["bytes"], bytes.len() as u64);
        found.push((name.to_owned(), bytes.to_vec()));
    }
    found
}

#[tokio::test]
async fn what_was_kept_at_closing_stays_the_same_through_reopening_and_reindexing() {
    let case = decided().await;
    close(&case).await;
    let one = versions(&case).await;
    assert_eq!(one.len(), 1);
    assert_eq!(one[0]["besluit_op"], "2022-03-01");
    let names: Vec<&str> = one[0]["bestanden"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|file| file["naam"].as_str())
        .collect();
    let expected = [
        "cijfers.json",
        "documenten.csv",
        "uitvoer.json",
        "verantwoording-intern.html",
        "verantwoording-publiek.html",
    ];
    assert_eq!(names, expected);
    // Nobody sees documents of a closed case; its account stays for who worked on it.
    let list = case.path("versies/1/bestanden/documenten.csv");
    problem(
        case.office.get(&case.jurist, &list).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let account = case.path("versies/1/bestanden/verantwoording-intern.html");
    let before = case.office.get(&case.jurist, &account).await;
    assert_eq!(before.status(), StatusCode::OK);
    let before = text(before).await;
    assert!(
        before.contains("1 maart 2022") && before.contains("Zaak gesloten"),
        "{before}"
    );
    let granter = case.office.get(&case.office.granter, &account).await;
    problem(granter, StatusCode::FORBIDDEN).await;

    let reopened = lead(
        &case,
        "_heropen",
        json!({"reden": "Bezwaar van de verzoeker"}),
    )
    .await;
    assert_eq!(reopened.status(), StatusCode::NO_CONTENT);
    // The machtigingen ended with the closing.
    problem(
        case.office.get(&case.jurist, &list).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    case.grant();
    let first = kept(&case, &case.jurist, 1).await;
    assert!(first.contains(&("verantwoording-intern.html".to_owned(), before.into_bytes())));
    let listed = first.iter().find(|(name, _)| name == "documenten.csv");
    let listed = String::from_utf8(listed.expect("list").1.clone()).expect("text");
    assert!(
        listed.contains("0002;") && listed.contains("10.2e") && listed.contains("Nota 001.txt")
    );

    // Everything changes: judgements, parts, the archive itself.
    judge(&case, 1, "5.1.2e", 2).await;
    case.sift(&[3], "relevant").await;
    case.post("nummers", json!({}), StatusCode::CREATED).await;
    let mut changed = document("000.txt", 0);
    changed.title = "Heel iets anders".into();
    changed.content = Some(ContentHash([7; 32]));
    let state = case.office.site.app.folder.clone();
    write(
        &state,
        vec![(changed, "Andere tekst.".to_owned())],
        &[id(1)],
    );
    assert_eq!(kept(&case, &case.jurist, 1).await, first);
    let store = &case.office.site.app.store;
    assert_eq!(
        store.check_versies(&state).expect("checked"),
        Vec::<String>::new()
    );

    // The second version is kept beside it, and tells what is not in the index any more.
    close(&case).await;
    let reopened = lead(&case, "_heropen", json!({"reden": "Beroep"})).await;
    assert_eq!(reopened.status(), StatusCode::NO_CONTENT);
    case.grant();
    assert_eq!(versions(&case).await.len(), 3);
    assert_eq!(kept(&case, &case.jurist, 1).await, first);
    let second = kept(&case, &case.jurist, 2).await;
    let gone = second.iter().find(|(name, _)| name == "niet-in-index.csv");
    let gone = String::from_utf8(gone.expect("gone").1.clone()).expect("text");
    assert!(gone.contains("0002;") && gone.contains("5.1.2e"), "{gone}");
    // A file that was touched is noticed, and not handed out.
    let place = versie_folder(&state, &case.office.zaak.id, 1).join("cijfers.json");
    fs::write(&place, "{}").expect("touched");
    let faults = store.check_versies(&state).expect("checked");
    assert!(
        faults.len() == 1 && faults[0].contains("cijfers.json"),
        "{faults:?}"
    );
    let path = case.path("versies/1/bestanden/cijfers.json");
    let refused = case.office.get(&case.jurist, &path).await;
    assert_eq!(refused.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_account_of_the_new_version_says_why_there_is_one_and_what_changed() {
    let case = decided().await;
    close(&case).await;
    lead(
        &case,
        "_heropen",
        json!({"reden": "Bezwaar: er ontbreken stukken"}),
    )
    .await;
    case.grant();
    let zaak: Value = {
        let path = format!("/v1/zaken/{}", case.office.zaak.id);
        let response = case.office.get(&case.jurist, &path).await;
        serde_json::from_str(&text(response).await).expect("json")
    };
    assert!(zaak["besluit_op"].is_null(), "a new decision is taken");
    assert_eq!(zaak["versie"], 2);
    let account = async |versie: &str| {
        let wanted = json!({"versie": versie, "vorm": "html"});
        let path = case.path("verantwoordingen");
        text(case.office.post(&case.jurist, &path, wanted).await).await
    };
    let intern = account("intern").await;
    for said in [
        "Dit is de verantwoording van versie 2 van de zaak.",
        "Bezwaar: er ontbreken stukken",
        "Wat er veranderd is sinds de sluiting van versie 1",
        "<th scope=\"row\">Machtigingen</th><td class=\"getal\">1</td><td class=\"getal\">2</td>",
        "De schifting is sindsdien gewijzigd van 0 documenten, de beoordeling van 0 documenten.",
        "Het besluit in deze versie is nog niet genomen. Op een besluit van vandaag is de Woo van toepassing.",
        "van 2 documenten staat de beoordeling nog op een grond van een andere wet",
        "vervallen bij het sluiten van de zaak",
    ] {
        assert!(intern.contains(said), "{said}: {intern}");
    }
    let files = versions(&case).await[0]["bestanden"].clone();
    for (number, versie) in [(3, "intern"), (4, "publiek")] {
        let hash = files[number]["sha256"].as_str().expect("hash");
        assert!(account(versie).await.contains(hash), "{versie}");
    }
    // Bezwaar is decided under the Woo: also for the document of the first deelbesluit, which was decided before.
    let old = json!({"document": id(0).to_string(), "gezien": 1,
        "beoordeling": {"oordeel": "deels-openbaar", "gronden": ["10.2e"]}});
    case.post("beoordelingen", old, StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    judge(&case, 0, "5.1.2e", 1).await;
    case.sift(&[2], "niet-relevant").await;
    case.sift(&[3], "relevant").await;
    let now = account("publiek").await;
    for said in [
        "De schifting is sindsdien gewijzigd van 2 documenten, de beoordeling van 1 document.",
        "van 1 document staat de beoordeling nog op een grond van een andere wet",
        "Geschift als niet relevant",
        "Geweigerd op grond 10.2e",
    ] {
        assert!(now.contains(said), "{said}: {now}");
    }
}

#[tokio::test]
async fn a_program_that_was_killed_after_closing_keeps_the_rest_at_its_next_start() {
    let case = decided().await;
    let app = &case.office.site.app;
    let rik = &case.office.regisseur.actor;
    // Closed, and then the power went: nothing is kept yet, and part of a file lies about.
    app.store
        .close_zaak(rik, &case.office.zaak)
        .expect("closed");
    let folder = versie_folder(&app.folder, &case.office.zaak.id, 1);
    fs::create_dir_all(&folder).expect("folder");
    let half = folder.join(format!("documenten.csv.{}.deel", std::process::id()));
    fs::write(&half, "half").expect("half a file");
    let refused = app.store.reopen_zaak(rik, &case.office.zaak, "Bezwaar");
    assert!(matches!(
        refused,
        Err(crate::store::StoreError::Conflict(_))
    ));
    assert!(
        versions(&case).await[0]["bestanden"]
            .as_array()
            .expect("none")
            .is_empty()
    );
    app.take_up_rest().expect("taken up");
    assert!(!half.exists());
    let files = versions(&case).await[0]["bestanden"].clone();
    assert_eq!(files.as_array().expect("files").len(), 5);
    assert_eq!(fs::read_dir(&folder).expect("folder").count(), 5);
    // Once: a second start finds nothing to do.
    app.take_up_rest().expect("taken up");
    assert_eq!(versions(&case).await[0]["bestanden"], files);
    let reopened = lead(&case, "_heropen", json!({"reden": "Bezwaar"})).await;
    assert_eq!(reopened.status(), StatusCode::NO_CONTENT);
    let twice = lead(&case, "_heropen", json!({"reden": "Nog eens"})).await;
    problem(twice, StatusCode::UNPROCESSABLE_ENTITY).await;
    // Who is no regisseur neither closes nor opens, nor makes a copy by asking.
    let path = case.path("_sluit");
    let refused = case.office.post(&case.jurist, &path, json!({})).await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
}
