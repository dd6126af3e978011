//! People who work on one server at once: each logged in, in one case, with a machtiging; how long they wait, whether
//! anything fails, and whether the memory of the server stays as it is.
//!
//! `xz -dc artikelen-150k.jsonl.xz > artikelen.jsonl`
//! `cargo build --release -p zv-server -p zv-benches --bins`
//! `target/release/load artikelen.jsonl [PEOPLE] [SECONDS]`, 100 and 60 without numbers. `ZV_STAAT` may name a state folder
//! of an earlier run, in which the articles are indexed already.
//!
//! Each person does one thing after another, with a rest of 0 to 2 seconds between: asks a question of one of four
//! classes, reads its totals with all facets and its first hits, then a next page, a document, its text, or suggestions.
//! Prints times by kind, and the memory that is the server's own (`RssAnon`) at each tenth.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zv_benches::articles::{Articles, Words};
use zv_benches::{Client, Server, percentiles, program, run};

const ADDRESS: &str = "127.0.0.1:18475";
const PASSWORD: &str = "een heel lang wachtwoord";
/// At most this many milliseconds between two requests of one person.
const REST: u64 = 2_000;
const JSON: &str = "application/json";

/// Milliseconds by kind of request.
type Times = BTreeMap<&'static str, Vec<f64>>;

fn main() -> Result<()> {
    let argument = |at: usize| std::env::args().nth(at);
    let file = argument(1).context("name the file with articles")?;
    let number = |at: usize, otherwise: usize| {
        let given = argument(at).and_then(|given| given.parse().ok());
        given.unwrap_or(otherwise)
    };
    let (people, seconds) = (number(2, 100), number(3, 60) as u64);
    let (work, kept) = (TempDir::new()?, std::env::var_os("ZV_STAAT"));
    let articles = Articles::write(Path::new(&file), work.path())?;
    let state = kept.map_or_else(|| work.path().join("staat"), Into::into);
    if !state.join("index").exists() {
        run(Command::new(program()?)
            .arg("--staat")
            .arg(&state)
            .args(["index", "--json"])
            .arg(&articles.all))?;
    }
    let words = Words::drawn(&articles.sample);
    let server = Server::start(&state, ADDRESS)?;
    let case = Case::open(&server, &state, people)?;
    println!("{people} people in one case; {seconds} s");
    let ended = AtomicBool::new(false);
    let (times, memory) = thread::scope(|scope| -> Result<(Times, Vec<u64>)> {
        let working: Vec<_> = (0..people)
            .map(|who| {
                let (case, words, server, ended) = (&case, &words, &server, &ended);
                scope.spawn(move || case.work(server, words, who, ended))
            })
            .collect();
        let mut memory = Vec::new();
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(seconds * 100));
            memory.push(own_mib(server.id())?);
        }
        ended.store(true, Ordering::Relaxed);
        let mut all = Times::new();
        for one in working {
            let times = one.join().ok().context("a person panicked")??;
            for (kind, mut times) in times {
                all.entry(kind).or_default().append(&mut times);
            }
        }
        Ok((all, memory))
    })?;
    let number: usize = times.values().map(Vec::len).sum();
    println!(
        "{number} requests, {:.0} a second, 0 errors (the first would have ended this)",
        number as f64 / seconds as f64
    );
    for (kind, times) in &times {
        let [p50, p95, p99] = percentiles(times.clone());
        println!(
            "  {kind}: {} times, p50 {p50:.0} p95 {p95:.0} p99 {p99:.0} ms",
            times.len()
        );
    }
    let [p50, p95, p99] = percentiles(times.into_values().flatten().collect());
    println!("  all: p50 {p50:.0} p95 {p95:.0} p99 {p99:.0} ms");
    println!("memory of its own at each tenth (MiB): {memory:?}");
    Ok(())
}

fn own_mib(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    Ok(kib.context("RssAnon")? / 1024)
}

/// Somebody with an account.
struct Person {
    id: String,
    cookie: String,
}

impl Person {
    fn new(server: &Server, state: &Path, login: &str, rol: &str) -> Result<Person> {
        let mut made = Command::new(program()?)
            .arg("--staat")
            .arg(state)
            .args(["gebruiker", "maak", login, "--naam", login, "--rol", rol])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = made.stdin.take().context("its input")?;
        writeln!(input, "{PASSWORD}")?;
        drop(input);
        let made = made.wait_with_output()?;
        let out = String::from_utf8(made.stdout)?;
        let id = out
            .rsplit_once('(')
            .and_then(|(_, rest)| rest.split(')').next());
        let id = id.with_context(|| format!("{login}: {out}"))?.to_owned();
        let body = json!({"inlognaam": login, "wachtwoord": PASSWORD}).to_string();
        let session = server
            .connect()?
            .request("POST", "/v1/sessies", JSON, &body)?;
        ensure!(session.status == 204, "{login}: status {}", session.status);
        let cookie = session.cookie.context("a session")?;
        Ok(Person { id, cookie })
    }

