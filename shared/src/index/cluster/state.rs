//! One state of the index, held by the cluster as a point in time. Owns asking it: every answer is whole, or it is an error.
//! Never knows what is asked.

use super::http::{Nodes, away, failed, number};
use super::template as field;
use crate::Document;
use crate::index::IndexError;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the cluster keeps a state after it was last asked.
const KEPT: &str = "20m";
/// So long it surely does.
const SURELY: Duration = Duration::from_secs(15 * 60);
/// Hits in one answer, when all of them are wanted.
pub const AT_A_TIME: usize = 2_000;
/// Values in one answer, when all of them are wanted.
const VALUES: usize = 5_000;

/// Where is searched: what is there now, or one state.
#[derive(Debug)]
pub struct State {
    nodes: Arc<Nodes>,
    index: String,
    point: Option<String>,
    /// Whether the cluster no longer holds all of it.
    lost: AtomicBool,
    /// When it was asked last.
    asked: Mutex<Instant>,
}

/// What a hit is, from the cluster.
pub type Hit = Value;

impl State {
    /// What the last commit holds, whenever it is asked.
    pub fn now(nodes: Arc<Nodes>, index: &str) -> Self {
        State {
            nodes,
            index: index.to_owned(),
            point: None,
            lost: AtomicBool::new(false),
            asked: Mutex::new(Instant::now()),
        }
    }

    /// What it holds at this moment, as long as this exists.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn open(nodes: Arc<Nodes>, index: &str) -> Result<Self, IndexError> {
        let path = format!("/{index}/_search/point_in_time?keep_alive={KEPT}");
        let answer = nodes.request("POST", &path, &[])?.ok()?;
        whole(&answer)?;
        let point = answer["pit_id"].as_str().map(str::to_owned);
        Ok(State {
            point: Some(point.ok_or_else(|| failed("geen stand gekregen".to_owned()))?),
            nodes,
            index: index.to_owned(),
            lost: AtomicBool::new(false),
            asked: Mutex::new(Instant::now()),
        })
    }

    /// Searches. Totals are exact.
    ///
    /// # Errors
    /// [`IndexError::SnapshotGone`] when the cluster no longer holds the state; when a part of the cluster did not answer.
    pub fn search(&self, mut body: Value) -> Result<Value, IndexError> {
        const HOW: &str = "allow_partial_search_results=false";
        body["track_total_hits"] = json!(true);
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let path = match &self.point {
            Some(point) => {
                body["pit"] = json!({"id": point, "keep_alive": KEPT});
                format!("/_search?{HOW}")
            }
            None => format!("/{}/_search?{HOW}", self.index),
        };
        let answer = self.nodes.send("POST", &path, &body)?;
        if answer.status == 404 && self.point.is_some() {
            self.lost.store(true, Ordering::Relaxed);
            return Err(IndexError::SnapshotGone);
        }
        // A node that holds a part of it may be gone: another state has that part elsewhere.
        self.lost.store(answer.status >= 500, Ordering::Relaxed);
        let answer = answer.ok()?;
        whole(&answer)?;
        Ok(answer)
    }

    /// Whether the cluster did not give an answer any more when it was last asked, or may have let go of it since.
    pub fn is_lost(&self) -> bool {
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        self.lost.load(Ordering::Relaxed) || asked.elapsed() > SURELY
    }

    /// In how many documents it holds.
    ///
    /// # Errors
    /// As for [`State::search`].
    pub fn count(&self, query: &Value) -> Result<u64, IndexError> {
        total(&self.search(json!({"query": query, "size": 0}))?)
    }

    /// Hands over every hit in the order of `sort`, after `after`, until `each` says `false`. `more` is added to each
    /// question: what is wanted of a hit.
    ///
    /// # Errors
    /// As for [`State::search`], and those of `each`.
    pub fn walk(
        &self,
        query: &Value,
        sort: &Value,
        more: &Value,
        mut after: Option<Value>,
        page: usize,
        each: &mut dyn FnMut(&Hit) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError> {
        loop {
            let mut body = more.clone();
            body["query"] = query.clone();
            body["sort"] = sort.clone();
            body["size"] = json!(page);
            if let Some(after) = &after {
                body["search_after"] = after.clone();
            }
            let mut answer = self.search(body)?;
            let hits = answer["hits"]["hits"].take();
            let hits = hits.as_array().map_or(&[][..], Vec::as_slice);
            for hit in hits {
                if !each(hit)? {
                    return Ok(());
                }
            }
            match hits.last() {
                Some(last) if hits.len() == page => after = Some(last["sort"].clone()),
                _ => return Ok(()),
            }
        }
    }

    /// Every value of a field in the documents that `query` finds, sorted, with the number of those documents.
    ///
    /// # Errors
    /// As for [`State::search`], and those of `each`.
    pub fn values(
        &self,
        query: &Value,
        name: &str,
        each: &mut dyn FnMut(&str, u64) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut after: Option<Value> = None;
        loop {
            let mut composite = json!({
                "size": VALUES,
                "sources": [{"v": {"terms": {"field": name}}}]
            });
            if let Some(after) = &after {
                composite["after"] = after.clone();
            }
            let body = json!({"query": query, "size": 0, "aggs": {"v": {"composite": composite}}});
            let answer = self.search(body)?;
            let found = &answer["aggregations"]["v"];
            for bucket in buckets(found) {
                let value = bucket["key"]["v"].as_str().unwrap_or_default();
                each(value, number(&bucket["doc_count"])?)?;
            }
            match &found["after_key"] {
                Value::Null => return Ok(()),
                key => after = Some(key.clone()),
            }
        }
    }

    /// The documents that `query` finds, by identity.
    ///
    /// # Errors
    /// As for [`State::search`]; when a document cannot be understood.
    pub fn documents(&self, query: &Value) -> Result<Vec<Document>, IndexError> {
        let mut found = Vec::new();
        self.walk(query, &by_id(), &json!({}), None, AT_A_TIME, &mut |hit| {
            found.push(document(hit)?);
            Ok(true)
        })?;
        Ok(found)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(point) = &self.point {
            let body = json!({"pit_id": [point]});
            // The cluster lets go of it by itself, only later.
            let _ = self.nodes.send("DELETE", "/_search/point_in_time", &body);
        }
    }
}

