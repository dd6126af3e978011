//! The rows of what is left to judge, in the pages: what leaves a row when it is done, and what comes after it.

use super::schiften::hidden;
use super::schiftingen::{Office, id, one};
use super::{location, text};
use crate::mensen::{Actor, Rol, Via};
use axum::http::StatusCode;
use serde_json::json;

impl Office {
    fn row(&self, name: &str, rest: &str) -> String {
        format!("/zaken/{}/schiften/{name}{rest}", self.zaak.id)
    }
}

#[tokio::test]
async fn what_is_relevant_is_judged_one_after_another_until_the_row_is_empty() {
    let office = Office::new(4);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::WooJurist]);
    for number in [0, 1, 3] {
        let done = office.judge(&els, one(number, 0, "relevant")).await;
        assert_eq!(done.status(), StatusCode::CREATED);
    }
    let row = office.row("te-beoordelen", "");
    let (_, start) = office
        .open(&els, &format!("/zaken/{}/schiften", office.zaak.id))
        .await;
    assert!(
        start.contains("3 documenten: relevant, nog niet beoordeeld"),
        "{start}"
    );
    let mut address = row.clone();
    for left in (1..=3).rev() {
        let (_, page) = office.open(&els, &address).await;
        assert!(
            page.contains(&format!("Document 1 van {left} document")),
            "{left}: {page}"
        );
        let document = hidden(&page, "oordeelformulier", "document");
        let after = match left {
            1 => String::new(),
            _ => format!(
                "&volgende={}",
                hidden(&page, "oordeelformulier", "volgende")
            ),
        };
        // Without a ground it is not complete: it is saved, and the document stays.
        let body = format!(
            "document={document}{after}&gezien=0&oordeel=niet-openbaar&beoordeelt=ja&verder=ja"
        );
        let answer = office
            .submit(&els, &format!("{row}/beoordeling"), body)
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(location(&answer).contains(&format!("document={document}")));
        let (_, page) = office.open(&els, &location(&answer)).await;
        assert!(
            page.contains("niet openbaar heeft een grond nodig"),
            "{page}"
        );
        let seen = hidden(&page, "oordeelformulier", "gezien");
        let body = format!(
            "document={document}{after}&gezien={seen}&oordeel=niet-openbaar&gronden=5.1.2e 5.1.2i&motivering=x\
             &beoordeelt=ja&verder=ja"
        );
        let answer = office
            .submit(&els, &format!("{row}/beoordeling"), body.replace(' ', "+"))
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        address = location(&answer);
        if left > 1 {
            assert!(
                address.contains("klaar=beoordeeld-verder") && !address.contains(&document),
                "{address}"
            );
        }
    }
    let judged = office.read(&els, "beoordelingen").await;
    let all = judged["beoordelingen"].as_array().expect("list");
    assert_eq!(all.len(), 3);
    for one in all {
        assert_eq!(one["beoordeling"]["gronden"], json!(["5.1.2e", "5.1.2i"]));
    }
    // Nothing is left: back to where judging begins.
    let request = super::request("GET", &row).header("cookie", &els.cookie);
    let answer = office
        .site
        .send(request.body(axum::body::Body::empty()).expect("request"))
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = office.open(&els, &location(&answer)).await;
    assert!(
        page.contains("“relevant, nog niet beoordeeld” staat niets meer"),
        "{page}"
    );
    // Els judged: she has nothing to make final, Jan all of it.
    assert!(!page.contains("nog niet definitief"));
    let row = office.row("nog-definitief", "");
    let mut address = row.clone();
    for left in (1..=3).rev() {
        let (_, page) = office.open(&jan, &address).await;
        assert!(page.contains(&format!("van {left} document")), "{page}");
        let document = hidden(&page, "/definitief", "document");
        let seen = hidden(&page, "/definitief", "gezien");
        let body = format!("document={document}&gezien={seen}");
        let answer = office
            .submit(&jan, &format!("{row}/definitief"), body)
            .await;
        address = location(&answer);
    }
    assert!(
        office
            .site
            .app
            .store
            .beoordeeld(&office.sight(&jan))
            .expect("counted")
            .definitief
            == 3
    );
}

