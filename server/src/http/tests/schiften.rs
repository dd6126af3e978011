//! Judging in the pages: the queue, every deed without a script, and what comes back when it is refused.

use super::schiftingen::{Office, Person, id};
use super::{location, request, text};
use crate::mensen::Rol;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;

impl Office {
    pub(super) fn page(&self, nummer: u32, rest: &str) -> String {
        format!("/zaken/{}/schiften/{nummer}{rest}", self.zaak.id)
    }

    pub(super) async fn open(&self, who: &Person, address: &str) -> (StatusCode, String) {
        let request = request("GET", address).header(header::COOKIE, &who.cookie);
        let answer = self
            .site
            .send(request.body(Body::empty()).expect("request"))
            .await;
        (answer.status(), text(answer).await)
    }

    pub(super) async fn submit(&self, who: &Person, address: &str, body: String) -> Response {
        let request = request("POST", address)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.site
            .send(request.body(Body::from(body)).expect("request"))
            .await
    }
}

/// The value of a hidden field, of the form that begins at `form`.
pub(super) fn hidden(page: &str, form: &str, name: &str) -> String {
    let form = &page[page.find(form).expect("the form")..];
    let form = &form[..form.find("</form>").expect("its end")];
    let field = format!("name=\"{name}\" value=\"");
    let at = form
        .find(&field)
        .unwrap_or_else(|| panic!("no field {name}"))
        + field.len();
    form[at..].split('"').next().expect("a value").to_owned()
}

