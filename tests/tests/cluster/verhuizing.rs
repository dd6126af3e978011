//! The index moves to the cluster and back: no source is read, everything is found as before, and nobody searches the one
//! that was.

use crate::huis::{Huis, nodes};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use zv_tests::archive::{fill, put};
use zv_tests::program::{Program, number};

/// Questions of which everything must stay as it is.
const QUESTIONS: [&str; 6] = [
    "",
    "vergunning OF besluit",
    "\"de vergunning\"",
    "verg* NIET besluit",
    "(vergunning OF besluit) NEAR/5 gemeente",
    "binnen:alinea(vergunning EN gemeente)",
];

/// What each question finds; in which order is for each engine to say.
fn found(program: &Program) -> BTreeMap<&'static str, BTreeSet<String>> {
    let each = QUESTIONS.into_iter();
    each.map(|question| (question, program.paths(question).into_iter().collect()))
        .collect()
}

#[test]
fn an_index_moves_to_a_cluster_and_back_without_reading_its_sources() {
    let (huis, folder) = (Huis::new(), tempfile::tempdir().unwrap());
    let root = folder.path().join("archief");
    fill(&root, 11, 60);
    let program = Program::new();
    huis.set(&program, "ingebouwd", 0, &nodes());
    program.index(&root);
    let before = found(&program);
    assert!(before.values().filter(|paths| !paths.is_empty()).count() > 2);

    // The sources are away: nothing can be read.
    let away = folder.path().join("weg");
    fs::rename(&root, &away).unwrap();
    let moved = program.run(&["index", "--verplaats", "opensearch", "--json"]);
    let moved = moved.ok().json();
    assert_eq!(moved["overgezet"]["without_text"], 0);
    assert_eq!(number(&moved, "zoekacties"), QUESTIONS.len() as u64);
    let documents = moved["overgezet"]["documents"].as_u64().unwrap();
    assert_eq!(documents, before[""].len() as u64);
    // Until the settings say so too nobody searches what may be old by now.
    let refused = program.run(&["zoek", "vergunning"]).code(2);
    assert!(refused.err.contains("opensearch"), "{}", refused.err);
    huis.set(&program, "opensearch", 0, &nodes());
    assert_eq!(found(&program), before);

    // It goes on there: nothing is read again, and what is new is found.
    fs::rename(&away, &root).unwrap();
    put(&root, "nieuw.txt", "Een vergunning voor de gemeente.");
    let account = program.index(&root);
    assert_eq!(
        (number(&account, "nieuw"), number(&account, "gewijzigd")),
        (1, 0)
    );
    let later = found(&program);
    assert_eq!(later[""].len(), before[""].len() + 1);
    let again = program.run(&["index", "--opnieuw", "--json"]).ok().json();
    assert_eq!(number(&again, "documents"), later[""].len() as u64);
    assert_eq!(found(&program), later);
    program.run(&["index", "--bevestig"]).ok();

    // Somebody's index is never written over.
    let taken = program.run(&["index", "--verplaats", "opensearch"]).code(1);
    assert!(taken.err.contains("al in"), "{}", taken.err);
    let back = program.run(&["index", "--verplaats", "ingebouwd", "--json"]);
    let back = back.ok().json();
    assert!(number(&back, "zoekacties") > QUESTIONS.len() as u64);
    huis.set(&program, "ingebouwd", 0, &nodes());
    assert_eq!(found(&program), later);
    let account = program.index(&root);
    assert_eq!(
        (number(&account, "nieuw"), number(&account, "gewijzigd")),
        (0, 0)
    );
    let taken = program.run(&["index", "--verplaats", "opensearch"]).code(1);
    assert!(
        taken.err.contains("al een index met deze naam"),
        "{}",
        taken.err
    );
}
