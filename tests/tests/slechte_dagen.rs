//! As a beheerder I have bad days: the disk of the server is full, or lets nothing be written any more. Who works is told
//! so, what was kept stays, the audit trail is whole, and with room again everything goes on by itself.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

#[path = "../../indexer/tests/support/mod.rs"]
#[allow(unreachable_pub, reason = "shared with the tests of the indexer")]
mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;
use zv_tests::disk::{self, Disk};
use zv_tests::process::wait_for;
use zv_tests::program::{number, text};
use zv_tests::server::{Response, Server};
use zv_tests::zaak::{Office, bron, intake, listing, ok};

const FILES: usize = 40;

fn main() -> ExitCode {
    let tests: [(&str, fn()); 3] = [
        (
            "a_full_disk_is_told_and_everything_goes_on_when_there_is_room",
            full,
        ),
        (
            "with_a_little_room_something_is_done_wholly_or_not_at_all",
            little_room,
        ),
        (
            "a_disk_that_cannot_be_written_is_told_and_can_be_read",
            read_only,
        ),
    ];
    match disk::not_possible() {
        None => support::run_some(&tests, &[]),
        Some(why) => support::run_some(&[], &tests.map(|(name, _)| (name, why))),
    }
}

/// The same kind of answer for whatever is asked: what is the matter, and what to do.
fn told(answer: &Response, status: u16, kind: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(
        text(&body, "type"),
        format!("urn:zoekenvind:probleem:{kind}")
    );
    assert!(text(&body, "detail").contains("schijf"), "{body}");
}

fn new_case(nummer: &str) -> Value {
    let mut body = intake();
    body["nummer"] = json!(nummer);
    body
}

/// Everything that wants to keep something: a case, a question, a report, rules of a source, and what is taken out.
fn writes(office: &Office, server: &Server, bron: &str) -> Vec<Response> {
    let question = json!({"vraag": "polder", "zaak": office.zaak});
    let terms = json!({"lijst": "polder\nkwelder", "zoekvraag": {"zaak": office.zaak}});
    let account = json!({"versie": "intern", "vorm": "html"});
    let remark = json!({"gezien": 0, "inhoud": {"onderwerp": "De kwelder"}});
    vec![
        server.post_json("/v1/zaken", &new_case("2026-2")),
        server.post_json("/v1/zoekopdrachten", &question),
        server.post_json("/v1/termenrapporten", &terms),
        server.post_json(
            &format!("/v1/bronnen/{bron}/regels"),
            &json!({"niet": ["*.bak"]}),
        ),
        office.post(server, "afbakeningen", &remark),
        office.post(server, "verantwoordingen", &account),
        office.post(server, "bundels", &Value::Null),
    ]
}

