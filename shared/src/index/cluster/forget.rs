//! Letting what was deleted leave the disks of the nodes, replicas included. Never deletes a document.

use super::http::{Nodes, failed, number};
use crate::index::IndexError;
use serde_json::json;
use std::time::{Duration, Instant};

/// So long a cluster may hold on to what was deleted, for a replica that was away for a moment.
const PATIENCE: Duration = Duration::from_secs(300);
const AGAIN: Duration = Duration::from_secs(2);

/// Rewrites every part of `index` of which at least `share` (0 to 1) is deleted. Of 0 it is looked whether all of it went.
///
/// # Errors
/// Those of the cluster; when it holds on to it.
pub fn forget(nodes: &Nodes, index: &str, share: f32) -> Result<(), IndexError> {
    let settings = json!({"index.merge.policy.expunge_deletes_allowed": share * 100.0});
    let path = format!("/{index}/_settings");
    nodes.send("PUT", &path, &settings)?.ok()?;
    let since = Instant::now();
    loop {
        merge(nodes, index)?;
        if share > 0.0 || deleted(nodes, index)? == 0 {
            return Ok(());
        }
        if since.elapsed() > PATIENCE {
            return Err(failed(
                "verwijderde documenten staan nog op schijf".to_owned(),
            ));
        }
        std::thread::sleep(AGAIN);
    }
}

/// A large index takes longer than one request may: the cluster goes on by itself, and is asked whether it is done.
fn merge(nodes: &Nodes, index: &str) -> Result<(), IndexError> {
    const HOW: &str = "only_expunge_deletes=true&flush=true&wait_for_completion=false";
    let answer = nodes
        .request("POST", &format!("/{index}/_forcemerge?{HOW}"), &[])?
        .ok()?;
    let task = answer["task"].as_str().map(str::to_owned);
    let task = task.ok_or_else(|| failed("het opruimen begon niet".to_owned()))?;
    loop {
        let told = nodes.get(&format!("/_tasks/{task}"))?.ok()?;
        if told["completed"] == true {
            let failures = &told["response"]["_shards"]["failed"];
            return match failures.as_u64() == Some(0) && told["error"].is_null() {
                true => Ok(()),
                false => Err(failed("een deel van de index ruimde niet op".to_owned())),
            };
        }
        std::thread::sleep(AGAIN / 10);
    }
}

/// Deleted documents that are still stored, on whichever node.
fn deleted(nodes: &Nodes, index: &str) -> Result<u64, IndexError> {
    nodes
        .request("POST", &format!("/{index}/_refresh"), &[])?
        .ok()?;
    let stats = nodes.get(&format!("/{index}/_stats/docs"))?.ok()?;
    number(&stats["_all"]["total"]["docs"]["deleted"])
}
