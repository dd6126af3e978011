//! As a regisseur I can trust that what we found stays while the case is open, whatever happens to the drive; and as a
//! beheerder I can carry out an order to remove a document so that nothing of it is left.
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
use zv_tests::program::{Answer, Program, adds_up, number, text};
use zv_tests::server::{Response, Server};
use zv_tests::zaak::{Office, bron, listing, ok};

const FILES: usize = 30;

fn run(office: &Office) -> Answer {
    office.program.index_with(office.archive.path(), &[])
}

fn file(office: &Office, at: usize) -> PathBuf {
    let path = format!("dozen/{}/stuk {at}.txt", at % 20);
    office.archive.path().join(path)
}

/// Records a round in which "kwelder" (every tenth file) is searched.
fn round(office: &Office, server: &Server) {
    ok(
        office.post(server, "rondes", &json!({"tekst": "Alles over de kwelder"})),
        201,
    );
    let number = office.search(server, "kwelder");
    let put = office.post(server, &format!("zoekacties/{number}/ronde"), &Value::Null);
    assert!((200..300).contains(&put.status), "{}", put.body);
}

fn gone(office: &Office, server: &Server) -> usize {
    let list = office.read(server, "verdwenen-documenten");
    list["documenten"].as_array().unwrap().len()
}

#[test]
fn what_a_round_of_an_open_case_found_stays_when_its_file_goes() {
    let office = Office::new(FILES);
    let server = office.serve();
    round(&office, &server);
    let (found, other) = (file(&office, 10), file(&office, 11));
    let kept = fs::read(&found).unwrap();
    fs::remove_file(&found).unwrap();
    fs::remove_file(&other).unwrap();
    let account = run(&office).ok().json();
    assert_eq!(
        (
            number(&account, "verdwenen"),
            number(&account, "verwijderd")
        ),
        (1, 1),
        "{account:#}"
    );
    adds_up(&account, FILES as u64 - 2);
    let hits = office.program.search("kwelder");
    assert_eq!(number(&hits, "totaal"), 3);
    let marked = hits["resultaten"].as_array().unwrap().iter();
    let marked: Vec<&Value> = marked.filter(|hit| hit["verdwenen"].is_string()).collect();
    assert_eq!(marked.len(), 1, "{hits:#}");
    assert_eq!(text(marked[0], "pad"), "dozen/10/stuk 10.txt");
    // Who leads the case is warned, once, and sees it on the pages.
    assert_eq!(gone(&office, &server), 1);
    let page = server.get(&format!("/zaken/{}", office.zaak)).body;
    assert!(page.contains("uit de bron verdwenen"), "{page}");
    let document = text(marked[0], "id");
    let page = server
        .get(&format!("/document/{document}?zaak={}", office.zaak))
        .body;
    assert!(page.contains("niet meer in de bron"), "{page}");
    let again = run(&office).ok().json();
    assert_eq!(
        (number(&again, "verdwenen"), number(&again, "verwijderd")),
        (1, 0)
    );
    let trail = office.program.run(&["audit", "lees", "--json"]).ok().out;
    assert_eq!(
        trail.matches("zaak.documenten-verdwenen").count(),
        1,
        "{trail}"
    );

    // It comes back: nothing says any more that it is gone.
    fs::write(&found, kept).unwrap();
    let back = run(&office).ok().json();
    assert_eq!(number(&back, "verdwenen"), 0, "{back:#}");
    assert_eq!(gone(&office, &server), 0);
    let hits = office.program.search("kwelder").to_string();
    assert!(!hits.contains("verdwenen"), "{hits}");
}

