//! As a Woo-jurist I work with others on one case, and an auditor believes our trail. Who judges the same document at
//! the same moment loses nothing without being told, and a trail that was put back or cut is not believed.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::fs;
use std::sync::Barrier;
use zv_tests::archive::Numbers;
use zv_tests::program::{Program, number, text};
use zv_tests::server::{Response, Server};
use zv_tests::zaak::{Office, bron, intake, listing, ok};

/// Somebody who is logged in.
struct Person {
    id: String,
    naam: &'static str,
    cookie: String,
}

impl Person {
    fn new(
        program: &Program,
        server: &Server,
        login: &str,
        naam: &'static str,
        rol: &str,
    ) -> Person {
        let password = "een heel lang wachtwoord";
        let made = ["gebruiker", "maak", login, "--naam", naam, "--rol", rol];
        let made = program
            .run_with_input(&made, format!("{password}\n").as_bytes())
            .ok();
        let id = made
            .out
            .rsplit_once('(')
            .unwrap()
            .1
            .trim_end()
            .trim_end_matches(')');
        let inlog = json!({"inlognaam": login, "wachtwoord": password});
        let session = server.post_json("/v1/sessies", &inlog);
        assert_eq!(session.status, 204, "{}", session.body);
        Person {
            id: id.to_owned(),
            naam,
            cookie: session
                .header("set-cookie")
                .split(';')
                .next()
                .unwrap()
                .to_owned(),
        }
    }

