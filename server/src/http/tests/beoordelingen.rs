//! Deciding what becomes public, with several people at once; document numbers; contradictions.

use super::problem;
use super::schiftingen::{Office, id, json_of, one};
use crate::mensen::Rol;
use axum::http::StatusCode;
use serde_json::{Value, json};

fn judged(number: u16, seen: u64, given: Value) -> Value {
    json!({"document": id(number), "gezien": seen, "beoordeling": given})
}

#[tokio::test]
async fn two_people_judge_a_third_makes_it_final() {
    let office = Office::new(2);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    json_of(
        office.judge(&jan, one(0, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    let partly = json!({"oordeel": "deels-openbaar", "gronden": []});
    let first = office
        .post(&jan, "beoordelingen", judged(0, 0, partly.clone()))
        .await;
    let first = json_of(first, StatusCode::CREATED).await;
    assert_eq!(
        first["ontbreekt"],
        json!(["deels openbaar heeft een grond nodig"])
    );
    let told = problem(
        office
            .post(&els, "beoordelingen", judged(0, 0, partly))
            .await,
        StatusCode::CONFLICT,
    )
    .await;
    assert!(
        told["detail"]
            .as_str()
            .expect("text")
            .contains("Jan van Dam"),
        "{told}"
    );
    let seen = first["nummer"].as_u64().expect("number");
    let path = format!("beoordelingen/{}/definitief", id(0));
    let body = json!({"gezien": seen});
    problem(
        office.post(&jan, &path, body.clone()).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let told = problem(
        office.post(&els, &path, body).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(
        told["detail"].as_str().expect("text").contains("grond"),
        "{told}"
    );
    // The documents of this site are of 2000 and later: that is long ago.
    let whole = json!({"oordeel": "deels-openbaar", "gronden": ["5.1 lid 2 sub e"]});
    let second = office
        .post(&jan, "beoordelingen", judged(0, seen, whole))
        .await;
    let second = json_of(second, StatusCode::CREATED).await;
    assert_eq!(second["beoordeling"]["gronden"], json!(["5.1.2e"]));
    assert!(
        second["ontbreekt"][0]
            .as_str()
            .expect("text")
            .contains("vijf jaar"),
        "{second}"
    );
    let seen = second["nummer"].as_u64().expect("number");
    let motivated =
        json!({"oordeel": "deels-openbaar", "gronden": ["5.1.2e"], "motivering": "nog in dienst"});
    let third = office
        .post(&jan, "beoordelingen", judged(0, seen, motivated))
        .await;
    let third = json_of(third, StatusCode::CREATED).await;
    let done = office
        .post(&els, &path, json!({"gezien": third["nummer"]}))
        .await;
    let done = json_of(done, StatusCode::CREATED).await;
    assert_eq!(done["definitief"]["wijze"], "vier-ogen");
    assert_eq!(done["definitief"]["naam"], "Els van Dam");
    let all = office.read(&els, "beoordelingen").await;
    assert_eq!(all["beoordelingen"].as_array().expect("list").len(), 1);
}

#[tokio::test]
async fn the_same_content_judged_differently_is_listed() {
    let office = Office::new(8);
    let els = office.granted("els", &[Rol::WooJurist]);
    // Every document of this one has its own content.
    for (number, value) in [(0, "relevant"), (1, "twijfel"), (6, "twijfel")] {
        json_of(
            office.judge(&els, one(number, 0, value)).await,
            StatusCode::CREATED,
        )
        .await;
    }
    let none = office.read(&els, "tegenstrijdigheden").await;
    assert_eq!(none["tegenstrijdigheden"], json!([]));
    let twins = Office::with(4, |document| {
        document.content = Some(zv_shared::ContentHash([7; 32]));
    });
    let els = twins.granted("els", &[Rol::WooJurist]);
    for (number, value) in [(0, "relevant"), (1, "twijfel"), (3, "relevant")] {
        json_of(
            twins.judge(&els, one(number, 0, value)).await,
            StatusCode::CREATED,
        )
        .await;
    }
    for (number, value) in [(0, "openbaar"), (1, "niet-openbaar")] {
        let sent = judged(number, 0, json!({"oordeel": value}));
        json_of(
            twins.post(&els, "beoordelingen", sent).await,
            StatusCode::CREATED,
        )
        .await;
    }
    let found = twins.read(&els, "tegenstrijdigheden").await;
    let found = found["tegenstrijdigheden"].as_array().expect("list");
    assert_eq!(
        (&found[0]["soort"], &found[1]["soort"]),
        (&json!("schifting"), &json!("beoordeling"))
    );
    assert_eq!(found[0]["documenten"].as_array().expect("list").len(), 3);
    assert_eq!(found[1]["documenten"].as_array().expect("list").len(), 2);
    // A copy that points to its document contradicts nothing.
    let history = twins
        .read(&els, &format!("documenten/{}/schiftingen", id(1)))
        .await;
    let copy = json!({"doel": {"soort": "document", "document": id(1)},
        "gezien": history["schiftingen"][0]["nummer"], "schifting": {"waarde": "dubbel", "dubbel_van": id(0)}});
    json_of(twins.judge(&els, copy).await, StatusCode::CREATED).await;
    let found = twins.read(&els, "tegenstrijdigheden").await;
    assert_eq!(
        found["tegenstrijdigheden"].as_array().expect("list").len(),
        1
    );
}

#[tokio::test]
async fn relevant_documents_are_numbered_by_date_and_keep_their_number() {
    let office = Office::new(8);
    let els = office.granted("els", &[Rol::WooJurist]);
    for number in [4, 1] {
        json_of(
            office.judge(&els, one(number, 0, "relevant")).await,
            StatusCode::CREATED,
        )
        .await;
    }
    json_of(
        office.judge(&els, one(0, 0, "twijfel")).await,
        StatusCode::CREATED,
    )
    .await;
    let give = || office.post(&els, "nummers", json!({}));
    let given = json_of(give().await, StatusCode::CREATED).await;
    assert_eq!(given, json!({"nieuw": 2, "bestaand": 0, "verdwenen": 0}));
    json_of(
        office.judge(&els, one(3, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    let given = json_of(give().await, StatusCode::CREATED).await;
    assert_eq!(given, json!({"nieuw": 1, "bestaand": 2, "verdwenen": 0}));
    let all = office.read(&els, "nummers").await;
    let list: Vec<(&str, &str)> = all["nummers"]
        .as_array()
        .expect("list")
        .iter()
        .map(|one| {
            (
                one["nummer"].as_str().expect("number"),
                one["document"].as_str().expect("id"),
            )
        })
        .collect();
    let ids = [id(1), id(4), id(3)];
    assert_eq!(
        list,
        [
            ("0001", ids[0].as_str()),
            ("0002", &ids[1]),
            ("0003", &ids[2])
        ]
    );
    let rest = office.read(&els, "nummers?cursor=0002").await;
    assert_eq!(rest["nummers"].as_array().expect("list").len(), 1);
    let other = office
        .post(&els, "nummers", json!({"families": true}))
        .await;
    problem(other, StatusCode::UNPROCESSABLE_ENTITY).await;
    for wrong in ["x", "0.5", "0002.", "0002.x", "+0002", "1"] {
        let address = format!("nummers?cursor={wrong}");
        problem(office.get(&els, &address).await, StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn documents_are_given_to_somebody_and_talked_about() {
    let office = Office::new(2);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let body = json!({"documenten": [id(0), id(1)], "aan": jan.account.id});
    let given = office.post(&els, "toewijzingen", body).await;
    assert_eq!(given.status(), StatusCode::NO_CONTENT);
    let now = office.read(&jan, "toewijzingen").await;
    assert_eq!(now["toewijzingen"].as_array().expect("list").len(), 2);
    assert_eq!(now["toewijzingen"][0]["naam"], "Jan van Dam");
    let remarks = format!("documenten/{}/opmerkingen", id(0));
    let said = office
        .post(&jan, &remarks, json!({"tekst": "let op de bijlage"}))
        .await;
    assert_eq!(said.status(), StatusCode::NO_CONTENT);
    let all = office.read(&els, &remarks).await;
    assert_eq!(all["opmerkingen"][0]["tekst"], "let op de bijlage");
    let request =
        super::request("GET", "/v1/gronden").header(axum::http::header::COOKIE, &els.cookie);
    let list = office
        .site
        .send(request.body(axum::body::Body::empty()).expect("request"))
        .await;
    let list = json_of(list, StatusCode::OK).await;
    let first = &list["gronden"][0];
    assert_eq!(
        (&first["code"], &first["wet"], &first["soort"]),
        (&json!("5.1.1a"), &json!("woo"), &json!("absoluut"))
    );
}

#[tokio::test]
async fn nothing_is_judged_or_told_without_a_machtiging() {
    let office = Office::new(1);
    let nobody = office.person("nora", &[Rol::WooJurist]);
    for path in [
        "beoordelingen",
        "tegenstrijdigheden",
        "nummers",
        "toewijzingen",
    ] {
        problem(office.get(&nobody, path).await, StatusCode::FORBIDDEN).await;
    }
    let judge = judged(0, 0, json!({"oordeel": "openbaar"}));
    problem(
        office.post(&nobody, "beoordelingen", judge).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    problem(
        office.post(&nobody, "nummers", json!({})).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let finish = format!("beoordelingen/{}/definitief", id(0));
    problem(
        office.post(&nobody, &finish, json!({"gezien": 1})).await,
        StatusCode::FORBIDDEN,
    )
    .await;
}