impl Office {
    fn sight(&self, who: &super::schiftingen::Person) -> crate::toegang::Zicht {
        let actor = Actor::of(who.account.clone(), Via::Api);
        let sight = self.site.app.sight(&actor, &self.zaak).expect("asked");
        sight.expect("a machtiging")
    }
}

#[tokio::test]
async fn a_row_shows_only_what_its_reader_may_see() {
    // Document 2 lies in a source that Jan was not granted.
    let office = Office::new(3);
    let els = office.granted("els", &[Rol::WooJurist]);
    office.grant(&els, "geheim");
    let jan = office.granted("jan", &[Rol::WooJurist]);
    for number in 0..3 {
        let done = office.judge(&els, one(number, 0, "twijfel")).await;
        assert_eq!(done.status(), StatusCode::CREATED);
    }
    let actor = Actor::of(els.account.clone(), Via::Api);
    let nummer = office.search(&els, true).await;
    let store = &office.site.app.store;
    store
        .open_ronde(&actor, &office.zaak, "alles")
        .expect("opened");
    store
        .put_in_ronde(&actor, &office.zaak, nummer)
        .expect("put");
    for (who, count) in [(&els, 3), (&jan, 2)] {
        let (status, page) = office.open(who, &office.row("twijfel", "")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains(&format!("Document 1 van {count} documenten")),
            "{page}"
        );
        // What the rounds searched for is marked.
        assert!(page.contains("<mark>subsidie</mark>"), "{page}");
    }
    let hidden = office.row("twijfel", &format!("?document={}", id(2)));
    assert_eq!(office.open(&jan, &hidden).await.0, StatusCode::NOT_FOUND);
    let (_, start) = office
        .open(&jan, &format!("/zaken/{}/schiften", office.zaak.id))
        .await;
    assert!(
        start.contains("2 documenten: twijfel") && !start.contains("3 documenten"),
        "{start}"
    );
    // All that was found has a value: nothing is left of the rounds.
    assert!(!start.contains("nog niet geschift"), "{start}");
    let nobody = office.person("nora", &[Rol::WooJurist]);
    assert_eq!(
        office.open(&nobody, &office.row("twijfel", "")).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        office.open(&els, &office.row("onzin", "")).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_remark_is_placed_beside_the_document_and_a_refused_form_keeps_what_was_filled_in() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let nummer = office.search(&els, true).await;
    let remark = office.page(nummer, "/opmerking");
    let body = format!("document={}&opmerking=Zie+ook+bijlage+3", id(0));
    let answer = office.submit(&els, &remark, body).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = office.open(&jan, &location(&answer)).await;
    assert!(
        page.contains("Zie ook bijlage 3") && page.contains("Els van Dam"),
        "{page}"
    );
    let told = office
        .read(&jan, &format!("documenten/{}/opmerkingen", id(0)))
        .await;
    assert_eq!(told["opmerkingen"][0]["tekst"], "Zie ook bijlage 3");
    let body = format!(
        "document={}&gezien=0&beoordeelt=ja&oordeel=niet-openbaar&gronden=5.9.9z&toelichting=let+op",
        id(0)
    );
    let answer = office
        .submit(&els, &office.page(nummer, "/beoordeling"), body)
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = text(answer).await;
    assert!(
        page.contains("5.9.9z staat niet op de lijst van gronden"),
        "{page}"
    );
    assert!(
        page.contains("name=\"gronden\" value=\"5.9.9z\"") && page.contains(">let op</textarea>"),
        "{page}"
    );
    assert!(page.contains("value=\"niet-openbaar\" checked"), "{page}");
}
