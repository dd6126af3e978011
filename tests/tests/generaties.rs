//! As a beheerder I make the index anew after an upgrade while everybody goes on searching, go back when it is not right,
//! and lose nothing when the power goes.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use zv_tests::archive::put;
use zv_tests::process::{kill_tree, wait_for};
use zv_tests::program::{Program, number, text};
use zv_tests::server::Server;

struct Archief {
    program: Program,
    _folder: tempfile::TempDir,
    map: PathBuf,
}

impl Archief {
    /// An archive of which `files` letters are indexed.
    fn new(files: usize) -> Archief {
        let folder = tempfile::tempdir().unwrap();
        let map = folder.path().join("schijf");
        for n in 0..files {
            put(&map, &format!("map {}/{n}.txt", n % 50), letter(n));
        }
        let program = Program::new();
        let map_text = map.to_str().unwrap();
        program
            .run(&["bron", "voeg-toe", map_text, "--naam", "schijf"])
            .ok();
        program.index(&map);
        Archief {
            program,
            _folder: folder,
            map,
        }
    }

    fn serve(&self) -> Server {
        Server::start(&self.program, &["serve", "--adres", "127.0.0.1:0"])
    }

    fn index(&self) -> PathBuf {
        self.program.state().join("index")
    }

    fn stand(&self) -> Value {
        self.program
            .run(&["index", "--stand", "--json"])
            .ok()
            .json()
    }

    /// Names and roles of the generations.
    fn roles(&self) -> Vec<(String, String)> {
        let stand = self.stand();
        let generations = stand["generaties"].as_array().unwrap().iter();
        generations
            .map(|one| (text(one, "naam"), text(one, "rol")))
            .collect()
    }

