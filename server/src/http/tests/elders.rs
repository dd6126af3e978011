//! What the same document came to in another case: told to who may know it, and of any other case not a word.

use super::schiftingen::{Office, Person, id, one};
use super::{request, text};
use crate::mensen::{Actor, Rol, Via};
use crate::zaken::Zaak;
use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use zv_shared::{ContentHash, Relations};
use zv_shared::{GroupKey, MailLinks};

impl Office {
    /// The document as the API tells it in a case.
    async fn told(&self, who: &Person, zaak: &Zaak, document: &str) -> Value {
        let address = format!("/v1/documenten/{document}?zaak={}", zaak.id);
        let request = request("GET", &address).header(header::COOKIE, &who.cookie);
        let answer = self
            .site
            .send(request.body(Body::empty()).expect("request"))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let body: Value = serde_json::from_str(&text(answer).await).expect("json");
        body["elders"].clone()
    }
}

/// Els judged document 0 in case 2026-1: relevant, deels openbaar.
async fn judged(office: &Office, els: &Person) {
    let done = office.judge(els, one(0, 0, "relevant")).await;
    assert_eq!(done.status(), StatusCode::CREATED);
    let given = json!({"document": id(0), "gezien": 0,
        "beoordeling": {"oordeel": "deels-openbaar", "gronden": ["5.1.2e"]}});
    let done = office.post(els, "beoordelingen", given).await;
    assert_eq!(done.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn it_is_told_to_who_takes_part_there_and_may_see_the_source_today() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    judged(&office, &els).await;
    let second = office.open_case("rik", "2026-2");
    office.grant_in(&second, &els, "archief");
    let number = office.search_in(&second, &els, true).await;
    let review = format!("/zaken/{}/schiften/{number}", second.id);
    let alone = format!("/document/{}?zaak={}", id(0), second.id);
    let first = format!(
        "<a href=\"/zaken/{}\">zaak 2026-1</a>: relevant, deels openbaar (5.1.2e)",
        office.zaak.id
    );
    for address in [&review, &alone] {
        let (status, page) = office.open(&els, address).await;
        assert!(status == StatusCode::OK && page.contains(&first), "{page}");
    }
    let told = office.told(&els, &second, &id(0)).await;
    assert_eq!(told[0]["nummer"], "2026-1");
    assert_eq!(told[0]["schifting"], "relevant");
    assert_eq!(told[0]["oordeel"], "deels-openbaar");
    assert_eq!(told[0]["gronden"], json!(["5.1.2e"]));
    assert_eq!(told[0]["definitief"], false);
    assert_eq!(told.as_array().expect("list").len(), 1);
    // With the machtiging there goes what was told by it.
    let store = &office.site.app.store;
    let granted = store
        .machtigingen(&office.zaak.id)
        .expect("granted")
        .remove(0);
    let leader = store
        .account(&office.zaak.door)
        .expect("asked")
        .expect("leader");
    let leader = Actor::of(leader, Via::Api);
    store
        .withdraw(&leader, &office.zaak, &granted.id)
        .expect("withdrawn");
    let (_, page) = office.open(&els, &review).await;
    assert!(!page.contains("2026-1"), "{page}");
    assert_eq!(office.told(&els, &second, &id(0)).await, json!([]));
}

#[tokio::test]
async fn of_a_case_that_somebody_may_not_see_nothing_is_told() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    judged(&office, &els).await;
    let second = office.open_case("rik", "2026-2");
    let store = &office.site.app.store;
    let leader = store
        .account(&office.zaak.door)
        .expect("asked")
        .expect("leader");
    let leader = Actor::of(leader, Via::Api);
    // A stranger; who takes part without a machtiging; one whose machtiging there is for another source; an auditor.
    let people = [
        office.person("nora", &[Rol::WooJurist]),
        office.person("mia", &[Rol::WooJurist]),
        office.person("piet", &[Rol::WooJurist]),
        office.person("aad", &[Rol::Auditor]),
    ];
    store
        .add_member(&leader, &office.zaak, &people[1].account.id)
        .expect("member");
    office.grant(&people[2], "geheim");
    for person in &people {
        office.grant_in(&second, person, "archief");
    }
    office.grant_in(&second, &els, "archief");
    let number = office.search_in(&second, &els, true).await;
    for person in &people {
        let address = format!("/zaken/{}/schiften/{number}", second.id);
        let (status, page) = office.open(person, &address).await;
        assert_eq!(status, StatusCode::OK);
        for hint in ["2026-1", "andere zaak", "5.1.2e)", office.zaak.id.as_str()] {
            assert!(!page.contains(hint), "{} sees {hint}", person.account.naam);
        }
        let (_, page) = office
            .open(person, &format!("/document/{}?zaak={}", id(0), second.id))
            .await;
        assert!(!page.contains("2026-1") && !page.contains("andere zaak"));
        assert_eq!(office.told(person, &second, &id(0)).await, json!([]));
    }
    // An auditor with a machtiging there checks that case too.
    office.grant(&people[3], "archief");
    let told = office.told(&people[3], &second, &id(0)).await;
    assert_eq!(told[0]["nummer"], "2026-1");
}

#[tokio::test]
async fn the_same_mail_in_another_mailbox_is_the_same_document() {
    // Two copies of one mail with other bytes, the second in a source of its own.
    let office = Office::with(3, |document| {
        let number: u8 = document.title[5..8].parse().expect("a number");
        document.content = Some(ContentHash([number; 32]));
        if number == 1 {
            document.bron = "postvak".into();
        }
        document.relations = Relations {
            same: Some(GroupKey(if number < 2 { 7 } else { 8 })),
            mail: Some(MailLinks::default()),
            ..Relations::default()
        };
    });
    let els = office.granted("els", &[Rol::WooJurist]);
    judged(&office, &els).await;
    let second = office.open_case("rik", "2026-2");
    office.grant_in(&second, &els, "postvak");
    let told = office.told(&els, &second, &id(1)).await;
    assert_eq!(told[0]["nummer"], "2026-1");
    assert_eq!(told[0]["document"], id(0));
    office.grant_in(&second, &els, "archief");
    assert_eq!(office.told(&els, &second, &id(2)).await, json!([]));
}