#[test]
fn what_a_round_of_an_open_case_found_stays_when_its_file_changes() {
    let office = Office::new(FILES);
    let server = office.serve();
    round(&office, &server);
    fs::write(file(&office, 10), "Over iets heel anders.").unwrap();
    fs::write(file(&office, 11), "Ook over iets anders.").unwrap();
    let account = run(&office).ok().json();
    assert_eq!(number(&account, "verdwenen"), 1, "{account:#}");
    assert_eq!(number(&account, "documenten"), FILES as u64 + 1);
    let hits = office.program.search("kwelder");
    assert_eq!(number(&hits, "totaal"), 3);
    let marked = hits["resultaten"].as_array().unwrap().iter();
    let marked: Vec<&Value> = marked.filter(|hit| hit["verdwenen"].is_string()).collect();
    assert_eq!(marked.len(), 1, "{hits:#}");
    // Who leads the case is warned, and can read what it was and what it became.
    assert_eq!(gone(&office, &server), 1);
    let earlier = text(marked[0], "id");
    let body = ok(server.get(&format!("/v1/documenten/{earlier}")), 200);
    let now = text(&body, "eerdere_inhoud_van");
    for (id, says) in [(&earlier, "eerdere inhoud"), (&now, "stuk 10")] {
        let page = server
            .get(&format!("/document/{id}?zaak={}", office.zaak))
            .body;
        assert!(page.contains(says), "{page}");
    }
    // While a recorded list cannot be read, whatever stood in a file stays.
    let list = listing(&office.program.state().join("uitkomsten"));
    let whole = fs::read(&list[0]).unwrap();
    fs::write(&list[0], [0; 96]).unwrap();
    fs::write(file(&office, 12), "Ook dit is anders.").unwrap();
    let account = run(&office).ok().json();
    assert_eq!(number(&account, "verdwenen"), 2, "{account:#}");
    let warned = account["waarschuwingen"].to_string();
    assert!(warned.contains("blijft bewaard"), "{account:#}");
    assert_eq!(office.program.total("dossierstuk"), FILES as u64 - 1);
    fs::write(&list[0], whole).unwrap();
    let account = run(&office).ok().json();
    assert_eq!(
        number(&account, "documenten"),
        FILES as u64 + 1,
        "{account:#}"
    );
    assert_eq!(office.program.total("dossierstuk"), FILES as u64 - 2);
}

#[test]
fn when_it_is_not_known_what_cases_hold_nothing_is_removed() {
    let office = Office::new(FILES);
    let server = office.serve();
    round(&office, &server);
    let list = listing(&office.program.state().join("uitkomsten"));
    let whole = fs::read(&list[0]).unwrap();
    fs::remove_file(file(&office, 11)).unwrap();
    for broken in [&whole[..whole.len() - 1], &[0; 96]] {
        fs::write(&list[0], broken).unwrap();
        let account = run(&office).code(3).json();
        assert_eq!(number(&account, "ingehouden"), 1, "{account:#}");
        assert!(
            account["waarschuwingen"]
                .to_string()
                .contains("niets uit de index gehaald"),
            "{account:#}"
        );
    }
    fs::remove_file(&list[0]).unwrap();
    run(&office).code(3);
    assert_eq!(office.program.total("dossierstuk"), FILES as u64);
    // Nor when the database is away.
    drop(server);
    let database = office.program.state().join("toestand.db");
    let away = database.with_extension("weg");
    fs::rename(&database, &away).unwrap();
    let refused = run(&office).code(1);
    assert!(refused.err.contains("toestand.db"), "{}", refused.err);
    fs::rename(&away, &database).unwrap();
    fs::write(&list[0], whole).unwrap();
    let account = run(&office).ok().json();
    assert_eq!(number(&account, "verwijderd"), 1);
}

#[test]
fn after_the_case_is_closed_what_is_gone_goes() {
    let office = Office::new(FILES);
    let server = office.serve();
    round(&office, &server);
    fs::remove_file(file(&office, 10)).unwrap();
    assert_eq!(number(&run(&office).ok().json(), "verdwenen"), 1);
    let plan = json!({"gezien": 0, "inhoud": {"begrippen": [], "niet_doorzocht": [],
        "bronnen": [bron(&office, &server)]}});
    ok(office.post(&server, "zoekplannen", &plan), 201);
    ok(
        office.post(&server, "rondes/_sluit", &json!({"tekst": "Niets gemist"})),
        200,
    );
    let closed = office.post(&server, "_sluit", &Value::Null);
    assert!((200..300).contains(&closed.status), "{}", closed.body);
    let account = run(&office).ok().json();
    assert_eq!(
        (
            number(&account, "verdwenen"),
            number(&account, "verwijderd")
        ),
        (0, 1),
        "{account:#}"
    );
    assert_eq!(office.program.total("kwelder"), 2);
}

/// Files of the state in which these letters stand.
fn with(program: &Program, letters: &str) -> Vec<String> {
    let state = program.state();
    let all = listing(&state).into_iter();
    all.filter(|path| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes
            .windows(letters.len())
            .any(|part| part == letters.as_bytes())
    })
    .map(|path| path.strip_prefix(&state).unwrap().display().to_string())
    .collect()
}

/// Found nowhere else, also not by half of it.
const WORD: &str = "qzvxjwkquf";