/// The order by identity.
pub fn by_id() -> Value {
    json!([{field::ID: "asc"}])
}

/// The buckets of an answer.
pub fn buckets(found: &Value) -> &[Value] {
    found["buckets"].as_array().map_or(&[], Vec::as_slice)
}

/// The values of the buckets of an answer.
///
/// # Errors
/// When it is no such answer.
pub fn tally(found: &Value) -> Result<BTreeMap<String, u64>, IndexError> {
    buckets(found)
        .iter()
        .map(|bucket| {
            let value = bucket["key"].as_str().unwrap_or_default().to_owned();
            Ok((value, number(&bucket["doc_count"])?))
        })
        .collect()
}

/// All that was found.
///
/// # Errors
/// When it is no answer to a search, or not an exact one.
pub fn total(answer: &Value) -> Result<u64, IndexError> {
    let total = &answer["hits"]["total"];
    if total["relation"] != "eq" {
        return Err(failed("een aantal is niet precies".to_owned()));
    }
    number(&total["value"])
}

/// The document of a hit.
///
/// # Errors
/// When it cannot be understood.
pub fn document(hit: &Hit) -> Result<Document, IndexError> {
    let stored = hit["_source"][field::DOCUMENT].as_str().unwrap_or_default();
    serde_json::from_str(stored)
        .map_err(|_| IndexError::Engine("een opgeslagen document is onleesbaar".to_owned()))
}

/// An answer of only some of the shards would be an answer about some of the documents.
fn whole(answer: &Value) -> Result<(), IndexError> {
    let shards = &answer["_shards"];
    let all = shards["failed"] == 0 && answer["timed_out"] != true;
    match all {
        true => Ok(()),
        false => Err(away("een deel van het cluster antwoordt niet")),
    }
}
