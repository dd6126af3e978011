//! An archive of many mails that one word finds, and a search that finds them all. Never measures.

use crate::{Client, document};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zv_shared::index::{Blobs, EmbeddedWriter, Entry, Write as _, WriterSettings};
use zv_shared::{ContentHash, Document, PartialDate};

/// Documents between two commits.
const PER_COMMIT: usize = 100_000;

fn mail(at: usize) -> Document {
    let name = format!("{:04}/{at:07}.eml", at / 1_000);
    let mut mail = document(&name, Some(&format!("RE: voortgang van dossier {at}")));
    mail.format = "eml".into();
    mail.kind = "e-mail".into();
    mail.from = vec![format!("medewerker{}@ministerie.example", at % 500)];
    mail.to = (0..3)
        .map(|to| format!("ontvanger{}@ministerie.example", (at + to) % 700))
        .collect();
    mail.people = mail.from.iter().chain(&mail.to).cloned().collect();
    mail.dates.sent = PartialDate::parse(&format!("20{:02}-{:02}-15", 10 + at % 15, 1 + at % 12));
    mail.metadata = (0..5)
        .map(|number| (format!("Eigenschap {number}"), format!("waarde {at}")))
        .collect();
    let mut content = [0; 32];
    content[..8].copy_from_slice(&(at - at % 10 / 9).to_be_bytes());
    mail.content = Some(ContentHash(content));
    mail.size = 20_000;
    mail
}

/// An archive of so many mails in a new state folder. The variable `ZV_ARCHIEF` may name a folder that keeps it for a next
/// time: it is made there once.
pub fn archive(hits: usize) -> Result<TempDir> {
    let state = tempfile::tempdir()?;
    let Some(kept) = std::env::var_os("ZV_ARCHIEF").map(PathBuf::from) else {
        index(state.path(), 0..hits)?;
        return Ok(state);
    };
    let kept = kept.join(hits.to_string());
    if !kept.exists() {
        let made = tempfile::tempdir_in(kept.parent().unwrap_or(&kept))?;
        index(made.path(), 0..hits)?;
        std::fs::rename(made.keep(), &kept)?;
    }
    let copied = Command::new("cp")
        .arg("-a")
        .arg(kept.join("."))
        .arg(state.path())
        .status()?;
    ensure!(copied.success(), "cp failed");
    Ok(state)
}

/// Writes the documents of these numbers to the index of a state folder, with a commit after each 100,000.
pub fn index(state: &Path, numbers: std::ops::Range<usize>) -> Result<()> {
    let blobs = Blobs::open(&state.join("teksten"))?;
    let writer = EmbeddedWriter::open(&state.join("index"), blobs, WriterSettings::default())?;
    let last = numbers.end;
    for at in numbers {
        let document = mail(at);
        let text = format!("Het dossier {at} vordert.");
        let entry = Entry {
            text: text.into(),
            document,
        };
        writer.put_family(entry.document.family, vec![entry])?;
        if at % PER_COMMIT == PER_COMMIT - 1 || at + 1 == last {
            writer.commit("")?;
        }
    }
    writer.finish()?;
    Ok(())
}

/// Searches for all of them and waits until it is counted; gives the number of the zoekactie.
pub fn searched(client: &mut Client, hits: usize) -> Result<u64> {
    let json = "application/json";
    let stored = client.request(
        "POST",
        "/v1/zoekopdrachten",
        json,
        r#"{"vraag": "dossier"}"#,
    )?;
    let address = stored.location.context("a location")?;
    let answer = client.request("GET", &address, json, "")?;
    let found: serde_json::Value = serde_json::from_slice(&answer.body)?;
    ensure!(found["totaal"] == hits, "{found}");
    let start = Instant::now();
    loop {
        let acties = client.request("GET", "/v1/zaken/lokaal/zoekacties", json, "")?;
        let acties: serde_json::Value = serde_json::from_slice(&acties.body)?;
        let actie = &acties["zoekacties"][0];
        if !actie["telling"].is_null() {
            println!("counted after {:.0?}", start.elapsed());
            return actie["nummer"].as_u64().context("a number");
        }
        thread::sleep(Duration::from_millis(500));
    }
}
