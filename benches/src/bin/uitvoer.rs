//! Hit lists of many hits: rows a second and memory of the server, while the index commits.
//!
//! `cargo build --release -p zv-server -p zv-benches --bins`
//! `cargo run --release -p zv-benches --bin uitvoer [HITS]`, 1,000,000 without a number.
//!
//! The documents are made: mails with senders, receivers, dates and properties, every tenth with the content of another.
//! Memory is that of the server during the list alone: the peak of its anonymous memory, and `VmHWM`, in which the pages
//! of the index that it maps count too. The count of the list is held against that of the search.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use zv_benches::{Client, MemoryWatch, Server, document};
use zv_shared::index::{Blobs, EmbeddedWriter, Entry, Write as _, WriterSettings};
use zv_shared::{ContentHash, Document, PartialDate};

const ADDRESS: &str = "127.0.0.1:18473";
/// Documents between two commits.
const PER_COMMIT: usize = 100_000;
/// The lists that are made.
const LISTS: [(&str, &str); 4] = [
    ("volledig-intern", "csv"),
    ("volledig-intern", "xlsx"),
    ("volledig-intern", "ods"),
    ("load-file", "dat"),
];

fn main() -> Result<()> {
    let hits = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let hits: usize = hits.unwrap_or(1_000_000);
    let state = tempfile::tempdir()?;
    let start = Instant::now();
    index(state.path(), 0..hits)?;
    println!("{hits} documents indexed in {:.0?}", start.elapsed());
    let server = Server::start(state.path(), ADDRESS)?;
    let nummer = searched(&mut server.connect()?, hits)?;
    for (profiel, vorm) in LISTS {
        list(&server, state.path(), (profiel, vorm), nummer, hits)?;
    }
    Ok(())
}

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

fn index(state: &Path, numbers: std::ops::Range<usize>) -> Result<()> {
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
fn searched(client: &mut Client, hits: usize) -> Result<u64> {
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

/// Makes one list while the index commits.
fn list(
    server: &Server,
    state: &Path,
    (profiel, vorm): (&str, &str),
    nummer: u64,
    hits: usize,
) -> Result<()> {
    // From here on the peak counts anew.
    fs::write(format!("/proc/{}/clear_refs", server.id()), "5")?;
    let memory = MemoryWatch::of(server.id());
    let done = Arc::new(AtomicBool::new(false));
    let committing = {
        let (done, state) = (Arc::clone(&done), state.to_owned());
        thread::spawn(move || commits(&state, hits, &done))
    };
    let body = format!(r#"{{"zoekactie": {nummer}, "profiel": "{profiel}", "vorm": "{vorm}"}}"#);
    let start = Instant::now();
    let (count, bytes) = fetched(&body)?;
    let seconds = start.elapsed().as_secs_f64();
    done.store(true, Ordering::Relaxed);
    let commits = committing.join().ok().context("the writer panicked")??;
    ensure!(count == hits, "{count} rows of {hits} hits");
    println!(
        "{profiel} as {vorm}: {count} rows, {:.1} MB in {seconds:.1} s = {:.0} rows/s; anonymous {:.0} MiB, VmHWM \
         {:.0} MiB; {commits} commits meanwhile",
        bytes as f64 / 1e6,
        count as f64 / seconds,
        memory.peak_mib(),
        high_water(server.id())?,
    );
    Ok(())
}

/// Adds a document and commits, about once a second, from when the list is under way. Documents that a list before
/// added are written again.
fn commits(state: &Path, hits: usize, done: &AtomicBool) -> Result<usize> {
    let mut count = 0;
    loop {
        thread::sleep(Duration::from_secs(1));
        if done.load(Ordering::Relaxed) {
            return Ok(count);
        }
        index(state, hits + count..hits + count + 1)?;
        count += 1;
    }
}

/// Sends the request for a list and reads it to its end; gives the count in its header and its bytes.
fn fetched(body: &str) -> Result<(usize, u64)> {
    let mut stream = TcpStream::connect(ADDRESS)?;
    write!(
        stream,
        "POST /v1/zaken/lokaal/lijsten HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let (mut count, mut head) = (None, String::new());
    loop {
        let mut line = String::new();
        ensure!(answer.read_line(&mut line)? > 0, "a broken answer: {head}");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("uitvoer-aantal:") {
            count = value.trim().parse().ok();
        }
        head.push_str(&line);
    }
    let Some(count) = count else {
        let mut why = String::new();
        answer.read_to_string(&mut why)?;
        anyhow::bail!("no list: {head}{why}");
    };
    let bytes = io::copy(&mut answer, &mut io::sink())?;
    Ok((count, bytes))
}

/// The peak of resident memory of a process in MiB.
fn high_water(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(kib.context("VmHWM")?.parse::<f64>()? / 1024.0)
}
