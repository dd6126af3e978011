//! Managing accounts over the API and on the pages: who may, what is refused, and that it works at once.

use super::toegang::{Office, Person, office, person};
use super::{location, problem, site, text};
use crate::mensen::{Actor, Rol, Via};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn json_of(office: &Office, who: &Person, path: &str) -> Value {
    let response = office.get(who, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_str(&text(response).await).expect("json")
}

/// Logs in and gives the status.
async fn logs_in(office: &Office, login: &str, password: &str) -> StatusCode {
    let body = json!({"inlognaam": login, "wachtwoord": password});
    let asked = office.post(&office.granter, "/v1/sessies", body).await;
    asked.status()
}

#[tokio::test]
async fn a_beheerder_makes_changes_and_switches_accounts() {
    let office = office(site(0));
    let gea = &office.granter;
    let new = json!({"inlognaam": "jan", "naam": "Jan", "wachtwoord": "geheim wachtwoord", "rollen": ["auditor"]});
    let made = office.post(gea, "/v1/accounts", new).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = text(made).await;
    assert!(!made.contains("wachtwoord"), "{made}");
    let made: Value = serde_json::from_str(&made).expect("json");
    let jan = format!("/v1/accounts/{}", made["id"].as_str().expect("id"));
    assert_eq!(
        logs_in(&office, "jan", "geheim wachtwoord").await,
        StatusCode::NO_CONTENT
    );
    for (part, body) in [
        ("rollen", json!({"rollen": ["woo-jurist", "regisseur"]})),
        ("wachtwoord", json!({"wachtwoord": "nieuw wachtwoord"})),
        ("stand", json!({"uit": true})),
    ] {
        let done = office.post(gea, &format!("{jan}/{part}"), body).await;
        assert_eq!(done.status(), StatusCode::NO_CONTENT, "{part}");
    }
    let all = json_of(&office, gea, "/v1/accounts").await;
    let known = all["accounts"].as_array().expect("list");
    let known = known.iter().find(|one| one["inlognaam"] == "jan");
    let known = known.expect("jan");
    assert_eq!(known["rollen"], json!(["woo-jurist", "regisseur"]));
    assert_eq!(known["uit"], true);
    assert_eq!(
        logs_in(&office, "jan", "nieuw wachtwoord").await,
        StatusCode::UNAUTHORIZED
    );
    let on = office
        .post(gea, &format!("{jan}/stand"), json!({"uit": false}))
        .await;
    assert_eq!(on.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        logs_in(&office, "jan", "nieuw wachtwoord").await,
        StatusCode::NO_CONTENT
    );
    // What is too short is a wrong request, whoever it is for.
    let short = json!({"wachtwoord": "kort"});
    let nobody = format!("/v1/accounts/{}/wachtwoord", "0".repeat(32));
    problem(
        office.post(gea, &nobody, short).await,
        StatusCode::BAD_REQUEST,
    )
    .await;
    let long = json!({"wachtwoord": "lang genoeg ww"});
    problem(office.post(gea, &nobody, long).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn nobody_gives_himself_a_role_and_the_last_beheerder_stays() {
    let office = office(site(0));
    let before = office.refusals();
    let of = |who: &Person, part: &str| format!("/v1/accounts/{}/{part}", who.actor.id);
    let every = json!({"rollen": Rol::ALL});
    let refused = [
        (
            &office.granter,
            of(&office.granter, "rollen"),
            every.clone(),
            422,
        ),
        (
            &office.granter,
            of(&office.granter, "stand"),
            json!({"uit": true}),
            422,
        ),
        (
            &office.specialist,
            of(&office.specialist, "rollen"),
            every.clone(),
            403,
        ),
        (
            &office.regisseur,
            of(&office.granter, "stand"),
            json!({"uit": true}),
            403,
        ),
        (
            &office.regisseur,
            of(&office.granter, "wachtwoord"),
            json!({"wachtwoord": "lang genoeg ww"}),
            403,
        ),
    ];
    let tried = refused.len() as u64;
    for (who, path, body, status) in refused {
        let status = StatusCode::from_u16(status).expect("status");
        problem(office.post(who, &path, body).await, status).await;
    }
    assert_eq!(office.refusals(), before + tried);
    let make = json!({"inlognaam": "x", "naam": "X", "wachtwoord": "lang genoeg ww", "rollen": []});
    problem(
        office.post(&office.specialist, "/v1/accounts", make).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    problem(
        office.get(&office.specialist, "/v1/accounts").await,
        StatusCode::FORBIDDEN,
    )
    .await;
    // A regisseur chooses who works on a case, and needs to know who there is.
    let known = json_of(&office, &office.regisseur, "/v1/accounts").await;
    assert_eq!(known["accounts"].as_array().expect("list").len(), 3);
}

#[tokio::test]
async fn the_first_account_is_not_made_on_a_page() {
    let site = site(0);
    let form = "inlognaam=rik&naam=Rik&wachtwoord=lang+genoeg+ww&rol=beheerder-autorisatie";
    let sent = site.post("/accounts", form).await;
    assert_eq!(sent.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text(site.get("/accounts").await)
            .await
            .contains("zoekenvind gebruiker maak")
    );
    assert!(!site.app.store.has_accounts().expect("asked"));
}

#[tokio::test]
async fn the_pages_do_the_same_as_the_api() {
    let office = office(site(0));
    let gea = &office.granter;
    let form =
        "inlognaam=jan&naam=Jan+de+Wit&wachtwoord=+spaties+tellen+&rol=woo-jurist&rol=auditor";
    let made = office.form(gea, "/accounts", form).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    let page = location(&made);
    assert_eq!(
        logs_in(&office, "jan", " spaties tellen ").await,
        StatusCode::NO_CONTENT
    );
    let shown = text(office.get(gea, &page).await).await;
    assert!(shown.contains(r#"value="auditor" checked"#), "{shown}");
    assert!(shown.contains(r#"value="regisseur">"#), "{shown}");
    for (part, form) in [("rollen", "rol=regisseur"), ("stand", "stand=uit")] {
        let done = office.form(gea, &format!("{page}/{part}"), form).await;
        assert_eq!(location(&done), page);
    }
    let listed = text(office.get(gea, "/accounts").await).await;
    assert!(
        listed.contains("Jan de Wit") && listed.contains("<td>uit</td>"),
        "{listed}"
    );
    assert!(
        text(office.get(gea, &page).await)
            .await
            .contains("Dit account staat uit.")
    );
    let own = format!("/accounts/{}", gea.actor.id);
    let shown = text(office.get(gea, &own).await).await;
    assert!(shown.contains("wijzigt een andere beheerder") && !shown.contains("Rollen opslaan"));
    let refused = office
        .form(gea, &format!("{own}/rollen"), "rol=auditor")
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let rik = &office.regisseur;
    for path in ["/accounts", page.as_str()] {
        assert_eq!(office.get(rik, path).await.status(), StatusCode::FORBIDDEN);
    }
    let made = office.form(rik, "/accounts", form).await;
    assert_eq!(made.status(), StatusCode::FORBIDDEN);
    let menu = |page: &str| page.contains(r#"<a href="/accounts">Accounts</a>"#);
    assert!(menu(&text(office.get(gea, "/zaken").await).await));
    assert!(!menu(&text(office.get(rik, "/zaken").await).await));
}

#[tokio::test]
async fn a_case_on_which_nobody_works_is_taken_over_on_the_page() {
    let site = site(0);
    let intake = json!({"nummer": "2026-7", "soort": "woo-verzoek", "titel": "Kade", "verzoek": "Alles over de kade",
        "ontvangen": "2026-11-02"});
    let intake = serde_json::from_value(intake).expect("intake");
    let local = Actor::local(Via::Opdracht);
    let zaak = site.app.store.open_zaak(&local, &intake).expect("opened");
    let office = office(site);
    let (els, rik) = (&office.specialist, &office.regisseur);
    let list = |page: String| page.contains("Zaken waaraan niemand werkt");
    assert!(list(text(office.get(rik, "/zaken").await).await));
    assert!(!list(text(office.get(els, "/zaken").await).await));
    let known = json_of(&office, rik, "/v1/zaken").await;
    assert_eq!(known["over_te_nemen"][0]["nummer"], "2026-7");
    assert!(!known.to_string().contains("Alles over"), "{known}");
    let page = format!("/zaken/{}", zaak.id);
    assert_eq!(office.get(rik, &page).await.status(), StatusCode::NOT_FOUND);
    let overname = format!("/v1{page}/overname");
    problem(
        office.post(els, &overname, json!({})).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let done = office.form(rik, &format!("{page}/overname"), "").await;
    assert_eq!(location(&done), page);
    assert!(
        text(office.get(rik, &page).await)
            .await
            .contains("Alles over de kade")
    );
    let other = person(&office.site, "ria", Rol::Regisseur);
    problem(
        office.post(&other, &overname, json!({})).await,
        StatusCode::NOT_FOUND,
    )
    .await;
}
