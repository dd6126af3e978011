//! As a Woo-jurist I lose power, or my colleague judges the same document at the same moment. What was answered is
//! there, what was not is there whole or not at all, the audit trail tells exactly what is there, and starting again
//! says what it found unfinished.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zv_tests::archive::{Numbers, put};
use zv_tests::process::wait_for;
use zv_tests::program::{Program, number, text};
use zv_tests::server::{Asked, Response, Server};

const FILES: usize = 2_000;
/// What starting says when it finds work that was not done.
const UNFINISHED: &str = "takes up work that was left";

/// An indexed archive with a case in it, on a computer without accounts.
struct Office {
    program: Program,
    archive: TempDir,
    zaak: String,
}

impl Office {
    fn new(files: usize) -> Office {
        let archive = tempfile::tempdir().unwrap();
        for at in 0..files {
            put(archive.path(), &format!("dozen/{}/stuk {at}.txt", at % 20), content(at));
        }
        let program = Program::new();
        program.index(archive.path());
        let mut office = Office {
            program,
            archive,
            zaak: String::new(),
        };
        let intake = json!({"nummer": "2026-1", "soort": "woo-verzoek", "titel": "De kwelder", "ontvangen": "2026-01-05"});
        let opened = ok(office.serve().post_json("/v1/zaken", &intake), 201);
        office.zaak = text(&opened, "id");
        office
    }

    fn serve(&self) -> Server {
        Server::start(&self.program, &["serve", "--adres", "127.0.0.1:0"])
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/zaken/{}/{rest}", self.zaak)
    }

    fn read(&self, server: &Server, rest: &str) -> Value {
        ok(server.get(&self.path(rest)), 200)
    }

    fn post(&self, server: &Server, rest: &str, body: &Value) -> Response {
        server.post_json(&self.path(rest), body)
    }

    fn ask(&self, server: &Server, rest: &str, body: &Value) -> Asked {
        let headers = [
            ("Host", &*server.host()),
            ("Content-Type", "application/json"),
        ];
        server.ask("POST", &self.path(rest), &headers, body.to_string().as_bytes())
    }

    fn acties(&self, server: &Server) -> Vec<Value> {
        self.read(server, "zoekacties")["zoekacties"].as_array().unwrap().clone()
    }

    /// Stores a question and gives its address.
    fn question(&self, server: &Server, words: &str) -> String {
        let body = json!({"vraag": words, "zaak": self.zaak});
        let answer = server.post_json("/v1/zoekopdrachten", &body);
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }

    /// Searches, waits until that is counted, and gives the number of the zoekactie.
    fn search(&self, server: &Server, words: &str) -> u64 {
        ok(server.get(&self.question(server, words)), 200);
        self.wait_until_counted(server);
        number(self.acties(server).last().unwrap(), "nummer")
    }

    fn wait_until_counted(&self, server: &Server) {
        wait_for("the counts", Duration::from_secs(60), || {
            self.acties(server).iter().all(|actie| !actie["telling"].is_null())
        });
    }

    /// Follows the audit trail, which must be sound; gives the number of its records.
    fn sound(&self) -> u64 {
        number(&self.program.run(&["audit", "controleer", "--json"]).ok().json(), "regels")
    }

    /// What lies in the state folder apart from the index, the texts and the databases.
    fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let state = self.program.state();
        for path in listing(&state) {
            let name = path.strip_prefix(&state).unwrap().display().to_string();
            let known = ["index/", "teksten/", "toestand.db", "audit.db"];
            if !known.iter().any(|known| name.starts_with(known)) {
                found.insert(name);
            }
        }
        found
    }
}

fn content(at: usize) -> String {
    let rare = if at % 10 == 0 { "kwelder" } else { "polder" };
    format!("Dossierstuk {at} over de {rare}. Het college besluit op de aanvraag van bewoner {at}.\n")
}

