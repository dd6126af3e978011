//! As a keeper of archives I lose power in the middle of a mailbox of many years. The next run goes on where it was:
//! hardly a message is read twice, and none is lost or double. `ZOEKENVIND_BERICHTEN` makes the mailbox larger.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::time::Duration;
use zv_tests::archive::mail;
use zv_tests::process::{kill_tree, wait_for};
use zv_tests::program::{Program, adds_up, number};

/// Every tenth message has an attachment.
const WITH_ATTACHMENT: u64 = 10;

#[test]
fn a_kill_in_a_large_mailbox_costs_hardly_anything() {
    let messages = std::env::var("ZOEKENVIND_BERICHTEN");
    let messages: u64 = messages.map_or(12_000, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archief");
    fs::create_dir(&root).unwrap();
    let mut mbox = fs::File::create(root.join("postvak.mbox")).unwrap();
    for at in 0..messages {
        let attachment = format!("Bijlage {at} over de kade.");
        let attachments = [("bijlage.txt", attachment.as_str())];
        let with = usize::from(at % WITH_ATTACHMENT == 0);
        let body = format!("Bericht {at} over de sluis en het gemaal.");
        let bytes = mail(
            &format!("{at}@waterveen.nl"),
            &format!("Bericht {at}"),
            &body,
            &attachments[..with],
        );
        mbox.write_all(b"From jan Thu Mar  4 10:00:00 2021\n")
            .unwrap();
        mbox.write_all(&bytes).unwrap();
        mbox.write_all(b"\n").unwrap();
    }
    drop(mbox);
    let documents = 1 + messages + messages.div_ceil(WITH_ATTACHMENT);

    let program = Program::new();
    let progress = program.state().join("runs/voortgang.json");
    let read = || {
        let bytes = fs::read(&progress).unwrap_or_default();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        value["documenten"].as_u64().unwrap_or(0)
    };
    let mut run = program.start(&["index", root.to_str().unwrap()]);
    wait_for("60 % of the mailbox", Duration::from_secs(900), || {
        read() >= documents * 6 / 10
    });
    kill_tree(&mut run);
    let before = read();
    assert!(
        before < documents * 9 / 10,
        "the kill came too late: {before}"
    );
    // What was committed can be found already.
    let found = program.total("sluis OF kade");
    assert!(found > documents / 2, "{found} of {documents}");

    let account = program.index(&root);
    adds_up(&account, 1);
    assert_eq!(number(&account, "documenten"), documents);
    let again = number(&account["kinderen"], "gelezen");
    let twice = (before + again).saturating_sub(documents - 1);
    println!("{before} read before the kill, {again} after it: {twice} of {documents} twice");
    assert!(
        twice * 100 <= documents * 2,
        "{twice} of {documents} documents were read twice"
    );
    assert_eq!(program.total("sluis"), messages);
    assert_eq!(
        program.total("bijlage kade"),
        messages.div_ceil(WITH_ATTACHMENT)
    );
    let last = program.index(&root);
    assert_eq!(number(&last, "ongewijzigd"), 1);
}
