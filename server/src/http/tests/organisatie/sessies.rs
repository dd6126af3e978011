//! Sessions that were opened at the organisation: asked after, ended there, ended here; and tokens of who is not there
//! any more.

use super::{huis, request, text};
use crate::mensen::{Bereik, Rol, Via};
use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn the_provider_is_asked_whether_a_session_lasts_and_with_which_groups() {
    let huis = huis().await;
    let session = huis.session().await;
    let works = async |cookie: &str| huis.get("/zaken", cookie).await.status() == StatusCode::OK;
    let asked = huis.provider.does().asked;
    assert!(works(&session).await);
    huis.minutes_later(14);
    assert!(works(&session).await);
    assert_eq!(huis.provider.does().asked, asked, "not before its time");
    huis.provider.does().claims["groups"] = json!(["zoekers"]);
    huis.minutes_later(16);
    assert!(works(&session).await);
    assert_eq!(huis.provider.does().asked, asked + 1);
    assert_eq!(huis.roles(), [Rol::Informatiespecialist]);
    assert!(works(&session).await);
    assert_eq!(huis.provider.does().asked, asked + 1);
    // Without an id token the groups come from the other address, of the same person alone.
    huis.provider.does().proof = false;
    huis.provider.does().userinfo = Some(json!({"sub": "els-1", "groups": ["woo"]}));
    huis.minutes_later(16);
    assert!(works(&session).await);
    assert_eq!(huis.roles(), [Rol::WooJurist]);
    huis.provider.does().userinfo = Some(json!({"sub": "een ander", "groups": ["machtigers"]}));
    huis.minutes_later(16);
    assert!(!works(&session).await);
    assert_eq!((huis.roles(), huis.sessions()), (vec![Rol::WooJurist], 0));
}

#[tokio::test]
async fn who_was_put_out_at_the_provider_is_out_here_and_a_silent_provider_is_waited_for() {
    let huis = huis().await;
    let works = async |cookie: &str| huis.get("/zaken", cookie).await.status() == StatusCode::OK;
    let ended = |reason: &str| {
        let sql = "SELECT gegevens FROM regel WHERE actie = 'sessie.beeindigd' ORDER BY nummer DESC LIMIT 1";
        assert_eq!(
            huis.ask::<String>("audit.db", sql),
            format!(r#"{{"reden":"{reason}"}}"#)
        );
        assert_eq!(huis.sessions(), 0);
    };
    let session = huis.session().await;
    huis.provider.does().refreshes = false;
    huis.minutes_later(16);
    assert!(!works(&session).await);
    ended("code");

    huis.provider.does().refreshes = true;
    let session = huis.session().await;
    huis.provider.does().claims["groups"] = json!([]);
    huis.minutes_later(16);
    assert!(!works(&session).await);
    ended("geen-groep");

    huis.provider.does().claims["groups"] = json!(["woo"]);
    let session = huis.session().await;
    huis.provider.does().silent = true;
    huis.minutes_later(50);
    assert!(works(&session).await);
    huis.minutes_later(61);
    assert!(!works(&session).await);
    ended("onbereikbaar");

    huis.provider.does().silent = false;
    let session = huis.session().await;
    let hash = huis.ask::<Vec<u8>>("toestand.db", "SELECT sleutel FROM sessie");
    // As after a restart: what the provider gave is not on disk.
    huis.site
        .app
        .organisatie
        .as_ref()
        .expect("provider")
        .forget(&hash);
    assert!(works(&session).await);
    huis.minutes_later(16);
    assert!(!works(&session).await);
    ended("herstart");
}

#[tokio::test]
async fn logging_out_leads_to_the_provider_and_no_token_of_it_is_on_disk() {
    let huis = huis().await;
    let session = huis.session().await;
    for file in std::fs::read_dir(&huis.site.app.folder)
        .expect("list")
        .flatten()
    {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        assert!(
            !bytes
                .windows(6)
                .any(|part| part == b"tok-A7" || part == b"tok-R7"),
            "{file:?}"
        );
    }
    let request = request("POST", "/uitloggen").header(header::COOKIE, &session);
    let out = huis
        .site
        .send(request.body(Body::empty()).expect("request"))
        .await;
    assert_eq!(out.status(), StatusCode::OK);
    let page = text(out).await;
    let expected = format!("{}/logout?", huis.provider.issuer);
    assert!(
        page.contains(&expected) && page.contains("post_logout_redirect_uri="),
        "{page}"
    );
    assert_eq!(huis.sessions(), 0);
}

#[tokio::test]
async fn a_token_works_as_long_as_the_provider_vouches_for_who_made_it() {
    let huis = huis().await;
    huis.session().await;
    let store = &huis.site.app.store;
    let id: String = huis.ask("toestand.db", "SELECT gebruiker FROM organisatie_account");
    let els = store.account(&id).expect("asked").expect("els");
    let scope = BTreeSet::from([Bereik::Lezen]);
    let actor = crate::mensen::Actor::of(els, Via::Web);
    let (_, opens) = store
        .add_token(&actor, "rapport", &scope, 366)
        .expect("made");
    let works = || store.token_opens(&opens).expect("asked").is_some();
    assert!(works());
    let connection = rusqlite::Connection::open(huis.site.app.folder.join("toestand.db"));
    let week = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 7 + 1);
    let sql = "UPDATE organisatie_account SET gezien = ?";
    connection
        .expect("database")
        .execute(sql, [week.to_string()])
        .expect("changed");
    assert!(!works());
    huis.session().await;
    assert!(works());
    huis.provider.does().claims["groups"] = json!([]);
    assert_eq!(huis.logs_in().await.status(), StatusCode::FORBIDDEN);
    assert!(!works());
}
