//! Snapshots that stay for a while after a newer one came, so that paging goes on in the same list. Their files stay
//! readable, also when they are removed. Never opens one.

use super::reader::EmbeddedSnapshot;
use crate::index::Snapshot;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a snapshot stays after a newer one came.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// How many older snapshots stay at most: each holds the files of deleted segments on disk.
const KEPT_AT_MOST: usize = 32;

/// The older snapshots, the oldest first.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<(Instant, Arc<EmbeddedSnapshot>)>>);

impl Recent {
    /// Keeps one that is no longer the newest.
    pub fn keep(&self, old: Arc<EmbeddedSnapshot>) {
        let mut recent = self.all();
        recent.push_back((Instant::now(), old));
        while recent.len() > KEPT_AT_MOST
            || recent
                .front()
                .is_some_and(|(since, _)| since.elapsed() > KEPT)
        {
            recent.pop_front();
        }
    }

    /// The one with this id.
    pub fn find(&self, id: &str) -> Option<Arc<EmbeddedSnapshot>> {
        let recent = self.all();
        let found = recent.iter().find(|(_, snapshot)| snapshot.id() == id);
        found.map(|(_, snapshot)| Arc::clone(snapshot))
    }

    /// Lets go of all of them.
    pub fn clear(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<(Instant, Arc<EmbeddedSnapshot>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
