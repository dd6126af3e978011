//! As a Woo-jurist I lose power at any moment. What was answered is there, what was not is there whole or not at all,
//! the audit trail tells exactly what is there, and starting again says what it found unfinished.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;
use zv_tests::archive::put;
use zv_tests::process::wait_for;
use zv_tests::program::{number, text};
use zv_tests::server::Server;
use zv_tests::zaak::{Moments, Office, bron, content, listing, ok, timed};

const FILES: usize = 2_000;
/// Files that are judged at once: so many that they are written part by part.
const MANY: usize = 5_000;
/// What starting says when it finds work that was not done.
const UNFINISHED: &str = "takes up work that was left";
/// What it says then of a judgement on many documents that was under way: one part of it was written, or two.
const UNDONE: [&str; 2] = ["half_judgements_undone=2000", "half_judgements_undone=4000"];

/// How many documents have each value.
fn values(office: &Office, server: &Server) -> BTreeMap<String, u64> {
    let list = office.read(server, "schiftingen?aantal=1");
    let counts = list["aantallen"].as_array().unwrap();
    let pair = |count: &Value| (text(count, "waarde"), number(count, "aantal"));
    counts
        .iter()
        .map(pair)
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn all(zoekactie: u64, waarde: &str, count: usize) -> Value {
    let mut schifting = json!({"waarde": waarde});
    if waarde == "buiten-reikwijdte" {
        schifting["reden"] = json!("periode");
    }
    json!({
        "doel": {"soort": "zoekactie", "zoekactie": zoekactie}, "schifting": schifting, "aantal": count,
        "gezien": 0, "overschrijven": true,
    })
}

#[test]
fn a_whole_result_set_is_judged_or_not_whenever_the_power_goes() {
    let office = Office::new(MANY);
    let mut server = office.serve();
    let search = office.question(&server, "dossierstuk");
    let actie = office.search_at(&server, &search);
    let first = all(actie, "twijfel", MANY);
    let (answer, whole) = timed(|| office.post(&server, "schiftingen", &first));
    assert_eq!(number(&ok(answer, 201), "aantal"), MANY as u64);
    let mut moments = Moments::new(5, whole);
    drop(server);
    let mut records = office.sound();
    let mut holds = "twijfel";
    let (mut answered, mut undone) = (0, 0);
    for round in 0..20 {
        let wanted = if holds == "twijfel" {
            "buiten-reikwijdte"
        } else {
            "twijfel"
        };
        server = office.serve_warm(&search);
        let asked = office.ask(&server, "schiftingen", &all(actie, wanted, MANY));
        moments.kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        undone += u64::from(UNDONE.iter().any(|told| server.log().contains(told)));
        let found = values(&office, &server);
        let done = found.contains_key(wanted);
        let now = if done { wanted } else { holds };
        let expected = BTreeMap::from([(now.to_owned(), MANY as u64)]);
        assert_eq!(found, expected, "round {round}: half judged");
        assert_eq!(
            added,
            u64::from(done),
            "round {round}: the trail tells something else"
        );
        if let Some(answer) = answer {
            ok(answer, 201);
            assert!(done, "round {round}: what was answered is gone");
            answered += 1;
        }
        drop(server);
        moments.fell(done);
        (records, holds) = (records + added, now);
    }
    assert!(
        undone > 0,
        "no start told of a judgement that was under way"
    );
    moments.tell(&format!(
        "bulk ({whole:?}, {answered} answered, {undone} undone)"
    ));
}

#[test]
fn originals_found_relevant_are_all_kept_whenever_the_power_goes() {
    let office = Office::new(600);
    let mut server = office.serve();
    let actie = office.search(&server, "dossierstuk");
    ok(
        office.post(&server, "schiftingen", &all(actie, "relevant", 600)),
        201,
    );
    let kept = |server: &Server| {
        office.read(server, "veiligstellingen")["veiligstellingen"]
            .as_array()
            .unwrap()
            .clone()
    };
    let mut moments = Moments::new(8, Duration::from_millis(400));
    let (mut kills, mut told) = (0, 0);
    while kept(&server).len() < 600 && kills < 8 {
        moments.kill(server);
        kills += 1;
        office.sound();
        server = office.serve();
        kept(&server);
        told += u64::from(server.log().contains(UNFINISHED));
    }
    wait_for("the copies", Duration::from_secs(60), || {
        kept(&server).len() == 600
    });
    assert!(kept(&server).iter().all(|one| one["reden"].is_null()));
    println!("copies: {kills} kills, {told} starts told of unfinished work");
    assert!(kills > 1 && told > 0, "{kills} kills, {told} told");
    let folder = office.program.state().join("veiliggesteld");
    let copies: BTreeSet<String> = listing(&folder)
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(
        listing(&folder).len(),
        600,
        "something was left lying about"
    );
    assert_eq!(copies, (0..600).map(content).collect());
    drop(server);
    office.sound();
}

#[test]
fn an_export_is_recorded_whole_or_leaves_nothing_whenever_the_power_goes() {
    let office = Office::new(FILES);
    let mut server = office.serve();
    let search = office.question(&server, "dossierstuk");
    let actie = office.search_at(&server, &search);
    let kinds = ["csv", "xlsx", "ods", "bundel"];
    let ask = |server: &Server, kind: &str| match kind {
        "bundel" => office.ask(server, "bundels", &json!({})),
        vorm => {
            let wanted = json!({"zoekactie": actie, "profiel": "volledig-intern", "vorm": vorm});
            office.ask(server, "lijsten", &wanted)
        }
    };
    let mut moments = BTreeMap::new();
    let mut hash = String::new();
    for (seed, kind) in kinds.into_iter().enumerate() {
        let (answer, whole) = timed(|| ask(&server, kind).answer().unwrap());
        assert_eq!(answer.status, 200, "{}", answer.body);
        if kind == "csv" {
            hash = answer.header("uitvoer-sha256").to_owned();
        }
        moments.insert(kind, Moments::new(seed as u64, whole));
    }
    drop(server);
    let (clean, mut records, mut known) = (office.files(), office.sound(), kinds.len());
    let mut answered = 0;
    for round in 0..32 {
        let kind = kinds[round % 4];
        server = office.serve_warm(&search);
        let asked = ask(&server, kind);
        moments.get_mut(kind).unwrap().kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        assert_eq!(
            office.files(),
            clean,
            "round {round}: something was left lying about"
        );
        let list = office.read(&server, "uitvoer");
        let list = list.as_array().unwrap();
        let done = list.len() > known;
        assert_eq!(list.len(), known + usize::from(done));
        assert_eq!(
            added,
            u64::from(done),
            "round {round}: the trail tells something else"
        );
        if done {
            assert!(text(&list[0], "soort").contains(kind), "{}", list[0]);
            if kind == "csv" {
                assert_eq!(
                    text(&list[0], "sha256"),
                    hash,
                    "round {round}: half a list was recorded"
                );
            }
        }
        if let Some(answer) = answer {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert!(
                done,
                "round {round}: this left the program without a record"
            );
            answered += 1;
        }
        drop(server);
        moments.get_mut(kind).unwrap().fell(done);
        (records, known) = (records + added, list.len());
    }
    println!("exports: {answered} of 32 were sent whole before the kill");
    for (kind, moments) in moments {
        moments.tell(kind);
    }
    server = office.serve();
    for kind in kinds {
        assert_eq!(ask(&server, kind).answer().unwrap().status, 200, "{kind}");
    }
}

#[test]
fn a_search_is_recorded_and_counted_whenever_the_power_goes() {
    let office = Office::new(FILES);
    let words = "dossierstuk college aanvraag bewoner polder kwelder besluit over";
    let mut server = office.serve();
    let first = office.question(&server, words);
    let (answer, whole) = timed(|| server.get(&first));
    ok(answer, 200);
    office.wait_until_counted(&server);
    let mut moments = Moments::new(3, whole);
    let (mut records, mut known, mut told) = (0, 1, 0);
    for round in 0..16 {
        let address = office.question(&server, &format!("{words} {round}"));
        drop(server);
        records = records.max(office.sound());
        server = office.serve_warm(&first);
        let asked = server.ask("GET", &address, &[("Host", &server.host())], b"");
        let answer = if round % 2 == 0 {
            moments.kill(server);
            asked.answer()
        } else {
            // While it is counted.
            let answer = asked.answer();
            drop(server);
            answer
        };
        let recorded = office.sound() - records;
        server = office.serve();
        let acties = office.acties(&server);
        let unfinished = server.log().contains(UNFINISHED);
        told += u64::from(unfinished);
        let done = acties.len() > known;
        assert_eq!(acties.len(), known + usize::from(done));
        assert!(
            done || answer.is_none(),
            "round {round}: an answer that nobody can account for"
        );
        assert!(
            recorded <= 2 && (recorded > 0) == done,
            "round {round}: {recorded} records"
        );
        assert_eq!(
            unfinished,
            recorded == 1,
            "round {round}: the log tells something else"
        );
        office.wait_until_counted(&server);
        for actie in office.acties(&server) {
            assert!(actie["telling"]["gemist"].is_null(), "{actie}");
            let per_bron = actie["telling"]["per_bron"].as_object().unwrap();
            let counted: u64 = per_bron.values().map(|count| count.as_u64().unwrap()).sum();
            assert_eq!(counted, number(&actie["verslag"], "totaal"), "{actie}");
        }
        known = acties.len();
        if round % 2 == 0 {
            moments.fell(done);
        }
    }
    drop(server);
    office.sound();
    moments.tell(&format!(
        "searches ({whole:?}, {told} of 16 found uncounted)"
    ));
    assert!(told > 0, "every search was counted before the kill");
    assert_eq!(
        listing(&office.program.state().join("uitkomsten")).len(),
        known
    );
}

#[test]
fn a_search_that_cannot_be_counted_any_more_says_why() {
    let office = Office::new(FILES);
    let words = "dossierstuk college aanvraag bewoner polder kwelder besluit over";
    for round in 0..20 {
        let server = office.serve();
        ok(
            server.get(&office.question(&server, &format!("{words} {round}"))),
            200,
        );
        // At once: what was answered has not been counted yet.
        drop(server);
        put(
            office.archive.path(),
            &format!("later/stuk {round}.txt"),
            "Een dossierstuk van later.",
        );
        office.program.index(office.archive.path());
        let server = office.serve();
        office.wait_until_counted(&server);
        let last = office.acties(&server).pop().unwrap();
        drop(server);
        office.sound();
        if let Some(why) = last["telling"]["gemist"].as_str() {
            assert!(why.contains("index"), "{why}");
            return;
        }
    }
    panic!("every search was counted before the kill");
}

#[test]
fn a_round_and_a_case_are_closed_or_open_whenever_the_power_goes() {
    let office = Office::new(50);
    let mut server = office.serve();
    let plan = json!({"begrippen": [], "bronnen": [bron(&office, &server)], "niet_doorzocht": []});
    ok(
        office.post(
            &server,
            "zoekplannen",
            &json!({"gezien": 0, "inhoud": plan}),
        ),
        201,
    );
    let mut open = false;
    let mut moments = Moments::new(4, Duration::from_millis(30));
    for round in 0..20 {
        if !open {
            ok(
                office.post(
                    &server,
                    "rondes",
                    &json!({"tekst": "Alles over de kwelder"}),
                ),
                201,
            );
            let nummer = office.search(&server, &format!("kwelder OF polder OF {round}"));
            ok(
                office.post(&server, &format!("zoekacties/{nummer}/ronde"), &json!({})),
                200,
            );
        }
        drop(server);
        let records = office.sound();
        server = office.serve();
        let asked = office.ask(&server, "rondes/_sluit", &json!({"tekst": "Niets gemist"}));
        moments.kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        let rondes = office.read(&server, "rondes");
        let last = rondes["rondes"].as_array().unwrap().last().unwrap().clone();
        let done = !last["gesloten"].is_null();
        assert_eq!(last["conclusie"].is_null(), !done, "half closed: {last}");
        assert_eq!(
            added,
            u64::from(done),
            "round {round}: the trail tells something else"
        );
        if let Some(answer) = answer {
            ok(answer, 200);
            assert!(done, "round {round}: what was answered is gone");
        }
        open = !done;
        moments.fell(done);
    }
    moments.tell("rounds");
    if open {
        ok(
            office.post(&server, "rondes/_sluit", &json!({"tekst": "Niets gemist"})),
            200,
        );
    }
    drop(server);
    cases_are_closed_or_open(&office);
}

fn cases_are_closed_or_open(office: &Office) {
    let mut moments = Moments::new(6, Duration::from_millis(40));
    let mut kept_later = 0;
    for round in 0..16 {
        let records = office.sound();
        let mut server = office.serve();
        let asked = office.ask(&server, "_sluit", &json!({}));
        moments.kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        let zaak = ok(server.get(&format!("/v1/zaken/{}", office.zaak)), 200);
        let done = !zaak["gesloten"].is_null();
        // Closed, and then kept: two records, of which the start adds the second when the kill came in between.
        let whole = if done { 2 } else { 0 };
        assert!(
            added <= whole && (added > 0) == done,
            "round {round}: the trail tells something else: {added}"
        );
        drop(server);
        assert_eq!(
            office.sound() - records,
            whole,
            "round {round}: the trail is not whole after the start"
        );
        kept_later += u64::from(done && added == 1);
        assert!(
            done || answer.is_none(),
            "round {round}: what was answered is gone"
        );
        if answer.is_some() {
            assert_eq!(added, 2, "round {round}: answered before it was kept");
        }
        server = office.serve();
        if done {
            is_kept(office, &server);
            ok(
                office.post(&server, "_heropen", &json!({"reden": "Bezwaar"})),
                204,
            );
        }
        moments.fell(done);
    }
    println!("cases: {kept_later} were kept only at the next start");
    moments.tell("cases");
    office.sound();
}

/// Of the version that was just closed every file is there, as its hash says, and nothing else.
fn is_kept(office: &Office, server: &Server) {
    let versies = office.read(server, "versies");
    let last = versies["versies"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    let files = last["bestanden"].as_array().unwrap();
    assert!(files.len() >= 4, "{last}");
    let folder = office.program.state().join("versies").join(&office.zaak);
    let folder = folder.join(last["versie"].to_string());
    assert_eq!(
        listing(&folder).len(),
        files.len(),
        "something else lies about"
    );
    for file in files {
        let bytes = fs::read(folder.join(text(file, "naam"))).unwrap();
        assert_eq!(number(file, "bytes"), bytes.len() as u64);
        let path = format!(
            "/v1/zaken/{}/versies/{}/bestanden/{}",
            office.zaak,
            last["versie"],
            text(file, "naam")
        );
        // The server itself holds the file against its hash.
        assert_eq!(server.get(&path).status, 200, "{path}");
    }
}
