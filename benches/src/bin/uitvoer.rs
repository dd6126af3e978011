//! Hit lists of many hits: rows a second and memory of the server, while the index commits.
//!
//! `cargo build --release -p zv-server -p zv-benches --bins`
//! `cargo run --release -p zv-benches --bin uitvoer [HITS]`, 1,000,000 without a number. `ZV_ARCHIEF` may name a folder that
//! keeps the archive for a next time.
//!
//! The documents are made: mails with senders, receivers, dates and properties, every tenth with the content of another.
//! Each list is made on an index at rest and again while another process commits to it about once a second; both must
//! hold the same. Memory is that of the server during the list alone: `VmHWM`, and the peaks of its two parts, what is
//! its own (`RssAnon`) and the pages of the index that it maps (`RssFile`). The count of the list is held against that
//! of the search.

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use zip::ZipArchive;
use zv_benches::Server;
use zv_benches::hits::{archive, index, searched};

const ADDRESS: &str = "127.0.0.1:18473";
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
    let state = archive(hits)?;
    let server = Server::start(state.path(), ADDRESS)?;
    let nummer = searched(&mut server.connect()?, hits)?;
    // All lists on the index at rest come first: of the state that the search saw.
    let mut quiet = Vec::new();
    for (profiel, vorm) in LISTS {
        quiet.push(list(&server, None, (profiel, vorm), nummer, hits)?);
    }
    let mut next = hits;
    for ((profiel, vorm), quiet) in LISTS.into_iter().zip(quiet) {
        let committing = Some((state.path(), &mut next));
        let other = list(&server, committing, (profiel, vorm), nummer, hits)?;
        ensure!(
            quiet == other,
            "{profiel} as {vorm} differs while the index commits"
        );
    }
    Ok(())
}

/// Makes one list, while the index commits when it is told where; gives the SHA-256 of what is in it.
fn list(
    server: &Server,
    committing: Option<(&Path, &mut usize)>,
    (profiel, vorm): (&str, &str),
    nummer: u64,
    hits: usize,
) -> Result<String> {
    // From here on the peak counts anew.
    fs::write(format!("/proc/{}/clear_refs", server.id()), "5")?;
    let done = Arc::new(AtomicBool::new(false));
    let memory = resident(server.id(), Arc::clone(&done));
    let (mut other, mut last) = (None, None);
    if let Some((state, next)) = committing {
        let (done, state, from) = (Arc::clone(&done), state.to_owned(), *next);
        other = Some(thread::spawn(move || commits(&state, from, &done)));
        last = Some(next);
    }
    let body = format!(r#"{{"zoekactie": {nummer}, "profiel": "{profiel}", "vorm": "{vorm}"}}"#);
    let (start, busy) = (Instant::now(), cpu_seconds(server.id())?);
    let mut file = tempfile::tempfile()?;
    let (count, bytes) = fetched(&body, &mut file)?;
    let seconds = start.elapsed().as_secs_f64();
    let busy = cpu_seconds(server.id())? - busy;
    done.store(true, Ordering::Relaxed);
    let peaks = memory.join().ok().context("the watch panicked")?;
    let mut commits = 0;
    if let (Some(other), Some(last)) = (other, last) {
        commits = other.join().ok().context("the writer panicked")??;
        *last += commits;
    }
    ensure!(count == hits, "{count} rows of {hits} hits");
    let hash = content(file, vorm)?;
    println!(
        "{profiel} as {vorm}: {count} rows, {:.1} MB in {seconds:.1} s = {:.0} rows/s ({busy:.1} s of CPU = {:.0} rows/s); VmHWM {:.0} MiB, anonymous {:.0} \
         MiB, mapped files {:.0} MiB; {commits} commits meanwhile; sha-256 {}",
        bytes as f64 / 1e6,
        count as f64 / seconds,
        count as f64 / busy,
        status_mib(server.id(), "VmHWM")?,
        peaks[0],
        peaks[1],
        &hash[..12],
    );
    Ok(hash)
}

/// SHA-256 of what a list says: of a ZIP file its members, since a workbook tells when it was made.
fn content(mut file: File, vorm: &str) -> Result<String> {
    let mut hasher = Sha256::new();
    io::Seek::rewind(&mut file)?;
    if vorm == "csv" {
        digest(&mut file, &mut hasher)?;
    } else {
        let mut zip = ZipArchive::new(BufReader::new(file))?;
        for at in 0..zip.len() {
            let mut member = zip.by_index(at)?;
            let name = member.name()?.into_owned();
            hasher.update(&name);
            if name != "docProps/core.xml" {
                digest(&mut member, &mut hasher)?;
            }
        }
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn digest(from: &mut impl Read, hasher: &mut Sha256) -> Result<()> {
    let mut block = vec![0; 1 << 16];
    loop {
        match from.read(&mut block)? {
            0 => return Ok(()),
            read => hasher.update(&block[..read]),
        }
    }
}

/// The peaks of anonymous memory and of mapped files until it is done, in MiB, sampled twenty times a second.
fn resident(process: u32, done: Arc<AtomicBool>) -> JoinHandle<[f64; 2]> {
    thread::spawn(move || {
        let mut peaks = [0.0_f64; 2];
        while !done.load(Ordering::Relaxed) {
            for (peak, name) in peaks.iter_mut().zip(["RssAnon", "RssFile"]) {
                *peak = peak.max(status_mib(process, name).unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(50));
        }
        peaks
    })
}

/// Adds a document and commits, about once a second, from when the list is under way; gives how many.
fn commits(state: &Path, from: usize, done: &AtomicBool) -> Result<usize> {
    let mut count = 0;
    loop {
        thread::sleep(Duration::from_secs(1));
        if done.load(Ordering::Relaxed) {
            return Ok(count);
        }
        index(state, from + count..from + count + 1)?;
        count += 1;
    }
}

/// Sends the request for a list and writes it to `to`; gives the count in its header and its bytes.
fn fetched(body: &str, to: &mut File) -> Result<(usize, u64)> {
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
    let bytes = io::copy(&mut answer, to)?;
    Ok((count, bytes))
}

/// Seconds of CPU that a process took so far, in steps of a hundredth.
fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let behind_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = behind_name.split(' ').skip(11).take(2);
    let ticks = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks as f64 / 100.0)
}

/// A line of the status of a process, in MiB.
fn status_mib(process: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.with_context(|| name.to_owned())?.parse::<f64>()? / 1024.0)
}
