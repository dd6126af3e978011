//! The same content judged differently: listed side by side, made one by a person, and held against other cases.

use super::schiftingen::{Office, Person, id, json_of, one};
use super::{location, text};
use crate::mensen::Rol;
use axum::http::StatusCode;
use serde_json::{Value, json};
use zv_shared::{ContentHash, GroupKey, MailLinks, Relations};

fn judged(number: u16, seen: u64, oordeel: &str, grounds: Value) -> Value {
    json!({"document": id(number), "gezien": seen, "beoordeling": {"oordeel": oordeel, "gronden": grounds}})
}

impl Office {
    /// What a page sends to make all of a group like one of its documents.
    async fn alike(
        &self,
        who: &Person,
        soort: &str,
        to: u16,
        seen: &[(u16, u64)],
    ) -> (StatusCode, String) {
        let members: Vec<String> = seen
            .iter()
            .map(|(number, record)| format!("lid={}:{record}", id(*number)))
            .collect();
        let body = format!("soort={soort}&document={}&{}", id(to), members.join("&"));
        let page = format!("/zaken/{}/tegenstrijdig/overnemen", self.zaak.id);
        let answer = self.submit(who, &page, body).await;
        let status = answer.status();
        let said = match status {
            StatusCode::SEE_OTHER => location(&answer),
            _ => text(answer).await,
        };
        (status, said)
    }
}

