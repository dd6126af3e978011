//! Runs the binary as a user would, with a state folder of its own. Never looks inside that folder.

use crate::process::wait_for;
use crate::server::Server;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The binary under test: `ZOEKENVIND_BIN`, or what lies in the build folder of this test.
pub fn binary() -> PathBuf {
    let path = match std::env::var_os("ZOEKENVIND_BIN") {
        Some(path) => PathBuf::from(path),
        None => {
            // target/debug/deps/<this test>
            let test = std::env::current_exe().unwrap();
            test.ancestors().nth(2).unwrap().join("zoekenvind")
        }
    };
    assert!(
        path.is_file(),
        "there is no program to test at {}: run ./test, or first: cargo build --workspace --bins --tests",
        path.display()
    );
    path
}

/// The program with a state folder of its own, which goes when this is dropped.
#[derive(Debug)]
pub struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

impl Default for Program {
    fn default() -> Self {
        Program::new()
    }
}

impl Program {
    /// The program with an empty state.
    pub fn new() -> Program {
        Program {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// The program with an empty state on this disk.
    pub fn on(disk: &Path) -> Program {
        Program {
            folder: tempfile::tempdir_in(disk).unwrap(),
            variables: Vec::new(),
        }
    }

    /// The same with an environment variable for every command.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Program {
        self.variables.push((name, value));
        self
    }

    /// The state folder.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("staat")
    }

    /// A command that has not started yet.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .env("ZOEKENVIND_STAAT", self.state())
            .env("XDG_DATA_HOME", self.folder.path().join("xdg"))
            .envs(self.variables.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Answer {
        Answer::new(arguments, self.command(arguments).output().unwrap())
    }

    /// Runs a command that reads `input`.
    pub fn run_with_input<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8]) -> Answer {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let input = input.to_vec();
        // From a thread: a program that answers while it reads would else wait for us, and we for it.
        let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Answer::new(arguments, output)
    }

    /// Writes the demo archive and gives its folder. Only `start` does that, so it runs until its run is done.
    pub fn demo(&self) -> PathBuf {
        let account = self.state().join("runs/000001.json");
        let _server = Server::start(self, &["start"]);
        wait_for(
            "the run over the demo archive",
            Duration::from_secs(120),
            || account.is_file(),
        );
        let account: Value = serde_json::from_slice(&std::fs::read(account).unwrap()).unwrap();
        PathBuf::from(text(&account, "map"))
    }

    /// Starts a command whose output nobody reads.
    pub fn start<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Indexes `map` and gives the account; the run must end with exit code 0.
    pub fn index(&self, map: &Path) -> Value {
        self.index_with(map, &[]).ok().json()
    }

    /// Indexes `map` with more arguments.
    pub fn index_with(&self, map: &Path, arguments: &[&str]) -> Answer {
        let mut all: Vec<OsString> = vec!["index".into(), map.into(), "--json".into()];
        all.extend(arguments.iter().map(OsString::from));
        self.run(&all)
    }

    /// Searches and gives the whole answer.
    pub fn search(&self, question: &str) -> Value {
        self.search_with(question, &[])
    }

    /// Searches with more arguments.
    pub fn search_with(&self, question: &str, arguments: &[&str]) -> Value {
        let mut all = vec!["zoek", question, "--json"];
        all.extend(arguments);
        self.run(&all).ok().json()
    }

    /// How many documents a question finds.
    pub fn total(&self, question: &str) -> u64 {
        number(&self.search(question), "totaal")
    }

    /// The paths that a question finds, in the order given; all of them.
    pub fn paths(&self, question: &str) -> Vec<String> {
        let found = self.search_with(question, &["--max", "100000"]);
        let results = found["resultaten"].as_array().unwrap();
        let paths = results
            .iter()
            .map(|hit| text(hit, "pad"))
            .collect::<Vec<_>>();
        assert_eq!(paths.len() as u64, number(&found, "totaal"), "{question}");
        paths
    }
}

/// What a command said when it ended.
#[derive(Debug)]
pub struct Answer {
    command: String,
    status: ExitStatus,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    fn new<S: AsRef<OsStr>>(arguments: &[S], output: Output) -> Answer {
        let words: Vec<_> = arguments
            .iter()
            .map(|a| a.as_ref().to_string_lossy())
            .collect();
        Answer {
            command: words.join(" "),
            status: output.status,
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Whether the exit code is 0.
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// The same answer, when the exit code is 0.
    pub fn ok(self) -> Answer {
        self.code(0)
    }

    /// The same answer, when the exit code is `code`.
    pub fn code(self, code: i32) -> Answer {
        assert_eq!(
            self.status.code(),
            Some(code),
            "zoekenvind {} ({})\n--- output\n{:.4000}\n--- errors\n{:.4000}",
            self.command,
            self.status,
            self.out,
            self.err
        );
        self
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!(
                "zoekenvind {}: {error}\n{}\n{}",
                self.command, self.out, self.err
            )
        })
    }

    /// Standard output as one JSON document a line.
    pub fn lines(&self) -> Vec<Value> {
        let line = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("zoekenvind {}: {error}\n{line}", self.command))
        };
        self.out.lines().map(line).collect()
    }
}

/// A number of a JSON object.
pub fn number(object: &Value, field: &str) -> u64 {
    object[field]
        .as_u64()
        .unwrap_or_else(|| panic!("no number {field} in {object:.2000}"))
}

/// A text of a JSON object.
pub fn text(object: &Value, field: &str) -> String {
    object[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text {field} in {object:.2000}"))
        .to_owned()
}

/// Checks that the account adds up and speaks of `seen` files.
pub fn adds_up(account: &Value, seen: u64) {
    let outcomes = [
        "nieuw",
        "gewijzigd",
        "verplaatst",
        "ongewijzigd",
        "onleesbaar",
        "overgeslagen",
    ];
    let sum: u64 = outcomes
        .iter()
        .map(|outcome| number(account, outcome))
        .sum();
    assert_eq!(
        (number(account, "gezien"), sum),
        (seen, seen),
        "{account:#}"
    );
}