/// What may be read whatever the disk does.
fn reads(office: &Office, server: &Server, search: &str) {
    for path in [
        "/gezond",
        "/zaken",
        "/v1/zaken",
        search,
        &office.path("zoekacties"),
        &format!("/zaken/{}", office.zaak),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    assert_eq!(server.get("/gereed").status, 503);
}

/// How often each act is in the trail.
fn acts(office: &Office) -> BTreeMap<String, usize> {
    let trail = office
        .program
        .run(&["audit", "lees", "--json", "--max", "100000"])
        .ok();
    let mut found = BTreeMap::new();
    for line in trail.lines() {
        *found.entry(text(&line, "actie")).or_default() += 1;
    }
    found
}

fn cases(server: &Server) -> usize {
    ok(server.get("/v1/zaken"), 200)["zaken"]
        .as_array()
        .unwrap()
        .len()
}

fn full() {
    let disk = Disk::new(400);
    let office = Office::on(&disk, FILES);
    let server = office.serve();
    let search = office.question(&server, "kwelder");
    office.search_at(&server, &search);
    let source = bron(&office, &server);
    let before = (cases(&server), office.sound());
    let kept = fs::read(office.program.state().join("bronnen.json")).unwrap();
    let ballast = disk.fill();
    for answer in writes(&office, &server, &source) {
        told(&answer, 507, "schijf-vol");
    }
    reads(&office, &server, &search);
    assert_eq!(
        fs::read(office.program.state().join("bronnen.json")).unwrap(),
        kept
    );
    assert_eq!(cases(&server), before.0);
    // A run says why it stops, and takes nothing away.
    let run = office
        .program
        .index_with(office.archive.path(), &["--volledig"])
        .code(1);
    assert!(run.err.contains("disk is full"), "{}", run.err);
    ballast.clear();
    for answer in writes(&office, &server, &source) {
        assert!((200..400).contains(&answer.status), "{}", answer.body);
    }
    drop(server);
    office.program.index(office.archive.path());
    assert!(office.sound() > before.1);
}

/// Whatever kilobyte the room ends at: each case that is there was recorded, and none was recorded that is not there.
fn little_room() {
    let disk = Disk::new(400);
    let office = Office::on(&disk, FILES);
    let server = office.serve();
    let actie = office.search(&server, "dossierstuk");
    let ballast = disk.fill();
    let (mut opened, mut refused) = (0, 0);
    for step in 0..60_u64 {
        ballast.give_back(step);
        match server.post_json("/v1/zaken", &new_case(&format!("2027-{step}"))) {
            done if done.status == 201 => opened += 1,
            answer => {
                told(&answer, 507, "schijf-vol");
                refused += 1;
            }
        }
    }
    println!("{opened} opened, {refused} refused");
    assert!(
        opened > 0 && refused > 0,
        "{opened} opened, {refused} refused"
    );
    // An original that could not be copied is copied when it can be.
    let all = json!({"doel": {"soort": "zoekactie", "zoekactie": actie}, "schifting": {"waarde": "relevant"},
        "aantal": FILES, "gezien": 0, "overschrijven": true});
    ballast.clear();
    let ballast = disk.fill();
    ballast.give_back(160);
    let judged = office.post(&server, "schiftingen", &all).status == 201;
    std::thread::sleep(Duration::from_millis(500));
    ballast.clear();
    if !judged {
        ok(office.post(&server, "schiftingen", &all), 201);
    }
    let kept = || office.read(&server, "veiligstellingen")["veiligstellingen"].clone();
    wait_for("the copies", Duration::from_secs(60), || {
        kept().as_array().unwrap().len() == FILES
    });
    let whole = kept()
        .as_array()
        .unwrap()
        .iter()
        .all(|one| one["sha256"].is_string());
    assert!(whole, "{:#}", kept());
    office.wait_until_counted(&server);
    let there = cases(&server);
    drop(server);
    office.sound();
    let mut recorded = acts(&office);
    assert_eq!(recorded.remove("zaak.geopend"), Some(there), "{recorded:?}");
    let left = listing(&office.program.state());
    assert!(
        left.iter()
            .all(|path| !path.display().to_string().ends_with(".deel")),
        "{left:?}"
    );
}

fn read_only() {
    let disk = Disk::new(400);
    let office = Office::on(&disk, FILES);
    let server = office.serve();
    let search = office.question(&server, "kwelder");
    office.search_at(&server, &search);
    let source = bron(&office, &server);
    let before = (cases(&server), office.sound());
    disk.lock();
    for answer in writes(&office, &server, &source) {
        told(&answer, 503, "schijf-dicht");
    }
    reads(&office, &server, &search);
    drop(server);
    // It says so and does not start; the next time it may have been repaired.
    let refused = office
        .program
        .run(&["serve", "--adres", "127.0.0.1:0"])
        .code(1);
    assert!(
        refused.err.contains("kan niet geschreven worden"),
        "{}",
        refused.err
    );
    disk.repair();
    let server = office.serve();
    assert_eq!(cases(&server), before.0);
    for answer in writes(&office, &server, &source) {
        assert!((200..400).contains(&answer.status), "{}", answer.body);
    }
    drop(server);
    assert!(office.sound() > before.1);
    assert!(number(&office.program.index(office.archive.path()), "documenten") as usize == FILES);
}
