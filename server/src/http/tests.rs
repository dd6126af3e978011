//! What a browser or a program notices of the server, over a small index in memory.

use super::router;
use crate::state::{App, Index};
use crate::store::Store;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use zv_shared::index::{
    Blobs, Cursor, EmbeddedReader, EmbeddedWriter, Entry, Extract, IndexError, Snapshot, Write,
    WriterSettings,
};
use zv_shared::{
    ContentHash, Dates, DocId, Document, Fingerprint, PartialDate, Place, Readability,
};

const PORT: u16 = 8080;

struct Site {
    router: Router,
    _folder: tempfile::TempDir,
}

fn document(name: &str, number: u16) -> Document {
    let id = DocId::of_file("archief", name.as_bytes(), 0);
    Document {
        id,
        bron: "archief".into(),
        place: Place {
            path: format!("map/{name}").into_bytes(),
            inner: Vec::new(),
        },
        title: format!("Nota {name}"),
        format: "txt".into(),
        kind: "nota".into(),
        authors: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        dates: Dates {
            sent: PartialDate::parse(&format!("{}-06-03", 2000 + number % 30)),
            ..Dates::default()
        },
        language: Some("nl".into()),
        readability: Readability::Leesbaar,
        reason: None,
        metadata: Vec::new(),
        family: id,
        parent: None,
        ordinal: 0,
        complete: true,
        fingerprint: Fingerprint::default(),
        content: Some(ContentHash([1; 32])),
        text: Some(format!("tekst-{number}")),
        size: 10,
        pages: 1,
    }
}

/// A site with `count` documents that all hold the word "subsidie".
fn site(count: u16) -> Site {
    let folder = tempfile::tempdir().expect("folder");
    let (index, texts) = (
        crate::state::index_folder(folder.path()),
        crate::state::texts_folder(folder.path()),
    );
    let blobs = Blobs::open(&texts).expect("blobs");
    if count > 0 {
        let settings = WriterSettings {
            threads: 1,
            ..WriterSettings::default()
        };
        let writer = EmbeddedWriter::open(&index, blobs.clone(), settings).expect("writer");
        for number in 0..count {
            let document = document(&format!("{number:03}.txt"), number);
            let text = format!("De subsidie met <b>nummer{number}</b> is verleend.");
            let extract = Extract {
                format: "txt".into(),
                properties: Vec::new(),
                readability: Readability::Leesbaar,
                reason: None,
                pages: 1,
                has_children: false,
            };
            blobs
                .write(document.text.as_deref().expect("key"), &extract, &text)
                .expect("blob");
            writer
                .put_family(
                    document.id,
                    vec![Entry {
                        document,
                        text: text.into(),
                    }],
                )
                .expect("put");
        }
        writer.commit("1").expect("commit");
        writer.finish().expect("finish");
    }
    at(folder, Box::new(EmbeddedReader::new(&index, blobs)))
}

fn at(folder: tempfile::TempDir, index: Box<dyn Index>) -> Site {
    let store = Store::open(&folder.path().join("toestand.db")).expect("store");
    let app = Arc::new(App::new(folder.path().to_owned(), store, index));
    Site {
        router: router(app, PORT),
        _folder: folder,
    }
}

impl Site {
    async fn send(&self, request: Request<Body>) -> Response {
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer")
    }

    async fn get(&self, path: &str) -> Response {
        self.send(request("GET", path).body(Body::empty()).expect("request"))
            .await
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_str(&text(response).await).expect("json")
    }

    /// Asks over the API and gives the address of the search.
    async fn ask(&self, question: Value) -> String {
        let request =
            request("POST", "/v1/zoekopdrachten").header(header::CONTENT_TYPE, "application/json");
        let response = self
            .send(
                request
                    .body(Body::from(question.to_string()))
                    .expect("request"),
            )
            .await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        location(&response)
    }

    async fn form(&self, body: &str) -> Response {
        let request = request("POST", "/zoek")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).expect("request"))
            .await
    }
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:8080")
}

