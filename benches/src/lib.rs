//! What the benchmarks share: running programs with their wall time and anonymous memory, percentiles, and
//! requests over loopback. Never decides what is fast enough: a benchmark prints ratios in one run.

pub mod articles;
pub mod hits;
pub mod mails;
pub mod office;
pub mod sources;
pub mod words;

use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use zv_shared::{Dates, DocId, Document, Fingerprint, Place, Readability};

/// The optimised program: built by `cargo build --release`, or named by `ZOEKENVIND_BIN`.
pub fn program() -> Result<PathBuf> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/zoekenvind");
    let path = std::env::var_os("ZOEKENVIND_BIN").map_or(built, PathBuf::from);
    ensure!(
        path.is_file(),
        "{} is missing: run cargo build --release",
        path.display()
    );
    Ok(path.canonicalize()?)
}

/// The folder that `variable` names.
pub fn folder_from(variable: &str) -> Result<PathBuf> {
    let value = std::env::var_os(variable).with_context(|| format!("set {variable}"))?;
    Ok(PathBuf::from(value).canonicalize()?)
}

/// A finished program.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Wall time in seconds.
    pub seconds: f64,
    /// Peak of the summed anonymous memory of the process and its descendants, in MiB.
    pub anonymous_mib: f64,
    /// What it printed.
    pub output: String,
}

/// Runs `command` to its end; an exit code other than 0 is an error.
pub fn run(command: &mut Command) -> Result<Finished> {
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = child.with_context(|| format!("cannot start {command:?}"))?;
    let memory = MemoryWatch::of(child.id());
    let mut output = String::new();
    if let Some(stdout) = child.stdout.as_mut() {
        stdout.read_to_string(&mut output)?;
    }
    let status = child.wait()?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{command:?}: {status}");
    Ok(Finished {
        seconds,
        anonymous_mib: memory.peak_mib(),
        output,
    })
}

/// Samples the anonymous memory of a process tree ten times a second.
pub struct MemoryWatch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl MemoryWatch {
    /// Watches `root` and everything that descends from it.
    pub fn of(root: u32) -> Self {
        let (stop, peak) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (stopped, highest) = (stop.clone(), peak.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                highest.fetch_max(anonymous_kib(root), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(100));
            }
        });
        MemoryWatch { stop, peak, thread }
    }

    /// The peak so far, in MiB.
    pub fn peak_mib(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        // A sampler that panicked has measured nothing: the peak stays what it saw.
        let _ = self.thread.join();
        self.peak.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

fn anonymous_kib(root: u32) -> u64 {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let behind_name = stat.rsplit(") ").next().unwrap_or_default();
        if let Some(parent) = behind_name
            .split(' ')
            .nth(1)
            .and_then(|ppid| ppid.parse::<u32>().ok())
        {
            parents.insert(pid, parent);
        }
    }
    let descends = |mut pid: u32| loop {
        if pid == root {
            return true;
        }
        match parents.get(&pid) {
            Some(&parent) => pid = parent,
            None => return false,
        }
    };
    let tree = parents.keys().copied().filter(|pid| descends(*pid));
    tree.map(|pid| {
        // Shared in proportion: a child that was just forked holds its parent's pages without adding any.
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = rollup
            .lines()
            .find_map(|line| line.strip_prefix("Pss_Anon:"));
        line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
            .unwrap_or(0)
    })
    .sum()
}

/// Bytes of all files below `folder`.
pub fn bytes_below(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.metadata()?;
        sum += if kind.is_dir() {
            bytes_below(&entry.path())?
        } else {
            kind.len()
        };
    }
    Ok(sum)
}

/// p50, p95 and p99 of `milliseconds`.
pub fn percentiles(mut milliseconds: Vec<f64>) -> [f64; 3] {
    milliseconds.sort_by(f64::total_cmp);
    [50, 95, 99].map(|p| {
        let at = (milliseconds.len() * p).div_ceil(100).saturating_sub(1);
        milliseconds.get(at).copied().unwrap_or(f64::NAN)
    })
}

/// A running server, stopped when dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts `zoekenvind serve` on `state` and waits until it answers.
    pub fn start(state: &Path, address: &str) -> Result<Self> {
        let mut command = Command::new(program()?);
        command
            .arg("--staat")
            .arg(state)
            .args(["serve", "--adres", address]);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let server = Server {
            child,
            address: address.to_owned(),
        };
        for _ in 0..200 {
            if TcpStream::connect(address).is_ok() {
                return Ok(server);
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("the server does not answer on {address}")
    }

    /// Number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A connection that is kept open between requests.
    pub fn connect(&self) -> Result<Client> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            host: self.address.clone(),
            cookie: None,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One HTTP/1.1 connection.
pub struct Client {
    stream: TcpStream,
    host: String,
    /// The session of somebody who is logged in.
    pub cookie: Option<String>,
}

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The Location header, if any.
    pub location: Option<String>,
    /// The cookie that is to be kept, if any.
    pub cookie: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// Sends one request and reads its answer.
    pub fn request(&mut self, method: &str, path: &str, kind: &str, body: &str) -> Result<Answer> {
        let host = &self.host;
        let cookie = self.cookie.as_ref();
        let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             {cookie}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let head = self.head()?;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .context("status line")?;
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let body = match header("content-length") {
            Some(length) => self.exactly(length.parse()?)?,
            None if header("transfer-encoding").is_some() => self.chunks()?,
            None => Vec::new(),
        };
        Ok(Answer {
            status,
            location: header("location"),
            cookie: header("set-cookie")
                .and_then(|cookie| Some(cookie.split(';').next()?.to_owned())),
            body,
        })
    }

    fn head(&mut self) -> Result<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.exactly(1)?);
        }
        Ok(String::from_utf8(head)?)
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.extend(self.exactly(1)?);
            }
            let length = usize::from_str_radix(String::from_utf8(line)?.trim(), 16)?;
            body.extend(self.exactly(length)?);
            self.exactly(2)?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// A document with nothing but a name, a title (its name when there is none) and a text.
pub fn document(name: &str, title: Option<&str>) -> Document {
    let id = DocId::of_file("bench", name.as_bytes(), 0);
    Document {
        id,
        bron: "bench".into(),
        place: Place {
            path: name.into(),
            inner: Vec::new(),
        },
        title: title.unwrap_or(name).into(),
        format: "txt".into(),
        kind: "document".into(),
        authors: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        people: Vec::new(),
        custodian: None,
        dates: Dates::default(),
        days: Vec::new(),
        language: Some("nl".into()),
        readability: Readability::Leesbaar,
        reason: None,
        metadata: Vec::new(),
        family: id,
        parent: None,
        ordinal: 0,
        complete: true,
        fingerprint: Fingerprint::default(),
        content: None,
        text: None,
        size: 0,
        pages: 1,
        relations: Default::default(),
        archief: Default::default(),
        access: Default::default(),
        gone: None,
        earlier_of: None,
    }
}
