//! A case in an indexed archive, and people who work on it over HTTP; and moments at which the power goes. Never looks
//! into the databases.

use crate::archive::{Numbers, put};
use crate::disk::Disk;
use crate::process::wait_for;
use crate::program::{Program, number, text};
use crate::server::{Asked, Response, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An indexed archive with a case in it, on a computer without accounts.
#[derive(Debug)]
pub struct Office {
    /// With a state of its own.
    pub program: Program,
    /// The files.
    pub archive: TempDir,
    /// Id of the case.
    pub zaak: String,
}

impl Office {
    /// An archive of so many small texts with "dossierstuk" in each, and a case of nobody.
    pub fn new(files: usize) -> Office {
        let mut office = Office::without_case(files);
        let opened = ok(office.serve().post_json("/v1/zaken", &intake()), 201);
        office.zaak = text(&opened, "id");
        office
    }

    /// The same before there is a case.
    pub fn without_case(files: usize) -> Office {
        Office::of(Program::new(), files)
    }

    /// The same with what the program keeps on this disk; the archive lies elsewhere.
    pub fn on(disk: &Disk, files: usize) -> Office {
        Office::with(Program::on(disk.path()), files)
    }

    /// The same of this program, whose state is empty.
    pub fn with(program: Program, files: usize) -> Office {
        let mut office = Office::of(program, files);
        let opened = ok(office.serve().post_json("/v1/zaken", &intake()), 201);
        office.zaak = text(&opened, "id");
        office
    }

    fn of(program: Program, files: usize) -> Office {
        let archive = tempfile::tempdir().unwrap();
        for at in 0..files {
            put(
                archive.path(),
                &format!("dozen/{}/stuk {at}.txt", at % 20),
                content(at),
            );
        }
        program.index(archive.path());
        Office {
            program,
            archive,
            zaak: String::new(),
        }
    }

    /// Starts the server.
    pub fn serve(&self) -> Server {
        Server::start(&self.program, &["serve", "--adres", "127.0.0.1:0"])
    }

    /// Starts the server, and has it open the index with a search that is recorded already.
    pub fn serve_warm(&self, search: &str) -> Server {
        let server = self.serve();
        ok(server.get(search), 200);
        server
    }

    /// The address of something in the case.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/zaken/{}/{rest}", self.zaak)
    }

    /// Reads something of the case.
    pub fn read(&self, server: &Server, rest: &str) -> Value {
        ok(server.get(&self.path(rest)), 200)
    }

    /// Sends something about the case.
    pub fn post(&self, server: &Server, rest: &str, body: &Value) -> Response {
        server.post_json(&self.path(rest), body)
    }

    /// The same without waiting for the answer.
    pub fn ask(&self, server: &Server, rest: &str, body: &Value) -> Asked {
        let headers = [
            ("Host", &*server.host()),
            ("Content-Type", "application/json"),
        ];
        server.ask(
            "POST",
            &self.path(rest),
            &headers,
            body.to_string().as_bytes(),
        )
    }

    /// The zoekacties of the case, in order.
    pub fn acties(&self, server: &Server) -> Vec<Value> {
        self.read(server, "zoekacties")["zoekacties"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Stores a question and gives its address.
    pub fn question(&self, server: &Server, words: &str) -> String {
        let body = json!({"vraag": words, "zaak": self.zaak});
        let answer = server.post_json("/v1/zoekopdrachten", &body);
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }

    /// Searches, waits until that is counted, and gives the number of the zoekactie.
    pub fn search(&self, server: &Server, words: &str) -> u64 {
        self.search_at(server, &self.question(server, words))
    }

    /// The same for a stored question.
    pub fn search_at(&self, server: &Server, address: &str) -> u64 {
        ok(server.get(address), 200);
        self.wait_until_counted(server);
        number(self.acties(server).last().unwrap(), "nummer")
    }

    /// Waits until there are counts of every zoekactie, or a word why not.
    pub fn wait_until_counted(&self, server: &Server) {
        wait_for("the counts", Duration::from_secs(60), || {
            self.acties(server)
                .iter()
                .all(|actie| !actie["telling"].is_null())
        });
    }

    /// Follows the audit trail, which must be sound; gives the number of its records.
    pub fn sound(&self) -> u64 {
        number(
            &self
                .program
                .run(&["audit", "controleer", "--json"])
                .ok()
                .json(),
            "regels",
        )
    }

    /// What lies in the state folder apart from the index, the texts and the databases.
    pub fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let state = self.program.state();
        for path in listing(&state) {
            let name = path.strip_prefix(&state).unwrap().display().to_string();
            let known = ["index/", "teksten/", "toestand.db", "audit.db"];
            if !known.iter().any(|known| name.starts_with(known)) {
                found.insert(name);
            }
        }
        found
    }
}

/// What opens a case.
pub fn intake() -> Value {
    json!({"nummer": "2026-1", "soort": "woo-verzoek", "titel": "De kwelder", "ontvangen": "2026-01-05"})
}

/// The text of the file with this number.
pub fn content(at: usize) -> String {
    let rare = if at.is_multiple_of(10) {
        "kwelder"
    } else {
        "polder"
    };
    format!(
        "Dossierstuk {at} over de {rare}. Het college besluit op de aanvraag van bewoner {at}.\n"
    )
}

/// The body of an answer that must have this status.
pub fn ok(answer: Response, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

/// All files below a folder, in order.
pub fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(listing(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

/// Moments within something that takes about `whole`, soon as often before its point of no return as behind it.
#[derive(Debug)]
pub struct Moments {
    numbers: Numbers,
    whole: Duration,
    before: usize,
    after: usize,
}

impl Moments {
    /// Always the same for the same seed, as far as the machine allows.
    pub fn new(seed: u64, whole: Duration) -> Moments {
        Moments {
            numbers: Numbers::new(seed),
            whole,
            before: 0,
            after: 0,
        }
    }

    /// Waits for one, and kills the server.
    pub fn kill(&mut self, server: Server) {
        let part = self.numbers.below(1500) as f64 / 1000.0;
        std::thread::sleep(self.whole.mul_f64(part));
        server.cut();
    }

    /// Notes whether it was done when the kill came.
    pub fn fell(&mut self, done: bool) {
        let (count, nearer) = match done {
            true => (&mut self.after, 0.8),
            false => (&mut self.before, 1.25),
        };
        *count += 1;
        self.whole = self.whole.mul_f64(nearer).max(Duration::from_micros(500));
    }

    /// Tells where the kills fell: on both sides, or they prove nothing.
    pub fn tell(&self, what: &str) {
        println!("{what}: {} kills before, {} after", self.before, self.after);
        assert!(
            self.before > 0 && self.after > 0,
            "{what}: all kills fell on one side"
        );
    }
}

/// How long something takes.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// The only source of the archive.
pub fn bron(office: &Office, server: &Server) -> String {
    let address = office.question(server, "");
    let found = ok(server.get(&format!("{address}/resultaten?aantal=1")), 200);
    text(&found["resultaten"][0], "bron")
}
