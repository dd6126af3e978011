//! As an auditor I read the trail, take it out and check it elsewhere; as a beheerder I erase a name and the trail still
//! holds. A search on the command line beside a running server is counted without starting it anew.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use zv_tests::archive::put;
use zv_tests::process::wait_for;
use zv_tests::program::{Program, number, text};
use zv_tests::server::Server;

fn indexed() -> Program {
    let program = Program::new();
    let archive = tempfile::tempdir().unwrap();
    for at in 0..20 {
        put(
            archive.path(),
            &format!("stuk {at}.txt"),
            format!("De kwelder van nummer {at}."),
        );
    }
    program.index(archive.path());
    program
}

fn acties(server: &Server) -> Vec<Value> {
    let answer = server.get("/v1/zaken/lokaal/zoekacties");
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["zoekacties"].as_array().unwrap().clone()
}

#[test]
fn a_search_on_the_command_line_beside_a_server_is_counted_without_a_new_start() {
    let program = indexed();
    let server = Server::start(&program, &["serve", "--adres", "127.0.0.1:0"]);
    assert_eq!(program.total("kwelder"), 20);
    let found = acties(&server);
    assert_eq!(found.len(), 1);
    wait_for("the counts", Duration::from_secs(30), || {
        !acties(&server)[0]["telling"].is_null()
    });
    let telling = &acties(&server)[0]["telling"];
    assert!(telling["gemist"].is_null(), "{telling}");
    let per_bron = telling["per_bron"].as_object().unwrap();
    assert_eq!(
        per_bron
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum::<u64>(),
        20
    );
    // Once, with one record.
    std::thread::sleep(Duration::from_secs(7));
    let trail = program
        .run(&["audit", "lees", "--json", "--actie", "zoekactie"])
        .ok()
        .lines();
    let acts: Vec<String> = trail.iter().map(|line| text(line, "actie")).collect();
    assert_eq!(acts, ["zoekactie.geteld", "zoekactie.uitgevoerd"]);
    assert_eq!(text(&trail[1], "zoekvraag"), "kwelder");
    drop(server);
    program.run(&["audit", "controleer"]).ok();
}

#[test]
fn the_trail_is_taken_out_and_checked_by_itself_and_the_head_is_in_the_log() {
    let program = indexed();
    for word in ["kwelder", "nummer", "niets"] {
        program.search(word);
    }
    let file = program.state().join("spoor.jsonl");
    let path = file.to_str().unwrap();
    let made = program
        .run(&["audit", "uitvoer", "--vorm", "jsonl", path])
        .ok();
    let head = made
        .out
        .lines()
        .find_map(|line| line.strip_prefix("Hoofd: "))
        .unwrap()
        .to_owned();
    assert!(
        made.err.contains("head of the audit trail") && made.err.contains("export"),
        "{}",
        made.err
    );
    let checked = program
        .run(&["audit", "controleer", "--json", "--uitvoer", path])
        .ok()
        .json();
    assert_eq!(
        (checked["klopt"].as_bool(), text(&checked, "hoofd")),
        (Some(true), head.clone())
    );
    let known = program.run(&["audit", "controleer", "--hoofd", &head]).ok();
    assert!(
        known.out.starts_with("Het auditspoor klopt: "),
        "{}",
        known.out
    );

    let whole = fs::read_to_string(&file).unwrap();
    assert!(!whole.contains("kwelder"));
    for (name, changed) in [
        (
            "regel 2 is gewijzigd of tussengevoegd",
            whole.replacen(
                "zoekactie.uitgevoerd\",\"object\":\"2\"",
                "zoekactie.uitgevoerd\",\"object\":\"9\"",
                1,
            ),
        ),
        (
            "de uitvoer is afgekapt na regel 2",
            whole
                .lines()
                .take(2)
                .map(|line| format!("{line}\n"))
                .collect(),
        ),
    ] {
        assert_ne!(changed, whole);
        fs::write(&file, changed).unwrap();
        let broken = program
            .run(&["audit", "controleer", "--uitvoer", path])
            .code(1);
        assert!(broken.out.contains(name), "{name}: {}", broken.out);
    }
    program
        .run(&["audit", "uitvoer", "--vorm", "jsonl", path])
        .code(2);
    let table = program.state().join("spoor.csv");
    program
        .run(&[
            "audit",
            "uitvoer",
            "--actie",
            "zoekactie",
            table.to_str().unwrap(),
        ])
        .ok();
    let table = fs::read_to_string(table).unwrap();
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains(";kwelder;"), "{table}");
}

#[test]
fn a_name_that_is_erased_is_nowhere_and_the_trail_still_holds() {
    let program = indexed();
    let make = |login: &str, name: &str, role: &str| {
        let arguments = ["gebruiker", "maak", login, "--naam", name, "--rol", role];
        program.run_with_input(&arguments, b"lang genoeg ww\n").ok();
    };
    make("q.qoezel", "Qoezel Xim", "regisseur");
    make("gea", "Gea", "beheerder-autorisatie");
    let server = Server::start(&program, &["serve", "--adres", "127.0.0.1:0"]);
    let login = json!({"inlognaam": "q.qoezel", "wachtwoord": "lang genoeg ww"});
    assert_eq!(server.post_json("/v1/sessies", &login).status, 204);
    let done = program
        .run(&[
            "gebruiker",
            "vergeet",
            "q.qoezel",
            "--reden",
            "Verzoek van Qoezel Xim",
        ])
        .ok();
    assert!(done.out.contains("persoon 1"), "{}", done.out);
    assert_eq!(server.post_json("/v1/sessies", &login).status, 401);
    drop(server);
    let line = &program
        .run(&["audit", "lees", "--json", "--actie", "persoon.vergeten"])
        .ok()
        .lines()[0];
    assert_eq!(text(line, "toelichting"), "Verzoek van persoon 1");
    let session = &program
        .run(&[
            "audit",
            "lees",
            "--json",
            "--actie",
            "sessie.geopend",
            "--resultaat",
            "gelukt",
        ])
        .ok()
        .lines()[0];
    assert_eq!(text(session, "naam"), "persoon 1");
    program.run(&["audit", "controleer"]).ok();
    for entry in fs::read_dir(program.state()).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            for name in ["Qoezel", "q.qoezel"] {
                let found = bytes
                    .windows(name.len())
                    .any(|part| part == name.as_bytes());
                assert!(!found, "{name} is in {}", entry.path().display());
            }
        }
    }
    // Refusals on the command line are in the trail as well: no reason,
    program
        .run(&["gebruiker", "vergeet", "gea", "--reden", " "])
        .code(1);
    // and the last who manages accounts.
    program.run(&["gebruiker", "uit", "gea"]).code(1);
    let refused = program
        .run(&[
            "audit",
            "lees",
            "--json",
            "--resultaat",
            "geweigerd",
            "--actie",
            "opdracht",
        ])
        .ok();
    assert_eq!(refused.lines().len(), 2);
    assert!(number(&refused.lines()[0], "nummer") > 0);
}
