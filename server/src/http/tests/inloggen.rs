//! Coming in with a password, a second step or a token: who guesses is slowed down, a token never gives more than it says,
//! and a server that others reach is for nobody until somebody has its code.

use super::toegang::{Office, Person, office, person};
use super::{Site, header_of, location, problem, request, site, site_of, text};
use crate::mensen::eerste::EersteCode;
use crate::mensen::{Rol, Via};
use crate::settings::ServerSettings;
use crate::state::App;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use std::net::SocketAddr;
use totp_rs::{Builder, Secret};

fn settings(text: Value) -> ServerSettings {
    serde_json::from_value(text).expect("settings")
}

/// Settings of a server behind TLS that others reach.
fn public() -> ServerSettings {
    settings(
        json!({"luister": "0.0.0.0:8443", "openbaar_adres": "https://zoek.example",
        "tls": {"certificaat": "c", "sleutel": "s"}}),
    )
}

/// Logs in over the API, from an address.
async fn logs_in(site: &Site, from: &str, body: Value) -> Response {
    let peer: SocketAddr = format!("{from}:9").parse().expect("address");
    let sent = request("POST", "/v1/sessies")
        .header(header::CONTENT_TYPE, "application/json")
        .extension(ConnectInfo(peer));
    site.send(sent.body(Body::from(body.to_string())).expect("request"))
        .await
}

