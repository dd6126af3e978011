//! As a citizen I am named in these documents. The server gives them to the person behind this computer and to nobody
//! else: no other machine, no other website, no file outside the sources.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use zv_tests::archive::{put, zip};
use zv_tests::program::{Program, text};
use zv_tests::server::Server;

struct Running {
    _folder: TempDir,
    program: Program,
    server: Server,
}

/// A served index of a few documents, with secrets beside the source.
static RUNNING: LazyLock<Running> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("bron");
    put(&root, "brief.txt", "Een brief over de dijkverzwaring.");
    put(
        &root,
        "pagina.html",
        "<html><body><script>alert(1)</script><p>De dijkverzwaring</p></body></html>",
    );
    put(
        &root,
        "pak.zip",
        zip(&[("lid.txt", b"Een lid over de dijkverzwaring.")]),
    );
    put(folder.path(), "geheim.txt", "Dit staat buiten de bron.");
    put(
        &root,
        "wissel.txt",
        "Eerst een gewoon bestand over de dijkverzwaring.",
    );
    put(
        &root,
        "wisselmap/stuk.txt",
        "Eerst een gewone map over de dijkverzwaring.",
    );
    put(
        folder.path(),
        "buiten/stuk.txt",
        "Ook dit staat buiten de bron.",
    );
    let program = Program::new();
    program.index(&root);
    // After the run, somebody puts links in the place of what was indexed.
    fs::remove_file(root.join("wissel.txt")).unwrap();
    symlink("../geheim.txt", root.join("wissel.txt")).unwrap();
    fs::remove_dir_all(root.join("wisselmap")).unwrap();
    symlink("../buiten", root.join("wisselmap")).unwrap();
    let server = Server::start(&program, &["serve", "--adres", "127.0.0.1:0"]);
    Running {
        _folder: folder,
        program,
        server,
    }
});

fn id_of(path: &str) -> String {
    let found = RUNNING.program.search_with("", &["--max", "100"]);
    let hits = found["resultaten"].as_array().unwrap();
    text(
        hits.iter().find(|hit| text(hit, "pad") == path).unwrap(),
        "id",
    )
}

#[test]
fn another_address_is_refused_until_there_is_access_control() {
    for address in ["0.0.0.0:0", "[::]:0", "192.168.1.2:8080"] {
        let answer = Program::new().run(&["serve", "--adres", address]).code(2);
        assert!(answer.err.contains("127.0.0.1"), "{}", answer.err);
    }
}

#[test]
fn it_listens_on_this_machine_only() {
    let port = format!(":{:04X}", RUNNING.server.port);
    let mut listeners = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table)
            .unwrap_or_default()
            .lines()
            .skip(1)
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            // State 0A: listening.
            if words[3] == "0A" && words[1].ends_with(&port) {
                listeners.push(words[1].to_owned());
            }
        }
    }
    assert_eq!(listeners, [format!("0100007F{port}")]);
}

#[test]
fn a_name_that_was_made_to_point_here_gets_nothing() {
    let server = &RUNNING.server;
    for host in [
        "kwaad.example",
        "127.0.0.1.kwaad.example",
        "127.0.0.1:1",
        "127.0.0.1",
        "192.168.1.2:8080",
        "",
    ] {
        for path in ["/", "/runs", "/v1/openapi.json", "/v1/bronnen"] {
            let answer = server.send("GET", path, &[("Host", host)], b"");
            assert!(
                (400..500).contains(&answer.status),
                "{host} {path}: {}",
                answer.status
            );
            assert!(
                !answer.body.contains("dijkverzwaring") && !answer.body.contains("\"bron\""),
                "{host} {path}"
            );
        }
    }
    assert!(
        (400..500).contains(&server.send("GET", "/", &[], b"").status),
        "no Host at all"
    );
    let twice = [("Host", &*server.host()), ("Host", "kwaad.example")];
    assert!(
        (400..500).contains(&server.send("GET", "/", &twice, b"").status),
        "two Hosts"
    );
    for host in [server.host(), format!("localhost:{}", server.port)] {
        assert_eq!(
            server.send("GET", "/", &[("Host", &host)], b"").status,
            200,
            "{host}"
        );
    }
}

#[test]
fn another_website_cannot_ask_in_the_name_of_the_user() {
    let server = &RUNNING.server;
    let host = server.host();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let own = format!("http://{host}");
    let secure = format!("https://{host}");
    for origin in [
        "http://kwaad.example",
        "null",
        "http://127.0.0.1:1",
        &secure,
    ] {
        let headers = [("Host", &*host), ("Origin", origin), form];
        assert_eq!(
            server.send("POST", "/zoek", &headers, b"vraag=dijk").status,
            403,
            "{origin}"
        );
        let headers = [
            ("Host", &*host),
            ("Origin", origin),
            ("Content-Type", "application/json"),
        ];
        assert_eq!(
            server
                .send("POST", "/v1/zoekopdrachten", &headers, b"{}")
                .status,
            403,
            "{origin}"
        );
    }
    for site in ["cross-site", "same-site"] {
        let headers = [
            ("Host", &*host),
            ("Origin", &*own),
            ("Sec-Fetch-Site", site),
            form,
        ];
        assert_eq!(
            server.send("POST", "/zoek", &headers, b"vraag=dijk").status,
            403,
            "{site}"
        );
    }
    let headers = [
        ("Host", &*host),
        ("Origin", &*own),
        ("Sec-Fetch-Site", "same-origin"),
        form,
    ];
    assert_eq!(
        server.send("POST", "/zoek", &headers, b"vraag=dijk").status,
        303
    );
}

