//! As a newcomer to this code I find every file to be what the house rules promise. What rustfmt and clippy check is
//! not checked again here.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use std::fs;
use std::path::{Path, PathBuf};

const LINES: usize = 600;
/// The one file where the operating system demands it.
const UNSAFE: &str = "indexer/src/worker/sandbox.rs";

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for room in [
        "analyzers",
        "shared",
        "indexer",
        "server",
        "tests",
        "benches",
    ] {
        collect(&root.join(room), &mut found);
    }
    assert!(found.len() > 50, "the sources are not where they should be");
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            if path
                .file_name()
                .is_none_or(|name| name != "target" && name != "node_modules")
            {
                collect(&path, found);
            }
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "mjs")
        {
            found.push(path);
        }
    }
}

#[track_caller]
fn none(what: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{what}:\n{}", broken.join("\n"));
}

#[test]
fn every_file_opens_by_saying_what_it_owns() {
    let broken = |(name, text): (String, String)| {
        let opening = if name.ends_with(".rs") { "//! " } else { "// " };
        (!text
            .trim_start_matches("#!/usr/bin/env node\n")
            .starts_with(opening))
        .then_some(name)
    };
    none(
        "without an opening",
        &sources().into_iter().filter_map(broken).collect::<Vec<_>>(),
    );
}

#[test]
fn no_file_is_too_long_to_read() {
    let broken = |(name, text): (String, String)| {
        let lines = text.lines().count();
        (lines > LINES).then(|| format!("{name}: {lines} lines"))
    };
    none(
        "too long",
        &sources().into_iter().filter_map(broken).collect::<Vec<_>>(),
    );
}

#[test]
fn unsafe_code_stands_in_one_file_only() {
    // Written apart, or this file would find itself.
    let words = [
        concat!("unsafe", " {"),
        concat!("unsafe", " fn"),
        concat!("unsafe", " impl"),
        concat!("allow(", "unsafe_code"),
    ];
    let broken = |(name, text): (String, String)| {
        (name != UNSAFE && words.iter().any(|word| text.contains(word))).then_some(name)
    };
    none(
        "unsafe code",
        &sources().into_iter().filter_map(broken).collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_for_later() {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    // VTODO is a word of calendars.
    let inside = |text: &str, at: usize| text[..at].ends_with(char::is_alphabetic);
    let broken = |(name, text): (String, String)| {
        let left = |word: &&str| text.match_indices(*word).any(|(at, _)| !inside(&text, at));
        words.iter().any(left).then_some(name)
    };
    none(
        "left for later",
        &sources().into_iter().filter_map(broken).collect::<Vec<_>>(),
    );
}
