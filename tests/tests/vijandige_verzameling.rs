//! As a keeper of archives I index a drive on which every known trick against readers stands: bombs, a zip that holds
//! itself, a thousand levels, loops, heaps of brackets, ten gigabytes of nothing. The run ends well and in time, every
//! file is accounted for once, and the ordinary file beside each is found.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zv_tests::archive::{put, zip};
use zv_tests::hostile;
use zv_tests::process::Watch;
use zv_tests::program::{Program, adds_up, number, text};

/// Memory of a reader in these tests.
const MEMORY: u64 = 768 << 20;
const SECONDS: u64 = 40;

/// A drive with hostile files, an ordinary one before and after each.
struct Drive {
    folder: TempDir,
    program: Program,
    files: u64,
    neighbours: u64,
}

impl Drive {
    fn new(settings: &str) -> Drive {
        let program = Program::new();
        fs::create_dir_all(program.state()).unwrap();
        let settings = format!(
            "[inlezen]\nlezer_seconden = {SECONDS}\nlezer_geheugen = {MEMORY}\ntekst_bytes = 20000000\n\
             tekstherkenning = false\n{settings}"
        );
        fs::write(program.state().join("zoekenvind.toml"), settings).unwrap();
        Drive {
            folder: tempfile::tempdir().unwrap(),
            program,
            files: 0,
            neighbours: 0,
        }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file on the drive, between two neighbours.
    fn put(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        put(self.root(), name, bytes);
        self.between(name);
    }

    fn between(&mut self, name: &str) {
        for side in ["a", "z"] {
            let path = format!("{name} {side}.txt");
            put(
                self.root(),
                &path,
                format!("Een gewone buurman van {name}: waterschapsbelasting."),
            );
        }
        self.files += 3;
        self.neighbours += 2;
    }

    /// Runs the program over the drive: its account, and what became of each hostile file.
    fn index(&self) -> Indexed {
        let begun = Instant::now();
        let mut command =
            self.program
                .command(&["index".as_ref(), self.root().as_os_str(), "--json".as_ref()]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let watch = Watch::new(child.id());
        let output = child.wait_with_output().unwrap();
        let memory = watch.peak();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{errors}");
        let account: Value = serde_json::from_slice(&output.stdout).unwrap();
        adds_up(&account, self.files);
        assert_eq!(
            self.program.total("waterschapsbelasting"),
            self.neighbours,
            "a neighbour is missing"
        );
        // Two readers and the program itself, with the room that an index needs.
        assert!(memory < 3 * MEMORY, "{} MB in use", memory >> 20);
        let all = self.program.search_with("", &["--max", "100000"]);
        println!(
            "{:.1} s, {} MB",
            begun.elapsed().as_secs_f32(),
            memory >> 20
        );
        Indexed {
            account,
            hits: all["resultaten"].as_array().unwrap().clone(),
        }
    }
}

struct Indexed {
    account: Value,
    hits: Vec<Value>,
}

impl Indexed {
    /// Paths and reasons of a file and all that is in it.
    fn told(&self, name: &str) -> Vec<(String, String)> {
        let within = format!("{name}!/");
        let told: Vec<_> = self
            .hits
            .iter()
            .filter(|hit| {
                let path = text(hit, "pad");
                path == name || path.starts_with(&within)
            })
            .map(|hit| {
                let reason = hit["reden"].as_str().unwrap_or_default().to_owned();
                (text(hit, "pad"), reason)
            })
            .collect();
        println!("{name}: {:?}", told.iter().take(4).collect::<Vec<_>>());
        assert!(!told.is_empty(), "{name} left no trace");
        told
    }

    /// That the file, or something in it, is not wholly read for a reason with these words.
    #[track_caller]
    fn says(&self, name: &str, words: &str) {
        let told = self.told(name);
        assert!(
            told.iter().any(|(_, reason)| reason.contains(words)),
            "{name}: no {words:?} in {told:?}"
        );
        self.no_crash(name);
    }

    /// That no reader died of the file or of what is in it.
    #[track_caller]
    fn no_crash(&self, name: &str) {
        for (_, reason) in self.told(name) {
            let fatal = [
                "liep vast",
                "stopte onverwacht",
                "niet mag",
                "te diep genest",
                "seconden",
                "werkgeheugen",
            ];
            assert!(
                !fatal.iter().any(|word| reason.contains(word)),
                "{name}: {reason}"
            );
        }
    }
}

#[test]
fn bombs_and_labyrinths_end_at_a_visible_limit() {
    let mut drive =
        Drive::new("onderdelen = 500\nonderdelen_bytes = 60000000\nonderdelen_verhouding = 100\n");
    drive.put("bom.zip", hostile::ratio(200 << 20));
    drive.put("overlap.zip", hostile::overlapping(250, 1 << 20));
    drive.put("zonder einde.gz", hostile::endless_gz(40));
    let quine = hostile::quine();
    drive.put("zichzelf.zip", &quine);
    drive.put(
        "duizend.zip",
        hostile::zips(1000, b"De kern over kwelwater."),
    );
    drive.put(
        "duizend.eml",
        hostile::mails(1000, "De kern over kwelwater."),
    );
    drive.put(
        "delen.eml",
        hostile::multiparts(1000, "De kern over grondwater."),
    );
    drive.put(
        "duizend.tar.gz",
        hostile::tarballs(500, b"De kern over kwelwater."),
    );
    drive.put(
        "pak van bommen.zip",
        zip(&[
            ("bom.zip", &hostile::ratio(100 << 20)),
            ("gewoon.txt", b"naast de bom"),
        ]),
    );
    let indexed = drive.index();
    for name in [
        "bom.zip",
        "overlap.zip",
        "zonder einde.gz",
        "pak van bommen.zip",
    ] {
        indexed.says(name, "grens bereikt: uitgepakt");
    }
    for name in [
        "zichzelf.zip",
        "duizend.zip",
        "duizend.eml",
        "duizend.tar.gz",
    ] {
        indexed.says(name, "niveaus diep");
    }
    indexed.no_crash("delen.eml");
    assert_eq!(drive.program.total("kwelwater"), 0);
    assert_eq!(drive.program.total("\"naast de bom\""), 1);
    assert!(
        number(&indexed.account["kinderen"], "gelezen") > 0,
        "{:#}",
        indexed.account
    );
}

#[test]
fn brackets_entities_and_loops_cost_neither_a_reader_nor_the_words_before_them() {
    let mut drive = Drive::new("");
    let mut names = Vec::new();
    for (name, bytes) in hostile::brackets(1_000_000) {
        drive.put(name, bytes);
        names.push(name);
    }
    for (name, bytes) in hostile::laughs() {
        drive.put(name, bytes);
        names.push(name);
    }
    for (name, bytes) in hostile::cyclic_pdfs() {
        drive.put(name, bytes);
        names.push(name);
    }
    // The library for PDF goes as deep as its stack: then a limit is named, and only that.
    let mut deep = Vec::new();
    for (name, bytes) in hostile::deep_pdfs(60_000) {
        drive.put(name, bytes);
        deep.push(name);
    }
    let indexed = drive.index();
    for name in names.into_iter().filter(|name| *name != "tekening.pdf") {
        indexed.no_crash(name);
    }
    for name in deep.into_iter().chain(["tekening.pdf"]) {
        for (_, reason) in indexed.told(name) {
            let honest = reason.is_empty()
                || reason.starts_with("grens bereikt")
                || reason.ends_with("van deze pdf is niet te lezen");
            assert!(honest, "{name}: {reason}");
        }
    }
    indexed.says("open elementen.xml", "houdt te vroeg op");
    indexed.says("kinderen.pdf", "beschadigd");
    assert_eq!(drive.program.total("hahahaha"), 0);
}

/// Ten gigabytes on paper, nothing on disk.
#[test]
fn a_pdf_of_ten_gigabytes_is_not_loaded() {
    let mut drive = Drive::new("");
    drive.between("leeg.pdf");
    let mut file = File::create(drive.root().join("leeg.pdf")).unwrap();
    file.write_all(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")
        .unwrap();
    file.set_len(10 << 30).unwrap();
    drop(file);
    let begun = Instant::now();
    let indexed = drive.index();
    indexed.says("leeg.pdf", "te groot");
    assert!(
        begun.elapsed() < Duration::from_secs(240),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn what_is_no_file_or_does_not_stand_still_is_accounted_for() {
    let mut drive = Drive::new("");
    drive.between("pijp");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    let here = rustix::fs::CWD;
    let fifo = drive.root().join("pijp");
    rustix::fs::mknodat(here, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    drive.between("nullen");
    std::os::unix::fs::symlink("/dev/zero", drive.root().join("nullen")).unwrap();
    let mut special = 2;
    // Only root may make a device.
    let device = drive.root().join("apparaat");
    let zero = rustix::fs::makedev(1, 5);
    if rustix::fs::mknodat(
        here,
        &device,
        rustix::fs::FileType::CharacterDevice,
        mode,
        zero,
    )
    .is_ok()
    {
        drive.between("apparaat");
        special += 1;
    }
    drive.put("groeit.txt", "Een stuk dat groeit.\n".repeat(1_000_000));
    let stop = AtomicBool::new(false);
    let path = drive.root().join("groeit.txt");
    let indexed = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&path).unwrap();
            while !stop.load(Ordering::Relaxed) {
                file.write_all(b"Nog een regel.\n").unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let indexed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drive.index()));
        stop.store(true, Ordering::Relaxed);
        indexed.unwrap()
    });
    assert_eq!(
        number(&indexed.account, "overgeslagen"),
        special,
        "{:#}",
        indexed.account
    );
    indexed.says("groeit.txt", "veranderde tijdens het lezen");
}
