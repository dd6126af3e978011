//! What a running server does by itself as time passes: it counts searches that another program recorded, such as `zoek`
//! on the command line, records what was only counted of refusals, and publishes the head of the audit trail of a new
//! day. One thread that sleeps in between. Never answers a request.

use crate::state::App;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it sleeps. Each time it asks one index of the database for searches that wait.
const PAUSE: Duration = Duration::from_secs(3);

/// The thread; it ends when this is dropped.
pub struct Onderhoud {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Onderhoud {
    /// Starts it.
    pub fn start(app: &Arc<App>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let app = Arc::downgrade(app);
        let thread = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                let Some(app) = app.upgrade() else { return };
                keep_trail(&app, false);
                app.keeper.try_again();
                match app.count_others(&seen) {
                    Ok(left) => seen = left,
                    Err(problem) => {
                        tracing::error!(problem = problem.detail, "searches could not be counted");
                    }
                }
            }
            if let Some(app) = app.upgrade() {
                keep_trail(&app, true);
            }
        });
        Onderhoud {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Onderhoud {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A thread that panicked has nothing left to do.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn keep_trail(app: &App, ends: bool) {
    if let Err(error) = app.store.tick(ends) {
        tracing::error!(%error, "the audit trail could not be kept up");
    }
}