#[test]
fn nothing_outside_the_sources_can_be_downloaded_whatever_the_id() {
    let server = &RUNNING.server;
    let fine = server.get(&format!("/v1/documenten/{}/origineel", id_of("brief.txt")));
    assert_eq!(
        (fine.status, fine.body.as_str()),
        (200, "Een brief over de dijkverzwaring.")
    );
    let inside = server.get(&format!(
        "/v1/documenten/{}/origineel",
        id_of("pak.zip!/lid.txt")
    ));
    assert_eq!(
        (inside.status, inside.body.as_str()),
        (200, "Een lid over de dijkverzwaring.")
    );

    for replaced in ["wissel.txt", "wisselmap/stuk.txt"] {
        let answer = server.get(&format!("/v1/documenten/{}/origineel", id_of(replaced)));
        assert_eq!(answer.status, 404, "{replaced}: {}", answer.body);
        assert!(!answer.body.contains("buiten de bron"), "{replaced}");
    }
    let zeros = "0".repeat(32);
    let long = "a".repeat(8000);
    let ids = [
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "../../etc/passwd",
        "....//....//etc/passwd",
        "..%5c..%5cgeheim.txt",
        "%00",
        "%ff%fe",
        "brief.txt",
        &zeros,
        &long,
        "*",
        "-1",
        "%2e%2e",
        "file:%2f%2f%2fetc%2fpasswd",
    ];
    for id in ids {
        for path in [
            format!("/v1/documenten/{id}/origineel"),
            format!("/v1/documenten/{id}"),
            format!("/document/{id}"),
            format!("/assets/{id}"),
        ] {
            let answer = server.get(&path);
            assert!(
                (400..500).contains(&answer.status),
                "{path}: {}",
                answer.status
            );
            assert!(
                !answer.body.contains("root:") && !answer.body.contains("buiten de bron"),
                "{path}"
            );
        }
    }
}

#[test]
fn a_download_is_never_shown_as_a_page() {
    let answer = RUNNING.server.get(&format!(
        "/v1/documenten/{}/origineel",
        id_of("pagina.html")
    ));
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"pagina.html\"")
    );
    assert!(
        !answer.header("content-type").contains("html"),
        "{}",
        answer.header("content-type")
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("sandbox"));
}

#[test]
fn every_answer_carries_the_headers_that_protect_its_reader() {
    let server = &RUNNING.server;
    let document = format!("/document/{}", id_of("brief.txt"));
    for path in [
        "/",
        "/hulp",
        "/runs",
        "/runs/1",
        "/bestaat-niet",
        "/v1/openapi.json",
        "/v1/bronnen",
        "/v1/bestaat-niet",
        &document,
    ] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(
            answer.header("set-cookie").is_empty() && answer.header("server").is_empty(),
            "{path}"
        );
        if !path.starts_with("/v1/") {
            assert!(
                !answer.body.contains("style=\"") && !answer.body.contains(" onclick="),
                "{path}"
            );
        }
    }
}

#[test]
fn errors_of_the_api_are_problems_in_dutch() {
    let server = &RUNNING.server;
    let wrong = server.post_json("/v1/zoekopdrachten", &json!({"vraag": "besluit EN ("}));
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.header("content-type"), "application/problem+json");
    let problem: Value = wrong.json();
    assert_eq!(problem["status"], 400);
    assert!(!text(&problem, "title").is_empty() && !text(&problem, "detail").is_empty());
    for body in ["", "{", "[]", "{\"vraag\": 1}", "{\"kleur\": 1}", "\u{0}"] {
        let headers = [
            ("Host", &*server.host()),
            ("Content-Type", "application/json"),
        ];
        let answer = server.send("POST", "/v1/zoekopdrachten", &headers, body.as_bytes());
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, "application/problem+json"),
            "{body:?}"
        );
    }
    let large = format!("{{\"vraag\": \"{}\"}}", "a".repeat(2_000_000));
    let headers = [
        ("Host", &*server.host()),
        ("Content-Type", "application/json"),
    ];
    assert_eq!(
        server
            .send("POST", "/v1/zoekopdrachten", &headers, large.as_bytes())
            .status,
        413
    );
}

#[test]
fn terms_stand_in_no_address_and_no_log() {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "brief.txt",
        "Een brief over mevrouw Geheimnaam.",
    );
    program.index(folder.path());
    let server = Server::start(&program, &["serve", "--adres", "127.0.0.1:0"]);
    let host = server.host();
    let headers = [
        ("Host", &*host),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let answer = server.send("POST", "/zoek", &headers, b"vraag=Geheimnaam");
    let address = answer.header("location").to_owned();
    assert_eq!(answer.status, 303);
    let page = server.get(&address);
    assert!(page.status == 200 && page.body.contains("Geheimnaam"));
    let links = page
        .body
        .split("href=\"")
        .skip(1)
        .chain(page.body.split("action=\"").skip(1));
    for link in links
        .map(|rest| rest.split('"').next().unwrap())
        .chain([&*address])
    {
        assert!(!link.to_lowercase().contains("geheimnaam"), "{link}");
    }
    let stored = server.post_json("/v1/zoekopdrachten", &json!({"vraag": "Geheimnaam"}));
    let location = stored.header("location").to_owned();
    assert_eq!(stored.status, 303);
    server.get(&format!("{location}/resultaten"));
    server.get("/v1/zoekopdrachten/bestaat-niet");
    server.send("POST", "/zoek", &headers, b"vraag=Geheimnaam+EN+%28");
    server.get("/zoek?vraag=Geheimnaam");
    let log = server.log();
    assert!(!log.to_lowercase().contains("geheimnaam"), "{log}");
    assert!(!log.contains(location.rsplit('/').next().unwrap()), "{log}");
}

#[test]
fn the_state_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode(&RUNNING.program.state()), 0);
}
