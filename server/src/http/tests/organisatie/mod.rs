//! Logging in at the organisation: who the provider vouches for comes in with the roles of their groups, and nobody else,
//! whatever is sent back.

mod aanbieder;
mod sessies;
mod zelf;

use super::{Site, header_of, location, request, site_of, text};
use crate::mensen::{Actor, Rol, Via};
use crate::settings::ServerSettings;
use aanbieder::{Aanbieder, CLIENT, Handtekening, SECRET};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use openidconnect::url::Url;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

struct Huis {
    site: Site,
    provider: Aanbieder,
    _files: tempfile::TempDir,
}

async fn huis() -> Huis {
    huis_with(json!({}), |_| {}).await
}

async fn huis_with(login: Value, change: impl Fn(&mut Value)) -> Huis {
    let files = tempfile::tempdir().expect("folder");
    let (secret, key) = (files.path().join("geheim"), files.path().join("sleutel"));
    std::fs::write(&secret, format!("{SECRET}\n")).expect("secret");
    std::fs::write(&key, aanbieder::pem(7)).expect("key");
    let provider = Aanbieder::start().await;
    let mut org = json!({"uitgever": provider.issuer, "client": CLIENT, "geheim_bestand": secret,
        "rollen": {"woo": ["woo-jurist"], "zoekers": ["informatiespecialist"], "machtigers": ["beheerder-autorisatie"]},
        "principalen": {"zoekers": ["gid:100"]}});
    change(&mut org);
    if org["sleutel_bestand"] == true {
        org["sleutel_bestand"] = json!(key);
        org["geheim_bestand"] = Value::Null;
    }
    let mut login = login;
    login["organisatie"] = org;
    let settings: ServerSettings =
        serde_json::from_value(json!({"inloggen": login})).expect("settings");
    let site = site_of(settings);
    let roles = BTreeSet::from([Rol::BeheerderAutorisatie]);
    // A local account with the same name as who comes from the organisation.
    let local = Actor::local(Via::Opdracht);
    for login in ["els", "nood"] {
        let made = site
            .app
            .store
            .add_account(login, login, "lang genoeg ww", &roles, &local);
        made.expect("account");
    }
    Huis {
        site,
        provider,
        _files: files,
    }
}

/// Somebody on the way: what their browser keeps, and with what they came to the provider.
struct Onderweg {
    cookie: String,
    asked: HashMap<String, String>,
}

fn cookie_of(response: &Response, name: &str) -> Option<String> {
    let set = response.headers().get_all(header::SET_COOKIE).iter();
    let mut pairs = set.map(|value| {
        value
            .to_str()
            .expect("text")
            .split(';')
            .next()
            .expect("pair")
            .to_owned()
    });
    pairs.find(|pair| pair.starts_with(&format!("{name}=")) && !pair.ends_with('='))
}

impl Huis {
    async fn get(&self, path: &str, cookie: &str) -> Response {
        let request = request("GET", path).header(header::COOKIE, cookie);
        self.site
            .send(request.body(Body::empty()).expect("request"))
            .await
    }

    async fn leaves(&self) -> Onderweg {
        let sent = self.site.get("/inloggen/organisatie").await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let whole = header_of(&sent, "set-cookie");
        assert!(
            whole.contains("HttpOnly") && whole.contains("SameSite=Lax"),
            "{whole}"
        );
        let address = Url::parse(&location(&sent)).expect("address");
        assert_eq!(
            address.as_str().split('?').next(),
            Some(format!("{}/authorize", self.provider.issuer).as_str())
        );
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(
            asked["redirect_uri"],
            "http://127.0.0.1:8080/inloggen/terug"
        );
        assert_eq!(asked["scope"], "openid profile");
        let cookie = cookie_of(&sent, "zv_inlog").expect("cookie");
        Onderweg { cookie, asked }
    }

    async fn returns(&self, cookie: &str, fields: &[(&str, &str)]) -> Response {
        let query = Url::parse_with_params("http://x/", fields).expect("address");
        let path = format!("/inloggen/terug?{}", query.query().unwrap_or_default());
        self.get(&path, cookie).await
    }

