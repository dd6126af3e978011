//! How it goes with a cluster, for who looks after it. Asks each node once: who looks at this cannot wait.

use super::http::{Nodes, number};
use crate::index::IndexError;
use crate::index::engine::{Colour, Health};

/// How it goes with the cluster in which the indexes of `name` lie.
///
/// # Errors
/// When no node answers.
pub fn health(nodes: &Nodes, name: &str) -> Result<Health, IndexError> {
    let hasty = nodes.hasty();
    let all = hasty.get("/_cluster/health")?.ok()?;
    let own = hasty.get(&format!("/_cluster/health/{name}-*"))?.ok()?;
    let stats = hasty.get("/_nodes/stats/fs,jvm")?.ok()?;
    let (mut free, mut fullest) = (0, 0);
    for (_, node) in stats["nodes"].as_object().into_iter().flatten() {
        free += number(&node["fs"]["total"]["available_in_bytes"])?;
        fullest = fullest.max(number(&node["jvm"]["mem"]["heap_used_percent"])?);
    }
    Ok(Health {
        name: name.to_owned(),
        colour: match own["status"].as_str() {
            Some("green") => Colour::Groen,
            Some("yellow") => Colour::Geel,
            _ => Colour::Rood,
        },
        nodes: number(&all["number_of_nodes"])?,
        parts: number(&own["active_shards"])?,
        missing: number(&own["unassigned_shards"])?,
        moving: number(&own["relocating_shards"])? + number(&own["initializing_shards"])?,
        free,
        memory_percent: fullest,
    })
}
