//! The last commit, as a small document beside the index: its name, whether it is visible yet, and its checkpoint. Owns
//! making the index when it is not there, and refusing one of another generation.

use super::http::{Nodes, failed};
use super::template;
use crate::index::IndexError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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
    /// Version of the program that committed.
    pub program: String,
}

/// That the program began to search another generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// The last commit at that moment.
    pub stand: String,
    /// When.
    pub gewisseld: Timestamp,
}

impl Switch {
    /// The last one to `index`; `None` when there never was one.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn read(nodes: &Nodes, index: &str) -> Result<Option<Self>, IndexError> {
        let answer = nodes.get(&switch_path(index))?;
        if answer.status == 404 {
            return Ok(None);
        }
        let found = answer.ok()?["_source"].take();
        let unreadable = |_| failed("de laatste wisseling is onleesbaar".to_owned());
        serde_json::from_value(found).map(Some).map_err(unreadable)
    }

    /// Notes that `index` is what the program is going to search. It counts once the aliases say so too.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn note(nodes: &Nodes, index: &str) -> Result<(), IndexError> {
        let switch = json!(Switch {
            stand: Stand::read(nodes, index)?.id,
            gewisseld: Timestamp::now(),
        });
        let answer = nodes.send("PUT", &switch_path(index), &switch)?;
        answer.ok().map(drop)
    }
}

fn path(index: &str) -> String {
    format!("/{}/_doc/stand?refresh=false", stand_of(index))
}

fn switch_path(index: &str) -> String {
    format!("/{}/_doc/wissel", stand_of(index))
}

impl Stand {
    /// What is written down now.
    ///
    /// # Errors
    /// Those of the cluster; [`IndexError::Missing`] when there is no index.
    pub fn read(nodes: &Nodes, index: &str) -> Result<Self, IndexError> {
        let answer = nodes.get(&format!("/{}/_doc/stand", stand_of(index)))?;
        if answer.status == 404 {
            return Err(IndexError::Missing);
        }
        let stored = &answer.ok()?["_source"];
        let id = stored["id"].as_str().map(str::to_owned);
        let program = stored["programma"].as_str().unwrap_or_default();
        Ok(Stand {
            id: id.ok_or_else(|| failed("de stand is onleesbaar".to_owned()))?,
            visible: stored["zichtbaar"] == true,
            program: program.to_owned(),
        })
    }

    /// A commit with a name that none had.
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let time = nanoseconds();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Two machines that commit in the same nanosecond have other processes.
        let mixed = time ^ (u64::from(std::process::id()) << 40) ^ (number << 56);
        Stand {
            id: format!("{mixed:016x}"),
            visible: false,
            program: env!("CARGO_PKG_VERSION").to_owned(),
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
            "programma": self.program,
            "plaats": checkpoint
        });
        nodes.send("PUT", &path(index), &body)?.ok().map(drop)
    }
}

/// Nanoseconds since 1970.
pub fn nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    time.map_or(0, |time| time.as_nanos() as u64)
}

/// Makes the index when it is not there; with `alias` it can be found under that name too, as its stand can under the
/// name that goes with it.
///
/// # Errors
/// Those of the cluster; [`IndexError::OtherGeneration`].
pub fn make(
    nodes: &Nodes,
    index: &str,
    (shards, replicas): (u32, u32),
    alias: Option<&str>,
) -> Result<(), IndexError> {
    let also = |name: String, mut body: Value| {
        if alias.is_some() {
            body["aliases"] = json!({name: {}});
        }
        body
    };
    let of_stand = alias.map(stand_of).unwrap_or_default();
    let beside = also(of_stand, stand_index(replicas));
    create(nodes, &stand_of(index), &beside)?;
    let of_index = alias.unwrap_or_default().to_owned();
    let itself = also(of_index, template::index(shards, replicas));
    create(nodes, index, &itself)?;
    allows_enough(nodes)?;
    check(nodes, index)?;
    if matches!(Stand::read(nodes, index), Err(IndexError::Missing)) {
        let mut stand = Stand::new();
        stand.visible = true;
        stand.write(nodes, index, "")?;
    }
    Ok(())
}

/// The index beside `index` in which its commits are noted.
pub fn stand_of(index: &str) -> String {
    format!("{index}-stand")
}

fn stand_index(replicas: u32) -> Value {
    json!({
        "settings": {"number_of_shards": 1, "number_of_replicas": replicas},
        "mappings": {"dynamic": "strict", "properties": {
            "id": {"type": "keyword"},
            "zichtbaar": {"type": "boolean"},
            "programma": {"type": "keyword"},
            "plaats": {"type": "keyword", "index": false, "doc_values": false},
            "stand": {"type": "keyword", "index": false, "doc_values": false},
            "gewisseld": {"type": "keyword", "index": false, "doc_values": false}
        }}
    })
}

/// Makes an index when it is not there. Another program may make it at the same time: then it is there.
///
/// # Errors
/// Those of the cluster.
pub fn create(nodes: &Nodes, name: &str, body: &Value) -> Result<(), IndexError> {
    if nodes.request("HEAD", &format!("/{name}"), &[])?.status != 404 {
        return Ok(());
    }
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

/// What a node does that is cut off from the others: it may not go on answering from what it has.
const ALONE: &str = "cluster.no_cluster_manager_block";

/// Refuses a cluster that would refuse questions, or answer from what is old.
fn allows_enough(nodes: &Nodes) -> Result<(), IndexError> {
    const NAME: &str = "indices.query.bool.max_clause_count";
    const PATH: &str = "/_cluster/settings?include_defaults=true&flat_settings=true";
    let answer = nodes.get(PATH)?.ok()?;
    // What was set for now goes before what was set for good, and that before the file of settings.
    let set = |name: &str| {
        let mut set = ["transient", "persistent", "defaults"].iter();
        set.find_map(|of| answer[of][name].as_str().map(str::to_owned))
    };
    let allowed = set(NAME).and_then(|allowed| allowed.parse::<u64>().ok());
    if allowed.is_none_or(|allowed| allowed < CLAUSES) {
        return Err(failed(format!("zet {NAME} op {CLAUSES} of meer")));
    }
    match set(ALONE).as_deref() == Some("all") {
        true => Ok(()),
        false => Err(failed(format!("zet {ALONE} op all"))),
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
