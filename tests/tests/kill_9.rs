//! As a keeper of archives I lose power at any moment. Starting again gives the index that one undisturbed run would
//! have given: no document lost, none double, and nothing left lying about.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};
use zv_tests::archive::{Numbers, WORDS, count_files, file, fill, put};
use zv_tests::process::{kill_tree, tree, wait_for};
use zv_tests::program::{Program, adds_up, number, text};

const FILES: usize = 1500;
const KILLS: usize = 30;

#[test]
fn thirty_kills_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archief");
    fill(&root, 11, FILES);
    // How long an undisturbed run takes here and now: kills must fall within it.
    let whole = {
        let begun = Instant::now();
        often_committing().index(&root);
        begun.elapsed()
    };
    let program = often_committing();
    let mut numbers = Numbers::new(2026);
    let mut next = FILES;
    let (mut kills, mut ended) = (0, 0);
    while kills < KILLS {
        let mut run = program.start(&["index", root.to_str().unwrap(), "--json"]);
        std::thread::sleep(whole.mul_f64(numbers.below(200) as f64 / 1000.0));
        let over = run.try_wait().unwrap().is_some();
        match (over, kills % 2) {
            (true, _) => ended += 1,
            (false, 0) => kill_tree(&mut run),
            (false, _) => kill_alone(&mut run),
        }
        kills += usize::from(!over);
        assert!(
            ended < 3 * KILLS,
            "{ended} runs were over before they could be killed"
        );
        // Enough to do for the next run, even if this one came to its end.
        change(&root, &mut numbers, &mut next, 400);
    }
    println!(
        "{kills} kills, {ended} runs that were over before; an undisturbed run takes {whole:?}"
    );

    let files = count_files(&root);
    let account = program.index(&root);
    adds_up(&account, files);
    let again = program.index(&root);
    adds_up(&again, files);
    assert_eq!(
        (number(&again, "ongewijzigd"), number(&again, "bytes")),
        (files, 0),
        "{again:#}"
    );
    let spool = program.state().join("spool");
    assert!(
        listing(&spool).is_empty(),
        "left in the spool: {:?}",
        listing(&spool)
    );

    let fresh = often_committing();
    let undisturbed = fresh.index(&root);
    assert_eq!(
        number(&account, "documenten"),
        number(&undisturbed, "documenten")
    );
    let (ours, theirs) = (documents(&program), documents(&fresh));
    assert_eq!(
        ours.len() as u64,
        number(&account, "documenten"),
        "a place comes twice"
    );
    assert_eq!(ours, theirs);
    assert_eq!(totals(&program), totals(&fresh));
    assert_eq!(texts(&program), texts(&fresh), "the stored texts differ");
}

/// A program that commits every second, so that kills fall between commits as well as before the first.
fn often_committing() -> Program {
    let program = Program::new();
    fs::create_dir_all(program.state()).unwrap();
    let settings = "[inlezen]\neerste_vastlegging_seconden = 1\nvastlegging_seconden = 1\n";
    fs::write(program.state().join("zoekenvind.toml"), settings).unwrap();
    program
}

/// Kills only the run itself; its readers must see that and go.
fn kill_alone(run: &mut Child) {
    let all = tree(run.id());
    run.kill().unwrap();
    run.wait().unwrap();
    let gone = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.is_empty()
            || stat
                .rsplit(')')
                .next()
                .is_some_and(|rest| rest.trim_start().starts_with('Z'))
    };
    wait_for(
        "the readers to end after their run",
        Duration::from_secs(10),
        || all.iter().all(gone),
    );
}

/// What people do between two runs: edit, move, delete, add.
fn change(root: &Path, numbers: &mut Numbers, next: &mut usize, edits: usize) {
    let files = listing(root);
    let mut some = || files[numbers.below(files.len())].clone();
    for _ in 0..edits {
        let path = some();
        if path
            .extension()
            .is_some_and(|kind| kind == "txt" || kind == "md")
            && path.exists()
        {
            let more = format!(
                "{}\nAangevuld na overleg: brandgang.",
                fs::read_to_string(&path).unwrap()
            );
            fs::write(path, more).unwrap();
        }
    }
    for turn in 0..2 {
        let path = some();
        if path.exists() {
            let moved = root.join(format!(
                "verplaatst/{next} {turn} {}",
                path.file_name().unwrap().display()
            ));
            fs::create_dir_all(moved.parent().unwrap()).unwrap();
            fs::rename(path, moved).unwrap();
        }
    }
    let gone = some();
    if gone.exists() {
        fs::remove_file(gone).unwrap();
    }
    for _ in 0..5 {
        let (path, bytes) = file(numbers, *next);
        put(root, &path, bytes);
        *next += 1;
    }
}

/// All files below `folder`, in order.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(listing(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

/// Every document by its place, without what may differ: the id of a moved document tells where it was first seen.
fn documents(program: &Program) -> BTreeMap<String, Value> {
    let answers = program
        .run_with_input(
            &["zoek", "--lijst", "-", "--json", "--max", "1000000"],
            b"\n",
        )
        .ok()
        .lines();
    let hits = answers[0]["resultaten"].as_array().unwrap().clone();
    assert_eq!(hits.len() as u64, number(&answers[0], "totaal"));
    let described = |mut hit: Value| {
        let object = hit.as_object_mut().unwrap();
        object.remove("id");
        object.remove("score");
        (text(&hit, "pad"), hit)
    };
    hits.into_iter().map(described).collect()
}

/// How many documents each word finds.
fn totals(program: &Program) -> Vec<u64> {
    let mut questions: Vec<String> = WORDS.iter().map(|word| format!("\"{word}\"")).collect();
    questions.extend(
        [
            "brandgang",
            "kwelder",
            "molenaar",
            "bezwaar subsidie",
            "pad:verplaatst",
            "type:eml",
        ]
        .map(str::to_owned),
    );
    let list = questions.join("\n");
    let answers = program
        .run_with_input(
            &["zoek", "--lijst", "-", "--json", "--max", "0"],
            list.as_bytes(),
        )
        .ok()
        .lines();
    answers
        .iter()
        .map(|answer| number(answer, "totaal"))
        .collect()
}

/// The stored texts: name (which is a hash of the document's bytes) and content.
fn texts(program: &Program) -> BTreeSet<(String, Vec<u8>)> {
    let folder = program.state().join("teksten");
    let described = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        (name, fs::read(&path).unwrap())
    };
    listing(&folder).into_iter().map(described).collect()
}
