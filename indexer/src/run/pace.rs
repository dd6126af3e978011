//! How fast a run may go, where the beheerder set a limit so that others can work on the same drive. Never lets more
//! through than was asked, and never holds a run up that must end.

use crate::source::SourceRules;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a run that must end can be held up.
const STEP: Duration = Duration::from_millis(100);

/// The pace of one run.
pub(super) struct Pace {
    files: Option<Meter>,
    bytes: Option<Meter>,
}

/// A limit on one thing, shared by all threads: each takes the time that its part costs, one after the other.
struct Meter {
    per_second: f64,
    free_at: Mutex<Instant>,
}

impl Meter {
    fn new(per_second: f64) -> Self {
        Meter {
            per_second,
            free_at: Mutex::new(Instant::now()),
        }
    }

    /// Takes `amount`, and tells until when to wait.
    fn take(&self, amount: f64) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let start = (*free_at).max(now);
        *free_at = start + Duration::from_secs_f64((amount / self.per_second).min(1e6));
        start
    }
}

impl Pace {
    pub fn new(rules: &SourceRules) -> Self {
        Pace {
            files: rules
                .files_per_second
                .map(|count| Meter::new(f64::from(count))),
            bytes: rules.bytes_per_second.map(|count| Meter::new(count as f64)),
        }
    }

    /// Waits until a file of `size` bytes may be opened, or until `stopping`.
    pub fn wait(&self, size: u64, stopping: impl Fn() -> bool) {
        let files = self.files.as_ref().map(|meter| meter.take(1.0));
        let bytes = self.bytes.as_ref().map(|meter| meter.take(size as f64));
        let Some(until) = files.max(bytes) else {
            return;
        };
        while !stopping() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(STEP));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_files_and_bytes_take_adds_up() {
        let pace = Meter::new(10.0);
        let first = pace.take(1.0);
        let last = (0..9).map(|_| pace.take(1.0)).last().unwrap();
        let apart = last.duration_since(first);
        assert!(apart >= Duration::from_millis(890), "{apart:?}");
    }

    #[test]
    fn a_run_without_a_limit_never_waits_and_one_that_ends_neither() {
        Pace::new(&SourceRules::default()).wait(u64::MAX, || false);
        let slow = Pace::new(&SourceRules {
            bytes_per_second: Some(1),
            ..SourceRules::default()
        });
        slow.wait(1_000_000, || false);
        slow.wait(1, || true);
    }
}
