//! As an information specialist I point the program at a folder, see what became of every file, and find what is in
//! it. The folder is the demo archive, which holds what every network drive holds.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

#[path = "demo_archief/formaten.rs"]
mod formaten;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;
use zv_tests::archive::{count_files, fill, put};
use zv_tests::process::{kill_tree, wait_for};
use zv_tests::program::{Program, adds_up, number, text};
use zv_tests::server::Server;

/// The demo archive, and the program with an index of it.
struct Demo {
    folder: PathBuf,
    _writer: Program,
    indexed: Program,
    first: Value,
}

static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    let writer = Program::new();
    let folder = writer.demo();
    let indexed = Program::new();
    let first = indexed.index_with(&folder, &["--onleesbaar"]).ok().json();
    Demo {
        folder,
        _writer: writer,
        indexed,
        first,
    }
});

/// Entries that no skip rule passes over as a whole folder.
fn seen(folder: &Path) -> u64 {
    count_files(folder)
}

#[test]
fn the_account_adds_up_and_names_every_field() {
    let account = &DEMO.first;
    adds_up(account, seen(&DEMO.folder));
    for field in [
        "nieuw",
        "gewijzigd",
        "verplaatst",
        "ongewijzigd",
        "onleesbaar",
        "overgeslagen",
    ] {
        number(account, field);
    }
    for field in [
        "gezien",
        "verwijderd",
        "gedeeltelijk",
        "documenten",
        "bytes",
    ] {
        number(account, field);
    }
    assert!(account["seconden"].as_f64().unwrap() > 0.0);
    let children = &account["kinderen"];
    let children = number(children, "gelezen") + number(children, "onleesbaar");
    assert!(
        number(account, "nieuw") >= 60 && number(account, "onleesbaar") >= 2,
        "{account:#}"
    );
    assert_eq!(
        number(account, "verwijderd") + number(account, "ongewijzigd"),
        0
    );
    // Skipped files are accounted for, but they are no documents; unreadable ones are.
    let documents = number(account, "gezien") - number(account, "overgeslagen") + children;
    assert_eq!(number(account, "documenten"), documents, "{account:#}");
    assert_eq!(DEMO.indexed.total(""), documents);
}

#[test]
fn a_second_run_reads_nothing_again() {
    let program = Program::new();
    let first = program.index(&DEMO.folder);
    let second = program.index(&DEMO.folder);
    adds_up(&second, number(&first, "gezien"));
    for field in ["nieuw", "gewijzigd", "verplaatst", "verwijderd", "bytes"] {
        assert_eq!(number(&second, field), 0, "{field} in {second:#}");
    }
    for field in ["onleesbaar", "overgeslagen", "documenten", "gedeeltelijk"] {
        assert_eq!(number(&second, field), number(&first, field), "{field}");
    }
    assert_eq!(number(&second, "ongewijzigd"), number(&first, "nieuw"));
}

#[test]
fn unreadable_files_have_true_reasons_and_can_be_found() {
    let list = DEMO.first["onleesbare_bestanden"].as_array().unwrap();
    let reason_of = |part: &str| {
        let line = list.iter().find(|line| text(line, "pad").contains(part));
        text(
            line.unwrap_or_else(|| panic!("{part} is not in {list:#?}")),
            "reden",
        )
    };
    assert!(reason_of("(versleuteld).pdf").contains("wachtwoord"));
    assert!(reason_of("(beschadigd).docx").contains("beschadigd"));
    let scanned = DEMO.indexed.paths("\"turbines staan te dicht\"");
    assert!(
        scanned.iter().any(|path| path.ends_with("(scan).pdf")),
        "{scanned:?}"
    );
    let outer = list
        .iter()
        .filter(|line| line["onderdeel"] == false)
        .count() as u64;
    assert_eq!(outer, number(&DEMO.first, "onleesbaar"));

    let filter = ["--filter", "leesbaarheid=onleesbaar", "--max", "1000"];
    let all = DEMO.indexed.search_with("", &filter);
    let found: Vec<String> = all["resultaten"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| text(hit, "pad"))
        .collect();
    for line in list {
        assert!(found.contains(&text(line, "pad")), "{line} cannot be found");
    }
    let by_name = DEMO.indexed.paths("advies versleuteld");
    assert!(
        by_name
            .iter()
            .any(|path| path.ends_with("Advies advocaat (versleuteld).pdf")),
        "{by_name:?}"
    );
}