fn cookie_of(response: &Response) -> String {
    header_of(response, "set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned()
}

async fn json_body(response: Response) -> Value {
    serde_json::from_str(&text(response).await).expect("json")
}

#[tokio::test]
async fn who_guesses_is_told_to_wait_and_the_owner_is_not_kept_out() {
    let office = office(site(0));
    let wrong = json!({"inlognaam": "els", "wachtwoord": "geraden"});
    let right = json!({"inlognaam": "els", "wachtwoord": "lang genoeg ww"});
    for _ in 0..5 {
        let answer = logs_in(&office.site, "192.0.2.7", wrong.clone()).await;
        problem(answer, StatusCode::UNAUTHORIZED).await;
    }
    let before = office.refusals();
    let answer = logs_in(&office.site, "192.0.2.7", right.clone()).await;
    let wait: u64 = header_of(&answer, "retry-after").parse().expect("seconds");
    assert!((1..=2).contains(&wait), "{wait}");
    problem(answer, StatusCode::TOO_MANY_REQUESTS).await;
    assert_eq!(office.refusals(), before + 1);
    let owner = logs_in(&office.site, "192.0.2.8", right).await;
    assert_eq!(owner.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn who_asks_too_much_waits_and_nobody_else_does() {
    let office = office(site_of(settings(json!({"verzoeken_per_seconde": 1}))));
    let before = office.refusals();
    let mut passed = 0;
    let refused = loop {
        let answer = office.get(&office.regisseur, "/v1/zaken").await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        passed += 1;
        assert!(passed < 200, "nobody was told to wait");
    };
    assert!(passed >= 20, "{passed}");
    assert_eq!(header_of(&refused, "retry-after"), "1");
    problem(refused, StatusCode::TOO_MANY_REQUESTS).await;
    assert!(office.refusals() > before);
    let other = office.get(&office.specialist, "/v1/zaken").await;
    assert_eq!(other.status(), StatusCode::OK);
}

/// A request with a token, and without anything else.
async fn by_token(site: &Site, token: &str, method: &str, path: &str, body: Value) -> Response {
    let sent = request(method, path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/json");
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    site.send(sent.body(Body::from(body)).expect("request"))
        .await
}

async fn token(office: &Office, who: &Person, scope: &[&str]) -> (String, Value) {
    let new = json!({"naam": "maandrapport", "bereik": scope, "dagen": 30});
    let made = office.post(who, "/v1/tokens", new).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = json_body(made).await;
    (
        made["token"].as_str().expect("token").to_owned(),
        made["gegevens"].clone(),
    )
}

#[tokio::test]
async fn a_token_does_what_it_says_for_the_account_and_nothing_more() {
    let office = office(site(0));
    let site = &office.site;
    let (opens, told) = token(&office, &office.granter, &["lezen", "beheren"]).await;
    assert!(opens.starts_with("zv_") && opens.len() == 46, "{opens}");
    assert_eq!(told["nummer"], 1);
    let get = async |token: &str, path: &str| by_token(site, token, "GET", path, Value::Null).await;
    assert_eq!(get(&opens, "/v1/zaken").await.status(), StatusCode::OK);
    // It changes something without a page of ours having asked, and the trail says which token did.
    let new =
        json!({"inlognaam": "jan", "naam": "Jan", "wachtwoord": "geheim wachtwoord", "rollen": []});
    let made = by_token(site, &opens, "POST", "/v1/accounts", new).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = site.app.store.audit_page(
        &Default::default(),
        crate::store::spoor::Blik::Alles,
        None,
        1,
    );
    let line = &made.expect("page").regels[0];
    assert_eq!(
        (line.actie.as_str(), line.oorsprong.as_str()),
        ("account.gemaakt", "token 1")
    );
    assert_eq!(line.actor, office.granter.actor.id);
    // Nobody gives himself a role, by whatever way.
    let own = format!("/v1/accounts/{}/rollen", office.granter.actor.id);
    let more = by_token(site, &opens, "POST", &own, json!({"rollen": Rol::ALL})).await;
    problem(more, StatusCode::UNPROCESSABLE_ENTITY).await;
    // What is outside its scope, and what no token does: other tokens, the second step, a page.
    let before = office.refusals();
    let search = json!({"vraag": "subsidie", "zaak": office.zaak.id});
    let refused = [
        ("POST", "/v1/zoekopdrachten", search),
        ("GET", "/v1/auditregels", Value::Null),
        ("GET", "/v1/tokens", Value::Null),
        (
            "POST",
            "/v1/tokens",
            json!({"naam": "x", "bereik": ["zoeken"], "dagen": 1}),
        ),
    ];
    let tried = refused.len() as u64;
    for (method, path, body) in refused {
        problem(
            by_token(site, &opens, method, path, body).await,
            StatusCode::FORBIDDEN,
        )
        .await;
    }
    assert_eq!(office.refusals(), before + tried);
    let step = by_token(site, &opens, "POST", "/v1/tweede-stap", Value::Null).await;
    problem(step, StatusCode::UNAUTHORIZED).await;
    assert_eq!(get(&opens, "/zaken").await.status(), StatusCode::SEE_OTHER);
    // A scope gives no right: who may not search does not search by a token either.
    let (searches, _) = token(&office, &office.regisseur, &["zoeken"]).await;
    let search = json!({"vraag": "subsidie", "zaak": office.zaak.id});
    let asked = by_token(site, &searches, "POST", "/v1/zoekopdrachten", search).await;
    problem(asked, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_token_ends_and_is_known_by_its_hash_alone() {
    let office = office(site(0));
    let site = &office.site;
    let (first, told) = token(&office, &office.regisseur, &["lezen"]).await;
    let works = async |token: &str| {
        let answer = by_token(site, token, "GET", "/v1/zaken", Value::Null).await;
        answer.status() == StatusCode::OK
    };
    assert!(works(&first).await);
    for wrong in ["", "zv_", &first[..first.len() - 1], &first.to_uppercase()] {
        assert!(!works(wrong).await, "{wrong}");
    }
    // A session beside a wrong token does not help.
    let both = request("GET", "/v1/zaken")
        .header(header::AUTHORIZATION, "Bearer zv_onzin")
        .header(header::COOKIE, office.regisseur.cookie());
    let both = site.send(both.body(Body::empty()).expect("request")).await;
    problem(both, StatusCode::UNAUTHORIZED).await;
    for file in std::fs::read_dir(&site.app.folder).expect("list").flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        assert!(
            !bytes
                .windows(first.len())
                .any(|part| part == first.as_bytes()),
            "{file:?}"
        );
    }
    // Somebody else's token is as if it were not there; who manages accounts withdraws it.
    let number = told["nummer"].as_i64().expect("number");
    let away = format!("/v1/tokens/{number}/intrekking");
    problem(
        office.post(&office.specialist, &away, json!({})).await,
        StatusCode::NOT_FOUND,
    )
    .await;
    assert!(works(&first).await);
    let page = format!("/accounts/{}", office.regisseur.actor.id);
    assert!(
        text(office.get(&office.granter, &page).await)
            .await
            .contains("maandrapport")
    );
    let form = format!("{page}/tokens/{number}/trek-in");
    assert_eq!(
        location(&office.form(&office.granter, &form, "").await),
        page
    );
    assert!(!works(&first).await);
    problem(
        office.post(&office.regisseur, &away, json!({})).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    // One that is too old, and one of an account that is off.
    let (second, _) = token(&office, &office.regisseur, &["lezen"]).await;
    let connection =
        rusqlite::Connection::open(site.app.folder.join("toestand.db")).expect("database");
    let ends = |at: jiff::Timestamp| {
        let sql = "UPDATE token SET verloopt = ? WHERE ingetrokken IS NULL";
        connection.execute(sql, [at.to_string()]).expect("changed");
    };
    ends(jiff::Timestamp::now() - jiff::SignedDuration::from_secs(1));
    assert!(!works(&second).await);
    ends(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1));
    assert!(works(&second).await);
    let (store, id) = (&site.app.store, &office.regisseur.actor.id);
    store
        .switch_account(&office.granter.actor, id, false)
        .expect("off");
    assert!(!works(&second).await);
    for wrong in [json!(0), json!(367), json!(null)] {
        let new = json!({"naam": "x", "bereik": ["lezen"], "dagen": wrong});
        problem(
            office.post(&office.granter, "/v1/tokens", new).await,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
}

#[tokio::test]
async fn the_page_shows_a_token_once() {
    let office = office(site(0));
    let form = "naam=rapport&bereik=lezen&bereik=uitvoeren&dagen=7";
    let made = text(
        office
            .form(&office.regisseur, "/account/tokens", form)
            .await,
    )
    .await;
    let opens = made
        .split("<code>zv_")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("token");
    let again = text(office.get(&office.regisseur, "/account").await).await;
    assert!(
        again.contains("rapport") && again.contains("lezen, uitvoeren") && !again.contains(opens)
    );
    let gone = office
        .form(&office.regisseur, "/account/tokens/1/trek-in", "")
        .await;
    assert_eq!(location(&gone), "/account");
    assert!(
        text(office.get(&office.regisseur, "/account").await)
            .await
            .contains("ingetrokken op")
    );
}

/// The code of an app with this secret, so many steps from now.
fn code(secret: &str, steps: u64) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).expect("base32");
    let now = jiff::Timestamp::now().as_second().unsigned_abs();
    let app = Builder::new().with_secret(secret).build().expect("app");
    app.generate(now + 30 * steps).to_string()
}

#[tokio::test]
async fn with_a_second_step_a_password_alone_opens_nothing() {
    let office = office(site(0));
    let els = &office.specialist;
    let begun = json_body(office.post(els, "/v1/tweede-stap", json!({})).await).await;
    let secret = begun["geheim"].as_str().expect("secret").to_owned();
    let page = text(office.get(els, "/account").await).await;
    assert!(!page.contains(&secret), "the secret is shown once");
    let first = json!({"code": code(&secret, 0)});
    let set = json_body(office.post(els, "/v1/tweede-stap/bevestiging", first).await).await;
    let recovery = set["herstelcodes"].as_array().expect("codes").clone();
    assert_eq!(recovery.len(), 10);
    let enters = async |code: &str, from: &str| {
        let body = json!({"inlognaam": "els", "wachtwoord": "lang genoeg ww", "code": code});
        logs_in(&office.site, from, body).await.status()
    };
    assert_eq!(enters("", "192.0.2.1").await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        enters(&code(&secret, 0), "192.0.2.2").await,
        StatusCode::UNAUTHORIZED,
        "used to set it up"
    );
    assert_eq!(
        enters(&code(&secret, 1), "192.0.2.3").await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        enters(&code(&secret, 1), "192.0.2.4").await,
        StatusCode::UNAUTHORIZED
    );
    let lost = recovery[0].as_str().expect("code");
    assert_eq!(enters(lost, "192.0.2.5").await, StatusCode::NO_CONTENT);
    assert_eq!(enters(lost, "192.0.2.6").await, StatusCode::UNAUTHORIZED);
    // A wrong password with a right code does not use up the code.
    let body = json!({"inlognaam": "els", "wachtwoord": "onjuist", "code": recovery[1]});
    assert_eq!(
        logs_in(&office.site, "192.0.2.7", body).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        enters(recovery[1].as_str().expect("code"), "192.0.2.8").await,
        StatusCode::NO_CONTENT
    );
    // Without a code nobody switches it off, except for somebody else who lost it.
    let off = office
        .post(els, "/v1/tweede-stap/_stop", json!({"code": "000000"}))
        .await;
    problem(off, StatusCode::UNPROCESSABLE_ENTITY).await;
    let away = format!("/v1/accounts/{}/tweede-stap/_wis", els.actor.id);
    problem(
        office.post(&office.regisseur, &away, json!({})).await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let gone = office.post(&office.granter, &away, json!({})).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        office.get(els, "/v1/zaken").await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(enters("", "192.0.2.9").await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn on_a_server_that_others_reach_the_second_step_comes_first() {
    let site = site_of(public());
    let rik = person(&site, "rik", Rol::Regisseur);
    let key = rik.cookie().split_once('=').expect("cookie").1.to_owned();
    let ask = async |method: &str, path: &str, name: &str, form: &str| {
        let sent = request(method, path)
            .header(header::COOKIE, format!("{name}={key}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        site.send(sent.body(Body::from(form.to_owned())).expect("request"))
            .await
    };
    let safe = "__Host-zv_sessie";
    // The name without its guard may have been set by another host.
    assert_eq!(
        location(&ask("GET", "/zaken", "zv_sessie", "").await),
        "/inloggen"
    );
    assert_eq!(location(&ask("GET", "/zaken", safe, "").await), "/account");
    problem(
        ask("GET", "/v1/zaken", safe, "").await,
        StatusCode::FORBIDDEN,
    )
    .await;
    let begun = text(ask("POST", "/account/tweede-stap", safe, "").await).await;
    let secret = begun
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("secret");
    let form = format!("code={}", code(secret, 0));
    let set = text(ask("POST", "/account/tweede-stap/bevestig", safe, &form).await).await;
    assert_eq!(set.matches("<li><code>").count(), 10);
    assert_eq!(
        ask("GET", "/zaken", safe, "").await.status(),
        StatusCode::OK
    );
    let body = json!({"inlognaam": "rik", "wachtwoord": "lang genoeg ww", "code": code(secret, 1)});
    let cookie = logs_in(&site, "192.0.2.1", body).await;
    let whole = header_of(&cookie, "set-cookie");
    assert!(
        whole.starts_with("__Host-zv_sessie=")
            && whole.contains("; Secure")
            && whole.contains("; Path=/;"),
        "{whole}"
    );
    assert!(cookie_of(&cookie).len() > 60);
}

#[tokio::test]
async fn without_accounts_a_public_server_is_for_who_has_its_code() {
    let mut site = site_of(public());
    let (first, opens) = EersteCode::new();
    site.change(|app: &mut App| app.eerste = Some(first));
    for path in ["/", "/zaken", "/account", "/bronnen"] {
        assert_eq!(location(&site.get(path).await), "/inloggen", "{path}");
    }
    problem(site.get("/v1/zaken").await, StatusCode::UNAUTHORIZED).await;
    assert_eq!(location(&site.get("/inloggen").await), "/eerste-beheerder");
    assert_eq!(site.get("/eerste-beheerder").await.status(), StatusCode::OK);
    let form = |code: &str| format!("code={code}&inlognaam=gea&naam=Gea&wachtwoord=lang+genoeg+ww");
    let wrong = site.post("/eerste-beheerder", &form("geraden")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!site.app.store.has_accounts().expect("asked"));
    assert_eq!(
        location(&site.post("/eerste-beheerder", &form(&opens)).await),
        "/inloggen"
    );
    let gea = site
        .app
        .store
        .account_named("gea")
        .expect("asked")
        .expect("made");
    assert_eq!(
        gea.rollen.into_iter().collect::<Vec<_>>(),
        [Rol::BeheerderAutorisatie]
    );
    assert_eq!(location(&site.get("/eerste-beheerder").await), "/inloggen");
    let again = site.post("/eerste-beheerder", &form(&opens)).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let lines = site.app.store.audit_page(
        &Default::default(),
        crate::store::spoor::Blik::Alles,
        None,
        10,
    );
    let lines = lines.expect("page").regels;
    let made = lines.iter().find(|line| line.resultaat == "gelukt");
    assert_eq!(made.expect("record").actor, "eenmalige-code");
}

#[tokio::test]
async fn a_proxy_is_believed_when_it_is_ours_and_nobody_comes_around_it() {
    let text = json!({"proxy": ["10.0.0.1"], "openbaar_adres": "https://zoek.example"});
    let site = site_of(settings(text));
    person(&site, "els", Rol::Informatiespecialist);
    let ask = async |peer: &str, forwarded: &str, password: &str| {
        let peer: SocketAddr = format!("{peer}:9").parse().expect("address");
        let body = json!({"inlognaam": "els", "wachtwoord": password});
        let sent = axum::http::Request::builder()
            .method("POST")
            .uri("/v1/sessies")
            .header(header::HOST, "zoek.example")
            .header(header::ORIGIN, "https://zoek.example")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", forwarded)
            .extension(ConnectInfo(peer));
        site.send(sent.body(Body::from(body.to_string())).expect("request"))
            .await
            .status()
    };
    assert_eq!(
        ask("10.0.0.2", "10.0.0.1", "lang genoeg ww").await,
        StatusCode::MISDIRECTED_REQUEST
    );
    for _ in 0..5 {
        assert_eq!(
            ask("10.0.0.1", "192.0.2.7", "geraden").await,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        ask("10.0.0.1", "192.0.2.7", "lang genoeg ww").await,
        StatusCode::TOO_MANY_REQUESTS
    );
    // What somebody writes before the proxy adds to it makes him nobody else.
    assert_eq!(
        ask("10.0.0.1", "192.0.2.9, 192.0.2.7", "lang genoeg ww").await,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(
        ask("10.0.0.1", "192.0.2.8", "lang genoeg ww").await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(Via::Token(3).name(), "token 3");
}
