//! Sharing out what is to be judged: in equal parts, nothing twice, never to somebody who may not see it.

use super::schiftingen::{Office, Person, id, json_of, one};
use super::{location, problem};
use crate::mensen::Rol;
use axum::http::StatusCode;
use serde_json::{Value, json};

impl Office {
    async fn shared(&self, who: &Person, body: Value) -> Value {
        json_of(
            self.post(who, "verdelingen", body).await,
            StatusCode::CREATED,
        )
        .await
    }
}

#[tokio::test]
async fn what_a_zoekactie_found_is_shared_out_once_and_everybody_sees_how_far_it_is() {
    // Of nine documents six lie in a source that was granted.
    let office = Office::new(9);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let nummer = office.search(&els, true).await;
    let body = json!({"stapel": {"soort": "zoekactie", "zoekactie": nummer},
        "over": [els.account.id, jan.account.id]});
    let given = office.shared(&els, body.clone()).await;
    let counts: Vec<&Value> = given["aandelen"]
        .as_array()
        .expect("list")
        .iter()
        .map(|one| &one["aantal"])
        .collect();
    assert_eq!(counts, [&json!(3), &json!(3)]);
    // Nothing is left of it.
    let told = problem(
        office.post(&els, "verdelingen", body).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(told["detail"], "Er is niets te verdelen.");
    let all = office.read(&jan, "toewijzingen").await;
    let all = all["toewijzingen"].as_array().expect("list");
    assert_eq!(all.len(), 6);
    // Jan judges his own from his list, one after another.
    let page = format!("/zaken/{}/stukken/mijn", office.zaak.id);
    let (_, shown) = office.open(&jan, &page).await;
    assert!(
        shown.contains("3 documenten") && shown.contains("nog niet geschift"),
        "{shown}"
    );
    let mut address = format!("/zaken/{}/schiften/mijn", office.zaak.id);
    let post = address.clone();
    for number in 1..=3 {
        let (_, shown) = office.open(&jan, &address).await;
        assert!(
            shown.contains(&format!("Document {number} van 3 documenten")),
            "{shown}"
        );
        assert!(shown.contains("Toegewezen aan Jan van Dam"), "{shown}");
        let document = super::schiften::hidden(&shown, "schiftformulier", "document");
        let body = format!("waarde=relevant&document={document}&gezien=0&gezien_zaak=0");
        address = location(&office.submit(&jan, &post, body).await);
    }
    let stocks = office.read(&els, "werkvoorraden").await;
    let of = |person: &Person| {
        let all = stocks["werkvoorraden"].as_array().expect("list");
        let found = all
            .iter()
            .find(|one| one["aan"] == person.account.id.as_str());
        found.cloned().expect("somebody")
    };
    let far = |person| {
        (
            of(person)["toegewezen"].clone(),
            of(person)["geschift"].clone(),
        )
    };
    assert_eq!(far(&jan), (json!(3), json!(3)));
    assert_eq!(far(&els), (json!(3), json!(0)));
    let (_, shown) = office
        .open(&els, &format!("/zaken/{}/werkverdeling", office.zaak.id))
        .await;
    assert!(
        shown.contains("Jan van Dam") && shown.contains("Wat Els van Dam nog niet geschift heeft"),
        "{shown}"
    );
    assert!(!shown.contains("Wat Jan van Dam nog niet"), "{shown}");
}

#[tokio::test]
async fn what_is_not_judged_is_handed_over_or_given_back() {
    let office = Office::new(4);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::WooJurist]);
    for number in [0, 1, 3] {
        office.judge(&els, one(number, 0, "relevant")).await;
    }
    let relevant = json!({"stapel": {"soort": "relevant"}, "over": [els.account.id]});
    let given = office.shared(&els, relevant).await;
    assert_eq!(given["aandelen"][0]["aantal"], 3);
    // All of them have a value: nothing of Els is left to hand over.
    let over = |to: Value| json!({"stapel": {"soort": "van", "van": els.account.id}, "over": to});
    problem(
        office
            .post(&els, "verdelingen", over(json!([jan.account.id])))
            .await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let back = json!({"doel": {"soort": "document", "document": id(1)}, "gezien": 2});
    assert_eq!(office.judge(&els, back).await.status(), StatusCode::CREATED);
    let form = format!("van={}&over={}", els.account.id, jan.account.id);
    let page = format!("/zaken/{}/werkverdeling", office.zaak.id);
    let answer = office.submit(&els, &page, form).await;
    assert_eq!(location(&answer), format!("{page}#mensen"));
    let mine = office.read(&jan, "werkvoorraden").await;
    let all = mine["werkvoorraden"].as_array().expect("list");
    let given: Vec<&Value> = all.iter().map(|one| &one["toegewezen"]).collect();
    assert!(
        given.contains(&&json!(1)) && given.contains(&&json!(2)),
        "{all:?}"
    );
    // Given back it is nobody's again.
    let form = format!("van={}&over=", jan.account.id);
    assert_eq!(
        office.submit(&jan, &page, form).await.status(),
        StatusCode::SEE_OTHER
    );
    let left = office.read(&jan, "toewijzingen").await;
    assert_eq!(left["toewijzingen"].as_array().expect("list").len(), 2);
}

#[tokio::test]
async fn nobody_gets_what_he_may_not_see_and_a_list_shows_no_more_than_its_reader_sees() {
    let office = Office::new(3);
    let els = office.granted("els", &[Rol::WooJurist]);
    office.grant(&els, "geheim");
    let jan = office.granted("jan", &[Rol::WooJurist]);
    let nummer = office.search(&els, true).await;
    let body =
        |over: Value| json!({"stapel": {"soort": "zoekactie", "zoekactie": nummer}, "over": over});
    let told = problem(
        office
            .post(
                &els,
                "verdelingen",
                body(json!([els.account.id, jan.account.id])),
            )
            .await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(
        told["detail"],
        "Jan van Dam mag bron geheim in deze zaak niet zien."
    );
    let one_by_one = json!({"documenten": [id(2)], "aan": jan.account.id});
    problem(
        office.post(&els, "toewijzingen", one_by_one).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    office.shared(&els, body(json!([els.account.id]))).await;
    // Jan sees of Els' three documents the two of his own source.
    for rest in [
        "werkverdeling".to_owned(),
        format!("stukken/{}", els.account.id),
    ] {
        let (status, shown) = office
            .open(&jan, &format!("/zaken/{}/{rest}", office.zaak.id))
            .await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            !shown.contains("geheim") && !shown.contains("Nota 002"),
            "{shown}"
        );
    }
    let stocks = office.read(&jan, "werkvoorraden").await;
    assert_eq!(stocks["werkvoorraden"][0]["toegewezen"], 2);
    let stranger = office.person("nora", &[Rol::WooJurist]);
    for rest in ["werkverdeling", "stukken/mijn", "tegenstrijdig"] {
        let address = format!("/zaken/{}/{rest}", office.zaak.id);
        assert_eq!(
            office.open(&stranger, &address).await.0,
            StatusCode::FORBIDDEN,
            "{rest}"
        );
    }
    let unknown = json!({"stapel": {"soort": "relevant"}, "over": []});
    problem(
        office.post(&els, "verdelingen", unknown).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let auditor = office.granted("aad", &[Rol::Auditor]);
    office.judge(&els, one(0, 0, "relevant")).await;
    let body = json!({"stapel": {"soort": "van", "van": els.account.id}, "over": [els.account.id]});
    problem(
        office.post(&auditor, "verdelingen", body).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
}
