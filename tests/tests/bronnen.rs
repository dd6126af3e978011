//! As a beheerder I add a drive, say what is read of it and when, and see what became of it, whatever happens to the
//! drive, to the server, or to the power.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use zv_tests::archive::put;
use zv_tests::process::wait_for;
use zv_tests::program::{Program, number, text};
use zv_tests::server::Server;

struct Beheer {
    program: Program,
    _folder: tempfile::TempDir,
    map: PathBuf,
}

impl Beheer {
    fn new(files: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let map = folder.path().join("schijf");
        for n in 0..files {
            put(&map, &format!("map/{n}.txt"), format!("Dijkverslag {n}."));
        }
        Beheer {
            program: Program::new(),
            _folder: folder,
            map,
        }
    }

    fn serve(&self) -> Server {
        Server::start(&self.program, &["serve", "--adres", "127.0.0.1:0"])
    }

    fn add(&self, server: &Server) {
        let map = self.map.to_str().unwrap();
        let added = server.post_json("/v1/bronnen", &json!({"map": map, "naam": "schijf"}));
        assert_eq!(added.status, 201, "{}", added.body);
    }
}

fn post(server: &Server, path: &str, body: &Value) -> Value {
    let answer = server.post_json(path, body);
    assert!(
        (200..300).contains(&answer.status),
        "{path}: {}",
        answer.body
    );
    serde_json::from_str(&answer.body).unwrap_or(Value::Null)
}

fn ask(server: &Server, soort: &str) -> u64 {
    let job = post(
        server,
        "/v1/bronnen/schijf/opdrachten",
        &json!({"soort": soort}),
    );
    number(&job, "id")
}

/// The newest job.
fn job(server: &Server) -> Value {
    let answer = server.get("/v1/bronnen/schijf/opdrachten");
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["opdrachten"][0].clone()
}

fn until(server: &Server, stand: &str) -> Value {
    wait_for(stand, Duration::from_secs(120), || {
        text(&job(server), "stand") == stand
    });
    job(server)
}

fn found(server: &Server) -> u64 {
    let asked = server.post_json("/v1/zoekopdrachten", &json!({"vraag": "dijkverslag"}));
    let answer = server.get(asked.header("location"));
    // There is no index before the first commit.
    match answer.status {
        503 => 0,
        _ => number(&answer.json(), "totaal"),
    }
}

fn rules(server: &Server, rules: &Value) {
    post(server, "/v1/bronnen/schijf/regels", rules);
}

#[test]
fn a_drive_is_added_and_read_by_the_server_as_its_rules_say() {
    let beheer = Beheer::new(20);
    put(&beheer.map, "map/oud.bak", "Dijkverslag, oude kopie.");
    let server = beheer.serve();
    beheer.add(&server);
    rules(&server, &json!({"niet": ["*.bak"]}));
    ask(&server, "bijwerken");
    let done = until(&server, "klaar");
    assert_eq!(found(&server), 20);
    let run = server.get(&format!("/v1/runs/{}", done["run"])).json();
    assert_eq!(
        (number(&run, "nieuw"), number(&run, "overgeslagen")),
        (20, 1)
    );
    // Twice at once is once.
    rules(&server, &json!({"bestanden_per_seconde": 4}));
    ask(&server, "volledig");
    let twice = server.post_json(
        "/v1/bronnen/schijf/opdrachten",
        &json!({"soort": "bijwerken"}),
    );
    assert_eq!(twice.status, 409, "{}", twice.body);
    until(&server, "klaar");
    drop(server);
    beheer.program.run(&["audit", "controleer"]).ok();
}

#[test]
fn a_run_that_is_ended_keeps_what_it_has_and_the_next_one_goes_on() {
    let beheer = Beheer::new(200);
    let server = beheer.serve();
    beheer.add(&server);
    rules(&server, &json!({"bestanden_per_seconde": 10}));
    let id = ask(&server, "bijwerken");
    until(&server, "loopt");
    // Something is committed after some seconds.
    wait_for("the first documents", Duration::from_secs(60), || {
        found(&server) > 0
    });
    post(
        &server,
        &format!("/v1/opdrachten/{id}/afbreking"),
        &json!({}),
    );
    let ended = until(&server, "afgebroken");
    let kept = found(&server);
    assert!((1..200).contains(&kept), "{kept} of 200; {ended}");
    rules(&server, &json!({}));
    ask(&server, "bijwerken");
    until(&server, "klaar");
    assert_eq!(found(&server), 200);
}