fn ok(answer: Response, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(listing(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

/// Moments within and just after something that takes `whole` when nothing disturbs it.
struct Moments {
    numbers: Numbers,
    whole: Duration,
}

impl Moments {
    fn new(seed: u64, whole: Duration) -> Moments {
        Moments {
            numbers: Numbers::new(seed),
            whole,
        }
    }

    /// Waits for one, and kills the server.
    fn kill(&mut self, server: Server) {
        let part = self.numbers.below(1200) as f64 / 1000.0;
        std::thread::sleep(self.whole.mul_f64(part));
        drop(server);
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// How many documents have each value.
fn values(office: &Office, server: &Server) -> BTreeMap<String, u64> {
    let list = office.read(server, "schiftingen?aantal=1");
    let counts = list["aantallen"].as_array().unwrap();
    let pair = |count: &Value| (text(count, "waarde"), number(count, "aantal"));
    counts.iter().map(pair).filter(|(_, count)| *count > 0).collect()
}

fn all(zoekactie: u64, waarde: &str, count: usize) -> Value {
    json!({
        "doel": {"soort": "zoekactie", "zoekactie": zoekactie}, "schifting": {"waarde": waarde}, "aantal": count,
        "gezien": 0, "overschrijven": true,
    })
}

#[test]
fn a_whole_result_set_is_judged_or_not_whenever_the_power_goes() {
    let office = Office::new(FILES);
    let mut server = office.serve();
    let actie = office.search(&server, "dossierstuk");
    let first = all(actie, "twijfel", FILES);
    let (answer, whole) = timed(|| office.post(&server, "schiftingen", &first));
    assert_eq!(number(&ok(answer, 201), "aantal"), FILES as u64);
    let mut moments = Moments::new(5, whole);
    drop(server);
    let mut records = office.sound();
    let mut holds = "twijfel";
    let (mut before, mut after, mut answered) = (0, 0, 0);
    for round in 0..20 {
        let wanted = ["reeds-openbaar", "twijfel"][usize::from(holds == "reeds-openbaar")];
        server = office.serve();
        let asked = office.ask(&server, "schiftingen", &all(actie, wanted, FILES));
        moments.kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        let found = values(&office, &server);
        let done = found.contains_key(wanted);
        let now = if done { wanted } else { holds };
        let expected = BTreeMap::from([(now.to_owned(), FILES as u64)]);
        assert_eq!(found, expected, "round {round}: half judged");
        assert_eq!(added, u64::from(done), "round {round}: the trail tells something else");
        if let Some(answer) = answer {
            ok(answer, 201);
            assert!(done, "round {round}: what was answered is gone");
            answered += 1;
        }
        drop(server);
        (before, after) = (before + u64::from(!done), after + u64::from(done));
        (records, holds) = (records + added, now);
    }
    println!("bulk ({whole:?}): 20 kills, {before} before, {after} after of which {answered} answered");
    assert!(before > 0 && after > 0, "all kills fell on one side");
}

#[test]
fn originals_found_relevant_are_all_kept_whenever_the_power_goes() {
    let office = Office::new(600);
    let mut server = office.serve();
    let actie = office.search(&server, "dossierstuk");
    ok(office.post(&server, "schiftingen", &all(actie, "relevant", 600)), 201);
    let kept = |server: &Server| {
        office.read(server, "veiligstellingen")["veiligstellingen"].as_array().unwrap().clone()
    };
    let mut moments = Moments::new(8, Duration::from_millis(400));
    let (mut kills, mut told) = (0, 0);
    while kept(&server).len() < 600 && kills < 8 {
        moments.kill(server);
        kills += 1;
        office.sound();
        server = office.serve();
        told += u64::from(server.log().contains(UNFINISHED));
    }
    wait_for("the copies", Duration::from_secs(60), || kept(&server).len() == 600);
    assert!(kept(&server).iter().all(|one| one["reden"].is_null()));
    println!("copies: {kills} kills, {told} starts told of unfinished work");
    assert!(kills > 1 && told > 0, "{kills} kills, {told} told");
    let folder = office.program.state().join("veiliggesteld");
    let copies: BTreeSet<String> = listing(&folder)
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(listing(&folder).len(), 600, "something was left lying about");
    assert_eq!(copies, (0..600).map(content).collect());
    drop(server);
    office.sound();
}

#[test]
fn an_export_is_recorded_whole_or_leaves_nothing_whenever_the_power_goes() {
    let office = Office::new(FILES);
    let mut server = office.serve();
    let actie = office.search(&server, "dossierstuk");
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
    let (mut before, mut after, mut answered) = (0, 0, 0);
    for round in 0..20 {
        let kind = kinds[round % 4];
        server = office.serve();
        let asked = ask(&server, kind);
        moments.get_mut(kind).unwrap().kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        assert_eq!(office.files(), clean, "round {round}: something was left lying about");
        let list = office.read(&server, "uitvoer");
        let list = list.as_array().unwrap();
        let done = list.len() > known;
        assert_eq!(list.len(), known + usize::from(done));
        assert_eq!(added, u64::from(done), "round {round}: the trail tells something else");
        if done {
            assert!(text(&list[0], "soort").contains(kind), "{}", list[0]);
            if kind == "csv" {
                assert_eq!(text(&list[0], "sha256"), hash, "round {round}: half a list was recorded");
            }
        }
        if let Some(answer) = answer {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert!(done, "round {round}: this left the program without a record");
            answered += 1;
        }
        drop(server);
        (before, after) = (before + u64::from(!done), after + u64::from(done));
        (records, known) = (records + added, list.len());
    }
    println!("exports: 20 kills, {before} before, {after} after of which {answered} were sent whole");
    assert!(before > 0 && after > 0, "all kills fell on one side");
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
    let ((), whole) = timed(|| {
        office.search(&server, words);
    });
    let mut moments = Moments::new(3, whole);
    let (mut records, mut known, mut told) = (0, 1, 0);
    let (mut before, mut after) = (0, 0);
    for round in 0..12 {
        let address = office.question(&server, &format!("{words} {round}"));
        drop(server);
        records = records.max(office.sound());
        server = office.serve();
        let asked = server.ask("GET", &address, &[("Host", &server.host())], b"");
        moments.kill(server);
        let answer = asked.answer();
        let recorded = office.sound() - records;
        server = office.serve();
        let unfinished = server.log().contains(UNFINISHED);
        told += u64::from(unfinished);
        let acties = office.acties(&server);
        let done = acties.len() > known;
        assert_eq!(acties.len(), known + usize::from(done));
        assert!(done || answer.is_none(), "round {round}: an answer that nobody can account for");
        assert!(recorded <= 2 && (recorded > 0) == done, "round {round}: {recorded} records");
        assert_eq!(unfinished, recorded == 1, "round {round}: the log tells something else");
        office.wait_until_counted(&server);
        for actie in office.acties(&server) {
            assert!(actie["telling"]["gemist"].is_null(), "{actie}");
            let per_bron = actie["telling"]["per_bron"].as_object().unwrap();
            let counted: u64 = per_bron.values().map(|count| count.as_u64().unwrap()).sum();
            assert_eq!(counted, number(&actie["verslag"], "totaal"), "{actie}");
        }
        (before, after, known) = (before + u64::from(!done), after + u64::from(done), acties.len());
    }
    drop(server);
    office.sound();
    println!("searches ({whole:?}): 12 kills, {before} before, {after} after of which {told} uncounted");
    assert!(before > 0 && after > 0 && told > 0, "all kills fell on one side");
    assert_eq!(listing(&office.program.state().join("uitkomsten")).len(), known);
}

#[test]
fn a_search_that_cannot_be_counted_any_more_says_why() {
    let office = Office::new(FILES);
    let words = "dossierstuk college aanvraag bewoner polder kwelder besluit over";
    for round in 0..20 {
        let server = office.serve();
        ok(server.get(&office.question(&server, &format!("{words} {round}"))), 200);
        // At once: what was answered has not been counted yet.
        drop(server);
        put(office.archive.path(), &format!("later/stuk {round}.txt"), "Een dossierstuk van later.");
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
    ok(office.post(&server, "zoekplannen", &json!({"gezien": 0, "inhoud": plan})), 201);
    let (mut before, mut after, mut open) = (0, 0, false);
    let mut moments = Moments::new(4, Duration::from_millis(30));
    for round in 0..20 {
        if !open {
            ok(office.post(&server, "rondes", &json!({"tekst": "Alles over de kwelder"})), 201);
            let nummer = office.search(&server, &format!("kwelder OF polder OF {round}"));
            ok(office.post(&server, &format!("zoekacties/{nummer}/_in-ronde"), &json!({})), 200);
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
        assert_eq!(added, u64::from(done), "round {round}: the trail tells something else");
        if let Some(answer) = answer {
            ok(answer, 200);
            assert!(done, "round {round}: what was answered is gone");
        }
        open = !done;
        (before, after) = (before + u64::from(!done), after + u64::from(done));
    }
    println!("rounds: 20 kills, {before} before, {after} after");
    assert!(before > 0 && after > 0, "all kills fell on one side");
    if open {
        ok(office.post(&server, "rondes/_sluit", &json!({"tekst": "Niets gemist"})), 200);
    }
    drop(server);
    cases_are_closed_or_open(&office, &mut moments);
}

fn cases_are_closed_or_open(office: &Office, moments: &mut Moments) {
    let (mut before, mut after) = (0, 0);
    for round in 0..10 {
        let records = office.sound();
        let mut server = office.serve();
        let asked = office.ask(&server, "_sluit", &json!({}));
        moments.kill(server);
        let answer = asked.answer();
        let added = office.sound() - records;
        server = office.serve();
        let zaak = ok(server.get(&format!("/v1/zaken/{}", office.zaak)), 200);
        let done = !zaak["gesloten"].is_null();
        assert_eq!(added, u64::from(done), "round {round}: the trail tells something else");
        assert!(done || answer.is_none(), "round {round}: what was answered is gone");
        if done {
            ok(office.post(&server, "_heropen", &json!({"reden": "Bezwaar"})), 204);
        }
        (before, after) = (before + u64::from(!done), after + u64::from(done));
    }
    println!("cases: 10 kills, {before} before, {after} after");
    office.sound();
}

/// The only source of the archive.
fn bron(office: &Office, server: &Server) -> String {
    let address = office.question(server, "");
    let found = ok(server.get(&format!("{address}/resultaten?aantal=1")), 200);
    text(&found["resultaten"][0], "bron")
}
