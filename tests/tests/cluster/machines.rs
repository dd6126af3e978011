//! Two machines read their own sources into one index; one of them falls away in the middle, and the other one may go on with
//! its work.

use crate::huis::{Huis, nodes};
use std::time::{Duration, Instant};
use zv_tests::archive::{fill, mail, put};
use zv_tests::process::{kill_tree, wait_for};
use zv_tests::program::{adds_up, number};

#[test]
fn two_machines_read_into_one_index_and_neither_does_the_work_of_the_other() {
    let huis = Huis::new();
    let folder = tempfile::tempdir().unwrap();
    let (west, oost) = (folder.path().join("west"), folder.path().join("oost"));
    fill(&west, 21, 50);
    fill(&oost, 22, 50);
    // Copies, and an answer, across the machines.
    put(
        &west,
        "brief.txt",
        "De brief over het gemaal van Waterveen, in twee mappen.",
    );
    put(
        &oost,
        "kopie.txt",
        "De brief over het gemaal van Waterveen, in twee mappen.",
    );
    put(
        &west,
        "vraag.eml",
        mail("1@waterveen.nl", "Gemaal", "Wanneer komt het gemaal?", &[]),
    );
    put(
        &oost,
        "antwoord.eml",
        mail(
            "2@waterveen.nl",
            "RE: Gemaal",
            "Het gemaal komt in mei.",
            &[],
        ),
    );
    let (one, other) = (huis.machine(0, &nodes()), huis.machine(0, &nodes()));
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| one.index(&west));
        let second = scope.spawn(|| other.index(&oost));
        (first.join().unwrap(), second.join().unwrap())
    });
    adds_up(&first, 52);
    adds_up(&second, 52);
    let all = number(&first, "documenten") + number(&second, "documenten");
    for machine in [&one, &other] {
        assert_eq!(machine.total(""), all);
        // Who came last saw what the other had written.
        let together = machine.search_with("gemaal", &["--samenvoegen", "dubbel"]);
        assert_eq!(number(&together, "verborgen"), 1);
    }
}

#[test]
fn a_machine_that_falls_away_is_followed_up_by_another_and_nothing_is_lost_or_double() {
    let huis = Huis::new();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archief");
    // So many that it is still busy when the other one comes.
    fill(&root, 23, 3_000);
    let (one, other) = (huis.machine(0, &nodes()), huis.machine(0, &nodes()));
    let progress = one.state().join("runs/voortgang.json");
    let mut run = one.start(&["index", root.to_str().unwrap()]);
    wait_for("a part of it", Duration::from_secs(60), || {
        progress.is_file()
    });
    // While it lives nobody else reads this source.
    let busy = other.index_with(&root, &[]).code(1);
    assert!(busy.err.contains("wordt ingelezen op"), "{}", busy.err);
    kill_tree(&mut run);
    let since = Instant::now();
    let account = other.index(&root);
    println!("followed up after {} s", since.elapsed().as_secs());
    adds_up(&account, 3_000);
    assert_eq!(other.total(""), number(&account, "documenten"));
    let mut paths = other.paths("");
    let all = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), all);
}