#[test]
fn what_is_gone_from_the_source_leaves_the_disk() {
    let office = Office::new(FILES);
    put(office.archive.path(), "geheim.html", page());
    run(&office).ok();
    let before = with(&office.program, WORD);
    assert!(
        before.iter().any(|file| file.starts_with("teksten/")),
        "{before:?}"
    );
    assert!(
        before.iter().any(|file| file.starts_with("index/")),
        "{before:?}"
    );
    fs::remove_file(office.archive.path().join("geheim.html")).unwrap();
    assert_eq!(number(&run(&office).ok().json(), "verwijderd"), 1);
    assert_eq!(with(&office.program, WORD), [] as [String; 0]);
    assert!(is_rewritten(&office.program));
}

/// A document with the word in its text and, as it is stored with the index, in its title.
fn page() -> String {
    format!("<html><head><title>Over {WORD}</title></head><body>Hier staat {WORD}.</body></html>")
}

/// Whether no part of the index holds documents that were deleted.
fn is_rewritten(program: &Program) -> bool {
    let index = program.state().join("index");
    let name = fs::read_to_string(index.join("HUIDIG")).unwrap();
    let meta = fs::read(index.join(name).join("meta.json")).unwrap();
    let meta: Value = serde_json::from_slice(&meta).unwrap();
    let segments = meta["segments"].as_array().unwrap().iter();
    segments
        .map(|segment| &segment["deletes"])
        .all(Value::is_null)
}

fn order(server: &Server, documents: &[String]) -> Response {
    let body = json!({"grond": "avg", "kenmerk": "AVG-2026-7", "documenten": documents});
    server.post_json("/v1/verwijderopdrachten", &body)
}

#[test]
fn an_order_to_remove_leaves_nothing_and_nothing_comes_back() {
    let office = Office::new(FILES);
    let root = office.archive.path();
    put(root, "map/een.html", page());
    put(root, "elders/zelfde.html", page());
    run(&office).ok();
    // An index from before holds it too.
    office.program.run(&["index", "--opnieuw"]).ok();
    let server = office.serve();
    // A list that somebody is paging through, and the id of the document, without the word on record.
    let address = office.question(&server, "pad:map");
    let hits = ok(server.get(&format!("{address}/resultaten?aantal=1")), 200);
    let document = text(&hits["resultaten"][0], "id");
    assert!(with(&office.program, WORD).len() > 2);

    let id = number(
        &ok(order(&server, std::slice::from_ref(&document)), 201),
        "id",
    );
    let path = format!("/v1/verwijderopdrachten/{id}");
    let proposed = ok(server.get(&path), 200);
    // The copy goes too.
    assert_eq!(
        proposed["documenten"].as_array().unwrap().len(),
        2,
        "{proposed}"
    );
    assert_eq!(text(&proposed, "stand"), "voorgesteld");
    ok(
        server.post_json(&format!("{path}/_bevestig"), &Value::Null),
        204,
    );
    wait_for(
        "the order to be carried out",
        Duration::from_secs(60),
        || text(&ok(server.get(&path), 200), "stand") == "uitgevoerd",
    );
    assert_eq!(with(&office.program, WORD), [] as [String; 0]);
    assert_eq!(
        server.get(&format!("/v1/documenten/{document}")).status,
        404
    );
    assert_eq!(
        number(
            &ok(server.get(&format!("{address}/resultaten")), 200),
            "totaal"
        ),
        0
    );
    let twice = server.post_json(&format!("{path}/_bevestig"), &Value::Null);
    assert_eq!(twice.status, 422, "{}", twice.body);

    // The files are still there, one of them under another name; neither comes back.
    fs::rename(root.join("map/een.html"), root.join("map/anders.html")).unwrap();
    for _ in 0..2 {
        let account = run(&office).ok().json();
        adds_up(&account, FILES as u64 + 2);
        assert_eq!(number(&account, "overgeslagen"), 2, "{account:#}");
        assert_eq!(with(&office.program, WORD), [] as [String; 0]);
    }
    // Another text at the same place is another document: that is not missed.
    put(root, "map/anders.html", "Een pimpelmees.\n");
    run(&office).ok();
    assert_eq!(office.program.total("pimpelmees"), 1);
    office.program.run(&["index", "--opnieuw"]).ok();
    assert_eq!(office.program.total(WORD), 0);
}

