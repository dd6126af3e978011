//! As an information specialist I find what stands on scans and faxes, and I see that a machine read it. The text of
//! everything else can be searched before that; without tesseract every scan says what to install.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zv_tests::process::{kill_tree, wait_for};
use zv_tests::program::{Program, adds_up, number, text};

/// A folder with a scan, the same scan in a zip, and an ordinary text; the scan is that of the demo archive.
fn folder(scans: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scan = fs::read(scan()).unwrap();
    for number in 0..scans {
        // Not the same bytes, or one of them would do for all.
        let bytes = [scan.as_slice(), number.to_string().as_bytes()].concat();
        fs::write(folder.path().join(format!("scan {number}.png")), bytes).unwrap();
    }
    let zip =
        zv_tests::archive::zip(&[("ingekomen.png", &scan), ("lees.txt", b"Een gewone tekst.")]);
    fs::write(folder.path().join("post.zip"), zip).unwrap();
    fs::write(folder.path().join("nota.txt"), "Nota over de zienswijze.").unwrap();
    folder
}

fn scan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/demo/scan-zienswijze.png")
}

fn reasons(account: &Value) -> Vec<String> {
    let list = account["onleesbare_bestanden"].as_array().unwrap();
    list.iter().map(|line| text(line, "reden")).collect()
}

#[test]
fn scans_are_found_by_their_words_and_read_once() {
    let folder = folder(2);
    let program = Program::new();
    let account = program.index(folder.path());
    adds_up(&account, 4);
    assert_eq!(number(&account, "onleesbaar"), 0, "{account:#}");
    assert_eq!(number(&account, "tekstherkenning"), 3);
    let mut found = program.paths("windturbines weigeren");
    found.sort();
    assert_eq!(
        found,
        ["post.zip!/ingekomen.png", "scan 0.png", "scan 1.png"]
    );
    let read = program.run(&[
        "lees",
        folder.path().join("scan 0.png").to_str().unwrap(),
        "--json",
    ]);
    let read = read.ok().json();
    let page = read["paginas"][0].as_str().unwrap();
    assert!(page.contains("Lage Dijk"), "{page}");
    let again = program.index(folder.path());
    assert_eq!(
        (
            number(&again, "ongewijzigd"),
            number(&again, "tekstherkenning")
        ),
        (4, 0)
    );
}

#[test]
fn without_tesseract_a_scan_says_what_to_install_and_is_read_once_it_is_there() {
    let folder = folder(1);
    let program = Program::new();
    let mut without = program.command(&[
        "index",
        folder.path().to_str().unwrap(),
        "--json",
        "--onleesbaar",
    ]);
    let output = without.env("PATH", "/nergens").output().unwrap();
    let account: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&account, "onleesbaar"), 1, "{account:#}");
    let reasons = reasons(&account);
    assert_eq!(reasons.len(), 2);
    for reason in reasons {
        assert!(
            reason.contains("geen OCR") && reason.contains("apt install tesseract-ocr"),
            "{reason}"
        );
    }
    let account = program.index(folder.path());
    assert_eq!(number(&account, "onleesbaar"), 0, "{account:#}");
    assert_eq!(program.total("windturbines"), 2);
}

#[test]
fn a_user_may_leave_scans_alone() {
    let folder = folder(1);
    let program = Program::new();
    let account = program
        .index_with(folder.path(), &["--zonder-ocr", "--onleesbaar"])
        .ok()
        .json();
    assert!(
        reasons(&account)[0].contains("tekstherkenning staat uit"),
        "{account:#}"
    );
}

#[test]
fn everything_else_can_be_searched_before_ocr_and_a_kill_in_it_loses_nothing() {
    let folder = folder(30);
    let program = Program::new();
    let mut run = program.start(&["index", folder.path().to_str().unwrap()]);
    let progress = program.state().join("runs/voortgang.json");
    let phase = || -> Option<String> {
        let value: Value = serde_json::from_slice(&fs::read(&progress).ok()?).ok()?;
        Some(value["fase"].as_str()?.to_owned())
    };
    wait_for("OCR to begin", Duration::from_secs(120), || {
        phase().as_deref() == Some("tekstherkenning")
    });
    wait_for("the texts to be there", Duration::from_secs(30), || {
        program.total("zienswijze nota") == 1
    });
    assert_eq!(
        phase().as_deref(),
        Some("tekstherkenning"),
        "OCR was over too soon for this test"
    );
    assert_eq!(program.total("type:png"), 31);
    let waiting = program.search_with("type:png", &["--filter", "leesbaarheid=onleesbaar"]);
    assert!(number(&waiting, "totaal") > 0);
    kill_tree(&mut run);
    let account = program.index(folder.path());
    adds_up(&account, 32);
    assert_eq!(
        (
            number(&account, "onleesbaar"),
            number(&account, "documenten")
        ),
        (0, 34)
    );
    assert_eq!(program.total("windturbines weigeren"), 31);
}
