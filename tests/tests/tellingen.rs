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
use tempfile::TempDir;
use zv_tests::archive::fill;
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

#[test]
fn totals_of_words_agree_with_a_scan_of_the_texts() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 7, 300);
    let sample = sample(folder.path(), usize::MAX);
    let found = check(folder.path(), &sample, WORDS);
    assert!(
        found.iter().all(|&count| count > 0),
        "a word that is nowhere proves nothing: {found:?}"
    );
    assert!(
        found.iter().any(|&count| count < 20) && found.iter().any(|&count| count > 200),
        "{found:?}"
    );
}

#[test]
fn totals_agree_in_a_real_archive_too() {
    // Where that archive lies is a matter of the machine; without one, the test above says what it can.
    let Some(corpus) = std::env::var_os("ZOEKENVIND_CORPUS") else {
        return;
    };
    let sample = sample(Path::new(&corpus), 400);
    let found = check(
        &sample.1,
        &sample,
        &[
            "vergunning",
            "besluit",
            "gemeente",
            "openbaarheid",
            "subsidie",
            "minister",
        ],
    );
    assert!(
        found.iter().filter(|&&count| count > 0).count() >= 5,
        "{found:?}"
    );
}

type Sample = (Option<TempDir>, PathBuf, Vec<PathBuf>);

/// At most `most` files of an archive, evenly spread; a part of it is copied, the whole is used where it lies.
fn sample(root: &Path, most: usize) -> Sample {
    let mut files = Vec::new();
    list(root, &mut files);
    files.sort();
    if files.len() <= most {
        return (None, root.to_owned(), files);
    }
    let folder = tempfile::tempdir().unwrap();
    let step = files.len().div_ceil(most);
    let mut copies = Vec::new();
    for file in files.iter().step_by(step) {
        let copy = folder.path().join(file.strip_prefix(root).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(file, &copy).unwrap();
        copies.push(copy);
    }
    let path = folder.path().to_owned();
    (Some(folder), path, copies)
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

/// Compares the totals of `words` and gives them.
fn check(root: &Path, sample: &Sample, words: &[&str]) -> Vec<u64> {
    let program = Program::new();
    let account = program.index(root);
    adds_up(&account, sample.2.len() as u64);
    let documents = read_all(&program, &sample.2);
    assert_eq!(
        number(&account, "documenten"),
        documents.len() as u64 - skipped(&account),
        "{account:#}"
    );
    let count = |word: &&str| {
        let question = format!("tekst:\"{word}\"");
        let scanned = documents
            .iter()
            .filter(|document| holds(document, word))
            .count() as u64;
        let found = program.total(&format!("\"{word}\""));
        assert_eq!(found, scanned, "{question}");
        found
    };
    words.iter().map(count).collect()
}

fn skipped(account: &Value) -> u64 {
    number(account, "overgeslagen")
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