#[test]
fn what_lies_inside_mails_and_zips_is_found_with_its_place() {
    let zips = DEMO.indexed.paths("pad:zip");
    assert!(
        zips.iter().any(|path| path.matches("!/").count() == 2),
        "a zip in a zip: {zips:?}"
    );
    let mails = DEMO.indexed.paths("type:eml");
    let attached = |path: &String| {
        DEMO.indexed
            .paths("")
            .iter()
            .any(|other| other.starts_with(&format!("{path}!/")))
    };
    assert!(mails.iter().any(attached), "{mails:?}");
}

#[test]
fn every_document_gives_its_original_or_a_true_reason() {
    let server = Server::start(&DEMO.indexed, &["serve", "--adres", "127.0.0.1:0"]);
    let all = DEMO.indexed.search_with("", &["--max", "100000"]);
    let (mut given, mut wrong) = (BTreeMap::new(), Vec::new());
    for hit in all["resultaten"].as_array().unwrap() {
        let (id, path) = (text(hit, "id"), text(hit, "pad"));
        let outermost = path.split("!/").next().unwrap_or_default();
        let ending = outermost.rsplit('.').next().unwrap_or_default().to_owned();
        let answer = server.get(&format!("/v1/documenten/{id}/origineel"));
        let about: Value =
            serde_json::from_str(&server.get(&format!("/v1/documenten/{id}")).body).unwrap();
        let reason = about["reden"].as_str().unwrap_or_default();
        match answer.status {
            200 if path.contains("!/") => *given.entry(ending).or_insert(0) += 1,
            200 => {}
            // Only of what a password locks there are no bytes in this archive.
            404 if reason.contains("wachtwoord") && answer.body.contains(reason) => {}
            status => wrong.push(format!("{path}: {status} {} ({reason})", answer.body)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for container in ["pst", "mbox", "eml", "zip"] {
        assert!(given.contains_key(container), "{container}: {given:?}");
    }
}

#[test]
fn names_that_are_not_utf8_come_with_their_bytes() {
    let found = DEMO.indexed.search("terrasvergunning");
    let hits = found["resultaten"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit.get("pad_b64").is_some());
    let bytes = text(
        hit.unwrap_or_else(|| panic!("no pad_b64 in {hits:#?}")),
        "pad_b64",
    );
    // "Gedeeld/Oud/Notitie caf\xe9 De Brug.txt"
    assert_eq!(bytes, "R2VkZWVsZC9PdWQvTm90aXRpZSBjYWbpIERlIEJydWcudHh0");
}

#[test]
fn an_answer_has_the_promised_fields() {
    let facets = ["--facet", "soort", "--facet", "jaar", "--facet", "formaat"];
    let found = DEMO.indexed.search_with("vergunning OF besluit", &facets);
    assert!(number(&found, "totaal") > 3);
    assert_eq!(text(&found, "canoniek"), "vergunning OF besluit");
    let hits = found["resultaten"].as_array().unwrap();
    assert_eq!(
        hits.len(),
        10.min(usize::try_from(number(&found, "totaal")).unwrap())
    );
    let mut last = f64::INFINITY;
    for hit in hits {
        assert_eq!(text(hit, "id").len(), 32);
        text(hit, "pad");
        text(hit, "titel");
        let score = hit["score"].as_f64().unwrap();
        assert!(score <= last, "not in order of relevance");
        last = score;
        assert!(hit["fragmenten"].is_array());
    }
    for field in ["soort", "jaar", "formaat"] {
        let values = found["facetten"][field].as_array().unwrap();
        assert!(!values.is_empty(), "{field}");
    }
    // A filter on one value gives as many documents as its facet counted.
    let value = &found["facetten"]["formaat"][0];
    let (name, count) = (text(value, "waarde"), number(value, "aantal"));
    let narrowed = DEMO.indexed.search_with(
        "vergunning OF besluit",
        &["--filter", &format!("formaat={name}")],
    );
    assert_eq!(number(&narrowed, "totaal"), count);
}

#[test]
fn a_list_is_answered_line_by_line_and_goes_on_after_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(
        file.path(),
        "vergunning\nq2\tbesluit EN (vergunning\nderde\tbesluit\n",
    )
    .unwrap();
    let arguments = [
        "zoek",
        "--json",
        "--max",
        "2",
        "--lijst",
        file.path().to_str().unwrap(),
    ];
    let answers = DEMO.indexed.run(&arguments).ok().lines();
    assert_eq!(answers.len(), 3);
    assert_eq!(text(&answers[0], "id"), "1");
    assert_eq!(
        number(&answers[0], "totaal"),
        DEMO.indexed.total("vergunning")
    );
    assert!(answers[0]["resultaten"].as_array().unwrap().len() <= 2);
    assert_eq!(text(&answers[1], "id"), "q2");
    assert_eq!(number(&answers[1]["fout"], "positie"), 11, "{}", answers[1]);
    assert!(!text(&answers[1]["fout"], "melding").is_empty());
    assert_eq!(text(&answers[2], "id"), "derde");
    assert_eq!(number(&answers[2], "totaal"), DEMO.indexed.total("besluit"));

    let answer = DEMO
        .indexed
        .run_with_input(&["zoek", "-", "--json"], b"besluit\n")
        .ok()
        .json();
    assert_eq!(number(&answer, "totaal"), DEMO.indexed.total("besluit"));
}

#[test]
fn plain_language_finds_documents_with_any_of_the_words() {
    let any = DEMO.indexed.search_with(
        "Wat is er over de (vergunning NIET bekend?",
        &["--wijze", "een"],
    );
    assert!(number(&any, "totaal") >= DEMO.indexed.total("vergunning"));
}

#[test]
fn wrong_questions_and_arguments_end_with_code_2() {
    let answer = DEMO.indexed.run(&["zoek", "besluit EN"]).code(2);
    assert!(
        answer.out.is_empty() && !answer.err.is_empty(),
        "{answer:?}"
    );
    DEMO.indexed
        .run(&["zoek", "a", "--filter", "kleur=rood"])
        .code(2);
    DEMO.indexed.run(&["dansen"]).code(2);
}

#[test]
fn lees_shows_what_the_reader_makes_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "brief.txt",
        "Geachte heer,\n\nHierbij ontvangt u het besluit van 3 mei 2021.\n",
    );
    let file = folder.path().join("brief.txt");
    let read = DEMO
        .indexed
        .run(&["lees", "--json", file.to_str().unwrap()])
        .ok()
        .json();
    for field in ["soort", "titel", "status"] {
        text(&read, field);
    }
    assert_eq!(text(&read, "taal"), "nl");
    assert!(read["metadata"].is_array() || read["metadata"].is_object());
    assert!(
        read["paginas"][0]
            .as_str()
            .unwrap()
            .contains("Hierbij ontvangt u het besluit")
    );
    assert!(
        read["kinderen"].as_array().unwrap().is_empty() && read["reden"].is_null(),
        "{read:#}"
    );
}