#[test]
fn a_document_that_a_case_holds_goes_only_by_an_order_that_somebody_else_confirms() {
    let office = Office::new(FILES);
    let server = office.serve();
    round(&office, &server);
    let hits = office.program.search("\"stuk 10\" OF \"dossierstuk 10\"");
    let document = text(&hits["resultaten"][0], "id");
    fs::remove_file(file(&office, 10)).unwrap();
    run(&office).ok();
    let wrong = order(&server, &["00".repeat(16)]);
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    let id = number(&ok(order(&server, &[document]), 201), "id");
    let path = format!("/v1/verwijderopdrachten/{id}");
    // With accounts, who proposed it does not decide.
    let made = [
        "gebruiker",
        "maak",
        "els",
        "--naam",
        "Els",
        "--rol",
        "regisseur",
    ];
    office
        .program
        .run_with_input(&made, b"een heel lang wachtwoord\n")
        .ok();
    let mine = office
        .program
        .run(&["bron", "bevestig-verwijdering", &id.to_string()])
        .code(1);
    assert!(mine.err.contains("een ander"), "{}", mine.err);
    let login = json!({"inlognaam": "els", "wachtwoord": "een heel lang wachtwoord"});
    let session = server.post_json("/v1/sessies", &login);
    let cookie = session
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let host = server.host();
    let headers = [("Host", &*host), ("Cookie", &*cookie)];
    let confirmed = server.send("POST", &format!("{path}/_bevestig"), &headers, b"");
    assert_eq!(confirmed.status, 204, "{}", confirmed.body);
    let stand = || server.send("GET", &path, &headers, b"").json()["stand"].clone();
    wait_for(
        "the order to be carried out",
        Duration::from_secs(60),
        || stand() == "uitgevoerd",
    );
    let account = run(&office).ok().json();
    assert_eq!(
        (
            number(&account, "documenten"),
            number(&account, "verdwenen")
        ),
        (FILES as u64 - 1, 0)
    );
    let trail = office.program.run(&["audit", "lees", "--json"]).ok().out;
    for act in [
        "verwijdering.voorgesteld",
        "verwijdering.bevestigd",
        "verwijdering.uitgevoerd",
        "zaak.document-verwijderd",
    ] {
        assert!(trail.contains(act), "{act}: {trail}");
    }
    office.sound();
}

/// How far an order is, as its record says.
fn stand(server: &Server, path: &str) -> String {
    text(&ok(server.get(path), 200), "stand")
}

#[test]
fn an_order_that_was_cut_off_is_carried_out_wholly_after_the_next_start() {
    let office = Office::new(FILES);
    let root = office.archive.path();
    let (mut cut, mut rounds) = (0, 0);
    // Earlier and later in the work: the power goes at any moment.
    for wait in [0, 100, 300, 800, 2_000] {
        rounds += 1;
        // Other bytes each time: what was ordered away does not come back.
        let page = format!("{}<!-- {wait} -->", page());
        put(root, &format!("map/{wait}.html"), &page);
        put(root, &format!("elders/{wait}.html"), &page);
        run(&office).ok();
        office.program.run(&["index", "--opnieuw"]).ok();
        let server = office.serve();
        let hits = office.program.search("pad:map");
        let document = text(&hits["resultaten"][0], "id");
        let id = number(&ok(order(&server, &[document]), 201), "id");
        let path = format!("/v1/verwijderopdrachten/{id}");
        ok(
            server.post_json(&format!("{path}/_bevestig"), &Value::Null),
            204,
        );
        std::thread::sleep(Duration::from_millis(wait));
        cut += usize::from(stand(&server, &path) != "uitgevoerd");
        // With the child that does it.
        drop(server);

        let server = office.serve();
        wait_for(
            "the order after the next start",
            Duration::from_secs(60),
            || stand(&server, &path) == "uitgevoerd",
        );
        assert_eq!(
            with(&office.program, WORD),
            [] as [String; 0],
            "after {wait} ms"
        );
        assert_eq!(office.program.total("dossierstuk"), FILES as u64);
        drop(server);
        office.sound();
        let trail = office
            .program
            .run(&["audit", "lees", "--json", "--max", "1000"])
            .ok();
        let order = id.to_string();
        let done = trail
            .lines()
            .into_iter()
            .filter(|line| line["actie"] == "verwijdering.uitgevoerd" && line["object"] == *order);
        assert_eq!(done.count(), 1, "recorded once");
        office.program.run(&["index", "--bevestig"]);
        fs::remove_dir_all(root.join("map")).unwrap();
        fs::remove_dir_all(root.join("elders")).unwrap();
    }
    println!("{cut} of {rounds} orders were cut off");
    assert!(cut > 0, "no order was cut off");
}