    /// There and back; gives what the browser gets then.
    async fn logs_in(&self) -> Response {
        let under_way = self.leaves().await;
        let code = self.provider.code(&under_way.asked);
        self.returns(
            &under_way.cookie,
            &[("code", &code), ("state", &under_way.asked["state"])],
        )
        .await
    }

    /// The cookie of a session.
    async fn session(&self) -> String {
        let back = self.logs_in().await;
        let cookie = cookie_of(&back, "zv_sessie");
        cookie.unwrap_or_else(|| panic!("refused: {}", self.reason()))
    }

    fn ask<T: rusqlite::types::FromSql>(&self, file: &str, sql: &str) -> T {
        let connection = Connection::open(self.site.app.folder.join(file)).expect("database");
        connection.query_row(sql, [], |row| row.get(0)).expect(sql)
    }

    fn sessions(&self) -> u32 {
        self.ask("toestand.db", "SELECT count(*) FROM sessie")
    }

    /// What the trail says of the last refusal.
    fn refusal(&self) -> Value {
        let sql =
            "SELECT gegevens FROM regel WHERE resultaat = 'geweigerd' ORDER BY nummer DESC LIMIT 1";
        serde_json::from_str(&self.ask::<String>("audit.db", sql)).expect("json")
    }

    fn reason(&self) -> String {
        self.refusal()["reden"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn roles(&self) -> Vec<Rol> {
        let id: String = self.ask("toestand.db", "SELECT gebruiker FROM organisatie_account");
        let account = self
            .site
            .app
            .store
            .account(&id)
            .expect("asked")
            .expect("account");
        account.rollen.into_iter().collect()
    }

    /// As if the provider was last asked so many minutes ago.
    fn minutes_later(&self, minutes: i64) {
        let connection =
            Connection::open(self.site.app.folder.join("toestand.db")).expect("database");
        let then = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
        let sql = "UPDATE organisatie_sessie SET gecontroleerd = ?";
        connection
            .execute(sql, [then.to_string()])
            .expect("changed");
    }
}

#[tokio::test]
async fn who_the_provider_vouches_for_has_the_roles_of_their_groups_and_an_account_of_their_own() {
    let huis = huis().await;
    let form = text(huis.site.get("/inloggen").await).await;
    assert!(form.contains(r#"href="/inloggen/organisatie""#), "{form}");
    let back = huis.logs_in().await;
    assert_eq!(back.status(), StatusCode::OK);
    let session = cookie_of(&back, "zv_sessie").expect("session");
    // No redirect: a browser would not send the cookie along on the way from another website.
    assert!(text(back).await.contains(r#"content="0;url=/zaken""#));
    let page = text(huis.get("/zaken", &session).await).await;
    assert!(page.contains("Els de Vries"), "{page}");
    assert_eq!(huis.roles(), [Rol::WooJurist]);
    // Their name is that of a local account, which has other roles and another password.
    let names: u32 = huis.ask(
        "toestand.db",
        "SELECT count(*) FROM gebruiker WHERE inlognaam LIKE 'els%'",
    );
    assert_eq!(names, 2);
    let local = huis
        .site
        .app
        .store
        .account_named("els")
        .expect("asked")
        .expect("els");
    assert_eq!(local.rollen, BTreeSet::from([Rol::BeheerderAutorisatie]));
    let empty = huis
        .site
        .post("/inloggen", "inlognaam=els+(organisatie)&wachtwoord=")
        .await;
    assert!(cookie_of(&empty, "zv_sessie").is_none());

    huis.provider.does().claims["groups"] = json!(["zoekers", "iets anders"]);
    huis.session().await;
    assert_eq!(
        huis.roles(),
        [Rol::Informatiespecialist],
        "who left a group has its role no more"
    );
    let groups: String = huis.ask("toestand.db", "SELECT groepen FROM organisatie_account");
    assert_eq!(groups, r#"["iets anders","zoekers"]"#);
    let on_drives: String = huis.ask(
        "toestand.db",
        "SELECT lijst FROM principaal WHERE herkomst = 'oidc'",
    );
    assert_eq!(on_drives, r#"["gid:100"]"#);
    huis.provider.does().claims["groups"] = json!([]);
    let before = huis.sessions();
    assert_eq!(huis.logs_in().await.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        (huis.reason().as_str(), huis.sessions()),
        ("geen-groep", before)
    );
    assert_eq!(huis.roles(), []);
    let accounts: u32 = huis.ask("toestand.db", "SELECT count(*) FROM organisatie_account");
    assert_eq!(accounts, 1);
    assert_eq!(
        huis.site
            .app
            .store
            .check_audit(&[])
            .expect("checked")
            .broken,
        None
    );
}

/// What a provider, or who pretends to be one, does wrong; and the reason in the trail.
type Fault = (fn(&mut aanbieder::Gedrag), &'static str);

const FAULTS: [Fault; 19] = [
    (|does| does.claims["nonce"] = json!("een andere"), "nonce"),
    (|does| does.claims["nonce"] = Value::Null, "nonce"),
    (|does| does.claims["aud"] = json!("een ander"), "audience"),
    (
        |does| does.claims["aud"] = json!([CLIENT, "een ander"]),
        "audience",
    ),
    (|does| does.claims["azp"] = json!("een ander"), "audience"),
    (
        |does| does.claims["iss"] = json!("https://idp.example"),
        "uitgever",
    ),
    (|does| does.claims["exp"] = json!(-61), "tijd"),
    (|does| does.claims["iat"] = json!(-700), "tijd"),
    (|does| does.claims["iat"] = json!(120), "tijd"),
    (|does| does.claims["nbf"] = json!(120), "tijd"),
    (|does| does.claims["at_hash"] = json!("AAAA"), "id-token"),
    (|does| does.claims["sub"] = json!(""), "id-token"),
    (|does| does.claims["groups"] = json!([1]), "groepen"),
    (|does| does.how = Handtekening::Geen, "algoritme"),
    (|does| does.how = Handtekening::Geheim, "algoritme"),
    (|does| does.signs = (2, "een"), "handtekening"),
    (|does| does.signs = (2, "twee"), "sleutel-onbekend"),
    (|does| does.proof = false, "geen-id-token"),
    (|does| does.silent = true, "onbereikbaar"),
];

#[tokio::test]
async fn what_is_not_as_it_should_be_is_refused_and_recorded_and_opens_nothing() {
    for (number, (change, reason)) in FAULTS.iter().enumerate() {
        let huis = huis().await;
        // Known before it goes wrong.
        let under_way = huis.leaves().await;
        let code = huis.provider.code(&under_way.asked);
        change(&mut huis.provider.does());
        let back = huis
            .returns(
                &under_way.cookie,
                &[("code", &code), ("state", &under_way.asked["state"])],
            )
            .await;
        let status = back.status();
        assert!(matches!(status.as_u16(), 403 | 503), "{number}: {status}");
        assert!(cookie_of(&back, "zv_sessie").is_none(), "{number}");
        let refusal = huis.refusal();
        assert_eq!(refusal["reden"], *reason, "{number}");
        let page = text(back).await;
        let reference = refusal["kenmerk"].as_str().expect("reference");
        assert!(
            page.contains(reference) && !page.contains(&format!("{reason}.")),
            "{number}: {page}"
        );
        assert_eq!(huis.sessions(), 0, "{number}");
        let accounts: u32 = huis.ask("toestand.db", "SELECT count(*) FROM organisatie_account");
        assert_eq!(accounts, 0, "{number}");
    }
}

#[tokio::test]
async fn the_way_back_is_used_once_and_by_the_browser_that_was_sent() {
    let huis = huis().await;
    let refused = |back: Response, reason: &str| {
        assert_eq!(back.status(), StatusCode::FORBIDDEN, "{reason}");
        assert!(cookie_of(&back, "zv_sessie").is_none(), "{reason}");
        assert_eq!(huis.reason(), reason);
    };
    let way = huis.leaves().await;
    let code = huis.provider.code(&way.asked);
    let state = way.asked["state"].as_str();
    refused(
        huis.returns(&way.cookie, &[("code", &code), ("state", "verzonnen")])
            .await,
        "state",
    );
    refused(huis.returns(&way.cookie, &[("code", &code)]).await, "state");
    refused(huis.returns("", &[]).await, "state");
    let good = huis
        .returns(&way.cookie, &[("code", &code), ("state", state)])
        .await;
    assert!(cookie_of(&good, "zv_sessie").is_some());
    refused(
        huis.returns(&way.cookie, &[("code", &code), ("state", state)])
            .await,
        "state",
    );
    // The code again, with a state of another attempt.
    let way = huis.leaves().await;
    refused(
        huis.returns(
            &way.cookie,
            &[("code", &code), ("state", &way.asked["state"])],
        )
        .await,
        "code",
    );
    // Somebody is led into the account of who began.
    let way = huis.leaves().await;
    let code = huis.provider.code(&way.asked);
    refused(
        huis.returns(
            "zv_inlog=verzonnen",
            &[("code", &code), ("state", &way.asked["state"])],
        )
        .await,
        "browser",
    );
    for (more, reason) in [
        (("error", "access_denied"), "aanbieder-weigert"),
        (("iss", "https://idp.example"), "uitgever"),
    ] {
        let way = huis.leaves().await;
        let code = huis.provider.code(&way.asked);
        let fields = [
            ("code", code.as_str()),
            ("state", &way.asked["state"]),
            more,
        ];
        refused(huis.returns(&way.cookie, &fields).await, reason);
    }
    assert_eq!(huis.sessions(), 1);
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched_and_asked_for_no_more_than_now_and_then() {
    let huis = huis().await;
    huis.session().await;
    huis.provider.does().published = vec![(2, "twee")];
    huis.provider.does().signs = (2, "twee");
    huis.session().await;
    // Who makes up names of keys does not make us ask again and again.
    huis.provider.does().published = vec![(3, "drie")];
    huis.provider.does().signs = (3, "drie");
    assert_eq!(huis.logs_in().await.status(), StatusCode::FORBIDDEN);
    assert_eq!(huis.reason(), "sleutel-onbekend");
}

#[tokio::test]
async fn with_passwords_for_emergencies_only_one_account_has_one() {
    let huis = huis_with(
        json!({"wachtwoorden": "alleen-nood", "noodaccount": "Nood"}),
        |_| {},
    )
    .await;
    let enters = async |login: &str| {
        let form = format!("inlognaam={login}&wachtwoord=lang+genoeg+ww");
        cookie_of(&huis.site.post("/inloggen", &form).await, "zv_sessie").is_some()
    };
    assert!(!enters("els").await && enters("nood").await);
    assert!(
        text(huis.site.get("/inloggen").await)
            .await
            .contains("Noodaccount")
    );
}

#[tokio::test]
async fn we_prove_who_we_are_with_a_key_and_roles_may_be_given_by_hand() {
    let huis = huis_with(json!({}), |org| {
        org["sleutel_bestand"] = json!(true);
        org["rollen"] = json!({});
    })
    .await;
    huis.provider.does().client_key = Some(7);
    huis.session().await;
    assert_eq!(huis.roles(), []);
    let id: String = huis.ask("toestand.db", "SELECT gebruiker FROM organisatie_account");
    let store = &huis.site.app.store;
    let local = Actor::local(Via::Opdracht);
    store
        .set_roles(&local, &id, &BTreeSet::from([Rol::Regisseur]))
        .expect("by hand");
    huis.session().await;
    assert_eq!(huis.roles(), [Rol::Regisseur]);
    assert!(store.set_password(&local, &id, "lang genoeg ww").is_err());
    huis.provider.does().client_key = Some(8);
    assert_eq!(huis.logs_in().await.status(), StatusCode::FORBIDDEN);
    assert_eq!(huis.reason(), "code");
    store.switch_account(&local, &id, false).expect("off");
    huis.provider.does().client_key = Some(7);
    assert_eq!(huis.logs_in().await.status(), StatusCode::FORBIDDEN);
    assert_eq!(huis.reason(), "account-uit");
}