#[test]
fn analyseer_gives_terms_with_positions_for_every_line() {
    let answers = DEMO
        .indexed
        .run_with_input(&["analyseer"], "Eén Woo-verzoek\n\nbesluiten\n".as_bytes())
        .ok()
        .lines();
    assert_eq!(answers.len(), 3);
    for answer in &answers {
        for stream in ["exact", "woordvorm", "deel"] {
            assert!(answer[stream].is_array(), "{answer}");
        }
    }
    let first = &answers[0]["exact"][0];
    assert_eq!(
        (text(first, "term"), number(first, "positie")),
        ("een".into(), 0)
    );
    assert_eq!((number(first, "van"), number(first, "tot")), (0, 3));
    assert_eq!(answers[1]["exact"].as_array().unwrap().len(), 0);
}

#[test]
fn a_second_run_on_the_same_state_is_refused_and_told_who_is_busy() {
    // A reader that hangs keeps the first run busy for as long as this test needs.
    let program = Program::new().with("ZOEKENVIND_TEST_LEZER", "1");
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "hangt.txt", "zv-proef hang\n");
    let mut busy = program.start(&["index", folder.path().to_str().unwrap()]);
    let lock = program.state().join("slot");
    let locked =
        || fs::read_to_string(&lock).is_ok_and(|text| text.starts_with(&format!("{} ", busy.id())));
    wait_for(
        "the first run to take the lock",
        Duration::from_secs(30),
        locked,
    );
    let answer = program.index_with(folder.path(), &[]).code(5);
    assert!(
        answer.err.contains(&busy.id().to_string()),
        "{}",
        answer.err
    );
    kill_tree(&mut busy);
}