    fn send(&self, server: &Server, method: &str, path: &str, body: &Value) -> Response {
        let headers = [
            ("Host", &*server.host()),
            ("Content-Type", "application/json"),
            ("Cookie", &self.cookie),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        server.send(method, path, &headers, body.as_bytes())
    }
}

/// What people do to one document at the same moment, and how it is refused.
struct Kind {
    address: &'static str,
    body: fn(document: &str, gezien: u64, turn: usize) -> Value,
}

const KINDS: [Kind; 2] = [
    Kind {
        address: "schiftingen",
        body: |document, gezien, turn| {
            let waarde = ["relevant", "twijfel"][turn];
            let doel = json!({"soort": "document", "document": document});
            json!({"doel": doel, "gezien": gezien, "schifting": {"waarde": waarde}})
        },
    },
    Kind {
        address: "schiftingen",
        body: |document, gezien, turn| {
            let waarde = ["relevant", "twijfel"][turn];
            let doel = json!({"soort": "selectie", "documenten": [document]});
            json!({"doel": doel, "gezien": gezien, "aantal": 1, "schifting": {"waarde": waarde}})
        },
    },
];

#[test]
fn of_two_people_who_judge_one_document_at_once_nobody_loses_work_silently() {
    let mut office = Office::without_case(50);
    office.zaak = "lokaal".to_owned();
    let server = office.serve();
    let bron = bron(&office, &server);
    let found = office.question(&server, "dossierstuk");
    let found = ok(server.get(&format!("{found}/resultaten?aantal=50")), 200);
    let documents: Vec<String> = found["resultaten"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| text(hit, "id"))
        .collect();
    assert_eq!(documents.len(), 50);
    let person = |login, naam, rol| Person::new(&office.program, &server, login, naam, rol);
    let regi = person("regi", "Regi Visser", "regisseur");
    let els = person("els", "Els van Dam", "woo-jurist");
    let jan = person("jan", "Jan Bakker", "informatiespecialist");
    let vera = person("vera", "Vera Mol", "beheerder-autorisatie");
    let opened = ok(regi.send(&server, "POST", "/v1/zaken", &intake()), 201);
    office.zaak = text(&opened, "id");
    for member in [&els, &jan] {
        ok(
            regi.send(
                &server,
                "POST",
                &office.path("leden"),
                &json!({"account": member.id}),
            ),
            204,
        );
    }
    let grant = json!({
        "aan": [els.id, jan.id], "doel": "Het verzoek", "bronnen": [bron], "van": "2000-01-01", "tot": "2999-12-31",
    });
    ok(
        vera.send(&server, "POST", &office.path("machtigingen"), &grant),
        201,
    );

    let (both, start) = ([&els, &jan], Barrier::new(2));
    let mut won = [0, 0];
    for (round, document) in documents.iter().enumerate() {
        let kind = &KINDS[round % KINDS.len()];
        let send = |turn: usize| {
            start.wait();
            let body = (kind.body)(document, 0, turn);
            both[turn].send(&server, "POST", &office.path(kind.address), &body)
        };
        let answers = std::thread::scope(|scope| {
            [0, 1]
                .map(|turn| scope.spawn(move || send(turn)))
                .map(|thread| thread.join().unwrap())
        });
        let winner = usize::from(answers[0].status != 201);
        let loser = 1 - winner;
        let laatste = number(&ok_ref(&answers[winner], 201), "laatste");
        let why = text(&ok_ref(&answers[loser], 409), "detail");
        assert!(why.contains(both[winner].naam), "round {round}: {why}");
        let label = ["relevant", "twijfel"][winner];
        assert!(
            kind.address != "schiftingen" || round % 2 == 1 || why.contains(label),
            "round {round}: {why}"
        );
        let history = |count: usize| {
            let path = office.path(&format!("documenten/{document}/schiftingen"));
            let history = ok(els.send(&server, "GET", &path, &Value::Null), 200);
            let records = history["schiftingen"].as_array().unwrap().clone();
            assert_eq!(records.len(), count, "round {round}: {history}");
            records
        };
        let records = history(1);
        assert_eq!(text(&records[0], "naam"), both[winner].naam);
        assert_eq!(number(&records[0], "nummer"), laatste);
        assert_eq!(text(&records[0]["schifting"], "waarde"), label);
        // Who was too late has seen it now, and says it again.
        let again = (kind.body)(document, laatste, loser);
        ok(
            both[loser].send(&server, "POST", &office.path(kind.address), &again),
            201,
        );
        assert_eq!(text(&history(2)[0], "naam"), both[loser].naam);
        won[winner] += 1;
    }
    let judge = |turn: usize, document: &str| {
        start.wait();
        let oordeel = ["openbaar", "niet-openbaar"][turn];
        let body = json!({"document": document, "gezien": 0, "beoordeling": {"oordeel": oordeel}});
        both[turn].send(&server, "POST", &office.path("beoordelingen"), &body)
    };
    for document in documents.iter().take(20) {
        let judge = &judge;
        let answers = std::thread::scope(|scope| {
            [0, 1]
                .map(|turn| scope.spawn(move || judge(turn, document)))
                .map(|thread| thread.join().unwrap())
        });
        let winner = usize::from(answers[0].status != 201);
        let kept = ok_ref(&answers[winner], 201);
        assert_eq!(text(&kept, "naam"), both[winner].naam);
        let why = text(&ok_ref(&answers[1 - winner], 409), "detail");
        assert!(why.contains(both[winner].naam), "{why}");
    }
    println!(
        "at once: Els first {} times, Jan first {} times",
        won[0], won[1]
    );
    drop(server);
    office.sound();
}

fn ok_ref(answer: &Response, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.json()
}

#[test]
fn a_trail_that_was_put_back_or_cut_is_not_believed() {
    let office = Office::new(50);
    let state = office.program.state();
    let trail = state.join("audit.db");
    let search = |words: &str| {
        let server = office.serve();
        office.search(&server, words);
    };
    let told = |why: &str| {
        let answer = office.program.run(&["audit", "controleer"]).code(1);
        assert!(
            answer.out.contains(why) || answer.err.contains(why),
            "{}{}",
            answer.out,
            answer.err
        );
    };
    search("kwelder");
    // The last to close the databases leaves nothing beside them.
    let early = office.sound();
    let older = fs::read(&trail).unwrap();
    search("polder");
    assert!(office.sound() > early);
    let whole = fs::read(&trail).unwrap();
    assert_eq!(
        listing(&state)
            .iter()
            .filter(|path| path.to_string_lossy().contains("audit.db"))
            .count(),
        1
    );

    let put_back = |bytes: &[u8]| {
        for name in ["audit.db", "audit.db-wal", "audit.db-shm"] {
            let _ = fs::remove_file(state.join(name));
        }
        fs::write(&trail, bytes).unwrap();
    };
    put_back(&older);
    told("afgekapt");
    put_back(b"");
    told("afgekapt");
    let mut numbers = Numbers::new(9);
    for _ in 0..20 {
        // Behind that lies at most a page in which nothing stands.
        put_back(&whole[..1 + numbers.below(whole.len() - 4096)]);
        told("audit.db");
    }
    put_back(&whole);
    office.sound();

    // Work goes on over an older trail until that is longer than the one that was there: it is known all the same.
    put_back(&older);
    for words in ["besluit", "aanvraag", "bewoner"] {
        search(words);
    }
    told("regel");
}
