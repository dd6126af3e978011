//! The audit trail as people read it: who sees what, that reading is recorded, that every refusal is in it, and that no
//! name is under a hash.

use super::toegang::{Office, Person, office, person};
use super::{header_of, problem, site, text};
use crate::audit::{Head, bestand};
use crate::mensen::{Actor, Rol, Via};
use crate::store::spoor::{Blik, Filter, Regel};
use axum::http::StatusCode;
use serde_json::{Value, json};

const TERM: &str = "kwelderziekte";

/// An office where the specialist searched for something that nobody else may know.
async fn searched() -> Office {
    let office = office(site(3));
    office.grant(&office.verlening(&office.specialist, "archief"));
    let store = &office.site.app.store;
    store
        .add_member(
            &office.regisseur.actor,
            &office.zaak,
            &office.specialist.actor.id,
        )
        .expect("member");
    let asked = office.ask(&office.specialist, TERM).await;
    let answer = office
        .get(&office.specialist, &super::location(&asked))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    office
}

async fn read(office: &Office, who: &Person, filter: Value) -> axum::response::Response {
    office
        .post(who, "/v1/auditregels/_zoek", json!({"filter": filter}))
        .await
}

async fn lines(response: axum::response::Response) -> Vec<Value> {
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = serde_json::from_str(&text(response).await).expect("json");
    body["auditregels"].as_array().expect("lines").clone()
}

fn recorded(office: &Office, actie: &str) -> Vec<Regel> {
    let filter = Filter {
        actie: Some(actie.into()),
        ..Filter::default()
    };
    let page = office
        .site
        .app
        .store
        .audit_page(&filter, Blik::Alles, None, 500);
    page.expect("page").regels
}

