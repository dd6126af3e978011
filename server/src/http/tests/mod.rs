//! What a browser or a program notices of the server, over a small index on disk. This file makes that server; the tests
//! stand in a file for each subject.

mod accounts;
mod answers;
mod auditspoor;
mod belanghebbenden;
mod beoordelingen;
mod deelbesluiten;
mod elders;
mod exports;
mod heropening;
mod inloggen;
mod lijsten;
mod maskering;
mod organisatie;
mod pakketten;
mod protection;
mod rechten;
mod rijen;
mod schiften;
mod schiftingen;
mod steekproeven;
mod tegenstrijdig;
mod termen;
mod toegang;
mod unreadable;
mod verantwoording;
mod verantwoording_pdf;
mod verschillen;
mod werkverdeling;
mod woordenlijsten;

use super::router;
use crate::settings::ServerSettings;
use crate::state::App;
use crate::store::Store;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Entry, Extract, Index, Write, WriterSettings,
};
use zv_shared::{
    ContentHash, Dates, DocId, Document, Fingerprint, PartialDate, Place, Readability,
};

const PORT: u16 = 8080;

pub struct Site {
    router: Router,
    /// What its requests share.
    pub app: Arc<App>,
    _folder: tempfile::TempDir,
}

pub fn document(name: &str, number: u16) -> Document {
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
        people: Vec::new(),
        custodian: None,
        days: Vec::new(),
        relations: Default::default(),
        archief: Default::default(),
        access: Default::default(),
        gone: None,
        earlier_of: None,
    }
}

/// A site with `count` documents that all hold the word "subsidie".
pub fn site(count: u16) -> Site {
    site_with(count, |_| {})
}

/// The same, with changed documents.
pub fn site_with(count: u16, change: impl Fn(&mut Document)) -> Site {
    let folder = tempfile::tempdir().expect("folder");
    let documents = (0..count).map(|number| {
        let mut document = document(&format!("{number:03}.txt"), number);
        change(&mut document);
        let text = format!("De subsidie met <b>nummer{number}</b> is verleend.");
        (document, text)
    });
    let blobs = write(folder.path(), documents.collect(), &[]);
    let index = crate::state::index_folder(folder.path());
    at(folder, Arc::new(EmbeddedReader::new(&index, blobs)))
}

/// Puts documents with their text in the index of a state folder, and takes others out.
pub fn write(state: &Path, documents: Vec<(Document, String)>, gone: &[DocId]) -> Blobs {
    let index = crate::state::index_folder(state);
    let blobs = Blobs::open(&crate::state::texts_folder(state)).expect("blobs");
    if documents.is_empty() && gone.is_empty() {
        return blobs;
    }
    let settings = WriterSettings {
        threads: 1,
        ..WriterSettings::default()
    };
    let writer = EmbeddedWriter::open(&index, blobs.clone(), settings).expect("writer");
    for (document, text) in documents {
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
        let text = text.into();
        writer
            .put_family(document.id, vec![Entry { document, text }])
            .expect("put");
    }
    for id in gone {
        writer.delete_family(*id).expect("gone");
    }
    writer.commit("1").expect("commit");
    writer.finish().expect("finish");
    blobs
}

/// The account of an index run, as the indexer keeps it.
pub fn run(state: &Path, number: u64, bron: &str, status: &str) {
    let figures = [
        "gezien",
        "nieuw",
        "gewijzigd",
        "verplaatst",
        "ongewijzigd",
        "overgeslagen",
        "verwijderd",
        "bytes",
        "ingehouden",
        "onleesbare_mappen",
        "tussentijds_verdwenen",
        "niet_bekeken",
    ];
    let mut account = serde_json::json!({
        "run": number, "bron": bron, "map": "/archief", "status": status, "begonnen": "2026-03-02T08:00:00Z",
        "onleesbaar": 1, "gedeeltelijk": 2, "documenten": 4, "kinderen": {"gelezen": 0, "onleesbaar": 0},
        "seconden": 1.5, "waarschuwingen": [],
    });
    for name in figures {
        account[name] = serde_json::json!(0);
    }
    std::fs::create_dir_all(state.join("runs")).expect("folder");
    let account = serde_json::from_value(account).expect("account");
    zv_indexer::account::Runs::new(state)
        .save(&account)
        .expect("saved");
}

/// A site without documents and with these settings.
pub fn site_of(settings: ServerSettings) -> Site {
    let folder = tempfile::tempdir().expect("folder");
    let blobs = write(folder.path(), Vec::new(), &[]);
    let index = crate::state::index_folder(folder.path());
    at_with(
        folder,
        Arc::new(EmbeddedReader::new(&index, blobs)),
        settings,
    )
}

fn at(folder: tempfile::TempDir, index: Arc<dyn Index>) -> Site {
    at_with(folder, index, ServerSettings::default())
}

fn at_with(folder: tempfile::TempDir, index: Arc<dyn Index>, settings: ServerSettings) -> Site {
    let store = Store::open(folder.path()).expect("store");
    let app = Arc::new(App::new(
        folder.path().to_owned(),
        store,
        index,
        zv_shared::lists::Lists::default(),
        settings,
    ));
    Site {
        router: router(Arc::clone(&app), PORT),
        app,
        _folder: folder,
    }
}

impl Site {
    /// Changes what the program knows before it answers anything.
    pub fn change(&mut self, change: impl FnOnce(&mut App)) {
        // The routes hold on to it too.
        self.router = Router::new();
        change(Arc::get_mut(&mut self.app).expect("nobody else has it yet"));
        self.router = router(Arc::clone(&self.app), PORT);
    }

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

    /// The JSON at an address.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_str(&text(response).await).expect("json")
    }

    /// Asks over the API and gives the address of the search.
    pub async fn ask(&self, question: Value) -> String {
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
        self.post("/zoek", body).await
    }

    /// Sends JSON.
    async fn post_json(&self, path: &str, body: &Value) -> Response {
        let request = request("POST", path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("request"))
            .await
    }

    /// Sends a form.
    async fn post(&self, path: &str, body: &str) -> Response {
        let request =
            request("POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
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
    String::from_utf8_lossy(&bytes).into_owned()
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

/// Sends a form with a file.
pub async fn upload(
    site: &Site,
    path: &str,
    fields: &[(&str, &str)],
    file: (&str, &[u8]),
) -> Response {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--grens\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"{}\"\r\n\r\n",
        file.0
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file.1);
    body.extend_from_slice(b"\r\n--grens--\r\n");
    let request =
        request("POST", path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=grens");
    site.send(request.body(Body::from(body)).expect("request"))
        .await
}
