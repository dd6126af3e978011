//! Requests to the nodes of a cluster, one at a time: JSON there and back. Owns going to another node when one does not
//! answer, and waiting when a node is too busy. Everything that is asked may be asked twice. Never logs what is asked:
//! questions are personal data.

use crate::index::IndexError;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

/// A node that cannot be reached in this time is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// A search through very many documents may take long, but not for ever.
const ANSWER: Duration = Duration::from_secs(600);
/// How often a request is tried again, on another node or after waiting.
const TRIES: u32 = 8;
/// How long is waited first; each time twice as long.
const WAIT: Duration = Duration::from_millis(100);
/// Too many requests, or not ready.
const BUSY: [u16; 2] = [429, 503];

/// The nodes of a cluster.
#[derive(Debug)]
pub struct Nodes {
    agent: Agent,
    addresses: Vec<String>,
    /// The node that answered last.
    current: AtomicUsize,
}

/// What a node answered.
#[derive(Debug)]
pub struct Answer {
    /// The code of HTTP.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The body when all is well.
    ///
    /// # Errors
    /// The reason that the cluster gives; it is English, and for who keeps the cluster.
    pub fn ok(self) -> Result<Value, IndexError> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let error = &self.body["error"];
        let cause = &error["root_cause"][0];
        // The sentence of the reason may hold the question; its kind never does.
        let kind = cause["type"].as_str().or(error["type"].as_str());
        let kind = kind.unwrap_or("onbekend");
        Err(failed(format!("fout {} ({kind})", self.status)))
    }
}

impl Nodes {
    /// The nodes at these addresses, such as `http://127.0.0.1:9200`.
    pub fn new(addresses: &[String]) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(ANSWER))
            .build();
        let addresses = addresses.iter();
        Nodes {
            agent: config.into(),
            addresses: addresses
                .map(|one| one.trim_end_matches('/').to_owned())
                .collect(),
            current: AtomicUsize::new(0),
        }
    }

    /// Asks for what lies at `path`.
    ///
    /// # Errors
    /// When no node answers.
    pub fn get(&self, path: &str) -> Result<Answer, IndexError> {
        self.request("GET", path, &[])
    }

    /// Sends `body` to `path`.
    ///
    /// # Errors
    /// As for [`Nodes::get`].
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Result<Answer, IndexError> {
        let body = serde_json::to_vec(body).map_err(|error| failed(error.to_string()))?;
        self.request(method, path, &body)
    }

    /// Sends bytes, an empty body too.
    ///
    /// # Errors
    /// As for [`Nodes::get`].
    pub fn request(&self, method: &str, path: &str, body: &[u8]) -> Result<Answer, IndexError> {
        let (mut wait, mut last) = (WAIT, None);
        for _ in 0..TRIES {
            let at = self.current.load(Ordering::Relaxed);
            let Some(address) = self.addresses.get(at % self.addresses.len().max(1)) else {
                return Err(failed("er is geen adres ingesteld".to_owned()));
            };
            match self.once(method, &format!("{address}{path}"), body) {
                Ok(answer) if !BUSY.contains(&answer.status) => return Ok(answer),
                Ok(answer) => last = Some(Ok(answer)),
                Err(error) => {
                    last = Some(Err(error));
                    self.current.store(at.wrapping_add(1), Ordering::Relaxed);
                }
            }
            std::thread::sleep(wait);
            wait *= 2;
        }
        match last {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(failed(format!("geen knooppunt antwoordt: {error}"))),
            None => Err(failed("geen knooppunt antwoordt".to_owned())),
        }
    }

    fn once(&self, method: &str, address: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
        const JSON: &str = "application/json";
        let agent = &self.agent;
        let answer = match (method, body) {
            ("GET", _) => agent.get(address).call(),
            ("HEAD", _) => agent.head(address).call(),
            ("DELETE", []) => agent.delete(address).call(),
            ("DELETE", body) => {
                let request = agent.delete(address).header("content-type", JSON);
                request.force_send_body().send(body)
            }
            ("PUT", body) => agent.put(address).content_type(JSON).send(body),
            (_, []) => agent.post(address).send_empty(),
            (_, body) => agent.post(address).content_type(JSON).send(body),
        }?;
        read(answer)
    }
}

fn read(mut answer: Response<Body>) -> Result<Answer, ureq::Error> {
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(u64::MAX);
    let bytes = body.read_to_vec()?;
    // What is no JSON comes from something before the cluster: its code is what counts.
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Answer { status, body })
}

/// An error of the cluster.
pub fn failed(why: String) -> IndexError {
    IndexError::Engine(format!("het cluster: {why}"))
}

/// A number that the cluster gave.
///
/// # Errors
/// When it is none.
pub fn number(value: &Value) -> Result<u64, IndexError> {
    value
        .as_u64()
        .ok_or_else(|| failed("een antwoord is anders dan verwacht".to_owned()))
}
