//! The last commit, as a small document beside the index: its name, whether it is visible yet, and its checkpoint. Owns
//! making the index when it is not there, and refusing one of another generation.

use super::http::{Nodes, failed};
use super::template;
use crate::index::IndexError;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What was committed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Names the commit: 16 hexadecimal digits.
    pub id: String,
    /// Whether all of it can be found.
    pub visible: bool,
}

fn path(index: &str) -> String {
    format!("/{index}-stand/_doc/stand?refresh=false")
}

impl Stand {
    /// What is written down now.
    ///
    /// # Errors
    /// Those of the cluster; [`IndexError::Missing`] when there is no index.
    pub fn read(nodes: &Nodes, index: &str) -> Result<Self, IndexError> {
        let answer = nodes.get(&format!("/{index}-stand/_doc/stand"))?;
        if answer.status == 404 {
            return Err(IndexError::Missing);
        }
        let stored = &answer.ok()?["_source"];
        let id = stored["id"].as_str().map(str::to_owned);
        Ok(Stand {
            id: id.ok_or_else(|| failed("de stand is onleesbaar".to_owned()))?,
            visible: stored["zichtbaar"] == true,
        })
    }

    /// A commit with a name that none had.
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let time = SystemTime::now().duration_since(UNIX_EPOCH);
        let time = time.map_or(0, |time| time.as_nanos() as u64);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Two machines that commit in the same nanosecond have other processes.
        let mixed = time ^ (u64::from(std::process::id()) << 40) ^ (number << 56);
        Stand {
            id: format!("{mixed:016x}"),
            visible: false,
        }
    }

    /// Writes it down.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn write(&self, nodes: &Nodes, index: &str, checkpoint: &str) -> Result<(), IndexError> {
        let body = json!({
            "id": self.id,
            "zichtbaar": self.visible,
            "programma": env!("CARGO_PKG_VERSION"),
            "plaats": checkpoint
        });
        nodes.send("PUT", &path(index), &body)?.ok().map(drop)
    }
}

/// Makes the index when it is not there.
///
/// # Errors
/// Those of the cluster; [`IndexError::OtherGeneration`].
pub fn make(nodes: &Nodes, index: &str, shards: u32, replicas: u32) -> Result<(), IndexError> {
    if nodes.request("HEAD", &format!("/{index}"), &[])?.status == 404 {
        create(nodes, index, &template::index(shards, replicas))?;
    }
    let beside = json!({
        "settings": {"number_of_shards": 1, "number_of_replicas": replicas},
        "mappings": {"dynamic": "strict", "properties": {
            "id": {"type": "keyword"},
            "zichtbaar": {"type": "boolean"},
            "programma": {"type": "keyword"},
            "plaats": {"type": "keyword", "index": false, "doc_values": false}
        }}
    });
    let name = format!("{index}-stand");
    if nodes.request("HEAD", &format!("/{name}"), &[])?.status == 404 {
        create(nodes, &name, &beside)?;
    }
    allows_enough(nodes)?;
    check(nodes, index)?;
    if matches!(Stand::read(nodes, index), Err(IndexError::Missing)) {
        let mut stand = Stand::new();
        stand.visible = true;
        stand.write(nodes, index, "")?;
    }
    Ok(())
}

/// Another program may make it at the same time: then it is there.
fn create(nodes: &Nodes, name: &str, body: &Value) -> Result<(), IndexError> {
    let answer = nodes.send("PUT", &format!("/{name}"), body)?;
    let error = &answer.body["error"]["type"];
    match error == "resource_already_exists_exception" {
        true => Ok(()),
        false => answer.ok().map(drop),
    }
}

/// Queries within one question that a cluster must allow: a word with wildcards stands for ten thousand words at most,
/// and there may be several. By itself a cluster allows 1,024.
const CLAUSES: u64 = 100_000;

/// Refuses a cluster that would refuse questions.
fn allows_enough(nodes: &Nodes) -> Result<(), IndexError> {
    const NAME: &str = "indices.query.bool.max_clause_count";
    const PATH: &str = "/_cluster/settings?include_defaults=true&flat_settings=true";
    let answer = nodes.get(PATH)?.ok()?;
    // What was set for now goes before what was set for good, and that before the file of settings.
    let set = ["transient", "persistent", "defaults"].iter();
    let mut set = set.filter_map(|of| answer[of][NAME].as_str()?.parse::<u64>().ok());
    match set.next().is_some_and(|allowed| allowed >= CLAUSES) {
        true => Ok(()),
        false => Err(failed(format!("zet {NAME} op {CLAUSES} of meer"))),
    }
}

/// Refuses an index of another generation.
///
/// # Errors
/// [`IndexError::OtherGeneration`], [`IndexError::Missing`], and those of the cluster.
pub fn check(nodes: &Nodes, index: &str) -> Result<(), IndexError> {
    let answer = nodes.get(&format!("/{index}/_mapping"))?;
    if answer.status == 404 {
        return Err(IndexError::Missing);
    }
    let mappings = answer.ok()?;
    // Under an alias the index has another name.
    let found = mappings.as_object().and_then(|found| found.values().next());
    let meta = found.map(|found| &found["mappings"]["_meta"]);
    match meta == Some(&template::generation()) {
        true => Ok(()),
        false => Err(IndexError::OtherGeneration),
    }
}