#[tokio::test]
async fn terms_are_for_the_auditor_and_who_works_on_the_case_and_reading_is_recorded() {
    let office = searched().await;
    let auditor = person(&office.site, "aat", Rol::Auditor);
    let zaak = json!({"zaak": office.zaak.id});
    for (who, filter) in [
        (&auditor, json!({})),
        (&office.specialist, zaak.clone()),
        (&office.regisseur, zaak.clone()),
    ] {
        let found = lines(read(&office, who, filter).await).await;
        let search = found
            .iter()
            .find(|line| line["actie"] == "zoekactie.uitgevoerd");
        let search = search.expect("the search");
        assert_eq!(search["zoekvraag"], TERM);
        assert_eq!(
            (&search["naam"], &search["zaaknummer"]),
            (&json!("els"), &json!("2026-1"))
        );
    }
    assert_eq!(recorded(&office, "auditspoor.gelezen").len(), 3);

    // A beheerder sees that she searched, not for what, and cannot find out by asking either.
    for filter in [json!({}), zaak.clone()] {
        let answer = read(&office, &office.granter, filter).await;
        let body = text(answer).await;
        assert!(
            body.contains("zoekactie.uitgevoerd") && body.contains("\"els\""),
            "{body}"
        );
        assert!(
            !body.contains(TERM) && !body.contains("zaaknummer"),
            "{body}"
        );
    }
    for asked in [TERM, "totaal"] {
        let found = lines(read(&office, &office.granter, json!({"tekst": asked})).await).await;
        assert!(found.is_empty(), "{asked}: {found:?}");
    }
    let found = lines(read(&office, &auditor, json!({"tekst": TERM.to_uppercase()})).await).await;
    assert!(!found.is_empty());

    // Who works on another case, or names none, is refused, and that is recorded.
    let refused = office.refusals();
    let jan = person(&office.site, "jan", Rol::Informatiespecialist);
    problem(read(&office, &jan, zaak).await, StatusCode::NOT_FOUND).await;
    problem(
        read(&office, &office.specialist, json!({})).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    assert_eq!(office.refusals(), refused + 2);
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_without_a_gap() {
    let office = searched().await;
    let auditor = person(&office.site, "aat", Rol::Auditor);
    let (mut numbers, mut cursor) = (Vec::new(), String::new());
    loop {
        let address = format!("/v1/auditregels?aantal=3{cursor}");
        let answer = office.get(&auditor, &address).await;
        let body: Value = serde_json::from_str(&text(answer).await).expect("json");
        for line in body["auditregels"].as_array().expect("lines") {
            numbers.push(line["nummer"].as_u64().expect("number"));
        }
        match body["volgende"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let last = numbers[0];
    assert_eq!(numbers, (1..=last).rev().collect::<Vec<_>>());
    let read = recorded(&office, "auditspoor.gelezen").len() as u64;
    assert_eq!(read, last.div_ceil(3), "each page is a record");
    for wrong in [
        "aantal=0",
        "aantal=501",
        "cursor=x",
        "cursor=",
        "van=gisteren",
        "tekst=x",
        "resultaat=x",
    ] {
        let answer = office
            .get(&auditor, &format!("/v1/auditregels?{wrong}"))
            .await;
        problem(answer, StatusCode::BAD_REQUEST).await;
    }
    let long = json!({"tekst": "x".repeat(201)});
    problem(
        super::auditspoor::read(&office, &auditor, long).await,
        StatusCode::BAD_REQUEST,
    )
    .await;
}

#[tokio::test]
async fn the_trail_leaves_as_a_table_or_as_a_chain_that_can_be_checked() {
    let office = searched().await;
    let auditor = person(&office.site, "=aat", Rol::Auditor);
    let address = "/v1/auditregels/_uitvoer";
    // Something that a spreadsheet would run.
    lines(read(&office, &auditor, json!({})).await).await;
    let answer = office.post(&auditor, address, json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let count = header_of(&answer, "uitvoer-aantal").to_owned();
    let table = text(answer).await;
    assert!(table.starts_with("\u{feff}nummer;tijd;"), "{table}");
    assert_eq!(count, (table.lines().count() - 1).to_string());
    assert!(table.contains(TERM) && table.contains(";'=aat;"), "{table}");
    assert!(!table.contains(";=aat"), "{table}");

    let answer = office
        .post(&auditor, address, json!({"vorm": "jsonl"}))
        .await;
    let head: Head = header_of(&answer, "uitvoer-hoofd").parse().expect("head");
    let chain = text(answer).await;
    let checked = bestand::check(&mut chain.as_bytes(), &[]).expect("read");
    assert_eq!((checked.head, checked.broken), (head, None));
    let changed = chain.replacen("zoekactie.uitgevoerd", "zoekactie.verzonnen", 1);
    let broken = bestand::check(&mut changed.as_bytes(), &[])
        .expect("read")
        .broken;
    assert!(broken.is_some());
    for name in ["=aat", "\"els", "\"2026-1\"", TERM] {
        assert!(!chain.contains(name), "{name} left the program for ever");
    }
    let filtered = json!({"vorm": "jsonl", "filter": {"actie": "rol"}});
    problem(
        office.post(&auditor, address, filtered).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;

    // Of a case, for who works on it; the chain only for the auditor.
    let own = json!({"filter": {"zaak": office.zaak.id}});
    let table = text(office.post(&office.specialist, address, own).await).await;
    assert!(
        table.contains(TERM) && !table.contains("account.gemaakt"),
        "{table}"
    );
    let chain = json!({"vorm": "jsonl"});
    for who in [&office.specialist, &office.granter] {
        problem(
            office.post(who, address, chain.clone()).await,
            StatusCode::FORBIDDEN,
        )
        .await;
    }
    let table = text(office.post(&office.granter, address, json!({})).await).await;
    assert!(
        table.contains("zoekactie.uitgevoerd") && !table.contains(TERM),
        "{table}"
    );
    assert_eq!(recorded(&office, "uitvoer.gemaakt").len(), 4);
}

#[tokio::test]
async fn the_page_shows_the_same_and_needs_no_address_with_a_text() {
    let office = searched().await;
    let auditor = person(&office.site, "aat", Rol::Auditor);
    let page = text(office.get(&auditor, "/auditspoor").await).await;
    assert!(
        page.contains(TERM) && page.contains("Het hele spoor"),
        "{page}"
    );
    let page = text(
        office
            .form(
                &auditor,
                "/auditspoor",
                "zaak=2026-1&tekst=Kwelder&van=2026-01-01",
            )
            .await,
    )
    .await;
    assert!(
        page.contains(TERM) && !page.contains("account.gemaakt"),
        "{page}"
    );
    let none = text(office.form(&auditor, "/auditspoor", "tot=2020-01-01").await).await;
    assert!(none.contains("Er zijn geen regels") && !none.contains(TERM));
    let wrong = office.form(&auditor, "/auditspoor", "van=gisteren").await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);

    let page = text(office.get(&office.granter, "/auditspoor").await).await;
    assert!(page.contains("zoekactie.uitgevoerd") && !page.contains(TERM));
    let page = text(office.get(&office.specialist, "/auditspoor").await).await;
    assert!(page.contains("Kies een zaak") && page.contains("2026-1") && !page.contains(TERM));
    let own = format!("/auditspoor?zaak={}", office.zaak.id);
    let page = text(office.get(&office.specialist, &own).await).await;
    assert!(page.contains(TERM) && !page.contains("account.gemaakt"));
    let jan = person(&office.site, "jan", Rol::Informatiespecialist);
    assert_eq!(office.get(&jan, &own).await.status(), StatusCode::NOT_FOUND);
    let file = office
        .form(&auditor, "/auditspoor/uitvoer", "vorm=csv&zaak=2026-1")
        .await;
    assert!(header_of(&file, "content-disposition").contains("auditspoor-"));
    assert!(text(file).await.contains(TERM));
}

#[tokio::test]
async fn what_a_rule_refuses_is_in_the_trail_whatever_the_address() {
    let office = office(site(2));
    let zaak = &office.zaak.id;
    let to_self = office.verlening(&office.granter, "archief");
    let specialist = &office.specialist.actor.id;
    let store = &office.site.app.store;
    store
        .add_member(&office.regisseur.actor, &office.zaak, specialist)
        .expect("member");
    let plan =
        json!({"gezien": 7, "inhoud": {"begrippen": [], "bronnen": [], "niet_doorzocht": []}});
    let secret = "Els Geheim";
    let refused = [
        (
            &office.granter,
            format!("/v1/zaken/{zaak}/machtigingen"),
            serde_json::to_value(&to_self).expect("json"),
            "mag-niet",
        ),
        (
            &office.regisseur,
            format!("/v1/zaken/{zaak}/_heropen"),
            json!({"reden": secret}),
            "mag-niet",
        ),
        (
            &office.regisseur,
            format!("/v1/zaken/{zaak}/rondes/_sluit"),
            json!({"tekst": secret}),
            "mag-niet",
        ),
        (
            &office.regisseur,
            "/v1/zaken".to_owned(),
            json!({"nummer": "2026-1", "soort": "anders", "titel": secret, "ontvangen": "2026-01-01"}),
            "mag-niet",
        ),
        (
            &office.specialist,
            format!("/v1/zaken/{zaak}/zoekplannen"),
            plan,
            "intussen-gewijzigd",
        ),
        (
            &office.granter,
            format!("/v1/accounts/{}/_vergeet", office.granter.actor.id),
            json!({"reden": secret}),
            "mag-niet",
        ),
    ];
    for (who, address, body, reason) in &refused {
        let before = recorded(&office, "verzoek.geweigerd").len();
        let answer = office.post(who, address, body.clone()).await;
        let status = answer.status();
        let answer = text(answer).await;
        assert!(
            matches!(
                status,
                StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT
            ),
            "{address}: {status} {answer}"
        );
        let now = recorded(&office, "verzoek.geweigerd");
        assert_eq!(now.len(), before + 1, "{address}");
        let line = &now[0];
        assert_eq!(
            (line.resultaat.as_str(), &line.actor),
            ("geweigerd", &who.actor.id),
            "{line:?}"
        );
        assert!(
            line.gegevens.as_ref().expect("data").contains(reason),
            "{line:?}"
        );
        assert!(
            line.object.starts_with("POST /v1/") && !line.object.contains(zaak),
            "{line:?}"
        );
        let in_case = address.contains(zaak.as_str());
        assert_eq!(&line.zaak, if in_case { zaak } else { "" }, "{line:?}");
        assert!(!format!("{line:?}").contains(secret), "{line:?}");
    }
    // The same on the pages, also when the refusal comes back on a page with the form.
    let before = recorded(&office, "verzoek.geweigerd").len();
    office
        .form(
            &office.regisseur,
            &format!("/zaken/{zaak}/heropen"),
            "reden=x",
        )
        .await;
    let now = recorded(&office, "verzoek.geweigerd");
    assert_eq!((now.len(), now[0].oorsprong.as_str()), (before + 1, "web"));
}

/// A person whose name is nowhere in the records: all that people do and type is tried, and then the file is read.
#[tokio::test]
async fn no_name_and_nothing_that_was_typed_is_under_a_hash() {
    let office = office(site(2));
    let store = &office.site.app.store;
    let zaak = &office.zaak.id;
    let secret = "Qoezel";
    let local = Actor::local(Via::Opdracht);
    let account = store
        .add_account(
            "q.qoezel",
            "Qoezel Xim",
            "lang genoeg ww",
            &Rol::ALL.into(),
            &local,
        )
        .expect("account");
    let session = store.open_session(&account, Via::Web).expect("session");
    let who = Person::new(Actor::of(account.clone(), Via::Web), &session.key);
    store
        .add_member(&office.regisseur.actor, &office.zaak, &account.id)
        .expect("member");
    let mut granted = office.verlening(&who, "archief");
    granted.doel = format!("voor {secret}");
    office.grant(&granted);
    let asked = office.ask(&who, secret).await;
    office.get(&who, &super::location(&asked)).await;
    let description: Value =
        serde_json::from_str(include_str!("../../../openapi.json")).expect("openapi.json");
    let document = zv_shared::DocId::of_file("archief", b"000.txt", 0).to_string();
    let today = crate::zaken::machtiging::today().to_string();
    let typed = json!({
        "afbakeningen": {"gezien": 0, "inhoud": {"bestuurlijke_aangelegenheid": secret, "onderwerp": secret}},
        "navragen": {"persoon": secret, "functie": secret, "vraag": secret, "datum": today},
        "rondes": {"tekst": secret},
        "opmerkingen": {"document": document, "tekst": secret},
        "gemaskeerde-termen": {"term": secret},
        "_sluit": {"tekst": secret},
        "_heropen": {"reden": secret},
        "leden": {"account": account.id},
    });
    for path in description["paths"].as_object().expect("paths").keys() {
        let last = path.rsplit('/').next().expect("a part");
        let address = format!("/v1{path}")
            .replace("{zaak}", zaak)
            .replace("{account}", &office.specialist.actor.id)
            .replace("{document}", &document)
            .replace("{nummer}", "1");
        if let Some(body) = typed.get(last).filter(|_| !address.contains('{')) {
            let answer = office.post(&who, &address, body.clone()).await;
            assert!(!answer.status().is_server_error(), "{address}");
        }
    }
    let connection =
        rusqlite::Connection::open(office.site.app.folder.join("audit.db")).expect("trail");
    let mut statement = connection
        .prepare("SELECT actor || ' ' || actie || ' ' || object || ' ' || zaak || ' ' || gegevens FROM regel")
        .expect("records");
    let records: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("records")
        .collect::<Result<_, _>>()
        .expect("records");
    assert!(records.len() > 10, "{records:?}");
    for record in &records {
        assert!(!record.to_lowercase().contains("qoezel"), "{record}");
    }
    // Nor in the text of a zoekactie, but for what was asked.
    let state =
        rusqlite::Connection::open(office.site.app.folder.join("toestand.db")).expect("state");
    let report: String = state
        .query_row("SELECT verslag FROM zoekactie", [], |row| row.get(0))
        .expect("report");
    assert!(
        !report.contains("Xim") && report.contains("\"vorm\":2"),
        "{report}"
    );
    let shown = store.zoekactie(zaak, 1).expect("asked").expect("there");
    assert_eq!(shown.verslag.naam, "Qoezel Xim");
    store
        .forget(&office.granter.actor, &account.id, "verzoek")
        .expect("erased");
    let shown = store.zoekactie(zaak, 1).expect("asked").expect("there");
    assert_eq!(shown.verslag.naam, "persoon 1");
    assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
    let faults = store
        .check_zoekacties(&office.site.app.folder)
        .expect("checked");
    assert_eq!(faults, [""; 0]);
}

/// A report of before, with the name under its hash: it stays as it is and is still held against the trail, while the
/// name that is shown is the one of now.
#[tokio::test]
async fn a_report_of_before_with_a_name_in_it_still_holds_and_shows_the_pseudonym() {
    let office = searched().await;
    let (store, zaak) = (&office.site.app.store, &office.zaak.id);
    let path = office.site.app.folder.join("toestand.db");
    let state = rusqlite::Connection::open(path).expect("state");
    let now: String = state
        .query_row("SELECT verslag FROM zoekactie", [], |row| row.get(0))
        .expect("report");
    let before = now
        .replace("\"vorm\":2,", "")
        .replace("\"machtigingen\"", "\"naam\":\"els\",\"machtigingen\"");
    assert!(
        before.contains("\"naam\":\"els\"") && !before.contains("\"vorm\":2"),
        "{before}"
    );
    let hash = crate::audit::hex(&<sha2::Sha256 as sha2::Digest>::digest(&before));
    state
        .execute(
            "INSERT INTO zoekactie (zaak, nummer, zoekopdracht, stand, verslag, hash)
             SELECT zaak, 2, zoekopdracht, 'eerder', ?, ? FROM zoekactie",
            [&before, &hash],
        )
        .expect("kept");
    let who = &office.specialist.actor;
    let event = office.zaak.did(
        who,
        "zoekactie.uitgevoerd",
        "2",
        json!({"verslag": hash, "totaal": 0}),
    );
    store.log(&event).expect("logged");
    store
        .forget(&office.granter.actor, &who.id, "verzoek")
        .expect("erased");
    let acties = store.zoekacties(zaak).expect("acties");
    let forms: Vec<(u8, &str)> = acties
        .iter()
        .map(|one| (one.verslag.vorm, one.verslag.naam.as_str()))
        .collect();
    assert_eq!(forms, [(2, "persoon 1"), (1, "persoon 1")]);
    let faults = store
        .check_zoekacties(&office.site.app.folder)
        .expect("checked");
    assert_eq!(faults, [""; 0]);
    assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
}

#[tokio::test]
async fn a_name_is_erased_over_the_api_by_who_may_and_by_nobody_else() {
    let office = office(site(1));
    let address = format!("/v1/accounts/{}/_vergeet", office.specialist.actor.id);
    let body = json!({"reden": "verzoek van els"});
    for wrong in [
        json!({"reden": ""}),
        json!({"reden": "x".repeat(1_001)}),
        json!({}),
    ] {
        problem(
            office.post(&office.granter, &address, wrong).await,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
    let refused = office.post(&office.regisseur, &address, body.clone()).await;
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    let answer = office.post(&office.granter, &address, body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(text(answer).await, r#"{"pseudoniem":"persoon 1"}"#);
    let out = office.get(&office.specialist, "/v1/zaken").await;
    problem(out, StatusCode::UNAUTHORIZED).await;
    let line = &recorded(&office, "persoon.vergeten")[0];
    assert_eq!(line.toelichting.as_deref(), Some("verzoek van persoon 1"));
    assert_eq!(line.naam, "gea");
}