#[test]
fn a_server_that_is_killed_takes_the_job_up_again() {
    let beheer = Beheer::new(100);
    let server = beheer.serve();
    beheer.add(&server);
    rules(&server, &json!({"bestanden_per_seconde": 20}));
    ask(&server, "bijwerken");
    until(&server, "loopt");
    server.cut();
    // The run itself goes on beside it: the new server waits for it, then looks what is left to do.
    let server = beheer.serve();
    until(&server, "klaar");
    assert_eq!(found(&server), 100);
    assert!(server.log().contains("wait to go on"), "{}", server.log());
}

#[test]
fn an_unplugged_drive_fails_and_deletes_nothing() {
    let beheer = Beheer::new(30);
    let server = beheer.serve();
    beheer.add(&server);
    ask(&server, "bijwerken");
    until(&server, "klaar");
    let away = beheer.map.with_extension("weg");
    fs::rename(&beheer.map, &away).unwrap();
    ask(&server, "bijwerken");
    let failed = until(&server, "mislukt");
    assert!(
        text(&failed, "melding").contains("niet bereikbaar"),
        "{failed}"
    );
    assert_eq!(found(&server), 30);
    // A mount point of which the drive is gone is an empty folder.
    fs::create_dir(&beheer.map).unwrap();
    ask(&server, "bijwerken");
    let last = number(&job(&server), "id");
    wait_for("the end", Duration::from_secs(60), || {
        let job = job(&server);
        number(&job, "id") == last && !["wacht", "loopt"].contains(&&*text(&job, "stand"))
    });
    assert_eq!(found(&server), 30);
    fs::remove_dir(&beheer.map).unwrap();
    fs::rename(&away, &beheer.map).unwrap();
    ask(&server, "bijwerken");
    until(&server, "klaar");
    assert_eq!(found(&server), 30);
}

#[test]
fn outside_its_hours_a_drive_is_left_alone() {
    let beheer = Beheer::new(3);
    let server = beheer.serve();
    beheer.add(&server);
    let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
    let now = jiff::Timestamp::now().to_zoned(zone);
    let hour = |hours: i64| {
        let moment = &now + jiff::SignedDuration::from_hours(hours);
        moment.strftime("%H:%M").to_string()
    };
    let schedule = |gezien: u32, inhoud: Value| {
        post(
            &server,
            "/v1/bronnen/schijf/rooster",
            &json!({"gezien": gezien, "inhoud": inhoud}),
        )
    };
    let closed = json!({"tijden": "0 3 * * *", "venster_van": hour(2), "venster_tot": hour(4)});
    assert!(schedule(0, closed)["volgende"].is_string());
    ask(&server, "bijwerken");
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(text(&job(&server), "stand"), "wacht");
    let open = json!({"tijden": "0 3 * * *", "venster_van": hour(-1), "venster_tot": hour(4)});
    schedule(1, open);
    until(&server, "klaar");
    let wrong = server.post_json(
        "/v1/bronnen/schijf/rooster",
        &json!({"gezien": 2, "inhoud": {"tijden": "elke dag"}}),
    );
    assert_eq!(wrong.status, 422, "{}", wrong.body);
}

#[test]
fn the_command_line_looks_before_anything_is_read() {
    let beheer = Beheer::new(7);
    let run = |arguments: &[&str]| beheer.program.run(arguments).ok();
    let map = beheer.map.to_str().unwrap();
    run(&["bron", "voeg-toe", map, "--naam", "schijf"]);
    let found = run(&["bron", "proefscan", "schijf", "--json"]).json();
    assert_eq!(number(&found["totaal"], "bestanden"), 7);
    assert_eq!(number(&found["soorten"]["txt"], "bestanden"), 7);
    run(&["bron", "rooster", "schijf", "0 20 * * 1-5", "--inhalen"]);
    let listed = run(&["bron", "lijst", "--json"]).json();
    assert_eq!(text(&listed["rooster"], "tijden"), "0 20 * * 1-5");
    assert_eq!(number(&listed, "documenten"), 0);
    beheer.program.run(&["bron", "proefscan", "anders"]).code(1);
}
