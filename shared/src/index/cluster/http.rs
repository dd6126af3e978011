//! Requests to the nodes of a cluster, one at a time: JSON there and back. Owns going to another node when one does not
//! answer, and waiting when a node is too busy. Everything that is asked may be asked twice. Never logs what is asked:
//! questions are personal data.

use crate::index::IndexError;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
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

/// How a cluster calls a question with more parts than it was told to allow.
const TOO_LARGE: [&str; 2] = ["too_many_clauses", "too_many_nested_clauses"];

/// How this machine tells a cluster who it is, and whom it trusts.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// A name, and the file with its password.
    pub user: Option<(String, PathBuf)>,
    /// The file with the authorities that are trusted (PEM); else those of the system.
    pub authorities: Option<PathBuf>,
    /// The files with a certificate and its private key (PEM).
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// The nodes of a cluster.
pub struct Nodes {
    agent: Agent,
    addresses: Vec<String>,
    /// What stands in every request of who logs in by name.
    authorization: Option<String>,
    tries: u32,
    wait: Duration,
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
        match self.status {
            401 => {
                return Err(failed(
                    "gebruiker, wachtwoord of certificaat klopt niet".to_owned(),
                ));
            }
            403 => return Err(failed("deze gebruiker mag dit daar niet".to_owned())),
            _ => {}
        }
        let error = &self.body["error"];
        let cause = &error["root_cause"][0];
        // The sentence of the reason may hold the question; its kind never does.
        let kind = cause["type"].as_str().or(error["type"].as_str());
        let kind = kind.unwrap_or("onbekend");
        if TOO_LARGE.contains(&kind) {
            const WHY: &str = "hij is te groot voor het cluster. Splits hem.";
            return Err(IndexError::NotExactly(WHY));
        }
        if self.status >= 500 || self.status == 429 {
            return Err(away("het cluster kan nu niet antwoorden"));
        }
        Err(failed(format!("fout {} ({kind})", self.status)))
    }
}

/// Says nothing of who logs in.
impl std::fmt::Debug for Nodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.addresses).finish()
    }
}

impl Nodes {
    /// The nodes at these addresses, such as `https://knoop:9200`. Asks nothing yet.
    ///
    /// # Errors
    /// When a file of `login` cannot be used.
    pub fn new(addresses: &[String], login: &Login) -> Result<Self, IndexError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .tls_config(tls(login)?)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(ANSWER))
            .build();
        let addresses = addresses.iter();
        Ok(Nodes {
            agent: config.into(),
            addresses: addresses
                .map(|one| one.trim_end_matches('/').to_owned())
                .collect(),
            authorization: authorization(login)?,
            tries: TRIES,
            wait: WAIT,
            current: AtomicUsize::new(0),
        })
    }

    /// The same nodes, of which each is asked once at most.
    pub fn hasty(&self) -> Nodes {
        Nodes {
            agent: self.agent.clone(),
            addresses: self.addresses.clone(),
            authorization: self.authorization.clone(),
            tries: self.addresses.len() as u32,
            wait: Duration::ZERO,
            current: AtomicUsize::new(self.current.load(Ordering::Relaxed)),
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
        let (mut wait, mut last) = (self.wait, None);
        for _ in 0..self.tries {
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
            Some(Err(error)) => Err(away(&format!(
                "geen knooppunt van het cluster antwoordt: {error}"
            ))),
            None => Err(away("geen knooppunt van het cluster antwoordt")),
        }
    }

    fn once(&self, method: &str, address: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(method).uri(address);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let answer = match body {
            [] => self.agent.run(request.body(())?),
            body => {
                let request = request.header(CONTENT_TYPE, "application/json");
                let request = request.body(body)?;
                let request = self.agent.configure_request(request);
                // Letting go of a state takes a body with DELETE.
                self.agent
                    .run(request.allow_non_standard_methods(true).build())
            }
        }?;
        read(answer)
    }
}

/// Whom is trusted, and who this machine is.
fn tls(login: &Login) -> Result<TlsConfig, IndexError> {
    let roots = match &login.authorities {
        Some(file) => RootCerts::new_with_certs(&certificates(file)?),
        None => RootCerts::PlatformVerifier,
    };
    let own = match &login.certificate {
        Some((certificate, key)) => {
            let read = PrivateKey::from_pem(&bytes(key)?).map_err(|_| unusable(key))?;
            Some(ClientCert::new_with_certs(
                &certificates(certificate)?,
                read,
            ))
        }
        None => None,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(roots)
        .client_cert(own)
        .build())
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, IndexError> {
    let bytes = bytes(file)?;
    let items = parse_pem(&bytes).map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Ok(Some(certificate)),
        Ok(_) => Ok(None),
        Err(_) => Err(unusable(file)),
    });
    let found = items.filter_map(Result::transpose);
    let found = found.collect::<Result<Vec<_>, IndexError>>()?;
    match found.is_empty() {
        true => Err(unusable(file)),
        false => Ok(found),
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, IndexError> {
    std::fs::read(file).map_err(|error| IndexError::Io(file.display().to_string(), error))
}

fn unusable(file: &Path) -> IndexError {
    let file = file.display();
    IndexError::Engine(format!("{file} is geen certificaat of sleutel (PEM)"))
}

/// What tells a name and its password.
fn authorization(login: &Login) -> Result<Option<String>, IndexError> {
    let Some((name, file)) = &login.user else {
        return Ok(None);
    };
    let password = String::from_utf8(bytes(file)?);
    let password = password.map_err(|_| failed("het wachtwoord is geen UTF-8".to_owned()))?;
    let both = format!("{name}:{}", password.trim_end_matches(['\r', '\n']));
    Ok(Some(format!("Basic {}", BASE64_STANDARD.encode(both))))
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

/// The cluster may answer later.
pub fn away(why: &str) -> IndexError {
    IndexError::Unavailable(why.to_owned())
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