/// The address behind a key.
pub(super) fn behind(page: &str, key: &str) -> String {
    let at = page
        .find(&format!("data-toets=\"{key}\""))
        .expect("the key");
    let link = page[..at].rfind("href=\"").expect("a link") + 6;
    page[link..]
        .split('"')
        .next()
        .expect("an address")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn a_queue_is_judged_from_front_to_back_and_taken_back() {
    let office = Office::new(60);
    let els = office.granted("els", &[Rol::WooJurist]);
    let nummer = office.search(&els, true).await;
    let (status, first) = office.open(&els, &office.page(nummer, "")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(first.contains("Document 1 van 40 documenten"), "{first}");
    assert!(first.contains("<mark>subsidie</mark>") && first.contains("Nog niet geschift"));
    let mut address = office.page(nummer, "");
    let mut seen = Vec::new();
    for step in 0..25 {
        let (_, page) = office.open(&els, &address).await;
        assert!(
            page.contains(&format!("Document {} van 40 documenten", step + 1)),
            "step {step}"
        );
        let document = hidden(&page, "schiftformulier", "document");
        assert!(!seen.contains(&document), "twice");
        seen.push(document.clone());
        let place = match page.contains("name=\"na\"") {
            true => format!("&na={}", hidden(&page, "schiftformulier", "na")),
            false => String::new(),
        };
        let body = format!("waarde=relevant&document={document}&gezien=0&gezien_zaak=0{place}");
        let answer = office.submit(&els, &office.page(nummer, ""), body).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        address = location(&answer);
    }
    let (_, page) = office.open(&els, &address).await;
    assert!(page.contains("Opgeslagen: relevant.") && page.contains("Document 26 van 40"));
    // Back over the border between two stretches, and on again.
    let mut back = behind(&page, "k");
    for number in (20..=25).rev() {
        let (_, page) = office.open(&els, &back).await;
        assert!(
            page.contains(&format!("Document {number} van 40")),
            "{number}"
        );
        assert!(page.contains("<strong>relevant</strong>"));
        if number > 20 {
            back = behind(&page, "k");
        } else {
            let (_, next) = office.open(&els, &behind(&page, "j")).await;
            assert!(next.contains("Document 21 van 40"));
        }
    }
    let deed = hidden(&page, "terugformulier", "handeling");
    let body = format!("document={}&handeling={deed}&aantal=1&gezien=0", seen[24]);
    let answer = office
        .submit(&els, &office.page(nummer, "/terug"), body)
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(location(&answer).contains(&seen[24]));
    let (_, page) = office.open(&els, &location(&answer)).await;
    assert!(
        page.contains("Teruggedraaid.") && page.contains("Nog niet geschift"),
        "{page}"
    );
}

#[tokio::test]
async fn what_is_refused_comes_back_with_what_was_filled_in() {
    let office = Office::new(3);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let nummer = office.search(&els, true).await;
    let form = office.page(nummer, "");
    let send = |who, body: &str| {
        office.submit(
            who,
            &form,
            format!("document={}&gezien=0&gezien_zaak=0&{body}", id(0)),
        )
    };
    let answer = send(&els, "waarde=niet-relevant&toelichting=geen+verband").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = text(answer).await;
    assert!(
        page.contains("Kies een reden") && page.contains(">geen verband</textarea>"),
        "{page}"
    );
    // Enter in a field is no judgement.
    assert_eq!(send(&els, "waarde=").await.status(), StatusCode::OK);
    let answer = send(
        &els,
        "waarde=niet-relevant&reden=geen-inhoud&link=https://a.b",
    )
    .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let answer = send(&jan, "waarde=relevant").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = text(answer).await;
    assert!(
        page.contains("Els van Dam heeft dit document intussen geschift als niet relevant"),
        "{page}"
    );
    assert!(
        page.contains("<strong>niet relevant: leeg of automatisch bericht</strong>"),
        "{page}"
    );
    let nora = office.person("nora", &[Rol::WooJurist]);
    assert_eq!(office.open(&nora, &form).await.0, StatusCode::FORBIDDEN);
    assert_eq!(
        send(&nora, "waarde=relevant").await.status(),
        StatusCode::FORBIDDEN
    );
    let auditor = office.granted("aad", &[Rol::Auditor]);
    let (status, page) = office.open(&auditor, &form).await;
    assert!(status == StatusCode::OK && !page.contains("schiftformulier"));
    assert_eq!(
        send(&auditor, "waarde=relevant").await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn everything_at_once_needs_the_number_typed() {
    let office = Office::new(9);
    let els = office.granted("els", &[Rol::WooJurist]);
    let nummer = office.search(&els, true).await;
    let all = office.page(nummer, "/alles");
    let (status, page) = office.open(&els, &all).await;
    assert!(
        status == StatusCode::OK && page.contains("<strong>6 documenten</strong>"),
        "{page}"
    );
    let seen = hidden(&page, "invulvak", "gezien_zaak");
    for (typed, expected) in [("", "Typ het aantal"), ("9", "het zijn er nu 6")] {
        let body = format!("waarde=twijfel&aantal={typed}&gezien_zaak={seen}");
        let answer = office.submit(&els, &all, body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = text(answer).await;
        assert!(page.contains(expected), "{page}");
    }
    let answer = office
        .submit(
            &els,
            &all,
            format!("waarde=twijfel&aantal=6&gezien_zaak={seen}"),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = office.open(&els, &location(&answer)).await;
    assert!(
        page.contains("Opgeslagen: twijfel (6 documenten)."),
        "{page}"
    );
    let (_, page) = office.open(&els, &all).await;
    assert!(page.contains("zijn er 6 al geschift"), "{page}");
}

#[tokio::test]
async fn a_beoordeling_is_filled_in_and_made_final_by_another() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    let jan = office.granted("jan", &[Rol::Informatiespecialist]);
    let nummer = office.search(&els, true).await;
    let base = format!("document={}", id(0));
    let judge = office.page(nummer, "");
    office
        .submit(&jan, &judge, format!("{base}&gezien=0&waarde=relevant"))
        .await;
    let address = office.page(nummer, "/beoordeling");
    let body = format!(
        "{base}&gezien=0&oordeel=deels-openbaar&grond=5.1.2e&grond=5.2&motivering=nog+in+dienst"
    );
    let answer = office.submit(&jan, &address, body).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = office.open(&jan, &location(&answer)).await;
    assert!(
        page.contains("De beoordeling is opgeslagen.")
            && page.contains("deels openbaar (5.1.2e, 5.2)"),
        "{page}"
    );
    assert!(!page.contains("Definitief maken"));
    let (_, page) = office.open(&els, &judge).await;
    assert!(page.contains("Definitief maken"));
    let seen = hidden(&page, "/definitief", "gezien");
    let finish = office.page(nummer, "/definitief");
    let answer = office
        .submit(&els, &finish, format!("{base}&gezien={seen}"))
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, page) = office.open(&els, &location(&answer)).await;
    assert!(
        page.contains("De beoordeling is definitief.") && page.contains("(vier-ogen)"),
        "{page}"
    );
    let wrong = office
        .submit(&jan, &address, format!("{base}&gezien=0&oordeel=openbaar"))
        .await;
    let page = text(wrong).await;
    assert!(
        page.contains("intussen beoordeeld als deels openbaar"),
        "{page}"
    );
}
