//! A node dies while somebody searches and exports; the network is cut while a machine reads a source. What was promised is
//! there, what cannot be answered is an error, and the account of the run is true.

use crate::huis::{Huis, curl, knooppunten, nodes};
use serde_json::json;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zv_tests::archive::fill;
use zv_tests::process::wait_for;
use zv_tests::program::{adds_up, number};
use zv_tests::zaak::Office;

/// Documents that are exported.
const FILES: usize = 400;

/// Waits until every part of an index has its copies.
fn whole(huis: &Huis) {
    let path = format!(
        "/_cluster/health/{}-*?wait_for_status=green&timeout=120s",
        huis.name
    );
    let told = curl("GET", &path);
    assert!(told.contains("\"timed_out\":false"), "{told}");
}

#[test]
fn a_node_that_dies_costs_no_hit_and_no_row() {
    assert_eq!(nodes().len(), 3, "a cluster of three nodes");
    knooppunten(&["start", "3"]);
    let huis = Huis::new();
    let office = Office::with(huis.machine(1, &nodes()), FILES);
    whole(&huis);
    let server = office.serve();
    let actie = office.search(&server, "dossierstuk");
    let wanted = json!({"zoekactie": actie, "profiel": "volledig-intern", "vorm": "csv"});
    let rows = |body: &str| body.lines().filter(|line| line.contains("stuk ")).count();
    let answer = office.post(&server, "lijsten", &wanted);
    assert_eq!(
        (answer.status, rows(&answer.body)),
        (200, FILES),
        "{}",
        answer.body
    );

    let asked = office.ask(&server, "lijsten", &wanted);
    knooppunten(&["kill", "3"]);
    let answer = asked.answer().unwrap();
    // All of it, or a clear word; never a part of it.
    match answer.status {
        200 => assert_eq!(rows(&answer.body), FILES),
        status => assert!(
            status == 503 && answer.body.contains("cluster"),
            "{}",
            answer.body
        ),
    }
    let mut errors = 0;
    wait_for(
        "an answer without that node",
        Duration::from_secs(120),
        || {
            let found = server.get(&office.question(&server, "dossierstuk"));
            errors += u32::from(found.status != 200);
            found.status == 200 && number(&found.json(), "totaal") == FILES as u64
        },
    );
    println!("{errors} errors until the others had taken over");
    let answer = office.post(&server, "lijsten", &wanted);
    assert_eq!(
        (answer.status, rows(&answer.body)),
        (200, FILES),
        "{}",
        answer.body
    );
    // It is told, and goes over by itself.
    let stand = || ok(&server.get("/v1/generaties").body)["stand"]["cluster"].clone();
    assert!(
        stand()["melding"]
            .as_str()
            .unwrap()
            .contains("niet elke kopie"),
        "{}",
        stand()
    );
    knooppunten(&["start", "3"]);
    whole(&huis);
    assert!(stand()["melding"].is_null(), "{}", stand());
    assert_eq!(stand()["knooppunten"], 3);
}

fn ok(body: &str) -> serde_json::Value {
    serde_json::from_str(body).unwrap()
}

/// Leads from this computer to a node that lies in a network of its own.
fn forward(to: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let to = to.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for from in listener.incoming().flatten() {
            let Ok(there) = TcpStream::connect(&to) else {
                continue;
            };
            let back = (there.try_clone().unwrap(), from.try_clone().unwrap());
            std::thread::spawn(move || pass(from, there));
            std::thread::spawn(move || pass(back.0, back.1));
        }
    });
    here
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(count @ 1..) if to.write_all(&buffer[..count]).is_ok() => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => break,
        }
    }
    // It may be gone already.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn a_network_that_is_cut_loses_nothing_that_was_promised() {
    let netwerk = |arguments: &[&str]| {
        let mut script = Command::new("tests/cluster/netwerk");
        let script = script
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let output = script.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        String::from_utf8(output.stdout).unwrap()
    };
    let far = netwerk(&["start"]);
    let far: Vec<&str> = far.trim().split(',').collect();
    let near: Vec<String> = far.iter().map(|node| forward(node)).collect();
    let huis = Huis::new();
    let office = Office::with(huis.machine(1, &near[..2]), 50);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archief");
    fill(&root, 31, 300);
    let program = &office.program;
    let progress = program.state().join("runs/voortgang.json");
    let done = AtomicBool::new(false);
    let (account, good, bad) = std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let (mut good, mut bad) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let answer = program.run(&["zoek", "dossierstuk", "--json"]);
                match answer.succeeded() {
                    true => {
                        assert_eq!(number(&answer.json(), "totaal"), 50);
                        good += 1;
                    }
                    false => {
                        assert!(answer.err.contains("cluster"), "{}", answer.err);
                        bad += 1;
                    }
                }
            }
            (good, bad)
        });
        let reading = scope.spawn(|| program.index_with(&root, &[]));
        wait_for("a part of it", Duration::from_secs(60), || {
            progress.is_file()
        });
        netwerk(&["snij", "3"]);
        let account = reading.join().unwrap();
        done.store(true, Ordering::Relaxed);
        let (good, bad) = searching.join().unwrap();
        (account, good, bad)
    });
    println!("{good} answers and {bad} errors while the network was cut");
    // The side with most nodes goes on; a run that could not, says so and is done again.
    let account = match account.succeeded() {
        true => account.json(),
        false => {
            assert!(account.err.contains("cluster"), "{}", account.err);
            program.index(&root)
        }
    };
    adds_up(&account, 300);
    let documents = number(&account, "documenten") + 50;
    assert_eq!(program.total(""), documents);

    // Who is alone does not answer from what it has left.
    let alone = huis.machine(1, &near[2..]);
    wait_for(
        "the node that is alone to see that",
        Duration::from_secs(120),
        || !alone.run(&["zoek", "dossierstuk", "--json"]).succeeded(),
    );
    netwerk(&["heel", "3"]);
    wait_for("the third node", Duration::from_secs(120), || {
        let answer = alone.run(&["zoek", "", "--json"]);
        answer.succeeded() && number(&answer.json(), "totaal") == documents
    });
    let account = program.index(&root);
    assert_eq!(
        (number(&account, "nieuw"), number(&account, "gewijzigd")),
        (0, 0)
    );
    netwerk(&["stop"]);
}