fn location(response: &Response) -> String {
    response.headers()[header::LOCATION]
        .to_str()
        .expect("text")
        .to_owned()
}

fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("body");
    String::from_utf8(bytes.to_vec()).expect("utf-8")
}

async fn problem(response: Response, status: StatusCode) -> Value {
    assert_eq!(response.status(), status);
    assert_eq!(
        header_of(&response, "content-type"),
        "application/problem+json"
    );
    let body: Value = serde_json::from_str(&text(response).await).expect("json");
    assert_eq!(body["status"], status.as_u16());
    assert!(
        body["title"].is_string() && body["detail"].is_string() && body["type"].is_string(),
        "{body}"
    );
    body
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
async fn a_search_is_stored_and_read_to_the_very_last_hit() {
    let site = site(45);
    let address = site
        .ask(json!({"vraag": "subsidie", "sorteer": "pad"}))
        .await;
    assert!(!address.contains("subsidie"));
    let search = site.json(&address).await;
    assert_eq!(
        (&search["totaal"], &search["zoekvraag"]["vraag"]),
        (&json!(45), &json!("subsidie"))
    );
    assert_eq!(
        search["facetten"]["soort"],
        json!([{"waarde": "nota", "aantal": 45, "gekozen": false}])
    );
    let (mut next, mut paths) = (format!("{address}/resultaten?aantal=20"), Vec::new());
    loop {
        let response = site.get(&next).await;
        let link = header_of(&response, "link").to_owned();
        let page: Value = serde_json::from_str(&text(response).await).expect("json");
        assert_eq!(page["totaal"], 45);
        let hits = page["resultaten"].as_array().expect("list");
        paths.extend(
            hits.iter()
                .map(|hit| hit["pad"].as_str().expect("pad").to_owned()),
        );
        assert_eq!(
            hits[0]["fragmenten"][0]["treffers"],
            json!([{"van": 3, "tot": 11}])
        );
        assert_eq!(hits[0]["andere_plaatsen"], 44);
        let Some(cursor) = page["volgende"].as_str() else {
            break;
        };
        next = format!("{address}/resultaten?aantal=20&cursor={cursor}");
        assert_eq!(link, format!("<{next}>; rel=\"next\""));
    }
    let expected: Vec<String> = (0..45)
        .map(|number| format!("map/{number:03}.txt"))
        .collect();
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn a_document_is_read_with_its_text_and_places() {
    let site = site(2);
    let id = DocId::of_file("archief", b"000.txt", 0);
    let document = site.json(&format!("/v1/documenten/{id}")).await;
    assert_eq!(
        (&document["titel"], &document["leesbaarheid"]),
        (&json!("Nota 000.txt"), &json!("leesbaar"))
    );
    assert_eq!(
        document["dagtekening"],
        json!({"waarde": "2000-06-03", "herkomst": "verzonden"})
    );
    assert_eq!(document["andere_plaatsen"][0]["pad"], "map/001.txt");
    let page = site.json(&format!("/v1/documenten/{id}/tekst")).await;
    assert_eq!((&page["pagina"], &page["paginas"]), (&json!(1), &json!(1)));
    problem(
        site.get(&format!("/v1/documenten/{id}/tekst?pagina=2"))
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    problem(
        site.get(&format!("/v1/documenten/{id}/tekst?pagina=0"))
            .await,
        StatusCode::NOT_FOUND,
    )
    .await;
    assert_eq!(
        site.json(&format!("/v1/documenten/{id}/familie")).await["documenten"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // Its bron is not registered: nothing can be downloaded, wherever its path leads.
    problem(
        site.get(&format!("/v1/documenten/{id}/origineel")).await,
        StatusCode::NOT_FOUND,
    )
    .await;
}

#[tokio::test]
async fn pages_search_filter_and_page_on_without_script() {
    let site = site(45);
    let response = site
        .form("vraag=subsidie&soort=nota&jaar=2001&alleen=jaar%3D2002")
        .await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let page = text(site.get(&location(&response)).await).await;
    assert!(
        page.contains("Jaar: 2002")
            && !page.contains("Jaar: 2001")
            && page.contains("Documentsoort: nota")
    );
    assert!(page.contains("2 documenten"), "documents 2 and 32");
    assert!(
        page.contains("<mark>subsidie</mark>") && page.contains("&#60;b&#62;"),
        "marked and escaped"
    );

    let address = location(&site.form("vraag=subsidie").await);
    let first = text(site.get(&address).await).await;
    assert!(first.contains("1 tot en met 20") && !first.contains("rel=\"prev\""));
    let next = first
        .split("href=\"")
        .find(|part| part.contains("rel=\"next\""))
        .expect("next");
    let next = next.split('"').next().expect("address").to_owned();
    let second = text(site.get(&next).await).await;
    assert!(second.contains("21 tot en met 40") && second.contains("rel=\"prev\""));
    let stale = text(site.get(&format!("{address}?na=0123.relevantie.1.1")).await).await;
    assert!(stale.contains("intussen bijgewerkt") && stale.contains("1 tot en met 20"));
}

#[tokio::test]
async fn a_wrong_question_shows_the_place_under_the_box() {
    let site = site(1);
    let page = text(
        site.get(&location(&site.form("vraag=a+EN+%28b").await))
            .await,
    )
    .await;
    assert!(page.contains("De vraag klopt nog niet") && page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"a EN (b\""), "what was typed stays");
    assert_eq!(
        site.form("kleur=rood").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_document_page_numbers_its_hits() {
    let site = site(2);
    let search = location(&site.form("vraag=subsidie").await);
    let id = DocId::of_file("archief", b"000.txt", 0);
    let page = text(site.get(&format!("{search}/document/{id}")).await).await;
    assert!(
        page.contains("id=\"treffer-1\"") && page.contains("1 treffer"),
        "{page}"
    );
    assert!(page.contains("Ook op andere plaatsen") && page.contains("Terug naar de resultaten"));
    let alone = text(site.get(&format!("/document/{id}")).await).await;
    assert!(!alone.contains("treffer-1") && alone.contains("&#60;b&#62;"));
}

#[tokio::test]
async fn without_an_index_the_pages_say_so() {
    let site = site(0);
    assert!(
        text(site.get("/").await)
            .await
            .contains("Er is nog niets geïndexeerd")
    );
    let address = location(&site.form("vraag=a").await);
    let page = site.get(&address).await;
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(page).await.contains("nog geen index"));
    problem(
        site.get(&site.ask(json!({"vraag": "a"})).await).await,
        StatusCode::SERVICE_UNAVAILABLE,
    )
    .await;
    assert_eq!(
        site.json("/v1/voortgang").await,
        json!({"bezig": false, "volledig": false})
    );
    assert_eq!(site.json("/v1/bronnen").await, json!({"bronnen": []}));
    assert!(text(site.get("/runs").await).await.contains("nog geen run"));
}

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
async fn an_index_of_another_generation_tells_the_way_out() {
    let folder = tempfile::tempdir().expect("folder");
    let site = at(folder, Box::new(Broken(|| IndexError::OtherGeneration)));
    assert!(text(site.get("/").await).await.contains("index --opnieuw"));
    let page = text(site.get(&location(&site.form("vraag=a").await)).await).await;
    assert!(page.contains("index --opnieuw"));
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let folder = tempfile::tempdir().expect("folder");
    let site = at(folder, Box::new(Broken(|| panic!("on purpose"))));
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
    for other in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = super::listen(other.parse().expect("address"), true)
            .await
            .expect_err("refused");
        assert!(
            error.to_string().contains("pas als er toegangsbeheer is"),
            "{error}"
        );
    }
    let first = super::listen("127.0.0.1:0".parse().expect("address"), false)
        .await
        .expect("free");
    let taken = first.local_addr().expect("address");
    assert!(super::listen(taken, false).await.is_err());
    let next = super::listen(taken, true)
        .await
        .expect("the next free port");
    assert!(next.local_addr().expect("address").port() > taken.port());
}