    /// The folders in that of the index.
    fn folders(&self) -> Vec<String> {
        let entries = fs::read_dir(self.index()).unwrap().flatten();
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let mut names: Vec<_> = folders
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

const WORDS: [&str; 12] = [
    "dijkverlegging",
    "subsidie",
    "vergunning",
    "kwelder",
    "gemaal",
    "zomerbed",
    "bestek",
    "hoogwater",
    "landeigenaar",
    "peilbesluit",
    "uiterwaard",
    "bezwaarschrift",
];

fn letter(n: usize) -> String {
    let word = |at: usize| WORDS[(n * 7 + at * 5 + n / (at + 1)) % WORDS.len()];
    let lines: Vec<String> = (0..40)
        .map(|at| {
            format!(
                "De {} en het {} liggen bij de {}.",
                word(at),
                word(at + 3),
                word(at + 8)
            )
        })
        .collect();
    format!("Brief {n}.\n{}\n", lines.join("\n"))
}

fn role(name: &str, role: &str) -> (String, String) {
    (name.to_owned(), role.to_owned())
}

fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let answer = server.post_json(path, body);
    (
        answer.status,
        serde_json::from_str(&answer.body).unwrap_or(Value::Null),
    )
}

/// The newest job to make the index anew.
fn job(server: &Server) -> Value {
    let answer = server.get("/v1/generaties");
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["opdrachten"][0].clone()
}

fn rebuild(server: &Server) {
    let (status, body) = post(server, "/v1/generaties", &Value::Null);
    assert_eq!(status, 201, "{body}");
    wait_for("the new index", Duration::from_secs(300), || {
        let job = job(server);
        let stand = text(&job, "stand");
        assert!(
            ["wacht", "loopt", "klaar"].contains(&stand.as_str()),
            "{job}"
        );
        stand == "klaar"
    });
}

/// Asks a question and gives its total, or what went wrong.
fn ask(server: &Server, question: &str) -> Result<u64, String> {
    let asked = server.post_json("/v1/zoekopdrachten", &json!({"vraag": question}));
    if asked.status != 303 {
        return Err(format!("{} {}", asked.status, asked.body));
    }
    let address = asked.header("location").to_owned();
    let found = server.get(&format!("{address}/resultaten?aantal=10"));
    if found.status != 200 {
        return Err(format!("{} {}", found.status, found.body));
    }
    Ok(number(&found.json(), "totaal"))
}

#[test]
fn the_index_is_made_anew_gone_back_to_and_confirmed_on_the_command_line() {
    let archive = Archief::new(40);
    let program = &archive.program;
    assert_eq!(archive.roles(), [role("generatie-1", "huidig")]);
    program.run(&["index", "--terug"]).code(1);
    program.run(&["index", "--opnieuw"]).ok();
    let both = [role("generatie-1", "vorige"), role("generatie-2", "huidig")];
    assert_eq!(archive.roles(), both);
    let refused = program.run(&["index", "--opnieuw"]).code(1);
    assert!(refused.err.contains("bevestig"), "{}", refused.err);
    let before = program.total("brief");
    assert_eq!(before, 40);

    // Nothing was read since: back without more ado.
    program.run(&["index", "--terug"]).ok();
    assert_eq!(archive.roles(), [role("generatie-1", "huidig")]);
    assert_eq!(program.total("brief"), before);

    // Something was: told what would be missing, and then found again by the next run.
    program.run(&["index", "--opnieuw"]).ok();
    put(&archive.map, "nieuw.txt", "Een pimpelmees.");
    fs::remove_file(archive.map.join("map 0/0.txt")).unwrap();
    program.index(&archive.map);
    let refused = program.run(&["index", "--terug"]).code(1).err;
    assert!(
        refused.contains("run 2 van bron schijf (1 nieuw, 0 gewijzigd, 1 verwijderd)"),
        "{refused}"
    );
    assert_eq!(program.total("pimpelmees"), 1);
    program.run(&["index", "--terug", "--toch"]).ok();
    assert_eq!(program.total("pimpelmees"), 0);
    let server = archive.serve();
    wait_for("the run that catches up", Duration::from_secs(60), || {
        ask(&server, "pimpelmees") == Ok(1)
    });
    drop(server);
    assert_eq!(program.total("brief"), 39);

    program.run(&["index", "--opnieuw"]).ok();
    program.run(&["index", "--bevestig"]).ok();
    assert_eq!(archive.roles(), [role("generatie-4", "huidig")]);
    assert_eq!(archive.folders(), ["generatie-4"]);
    program.run(&["index", "--bevestig"]).code(1);
    // On a slow machine many searches were recorded while the run was waited for.
    let all = ["audit", "lees", "--json", "--max", "10000"];
    let trail = program.run(&all).ok().out;
    for act in ["index.opnieuw", "index.terug", "index.bevestigd"] {
        assert!(trail.contains(act), "{act}: {trail}");
    }
}

#[test]
fn a_disk_that_is_too_full_is_told_with_figures_before_anything_is_done() {
    let archive = Archief::new(5);
    // A file that takes no room, but says that it does.
    let large = fs::File::create(archive.index().join("generatie-1/groot")).unwrap();
    large.set_len(1 << 42).unwrap();
    let refused = archive.program.run(&["index", "--opnieuw"]).code(1).err;
    assert!(
        refused.contains("nodig, en er is") && refused.contains("vrij"),
        "{refused}"
    );
    assert_eq!(archive.folders(), ["generatie-1"]);
    let server = archive.serve();
    let (status, body) = post(&server, "/v1/generaties", &Value::Null);
    assert_eq!(status, 422, "{body}");
}

#[test]
fn a_kill_at_any_moment_leaves_an_index_that_is_whole() {
    let archive = Archief::new(600);
    let program = &archive.program;
    let begun = Instant::now();
    program.run(&["index", "--opnieuw"]).ok();
    let whole = begun.elapsed();
    program.run(&["index", "--bevestig"]).ok();
    let server = archive.serve();
    let (mut killed, mut switched) = (0, 0);
    let note = archive.index().join("WISSEL.json");
    for at in 0..12 {
        let noted = fs::read(&note).unwrap();
        let mut child = program.start(&["index", "--opnieuw"]);
        match at % 2 {
            0 => std::thread::sleep(whole.mul_f64(f64::from(at) / 11.0)),
            // At the switch itself.
            _ => while child.try_wait().unwrap().is_none() && fs::read(&note).unwrap() == noted {},
        }
        killed += usize::from(child.try_wait().unwrap().is_none());
        kill_tree(&mut child);
        // Whatever was done: what is searched is whole, also for a server that ran all the time.
        assert_eq!(program.total("brief"), 600);
        assert_eq!(ask(&server, "brief"), Ok(600));
        let rest = archive.roles();
        assert!(rest.iter().any(|(_, role)| role == "huidig"), "{rest:?}");
        if rest.iter().any(|(_, role)| role == "vorige") {
            program.run(&["index", "--bevestig"]).ok();
            switched += 1;
        }
    }
    println!("{killed} kills within {whole:?}, {switched} came to the switch");
    assert!(killed > 2, "nothing was killed");
    drop(server);
    // The next program tidies up.
    let _server = archive.serve();
    assert_eq!(archive.folders().len(), 1);
    assert_eq!(archive.stand()["in_aanbouw"], Value::Null);
}

#[test]
fn what_a_kill_between_the_two_files_of_the_switch_leaves_is_tidied_up() {
    let archive = Archief::new(20);
    let program = &archive.program;
    program.run(&["index", "--opnieuw"]).ok();
    // As it is when the power goes after the switch was noted and before it was made.
    fs::write(archive.index().join("HUIDIG"), "generatie-1").unwrap();
    assert_eq!(
        archive.roles(),
        [role("generatie-1", "huidig"), role("generatie-2", "half")]
    );
    let server = archive.serve();
    assert_eq!(ask(&server, "brief"), Ok(20));
    assert_eq!(archive.roles(), [role("generatie-1", "huidig")]);
    assert_eq!(archive.folders(), ["generatie-1"]);
}

#[test]
fn an_index_of_a_newer_program_does_not_stop_a_server_that_runs() {
    let archive = Archief::new(20);
    let server = archive.serve();
    assert_eq!(ask(&server, "brief"), Ok(20));
    // As a newer program leaves it: another schema, made the current one under the nose of this server.
    archive.program.run(&["index", "--opnieuw"]).ok();
    assert_eq!(ask(&server, "brief"), Ok(20));
    archive.program.run(&["index", "--bevestig"]).ok();
    copy(
        &archive.index().join("generatie-2"),
        &archive.index().join("generatie-3"),
    );
    let meta = archive.index().join("generatie-3/meta.json");
    let newer = fs::read_to_string(&meta).unwrap();
    let newer = newer.replace("\\\"schema\\\":", "\\\"schema\\\":9");
    fs::write(&meta, newer).unwrap();
    fs::write(archive.index().join("HUIDIG"), "generatie-3").unwrap();
    for _ in 0..5 {
        assert_eq!(ask(&server, "brief"), Ok(20));
    }
    let behind = server.get("/v1/generaties").json();
    assert!(
        text(&behind, "achter").contains("andere versie"),
        "{behind}"
    );
    let page = server.get("/generaties").body;
    assert!(page.contains("oudere stand van de index"), "{page}");
    assert!(page.contains("kan er niet in zoeken"), "{page}");
    fs::write(archive.index().join("HUIDIG"), "generatie-2").unwrap();
    assert_eq!(ask(&server, "brief"), Ok(20));
    assert_eq!(server.get("/v1/generaties").json()["achter"], Value::Null);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What one stretch of the load came to.
#[derive(Default)]
struct Load {
    /// Milliseconds of each request.
    times: Vec<f64>,
    errors: Vec<String>,
}

impl Load {
    fn p95(&mut self) -> f64 {
        self.times.sort_by(f64::total_cmp);
        let at = (self.times.len() * 95 / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).copied().unwrap_or_default()
    }
}

/// Requests per second: half of them ask, the other half read what was found.
const RATE: usize = 50;
/// Threads that send them, so that one that waits does not hold up the others.
const SENDERS: usize = 10;

/// Sends searches at a fixed rate, until `stop`, and notes each under the stretch of that moment.
fn load(server: &Server, stretches: &[Mutex<Load>], now: &AtomicStretch, stop: &AtomicBool) {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            scope.spawn(move || {
                let pause = Duration::from_secs_f64((2 * SENDERS) as f64 / RATE as f64);
                let first = pause.mul_f64(sender as f64 / SENDERS as f64);
                for turn in 0.. {
                    let due = begun + first + pause * turn;
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let word = WORDS[(sender + turn as usize * 3) % WORDS.len()];
                    let other = WORDS[(sender * 5 + turn as usize) % WORDS.len()];
                    let question = match turn % 4 {
                        0 => word.to_owned(),
                        1 => format!("{word} OF {other}"),
                        2 => format!("{word} NEAR/5 {other}"),
                        _ => format!("brief EN {word}* NIET pad:nergens"),
                    };
                    let sent = Instant::now();
                    let found = ask(server, &question);
                    // A pair of requests; the time of one is half.
                    let millis = sent.elapsed().as_secs_f64() * 500.0;
                    let mut stretch = stretches[now.0.load(Ordering::Relaxed)].lock().unwrap();
                    stretch.times.push(millis);
                    match found {
                        Ok(total) if total > 0 => {}
                        other => stretch.errors.push(format!("{question}: {other:?}")),
                    }
                }
            });
        }
    });
}