#[test]
fn an_index_of_another_generation_is_refused_and_made_anew_without_the_source() {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("bron");
    for number in 0..30 {
        put(
            &source,
            &format!("map {}/brief {number}.txt", number % 3),
            format!("Brief {number} over de vergunning."),
        );
    }
    program.index(&source);
    let before = (program.total("vergunning"), program.paths("\"brief 17\""));
    assert_eq!(before.0, 30);
    age(&program.state());
    let answer = program.run(&["zoek", "vergunning"]).code(4);
    assert!(
        answer.err.contains("--opnieuw"),
        "the way out is not named: {}",
        answer.err
    );
    program.index_with(&source, &[]).code(4);

    // Out of reach: whatever comes back comes from the stored texts.
    let away = folder.path().join("losgekoppeld");
    fs::rename(&source, &away).unwrap();
    program.run(&["index", "--opnieuw"]).ok();
    assert_eq!(
        (program.total("vergunning"), program.paths("\"brief 17\"")),
        before
    );

    fs::rename(&away, &source).unwrap();
    let account = program.index(&source);
    adds_up(&account, 30);
    assert_eq!(number(&account, "ongewijzigd"), 30, "{account:#}");
}

#[test]
fn the_very_first_page_tells_that_the_index_is_not_whole_yet() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("bron");
    fill(&source, 4, 2_000);
    let program = Program::new();
    let server = Server::start(&program, &["start", source.to_str().unwrap()]);
    // The address is told before the run has begun: this is as early as a person can be.
    let page = server.get("/").body;
    assert!(page.contains("Nog niet volledig"), "{page}");
    wait_for("the end of the run", Duration::from_secs(120), || {
        !server.get("/").body.contains("Nog niet volledig")
    });
    assert!(!server.get("/").body.contains("<strong>0 documenten"));
}

/// Makes the index one that an older program could have written.
fn age(state: &Path) {
    let mut files = Vec::new();
    find(state, "meta.json", &mut files);
    assert!(!files.is_empty(), "no meta.json below {}", state.display());
    for file in files {
        let meta = fs::read_to_string(&file).unwrap();
        let older = meta.replace("\\\"analyzer\\\":\\\"", "\\\"analyzer\\\":\\\"ouder-");
        assert_ne!(meta, older, "no analyzer fingerprint in {}", file.display());
        fs::write(&file, older).unwrap();
    }
}

fn find(folder: &Path, name: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, name, found);
        } else if path.file_name().is_some_and(|own| own == name) {
            found.push(path);
        }
    }
}
