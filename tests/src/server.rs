//! A running server and plain HTTP to it, every byte of the request ours: a test of protection must be able to send
//! what no browser would. Never interprets an answer beyond its head.

use crate::process::{kill_tree, wait_for};
use crate::program::Program;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server that ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

impl Server {
    /// Starts `zoekenvind ARGUMENTS` and waits until it says where it listens.
    pub fn start(program: &Program, arguments: &[&str]) -> Server {
        let mut command = program.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        keep(child.stdout.take().unwrap(), &log);
        keep(child.stderr.take().unwrap(), &log);
        let mut port = None;
        wait_for("the address of the server", Duration::from_secs(60), || {
            let text = log.lock().unwrap();
            let after = text
                .split_once("http://127.0.0.1:")
                .map(|(_, after)| after.to_owned());
            assert!(
                child.try_wait().unwrap().is_none(),
                "the server ended: {text}"
            );
            let digits: Option<String> =
                after.map(|after| after.chars().take_while(char::is_ascii_digit).collect());
            port = digits.and_then(|digits| digits.parse().ok());
            port.is_some()
        });
        Server {
            child,
            log,
            port: port.unwrap(),
        }
    }

    /// All that it wrote to the terminal until now.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at this very moment, as a power cut would.
    pub fn cut(mut self) {
        // It may have ended by itself; what waits for it is in the drop.
        let _ = self.child.kill();
    }

    /// Sends a request with exactly these headers.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        Response::new(&self.ask(method, path, headers, body).bytes())
    }

    /// Sends a request and does not wait for its answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Asked {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() || method == "POST" {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        // A server that refuses may close before it has read everything; its answer is there all the same.
        let _ = stream.write_all(body);
        Asked(stream)
    }

    /// The name that a browser on this machine would send.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Fetches a page or an answer.
    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[("Host", &self.host())], b"")
    }

    /// Sends JSON, as a program on this machine would.
    pub fn post_json(&self, path: &str, body: &Value) -> Response {
        let headers = [
            ("Host", &*self.host()),
            ("Content-Type", "application/json"),
        ];
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill_tree(&mut self.child);
    }
}

fn keep(stream: impl Read + Send + 'static, log: &Arc<Mutex<String>>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            log.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
}

/// A request whose answer nobody read yet.
#[derive(Debug)]
pub struct Asked(TcpStream);

impl Asked {
    fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // What came before the connection broke is there all the same.
        let _ = self.0.read_to_end(&mut bytes);
        bytes
    }

    /// The answer; nothing when the server ended before it had sent all of it.
    pub fn answer(self) -> Option<Response> {
        let bytes = self.bytes();
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let response = Response::new(&bytes);
        let announced = response.header("content-length").parse();
        (bytes.len() - head - 4 >= announced.unwrap_or(0)).then_some(response)
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Response {
    /// 200, 404, ...
    pub status: u16,
    head: String,
    /// The body; of a chunked answer with the sizes between.
    pub body: String,
}

impl Response {
    fn new(bytes: &[u8]) -> Response {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Response {
            status: status.unwrap_or_else(|| panic!("not an answer: {head:?}")),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let named = |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        };
        let found = self.head.lines().find(|line| named(line).is_some());
        found
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value.trim())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:.2000}", self.body))
    }
}
