//! A site with a sitemap inside the test, and what is fetched of it.

use super::*;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zv_indexer::dms::{Koppeling, diwoo, tree};
use zv_indexer::source::SourceRules;

/// Status, body and headers.
type Answer = (u16, String, Vec<(&'static str, String)>);

/// A site: what it answers at each path, and what was asked.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    answers: HashMap<String, Answer>,
    asked: Vec<String>,
}

impl Site {
    /// Starts it. Gives where it is.
    fn start() -> (Site, String) {
        let site = Site::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        let router = Router::new().fallback(answer).with_state(site.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        (site, address)
    }

    fn put(&self, path: &str, status: u16, body: impl Into<String>) {
        self.put_with(path, status, body, Vec::new());
    }

    fn put_with(
        &self,
        path: &str,
        status: u16,
        body: impl Into<String>,
        headers: Vec<(&'static str, String)>,
    ) {
        let mut pages = self.0.lock().unwrap();
        let answer = (status, body.into(), headers);
        pages.answers.insert(path.to_owned(), answer);
    }

    /// The paths that were asked for since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

async fn answer(
    State(site): State<Site>,
    uri: Uri,
    headers: HeaderMap,
) -> axum::response::Response {
    let mut pages = site.0.lock().unwrap();
    let path = uri.path_and_query().map(ToString::to_string).unwrap();
    pages.asked.push(path.clone());
    let Some((status, body, own)) = pages.answers.get(&path).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = own.iter().find(|(name, _)| *name == "etag");
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if etag.is_some_and(|(_, etag)| Some(etag.as_str()) == known) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in own {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn urls(addresses: &[(&str, &str)]) -> String {
    let each = addresses.iter().map(|(address, changed)| {
        format!("<url><loc>{address}</loc><lastmod>{changed}</lastmod></url>")
    });
    format!("<urlset>{}</urlset>", each.collect::<String>())
}

fn index(addresses: &[String]) -> String {
    let each = addresses.iter();
    let each = each.map(|address| format!("<sitemap><loc>{address}</loc></sitemap>"));
    format!("<sitemapindex>{}</sitemapindex>", each.collect::<String>())
}

/// What is missing, after one time that everything is fetched.
fn fetch_all(root: &Path, sitemap: &str) -> Result<BTreeMap<String, String>, String> {
    let source = Source {
        name: "site".into(),
        root: root.to_owned(),
        passwords: None,
        rules: SourceRules {
            sitemap: Some(sitemap.to_owned()),
            files_per_second: Some(1_000),
            largest: Some(1_000),
            ..SourceRules::default()
        },
    };
    source.rules.check().unwrap();
    fs::create_dir_all(root).unwrap();
    let mut rows = |file: &File| {
        let text = std::io::read_to_string(file).map_err(|error| error.to_string())?;
        let mut rows = Vec::new();
        let whole = tree::each(&text, &mut |element| {
            rows.extend(diwoo::row(1, &element, &Koppeling::default()));
            true
        });
        whole.then_some(rows).ok_or_else(|| "geen XML".to_owned())
    };
    Ophaler::of(&source).unwrap().fetch(Fetching {
        root,
        rows: &mut rows,
        tell: &|_| {},
        stop: &|| false,
    })
}

/// The path of an address below the root.
fn at(address: &str) -> String {
    diwoo::place(address, &Koppeling::default()).unwrap()
}

#[test]
fn what_a_sitemap_names_is_fetched_and_later_only_what_changed() {
    let (site, address) = Site::start();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site/bestanden");
    let of = |path: &str| format!("{address}{path}");
    let (start, one, two) = (
        of("/sitemap.xml"),
        of("/docs/een.txt"),
        of("/docs/twee.txt"),
    );
    site.put("/sitemap.xml", 200, index(&[of("/s1.xml"), of("/s2.xml")]));
    site.put("/s1.xml", 200, urls(&[(&one, "2024-01-01")]));
    let etag = vec![("etag", "\"v1\"".to_owned())];
    // A sitemap that does not say when something changed.
    let list = format!("<urlset><url><loc>{two}</loc></url></urlset>");
    site.put("/s2.xml", 200, list);
    let dated = "Wed, 21 Oct 2015 07:28:00 GMT".to_owned();
    site.put_with("/docs/een.txt", 200, "een", vec![("last-modified", dated)]);
    site.put_with("/docs/twee.txt", 200, "twee", etag);
    assert_eq!(fetch_all(&root, &start), Ok(BTreeMap::new()));
    let read = |address: &str| fs::read_to_string(root.join(at(address)));
    assert_eq!(read(&one).unwrap(), "een");
    assert_eq!(read(&two).unwrap(), "twee");
    let changed = fs::metadata(root.join(at(&one)))
        .unwrap()
        .modified()
        .unwrap();
    let since = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(since.as_secs(), 1_445_412_480);
    site.asked();

    // Nothing changed: of one the sitemap says so, of the other the server.
    assert_eq!(fetch_all(&root, &start), Ok(BTreeMap::new()));
    let asked = site.asked();
    assert!(!asked.contains(&"/docs/een.txt".to_owned()), "{asked:?}");
    assert_eq!(read(&two).unwrap(), "twee");

    site.put("/s1.xml", 200, urls(&[(&one, "2024-02-01")]));
    site.put("/docs/een.txt", 200, "een, gewijzigd");
    site.put("/s2.xml", 200, "<urlset/>");
    assert_eq!(fetch_all(&root, &start), Ok(BTreeMap::new()));
    assert_eq!(read(&one).unwrap(), "een, gewijzigd");
    assert!(read(&two).is_err(), "no longer in the sitemap");
}

#[test]
fn what_cannot_be_fetched_is_told_and_nothing_comes_from_elsewhere() {
    let (site, address) = Site::start();
    let (inside, elsewhere) = Site::start();
    inside.put("/geheim.txt", 200, "intern");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site/bestanden");
    let of = |path: &str| format!("{address}{path}");
    let there = format!("{elsewhere}/geheim.txt");
    let names = [
        "/weg.txt",
        "/stuk.txt",
        "/groot.txt",
        "/naar-binnen",
        "/door",
        "/lus",
    ]
    .map(of);
    let mut all: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "2024")).collect();
    all.push((&there, "2024"));
    site.put("/sitemap.xml", 200, urls(&all));
    site.put("/stuk.txt", 500, "");
    site.put("/groot.txt", 200, "x".repeat(1_001));
    let to = |path: String| vec![("location", path)];
    site.put_with("/naar-binnen", 302, "", to(there.clone()));
    site.put_with("/door", 302, "", to("/hier.txt".into()));
    site.put("/hier.txt", 200, "hier");
    site.put_with("/lus", 302, "", to("/lus".into()));
    let missing = fetch_all(&root, &of("/sitemap.xml")).unwrap();
    let why = |address: &str| missing.get(&at(address)).map_or("", String::as_str);
    assert_eq!(why(&names[0]), "de server antwoordt 404");
    assert_eq!(why(&names[1]), "de server antwoordt 500");
    assert!(why(&names[2]).starts_with("groter dan"));
    assert!(why(&names[3]).contains("andere server"));
    assert_eq!(why(&names[4]), "");
    assert!(why(&names[5]).contains("doorverwijzen"));
    assert!(why(&there).contains("andere server"));
    assert_eq!(missing.len(), 6);
    assert!(inside.asked().is_empty());
    assert_eq!(
        fs::read_to_string(root.join(at(&names[4]))).unwrap(),
        "hier"
    );

    // Withdrawn: not public any more. Out of order: what was there stays.
    site.put("/stuk.txt", 200, "heel");
    site.put("/weg.txt", 200, "terug");
    fetch_all(&root, &of("/sitemap.xml")).unwrap();
    site.put(
        "/sitemap.xml",
        200,
        urls(&[(&names[0], "2025"), (&names[1], "2025")]),
    );
    site.put("/stuk.txt", 503, "");
    site.put("/weg.txt", 410, "");
    let missing = fetch_all(&root, &of("/sitemap.xml")).unwrap();
    assert_eq!(missing.len(), 2);
    assert!(root.join(at(&names[1])).exists() && !root.join(at(&names[0])).exists());
    assert!(!root.join(at(&names[4])).exists(), "not named any more");
}

#[test]
fn without_its_sitemap_nothing_changes() {
    let (site, address) = Site::start();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site/bestanden");
    let (start, one) = (
        format!("{address}/sitemap.xml"),
        format!("{address}/een.txt"),
    );
    site.put("/sitemap.xml", 200, urls(&[(&one, "2024")]));
    site.put("/een.txt", 200, "een");
    fetch_all(&root, &start).unwrap();
    for answer in [404, 500] {
        site.put("/sitemap.xml", answer, "");
        assert!(fetch_all(&root, &start).is_err());
        assert!(root.join(at(&one)).exists());
    }
    site.put("/sitemap.xml", 200, "<urlset><url>");
    assert!(fetch_all(&root, &start).is_err());
    assert!(root.join(at(&one)).exists());
}
