//! What somebody else notices while one person judges a whole result set at once.
//!
//! `cargo build --release -p zv-server -p zv-benches --bins`
//! `cargo run --release -p zv-benches --bin bulk [HITS]`, 1,000,000 without a number. `ZV_ARCHIEF` may name a folder that
//! keeps the archive for a next time.
//!
//! Four people work at the same time: one searches, one judges documents one by one, one looks at the case, one at its
//! results. What each waits for an answer is measured for ten seconds with nobody else, then while all hits are judged at
//! once, while that is taken back, and while a list is made of what was judged.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use zv_benches::hits::{archive, searched};
use zv_benches::{Answer, Client, Server, percentiles};

const ADDRESS: &str = "127.0.0.1:18474";
const JSON: &str = "application/json";
const JUDGE: &str = "/v1/zaken/lokaal/schiftingen";

fn main() -> Result<()> {
    let hits = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let hits: usize = hits.unwrap_or(1_000_000);
    let state = archive(hits)?;
    let server = Server::start(state.path(), ADDRESS)?;
    let mut client = server.connect()?;
    let nummer = searched(&mut client, hits)?;
    meanwhile(&server, "nothing else", || {
        thread::sleep(Duration::from_secs(10));
        Ok(())
    })?;
    let judged = json!({"doel": {"soort": "zoekactie", "zoekactie": nummer}, "schifting": {"waarde": "twijfel"},
        "aantal": hits, "overschrijven": true});
    let mut deed = Value::Null;
    meanwhile(&server, "all judged at once", || {
        deed = done(client.request("POST", JUDGE, JSON, &judged.to_string())?)?;
        Ok(())
    })?;
    let list = json!({"zoekactie": nummer, "profiel": "volledig-intern", "vorm": "csv"});
    meanwhile(&server, "a list of all", || {
        let made = client.request("POST", "/v1/zaken/lokaal/lijsten", JSON, &list.to_string())?;
        ensure!(
            made.status == 200,
            "{}",
            String::from_utf8_lossy(&made.body)
        );
        Ok(())
    })?;
    let back = json!({"doel": {"soort": "handeling", "handeling": deed["handeling"]}, "aantal": hits,
        "overschrijven": true});
    meanwhile(&server, "all taken back", || {
        done(client.request("POST", JUDGE, JSON, &back.to_string())?)?;
        Ok(())
    })?;
    println!("VmHWM of the server {:.0} MiB", high_water(server.id())?);
    Ok(())
}

fn done(answer: Answer) -> Result<Value> {
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status < 300, "{} {said}", answer.status);
    Ok(serde_json::from_str(&said)?)
}

/// Runs `work` while the others go on, and tells what each of them waited.
fn meanwhile(server: &Server, what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let ended = Arc::new(AtomicBool::new(false));
    let others: [(&str, Step); 4] = [
        ("search", search),
        ("judge one", judge_one),
        ("page of the case", |client, _| {
            read(client, "/zaken/lokaal")
        }),
        ("what was judged", |client, _| {
            read(client, "/v1/zaken/lokaal/schiftingen?aantal=10")
        }),
    ];
    let mut running = Vec::new();
    for (name, step) in others {
        let client = server.connect()?;
        running.push((name, repeat(client, step, Arc::clone(&ended))));
    }
    let start = Instant::now();
    work()?;
    println!("{what}: {:.1} s", start.elapsed().as_secs_f64());
    ended.store(true, Ordering::Relaxed);
    for (name, other) in running {
        let waited = other.join().ok().context("a client panicked")??;
        let (times, longest) = (waited.len(), waited.iter().copied().fold(0.0, f64::max));
        let [p50, p95, _] = percentiles(waited);
        println!("  {name}: {times} times, p50 {p50:.0} ms, p95 {p95:.0} ms, max {longest:.0} ms");
    }
    Ok(())
}

/// One thing that somebody does; the number tells how often it was done.
type Step = fn(&mut Client, usize) -> Result<()>;

fn repeat(mut client: Client, step: Step, ended: Arc<AtomicBool>) -> JoinHandle<Result<Vec<f64>>> {
    thread::spawn(move || {
        let mut waited = Vec::new();
        while !ended.load(Ordering::Relaxed) {
            let start = Instant::now();
            step(&mut client, waited.len())?;
            waited.push(start.elapsed().as_secs_f64() * 1_000.0);
            thread::sleep(Duration::from_millis(100));
        }
        Ok(waited)
    })
}

/// A search with a hundred hits or so, and its first page.
fn search(client: &mut Client, times: usize) -> Result<()> {
    let body = json!({"vraag": format!("{}*", 1_000 + times % 9_000)}).to_string();
    let stored = client.request("POST", "/v1/zoekopdrachten", JSON, &body)?;
    read(client, &stored.location.context("a location")?)
}

fn read(client: &mut Client, address: &str) -> Result<()> {
    let answer = client.request("GET", address, JSON, "")?;
    ensure!(answer.status == 200, "{address}: {}", answer.status);
    Ok(())
}

/// Judges a document; that somebody else is judging it at that moment is an answer too.
fn judge_one(client: &mut Client, times: usize) -> Result<()> {
    let name = format!("{:04}/{times:07}.eml", times / 1_000);
    let id = zv_benches::document(&name, None).id;
    let before = client.request(
        "GET",
        &format!("/v1/zaken/lokaal/documenten/{id}/schiftingen"),
        JSON,
        "",
    )?;
    let before: Value = serde_json::from_slice(&before.body)?;
    let seen = before["schiftingen"][0]["nummer"].as_u64().unwrap_or(0);
    let body = json!({"doel": {"soort": "document", "document": id.to_string()}, "schifting": {"waarde": "relevant"},
        "gezien": seen});
    let answer = client.request("POST", JUDGE, JSON, &body.to_string())?;
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(
        matches!(answer.status, 201 | 409),
        "{} {said}",
        answer.status
    );
    Ok(())
}

fn high_water(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.context("VmHWM")?.parse::<f64>()? / 1024.0)
}