    fn connect(&self, server: &Server) -> Result<Client> {
        let mut client = server.connect()?;
        client.cookie = Some(self.cookie.clone());
        Ok(client)
    }

    fn send(&self, server: &Server, path: &str, body: &Value) -> Result<Value> {
        let body = body.to_string();
        let answer = self.connect(server)?.request("POST", path, JSON, &body)?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!((200..300).contains(&answer.status), "{path}: {text}");
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

/// A case in which everybody may search everything.
struct Case {
    id: String,
    people: Vec<Person>,
}

impl Case {
    fn open(server: &Server, state: &Path, people: usize) -> Result<Case> {
        // In a state of an earlier run the names are taken.
        let run = std::process::id();
        let person = |name: &str, rol| Person::new(server, state, &format!("{name}-{run}"), rol);
        let regisseur = person("regisseur", "regisseur")?;
        let verlener = person("verlener", "beheerder-autorisatie")?;
        let beheerder = person("bronnen", "beheerder-bronnen")?;
        let bronnen = beheerder
            .connect(server)?
            .request("GET", "/v1/bronnen", JSON, "")?;
        let bronnen: Value = serde_json::from_slice(&bronnen.body)?;
        let bron = bronnen["bronnen"][0]["naam"].clone();
        let intake = json!({
            "nummer": run.to_string(), "soort": "woo-verzoek", "titel": "De wet", "ontvangen": "2026-01-05",
        });
        let opened = regisseur.send(server, "/v1/zaken", &intake)?;
        let id = opened["id"].as_str().context("a case")?.to_owned();
        let people: Vec<Person> = (0..people)
            .map(|at| person(&format!("mens{at}"), "informatiespecialist"))
            .collect::<Result<_>>()?;
        for one in &people {
            let member = json!({"account": one.id});
            regisseur.send(server, &format!("/v1/zaken/{id}/leden"), &member)?;
        }
        let everybody: Vec<&str> = people.iter().map(|one| one.id.as_str()).collect();
        for some in everybody.chunks(50) {
            let grant = json!({
                "aan": some, "doel": "Het verzoek", "bronnen": [bron], "van": "2000-01-01", "tot": "2999-12-31",
            });
            verlener.send(server, &format!("/v1/zaken/{id}/machtigingen"), &grant)?;
        }
        Ok(Case { id, people })
    }

    /// What one person does until it is over; an answer that is no success ends the measurement.
    fn work(
        &self,
        server: &Server,
        words: &Words,
        who: usize,
        ended: &AtomicBool,
    ) -> Result<Times> {
        let mut client = self.people[who].connect(server)?;
        let mut times = Times::new();
        let mut drawn = who as u64 + 1;
        let mut at = who * 97;
        while !ended.load(Ordering::Relaxed) {
            let mut ask = |kind: &'static str, method: &str, path: &str, body: &str| {
                drawn = drawn
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                thread::sleep(Duration::from_millis((drawn >> 33) % REST));
                let start = Instant::now();
                let answer = client.request(method, path, JSON, body)?;
                let taken = start.elapsed().as_secs_f64() * 1e3;
                ensure!(
                    answer.status < 400,
                    "{method} {path}: status {}",
                    answer.status
                );
                times.entry(kind).or_default().push(taken);
                Ok(answer)
            };
            let question = words.questions(at)[at % 4].1.clone();
            let body = json!({"vraag": question, "zaak": self.id}).to_string();
            let stored = ask("question", "POST", "/v1/zoekopdrachten", &body)?;
            let address = stored.location.context("Location")?;
            ask("totals and facets", "GET", &address, "")?;
            let hits = ask(
                "hits",
                "GET",
                &format!("{address}/resultaten?aantal=10"),
                "",
            )?;
            let hits: Value = serde_json::from_slice(&hits.body)?;
            if let Some(next) = hits["volgende"].as_str() {
                let path = format!("{address}/resultaten?aantal=10&cursor={next}");
                ask("next page", "GET", &path, "")?;
            }
            let zaak = &self.id;
            if let Some(document) = hits["resultaten"][0]["id"].as_str() {
                ask(
                    "document",
                    "GET",
                    &format!("/v1/documenten/{document}?zaak={zaak}"),
                    "",
                )?;
                ask(
                    "text",
                    "GET",
                    &format!("/v1/documenten/{document}/tekst?zaak={zaak}"),
                    "",
                )?;
            }
            let begin: String = question.trim_matches('"').chars().take(4).collect();
            let body = json!({"begin": begin, "zaak": zaak}).to_string();
            ask("suggestions", "POST", "/v1/suggesties", &body)?;
            at += 1;
        }
        Ok(times)
    }
}
