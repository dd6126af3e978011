//! As a Woo-jurist I put a number in a decision: so many documents hold this word. The number is checked here against
//! a plain scan of what `lees` makes of the same files, without the analyzers of the program. With `ZOEKENVIND_CORPUS`
//! the same is done with a real archive.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use zv_tests::archive::{count_files, fill};
use zv_tests::program::{Program, adds_up, number, text};

/// Words of letters only, so that what counts as a word is beyond dispute: whatever is no letter or digit parts them.
const WORDS: &[&str] = &[
    "vergunning",
    "besluit",
    "bezwaren",
    "zandbank",
    "kwelder",
    "stikstof",
    "molenaar",
    "de",
    "overleg",
];

/// More common ones, for a real archive.
const REAL: &[&str] = &[
    "vergunning",
    "besluit",
    "gemeente",
    "openbaarheid",
    "subsidie",
    "minister",
];

#[test]
fn totals_of_words_agree_with_a_scan_of_the_texts() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 7, 300);
    let found = check(folder.path(), WORDS);
    assert!(
        found.iter().all(|&count| count > 0),
        "a word that is nowhere proves nothing: {found:?}"
    );
    assert!(
        found.iter().any(|&count| count < 50) && found.iter().any(|&count| count > 200),
        "{found:?}"
    );

    // Where a real archive lies is a matter of the machine.
    if let Some(corpus) = std::env::var_os("ZOEKENVIND_CORPUS") {
        let found = check(Path::new(&corpus), REAL);
        println!("{REAL:?} in the real archive: {found:?}");
        assert!(
            found.iter().filter(|&&count| count > 0).count() >= 5,
            "{found:?}"
        );
    }
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            list(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// Compares the totals of `words` in the archive below `root`, and gives them.
fn check(root: &Path, words: &[&str]) -> Vec<u64> {
    let mut files = Vec::new();
    list(root, &mut files);
    let program = Program::new();
    let account = program.index(root);
    adds_up(&account, count_files(root));
    let documents = read_all(&program, &files);
    let known = number(&account, "documenten") + number(&account, "overgeslagen");
    assert_eq!(known, documents.len() as u64, "{account:#}");
    let count = |word: &&str| {
        let scanned = documents
            .iter()
            .filter(|document| holds(document, word))
            .count() as u64;
        let found = program.total(&format!("\"{word}\""));
        assert_eq!(found, scanned, "{word}");
        found
    };
    words.iter().map(count).collect()
}

/// What can be found of every document: its text, and the fields that are searched along with it.
fn read_all(program: &Program, files: &[PathBuf]) -> Vec<String> {
    let (next, documents) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let read = program
                .run(&["lees".as_ref(), "--json".as_ref(), file.as_os_str()])
                .ok()
                .json();
            collect(&read, &mut documents.lock().unwrap());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    documents.into_inner().unwrap()
}

fn collect(read: &Value, documents: &mut Vec<String>) {
    let mut all = text(read, "titel");
    for page in read["paginas"].as_array().unwrap() {
        all.push('\n');
        all.push_str(page.as_str().unwrap());
    }
    documents.push(all);
    for child in read["kinderen"].as_array().unwrap() {
        collect(child, documents);
    }
}

/// Whether `word` stands in `text`, apart from case.
fn holds(text: &str, word: &str) -> bool {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|other| other == word)
}