#[tokio::test]
async fn one_choice_makes_a_group_agree_and_keeps_what_somebody_else_did() {
    let office = Office::with(4, |document| document.content = Some(ContentHash([7; 32])));
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::WooJurist]);
    for (number, value) in [(0, "relevant"), (1, "twijfel"), (2, "relevant")] {
        json_of(
            office.judge(&els, one(number, 0, value)).await,
            StatusCode::CREATED,
        )
        .await;
    }
    for (number, value) in [(0, "openbaar"), (1, "niet-openbaar")] {
        let sent = judged(number, 0, value, json!([]));
        json_of(
            office.post(&els, "beoordelingen", sent).await,
            StatusCode::CREATED,
        )
        .await;
    }
    let page = format!("/zaken/{}/tegenstrijdig", office.zaak.id);
    let (_, shown) = office.open(&els, &page).await;
    assert_eq!(shown.matches("Overal zo").count(), 5, "{shown}");
    assert!(
        shown.contains("1. Schifting") && shown.contains("2. Beoordeling"),
        "{shown}"
    );
    // They can be opened and judged one after another, too.
    let row = format!("/zaken/{}/schiften/tegenstrijdig", office.zaak.id);
    let (_, first) = office.open(&els, &row).await;
    assert!(first.contains("Document 1 van 3 documenten"), "{first}");
    let told = office.read(&els, "tegenstrijdigheden").await;
    let mut numbers: Vec<u64> = told["tegenstrijdigheden"][0]["documenten"]
        .as_array()
        .expect("list")
        .iter()
        .map(|one| one["nummer"].as_u64().expect("number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
    // Jan judges one of them after the page was made: his value stays, and nothing else changes either.
    let seen = [(0, 1), (1, 2), (2, 3)];
    json_of(
        office.judge(&jan, one(1, 2, "twijfel")).await,
        StatusCode::CREATED,
    )
    .await;
    let (status, said) = office.alike(&els, "schifting", 0, &seen).await;
    assert!(
        status == StatusCode::CONFLICT && said.contains("Jan van Dam"),
        "{status}: {said}"
    );
    let kept = office.read(&els, "schiftingen").await;
    assert!(kept["aantallen"].to_string().contains("twijfel"), "{kept}");
    // The same when it is the one that the others would become like.
    let (status, _) = office.alike(&els, "schifting", 1, &seen).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let seen = [(0, 1), (1, 4), (2, 3)];
    let (status, _) = office.alike(&els, "schifting", 0, &seen).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let now = office.read(&els, "schiftingen").await;
    assert_eq!(
        now["aantallen"],
        json!([{"waarde": "relevant", "aantal": 3}])
    );
    let left = office.read(&els, "tegenstrijdigheden").await;
    assert_eq!(
        left["tegenstrijdigheden"].as_array().expect("list").len(),
        1
    );
    let (status, said) = office
        .alike(&els, "beoordeling", 1, &[(0, 1), (1, 2)])
        .await;
    assert_eq!((status, said), (StatusCode::SEE_OTHER, page.clone()));
    let left = office.read(&els, "tegenstrijdigheden").await;
    assert_eq!(left["tegenstrijdigheden"], json!([]));
    let (_, shown) = office.open(&els, &page).await;
    assert!(
        shown.contains("In deze zaak is niets tegenstrijdig."),
        "{shown}"
    );
    let auditor = office.granted("aad", &[Rol::Auditor]);
    let (status, _) = office
        .alike(&auditor, "beoordeling", 1, &[(0, 1), (1, 2)])
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_group_is_judged_alike_as_a_whole_or_not_at_all() {
    let office = Office::with(4, |document| {
        document.content = Some(ContentHash([7; 32]));
        if document.title.starts_with("Nota 003") {
            document.bron = "geheim".into();
        }
    });
    let els = office.granted("els", &[Rol::WooJurist]);
    for (number, value) in [(0, "openbaar"), (1, "niet-openbaar"), (2, "niet-openbaar")] {
        let sent = judged(number, 0, value, json!([]));
        let answer = office.post(&els, "beoordelingen", sent).await;
        json_of(answer, StatusCode::CREATED).await;
    }
    let send = async |others: &[(u16, u64)]| {
        let others = others
            .iter()
            .map(|(number, seen)| json!({"document": id(*number), "gezien": seen}));
        let body = json!({"soort": "beoordeling", "voorbeeld": {"document": id(0), "gezien": 1},
            "andere": others.collect::<Vec<Value>>()});
        let answer = office.post(&els, "tegenstrijdigheden/_gelijk", body).await;
        answer.status()
    };
    // The second was seen, the third is another than was seen, the fourth is not for her.
    assert_eq!(send(&[(1, 2), (2, 2)]).await, StatusCode::CONFLICT);
    assert_eq!(send(&[(1, 2), (3, 0)]).await, StatusCode::NOT_FOUND);
    assert_eq!(
        send(&[(1, 2), (1, 2)]).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        send(&[(1, 2), (0, 1)]).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let told = office.read(&els, "tegenstrijdigheden").await;
    let group = &told["tegenstrijdigheden"][0]["documenten"];
    let of = |one: &Value| one["nummer"].as_u64().expect("number");
    let mut numbers: Vec<u64> = group.as_array().expect("list").iter().map(of).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3], "nothing was written");
    assert_eq!(send(&[(1, 2), (2, 3)]).await, StatusCode::NO_CONTENT);
    let told = office.read(&els, "tegenstrijdigheden").await;
    assert_eq!(told["tegenstrijdigheden"], json!([]));
}

#[tokio::test]
async fn one_mail_in_two_mailboxes_is_the_same_content() {
    let office = Office::with(3, |document| {
        let number: u8 = document.title[5..8].parse().expect("a number");
        document.content = Some(ContentHash([number; 32]));
        document.relations = Relations {
            same: Some(GroupKey(if number < 2 { 7 } else { 8 })),
            mail: Some(MailLinks::default()),
            ..Relations::default()
        };
    });
    let els = office.granted("els", &[Rol::WooJurist]);
    let reason = json!({"doel": {"soort": "document", "document": id(1)}, "gezien": 0,
        "schifting": {"waarde": "niet-relevant", "reden": "alleen-genoemd"}});
    json_of(
        office.judge(&els, one(0, 0, "relevant")).await,
        StatusCode::CREATED,
    )
    .await;
    json_of(office.judge(&els, reason).await, StatusCode::CREATED).await;
    json_of(
        office.judge(&els, one(2, 0, "twijfel")).await,
        StatusCode::CREATED,
    )
    .await;
    let told = office.read(&els, "tegenstrijdigheden").await;
    let groups = told["tegenstrijdigheden"].as_array().expect("list");
    assert_eq!(groups.len(), 1, "{told}");
    assert_eq!(groups[0]["inhoud"], Value::Null);
    assert_eq!(groups[0]["documenten"].as_array().expect("list").len(), 2);
    let (_, shown) = office
        .open(&els, &format!("/zaken/{}/tegenstrijdig", office.zaak.id))
        .await;
    assert!(
        shown.contains("een bericht in verschillende postvakken"),
        "{shown}"
    );
}

#[tokio::test]
async fn what_becomes_public_is_held_against_other_cases_that_the_reader_may_see() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.person("jan", &[Rol::WooJurist]);
    json_of(
        office
            .post(&els, "beoordelingen", judged(0, 0, "openbaar", json!([])))
            .await,
        StatusCode::CREATED,
    )
    .await;
    let second = office.open_case("rik", "2026-2");
    for person in [&els, &jan] {
        office.grant_in(&second, person, "archief");
    }
    let site = Office {
        zaak: second.clone(),
        ..office
    };
    let sent = judged(0, 0, "niet-openbaar", json!(["5.1.2e"]));
    json_of(
        site.post(&els, "beoordelingen", sent).await,
        StatusCode::CREATED,
    )
    .await;
    let told = site.read(&els, "tegenstrijdigheden").await;
    assert_eq!(told["elders"][0]["daar"]["nummer"], "2026-1");
    assert_eq!(told["elders"][0]["daar"]["oordeel"], "openbaar");
    assert_eq!(
        told["elders"][0]["hier"]["waarde"],
        "niet openbaar (5.1.2e)"
    );
    let page = format!("/zaken/{}/tegenstrijdig", second.id);
    let (_, shown) = site.open(&els, &page).await;
    assert!(
        shown.contains("Anders dan in een andere zaak") && shown.contains("2026-1"),
        "{shown}"
    );
    // Jan does not take part in the first case.
    let told = site.read(&jan, "tegenstrijdigheden").await;
    assert_eq!(told["elders"], json!([]));
    let (_, shown) = site.open(&jan, &page).await;
    assert!(
        !shown.contains("2026-1") && !shown.contains("andere zaak"),
        "{shown}"
    );
}
