//! The read side of a cluster: snapshots that follow the commits of all who write. Owns which states are held.

use super::http::Nodes;
use super::snapshot::ClusterSnapshot;
use super::stand::{Stand, check};
use super::state::State;
use crate::index::{Blobs, Cursor, Index, IndexError, Snapshot};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a commit may take to become visible before the index is read without it.
const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(20);
/// Older states that stay: paging goes on in the same list.
const KEPT: usize = 8;

/// Opens snapshots of one index.
pub struct Reader {
    nodes: Arc<Nodes>,
    index: String,
    blobs: Blobs,
    /// The newest first.
    held: Mutex<VecDeque<Arc<ClusterSnapshot>>>,
}

impl Reader {
    /// A reader of `index`, with its texts in `blobs`. Asks nothing yet.
    pub fn new(nodes: Arc<Nodes>, index: &str, blobs: Blobs) -> Self {
        Reader {
            nodes,
            index: index.to_owned(),
            blobs,
            held: Mutex::default(),
        }
    }

    /// The newest commit.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::OtherGeneration`], and those of the cluster.
    pub fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let since = Instant::now();
        loop {
            let stand = Stand::read(&self.nodes, &self.index)?;
            if let Some(newest) = held.front().filter(|newest| !newest.is_lost())
                && (newest.id() == stand.id || !stand.visible)
            {
                return Ok(newest.clone());
            }
            let patient = since.elapsed() < PATIENCE;
            if stand.visible || !patient {
                check(&self.nodes, &self.index)?;
                let state = State::open(self.nodes.clone(), &self.index)?;
                // What came in between would be in it under the name of the commit before.
                if !patient || Stand::read(&self.nodes, &self.index)? == stand {
                    let found = ClusterSnapshot::new(stand.id, state, self.blobs.clone());
                    let found = Arc::new(found);
                    held.retain(|known| !known.is_lost());
                    held.push_front(found.clone());
                    held.truncate(KEPT);
                    return Ok(found);
                }
            }
            std::thread::sleep(AGAIN);
        }
    }

    /// The snapshot that a cursor belongs to.
    ///
    /// # Errors
    /// [`IndexError::BadCursor`], [`IndexError::SnapshotGone`], and those of [`Reader::snapshot`].
    pub fn snapshot_of(&self, cursor: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError> {
        let id = super::cursor::state_in(cursor).ok_or(IndexError::BadCursor)?;
        self.snapshot()?;
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.iter().find(|one| one.id() == id);
        let found = found.ok_or(IndexError::SnapshotGone)?;
        Ok(found.clone())
    }
}

impl Index for Reader {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.snapshot()
    }

    fn snapshot_of(&self, cursor: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.snapshot_of(cursor)
    }

    fn forget_older(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.truncate(1);
    }
}