struct AtomicStretch(std::sync::atomic::AtomicUsize);

#[test]
fn searching_goes_on_without_an_error_while_the_index_is_made_anew_switched_and_gone_back_to() {
    const NAMES: [&str; 4] = [
        "before",
        "while built",
        "after the switch",
        "after going back",
    ];
    let archive = Archief::new(4_000);
    let server = Arc::new(archive.serve());
    assert_eq!(ask(&server, "brief"), Ok(4_000));
    let stretches: Vec<Mutex<Load>> = NAMES.iter().map(|_| Mutex::default()).collect();
    let (now, stop) = (AtomicStretch(0.into()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| load(&server, &stretches, &now, &stop));
        std::thread::sleep(Duration::from_secs(10));
        now.0.store(1, Ordering::Relaxed);
        let begun = Instant::now();
        rebuild(&server);
        println!("built in {:?}", begun.elapsed());
        now.0.store(2, Ordering::Relaxed);
        std::thread::sleep(Duration::from_secs(5));
        now.0.store(3, Ordering::Relaxed);
        let (status, body) = post(&server, "/v1/generaties/_terug", &json!({}));
        assert_eq!(status, 200, "{body}");
        std::thread::sleep(Duration::from_secs(5));
        stop.store(true, Ordering::Relaxed);
    });
    for (name, stretch) in NAMES.iter().zip(&stretches) {
        let mut stretch = stretch.lock().unwrap();
        let p95 = stretch.p95();
        println!(
            "{name}: {} searches, p95 {p95:.1} ms a request",
            stretch.times.len()
        );
        assert!(!stretch.times.is_empty(), "{name}: nothing was asked");
        assert_eq!(stretch.errors, [] as [String; 0], "{name}");
    }
    assert_eq!(archive.roles(), [role("generatie-1", "huidig")]);
}
