//! Two rounds or two zoekacties against each other: what is new, lost, changed and the same, as a list and as a file.

use super::schiftingen::{Office, Person};
use super::{header_of, location, problem, request, text};
use crate::mensen::{Actor, Rol, Via};
use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};

impl Office {
    /// Asks a question and gives the number of its zoekactie when it is counted.
    async fn asked(&self, who: &Person, question: &str) -> u32 {
        let send = |method, path: String, body: String| {
            let request = request(method, &path)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::COOKIE, &who.cookie);
            self.site
                .send(request.body(Body::from(body)).expect("request"))
        };
        let body = json!({"vraag": question, "zaak": self.zaak.id}).to_string();
        let answer = send("POST", "/v1/zoekopdrachten".into(), body).await;
        send("GET", location(&answer), String::new()).await;
        for _ in 0..500 {
            let all = self
                .site
                .app
                .store
                .zoekacties(&self.zaak.id)
                .expect("zoekacties");
            match all.last() {
                Some(last)
                    if last.telling.is_some() && last.verslag.zoekvraag.vraag == question =>
                {
                    return last.nummer;
                }
                _ => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
        panic!("the search was never counted");
    }
}

#[tokio::test]
async fn two_zoekacties_and_two_rounds_are_compared_with_their_documents() {
    let office = Office::new(9);
    let els = office.granted("els", &[Rol::WooJurist]);
    let actor = Actor::of(els.account.clone(), Via::Api);
    let store = &office.site.app.store;
    let mut numbers = Vec::new();
    for question in [
        "nummer0 OF nummer1 OF nummer3",
        "nummer1 OF nummer3 OF nummer4 OF nummer6",
    ] {
        store
            .open_ronde(&actor, &office.zaak, question)
            .expect("opened");
        let nummer = office.asked(&els, question).await;
        store
            .put_in_ronde(&actor, &office.zaak, nummer)
            .expect("put");
        store
            .close_ronde(&actor, &office.zaak, "klaar", &[])
            .expect("closed");
        numbers.push(nummer);
    }
    let acties = format!("wat=zoekacties&een={}&ander={}", numbers[1], numbers[0]);
    let mut told = Vec::new();
    for (deel, count) in [
        ("nieuw", 2),
        ("verdwenen", 1),
        ("gelijk", 2),
        ("gewijzigd", 0),
    ] {
        let found = office
            .read(&els, &format!("verschillen?{acties}&deel={deel}"))
            .await;
        assert_eq!(
            found["documenten"].as_array().expect("list").len(),
            count,
            "{deel}: {found}"
        );
        assert_eq!(found["telling"][deel], count);
        assert_eq!(found["telling"]["redenen"][0], "de vraag is anders");
        told.push(found["documenten"].clone());
    }
    assert_eq!(told[1][0]["titel"], "Nota 000.txt");
    assert_eq!(told[1][0]["wordt"], "");
    // In stretches of one.
    let first = office
        .read(&els, &format!("verschillen?{acties}&deel=nieuw&aantal=1"))
        .await;
    let cursor = first["volgende"].as_str().expect("more");
    let rest = office
        .read(
            &els,
            &format!("verschillen?{acties}&deel=nieuw&aantal=1&cursor={cursor}"),
        )
        .await;
    assert_eq!(
        json!([first["documenten"][0], rest["documenten"][0]]),
        told[0]
    );
    assert_eq!(rest["volgende"], Value::Null);
    // The page, and the file that it makes.
    let page = format!("/zaken/{}/vergelijken", office.zaak.id);
    let (status, shown) = office.open(&els, &format!("{page}?{acties}")).await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "<strong>2</strong> Nieuw",
        "<strong>1</strong> Verdwenen",
        "de vraag is anders",
        "Nota 004.txt",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // Without a choice: the last round against the one before it.
    let (_, rounds) = office.open(&els, &page).await;
    for words in [
        "Ronde 2 tegen 1",
        "<strong>2</strong> Nieuw",
        "Nota 004.txt",
    ] {
        assert!(rounds.contains(words), "{words}: {rounds}");
    }
    let form = format!("{acties}&vorm=csv");
    let answer = office.submit(&els, &format!("{page}/lijst"), form).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header_of(&answer, "uitvoer-aantal"), "5");
    let csv = text(answer).await;
    assert_eq!(csv.lines().count(), 6, "{csv}");
    assert!(
        csv.contains("nieuw;") && csv.contains("verdwenen;") && csv.contains("gelijk;"),
        "{csv}"
    );
    assert_eq!(
        store.uitvoeren(&office.zaak.id).expect("listed")[0].soort,
        "verschillen.csv"
    );
}

#[tokio::test]
async fn who_sees_fewer_sources_gets_fewer_documents_and_a_stranger_none() {
    let office = Office::new(6);
    let els = office.granted("els", &[Rol::WooJurist]);
    office.grant(&els, "geheim");
    let jan = office.granted("jan", &[Rol::WooJurist]);
    let one = office.asked(&els, "subsidie").await;
    let other = office.asked(&els, "nummer0").await;
    let query = format!("verschillen?wat=zoekacties&een={one}&ander={other}&deel=nieuw");
    let all = office.read(&els, &query).await;
    assert_eq!(all["documenten"].as_array().expect("list").len(), 5);
    let part = office.read(&jan, &query).await;
    assert_eq!(part["documenten"].as_array().expect("list").len(), 3);
    assert!(!part.to_string().contains("geheim"));
    let page = format!(
        "/zaken/{}/vergelijken?wat=zoekacties&een={one}&ander={other}",
        office.zaak.id
    );
    let (_, shown) = office.open(&jan, &page).await;
    assert!(
        !shown.contains("geheim") && !shown.contains("Nota 002"),
        "{shown}"
    );
    let list = format!("/zaken/{}/vergelijken/lijst", office.zaak.id);
    let form = format!("wat=zoekacties&een={one}&ander={other}&vorm=csv");
    let answer = office.submit(&jan, &list, form.clone()).await;
    assert_eq!(header_of(&answer, "uitvoer-aantal"), "4");
    assert!(header_of(&answer, "uitvoer-waarschuwing").contains("2 documenten staan er niet in"));
    let stranger = office.person("nora", &[Rol::WooJurist]);
    problem(office.get(&stranger, &query).await, StatusCode::FORBIDDEN).await;
    assert_eq!(office.open(&stranger, &page).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        office.submit(&stranger, &list, form).await.status(),
        StatusCode::FORBIDDEN
    );
    // Numbers that there are not.
    let gone = format!(
        "/zaken/{}/vergelijken?wat=zoekacties&een=77&ander=1",
        office.zaak.id
    );
    let (status, shown) = office.open(&els, &gone).await;
    assert!(
        status == StatusCode::OK && shown.contains("Deze zoekactie bestaat niet."),
        "{shown}"
    );
    let body = json!({"wat": "rondes", "een": 1, "ander": 2, "vorm": "dat"});
    problem(
        office.post(&els, "verschillijsten", body).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
}
