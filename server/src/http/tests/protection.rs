//! Who is answered, and how errors look.

use super::super::listen;
use super::{at, at_with, document, header_of, location, problem, request, site, text, write};
use crate::settings::ServerSettings;
use crate::state::index_folder;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use zv_shared::index::{Cursor, EmbeddedReader, Index, IndexError, Snapshot};

/// An index of another generation, or one that panics.
struct Broken(fn() -> IndexError);

impl Index for Broken {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError> {
        Err((self.0)())
    }

    fn snapshot_of(&self, _: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError> {
        Err((self.0)())
    }
}

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let site = site(0);
    let with_host = |host: &str| {
        let request = Request::builder()
            .uri("/v1/runs")
            .header(header::HOST, host);
        site.send(request.body(Body::empty()).expect("request"))
    };
    for ours in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
        assert_eq!(with_host(ours).await.status(), StatusCode::OK, "{ours}");
    }
    for other in [
        "evil.example:8080",
        "127.0.0.1:8081",
        "127.0.0.1",
        "127.0.0.1.evil.example:8080",
        "localhost:80800",
    ] {
        problem(with_host(other).await, StatusCode::MISDIRECTED_REQUEST).await;
    }
    let without = Request::builder()
        .uri("/v1/runs")
        .body(Body::empty())
        .expect("request");
    problem(site.send(without).await, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn another_website_cannot_search() {
    let site = site(1);
    let from = |name: &'static str, value: &'static str| {
        let request = request("POST", "/zoek")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value);
        site.send(request.body(Body::from("vraag=a")).expect("request"))
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://localhost:8080"),
    ] {
        assert_eq!(
            from(name, value).await.status(),
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
    assert_eq!(
        from("sec-fetch-site", "same-origin").await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        from("origin", "http://127.0.0.1:8080").await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn every_answer_carries_its_protection() {
    let site = site(1);
    for path in [
        "/",
        "/hulp",
        "/niets",
        "/v1/runs",
        "/v1/niets",
        "/assets/zv.css",
    ] {
        let response = site.get(path).await;
        assert!(
            header_of(&response, "content-security-policy").contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(
            header_of(&response, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(header_of(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(
            header_of(&response, "referrer-policy"),
            "no-referrer",
            "{path}"
        );
        let kept = path.starts_with("/assets");
        assert_eq!(
            header_of(&response, "cache-control").contains("no-store"),
            !kept,
            "{path}"
        );
        let version = if path.starts_with("/v1") { "1.0.0" } else { "" };
        assert_eq!(header_of(&response, "api-version"), version, "{path}");
    }
}

#[tokio::test]
async fn errors_are_problems_in_the_api_and_pages_elsewhere() {
    let site = site(1);
    problem(site.get("/v1/niets").await, StatusCode::NOT_FOUND).await;
    problem(site.get("/v1/runs/").await, StatusCode::NOT_FOUND).await;
    problem(site.get("/v1/runs/12").await, StatusCode::NOT_FOUND).await;
    problem(site.get("/v1/documenten/00").await, StatusCode::NOT_FOUND).await;
    problem(
        site.get("/v1/documenten/..%2F..%2Fetc%2Fpasswd/origineel")
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    let delete = request("DELETE", "/v1/runs")
        .body(Body::empty())
        .expect("request");
    problem(site.send(delete).await, StatusCode::METHOD_NOT_ALLOWED).await;
    let page = site.get("/zoek/onbekend").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(text(page).await.contains("Deze zoekopdracht bestaat niet."));
}

#[tokio::test]
async fn a_wrong_request_is_400_and_says_where() {
    let site = site(1);
    let post = |kind: &'static str, body: &str| {
        let request = request("POST", "/v1/zoekopdrachten").header(header::CONTENT_TYPE, kind);
        site.send(request.body(Body::from(body.to_owned())).expect("request"))
    };
    let body = problem(
        post("application/json", r#"{"vraag":"a EN (b"}"#).await,
        StatusCode::BAD_REQUEST,
    )
    .await;
    assert!(body["positie"].as_u64().is_some(), "{body}");
    for wrong in [
        "{",
        "[]",
        r#"{"vraag":1}"#,
        r#"{"vraagje":"a"}"#,
        r#"{"filters":{"kleur":["x"]}}"#,
    ] {
        problem(
            post("application/json", wrong).await,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
    problem(
        post("text/plain", r#"{"vraag":"a"}"#).await,
        StatusCode::BAD_REQUEST,
    )
    .await;
    let long = format!(r#"{{"vraag":"{}"}}"#, "a".repeat(1024 * 1024));
    problem(
        post("application/json", &long).await,
        StatusCode::PAYLOAD_TOO_LARGE,
    )
    .await;
    let address = site.ask(json!({"vraag": "subsidie"})).await;
    for wrong in [
        "aantal=0",
        "aantal=x",
        "aantal=201",
        "anders=1",
        "cursor=zz",
    ] {
        problem(
            site.get(&format!("{address}/resultaten?{wrong}")).await,
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
}

#[tokio::test]
async fn an_index_of_another_generation_tells_the_way_out() {
    let folder = tempfile::tempdir().expect("folder");
    let site = at(folder, Arc::new(Broken(|| IndexError::OtherGeneration)));
    assert!(text(site.get("/").await).await.contains("index --opnieuw"));
    let page = text(site.get(&location(&site.form("vraag=a").await)).await).await;
    assert!(page.contains("index --opnieuw"));
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let folder = tempfile::tempdir().expect("folder");
    let site = at(folder, Arc::new(Broken(|| panic!("on purpose"))));
    let address = site.ask(json!({"vraag": "a"})).await;
    let body = problem(site.get(&address).await, StatusCode::INTERNAL_SERVER_ERROR).await;
    assert!(!body.to_string().contains("purpose"));
}

#[tokio::test]
async fn the_description_is_for_everyone() {
    let site = site(0);
    let response = site.get("/v1/openapi.json").await;
    assert_eq!(header_of(&response, "access-control-allow-origin"), "*");
    let description: Value = serde_json::from_str(&text(response).await).expect("json");
    assert_eq!(description["servers"][0]["url"], "/v1");
}

#[tokio::test]
async fn the_server_listens_on_this_machine_only() {
    let settings = ServerSettings::default();
    for other in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = listen(other.parse().expect("address"), true, &settings)
            .await
            .expect_err("refused");
        let said = error.to_string();
        assert!(said.contains("leesbaar over het netwerk"), "{said}");
    }
    let at = |address: SocketAddr, or_next| listen(address, or_next, &settings);
    let first = at("127.0.0.1:0".parse().expect("address"), false).await;
    let first = first.expect("free");
    let taken = first.local_addr().expect("address");
    assert!(at(taken, false).await.is_err());
    let next = at(taken, true).await.expect("the next free port");
    assert!(next.local_addr().expect("address").port() > taken.port());
}

#[tokio::test]
async fn the_last_number_there_is_breaks_nothing() {
    let site = site(1);
    let post = |address: &'static str, body: serde_json::Value| {
        let request = request("POST", address).header(header::CONTENT_TYPE, "application/json");
        site.send(request.body(Body::from(body.to_string())).expect("request"))
    };
    let plan = json!({"gezien": u32::MAX, "inhoud": {"begrippen": [], "bronnen": [],
        "niet_doorzocht": [], "bekende_gaten": "", "toelichting": ""}});
    let seen_too_much = post("/v1/zaken/lokaal/zoekplannen", plan).await;
    problem(seen_too_much, StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn a_monitor_sees_whether_the_program_answers_and_no_more_than_the_settings_allow() {
    let site = site(3);
    for address in ["/gezond", "/gereed"] {
        assert_eq!(
            site.get(address).await.status(),
            StatusCode::OK,
            "{address}"
        );
    }
    assert_eq!(site.get("/metingen").await.status(), StatusCode::NOT_FOUND);
    let settings = ServerSettings {
        metingen: true,
        ..ServerSettings::default()
    };
    let folder = tempfile::tempdir().expect("folder");
    let blobs = write(
        folder.path(),
        vec![(document("a.txt", 0), "tekst".into())],
        &[],
    );
    let index = EmbeddedReader::new(&index_folder(folder.path()), blobs);
    let site = at_with(folder, Arc::new(index), settings);
    let place = location(&site.form("vraag=kenteken-AB-12").await);
    site.get(&place).await;
    let figures = text(site.get("/metingen").await).await;
    for wanted in [
        "zoekenvind_antwoorden_total{route=\"/zoek/{id}\",status=\"200\"} 1",
        "zoekenvind_gereed 1",
        "zoekenvind_auditspoor_regels",
    ] {
        assert!(figures.contains(wanted), "{wanted} in\n{figures}");
    }
    let id = place.rsplit('/').next().unwrap_or_default();
    for never in ["kenteken", id] {
        assert!(!figures.contains(never), "{never} in\n{figures}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_search_is_alive_but_not_ready() {
    let folder = tempfile::tempdir().expect("folder");
    let site = at(folder, Arc::new(Broken(|| IndexError::OtherGeneration)));
    assert_eq!(site.get("/gezond").await.status(), StatusCode::OK);
    let answer = site.get("/gereed").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
}
