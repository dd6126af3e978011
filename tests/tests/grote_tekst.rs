//! As an information specialist I have one text of 200 MB, such as a log or an export. All of it can be found, down to
//! its last word, without asking for a larger machine.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;
use zv_tests::archive::{Numbers, text as words};
use zv_tests::process::Watch;
use zv_tests::program::{Program, adds_up, number, text};
use zv_tests::server::Server;

const BYTES: u64 = 200_000_000;
const MEMORY: u64 = 2_000_000_000;

#[test]
fn a_text_of_200_mb_is_searchable_to_its_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let size = write(&folder.path().join("export.txt"));
    let program = Program::new();

    let begun = Instant::now();
    let mut run = program.start(&["index", folder.path().to_str().unwrap()]);
    let watch = Watch::new(run.id());
    let status = run.wait().unwrap();
    let (indexing, peak) = (begun.elapsed(), watch.peak());
    println!(
        "indexing {size} bytes took {indexing:?} and {} MB",
        peak / 1_000_000
    );
    assert!(status.success(), "{status}");
    assert!(peak < MEMORY, "indexing took {peak} bytes of memory");

    let begun = Instant::now();
    let mut command = program.command(&["zoek", "slotakkoord", "--json"]);
    let search = command.stdout(Stdio::piped()).spawn().unwrap();
    let watch = Watch::new(search.id());
    let output = search.wait_with_output().unwrap();
    let peak = watch.peak();
    println!(
        "the search took {:?} and {} MB",
        begun.elapsed(),
        peak / 1_000_000
    );
    assert!(peak < MEMORY, "the search took {peak} bytes of memory");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&found, "totaal"), 1);
    let fragment = &found["resultaten"][0]["fragmenten"][0];
    let shown: Vec<char> = text(fragment, "tekst").chars().collect();
    let hit = &fragment["treffers"][0];
    let (from, to) = (number(hit, "van"), number(hit, "tot"));
    let marked: String = shown[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()]
        .iter()
        .collect();
    assert_eq!(
        marked, "slotakkoord",
        "the last word is not the one that is highlighted"
    );
    // Only counted: to show where they stand would cost the same once more.
    for question in [
        "beginakkoord",
        "\"precies halverwege\"",
        "akkoord NIET slotakkoord",
    ] {
        let answer = program.search_with(question, &["--max", "0"]);
        assert_eq!(
            number(&answer, "totaal"),
            u64::from(!question.contains("NIET")),
            "{question}"
        );
    }

    // In the browser the last hit is on a page of its own.
    let server = Server::start(&program, &["serve", "--adres", "127.0.0.1:0"]);
    let watch = Watch::new(server.pid());
    let begun = Instant::now();
    let page = search_page(&server, "slotakkoord");
    println!(
        "the document page took {:?} and {} MB",
        begun.elapsed(),
        watch.peak() / 1_000_000
    );
    assert!(page.contains("<mark>slotakkoord</mark>"), "{:.3000}", page);

    let again = program.index(folder.path());
    adds_up(&again, 1);
    assert_eq!(
        (
            number(&again, "ongewijzigd"),
            number(&again, "gedeeltelijk")
        ),
        (1, 0),
        "{again:#}"
    );
}

/// Writes the text and gives its size.
fn write(path: &Path) -> u64 {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut numbers = Numbers::new(200);
    out.write_all(b"Het beginakkoord staat vooraan.\n").unwrap();
    let mut written = 0;
    let mut halfway = false;
    while written < BYTES {
        // A block comes a few times, as lines in exports do; every block has a number of its own.
        let block = words(&mut numbers, 2000);
        for _ in 0..8 {
            let line = format!("regel{}\n", numbers.below(1_000_000));
            out.write_all(line.as_bytes()).unwrap();
            out.write_all(block.as_bytes()).unwrap();
            written += (line.len() + block.len()) as u64;
        }
        if !halfway && written > BYTES / 2 {
            halfway = true;
            out.write_all(b"\nDit is precies halverwege.\n").unwrap();
        }
    }
    out.write_all(b"\nEn dit is het slotakkoord").unwrap();
    out.flush().unwrap();
    written
}

/// The page of the first document that a search finds, at its first hit.
fn search_page(server: &Server, question: &str) -> String {
    let host = server.host();
    let origin = format!("http://{host}");
    let headers = [
        ("Host", &*host),
        ("Origin", &*origin),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let answer = server.send(
        "POST",
        "/zoek",
        &headers,
        format!("vraag={question}").as_bytes(),
    );
    assert_eq!(answer.status, 303);
    let list = server.get(answer.header("location")).body;
    let link = list
        .split("<h3><a href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let page = server.get(&link).body;
    if page.contains("<mark>") && page.contains("class=\"treffer\"") {
        return page;
    }
    let bar = page
        .split("class=\"trefferbalk\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no hits on {page:.3000}"));
    let first = bar
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    server.get(first.split('#').next().unwrap()).body
}
